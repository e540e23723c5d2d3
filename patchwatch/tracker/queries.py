"""Queries: series, revisions, threads and mails, with what depends on the time computed as of now."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from msgspec import structs

from patchwatch.db import LazyModule
from patchwatch.db.criteria import Among, Criteria
from patchwatch.errors import NotFoundError
from patchwatch.output import command
from patchwatch.pattern import Pattern
from patchwatch.series.queue import LATELY, Section
from patchwatch.series.states import Turn
from patchwatch.tracker.base import Ids, TrackerBase

if TYPE_CHECKING:
    from patchwatch.compose.citations import Citation
    from patchwatch.db import derived, inboxes, messages, outdated_count, series_flags, series_list, threads
    from patchwatch.db import series as queries
    from patchwatch.db.execute import Execute
    from patchwatch.db.queue import Queue
    from patchwatch.mail.body import Mail
    from patchwatch.series.left import Left
    from patchwatch.series.model import (
        InboxRow,
        MessageRow,
        SeriesRow,
        SeriesSummary,
        StateChangeRow,
        TreeRow,
    )
    from patchwatch.series.outcome import Weighed
    from patchwatch.series.points import Point
    from patchwatch.series.queue import Place
    from patchwatch.series.rangediff.comparison import Comparison
    from patchwatch.series.robot_senders import RobotSender
else:
    derived, inboxes, messages, outdated_count, series_flags, series_list, queries, threads = (
        LazyModule(f"patchwatch.db.{name}")
        for name in (
            "derived",
            "inboxes",
            "messages",
            "outdated_count",
            "series_flags",
            "series_list",
            "series",
            "threads",
        )
    )

_AT_ONCE = 1_000  # series that are read at once
_DAY = 86_400
_NUMBER = Pattern(r"#*([0-9]{1,9})")  # of a series


class Queries(TrackerBase):
    """All queries; none changes the database."""

    def series(self, *, everything: bool = False, wanted: Criteria | None = None) -> tuple[SeriesRow, ...]:
        """Return the watched series, or all that are known, or those that match `wanted`."""
        with self.reading() as execute:
            return self._series(execute, wanted or Criteria(everything=everything), self.addresses)

    def _series(self, execute: Execute, wanted: Criteria, me: frozenset[str]) -> tuple[SeriesRow, ...]:
        from patchwatch.series.state.next_action import next_action

        now, review = self.now(), self.config.review
        rows = queries.series(execute, wanted, now, review.overdue_days, me)
        windows = series_flags.merge_windows(execute)
        moves = [next_action(row, now, ping_days=review.ping_days, windows=windows) for row in rows]
        return tuple(structs.replace(row, next_action=m) if m else row for row, m in zip(rows, moves, strict=True))

    def series_in_order(self, lines: Sequence[SeriesSummary]) -> Iterator[SeriesRow]:
        """Yield the series of these summaries, as of one moment; so many can be printed in little memory."""
        with self.reading() as execute:
            for start in range(0, len(lines), _AT_ONCE):
                part = lines[start : start + _AT_ONCE]
                wanted = Criteria(everything=True, ids=frozenset(one.id for one in part))
                found = {row.id: row for row in self._series(execute, wanted, self.addresses)}
                yield from (self._for_me(found[one.id], one.place) for one in part if one.id in found)

    def lines(self, *, among: Among = "all", placed: bool = True) -> tuple[SeriesSummary, ...]:
        """Return a summary of each series, at its place in my queue if it is to be `placed`: fast for any number."""
        if placed:
            lines = self.queue(among=among).placed(self.now())
            if among != "live":
                return lines
            return tuple(line for line in lines if line.place and line.place.section is not Section.DORMANT)
        with self.reading() as execute:
            return self._lines(execute, among)

    def lines_and_dormant(self) -> tuple[tuple[SeriesSummary, ...], int]:
        """Return what I have to do with, each at its place, and how many more series are dormant."""
        queue, dormant = self.queue_and_dormant()
        return queue.placed(self.now()), dormant

    def queue_and_dormant(self) -> tuple[Queue, int]:
        """Return the queue of what I have to do with, and how many more series are dormant.

        Most of the dormant ones are only counted, because they are most of what a list has.
        """
        with self.reading() as execute:
            dormant = series_list.count_dormant(execute, self.addresses, self._live_since())
            return self._queue(execute, "known" if dormant is None else "live"), dormant or 0

    def queue(self, *, among: Among = "all") -> Queue:
        """Return what my queue consists of: series, and what their places in it depend on."""
        with self.reading() as execute:
            return self._queue(execute, among)

    def _queue(self, execute: Execute, among: Among) -> Queue:
        from patchwatch.db.queue import read_queue, rules_of

        rules = rules_of(execute, self.config.review)
        return read_queue(execute, self._lines(execute, among), rules, self.addresses, self.now())

    def _lines(self, execute: Execute, among: Among) -> tuple[SeriesSummary, ...]:
        days, me, since = self.config.review.overdue_days, self.addresses, self._live_since()
        return series_list.summaries(execute, self.now(), days, me, among=among, since=since)

    def _live_since(self) -> int:
        """What showed no sign of life since then has no place in my queue, or is dormant."""
        return self.now() - max(self.config.review.dormant_days * _DAY, LATELY)

    def outdated(self) -> Left:
        """Return how much is shown as an earlier program, or other rules, read it."""
        with self.reading() as execute:
            return outdated_count.left(execute)

    def labels(self) -> dict[str, int]:
        """Return my labels in alphabetical order, with the number of series that have each."""
        with self.reading() as execute:
            names = [name for found in series_flags.labels(execute).values() for name in found]
        return {name: names.count(name) for name in sorted(set(names))}

    def is_outdated(self, series_id: int) -> bool:
        """True if a series is shown as an earlier program, or other rules, read its mails."""
        with self.reading() as execute:
            return outdated_count.series_is_outdated(execute, series_id)

    def one(self, series_id: int) -> SeriesRow:
        """Return one series.

        Raises:
            NotFoundError: no series has this number.
        """
        rows = self.series(wanted=Criteria(everything=True, ids=frozenset({series_id})))
        if not rows:
            raise NotFoundError(f"there is no series {series_id}. `patchwatch list --all` shows the numbers.")
        row = rows[0]
        if row.involvement is None or row.turn == Turn.NOBODY:
            return row
        with self.reading() as execute:
            return self._for_me(row, self._place(execute, row))

    def _for_me(self, row: SeriesRow, place: Place | None) -> SeriesRow:
        """Return the series with my next action if I am the maintainer that it waits for, and with whose turn it is."""
        from patchwatch.series.queue import ASKS
        from patchwatch.series.state.next_action import to_apply
        from patchwatch.series.verbs import likely

        involvement = row.involvement
        if involvement is None or row.turn == Turn.NOBODY:
            return row
        if place is not None and not place.not_mine and row.not_mine:
            row = structs.replace(row, not_mine=0)  # I wrote in it, or somebody asked me since
        if row.turn == Turn.AUTHOR:
            return structs.replace(row, my_turn=involvement.author)
        mine = place is not None and (place.section in ASKS or place.verb == "you")
        others = row.next_action is not None and row.next_action.by != "me"
        applies = place is not None and place.verb.startswith("apply ") and not involvement.author
        action = to_apply(row, self.now()) if mine and (others or applies) else row.next_action
        if row.not_mine and not mine and not others:
            action = None
        if action is not None and place is not None and place.section in ASKS and not place.sure:
            action = structs.replace(action, text=likely(action.text))
        return structs.replace(row, my_turn=mine, next_action=action)

    def _place(self, execute: Execute, row: SeriesRow) -> Place | None:
        """Return the place of a series in my queue, as if nothing in it were new."""
        from patchwatch.db.queue import place_alone, rules_of

        return place_alone(execute, row, self.addresses, rules_of(execute, self.config.review), self.now())

    def find(self, name: str) -> int:
        """Return the number of the series that a user named by its number, a message-id or a link.

        Raises:
            NotFoundError: there is none.
        """
        text = name.strip()
        with self.reading() as execute:
            if digits := _NUMBER.fullmatch(text):
                number = queries.series_numbered(execute, int(digits[1]))
                if number is None:
                    raise NotFoundError(f"there is no series {text}. `patchwatch list --all` shows the numbers.")
                return number
            from patchwatch.sources.lore.urls import parse_target

            address = parse_target(text, self.archive_hosts)
            if address is None:
                raise NotFoundError(
                    f"{name!r} does not name a series: give a number from `patchwatch list`, a message-id or a link."
                )
            found = queries.series_of(execute, [address.message_id]).get(address.message_id)
        if found is None:
            raise NotFoundError(
                f"no known series has the message <{address.message_id}>. "
                f"`{command('patchwatch', 'watch', address.message_id)}` fetches it."
            )
        return found

    def thread(self, series_id: int) -> tuple[MessageRow, ...]:
        """Return every mail of a series, revision by revision, as trees."""
        with self.reading() as execute:
            return threads.thread(execute, series_id, self.addresses)

    def steps(self, series_id: int) -> tuple[StateChangeRow, ...]:
        """Return the state changes of a series, in order."""
        with self.reading() as execute:
            return threads.steps(execute, series_id)

    def reasons(self, point: Point) -> tuple[str, ...]:
        """Return what speaks most for a point, in plain words; nothing for those of robots and commands."""
        from patchwatch.mail.remark_reasons import reasons_in

        if point.remark == 0 or point.kind == "failure":
            return ()
        found = reasons_in(self.raw(point.message_id))
        return found[point.remark - 1] if point.remark <= len(found) else ()

    def outlook(self, series_id: int) -> tuple[float, tuple[Weighed, ...]] | None:
        """Return the chance that the newest version is posted again, and what speaks for and against it.

        None if nobody else has answered it.
        """
        from patchwatch.db.message_codec import decode_message
        from patchwatch.series.outcome import chance_of_new_version, explain
        from patchwatch.series.revision import find_revisions

        root = self.one(series_id).revisions[-1].message_id
        with self.database.read() as connection:
            conversations = [one.conversation for one in derived.revisions_by_root(connection, [root])]
            placed = derived.messages_in(connection, conversations)
            facts = messages.facts_of(connection, (one.id for one in placed))
        revisions = find_revisions([decode_message(text) for text in facts.values()])
        revision = next((one for one in revisions if one.root.message_id == root), None)
        chance = chance_of_new_version(revision) if revision else None
        return (chance, explain(revision)) if revision and chance is not None else None

    def mail(self, message_id: str) -> Mail:
        """Return a stored mail, prepared for display; below it other mails with the same message-id.

        Raises:
            NotFoundError: it is not stored.
        """
        from patchwatch.mail.display import append_other, read_for_display

        raw = self.raw(message_id)
        with self.database.read() as connection:
            seen_in = inboxes.inboxes_of(connection, message_id)
        mail = read_for_display(message_id, raw, seen_in)
        for other in self.other_copies(message_id):
            mail = append_other(mail, read_for_display(message_id, other, ()))
        return mail

    def compare(self, series_id: int, older: str | None = None, newer: str | None = None) -> Comparison:
        """Compare two revisions of a series: by default the newest and the one before it.

        They are named as v3, 3, v5.1, rfc1, or by a message-id.

        Raises:
            NotFoundError: there is no such series or revision, or only one revision.
            InvalidInputError: a name matches several revisions, or both match the same one.
        """
        from patchwatch.series.rangediff.comparison import compare
        from patchwatch.series.rangediff.select import between, choose, mails_of, side

        revisions = self.one(series_id).revisions
        chosen = choose(revisions, older, newer, self._revision_root)
        resent = any(one.root != one.revision.message_id for one in chosen)
        thread = self.thread(series_id) if resent else ()
        wanted = {one: mails_of(one, thread) for one in (*chosen, *between(revisions, *chosen))}
        raws = self._raws({i for one, patches in wanted.items() for i in (one.root, *patches)})
        first, last, *passed = (side(one, patches, raws) for one, patches in wanted.items())
        return compare(first, last, passed)

    def mail_count(self) -> int:
        """Return how many mails are stored, those with the same message-id counted once."""
        with self.database.read() as connection:
            return messages.count(connection)

    def unreadable(self) -> tuple[tuple[str, str], ...]:
        """Return (message-id, reason) of every stored mail that could not be parsed, newest first."""
        from patchwatch.db.message_codec import decode_message

        with self.database.read() as connection:
            rows = messages.unreadable_messages(connection)
        return tuple((message_id, decode_message(facts).unreadable) for message_id, facts in rows)

    def subaddresses(self) -> tuple[str, ...]:
        """Return addresses on the lists that are mine with a part after `+`, and not in the config."""
        from patchwatch.db.series_list import subaddresses

        with self.reading() as execute:
            return subaddresses(execute, self.addresses)

    def robots(self) -> tuple[RobotSender, ...]:
        """Return the robots without a format of their own, and senders that behave like robots, the busiest first."""
        from patchwatch.db.senders import mail_of_those_who_post_nothing
        from patchwatch.mail.bots import FORMATS
        from patchwatch.series.robot_senders import robot_senders

        with self.database.read() as connection:
            return robot_senders(mail_of_those_who_post_nothing(connection), FORMATS)

    def inboxes(self) -> tuple[InboxRow, ...]:
        """Return the known inboxes and the results of polling them."""
        from patchwatch.db.inbox_rows import inbox_rows

        with self.reading() as execute:
            return inbox_rows(execute)

    def trees(self) -> tuple[TreeRow, ...]:
        """Return the git trees and the results of reading them."""
        from patchwatch.db import git_trees

        with self.database.read() as connection:
            return git_trees.trees(connection)

    def citations(self, message_id: str) -> tuple[Citation, ...]:
        """Return the forms in which a stored mail can be cited.

        Raises:
            NotFoundError: it is not stored.
        """
        from patchwatch.compose.citations import citations

        mail = self.mail(message_id)
        url = self.url(message_id, next(iter(mail.inboxes), ""))
        return citations(message_id, url, dict(mail.headers).get("Subject", ""))

    def _rows(self, series_ids: Ids) -> list[SeriesRow]:
        return [self.one(number) for number in ([series_ids] if isinstance(series_ids, int) else series_ids)]

    def _revision_root(self, name: str) -> str:
        """Return the root of the revision that a user named by message-id, link, or the number of its series."""
        series = self.one(self.find(name))
        if _NUMBER.fullmatch(name.strip()):
            return series.revisions[-1].message_id
        from patchwatch.sources.lore.urls import parse_target

        address = parse_target(name, self.archive_hosts)
        with self.database.read() as connection:
            return derived.roots_of(connection, [address.message_id if address else name])[
                address.message_id if address else name
            ]
