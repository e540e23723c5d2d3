"""Parse and write the recipients of a mail (RFC 5322, 3.4).

Parsed mailboxes are safe to put into a header: names are one printable line, and only plain addresses are accepted.
The email package's own parser is not used: its result for a broken list of addresses depends on the Python version.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from patchwatch.mail.headers import decoded
from patchwatch.pattern import Pattern
from patchwatch.sanitize import line

# Lengths are bounded, so that a hostile header does not take long.  A comma in an encoded word separates nothing.
_TOKEN = Pattern(
    r"=\?[^?\s]{1,40}\?[bBqQ]\?[^?]{0,400}\?=|"
    r'"(?:[^"\\]|\\.){0,400}"|\((?:[^()\\]|\\.){0,400}\)|<[^<>]{0,400}>|[,;]|[^,;"(<=]+|.',
    re.DOTALL,
)
# What git send-email and every relay accept: no quoted local parts, no addresses in other scripts.
_LOCAL = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-][A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]*"
_ADDRESS = Pattern(rf"{_LOCAL}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")
_IN_BRACKETS = Pattern(r"(.*?)<\s*([^<>]*?)\s*>[^<>]*", re.DOTALL)
_COMMENT = Pattern(r"\(((?:[^()\\]|\\.){0,400})\)")
_GROUP = Pattern(r"""\A[^<>"@:]*:""")  # "reviewers: a@b.org, c@d.org;"
_PLAIN = Pattern(r"[\w !#$%&'*+/=?^`{|}~-]*")  # a name that needs no quotation marks
_MAX_NAME = 200
_MAX_MAILBOXES = 500


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A recipient: a person or a list."""

    name: str
    address: str  # as written; use `key` to compare

    @property
    def key(self) -> str:
        """The identity of the mailbox, for comparison."""
        return self.address.lower()

    def __str__(self) -> str:
        """The form for a header, in Unicode: a name that contains a comma or dot is quoted."""
        if not self.name:
            return self.address
        name = self.name
        if not _PLAIN.fullmatch(name):
            name = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
        return f"{name} <{self.address}>"

    @property
    def signature(self) -> str:
        """The form for a trailer, where names are not quoted."""
        return f"{self.name} <{self.address}>" if self.name else self.address


def mailboxes(values: Iterable[str]) -> tuple[Mailbox, ...]:
    """The mailboxes in header values, each once, in order; invalid addresses are left out."""
    found: dict[str, Mailbox] = {}
    for mailbox, _ in _read(values):
        if mailbox is not None and len(found) < _MAX_MAILBOXES:
            found.setdefault(mailbox.key, mailbox)
    return tuple(found.values())


def unreadable(values: Iterable[str]) -> tuple[str, ...]:
    """The parts of header values that are not valid addresses."""
    return tuple(text for mailbox, text in _read(values) if mailbox is None)


def without(people: Iterable[Mailbox], keys: Iterable[str]) -> tuple[Mailbox, ...]:
    """`people` without those who have these keys."""
    excluded = set(keys)
    return tuple(mailbox for mailbox in people if mailbox.key not in excluded)


def _read(values: Iterable[str]) -> Iterator[tuple[Mailbox | None, str]]:
    for value in values:
        for part in _parts(value):
            part = _GROUP.sub("", part, count=1).strip() if ":" in part else part.strip()
            if not part:
                continue
            if bracketed := _IN_BRACKETS.fullmatch(part):
                name, address = bracketed.groups()
            else:
                name, address = " ".join(_COMMENT.findall(part)), _COMMENT.sub("", part).strip()
            if _ADDRESS.fullmatch(address):
                yield Mailbox(_name(name), address), part
            else:
                yield None, line(part)


def _parts(value: str) -> Iterator[str]:
    part: list[str] = []
    for token in _TOKEN.findall(value):
        if token in (",", ";"):
            yield "".join(part)
            part = []
        else:
            part.append(token)
    yield "".join(part)


def _name(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] == text[-1] == '"':
        text = re.sub(r"\\(.)", r"\1", text[1:-1])
    return line(decoded(text))[:_MAX_NAME].strip()
