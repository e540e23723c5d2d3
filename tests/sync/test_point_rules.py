"""The limits on points in the config: a change derives again what depends on them, and the defaults change nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from patchwatch.config import Config, Points
from patchwatch.series.points import Fate
from patchwatch.sync import rules
from patchwatch.sync.ingest import ingest
from patchwatch.sync.read_mail import read_mail
from patchwatch.tracker import Tracker
from tests.support.points import series_with_points

DAY = 86_400
ANSWERED = 1_688_817_600.0  # on the day of the answers: 8 July 2023, 12:00 UTC


def rows(directory: Path, config: Config, now: float = ANSWERED) -> tuple[str, str, list[Fate], int]:
    opened = Tracker(config, clock=lambda: now, database_url=f"sqlite:///{directory}/test.db")
    (row,) = opened.series(everything=True)
    (summary,) = opened.lines()
    opened.database.close()
    return row.state, row.turn, [point.fate_at(int(now)) for point in row.revisions[-1].points], summary.points_open


@pytest.fixture
def database(tmp_path: Path) -> Path:
    opened = Tracker(Config(), clock=lambda: ANSWERED, database_url=f"sqlite:///{tmp_path}/test.db")
    with opened.database.write() as connection:
        ingest(connection, map(read_mail, series_with_points()))
    opened.database.close()
    return tmp_path


def test_the_defaults_are_those_of_the_config() -> None:
    assert rules.configured(Config()) == rules.Rules()


def test_silence_settles_after_the_days_in_the_config(database: Path) -> None:
    later = ANSWERED + 5 * DAY
    patient, quick = Config(), Config(points=Points(silence_days=3))
    assert rows(database, patient, later)[2].count(Fate.ANSWERED) == 2
    assert rows(database, quick, later)[2].count(Fate.SILENT) == 2
    assert rows(database, quick, later)[3] == rows(database, patient, later)[3] - 2
    assert rows(database, quick, ANSWERED + DAY)[2].count(Fate.ANSWERED) == 2
    assert rows(database, patient, ANSWERED + 22 * DAY)[2].count(Fate.SILENT) == 2


def test_a_change_of_the_limits_derives_again_and_back(database: Path) -> None:
    before = rows(database, Config())
    eager = Config(points=Points(likely_author=0, likely_answered=0))
    assert rows(database, eager)[1] == "author"
    assert rows(database, replace(eager, points=Points(silence_days=1))) == before
    assert rows(database, Config()) == before
