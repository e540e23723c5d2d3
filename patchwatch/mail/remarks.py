"""What a person wrote in a reply, remark by remark: everything below one quote is one remark.

A remark may ask the author of a patch for something; patchwatch.mail.remark_model decides whether it does, from where
it stands, its form and a few words.  patchwatch.series.state.points_in_replies follows what becomes of it.

The lines of a remark, and the last lines that are quoted above it, are kept as hashes: a reply quotes what it answers.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence

from patchwatch.mail.added_lines import hashes
from patchwatch.mail.body import QUOTED_ABOVE, Passage
from patchwatch.mail.message import Remark, Signal, SignalKind, Trailer
from patchwatch.mail.remark_features import Seen, is_posting, quotes_patch
from patchwatch.mail.remark_model import default_model
from patchwatch.mail.sentences import split
from patchwatch.mail.sentences.concessions import concession
from patchwatch.mail.sentences.consents import entrusts, is_consent
from patchwatch.mail.sentences.overrulings import overrules, spares_version
from patchwatch.mail.sentences.retractions import retracts, retracts_report
from patchwatch.mail.sentences.words import word_set, words
from patchwatch.mail.trailers import beginnings
from patchwatch.pattern import Pattern

_MAX_REMARKS = 60  # of one mail
_MAX_SENTENCES = 40  # of one remark that are read
_LINES = 16  # of a remark by which an answer is recognized: its first and its last ones
_QUOTED = 3  # lines right above a remark that show what it answers
_QUOTED_READ = 16  # quoted lines above a remark that are looked at for them
_CONTEXT = 14  # lines of a diff within which unchanged ones still belong to it
_MAX_CODE = 120
_FILE = Pattern(r'\s{0,3}(?:>|\|) ?(?:diff --git "?a/\S+ "?b/([^\s"]+)|\+\+\+ "?b/([^\s"]+))')

_MARK = Pattern(r"\s{0,3}(?:>|\||[A-Z][\w.-]{0,7}>) ?")
_ASKING = Pattern(
    r"(?i)\b(?:please|pls|should|shouldn't|could|couldn't|can you|would|wouldn't|need|needs|needed|drop|remove|instead|"
    r"rather|missing|why|suggest|prefer|better|use|wrong|typo|nit|unused|unnecessary|redundant|not needed|no need|"
    r"must|move|rename|split|fix|s/)\b|\?"
)
"""Words of asking: the sentence that has one is shown."""
_MAY_ASK = word_set(
    "please pls should shouldn could couldn can would wouldn need needs needed drop remove instead rather missing why "
    "suggest prefer better use wrong typo nit unused unnecessary redundant must move rename split fix s"
)
"""One of them is in every sentence that `_ASKING` matches, unless it is a question: a quick test before it."""

_ASKS = frozenset(
    {SignalKind.CHANGES, SignalKind.WISH, SignalKind.HOLD, SignalKind.WITHDRAWN, SignalKind.QUESTION, SignalKind.DOUBT}
)


def remarks(passages: Sequence[Passage], signals: Iterable[Signal], tags: Sequence[Trailer]) -> tuple[Remark, ...]:
    """The remarks of a reply, with the signals and tags that were found in it.

    What they want is judged as if the mail did not answer a posting: patchwatch.series.state.points_in_replies knows
    whether it does.  So `wants` is set, too, for what would want something then.
    """
    kinds = by_text(signals)
    found = zip(passages, seen(passages, kinds, tags, None), _files(passages), strict=False)
    return tuple(_remark(passage, one, kinds, file) for passage, one, file in found if one is not None)


def reasons(
    passages: Sequence[Passage], signals: Iterable[Signal], tags: Sequence[Trailer], parent: str | None = None
) -> tuple[tuple[str, ...], ...]:
    """What shows, in each of the remarks, that it wants something of the author: features, the strongest first."""
    found = seen(passages, by_text(signals), tags, parent)
    return tuple(default_model().reasons(one) for one in found if one is not None)


def seen(
    passages: Sequence[Passage], signals: Mapping[str, Sequence[str]], tags: Sequence[Trailer], parent: str | None
) -> list[Seen | None]:
    """What the mail shows of the remark in each passage, None if it has none; `signals` are kinds by their text."""
    of_tags, own = beginnings(tags), beginnings(tag for tag in tags if tag.own)
    on_posting, on_patch = is_posting(parent), any(quotes_patch(passage.quote) for passage in passages)
    found: list[Seen | None] = []
    for passage in passages[:_MAX_REMARKS]:
        sentences = passage.sentences[:_MAX_SENTENCES]
        if not (sentences or passage.patch or passage.printed):
            found.append(None)
            continue
        kinds = (signals.get(split.evidence(sentence), ()) for sentence in sentences) if signals else ()
        quoted = _own_quote(passage.quote[-_QUOTED_READ:])
        one = Seen(
            sentences=sentences,
            substance=split.substantive(sentences, of_tags),
            quote=passage.quote,
            quoted=quoted,
            code=_code(quoted),
            signals=tuple(dict.fromkeys(itertools.chain.from_iterable(kinds))),
            patch=passage.patch,
            printed=next(iter(passage.printed), ""),
            tag=bool(own) and any(sentence.startswith(own) for sentence in sentences),
            first=not any(found),
            on_patch=on_patch,
            on_posting=on_posting,
        )
        found.append(one)
    return found


def _remark(passage: Passage, one: Seen, signals: Mapping[str, Sequence[str]], file: str) -> Remark:
    verdict = default_model().verdict(one, lenient=True)
    consents = is_consent(one.quoted, one.sentences)
    concedes, conceding = concession(one.sentences, _promise(one, signals), one.quoted)
    text = split.evidence(_telling(one, signals) if one.sentences else one.printed)
    return Remark(
        text=text,
        wants=verdict.wants or ("change" if consents else ""),
        firm=verdict.firm,
        below_diff=one.code is not None,
        code=(one.code or "")[:_MAX_CODE],
        lines=_hashes(passage.own),
        answers=_hashes("\n".join(one.quoted))[-_QUOTED:],
        signals=(*one.signals, *_of_quote(one, consents=consents)),
        words=split.count_words(one.substance),
        chance=round(100 * verdict.chance),
        concedes=concedes,
        retracts=retracts(one.sentences),
        waives=verdict.waives,
        file=file if one.code is not None else "",
        conceding=shown if (shown := split.evidence(conceding)) != text else "",
    )


_READ_FOR_QUOTE = 6  # sentences of a remark that may say that no version is needed


def _of_quote(one: Seen, *, consents: bool) -> Iterator[str]:
    """The kinds of what a remark says about what is quoted right above it."""
    if consents:
        yield SignalKind.CONSENT
    if any(map(spares_version, one.sentences[:_READ_FOR_QUOTE])):
        yield SignalKind.SPARES
    if one.quote and retracts_report(one.sentences):
        yield SignalKind.FALSE_REPORT
    if entrusts(one.quoted, one.sentences):
        yield SignalKind.ENTRUSTED
    elif one.quote and overrules(one.substance):
        yield SignalKind.OVERRULES


def by_text(signals: Iterable[Signal]) -> dict[str, list[str]]:
    """The kinds of the signals by their text."""
    kinds: dict[str, list[str]] = {}
    for signal in signals:
        kinds.setdefault(signal.text, []).append(signal.kind)
    return kinds


def _telling(one: Seen, signals: Mapping[str, Sequence[str]]) -> str:
    """The sentence to show: one with a signal that asks, else one that has a word of asking, else the first."""
    kinds = {sentence: signals.get(split.evidence(sentence), ()) for sentence in one.sentences} if one.signals else {}
    asks = next((sentence for sentence, found in kinds.items() if not _ASKS.isdisjoint(found)), None)
    asks = asks or next(filter(_asks, one.substance), None)
    asks = asks or next((sentence for sentence, found in kinds.items() if found), None)
    return asks or (one.substance or one.sentences)[0]


def _promise(one: Seen, signals: Mapping[str, Sequence[str]]) -> str:
    """The first sentence that promises another version; empty if none does."""
    if SignalKind.PROMISE not in one.signals:
        return ""
    return next(s for s in one.sentences if SignalKind.PROMISE in signals.get(split.evidence(s), ()))


def _asks(sentence: str) -> bool:
    may_ask = "?" in sentence or not _MAY_ASK.isdisjoint(words(sentence.lower()))
    return may_ask and _ASKING.search(sentence) is not None


def _own_quote(quote: Sequence[str]) -> list[str]:
    """The quoted lines without their first mark, but those of a deeper quote, which somebody else wrote."""
    return [line for line in map(_unquoted, quote) if line is not None]


def _unquoted(line: str) -> str | None:
    """A quoted line without its first mark; None for a line of a deeper quote, which somebody else wrote."""
    if line[:2] == "> ":  # most
        rest = line[2:]
    elif mark := _MARK.match(line):
        rest = line[mark.end() :]
    else:
        return None
    quoted = (">" in rest[:12] or "|" in rest[:4]) and _MARK.match(rest) is not None
    return None if quoted else rest


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


def _hashes(text: str) -> tuple[int, ...]:
    """Hashes of the lines that have enough letters to be told from others: the first ones and the last ones."""
    told = hashes(text)
    return tuple(told if len(told) <= _LINES else (*told[: _LINES // 2], *told[-_LINES // 2 :]))


def _files(passages: Sequence[Passage]) -> list[str]:
    """For each passage, the file that the diff above it is of, as far as the quotes show it."""
    found: list[str] = []
    file = ""
    for passage in passages:
        if len(passage.quote) >= QUOTED_ABOVE:
            file = ""  # another file may begin in what is left out
        for line in passage.quote:
            if ("diff --git " in line or "+++ " in line) and (named := _FILE.match(line)):
                file = named[1] or named[2]
        found.append(file)
    return found
