"""Sample mails for the tests of the TUI, and their rows; the people in them do not exist."""
# ruff: noqa: W291, E101

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from msgspec.structs import replace

from patchwatch.mail.body import Mail, segments
from patchwatch.series.model import (
    Evidence,
    MessageRow,
    PredecessorRow,
    RevisionRow,
    SeriesRow,
    SeriesSummary,
)
from patchwatch.series.states import CLOSED


def at(text: str) -> int:
    """`2023-09-20 08:00` in UTC seconds."""
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp())


NOW = at("2023-09-20 08:00")
MIRA = ("Mira Okafor", "mira@example.org")
JONAS = ("Jonas Weide", "jonas@example.com")
LIN = ("林小雨", "lin@example.cn")
BOT = ("", "patchwork-bot+netdevbpf@kernel.org")
HOSTILE = "\x1b[31mred\x1b[0m \x1b]2;owned\x07 [bold]patch[/bold] [patch 1/2] \u202egnp.exe\u200b"
SENTENCE = "This series was applied to netdev/net-next.git (main)"
COPIED = "Jonas Weide <jonas@example.com>, 林小雨 <lin@example.cn>, linux-kernel@vger.kernel.org, davem@example.net"

COVER = """\
A queue that drops packets does so in silence: there is one number for the
whole device, and nobody knows which queue it was.

Count them for each queue, and show the counts where the other numbers of a
queue are.

Changes in v5:
- one lock less, as Jonas asked
Link to v4: https://lore.kernel.org/r/drops-v4-0@example.org

Mira Okafor (2):
  net: count drops for each queue
  selftests: net: check that drops are counted

 net/core/dev.c                        | 21 +++++++++++++++++--
 tools/testing/selftests/net/drops.sh  | 40 ++++++++++++++++++++++++++++++++++
 2 files changed, 59 insertions(+), 2 deletions(-)

-- 
2.42.0
"""
PATCH = """\
One number for the whole device does not say which queue is too short.

Signed-off-by: Mira Okafor <mira@example.org>
Reviewed-by: Jonas Weide <jonas@example.com>
---
 net/core/dev.c | 8 ++++++--
 1 file changed, 6 insertions(+), 2 deletions(-)

diff --git a/net/core/dev.c b/net/core/dev.c
index 5a0000000001..5a0000000002 100644
--- a/net/core/dev.c
+++ b/net/core/dev.c
@@ -4011,7 +4011,11 @@ static int queue_put(struct queue *q, struct packet *p)
 	if (!queue_full(q))
 		return queue_add(q, p);

-	count_drop(q->device);
-	return -ENOBUFS;
+	/* the device's number is the sum of these */
+	u64_stats_update_begin(&q->drops.sync);
+	q->drops.packets++;
+	u64_stats_update_end(&q->drops.sync);
+
+	return -ENOBUFS; /* a line that is long enough to be wider than the half of any screen that this is read on */
 }

-- 
2.42.0
"""
_END = "+	u64_stats_update_end(&q->drops.sync);\n"
PATCH_V4 = (
    PATCH.replace("Reviewed-by: Jonas Weide <jonas@example.com>\n", "")
    .replace("+	/* the device's number is the sum of these */\n", "+	spin_lock(&q->lock);\n")
    .replace(_END, f"{_END}+	spin_unlock(&q->lock);\n")
    .replace("+4011,11 @@", "+4011,12 @@")
)
SELFTEST = """\
Fill a queue, and look whether its number grows.

Signed-off-by: Mira Okafor <mira@example.org>
---
 tools/testing/selftests/net/drops.sh | 5 +++++
 1 file changed, 5 insertions(+)

diff --git a/tools/testing/selftests/net/drops.sh b/tools/testing/selftests/net/drops.sh
new file mode 100755
--- /dev/null
+++ b/tools/testing/selftests/net/drops.sh
@@ -0,0 +1,5 @@
+#!/bin/bash
+# Count what is dropped.
+for queue in $(seq 0 "$QUEUES"); do
+	fill "$queue" && grow "$queue"
+done
-- 
2.42.0
"""
QUOTED = "".join(f"> line {number} of what was posted\n" for number in range(1, 21))
LONG_REPLY = f"""\
On Mon, 18 Sep 2023 10:00:00 +0200, Mira Okafor wrote:
{QUOTED}
This reads well. See https://lore.kernel.org/r/drops-v4-0@example.org and
https://lore.kernel.org/netdev/elsewhere@example.org/ for how it was before.

> and this, at last,
> was quoted and not answered

-- 
Jonas
"""
REPLY = """\
On Mon, 18 Sep 2023 10:00:00 +0200, Mira Okafor wrote:
> > Who reads this number?
> The people who run it.
>
> -	count_drop(q->device);

That makes sense to me. Is the lock really needed, though?

Reviewed-by: Jonas Weide <jonas@example.com>

-- 
Jonas
"""
APPLIED = f"""\
Hello:

{SENTENCE}
by somebody who looks after it:

On Mon, 18 Sep 2023 10:00:00 +0200 you wrote:
> This series was applied to nothing, said a quote.

Here is the summary with links:
  - [net-next,v5,1/2] net: count drops for each queue
    https://git.kernel.org/netdev/net-next/c/5a5a5a5a5a5a
"""


@dataclass(frozen=True)
class SampleMail:
    """A mail; its fields have defaults."""

    id: str
    subject: str
    text: str
    who: tuple[str, str] = MIRA
    when: str = "2023-09-18 08:00"
    depth: int = 0
    parent: str | None = None
    patch: int = 0
    kind: str = "reply"
    unread: bool = True
    bot: bool = False
    tags: tuple[str, ...] = ()
    excerpt: str = ""


@dataclass(frozen=True)
class Posting:
    """A revision: its root and all mail below it."""

    version: int
    mails: tuple[SampleMail, ...]
    state: str = "superseded"
    rfc: bool = False
    expected: int = 2
    predecessor: PredecessorRow | None = None


def submission(id: str, subject: str, patch: int, **more: Any) -> SampleMail:  # noqa: A002
    """A cover letter (patch 0) or a patch; already read."""
    kind, text = ("patch", PATCH) if patch else ("cover", COVER)
    return SampleMail(id, subject, **{"text": text, "kind": kind, "patch": patch, "unread": False, **more})


def revision_row(number: int, posting: Posting) -> RevisionRow:
    """The row of a posting."""
    root = posting.mails[0]
    patches = tuple(mail.id for mail in posting.mails if mail.kind == "patch")
    return RevisionRow(
        id=number,
        version=posting.version,
        minor=0,
        message_id=root.id,
        subject=root.subject,
        author_name=root.who[0],
        author_email=root.who[1],
        date=at(root.when),
        rfc=posting.rfc,
        patches=len(patches),
        expected=posting.expected,
        has_cover=root.kind == "cover",
        state=posting.state,
        state_evidence=None,
        follow_ups=sum(mail.kind == "reply" for mail in posting.mails),
        inbox="netdev",
        patch_message_ids=patches,
        postings=(root.id,),
        trailers=(),
        predecessor=posting.predecessor,
    )


def message_row(mail: SampleMail, root: str) -> MessageRow:
    """The row of a mail."""
    return MessageRow(
        message_id=mail.id,
        parent=mail.parent,
        depth=mail.depth,
        revision=root,
        patch=mail.patch,
        kind=mail.kind,
        submission=mail.kind in ("cover", "patch"),
        author_name=mail.who[0],
        author_email=mail.who[1],
        subject=mail.subject,
        date=at(mail.when),
        unread=mail.unread,
        bot=mail.bot,
        tags=mail.tags,
        excerpt=mail.excerpt,
    )


def mail_of(mail: SampleMail) -> Mail:
    """A mail as the TUI gets it."""
    name, address = mail.who
    headers = (
        ("From", f"{name} <{address}>" if name else address),
        ("To", "netdev@vger.kernel.org"),
        ("Cc", COPIED),
        ("Date", f"{mail.when}:00 +0000"),
        ("Subject", mail.subject),
    )
    cut = tuple(segments(mail.text, patch=mail.kind == "patch"))
    return Mail(mail.id, headers, cut, ("netdev",))


def raw_of(mail: SampleMail) -> bytes:
    """A mail as stored."""
    name, address = mail.who
    date = datetime.fromtimestamp(at(mail.when), UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    above = f"From: {name} <{address}>\nSubject: {mail.subject}\nDate: {date}\nMessage-ID: <{mail.id}>\n"
    return f"{above}Content-Type: text/plain; charset=utf-8\n\n{mail.text}".encode()


def series_row(number: int, title: str, postings: tuple[Posting, ...], **changes: Any) -> SeriesRow:
    """The row of a series; `changes` override the defaults."""
    newest = postings[-1]
    root = newest.mails[0]
    mails = [mail for posting in postings for mail in posting.mails]
    row = SeriesRow(
        id=number,
        title=title,
        author_name=root.who[0],
        author_email=root.who[1],
        inboxes=("netdev",),
        watched=True,
        muted=False,
        snoozed_until=None,
        state=newest.state,
        state_evidence=None,
        turn="reviewers",
        turn_since=at(root.when),
        turn_evidence=Evidence(root.id, root.subject),
        awaiting_review=False,
        overdue=False,
        unread=sum(mail.unread for mail in mails),
        last_activity=max(at(mail.when) for mail in mails),
        version=newest.version,
        rfc=newest.rfc,
        incomplete=False,
        patches=sum(mail.kind == "patch" for mail in newest.mails),
        reviewed=0,
        stale_since=None,
        revisions=tuple(revision_row(number * 10 + n, posting) for n, posting in enumerate(postings)),
    )
    return replace(row, **changes)


def line_of(row: SeriesRow, me: Collection[str] = ()) -> SeriesSummary:
    """The summary of a series in a list; all mail counts as sent to me."""
    newest = row.revisions[-1] if row.revisions else None
    roots = "\n".join(root for revision in row.revisions for root in revision.postings)
    mine = row.author_email in me
    return SeriesSummary(
        id=row.id,
        title=row.title,
        author_name=row.author_name,
        author_email=row.author_email,
        inboxes=row.inboxes,
        watched=row.watched,
        followed=False,
        muted=row.muted,
        pinned=row.pinned,
        not_mine=row.not_mine,
        labels=row.labels,
        snoozed_until=row.snoozed_until,
        state=row.state,
        turn=row.turn,
        turn_since=row.turn_since,
        awaiting_review=row.turn == "reviewers" and row.state not in CLOSED,
        overdue=row.overdue,
        unread=row.unread,
        last_activity=row.last_activity,
        version=row.version,
        minor=newest.minor if newest else 0,
        rfc=row.rfc,
        patches=row.patches,
        expected=newest.expected if newest else 0,
        reviewed=row.reviewed,
        roots=roots,
        search_text=f"{row.title}\n{row.author_name}\n{row.author_email}\n{roots}".lower(),
        mine=mine,
        for_me=bool(me) and not mine,
        stale_since=row.stale_since,
    )


Known = tuple[SeriesRow, tuple[Posting, ...]]
