"""Points below the lines of code that they are about."""

from __future__ import annotations

import pytest
from msgspec import structs

from patchwatch.mail.message import Person
from patchwatch.series.names import Names
from patchwatch.series.point_list import ListedPoint
from patchwatch.series.points import Fate, Point, PointKind
from patchwatch.tui.render.page import Line, lay_out, make_page
from patchwatch.tui.render.point_notes import PointNotes, place, with_lines

JUN, INES = Person("Jun Harada", "jun@example.com"), Person("Ines Varga", "ines@example.org")
POINT = Point("q@x", 1, INES, 0, 2, PointKind.CHANGE, "Move it.", code="+\tlock(table);")
CODE = (
    "@@ -1 +1,3 @@",
    "+\tentry = find(table);",
    "+\tlock(table);",
    "+\tuse(entry);",
    "+\tlock(table);",
    "-\tlock(table);",
    "+\t}",
)
NAMES = Names(frozenset({INES.email}))


def listed(
    number: int = 1, patches: int = 3, fate: Fate = Fate.OPEN, who: Person | None = JUN, **more: object
) -> ListedPoint:
    return ListedPoint(number, structs.replace(POINT, **more), fate, "v1", patches, "", who)


@pytest.mark.parametrize(
    ("code", "at"),
    [
        ("+\tlock(table);", 2),  # the first of two
        ("+ lock(table);", 2),  # white space was changed on the way
        ("-\tlock(table);", 5),
        ("+\tlock(other);", None),
        (" \tlock(table);", None),
        ("+\t}", 6),
        ("+", None),
        ("", None),
        ("@@ -1 +1,3 @@", 0),
    ],
)
def test_a_point_stands_below_its_line_of_code(code: str, at: int | None) -> None:
    one = listed(code=code)
    assert place(CODE, [one]) == (({}, [one]) if at is None else ({at: [one]}, []))


def test_a_long_line_that_was_cut_is_found() -> None:
    code = "+\t" + "word " * 100
    assert place([code], [listed(code=code[:120])])[0]


def test_several_points_on_a_line_stand_in_order() -> None:
    assert [one.number for one in place(CODE, [listed(1), listed(2)])[0][2]] == [1, 2]


def test_points_are_of_their_patch_or_of_all() -> None:
    notes = PointNotes((listed(1), listed(2, patch=1), listed(3, patch=0), listed(4, patches=1, patch=0)), NAMES)
    assert [[one.number for one in notes.on(patch)] for patch in (1, 2, 3)] == [[2, 3, 4], [1, 3, 4], [3, 4]]


def test_signs_are_counted_and_mine_stands_out() -> None:
    answered = [listed(fate=Fate.ANSWERED, who=who) for who in (JUN, INES)]
    notes = PointNotes((), NAMES)
    assert notes.signs([listed(), *answered]) == [(" [ ] 1", "accent"), (" [~] 2", "warn strong")]
    assert notes.signs([]) == []


def test_inserted_lines_move_the_code_and_the_links() -> None:
    code = [Line("diff", text, 0) for text in ("--- a/f.c", "+++ b/f.c", *CODE, "+/* a", "+ b */")]
    page = make_page("", [Line("section", "── f", 0), *code], [(0, "p@x"), (3, "other@x")])
    notes = PointNotes((), NAMES, 86_400).lines(listed())
    assert [one.text for one in notes] == [
        "    [ ] 1  “Move it.”  you, 01 Jan",
        "           waits for Jun",
    ]
    moved = with_lines(page, {2: notes, len(page.lines) - 2: notes[:1]})
    assert [one.kind for one in moved.lines].count("point") == 3
    assert moved.targets == ((0, "p@x"), (5, "other@x"))
    kept = [number for number, one in enumerate(moved.lines) if one.kind != "point"]
    assert [moved.code.language_at(n) for n in kept] == [page.code.language_at(n) for n, _ in enumerate(page.lines)]
    assert [moved.code.commented_at(n) for n in kept] == [page.code.commented_at(n) for n, _ in enumerate(page.lines)]
    assert len(lay_out(moved, 60).rows) == len(moved.lines)
    assert with_lines(page, {}) is page


def test_a_hostile_sentence_is_sanitized() -> None:
    (head, _) = PointNotes((), NAMES).lines(listed(text="a\x1b[31mb\x00”“", code="\x1b"))
    assert "\x1b" not in head.text
    assert "\x00" not in head.text
