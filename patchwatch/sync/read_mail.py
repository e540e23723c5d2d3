"""Read one mail: parse and compress it.  This needs only the mail, so that other processes can do it.

Nothing here imports SQLAlchemy, which would take half of their memory.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from patchwatch.db.message_codec import decode_message, encode_message
from patchwatch.db.packing import pack
from patchwatch.mail.headers import LATEST
from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.mail.unreadable import unreadable
from patchwatch.sync.packed_mail import content_digest

OBJECTS = 20_000
"""How many are allocated between two searches for circles of them, which parsing hardly makes."""

_CLOCK_WAS_SET = 1_672_531_200  # 2023; computers without a battery start in 1970


@dataclass(frozen=True)
class Read:
    """A parsed and compressed mail: everything that is possible without the database."""

    facts: str  # the message, encoded: between processes and while it waits, that takes a third of the time and memory
    digest: bytes  # of its content below the headers: copies from several lists have the same
    size: int  # bytes, as it came
    packed: bytes

    @cached_property
    def message(self) -> Message:
        """Its parsed fields."""
        return decode_message(self.facts)


def read_mail(raw: bytes, arrived: int | None = None, *, dictionary: int = 0) -> Read:
    """Parse and compress one mail, readable or not, without the database, so that other processes can do it.

    `arrived` is the arrival of a mail that is stored already; a new one arrives now.  `dictionary` is what the mail is
    compressed with (patchwatch.db.packing).
    """
    _, facts = parse_mail(raw, arrived)
    return _packed(raw, facts, dictionary)


def read_mails(raws: Sequence[bytes], *, dictionary: int = 0) -> list[Read]:
    """Read several mails that arrive now.

    All are parsed before they are compressed: between two mails, parsing would drive the dictionary out of the
    processor's cache, and compressing takes twice as long then.
    """
    facts = [parse_mail(raw)[1] for raw in raws]
    return [_packed(raw, own, dictionary) for raw, own in zip(raws, facts, strict=True)]


def _packed(raw: bytes, facts: str, dictionary: int) -> Read:
    return Read(facts, content_digest(raw), len(raw), pack(raw, dictionary))


def parse_mail(raw: bytes, arrived: int | None = None) -> tuple[Message, str]:
    """Parse one mail, readable or not; return its fields, and the same encoded."""
    now = _now() if arrived is None else min(arrived, _now())
    try:
        message = parse(raw, now)
        return message, encode_message(message)
    except Exception as error:  # noqa: BLE001 (a mail that the parser fails on must not stop the others)
        message = unreadable(raw, error, now)
        return message, encode_message(message)


def _now() -> int:
    """Our clock; the far future if it was never set, so that it bounds nothing."""
    now = int(time.time())
    return now if now > _CLOCK_WAS_SET else LATEST
