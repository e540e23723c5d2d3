"""Sketches of texts: small, the same for the same words, and overlapping as the texts do."""

from __future__ import annotations

import base64
import string

from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.prose_sketch import SIZE, prose_in_common, prose_sketch

WORDS = [f"{a}{b}rk" for a in string.ascii_lowercase for b in string.ascii_lowercase]
LONG = " ".join(WORDS[:400])


def test_equal_texts_have_everything_in_common() -> None:
    assert prose_in_common(prose_sketch(LONG), prose_sketch(LONG)) == 1


def test_wrapping_and_case_make_no_difference() -> None:
    wrapped = LONG.upper().replace(" ", "\n", 100)
    assert prose_sketch(wrapped) == prose_sketch(LONG)


def test_a_short_text_inside_a_long_one_has_everything_in_common() -> None:
    part = " ".join(WORDS[:60])
    assert prose_in_common(prose_sketch(part), prose_sketch(LONG)) > 0.9


def test_half_of_a_text_in_common() -> None:
    half = " ".join(WORDS[:200] + WORDS[420:620])
    assert 0.3 < prose_in_common(prose_sketch(half), prose_sketch(LONG)) < 0.7


def test_other_texts_have_nothing_in_common() -> None:
    assert prose_in_common(prose_sketch(LONG), prose_sketch(" ".join(WORDS[420:]))) < 0.05


def test_trailers_and_links_do_not_count() -> None:
    hints = "change-id: 20230703-frob-0123\nLink: https://lore.kernel.org/r/v1@x\nSigned-off-by: Ann <a@example.org>\n"
    text = "It turns each wheel once, see https://example.org/wheels for more.\n"
    assert prose_sketch(text + hints) == prose_sketch("It turns each wheel once, see for more.")


def test_a_sketch_is_small() -> None:
    assert len(base64.b64decode(prose_sketch(LONG * 20))) == SIZE * 4


def test_texts_of_two_words_have_no_sketch() -> None:
    assert prose_sketch("frob it") == ""
    assert prose_in_common("", prose_sketch(LONG)) == 0


@given(st.text(), st.text())
def test_any_texts(one: str, other: str) -> None:
    assert 0 <= prose_in_common(prose_sketch(one), prose_sketch(other)) <= 1
