"""The findings and results of robots that nobody has told the program about."""

from __future__ import annotations

import time
from textwrap import dedent

import pytest

from patchwatch.mail.finding_lines import severity_group
from patchwatch.mail.findings import findings
from patchwatch.mail.message import Finding, SignalKind
from tests.mail import robot_mails
from tests.mail.robot_mails import reply


def test_a_list_is_completed_with_the_places_of_the_comments_below() -> None:
    leak, comment, old = reply(robot_mails.SUMMARY_AND_COMMENTS, "quokka-bot@quokka.example").findings
    assert leak == Finding(
        "frob_probe() returns with the lock held if the device is not ready.",
        "critical",
        file="drivers/frob/core.c",
        function="frob_probe",
        quote="+ return -EBUSY;",
    )
    assert (comment.severity, comment.preexisting, comment.file) == ("low", False, "")
    assert (old.severity, old.preexisting, old.quote) == ("high", True, "kfree(f->ring);")


def test_comments_below_quoted_lines_are_unrated_findings() -> None:
    found = reply(robot_mails.COMMENTS_ONLY, "Frob CI <ci@ci.example.net>").findings
    assert [(f.text[:22], f.severity, f.quote) for f in found] == [
        ("Can frob_probe() retur", "", "+ return -EBUSY;"),
        ("Does this need to be a", "", "+ f->count++;"),
    ]


def test_numbered_blocks_have_keys() -> None:
    found = reply(robot_mails.NUMBERED_BLOCKS, "Wombat <wombat@example.com>").findings
    assert found == (
        Finding("Lock leaked on error", "high", file="drivers/frob/core.c", function="frob_probe"),
        Finding("Stale kerneldoc", "low", file="include/linux/frob.h"),
    )


def test_rows_of_a_table_are_findings() -> None:
    found = reply(robot_mails.TABLE, "Review Service <svc@corp.example>").findings
    assert [(f.severity, f.file) for f in found] == [("high", "drivers/frob/irq.c"), ("low", "drivers/frob/core.c")]


def test_errors_as_a_compiler_prints_them_are_findings_and_a_failure() -> None:
    message = reply(robot_mails.COMPILER_LIKE, "static-checker@example.com")
    assert [(f.severity, f.file) for f in message.findings] == [
        ("medium", "drivers/frob/core.c"),
        ("high", "drivers/frob/core.c"),
    ]
    assert [s.kind for s in message.signals] == [SignalKind.FAILURE]


def test_the_items_below_an_announcement_are_findings() -> None:
    found = reply(robot_mails.NUMBERED_LIST, "numbat <numbat@ci.example>").findings
    assert [(f.text.split()[1], f.function) for f in found] == [("new", ""), ("formats", "frob_show")]


def test_signs_are_severities() -> None:
    found = reply(robot_mails.EMOJI, "review[bot] <noreply@forge.example>").findings
    assert [f.severity for f in found] == ["critical", "medium"]


@pytest.mark.parametrize(
    ("body", "sender", "kind"),
    [
        (robot_mails.FAILED, "boardfarm-ci@example.com", SignalKind.FAILURE),
        (robot_mails.PASSED, "Board Farm CI <farm@example.com>", SignalKind.SUCCESS),
        (robot_mails.NO_ISSUES, "quokka-bot@quokka.example", SignalKind.SUCCESS),
        ("Series: frob\nVerdict: rejected\n", "frob-bot@example.org", SignalKind.FAILURE),
        ("2 of 31 tests failed on your series.\n", "frob-bot@example.org", SignalKind.FAILURE),
        ("This patch does not apply to linux-next.\n", "frob-bot@example.org", SignalKind.FAILURE),
        ("1..2\nok 1 - frob\nnot ok 2 - frob_stress\n", "frob-bot@example.org", SignalKind.FAILURE),
        ("0 errors, all checks passed.\n", "frob-bot@example.org", SignalKind.SUCCESS),
        ("Build: OK\nBoot: OK\n", "frob-bot@example.org", SignalKind.SUCCESS),
    ],
)
def test_a_result_on_a_line_of_its_own(body: str, sender: str, kind: SignalKind) -> None:
    message = reply(body, sender)
    assert ([s.kind for s in message.signals], message.findings) == ([kind], ())


@pytest.mark.parametrize(
    ("line", "severity", "text"),
    [
        ("- [High] the lock leaks", "high", "The lock leaks"),
        ("* **Critical**: the lock leaks", "critical", "The lock leaks"),
        ("1. (medium) the lock leaks", "medium", "The lock leaks"),
        ("### [P1] the lock leaks", "high", "The lock leaks"),
        ("MAJOR: the lock leaks", "high", "The lock leaks"),
        ("HIGH SEVERITY - the lock leaks", "high", "The lock leaks"),
        ("[WARNING/locking] the lock leaks", "medium", "The lock leaks"),
        ("nit: two blanks", "low", "Two blanks"),
        ("⚠️ the lock leaks", "medium", "The lock leaks"),
        ("Severity: urgent - the lock leaks", "critical", "The lock leaks"),
        ("Finding 3 (low): two blanks", "low", "Two blanks"),
    ],
)
def test_severities_are_reduced_to_four(line: str, severity: str, text: str) -> None:
    (found,) = findings(f"Findings.\n\n{line}\n")
    assert (found.severity, found.text) == (severity, text)


@pytest.mark.parametrize(
    "text",
    [
        "High memory is not used on this architecture.\n",
        "The critical section is short.\n",
        "Highmem: no.\n",
        "Lower the limit.\n",
        "commit 0123\nAuthor: Ann Author <ann@example.org>\n\nfrob: fix a critical error\n",
        "> [High] quoted from somebody else\n",
        "No issues found:\n\n- really\n",
    ],
)
def test_other_lines_are_no_findings(text: str) -> None:
    assert findings(text) == ()


@pytest.mark.parametrize(
    "sentence",
    [
        "This isn't a bug introduced by this patch, but the ring leaks.",
        "This is a pre-existing issue: the ring leaks.",
        "The ring leaks. That was not introduced by this series.",
        "The ring leaks, which predates this change.",
    ],
)
def test_a_finding_that_is_not_new_says_so(sentence: str) -> None:
    (found,) = findings(f"[High]\n{sentence}\n")
    assert found.preexisting


def test_findings_name_their_patch() -> None:
    text = """\
        - [High] the lock leaks
        --
        --- Patch [2]: [PATCH 2/3] frob: lock ---
        > +	mutex_lock(&f->lock);

        [High]
        Does the lock leak?
        """
    (found,) = findings(dedent(text))
    assert (found.patch, found.quote) == (2, "+ mutex_lock(&f->lock);")


@pytest.mark.parametrize(
    "text",
    [
        "[" * 200_000,
        "- [High] " + "a" * 500_000,
        "a/" * 100_000 + ".c:1: error",
        "> " * 200_000,
        "Issue 1: " + "x: " * 100_000,
        "**" * 100_000 + "\n" * 100_000,
        ("- [High] a b c\n" * 20_000),
        "Status: " * 50_000,
        "\n".join("a" * n for n in range(0, 2000, 7)),
        "-- \n" + "> x\n\ny\n" * 50_000,
    ],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    begin = time.process_time()
    reply(text, "frob-bot@example.org")
    reply(f"This is an automated report.\n{text}\nThis is an automated report.", "Ann Author <ann@example.org>")
    assert time.process_time() - begin < 4


@pytest.mark.parametrize(
    ("line", "severity"),
    [
        ("1. CRITICAL drivers/frob/core.c:12 frob_probe(): the ring is used before it is set", "critical"),
        ("- Minor drivers/frob/core.c:12: the comment is stale", "low"),
        ("* high in drivers/frob/core.c:12 - the lock is never released", "high"),
    ],
)
def test_a_severity_may_stand_right_before_the_place(line: str, severity: str) -> None:
    (found,) = findings(f"The review has found:\n\n{line}\n")
    assert (found.severity, found.file) == (severity, "drivers/frob/core.c")


@pytest.mark.parametrize(
    ("heading", "severity"),
    [
        ("### Critical issues", "critical"),
        ("### High", "high"),
        ("## **Minor** (2)", "low"),
        ("High severity findings:", "high"),
        ("**Minor issues (1)**", "low"),
    ],
)
def test_a_heading_rates_the_items_below_it(heading: str, severity: str) -> None:
    items = "\n\n1. The ring in `frob_probe()` is used before it is set\n\n### Low issues\n\n- A typo in a comment\n"
    found = findings(heading + items)
    assert [(f.severity, f.text[:8]) for f in found] == [(severity, "The ring"), ("low", "A typo i")]


@pytest.mark.parametrize(
    "line", ["Critical issues were found by others.", "Major changes:", "Notes:", "Low power mode:", "# Notes", "High"]
)
def test_other_headings_rate_nothing(line: str) -> None:
    assert severity_group(line) == ""
