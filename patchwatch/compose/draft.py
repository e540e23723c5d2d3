"""A draft: a mail to be sent, its text form for the editor, and the checks before sending.

Users edit some headers and the text in one file, as with mutt's edit_headers.  patchwatch.compose.reply creates drafts,
patchwatch.compose.git_send_email sends them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from patchwatch.compose.hunk import HUNK
from patchwatch.counts import plural
from patchwatch.errors import InvalidInputError
from patchwatch.mail.addresses import Mailbox, mailboxes, unreadable
from patchwatch.mail.body import own_text
from patchwatch.sanitize import line

ADDED = "added by you"
"""Why somebody gets a reply who was not among its recipients."""

_HEADERS = ("From", "To", "Cc", "Subject", "In-Reply-To")
_NAMED = 3  # recipients; more are counted
_REFERENCES = 900  # characters: git send-email writes them on one line, which may have 998 (RFC 5322, 2.1.1)


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be sent.  There is no Bcc."""

    sender: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    body: str  # ends with a newline
    message_id: str  # without angle brackets
    in_reply_to: str = ""
    references: tuple[str, ...] = ()  # oldest first, the parent last
    answers: int = 0  # how many lines the mail has that it answers, blank ones left out
    trimmed: str = ""  # what was left out of the quote
    origins: Mapping[str, str] = field(default_factory=dict)  # why each recipient gets it, by `Mailbox.key`


def format_draft(draft: Draft) -> str:
    """The text of a draft for the editor."""
    headers = [
        f"From: {draft.sender}",
        _addresses("To", draft.to),
        _addresses("Cc", draft.cc),
        f"Subject: {draft.subject}",
        *([f"In-Reply-To: <{draft.in_reply_to}>"] if draft.in_reply_to else []),
    ]
    return "\n".join(headers) + "\n\n" + draft.body


def about_quote(draft: Draft) -> str:
    """`3 of 184 lines: cut to this hunk`: how much of the other mail it quotes, and what was left out."""
    quoted = sum(text.startswith(">") and text.strip("> ") != "" for text in draft.body.split("\n"))
    if not draft.answers:
        return ""
    hunks = {text for text in draft.body.split("\n") if text.startswith("> @@ ")}
    trimmed = draft.trimmed if len(hunks) < 2 else draft.trimmed.replace(HUNK, f"{len(hunks)} hunks")
    left_out = f": {trimmed}" if trimmed and quoted else ""
    return f"{quoted or 'none'} of {plural(draft.answers, 'line')}{left_out}"


def about_recipients(draft: Draft, people: Sequence[Mailbox]) -> str:
    """`Ann, Bo: as in the mail; net@example.org: a public list`: why these get it; no names if there is one reason."""
    found: dict[str, list[str]] = {}
    for mailbox in people:
        found.setdefault(draft.origins.get(mailbox.key, ADDED), []).append(mailbox.name or mailbox.address)
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"{_names(names)}: {why}" for why, names in found.items())


def _names(names: Sequence[str]) -> str:
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return ", ".join([*names[:_NAMED], *more])


def parse_draft(draft: Draft, text: str) -> Draft:
    """The draft as edited.  Without In-Reply-To, it starts a new thread.

    Raises:
        InvalidInputError: a header is unknown or invalid; the message names it.
    """
    head, _, body = text.replace("\r\n", "\n").lstrip("\n").partition("\n\n")
    headers = _headers(head)
    people = {name: mailboxes([headers.get(name, "")]) for name in ("From", "To", "Cc")}
    for name in people:
        for invalid in unreadable([headers.get(name, "")]):
            raise InvalidInputError(
                f"{name}: {invalid!r} is not an e-mail address. Write it as Name <name@example.org>; "
                "aliases are not supported."
            )
    if len(people["From"]) != 1:
        raise InvalidInputError("From: must be one address, yours.")
    parent = headers.get("In-Reply-To", "").strip().removeprefix("<").removesuffix(">")
    if parent and (not parent.isascii() or not parent.isprintable() or set(parent) & set("<> ")):
        raise InvalidInputError("In-Reply-To: must be one message-id; or remove it.")
    references = draft.references if parent == draft.in_reply_to else (parent,) if parent else ()
    return replace(
        draft,
        sender=people["From"][0],
        to=people["To"],
        cc=tuple(m for m in people["Cc"] if m.key not in {recipient.key for recipient in people["To"]}),
        subject=line(headers.get("Subject", "")),
        body=body.rstrip("\n") + "\n",
        in_reply_to=parent,
        references=references,
    )


def check(draft: Draft) -> None:
    """Check that a draft can be sent.

    Raises:
        InvalidInputError: no recipient, no subject, or no text other than quotes.
    """
    if not draft.to and not draft.cc:
        raise InvalidInputError("no recipients; add one to To: or Cc:.")
    if not draft.subject.removeprefix("Re:").strip():
        raise InvalidInputError("no subject.")
    if not own_text(draft.body, patch=False).strip():
        raise InvalidInputError("no text of yours, only quotes; nothing was sent.")
    if "\0" in draft.body:
        raise InvalidInputError("the text contains a NUL byte, which mail can't carry.")


def references_line(draft: Draft) -> str:
    """The References header: the first id, and as many of the last as fit on a line."""
    ids = [f"<{message_id}>" for message_id in draft.references]
    last = ids[-1:]
    for message_id in reversed(ids[1:-1]):
        if len(" ".join((ids[0], message_id, *last))) > _REFERENCES:
            break
        last.insert(0, message_id)
    return " ".join((ids[0], *last)) if len(ids) > 1 else " ".join(last)


def _addresses(name: str, people: tuple[Mailbox, ...]) -> str:
    return f"{name}: " + ",\n    ".join(map(str, people))


def _headers(head: str) -> dict[str, str]:
    """The headers of an edited draft by name, unfolded."""
    proper = {name.lower(): name for name in _HEADERS}
    values: dict[str, str] = {}
    last = ""
    for text in head.split("\n"):
        if text[:1] in (" ", "\t") and last:
            values[last] += " " + text.strip()
            continue
        name, colon, value = text.partition(":")
        last = proper.get(name.strip().lower(), "")
        if not colon or not last:
            raise InvalidInputError(
                f"{line(text)!r} is not one of the headers {', '.join(_HEADERS)}. An empty line ends them."
            )
        if last in values:
            raise InvalidInputError(f"{last}: occurs twice; put several addresses on one line, separated by commas.")
        values[last] = value.strip()
    return values
