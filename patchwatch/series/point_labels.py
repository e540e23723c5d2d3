"""The words for points in `show`, the TUI and the digest: sign, place, fate, and how many are open.

Pure.  patchwatch.series.names says what people are called.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set

from patchwatch.counts import plural
from patchwatch.mail.message import Person
from patchwatch.sanitize import line
from patchwatch.series.claims import CHANGED
from patchwatch.series.model import SeriesRow
from patchwatch.series.names import Names
from patchwatch.series.point_list import ListedPoint, closed_points, earlier_points, points_waiting, reviewed_points
from patchwatch.series.points import UNSETTLED, WAITS_FOR_AUTHOR, Fate, waiting_on
from patchwatch.series.states import Turn

SIGNS = {
    Fate.OPEN: "[ ]",
    Fate.PROMISED: "[>]",
    Fate.ANSWERED: "[~]",
    Fate.SETTLED: "[x]",
    Fate.SILENT: "[x]",
    Fate.POSTED: "[x]",
    Fate.DONE: "[x]",
    Fate.NOT_TOUCHED: "[ ]",
    Fate.WITHDRAWN: "[-]",
    Fate.TAKEN_OVER: "[-]",
    Fate.LATER: "[-]",
    Fate.DISMISSED: "[-]",
}
_COUNTED = {
    Fate.SILENT: "settled",
    Fate.POSTED: "settled",
    Fate.TAKEN_OVER: "taken over",
    Fate.LATER: "for later",
    Fate.NOT_TOUCHED: "not touched",
}
_ORDER = tuple(Fate)


def names_in(row: SeriesRow, points: Iterable[ListedPoint], me: Set[str]) -> Names:
    """How the people in the ledger of a series are named."""
    found = {row.author_name}
    for listed in points:
        found |= {listed.point.by.name, listed.point.closer.name if listed.point.closer else ""}
    return Names(me, frozenset(found - {""}))


def sign(listed: ListedPoint) -> str:
    """`[ ]`: open; `[>]`: promised; `[~]`: answered; `[x]`: settled; `[-]`: not for the author."""
    return SIGNS[listed.fate]


def patch(listed: ListedPoint) -> str:
    """`2/6`: the patch that it is about; `all`; or nothing for a single patch."""
    if listed.patches < 2:
        return ""
    return f"{listed.point.patch}/{listed.patches}" if listed.point.patch else "all"


def sentence(listed: ListedPoint) -> str:
    """The sentence that raised it, in quotes."""
    return f"“{line(listed.point.text)}”"


def fate(listed: ListedPoint, names: Names) -> str:
    """`Jun answered, your turn`: what became of it, and who acts next; `perhaps` if it may be no point."""
    words = _fate(listed, names)
    if listed.fate in UNSETTLED and not listed.point.firm:
        words = f"perhaps: {words}"
    if listed.later and listed.fate in UNSETTLED:
        words += f"; {listed.later} was posted since"
    return words


def _fate(listed: ListedPoint, names: Names) -> str:
    point, who = listed.point, listed.waits_for
    closer = names.name(point.closer) if point.closer else ""
    match listed.fate:
        case Fate.OPEN:
            return f"waits for {names.name(who)}" if who else "not answered"
        case Fate.PROMISED:
            return f"{closer or 'the author'} said: “{line(point.closing)}”"
        case Fate.ANSWERED:
            answered = f"{closer} answered" if closer else "answered"
            return f"{answered}, {names.turn(who)}" if who else answered
        case Fate.SILENT:
            return f"{closer} answered, nobody came back" if closer else "answered, nobody came back"
        case Fate.POSTED:
            return "posted again since"
        case Fate.DONE:
            told = f": “{line(point.closing)}”" if point.closing != CHANGED else ""
            return f"done in {listed.later}{told}" if listed.later else "done"
        case Fate.NOT_TOUCHED:
            untouched = f"not touched in {listed.later}" if listed.later else "not touched"
            return f"{untouched}, {names.turn(who)}" if who else untouched
        case Fate.LATER:
            return f"{closer or 'the author'} said, for later: “{line(point.closing)}”"
        case _:
            done = {Fate.TAKEN_OVER: "answered"}.get(listed.fate, str(listed.fate))
            return f"{done} by {closer}" if closer else done


def heading(points: Sequence[ListedPoint], turn: str) -> str:
    """`3 of 7 open`: the points of the newest version; empty if no version has any."""
    newest = sum(not listed.later or listed.is_open for listed in points)
    unsettled = sum(listed.is_open for listed in points)
    if not newest:
        return f"none on {points[0].later}" if points else ""
    if not unsettled:
        return f"none of {newest} open"
    return f"{newest}, {unsettled} left open" if turn == Turn.NOBODY else f"{unsettled} of {newest} open"


def of_mine(points: Sequence[ListedPoint], me: Set[str]) -> str:
    """`of your 5: 3 done in v4, 1 answered, 1 not touched`: what became of the points that I raised last.

    Empty without one.
    """
    mine = reviewed_points(points, me)
    done = sum(listed.fate == Fate.DONE for listed in mine)
    words = counted(mine)
    if done and mine[0].later:
        words = words.replace(f"{done} done", f"{done} done in {mine[0].later}", 1)
    return f"of your {len(mine)}: {words}" if mine else ""


def counted(points: Iterable[ListedPoint]) -> str:
    """`3 settled, 1 withdrawn`: how many points there are of each fate, those closed first."""
    found: dict[str, int] = {}

    def order(listed: ListedPoint) -> tuple[bool, bool, int]:
        return listed.fate == Fate.NOT_TOUCHED, listed.fate in UNSETTLED, _ORDER.index(listed.fate)

    for listed in sorted(points, key=order):
        left = listed.later and listed.fate == Fate.OPEN
        words = "left open" if left else fate_word(listed.fate)
        found[words] = found.get(words, 0) + 1
    return ", ".join(f"{number} {words}" for words, number in found.items())


def fate_word(fate: Fate) -> str:
    """`settled`: what became of a point, in a word or two."""
    return _COUNTED.get(fate, str(fate))


def rest(points: Sequence[ListedPoint]) -> list[str]:
    """`4 closed: 3 settled, 1 withdrawn` and `2 on earlier versions: …`: the points that are not open."""
    closed, earlier = closed_points(points), earlier_points(points)
    lines = [f"{len(closed)} closed: {counted(closed)}"] if closed else []
    return [*lines, f"{len(earlier)} on earlier versions: {counted(earlier)}"] if earlier else lines


def news(points: Sequence[ListedPoint], me: Set[str]) -> str:
    """`3 points wait for you; 1 point of yours is answered`: what there is for me to look at.

    Empty without any; of a single one that waits for me, the next action says more.
    """
    mine = [listed for listed in points if listed.waits_for and listed.waits_for.email in me]
    untouched = [listed for listed in mine if listed.fate == Fate.NOT_TOUCHED]
    asked = sum(listed.fate in WAITS_FOR_AUTHOR for listed in mine)
    answered = len(mine) - asked - len(untouched)
    lines = [f"{asked} points wait for you"] if asked > 1 else []
    if untouched:
        are = "is" if len(untouched) == 1 else "are"
        lines.append(f"{plural(len(untouched), 'point')} of yours {are} not touched in {untouched[0].later}")
    if answered:
        lines.append(f"{plural(answered, 'point')} of yours {'is' if answered == 1 else 'are'} answered")
    return "; ".join(lines)


def waiting(row: SeriesRow, names: Names, now: int) -> str:
    """`you (2 points), Petra Nowicki (1)`: the people whom the series waits for; empty if nobody is named."""
    found = waiting_on(points_waiting(row), Person(row.author_name, row.author_email), Turn(row.turn), now)
    mine_first = sorted(found, key=lambda one: not names.is_me(one.person))
    counts = [plural(len(one.points), "point") if n == 0 else str(len(one.points)) for n, one in enumerate(mine_first)]
    return ", ".join(f"{names.whole(one.person)} ({count})" for one, count in zip(mine_first, counts, strict=True))
