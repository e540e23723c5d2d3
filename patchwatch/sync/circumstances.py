"""What decides how revisions are read besides their mails: who commits, the rules of the config, dismissed points."""

from __future__ import annotations

from collections.abc import Iterable, Set
from typing import NamedTuple

from sqlalchemy import Connection

from patchwatch.db import committers, decisions
from patchwatch.db.execute import executor
from patchwatch.series.committers import Committers, lists_of
from patchwatch.series.point_rules import PointRules
from patchwatch.series.revision import Revision
from patchwatch.series.robot_policy import RobotPolicy
from patchwatch.sync.rules import stored


class Circumstances(NamedTuple):
    """The arguments of patchwatch.series.state.revision_state.read, besides the revision."""

    committers: Committers  # of the lists that the revisions were sent to
    policy: RobotPolicy
    dismissed: Set[str]
    rules: PointRules


def circumstances_of(connection: Connection, revisions: Iterable[Revision]) -> Circumstances:
    """Return what decides how these revisions are read."""
    rules = stored(executor(connection))
    return Circumstances(
        committers.committers(connection, {name for r in revisions for name in lists_of(r)}),
        rules.robots,
        decisions.dismissed_points(connection),
        rules.points,
    )
