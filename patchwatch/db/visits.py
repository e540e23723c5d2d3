"""When a person last looked at each series, and what came since then; thanks are no news.

A visit keeps the primary key of the newest mail: keys grow in the order of storing, so a mail that arrives late is news
too.  Without a visit, news is what was sent in the week before a person began to watch the series, or later, and after
the mail that an import, or the beginning of a follow, found (`inbox.looked_at`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from patchwatch.db.execute import Execute, rows_among
from patchwatch.db.message_codec import decode_message
from patchwatch.db.packing import text_reader
from patchwatch.db.series_flags import DECIDED
from patchwatch.mail.message import SUBMISSIONS, Message, SignalKind
from patchwatch.series.queue import News

LATE = 7 * 86_400
"""Seconds: a mail that arrives later than this, or is older when a series is first watched, is history."""
_PART = 400  # series of one query
_MAILS = """
SELECT revision.series_id, message.id, message.date, message.author_email, message.facts FROM revision
JOIN message ON message.revision_id = revision.id
WHERE message.date > :since AND message.date <= :now AND revision.series_id IN ({values})
"""
_ROOTS = "SELECT roots FROM series WHERE id IN ({values})"
_FORGET = "DELETE FROM visit WHERE message_id = :message_id AND person = :person"
_STORE = "INSERT INTO visit (message_id, person, at, newest) VALUES (:message_id, :person, :at, :newest)"


class Since(NamedTuple):
    """From when on mail of a series is news: sent after a time, and stored after a mail (0: whenever)."""

    at: int
    newest: int = 0
    closed: int = 0  # and what was closed after this time


def visit(execute: Execute, series_ids: Iterable[int], at: int) -> None:
    """Store that a person looks at these series."""
    ((newest,),) = execute("SELECT coalesce(max(id), 0) FROM message", {})
    for (roots,) in list(rows_among(execute, _ROOTS, series_ids)):
        root = roots.rpartition("\n")[2]
        execute(_FORGET, {"message_id": root})
        execute(_STORE, {"message_id": root, "at": at, "newest": newest})


def looked_at(execute: Execute) -> dict[int, Since]:
    """Return from when on mail is news, of each series that a person looked at or watched."""
    watched = execute(DECIDED.format(table="watch", columns=", watch.at"), {})
    found = {number: Since(at - LATE, 0, at - LATE) for number, at in watched}
    for number, at, newest in execute(DECIDED.format(table="visit", columns=", visit.at, visit.newest"), {}):
        before = found.get(number)
        if before is None or (newest, at) > (before.newest, before.at):
            found[number] = Since(at - LATE, newest, at)
    return found


def joined(execute: Execute) -> int:
    """Return from when on mail is news of a series that a person neither looked at nor watched (UTC seconds)."""
    at = next(iter(execute("SELECT min(at) FROM person WHERE id = :person", {})))[0]
    return at - LATE if at is not None else 0


def looked_at_inboxes(execute: Execute) -> dict[str, int]:
    """Return up to when the mail of each inbox counts as looked at."""
    rows = execute("SELECT name, looked_at FROM inbox WHERE looked_at IS NOT NULL", {})
    return {row[0]: row[1] for row in rows}


def news_since(
    execute: Execute, since: Mapping[int, Since], versions: Mapping[int, str], me: Collection[str], now: int
) -> dict[int, News]:
    """Return what others sent to these series since then; `versions` name the newest, `me` are my addresses."""
    found: dict[int, News] = {}
    text = text_reader(execute)
    wanted = sorted(since, key=lambda number: since[number].at)
    for start in range(0, len(wanted), _PART):
        part = wanted[start : start + _PART]
        times = {"since": since[part[0]].at, "now": now}
        for number, key, date, sender, facts in rows_among(execute, _MAILS, part, times):
            begin = since[number]
            if date > begin.at and key > begin.newest and sender not in me:
                mail = decode_message(text(facts))
                if not _only_thanks(mail):
                    found[number] = _with(found.get(number, News(0)), date, mail, versions[number])
    return found


def _only_thanks(mail: Message) -> bool:
    return mail.kind == "reply" and mail.is_courtesy and not (mail.trailers or mail.signals)


def _with(news: News, date: int, mail: Message, version: str) -> News:
    """Return news with one more mail."""
    news = news._replace(at=max(news.at, date))
    if mail.kind in SUBMISSIONS:
        return news._replace(version=version)
    if mail.bot:
        failed = any(signal.kind == SignalKind.FAILURE for signal in mail.signals)
        return news._replace(failures=news.failures + failed)
    tags = tuple(dict.fromkeys(trailer.name for trailer in mail.trailers if trailer.own))
    if tags and not mail.word_count:
        return news._replace(tags=tuple(dict.fromkeys((*news.tags, *tags))))
    return news._replace(replies=news.replies + 1)
