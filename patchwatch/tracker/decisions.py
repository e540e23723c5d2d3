"""Manual decisions: they take precedence over what is derived, are logged, and can be undone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from typing import TYPE_CHECKING

from patchwatch.db import LazyModule
from patchwatch.db.execute import executor
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.series.states import SETTABLE
from patchwatch.times import format_future
from patchwatch.tracker.base import Ids
from patchwatch.tracker.queries import Queries

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patchwatch.db import database, decisions, derived, people, series, undo, visits
    from patchwatch.series.model import CandidateRow, SeriesRow
    from patchwatch.series.own_labels import LabelChange
    from patchwatch.series.point_list import ListedPoint
else:
    database, decisions, derived, undo, people, series, visits = (
        LazyModule(f"patchwatch.db.{name}")
        for name in ("database", "decisions", "derived", "undo", "people", "series", "visits")
    )


class Decisions(Queries):
    """What people decide: watches, marks, links, what is not theirs, and so on; each changed in one transaction."""

    def mark_read(self, message_ids: Collection[str]) -> int:
        """Mark mails as read; return the generation of the database after it."""
        with self.database.write() as connection:
            decisions.mark_read(connection, message_ids, self.now())
            return database.generation(connection) + 1

    def read_series(self, series_ids: Collection[int]) -> None:
        """Mark all mail of these series as read; I have looked at them."""
        if series_ids:
            with self.database.write() as connection:
                decisions.read_series(connection, series_ids, self.now())
                visits.visit(executor(connection), series_ids, self.now())

    def visit(self, series_ids: Collection[int]) -> int:
        """Store that I looked at these series: what came before is no longer new; return the generation after it."""
        with self.database.write() as connection:
            visits.visit(executor(connection), series_ids, self.now())
            return database.generation(connection) + 1

    def unwatch(self, series_ids: Ids) -> None:
        """Stop watching series; their mail stays stored."""
        self._decide(series_ids, "watch", "no longer watched", None)

    def mute(self, series_ids: Ids, *, muted: bool = True) -> None:
        """Mute series: they stay watched, without events and news in the digest.  Or unmute them."""
        if muted:
            self._decide(series_ids, "mute", "muted", lambda row: {})
        else:
            self._decide(series_ids, "mute", "no longer muted", None)

    def pin(self, series_ids: Ids, *, pinned: bool = True) -> None:
        """Pin series for this user: they never become dormant, and stand first in their section.  Or unpin them."""
        rows = self._rows(series_ids)
        roots = [row.revisions[0].message_id for row in rows] if pinned else []
        with self.database.write() as connection:
            ids = series.messages_of(executor(connection), [row.id for row in rows])
            what = _what("pinned" if pinned else "no longer pinned", rows)
            with undo.logged(connection, "pin", ids, what, self.now()):
                decisions.pin(connection, ids, roots, self.now())

    def not_mine(self, series_ids: Ids, *, mine: bool = False) -> None:
        """Take series out of Now and Review, until somebody asks me in them.  Or, if they are `mine`, put them back."""
        if mine:
            self._decide(series_ids, "not_mine", "yours again", None)
        else:
            self._decide(series_ids, "not_mine", "not yours", lambda row: {})

    def label(self, series_ids: Ids, change: LabelChange) -> None:
        """Change my labels of series."""
        rows = self._rows(series_ids)
        with self.database.write() as connection:
            ids = series.messages_of(executor(connection), [row.id for row in rows])
            with undo.logged(connection, "label", ids, _what(f"labels {change}", rows), self.now()):
                roots = [row.revisions[0].message_id for row in rows]
                decisions.label(connection, ids, roots, change, self.now())

    def snooze(self, series_ids: Ids, until: int | None) -> None:
        """Snooze series until a time (UTC seconds), or until somebody other than me replies (None)."""
        what = "snoozed until someone replies" if until is None else f"snoozed until {format_future(until)}"
        self._decide(series_ids, "snooze", what, lambda row: {"until": until, "newest": row.last_activity})

    def unsnooze(self, series_ids: Ids) -> None:
        """Unsnooze series."""
        self._decide(series_ids, "snooze", "no longer snoozed", None)

    def mark(self, series_ids: Ids, state: str | None, by: str = "") -> None:
        """Set a state by hand until a newer revision is posted; None removes the mark.

        Raises:
            InvalidInputError: there is no such state.
        """
        if state is not None and state not in SETTABLE:
            raise InvalidInputError(f"{state!r} is not a state. States are: {', '.join(SETTABLE)}.")
        rows = self._rows(series_ids)
        newest = [row.revisions[-1] for row in rows]
        ids = [i for revision in newest for i in (revision.message_id, *revision.patch_message_ids)]
        what = _what(f"marked {state}" if state else "mark removed", rows)
        with self.database.write() as connection:
            with undo.logged(connection, "mark", ids, what, self.now()):
                decisions.undecide(connection, "mark", ids)
                if state is not None:
                    who = by or people.acting(connection).name
                    for revision in newest:
                        decisions.decide(connection, "mark", revision.message_id, state=state, at=self.now(), by=who)
            self._derive_again(connection, [revision.message_id for revision in newest])

    def dismiss(self, series_id: int, name: str, by: str = "") -> ListedPoint:
        """Dismiss a point of a series, given by its number or its key; return it as it was.

        Raises:
            NotFoundError: the series has no such point.
            InvalidInputError: it is dismissed already.
        """
        from patchwatch.series.point_list import find_point, listed_points
        from patchwatch.series.points import Fate

        row = self.one(series_id)
        listed = find_point(listed_points(row, self.now()), name)
        if listed is None:
            raise NotFoundError(f"#{row.id} has no point {name!r}. `patchwatch show {row.id} --why` lists its points.")
        if listed.fate == Fate.DISMISSED:
            raise InvalidInputError(f"point {listed.number} of #{row.id} is dismissed already; `undo` restores it.")
        point, what = listed.point, _what(f"dismissed point {listed.number}", [row])
        with self.database.write() as connection:
            with undo.logged(connection, "dismissed", [point.message_id], what, self.now()):
                decisions.dismiss(connection, point.key, self.now(), by or people.acting(connection).name)
            self._derive_points_again(connection, [point.message_id])
        return listed

    def undo(self) -> str:
        """Undo my last decision, or mark of a patch; return its description.

        A second call undoes the one before.  What somebody else has changed since then stays.

        Raises:
            NotFoundError: there is nothing to undo.
        """
        with self.database.write() as connection:
            undone = undo.undo_last(connection)
            if undone is None:
                raise NotFoundError("there is nothing to undo.")
            if undone.decided == "dismissed":
                self._derive_points_again(connection, undone.message_ids)
            elif undone.decided in ("mark", "manual_link"):
                roots = derived.roots_of(connection, undone.message_ids)
                self._derive_again(connection, sorted(set(roots.values())))
        return undone.what

    def candidates(self, series_id: int) -> tuple[CandidateRow, ...]:
        """Return revisions of other series that could be earlier or later versions of this one, best match first.

        Good enough matches are linked already, unless a person unlinked them.
        """
        from patchwatch.db.link_candidates import candidates

        with self.database.read() as connection:
            return candidates(connection, series_id, self.addresses)

    def link(self, later: str, earlier: str, by: str = "") -> int:
        """Link two versions of the same series; return the series.  Takes precedence over derived links.

        Raises:
            NotFoundError: a revision is unknown.
            InvalidInputError: they are the same, or are linked the other way round.
        """
        a, b = self._revision_root(later), self._revision_root(earlier)
        if a == b:
            raise InvalidInputError("a version can't be linked to itself. Give the later one, then the earlier one.")
        what = f"linked: {self._titled(a)}, with {self._titled(b)}"
        with self.database.write() as connection:
            links = decisions.manual_links(connection, [a, b])
            if any(linked and (x, y) == (b, a) for x, y, linked, _, _ in links):
                raise InvalidInputError(
                    f"<{b}> is already linked as a later version of <{a}>. `patchwatch unlink` it first."
                )
            self._set_link(connection, a, b, what, linked=True, by=by)
        return self.find(a)

    def unlink(self, later: str, earlier: str | None = None, by: str = "") -> tuple[int, int]:
        """Undo a link between two versions; return both series.

        Raises:
            NotFoundError: a revision is unknown.
            InvalidInputError: they are the same, or there is no earlier version.
        """
        a = self._revision_root(later)
        row = next(r for r in self.one(self.find(a)).revisions if a in r.postings)
        if earlier is None:
            if row.predecessor is None:
                raise InvalidInputError(f"<{a}> has no earlier version to unlink from.")
            b = row.predecessor.message_id
        else:
            b = self._revision_root(earlier)
        if a == b:
            raise InvalidInputError("give two versions: the later one and the earlier one.")
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
        """Replace a decision about series, with these values; None removes it."""
        rows = self._rows(series_ids)
        with self.database.write() as connection:
            ids = series.messages_of(executor(connection), [row.id for row in rows])
            with undo.logged(connection, decision, ids, _what(what, rows), self.now()):
                decisions.undecide(connection, decision, ids)
                if values is not None:
                    for row in rows:
                        root = row.revisions[0].message_id
                        decisions.decide(connection, decision, root, at=self.now(), **values(row))

    def _set_link(self, connection: Connection, later: str, earlier: str, what: str, *, linked: bool, by: str) -> None:
        with undo.logged(connection, "manual_link", [later], what, self.now()):
            who = by or people.acting(connection).name
            decisions.link(connection, later, earlier, linked=linked, at=self.now(), by=who)
        self._derive_again(connection, [later, earlier])

    def _titled(self, root: str) -> str:
        row = self.one(self.find(root))
        revision = next(r for r in row.revisions if root in r.postings)
        return f"v{revision.version} of #{row.id} {revision.subject}"

    def _derive_points_again(self, connection: Connection, message_ids: Collection[str]) -> None:
        from patchwatch.sync.derive import derive_conversations

        derive_conversations(connection, derived.with_messages(connection, message_ids))

    def _derive_again(self, connection: Connection, message_ids: Sequence[str]) -> None:
        from patchwatch.sync.derive import derive_again

        derive_again(connection, message_ids)


def _what(done: str, rows: Sequence[SeriesRow]) -> str:
    """Describe what was done to series, for `undo`."""
    if len(rows) == 1:
        return f"{done}: #{rows[0].id} {rows[0].title}"
    return f"{done}: {len(rows)} series ({', '.join(f'#{row.id}' for row in rows)})"
