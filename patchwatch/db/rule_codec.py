"""The rules of followed lists as they are stored: a JSON array of arrays in the order of Rule's fields."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from patchwatch.series.follow_rules import Rule

_decoder = msgspec.json.Decoder(tuple[Rule, ...])


def encode_rules(rules: Sequence[Rule]) -> str | None:
    """Return rules as compact JSON; None for no rules, which means everything."""
    return msgspec.json.encode(rules).decode() if rules else None


def decode_rules(text: str | None) -> tuple[Rule, ...]:
    """Return the rules that `encode_rules` wrote."""
    return _decoder.decode(text) if text else ()
