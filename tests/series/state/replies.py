"""Revisions with replies, for the tests of the state machine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.state.types import RevisionState
from tests.support.mails import mail

ANN = "Ann Author <ann@example.org>"
ANN_AT_WORK = "Ann Author <aauthor@corp.example.com>"
RITA = "Rita Reviewer <rita@example.com>"
REX = "Rex Reviewer <rex@example.net>"
MIA = "Mia Maintainer <mia@kernel.example>"
PATCHWORK = "patchwork-bot+netdevbpf@kernel.org"
LKP = "kernel test robot <lkp@intel.com>"

ANN_TAG = "Reviewed-by: Ann Author <ann@example.org>\n"
RITA_TAG = "Reviewed-by: Rita Reviewer <rita@example.com>\n"
REX_TAG = "Acked-by: Rex Reviewer <rex@example.net>\n"
APPLIED = "Applied to frob/for-6.5, thanks!\n"


def at(hour: float) -> datetime:
    return datetime(2023, 7, 3, 10, tzinfo=UTC) + timedelta(hours=hour)


def patch(number: int, whole: int, tags: str = "", prefix: str = "PATCH") -> Message:
    """Patch `number` of a series with a cover, or a single patch."""
    subject = f"[PATCH {number}/{whole}] frob: part {number}" if whole > 1 else f"[{prefix}] frob: mend it"
    diff = f"diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+{number}\n"
    body = f"Why.\n\n{tags}Signed-off-by: {ANN}\n---\n{diff}"
    below = "0@x" if whole > 1 else None
    date = format_datetime(at(0) + timedelta(seconds=number))
    return parse(mail(message_id=f"{number}@x", subject=subject, sender=ANN, date=date, in_reply_to=below, body=body))


def posted(whole: int, tags: str = "", prefix: str = "PATCH") -> list[Message]:
    """A series of `whole` patches with a cover, or a single patch."""
    patches = [patch(number, whole, tags, prefix) for number in range(1, whole + 1)]
    if whole == 1:
        return patches
    cover = mail(
        message_id="0@x", subject=f"[PATCH 0/{whole}] frob", sender=ANN, date=format_datetime(at(0)), body="All.\n"
    )
    return [parse(cover), *patches]


Reply = tuple[str, str] | tuple[str, str, int | str]
"""Sender and body, and what it replies to: the number of a patch (0, the cover, by default) or a reply ("a1")."""


def state_after(whole: int, *replies: Reply, tags: str = "") -> RevisionState:
    """The state of a series of `whole` patches after replies that come an hour apart."""
    return revision_state(revision(whole, *replies, tags=tags))


def revision(whole: int, *replies: Reply, tags: str = "", prefix: str = "PATCH") -> Revision:
    own = posted(whole, tags, prefix)
    answers: list[Message] = []
    for number, (sender, body, *answered) in enumerate(replies, 1):
        to = answered[0] if answered else 0
        above = answers[int(to[1:]) - 1] if isinstance(to, str) else own[to if whole > 1 else 0]
        answers.append(answer(f"a{number}@x", sender, above, number, body))
    (found,) = find_revisions([*own, *answers])
    return found


def answer(message_id: str, sender: str, above: Message, hour: float, body: str) -> Message:
    """A reply to a mail, so many hours after the posting."""
    return parse(
        mail(
            message_id=message_id,
            subject=f"Re: {above.subject}",
            sender=sender,
            date=format_datetime(at(hour)),
            in_reply_to=above.message_id,
            body=body,
        )
    )


Case = tuple[int, list[Reply], str, str, str]
"""Number of patches (0: an RFC of one patch) and replies; state, turn, the mail that made the state (- for none)."""


def check(case: Case) -> None:
    """Assert that the replies of a case give its state, turn and evidence."""
    count, replies, state, turn, evidence = case
    found = state_after(count, *replies) if count else revision_state(revision(1, *replies, prefix="RFC PATCH"))
    assert (found.state, found.turn) == (state, turn)
    assert (found.reason.message_id if found.reason else "-") == evidence
