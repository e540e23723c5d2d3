"""Threads in which people and robots say everything that a state depends on, at random."""

from __future__ import annotations

from email.utils import formatdate
from random import Random

from patchwatch.sync.ingest import Read, read_mail
from tests.support.mails import mail

_START = 1_688_378_400
_ANN = "Ann Author <ann@example.org>"
_SENDERS = (
    _ANN,
    "Ann Author <ann@example.net>",
    "Rita Reviewer <rita@example.com>",
    "Rita Reviewer <rita@example.org>",
    "Max <max@example.com>",
    "Mia Maintainer <mia@kernel.example>",
    "quokka-bot@quokka.example",
    "Quinn <quinn@quokka.example>",
    "kernel test robot <lkp@intel.com>",
)
_SAYINGS = (
    "Please rename this to frob_{n}().\n",
    "Why is the lock taken here?\n",
    "I think that number {n} is fine.\n",
    "This leaks the frob in step {n}.\n",
    "NAK, this breaks users.\n",
    "Sorry, I misread that. Never mind.\n",
    "Good catch, will fix in v3.\n",
    "You are right, I will send a v3.\n",
    "It can't happen, the caller holds the lock.\n",
    "Fair enough.\n",
    "Thanks!\n",
    "Please ignore this, I'll resend.\n",
    "Please drop patch 1.\n",
    "I'll do that in a follow-up.\n",
    "Looks good to me.\n",
    "Reviewed-by: Rita Reviewer <rita@example.com>\n",
    "Reviewed-by: R. Reviewer <rita@example.org>\n",
    "For the series:\n\nReviewed-by: Max <max@example.com>\n",
    "Acked-by: Max <max@example.com> # for patch 2\n",
    "Tested-by: Mia Maintainer <mia@kernel.example>\n",
    "Acked-by: Ann Author <ann@example.org>\n",
    "Let's wait for the merge window.\n",
    "Please hold off on this for now.\n",
    "I will take a look next week.\n",
    "pw-bot: cr\n",
    "pw-bot: under-review\n",
    "pw-bot: deferred\n",
    "Applied, thanks!\n",
    "Applied patch 1 to frob/next, thanks!\n",
    "I dropped this from my tree again.\n",
    "The Quokka AI review found 1 possible issue:\n- [Critical] the lock leaks in step {n}\n",
    "kernel test robot noticed the following build errors:\n\n   frob.c:{n}: error: expected ';'\n",
    "The build succeeded, no errors.\n",
    "On Mon, 3 Jul 2023, quokka-bot@quokka.example wrote:\n> - [High] the lock leaks\n\nGood catch.\n",
    "I forgot: this depends on https://lore.kernel.org/all/base-{n}@talk.example.org/\n",
    "This is superseded by https://lore.kernel.org/all/v2-0@talk.example.org/\n",
    "Rita, can you test this?\n",
    "Max, what do you think of step {n}?\n",
    "@Mia, could you give it a try?\n",
    "",
)
_CC = "Rita Reviewer <rita@example.com>, Max <max@example.com>, Mia Maintainer <mia@kernel.example>"
_DIFF = "Why.\n\n{tags}Signed-off-by: " + _ANN + "\n---\n{file} | 2 +-\n\ndiff --git a/{file} b/{file}\n--- a/{file}\n"
_HUNK = "+++ b/{file}\n@@ -1,2 +1,3 @@\n a\n+line {n};\n+other {n};\n b\n"


def talk(chance: Random, replies: int) -> list[Read]:
    """Two versions of a series of two patches, sometimes a third of one, and replies, in the order of their dates."""
    reads: list[Read] = []
    known: list[str] = []
    at = _START
    second, third = chance.randrange(replies + 1), chance.randrange(2 * replies)
    for number in range(replies):
        if number == 0:
            reads += _posting(1, at, known, chance)
        if number == second:
            reads += _posting(2, at, known, chance)
        if number == third > second:
            reads.append(_reroll(at, known))
        at += chance.choice([0, 1, 60, 3600, 86_400])
        parent = chance.choice(known[-8:] if chance.random() < 0.8 else known)
        name = f"r{number}@talk.example.org"
        quote = f"> +line {chance.randint(1, 2)};\n\n" if chance.random() < 0.6 else ""
        said = "\n".join(chance.choice(_SAYINGS).format(n=chance.randint(1, 5)) for _ in range(chance.randint(1, 2)))
        raw = mail(
            message_id=name,
            subject="Re: frob: turn it",
            sender=chance.choice(_SENDERS),
            date=formatdate(at),
            in_reply_to=parent,
            to=chance.choice(_SENDERS),
            cc=_CC,
            body=quote + said,
        )
        reads.append(read_mail(raw, at))
        known.append(name)
    return reads


def _posting(version: int, at: int, known: list[str], chance: Random) -> list[Read]:
    reads = []
    for number in range(3):
        file = f"frob{number}.c"
        tags = "Reviewed-by: Rita Reviewer <rita@example.com>\n" if chance.random() < 0.3 else ""
        diff = (_DIFF + _HUNK).format(file=file, n=number, tags=tags) if number else "Why.\n"
        raw = mail(
            message_id=f"v{version}-{number}@talk.example.org",
            subject=f"[PATCH v{version} {number}/2] frob: turn it {number}",
            sender=_ANN,
            date=formatdate(at + number),
            in_reply_to=f"v{version}-0@talk.example.org" if number else None,
            body=diff,
        )
        reads.append(read_mail(raw, at))
        known.append(f"v{version}-{number}@talk.example.org")
    return reads


def _reroll(at: int, known: list[str]) -> Read:
    """A third version of the first patch only."""
    raw = mail(
        message_id="v3-1@talk.example.org",
        subject="[PATCH v3 1/2] frob: turn it 1",
        sender=_ANN,
        date=formatdate(at),
        in_reply_to="v2-1@talk.example.org",
        body=(_DIFF + _HUNK).format(file="frob1.c", n=3, tags=""),
    )
    known.append("v3-1@talk.example.org")
    return read_mail(raw, at)
