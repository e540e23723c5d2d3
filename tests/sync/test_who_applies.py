"""Who is expected to apply a patch, if one list has the trees of several people."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from patchwatch.db.who_applies import Accepted
from patchwatch.tracker import Tracker
from tests.support.mails import mail
from tests.sync.test_committers import JULY_27, KNOB, MAX, MIA, REEL, REVIEWED, known, posted, store

ANN = "Ann Author <ann@example.org>"


def said(message_id: str, sender: str, day: int, to: str, body: str) -> bytes:
    """An answer in July."""
    return mail(
        message_id=message_id,
        subject="Re: [PATCH] knob: turn the own one",
        sender=sender,
        date=f"{day} Jul 2023 12:00:00 +0000",
        in_reply_to=to,
        body=body,
    )


def verbs_of_own(tracker: Tracker) -> list[str]:
    """What is to be done with the series `own@m`, if anything."""
    number = tracker.find("own@m")
    return [line.place.verb for line in tracker.lines() if line.id == number and line.place]


def two_trees() -> list[bytes]:
    """Mia applies patches for knobs, Max those for levers, and both are sent to the list of knobs."""
    found = [*posted("seven", MIA), *posted("eight", MAX)]
    for who, area in ((MIA, "knob"), (MAX, "lever")):
        for name in ("one", "two", "three", "four", "five", "six"):
            commit = f"Applied, thanks!\n\n[1/1] {area}: turn the {area}{name} one\n      commit: 0123456789abcdef\n"
            found += posted(f"{area}{name}", ANN, (who, commit), area=area)
    return found


@pytest.mark.parametrize(
    ("area", "sender", "to", "mia", "max_"),
    [
        ("knob", ANN, KNOB, "apply v1", "maintainer"),
        ("lever", ANN, KNOB, "maintainer", "apply v1"),
        ("knob: gears", ANN, KNOB, "apply v1", "maintainer"),
        ("dt-bindings: lever", ANN, KNOB, "maintainer", "apply v1"),
        ("knob", ANN, f"{KNOB}, {REEL}", "apply v1", "maintainer"),
        ("spring", ANN, KNOB, "apply v1?", "apply v1?"),
        ("spring", ANN, f"{KNOB}, {REEL}", "apply v1?", "apply v1?"),
        ("knob", MIA, KNOB, "apply v1", "maintainer"),
        ("lever", MIA, KNOB, "ping maintainer", "apply v1"),
    ],
)
def test_who_applied_patches_of_its_area(tmp_path: Path, area: str, sender: str, to: str, mia: str, max_: str) -> None:
    known(tmp_path, [*two_trees(), *posted("own", sender, REVIEWED, to=to, area=area)]).database.close()
    verbs = []
    for address in ("mia@kernel.example", "max@kernel.example"):
        tracker = known(tmp_path, [], me=address, now=JULY_27)
        tracker.visit([line.id for line in tracker.lines()])
        verbs += verbs_of_own(tracker)
    assert verbs == [mia, max_]


@pytest.mark.parametrize(
    ("tag", "verb"), [("Acked-by", "maintainer"), ("Reviewed-by", "apply v1?"), ("Tested-by", "apply v1")]
)
def test_what_they_acked_is_for_somebody_else_to_apply(tmp_path: Path, tag: str, verb: str) -> None:
    own = (MIA, f"{tag}: {MIA}\n")
    tracker = known(tmp_path, [*two_trees(), *posted("own", ANN, REVIEWED, own)], me="mia@kernel.example", now=JULY_27)
    tracker.visit([line.id for line in tracker.lines()])
    assert verbs_of_own(tracker) == [verb]


def test_what_they_wrote_in_since_it_was_reviewed_is_not_sure_to_be_applied(tmp_path: Path) -> None:
    reviewed = said("tag@m", REVIEWED[0], 12, "own@m", REVIEWED[1])
    refused = said("no@m", MIA, 14, "own@m", "No tree of mine turns knobs only to please a checker.\n")
    tracker = known(tmp_path, [*two_trees(), *posted("own", ANN), reviewed], "mia@kernel.example", JULY_27)
    assert verbs_of_own(tracker) == ["apply v1"]
    store(tracker, [refused])
    tracker.visit([tracker.find("own@m")])
    assert verbs_of_own(tracker) == ["apply v1?"]


def test_what_a_reviewer_may_reply_to_is_not_sure_to_be_applied(tmp_path: Path) -> None:
    rex = "Rex Reviewer <rex@example.net>"
    asked = said("ask@m", rex, 11, "own@m", "> 0\n\nWhy is that safe?\n")
    answered = said("answer@m", ANN, 12, "ask@m", "> Why is that safe?\n\nThe lock is held here.\n")
    settled = said("settled@m", rex, 13, "answer@m", f"I see.\n\nReviewed-by: {rex}\n")
    reviewed = said("tag@m", REVIEWED[0], 12, "own@m", REVIEWED[1])
    tracker = known(
        tmp_path, [*two_trees(), *posted("own", ANN), asked, answered, reviewed], "mia@kernel.example", JULY_27
    )
    tracker.visit([line.id for line in tracker.lines()])
    assert verbs_of_own(tracker) == ["apply v1?"]
    store(tracker, [settled])
    tracker.visit([tracker.find("own@m")])
    assert verbs_of_own(tracker) == ["apply v1"]


@pytest.mark.parametrize(("words", "verbs"), [("Applied, thanks.\n", []), ("Is it needed?\n", ["check answer"])])
def test_who_applied_a_patch_has_no_answer_to_check(tmp_path: Path, words: str, verbs: list[str]) -> None:
    subject = "Re: [PATCH 2/2] knob: turn the own one, part 2"
    reply = mail(
        message_id="reply@m",
        subject=subject,
        sender=MIA,
        date="Mon, 10 Jul 2023 12:00:00 +0000",
        in_reply_to="own-p2@m",
        body=f"> +2\n\nA stray line, I dropped it.\n\n{words}",
    )
    thanks = mail(
        message_id="thanks@m",
        subject=subject,
        sender=ANN,
        date="Tue, 11 Jul 2023 12:00:00 +0000",
        in_reply_to="reply@m",
        body="> A stray line, I dropped it.\n\nAck, you cleaned up behind me there.\n",
    )
    mails = [*two_trees(), *posted("own", ANN, patches=2), reply, thanks]
    tracker = known(tmp_path, mails, "mia@kernel.example", JULY_27 - 10 * 86_400)
    tracker.visit([line.id for line in tracker.lines()])
    place = next(line.place for line in tracker.lines() if line.id == tracker.find("own@m"))
    assert place is not None
    assert [place.verb for _ in range(place.section == "review")] == verbs


@pytest.mark.parametrize(("area", "waits_for"), [("knob", "waits for Mia"), ("lever", "maintainer: apply or answer")])
def test_others_are_told_who_will_apply_it(tmp_path: Path, area: str, waits_for: str) -> None:
    tracker = known(tmp_path, [*two_trees(), *posted("own", MIA, REVIEWED, area=area)], me="rita@example.com")
    row = tracker.one(tracker.find("own@m"))
    assert row.next_action is not None
    assert row.next_action.text.startswith(waits_for)


YEAR = 2  # in half years
SENT = ((KNOB,), ("knob", "knob: gears"))


@pytest.mark.parametrize(
    ("rows", "mia", "max_"),
    [
        ([], None, None),
        ([(MIA, "", 0, 12)], True, None),
        ([(MIA, "knob", 0, 4), (MAX, "lever", 0, 60)], True, False),
        ([(MIA, "knob", 0, 40), (MAX, "lever", 0, 60)], True, None),
        ([(MIA, "knob: gears", 0, 40), (MAX, "knob", 0, 12)], True, None),
        ([(MIA, "knob: wheels", 0, 60), (MAX, "knob: nuts", 0, 4), (MAX, "knob: bolts", 0, 4)], False, True),
        ([(MIA, "knob: wheels", 0, 12), (MAX, "knob: gears", 0, 4)], False, True),
        ([(MIA, "knob", 4 * YEAR, 12), (MAX, "knob", 0, 20)], True, None),
        ([(MIA, "knob", 4 * YEAR, 12), (MAX, "knob", 4 * YEAR, 12)], False, False),
        ([(MIA, "knob", 4 * YEAR, 60), (MAX, "knob", 4 * YEAR, 48)], True, False),
    ],
    ids=[
        "nothing",
        "all of the list",
        "a few of the area",
        "the area",
        "the inner area",
        "several other inner areas",
        "another inner area",
        "took over",
        "both",
        "both, one of them more often",
    ],
)
def test_what_is_nearest_decides(rows: list[tuple[str, str, int, int]], mia: bool | None, max_: bool | None) -> None:
    def execute(sql: str, parameters: Mapping[str, Any]) -> list[tuple[str, str, str, int, int]]:
        return [(KNOB, who, area, half_year, weight) for who, area, half_year, weight in rows]

    accepted = Accepted(execute, [KNOB])
    assert [accepted.expects({who}, SENT, further=False) for who in (MIA, MAX)] == [mia, max_]
