"""The rules on robots in the config: a change derives again what depends on it, and nothing is lost."""

from __future__ import annotations

from pathlib import Path

from msgspec.structs import replace

from patchwatch.config import Config, Robot, Robots
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.tracker import Tracker
from tests.support.mails import mail

MAILS = [
    mail(message_id="1@x", subject="[PATCH] frob: take the lock", body="Why.\n\nSigned-off-by: A <a@x>\n---\n"),
    mail(
        message_id="2@x",
        subject="Re: [PATCH] frob: take the lock",
        sender="quokka-bot@quokka.example",
        date="Mon, 3 Jul 2023 12:00:00 +0000",
        in_reply_to="1@x",
        body="Quokka AI review found 1 issue:\n- [High] frob_probe() leaks the lock\n",
    ),
]


def tracker(directory: Path, config: Config) -> Tracker:
    return Tracker(config, clock=lambda: 1_688_500_000.0, database_url=f"sqlite:///{directory}/test.db")


def turn(directory: Path, config: Config) -> str:
    opened = tracker(directory, config)
    (row,) = opened.series(everything=True)
    opened.database.close()
    return row.turn


def test_a_change_of_the_rules_derives_again(tmp_path: Path) -> None:
    opened = tracker(tmp_path, Config())
    with opened.database.write() as connection:
        ingest(connection, map(read_mail, MAILS))
    opened.database.close()
    high = Config(robots=Robots(turn=("high",)))
    assert turn(tmp_path, Config()) == "reviewers"
    assert turn(tmp_path, high) == "author"
    assert turn(tmp_path, replace(high, robot=(Robot("quokka", ()),))) == "reviewers"
    assert turn(tmp_path, Config()) == "reviewers"


def test_mail_that_comes_later_follows_the_rules(tmp_path: Path) -> None:
    config = Config(robots=Robots(turn=("high",)))
    for raw in MAILS:
        opened = tracker(tmp_path, config)
        with opened.database.write() as connection:
            ingest(connection, [read_mail(raw)])
        opened.reindex()
        opened.database.close()
    assert turn(tmp_path, config) == "author"


def test_findings_are_in_the_rows(tmp_path: Path) -> None:
    opened = tracker(tmp_path, Config())
    with opened.database.write() as connection:
        ingest(connection, map(read_mail, MAILS))
    (row,) = opened.series(everything=True)
    (check,) = row.revisions[0].checks
    assert (check.name, check.verdict, check.severity) == ("quokka-bot@quokka.example", "finding", "high")
    assert check.function == "frob_probe"
    (robot,) = opened.robots()
    assert (robot.address, robot.results, robot.recognized) == ("quokka-bot@quokka.example", 1, True)
