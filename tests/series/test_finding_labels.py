"""The words for what robots found."""

from __future__ import annotations

from patchwatch.series import finding_labels
from patchwatch.series.model import CheckRow
from patchwatch.tui.render import results


def row(message_id: str, severity: str = "", preexisting: bool = False, verdict: str = "finding") -> CheckRow:
    return CheckRow("q-bot", verdict, "The lock leaks.", message_id, 1, 2, severity, preexisting)


def test_findings_are_counted_with_those_that_matter() -> None:
    found = finding_labels.findings([row("a", "low"), row("a", "high", True), row("a", "critical")])
    assert [check.severity for check in found] == ["critical", "low", "high"]
    assert finding_labels.summary(found) == "3 findings (1 critical, 1 pre-existing)"
    assert finding_labels.summary([row("a")]) == "1 finding"
    assert finding_labels.severity(row("a", preexisting=True)) == "not rated, pre-existing"


def test_only_the_last_review_counts_and_a_test_is_not_a_review() -> None:
    checks = [row("a", "critical"), row("b", verdict="failure"), row("c", "low"), row("c", "low")]
    assert results.counts(checks) == [("1 CI ✗", "bad"), ("2 findings", "warn")]


def test_each_mail_has_its_worst_result() -> None:
    checks = [row("a", "low"), row("a", "critical"), row("b", verdict="success"), row("c", "high", True)]
    assert results.by_mail(checks) == {"a": ("critical +1", "bad"), "b": ("success", "good"), "c": ("old", "dim")}
