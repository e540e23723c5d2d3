"""Long conversations during an import: derived once at its end, not after every batch.

Deriving a conversation reads all of its mails, so a long thread that is spread over many batches would cost the square
of its length.  What waits is stored with the mails: after a killed import the next one, or the next poll, derives it.
"""

from __future__ import annotations

import json

from sqlalchemy import Connection

from patchwatch.db import derived, messages

LARGE = 200
"""Mails of a conversation that is postponed."""
SETTING = "postponed"
"""The setting with the conversations that wait."""


def waiting(connection: Connection) -> set[int]:
    """Return the conversations that wait to be derived."""
    stored = messages.setting(connection, SETTING)
    return set(json.loads(stored)) if stored else set()


def postpone(connection: Connection, conversations: set[int]) -> None:
    """Postpone conversations."""
    if conversations:
        messages.set_setting(connection, SETTING, json.dumps(sorted(waiting(connection) | conversations)))


def postpone_large(connection: Connection, conversations: set[int]) -> set[int]:
    """Postpone those of the conversations that are large; return the others."""
    sizes = derived.conversation_sizes(connection, conversations)
    large = {conversation for conversation, size in sizes.items() if size > LARGE}
    postpone(connection, large)
    return conversations - large


def take_waiting(connection: Connection) -> set[int]:
    """Return the conversations that wait, which the caller now derives."""
    conversations = waiting(connection)
    if conversations:
        messages.forget_setting(connection, SETTING)
    return conversations
