"""The status of a series: marks and merges outrank the mails."""

from __future__ import annotations

from dataclasses import replace

import pytest

from patchwatch.mail.message import Person
from patchwatch.series.state.status import Mark, Merge, series_status
from patchwatch.series.state.types import Reason
from tests.series.state.replies import APPLIED, MIA, RITA, state_after

NEWEST = state_after(1, (RITA, "Why is the lock taken?\n"))


@pytest.mark.parametrize(
    ("state", "turn"),
    [
        ("rejected", "nobody"),
        ("not-applicable", "nobody"),
        ("deferred", "author"),
        ("changes-requested", "author"),
        ("new", "author"),
    ],
)
def test_a_mark_outranks_the_mails(state: str, turn: str) -> None:
    status = series_status("1@x", NEWEST, [Mark("1@x", state, 99, "rita")])
    assert (status.state, status.turn) == (state, turn)
    assert status.reason == Reason("", "set by rita", 99, by_hand=True, kind="marked", by=Person("rita", ""))


def test_a_mark_that_reopens_a_series_passes_the_turn_to_the_reviewers() -> None:
    accepted = state_after(1, (MIA, APPLIED))
    assert series_status("1@x", accepted, [Mark("1@x", "under-review", 99, "rita")]).turn == "reviewers"


def test_a_mark_on_an_older_version_does_not_apply_to_the_newest() -> None:
    assert series_status("1@x", NEWEST, [Mark("old@x", "rejected", 99, "rita")]).state == "under-review"


PULLED = Merge("mainlined", Reason("b@x", "The pull request has been merged into torvalds/linux.git", 50))
APPLIED_IN = Merge("accepted", Reason("", "commit 1a2b in net-next: frob", 40, commit="1a2b"))
PARTLY_IN = Merge("under-review", Reason("", "patch 1 of 2: commit 1a2b in net-next: frob", 40, commit="1a2b"))
REVERTED = Merge("under-review", Reason("", "commit 3c4d in net-next: Revert", 60, commit="3c4d"), reverted=True)


@pytest.mark.parametrize(
    ("own", "merges", "state", "turn", "date"),
    [
        ("under-review", [PULLED], "mainlined", "nobody", 50),
        ("under-review", [APPLIED_IN], "accepted", "nobody", 40),
        ("rejected", [APPLIED_IN], "accepted", "nobody", 40),  # what is in a tree is no longer a matter of words
        ("under-review", [APPLIED_IN, PULLED], "mainlined", "nobody", 50),
        ("new", [PARTLY_IN], "under-review", "reviewers", 7),
        ("accepted", [PARTLY_IN], "accepted", "nobody", 7),
        ("changes-requested", [PARTLY_IN], "changes-requested", "author", 7),
        ("accepted", [REVERTED], "under-review", "author", 60),
        ("accepted", [REVERTED, PULLED], "under-review", "author", 60),
    ],
)
def test_merges_outrank_the_mails(own: str, merges: list[Merge], state: str, turn: str, date: int) -> None:
    turns = {"accepted": "nobody", "rejected": "nobody", "changes-requested": "author"}
    reason = Reason("r@x", "words", 7)
    newest = replace(
        NEWEST, state=own, reason=reason, turn=turns.get(own, "reviewers"), turn_since=7, turn_reason=reason
    )
    status = series_status("1@x", newest, [], merges)
    assert (status.state, status.turn, status.turn_since) == (state, turn, date)


def test_the_mails_stay_the_evidence_if_they_report_the_same() -> None:
    reason = Reason("r@x", "Applied to net-next, thanks.", 30)
    newest = replace(NEWEST, state="accepted", reason=reason, turn="nobody", turn_since=30, turn_reason=reason)
    assert series_status("1@x", newest, [], [APPLIED_IN]).reason == reason


def test_a_mark_outranks_merges() -> None:
    assert series_status("1@x", NEWEST, [Mark("1@x", "rejected", 99, "rita")], [PULLED]).state == "rejected"
