"""Postings (the facts that link versions) as they are stored: JSON arrays in the order of PostingFacts' fields."""

from __future__ import annotations

import msgspec

from patchwatch.series.posting import PostingFacts

_encoder = msgspec.json.Encoder()
_decoder = msgspec.json.Decoder(PostingFacts)


def encode_posting(posting: PostingFacts) -> str:
    """Return all fields of a posting as compact JSON."""
    return _encoder.encode(posting).decode()


def decode_posting(text: str) -> PostingFacts:
    """Return the posting that `encode_posting` wrote."""
    return _decoder.decode(text)
