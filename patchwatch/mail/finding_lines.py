"""The lines of a robot's report: severities, keys, places in the code, and headings.

Robots agree on little; what they share is a line that begins with a severity, in brackets or before a colon, a key with
a value, or a file with a line number.  patchwatch.mail.findings puts such lines together.
"""

from __future__ import annotations

import re

from patchwatch.pattern import Pattern

_WORDS = {
    "critical": "critical blocker blocking fatal severe urgent emergency p0 s0 sev0",
    "high": "high major serious important error err bug p1 s1 sev1",
    "medium": "medium moderate warning warn normal p2 s2 sev2",
    "low": "low minor nit nitpick info informational information note notice style trivial suggestion check cosmetic"
    " hint optional p3 p4 s3 s4 sev3 sev4",
}
_SEVERITY = {word: severity for severity, words in _WORDS.items() for word in words.split()}
_WORD = "|".join(sorted(_SEVERITY, key=len, reverse=True))
_SIGNS = {"🔴": "critical", "🟠": "high", "🟡": "medium", "🔵": "low", "⛔": "critical", "⚠": "medium"}
_MAX_LINE = 2000  # characters
_MAX_PLACE = 300  # characters that are searched for a file or function

_BULLET = Pattern(r"^\s{0,8}(?:(?:[-*•+–]|#{1,6}|\(?\d{1,3}[.):]|\|)\s+)?")
_LABELS = tuple(
    Pattern(pattern, re.IGNORECASE)
    for pattern in (
        # [High] text, (high), **High**: text, [Severity: High], <high>, [high/locking]
        (
            rf"(?P<open>[\[(<]|\*\*|__|`)\s*(?:(?:severity|sev|priority|level)\s*[:=]\s*)?(?P<word>{_WORD})"
            r"(?:[ -](?:severity|priority|issue|risk))?(?:\s*[/,|:;-]\s*[^\])>*_`\n]{0,40})?"
            r"\s*(?:[\])>]|\*\*|__|`)+\s*[:–—-]*\s*(?P<text>.*)"
        ),
        # Severity: high - text; **Severity**: High
        (
            rf"\W{{0,3}}(?:severity|sev|priority|risk level|risk)\W{{0,3}}[:=]\W{{0,4}}(?P<word>{_WORD})\b[\])*_.`]*"
            r"(?:\s*[,;:|–—-]+\s*(?P<text>.*))?$"
        ),
        # High: text; HIGH SEVERITY: text; high - text
        (
            rf"(?P<word>{_WORD})(?:[ -](?:severity|priority|risk))?(?:\s*\([^)\n]{{1,40}}\))?\s*(?::|"
            rf"\s[–—-]\s)\s*(?P<text>.*)"
        ),
    )
)
_HEADING = Pattern(
    r"(?i)\W{0,3}(?:(?:potential|possible)\s+)?(?:issue|finding|problem|bug|concern|defect|regression|comment|remark)"
    r"\s*#?(?:\d{1,3}|[A-F])\b(?:\s*(?:of|/)\s*\d{1,3})?\s*[\]):.–—-]*\s*(?P<text>.*)"
)
_KEY = Pattern(
    r"(?i)\W{0,4}(?P<key>files?|path|location|where|at|lines?|functions?|func|symbol|problem|issue|description|"
    r"summary|"
    r"title|details?|message|finding|what|category|confidence|type|introduced|origin|status|fix|suggest(?:ion|"
    r"ed fix)|"
    r"recommendation|impact|evidence|rule|explanation|why)\W{0,3}[:=]\W{0,2}\s+(?P<value>\S.*)"
)
_PLACE = Pattern(
    r"(?P<file>(?:[\w.+-]+/)*[\w+-][\w.+-]*\.(?:[chSs]|rs|dtsi?|dtso|yaml|rst|py|sh|txt|cc|cpp|lds|pl)|(?:[\w.+-]+/)+"
    r"(?:Makefile|Kconfig|Kbuild)|Makefile|Kconfig|MAINTAINERS)(?::(?P<line>\d{1,6}))?(?::\d{1,5})?"
)
_RATED = Pattern(rf"(?P<word>{_WORD})\s+(?:(?:in|at)\s+)?", re.IGNORECASE)
_FUNCTION = Pattern(r"\b(?P<name>[A-Za-z_]\w{2,63})\(\)")
_GROUP = Pattern(r"(?i)\W{0,4}(?P<name>[A-Za-z][\w' /-]{2,60}?)\W{0,4}(?:\(\d+\))?\s*:?\W{0,4}$")
# "### Critical issues", "High severity findings:", "Minor:"
_SEVERITY_GROUP = Pattern(
    rf"(?P<word>{_WORD})(?:[ -](?:severity|priority|risk))?[ -](?:issues?|findings?|problems?|concerns?|comments?|"
    r"bugs?|remarks?|defects?|items?)(?: \(\d+\))?",
    re.IGNORECASE,
)
# "### High", "## Minor (2)": without a noun, in a heading of Markdown
_BARE_GROUP = Pattern(
    r"#{1,6}\s+\W{0,4}(?P<word>(?:critical|blocker|fatal|severe|high|major|serious|medium|moderate|"
    r"warning|low|minor|nit|suggestion)(?=s?\b))s?(?:[ -](?:severity|priority|risk))?\W{0,4}(?:\(\d+\))?:?",
    re.IGNORECASE,
)
_PREEXISTING = Pattern(
    r"(?i)\bpre-?existing\b|\bexisting (?:issue|bug|problem|defect)|\balready (?:there|present) before|"
    r"(?:\bnot|n't|\bnever)(?: \w+){0,3} (?:introduced|caused|created|added) (?:by|in) (?:this|the|your) "
    r"(?:patch|change|series|commit)|\bbefore this (?:patch|change|series) (?:too|as well|already)|"
    r"\bpredates? this (?:patch|change|series)|\bunrelated to this (?:patch|change|series)"
)
_INTRODUCED = Pattern(r"(?i)\bnew(?:ly)?\b|\bintroduced\b|\bregressions?\b")
_PATCH_HEADING = Pattern(r"(?i)\W{0,5}patch\s*(?:#|no\.?\s*)?\[?(?P<number>\d{1,4})\]?(?:\s*/\s*\d{1,4})?\s*[\]:–—-]")


def label(line: str) -> tuple[str, str] | None:
    """The severity that a line begins with, and the text after it; None if it does not begin with one."""
    stripped = _BULLET.sub("", line[:_MAX_LINE], count=1).strip()
    for sign, severity in _SIGNS.items():
        if stripped.startswith(sign):
            rest = stripped[len(sign) :].lstrip("\ufe0f ")
            return label(rest) or (severity, rest)
    if line.lstrip().startswith("|"):
        return _row(line)
    for pattern in _LABELS:
        if found := pattern.match(stripped):
            return _SEVERITY[found["word"].lower()], (found["text"] or "").strip(" *_|")
    return None


def _row(line: str) -> tuple[str, str] | None:
    """The severity and the longest other cell of a row of a table."""
    cells = [cell.strip(" *_`") for cell in line[:_MAX_LINE].strip().strip("|").split("|")]
    severity = next((_SEVERITY[cell.lower()] for cell in cells if cell.lower() in _SEVERITY), None)
    others = [cell for cell in cells if cell.lower() not in _SEVERITY]
    if severity is None or not others:
        return None
    return severity, max(others, key=lambda cell: len(cell.split()))


def place_and_text(line: str) -> tuple[str, str, str] | None:
    """File, severity and text of `drivers/x.c:12:5: warning: text`; None for other lines."""
    stripped = _BULLET.sub("", line[:_MAX_LINE], count=1).strip(" >")
    rated = _RATED.match(stripped)  # "CRITICAL drivers/x.c:12 frob_probe(): text"
    found = _PLACE.match(stripped, rated.end() if rated else 0)
    if found is None or found["line"] is None:
        return None
    behind = stripped[found.end() :]
    if rated is None and not behind.startswith((":", " -", ",")):
        return None
    rest = behind.lstrip(":,- ")
    if not rest:
        return None
    severity, text = label(rest) or (_SEVERITY[rated["word"].lower()] if rated else "", rest)
    return found["file"], severity, text


def numbered_heading(line: str) -> str | None:
    """The text of `Issue 2: the lock is not released`, maybe empty; None for other lines."""
    stripped = _BULLET.sub("", line[:_MAX_LINE], count=1).strip()
    found = _HEADING.fullmatch(stripped)
    return found["text"].strip(" *_") if found else None


def key_value(line: str) -> tuple[str, str] | None:
    """`("file", "drivers/x.c")` for `File: drivers/x.c`; None if the line has no such key."""
    found = _KEY.fullmatch(_BULLET.sub("", line[:_MAX_LINE], count=1).strip())
    return (found["key"].lower().rstrip("s"), found["value"].strip(" *_`")) if found else None


def group(line: str) -> bool | None:
    """True if a line is a heading over findings that were there before the patch, False if over others; else None."""
    if len(line) > 90 or not line.strip() or _GROUP.fullmatch(line.strip()) is None:
        return None
    if line.strip()[-1] not in ":*=#-" and line.lstrip()[0] not in "#*=-":
        return None
    if is_preexisting(line):
        return True
    return False if _INTRODUCED.search(line) else None


def severity_group(line: str) -> str:
    """The severity of the findings below a heading like `### Critical issues`; empty for other lines."""
    stripped = line.strip()
    if len(stripped) > 60 or not stripped or (stripped[0] not in "#*=-" and stripped[-1] not in ":*=#-"):
        return ""
    found = _SEVERITY_GROUP.fullmatch(stripped.strip("#*=-_: ")) or _BARE_GROUP.fullmatch(stripped)
    return _SEVERITY[found["word"].lower()] if found else ""


def is_preexisting(text: str) -> bool:
    """True if a text says that the patch did not introduce the problem."""
    return _PREEXISTING.search(text) is not None


def file_in(text: str) -> str:
    """The first file that a text names; empty without one."""
    found = _PLACE.search(text[:_MAX_PLACE])
    return found["file"] if found else ""


def function_in(text: str) -> str:
    """The first function that a text names, as `name()`; empty without one."""
    found = _FUNCTION.search(text[:_MAX_PLACE])
    return found["name"] if found else ""


def patch_heading(line: str) -> int:
    """The number in `--- Patch [3]: …`; 0 in other lines."""
    found = _PATCH_HEADING.match(line[:200])
    return int(found["number"]) if found else 0
