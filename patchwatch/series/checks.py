"""Results of build bots, CI and AI reviewers for a revision, from their replies to it.

patchwatch.mail.robot recognizes robots, and patchwatch.mail.robot_results reads their results;
patchwatch.series.robot_policy decides which of them pass the turn to the author.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from patchwatch.mail.message import SignalKind
from patchwatch.series.revision import FollowUp, Revision

_VERDICTS: dict[str, str] = {SignalKind.FAILURE: "failure", SignalKind.SUCCESS: "success", SignalKind.FINDING: "notice"}


@dataclass(frozen=True, slots=True)
class Check:
    """One result."""

    name: str  # the bot's
    verdict: str  # failure, success, finding (of a review), or notice (none of them, such as a measured improvement)
    text: str  # the evidence
    message_id: str
    date: int  # UTC, seconds
    patch: int  # that the mail answers, or that the finding names; 0: the cover
    severity: str = ""  # of a finding: critical, high, medium or low; empty if the robot does not rate it
    preexisting: bool = False  # the patch did not introduce it, according to the robot
    file: str = ""
    function: str = ""
    quote: str = ""  # the line of the patch that the finding is about


def checks_of(revision: Revision) -> tuple[Check, ...]:
    """The results of a revision, by date; those of the last mail of each bot on a patch are current."""
    return tuple(check for f in revision.follow_ups if f.message.bot for check in _checks_in(f, revision.expected))


def _checks_in(follow_up: FollowUp, expected: int) -> Iterator[Check]:
    message = follow_up.message
    name = message.author.name or message.author.email
    for signal in message.signals:
        if verdict := _VERDICTS.get(signal.kind):
            yield Check(name, verdict, signal.text, message.message_id, message.date, follow_up.patch)
    for finding in message.findings:
        yield Check(
            name,
            "finding",
            finding.text,
            message.message_id,
            message.date,
            finding.patch if 0 < finding.patch <= expected else follow_up.patch,
            finding.severity,
            finding.preexisting,
            finding.file,
            finding.function,
            finding.quote,
        )
