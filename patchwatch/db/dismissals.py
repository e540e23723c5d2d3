"""Who dismissed a point, if it was somebody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set

from msgspec import structs

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.people import login
from patchwatch.mail.message import Person
from patchwatch.series.model import RevisionRow
from patchwatch.series.points import Fate, Point, point_key

_BY = "SELECT message_id, remark, by FROM dismissed WHERE message_id IN ({values})"


def with_dismissers(
    execute: Execute, revisions: Mapping[int, Sequence[RevisionRow]], me: Set[str]
) -> dict[int, tuple[RevisionRow, ...]]:
    """Return the revisions of each series, their dismissed points with the person who did it; `me` are my addresses."""
    points = [p for own in revisions.values() for r in own for p in r.points if p.fate == Fate.DISMISSED]
    mine = me | {login()}
    found = rows_among(execute, _BY, {point.message_id for point in points}) if points else ()
    others = {point_key(message_id, remark): by for message_id, remark, by in found if by not in mine}

    def named(point: Point) -> Point:
        by = others.get(point.key) if point.fate == Fate.DISMISSED else None
        return structs.replace(point, closer=Person(by, by if "@" in by else "")) if by else point

    if not others:
        return {number: tuple(own) for number, own in revisions.items()}
    return {
        number: tuple(structs.replace(one, points=tuple(map(named, one.points))) for one in own)
        for number, own in revisions.items()
    }
