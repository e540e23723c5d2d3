"""Tags: `Reviewed-by: A <a@b>` and its kin, as they stand in patches and in replies.

The rules are b4's (liblore's `find_trailers`, which can't be called here: its pattern for "# comments" takes 0.1 ms a
line and minutes on a hostile one).  Whether a tag counts as a review is decided elsewhere (patchwatch.status).
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from liblore.series import name_matches

from patchwatch.mail.headers import person
from patchwatch.mail.message import Person, Trailer

_LINE = re.compile(r"\s{0,8}([A-Za-z][\w-]*):\s+(\S.*)")
_REMARK = re.compile(r"\s*[\[(#]")  # "[akpm: fix the build]" between the tags of a patch
_PERSONAL = re.compile(r"(?i)-by$|^(?:acked|reviewed|tested|reported|suggested|nacked)")
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


def of_patch(words: str) -> tuple[Trailer, ...]:
    """The tags of a commit message: those of its last paragraph, and of the ones above it that are nothing but tags."""
    if ":" not in words:
        return ()
    return parted(re.split(r"^---\s*$", words, maxsplit=1, flags=re.MULTILINE)[0])[1]


def parted(message: str) -> tuple[str, tuple[Trailer, ...]]:
    """A commit message without its tags, and the tags as `of_patch` finds them."""
    paragraphs = message.rstrip().split("\n\n")
    found: list[tuple[str, str]] = []
    remarks: list[str] = []
    while paragraphs:
        lines = [one for one in paragraphs[-1].split("\n") if one.strip()]
        noted = [one for one in lines if _REMARK.match(one)]
        tags, rest = _read([one for one in lines if not _REMARK.match(one)])
        if not tags or (found and rest):
            break
        found = tags + found
        remarks = noted + remarks
        paragraphs.pop()
        if rest:
            paragraphs.append("\n".join(rest))
            break
    text = "\n\n".join([*paragraphs, *(["\n".join(remarks)] if remarks else [])])
    return text, tuple(dict.fromkeys(Trailer(name, value, own=False) for name, value in found))


def of_reply(words: str, sender: Person) -> tuple[Trailer, ...]:
    """The tags that a reply gives: they may stand anywhere in it, and must name a person by address."""
    if "-by" not in words.lower():
        return ()
    found, _ = _read(words.split("\n"))
    return tuple(
        dict.fromkeys(
            Trailer(name, value, _names(value, sender))
            for name, value in found
            if _PERSONAL.search(name) and "@" in value and "://" not in value
        )
    )


def _read(lines: Sequence[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The tags among `lines`, names and values, wrapped values joined; and the lines that are something else."""
    tags: list[tuple[str, str]] = []
    rest: list[str] = []
    after_tag = False
    for one in lines:
        match = _LINE.match(one) if ":" in one else None
        if match and _is_tag(match[1], match[2]):
            tags.append((match[1], _value(match[2])))
            after_tag = True
            continue
        if after_tag and _wrapped(tags[-1][1], one.strip()):
            name, begun = tags[-1]
            tags[-1] = (name, _value(f"{begun} {one}"))
        else:
            rest.append(one)
        after_tag = False
    return tags, rest


def _is_tag(name: str, value: str) -> bool:
    lowered = name.lower()
    if lowered == "fixes":
        return _COMMIT.match(value) is not None
    return len(name) <= _MAX_NAME and lowered not in _NO_TAGS and ("-" in name or lowered in _ONE_WORD)


def _wrapped(begun: str, line: str) -> bool:
    """Whether a line is the end of a value: an address after a long name, or the end of the title of a fixed commit."""
    return (line.startswith("<") and line.endswith(">") and "@" not in begun) or (
        "(" in begun and ")" not in begun and line.endswith(")")
    )


def _value(text: str) -> str:
    """A value on one line, without the "# for the foo bits" that people put behind."""
    text = " ".join(text[: 2 * _MAX_VALUE].split())
    comment = text.rfind(" #")
    return (text[:comment] if comment > 0 else text)[:_MAX_VALUE]


def _names(value: str, sender: Person) -> bool:
    """Whether a tag's value names the sender, by address or by name: b4's rule for tags in replies."""
    name, bracket, rest = value.partition("<")
    named = Person(name.strip(" \"'"), rest.partition(">")[0].strip().lower()) if bracket else person(value)
    return (bool(named.email) and named.email == sender.email) or (
        bool(named.name and sender.name) and name_matches(named.name, sender.name)
    )
