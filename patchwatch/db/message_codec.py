"""Messages as they are stored: JSON arrays in the order of the fields of patchwatch.mail.message."""

from __future__ import annotations

import msgspec
from msgspec import Struct

from patchwatch.mail.message import Message


class _Beginning(Struct, array_like=True):
    """The first fields of a message."""

    message_id: str
    subject: str


_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Message)
_beginning_decoder = msgspec.json.Decoder(_Beginning)


def encode_message(message: Message) -> str:
    """Return all fields of a message as compact JSON."""
    return _encoder.encode(message).decode()


def decode_message(text: str) -> Message:
    """Return the message that `encode_message` wrote."""
    return _decoder.decode(text)


def decode_subject(text: str) -> str:
    """Return the subject of the message that `encode_message` wrote, in a fraction of the time of all of it."""
    return _beginning_decoder.decode(text).subject
