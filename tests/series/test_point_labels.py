"""The words for points, and the order in which they are listed."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import structs
from msgspec.structs import replace

from patchwatch.mail.message import Person
from patchwatch.series import point_labels
from patchwatch.series.model import SeriesRow
from patchwatch.series.names import Names
from patchwatch.series.point_labels import SIGNS
from patchwatch.series.point_list import closed_points, earlier_points, listed_points, open_points
from patchwatch.series.points import Fate, Point, PointKind
from patchwatch.series.states import SILENCE
from tests.tui.sample_mails import Posting, series_row, submission

JUN = Person("Jun Harada", "jun@example.com")
INES = Person("Ines Varga", "ines@example.org")
PETRA = Person("Petra Nowicki", "petra@example.net")
ME = frozenset({INES.email})
THEN, NOW = 1_000_000, 1_000_000 + 86_400


def point(fate: Fate = Fate.OPEN, by: Person = INES, closer: Person | None = JUN, **more: Any) -> Point:
    found = Point(f"{fate}@x", 1, by, THEN, 2, PointKind.CHANGE, "The lock must cover it.")
    if fate != Fate.OPEN:
        found = structs.replace(
            found, fate=fate, closed_by="c@x", closed_at=THEN, closing="Will do in v3.", closer=closer
        )
    return structs.replace(found, **more)


def a_series(*versions: tuple[Point, ...], turn: str = "author") -> SeriesRow:
    postings = tuple(
        Posting(n, (submission(f"{n}@x", "quill: pin", 0, who=(JUN.name, JUN.email)),), expected=3)
        for n, _ in enumerate(versions, 1)
    )
    row = series_row(1, "quill: pin", postings, turn=turn)
    points = zip(row.revisions, versions, strict=True)
    return replace(row, revisions=tuple(replace(revision, points=found) for revision, found in points))


def words(found: Point, turn: str = "author", me: frozenset[str] = ME, now: int = NOW) -> str:
    row = a_series((found,), turn=turn)
    (listed,) = listed_points(row, now)
    return f"{point_labels.sign(listed)} {point_labels.fate(listed, point_labels.names_in(row, [listed], me))}"


@pytest.mark.parametrize(
    ("found", "turn", "shown"),
    [
        (point(), "author", "[ ] waits for Jun"),
        (point(firm=False), "author", "[ ] perhaps: waits for Jun"),
        (point(), "reviewers", "[ ] not answered"),
        (point(), "nobody", "[ ] not answered"),
        (point(Fate.PROMISED), "author", "[>] Jun said: “Will do in v3.”"),
        (point(Fate.ANSWERED), "reviewers", "[~] Jun answered, your turn"),
        (point(Fate.ANSWERED, by=PETRA), "reviewers", "[~] Jun answered, Petra’s turn"),
        (point(Fate.ANSWERED, by=PETRA, firm=False), "author", "[~] perhaps: Jun answered, Petra’s turn"),
        (point(Fate.ANSWERED), "nobody", "[~] Jun answered"),
        (point(Fate.SETTLED, closer=INES), "author", "[x] settled by you"),
        (point(Fate.SETTLED, closer=None), "author", "[x] settled"),
        (point(Fate.POSTED), "author", "[x] posted again since"),
        (point(Fate.WITHDRAWN, by=PETRA, closer=PETRA), "author", "[-] withdrawn by Petra"),
        (point(Fate.TAKEN_OVER, closer=PETRA), "author", "[-] answered by Petra"),
        (point(Fate.LATER), "author", "[-] Jun said, for later: “Will do in v3.”"),
        (point(Fate.DISMISSED, closer=INES), "author", "[-] dismissed by you"),
    ],
)
def test_a_point_has_a_sign_and_its_fate_in_words(found: Point, turn: str, shown: str) -> None:
    assert words(found, turn) == shown


def test_the_author_reads_what_waits_for_them() -> None:
    me = frozenset({JUN.email})
    assert words(point(), me=me) == "[ ] waits for you"
    assert words(point(Fate.PROMISED), me=me) == "[>] you said: “Will do in v3.”"
    assert words(point(Fate.ANSWERED), me=me) == "[~] you answered, Ines’s turn"


def test_an_answer_that_nobody_contests_settles_a_point() -> None:
    assert words(point(Fate.ANSWERED), now=THEN + SILENCE) == "[x] Jun answered, nobody came back"


def test_people_with_the_same_first_name_have_both() -> None:
    other = Person("Petra Lindqvist", "lind@example.net")
    row = a_series((point(Fate.ANSWERED, by=PETRA), point(by=other)))
    found = listed_points(row, NOW)
    assert point_labels.fate(found[0], point_labels.names_in(row, found, ME)) == "Jun answered, Petra Nowicki’s turn"


def test_what_waits_for_me_is_listed_first_then_by_who_acts() -> None:
    of_others = point(Fate.ANSWERED, by=PETRA)
    mine = point(Fate.ANSWERED)
    row = a_series((point(Fate.PROMISED), of_others, point(firm=False), point(), mine, point(Fate.SETTLED)))
    found = listed_points(row, NOW)
    assert [listed.number for listed in open_points(found, ME)] == [5, 4, 3, 1, 2]
    assert [listed.number for listed in closed_points(found)] == [6]
    assert point_labels.heading(found, row.turn) == "5 of 6 open"
    assert point_labels.of_mine(found, ME) == "of your 5: 1 settled, 2 open, 1 promised, 1 answered"
    assert point_labels.waiting(row, Names(ME), NOW) == "you (1 point), Jun Harada (3), Petra Nowicki (1)"


def test_points_are_numbered_over_all_versions_and_those_of_the_newest_count() -> None:
    row = a_series((point(), point(Fate.SETTLED)), (point(Fate.ANSWERED),), turn="reviewers")
    found = listed_points(row, NOW)
    assert [(listed.number, listed.version) for listed in earlier_points(found)] == [(1, "v1"), (2, "v1")]
    assert [listed.number for listed in open_points(found, ME)] == [3]
    assert point_labels.fate(found[0], Names(ME)) == "not answered; v2 was posted since"
    assert point_labels.heading(found, row.turn) == "1 of 1 open"
    assert point_labels.rest(found) == ["2 on earlier versions: 1 settled, 1 left open"]
    newest = listed_points(a_series((point(),), ()), NOW)
    assert point_labels.heading(newest, "reviewers") == "none on v2"
    assert point_labels.of_mine(newest, ME) == "of your 1: 1 left open"


def test_what_a_later_version_did_is_shown_and_what_it_left_waits_for_who_asked() -> None:
    untouched = point(Fate.NOT_TOUCHED, closer=None, waits=True)
    done = point(Fate.DONE, closer=None, closing="- take the lock earlier")
    row = a_series((untouched, done, done, done, point(Fate.ANSWERED)), (), turn="reviewers")
    found = listed_points(row, NOW)
    assert point_labels.fate(found[0], Names(ME)) == "not touched in v2, your turn"
    assert point_labels.fate(found[1], Names(ME)) == "done in v2: “- take the lock earlier”"
    assert [listed.number for listed in open_points(found, ME)] == [1]
    assert point_labels.heading(found, row.turn) == "1 of 1 open"
    assert point_labels.of_mine(found, ME) == "of your 5: 3 done in v2, 1 answered, 1 not touched"
    assert point_labels.waiting(row, Names(ME), NOW) == "you (1 point)"
    assert point_labels.news(found, ME) == "1 point of yours is not touched in v2"


def test_who_has_replied_since_is_not_waited_for() -> None:
    row = a_series((point(Fate.NOT_TOUCHED, closer=None),), (), turn="reviewers")
    found = listed_points(row, NOW)
    assert open_points(found, ME) == []
    assert point_labels.fate(found[0], Names(ME)) == "not touched in v2"
    assert point_labels.waiting(row, Names(ME), NOW) == point_labels.news(found, ME) == ""


@pytest.mark.parametrize(
    ("points", "turn", "shown"),
    [
        ((), "author", ""),
        ((point(Fate.SETTLED),), "author", "none of 1 open"),
        ((point(), point(Fate.SETTLED)), "nobody", "2, 1 left open"),
    ],
)
def test_the_heading_counts_what_is_open(points: tuple[Point, ...], turn: str, shown: str) -> None:
    assert point_labels.heading(listed_points(a_series(points), NOW), turn) == shown


@pytest.mark.parametrize(
    ("points", "me", "shown"),
    [
        ((point(), point(Fate.PROMISED), point(Fate.SETTLED)), JUN, "2 points wait for you"),
        ((point(), point(Fate.SETTLED)), JUN, ""),
        ((point(), point(Fate.ANSWERED)), INES, "1 point of yours is answered"),
        ((point(Fate.ANSWERED), point(Fate.ANSWERED), point(Fate.ANSWERED)), INES, "3 points of yours are answered"),
        ((point(), point(Fate.ANSWERED)), PETRA, ""),
        ((point(), point(), point(Fate.ANSWERED, by=JUN)), JUN, "2 points wait for you; 1 point of yours is answered"),
    ],
)
def test_news_are_what_waits_for_me(points: tuple[Point, ...], me: Person, shown: str) -> None:
    assert point_labels.news(listed_points(a_series(points), NOW), frozenset({me.email})) == shown


def test_every_fate_has_a_sign() -> None:
    assert set(SIGNS) == set(Fate)


def test_a_sentence_cannot_move_the_cursor() -> None:
    (listed,) = listed_points(a_series((point(text="a\x1b[2Jb\nc"),)), NOW)
    assert point_labels.sentence(listed) == "“a␛[2Jb c”"
    (listed,) = listed_points(a_series((point(Fate.PROMISED, closing="x\x1b]0;y\x07"),)), NOW)
    assert "\x1b" not in point_labels.fate(listed, Names(ME))


def test_a_deferred_series_waits_for_no_reviewer() -> None:
    row = a_series((point(Fate.ANSWERED),), turn="author")
    assert point_labels.waiting(row, Names(frozenset()), NOW) == "Ines Varga (1 point)"
    assert point_labels.waiting(replace(row, state="deferred"), Names(frozenset()), NOW) == ""
