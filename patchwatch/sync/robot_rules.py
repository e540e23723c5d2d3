"""The rules on robots' results that the states in a database were derived with.

They are stored, so that every process derives with the same ones; when the config changes, what depends on them is
derived again.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from patchwatch.config import Config
from patchwatch.db import derived, messages
from patchwatch.series.robot_policy import DEFAULT, RobotPolicy, RobotRule
from patchwatch.sync import postponed

_SETTING = "robots"
_decoder = msgspec.json.Decoder(RobotPolicy)


def configured(config: Config) -> RobotPolicy:
    """The rules in the config."""
    return RobotPolicy(config.robots.turn, tuple(RobotRule(robot.match, robot.turn) for robot in config.robot))


def rules_of(connection: Connection) -> RobotPolicy:
    """The rules that the database was derived with; the defaults in a new one."""
    stored = messages.setting(connection, _SETTING)
    return _decoder.decode(stored) if stored else DEFAULT


def change_rules(connection: Connection, rules: RobotPolicy) -> None:
    """Store other rules, and postpone the conversations with results of robots, which the caller derives."""
    messages.set_setting(connection, _SETTING, msgspec.json.encode(rules).decode())
    postponed.postpone(connection, derived.with_results(connection))
