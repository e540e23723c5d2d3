"""The series list: a summary of each series, without its revisions, fast enough for ten thousand of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Set
from typing import Any, NamedTuple

from msgspec import Struct

from patchwatch.db import dependencies, series_flags
from patchwatch.db.criteria import Among
from patchwatch.db.execute import Execute, containing, rows_among
from patchwatch.db.rule_codec import decode_rules
from patchwatch.series.follow_rules import Rule
from patchwatch.series.model import SeriesSummary
from patchwatch.series.states import CLOSED

_SERIES = """
SELECT id, title, author_name, author_email, state, turn, turn_since, last_activity, version, minor, rfc, patches,
       expected, reviewed, roots, posters, people, kind, depends_on, points_open, points,
       answered, applied
FROM series
"""
_LIVE = f"""
last_activity >= :since OR turn_since >= :since OR id IN ({series_flags.PINNED}) OR id IN ({series_flags.SNOOZED})
"""
_CONDITIONS = {"watched": f" WHERE id IN ({series_flags.WATCHED})", "live": f" WHERE {_LIVE}"}
"""Conditions on series, by what they are among."""
_CLOSED = ", ".join(f"'{state}'" for state in sorted(CLOSED))
_SILENT = f" WHERE NOT ({_LIVE}) AND state NOT IN ({_CLOSED})"
"""The condition on series that are open, and not live."""
_NO_VALUES: Mapping[str, Any] = {}
_INBOXES = "SELECT id, name, followed, failed_at, rules FROM inbox"
_POSTINGS = "SELECT series_id, posting FROM revision WHERE series_id IS NOT NULL"


def summaries(
    execute: Execute, now: int, overdue_days: int, me: Collection[str] = (), *, among: Among = "all", since: int = 0
) -> tuple[SeriesSummary, ...]:
    """Return the series, or those `among` them, most recently active first; `me` are my addresses.

    Live ones showed a sign of life `since` then, or are pinned, or were snoozed.
    """
    mine = {address.lower() for address in me}
    watched, inboxes = series_flags.watched(execute), _load_inboxes(execute)
    if among == "known" and not inboxes.rules:  # those have to see each series
        known = watched | naming(execute, mine)
        pairs = (
            series_flags.inbox_ids(execute, "", {}) if inboxes.followed else series_flags.inbox_ids_of(execute, known)
        )
        seen = _names_by_series(pairs, inboxes.names)
        stored = _numbered(execute, known | inboxes.followed_among(seen))
    else:
        condition, values = _CONDITIONS.get(among, ""), {"since": since}
        seen = _names_by_series(series_flags.inbox_ids(execute, condition, values), inboxes.names)
        stored = list(execute(_SERIES + condition, values))
        if among == "live" and not inboxes.rules:  # most are others', and a summary takes longer than this
            known = watched | inboxes.followed_among(seen)
            stored = [row for row in stored if row[0] in known or _may_name(mine, row[15]) or _may_name(mine, row[16])]
    waiting = {row[0]: row[18] for row in stored if row[18] and row[4] not in CLOSED}
    flags = _Flags(
        mine=mine,
        watched=watched,
        muted=series_flags.muted(execute),
        pinned=series_flags.pinned(execute),
        labels=series_flags.labels(execute),
        not_mine=series_flags.not_mine(execute),
        snoozed=series_flags.snoozed(execute, mine, now),
        unread=series_flags.unread_in_watched(execute),
        blocked=dependencies.blocked(execute, waiting, now) if waiting else {},
        overdue_since=series_flags.overdue_since(overdue_days, now, series_flags.merge_windows(execute)),
    )
    summary = _summarizer(flags, inboxes, seen, _follow_test(execute, inboxes), now)
    found = [line for line in map(summary, stored) if among not in ("known", "live") or is_known(line)]
    return tuple(sorted(found, key=lambda line: (-line.last_activity, line.id)))


def count_dormant(execute: Execute, me: Collection[str], since: int) -> int | None:
    """Return how many series that I have to do with are open, but not live, as `summaries` has it: all are dormant.

    None if that takes the summaries of all: some are followed by rules, or a list fails, which they would say.
    """
    inboxes = _load_inboxes(execute)
    if inboxes.rules or inboxes.failing:
        return None
    mine, values = {address.lower() for address in me}, {"since": since}
    known = f"id IN ({series_flags.WATCHED})"
    if followed := [key for key, name in inboxes.names.items() if name in inboxes.followed]:
        known += f" OR EXISTS ({series_flags.SEEN_IN.format(inboxes=', '.join(map(str, followed)))})"
    found = {number for (number,) in execute(f"SELECT id FROM series{_SILENT} AND ({known})", values)}  # noqa: S608
    for row in _numbered(execute, naming(execute, mine, _SILENT, values) - found):
        if _named(mine, row[15]) or _named(mine, row[16]):
            found.add(row[0])
    return len(found)


def is_known(line: SeriesSummary) -> bool:
    """True if a person has something to do with a series, so that it has a place in their queue."""
    return line.watched or line.followed or line.mine or line.for_me


class _Flags(NamedTuple):
    """What the summaries say besides what is stored of each series, by its number."""

    mine: Set[str]  # my addresses
    watched: Set[int]
    muted: Set[int]
    pinned: Set[int]
    labels: Mapping[int, tuple[str, ...]]
    not_mine: Mapping[int, int]
    snoozed: Mapping[int, int]
    unread: Mapping[int, int]
    blocked: Mapping[int, tuple[int, ...]]
    overdue_since: int


def _summarizer(
    flags: _Flags, inboxes: _Inboxes, seen: Mapping[int, tuple[str, ...]], is_followed: _FollowTest, now: int
) -> Callable[[Any], SeriesSummary]:
    """Return a function that makes the summary of a row; `seen` are the inboxes of each series."""
    mine, watched, muted, pinned, labels, not_mine, snoozed, unread, blocked, overdue_since = flags  # fast for 10,000

    def summary(row: Any) -> SeriesSummary:
        number, title, author, email, state, turn, since, active, version, minor, rfc = row[:11]
        patches, expected, reviewed, roots, posters, people, kind, _, points_open, points, answered, applied = row[11:]
        names = seen.get(number, ())
        awaiting = series_flags.awaits_review(state, turn)
        is_mine = _named(mine, posters)
        return SeriesSummary(
            id=number,
            title=title,
            author_name=author,
            author_email=email,
            inboxes=names if len(names) < 2 else tuple(sorted(names)),
            watched=number in watched,
            followed=is_followed(number, title, author, posters, names),
            muted=number in muted,
            snoozed_until=snoozed.get(number),
            state=state,
            turn=turn,
            turn_since=since,
            awaiting_review=awaiting,
            overdue=awaiting and since <= overdue_since and number not in blocked,
            unread=unread.get(number, 0),
            last_activity=active,
            version=version,
            minor=minor,
            rfc=bool(rfc),
            patches=patches,
            expected=expected,
            reviewed=reviewed,
            roots=roots,
            search_text=f"{title}\n{author}\n{email}\n{roots}".lower(),
            mine=is_mine,
            for_me=not is_mine and _named(mine, people),
            stale_since=inboxes.stale_since(names),
            kind=kind,
            blocked_by=blocked.get(number, ()),
            points_open=points_open - _settled_by_silence(answered, now),
            points=points,
            pinned=number in pinned,
            applied=applied,
            labels=labels.get(number, ()),
            not_mine=not_mine.get(number, 0),
        )

    return summary


def _numbered(execute: Execute, numbers: Collection[int]) -> list[Any]:
    return list(rows_among(execute, f"{_SERIES} WHERE id IN ({{values}})", sorted(numbers)))


def _named(people: Set[str], lines: str) -> bool:
    """True if one of these people is in the lines of a column."""
    return _may_name(people, lines) and not people.isdisjoint(lines.split("\n"))


def _may_name(people: Set[str], lines: str) -> bool:
    """True if one of these people may be in the lines of a column: a part of a line is enough."""
    for one in people:  # noqa: SIM110 (any() takes three times as long)
        if one in lines:
            return True
    return False


def naming(
    execute: Execute, addresses: Collection[str], condition: str = " WHERE TRUE", values: Mapping[str, Any] = _NO_VALUES
) -> set[int]:
    """Return the series that may have been posted by one of these addresses, sent to it, or answered from it.

    Of the series with a `condition`, which begins with WHERE; `values` are its parameters.
    """
    named = {f"me{n}": containing(address) for n, address in enumerate(sorted(addresses))}
    if not named:
        return set()
    columns = [f"{column} LIKE :{name} ESCAPE '/'" for name in named for column in ("posters", "people")]
    found = execute(f"SELECT id FROM series{condition} AND ({' OR '.join(columns)})", {**values, **named})  # noqa: S608
    return {number for (number,) in found}


def subaddresses(execute: Execute, addresses: Collection[str]) -> tuple[str, ...]:
    """Return the addresses on the lists that only add a part after `+` to one of these: `ann+dt@example.org`."""
    mine = {address.lower() for address in addresses}
    found: set[str] = set()
    for local, _, host in (address.partition("@") for address in mine):
        pattern = {"me": containing(f"{local}+")}
        for (people,) in execute("SELECT people FROM series WHERE people LIKE :me ESCAPE '/'", pattern):
            found |= {one for one in people.split("\n") if one.startswith(f"{local}+") and one.endswith(f"@{host}")}
    return tuple(sorted(found - mine))


def _settled_by_silence(answered: str, now: int) -> int:
    """How many of the answered points silence has settled by now, each at one of these times."""
    return sum(int(at) <= now for at in answered.split("\n")) if answered else 0


class _Inboxes(Struct, frozen=True):
    """The known inboxes."""

    names: Mapping[int, str]  # by primary key
    followed: frozenset[str]  # all of their series
    rules: Mapping[str, tuple[Rule, ...]]  # of those of which only some series are followed
    failing: Mapping[str, int]  # those that could not be polled, since when

    def followed_among(self, seen: Mapping[int, Collection[str]]) -> set[int]:
        """Return the series that were seen in one of the inboxes that are followed completely."""
        return {number for number, names in seen.items() if not self.followed.isdisjoint(names)}

    def stale_since(self, names: Collection[str]) -> int | None:
        """Return since when one of these inboxes could not be polled."""
        if not self.failing:
            return None
        return min((self.failing[name] for name in names if name in self.failing), default=None)


def _load_inboxes(execute: Execute) -> _Inboxes:
    names: dict[int, str] = {}
    followed: set[str] = set()
    rules: dict[str, tuple[Rule, ...]] = {}
    failing: dict[str, int] = {}
    for number, name, is_followed, failed_at, stored_rules in execute(_INBOXES, {}):
        names[number] = name
        if is_followed and stored_rules:
            rules[name] = decode_rules(stored_rules)
        elif is_followed:
            followed.add(name)
        if failed_at is not None:
            failing[name] = failed_at
    return _Inboxes(names, frozenset(followed), rules, failing)


def _names_by_series(seen_in: Iterable[tuple[int, int]], names: Mapping[int, str]) -> dict[int, tuple[str, ...]]:
    """Return the inboxes that postings of each series were seen in, unordered."""
    found: dict[int, tuple[str, ...]] = {}
    for number, inbox in seen_in:
        name, before = names[inbox], found.get(number, ())
        if name not in before:
            found[number] = (*before, name)
    return found


_FollowTest = Callable[[int, str, str, str, Collection[str]], bool]
"""True for a followed series, given its number, title, author, posters and inboxes."""


def _follow_test(execute: Execute, inboxes: _Inboxes) -> _FollowTest:
    """Return what tells whether a series is followed."""
    needs_files = any(rule.path for rules in inboxes.rules.values() for rule in rules)
    files = _files_by_series(execute) if needs_files else {}

    def is_followed(number: int, title: str, author: str, posters: str, names: Collection[str]) -> bool:
        return not inboxes.followed.isdisjoint(names) or any(
            rule.fits(title, (author, *posters.split("\n")), files.get(number, ()))
            for name in (names if inboxes.rules else ())
            for rule in inboxes.rules.get(name, ())
        )

    return is_followed


def _files_by_series(execute: Execute) -> dict[int, set[str]]:
    """Return the files that the patches of each series change."""
    from patchwatch.db.packing import text_reader
    from patchwatch.db.posting_codec import decode_posting

    text = text_reader(execute)
    found: dict[int, set[str]] = {}
    for number, posting in execute(_POSTINGS, {}):
        found.setdefault(number, set()).update(decode_posting(text(posting)).files)
    return found
