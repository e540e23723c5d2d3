"""Combining what other mails report of the patches of a posting."""

from __future__ import annotations

import pytest

from patchwatch.series.state.types import Reason
from patchwatch.series.states import State
from patchwatch.series.went_in import Own, Report, Reports, joined, merge_of

DAY = 86_400
IN, LINUS, SENT = State.ACCEPTED, State.MAINLINED, State.AWAITING_UPSTREAM


def outcome(
    states: dict[int, State], whole: int, day: int = 5, state: State = State.NEW, partly: str = "", alone: bool = True
) -> State | None:
    reports = {place: (Report(one, Reason(f"{place}@x", "words", day * DAY), alone),) for place, one in states.items()}
    merge = merge_of(Own(0, whole, state, partly), reports)
    return merge.state if merge else None


@pytest.mark.parametrize(
    ("states", "whole", "expected"),
    [
        ({}, 1, None),
        ({0: IN}, 1, IN),
        ({0: LINUS}, 1, LINUS),
        ({0: SENT}, 1, SENT),
        ({0: IN}, 2, State.UNDER_REVIEW),
        ({0: IN, 1: IN}, 3, IN),  # most of it
        ({0: LINUS, 1: LINUS}, 3, IN),  # in a tree, at least
        ({0: LINUS, 1: IN}, 2, LINUS),
        ({0: LINUS, 1: IN, 2: IN}, 3, IN),
        ({0: SENT, 1: SENT}, 3, SENT),
        ({0: SENT}, 3, None),
        ({0: IN, 1: SENT}, 2, SENT),
    ],
)
def test_reports_are_combined(states: dict[int, State], whole: int, expected: State | None) -> None:
    assert outcome(states, whole) == expected


def test_part_that_is_named_long_after_stands_for_the_whole() -> None:
    assert outcome({0: IN}, 5, day=29) == State.UNDER_REVIEW
    assert outcome({0: IN}, 5, day=31) == IN
    assert outcome({0: LINUS}, 5, day=31) == IN


def test_shortlog_without_the_others_and_requested_changes_speak_against_the_whole() -> None:
    assert outcome({0: IN}, 5, day=31, alone=False) == State.UNDER_REVIEW
    assert outcome({0: IN}, 5, day=31, state=State.CHANGES_REQUESTED) == State.UNDER_REVIEW


def test_list_that_is_complete_speaks_against_patches_that_it_lacks() -> None:
    two_of_three = {place: (Report(IN, Reason("s@x", "words", 5 * DAY), complete=True),) for place in (0, 1)}
    assert outcome_of(two_of_three) == State.UNDER_REVIEW
    assert outcome_of(joined(two_of_three, {2: (Report(IN, Reason("c@x", "words", 5 * DAY), alone=True),)})) == IN


def outcome_of(reports: Reports) -> State | None:
    merge = merge_of(Own(0, 3, State.NEW), reports)
    return merge.state if merge else None


def test_mails_of_the_series_know_which_part_was_applied() -> None:
    assert outcome({0: IN}, 5, day=31, partly="1") == State.UNDER_REVIEW
    assert outcome({0: IN, 1: IN, 2: IN}, 5, partly="1-3") == State.UNDER_REVIEW
    assert outcome({3: IN, 4: IN}, 5, partly="1-3") == IN


def test_applied_series_is_in_mainline_once_half_of_it_is() -> None:
    assert outcome({0: LINUS}, 2, state=State.ACCEPTED) == LINUS
    assert outcome({0: LINUS}, 3, state=State.ACCEPTED) == State.UNDER_REVIEW


def test_patches_below_the_last_one_count_unless_some_were_reported_as_applied() -> None:
    head = {2: (Report(IN, Reason("b@x", "words", 5 * DAY), alone=True),)}
    below = {place: (Report(IN, Reason("b@x", "words", 5 * DAY), alone=True, below=True),) for place in (0, 1)}
    for partly, expected in (("", IN), ("3", State.UNDER_REVIEW), ("1-2", IN)):
        merge = merge_of(Own(0, 3, State.UNDER_REVIEW, partly), joined(head, below))
        assert merge is not None
        assert merge.state == expected


def test_evidence_of_a_part_names_the_patches() -> None:
    reports = {place: (Report(IN, Reason("1@x", "words", 5 * DAY)),) for place in (0, 1)}
    merge = merge_of(Own(0, 3, State.NEW), reports)
    assert merge is not None
    assert merge.reason.text == "patches 1-2 of 3: words"


def test_patches_of_a_part_are_named_by_their_numbers() -> None:
    reports = {place: (Report(IN, Reason("1@x", "words", 5 * DAY)),) for place in (0, 1)}
    for expected, total in ((0, 12), (15, 15)):  # the list got four of them
        merge = merge_of(Own(0, 4, State.NEW, numbers=(3, 7, 9, 12), expected=expected), reports)
        assert merge is not None
        assert merge.reason.text == f"patches 3, 7 of {total}: words"


def test_own_mails_and_reports_name_the_same_patches() -> None:
    reports = {1: (Report(IN, Reason("1@x", "words", 5 * DAY)),)}
    merge = merge_of(Own(0, 3, State.UNDER_REVIEW, "3,9", (3, 7, 9)), reports)
    assert merge is not None
    assert merge.state == IN


def test_first_report_is_the_evidence_in_any_order() -> None:
    early, late = Report(IN, Reason("b@x", "early", 1)), Report(IN, Reason("a@x", "late", 2))
    for order in (({0: (early,)}, {0: (late,)}), ({0: (late,)}, {0: (early,)})):
        merge = merge_of(Own(0, 1, State.NEW), joined(*order))
        assert merge is not None
        assert merge.reason.text == "early"
