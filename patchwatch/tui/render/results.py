"""Results of bots and AI reviewers, as the TUI shows them beside their mails and below a revision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from patchwatch.series import finding_labels
from patchwatch.series.model import CheckRow
from patchwatch.tui.base.theme import StyledText

_VERDICTS = {"failure": ("CI ✗", "bad"), "success": ("CI ✓", "good"), "notice": ("CI notes", "dim")}
_RANK = ("failure", finding_labels.FINDING, "notice", "success")


def counts(checks: Sequence[CheckRow]) -> list[StyledText]:
    """`2 CI ✗`, `3 findings (1 critical)`: what the last results of a revision are."""
    current = finding_labels.current(checks)
    found = finding_labels.findings(current)
    last = {(check.name, check.patch): check.verdict for check in current if check not in found}
    pieces: list[StyledText] = [
        (f"{number} {words}", style)
        for verdict, (words, style) in _VERDICTS.items()
        if (number := list(last.values()).count(verdict))
    ]
    return [*pieces, (finding_labels.summary(found), _style(found))] if found else pieces


def by_mail(checks: Sequence[CheckRow]) -> Mapping[str, StyledText]:
    """The result of each mail: `failure`, `success`, `notice`, or the number of findings and the worst severity."""
    mails: dict[str, list[CheckRow]] = {}
    for check in checks:
        mails.setdefault(check.message_id, []).append(check)
    return {message_id: _of_mail(results) for message_id, results in mails.items()}


def _of_mail(results: Sequence[CheckRow]) -> StyledText:
    worst = min((check.verdict for check in results), key=_RANK.index)
    if worst != finding_labels.FINDING:
        return worst, {"failure": "bad", "success": "good"}.get(worst, "dim")
    found = finding_labels.findings(results)
    first = "old" if found[0].preexisting else found[0].severity or "finding"
    more = f" +{len(found) - 1}" if len(found) > 1 else ""
    return f"{first}{more}", _style(found)


def _style(found: Sequence[CheckRow]) -> str:
    return "bad" if finding_labels.is_urgent(found) else "dim" if all(check.preexisting for check in found) else "warn"
