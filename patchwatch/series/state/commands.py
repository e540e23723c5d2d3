"""Commands to netdev's pw-bot, and the states that they set.

Documentation/process/maintainer-netdev.rst, "Changing patch status"; patchwork's own names of states work, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from patchwatch.series.states import State

COMMANDS: Mapping[str, State] = {
    "new": State.NEW,
    "under-review": State.UNDER_REVIEW,
    "under review": State.UNDER_REVIEW,
    "cr": State.CHANGES_REQUESTED,
    "changes-requested": State.CHANGES_REQUESTED,
    "changes requested": State.CHANGES_REQUESTED,
    "accept": State.ACCEPTED,
    "accepted": State.ACCEPTED,
    "reject": State.REJECTED,
    "rejected": State.REJECTED,
    "defer": State.DEFERRED,
    "deferred": State.DEFERRED,
    "awaiting-upstream": State.AWAITING_UPSTREAM,
    "awaiting upstream": State.AWAITING_UPSTREAM,
    "au": State.AWAITING_UPSTREAM,
    "not-applicable": State.NOT_APPLICABLE,
    "not applicable": State.NOT_APPLICABLE,
    "na": State.NOT_APPLICABLE,
    "needs-ack": State.UNDER_REVIEW,
    "superseded": State.SUPERSEDED,
    "rfc": State.UNDER_REVIEW,
    "mainlined": State.MAINLINED,
}
