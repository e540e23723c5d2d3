"""Points below the lines of a diff that they are about: in the files of a version, and in a comparison of two.

Pure.  A point knows the line that its sentence stands below; its file is not known, so the first such line of its patch
counts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from patchwatch.sanitize import line
from patchwatch.series import point_labels
from patchwatch.series.model import RevisionRow
from patchwatch.series.names import Names
from patchwatch.series.point_list import ListedPoint
from patchwatch.tui.base.theme import StyledText
from patchwatch.tui.render import labels
from patchwatch.tui.render.code import Code
from patchwatch.tui.render.page import Line, Page
from patchwatch.tui.render.points import point_sign

_CUT = 60  # characters; what is stored of a longer line may be cut
_INDENT = " " * 4
_WEIGHT = ("dim", "accent", "warn strong")  # of the style of a sign


@dataclass(frozen=True, slots=True)
class PointNotes:
    """The points of some versions of a series, and how they are drawn."""

    points: Sequence[ListedPoint] = ()
    names: Names = Names(frozenset())  # noqa: RUF009 (frozen)
    now: int = 0

    def of(self, revision: RevisionRow) -> PointNotes:
        """Those of one version."""
        keys = {point.key for point in revision.points}
        return replace(self, points=tuple(listed for listed in self.points if listed.point.key in keys))

    def on(self, patch: int) -> list[ListedPoint]:
        """The points on a patch, or on all of them."""
        return [listed for listed in self.points if listed.point.patch in (0, patch) or listed.patches < 2]

    def lines(self, listed: ListedPoint) -> list[Line]:
        """A point on two lines: sign, number, sentence and who; its fate."""
        version = f", on {listed.version}" if listed.later else ""
        who = f"{self.names.name(listed.point.by)}, {labels.day(listed.point.date, self.now)}{version}"
        head = f"{_INDENT}{point_labels.sign(listed)} {listed.number}  "
        fate = f"{' ' * len(head)}{point_labels.fate(listed, self.names)}"
        return [Line("point", f"{head}{point_labels.sentence(listed)}  {who}", 0), Line("point", fate, 0)]

    def signs(self, points: Iterable[ListedPoint]) -> list[StyledText]:
        """`[ ] 1 [x] 2`: how many points have each sign."""
        found: dict[str, list[str]] = {}
        for listed in points:
            sign, style = point_sign(listed, self.names)
            found.setdefault(sign, []).append(style)
        return [(f" {sign} {len(styles)}", max(styles, key=_WEIGHT.index)) for sign, styles in found.items()]


NO_NOTES = PointNotes()


def place(code: Sequence[str], points: Iterable[ListedPoint]) -> tuple[dict[int, list[ListedPoint]], list[ListedPoint]]:
    """The points by the index of the line of code that they are about, and those that are about none of them."""
    first: dict[str, int] = {}
    for number, text in enumerate(code):
        first.setdefault(_key(text), number)
    placed: dict[int, list[ListedPoint]] = {}
    elsewhere: list[ListedPoint] = []
    for listed in points:
        at = first.get(_key(listed.point.code)) if listed.point.code.strip("+- \t") else None
        if at is None:
            elsewhere.append(listed)
        else:
            placed.setdefault(at, []).append(listed)
    return placed, elsewhere


def _key(text: str) -> str:
    return "".join(line(text).split())[:_CUT]


def with_lines(page: Page, below: Mapping[int, Sequence[Line]]) -> Page:
    """The page with lines inserted below others; the code keeps its colors."""
    if not below:
        return page
    lines: list[Line] = []
    moved: list[int] = []  # the new number of each line
    commented = bytearray()
    for number, one in enumerate(page.lines):
        moved.append(len(lines))
        lines += [one, *below.get(number, ())]
        commented += bytes([page.code.commented_at(number), *(0 for _ in below.get(number, ()))])
    code = Code(tuple(moved[start] for start in page.code.starts), page.code.languages, bytes(commented))
    targets = tuple((moved[number], message_id) for number, message_id in page.targets)
    folds = tuple((moved[start], moved[end - 1] + 1) for start, end in page.folds)
    return replace(page, lines=tuple(lines), code=code, targets=targets, folds=folds)
