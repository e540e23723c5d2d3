"""Messages as they are stored: JSON arrays in the order of the fields of patchwatch.mail.message."""

from __future__ import annotations

import msgspec

from patchwatch.mail.message import Message

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(Message)


def encode_message(message: Message) -> str:
    """Return all fields of a message as compact JSON."""
    return _encoder.encode(message).decode()


def decode_message(text: str) -> Message:
    """Return the message that `encode_message` wrote."""
    return _decoder.decode(text)
