"""What build bots and CI found of a revision: their mails in answer to it, each as a result.

Robots are no reviewers; what a failure means for the turn is decided in patchwatch.series.state.machine, which mails
are a robot's, and what they say, in patchwatch.mail.bots.
"""

from __future__ import annotations

from dataclasses import dataclass

from patchwatch.mail.message import SignalKind
from patchwatch.series.revision import Revision

_VERDICTS: dict[str, str] = {SignalKind.FAILURE: "failure", SignalKind.SUCCESS: "success", SignalKind.FINDING: "notice"}


@dataclass(frozen=True, slots=True)
class Check:
    """One result: `verdict` is failure, success or notice (found something that is neither)."""

    name: str  # the robot's
    verdict: str
    text: str  # its words
    message_id: str
    date: int  # UTC, seconds
    patch: int  # the one that the mail answers; 0 for the cover


def checks_of(revision: Revision) -> tuple[Check, ...]:
    """The results of a revision, by date: the last one of a robot is what holds."""
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
