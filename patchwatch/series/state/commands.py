"""Commands to netdev's pw-bot, and the states that they set.

Documentation/process/maintainer-netdev.rst, "Changing patch status"; patchwork's own names of states work, too.
"""

from __future__ import annotations

from collections.abc import Mapping

from patchwatch.series.states import State

_OTHER_NAMES = {
    "cr": State.CHANGES_REQUESTED,
    "accept": State.ACCEPTED,
    "reject": State.REJECTED,
    "defer": State.DEFERRED,
    "au": State.AWAITING_UPSTREAM,
    "na": State.NOT_APPLICABLE,
    "needs-ack": State.UNDER_REVIEW,
    "rfc": State.UNDER_REVIEW,
}
_NAMED = tuple(state for state in State if state is not State.REVIEWED)  # reviewed follows from tags

COMMANDS: Mapping[str, State] = {
    **{state.value: state for state in _NAMED},
    **{state.value.replace("-", " "): state for state in _NAMED},
    **_OTHER_NAMES,
}
"""The states by the names that pw-bot takes; a new state needs no change here."""
