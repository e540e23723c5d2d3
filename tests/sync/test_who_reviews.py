"""Who is expected to review what was sent to them, learned from what they replied to."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.config import Config, Me
from patchwatch.db.who_reviews import Posting, Replied, Replies, people_lines
from patchwatch.series.queue import Section
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail

REX = "rex@example.net"
ALICE = "alice-rex@example.net"  # contains the address of Rex
JULY_1 = 1_688_169_600
DAY = 86_400
BODY = (
    "Why.\n\nSigned-off-by: Ann Author <ann@example.org>\n---\n"
    "diff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1 @@\n-a\n+{0}\n"
)


def posted(name: str, area: str, *, replies: str = "", day: int = 1, month: str = "May", to: str = REX) -> list[bytes]:
    """A patch that was sent to Rex, and perhaps a reply."""
    subject, date = f"[PATCH] {area}: turn the {name}", f"{day} {month} 2023 10:00:00 +0000"
    lists = f"{to}, list@vger.kernel.org"
    found = [mail(message_id=f"{name}@m", subject=subject, date=date, body=BODY.format(name), to=lists)]
    if replies:
        found.append(
            mail(
                message_id=f"{name}-r@m",
                subject=f"Re: {subject}",
                in_reply_to=f"{name}@m",
                sender=f"Some One <{replies}>",
                date=date.replace("10:", "11:"),
                body="Looks fine.\n",
            )
        )
    return found


def past(knobs: int = 20, levers: int = 20) -> list[bytes]:
    """Rex replies to what is for knobs, Alice to what is for levers, and both are sent to both."""
    both = f"{REX}, {ALICE}"
    found: list[bytes] = []
    for number in range(max(knobs, levers)):
        if number < knobs:
            found += posted(f"knob{number}", "knob: gears", replies=REX, day=number + 1, to=both)
        if number < levers:
            found += posted(f"lever{number}", "lever", replies=ALICE, day=number + 1, to=both)
    return found


def two_versions(name: str, month: str, *, again: bool) -> list[bytes]:
    """A patch that Rex commented on, and its second version, on which they perhaps comment again."""
    first = posted(name, "knob", replies=REX, day=24, month=month)
    second = posted(f"{name}2", "knob", replies=REX if again else "", day=28, month=month)
    title = f"turn the {name}".encode()
    return [*first, *(raw.replace(b"[PATCH]", b"[PATCH v2]").replace(title + b"2", title) for raw in second)]


def tracker_of(tmp_path: Path, mails: list[bytes], me: str = REX, now: int = JULY_1) -> Tracker:
    config = Config(me=Me((me,)))
    tracker = Tracker(config, clock=lambda: now, database_url=f"sqlite:///{tmp_path}/t.db")
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw) for raw in mails], "list")
    return tracker


def place(tracker: Tracker, name: str) -> tuple[str, str]:
    """The section and verb of a series, once it was looked at."""
    tracker.visit([line.id for line in tracker.lines()])
    number = tracker.find(f"{name}@m")
    found = next(line.place for line in tracker.lines() if line.id == number)
    assert found is not None
    return found.section, found.verb


@pytest.mark.parametrize(
    ("area", "rex", "alice"),
    [
        ("knob: gears", (Section.REVIEW, "review v1"), (Section.WAITING, "reviewers")),
        ("knob", (Section.REVIEW, "review v1"), (Section.WAITING, "reviewers")),
        ("lever", (Section.WAITING, "reviewers"), (Section.REVIEW, "review v1")),
        ("spring", (Section.REVIEW, "review v1"), (Section.REVIEW, "review v1")),
    ],
)
def test_people_review_what_they_replied_to_before(
    tmp_path: Path, area: str, rex: tuple[str, str], alice: tuple[str, str]
) -> None:
    mails = [*past(), *posted("own", area, day=28, month="Jun", to=f"{REX}, {ALICE}")]
    assert place(tracker_of(tmp_path, mails), "own") == rex
    tracker_of(tmp_path, []).database.close()
    assert place(tracker_of(tmp_path, [], me=ALICE), "own") == alice


def test_what_is_not_theirs_to_review_is_news(tmp_path: Path) -> None:
    tracker = tracker_of(tmp_path, [*past(), *posted("own", "lever", day=30, month="Jun")])
    line = next(line for line in tracker.lines() if line.id == tracker.find("own@m"))
    assert line.place is not None
    assert (line.place.section, line.place.verb) == (Section.NEW, "v1 posted")


def test_nobody_is_judged_by_what_came_in_the_last_three_weeks(tmp_path: Path) -> None:
    recent = [raw for n in range(12) for raw in posted(f"new{n}", "lever", day=11 + n, month="Jun")]
    assert place(tracker_of(tmp_path, recent), "new11") == (Section.REVIEW, "review v1")
    assert place(tracker_of(tmp_path, [], now=JULY_1 + 30 * DAY), "new11")[0] is Section.WAITING


def test_the_reason_says_what_they_did_before(tmp_path: Path) -> None:
    tracker = tracker_of(tmp_path, [*past(4, 20), *posted("own", "lever: short", day=28, month="Jun")])
    row = tracker.one(tracker.find("own@m"))
    assert row.involvement is not None
    assert row.involvement.record is not None
    assert row.involvement.record.text == "you replied to 0 of 20 series of lever"
    assert row.involvement.record.expected is None
    assert not row.my_turn


@pytest.mark.parametrize(
    ("counts", "area", "expected", "text"),
    [
        ([], "knob", True, ""),
        ([("knob", 5, 0)], "knob", True, "you replied to 0 of 5 series"),
        ([("knob", 3, 0), ("lever", 4, 0)], "knob", None, "you replied to 0 of 7 series"),
        ([("knob", 40, 0)], "knob", None, "you replied to 0 of 40 series of knob"),
        ([("knob", 40, 8)], "knob", False, "you replied to 8 of 40 series of knob"),
        ([("knob", 40, 20)], "knob", True, "you replied to 20 of 40 series of knob"),
        (
            [("knob: gears", 40, 20), ("knob: nuts", 40, 0)],
            "knob: nuts",
            None,
            "you replied to 0 of 40 series of knob: nuts",
        ),
        (
            [("knob: gears", 40, 20), ("knob: nuts", 40, 0)],
            "knob: bolts",
            False,
            "you replied to 20 of 80 series of knob",
        ),
        ([("knob", 40, 20), ("lever", 400, 0)], "spring", None, "you replied to 20 of 440 series"),
        ([("knob", 40, 40), ("lever", 1, 0)], "lever", True, "you replied to 40 of 41 series"),
        ([("knob", 40, 40)], "", True, "you replied to 40 of 40 series"),
    ],
)
def test_what_is_nearest_decides(
    counts: list[tuple[str, int, int]], area: str, expected: bool | None, text: str
) -> None:
    record = Replied(counts).record(Posting(area, sent_before=False))
    assert (record.expected, record.text) == (expected, text)


@pytest.mark.parametrize(("replied", "expected"), [(39, True), (20, False), (10, None)])
def test_who_let_a_version_pass_is_half_as_likely_to_reply_to_the_next(replied: int, expected: bool | None) -> None:
    record = Replied([("knob", 40, replied)]).record(Posting("knob", sent_before=True))
    assert record.expected is expected


def test_those_who_replied_come_first_in_the_column() -> None:
    replied = [Replies({"b@x"}, {"b@x"}), Replies({"a@x"}, set())]
    assert people_lines(replied, [{"a@x", "c@x", ""}]) == "\na@x\nb@x\n-\nc@x\n"
    assert people_lines([], [{"c@x"}]) == "\n-\nc@x\n"


@pytest.mark.parametrize(
    ("versions", "last"),
    [
        (["ab", ""], ["~a@x", "~b@x"]),
        (["ab", "a"], ["+a@x", "~b@x"]),
        (["ab", "", "a"], ["+a@x", "~b@x"]),
        (["ab", "", "", "a"], ["~a@x", "~b@x"]),
        (["a", "b"], ["~a@x"]),  # nobody posted after what Bea said
        (["A", ""], []),  # gave a tag
        (["aA", "", ""], []),
        (["A", "a"], []),
        (["a", "A", ""], ["+a@x"]),
    ],
)
def test_the_column_has_who_came_back_to_later_versions(versions: list[str], last: list[str]) -> None:
    """A letter is who replied to a version, a capital one who also gave a tag."""
    replied = [
        Replies({f"{who.lower()}@x" for who in one}, {f"{who.lower()}@x" for who in one if who.isupper()})
        for one in versions
    ]
    assert people_lines(replied, []).split("\n-\n")[1].split() == last


@pytest.mark.parametrize(
    ("came_back", "asked_again", "expected", "text"),
    [
        (0, 0, True, ""),
        (0, 1, False, "of 1 series, you came back to 0"),
        (0, 10, None, "of 10 series, you came back to 0"),
        (2, 10, False, "of 10 series, you came back to 2"),
        (4, 10, True, "of 10 series, you came back to 4"),
    ],
)
def test_who_leaves_later_versions_to_others_does_so_again(
    came_back: int, asked_again: int, expected: bool | None, text: str
) -> None:
    replied = Replied([("knob", 40, 40)], came_back, asked_again)
    record = replied.record(Posting("knob", sent_before=True, replied_before=True))
    assert (record.expected, record.text) == (expected, text)


@pytest.mark.parametrize(
    ("others", "again", "found"),
    [
        (0, 0, (Section.REVIEW, "review v2")),
        (10, 10, (Section.REVIEW, "review v2")),
        (10, 1, (Section.REVIEW, "review v2?")),
        (10, 0, (Section.WAITING, "reviewers")),
    ],
)
def test_a_new_version_is_for_those_who_come_back(
    tmp_path: Path, others: int, again: int, found: tuple[Section, str]
) -> None:
    mails = [raw for n in range(others) for raw in two_versions(f"old{n}", "May", again=n < again)]
    tracker = tracker_of(tmp_path, [*mails, *two_versions("own", "Jun", again=False)])
    assert place(tracker, "own2") == found


@pytest.mark.parametrize(
    ("came_back", "passed_over", "expected", "text"),
    [
        (40, 3, True, "of 40 series, you came back to 40; you did not reply to 3 versions of this one"),
        (24, 1, True, "of 40 series, you came back to 24; you did not reply to 1 version of this one"),
        (24, 2, False, "of 40 series, you came back to 24; you did not reply to 2 versions of this one"),
        (24, 4, None, "of 40 series, you came back to 24; you did not reply to 4 versions of this one"),
        (8, 2, None, "of 40 series, you came back to 8; you did not reply to 2 versions of this one"),
    ],
)
def test_who_passed_over_versions_is_the_less_likely_to_come_back(
    came_back: int, passed_over: int, expected: bool | None, text: str
) -> None:
    posting = Posting("knob", sent_before=True, replied_before=True, passed_over=passed_over)
    record = Replied([("knob", 40, 40)], came_back, asked_again=40).record(posting)
    assert (record.expected, record.text) == (expected, text)


def test_without_other_series_it_says_how_many_versions_they_passed_over() -> None:
    record = Replied([]).record(Posting("knob", sent_before=True, replied_before=True, passed_over=1))
    assert (record.expected, record.text) == (False, "you did not reply to 1 version of this one")


@pytest.mark.parametrize(
    ("replied_to", "found"),
    [
        (4, (Section.REVIEW, "review v5")),
        (2, (Section.REVIEW, "review v5?")),
        (1, (Section.WAITING, "reviewers")),
    ],
)
def test_a_version_is_for_those_who_replied_to_the_last_ones(
    tmp_path: Path, replied_to: int, found: tuple[Section, str]
) -> None:
    mails = [raw for n in range(6) for raw in two_versions(f"old{n}", "May", again=n < 2)]
    for version in range(1, 6):
        name = f"own{version}"
        posting = posted(name, "knob", replies=REX if version == replied_to else "", day=15 + version, month="Jun")
        stated = f"[PATCH v{version}]".encode()
        mails += [raw.replace(b"[PATCH]", stated).replace(f"turn the {name}".encode(), b"turn it") for raw in posting]
    assert place(tracker_of(tmp_path, mails), "own5") == found


@pytest.mark.parametrize(("applied", "verb"), [("", "review v2"), ("[1/2] knob: turn 1", "review v2?")])
def test_the_rest_of_a_version_is_not_sure_to_be_reviewed(tmp_path: Path, applied: str, verb: str) -> None:
    asked = mail(
        message_id="asked@m",
        subject="Re: [PATCH 2/2] knob: turn 2",
        in_reply_to="1-2@m",
        sender=f"Rex Reviewer <{REX}>",
        date="11 Jun 2023 10:00:00 +0000",
        body="> +1-2\n\nPlease use the helper here.\n",
    )
    thanks = mail(
        message_id="thanks@m",
        subject="Re: [PATCH v2 1/2] knob: turn 1",
        in_reply_to="2-1@m",
        sender="Mia Maintainer <mia@kernel.example>",
        date="21 Jun 2023 10:00:00 +0000",
        body=f"Applied, thanks!\n\n{applied}\n      commit: 0123456789abcdef\n",
    )
    found = [asked, thanks] if applied else [asked]
    for version, day in ((1, 10), (2, 20)):
        for number in (1, 2):
            prefix = f"PATCH{' v2' if version == 2 else ''} {number}/2"
            found.append(
                mail(
                    message_id=f"{version}-{number}@m",
                    subject=f"[{prefix}] knob: turn {number}",
                    date=f"{day} Jun 2023 10:00:0{number} +0000",
                    to=f"{REX}, list@vger.kernel.org",
                    in_reply_to=f"{version}-1@m" if number == 2 else None,
                    body=BODY.format(f"{version}-{number}"),
                )
            )
    assert place(tracker_of(tmp_path, found), "2-1") == (Section.REVIEW, verb)


@pytest.mark.parametrize(
    ("applied", "found"), [("2", (Section.WAITING, "reviewers")), ("3", (Section.REVIEW, "review v1?"))]
)
def test_nothing_is_left_to_review_once_what_the_list_got_was_applied(
    tmp_path: Path, applied: str, found: tuple[Section, str]
) -> None:
    (patch,) = posted("own", "knob", day=10, month="Jun")
    date, to = "10 Jun 2023 09:59:00 +0000", f"{REX}, list@vger.kernel.org"
    cover = mail(message_id="cover@m", subject="[PATCH 0/9] knobs and levers", date=date, body="Why.\n", to=to)
    thanks = mail(
        message_id="thanks@m",
        subject="Re: [PATCH 2/9] knob: turn the own",
        in_reply_to="own@m",
        sender="Mia Maintainer <mia@kernel.example>",
        date="11 Jun 2023 10:00:00 +0000",
        body=f"Applied, thanks!\n\n[{applied}/9] knob: turn it\n      commit: 0123456789abcdef\n",
    )
    patch = patch.replace(b"Subject: [PATCH]", b"In-Reply-To: <cover@m>\nSubject: [PATCH 2/9]")
    tracker = tracker_of(tmp_path, [cover, patch, thanks])
    assert place(tracker, "own") == found
