"""The series list: a summary of each series, without its revisions, fast enough for ten thousand of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Any

from patchwatch.db import dependencies, series_flags
from patchwatch.db.execute import Execute
from patchwatch.series.follow_rules import Rule
from patchwatch.series.model import SeriesSummary
from patchwatch.series.states import CLOSED

_SERIES = """
SELECT id, title, author_name, author_email, state, turn, turn_since, last_activity, version, minor, rfc, patches,
       expected, reviewed, roots, posters, people, kind, depends_on, points_open, points,
       answered
FROM series
"""
_INBOXES = "SELECT id, name, followed, failed_at, rules FROM inbox"
_POSTINGS = "SELECT series_id, posting FROM revision WHERE series_id IS NOT NULL"


def summaries(
    execute: Execute, now: int, overdue_days: int, me: Collection[str] = (), *, watched_only: bool = False
) -> tuple[SeriesSummary, ...]:
    """Return the known, or only the watched, series, most recently active first; `me` are my addresses."""
    mine = {address.lower() for address in me}
    watched, muted, pinned = (of(execute) for of in (series_flags.watched, series_flags.muted, series_flags.pinned))
    snoozed = series_flags.snoozed(execute, mine, now)
    unread = series_flags.unread_in_watched(execute)
    inboxes = _load_inboxes(execute)
    seen = _inboxes_by_series(execute, inboxes.names, watched_only)
    is_followed = _follow_test(execute, inboxes)
    overdue_since = series_flags.overdue_since(overdue_days, now, series_flags.merge_windows(execute))

    def summary(row: Any) -> SeriesSummary:
        number, title, author, email, state, turn, since, active, version, minor, rfc = row[:11]
        patches, expected, reviewed, roots, posters, people, kind, _, points_open, points, answered = row[11:]
        names = seen.get(number, ())
        awaiting = series_flags.awaits_review(state, turn)
        is_mine = not mine.isdisjoint(posted_by := posters.split("\n"))
        return SeriesSummary(
            id=number,
            title=title,
            author_name=author,
            author_email=email,
            inboxes=names if len(names) < 2 else tuple(sorted(names)),
            watched=number in watched,
            followed=is_followed(number, title, (author, *posted_by), names),
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
            for_me=not is_mine and not mine.isdisjoint(people.split("\n")),
            stale_since=inboxes.stale_since(names),
            kind=kind,
            blocked_by=blocked.get(number, ()),
            points_open=points_open - _settled_by_silence(answered, now),
            points=points,
            pinned=number in pinned,
        )

    where = f" WHERE id IN ({series_flags.WATCHED})" if watched_only else ""
    stored = list(execute(_SERIES + where, {}))
    waiting = {row[0]: row[18] for row in stored if row[18] and row[4] not in CLOSED}
    blocked = dependencies.blocked(execute, waiting, now) if waiting else {}
    return tuple(sorted(map(summary, stored), key=lambda line: (-line.last_activity, line.id)))


def _settled_by_silence(answered: str, now: int) -> int:
    """How many of the answered points silence has settled by now, each at one of these times."""
    return sum(int(at) <= now for at in answered.split("\n")) if answered else 0


@dataclass(frozen=True, slots=True)
class _Inboxes:
    """The known inboxes."""

    names: Mapping[int, str]  # by primary key
    followed: frozenset[str]  # all of their series
    rules: Mapping[str, tuple[Rule, ...]]  # of those of which only some series are followed
    failing: Mapping[str, int]  # those that could not be polled, since when

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
            from patchwatch.db.rule_codec import decode_rules  # msgspec is slow to import, and few have rules

            rules[name] = decode_rules(stored_rules)
        elif is_followed:
            followed.add(name)
        if failed_at is not None:
            failing[name] = failed_at
    return _Inboxes(names, frozenset(followed), rules, failing)


def _inboxes_by_series(execute: Execute, names: Mapping[int, str], watched_only: bool) -> dict[int, tuple[str, ...]]:
    """Return the inboxes that postings of each series were seen in, unordered."""
    found: dict[int, tuple[str, ...]] = {}
    for number, inbox in series_flags.inbox_ids(execute, watched_only=watched_only):
        name, before = names[inbox], found.get(number, ())
        if name not in before:
            found[number] = (*before, name)
    return found


def _follow_test(execute: Execute, inboxes: _Inboxes) -> Callable[[int, str, Collection[str], Collection[str]], bool]:
    """Return a function (series, title, people, inboxes) that is True for a followed series."""
    needs_files = any(rule.path for rules in inboxes.rules.values() for rule in rules)
    files = _files_by_series(execute) if needs_files else {}

    def is_followed(number: int, title: str, people: Collection[str], names: Collection[str]) -> bool:
        return not inboxes.followed.isdisjoint(names) or any(
            rule.fits(title, people, files.get(number, ()))
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
