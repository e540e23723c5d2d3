"""Classify the lines of a mail: written by the sender, quoted, or part of a patch.

A text is split into segments (prose, quote, attribution, trailer, diffstat, diff, signature).  Only prose may serve as
evidence: the sender did not write what they quote.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Literal

from patchwatch.mail import mail_begin, mail_end
from patchwatch.mail.sentences import split
from patchwatch.pattern import Pattern

SegmentKind = Literal["prose", "quote", "attribution", "trailer", "separator", "diffstat", "diff", "signature"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of lines of one kind; `depth` is the nesting depth of a quote."""

    kind: SegmentKind
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail for display: the main headers, decoded, and the text in segments.  Not sanitized yet."""

    message_id: str
    headers: tuple[tuple[str, str], ...]  # From, To, Cc, Date, Subject, in that order, where present
    segments: tuple[Segment, ...]
    inboxes: tuple[str, ...]


@dataclass(frozen=True)
class Passage:
    """What the sender of a reply wrote in one place: everything below one quote, up to the next."""

    quote: tuple[str, ...]  # the last lines that are quoted above it, with their marks; empty if nothing is
    own: str  # prose and trailers
    patch: bool  # with a diff of theirs

    @property
    def sentences(self) -> list[str]:
        """What it consists of; together, the sentences of all passages are those of the mail."""
        return self._read[0]

    @property
    def printed(self) -> list[str]:
        """The lines in it that a program printed."""
        return self._read[1]

    @cached_property
    def _read(self) -> tuple[list[str], list[str]]:
        printed: list[str] = []
        return list(split.sentences(self.own, printed)), printed


_OWN = frozenset({"prose", "trailer", "separator"})
QUOTED_ABOVE = 40  # lines of a quote that are kept with the passage below it
_REQUEST = "The following changes since commit "  # the first line of git request-pull
_GIT_SIGNATURE = 12  # lines from the end of a patch within which `--` is git's signature and not a removed line
_BARE_SIGNATURE = 10  # lines from the end of a reply within which `--` without its space is a signature

_QUOTE = Pattern(r"\s{0,3}(?:>|\||[A-Z][\w.-]{0,7}>)")
_ELISION = Pattern(
    r"\s*(?:(?:\.\s?){2,}|…|"
    r"[\[<({]\s*(?:(?:\.\s?){2,}|…|snip\w*|skip\w*|cut|clip\w*|trimm?\w*|delet\w*|omit\w*|elid\w*|elision)[^\])>}]{0,30}[\])>}])\s*"
)
_STAT = Pattern(
    r" (?:\S.*?\|\s+(?:\d+ ?[+-]*|Bin\b.*)|\d+ files? changed.*|(?:create|delete) mode \d+.*|rename .*|mode change .*)"
)
_TRAILER = Pattern(r"\s{0,4}([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+|Link|Fixes|Closes|Cc|CC):\s+\S")
_IN_DIFF = Pattern(
    r"[-+@ \\]|diff -|index |new file mode |deleted file mode |new mode |old mode |rename |copy |(?:dis)?similarity |"
    r"Binary files |GIT binary "
)
_SCISSORS = Pattern(r"\s*-+\s*(?:8<|>8)\s*-+")

# "On <date>, <somebody> wrote:", wrapped over up to three lines, in many languages.
_WROTE = Pattern(
    r"(?:wrote|writes|said|schrieb|a écrit|escribió|escreveu|ha scritto|skrev|schreef|pisze|napisał\(?a?\)?|写道|寫道|"
    r"작성|пишет|написал\(?а?\)?|kirjoitti|napsal\(?a?\)?)\s*(?:\([^)]*\))?\s*[:\uff1a]?\s*$"
)  # of text in lower case, in which re finds where it can begin
_BARE_VERBS = ("wrote", "writes", "写道", "寫道")  # some clients add no colon
_WROTE_BEFORE_NAME = Pattern(r"(?:schrieb|skrev|schreef) .+[:\uff1a]\s*$")  # "Am 01.02.24 um 12:12 schrieb A. B.:"
_OPENING = Pattern(
    r"\s*(?:On|In|At|Le|Am|El|Il|Em|Op|Den|W dniu|Dnia|Quoting|\*|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[ ,]|"
    r"\d{1,4}[-./年]\s?\d|[在于於]\s?\d)"
)
_MOMENT = Pattern(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}[-./]\d{1,2}[-./]\d{2}")
_ATTRIBUTION_LINES = 3
_ATTRIBUTION_WIDTH = 300

# Outlook and similar clients append the whole original mail, unmarked, below a copy of its headers.
_BANNER = Pattern(
    r"\s*-{2,}\s*(?:Original Message|Original Email|Forwarded message|原始邮件|邮件原件|Ursprüngliche Nachricht|"
    r"Message d'origine)",
    re.IGNORECASE,
)
_BANNER_GAP = 6  # lines between such a banner and the first quoted line
_FROM = Pattern(r"\s*\*?(?:From|Von|De|发件人|寄件者|寄件人)\s*[:\uff1a]\*?\s*\S")
_FIELDS = Pattern(
    r"\s*\*?(?:Sent|Date|To|Cc|CC|Subject|Gesendet|An|Betreff|Envoyé|发送时间|寄件日期|日期|收件人|收件者|抄送|主题)\s*[:\uff1a]"
)


def own_text(text: str, *, patch: bool) -> str:
    """The text that the sender wrote, trailers included: no quotes, attributions, diffs or signature.

    For a patch this is everything above the diff, with the notes below `---`.  An empty line replaces what is left out,
    so that no sentence continues past a quote.
    """
    lines = text.split("\n")
    return _own(lines, _kinds(lines, patch=patch))


def of_reply(text: str) -> tuple[str, list[Passage]]:
    """The text that the sender of a reply wrote, as `own_text` returns it, and the same in passages."""
    lines = text.split("\n")
    kinds = _kinds(lines, patch=False)
    if _REQUEST in text:
        kinds = _without_request(lines, kinds)
    return _own(lines, kinds), _passages(lines, kinds)


def _without_request(lines: Sequence[str], kinds: list[SegmentKind]) -> list[SegmentKind]:
    """The kinds of the lines, where what `git request-pull` printed, up to the next quote, counts as quoted."""
    begun = next((n for n, line in enumerate(lines) if kinds[n] == "prose" and line.startswith(_REQUEST)), len(lines))
    end = next((n for n in range(begun, len(lines)) if kinds[n] == "quote"), len(lines))
    return [*kinds[:begun], *("quote" if kind in _OWN else kind for kind in kinds[begun:end]), *kinds[end:]]


def _own(lines: Sequence[str], kinds: Sequence[SegmentKind]) -> str:
    kept: list[str] = []
    for line, kind in zip(lines, kinds, strict=True):
        if kind in _OWN:
            kept.append(line)
        elif kept and kept[-1]:
            kept.append("")
    return "\n".join(kept)


def _passages(lines: Sequence[str], kinds: Sequence[SegmentKind]) -> list[Passage]:
    found: list[Passage] = []
    quote: list[str] = []
    own: list[str] = []
    patch = written = False
    for line, kind in zip(lines, kinds, strict=True):
        if kind in _OWN:
            own.append(line)
            written = written or bool(line.strip())
        elif kind == "diff":
            patch = written = True
        elif kind == "quote":
            if written:
                found.append(Passage(tuple(quote[-QUOTED_ABOVE:]), "\n".join(own), patch))
                quote, own, patch, written = [], [], False, False
            quote.append(line)
        if kind not in _OWN and own and own[-1]:
            own.append("")
    if written:
        found.append(Passage(tuple(quote[-QUOTED_ABOVE:]), "\n".join(own), patch))
    return found


def segments(text: str, *, patch: bool) -> list[Segment]:
    """Split the text of a mail into runs of one kind, in order; joined by newlines they give the text again."""
    lines = text.split("\n")
    kinds = _kinds(lines, patch=patch)
    depths = [_depth(line) if kind == "quote" else 0 for line, kind in zip(lines, kinds, strict=True)]
    last = len(lines)
    borders = [0, *(n for n in range(1, last) if kinds[n] != kinds[n - 1] or depths[n] != depths[n - 1]), last]
    return [Segment(kinds[a], "\n".join(lines[a:b]), depths[a]) for a, b in pairwise(borders)]


def _kinds(lines: Sequence[str], *, patch: bool) -> list[SegmentKind]:
    """The kind of each line."""
    kinds: list[SegmentKind] = []
    running: SegmentKind | None = None  # continues until something ends it
    banner = 0  # remaining lines of a mail program's banner
    below = False  # below the `---` of a patch
    for number, line in enumerate(lines):
        quoted = line[:1] == ">"
        plain = not quoted and (not line or _is_plain(line))
        if running is None and not banner and (plain or quoted):  # most lines
            kinds.append("prose" if plain else "quote")
            continue
        if running == "diff" and not patch and line and not _IN_DIFF.match(line):
            running = None
        kind: SegmentKind = running or "prose"
        if banner:
            kind = "quote"
            banner -= 1
        elif running == "quote":
            pass  # below Outlook's banner there is only the original mail
        elif line[:2] == "--" and _is_signature(line, len(lines) - number, patch=patch):
            kind = running = "signature"
        elif running == "diff" or plain or line.isspace():
            pass
        elif _is_quote(line):
            kind, running = "quote", None
        elif _begins_diff(lines, number):
            kind = running = "diff"
        elif running == "signature":
            pass
        elif patch and line == "---":
            kind, below = "separator", True
        elif line[0] == " " and _STAT.fullmatch(line) and (below or "|" in line or "changed" in line):
            kind = "diffstat"
        elif not patch and (length := _banner(lines, number)):
            kind, banner = "quote", length - 1
            if _quoted_below(lines, number + length):
                pass
            elif any(lines[n].strip() for n in range(number)):
                running = "quote"
            else:
                banner = _end_of_message(lines, number + length) - number - 1
        elif (first := _attribution(lines, kinds, number)) is not None:
            kinds[first:] = ["attribution"] * (number - first)
            kind = "attribution"
        elif ":" in line and not below and _TRAILER.match(line):
            kind = "trailer"
        elif not patch and line[0] in "[<.…({" and _ELISION.fullmatch(line):
            kind = "quote"  # "[...]" replaces quoted text
        kinds.append(kind)
    if patch:
        return kinds
    kinds = _with_inline_patches(lines, kinds)
    for end in list(mail_end.end_lines(lines, kinds)):
        kinds[end.start : end.stop] = ["signature"] * len(end)
    begin = mail_begin.banner(lines, kinds)
    kinds[begin.start : begin.stop] = ["signature"] * len(begin)
    return kinds


def _is_plain(line: str) -> bool:
    """True if a line can only be prose, or continue the current segment: a quick test, true for most lines."""
    return (
        line[0].isalpha()
        and ":" not in line
        and ">" not in line
        and not line.startswith("diff ")
        and not line.endswith(_BARE_VERBS)
    )


def _is_signature(line: str, left: int, *, patch: bool) -> bool:
    """True if a line begins the signature; `left` counts the lines from it to the end."""
    if line == "-- ":
        return not patch or left <= _GIT_SIGNATURE
    return line == "--" and left <= (_GIT_SIGNATURE if patch else _BARE_SIGNATURE)


def _is_quote(line: str) -> bool:
    return line[:1] == ">" or ((">" in line[:12] or "|" in line[:4]) and _QUOTE.match(line) is not None)


def _begins_diff(lines: Sequence[str], number: int) -> bool:
    line = lines[number]
    return line.startswith("diff --git ") or (
        line.startswith("--- ") and number + 1 < len(lines) and lines[number + 1].startswith("+++ ")
    )


def _banner(lines: Sequence[str], number: int) -> int:
    """The number of lines of a banner that begins here, above the original mail; 0 if none does."""
    line = lines[number]
    if line.lstrip()[0] not in "-_*FVD发寄":
        return 0
    if _BANNER.match(line):
        return 1
    first = number + 1 if line.startswith("_" * 20) else number
    if first == len(lines) or not _FROM.match(lines[first]):
        return 0
    length = first + 1 - number
    while number + length < len(lines) and _FIELDS.match(lines[number + length]):
        length += 1
    # "From: A. B." alone is a banner if the text after it is quoted.
    return length if length > first + 1 - number or any(map(_is_quote, lines[first + 1 : first + 2])) else 0


def _quoted_below(lines: Sequence[str], number: int) -> bool:
    """True if the text after a banner is also quoted line by line: then people reply in between."""
    return any(map(_is_quote, lines[number : number + _BANNER_GAP]))


def _end_of_message(lines: Sequence[str], begin: int) -> int:
    """Where the commit message of a patch ends that is copied from here on without marks; `begin` if none is.

    What people write below it and in the diff is theirs: "Thanks for doing this" after the `Signed-off-by:`.
    """
    signed = next((n for n in range(begin, len(lines)) if lines[n].startswith("Signed-off-by:")), len(lines))
    if not any(_begins_diff(lines, n) for n in range(signed, len(lines)) if lines[n]):
        return begin
    return next(n for n in range(signed, len(lines)) if not _TRAILER.match(lines[n]))


def _attribution(lines: Sequence[str], kinds: Sequence[SegmentKind], number: int) -> int | None:
    """The first line of the attribution that ends with this line, or None."""
    end = lines[number].rstrip()
    if len(end) > _ATTRIBUTION_WIDTH:
        return None
    if end[-1] not in ":\uff1a)" and not end.endswith(_BARE_VERBS):
        return None
    verb = _WROTE.search(end[-40:].lower()) or _WROTE_BEFORE_NAME.search(end)
    if not verb and not (end.endswith((":", "\uff1a")) and _quote_follows(lines, number)):
        return None
    block = ""
    for first in range(number, max(number - _ATTRIBUTION_LINES, -1), -1):
        if first < number and (kinds[first] != "prose" or not lines[first].strip()):
            break
        block = f"{lines[first].strip()} {block}"
        # It names a person or a time; "As the commit message wrote:" is prose.
        if _OPENING.match(block) and (_MOMENT.search(block) or "@" in block):
            return first
    if "@" in end or (verb and len(end) < 60 and _quote_follows(lines, number)):
        return number
    return None


def _quote_follows(lines: Sequence[str], number: int) -> bool:
    following = (line for line in lines[number + 1 : number + 5] if line.strip() and not _ELISION.fullmatch(line))
    return _is_quote(next(following, ""))


def _with_inline_patches(lines: Sequence[str], kinds: list[SegmentKind]) -> list[SegmentKind]:
    """In a reply, the text between scissors and a diff is a commit message: not prose, but part of a patch."""
    cut: int | None = None
    for number, line in enumerate(lines):
        if kinds[number] == "diff":
            if cut is not None:
                kinds[cut:number] = ["diff"] * (number - cut)
                cut = None
        elif cut is None and kinds[number] == "prose" and "8" in line and _SCISSORS.match(line):
            cut = number
    return kinds


def _depth(line: str) -> int:
    depth = 0
    for character in line:
        if character in ">|":
            depth += 1
        elif character != " ":
            break
    return max(depth, 1)
