"""A tracker without a database.

Tests set what happens (`failing`, `gates`, `deliver`); calls by the TUI are recorded in `asked`.
"""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from msgspec.structs import replace

from patchwatch.compose import reply
from patchwatch.compose.b4 import Task, b4_command
from patchwatch.compose.citations import Citation, citations
from patchwatch.compose.draft import Draft, check
from patchwatch.compose.draft_store import DraftStore
from patchwatch.compose.git_send_email import DryRun, Sent
from patchwatch.compose.hunk import DiffLine
from patchwatch.db.criteria import Among
from patchwatch.errors import NotFoundError, PatchwatchError
from patchwatch.mail.addresses import Mailbox
from patchwatch.mail.body import Mail
from patchwatch.progress import Progress
from patchwatch.series.carried_tags import PostedPatch, Tagged
from patchwatch.series.labels import revision_name
from patchwatch.series.left import Left
from patchwatch.series.model import (
    CandidateRow,
    InboxRow,
    MessageRow,
    NextAction,
    OutboxRow,
    SeriesRow,
    SeriesSummary,
    StateChangeRow,
)
from patchwatch.series.own_labels import LabelChange
from patchwatch.series.patch_reading import Mark, VersionReading
from patchwatch.series.queue import Case, News, Rules, place
from patchwatch.series.rangediff.comparison import Comparison, compare
from patchwatch.series.rangediff.select import choose, mails_of, side
from patchwatch.series.reading_history import readings
from tests.tui.sample_mails import NOW, Known, SampleMail, at, line_of, mail_of, message_row, raw_of
from tests.tui.sample_series import chinese, drops, drops_history, hostile, zswap

RITA = Mailbox("Rita Reviewer", "rita@example.com")
ANSWER_ID = "answer@example.com"


@dataclass(frozen=True)
class Watched:
    """What `FakeTracker.watch` returns."""

    series_id: int
    title: str
    already: bool = False


@dataclass(frozen=True)
class Report:
    """What `FakeTracker.poll` returns."""

    summary: str = "3 new mails, 1 new version, net: under-review → accepted"
    failures: tuple[str, ...] = ()
    lines: tuple[str, ...] = ("netdev: 3 new mails",)


class FakeTracker:
    """Returns what tests set, and records the calls."""

    def __init__(self, *, empty: bool = False) -> None:
        """Start with three watched series and an unwatched hostile one, or with none."""
        self.now_is = NOW
        self.failing: dict[str, PatchwatchError] = {}  # by name of the method
        self.gates: dict[str, threading.Event] = {}  # by name of the method, which waits for it
        self.asked: dict[str, list[object]] = defaultdict(list)
        self.report = Report()
        self.progress = ("polling bpf", "polling netdev")
        self.rows: dict[int, SeriesRow] = {}
        self.threads: dict[int, tuple[MessageRow, ...]] = {}
        self.mails: dict[str, Mail] = {}
        self.raws: dict[str, bytes] = {}
        self.histories: dict[int, tuple[StateChangeRow, ...]] = {3: drops_history()}
        self.addresses: frozenset[str] = frozenset()
        self.followed: set[int] = set()
        self.next_actions: dict[int, str] = {
            7: "ping: no answer for 12 days",
            9: "send v3: Jonas asked for changes 2 days ago",
        }
        self.marks: dict[str, Mark] = {}  # of patches
        self.news: dict[int, News] = {}  # what came since the user looked, by series
        self.decisions: list[tuple[str, list[SeriesRow]]] = []  # what undo reverts, with the rows before
        self.link_candidates: dict[int, tuple[CandidateRow, ...]] = {}  # link candidates, by series
        self.config_file = "~/.config/patchwatch/config.toml"
        self.left = Left(0, 0)
        self.inbox_rows = (InboxRow("netdev", False, 2, NOW - 240, None, ""),)
        self.outbox_rows: tuple[OutboxRow, ...] = ()
        self.dry_run = True
        self.drafts = DraftStore(Path(__file__) / "drafts")  # does not exist: tests that write set another
        self.hidden: tuple[str, ...] = ()  # recipients that no header names
        self.trees: tuple[Path, ...] = ()
        self.status = 0  # of b4
        self._generation = 1
        self._lock = threading.Lock()
        if not empty:
            for known in (drops(), zswap(), chinese(), hostile()):
                self.add(known)

    def add(self, known: Known) -> None:
        """Add a series."""
        row, postings = known
        mails = [(mail, posting.mails[0].id) for posting in postings for mail in posting.mails]
        with self._lock:
            self.rows[row.id] = row
            self.threads[row.id] = tuple(message_row(mail, root) for mail, root in mails)
            self.mails |= {mail.id: mail_of(mail) for mail, _ in mails}
            self.raws |= {mail.id: raw_of(mail) for mail, _ in mails}
            self._generation += 1

    def deliver(self, series_id: int, mail: SampleMail, root: str) -> None:
        """Act as another process that stores a mail."""
        row = self.rows[series_id]
        with self._lock:
            self.threads[series_id] += (message_row(mail, root),)
            self.mails[mail.id] = mail_of(mail)
        self.change(series_id, unread=row.unread + 1, last_activity=max(row.last_activity, at(mail.when)))

    def change(self, series_id: int, **changes: Any) -> None:
        """Act as another process that changes a series."""
        with self._lock:
            self.rows[series_id] = replace(self.rows[series_id], **changes)
            self._generation += 1

    def follow(self, series_id: int) -> None:
        """Act as another process that follows the list of a series and unwatches the series."""
        self.followed.add(series_id)
        self.change(series_id, watched=False)

    def _ask(self, name: str, *arguments: object) -> None:
        with self._lock:
            self.asked[name].append(arguments)
        if name in self.gates:
            self.gates[name].wait(30)
        if name in self.failing:
            raise self.failing[name]

    def now(self) -> int:
        return self.now_is

    def listen(self, heard: Callable[[bool], None], ended: threading.Event) -> None: ...

    def generation(self) -> int:
        self._ask("generation")
        return self._generation

    def open(self) -> None:
        self._ask("open")

    def lines(self, *, among: Among = "all", placed: bool = True) -> tuple[SeriesSummary, ...]:
        self._ask("lines", among)
        rows = [row for row in self.rows.values() if row.watched or among != "watched"]
        lines = (line_of(row, self.addresses) for row in rows)
        return tuple(sorted(map(self._known, lines), key=lambda line: -line.last_activity))

    def _known(self, line: SeriesSummary) -> SeriesSummary:
        line = line._replace(followed=line.id in self.followed)
        text = self.next_actions.get(line.id, "")
        case = Case(
            state=line.state,
            turn=line.turn,
            turn_since=line.turn_since,
            last_activity=line.last_activity,
            version=f"v{line.version}",
            mine=line.mine,
            author=line.mine,
            known=line.watched or line.followed or line.mine,
            muted=line.muted,
            pinned=line.pinned,
            not_mine=line.not_mine,
            snoozed_until=line.snoozed_until,
            action=NextAction(text, "m@x", "me") if line.mine and text else None,
            news=self.news.get(line.id),
        )
        return line._replace(place=place(case, self.now_is, Rules()))

    def visit(self, series_ids: Collection[int]) -> int:
        self._ask("visit", *series_ids)
        with self._lock:
            for series_id in series_ids:
                self.news.pop(series_id, None)
            self._generation += 1
            return self._generation

    def readings(self, row: SeriesRow) -> dict[str, VersionReading]:
        """Patches are equal in two versions if their texts are."""
        self._ask("readings", row.id)
        subjects = {mail.message_id: mail.subject for mail in self.threads[row.id]}
        chain = [
            (
                revision_name(revision),
                Tagged(
                    revision.message_id,
                    revision.author_name,
                    tuple(
                        PostedPatch(number, message_id, subjects[message_id], self._form(message_id))
                        for number, message_id in enumerate(revision.patch_message_ids, 1)
                        if message_id in subjects
                    ),
                    (),
                ),
            )
            for revision in row.revisions
        ]
        return readings(chain, self.marks, self.addresses, {})

    def _form(self, message_id: str) -> str:
        return "".join(segment.text for segment in self.mails[message_id].segments if segment.kind == "diff")

    def mark_patches(self, row: SeriesRow, message_ids: Collection[str], mark: Mark) -> dict[str, VersionReading]:
        self._ask("mark_patches", *message_ids, mark)
        with self._lock:
            self.marks |= dict.fromkeys(message_ids, mark)
            self._generation += 1
        return self.readings(row)

    def one(self, series_id: int) -> SeriesRow:
        self._ask("one", series_id)
        if series_id not in self.rows:
            raise NotFoundError(f"there is no series {series_id}.")
        return self.rows[series_id]

    def thread(self, series_id: int) -> tuple[MessageRow, ...]:
        self._ask("thread", series_id)
        return self.threads[series_id]

    def steps(self, series_id: int) -> tuple[StateChangeRow, ...]:
        self._ask("steps", series_id)
        return self.histories.get(series_id, ())

    def find(self, name: str) -> int:
        self._ask("find", name)
        for series_id, thread in self.threads.items():
            if any(row.message_id in name for row in thread):
                return series_id
        raise NotFoundError(f"no known series has the message {name}.")

    def compare(self, series_id: int, older: str | None = None, newer: str | None = None) -> Comparison:
        self._ask("compare", series_id, older, newer)
        chosen = choose(self.rows[series_id].revisions, older, newer, lambda name: name)
        first, last = (side(one, mails_of(one, self.threads[series_id]), self.raws) for one in chosen)
        return compare(first, last)

    def mail(self, message_id: str) -> Mail:
        self._ask("mail", message_id)
        return self.mails[message_id]

    def inboxes(self) -> tuple[InboxRow, ...]:
        self._ask("inboxes")
        return self.inbox_rows

    def outdated(self) -> Left:
        return self.left

    def outbox(self) -> tuple[OutboxRow, ...]:
        self._ask("outbox")
        return self.outbox_rows

    def mark_read(self, message_ids: Collection[str]) -> int:
        self._ask("mark_read", *message_ids)
        with self._lock:
            for series_id, thread in self.threads.items():
                self.threads[series_id] = tuple(
                    replace(m, unread=m.unread and m.message_id not in message_ids) for m in thread
                )
                unread = sum(m.unread for m in self.threads[series_id])
                self.rows[series_id] = replace(self.rows[series_id], unread=unread)
            self._generation += 1
            return self._generation

    def read_series(self, series_ids: Collection[int]) -> None:
        self._ask("read_series", *series_ids)
        for series_id in series_ids:
            self.change(series_id, unread=0)

    def mute(self, series_ids: Collection[int], *, muted: bool = True) -> None:
        self._decide("mute", series_ids, muted, muted=muted)

    def pin(self, series_ids: Collection[int], *, pinned: bool = True) -> None:
        self._decide("pin", series_ids, pinned, pinned=pinned)

    def not_mine(self, series_ids: Collection[int], *, mine: bool = False) -> None:
        self._decide("not mine", series_ids, mine, not_mine=0 if mine else self.now_is)

    def labels(self) -> dict[str, int]:
        self._ask("labels")
        names = [name for row in self.rows.values() for name in row.labels]
        return {name: names.count(name) for name in sorted(set(names))}

    def label(self, series_ids: Collection[int], change: LabelChange) -> None:
        self._ask("label", *series_ids, str(change))
        before = [self.rows[n] for n in series_ids]
        self.decisions.append((f"label: {', '.join(f'#{n}' for n in series_ids)}", before))
        for row in before:
            self.change(row.id, labels=tuple(sorted((set(row.labels) | change.added) - change.removed)))

    def mark(self, series_ids: Collection[int], state: str | None) -> None:
        self._decide("mark", series_ids, state, state=state or "new")

    def unwatch(self, series_ids: Collection[int]) -> None:
        self._decide("unwatch", series_ids, watched=False)

    def snooze(self, series_ids: Collection[int], until: int | None) -> None:
        self._decide("snooze", series_ids, until, snoozed_until=until or 0)

    def unsnooze(self, series_ids: Collection[int]) -> None:
        self._decide("unsnooze", series_ids, snoozed_until=None)

    def _decide(self, name: str, series_ids: Collection[int], *arguments: object, **changes: Any) -> None:
        self._ask(name, *series_ids, *arguments)
        self.decisions.append((f"{name}: {', '.join(f'#{n}' for n in series_ids)}", [self.rows[n] for n in series_ids]))
        for series_id in series_ids:
            self.change(series_id, **changes)

    def undo(self) -> str:
        self._ask("undo")
        if not self.decisions:
            raise NotFoundError("there is nothing to undo.")
        what, rows = self.decisions.pop()
        for row in rows:
            with self._lock:
                self.rows[row.id] = row
                self._generation += 1
        return what

    def candidates(self, series_id: int) -> tuple[CandidateRow, ...]:
        self._ask("candidates", series_id)
        return self.link_candidates.get(series_id, ())

    def link(self, later: str, earlier: str) -> int:
        self._ask("link", later, earlier)
        return self.find(earlier)

    def unlink(self, later: str, earlier: str) -> tuple[int, int]:
        self._ask("unlink", later, earlier)
        return self.find(later), self.find(earlier)

    def url(self, message_id: str, inbox: str = "") -> str:
        return f"https://lore.kernel.org/{inbox or 'r'}/{message_id}/"

    def citations(self, message_id: str) -> tuple[Citation, ...]:
        self._ask("citations", message_id)
        return citations(message_id, self.url(message_id, "netdev"), dict(self.mails[message_id].headers)["Subject"])

    def watch(self, text: str, progress: Progress) -> tuple[Watched, ...]:
        progress(f"fetching {text}")
        self._ask("watch", text)
        self.change(11, watched=True)
        return (Watched(11, self.rows[11].title),)

    def poll(self, progress: Progress) -> Report:
        for done, text in enumerate(self.progress):
            progress(text, done, len(self.progress))
        self._ask("poll")
        return self.report

    def reply(self, message_id: str, at: DiffLine | None = None) -> Draft:
        self._ask("reply", message_id, *([at] if at else []))
        return reply.reply(self.raws[message_id], RITA, self.addresses, ANSWER_ID, at)

    def endorse(self, message_id: str, tags: Sequence[str], *, whole: bool = False) -> Draft:
        self._ask("endorse", message_id, tuple(tags), whole)
        return reply.endorse(self.raws[message_id], RITA, self.addresses, ANSWER_ID, tags, whole=whole)

    def rehearse(self, draft: Draft) -> DryRun:
        self._ask("rehearse", draft)
        check(draft)
        headers = (
            ("From", str(draft.sender)),
            *((name, ", ".join(map(str, people))) for name, people in (("To", draft.to), ("Cc", draft.cc)) if people),
            ("Subject", draft.subject),
            ("Date", "Wed, 20 Sep 2023 08:00:00 +0000"),
            ("Message-ID", f"<{draft.message_id}>"),
            ("In-Reply-To", f"<{draft.in_reply_to}>"),
            ("Content-Transfer-Encoding", "8bit"),
        )
        people = tuple(mailbox.address for mailbox in (*draft.to, *draft.cc))
        return DryRun(headers, (*people, *self.hidden), self.hidden, "git send-email --dry-run /tmp/mail.eml")

    def effect(self, draft: Draft) -> str:
        self._ask("effect", draft)
        return "it stays in Review: review v5; point 3 waits for Jonas"

    def send(self, draft: Draft) -> Sent:
        self._ask("send", draft)
        return Sent(draft.message_id, self.dry_run, "git send-email /tmp/mail.eml", "OK")

    def work_trees(self) -> tuple[Path, ...]:
        self._ask("work_trees")
        return self.trees

    def b4_command(self, task: Task, message_id: str, box: str) -> str:
        return " ".join(b4_command(task, message_id, box))

    def b4(self, task: Task, message_id: str, directory: Path, begun: Callable[[str], None]) -> int:
        begun(self.b4_command(task, message_id, "/tmp/series"))
        self._ask("b4", task, message_id, directory)
        return self.status
