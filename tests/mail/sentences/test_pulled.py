"""Recognizing that a maintainer pulled what a request asks for."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.parse import parse
from patchwatch.mail.sentences.pulled import pulled
from tests.support.mails import mail


@pytest.mark.parametrize(
    "sentence",
    [
        "Pulled in, thanks!",
        "Pulled in!",
        "Pulled in for v6.15, thanks Ann!",
        "Pulled into my frob branch, thanks!",
        "Pulled into to frob-next",
        "Pulled and added to frob.git/next, thanks!",
        "Pulled to frob, thanks!",
        "Sorry for the delay, now pulled and pushed out.",
        "Thanks Ann, pulled in!",
        "Thanks Ann pulled into the frob tree for v6.1.",
        "There is an rc7, so I pulled this into my fixes on top of that.",
        "This is fine, I pulled it in, let's go with it.",
        "OK pulled into my tree too, thanks.",
        "Great, now pulled into the frob-core tree as well.",
        "I've pulled this, but I'm not sure that all of it was a cleanup.",
        "Great, pulled and just going through my builds now.",
    ],
)
def test_pulled(sentence: str) -> None:
    assert pulled(["Hello Ann.", sentence]) == sentence


@pytest.mark.parametrize(
    "sentence",
    [
        "Have you pulled this?",
        "Not pulled, it conflicts.",
        "I have pulled it and tested it.",
        "I have pulled it, but it fails to boot.",
        "I pulled and got a conflict.",
        "I'll have it pulled tomorrow.",
        "Once it is pulled, I'll rebase.",
        "When I pulled it, git complained.",
        "It was pulled into a function of its own.",
        "The pin is pulled up.",
        "The line gets pulled low.",
        "This should be pulled into stable.",
        "Pulled the wrong tag, please send it again.",
    ],
)
def test_sentences_that_only_look_like_pulled(sentence: str) -> None:
    assert pulled([sentence]) is None


def test_only_an_answer_to_a_pull_request_means_the_request() -> None:
    def said(subject: str) -> list[tuple[str, str]]:
        answer = mail(subject=f"Re: {subject}", body="Thanks for waiting.  Pulled in for 6.13!\n", in_reply_to="0@x")
        return [(signal.kind, signal.text) for signal in parse(answer).signals]

    assert said("[GIT PULL] frob for 6.13") == [(SignalKind.APPLIED, "Pulled in for 6.13!")]
    assert SignalKind.APPLIED not in dict(said("[PATCH] frob: pull it in"))
