"""format=flowed: which lines are joined."""

from __future__ import annotations

import email

import pytest

from patchwatch.mail.flowed import is_flowed, unflow


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


def test_delsp_removes_the_trailing_space() -> None:
    assert unflow("日本 \n語", delsp=True) == "日本語"


def test_only_declared_text_is_flowed() -> None:
    flowed = email.message_from_string("Content-Type: text/plain; charset=utf-8; format=Flowed\n\n")
    assert is_flowed(flowed)
    assert not is_flowed(email.message_from_string("Content-Type: text/plain\n\n"))
