"""The rules on robots' results and points that the states in a database were derived with.

They are stored, so that every process derives with the same ones; when the config changes, what depends on them is
derived again (patchwatch.sync.renewal).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import msgspec

from patchwatch.db.settings import settings
from patchwatch.series import point_rules, robot_policy
from patchwatch.series.point_rules import PointRules
from patchwatch.series.robot_policy import RobotPolicy, RobotRule

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patchwatch.config import Config
    from patchwatch.db.execute import Execute

_ROBOTS, _POINTS = "robots", "points"  # names of settings
_robots_decoder = msgspec.json.Decoder(RobotPolicy)
_points_decoder = msgspec.json.Decoder(PointRules)


class Rules(NamedTuple):
    """What states are derived with; the defaults in a new database."""

    robots: RobotPolicy = robot_policy.DEFAULT
    points: PointRules = point_rules.DEFAULT


def configured(config: Config) -> Rules:
    """The rules in the config."""
    return Rules(
        RobotPolicy(config.robots.turn, tuple(RobotRule(robot.match, robot.turn) for robot in config.robot)),
        msgspec.convert(config.points, PointRules, from_attributes=True),
    )


def stored(execute: Execute) -> Rules:
    """The rules that the database was derived with."""
    values = settings(execute, (_ROBOTS, _POINTS))
    rules = Rules()
    if _ROBOTS in values:
        rules = rules._replace(robots=_robots_decoder.decode(values[_ROBOTS]))
    if _POINTS in values:
        rules = rules._replace(points=_points_decoder.decode(values[_POINTS]))
    return rules


def change(connection: Connection, rules: Rules) -> None:
    """Store other rules, and list the conversations that depend on what changed as outdated."""
    # Imported here: reading a list compares the rules, without SQLAlchemy.
    from patchwatch.db import derived, messages, outdated
    from patchwatch.db.execute import executor

    before = stored(executor(connection))
    if rules.robots != before.robots:
        messages.set_setting(connection, _ROBOTS, msgspec.json.encode(rules.robots).decode())
        outdated.list_conversations(connection, derived.with_results(connection))
    if rules.points != before.points:
        messages.set_setting(connection, _POINTS, msgspec.json.encode(rules.points).decode())
        outdated.list_conversations(connection, derived.with_any_revision(connection))
