"""What a person wrote in a reply, remark by remark: everything below one quote is one remark.

A remark may ask the author of a patch for something.  Structure shows it better than words do: most of what stands
right below a line of a diff does, and most of what has one of a few words of asking; what has both nearly always does.
patchwatch.series.ledger follows what becomes of it.

The lines of a remark, and the last lines that are quoted above it, are kept as hashes: a reply quotes what it answers.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from zlib import crc32

from patchwatch.mail.body import Passage
from patchwatch.mail.message import Remark, RemarkKind, Signal, SignalKind, Trailer
from patchwatch.mail.sentences import split
from patchwatch.mail.trailers import beginnings

_MAX_REMARKS = 60  # of one mail
_MAX_SENTENCES = 40  # of one remark that are read
_LINES = 16  # of a remark by which an answer is recognized: its first and its last ones
_QUOTED = 3  # lines right above a remark that show what it answers
_SHORTEST = 6  # letters and digits of a line that identify it
_QUOTED_READ = 12  # quoted lines above a remark that are looked at for them
_CONTEXT = 14  # lines of a diff within which unchanged ones still belong to it
_MAX_CODE = 120

_MARK = re.compile(r"\s{0,3}(?:>|\||[A-Z][\w.-]{0,7}>) ?")
_PLAIN = re.compile(r"[^a-z0-9]+")
_ASKING = re.compile(
    r"(?i)\b(?:please|pls|should|shouldn't|could|couldn't|can you|would|wouldn't|need|needs|needed|drop|remove|instead|"
    r"rather|missing|why|suggest|prefer|better|use|wrong|typo|nit|unused|unnecessary|redundant|not needed|no need|"
    r"must|move|rename|split|fix|s/)\b|\?"
)
"""Words of asking; a remark that has none of them and stands below no diff asks nothing of the author."""

_CHANGE = frozenset({SignalKind.CHANGES, SignalKind.WISH, SignalKind.HOLD, SignalKind.WITHDRAWN})
_QUESTION = frozenset({SignalKind.QUESTION, SignalKind.DOUBT})
_NEEDS_NOTHING = frozenset(
    {SignalKind.SATISFIED, SignalKind.APPLIED, SignalKind.CLAIMED, SignalKind.WILL_APPLY, SignalKind.FOR_ALL}
)


def remarks(passages: Sequence[Passage], signals: Iterable[Signal], tags: Sequence[Trailer]) -> tuple[Remark, ...]:
    """The remarks of a reply, with the signals and tags that were found in it."""
    by_text: dict[str, list[str]] = {}
    for signal in signals:
        by_text.setdefault(signal.text, []).append(signal.kind)
    found = (_remark(passage, by_text, beginnings(tags)) for passage in passages[:_MAX_REMARKS])
    return tuple(remark for remark in found if remark is not None)


def _remark(passage: Passage, signals: dict[str, list[str]], tags: tuple[str, ...]) -> Remark | None:
    sentences = list(itertools.islice(split.sentences(passage.own), _MAX_SENTENCES))
    substance = split.substantive(sentences, tags)
    shown = {sentence: split.evidence(sentence) for sentence in sentences}
    kinds = {s: signals[shown[s]] for s in sentences if shown[s] in signals}
    if not sentences and not passage.patch:
        return None
    quote = [line for line in map(_unquoted, passage.quote) if line is not None]
    code = _code(quote)
    asking = next((s for s in substance if _ASKING.search(s)), None)
    said = tuple(dict.fromkeys(kind for found in kinds.values() for kind in found))
    wants, firm = _wants(said, below_diff=code is not None, asking=asking, patch=passage.patch, sentences=substance)
    return Remark(
        text=shown[_telling(substance or sentences, kinds, asking)] if sentences else "",
        wants=wants,
        firm=firm,
        below_diff=code is not None,
        code=(code or "")[:_MAX_CODE],
        lines=_hashes(passage.own.split("\n")),
        answers=_hashes(quote[-_QUOTED_READ:])[-_QUOTED:],
        signals=said,
        words=split.count_words(substance),
    )


def _telling(substance: Sequence[str], kinds: dict[str, list[str]], asking: str | None) -> str:
    """The sentence to show: one with a signal that asks, else one that has a word of asking, else the first."""
    asks = next((s for s, found in kinds.items() if not (_CHANGE | _QUESTION).isdisjoint(found)), None)
    return asks or asking or next(iter(kinds), substance[0])


def _wants(
    signals: Sequence[str], *, below_diff: bool, asking: str | None, patch: bool, sentences: Sequence[str]
) -> tuple[RemarkKind, bool]:
    """What a remark wants, and whether that is sure."""
    said = set(signals)
    if SignalKind.NAK in said:
        return "objection", True
    if said & _CHANGE:
        return "change", True
    if said & _QUESTION:
        question = asking is not None and asking.rstrip(" )\"'").endswith("?")
        return ("question" if question or SignalKind.QUESTION in said else "change"), below_diff or asking is not None
    if said & _NEEDS_NOTHING or not (sentences or patch):
        return "", False
    if below_diff or asking or patch:
        kind: RemarkKind = "question" if asking and asking.rstrip().endswith("?") else "change"
        return kind, below_diff and (asking is not None or patch)
    return "", False


def _unquoted(line: str) -> str | None:
    """A quoted line without its first mark; None for a line of a deeper quote, which somebody else wrote."""
    mark = _MARK.match(line)
    if mark is None:
        return None
    rest = line[mark.end() :]
    return None if _MARK.match(rest) else rest


def _code(quote: Sequence[str]) -> str | None:
    """The line of a diff that ends a quote; None if it ends otherwise."""
    lines = [line for line in quote if line.strip()]
    if not lines:
        return None
    last = lines[-1]
    if last.startswith(("+", "@@")) or (last.startswith("-") and not last.startswith(("- ", "-- "))):
        return last
    context = last[0] in " \t" and any(line.startswith(("+", "@@", "diff --git")) for line in lines[-_CONTEXT:])
    return last if context else None


def _hashes(lines: Sequence[str]) -> tuple[int, ...]:
    """Hashes of the lines that have enough letters to be told from others: the first ones and the last ones."""
    plain = [_PLAIN.sub("", line.lower()) for line in lines]
    found = [crc32(words.encode()) & 0xFFFFFF for words in plain if len(words) >= _SHORTEST]
    return tuple(found if len(found) <= _LINES else (*found[: _LINES // 2], *found[-_LINES // 2 :]))
