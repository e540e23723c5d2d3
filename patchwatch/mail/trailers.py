"""Find tags such as `Reviewed-by: A <a@b>` in patches and replies.

The rules are b4's (liblore's `find_trailers`, which is not called because its pattern for "# comments" takes 0.1 ms per
line, and minutes on a hostile one).  An unknown tag ("Whatevered-by:") counts if it names a person with an address;
without one it is prose ("Side-note: ...").  patchwatch.series.tags decides which tags count as reviews, and for which
patches.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from patchwatch.mail import tag_scope
from patchwatch.mail.headers import person
from patchwatch.mail.message import Person, Signal, SignalKind, Trailer
from patchwatch.mail.same_name import is_same_name
from patchwatch.mail.sentences.split import evidence, has_any
from patchwatch.mail.typed_tags import in_usual_form
from patchwatch.pattern import Pattern

_LINE = Pattern(r"\s{0,8}([A-Za-z][\w-]*):\s+(\S.*)")
_REMARK = Pattern(r"\s*[\[(#]")  # "[akpm: fix the build]" between the tags of a patch
_PERSONAL = Pattern(r"(?i)-by$|^(?:acked|reviewed|tested|reported|suggested|nacked)")
_NAMED = Pattern(r"\S[^<>]*<[^<>\s]+@[^<>\s]+>")
# submitting-patches.rst, and its tags joined by "and": Reported-and-tested-by.
_KNOWN = Pattern(
    r"(?:(?:signed-off|co-developed|reviewed|acked|tested|reported|suggested|nacked|requested|debugged)(?:-and-|-by$))+",
    re.IGNORECASE,
)
_TAGS = (
    r"(?:(?:r|a|t|rv|ac)-?b['’]?s?|(?:reviewed|acked|tested)-by['’]?s?|"
    r"(?:(?:(?:code[- ])?reviews?|all|his|her|their|your|previous|existing|old|earlier|collected|\w+['’]s?|the)\s)+"
    r"(?:tags?|trailers?|acks?|reviews?))"
)
_DROPPED = Pattern(
    r"\b(?:drop(?:ped|ping|s)?|remov(?:ed?|es|ing)|discard(?:ed|ing)?|reset(?:ting)?|clear(?:ed|ing)?|omit(?:ted)?|"
    r"strip(?:ped)?|left out|leave out|"
    r"(?:did|do|does)(?: not|n['’]t) (?:add|apply|carry|collect|include|keep|pick|take)|"
    r"not (?:carr(?:ied|ying)|collected|kept|keeping|picked))\b"
    rf"(?:(?!\b(?:add|collect|gather|pick)\w*)[^,.;]){{0,50}}?\b{_TAGS}(?![\w-])",
    re.IGNORECASE,
)
# One of them is in every sentence that _DROPPED matches.
_DROPPING = (
    "drop", "remov", "discard", "reset", "clear", "omit", "strip", "left out", "leave out", "n't ", "n’t ", "not add",
    "not apply", "not carr", "not coll", "not incl", "not ke", "not pick", "not take",
)  # fmt: skip
_COMMIT = Pattern(r"[0-9a-f]{6,}\b")
_ONE_WORD = frozenset({"fixes", "link", "closes", "cc", "references", "bug", "buglink"})
# Header-like lines of a patch that are not tags (version_hints parses change-id and base-commit).
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
_MAX_SCOPED = 100  # tags of one reply whose scope is looked for


def of_patch(text: str) -> tuple[Trailer, ...]:
    """The tags of a commit message: in its last paragraph, and in those above it that consist of tags only."""
    if ":" not in text:
        return ()
    return split_message(re.split(r"^---\s*$", text, maxsplit=1, flags=re.MULTILINE)[0])[1]


def split_message(message: str) -> tuple[str, tuple[Trailer, ...]]:
    """Split a commit message into its text and its tags."""
    paragraphs = message.rstrip().split("\n\n")
    found: list[_Found] = []
    remarks: list[str] = []
    while paragraphs:
        lines = [line for line in paragraphs[-1].split("\n") if line.strip()]
        plain = [line for line in lines if not _REMARK.match(line)]
        tags, rest = _find(plain)
        if not tags or (found and rest):
            break
        # A line that only looks like a tag is a remark: it does not end the block of tags either.
        lookalikes = {line for f in tags if not _is_genuine(f.name, f.value) for line in plain[f.first : f.last + 1]}
        found = [f for f in tags if _is_genuine(f.name, f.value)] + found
        remarks = [line for line in lines if _REMARK.match(line) or line in lookalikes] + remarks
        paragraphs.pop()
        if rest:
            paragraphs.append("\n".join(rest))
            break
    text = "\n\n".join([*paragraphs, *(["\n".join(remarks)] if remarks else [])])
    return text, _without_duplicates(Trailer(f.name, f.value, False, f.scope) for f in found)


def of_reply(text: str, sender: Person) -> tuple[Trailer, ...]:
    """The tags in a reply: anywhere in it, but they must name a person with an address."""
    if "by" not in text.lower():
        return ()
    lines = in_usual_form(text.split("\n"), sender)
    found, _ = _find(lines)
    found = [
        f
        for f in found
        if _PERSONAL.search(f.name) and "@" in f.value and "://" not in f.value and _is_genuine(f.name, f.value)
    ]
    tagged = frozenset(number for f in found for number in range(f.first, f.last + 1))
    return _without_duplicates(
        Trailer(
            f.name,
            f.value,
            _names(f.value, sender),
            f.scope or (tag_scope.scope_near(lines, f.first, f.last, tagged) if number < _MAX_SCOPED else ""),
        )
        for number, f in enumerate(found)
    )


def beginnings(tags: Iterable[Trailer]) -> tuple[str, ...]:
    """What lines with these tags begin with: "Reviewed-by:"."""
    return tuple(f"{tag.name}:" for tag in tags)


def dropped_tags(sentences: Iterable[str]) -> tuple[Signal, ...]:
    """The sentences in which the author of a posting reports dropping tags: "dropped Jane's R-b, it changed"."""
    return tuple(
        Signal(SignalKind.TAGS_DROPPED, evidence(s))
        for s in sentences
        if has_any(_DROPPING, s.lower()) and _DROPPED.search(s)
    )


def _without_duplicates(tags: Iterable[Trailer]) -> tuple[Trailer, ...]:
    return tuple(dict.fromkeys(tags))


@dataclass(frozen=True, slots=True)
class _Found:
    """A tag, the scope that follows it, and its first and last line."""

    name: str
    value: str
    scope: str
    first: int
    last: int


def _find(lines: Sequence[str]) -> tuple[list[_Found], list[str]]:
    """The tags in `lines`, with wrapped values joined, and the lines that are not tags."""
    tags: list[_Found] = []
    rest: list[str] = []
    after_tag = False
    for number, line in enumerate(lines):
        match = _LINE.match(line) if ":" in line else None
        if match and _is_tag(match[1], match[2]):
            tags.append(_found(match[1], match[2], number, number))
            after_tag = True
            continue
        if after_tag and _is_continuation(tags[-1].value, line.strip()):
            begun = tags[-1]
            tags[-1] = _found(begun.name, f"{begun.value} {line}", begun.first, number)
        else:
            rest.append(line)
        after_tag = False
    return tags, rest


def _found(name: str, text: str, first: int, last: int) -> _Found:
    """A tag with its value on one line, without a trailing "# for the foo bits"."""
    text, scope = " ".join(text[: 2 * _MAX_VALUE].split()), ""
    if "@" in text and _PERSONAL.search(name):
        text, scope = tag_scope.split_scope(text)
    comment = text.rfind(" #")
    return _Found(name, (text[:comment] if comment > 0 else text)[:_MAX_VALUE], scope, first, last)


def _is_tag(name: str, value: str) -> bool:
    lowered = name.lower()
    if lowered == "fixes":
        return _COMMIT.match(value) is not None
    return len(name) <= _MAX_NAME and lowered not in _NO_TAGS and ("-" in name or lowered in _ONE_WORD)


def _is_genuine(name: str, value: str) -> bool:
    """True if a line that looks like a tag is one: a known tag, or one that names a person."""
    return name.lower() in _ONE_WORD or _KNOWN.fullmatch(name) is not None or _NAMED.fullmatch(value) is not None


def _is_continuation(value: str, line: str) -> bool:
    """True if a line continues a value: an address after a long name, or the end of the title of a fixed commit."""
    return (line.startswith("<") and line.endswith(">") and "@" not in value) or (
        "(" in value and ")" not in value and line.endswith(")")
    )


def _names(value: str, sender: Person) -> bool:
    """True if a tag's value names the sender, by address or by name: b4's rule for tags in replies."""
    name, bracket, rest = value.partition("<")
    named = Person(name.strip(" \"'"), rest.partition(">")[0].strip().lower()) if bracket else person(value)
    return (bool(named.email) and named.email == sender.email) or is_same_name(named.name, sender.name)
