"""Splitting text into sentences."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.sentences.split import evidence, excerpt, is_courtesy, is_signed, sentences, substantive


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One line\nand the next. Then\nmore.\n", ["One line and the next.", "Then more."]),
        ("One.\n\nTwo.\n", ["One.", "Two."]),
        ("Is it so? i think not.\n", ["Is it so?", "i think not."]),
        ("Applied to frob/for-6.13. Thanks.\n", ["Applied to frob/for-6.13.", "Thanks."]),
        ("Use it, e.g. Frob or i.e. Knob.\n", ["Use it, e.g. Frob or i.e. Knob."]),
        ("In v6.13 it was so.\n", ["In v6.13 it was so."]),
        ("Two nits:\n- one\n  goes on\n- two\n", ["Two nits:", "- one goes on", "- two"]),
        (
            "Fine\nAcked-by: Rita <rita@example.com>\nthough late\n",
            ["Fine", "Acked-by: Rita <rita@example.com>", "though late"],
        ),
        ("Hi Ann,\n\nwhy?\n", ["why?"]),
        ("Hello, Ann.\nwhy?\n", ["why?"]),
        ("Ann,\nwhy?\n", ["why?"]),
        ("Hi Ann could you\nsay why?\n", ["Hi Ann could you say why?"]),
        ("Look:\n[  123.456789] BUG: frob\nSee?\n", ["Look:", "See?"]),
        ("I get\n  frob.c:12:3: error: 'ret' undeclared\nwith this.\n", ["I get", "with this."]),
        ("", []),
        (" \n\n \n", []),
    ],
)
def test_sentences_span_lines_but_not_lists_tags_or_paragraphs(text: str, expected: list[str]) -> None:
    assert list(sentences(text)) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "Thanks!",
        "Thanks a lot for the quick fix.",
        "Thank you very much",
        "LGTM.",
        "Looks good to me.",
        "This looks great, thanks.",
        "The patch looks good to me.",
        "Makes sense.",
        "I agree.",
        "Nice catch!",
        "Quality workmanship.",
        "Best regards,",
        "Rita",
        "Rita Reviewer",
        "Kind regards Rita",
        "Best regards, Rita Reviewer",
        "With best wishes Rita",
        "BR, Rita",
        "Cheers, Rita R.",
        "Gr{oetje,eeting}s,",
        "Groetjes, Rita",
        "Grüße",
        "-Rita",
        "-- Rita",
        "With that fixed, feel free to add:",
        "For the series:",
        "...",
        "The frob part should go via Rex.",
        "I assume that this will go through the driver core tree.",
        "Patch 2 needs to go via the knob tree, since the rest is there.",
        "Please wait a week between versions.",
        "Please allow at least 24 hours before sending the next version.",
        "Please don't resend so soon.",
        "Please wait 24h before reposting.",
        "Please keep the list on Cc when you reply.",
        "Please don't use private replies.",
        "Please do not send new versions as replies to the old ones.",
        "Please start a new thread for new versions.",
    ],
)
def test_courtesy_and_agreement_are_not_substantive(sentence: str) -> None:
    assert is_courtesy(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Looks good, but the lock is wrong.",
        "Thanks, but I don't see why.",
        "Looks wrong.",
        "Makes sense?",
        "I agree if you add a comment.",
        "No.",
        "Why?",
        "NAK",
        "Ditto.",
        "Missing Signed-off-by.",
        "This should be split.",
        "Thanks for the patch; the error path leaks the socket when the device is gone and nobody holds the lock.",
        "-EINVAL",
        "-Wall warns here",
        "Cheers but drop the lock",
        "Groeten is misspelled in the comment.",
        "Best move it to the probe",
        "Regards the lock: it leaks.",
        "Every request should go through the queue.",
        "This should go via the knob tree, so please split the series.",
        "For the next version, note that this will go via the knob tree.",
        "Which tree should this go through?",
        "Please wait for the lock before you free it.",
        "Please fix this before the next version.",
        "Please resend it as a new thread.",
        "Please don't send the frame so early.",
    ],
)
def test_objections_are_substantive(sentence: str) -> None:
    assert not is_courtesy(sentence)


def test_excerpt_skips_courtesy_and_tags() -> None:
    everything = ["Thanks for this.", "Reviewed-by: R <r@x.org>", "The lock is wrong.", "Please mend it.", "More."]
    substance = substantive(everything, ("Reviewed-by:",))
    assert excerpt(substance, everything) == "The lock is wrong.\nPlease mend it."


def test_excerpt_of_only_courtesy_and_tags() -> None:
    everything = ["Reviewed-by: R <r@x.org>", "Thanks!"]
    assert excerpt(substantive(everything, ("Reviewed-by:",)), everything) == "Reviewed-by: R <r@x.org>\nThanks!"


def test_evidence_is_one_short_line() -> None:
    assert evidence("two\n  lines") == "two lines"
    long = evidence("word " * 100)
    assert len(long) <= 200
    assert long.endswith("…")


@given(st.text(max_size=300))
def test_sentences_keep_all_words(words: str) -> None:
    folded = " ".join(words.split())
    for sentence in sentences(words):
        assert sentence == sentence.strip() != ""
        assert " ".join(sentence.split()) in folded


@pytest.mark.parametrize(
    ("sentence", "name", "expected"),
    [
        ("rita", "Rita Reviewer", True),
        ("rita r-w", "Rita Reviewer-Walker", True),
        ("rita r.", "Rita Reviewer", True),
        ("ritar.", "Rita Reviewer", True),
        ("rita rw", "Rita RW", True),
        ("rita reviewer", "Rita Reviewer", True),
        ("Rita", "Rita Reviewer", True),
        ("- Rita.", "Rita Reviewer", True),
        ("Reviewer", "Rita Reviewer", True),
        ("Rex", "Rita Reviewer", False),
        ("will do", "Will Worker", False),
        ("rita was right", "Rita Reviewer", False),
        ("ditto", "Rita Reviewer", False),
        ("no", "", False),
    ],
)
def test_a_name_below_a_mail(sentence: str, name: str, *, expected: bool) -> None:
    assert is_signed(sentence, name) == expected


def test_what_a_tag_depends_on_is_no_greeting() -> None:
    first, *_ = sentences("Hi Ann,\n\nWith above,\n\nReviewed-by: Rita <rita@example.com>\n")
    assert first == "With above,"
