"""Tags: `Reviewed-by: A <a@b>` and its kin, as they stand in patches and in replies.

The rules are b4's (liblore's `find_trailers`, which can't be called here: its pattern for "# comments" takes 0.1 ms a
line and minutes on a hostile one).  A kind never heard of ("Whatevered-by:") is a tag if it names a person with an
address; without one it is prose ("Side-note: ...").  Whether a tag counts as a review, and for which patches, is
decided elsewhere (patchwatch.series.tags).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from liblore.series import name_matches

from patchwatch.mail import tag_scope
from patchwatch.mail.headers import person
from patchwatch.mail.message import Person, Signal, SignalKind, Trailer
from patchwatch.mail.sentences.split import evidence

_LINE = re.compile(r"\s{0,8}([A-Za-z][\w-]*):\s+(\S.*)")
_REMARK = re.compile(r"\s*[\[(#]")  # "[akpm: fix the build]" between the tags of a patch
_PERSONAL = re.compile(r"(?i)-by$|^(?:acked|reviewed|tested|reported|suggested|nacked)")
_NAMED = re.compile(r"\S[^<>]*<[^<>\s]+@[^<>\s]+>")
# submitting-patches.rst, and its tags joined by "and": Reported-and-tested-by.
_KNOWN = re.compile(
    r"(?:(?:signed-off|co-developed|reviewed|acked|tested|reported|suggested|nacked|requested|debugged)(?:-and-|-by$))+",
    re.IGNORECASE,
)
_TAGS = (
    r"(?:(?:r|a|t|rv|ac)-?b['’]?s?|(?:reviewed|acked|tested)-by['’]?s?|"
    r"(?:(?:(?:code[- ])?reviews?|all|his|her|their|your|previous|existing|old|earlier|collected|\w+['’]s?|the)\s)+"
    r"(?:tags?|trailers?|acks?|reviews?))"
)
_DROPPED = re.compile(
    r"\b(?:drop(?:ped|ping|s)?|remov(?:ed?|es|ing)|discard(?:ed|ing)?|reset(?:ting)?|clear(?:ed|ing)?|omit(?:ted)?|"
    r"strip(?:ped)?|left out|leave out|"
    r"(?:did|do|does)(?: not|n['’]t) (?:add|apply|carry|collect|include|keep|pick|take)|"
    r"not (?:carr(?:ied|ying)|collected|kept|keeping|picked))\b"
    rf"(?:(?!\b(?:add|collect|gather|pick)\w*)[^,.;]){{0,50}}?\b{_TAGS}(?![\w-])",
    re.IGNORECASE,
)
_COMMIT = re.compile(r"[0-9a-f]{6,}\b")
_ONE_WORD = frozenset({"fixes", "link", "closes", "cc", "references", "bug", "buglink"})
# Header-like lines of a patch that are no tags; change-id and base-commit have readers of their own.
_NO_TAGS = frozenset(
    {
        "base-commit",
        "change-id",
        "e-mail",
        "in-reply-to",
        "message-id",
        "prerequisite-change-id",
        "prerequisite-message-id",
        "prerequisite-patch-id",
    }
)
_MAX_NAME, _MAX_VALUE = 40, 300
_MAX_LIMITED = 100  # tags of one reply for which words are looked for that limit them


def of_patch(words: str) -> tuple[Trailer, ...]:
    """The tags of a commit message: those of its last paragraph, and of the ones above it that are nothing but tags."""
    if ":" not in words:
        return ()
    return split_message(re.split(r"^---\s*$", words, maxsplit=1, flags=re.MULTILINE)[0])[1]


def split_message(message: str) -> tuple[str, tuple[Trailer, ...]]:
    """A commit message without its tags, and the tags as `of_patch` finds them."""
    paragraphs = message.rstrip().split("\n\n")
    found: list[_Found] = []
    remarks: list[str] = []
    while paragraphs:
        lines = [one for one in paragraphs[-1].split("\n") if one.strip()]
        plain = [one for one in lines if not _REMARK.match(one)]
        tags, rest = _read(plain)
        if not tags or (found and rest):
            break
        # What only looks like a tag is a remark: it does not end the tags either.
        noted = {one for f in tags if not _is_kept(f.name, f.value) for one in plain[f.first : f.last + 1]}
        found = [f for f in tags if _is_kept(f.name, f.value)] + found
        remarks = [one for one in lines if _REMARK.match(one) or one in noted] + remarks
        paragraphs.pop()
        if rest:
            paragraphs.append("\n".join(rest))
            break
    text = "\n\n".join([*paragraphs, *(["\n".join(remarks)] if remarks else [])])
    return text, _each_once(Trailer(f.name, f.value, False, f.scope) for f in found)


def of_reply(words: str, sender: Person) -> tuple[Trailer, ...]:
    """The tags that a reply gives: they may stand anywhere in it, and must name a person by address."""
    if "-by" not in words.lower():
        return ()
    lines = words.split("\n")
    found, _ = _read(lines)
    found = [
        f
        for f in found
        if _PERSONAL.search(f.name) and "@" in f.value and "://" not in f.value and _is_kept(f.name, f.value)
    ]
    tagged = frozenset(number for f in found for number in range(f.first, f.last + 1))
    return _each_once(
        Trailer(
            f.name,
            f.value,
            _names(f.value, sender),
            f.scope or (tag_scope.scope_near(lines, f.first, f.last, tagged) if number < _MAX_LIMITED else ""),
        )
        for number, f in enumerate(found)
    )


def dropped_tags(said: Iterable[str]) -> tuple[Signal, ...]:
    """The sentences of a posting in which its author says that he left tags out: "dropped Jane's R-b, it changed"."""
    return tuple(Signal(SignalKind.TAGS_DROPPED, evidence(one)) for one in said if _DROPPED.search(one))


def _each_once(tags: Iterable[Trailer]) -> tuple[Trailer, ...]:
    return tuple(dict.fromkeys(tags))


@dataclass(frozen=True, slots=True)
class _Found:
    """A tag, the words behind it that limit it, and the lines it stands in."""

    name: str
    value: str
    scope: str
    first: int
    last: int


def _read(lines: Sequence[str]) -> tuple[list[_Found], list[str]]:
    """The tags among `lines`, wrapped values joined; and the lines that are something else."""
    tags: list[_Found] = []
    rest: list[str] = []
    after_tag = False
    for number, one in enumerate(lines):
        match = _LINE.match(one) if ":" in one else None
        if match and _is_tag(match[1], match[2]):
            tags.append(_found(match[1], match[2], number, number))
            after_tag = True
            continue
        if after_tag and _wrapped(tags[-1].value, one.strip()):
            begun = tags[-1]
            tags[-1] = _found(begun.name, f"{begun.value} {one}", begun.first, number)
        else:
            rest.append(one)
        after_tag = False
    return tags, rest


def _found(name: str, text: str, first: int, last: int) -> _Found:
    """A tag with its value on one line, without the "# for the foo bits" that people put behind."""
    text, limit = " ".join(text[: 2 * _MAX_VALUE].split()), ""
    if "@" in text and _PERSONAL.search(name):
        text, limit = tag_scope.split_scope(text)
    comment = text.rfind(" #")
    return _Found(name, (text[:comment] if comment > 0 else text)[:_MAX_VALUE], limit, first, last)


def _is_tag(name: str, value: str) -> bool:
    lowered = name.lower()
    if lowered == "fixes":
        return _COMMIT.match(value) is not None
    return len(name) <= _MAX_NAME and lowered not in _NO_TAGS and ("-" in name or lowered in _ONE_WORD)


def _is_kept(name: str, value: str) -> bool:
    """Whether what looks like a tag is one: of a kind that is known, or of another that names a person."""
    return name.lower() in _ONE_WORD or _KNOWN.fullmatch(name) is not None or _NAMED.fullmatch(value) is not None


def _wrapped(begun: str, line: str) -> bool:
    """Whether a line is the end of a value: an address after a long name, or the end of the title of a fixed commit."""
    return (line.startswith("<") and line.endswith(">") and "@" not in begun) or (
        "(" in begun and ")" not in begun and line.endswith(")")
    )


def _names(value: str, sender: Person) -> bool:
    """Whether a tag's value names the sender, by address or by name: b4's rule for tags in replies."""
    name, bracket, rest = value.partition("<")
    named = Person(name.strip(" \"'"), rest.partition(">")[0].strip().lower()) if bracket else person(value)
    return (bool(named.email) and named.email == sender.email) or (
        bool(named.name and sender.name) and name_matches(named.name, sender.name)
    )
