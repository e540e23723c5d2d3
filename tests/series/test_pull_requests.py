"""Which pull request is sent again, and what is said of their state."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.committers import Committers, lists_of
from patchwatch.series.posting import PostingFacts, posting_facts
from patchwatch.series.pull_requests import repeats, status
from patchwatch.series.revision import find_revisions
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.states import State, Turn
from tests.series.test_version_links import ANN, BEN, posted
from tests.support.mails import mail

TEXT = """The following changes since commit 06c2afb862f9da8dc5efa4b6076a0e48c3fbaaa5:

  Linux 6.5-rc1 (2023-07-02 13:53:27 -0700)

are available in the Git repository at:

  git://git.example.net/frob.git {ref}

for you to fetch changes up to 1c3a1a7e1d0a6b2ff0f3ad9b1a4d5e6f70819203:
"""


LONG = "The wheels of this release turn well here, and so do the knobs that they turn, on all three of my boards.\n" * 3


def request(
    message_id: str, subject: str = "[GIT PULL] frob fixes", day: float = 0, ref: str = "tags/frob-1", sender: str = ANN
) -> Message:
    return posted(message_id, subject, day, text=TEXT.format(ref=ref), file="", sender=sender)


def facts(message: Message) -> PostingFacts:
    (revision,) = find_revisions([message])
    return posting_facts(revision, {})


@pytest.mark.parametrize(
    ("later", "expected"),
    [
        (request("b", "[GIT PULL v2] frob fixes", 2, "tags/frob-1-v2"), True),
        (request("b", "[GIT PULL v2] frob fixes", 2, "tags/frob-1"), True),
        (request("b", "[GIT PULL v2] frob fixes", 2, "tags/frob-1-2"), True),
        (request("b", "[GIT PULL] frob fixes", 2, "tags/frob-1-2"), False),
        (request("b", "[GIT PULL v2] more frob fixes", 2, "tags/frob-1"), True),
        (request("b", "[GIT PULL RESEND] frob fixes", 2, "tags/frob-1"), True),
        (request("b", "[GIT PULL] frob fixes", 7, "tags/frob-2"), False),  # next week's
        (request("b", "[GIT PULL] frob fixes", 7, "tags/frob-1"), False),
        (request("b", "[GIT PULL v2] frob fixes", 7, "tags/frob-2"), False),
        (request("b", "[GIT PULL v2] frob fixes", 60, "tags/frob-1"), False),
        (request("b", "[GIT PULL v2] frob fixes", 2, "tags/frob-1", sender=BEN), False),
        (request("b", "[GIT PULL v2] frob fixes", -2, "tags/frob-1"), False),
        (posted("b", "[PATCH v2] frob fixes", 2), False),
    ],
)
def test_request_that_is_sent_again(later: Message, expected: bool) -> None:
    assert repeats(facts(later), facts(request("a"))) is expected


def test_request_waits_for_the_one_who_pulls() -> None:
    (revision,) = find_revisions([request("a")])
    state = revision_state(revision)
    assert (revision.kind, state.state, state.turn) == ("pull", State.NEW, Turn.MAINTAINER)


def test_word_of_who_pulled_is_enough_whoever_applies_patches_of_the_list() -> None:
    asked = request("a")
    answer = parse(
        mail(
            message_id="b@x",
            subject=f"Re: {asked.subject}",
            sender="Mia Keeper <mia@example.com>",
            date="9 Jul 2023 10:00:00 +0000",
            in_reply_to=asked.message_id,
            body=f"{LONG}Pulled in.\n",
        )
    )
    (revision,) = find_revisions([asked, answer])
    others = Committers(frozenset((name, "rex") for name in lists_of(revision)))
    assert others.known(lists_of(revision))
    state = revision_state(revision, committers=others)
    assert (state.state, state.turn) == (State.ACCEPTED, Turn.NOBODY)


def test_request_with_its_patches_is_one() -> None:
    cover = posted("c", "[PATCH 0/1] Frob fixes for net", text=f"Please pull.\n\n{TEXT.format(ref='for-net')}", file="")
    patch = posted("p", "[PATCH 1/1] frob: free the knob", below=("c",))
    (revision,) = find_revisions([cover, patch])
    assert revision.kind == "pull"
    assert len(revision.patches) == 1


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (State.NEW, "pending"),
        (State.UNDER_REVIEW, "pending"),
        (State.ACCEPTED, "merged"),
        (State.MAINLINED, "merged"),
        (State.CHANGES_REQUESTED, "changes requested"),
        (State.REJECTED, "rejected"),
        (State.NOT_APPLICABLE, "withdrawn"),
    ],
)
def test_states_in_the_words_of_those_who_pull(state: State, words: str) -> None:
    assert status(state) == words
