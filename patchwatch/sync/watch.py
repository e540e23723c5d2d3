"""Watch a series by a link, a message-id or a mail, with its earlier and later versions.

Fetches the thread of the message; then the other posts of its authors to that list; then the threads of other versions
among them, until nothing new is found.
"""

from __future__ import annotations

import datetime
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from patchwatch.config import Poll
from patchwatch.db import decisions, derived, inboxes, messages, series_flags, undo
from patchwatch.db import series as queries
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.db.posting_codec import decode_posting
from patchwatch.errors import InboxNotFoundError, InvalidInputError, LoreError, MessageNotFoundError
from patchwatch.progress import Progress
from patchwatch.series.posting import PostingFacts
from patchwatch.sources.lore import query as search
from patchwatch.sources.lore.client import Archive
from patchwatch.sources.lore.response import Response
from patchwatch.sources.lore.urls import EVERYWHERE, MessageAddress
from patchwatch.sync.outcome import NOTHING, Outcome
from patchwatch.sync.read_mail import read_mail
from patchwatch.sync.responses import store_response

_DAY = 86_400
_ROUNDS = 4  # of searches for more versions; each uses the titles and links that the last one found


@dataclass(frozen=True, slots=True)
class Watched:
    """A watched series; `already` if it was watched before."""

    series_id: int
    title: str
    already: bool


def watch_address(
    database: Database, archive: Archive, settings: Poll, address: MessageAddress, now: int, progress: Progress
) -> tuple[Watched, ...]:
    """Fetch the thread of a message, watch its series and search for their other versions.

    Raises:
        MessageNotFoundError: the archive has no such message.
        InvalidInputError: there is no patch or RFC in that thread.
        LoreError: the archive does not respond.
    """
    progress(f"fetching {address.message_id}")
    inbox, _ = fetch_thread(database, archive, address.message_id, address.inbox)
    watched = watch_known(database, [address.message_id], now, inbox)
    if not watched:
        raise InvalidInputError(
            f"<{address.message_id}> is in a thread without a patch or an RFC, so there is no series to watch."
        )
    complete(database, archive, settings, [w.series_id for w in watched], progress)
    with database.read() as connection:
        execute = executor(connection)
        found = queries.series_of(execute, [address.message_id])
        rows = queries.series(execute, queries.Criteria(ids=frozenset(found.values())), now)
    already = {w.series_id: w.already for w in watched}
    return tuple(Watched(r.id, r.title, already.get(r.id, watched[0].already)) for r in rows)


def watch_known(database: Database, message_ids: Sequence[str], now: int, inbox: str | None = None) -> list[Watched]:
    """Watch the series that stored messages belong to."""
    found: list[Watched] = []
    seen: set[int] = set()
    with database.write() as connection:
        series = queries.series_of(executor(connection), message_ids)
        before = series_flags.watched(executor(connection))
        titles = derived.series_states(connection, set(series.values()))
        for message_id in message_ids:
            number = series.get(message_id)
            if number is None or number in seen:
                continue
            seen.add(number)
            if number not in before:
                with undo.logged(connection, "watch", [message_id], f"watched: #{number} {titles[number][2]}", now):
                    decisions.decide(connection, "watch", message_id, at=now, inbox=inbox)
            found.append(Watched(number, titles[number][2], number in before))
    return found


def fetch_thread(database: Database, archive: Archive, message_id: str, inbox: str | None) -> tuple[str, Outcome]:
    """Fetch and store the thread of a message; return the inbox in which to poll it."""
    with archive.thread(message_id, inbox) as answer:
        home = answer.inbox
        if home == EVERYWHERE:
            home = _home_inbox(archive, answer, message_id) or EVERYWHERE
        outcome = store_response(database, answer, None if home == EVERYWHERE else home)
    return home, outcome


def _home_inbox(archive: Archive, answer: Response, message_id: str) -> str | None:
    """Return the list's own inbox of a message that was found in /all/; None if there is none.

    Most inboxes on lore are named after the list's address (`bpf@vger.kernel.org` is /bpf/).
    """
    for raw in answer.mails():
        message = read_mail(raw).message
        if message.message_id != message_id:
            continue
        names = [address.partition("@")[0] for address in message.recipients if _is_list(address)]
        # linux-kernel gets a copy of everything: any other list is a better place to poll.
        for name in sorted(names, key=lambda n: n in _SINKS):
            try:
                with archive.thread(message_id, name) as own:
                    if own.inbox == name:
                        return name
            except LoreError:
                continue
    return None


_SINKS = frozenset({"linux-kernel", "stable", "patches"})


def _is_list(address: str) -> bool:
    host = address.rpartition("@")[2]
    return host in ("kvack.org", "lists.linux.dev") or host.startswith(("vger.", "lists.", "lore."))


class _Steps:
    """Report the beginning of each of some steps."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress, self._total, self._begun = progress, total, 0

    def begin(self, text: str) -> None:
        self._progress(text, self._begun, self._total)
        self._begun += 1


def complete(
    database: Database,
    archive: Archive,
    settings: Poll,
    series_ids: Collection[int],
    progress: Progress,
) -> Outcome:
    """Search for other versions of series: earlier ones that they link to, and posts of their authors near them.

    Messages and inboxes that the archive does not have are ignored: the next poll searches again.
    """
    total = NOTHING
    asked: set[tuple[str, str]] = set()
    threads: set[str] = set()
    ids = set(series_ids)
    for _ in range(_ROUNDS):
        with database.read() as connection:
            revisions = [(r.root, decode_posting(r.posting)) for r in derived.series_revisions(connection, sorted(ids))]
            homes = {root: inboxes.inboxes_of(connection, root) for root, _ in revisions}
            linked = {i for _, p in revisions for i, _ in p.earlier}
            unknown = linked - messages.known_messages(connection, linked).keys()
        before = total.new_mails
        new_roots = [root for root, _ in revisions if root not in threads]
        related = _related_queries([(p, homes[r]) for r, p in revisions], settings.related_days)
        queries_left = [one for one in related if one not in asked]
        earlier = sorted(unknown - threads - set(new_roots))
        steps = _Steps(progress, len(new_roots) + len(queries_left) + len(earlier))
        for root in new_roots:
            steps.begin(f"fetching {root}")
            total += _quiet_thread(database, archive, root, next(iter(homes[root]), None))
        for inbox, query in queries_left:
            steps.begin(f"searching {inbox} for other versions")
            with archive.search(inbox, query) as answer:
                total += store_response(database, answer, inbox)
        for message_id in earlier:
            steps.begin(f"fetching {message_id}")
            total += _quiet_thread(database, archive, message_id, None)
        threads.update(new_roots, earlier)
        asked.update(queries_left)
        with database.read() as connection:
            ids |= set(queries.series_of(executor(connection), [root for root, _ in revisions]).values())
        if total.new_mails == before:
            break
    return total


def lacking(connection: Connection, series_ids: Collection[int], new: Collection[str]) -> set[int]:
    """Return those of these series that may lack mail, after polls of lists brought `new` roots.

    A list that is polled brings all of what is posted to it.  A series may lack mail if a new version was found
    elsewhere, is incomplete, or refers to an unknown one, or if a version is missing.
    """
    postings: dict[int, list[PostingFacts]] = {}
    for row in derived.series_revisions(connection, series_ids):
        postings.setdefault(row.series_id or 0, []).append(decode_posting(row.posting))
    named = {i for own in postings.values() for p in own for i, _ in p.earlier}
    known = messages.known_messages(connection, named)
    found = set()
    for number, own in postings.items():
        versions = {posting.version for posting in own}
        if versions != set(range(1, max(versions) + 1)):
            found.add(number)
        for posting in (p for p in own if p.root in new):
            unknown = any(message_id not in known for message_id, _ in posting.earlier)
            if posting.incomplete or unknown or not inboxes.inboxes_of(connection, posting.root):
                found.add(number)
    return found


def _related_queries(postings: Iterable[tuple[PostingFacts, Sequence[str]]], days: int) -> list[tuple[str, str]]:
    """Return (inbox, query) for everything that the authors posted since shortly before these postings."""
    people: dict[str, set[str]] = {}
    dates: dict[str, list[int]] = {}
    for posting, names in postings:
        for inbox in names:
            people.setdefault(inbox, set()).update(posting.people)
            dates.setdefault(inbox, []).append(posting.date)
    span = datetime.timedelta(days=days)
    tomorrow = datetime.datetime.now(datetime.UTC).date() + datetime.timedelta(days=1)
    return [
        (inbox, f'{query} (s:"patch" OR s:"rfc")')
        for inbox in sorted(people)
        for query in search.by_people(
            sorted(people[inbox]), _day(min(dates[inbox])) - span, max(_day(max(dates[inbox])), tomorrow)
        )
    ]


def _day(seconds: int) -> datetime.date:
    return datetime.datetime.fromtimestamp(seconds, datetime.UTC).date()


def _quiet_thread(database: Database, archive: Archive, message_id: str, inbox: str | None) -> Outcome:
    try:
        return fetch_thread(database, archive, message_id, inbox)[1]
    except (MessageNotFoundError, InboxNotFoundError):
        return NOTHING  # shown as a gap between versions
