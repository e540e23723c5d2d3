"""Raw bytes to a `Message`.  Never raises on mail, whatever is in it.

Real headers have zones like +1900, dates in 2077, raw 8-bit, missing message-ids and addresses that are no addresses;
each has a defined reading here, which depends on the mail alone.
"""

from __future__ import annotations

import email
import email.utils
import hashlib
import re

import pygit2
from liblore.series import name_matches
from liblore.utils import clean_header, find_trailers

from patchwatch.mail import body, links, signals
from patchwatch.mail.message import Kind, Message, Person, Signal, Subject, Trailer
from patchwatch.mail.subject import parse_subject

_ID = re.compile(r"<\s*([^<>\s]+)\s*>")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+\.[A-Za-z]{2,}")
_VIA_LIST = re.compile(r"(?i)\s+via\s+\S+\s*$")
_IN_BODY_FROM = re.compile(r"\A\s*From:\s*(.+?)\s*\n(?=\s*\n|[A-Z][\w-]*:\s)")
_DAY = 86_400
_EARLIEST = 631_152_000  # 1990: before it there were no lists to post to
_MAX_REFERENCES = 200
_MAX_RECIPIENTS = 200
_MAX_FILES = 300
_NOTICE_SUBJECT = re.compile(
    r"^(?:\+ .+\.patch added to |- .+\.patch removed from |\[(?:merged|obsolete|to-be-updated|folded|nacked|withdrawn|alternative)[^\]]*\] .+\.patch removed from |"
    r"\[tip: \S+\] |Patch \".+\" has been added to the \S+ tree)"
)
_PERSON_TRAILER = re.compile(r"(?i)-by$|^(?:acked|reviewed|tested|reported|suggested|nacked)")
_NO_TRAILERS = frozenset({"change-id", "base-commit", "prerequisite-patch-id", "prerequisite-message-id", "from", "subject", "date", "to", "in-reply-to"})


def parse(raw: bytes) -> Message:
    """The facts of one mail."""
    mail, text = _taken_apart(raw)
    subject = _header(mail, "subject")
    parts = parse_subject(subject)
    sender = _sender(mail)
    arrived = _received(mail)
    date = _date(mail, arrived)
    parent, references = _ancestors(mail)
    cut = body.diff_start(text)
    notice = bool(_NOTICE_SUBJECT.match(subject))
    bot = signals.is_bot(sender)
    kind = _kind(parts, text, has_diff=cut >= 0, answers=parent is not None, notice=notice, bot=bot)
    submission = kind in ("cover", "patch", "proposal", "pull")
    words = body.own_words(text, patch=submission)
    diff = text[cut:] if submission and cut >= 0 else ""
    trailers = _trailers(words, sender, patch=submission)
    return Message(
        message_id=_message_id(mail, raw),
        subject=subject,
        author=sender,
        date=date,
        arrived=arrived if arrived is not None else date,
        parent=parent,
        references=references,
        recipients=_recipients(mail),
        kind=kind,
        parts=parts,
        patch_author=_patch_author(text, sender) if submission else None,
        patch_id=_patch_id(diff),
        files=body.files_of(diff)[:_MAX_FILES] if diff else (),
        trailers=trailers,
        change_id=links.change_id(text) or _header(mail, "x-change-id") if submission else "",
        base_commit=links.base_commit(text) if submission else "",
        earlier=links.earlier_links(words) if submission else (),
        about=_about(text) if notice else (),
        signals=_signals(sender, subject, text, words, bot=bot, notice=notice, submission=submission),
        bot=bot,
        words=_own_prose_words(words, trailers) if kind == "reply" else 0,
        excerpt=_excerpt(words),
    )


def _kind(parts: Subject, text: str, *, has_diff: bool, answers: bool, notice: bool, bot: bool) -> Kind:
    if notice:
        return "notice"
    if parts.reply:
        return "reply"
    if parts.pull:
        return "pull"
    if bot:
        return "reply" if answers else "other"
    marked = parts.patch or parts.rfc or (parts.stated_version and parts.counter is not None)
    if marked and parts.counter == 0:
        return "cover"
    if marked and (parts.patch or parts.counter is not None or has_diff):
        return "patch"
    if marked:
        return "proposal"
    if has_diff and not answers and re.search(r"(?m)^Signed-off-by: ", text):
        return "patch"  # sent without git's prefix: `git format-patch -k`, quilt
    return "reply" if answers else "other"


def _any_case(name: str) -> str:
    return "".join(f"[{c.upper()}{c}]" if c.isalpha() else c for c in name)  # three times faster than re.IGNORECASE


_NAMES = (
    "subject from to cc date message-id in-reply-to references reply-to x-original-from x-change-id content-type "
    "content-transfer-encoding"
)
_READ_HEADERS = re.compile(
    f"\n(?:{'|'.join(map(_any_case, _NAMES.split()))}):[^\n]*(?:\n[ \t][^\n]*)*".encode()
)
_RECEIVED = re.compile(f"\n{_any_case('received')}:[^\n]*(?:\n[ \t][^\n]*)*".encode())  # the first is the newest
Headers = dict[str, list[str]]
"""Header values by lower-case name, in order, still encoded."""


def _taken_apart(raw: bytes) -> tuple[Headers, str]:
    """Headers and readable text.

    The email package reads a mail line by line, which for the body of a single-part mail, and for the dozens of headers
    that relays add, is time spent on nothing: it is given only the headers that are read here.
    """
    end = re.search(rb"\r?\n\r?\n", raw)
    head = b"\n" + (raw[: end.start()] if end else raw)
    received = _RECEIVED.search(head)
    kept = _READ_HEADERS.findall(head) + ([received[0]] if received else [])
    mail = email.message_from_bytes(b"".join(kept).lstrip(b"\n") + b"\n\n")
    headers: Headers = {}
    for name, value in mail.raw_items():
        headers.setdefault(name.lower(), []).append(str(value))
    if mail.get_content_maintype() in ("multipart", "message") or not end:
        return headers, body.text_of(email.message_from_bytes(raw))
    return headers, body.text_of_single(mail, raw[end.end() :])


def _first(mail: Headers, name: str) -> str:
    values = mail.get(name)
    return values[0] if values else ""


def _header(mail: Headers, name: str) -> str:
    text = _first(mail, name)
    return decoded_header(text) if text else ""


def decoded_header(text: str) -> str:
    """A header's value as text: encoded words (RFC 2047) and raw 8-bit decoded, white space folded."""
    if "=?" in text:
        try:
            text = clean_header(text)
        except (ValueError, LookupError):
            pass
    return " ".join(_surrogates_read(text).split())


def _surrogates_read(text: str) -> str:
    """Raw 8-bit headers, which the email package keeps as surrogates, read as UTF-8 or Latin-1."""
    if text.isascii():
        return text
    try:
        return text.encode("ascii", "surrogateescape").decode("utf-8")
    except UnicodeEncodeError:
        return text
    except UnicodeDecodeError:
        return text.encode("ascii", "surrogateescape").decode("latin-1")


def _message_id(mail: Headers, raw: bytes) -> str:
    value = _first(mail, "message-id")
    found = _ID.search(value)
    if found:
        return _surrogates_read(found[1])[:500]
    bare = value.strip()
    if bare and not re.search(r"\s", bare):
        return _surrogates_read(bare)[:500]
    return hashlib.sha256(raw).hexdigest()[:40] + "@no-message-id.invalid"


def _sender(mail: Headers) -> Person:
    # Lists that rewrite From for DMARC ("X via list") keep the sender in X-Original-From or Reply-To.
    for name in ("x-original-from", "from"):
        value = _first(mail, name)
        if not value:
            continue
        person = _person(value)
        if person.email or person.name:
            if name == "from" and _VIA_LIST.search(person.name):
                reply_to = _person(_first(mail, "reply-to"))
                name_only = _VIA_LIST.sub("", person.name).strip("'\" ")
                return Person(name_only, reply_to.email or person.email)
            return person
    return Person("", "")


def _person(value: str) -> Person:
    name, address = email.utils.parseaddr(value)
    if "=?" in name:
        try:
            name = clean_header(name)
        except (ValueError, LookupError):
            name = ""
    if "@" not in address:
        found = _ADDRESS.search(value)
        address = found[0] if found else address
    name = " ".join(_surrogates_read(name).split()).strip("\"'")
    return Person(name[:200], _surrogates_read(address).lower()[:320])


def _received(mail: Headers) -> int | None:
    value = _first(mail, "received")
    if ";" not in value:
        return None
    return _seconds(value.rpartition(";")[2])


def _date(mail: Headers, arrived: int | None) -> int:
    stated = _seconds(_first(mail, "date"))
    if stated is None or stated < _EARLIEST or (arrived is not None and stated > arrived + 2 * _DAY):
        return arrived if arrived is not None else max(stated or 0, 0)
    return stated


def _seconds(text: str) -> int | None:
    parsed = email.utils.parsedate_tz(text.strip())
    if parsed is None:
        return None
    zone = parsed[9] or 0
    if abs(zone) > 14 * 3600:
        zone = 0  # RFC 5322 allows any digits; the world has -12 to +14
    try:
        seconds = email.utils.mktime_tz((*parsed[:9], zone))
    except (ValueError, OverflowError, OSError):
        return None
    return seconds if 0 <= seconds < 1 << 40 else None


def _ancestors(mail: Headers) -> tuple[str | None, tuple[str, ...]]:
    references = _ID.findall(_first(mail, "references"))
    replied = _ID.findall(_first(mail, "in-reply-to"))
    parent = replied[0] if replied else references[-1] if references else None
    if parent is None:
        return None, ()
    chain = [r for r in dict.fromkeys(references) if r != parent]
    if len(chain) >= _MAX_REFERENCES:
        chain = [chain[0], *chain[-_MAX_REFERENCES + 2 :]]
    own = _ID.search(_first(mail, "message-id"))
    kept = tuple(_surrogates_read(r)[:500] for r in [*chain, parent] if not own or r != own[1])
    return (kept[-1] if kept else None), kept


def _recipients(mail: Headers) -> tuple[str, ...]:
    found = _ADDRESS.findall(" ".join(mail.get("to", []) + mail.get("cc", [])).lower())
    return tuple(dict.fromkeys(found))[:_MAX_RECIPIENTS]


def _patch_author(text: str, sender: Person) -> Person | None:
    found = _IN_BODY_FROM.match(text[:1000])
    if not found:
        return None
    person = _person(found[1])
    return person if person.email and person.email != sender.email else None


def _patch_id(diff: str) -> str:
    if not diff:
        return ""
    try:
        parsed = pygit2.Diff.parse_diff(diff if diff.isascii() else diff.encode("utf-8", "replace"))
        return str(parsed.patchid)
    except (pygit2.GitError, ValueError, KeyError, UnicodeError):
        return ""


def _trailers(words: str, sender: Person, *, patch: bool) -> tuple[Trailer, ...]:
    """Tags in the author's own words.

    In a patch they stand in the last paragraph above `---`; in a reply anywhere, and must name a person.
    """
    if ":" not in words:
        return ()
    if patch:
        message = re.split(r"^---\s*$", words, maxsplit=1, flags=re.MULTILINE)[0].rstrip()
        text = message[message.rfind("\n\n") + 1 :]
    else:
        if "-by" not in words.lower():
            return ()
        # Only the lines around a tag: find_trailers' patterns take a millisecond on a page of prose.
        lines = words.split("\n")
        tagged = [n for n, one in enumerate(lines) if "-by" in one.lower()]
        text = "\n".join(lines[i] for i in sorted({i for n in tagged for i in (n, n + 1) if i < len(lines)}))
    found, _ = find_trailers(text, followup=not patch)
    kept: list[Trailer] = []
    for name, value in found:
        lowered = name.lower()
        if lowered in _NO_TRAILERS or len(name) > 40 or (not patch and not _PERSON_TRAILER.search(name)):
            continue
        own = not patch and bool(_PERSON_TRAILER.search(name)) and _names(value, sender)
        kept.append(Trailer(name, " ".join(value.split())[:300], own))
    return tuple(dict.fromkeys(kept))


def _names(value: str, sender: Person) -> bool:
    """Whether a trailer's value names the sender, by address or by name: b4's rule for tags in replies."""
    named = _person(value)
    return (bool(named.email) and named.email == sender.email) or (
        bool(named.name and sender.name) and name_matches(named.name, sender.name)
    )


def _about(text: str) -> tuple[str, ...]:
    """What a notice is about: the `Link:` trailers of the commit it shows."""
    found = re.findall(r"(?m)^\s*Link:\s+(\S+)", text)
    return tuple(dict.fromkeys(i for link in found for i in links.links(link)))[:5]


def _signals(
    sender: Person, subject: str, text: str, words: str, *, bot: bool, notice: bool, submission: bool
) -> tuple[Signal, ...]:
    if notice:
        return tuple(signals.mm_signals(text)) or tuple(signals.bot_signals(sender, subject, text))
    if bot:
        return tuple(signals.bot_signals(sender, subject, text))
    if submission:
        return ()
    # netdev's commands stand below the signature marker, where b4 and Gnus users put them.
    commands = signals.commands(text) if "pw-bot:" in text.lower() else ()
    return (*commands, *signals.person_signals(words[:20_000]))


def _own_prose_words(words: str, trailers: tuple[Trailer, ...]) -> int:
    """Words of prose: greetings, tags and thanks apart, so that a mail that only gives tags counts none."""
    count = 0
    for one in words.split("\n"):
        stripped = one.strip()
        if not stripped or any(stripped.startswith(t.name + ":") for t in trailers):
            continue
        if not _COURTESY.match(stripped):
            count += len(stripped.split())
    return count


_COURTESY = re.compile(
    r"(?i)^(?:(?:hi|hello|hey|dear)\b.{0,40}|(?:many |much )?thanks?\b.{0,40}|thank you\b.{0,40}|thx.{0,10}|lgtm\W*|looks? (?:good|great|fine|ok)\b.{0,30}|"
    r"(?:best|kind|warm)?\s*regards?\W*|cheers\W*|best\W*|(?:sincerely|yours)\b.{0,20}|[A-Z]\w+|nice\b.{0,20}|great\b.{0,20}|ok(?:ay)?[.!]?|"
    r"with (?:that|this|the above|those)\b.{0,60}|feel free to add\W*|for the series\W*|for (?:this|the) (?:patch|series)\W*|\W+)$"
)


def _excerpt(words: str) -> str:
    lines: list[str] = []
    for one in words.split("\n"):
        stripped = one.strip()
        if stripped and not stripped.startswith(("From:", "---")):
            lines.append(" ".join(stripped.split())[:120])
            if len(lines) == 2:
                break
    return "\n".join(lines)
