"""What people decide: it outranks what was worked out, is noted in the journal, and can be undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from patchwatch.db import LazyModule
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.series.states import SETTABLE
from patchwatch.times import format_future
from patchwatch.tracker.base import Ids
from patchwatch.tracker.queries import Queries

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patchwatch.db import database, decisions, derived, series, undo
    from patchwatch.series.model import CandidateRow, SeriesRow
else:
    database, decisions, derived, undo, series = (
        LazyModule(f"patchwatch.db.{name}") for name in ("database", "decisions", "derived", "undo", "series")
    )


class Decisions(Queries):
    """Marks, snoozes, links: each in a transaction of its own."""

    def mark_read(self, message_ids: Collection[str]) -> int:
        """Note that these mails were read; the generation that this makes."""
        with self.database.write() as connection:
            decisions.mark_read(connection, message_ids, self.now())
            return database.generation(connection) + 1

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
        what = "snoozed until somebody answers" if until is None else f"snoozed until {format_future(until)}"
        self._decide(series_ids, "snooze", what, lambda row: {"until": until, "newest": row.last_activity})

    def unsnooze(self, series_ids: Ids) -> None:
        """Take series up again."""
        self._decide(series_ids, "snooze", "no longer snoozed", None)

    def mark(self, series_ids: Ids, state: str | None, by: str = "") -> None:
        """Set a state by hand; it holds until a newer revision is posted.  None takes the mark back.

        Raises:
            InvalidInputError: there is no such state.
        """
        if state is not None and state not in SETTABLE:
            raise InvalidInputError(f"{state!r} is no state. States are: {', '.join(SETTABLE)}.")
        rows = self._rows(series_ids)
        newest = [row.revisions[-1] for row in rows]
        ids = [i for revision in newest for i in (revision.message_id, *revision.patch_message_ids)]
        what = _what(f"marked {state}" if state else "mark taken back", rows)
        with self.database.write() as connection:
            with undo.logged(connection, "mark", ids, what, self.now()):
                decisions.undecide(connection, "mark", ids)
                if state is not None:
                    who = by or undo.user()
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
            taken = undo.undo_last(connection)
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
        from patchwatch.db.link_candidates import candidates

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
            ties = decisions.manual_links(connection, [a, b])
            if any(linked and (x, y) == (b, a) for x, y, linked, _, _ in ties):
                raise InvalidInputError(
                    f"<{b}> is already linked as the successor of <{a}>. `patchwatch unlink` it first."
                )
            self._set_link(connection, a, b, what, linked=True, by=by)
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
            self._set_link(connection, a, b, what, linked=False, by=by)
        return self.find(a), self.find(b)

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
            ids = series.messages_of(connection, [row.id for row in rows])
            with undo.logged(connection, decision, ids, _what(what, rows), self.now()):
                decisions.undecide(connection, decision, ids)
                if values is not None:
                    for row in rows:
                        root = row.revisions[0].message_id
                        decisions.decide(connection, decision, root, at=self.now(), **values(row))

    def _set_link(self, connection: Connection, later: str, earlier: str, what: str, *, linked: bool, by: str) -> None:
        with undo.logged(connection, "tie", [later], what, self.now()):
            decisions.link(connection, later, earlier, linked=linked, at=self.now(), by=by or undo.user())
        self._derive_again(connection, [later, earlier])

    def _titled(self, root: str) -> str:
        row = self.one(self.find(root))
        revision = next(r for r in row.revisions if root in r.postings)
        return f"v{revision.version} of #{row.id} {revision.subject}"

    def _derive_again(self, connection: Connection, message_ids: Sequence[str]) -> None:
        from patchwatch.sync.derive import derive_again

        derive_again(connection, message_ids)


def _what(done: str, rows: Sequence[SeriesRow]) -> str:
    """What was done to series, as undo says it."""
    if len(rows) == 1:
        return f"{done}: #{rows[0].id} {rows[0].title}"
    return f"{done}: {len(rows)} series ({', '.join(f'#{row.id}' for row in rows)})"
