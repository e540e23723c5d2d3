"""Build queries for public-inbox's search, such that nothing in an address acts as an operator.

Pure.  The result of a query is a superset, to be filtered by parsing the mail: search ignores case and punctuation, so
`f:"lei@example.org"` also finds `xiao-lei@example.org`.

Observed with public-inbox 1.9 (and verified by tests/sources/lore/test_real_server.py), at index level `medium`, which
private archives use, and `full`, which lore.kernel.org uses:

- Addresses are indexed with positions at both levels: `f:"x@y"` works, and so does `f:x@y`.
- In quotes `OR`, `NOT`, `d:` and wildcards are plain text; outside them a lone `OR` causes status 500.
- `d:` is the day of the Date header in UTC and includes both ends; `rt:` is the newest Received header, in seconds.
  Fewer than five digits are not seconds but one of git's date formats: `rt:1..` finds nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from urllib.parse import quote

from patchwatch.pattern import Pattern

# The query is in the first line of the request, which servers limit to 8 KiB (nginx's default).
_MAX_QUERY_BYTES = 4000

# Only words and what joins them in an address (RFC 5322, atext) may be in the quotes.  Removed are quotes, even “curly”
# ones, which public-inbox treats the same, and `..`, which is a range even in quotes (and causes status 500).
_NOT_IN_ADDRESS = Pattern(r"[^\w.@!#$%&'*+/=?^`{|}~-]+|(?<=\.)\.+")


def arrived_since(epoch_seconds: int) -> str:
    """Query all mail that reached the archive at this time (UTC) or later, by its newest Received header."""
    return f"rt:{max(epoch_seconds, 0):010d}.."


def arrived_between(begin: int, end: int) -> str:
    """Query all mail that reached the archive from one time (UTC) to another, both included."""
    return f"rt:{max(begin, 0):010d}..{max(end, 0):010d}"


def by_people(emails: Iterable[str], since: date, until: date) -> tuple[str, ...]:
    """Query mail that these people sent from `since` to `until` (inclusive), by its Date header in UTC.

    One query, or as few as fit into the size of a request; none without people.
    """
    return tuple(by_group(group, since, until) for group in groups_of_people(emails))


def by_group(emails: Iterable[str], since: date, until: date) -> str:
    """Query mail as `by_people`, of one of `groups_of_people`."""
    return f"({' OR '.join(map(_term, emails))}) d:{since:%Y%m%d}..{until:%Y%m%d}"


def groups_of_people(emails: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Return these people in order, as many in a group as fit into one query; without those that no query can name."""
    groups: list[tuple[str, ...]] = []
    batch: list[str] = []
    size = 0
    for email in dict.fromkeys(emails):
        term = _term(email)
        if not re.search(r"\w", term[2:]):
            continue
        grown = len(quote(f"{term} OR ", safe=""))
        if batch and size + grown > _MAX_QUERY_BYTES:
            groups.append(tuple(batch))
            batch, size = [], 0
        batch.append(email)
        size += grown
    if batch:
        groups.append(tuple(batch))
    return tuple(groups)


def _term(email: str) -> str:
    return f'f:"{_NOT_IN_ADDRESS.sub(" ", email).strip()}"'
