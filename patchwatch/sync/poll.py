"""One poll of everything watched and followed: one query per inbox, or several after weeks, then the git trees.

The cursor of an inbox is the arrival time of the newest mail in a response that was stored completely.  It is at most
the time by the clocks of the server and of this machine, because each of the three can be wrong.  It moves in the
transaction that stores the response's last mail, and never after an error.  Each request starts some hours before it,
once a day some days, because mail can reach an archive late with an earlier time (public-inbox uses the newest Received
header).
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

from sqlalchemy import Connection

from patchwatch.config import Poll, Tree
from patchwatch.counts import plural
from patchwatch.db import derived, inboxes, poll_targets, watched
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.db.inboxes import AuthorTurn
from patchwatch.db.posting_codec import decode_posting
from patchwatch.errors import DatabaseError, InboxNotFoundError, LoreError, LoreResponseError, MessageNotFoundError
from patchwatch.progress import Progress
from patchwatch.series.model import InboxRow
from patchwatch.sources.lore import query as search
from patchwatch.sources.lore.client import Archive
from patchwatch.sources.lore.urls import EVERYWHERE
from patchwatch.sync import feed
from patchwatch.sync.catch_up import catch_up
from patchwatch.sync.git_trees import TreeReport, read_trees
from patchwatch.sync.isolate import failure
from patchwatch.sync.outcome import NOTHING, Change, Outcome
from patchwatch.sync.poll_lock import decode_owner
from patchwatch.sync.responses import store_response
from patchwatch.sync.turns import ALONE, Turns
from patchwatch.times import format_day

TREES = "git trees"
"""Stands for the git trees, if others poll EVERYWHERE, too: they have other trees."""

_DAY = 86_400
_NAMES = 3  # of inboxes in a message
_AUTHOR_QUERIES = 5  # in a poll: some 400 authors


@dataclass(frozen=True, slots=True)
class InboxReport:
    """The result of polling one inbox."""

    inbox: str
    outcome: Outcome
    failure: str = ""
    wait: float = 0.0  # seconds that the server asked us to wait
    polled_by: str = ""  # another process that polls it now, or did so just before
    behind: str = ""  # the day up to which it was polled, if there was too much for one poll
    taken_from: str = ""  # the process that had begun to poll it and stopped


@dataclass(frozen=True, slots=True)
class PollReport:
    """The result of a poll."""

    inboxes: tuple[InboxReport, ...]
    changes: tuple[Change, ...]  # of watched series, from the state before the poll to the one after
    new_revisions: tuple[str, ...]  # of watched series, as "title: v6"
    trees: tuple[TreeReport, ...] = ()

    def with_failure(self, job: str, text: str) -> PollReport:
        """Return the report with the failure of something that was done besides."""
        return replace(self, inboxes=(*self.inboxes, InboxReport(job, NOTHING, text)))

    @property
    def failures(self) -> tuple[str, ...]:
        """Why inboxes and trees could not be polled, each reason once, with a next step."""
        names: dict[str, list[str]] = {}
        for report in self.inboxes:
            if report.failure:
                names.setdefault(report.failure, []).append(report.inbox)
        found = [f"{_some(inboxes)}: {failure}" for failure, inboxes in names.items()]
        return (*found, *(f"{r.name}: {r.failure}" for r in self.trees if r.failure))

    @property
    def lines(self) -> tuple[str, ...]:
        """A line per inbox and tree, then one per watched series that changed."""
        if not self.inboxes and not self.trees:
            return ("nothing is watched or followed, so there is nothing to poll. Start with `patchwatch watch LINK`.",)
        found = [_line(report) for report in self.inboxes]
        found += [f"  {r.inbox}: too large, not stored: {one}" for r in self.inboxes for one in r.outcome.too_large]
        found += [r.line for r in self.trees]
        found += [f"  new version of {one}" for one in self.new_revisions]
        found += [f"  {describe(change)}" for change in self.changes if change.before]
        return tuple(found)

    @property
    def summary(self) -> str:
        """The result in one sentence."""
        if not self.inboxes and not self.trees:
            return "nothing is watched yet"
        total = NOTHING
        for report in self.inboxes:
            total += report.outcome
        nothing = bool(self.inboxes) and all(report.failure for report in self.inboxes)
        parts = [] if nothing else [_counts(total)]
        parts += [f"new {one}" for one in self.new_revisions[:2]]
        parts += [describe(c) for c in self.changes[:2] if c.before]
        for noun, reports in (("inboxes", self.inboxes), ("trees", self.trees)):
            if failed := sum(bool(r.failure) for r in reports):
                parts.append(f"{failed} of {len(reports)} {noun} failed")
        return "; ".join(parts)


def _line(report: InboxReport) -> str:
    if report.polled_by:
        return f"{report.inbox}: polled by {report.polled_by}"
    if report.failure:
        return f"{report.inbox}: failed"
    behind = f", up to {report.behind}; the next poll continues" if report.behind else ""
    return f"{report.inbox}: {_counts(report.outcome)}{behind}"


def _some(names: Sequence[str]) -> str:
    """`bpf, netdev and 3 more lists`."""
    more = len(names) - _NAMES
    return f"{', '.join(names[:_NAMES])} and {more} more lists" if more > 1 else ", ".join(names)


def describe(change: Change) -> str:
    """Describe a change of state or turn."""
    if change.before != change.after:
        return f"#{change.series_id} {change.title}: {change.before} → {change.after}"
    return f"#{change.series_id} {change.title}: turn {change.turn_before} → {change.turn}"


def _counts(outcome: Outcome) -> str:
    moved = len({c.series_id for c in outcome.changes if c.before and c.before != c.after})
    return (
        f"{plural(outcome.new_mails, 'new mail')}, {plural(len(outcome.revisions), 'new version')}, "
        f"{plural(moved, 'state change')}"
    )


def poll(
    database: Database,
    archive: Archive,
    settings: Poll,
    progress: Progress,
    trees: Sequence[Tree] = (),
    now: int | None = None,
    only: Collection[str] | None = None,
    turns: Turns = ALONE,
    rest: float = 0,
) -> PollReport:
    """Poll once.  An inbox or tree that fails is reported and stays as it was; the others are polled.

    The age of a tree's commits is computed relative to `now` (UTC, seconds; None: the clock's time).  `only` names the
    inboxes to poll; EVERYWHERE stands for everything that is in no inbox: threads without a list, the authors' posts to
    other lists, and git trees.  What another process polls now, or did within `rest` seconds, is left to it.
    """
    poll_targets.refresh(database)
    with database.read() as connection:
        lists = poll_targets.lists(executor(connection))
        any_watched = watched.is_any(executor(connection))
    names = [name for name in lists if name != EVERYWHERE and (only is None or name in only)]

    def poll_inbox(name: str) -> list[InboxReport]:
        return [_poll_inbox(database, archive, settings, name, progress, turns)]

    def poll_everywhere(_: str) -> list[InboxReport]:
        poll_targets.refresh(database)  # the lists may have brought new authors
        found = _poll_without_list(database, archive, progress)
        return found + _poll_other_lists(database, archive, settings, progress)

    reports: list[InboxReport] = []
    for done, name in enumerate(names):
        progress(f"polling {name}", done, len(names))
        reports += _in_turn(turns, name, rest, poll_inbox)
    if any_watched and (only is None or EVERYWHERE in only):
        reports += _in_turn(turns, EVERYWHERE, rest, poll_everywhere)
    total = sum((report.outcome for report in reports), NOTHING)
    if total.revisions:
        completed, failures = _complete_new_revisions(database, archive, settings, total.revisions, progress)
        total += completed
        reports += failures
    tree_reports: tuple[TreeReport, ...] = ()
    if only is None or (TREES if turns.shared else EVERYWHERE) in only:
        tree_reports = read_trees(database, trees, _clock() if now is None else now, progress, turns)
    changes = (*total.changes, *(change for report in tree_reports for change in report.changes))
    with database.read() as connection:
        mine, revisions = _changes_of_mine(connection, changes), _new_revisions(connection, total.revisions)
    return PollReport(tuple(reports), mine, revisions, tree_reports)


def _in_turn(turns: Turns, name: str, rest: float, poll: Callable[[str], list[InboxReport]]) -> list[InboxReport]:
    """Poll an inbox if it is this process's turn; otherwise report whose it is."""
    taken = turns.take(name, rest)
    owner = decode_owner(taken.owner).text
    if not taken.mine:
        return [InboxReport(name, NOTHING, polled_by="another process" if taken.tried else owner)]
    try:
        reports = poll(name)
    except BaseException:
        with suppress(DatabaseError):  # then the lease ends when its time is up
            turns.drop(name)
        raise
    failed, wait = any(report.failure for report in reports), max((report.wait for report in reports), default=0.0)
    turns.done(name, failed=failed, wait=wait)
    return [replace(report, taken_from=owner) if taken.owner else report for report in reports]


def _clock() -> int:
    return int(datetime.datetime.now(datetime.UTC).timestamp())


def inboxes_to_poll(rows: Iterable[InboxRow]) -> list[str]:
    """Return the names of the inboxes that are followed or have a watched series."""
    return [row.name for row in rows if (row.watched or row.followed) and row.name != EVERYWHERE]


def _poll_inbox(
    database: Database, archive: Archive, settings: Poll, name: str, progress: Progress, turns: Turns
) -> InboxReport:
    clock = _clock()  # the real time, whatever --now says
    with database.read() as connection:
        cursor, deep_at = inboxes.cursor(connection, name)
        if cursor is not None and cursor > clock:  # a clock is or was wrong
            newest = inboxes.newest_arrival(connection, name)
            cursor = None if newest is None else min(cursor, newest)
    deep = deep_at is None or abs(clock - deep_at) >= _DAY
    if cursor is None:
        since = clock - settings.first_days * _DAY
    else:
        since = cursor - (settings.deep_overlap_hours * 3600 if deep else settings.overlap_minutes * 60)
    outcomes: list[Outcome] = []
    try:
        mine = partial(turns.is_mine, name=name)
        caught_up = catch_up(database, archive, name, max(since, 0), cursor, clock, progress, mine, outcomes)
        if not caught_up.complete:
            with database.write() as connection:
                inboxes.set_inbox(connection, name, failed_at=None, failure=None, polled_at=clock)
            return InboxReport(name, sum(outcomes, NOTHING), behind=format_day(caught_up.since))
        since, cursor = caught_up.since, caught_up.cursor
        with archive.since(name, since) as answer:
            requested_at = min(answer.requested_at, clock)

            def after(connection: Connection, newest: int) -> None:
                if not turns.is_mine(connection, name):
                    return  # another process polls it by now, because this one was suspended
                values: dict[str, int | None] = {"failed_at": None, "failure": None, "polled_at": clock}
                if not answer.from_mirror:  # a mirror lags: ask again for what it does not have yet
                    values["cursor"] = max(cursor or 0, min(requested_at, newest)) or None
                    if deep:
                        values["deep_at"] = clock
                inboxes.set_inbox(connection, name, **values)

            outcomes.append(store_response(database, answer, name, after))
            if not any(one.new_mails for one in outcomes) and not answer.from_mirror:
                outcomes.append(feed.fetch_new(database, archive, name))
    except Exception as error:  # noqa: BLE001 (`failure` raises what concerns more than this list)
        return _failed(database, name, name, error, clock, sum(outcomes, NOTHING))
    return InboxReport(name, sum(outcomes, NOTHING))


def _wait(error: Exception) -> float:
    return (error.retry_after or 0.0) if isinstance(error, LoreResponseError) else 0.0


def _failed(
    database: Database, name: str, shown: str, error: Exception, clock: int, outcome: Outcome = NOTHING
) -> InboxReport:
    """Store the failure of an inbox; errors that concern more than that are raised again."""
    reason = failure(error)
    with database.write() as connection:
        since = inboxes.failing_since(connection, name)
        inboxes.set_inbox(connection, name, failed_at=since or clock, failure=reason)
    return InboxReport(shown, outcome, reason, _wait(error))


def _poll_without_list(database: Database, archive: Archive, progress: Progress) -> list[InboxReport]:
    """Fetch the newest thread of each watched series without a known list (found only in /all/)."""
    with database.read() as connection:
        roots = poll_targets.threads(executor(connection))
    if not roots:
        return []
    from patchwatch.sync.watch import fetch_thread

    total = NOTHING
    failures: list[InboxReport] = []
    for done, root in enumerate(roots):
        progress(f"fetching {root}", done, len(roots))
        try:
            total += fetch_thread(database, archive, root, None)[1]
        except MessageNotFoundError:
            continue  # a mail from a file that no archive has
        except LoreError as error:
            failures.append(InboxReport("threads", NOTHING, failure(error), _wait(error)))
            break
        except Exception as error:  # noqa: BLE001 (`failure` raises what concerns more than this thread)
            failures.append(InboxReport("threads", NOTHING, failure(error)))
    last = failures.pop() if failures else InboxReport("threads", NOTHING)
    return [*failures, replace(last, outcome=total)]


def _poll_other_lists(database: Database, archive: Archive, settings: Poll, progress: Progress) -> list[InboxReport]:
    """Fetch what the authors of watched series posted to other lists, with a query to /all/ for some dozens of them.

    Of very many authors, each poll asks for the next ones.  The cursor is the time when the last round through all of
    them began, so that whatever they posted since is asked for.
    """
    with database.read() as connection:
        people = poll_targets.authors(executor(connection))
        cursor, _ = inboxes.cursor(connection, EVERYWHERE)
        turn = inboxes.author_turn(connection)
    if not people:
        return []
    progress("searching other lists for posts by the authors")
    clock = _clock()
    begin = min(cursor, clock) if cursor is not None else clock - settings.first_days * _DAY
    first = datetime.datetime.fromtimestamp(begin, datetime.UTC).date() - datetime.timedelta(days=2)
    last = datetime.datetime.fromtimestamp(clock, datetime.UTC).date() + datetime.timedelta(days=2)
    groups = search.groups_of_people(email for email in people if email > turn.asked)
    total, lags = NOTHING, False
    try:
        for group in groups[:_AUTHOR_QUERIES]:
            with archive.search(EVERYWHERE, search.by_group(group, first, last)) as answer:
                lags |= answer.from_mirror
                turn = AuthorTurn(turn.begun or max(min(answer.requested_at, clock), begin), group[-1])
                total += store_response(database, answer, None)
        if not lags:  # a mirror is asked again for what it does not have yet
            good: dict[str, int | None] = {"polled_at": clock, "failed_at": None, "failure": None}
            if turn.begun and len(groups) <= _AUTHOR_QUERIES:
                good["cursor"], turn = turn.begun, AuthorTurn()
            with database.write() as connection:
                inboxes.set_inbox(connection, EVERYWHERE, **good)
                inboxes.set_author_turn(connection, turn)
    except InboxNotFoundError:
        return []  # a private archive without /all/
    except Exception as error:  # noqa: BLE001 (`failure` raises what concerns more than this query)
        return [_failed(database, EVERYWHERE, "elsewhere", error, clock, total)]
    return [InboxReport("elsewhere", total)] if total.new_mails else []


def _complete_new_revisions(
    database: Database, archive: Archive, settings: Poll, roots: Collection[str], progress: Progress
) -> tuple[Outcome, list[InboxReport]]:
    """Fetch mail of these new revisions, as far as they are watched, that the poll did not bring."""
    from patchwatch.sync.watch import complete, lacking

    with database.read() as connection:
        found = {r.series_id for r in derived.revisions_by_root(connection, roots) if r.series_id is not None}
        changed = lacking(connection, watched.watched_among(executor(connection), found), roots)
    try:
        return complete(database, archive, settings, sorted(changed), progress) if changed else NOTHING, []
    except LoreError:
        return NOTHING, []  # the polled mail is stored; the next poll brings the rest
    except Exception as error:  # noqa: BLE001 (`failure` raises what concerns more than these series)
        return NOTHING, [InboxReport("other versions", NOTHING, failure(error))]


def _changes_of_mine(connection: Connection, changes: Iterable[Change]) -> tuple[Change, ...]:
    """Return the changes of series that I watch, those of one series as one."""
    found: dict[int, Change] = {}
    for one in changes:
        first = found.get(one.series_id, one)
        found[one.series_id] = replace(one, before=first.before, turn_before=first.turn_before)
    mine = watched.watched_among(executor(connection), found, mine=True)
    moved = (one for one in found.values() if (one.before, one.turn_before) != (one.after, one.turn))
    return tuple(sorted((c for c in moved if c.before and c.series_id in mine), key=lambda c: c.series_id))


def _new_revisions(connection: Connection, roots: Iterable[str]) -> tuple[str, ...]:
    """Return the new postings of series that I watch, as "#12 title: v6"."""
    rows = [(r.series_id or 0, r) for r in derived.revisions_by_root(connection, roots)]
    mine = watched.watched_among(executor(connection), {number for number, _ in rows}, mine=True)
    titles = {number: title for number, (_, _, title) in derived.series_states(connection, mine).items()}
    new = sorted((number, r.date, r.root, r.posting) for number, r in rows if number in titles)
    return tuple(f"#{number} {titles[number]}: v{decode_posting(posting).version}" for number, _, _, posting in new)
