"""Recognize who sent the mails of a posting: a person can send the rest of a series from another address.

Pure.  Two senders are one person if they have the address or the full name in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from patchwatch.mail.message import Message, Person, person_key


def same_sender(one: Message, other: Message) -> bool:
    """True if two mails were sent by one person."""
    return is_one(one.author, other.author)


def is_one(one: Person, other: Person) -> bool:
    """True if two senders are one person."""
    return one.email == other.email or person_key(one) == person_key(other)


def sender_keys(messages: Iterable[Message]) -> Mapping[str, str]:
    """A key for each address that some mails were sent from, the same for all addresses of a person."""
    found: dict[str, str] = {}
    for sender in sorted({message.author for message in messages}, key=_by_name):
        marks = (sender.email, " " + person_key(sender))
        key = next((found[mark] for mark in marks if mark in found), sender.email)
        for mark in marks:
            found.setdefault(mark, key)
    return found


def _by_name(sender: Person) -> tuple[str, str]:
    return sender.email, sender.name
