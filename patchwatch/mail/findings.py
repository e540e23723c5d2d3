"""Read the findings of a robot's review, whatever robot wrote it.

A report has a list of findings, comments below the quoted lines that they are about, or both; then the list is what the
robot stands by, and the comments say where.  What is not one of these shapes (patchwatch.mail.finding_lines knows the
lines) is no finding; patchwatch.mail.robot_verdict may still see a result in it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from patchwatch.mail import finding_lines
from patchwatch.mail.message import Finding
from patchwatch.pattern import Pattern

_MAX_TEXT = 200_000  # characters of a report that are read
_MAX_LINES = 4000
_MAX_FINDINGS = 100
_MAX_WORDS = 300  # characters of a finding's text that are kept
_MIN_COMMENT = 4  # words of a comment below a quoted line
_QUOTE = Pattern(r"^[ ]?>[ ]?(.*)")
_FILE = Pattern(r"(?:diff --git \S+ b/(?P<git>\S+)|\+\+\+ (?:b/)?(?P<new>\S+))")
_HUNK = Pattern(r"@@ -\d[^@]*@@(?P<function>.*)")
_CALLED = Pattern(r"([A-Za-z_]\w*)\s*\(")
_CUT = Pattern(r"\s*(?:\[\s*(?:\.\.\.|…|snip\w*)\s*\]|\.\.\.|…)\s*")
_RULE = Pattern(r"\s*(?:--|-{3,}|={3,}|_{3,}|\*{3,}|#{3,}|```\w*)\s*")
_SIGNATURE = Pattern(r"-- ?")
_END_OF_SENTENCE = Pattern(r"[.?!](?=\s|$)")
_OPENS_LIST = Pattern(
    r"(?i)\b(?:issues?|problems?|concerns?|findings?|warnings?|errors?|bugs?|regressions?|comments?|"
    r"remarks?)\b[^.?!]*:\s*$"
)
_NOTHING = Pattern(r"(?i)\b(?:no|0|zero|without)\s+(?:\w+\s+){0,3}(?:issues?|problems?|concerns?|findings?|errors?)\b")
_ITEM = Pattern(r"\s{0,6}(?:[-*•+]|\(?\d{1,3}[.)])\s+(?P<text>\S.*)")
_TEXT_KEYS = ("problem", "issue", "description", "summary", "title", "message", "finding", "what", "detail")
_PLAIN_WORD = Pattern(r"[a-z]+,? ")
_LABEL_LEAD = Pattern(r"(?i)^(?:this|it) (?:is|'s|isn't|is not|wasn't|was not)\b[^,]{0,80},\s*(?:but\s+)?")


@dataclass(slots=True)
class _Draft:
    """A finding while its lines are read."""

    severity: str
    text: list[str] = field(default_factory=list)
    rest: list[str] = field(default_factory=list)  # what follows the first paragraph: may say that it is not new
    preexisting: bool = False
    file: str = ""
    function: str = ""
    quote: str = ""
    patch: int = 0
    inline: bool = False  # a comment below a quoted line, or below its severity, rather than an item of a list
    numbered: bool = False  # began with a heading: "Issue 2"
    closed: bool = False  # its first paragraph ended

    def finding(self) -> Finding:
        """The finding as it is stored."""
        text = " ".join(" ".join(self.text).split())
        everything = f"{text} {' '.join(self.rest)}"
        return Finding(
            text=_shortened(text),
            severity=self.severity,
            preexisting=self.preexisting or finding_lines.is_preexisting(everything),
            file=self.file or finding_lines.file_in(text),
            function=self.function or finding_lines.function_in(text),
            quote=self.quote,
            patch=self.patch,
        )


@dataclass(slots=True)
class _Place:
    """Where in a report the reader is."""

    file: str = ""
    function: str = ""
    quote: str = ""
    patch: int = 0
    preexisting: bool = False
    listing: bool = False  # below "I found these issues:"
    severity: str = ""  # below "Critical issues:"


def findings(text: str) -> tuple[Finding, ...]:
    """The findings in a robot's text, with what it quotes."""
    drafts = list(_drafts(text[:_MAX_TEXT].split("\n", _MAX_LINES)[:_MAX_LINES]))
    rated = [d for d in drafts if d.severity and (d.text or d.rest)]
    listed = [d for d in rated if not d.inline]
    inline = [d for d in rated if d.inline]
    if not rated:
        unrated = [d for d in drafts if len(" ".join(d.text).split()) >= _MIN_COMMENT]
        listed, inline = [d for d in unrated if not d.inline], [d for d in unrated if d.inline]
        if inline:
            listed = []
    found = [d.finding() for d in inline]
    if listed:
        found = _located([d.finding() for d in listed], found)
    return tuple(f for f in found if f.text)[:_MAX_FINDINGS]


def is_rated(found: tuple[Finding, ...]) -> bool:
    """True if a robot rated what it found: then it is a review, not a log."""
    return any(finding.severity for finding in found)


def _drafts(lines: list[str]) -> Iterator[_Draft]:
    place = _Place()
    draft: _Draft | None = None
    for line in lines:
        if _SIGNATURE.fullmatch(line) and line.endswith(" "):
            break
        if quoted := _QUOTE.match(line):
            if draft:
                yield draft
                draft = None
            _read_quote(place, quoted[1])
            continue
        if _RULE.fullmatch(line):  # ends a list, or begins the robot's signature
            if draft:
                yield draft
            draft, place.quote, place.preexisting, place.listing, place.severity = None, "", False, False, ""
            continue
        if draft is not None and _rates(draft, line):
            continue
        opened = _opened(line, place)
        if opened is not None:
            if draft:
                yield draft
            draft = opened
        elif draft is not None:
            if not _continue(draft, line):
                yield draft
                draft = None
                _read_heading(place, line)
        else:
            _read_heading(place, line)
            draft = _comment(line, place)
    if draft:
        yield draft


def _read_quote(place: _Place, quoted: str) -> None:
    """Follow the files, functions and lines of the diff that is quoted."""
    place.listing = False
    if found := _FILE.match(quoted):
        place.file, place.function, place.quote = found["git"] or found["new"], "", ""
    elif found := _HUNK.match(quoted):
        called = _CALLED.search(found["function"])
        place.function, place.quote = called[1] if called else "", ""
    elif quoted.strip():
        place.quote = " ".join(quoted.split())[:_MAX_WORDS]


def _read_heading(place: _Place, line: str) -> None:
    """Follow the headings that say of which patch, and whether new or old, the findings below are."""
    if number := finding_lines.patch_heading(line):
        place.patch = number
    preexisting = finding_lines.group(line)
    if preexisting is not None:
        place.preexisting = preexisting
    if severity := finding_lines.severity_group(line):
        place.listing, place.severity = True, severity
    elif _OPENS_LIST.search(line):
        place.listing, place.severity = not _NOTHING.search(line), ""


def _rates(draft: _Draft, line: str) -> bool:
    """True if a line only rates a finding that began with its number; it is added to it."""
    found = finding_lines.label(line) if not draft.severity else None
    if found is None or found[1] or not (draft.text or draft.numbered):
        return False
    draft.severity = found[0]
    return True


def _opened(line: str, place: _Place) -> _Draft | None:
    """The finding that begins with this line, if one does."""
    if not line.strip() or finding_lines.group(line) is not None or finding_lines.severity_group(line):
        return None
    if located := finding_lines.place_and_text(line):
        file, severity, text = located
        return replace(_at(place, severity, text), file=file, function="")
    if found := finding_lines.label(line):
        row = line.lstrip().startswith("|")
        return replace(_at(place, *found), file=finding_lines.file_in(line)) if row else _at(place, *found)
    heading = finding_lines.numbered_heading(line)
    if heading is not None:
        severity, text = finding_lines.label(heading) or ("", heading)
        return replace(_at(place, severity, text), numbered=True)
    if place.listing and (item := _ITEM.fullmatch(line[:2000])):
        return _at(place, place.severity, item["text"])
    return None


def _at(place: _Place, severity: str, text: str) -> _Draft:
    return _Draft(
        severity,
        [text] if text else [],
        preexisting=place.preexisting,
        file=place.file,
        function=place.function,
        quote=place.quote,
        patch=place.patch,
        inline=place.quote != "" or not text,
    )


def _comment(line: str, place: _Place) -> _Draft | None:
    """The unrated finding that is written below a quoted line of the patch."""
    if not place.quote or not line.strip() or _CUT.fullmatch(line) or finding_lines.group(line) is not None:
        return None
    return _at(place, "", line.strip())


def _continue(draft: _Draft, line: str) -> bool:
    """Add a line to a finding; False if it ends there."""
    stripped = line.strip()
    if finding_lines.group(line) is not None or finding_lines.severity_group(line):
        return False
    if not stripped or _CUT.fullmatch(line):
        draft.closed = draft.closed or bool(draft.text)
        return True
    if pair := finding_lines.key_value(line):
        _add_key(draft, *pair)
    elif not draft.closed:
        draft.text.append(stripped)
    elif len(draft.rest) < 40:
        draft.rest.append(stripped)
    return True


def _add_key(draft: _Draft, key: str, value: str) -> None:
    if key in ("file", "path", "location", "where", "at"):
        draft.file = finding_lines.file_in(value) or draft.file
        draft.function = finding_lines.function_in(value) or draft.function
    elif key in ("function", "func", "symbol"):
        draft.function = value.split("(")[0].split()[-1][:64] if value.split("(")[0].split() else draft.function
    elif key in ("introduced", "origin", "status", "type", "category"):
        draft.preexisting = draft.preexisting or finding_lines.is_preexisting(value)
    elif key in _TEXT_KEYS and not draft.text:
        draft.text.append(value)
    else:
        draft.rest.append(value)


def _located(listed: list[Finding], inline: list[Finding]) -> list[Finding]:
    """The findings of a list, each with the place of the comment that says the same at more length."""
    left = list(inline)
    found = []
    for one in listed:
        rivals = [c for c in left if c.severity == one.severity and c.preexisting == one.preexisting]
        best = max(rivals, key=lambda c: _common(one, c), default=None)
        if best is None:
            found.append(one)
            continue
        left.remove(best)
        found.append(
            Finding(
                one.text,
                one.severity,
                one.preexisting,
                best.file or one.file,
                one.function or best.function,
                best.quote,
                one.patch or best.patch,
            )
        )
    return found


def _common(one: Finding, other: Finding) -> int:
    words = set(re.findall(r"\w{4,}", one.text.lower()))
    return len(words & set(re.findall(r"\w{4,}", other.text.lower())))


def _shortened(text: str) -> str:
    """A finding's text for display: its first sentences, without "this isn't new, but"."""
    text = _LABEL_LEAD.sub("", text) if finding_lines.is_preexisting(text[:120]) else text
    if len(text) > _MAX_WORDS:
        ends = [end.end() for end in _END_OF_SENTENCE.finditer(text, 40, _MAX_WORDS)]
        text = text[: ends[-1]] if ends else text[: _MAX_WORDS - 1].rstrip() + "…"
    return text[0].upper() + text[1:] if _PLAIN_WORD.match(text) else text
