"""The stand-in for a mail on which the parser fails: enough of it to store the mail and to place it in its thread.

Anybody can write a mail that no parser expects.  Such a mail is kept, belongs to the thread it replies to, and decides
nothing; `reindex` parses it again.  Nothing in this module raises: each header is read separately, and one that fails
is left empty.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TypeVar

from patchwatch.mail import headers
from patchwatch.mail.headers import NO_ID, Headers
from patchwatch.mail.message import Message, Person, Subject
from patchwatch.mail.parse import parse
from patchwatch.sanitize import line

_T = TypeVar("_T")
_MAX_REASON = 200
_MAX_HEADERS = 100_000  # bytes from the beginning in which headers are looked for


def unreadable(raw: bytes, error: Exception, now: int = headers.LATEST) -> Message:
    """Return a message of kind `unreadable` with the headers that can be read; `error` is why the rest can't."""
    head = _attempt(lambda: Headers(raw[:_MAX_HEADERS]), None) or Headers(b"")
    message_id = _attempt(lambda: headers.message_id(head, raw), "") or hashlib.sha256(raw).hexdigest()[:40] + NO_ID
    subject = _attempt(lambda: headers.subject(head), "")
    arrived = _attempt(lambda: headers.arrived(head, now), None)
    date = _attempt(lambda: headers.date(head, arrived, now), arrived or 0)
    nothing: tuple[str | None, tuple[str, ...]] = (None, ())
    parent, references = _attempt(lambda: headers.ancestors(head), nothing)
    return Message(
        message_id=_storable(message_id),
        subject=_storable(subject),
        author=_attempt(lambda: _storable_person(headers.sender(head)), Person("", "")),
        date=date,
        arrived=date if arrived is None else arrived,
        parent=parent and _storable(parent),
        references=tuple(map(_storable, references)),
        recipients=(),
        kind="unreadable",
        parts=Subject(_storable(subject)),
        unreadable=reason(error),
    )


def parse_anything(raw: bytes) -> Message:
    """Parse a raw mail; one that can't be parsed is unreadable."""
    try:
        return parse(raw)
    except Exception as error:  # noqa: BLE001 (anybody can write a mail that the parser fails on)
        return unreadable(raw, error)


def as_unreadable(message: Message, error: Exception) -> Message:
    """Return a parsed message as unreadable: deriving from its contents failed."""
    return Message(
        message_id=message.message_id,
        subject=message.subject,
        author=message.author,
        date=message.date,
        arrived=message.arrived,
        parent=message.parent,
        references=message.references,
        recipients=(),
        kind="unreadable",
        parts=Subject(message.subject),
        unreadable=reason(error),
    )


def reason(error: Exception) -> str:
    """Return `ValueError: text` on one line, shortened.  The text can quote the mail."""
    text = _attempt(lambda: line(str(error)), "")
    return f"{type(error).__name__}: {text}"[:_MAX_REASON] if text else type(error).__name__


def _attempt(read: Callable[[], _T], default: _T) -> _T:
    try:
        return read()
    except Exception:  # noqa: BLE001 (whatever it is, the mail must be stored)
        return default


def _storable(text: str) -> str:
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _storable_person(person: Person) -> Person:
    return Person(_storable(person.name), _storable(person.email))
