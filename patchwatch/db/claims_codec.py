"""What the database stores of a series' claims: what later versions did about points, by key."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from msgspec import Struct

from patchwatch.series.points import UNSETTLED, WAITS_FOR_AUTHOR, Fate, Point


class StoredClaim(Struct, frozen=True, array_like=True):
    """A patchwatch.series.claims.Claim, and whether it waits for the person who raised the point.

    A point that holds up the newest version (patchwatch.series.claims.holds_up) has its own fate, and waits.
    """

    fate: Fate
    root: str
    date: int
    evidence: str
    waits: bool


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(dict[str, StoredClaim])


def encode_claims(claims: Mapping[str, StoredClaim]) -> str:
    """Encode the column `claims`; empty without any."""
    return _encoder.encode(claims).decode() if claims else ""


def decode_claims(text: str) -> dict[str, StoredClaim]:
    """Decode the column `claims`."""
    return _decoder.decode(text) if text else {}


def with_claims(points: tuple[Point, ...], found: Mapping[str, StoredClaim]) -> tuple[Point, ...]:
    """The points of a version with what later versions did about them."""
    return tuple(
        _with_claim(point, claim) if (claim := found.get(point.key)) and point.fate in UNSETTLED else point
        for point in points
    )


def _with_claim(point: Point, claim: StoredClaim) -> Point:
    if claim.fate in WAITS_FOR_AUTHOR:
        return msgspec.structs.replace(point, waits=claim.waits)
    return msgspec.structs.replace(
        point,
        fate=claim.fate,
        closed_by=claim.root,
        closed_at=claim.date,
        closing=claim.evidence,
        closer=None,
        waits=claim.waits,
    )
