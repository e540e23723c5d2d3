"""A mail that is about to be sent: what its writer sees and edits, and what stands in the way of sending it.

The writer edits its chosen headers and its text in one file, as with mutt's edit_headers; everything else about the
mail is not his to spoil.  How answers are composed is patchwatch.compose.reply, how they are sent
patchwatch.compose.git_send_email.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from patchwatch.errors import InvalidInputError
from patchwatch.mail.addresses import Mailbox, mailboxes, unreadable
from patchwatch.mail.body import own_text
from patchwatch.sanitize import line

_HEADERS = ("From", "To", "Cc", "Subject", "In-Reply-To")
_REFERENCES = 900  # characters: git send-email writes them on one line, which may have 998 (RFC 5322, 2.1.1)


@dataclass(frozen=True, slots=True)
class Draft:
    """A mail to be sent; there is no Bcc."""

    sender: Mailbox
    to: tuple[Mailbox, ...]
    cc: tuple[Mailbox, ...]
    subject: str
    body: str  # lines, the last one ended too
    message_id: str  # without brackets, as all ids
    in_reply_to: str = ""
    references: tuple[str, ...] = ()  # oldest first, the message answered last


def to_be_edited(draft: Draft) -> str:
    """The file that its writer is given."""
    headers = [
        f"From: {draft.sender}",
        _people("To", draft.to),
        _people("Cc", draft.cc),
        f"Subject: {draft.subject}",
        *([f"In-Reply-To: <{draft.in_reply_to}>"] if draft.in_reply_to else []),
    ]
    return "\n".join(headers) + "\n\n" + draft.body


def edited(draft: Draft, text: str) -> Draft:
    """The draft as its writer has left it.

    Without In-Reply-To it begins a thread of its own.

    Raises:
        InvalidInputError: a header that can't be there or can't be read; the text names it.
    """
    head, _, body = text.replace("\r\n", "\n").lstrip("\n").partition("\n\n")
    said = _headers(head)
    people = {name: mailboxes([said.get(name, "")]) for name in ("From", "To", "Cc")}
    for name in people:
        for nobody in unreadable([said.get(name, "")]):
            raise InvalidInputError(
                f"{name}: {nobody!r} is no mail address. Write it as Name <name@example.org>; aliases are not known."
            )
    if len(people["From"]) != 1:
        raise InvalidInputError("From: must name one address, yours.")
    answered = said.get("In-Reply-To", "").strip().removeprefix("<").removesuffix(">")
    if answered and (not answered.isascii() or not answered.isprintable() or set(answered) & set("<> ")):
        raise InvalidInputError("In-Reply-To: must be one message-id, or be taken out.")
    references = draft.references if answered == draft.in_reply_to else (answered,) if answered else ()
    return replace(
        draft,
        sender=people["From"][0],
        to=people["To"],
        cc=tuple(m for m in people["Cc"] if m.key not in {one.key for one in people["To"]}),
        subject=line(said.get("Subject", "")),
        body=body.rstrip("\n") + "\n",
        in_reply_to=answered,
        references=references,
    )


def check(draft: Draft) -> None:
    """Say what stands in the way of sending it.

    Raises:
        InvalidInputError: nobody to send it to, no subject, or nothing in it that the writer said himself.
    """
    if not draft.to and not draft.cc:
        raise InvalidInputError("it goes to nobody: name somebody in To: or Cc:.")
    if not draft.subject.removeprefix("Re:").strip():
        raise InvalidInputError("it has no subject.")
    if not own_text(draft.body, patch=False).strip():
        raise InvalidInputError("there is nothing of yours in it, only what is quoted: nothing is sent.")
    if "\0" in draft.body:
        raise InvalidInputError("there is a NUL byte in it, which no mail can carry.")


def references_line(draft: Draft) -> str:
    """Its References, the first and as many of the last as fit in a line."""
    ids = [f"<{one}>" for one in draft.references]
    kept = ids[-1:]
    for one in reversed(ids[1:-1]):
        if len(" ".join((ids[0], one, *kept))) > _REFERENCES:
            break
        kept.insert(0, one)
    return " ".join((ids[0], *kept)) if len(ids) > 1 else " ".join(kept)


def _people(name: str, people: tuple[Mailbox, ...]) -> str:
    return f"{name}: " + ",\n    ".join(map(str, people))


def _headers(head: str) -> dict[str, str]:
    """The headers of an edited draft, unfolded, by their proper names."""
    proper = {name.lower(): name for name in _HEADERS}
    found: dict[str, str] = {}
    last = ""
    for one in head.split("\n"):
        if one[:1] in (" ", "\t") and last:
            found[last] += " " + one.strip()
            continue
        name, colon, value = one.partition(":")
        last = proper.get(name.strip().lower(), "")
        if not colon or not last:
            raise InvalidInputError(
                f"{line(one)!r} is no header of this mail: {', '.join(_HEADERS)}; then an empty line and the text."
            )
        if last in found:
            raise InvalidInputError(f"{last}: stands there twice; several addresses go on one line, with commas.")
        found[last] = value.strip()
    return found
