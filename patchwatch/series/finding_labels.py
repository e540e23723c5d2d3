"""The words for what robots found in a revision.

Pure.  Only the last mail of a robot on a patch counts: it reviews every version, and sometimes twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patchwatch.counts import plural
from patchwatch.mail.message import SEVERITIES
from patchwatch.series.model import CheckRow

FINDING = "finding"
URGENT = SEVERITIES[:2]
"""The severities that are shown as bad."""

_RANK = {severity: rank for rank, severity in enumerate((*SEVERITIES, ""))}


def current(checks: Iterable[CheckRow]) -> tuple[CheckRow, ...]:
    """The results in the last mail of each robot on each patch; `checks` are ordered by date.

    A robot that tests patches and reviews them has a last mail for each.
    """
    keyed = [((check.name, check.patch, check.verdict == FINDING), check) for check in checks]
    last = {key: check.message_id for key, check in keyed}
    return tuple(check for key, check in keyed if last[key] == check.message_id)


def worst_first(checks: Iterable[CheckRow]) -> tuple[CheckRow, ...]:
    """Failures, then findings as in `findings`, then the others."""
    checks = tuple(checks)
    failures = tuple(check for check in checks if check.verdict == "failure")
    rest = tuple(check for check in checks if check.verdict not in ("failure", FINDING))
    return (*failures, *findings(checks), *rest)


def findings(checks: Iterable[CheckRow]) -> tuple[CheckRow, ...]:
    """The findings among results: new ones before those that the patch did not introduce, the worst first."""
    found = [check for check in checks if check.verdict == FINDING]
    return tuple(sorted(found, key=lambda check: (check.preexisting, _RANK.get(check.severity, len(_RANK)))))


def summary(found: Sequence[CheckRow]) -> str:
    """`3 findings (1 critical, 1 pre-existing)`: how many, and those that are urgent or not new; empty without one."""
    if not found:
        return ""
    new = [check.severity for check in found if not check.preexisting]
    notes = [f"{new.count(severity)} {severity}" for severity in URGENT if severity in new]
    if old := len(found) - len(new):
        notes.append(f"{old} pre-existing")
    noted = f" ({', '.join(notes)})" if notes else ""
    return f"{plural(len(found), FINDING)}{noted}"


def is_urgent(found: Iterable[CheckRow]) -> bool:
    """True if a finding is critical or high, and new."""
    return any(check.severity in URGENT and not check.preexisting for check in found)


def is_critical(check: CheckRow) -> bool:
    """True if a result is a critical finding that is new."""
    return check.verdict == FINDING and check.severity == SEVERITIES[0] and not check.preexisting


def severity(check: CheckRow) -> str:
    """`high, pre-existing`: how a robot rates a finding."""
    return ", ".join(filter(None, (check.severity or "not rated", "pre-existing" if check.preexisting else "")))


def place(check: CheckRow) -> str:
    """`drivers/frob/core.c, frob_probe()`: where a finding is, as far as the robot says."""
    return ", ".join(filter(None, (check.file, f"{check.function}()" if check.function else "")))
