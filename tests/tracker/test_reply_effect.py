"""What the send screen says that a reply will change: found by storing it for a moment."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from patchwatch.compose.draft import Draft
from patchwatch.config import Config, Me
from patchwatch.mail.addresses import Mailbox
from patchwatch.sync.ingest import ingest
from patchwatch.sync.read_mail import read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail

PETRA = Mailbox("Petra Nowicki", "petra@example.eu")
INES, JUN = Mailbox("Ines Varga", "ines@example.org"), Mailbox("Jun Harada", "jun@example.org")
NOW = 1_688_904_000  # 9 July 2023, 12:00 UTC
PATCH = "[PATCH] quill: look up buffers under the lock"
REQUEST = "Please take the lock before the lookup, it races with the free.\n"
ASKED = "Please take the lock before the lookup.\n\n> +     b = find(t);\n\nWhy is the table freed here?\n"


def tracker_of(directory: Path, *mails: bytes) -> Tracker:
    tracker = Tracker(
        Config(me=Me((INES.address,))), clock=lambda: float(NOW), database_url=f"sqlite:///{directory}/quill.db"
    )
    tracker.follow("quill")
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw) for raw in mails], "quill")
    return tracker


def posted(sender: Mailbox = JUN, to: Mailbox = INES) -> bytes:
    return mail(message_id="p@x", subject=PATCH, sender=str(sender), to=str(to), cc="quill@lists.example.org")


def reply_of(name: str, sender: Mailbox, day: int, body: str, answers: str) -> bytes:
    date = f"{day} Jul 2023 10:00:00 +0000"
    return mail(message_id=name, subject=f"Re: {PATCH}", sender=str(sender), date=date, body=body, in_reply_to=answers)


def draft(body: str, answers: str = "p@x", sender: Mailbox = INES) -> Draft:
    return Draft(sender, (JUN,), (), f"Re: {PATCH}", body, "draft@x", answers, (answers,))


def stored(tracker: Tracker) -> object:
    return tracker.generation(), tracker.lines(), [tracker.thread(line.id) for line in tracker.lines()]


@pytest.mark.parametrize(
    ("body", "effect"),
    [
        (
            REQUEST,
            "it leaves Review and waits for its author; 1 new point waits for Jun; its state becomes changes-requested",
        ),
        ("Reviewed-by: Ines Varga <ines@example.org>\n", ("it leaves Review and waits for a maintainer; "
         "its state becomes reviewed")),
        ("Hmm, interesting.\n", "it leaves Review and waits for reviewers; its state becomes under-review"),
    ],
)  # fmt: skip
def test_a_first_review(tmp_path: Path, body: str, effect: str) -> None:
    tracker = tracker_of(tmp_path, posted())
    before = stored(tracker)
    assert tracker.effect(draft(body)) == effect
    assert stored(tracker) == before
    tracker.database.close()


def test_each_point_that_changes_or_waits_for_me_is_named(tmp_path: Path) -> None:
    review = reply_of("r@x", INES, 4, ASKED, "p@x")
    answer = (
        "> Please take the lock before the lookup.\n\nIt is taken in the caller.\n\n"
        "> Why is the table freed here?\n\nNobody else has it.\n"
    )
    tracker = tracker_of(tmp_path, posted(), review, reply_of("a@x", JUN, 5, answer, "r@x"))
    insists = "> It is taken in the caller.\n\nNo, the caller drops it again. Please take it here.\n"
    said = tracker.effect(draft(insists, "a@x"))
    assert said == (
        "it leaves Review and waits for its author; point 1 waits for Jun; point 2 waits for you; "
        "its state becomes changes-requested"
    )
    said = tracker.effect(draft("> It is taken in the caller.\n\nOkay, makes sense.\n", "a@x"))
    assert said == "it leaves Review and waits for reviewers; points 1 and 2 are settled"
    tracker.database.close()


def test_many_points_are_counted_and_those_of_others_are_left_out(tmp_path: Path) -> None:
    asked = "".join(f"> +     f{number}(t);\n\nWhy is f{number}() called here?\n\n" for number in range(6))
    given = "".join(f"> Why is f{number}() called here?\n\nIt frees part {number}.\n\n" for number in range(6))
    others = reply_of("o@x", PETRA, 4, "> +     g(t);\n\nPlease drop g().\n", "p@x")
    mails = (reply_of("r@x", INES, 4, asked, "p@x"), reply_of("a@x", JUN, 5, given, "r@x"))
    tracker = tracker_of(tmp_path, posted(), *mails, others)
    said = tracker.effect(draft(f"Okay, thanks.\n\nReviewed-by: {INES}\n", "a@x"))
    assert said == "it leaves Review and waits for its author; 6 points are settled"
    tracker.database.close()


def test_my_own_series_says_when_to_ping(tmp_path: Path) -> None:
    asked = reply_of("r@x", JUN, 8, "Why is the table freed here?\n", "p@x")
    tracker = tracker_of(tmp_path, posted(INES, JUN), asked)
    said = tracker.effect(draft("> Why is the table freed here?\n\nBecause nobody else has it by then.\n", "r@x"))
    assert said == "it leaves Now and waits for Jun, ping on Sun 16 Jul; point 1 waits for Jun"
    tracker.database.close()


def test_once_it_is_closed_nothing_else_matters(tmp_path: Path) -> None:
    asked = reply_of("r@x", PETRA, 8, "Please rename it.\n", "p@x")
    tracker = tracker_of(tmp_path, posted(), asked)
    assert tracker.effect(draft("Applied, thanks!\n")) == "it is applied"
    tracker.database.close()


def test_a_reply_from_an_address_that_is_not_mine_says_why_nothing_changes(tmp_path: Path) -> None:
    tracker = tracker_of(tmp_path, posted())
    said = tracker.effect(draft(REQUEST, sender=Mailbox("Ines Varga", "ines@work.example")))
    assert said.startswith("From is not one of your [me] addresses; ")
    assert tracker.effect(draft(REQUEST, sender=Mailbox("Ines", "Ines@Example.org"))).startswith("it leaves Review")
    tracker.database.close()


def test_a_reply_to_no_series_changes_nothing(tmp_path: Path) -> None:
    tracker = tracker_of(tmp_path, posted())
    assert tracker.effect(replace(draft("Hello.\n"), in_reply_to="", references=())) == ""
    assert tracker.effect(draft("Hello.\n", "unknown@x")) == ""
    tracker.database.close()


def test_the_reply_that_arrives_has_the_effect_that_was_told(tmp_path: Path) -> None:
    tracker = tracker_of(tmp_path, posted())
    told = tracker.effect(draft(REQUEST))
    arrived = mail(
        message_id="draft@x", subject=f"Re: {PATCH}", sender=str(INES), body=REQUEST,
        date="Sun, 9 Jul 2023 12:00:00 +0000", in_reply_to="p@x",
    )  # fmt: skip
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(arrived)], "quill")
    (row,) = tracker.series(everything=True)
    place = next(line.place for line in tracker.lines() if line.id == row.id)
    assert place
    assert place.section == "waiting"
    assert place.verb == "author"
    assert row.state == "changes-requested"
    assert len(row.revisions[-1].points) == 1
    assert "leaves Review" in told
    assert "1 new point" in told
    assert "changes-requested" in told
    tracker.database.close()
