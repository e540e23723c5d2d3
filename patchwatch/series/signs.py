"""One sign for each state, for rows without room for its name; in plain ASCII where a terminal has no others."""

from __future__ import annotations

from patchwatch.series.states import State

SIGNS: dict[str, tuple[str, str]] = {
    State.NEW: ("○", "n"),
    State.UNDER_REVIEW: ("◐", "u"),
    State.CHANGES_REQUESTED: ("↻", "c"),
    State.REVIEWED: ("◉", "r"),
    State.ACCEPTED: ("✓", "a"),
    State.MAINLINED: ("★", "m"),
    State.REJECTED: ("✗", "x"),
    State.DEFERRED: ("◌", "d"),
    State.AWAITING_UPSTREAM: ("↑", "w"),
    State.NOT_APPLICABLE: ("–", "-"),
    State.SUPERSEDED: ("»", "s"),
}
"""Signs differ, so that states can be told apart without colors."""


def sign_of(state: str, *, ascii_only: bool = False) -> str:
    """The sign of a state."""
    return SIGNS.get(state, ("?", "?"))[ascii_only]
