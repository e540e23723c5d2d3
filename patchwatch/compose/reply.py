"""Create replies as kernel lists expect them: quoted below an attribution, to all.

Pure.  A reply goes to the author (or their Reply-To) and everybody else in To and Cc except me.  It quotes the text
without the signature, and without what was quoted at its end and not answered; on a line of a diff, only its hunk up to
there; with a tag, only the commit message.  Documentation/process/submitting-patches.rst asks for
trimmed, interleaved replies in plain text to all.
"""

from __future__ import annotations

import datetime
import email.utils
from collections.abc import Sequence, Set
from dataclasses import replace
from itertools import takewhile

from patchwatch.compose.draft import Draft
from patchwatch.compose.hunk import DiffLine, cut, find, place
from patchwatch.errors import InvalidInputError
from patchwatch.mail import body, diff, flowed, headers
from patchwatch.mail.addresses import Mailbox, mailboxes, without
from patchwatch.mail.body import Segment
from patchwatch.mail.headers import Headers
from patchwatch.mail.list_address import is_list_address
from patchwatch.mail.mime import Text, text_of
from patchwatch.mail.subject import reply_subject
from patchwatch.mail.unreadable import parse_anything
from patchwatch.sanitize import content, line

TAGS = ("Reviewed-by", "Acked-by", "Tested-by")
"""The tags that a reviewer can give."""

_MESSAGE = frozenset({"prose", "trailer"})
_COVER_LINES = 15  # of a cover letter to quote above a tag
_MAX_SUBJECT = 500
_LIST, _OTHERS = "a public list", "as in the mail"


def reply(raw: bytes, sender: Mailbox, me: Set[str], message_id: str, at: DiffLine | None = None) -> Draft:
    """A reply that quotes a mail, or the hunk of its diff up to the line `at`, without any text of its own yet.

    `me` are the sender's other addresses in lower case, which get no copy; `message_id` is for the reply.
    """
    head = Headers(raw)
    text, patch = _text(head, raw)
    segments = body.segments(text, patch=patch)
    diff_lines = "\n".join(s.text for s in segments if s.kind == "diff").split("\n") if at else []
    if at and any(diff_lines):
        lines, trimmed = cut(diff_lines, find(diff_lines, at)), f"cut to {place(diff_lines, find(diff_lines, at))}"
    else:
        lines, trimmed = _answered(segments)
    quoted = _quote("\n".join(lines))
    draft = _draft(head, sender, me, message_id, f"{_attribution(head)}\n{quoted}\n")
    return replace(draft, answers=_count(text), trimmed=trimmed)


def _answered(segments: Sequence[Segment]) -> tuple[list[str], str]:
    """The text without the signature, and without the last quote if nothing was written below it; what is left out."""
    kept = [s for s in segments if s.kind != "signature"]
    written = [n for n, s in enumerate(kept) if s.kind not in ("quote", "attribution") and s.text.strip()]
    ends = written[-1] + 1 if written else len(kept)
    left_out = ["the signature"] if len(kept) < len(segments) else []
    left_out += ["what is quoted below the last answer"] if any(s.kind == "quote" for s in kept[ends:]) else []
    return [s.text for s in kept[:ends]], f"without {' and '.join(left_out)}" if left_out else ""


def _count(text: str) -> int:
    return sum(bool(one.strip()) for one in text.split("\n"))


def endorse(
    raw: bytes, sender: Mailbox, me: Set[str], message_id: str, tags: Sequence[str], *, whole: bool = False
) -> Draft:
    """A reply that gives tags, ready to be sent; with `whole`, for the whole series.

    A tag in reply to a cover letter always is; in reply to a patch, the text has to say so.

    Raises:
        InvalidInputError: no tags, or one that is not a reviewer's.
    """
    if not tags or not set(tags) <= set(TAGS):
        raise InvalidInputError(f"give one or more of the tags {', '.join(TAGS)}.")
    head = Headers(raw)
    text, patch = _text(head, raw)
    segments = takewhile(lambda s: s.kind in _MESSAGE, body.segments(text, patch=patch))
    lines = "\n".join(s.text for s in segments).strip("\n").split("\n")
    cover = parse_anything(raw).kind == "cover"
    trimmed = "" if cover else "only the commit message"
    if lines == [""] or (cover and len(lines) > _COVER_LINES):
        trimmed = "only the beginning" if cover else "none of the diff"
        lines = [*lines[:_COVER_LINES], "[...]"] if cover else ["[...]"]
    quoted = _quote("\n".join(lines))
    trailers = "\n".join(f"{tag}: {sender.signature}" for tag in dict.fromkeys(tags))
    trailing = f"For the series:\n\n{trailers}" if whole and not cover else trailers
    draft = _draft(head, sender, me, message_id, f"{_attribution(head)}\n{quoted}\n\n{trailing}\n")
    return replace(draft, answers=_count(text), trimmed=trimmed)


def _draft(head: Headers, sender: Mailbox, me: Set[str], message_id: str, text: str) -> Draft:
    to, cc, why = _recipients(head, me | {sender.key})
    parent = headers.message_id(head, b"")
    parent = parent if _is_writable(parent) and not parent.endswith(headers.NO_ID) else ""
    ancestors = tuple(i for i in headers.ancestors(head)[1] if _is_writable(i) and i != parent)
    return Draft(
        sender=sender,
        to=to,
        cc=cc,
        subject=line(reply_subject(headers.subject(head)))[:_MAX_SUBJECT],
        body=text,
        message_id=message_id,
        in_reply_to=parent,
        references=(*ancestors, parent) if parent else (),
        origins={m.key: why for m in to} | {m.key: _LIST if is_list_address(m.key) else _OTHERS for m in cc},
    )


def _recipients(head: Headers, me: Set[str]) -> tuple[tuple[Mailbox, ...], tuple[Mailbox, ...], str]:
    """To and Cc of a reply to all (RFC 5322, 3.6.3), or those in Mail-Followup-To; and why those in To get it."""
    followup_to = without(mailboxes(head.get_all("mail-followup-to")), me)
    if followup_to:
        return followup_to, (), "where the mail asks for answers (Mail-Followup-To)"
    first_to, first_cc = mailboxes(head.get_all("to")), mailboxes(head.get_all("cc"))
    found = {name: mailboxes(head.get_all(name)) for name in ("reply-to", "x-original-from", "from")}
    name = next((name for name, addresses in found.items() if addresses), "from")
    to = without(found[name], me)
    author = {headers.sender(head).email.lower()}  # not the relay that sent it
    elsewhere = name == "reply-to" and {m.key for m in to} != author
    why = "where the mail asks for answers (Reply-To)" if elsewhere else "who you answer"
    if not to:  # my own mail: reply to its recipients
        to, first_to, why = without(first_to, me), (), "who you wrote to"
    cc = without(mailboxes(map(str, (*first_to, *first_cc))), me | {mailbox.key for mailbox in to})
    return to, cc, why


def _attribution(head: Headers) -> str:
    author = headers.sender(head)
    zone = (email.utils.parsedate_tz(head.get("date")) or (0,) * 10)[9] or 0
    seconds = headers.date(head, headers.arrived(head))
    if abs(zone) > 14 * 3600:  # not a time zone, see patchwatch.mail.headers
        zone = 0
    moment = datetime.datetime.fromtimestamp(seconds, datetime.timezone(datetime.timedelta(seconds=zone)))
    return f"On {email.utils.format_datetime(moment)}, {line(author.name or author.email) or 'somebody'} wrote:"


def _text(head: Headers, raw: bytes) -> tuple[str, bool]:
    """The text of a mail, and True if it is a submission with a diff."""
    try:
        text = text_of(head, raw)
    except Exception:  # noqa: BLE001 (anybody can write a mail that the parser fails on)
        text = Text(raw.partition(b"\n\n")[2].decode("utf-8", "replace"))
    part = head.as_part()
    whole = text.whole
    if flowed.is_flowed(part):
        whole = flowed.unflow(whole, delsp=str(part.get_param("delsp") or "").lower() == "yes")
    return content(whole).strip("\n"), parse_anything(raw).is_submission and diff.start(whole) >= 0


def _quote(text: str) -> str:
    return "\n".join(f"> {row}" if row.strip() else ">" for row in text.strip("\n").split("\n"))


def _is_writable(message_id: str) -> bool:
    """True if an id can be written to a header unchanged."""
    return bool(message_id) and message_id.isascii() and message_id.isprintable()
