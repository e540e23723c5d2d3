"""Results of build bots and CI for a revision, from their replies to it.

patchwatch.mail.bots recognizes bots and reads their results; patchwatch.series.state.machine passes the turn to the
author after a failure.
"""

from __future__ import annotations

from dataclasses import dataclass

from patchwatch.mail.message import SignalKind
from patchwatch.series.revision import Revision

_VERDICTS: dict[str, str] = {SignalKind.FAILURE: "failure", SignalKind.SUCCESS: "success", SignalKind.FINDING: "notice"}


@dataclass(frozen=True, slots=True)
class Check:
    """One result."""

    name: str  # the bot's
    verdict: str  # failure, success, or notice (neither, such as a measured improvement)
    text: str  # the evidence
    message_id: str
    date: int  # UTC, seconds
    patch: int  # that the mail answers; 0: the cover


def checks_of(revision: Revision) -> tuple[Check, ...]:
    """The results of a revision, by date; the last one of each bot is current."""
    return tuple(
        Check(
            follow_up.message.author.name or follow_up.message.author.email,
            _VERDICTS[signal.kind],
            signal.text,
            follow_up.message.message_id,
            follow_up.message.date,
            follow_up.patch,
        )
        for follow_up in revision.follow_ups
        if follow_up.message.bot
        for signal in follow_up.message.signals
        if signal.kind in _VERDICTS
    )
