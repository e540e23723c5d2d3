"""The lines of a list of points, and of the counts of those that are not open, which unfold.

Pure.  The words are in patchwatch.series.point_labels.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from patchwatch.sanitize import line
from patchwatch.series import point_labels
from patchwatch.series.names import Names
from patchwatch.series.point_list import ListedPoint, closed_points, earlier_points, open_points
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import cell_len, fit, pad, width_of

_MIN_SENTENCE = 28  # cells; the fate is cut, then who raised it is left out, before the sentence gets less


@dataclass(frozen=True, slots=True)
class Fold:
    """The points of the newest version that are closed, or those of earlier versions: a line that unfolds them."""

    earlier: bool
    text: str
    unfolded: bool


LedgerRow: TypeAlias = ListedPoint | Fold


def ledger_rows(points: Sequence[ListedPoint], names: Names, unfolded: Collection[bool]) -> list[LedgerRow]:
    """The open points by who acts, then the folds; `unfolded` has the `earlier` of those whose points are shown."""
    rows: list[LedgerRow] = [*open_points(points, names.me)]
    for earlier, found in ((False, closed_points(points)), (True, earlier_points(points))):
        if found:
            (text,) = point_labels.rest(found)
            rows.append(Fold(earlier, text, earlier in unfolded))
            rows += found if earlier in unfolded else []
    return rows


def point_sign(listed: ListedPoint, names: Names) -> StyledText:
    """The sign of a point: colored if somebody has to act, more so if it is me."""
    if listed.waits_for and listed.waits_for.email in names.me:
        return point_labels.sign(listed), "warn strong"
    return point_labels.sign(listed), "accent" if listed.is_open else "dim"


@dataclass(frozen=True, slots=True)
class PointLines:
    """Draws points in columns that are as wide as those of all `points` need."""

    points: Sequence[ListedPoint]
    names: Names
    now: int

    def draw(self, row: LedgerRow, width: int) -> list[StyledText]:
        """A point: number, sign, patch, fate, sentence, who and when; or a fold."""
        if isinstance(row, Fold):
            return [(f"  {'▾' if row.unfolded else '▸'} {row.text}", "dim")]
        number, patch = self._width_of_numbers, self._width_of_patches
        mine = row.waits_for is not None and row.waits_for.email in self.names.me
        left: list[StyledText] = [(f"{row.number:>{number}} ", "dim"), point_sign(row, self.names), (" ", "")]
        if patch:
            left.append((pad(point_labels.patch(row), patch) + " ", "accent"))
        left.append((" ", ""))
        fate, sentence, who = point_labels.fate(row, self.names), point_labels.sentence(row), self._who(row)
        room = width - width_of(left)
        file = f", {line(row.point.file.rpartition('/')[2])}" if row.point.file else ""
        if room - cell_len(who + file) - self._width_of_fates - 4 >= cell_len(sentence):
            who += file  # it cuts nothing
        beside = cell_len(who) + 2
        if room - beside < 2 * _MIN_SENTENCE:
            who, beside = "", 0
        column = min(self._width_of_fates, max(room - beside - _MIN_SENTENCE - 2, room // 3))
        if cell_len(fate) > column and "“" not in fate:
            fate = fate.partition(", ")[0]  # whose turn it is, the sign and the color show
        left += [(pad(fate, column), "strong" if mine else "" if row.is_open else "dim"), ("  ", "")]
        left.append((pad(fit(sentence, room - beside - column - 2), room - beside - column - 2), "slanted"))
        return [*left, (f"  {who}" if who else "", "dim")]

    def _who(self, row: ListedPoint) -> str:
        version = f", {row.version}" if row.later else ""
        return f"{self.names.name(row.point.by)}, {labels.day(row.point.date, self.now)}{version}"

    @property
    def _width_of_numbers(self) -> int:
        return len(str(self.points[-1].number)) + 1 if self.points else 1

    @property
    def _width_of_patches(self) -> int:
        return max((cell_len(point_labels.patch(listed)) for listed in self.points), default=0)

    @property
    def _width_of_fates(self) -> int:
        fates = (point_labels.fate(listed, self.names) for listed in self.points if listed.is_open)
        return max((cell_len(fate) for fate in fates), default=0)


def ledger_title(points: Sequence[ListedPoint], names: Names, turn: str) -> str:
    """`Points: 3 of 7 open · of your 4: 2 settled, 1 answered, 1 open`."""
    mine = point_labels.of_mine(points, names.me)
    return f"Points: {point_labels.heading(points, turn)}{f' · {mine}' if mine else ''}"
