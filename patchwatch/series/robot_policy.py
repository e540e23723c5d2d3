"""Which results of robots make it the author's turn.

Pure.  `[robots]` in the config names the results, for all robots or for one; the database keeps the rules that it was
derived with (patchwatch.sync.rules), because states depend on them.
"""

from __future__ import annotations

from msgspec import Struct

from patchwatch.mail.message import SEVERITIES, Message, Person, Signal, SignalKind

PREEXISTING = "pre-existing"
UNRATED = "unrated"
RESULTS = ("failure", *SEVERITIES, UNRATED, PREEXISTING)
"""What a rule can name: failed builds and tests, findings by severity, and those that the patch did not introduce."""

_RANK = {severity: rank for rank, severity in enumerate((*SEVERITIES, ""))}


class RobotRule(Struct, frozen=True):
    """The results of one robot that pass the turn."""

    match: str  # a part of its name or address
    turn: tuple[str, ...] = ()


class RobotPolicy(Struct, frozen=True):
    """The results that pass the turn: of all robots, and of those that have rules of their own."""

    turn: tuple[str, ...] = ("failure", "critical")
    rules: tuple[RobotRule, ...] = ()  # the first that matches decides

    def results_of(self, robot: Person) -> tuple[str, ...]:
        """The results of a robot that pass the turn."""
        who = f"{robot.name} <{robot.email}>".lower()
        return next((rule.turn for rule in self.rules if rule.match.lower() in who), self.turn)

    def request(self, message: Message) -> Signal | None:
        """The failure, or the worst finding, with which a robot's mail makes it the author's turn."""
        passing = self.results_of(message.author)
        failure = next((s for s in message.signals if s.kind == SignalKind.FAILURE), None)
        if failure and "failure" in passing:
            return failure
        urgent = [
            f
            for f in message.findings
            if (f.severity or UNRATED) in passing and (PREEXISTING in passing or not f.preexisting)
        ]
        if not urgent:
            return None
        worst = min(urgent, key=lambda f: _RANK[f.severity])
        return Signal(SignalKind.FAILURE, f"{worst.severity or 'finding'}: {worst.text}")


DEFAULT = RobotPolicy()
