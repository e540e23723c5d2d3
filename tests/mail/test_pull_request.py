"""What pull requests ask for, in the shapes in which people send them; and what only looks like one."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Person, PullRequest
from patchwatch.mail.parse import parse
from tests.support.mails import mail

BASE, TIP = "06c2afb862f9da8dc5efa4b6076a0e48c3fbaaa5", "1c3a1a7e1d0a6b2ff0f3ad9b1a4d5e6f70819203"
REQUEST = f"""The following changes since commit {BASE}:

  Linux 6.5-rc1 (2023-07-02 13:53:27 -0700)

are available in the Git repository at:

  {{place}}

for you to fetch changes up to {TIP}:

  frob: free the knob (2023-07-03 09:00:00 +0200)

----------------------------------------------------------------
Ann Author (2):
      frob: free the knob
      frob: turn it once

 frob.c | 4 ++--
"""
URL = "git://git.example.net/frob.git"
DIFF = "---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"


def asked(
    subject: str, body: str, to: str = "Lin Lead <lin@example.net>, netdev@vger.kernel.org"
) -> PullRequest | None:
    message = parse(mail(subject=subject, body=body, to=to))
    return message.pull if message.kind == "pull" else None


@pytest.mark.parametrize(
    "subject",
    [
        "[GIT PULL] frob fixes for 6.5",
        "[GIT PULL v2] frob fixes for 6.5",
        "[git pull] frob: fixes",
        "[PULL REQUEST] frob fixes",
        "[GIT,PULL] frob fixes",
        "Please pull frob",
        "pull request: frob 2023-07-03",
        "frob fixes for 6.5",  # the text alone says what it is
    ],
)
def test_subjects_of_a_request(subject: str) -> None:
    found = asked(subject, REQUEST.format(place=f"{URL} tags/frob-6.5"))
    assert found == PullRequest(URL, "frob-6.5", TIP, BASE, 2, Person("Lin Lead", "lin@example.net"))


@pytest.mark.parametrize(
    ("place", "repository", "ref"),
    [
        (f"{URL} tags/frob-6.5", URL, "frob-6.5"),
        (f"{URL} refs/tags/frob-6.5", URL, "frob-6.5"),
        (f"{URL} for-linus", URL, "for-linus"),
        (f"{URL}", URL, ""),
        (f"{URL} \\\n    tags/frob-6.5", URL, "frob-6.5"),
        ("git@git.example.net:ann/frob.git for-next", "git@git.example.net:ann/frob.git", "for-next"),
        ("https://git.example.net/frob tags/frob-6.5", "https://git.example.net/frob", "frob-6.5"),
    ],
)
def test_places_to_pull_from(place: str, repository: str, ref: str) -> None:
    found = asked("[GIT PULL] frob", REQUEST.format(place=place))
    assert found is not None
    assert (found.repository, found.ref) == (repository, ref)


def test_request_in_prose() -> None:
    found = asked("[GIT PULL] frob", f"Hi Lin,\n\nplease pull from {URL} branch for-linus\n\nThanks, Ann\n")
    assert found == PullRequest(URL, "for-linus", "", "", 0, Person("Lin Lead", "lin@example.net"))


def test_puller_is_the_first_person_and_no_list() -> None:
    text = REQUEST.format(place=f"{URL} tags/x")
    for to, who in (
        ("netdev@vger.kernel.org, lin@example.net", Person("", "lin@example.net")),
        ('"Lead, Lin" <Lin@Example.net>, Bo <bo@example.net>', Person("Lead, Lin", "lin@example.net")),
        ("linux-frob@vger.kernel.org", Person("", "")),
    ):
        found = asked("[GIT PULL] frob", text, to)
        assert found is not None
        assert found.puller == who


def test_cover_letter_that_asks_to_pull() -> None:
    text = REQUEST.format(place=f"{URL} tags/frob-6.5")
    message = parse(mail(subject="[PATCH 0/2] Frob fixes for net", body=f"Please pull, or apply these:\n\n{text}"))
    assert message.kind == "cover"
    assert message.pull is not None
    assert message.pull.ref == "frob-6.5"
    assert len(message.listed) == 2


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        ("[PATCH 0/2] frob: turn the knob", f"Also at {URL} for-next\n"),
        ("[PATCH 0/2] frob: turn the knob", REQUEST.format(place=f"{URL} for-next")),  # offered, not asked for
        ("[PATCH] frob: pull the knob out", f"Please pull the knob.\n{DIFF}"),
        ("frob does not build", "I can't pull from your tree, see https://git.example.net/frob\n"),
        ("Please pull yourself together", "No tree here.\n"),
    ],
)
def test_no_requests(subject: str, body: str) -> None:
    message = parse(mail(subject=subject, body=body))
    assert message.kind != "pull"
    assert message.pull is None


def test_reply_to_a_request_is_a_reply() -> None:
    quoted = "".join(f"> {line}\n" for line in REQUEST.format(place=URL).splitlines())
    message = parse(mail(subject="Re: [GIT PULL] frob", body=f"Pulled.\n\n{quoted}", in_reply_to="a@x"))
    assert (message.kind, message.pull) == ("reply", None)


@pytest.mark.parametrize("text", ["please pull " * 20_000, f"pull {URL} " * 5_000, "pull\n" * 40_000, "git@" * 40_000])
def test_long_text_is_read_in_linear_time(text: str) -> None:
    asked("[GIT PULL] frob", text)
    asked("[GIT PULL] frob", REQUEST.format(place=text))
