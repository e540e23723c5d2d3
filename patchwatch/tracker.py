"""The core under both the command line and the screens: everything a user can ask or do.

Methods may be called from any thread.  Imports are made where they are needed, because `patchwatch list` has to answer
before a terminal's user notices, and reading a database needs no network library.
"""

from __future__ import annotations

import datetime
import time
from collections.abc import Callable, Collection, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from patchwatch.config import DEFAULT_LORE_URL, Config, Recipient, config_path, data_directory
from patchwatch.db import Later
from patchwatch.db.facts import FORM
from patchwatch.db.wanted import Filter
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.next_move import next_move
from patchwatch.words import STATES

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patchwatch.briefing import Briefing
    from patchwatch.citing import Citation
    from patchwatch.db import decisions, derived, inboxes, journal, lines, mails, outbox, queries, threads
    from patchwatch.db.database import Database
    from patchwatch.db.news import Telling
    from patchwatch.db.outbox import Told
    from patchwatch.db.rows import (
        CandidateRow,
        InboxRow,
        Mail,
        MessageRow,
        OutboxRow,
        SeriesLine,
        SeriesRow,
        StepRow,
        TreeRow,
    )
    from patchwatch.digest.compose import Digest
    from patchwatch.digest.letter import Letter
    from patchwatch.digest.post import Delivery
    from patchwatch.digest.reader import Reader
    from patchwatch.draft import Draft
    from patchwatch.drafts import Drafts
    from patchwatch.events import Event
    from patchwatch.following import Rule
    from patchwatch.handover import Task
    from patchwatch.ingest import Outcome
    from patchwatch.lock import Holder
    from patchwatch.lore.client import Archive
    from patchwatch.mail.addresses import Mailbox
    from patchwatch.poll import PollReport
    from patchwatch.rangediff.comparison import Comparison
    from patchwatch.sending import Rehearsal, Sent
    from patchwatch.watch_file import Skipped
    from patchwatch.watching import Watched

else:
    decisions, derived, inboxes, journal, lines, mails, outbox, queries, threads = (
        Later(f"patchwatch.db.{name}")
        for name in ("decisions", "derived", "inboxes", "journal", "lines", "mails", "outbox", "queries", "threads")
    )

Progress = Callable[[str], None]


_REWRITE = 600  # seconds after which a digest is tried again that could not be written


def _silent(_: str) -> None:
    return None


Ids = int | Collection[int]
"""A series' number, or several: what is done to several at once is undone at once."""


class Tracker:
    """A database, an archive and a clock."""

    def __init__(
        self, config: Config, *, clock: Callable[[], float] = time.time, database_url: str | None = None
    ) -> None:
        """`clock` gives UTC seconds; the archive is contacted only by `watch` and `poll`."""
        self.config = config
        self._clock = clock
        self._url = database_url or config.database_url
        self._unwritten: dict[str, int] = {}  # recipients whose digest could not be written: when to try again

    @cached_property
    def database(self) -> Database:
        """The database, opened when it is first used: created, migrated, or understood anew by a newer program."""
        from patchwatch.db.database import Database

        database = Database(self._url, busy_seconds=self.config.database.busy_seconds)
        with database.read() as connection:
            form = mails.setting(connection, "form")
        if form != str(FORM):
            from patchwatch.ingest import reindex

            with database.write() as connection:
                reindex(connection)
        return database

    def with_config(self, config: Config) -> Tracker:
        """Another tracker over the same database, opened once, with another config."""
        other = Tracker(config, clock=self._clock, database_url=self._url)
        other.database = self.database
        return other

    def now(self) -> int:
        """The time that ages and overdue are reckoned by: UTC, seconds."""
        return int(self._clock())

    # ---- reading ---------------------------------------------------------------------------------------------------

    def series(self, *, everything: bool = False, wanted: Filter | None = None) -> tuple[SeriesRow, ...]:
        """The watched series, or all that are known, or those that `wanted` describes."""
        with self.database.read() as connection:
            return self._series(connection, wanted or Filter(everything=everything), self.addresses)

    def _series(self, connection: Connection, wanted: Filter, me: frozenset[str]) -> tuple[SeriesRow, ...]:
        now, review = self.now(), self.config.review
        rows = queries.series(connection, wanted, now, review.overdue_days, me)
        windows = queries.merge_windows(connection)
        moves = [next_move(row, now, ping_days=review.ping_days, windows=windows) for row in rows]
        return tuple(replace(row, next_move=m) if m else row for row, m in zip(rows, moves, strict=True))

    @property
    def addresses(self) -> frozenset[str]:
        """The user's own, in lower case: who `me` is."""
        return frozenset(address.lower() for address in self.config.me.addresses)

    def lines(self, *, watched_only: bool = False) -> tuple[SeriesLine, ...]:
        """A line for each series that is known, or that is watched: quick to read for any number of them.

        What I have to do next is not worked out where only the watched ones are asked for.
        """
        found = self._lines(watched_only)
        if watched_only or not self.addresses:
            return found
        from patchwatch.views import may_be_mine_to_move

        maybe = frozenset(line.id for line in found if may_be_mine_to_move(line))
        rows = self.series(wanted=Filter(everything=True, ids=maybe)) if maybe else ()
        mine = {row.id: row.next_move.text for row in rows if row.next_move and row.next_move.by == "me"}
        return tuple(line._replace(next_move=mine.get(line.id, "")) if line.id in maybe else line for line in found)

    def _lines(self, watched_only: bool) -> tuple[SeriesLine, ...]:
        days, me = self.config.review.overdue_days, self.addresses
        if "database" not in self.__dict__:
            from patchwatch.db.glance import glance

            found = glance(self._url, self.now(), days, me, watched_only=watched_only)
            if found is not None:
                return found
        with self.database.read() as connection:
            return lines.lines(lines.asking(connection), self.now(), days, me, watched_only=watched_only)

    @property
    def config_file(self) -> str:
        """Where the config is, or would be."""
        return str(self.config.source or config_path())

    def one(self, series_id: int) -> SeriesRow:
        """One series.

        Raises:
            NotFoundError: there is none with this number.
        """
        rows = self.series(wanted=Filter(everything=True, ids=frozenset({series_id})))
        if not rows:
            raise NotFoundError(f"there is no series {series_id}. `patchwatch list --all` shows the numbers.")
        return rows[0]

    def find(self, name: str) -> int:
        """The series that a user named: the number `list` prints, a message-id or a link.

        Raises:
            NotFoundError: there is none.
        """
        text = name.strip()
        with self.database.read() as connection:
            if text.lstrip("#").isdigit():
                number = queries.series_numbered(connection, int(text.lstrip("#")))
                if number is None:
                    raise NotFoundError(f"there is no series {text}. `patchwatch list --all` shows the numbers.")
                return number
            from patchwatch.lore.address import parse_target

            address = parse_target(text, self.hosts)
            if address is None:
                raise NotFoundError(
                    f"{name!r} is no series: give the number that `patchwatch list` prints or a message-id."
                )
            found = queries.series_of(connection, [address.message_id]).get(address.message_id)
        if found is None:
            raise NotFoundError(
                f"no known series has the message <{address.message_id}>. "
                f"`patchwatch watch {address.message_id}` fetches it."
            )
        return found

    def thread(self, series_id: int) -> tuple[MessageRow, ...]:
        """Every mail of a series, revision by revision, as trees."""
        with self.database.read() as connection:
            return threads.thread(connection, series_id)

    def steps(self, series_id: int) -> tuple[StepRow, ...]:
        """How a series came to its state: the mails that changed it, in order."""
        with self.database.read() as connection:
            return threads.steps(connection, series_id)

    def mail(self, message_id: str) -> Mail:
        """One stored mail, to be read.

        Raises:
            NotFoundError: it is not stored.
        """
        from patchwatch.mail.reading import read

        raw = self.raw(message_id)
        with self.database.read() as connection:
            seen_in = inboxes.inboxes_of(connection, message_id)
        return read(message_id, raw, seen_in)

    def raw(self, message_id: str) -> bytes:
        """One stored mail as it came: of several copies the one that is understood.

        Raises:
            NotFoundError: it is not stored.
        """
        found = self._raws([message_id])
        if message_id not in found:
            raise NotFoundError(f"<{message_id}> is not stored. `patchwatch watch {message_id}` fetches its thread.")
        return found[message_id]

    def compare(self, series_id: int, older: str | None = None, newer: str | None = None) -> Comparison:
        """What changed between two revisions of a series: by default the newest and the one before it.

        They are named as v3, 3, v5.1, rfc1, or by a message-id.

        Raises:
            NotFoundError: there is no such series or revision, or only one revision.
            InvalidInputError: a name fits several revisions, or both names the same one.
        """
        from patchwatch.comparing import between, choose, mails_of, side
        from patchwatch.rangediff.comparison import compare

        revisions = self.one(series_id).revisions
        chosen = choose(revisions, older, newer, self._revision_root)
        resent = any(one.root != one.revision.message_id for one in chosen)
        thread = self.thread(series_id) if resent else ()
        wanted = {one: mails_of(one, thread) for one in (*chosen, *between(revisions, *chosen))}
        raws = self._raws({i for one, patches in wanted.items() for i in (one.root, *patches)})
        first, last, *passed = (side(one, patches, raws) for one, patches in wanted.items())
        return compare(first, last, passed)

    def inboxes(self) -> tuple[InboxRow, ...]:
        """Every known inbox and how polling it goes."""
        with self.database.read() as connection:
            return inboxes.inboxes(connection)

    def trees(self) -> tuple[TreeRow, ...]:
        """The git trees that were read, and how reading them goes."""
        from patchwatch.db import trees

        with self.database.read() as connection:
            return trees.trees(connection)

    def generation(self) -> int:
        """Changes with every committed change, of any process."""
        return self.database.generation()

    def url(self, message_id: str, inbox: str = "") -> str:
        """Where people read a message.  A loopback archive is no place to send people: they get lore's address."""
        from patchwatch.lore.address import message_url

        return message_url(DEFAULT_LORE_URL, inbox or None, message_id)

    @property
    def hosts(self) -> tuple[str, ...]:
        """Hosts whose links name messages, besides lore's own."""
        urls = (self.config.lore.url, *self.config.lore.mirrors)
        return tuple(dict.fromkeys(urlsplit(url).netloc for url in urls))

    # ---- deciding --------------------------------------------------------------------------------------------------

    def mark_read(self, message_ids: Collection[str]) -> None:
        """Note that these mails were read."""
        if message_ids:
            with self.database.write() as connection:
                decisions.mark_read(connection, message_ids, self.now())

    def read_series(self, series_ids: Collection[int]) -> None:
        """Note that all mail of these series was read."""
        if series_ids:
            with self.database.write() as connection:
                decisions.read_series(connection, series_ids, self.now())

    def unwatch(self, series_ids: Ids) -> None:
        """Stop watching; what is stored stays."""
        self._decide(series_ids, "watch", "no longer watched", None)

    def mute(self, series_ids: Ids, *, muted: bool = True) -> None:
        """Keep series, but let them be silent in the digest; or let them speak again."""
        if muted:
            self._decide(series_ids, "mute", "muted", lambda row: {})
        else:
            self._decide(series_ids, "mute", "no longer muted", None)

    def snooze(self, series_ids: Ids, until: int | None) -> None:
        """Put series aside until a time (UTC seconds), or until somebody else than me answers (None)."""
        what = "snoozed until somebody answers" if until is None else f"snoozed until {_day(until)}"
        self._decide(series_ids, "snooze", what, lambda row: {"until": until, "newest": row.last_activity})

    def unsnooze(self, series_ids: Ids) -> None:
        """Take series up again."""
        self._decide(series_ids, "snooze", "no longer snoozed", None)

    def mark(self, series_ids: Ids, state: str | None, by: str = "") -> None:
        """Set a state by hand; it holds until a newer revision is posted.  None takes the mark back.

        Raises:
            InvalidInputError: there is no such state.
        """
        if state is not None and (state not in STATES or state == "superseded"):
            raise InvalidInputError(
                f"{state!r} is no state. States are: {', '.join(s for s in STATES if s != 'superseded')}."
            )
        rows = self._rows(series_ids)
        newest = [row.revisions[-1] for row in rows]
        ids = [i for revision in newest for i in (revision.message_id, *revision.patch_message_ids)]
        what = _what(f"marked {state}" if state else "mark taken back", rows)
        with self.database.write() as connection:
            with journal.noted(connection, "mark", ids, what, self.now()):
                decisions.undecide(connection, "mark", ids)
                if state is not None:
                    who = by or journal.user()
                    for revision in newest:
                        decisions.decide(connection, "mark", revision.message_id, state=state, at=self.now(), by=who)
            self._derive_again(connection, [revision.message_id for revision in newest])

    def undo(self) -> str:
        """Take back my last watch, unwatch, mute, snooze, mark, link or unlink; returns what it was.

        Again it takes back the one before.  What somebody else has changed since stays as he left it.

        Raises:
            NotFoundError: there is nothing to take back.
        """
        with self.database.write() as connection:
            taken = journal.take_back(connection)
            if taken is None:
                raise NotFoundError("there is nothing to undo.")
            if taken.decided in ("mark", "tie"):
                roots = derived.roots_of(connection, taken.message_ids)
                self._derive_again(connection, sorted(set(roots.values())))
        return taken.what

    def candidates(self, series_id: int) -> tuple[CandidateRow, ...]:
        """Revisions of other series that this one may go on from, or be gone on from, likeliest first.

        Those that were likely enough are linked already, unless somebody refused them.
        """
        from patchwatch.linking import candidates

        with self.database.read() as connection:
            return candidates(connection, series_id)

    def link(self, later: str, earlier: str, by: str = "") -> int:
        """Say that one revision succeeds another; returns the series.  Outranks what is inferred, for good.

        Raises:
            NotFoundError: a revision is not known.
            InvalidInputError: they are the same, or already the other way round.
        """
        a, b = self._revision_root(later), self._revision_root(earlier)
        if a == b:
            raise InvalidInputError("a revision can't succeed itself: name the later one, then the earlier one.")
        what = f"linked: {self._titled(a)}, with {self._titled(b)}"
        with self.database.write() as connection:
            ties = decisions.ties(connection, [a, b])
            if any(linked and (x, y) == (b, a) for x, y, linked, _, _ in ties):
                raise InvalidInputError(
                    f"<{b}> is already linked as the successor of <{a}>. `patchwatch unlink` it first."
                )
            self._tie(connection, a, b, what, linked=True, by=by)
        return self.find(a)

    def unlink(self, later: str, earlier: str | None = None, by: str = "") -> tuple[int, int]:
        """Say that two revisions are not versions of one change; returns both series.

        Raises:
            NotFoundError: a revision is not known.
            InvalidInputError: nothing links them.
        """
        a = self._revision_root(later)
        row = next(r for r in self.one(self.find(a)).revisions if a in r.postings)
        if earlier is None:
            if row.predecessor is None:
                raise InvalidInputError(f"<{a}> has no predecessor to be unlinked from.")
            b = row.predecessor.message_id
        else:
            b = self._revision_root(earlier)
        if a == b:
            raise InvalidInputError("name two revisions: the later one and the earlier one.")
        what = f"unlinked: {self._titled(a)}, from {self._titled(b)}"
        with self.database.write() as connection:
            self._tie(connection, a, b, what, linked=False, by=by)
        return self.find(a), self.find(b)

    # ---- handing over ----------------------------------------------------------------------------------------------

    @property
    def dry_run(self) -> bool:
        """Whether `send` only tries to."""
        return self.config.send.dry_run

    @cached_property
    def drafts(self) -> Drafts:
        """Answers that were not sent yet."""
        from patchwatch.drafts import Drafts

        return Drafts(data_directory() / "drafts")

    def reply(self, message_id: str) -> Draft:
        """An answer to a stored mail, to be edited.

        Raises:
            NotFoundError: it is not stored.
            SendError: nobody says who I am.
        """
        from patchwatch.reply import reply

        raw, sender = self.raw(message_id), self._sender()
        return reply(raw, sender, self.addresses, _new_message_id(sender))

    def endorse(self, message_id: str, tags: Sequence[str], *, whole: bool = False) -> Draft:
        """An answer that gives tags to a patch, or, `whole`, to every patch of its revision.

        The whole is answered at its cover letter, or at its first patch, saying so.

        Raises:
            NotFoundError: it is not stored, or (part of) no posting.
            InvalidInputError: one of them is no tag of a reviewer.
            SendError: nobody says who I am.
        """
        from patchwatch.reply import endorse

        if whole:
            root = self._revision_root(message_id)
            revision = next(r for r in self.one(self.find(root)).revisions if root in r.postings)
            message_id = root if revision.has_cover else next(iter(revision.patch_message_ids), root)
            whole = revision.patches > 1
        raw, sender = self.raw(message_id), self._sender()
        return endorse(raw, sender, self.addresses, _new_message_id(sender), tags, whole=whole)

    def rehearse(self, draft: Draft) -> Rehearsal:
        """What git send-email would send to whom.

        Raises:
            InvalidInputError: something stands in the way of sending it.
            SendError: git refuses, or would send something else.
            ToolError: git send-email is missing.
        """
        from patchwatch import sending
        from patchwatch.draft import check

        check(draft)
        return sending.rehearse(draft)

    def send(self, draft: Draft) -> Sent:
        """Send a draft, or as long as the config does not say otherwise only try to; the terminal is git's meanwhile.

        Raises:
            InvalidInputError: something stands in the way of sending it.
            SendError: git refuses or fails.
            ToolError: git send-email is missing.
        """
        from patchwatch import sending
        from patchwatch.draft import check

        check(draft)
        return sending.send(draft, dry_run=self.dry_run)

    def b4_command(self, task: Task, message_id: str, box: str) -> str:
        """What `b4` will run, as one would type it, with the revision's mails in the maildir `box`.

        Raises:
            NotFoundError: the mail belongs to no revision.
        """
        import shlex

        from patchwatch.handover import b4_command

        return shlex.join(b4_command(task, self._revision_root(message_id), box, self.config.lore.url))

    def b4(self, task: Task, message_id: str, directory: Path, progress: Progress = _silent) -> int:
        """Hand the revision that a mail belongs to over to b4, in a directory and in this terminal; its exit status.

        `progress` hears of the command before it runs.

        Raises:
            NotFoundError: it belongs to none.
            ToolError: b4 or the directory is missing.
        """
        from patchwatch.handover import run_b4

        root = self._revision_root(message_id)
        mails = [self.raw(row.message_id) for row in self.thread(self.find(root)) if row.revision == root]
        return run_b4(task, root, mails, directory, self.config.lore.url, progress)

    def work_trees(self) -> tuple[Path, ...]:
        """The directories of the config's trees in which a series can be applied."""
        from patchwatch.handover import work_trees

        return work_trees(self.config.tree)

    def citations(self, message_id: str) -> tuple[Citation, ...]:
        """The forms in which people pass a stored mail on.

        Raises:
            NotFoundError: it is not stored.
        """
        from patchwatch.citing import citations

        mail = self.mail(message_id)
        url = self.url(message_id, next(iter(mail.inboxes), ""))
        return citations(message_id, url, dict(mail.headers).get("Subject", ""))

    # ---- fetching --------------------------------------------------------------------------------------------------

    def watch(self, text: str, progress: Progress = _silent) -> tuple[Watched, ...]:
        """Watch what a link or message-id names.

        Raises:
            InvalidInputError: it is neither.
            LoreError: it can't be fetched.
        """
        from patchwatch.lore.address import parse_target
        from patchwatch.watching import watch_address

        address = parse_target(text, self.hosts)
        if address is None:
            raise InvalidInputError(f"{text!r} is neither a link to a mail on lore nor a message-id.")
        with self._archive() as archive:
            watched = watch_address(self.database, archive, self.config.poll, address, self.now(), progress)
            self._listen(archive, watched)
            return watched

    def watch_text(self, content: bytes, progress: Progress = _silent) -> tuple[list[Watched], list[Skipped]]:
        """Watch every lore link of a report, or the series of the mails in an .eml or mbox.

        Raises:
            InvalidInputError: there is neither a link nor a mail in it.
        """
        from patchwatch.watch_file import watch_content

        with self._archive() as archive:
            watched, skipped = watch_content(
                self.database, archive, self.config.poll, content, self.hosts, self.now(), progress
            )
            self._listen(archive, watched)
            return watched, skipped

    def poll(self, progress: Progress = _silent) -> PollReport:
        """One pass over everything watched and followed, and over the git trees of the config.

        Raises:
            HeldError: `patchwatch run` polls this database, or a poll of somebody else does not end.
        """
        with self.lock("poll", progress):
            return self.poll_some(None, progress)

    def poll_some(
        self, names: Collection[str] | None, progress: Progress = _silent, pause: Callable[[float], None] = time.sleep
    ) -> PollReport:
        """Poll inboxes, for whoever holds the lock; `all` among the names stands for everything that is in none.

        `pause` waits between the tries of a question to the archive, for so many seconds.
        """
        from patchwatch.poll import poll

        with self._archive(pause) as archive:
            return poll(self.database, archive, self.config.poll, progress, self.config.tree, self.now(), names)

    def lock(self, what: str, progress: Progress = _silent) -> AbstractContextManager[None]:
        """Be the one who polls this database, while the context is open.

        Raises:
            HeldError: somebody else is; the text says who.
        """
        from patchwatch import lock

        return lock.hold(lock.lock_path(self._url), what, int(time.time()), tell=progress)

    def holder(self) -> Holder | None:
        """Who polls this database now, if anybody does."""
        from patchwatch import lock

        return lock.holder(lock.lock_path(self._url))

    def happened(self) -> tuple[Event, ...]:
        """What happened to the watched series since this was last asked, by any process.

        It is queued for the hooks of the config and for recipients who want a mail at once, in the same transaction.
        """
        from patchwatch import telling
        from patchwatch.events import Listener

        listeners = [Listener(f"hook {h.name}", frozenset(h.events), self.addresses) for h in self.config.hook]
        for one in self.config.digest:
            if one.at_once:
                addresses = frozenset(a.lower() for a in one.addresses) or self.addresses
                kinds, names = frozenset(one.at_once), frozenset(one.inboxes)
                listeners.append(Listener(f"mail {one.name}", kinds, addresses, names))

        def rows(connection: Connection, me: frozenset[str]) -> tuple[SeriesRow, ...]:
            return self._series(connection, Filter(), me)

        return telling.look(self.database, rows, self.addresses, listeners, self.now())

    def tellings(self) -> tuple[Telling, ...]:
        """Events that somebody has not heard of yet, oldest first."""
        from patchwatch.db import news

        with self.database.read() as connection:
            return news.tellings(connection)

    def told(self, telling_id: int) -> None:
        """Somebody has heard of an event."""
        from patchwatch.db import news

        with self.database.write() as connection:
            news.forget_telling(connection, telling_id)

    def follow(self, inbox: str, rule: Rule | None = None) -> tuple[Rule, ...]:
        """Follow what is posted to a list, or what of it fits this rule or an earlier one; returns the rules in force.

        Raises:
            InvalidInputError: a rule is given, and everything is followed already.
        """
        with self.database.write() as connection:
            return inboxes.follow(connection, inbox, rule)

    def unfollow(self, inbox: str) -> None:
        """Follow a list no longer; its rules are forgotten."""
        with self.database.write() as connection:
            inboxes.set_inbox(connection, inbox, followed=False, rules=None)

    def import_mail(self, path: Path, inbox: str, progress: Callable[[int], None]) -> Outcome:
        """Import what is new at a path."""
        from patchwatch.importing import import_mail

        return import_mail(self.database, path, inbox, progress)

    def reindex(self, progress: Callable[[int], None]) -> int:
        """Work everything out anew from the stored mails; returns how many there are."""
        from patchwatch.ingest import reindex

        with self.database.write() as connection:
            return reindex(connection, progress)

    # ---- digests ---------------------------------------------------------------------------------------------------

    def digest(self, reader: Reader | None = None, since: int | None = None, seen: str = "") -> Digest:
        """What is to be said to a reader, by default to me, of all that happened since the digest before.

        That one was composed at `since` (UTC seconds; None: there was none, a day is told) and knew what is `seen`
        (`Digest.seen` of it): mail that came later than it was sent is new too, then.
        """
        return self.briefing(reader, since, seen).digest(self.now())

    def briefing(self, reader: Reader | None = None, since: int | None = None, seen: str = "") -> Briefing:
        """What `digest` is composed of."""
        from patchwatch.briefing import brief
        from patchwatch.digest.reader import Reader

        reader = reader or Reader(self.addresses)
        return brief(self.database, self.config.review, self._raws, reader, self.now(), since, seen)

    def send_digests(self, *, today: bool = False) -> tuple[Delivery, ...]:
        """Write the digests that are due, and try everything that waits for a try; what became of each.

        With `today`, which is a person's wish: also today's digest before its hour, and again what was put off or
        refused.  What can't be delivered is told, not raised.
        """
        from patchwatch.digest.post import deliver, write_due
        from patchwatch.digest.transport import transport

        mail, recipients = self.config.mail, self.config.digest
        now = self.now()
        ready = [one for one in recipients if today or self._unwritten.get(one.name, now) <= now]
        written = tuple(write_due(self.database, ready, mail, self._digest_for, now, today=today))
        later = {name: at for name, at in self._unwritten.items() if at > now}
        self._unwritten = later | {one.recipient: now + _REWRITE for one in written if one.outcome == "failed"}
        if today and self.outbox():
            with self.database.write() as connection:
                outbox.hurry(connection, self.now())
        return (*written, *deliver(self.database, recipients, lambda: transport(mail), self.now))

    def queue_letter(self, recipient: str, key: str, subject: str, text: str) -> bool:
        """Have a mail of its own sent to a recipient of the config; once for each `key`: False where it was before.

        It goes out with the next `send_digests`.

        Raises:
            NotFoundError: the config has no such recipient.
            DeliveryError: his address is a list's.
            SendError: nobody says whom it is from.
        """
        from patchwatch.digest.compose import Digest
        from patchwatch.digest.post import put, write

        found = next((one for one in self.config.digest if one.name == recipient), None)
        if found is None:
            raise NotFoundError(f"there is no [[digest]] named {recipient} in {self.config_file}.")
        written = write(self.database, self.config.mail, found, key, Digest(subject, text), self.now())
        with self.database.write() as connection:
            return put(connection, found, key, written, self.now())

    def letters(self) -> tuple[tuple[Recipient, Letter], ...]:
        """The digests as mails, as they would be written now; nothing is sent or noted.

        Raises:
            DeliveryError: an address is a list's.
            SendError: nobody says whom they are from.
        """
        from patchwatch.digest.post import write
        from patchwatch.digest.schedule import schedule_of

        found = []
        for one in self.config.digest:
            with self.database.read() as connection:
                told = outbox.told(connection, one.name)
            day = schedule_of(one).today(self.now()).isoformat()
            digest = self._digest_for(one, told)
            found.append((one, write(self.database, self.config.mail, one, day, digest, self.now())))
        return tuple(found)

    def next_post_at(self) -> int | None:
        """When the next digest or the next try is due (UTC seconds, perhaps passed); None: never."""
        from patchwatch.digest.schedule import schedule_of

        with self.database.read() as connection:
            told = {one.name: outbox.told(connection, one.name) for one in self.config.digest}
            retry = outbox.next_try(connection)
        due = []
        for one in self.config.digest:
            last = told[one.name]
            following = schedule_of(one).next_at(last.day if last else None, self.now())
            due.append(max(following, self._unwritten.get(one.name, following)))
        return min((*due, *([] if retry is None else [retry])), default=None)

    def outbox(self) -> tuple[OutboxRow, ...]:
        """Mails of our own that wait, or were given up."""
        with self.database.read() as connection:
            return outbox.unsent(connection)

    def digests_sent(self) -> dict[str, int]:
        """When each recipient was last sent a mail, by name."""
        with self.database.read() as connection:
            return outbox.last_sent(connection)

    def _digest_for(self, recipient: Recipient, told: Told | None) -> Digest:
        from patchwatch.digest.reader import Reader

        addresses = frozenset(one.lower() for one in recipient.addresses) or self.addresses
        reader = Reader(addresses, frozenset(recipient.inboxes), recipient.views)
        return self.digest(reader, told.until, told.seen) if told else self.digest(reader)

    # ---- parts -----------------------------------------------------------------------------------------------------

    def _raws(self, message_ids: Collection[str]) -> dict[str, bytes]:
        """Stored mails, as `raw` gives one; those that are not stored are left out."""
        from patchwatch.ingest import canonical_of, unpack

        with self.database.read() as connection:
            known = mails.known_messages(connection, message_ids)
            stored = mails.stored_mails(connection, known.values())
        copies = {message_id: stored[pk] for message_id, pk in known.items() if stored.get(pk)}
        return {
            message_id: unpack(found[0].mail if len(found) == 1 else canonical_of(found).packed)
            for message_id, found in copies.items()
        }

    def _archive(self, pause: Callable[[float], None] = time.sleep) -> Archive:
        from patchwatch.lore.client import Archive

        return Archive(self.config.lore, sleep=pause)

    def _listen(self, archive: Archive, watched: Collection[Watched]) -> None:
        """From now on, new mail of the lists of these series rings the doorbell."""
        from patchwatch.doorbell import listen

        rows = self.series(wanted=Filter(ids=frozenset(w.series_id for w in watched)))
        for name in sorted({name for row in rows for name in row.inboxes}):
            listen(self.database, archive, name)

    def _sender(self) -> Mailbox:
        from patchwatch.sending import sender

        return sender(self.config.send.sender)

    def _rows(self, series_ids: Ids) -> list[SeriesRow]:
        return [self.one(number) for number in ([series_ids] if isinstance(series_ids, int) else series_ids)]

    def _decide(
        self,
        series_ids: Ids,
        decision: decisions.Decision,
        what: str,
        values: Callable[[SeriesRow], dict[str, object]] | None,
    ) -> None:
        """Decide something about series, with these values, in place of what was decided before; None: nothing."""
        rows = self._rows(series_ids)
        with self.database.write() as connection:
            ids = queries.messages_of(connection, [row.id for row in rows])
            with journal.noted(connection, decision, ids, _what(what, rows), self.now()):
                decisions.undecide(connection, decision, ids)
                if values is not None:
                    for row in rows:
                        root = row.revisions[0].message_id
                        decisions.decide(connection, decision, root, at=self.now(), **values(row))

    def _revision_root(self, name: str) -> str:
        """The root of the revision that a user named by a message-id, a link, or a series' number (its newest)."""
        series = self.one(self.find(name))
        if name.strip().lstrip("#").isdigit():
            return series.revisions[-1].message_id
        from patchwatch.lore.address import parse_target

        address = parse_target(name, self.hosts)
        with self.database.read() as connection:
            return derived.roots_of(connection, [address.message_id if address else name])[
                address.message_id if address else name
            ]

    def _tie(self, connection: Connection, later: str, earlier: str, what: str, *, linked: bool, by: str) -> None:
        with journal.noted(connection, "tie", [later], what, self.now()):
            decisions.tie(connection, later, earlier, linked=linked, at=self.now(), by=by or journal.user())
        self._derive_again(connection, [later, earlier])

    def _titled(self, root: str) -> str:
        row = self.one(self.find(root))
        revision = next(r for r in row.revisions if root in r.postings)
        return f"v{revision.version} of #{row.id} {revision.subject}"

    def _derive_again(self, connection: Connection, message_ids: Sequence[str]) -> None:
        from patchwatch.derive import derive_again

        derive_again(connection, message_ids)


def _what(done: str, rows: Sequence[SeriesRow]) -> str:
    """What was done to series, as undo says it."""
    if len(rows) == 1:
        return f"{done}: #{rows[0].id} {rows[0].title}"
    return f"{done}: {len(rows)} series ({', '.join(f'#{row.id}' for row in rows)})"


def _new_message_id(sender: Mailbox) -> str:
    import email.utils

    return email.utils.make_msgid("patchwatch", sender.address.rpartition("@")[2]).strip("<>")


def _day(seconds: int) -> str:
    moment = datetime.datetime.fromtimestamp(seconds, datetime.UTC)
    return moment.strftime("%Y-%m-%d %H:%M UTC").removesuffix(" 00:00 UTC")
