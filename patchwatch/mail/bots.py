"""Recognize mail sent by bots, and extract its signals.

patchwork's bot (git.kernel.org, korg-helpers `git-patchwork-bot`), tip-bot2 (x86 tip), Andrew Morton's mm-commits
mail, stable queue mail, pr-tracker-bot, 0-day (lkp), syzbot, and CI: BPF, bluez, MPTCP, graphics, and the devicetree
maintainers' bot, whose reports one of them forwards.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator

from patchwatch.mail import thanks
from patchwatch.mail.message import Acceptance, Finding, Person, Signal, SignalKind
from patchwatch.mail.sentences.split import evidence
from patchwatch.pattern import Pattern

_ADDRESSES = Pattern(
    r"patchwork-bot|pr-tracker-bot|tip-bot|kernel-test-robot|^lkp@|^oliver\.sang@intel|^philip\.li@intel|syzbot|syzkaller|"
    r"kernelci|(?:^|[.+_-])bot[@+]|^no-?reply|no-reply|^buildbot|^patchwork@|bpf-ci|^ci@|^ci_notify@|^bugzilla-daemon|"
    r"checkpatch@|^test_report|^regzbot|patchew",
    re.IGNORECASE,
)
_NAMES = Pattern(r"(?i)\b(?:kernel test robot|syzbot|tip-bot2? for|pr-tracker-bot|kernelci\S* bot|patchwork bot)\b")
FORMATS = Pattern(
    r"^patchwork-bot|^pr-tracker-bot|^tip-bot|^lkp@|^oliver\.sang@|^philip\.li@|^syzbot|syzkaller|^bluez\.test\.bot|"
    r"^bugzilla-daemon|^patchwork@|^regzbot|patchew|mptcp.*ci@|^ci_notify@"
)
"""The addresses of the robots whose formats this module reads."""
_PASSED_ON = Pattern(r"^My bot found (?:errors|new) ", re.MULTILINE)
_NOTICE_SUBJECT = Pattern(
    r"\+ .+\.patch added to |- .+\.patch removed from |"
    r"\[[\w -]{2,40}\] .+\.patch removed from |"
    r"\[tip: \S+\] |\[git:\S+\] |Patch \".+\" has been (?:added|queued|applied) to the \S+ tree|"
    r"[Pp]atch \".+\" (?:was )?added to \S+$|FAILED: patch \".+\" failed to apply to \S+"
)

_APPLIED = Pattern(
    r"^(?:This (?:series|patch|pull request) was applied to \S+|"
    r"The following commit has been merged into the \S+ branch)[^\n]*",
    re.MULTILINE,
)
_BY = Pattern(r"^by ([^\n<]*)<([^<>\s]+)>:?$", re.MULTILINE)  # below it, patchwork's bot
_COMMITTER = Pattern(r"^Committer: ([^\n<]*)<([^<>\s]+)>$", re.MULTILINE)  # tip-bot
_PULLED = Pattern(
    r"^(The pull request you sent on [^\n]*?):?\n(?:(?!\s*has been)[^\n]*\n){0,4}?\s*(has been merged into (\S+?):?)$",
    re.MULTILINE,
)
_MM_ADDED = Pattern(r"^has been added to the -mm (\S+) branch", re.MULTILINE)
_MM_REMOVED = Pattern(r"^has been removed from the -mm tree", re.MULTILINE)
_MM_REASON = Pattern(r"^This patch was dropped because (.+)$", re.MULTILINE)
# "to my usb git tree which can be found at", "has been applied to the spi tree at", "were queued at https://…"
_ADDED = Pattern(
    r"^(?:to my (?:\S+ )*git tree which can be found at|has been (?:applied|queued|added) to the \S+ tree(?: at\b)?|"
    r"This is an automatic generated email to let you know that the following patch(?:es)? (?:was|were) queued)[^\n]*",
    re.MULTILINE,
)
_STABLE = Pattern(r"^to the (\S+) tree which can be found at", re.MULTILINE)
_FOUND = Pattern(
    r"kernel test robot noticed [^\n]*|^My bot found [^\n]*|^All (?:errors|warnings) \([^\n]*|^BUG: [^\n]*|"
    r"^syzbot (?:has found a reproducer|has bisected|ci has tested|tried to test|has tested the proposed patch but)"
    r"[^\n]*(?:\n[^\n]+)?",
    re.MULTILINE,
)
_IMPROVED = Pattern(r"kernel test robot noticed an? [\d.]+% improvement [^\n]*")
# They read the source without building it, and often complain of more than the patch changes: patches are taken as if
# these had passed.
_STYLE_CHECK = r"(?:Check(?:Patch|Smatch|Sparse)|GitLint|SubjectPrefix)\b"
_TESTS_FAILED = Pattern(
    r"^(?:CI has tested the following submission:\s*\n)?Status:\s+(?:FAILURE|CONFLICT)\b|"
    r"^- [^\n]+: (?:Unstable: |Critical: )[^\n]*|"  # MPTCP's, a line a test
    rf"^(?!{_STYLE_CHECK})\w[\w ]{{2,40}} (?:FAIL|ERROR)\b +[\d.]+ seconds",  # bluez', a line a test
    re.MULTILINE,
)
_STYLE_FAILED = Pattern(rf"^{_STYLE_CHECK} +(?:FAIL|ERROR)\b(?= +[\d.]+ seconds)", re.MULTILINE)
_TESTS_PASSED = Pattern(  # used if no test failed
    r"^syzbot has tested the proposed patch and the reproducer did not trigger any issue|"
    r"^(?:CI has tested the following submission:\s*\n)?Status:\s+SUCCESS\b|"
    r"^- [^\n]+: Success![^\n]*|"
    r"^\w[\w ]{2,40} (?:PASS|WARN)\b +[\d.]+ seconds",
    re.MULTILINE,
)
_FOUND_IN = 20_000  # characters: a report begins with its result; megabytes of logs may follow
_FIRST_ERROR = Pattern(r"^>> (\S[^\n]*)", re.MULTILINE)
_NO_FAILURE = Pattern(r"(?i)\bBUILD SUCCESS\b|\bimprovement\b|^\[syzbot\] Monthly|: success\b")
_PASSED = Pattern(r"(?i)\bBUILD SUCCESS\b|: success\b")
_FAILED = Pattern(r"(?i)\b(?:errors?|warnings?|fail(?:ed|ure|ures)?|regressions?|BUG|KASAN|UBSAN|undefined)\b")


@functools.lru_cache(maxsize=4096)
def is_bot(sender: Person) -> bool:
    """True if the sender is a bot: its mail is a test result, not a review."""
    return bool(_ADDRESSES.search(sender.email) or _NAMES.search(sender.name))


def is_forwarded_report(text: str) -> bool:
    """True if a person forwards their bot's report: "My bot found errors running 'make dt_binding_check'"."""
    return "My bot found" in text and _PASSED_ON.search(text) is not None


def is_notice(subject: str) -> bool:
    """True if this is the subject of a notice: a mail about a patch that does not reply to it (tip, -mm, stable)."""
    return _NOTICE_SUBJECT.match(subject) is not None


def notice_signals(subject: str, text: str) -> Iterator[Signal]:
    """The signals of a notice: a patch was added to a tree, or removed from it."""
    if found := _MM_ADDED.search(text):
        yield Signal(SignalKind.APPLIED, evidence(f"This patch {found[0]}"))
    elif found := _MM_REMOVED.search(text):
        reason = _MM_REASON.search(text)
        merged = reason is not None and "was merged into" in reason[1]
        yield Signal(
            SignalKind.APPLIED if merged else SignalKind.UNAPPLIED,
            evidence(reason[0] if reason else f"This patch {found[0]}"),
        )
    elif found := _APPLIED.search(text) or _ADDED.search(text):
        yield Signal(SignalKind.APPLIED, evidence(found[0]))
    elif found := _STABLE.search(text):
        # A stable tree only takes commits from Linus's tree, so the original patch is there.
        yield Signal(SignalKind.MAINLINED, evidence(subject), found[1])
    elif subject.startswith("FAILED: "):
        yield Signal(SignalKind.MAINLINED, evidence(subject), "stable")


def acceptance(sender: Person, text: str, *, notice: bool) -> Acceptance | None:
    """What a bot, or a notice, reports as applied, by its form, and who applied it."""
    if notice:
        committer = _COMMITTER.search(text)
        if committer or _MM_ADDED.search(text) or _ADDED.search(text):
            return Acceptance("notice", committer=_person(committer))
        return None
    if "patchwork-bot" not in sender.email:
        return None
    listed = tuple(patch for patch, found in thanks.listed(text) if found)
    if not listed and not _APPLIED.search(text):
        return None
    return Acceptance("patchwork", listed, committer=_person(_BY.search(text)))


def _person(found: re.Match[str] | None) -> Person | None:
    return Person(found[1].strip(' "'), found[2].lower()) if found else None


def bot_signals(subject: str, text: str, accepted: Acceptance | None, *, reply: bool) -> Iterator[Signal]:
    """The signals of a bot's mail.  The subject of a reply is ignored: it is the subject of the patch."""
    if accepted:
        found = _APPLIED.search(text)
        line = found[0] if found else next(filter(None, text.split("\n")), "")
        yield Signal(SignalKind.APPLIED, evidence(line), thanks.numbers(accepted))
    elif found := _PULLED.search(text):
        yield Signal(SignalKind.MAINLINED, evidence(f"{found[1]} {found[2].rstrip(':')}"), found[3].rstrip(":"))
    elif not reply and _NO_FAILURE.search(subject):
        if _PASSED.search(subject):
            yield Signal(SignalKind.SUCCESS, evidence(subject))
    elif found := _TESTS_FAILED.search(text, 0, _FOUND_IN):
        yield Signal(SignalKind.FAILURE, evidence(found[0]))
    elif found := _TESTS_PASSED.search(text, 0, _FOUND_IN):
        yield Signal(SignalKind.SUCCESS, evidence(found[0]))
    elif found := _IMPROVED.search(text, 0, _FOUND_IN):
        yield Signal(SignalKind.FINDING, evidence(found[0]))
    elif found := _FOUND.search(text, 0, _FOUND_IN):
        error = _FIRST_ERROR.search(text, found.end())
        yield Signal(SignalKind.FAILURE, evidence(found[0] + (f" {error[1]}" if error else "")))
    elif not reply and _FAILED.search(subject):
        yield Signal(SignalKind.FAILURE, evidence(subject))


def style_failures(text: str) -> tuple[Finding, ...]:
    """The checks of style and static analysis that failed, of a CI that lists its tests: findings of low severity."""
    return tuple(Finding(evidence(found[0]), "low") for found in _STYLE_FAILED.finditer(text, 0, _FOUND_IN))
