"""The text of a mail: what is the author's own word, what is quoted, what is patch.

A mail's text is cut into segments (prose, quote, attribution, trailer, diffstat, diff, signature).  Evidence may only
come from prose: a quoted line is nobody's word.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from email.message import Message as EmailMessage

SegmentKind = Literal["prose", "quote", "attribution", "trailer", "separator", "diffstat", "diff", "signature"]

_MAX_TEXT = 8 << 20  # characters of text read; what is behind is kept raw but not understood
_DIFF_START = re.compile(
    r"^(?:Index: \S[^\n]*\n=+|--- (?:a/|/dev/null)[^\n]*\n\+\+\+ (?:b/|/dev/null))", re.MULTILINE
)
_DIFF_FILE = re.compile(r'^(?:diff --git "?a/(.+?)"? "?b/|\+\+\+ b/([^\t\n]+))', re.MULTILINE)
_STAT_LINE = re.compile(r"^ (?:\S.*?\|\s+(?:\d+ ?[+-]*|Bin\b.*)|\d+ files? changed.*|(?:create|delete) mode \d+.*|rename .*|mode change .*)$")
_SIGNATURE = re.compile(r"^-- ?$", re.MULTILINE)
_QUOTE = re.compile(r"^\s{0,3}(?:>|\||[A-Z][\w.-]{0,7}>)")
_ATTRIBUTION_END = re.compile(
    r"(?:wrote|writes|said|schrieb|a écrit|escribió|写道|寫道|ha scritto|skrev|пишет|написал)\s*(?:\([^)]*\))?\s*[::]?\s*$",
    re.IGNORECASE,
)
_ATTRIBUTION_START = re.compile(
    r"^(?:On |In |At |Le |Am |El |Il |Den |在 ?|于 ?|\* |Quoting |\d{4}[-/年]|(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[ ,])"
)
_OUTLOOK = re.compile(
    r"^\s*(?:-{2,}\s*(?:Original Message|Forwarded message|原始邮件|邮件原件|Ursprüngliche Nachricht)[^\n]*|_{20,}\s*|"
    r"(?:From|发件人|寄件者)\s*[::][^\n]+\n(?:(?:Sent|Date|发送时间|To|收件人|Cc|抄送)\s*[::][^\n]+\n){1,4})",
    re.MULTILINE,
)
_TRAILER = re.compile(r"^\s{0,4}([A-Za-z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)+|Link|Fixes|Closes|Cc|CC):\s+\S")


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


def text_of(mail: EmailMessage) -> str:
    """The readable text of a mail: all its text/plain and patch parts, decoded; HTML only where there is nothing else."""
    texts: list[str] = []
    html: list[str] = []
    for part in mail.walk():
        if part.is_multipart():
            continue
        kind = part.get_content_type()
        if kind in ("text/plain", "text/x-patch", "text/x-diff", "application/x-patch", "message/rfc822"):
            texts.append(_decoded(part))
        elif kind == "text/html":
            html.append(_decoded(part))
        elif (part.get_filename() or "").endswith((".patch", ".diff", ".txt")):
            texts.append(_decoded(part))
    if not any(text.strip() for text in texts) and html:
        texts = [_strip_html(text) for text in html]
    return "\n".join(texts)[:_MAX_TEXT].replace("\r\n", "\n")


def text_of_single(headers: EmailMessage, content: bytes) -> str:
    """The readable text of a mail of one part, from its headers and its undecoded content."""
    encoding = str(headers.get("Content-Transfer-Encoding") or "").strip().lower()
    if encoding in ("base64", "quoted-printable", "x-uuencode", "uuencode"):
        headers.set_payload(content.decode("ascii", "surrogateescape"))
        text = _decoded(headers)
    else:
        text = _in_charset(content, headers)
    if headers.get_content_type() == "text/html":
        text = _strip_html(text)
    return text[:_MAX_TEXT].replace("\r\n", "\n")


def _decoded(part: EmailMessage) -> str:
    payload = part.get_payload(decode=True)
    return _in_charset(payload, part) if isinstance(payload, bytes) else ""


def _in_charset(payload: bytes, part: EmailMessage) -> str:
    charset = part.get_content_charset() or "utf-8"
    if charset in ("utf-8", "us-ascii", "unknown-8bit"):
        try:
            return payload.decode("utf-8")
        except UnicodeDecodeError:
            return payload.decode("latin-1")
    try:
        return payload.decode(charset, "replace")
    except (LookupError, ValueError):
        return payload.decode("utf-8", "replace")


def _strip_html(text: str) -> str:
    import html

    text = re.sub(r"(?is)<(script|style)\b.*?</\1>", "", text)
    text = re.sub(r"(?i)<(?:br|/p|/div|/tr|/li)\b[^>]*>", "\n", text)
    return html.unescape(re.sub(r"<[^>]+>", "", text))


def diff_start(text: str) -> int:
    """Where the diff of a patch begins, or -1."""
    if text.startswith("diff --git "):
        return 0
    git = text.find("\ndiff --git ") + 1
    if "\n--- " in text or "\nIndex: " in text:
        found = _DIFF_START.search(text, 0, git + 20 if git else len(text))
        if found:
            return found.start()
    return git or -1


def files_of(diff: str) -> tuple[str, ...]:
    """The files that a diff touches, by their new name, in order."""
    return tuple(dict.fromkeys(a or b for a, b in _DIFF_FILE.findall(diff)))


def own_words(text: str, *, patch: bool) -> str:
    """What the author says in his own words: no quotes, attributions, diffs, signature; trailers are still in it.

    For a patch everything above the diff counts, the notes below `---` too.
    """
    cut = diff_start(text)
    if cut >= 0:
        # In a reply, the diff of an inline suggestion ends where prose resumes; only what stands before it is read.
        text = text[:cut]
    if not patch:
        text = _drop_forwarded(text)
        signature = None
        for signature in _SIGNATURE.finditer(text):
            break
        if signature and ">" not in text[signature.end() :]:
            text = text[: signature.start()]
    if ">" not in text and "wrote" not in text and "|" not in text:
        return text
    return "\n".join(_unquoted(text.split("\n")))


def _drop_forwarded(text: str) -> str:
    """Cut what Outlook leaves below the answer: the whole mail answered, unmarked."""
    found = _OUTLOOK.search(text)
    if found and text[: found.start()].strip():
        return text[: found.start()]
    return text


def _unquoted(lines: list[str]) -> Iterator[str]:
    held: list[str] = []  # an attribution may run over up to three lines before its quote
    quoted = False
    for one in lines:
        if _QUOTE.match(one):
            if not quoted:
                yield from _without_attribution(held)
                held = []
                yield ""  # a sentence does not run on over a quote
            quoted = True
            continue
        quoted = False
        if one.strip():
            held.append(one)
            if len(held) > 3:
                yield held.pop(0)
        else:
            yield from _without_attribution(held)
            held = []
            yield one
    yield from held


def _without_attribution(lines: list[str]) -> list[str]:
    """`lines` without the closing `On <date>, <somebody> wrote:`, which may be wrapped."""
    if not lines or not _ATTRIBUTION_END.search(lines[-1]):
        return lines
    for first, one in enumerate(lines):
        if _ATTRIBUTION_START.match(one.lstrip()) or "@" in one:
            return lines[:first]
    return lines[:-1] if len(lines[-1]) < 60 else lines


def segments(text: str, *, patch: bool) -> list[Segment]:
    """Cut the text of a mail into runs of one kind, in order; joined by newlines they are the text again."""
    found: list[tuple[SegmentKind, int, list[str]]] = []

    def add(kind: SegmentKind, line: str, depth: int = 0) -> None:
        if found and found[-1][0] == kind and found[-1][1] == depth:
            found[-1][2].append(line)
        else:
            found.append((kind, depth, [line]))

    lines = text.split("\n")
    in_diff = in_signature = below = False
    for number, one in enumerate(lines):
        if in_signature:
            add("signature", one)
        elif patch and one in ("-- ", "--") and number > len(lines) - 12:
            in_signature = True
            add("signature", one)
        elif in_diff:
            add("diff", one)
            if not patch and one and one[0] not in "+-@ \\di" and not one.startswith(("new", "old", "rename", "similarity")):
                in_diff = False
                found[-1][2].pop()
                if not found[-1][2]:
                    found.pop()
                add("prose", one)
        elif one.startswith("diff --git ") or (
            one.startswith("--- ") and number + 1 < len(lines) and lines[number + 1].startswith("+++ ")
        ):
            in_diff = True
            add("diff", one)
        elif not patch and one in ("-- ", "--"):
            in_signature = True
            add("signature", one)
        elif _QUOTE.match(one):
            add("quote", one, _quote_depth(one))
        elif patch and one == "---":
            below = True
            add("separator", one)
        elif _STAT_LINE.match(one) and (below or "|" in one or "changed" in one):
            add("diffstat", one)
        elif _TRAILER.match(one) and not below:
            add("trailer", one)
        elif _ATTRIBUTION_END.search(one) and (_ATTRIBUTION_START.match(one) or "@" in one):
            add("attribution", one)
        else:
            add("prose", one)
    return [Segment(kind, "\n".join(run), depth) for kind, depth, run in found]


def _quote_depth(line: str) -> int:
    depth = 0
    for character in line:
        if character in ">|":
            depth += 1
        elif character != " ":
            break
    return max(depth, 1)
