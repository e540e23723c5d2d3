"""Find the requests to people who did not write the patch: to answer a question, or to test it.

Pure.  A request is open until they write in the thread.  What is asked of the author is a point
(patchwatch.series.points), and what the author asks of a reviewer without naming them is an answer to one.
"""

from __future__ import annotations

from collections.abc import Mapping

from patchwatch.mail.message import Ask, Message
from patchwatch.series.request import Request
from patchwatch.series.revision import Revision
from patchwatch.series.tags import Authors, authors_of

_MOST = 20  # of one revision


def open_requests(revision: Revision) -> tuple[Request, ...]:
    """The requests that have not been answered, oldest first: the last one to each person."""
    replies = [follow_up.message for follow_up in revision.follow_ups if not follow_up.notice]
    mails = sorted({m.message_id: m for m in (*revision.own_messages, *replies)}.values(), key=lambda m: m.date)
    known = {mail.message_id: mail for mail in mails}
    authors = authors_of(revision)
    found: dict[str, Request] = {}
    for mail in mails:
        found.pop(mail.author.email, None)
        for ask in mail.asks:
            if not mail.bot and _counts(ask, mail, known, authors):
                found.pop(ask.email, None)
                found[ask.email] = Request(ask.email, ask.kind, mail.author, mail.date, mail.message_id, ask.text)
    return tuple(found.values())[-_MOST:]


def _counts(ask: Ask, mail: Message, known: Mapping[str, Message], authors: Authors) -> bool:
    """True if it asks somebody who did not write the patch: by name, to test it, or about what they wrote."""
    name = next((one.author.name for one in known.values() if one.author.email == ask.email), "")
    if authors.include(name, ask.email):
        return False
    by_author = authors.include(mail.author.name, mail.author.email)
    if ask.by_name or (ask.kind == "test" and by_author):
        return True
    answered = known.get(mail.parent or "")
    return answered is not None and answered.author.email == ask.email and not by_author
