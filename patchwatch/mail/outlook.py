"""The learned words of a reply: how much they speak for a next version of the patch that it is about.

A logistic regression over words and pairs of words, learned from what came next on other lists
(bench/train_outcomes.py).  Its sums are stored with the parsed mail, and patchwatch.series.outcome judges a revision by
them.  The same words mean one thing from a reviewer and another from the author, so there are two sums.

outlook_words.json beside this module has the weights by hash; it has no words.  After training, increment
FACTS_VERSION in patchwatch.db.versions.
"""

from __future__ import annotations

import base64
import functools
import itertools
import struct
import zlib
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import msgspec

from patchwatch.mail.body import Passage
from patchwatch.mail.message import Trailer
from patchwatch.pattern import Pattern

FILE = Path(__file__).with_name("outlook_words.json")

_MAX_WORDS = 300  # of a mail that are read
_MAX_PASSAGES = 60
_MAX_CHARACTERS = 3_000  # of a passage
_MAX_OUTLOOK = 30_000  # thousandths; what is beyond it says no more
_HASH = 0xFFFFFF

_WORD = Pattern(rb"[a-z][a-z']*|[0-9]+|\?")
_NO_WORDS = Pattern(r"(?m)^\s*[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: .*$|https?://\S+")  # tags name people
_ABOVE_DIFF = Pattern(r"\s{0,3}(?:>|\|) ?(?:[+@]|-(?![- ]))")


class Outlook(NamedTuple):
    """How much a mail speaks for a next version, in thousandths of log odds."""

    by_other: int  # if somebody else than the author of the patch wrote it
    by_author: int


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The weights of one role: base85 of compressed triples of a hash (3 bytes, the lowest first) and a signed byte."""

    step: int  # thousandths of log odds that 1 in the byte stands for
    weights: str


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    others: _Table
    author: _Table


@dataclass(frozen=True)
class OutlookModel:
    """The weights of words by hash, in thousandths of log odds."""

    others: Mapping[int, int]  # of what people other than the author of the patch write
    author: Mapping[int, int]

    @functools.cached_property
    def _weights(self) -> tuple[frozenset[int], dict[int, int], dict[int, int]]:
        """The known words, and the weight of each in both."""
        known = frozenset((*self.others, *self.author))
        return known, {one: self.others.get(one, 0) for one in known}, {one: self.author.get(one, 0) for one in known}

    def outlook(self, found: Set[int]) -> Outlook:
        """The outlook of a reply that consists of these features."""
        known, others, author = self._weights
        of_it = known & found
        return Outlook(_clipped(sum(map(others.__getitem__, of_it))), _clipped(sum(map(author.__getitem__, of_it))))


def outlook(passages: Sequence[Passage], tags: Iterable[Trailer], model: OutlookModel | None = None) -> Outlook:
    """The outlook of a person's reply; `model` is by default the one that patchwatch comes with."""
    return (model or default_model()).outlook(features(passages, tags))


def outlook_of_text(text: str) -> Outlook:
    """The outlook of a sentence alone, to find the one that weighs most."""
    return default_model().outlook(features([Passage((), text, False)], ()))


def _clipped(total: int) -> int:
    return max(-_MAX_OUTLOOK, min(_MAX_OUTLOOK, total))


# ---- what a reply consists of ----------------------------------------------------------------------------------------


def _named(name: str) -> int:
    return zlib.crc32(name.encode()) & _HASH


_PLACES = {place: (_named(f" in {place}"), _named(f" begins {place}")) for place in ("diff", "quote", "none")}
_PAIR, _PATCH = _named(" pair"), _named(" patch")


def features(passages: Sequence[Passage], tags: Iterable[Trailer]) -> set[int]:
    """Hashes of what a reply consists of: its words, what they stand below, and its sender's tags."""
    found: set[int] = set()
    left = _MAX_WORDS
    for passage in passages[:_MAX_PASSAGES]:
        words = _words(passage.own, left)
        left -= len(words)
        place, start = _PLACES[_place(passage.quote)]
        pairs = [(a * 31 + b + _PAIR) & _HASH for a, b in itertools.pairwise(words)]
        found.add(place)
        found.update(words)
        found.update(pairs)
        if pairs:
            found.add(pairs[0] ^ start)
        if passage.patch:
            found.add(_PATCH)
        if left <= 0:
            break
    own = {tag.name.lower() for tag in tags if tag.own}
    found.update(_named(f" tag {name}") for name in own)
    found.add(_named(f" length {(_MAX_WORDS - left).bit_length()} {bool(own)}"))
    return found


def _words(text: str, most: int) -> list[int]:
    text = text[:_MAX_CHARACTERS]
    if "://" in text or ("-" in text and ": " in text):
        text = _NO_WORDS.sub("", text)
    text = text.lower().replace("\u2019", "'")
    found = _WORD.findall(text.encode("ascii", "ignore"))[:most]
    return [zlib.crc32(b"0" if word < b":" else word) & _HASH for word in found]


def _place(quote: Sequence[str]) -> str:
    """What a passage stands below: a line of a diff, another quote, or nothing."""
    last = next((line for line in reversed(quote) if line.strip(" >|\t")), "")
    if not last:
        return "none"
    return "diff" if _ABOVE_DIFF.match(last) else "quote"


# ---- the file --------------------------------------------------------------------------------------------------------


def read_model(path: Path) -> OutlookModel:
    """Read the weights.

    Raises:
        OSError: the file can't be read.
        ValueError: it has another format.
    """
    try:
        tables = msgspec.json.decode(path.read_bytes(), type=_File)
        return OutlookModel(_unpacked(tables.others), _unpacked(tables.author))
    except (ValueError, zlib.error, struct.error) as error:
        raise ValueError(f"{path}: not a table of learned words; train it again ({error})") from error


def write_model(model: OutlookModel, path: Path) -> None:
    """Write weights; each is rounded to a step of the largest."""
    tables = _File(_packed(model.others), _packed(model.author))
    path.write_bytes(msgspec.json.format(msgspec.json.encode(tables), indent=1) + b"\n")


@functools.cache
def default_model() -> OutlookModel:
    """The weights that patchwatch comes with."""
    return read_model(FILE)


def _packed(weights: Mapping[int, int]) -> _Table:
    step = max(1, -(-max(map(abs, weights.values()), default=0) // 127))
    rounded = sorted((one, round(weight / step)) for one, weight in weights.items())
    raw = b"".join(one.to_bytes(3, "little") + struct.pack("b", weight) for one, weight in rounded if weight)
    return _Table(step, base64.b85encode(zlib.compress(raw, 9)).decode())


def _unpacked(table: _Table) -> dict[int, int]:
    raw = zlib.decompress(base64.b85decode(table.weights))
    entries = struct.iter_unpack("3Bb", raw)
    return {low | middle << 8 | high << 16: weight * table.step for low, middle, high, weight in entries}
