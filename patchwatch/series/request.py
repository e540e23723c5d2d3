"""A request to a person about a patch that they did not write; the database stores it as it is."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

from patchwatch.mail.message import Person


class Request(Struct, frozen=True, array_like=True):
    """What somebody asks of a person; patchwatch.series.requests finds it."""

    email: str  # of whom
    kind: Literal["answer", "test"]
    by: Person
    date: int  # UTC, seconds
    message_id: str
    text: str  # the sentence
