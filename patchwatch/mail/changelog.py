"""Find the changelog in a posting's text: the parts below "Changes in v3:", "v2 -> v3:", …

People write it in the cover letter, below `---` or (drivers/gpu) in the commit message, newest first or last, with all
earlier versions or only the last one.  Only headings with a version count, and "Changelog:" before a list in a later
version; "Changes:" alone could be about anything.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass

from patchwatch.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Version:
    """A stated version: `RFC v2` is 2, minor 0, rfc."""

    major: int
    minor: int = 0
    rfc: bool = False

    @property
    def number(self) -> tuple[int, int]:
        """The key to order versions by."""
        return (self.major, self.minor)


@dataclass(frozen=True, slots=True)
class Changes:
    """The changes of one version."""

    heading: str  # as written: "Changes since v2", "v3"
    text: str  # lines, their common indentation removed
    version: Version | None  # with these changes; None: the newest ("since the last version")


# A version: "v3", "RFC v2", "PATCH v1", "version 2", "V4[1]"; "RFC" alone.  The names of its groups begin with {0}.
_VERSION = (
    r"(?:(?:(?P<{0}rfc>rfc)[ _/-]{{0,2}})?(?:patch[ _-]?)?(?:version |rev(?:ision)? ?|v\s?)"
    r"(?P<{0}major>\d{{1,3}})(?:\.(?P<{0}minor>\d{{1,2}}))?"
    r"|(?P<{0}bare>rfc)(?:[ -]patch(?:set|es)?)?)(?:\s?\[\d+\])?(?![\w/])"
)
_OLD, _NEW, _ONE = (_VERSION.format(name) for name in ("old_", "new_", "one_"))
_WORD = (
    r"(?:(?:main|major|notable|other|detailed|the|full)\s+)?"
    r"(?:change[- ]?(?:s|log)?|diff(?:erence)?s?|updates?|modifications?|history|revision history|notes)"
)
_SINCE = r"(?:since|from|vs\.?|over|compared (?:to|with)|relative to|against|w\.r\.t\.?|after)"
_ARROW = r"\s*(?:-+>|=+>|→|⇒|–|…|\.{2,3}|\bto\b)\s*"
_LAST = (
    r"(?P<last>(?:the\s+)?(?:last|previous|prior)\s+"
    r"(?:version|revision|posting|post|submission|series|rfc|one|patch(?:set)?))"
)
# After the words of a heading: links and remarks, then a colon and the first change, or nothing.
_TAIL = (
    r"(?P<aside>(?:\s*(?:\([^()]*\)|\[[^\[\]]*\]|<[^<>]*>|https?://[^\s]+))*)\s*"
    r"(?P<end>[\])]?\s*(?:[:\uff1a]|={2,}|\s[-–]\s|-?$))\s*(?P<rest>.*)"
)
_THE = r"(?:(?:the|my|patch(?:set)?)\s+)*"
_HEADINGS = tuple(
    Pattern(words + _TAIL, re.IGNORECASE)
    for words in (
        rf"(?:{_WORD}[ :,]*(?:{_SINCE}\s+)?)?(?:the\s+)?{_OLD}{_ARROW}{_NEW}",
        rf"(?:(?:{_WORD}|new)[ :,]*)?{_SINCE}\s+{_THE}{_OLD}(?:\s+(?:series|patch(?:set|es)?|posting|version))?",
        rf"{_WORD}[ :,]*{_SINCE}\s+{_LAST}",
        rf"(?:{_WORD}[ :,]*(?:in|for|of|at)?|(?:what'?s )?new in|in)\s+(?:the\s+)?(?:this\s+)?{_ONE}",
        rf"{_ONE}\s+(?:{_WORD})",
        _ONE,
    )
)
_BARE = _HEADINGS[-1]
# Of text in lower case.  A word begins with one of these; re finds at once where it can begin.
_QUICK = Pattern(r"v(?<!\wv)(?:\s?\d|ersion)|r(?<!\wr)(?:ev|fc)|p(?<!\wp)r(?:evious|ior)|l(?<!\wl)ast")
_DECORATION = " \t*-+#=[(>•"
_BULLET = Pattern(r"\s*(?:[-*+•o–]|\(?\d{1,2}[.):]|\(?[a-z]\))\s")
_CHANGELOG = Pattern(r"(?i)\W*change[- ]?log\W*")
_RULE = Pattern(r"[-=~]{3,}\s*")
_PART = Pattern(r"(?i)\s*(?:patch(?:es)?\b|\[|#?\d+\b).{0,80}:\s*$")
_END = Pattern(
    r"(?i)(?:---\s*$|-- $|base-commit:|change-id:|prerequisite-|link to |[a-z-]+-by: |(?:fixes|link|cc|closes): |"
    r" \S[^|]{0,250}\| +(?:\d+ [+-]+$|Bin )|\S.{0,60} \(\d+\):$|based on |the following changes since )"
)
_TRAILER = Pattern(r"\s*[A-Za-z-]+:\s")
# Every part is bounded: otherwise a hostile line would take hours.
_LINKS = Pattern(r"(?:\[?[\w.]{1,9}\]?:?\s?)?<?(?:https?://\S+|\b[\w.+-]{1,99}@[\w.-]+)>?")
_MAX_WORDS = 200_000  # characters
_MAX_HEADING = 200  # characters
_MAX_ENTRIES = 60
_MAX_ENTRY = 240  # characters
_MAX_LINKS = 2_000  # characters searched for anything but links
_AFTER_THE_RFCS = Version(1000, rfc=True)  # "changes since RFC", whatever its number


def changelog(words: str, since: Version, to: Version) -> tuple[Changes, ...]:
    """The changelog in `words`, text of version `to`, for the versions after `since`, in the order written."""
    return tuple(found for found in _sections(words[:_MAX_WORDS], to) if _concerns(found, since, to))


def _concerns(changes: Changes, since: Version, to: Version) -> bool:
    version = changes.version
    if version is None:
        return True
    if version.rfc:  # RFCs are numbered separately
        return since.rfc and version.number > since.number and (not to.rfc or version.number <= to.number)
    if since.rfc and not to.rfc and to.number <= since.number:  # numbers restarted after the RFC
        return version.number <= to.number
    return since.number < version.number <= to.number


def entries(words: str, to: Version) -> tuple[str, ...]:
    """What `words`, text of version `to`, says that changed since the version before, an entry each."""
    if to.number <= (1, 0) and not to.rfc and "RFC" not in words:
        return ()
    since = Version(to.major - 1, rfc=to.rfc) if to.major > 1 else Version(1, rfc=True)
    found = (line for part in changelog(words, since, to) for line in _joined(part.text.split("\n")))
    return tuple(itertools.islice(found, _MAX_ENTRIES))


def _joined(lines: list[str]) -> Iterator[str]:
    """The entries of a list: a line, and those below it that continue it."""
    entry = ""
    for line in lines:
        words = line.strip()
        if entry and words and not _BULLET.match(line):
            entry = f"{entry} {words}"[:_MAX_ENTRY]
            continue
        if entry:
            yield entry
        entry = words[:_MAX_ENTRY]
    if entry:
        yield entry


@dataclass(frozen=True, slots=True)
class _Heading:
    words: str
    version: Version | None
    rest: str


def _sections(words: str, to: Version) -> Iterator[Changes]:
    """Every part of `words` below a heading with a version."""
    lowered = words.lower()
    if not ("log" in lowered or _QUICK.search(lowered)):
        return  # no line is a heading
    lines = words.split("\n")
    number = 0
    inside = False
    while number < len(lines):
        heading = _heading(lines, number, to, inside=inside)
        number += 1
        if heading is None:
            inside = inside and not lines[number - 1].strip()
            continue
        if number < len(lines) and _RULE.fullmatch(lines[number]) and len(lines[number].strip()) > 3:
            number += 1  # the heading is underlined
        first = number
        while number < len(lines) and not _ends(lines, number, first, heading.rest):
            if _heading(lines, number, to, inside=True) is not None:
                break
            number += 1
        inside = True
        body = textwrap.dedent("\n".join(lines[first:number])).strip("\n").rstrip()
        text = f"{heading.rest}\n{body}" if heading.rest and body else heading.rest or body
        if _without_links(text[:_MAX_LINKS]).strip(" \t\n-*+.,;:()[]"):
            yield Changes(heading.words, text, heading.version)


def _without_links(text: str) -> str:
    return _LINKS.sub("", text) if "@" in text or "://" in text else text


def _ends(lines: list[str], number: int, first: int, rest: str) -> bool:
    """True if the changes that began at `first` end before this line."""
    one = lines[number]
    if not one.strip():
        return False
    if _END.match(one):
        return True
    above = number - 1
    while above >= first and not lines[above].strip():
        above -= 1
    if above == number - 1 or (above < first and not rest):
        return False  # the paragraph continues, or it is the first one
    return not (one[0] in " \t" or _BULLET.match(one) or _PART.match(one))


def _heading(lines: list[str], number: int, to: Version, *, inside: bool) -> _Heading | None:
    """Parse a line as a heading; `inside` a changelog less is needed."""
    line = lines[number][:_MAX_HEADING]
    lowered = line.lower()
    if not _QUICK.search(lowered):
        alone = "log" in lowered and _CHANGELOG.fullmatch(line) and to.number > (1, 0) and _list_follows(lines, number)
        return _Heading("Changelog", None, "") if alone else None
    text = line.lstrip(_DECORATION).rstrip()
    for pattern in _HEADINGS:
        found = pattern.match(text)
        if found is not None:
            break
    else:
        return None
    colon = found["end"].strip("]) \t") != ""
    above = lines[number - 1] if number else ""
    starts = not above.strip() or above.rstrip().endswith((":", "-", "=")) or _CHANGELOG.fullmatch(above)
    if not (inside or starts or _TRAILER.match(above)):
        return None  # a sentence that continues on this line: "as cgroup\nv2: it has …"
    if not colon and pattern is _BARE and not _list_follows(lines, number):
        return None
    words = text[: found.start("aside")].rstrip()
    rest = lines[number].lstrip(_DECORATION)[found.start("rest") :]
    return _Heading(words, _version(found, to), "" if _LINKS.fullmatch(rest.strip()) else rest.strip())


def _list_follows(lines: list[str], number: int) -> bool:
    following = next((one for one in lines[number + 1 : number + 3] if one.strip()), "")
    return _BULLET.match(following) is not None and not _heading_like(following)


def _heading_like(line: str) -> bool:
    return _BARE.match(line.lstrip(_DECORATION)) is not None


def _version(found: re.Match[str], to: Version) -> Version | None:
    """The version that a heading names; "since v2" means v3."""
    groups = found.groupdict()
    if groups.get("last"):
        return None
    if one := _named(groups, "new_") or _named(groups, "one_"):
        return one
    old = _named(groups, "old_")
    if old is None:
        return None
    if groups.get("old_bare") and not to.rfc:
        return _AFTER_THE_RFCS
    return Version(old.major, old.minor + 1, old.rfc) if old.major == to.major else Version(old.major + 1, 0, old.rfc)


def _named(groups: dict[str, str | None], name: str) -> Version | None:
    major = groups.get(f"{name}major")
    if major:
        return Version(int(major), int(groups.get(f"{name}minor") or 0), groups.get(f"{name}rfc") is not None)
    return Version(1, 0, rfc=True) if groups.get(f"{name}bare") else None
