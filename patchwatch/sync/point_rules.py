"""The limits on points that the states in a database were derived with.

They are stored, so that every process derives with the same ones; when the config changes, everything is derived again.
"""

from __future__ import annotations

import msgspec
from sqlalchemy import Connection

from patchwatch.config import Config
from patchwatch.db import derived, messages
from patchwatch.series.point_rules import DEFAULT, PointRules
from patchwatch.sync import postponed

_SETTING = "points"
_decoder = msgspec.json.Decoder(PointRules)


def configured(config: Config) -> PointRules:
    """The limits in the config."""
    return msgspec.convert(config.points, PointRules, from_attributes=True)


def rules_of(connection: Connection) -> PointRules:
    """The limits that the database was derived with; the defaults in a new one."""
    stored = messages.setting(connection, _SETTING)
    return _decoder.decode(stored) if stored else DEFAULT


def change_rules(connection: Connection, rules: PointRules) -> None:
    """Store other limits, and postpone all conversations with revisions, which the caller derives."""
    messages.set_setting(connection, _SETTING, msgspec.json.encode(rules).decode())
    postponed.postpone(connection, derived.with_any_revision(connection))
