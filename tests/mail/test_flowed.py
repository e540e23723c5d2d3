"""format=flowed: which lines are joined."""

from __future__ import annotations

import email

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from patchwatch.mail.flowed import flow, is_flowed, unflow
from patchwatch.text_width import cell_len


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("one \ntwo\nthree", "one two\nthree"),
        ("one \n\ntwo", "one\n\ntwo"),
        ("> quoted \n> on\n> new\nmine", "> quoted on\n> new\nmine"),
        ("> a \n>> b \n>> c\nd", "> a\n>> b c\nd"),
        (" from space \nstuffed", "from space stuffed"),
        ("words\n-- \nAnn", "words\n-- \nAnn"),
        ("words \n-- \nAnn", "words\n-- \nAnn"),
        ("", ""),
    ],
)
def test_unflow(text: str, expected: str) -> None:
    assert unflow(text) == expected


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("one two three four", ["one two ", "three ", "four"]),  # the space counts
        ("a b", ["a b"]),
        ("", [""]),
        ("abcdefghijklmnop and so on", ["abcdefghijklmnop ", "and so on"]),  # a link stays whole
        ("From here to there", [" From here ", "to there"]),  # in an mbox it would begin a mail
        ("a longer -- one", ["a longer ", "-- one"]),
        ("a abcdefghij -- abcdefghij", ["a ", "abcdefghij ", "-- abcdefghij"]),  # it would begin a signature
        ("> no quote", [" > no ", "quote"]),
        ("日本語 日本語", ["日本語 ", "日本語"]),  # two columns each
    ],
)
def test_flow(text: str, lines: list[str]) -> None:
    assert flow(text, 10) == lines


@given(st.text(st.sampled_from("ab->F \u65e5"), max_size=80), st.integers(4, 50))
@example("-- >", 4)
def test_unflow_joins_what_flow_breaks(text: str, columns: int) -> None:
    paragraph = text.rstrip(" ")
    lines = flow(paragraph, columns)
    assert unflow("\n".join(lines)) == paragraph
    for line in lines:
        words = line.removeprefix(" ").removeprefix("-- ").strip()
        assert cell_len(line) <= columns + line.startswith(" ") or " " not in words
    assert not {"-- ", " -- "}.intersection(lines)


def test_delsp_removes_the_trailing_space() -> None:
    assert unflow("日本 \n語", delsp=True) == "日本語"


def test_only_declared_text_is_flowed() -> None:
    flowed = email.message_from_string("Content-Type: text/plain; charset=utf-8; format=Flowed\n\n")
    assert is_flowed(flowed)
    assert not is_flowed(email.message_from_string("Content-Type: text/plain\n\n"))
