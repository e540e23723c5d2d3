"""What a robot's mail means for a patch: results in its own format, findings, or a verdict in plain words.

Formats that patchwatch.mail.bots knows come first.  Any other robot has findings (patchwatch.mail.findings) or states a
result on a line of its own: `Result: FAILED`, `3 of 12 tests failed`, `no issues found`.
"""

from __future__ import annotations

from patchwatch.mail import bots
from patchwatch.mail.findings import findings, is_rated
from patchwatch.mail.message import Acceptance, Finding, Kind, Signal, SignalKind, Subject
from patchwatch.mail.sentences.split import evidence, has_any
from patchwatch.pattern import Pattern

_MAX_TEXT = 40_000  # characters that are searched for a verdict
_REVIEW = Pattern(
    r"(?i)\b(?:AI|LLM|automated|automatic|static)[ -](?:\w+[ -]){0,2}?(?:review(?:ed)?|analysis)\b|\bcode review\b"
)
_ABOUT = (
    r"(?:(?:overall|final|combined|test|tests|build|boot|ci|check|checks|compile|compilation|apply|review|job|"
    r"pipeline|"
    r"run|suite|summary|the|patch|series)\W+){0,4}"
)
_FAILS = (
    r"(?:fail(?:ed|ure|ures|s|ing)?|errors?|error(?:ed)?|broken|broke|reject(?:ed)?|not ok|nok|regress\w*|"
    r"unstable|unsuccessful|red)"
)
_PASSES = r"(?:pass(?:ed|es|ing)?|ok(?:ay)?|success(?:ful|fully)?|succeeded|clean|good|green|approved?|accepted|lgtm)"
_STATED_FAILURE = Pattern(
    rf"(?im)^\W{{0,6}}{_ABOUT}(?:results?|status|verdict|outcome|conclusion|state|test|build|boot|"
    rf"check)\W{{0,4}}[:=]\W{{0,5}}"
    rf"(?:{_ABOUT}){_FAILS}\b[^\n]*|"
    r"^not ok \d+[^\n]*|^\W{0,4}(?:FAIL(?:ED|URE)?|ERROR)\b\s*[:\]|-][^\n]*|"
    r"^[^\n>]{2,100}(?:\.{2,}|\s{2,}|:\s|\t|\|\s*)\W?(?:FAIL(?:ED|URE)?|FAILING|BROKEN|REGRESSION)\b[^\w\n]*[^\n]{0,40}$|"
    r"^[\w./+-]{3,200}\.[chSs]:\d{1,6}(?::\d{1,5})?: (?:fatal )?error: [^\n]*"
)
_FAILURE = Pattern(
    r"(?im)^\W{0,4}(?:❌|✗|✘|🔴|⛔)[^\n]*|"
    r"^[^\n>]{0,120}?\b(?:[1-9]\d* (?:(?:of|/|out of) \d+ )?(?:\w+ ){0,2}(?:tests?|checks?|jobs?|builds?|"
    r"boots?|configs?) "
    r"(?:have |has )?(?:failed|broke|fail)|[1-9]\d* (?:failures?|failed|errors?|regressions?)\b|"
    r"fail(?:s|ed) to (?:apply|build|boot|compile|link|start|merge|run|complete)|"
    r"(?:do(?:es)? not|don't|doesn't|did not|didn't|cannot|can't|could not|couldn't) (?:be )?(?:apply|applied|"
    r"build|built|boot|"
    r"compile|compiled|merge|merged)\b|"
    r"(?:build|boot|compilation|compile|tests?|checks?|jobs?|pipeline|apply) (?:has |have |is |are |was |were )?"
    r"(?:failed|fails|failing|broken)\b|(?:found|detected|caught|noticed|reports?|hit) an? (?:\w+ ){0,2}"
    r"(?:regression|failure|error|crash|warning|breakage))[^\n]*"
)
_SUCCESS = Pattern(
    rf"(?im)^\W{{0,6}}{_ABOUT}(?:results?|status|verdict|outcome|conclusion|state|test|build|boot|"
    rf"check)\W{{0,4}}[:=]\W{{0,5}}"
    rf"(?:{_ABOUT}){_PASSES}\b[^\n]*|"
    r"^\W{0,4}(?:✅|✓|✔|🟢)[^\n]*|^[^\n>]{2,100}(?:\.{2,}|\s{2,}|:\s|\t|\|\s*)\W?(?:PASS(?:ED)?|SUCCESS|"
    r"OK)\b[^\w\n]*[^\n]{0,40}$|"
    r"^[^\n>]{0,120}?\b(?:(?:all|every)(?: of)?(?: the)?(?: \d+)?(?: \w+){0,3} (?:tests?|checks?|builds?|jobs?|"
    r"configs?|boots?) "
    r"(?:have |has |are |were |was )?(?:pass(?:ed|es|ing)?|succeed(?:ed|s)?|ok|green|good|clean)|"
    r"(?:no|0|zero|without(?: any)?) (?:(?:new|potential|further|significant|obvious|blocking) ){0,2}(?:issues?|"
    r"problems?|"
    r"regressions?|errors?|warnings?|findings?|concerns?|failures?|defects?|bugs?)\b(?! (?:that|which))|"
    r"(?:builds?|compiles?|applies|boots?|tests?) (?:cleanly|fine|successfully|ok)|nothing (?:to report|"
    r"suspicious|wrong)|"
    r"(?:build|boot|tests?|checks?) (?:has |have )?(?:succeeded|passed))[^\n]*"
)


def robot_results(
    subject: str, text: str, kind: Kind, parts: Subject, accepted: Acceptance | None
) -> tuple[tuple[Signal, ...], tuple[Finding, ...]]:
    """The signals and the findings of a robot's mail; `parts` are those of its subject, `accepted` what it applied."""
    answers = kind == "reply"
    own = tuple(bots.bot_signals(subject, text, accepted, reply=parts.reply))
    if own and not _is_review(text, own):
        return own, () if own[0].kind == SignalKind.FAILURE else bots.style_failures(text)
    found = findings(text) if answers else ()
    unquoted = _unquoted(text)
    if found and (is_rated(found) or not _SUCCESS.search(unquoted) or _STATED_FAILURE.search(unquoted)):
        failed = _STATED_FAILURE.search(unquoted)
        return ((Signal(SignalKind.FAILURE, evidence(failed[0])),) if failed else ()), found
    if not answers:
        return own, ()
    if failed := _STATED_FAILURE.search(unquoted) or _FAILURE.search(unquoted):
        return (Signal(SignalKind.FAILURE, evidence(failed[0])),), ()
    if passed := _SUCCESS.search(unquoted):
        return (Signal(SignalKind.SUCCESS, evidence(passed[0])),), ()
    return own, ()


def has_result(text: str) -> bool:
    """True if a text rates or lists findings, or states a result on a line of its own."""
    unquoted = _unquoted(text)
    if _STATED_FAILURE.search(unquoted) or _SUCCESS.search(unquoted):
        return True
    return any(finding.severity or not finding.quote for finding in findings(text))


def _unquoted(text: str) -> str:
    return "\n".join(line for line in text[:_MAX_TEXT].split("\n") if line[:1] != ">")


def _is_review(text: str, own: tuple[Signal, ...]) -> bool:
    """True if a mail is a review of the code rather than what a format that is known reports."""
    decided = any(signal.kind in (SignalKind.APPLIED, SignalKind.MAINLINED, SignalKind.UNAPPLIED) for signal in own)
    text = text[:_MAX_TEXT]
    return not decided and has_any(("review", "analysis"), text.lower()) and _REVIEW.search(text) is not None
