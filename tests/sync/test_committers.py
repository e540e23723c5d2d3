"""Who commits to a list is learned from who applied patches there, and changes what a word means."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sqlalchemy import select

from patchwatch.config import Config, Me
from patchwatch.db import schema
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail
from tests.support.sample_threads import committers_threads

MAILS = committers_threads()
FIRST = [raw for raw in MAILS if b"b4-ty" not in raw]  # without what shows that Mia commits
AUGUST_8 = 1_691_500_000  # two weeks after the last mail


def known(tmp_path: Path, mails: list[bytes] = MAILS, me: str = "", now: int = AUGUST_8) -> Tracker:
    config = Config(me=Me((me,) if me else ()))
    tracker = Tracker(config, clock=lambda: now, database_url=f"sqlite:///{tmp_path}/t.db")
    store(tracker, mails)
    return tracker


def store(tracker: Tracker, mails: list[bytes]) -> None:
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw) for raw in mails], "knob")


def states(tracker: Tracker) -> dict[str, str]:
    """The state of each patch, by the word in its title."""
    rows = tracker.series(everything=True)
    return {re.sub("knob: turn the | one", "", row.title): f"{row.state}/{row.turn}" for row in rows}


def action(tracker: Tracker, name: str) -> tuple[str, str]:
    row = tracker.one(tracker.find(f"{name}@m"))
    assert row.next_action is not None
    return row.next_action.text, row.next_action.by


def committers(tracker: Tracker) -> set[tuple[str, str]]:
    with tracker.database.read() as connection:
        columns = schema.committer.c
        return {
            (row.list, row.person)
            for row in connection.execute(select(columns.list, columns.person).where(columns.enough))
        }


def test_a_word_of_a_committer_suffices(tmp_path: Path) -> None:
    tracker = known(tmp_path)
    assert committers(tracker) == {("knob@vger.kernel.org", "maintainer mia")}  # not linux-kernel: it gets everything
    assert states(tracker) == {
        **dict.fromkeys(
            ("red", "green", "blue", "round", "square", "done", "thanked", "signed", "informed"), "accepted/nobody"
        ),
        "mentioned": "changes-requested/author",
        "tested": "under-review/reviewers",
        "told": "under-review/reviewers",
        "held": "under-review/author",
        "own": "reviewed/maintainer",
        "quiet": "new/reviewers",
    }


def test_they_are_learned_from_later_mails_too(tmp_path: Path) -> None:
    tracker = known(tmp_path, FIRST)
    assert committers(tracker) == set()
    assert states(tracker)["round"] == "under-review/reviewers"
    assert states(tracker)["tested"] == "accepted/nobody"  # as long as nobody is known, a plain word counts
    store(tracker, [raw for raw in MAILS if raw not in FIRST])
    assert states(tracker) == states(known(tmp_path / "again", MAILS))


@pytest.mark.parametrize(
    ("me", "name", "text", "by"),
    [
        ("mia@kernel.example", "own", "yours to apply: reviewed", "me"),
        ("mia@kernel.example", "quiet", "yours to apply: no answer for", "me"),
        ("", "own", "waits for Mia to apply it: reviewed", "maintainer"),
        ("", "quiet", "waits for Mia to apply it: no answer for", "reviewers"),
        ("ann@example.org", "held", "answer Mia's request from", "me"),
    ],
)
def test_a_committers_own_patch_waits_for_nobody_else(tmp_path: Path, me: str, name: str, text: str, by: str) -> None:
    said, who = action(known(tmp_path, me=me), name)
    assert said.startswith(text)
    assert who == by


def test_reindex_finds_the_same_committers(tmp_path: Path) -> None:
    tracker = known(tmp_path)
    before = (committers(tracker), states(tracker))
    tracker.reindex()
    assert (committers(tracker), states(tracker)) == before


THREAD = "Ann Author <ann@example.org>"


def resent(*answers: bytes) -> list[bytes]:
    """A patch that was sent again in a thread of its own a month later, and answers."""
    body = f"Why.\n\nSigned-off-by: {THREAD}\n---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"
    first = mail(message_id="1@r", subject="[PATCH v2] knob: oil it", date="Mon, 3 Jul 2023 10:00:00 +0000", body=body)
    again = mail(
        message_id="2@r", subject="[PATCH RESEND v2] knob: oil it", date="Wed, 2 Aug 2023 10:00:00 +0000", body=body
    )
    return [first, again, *answers]


@pytest.mark.parametrize(
    ("date", "state"),
    [
        ("Thu, 3 Aug 2023 10:00:00 +0000", "accepted/nobody"),  # in answer to the first mail, after the second
        ("Tue, 4 Jul 2023 10:00:00 +0000", "new/reviewers"),  # dropped again, or else it would not have been resent
    ],
)
def test_what_is_sent_again_is_applied_if_the_first_mail_is_thanked_for_later(
    tmp_path: Path, date: str, state: str
) -> None:
    words = "Applied to knob/next, thanks!\n"
    answer = mail(
        message_id="3@r", subject="Re: [PATCH v2] knob: oil it", date=date, in_reply_to="1@r",
        sender="Mia Maintainer <mia@kernel.example>", body=words,
    )  # fmt: skip
    assert states(known(tmp_path, resent(answer)))["knob: oil it"] == state


def test_who_took_their_part_is_not_asked_for_the_rest(tmp_path: Path) -> None:
    mia, rita = "Maintainer Mia <mia@kernel.example>", "Rita Reviewer <rita@example.com>"

    def post(name: str, sender: str, subject: str, day: int, body: str, answers: str = "") -> bytes:
        date = f"{day:02} Aug 2023 10:00:00 +0000"
        to, cc = mia, "knob@vger.kernel.org"
        return mail(
            message_id=f"{name}@p", sender=sender, subject=subject, date=date, body=body, to=to, cc=cc,
            in_reply_to=f"{answers}@p" if answers else None,
        )  # fmt: skip

    diff = "Why.\n---\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1 @@\n-a\n+b\n"
    part = [
        post("0", THREAD, "[PATCH 0/2] knob: oil it in two trees", 1, "Why.\n"),
        post("1", THREAD, "[PATCH 1/2] knob: oil the driver", 1, diff.format("f"), "0"),
        post("2", THREAD, "[PATCH 2/2] dts: oil the board", 1, diff.format("g"), "0"),
        post("r", rita, "Re: [PATCH 0/2] knob: oil it in two trees", 2, f"Reviewed-by: {rita}\n", "0"),
    ]
    tracker = known(tmp_path, [*MAILS, *part], me="mia@kernel.example")
    number = tracker.find("0@p")

    def section() -> str:
        place = next(line.place for line in tracker.lines() if line.id == number)
        return f"{place.section} {place.verb}" if place else ""

    assert section() == "now apply v1"
    assert tracker.one(number).my_turn
    tracker.visit([number])
    store(tracker, [post("a", mia, "Re: [PATCH 1/2] knob: oil the driver", 3, "Applied to knob-next, thanks!\n", "1")])
    assert tracker.one(number).revisions[-1].applied is not None
    assert section() == "waiting maintainer"
    assert not tracker.one(number).my_turn


JULY_27 = AUGUST_8 - 12 * 86_400
KNOB, REEL = "knob@vger.kernel.org", "reel@lists.example.org"
MIA, MAX = "Mia Maintainer <mia@kernel.example>", "Max Maintainer <max@kernel.example>"


def posted(
    name: str, sender: str, *replies: tuple[str, str], to: str = KNOB, patches: int = 1, area: str = "knob"
) -> list[bytes]:
    """A patch, or several below a cover letter, of July 10, and replies of the same day."""
    subjects = [f"[PATCH] {area}: turn the {name} one"]
    if patches > 1:
        subjects = [f"[PATCH {n}/{patches}] {area}: turn the {name} one, part {n}" for n in range(patches + 1)]
    found = [
        mail(
            message_id=f"{name}{f'-p{n}' if n else ''}@m",
            subject=subject,
            sender=sender,
            date=f"Mon, 10 Jul 2023 10:0{n}:00 +0000",
            to=f"{MIA}, {MAX}, {to}",
            in_reply_to=f"{name}@m" if n else None,
            body=f"{name}.\n---\ndiff --git a/{name}{n}.c b/{name}{n}.c\n--- a/{name}{n}.c\n+++ b/{name}{n}.c\n"
            f"@@ -1 +1 @@\n-{name}\n+{n}\n",
        )
        for n, subject in enumerate(subjects)
    ]
    for number, (by, body) in enumerate(replies, 1):
        own = f"{name}-{number}.b4-ty@m" if "commit:" in body else f"{name}-{number}@m"
        date = f"Mon, 10 Jul 2023 1{number}:00:00 +0000"
        about = {"subject": f"Re: {subjects[0]}", "in_reply_to": f"{name}@m", "to": to}
        found.append(mail(message_id=own, sender=by, date=date, body=body, **about))
    return found


def two_committers() -> list[bytes]:
    """Mia and Max apply patches of one list, and post their own."""
    found = [*posted("seven", MIA), *posted("eight", MAX)]
    for who, names in ((MIA, ("one", "two", "three")), (MAX, ("four", "five", "six"))):
        for name in names:
            commit = f"Applied, thanks!\n\n[1/1] knob: turn the {name} one\n      commit: 0123456789abcdef\n"
            found += posted(name, "Ann Author <ann@example.org>", (who, commit))
    return found


REVIEWED = ("Rita Reviewer <rita@example.com>", "Reviewed-by: Rita Reviewer <rita@example.com>\n")


@pytest.mark.parametrize(
    ("mails", "mia", "max_"),
    [
        (posted("own", MIA, REVIEWED), "now: apply v1", "now: apply v1?"),
        (posted("own", MIA, REVIEWED, to=f"{KNOB}, {REEL}"), "now: ping maintainer?", "now: apply v1?"),
        (posted("own", "Ann Author <ann@example.org>", REVIEWED), "now: apply v1?", "now: apply v1?"),
        (
            posted("own", "Ann Author <ann@example.org>", REVIEWED, to=f"{KNOB}, {REEL}"),
            "now: apply v1?",
            "now: apply v1?",
        ),
        (
            posted(
                "own",
                "Ann Author <ann@example.org>",
                REVIEWED,
                (MAX, "Applied, thanks!\n\n[1/2] knob: turn the own one, part 1\n      commit: 0123456789abcdef\n"),
                patches=2,
            ),
            "waiting: maintainer",
            "waiting: maintainer",
        ),
    ],
    ids=[
        "of one of them",
        "for other lists, too",
        "of somebody else",
        "of somebody else for other lists",
        "of the rest",
    ],
)
def test_who_applies_a_patch_when_two_people_could(tmp_path: Path, mails: list[bytes], mia: str, max_: str) -> None:
    """An author applies their own, and either somebody else's; what went to other lists may go in there, and what a
    colleague left is for others.
    """
    known(tmp_path, [*two_committers(), *mails]).database.close()
    places = []
    for address in ("mia@kernel.example", "max@kernel.example"):
        tracker = known(tmp_path, [], me=address, now=JULY_27)
        tracker.visit([line.id for line in tracker.lines()])
        number = tracker.find("own@m")
        (place,) = (line.place for line in tracker.lines() if line.id == number)
        places.append(f"{place.section}: {place.verb}" if place else "")
    assert places == [mia, max_]


def test_who_applies_little_of_a_list_is_not_surely_to_apply(tmp_path: Path) -> None:
    ann, max_ = "Ann Author <ann@example.org>", "max@kernel.example"
    found = [*posted("seven", MIA), *posted("eight", MAX)]
    for number in range(16):
        commit = f"Applied, thanks!\n\n[1/1] knob: turn the n{number} one\n      commit: 0123456789abcdef\n"
        found += posted(f"n{number}", ann, (MAX if number < 4 else MIA, commit))
    found += [*posted("own", ann, REVIEWED), *posted("both", ann, REVIEWED, to=f"{KNOB}, {REEL}")]
    known(tmp_path, found).database.close()
    places = {}
    for address in ("mia@kernel.example", max_):
        tracker = known(tmp_path, [], me=address, now=JULY_27)
        tracker.visit([line.id for line in tracker.lines()])
        verbs = {line.id: line.place.verb for line in tracker.lines() if line.place}
        places[address] = [verbs[tracker.find(name)] for name in ("own@m", "both@m")]
    assert places == {"mia@kernel.example": ["apply v1", "apply v1"], max_: ["apply v1?", "apply v1?"]}
