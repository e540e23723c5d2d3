"""Merge windows from a tree's tags, and waiting time without them."""

from __future__ import annotations

import pytest

from patchwatch.series.state.merge_window import LONGEST, Window, reopened, since_at_latest, waited, windows

DAY = 86_400


def day(n: float) -> int:
    return int(n * DAY)


TWO = (Window("v6.5", day(100), day(114)), Window("v6.6", day(170), day(184)))


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ([], ()),
        ([("v6.5", 100)], (Window("v6.5", 100, None),)),
        ([("v6.5", 100), ("v6.6-rc1", 114)], (Window("v6.5", 100, 114),)),
        ([("v6.6-rc1", 114), ("v6.5", 100)], (Window("v6.5", 100, 114),)),  # in any order
        # The next number is Linus's choice.
        ([("v6.19", 100), ("v7.0-rc1", 114)], (Window("v6.19", 100, 114),)),
        ([("v2.6.39", 100), ("v3.0-rc1", 114)], (Window("v2.6.39", 100, 114),)),
        # Later candidates, stable releases and whatever else people tag open and close nothing.
        ([("v6.5-rc7", 90), ("v6.5", 100), ("v6.4.12", 101), ("hwmon-v6.6-rc1", 103)], (Window("v6.5", 100, None),)),
        ([("v2.6.38", 100), ("v2.6.38.1", 105)], (Window("v2.6.38", 100, None),)),
        ([("v6.6-rc1", 114)], ()),  # the release before it is not known
    ],
)
def test_windows_are_computed_from_tags(tags: list[tuple[str, int]], expected: tuple[Window, ...]) -> None:
    assert windows(tags) == expected


def test_missing_tags_do_not_make_a_long_window() -> None:
    tags = [("v6.5", day(100)), ("v6.6", day(170)), ("v6.7-rc1", day(184))]
    assert windows(tags) == (Window("v6.6", day(170), day(184)),)
    assert windows([("v6.5", day(100)), ("v6.7-rc1", day(184))]) == ()


@pytest.mark.parametrize(
    ("since", "now", "expected"),
    [
        (day(90), day(95), day(5)),  # before any
        (day(98), day(110), day(2)),  # into one, and it lasts
        (day(98), day(120), day(8)),  # over one
        (day(105), day(107), 0),  # within
        (day(105), day(116), day(2)),  # from within
        (day(98), day(186), day(88 - 28)),  # over two
        (day(120), day(119), 0),  # --now before the mail
    ],
)
def test_time_in_a_window_does_not_count(since: int, now: int, expected: int) -> None:
    assert waited(since, now, TWO) == expected


@pytest.mark.parametrize("now", [day(95), day(105), day(120), day(186), day(300)])
def test_since_at_latest_is_the_inverse_of_waited(now: int) -> None:
    since = since_at_latest(day(7), now, TWO)
    assert waited(since, now, TWO) >= day(7)
    assert waited(since + 1, now, TWO) < day(7)


def test_without_windows_all_time_counts() -> None:
    assert waited(day(3), day(13), ()) == day(10)


def test_a_window_without_rc1_ends() -> None:
    last = (Window("v6.5", day(100), None),)
    assert waited(day(100), day(110), last) == 0
    assert waited(day(100), day(200), last) == day(100) - LONGEST


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (day(95), day(114)),  # net-next closes some days before the release
        (day(105), day(114)),
        (day(114), day(184)),
        (day(190), None),  # nothing known of the next
    ],
)
def test_a_tree_reopens_when_the_window_closes(after: int, expected: int | None) -> None:
    assert reopened(after, TWO) == expected


def test_a_tree_has_not_reopened_while_the_window_is_open() -> None:
    assert reopened(day(105), (Window("v6.5", day(100), None),)) is None
