"""The text of a mail, line by line: what is the author's own word, what is quoted, what is patch.

A text is cut into segments (prose, quote, attribution, trailer, diffstat, diff, signature).  Evidence may only come
from prose: a quoted line is nobody's word.  What the prose says is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

SegmentKind = Literal["prose", "quote", "attribution", "trailer", "separator", "diffstat", "diff", "signature"]


@dataclass(frozen=True, slots=True)
class Segment:
    """A run of lines of one kind; `depth` is how often a quote is quoted."""

    kind: SegmentKind
    text: str
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail to be read: chosen headers, decoded, and its text in segments.  Not yet made printable."""

    message_id: str
    headers: tuple[tuple[str, str], ...]  # From, To, Cc, Date, Subject, in that order, where present
    segments: tuple[Segment, ...]
    inboxes: tuple[str, ...]


_OWN = frozenset({"prose", "trailer", "separator"})
_SIGNATURES = ("-- ", "--")
_GIT_SIGNATURE = 12  # lines from the end of a patch within which `--` is git's signature and not a removed line
_BARE_SIGNATURE = 10  # lines from the end of a reply within which `--`, its blank lost on the way, is a signature

_QUOTE = re.compile(r"\s{0,3}(?:>|\||[A-Z][\w.-]{0,7}>)")
_ELISION = re.compile(r"\s*(?:\.{2,}|…|[\[<({]\s*(?:\.{2,}|…|snip\w*|cut|trimm?ed|deleted)[^\])>}]{0,30}[\])>}])\s*")
_STAT = re.compile(
    r" (?:\S.*?\|\s+(?:\d+ ?[+-]*|Bin\b.*)|\d+ files? changed.*|(?:create|delete) mode \d+.*|rename .*|mode change .*)"
)
_TRAILER = re.compile(r"\s{0,4}([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+|Link|Fixes|Closes|Cc|CC):\s+\S")
_IN_DIFF = re.compile(
    r"[-+@ \\]|diff -|index |new file mode |deleted file mode |new mode |old mode |rename |copy |(?:dis)?similarity |"
    r"Binary files |GIT binary "
)
_SCISSORS = re.compile(r"\s*-+\s*(?:8<|>8)\s*-+")

# "On <date>, <somebody> wrote:", wrapped over up to three lines, as the clients of many languages put it.
_WROTE = re.compile(
    r"(?:wrote|writes|said|schrieb|a écrit|escribió|escreveu|ha scritto|skrev|schreef|pisze|napisał\(?a?\)?|写道|寫道|"
    r"작성|пишет|написал\(?а?\)?|kirjoitti|napsal\(?a?\)?)\s*(?:\([^)]*\))?\s*[:\uff1a]?\s*$",
    re.IGNORECASE,
)
_BARE_VERBS = ("wrote", "writes", "写道", "寫道")  # which some put without a colon
_WROTE_BEFORE_NAME = re.compile(r"(?:schrieb|skrev|schreef) .+[:\uff1a]\s*$")  # "Am 01.02.24 um 12:12 schrieb A. B.:"
_OPENING = re.compile(
    r"\s*(?:On|In|At|Le|Am|El|Il|Em|Op|Den|W dniu|Dnia|Quoting|\*|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[ ,]|"
    r"\d{1,4}[-./年]\s?\d|[在于於]\s?\d)"
)
_MOMENT = re.compile(r"\d{1,2}[:.h]\d{2}|\b(?:19|20)\d\d\b|\d{1,2}[-./]\d{1,2}[-./]\d{2}")
_ATTRIBUTION_LINES = 3
_ATTRIBUTION_WIDTH = 300

# What Outlook and its kin leave below an answer: the whole mail answered, unmarked, under a copy of its headers.
_BANNER = re.compile(
    r"\s*-{2,}\s*(?:Original Message|Original Email|Forwarded message|原始邮件|邮件原件|Ursprüngliche Nachricht|"
    r"Message d'origine)",
    re.IGNORECASE,
)
_BANNER_GAP = 6  # lines between such a banner and the first quoted line
_FROM = re.compile(r"\s*\*?(?:From|Von|De|发件人|寄件者|寄件人)\s*[:\uff1a]\*?\s*\S")
_FIELDS = re.compile(
    r"\s*\*?(?:Sent|Date|To|Cc|CC|Subject|Gesendet|An|Betreff|Envoyé|发送时间|寄件日期|日期|收件人|收件者|抄送|主题)\s*[:\uff1a]"
)


def own_text(text: str, *, patch: bool) -> str:
    """What the author says in his own words: no quotes, attributions, diffs, signature; trailers are still in it.

    For a patch everything above the diff counts, the notes below `---` too.  What was left out leaves an empty line, so
    that no sentence runs on over a quote.
    """
    lines = text.split("\n")
    kept: list[str] = []
    for one, kind in zip(lines, _kinds(lines, patch=patch), strict=True):
        if kind in _OWN:
            kept.append(one)
        elif kept and kept[-1]:
            kept.append("")
    return "\n".join(kept)


def segments(text: str, *, patch: bool) -> list[Segment]:
    """Cut the text of a mail into runs of one kind, in order; joined by newlines they are the text again."""
    lines = text.split("\n")
    kinds = _kinds(lines, patch=patch)
    depths = [_depth(one) if kind == "quote" else 0 for one, kind in zip(lines, kinds, strict=True)]
    last = len(lines)
    borders = [0, *(n for n in range(1, last) if kinds[n] != kinds[n - 1] or depths[n] != depths[n - 1]), last]
    return [Segment(kinds[a], "\n".join(lines[a:b]), depths[a]) for a, b in pairwise(borders)]


def _kinds(lines: Sequence[str], *, patch: bool) -> list[SegmentKind]:
    """The kind of each line."""
    kinds: list[SegmentKind] = []
    running: SegmentKind | None = None  # what goes on until something ends it
    banner = 0  # lines of a mail program's banner still to come
    below = False  # the `---` of a patch
    for number, one in enumerate(lines):
        if running == "diff" and not patch and one and not _IN_DIFF.match(one):
            running = None
        kind: SegmentKind = running or "prose"
        if banner:
            kind = "quote"
            banner -= 1
        elif running == "quote":
            pass  # below Outlook's banner there is nothing but the mail answered
        elif one[:2] == "--" and _is_signature(one, len(lines) - number, patch=patch):
            kind = running = "signature"
        elif running == "diff" or not one or one.isspace() or _is_plain(one):
            pass
        elif _is_quote(one):
            kind, running = "quote", None
        elif _begins_diff(lines, number):
            kind = running = "diff"
        elif running == "signature":
            pass
        elif patch and one == "---":
            kind, below = "separator", True
        elif one[0] == " " and _STAT.fullmatch(one) and (below or "|" in one or "changed" in one):
            kind = "diffstat"
        elif not patch and (length := _banner(lines, number)):
            kind, banner = "quote", length - 1
            if any(lines[n].strip() for n in range(number)) and not _quoted_below(lines, number + length):
                running = "quote"
        elif (first := _attribution(lines, kinds, number)) is not None:
            kinds[first:] = ["attribution"] * (number - first)
            kind = "attribution"
        elif ":" in one and not below and _TRAILER.match(one):
            kind = "trailer"
        elif not patch and one[0] in "[<.…({" and _ELISION.fullmatch(one):
            kind = "quote"  # "[...]" stands for what was quoted
        kinds.append(kind)
    return kinds if patch else _with_inline_patches(lines, kinds)


def _is_plain(line: str) -> bool:
    """Whether a line can't be anything but prose, or more of what is going on: a quick test, true for most lines."""
    return (
        line[0].isalpha()
        and ":" not in line
        and ">" not in line
        and not line.startswith("diff ")
        and not line.endswith(_BARE_VERBS)
    )


def _is_signature(line: str, left: int, *, patch: bool) -> bool:
    """Whether a line marks a signature; `left` counts the lines from it to the end."""
    if line == "-- ":
        return not patch or left <= _GIT_SIGNATURE
    return line == "--" and left <= (_GIT_SIGNATURE if patch else _BARE_SIGNATURE)


def _is_quote(line: str) -> bool:
    return line[:1] == ">" or ((">" in line[:12] or "|" in line[:4]) and _QUOTE.match(line) is not None)


def _begins_diff(lines: Sequence[str], number: int) -> bool:
    one = lines[number]
    return one.startswith("diff --git ") or (
        one.startswith("--- ") and number + 1 < len(lines) and lines[number + 1].startswith("+++ ")
    )


def _banner(lines: Sequence[str], number: int) -> int:
    """How many lines long the banner is that begins here, above the mail answered; 0 where none does."""
    one = lines[number]
    if one.lstrip()[0] not in "-_*FVD发寄":
        return 0
    if _BANNER.match(one):
        return 1
    first = number + 1 if one.startswith("_" * 20) else number
    if first == len(lines) or not _FROM.match(lines[first]):
        return 0
    length = first + 1 - number
    while number + length < len(lines) and _FIELDS.match(lines[number + length]):
        length += 1
    # "From: A. B." alone is a banner where the rest of it is quoted.
    return length if length > first + 1 - number or any(map(_is_quote, lines[first + 1 : first + 2])) else 0


def _quoted_below(lines: Sequence[str], number: int) -> bool:
    """Whether what follows a banner is quoted line by line all the same; then people answer in between."""
    return any(map(_is_quote, lines[number : number + _BANNER_GAP]))


def _attribution(lines: Sequence[str], kinds: Sequence[SegmentKind], number: int) -> int | None:
    """The first line of the attribution that ends with this line, or None."""
    end = lines[number].rstrip()
    if len(end) > _ATTRIBUTION_WIDTH:
        return None
    if end[-1] not in ":\uff1a)" and not end.endswith(_BARE_VERBS):
        return None
    verb = _WROTE.search(end[-40:]) or _WROTE_BEFORE_NAME.search(end)
    if not verb and not (end.endswith((":", "\uff1a")) and _quote_follows(lines, number)):
        return None
    block = ""
    for first in range(number, max(number - _ATTRIBUTION_LINES, -1), -1):
        if first < number and (kinds[first] != "prose" or not lines[first].strip()):
            break
        block = f"{lines[first].strip()} {block}"
        # Somebody, or a moment, is named; "As the commit message wrote:" is prose.
        if _OPENING.match(block) and (_MOMENT.search(block) or "@" in block):
            return first
    if "@" in end or (verb and len(end) < 60 and _quote_follows(lines, number)):
        return number
    return None


def _quote_follows(lines: Sequence[str], number: int) -> bool:
    following = (one for one in lines[number + 1 : number + 5] if one.strip() and not _ELISION.fullmatch(one))
    return _is_quote(next(following, ""))


def _with_inline_patches(lines: Sequence[str], kinds: list[SegmentKind]) -> list[SegmentKind]:
    """In a reply, what stands between scissors and a diff is the message of a patch, and said to git, not to people."""
    cut: int | None = None
    for number, one in enumerate(lines):
        if kinds[number] == "diff":
            if cut is not None:
                kinds[cut:number] = ["diff"] * (number - cut)
                cut = None
        elif cut is None and kinds[number] == "prose" and "8" in one and _SCISSORS.match(one):
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
