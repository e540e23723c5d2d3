"""Find the requests to people who did not write the patch: to answer a question, or to test it.

Pure.  A request is open until they write in the thread.  What is asked of the author is a point
(patchwatch.series.points), and what the author asks of a reviewer without naming them is an answer to one.
"""

from __future__ import annotations

from msgspec import Struct

from patchwatch.mail.message import Ask, Message
from patchwatch.series.request import Request
from patchwatch.series.revision import Revision
from patchwatch.series.tags import Authors, authors_of

_MOST = 20  # of one revision


class Requests(Struct):
    """The requests that have not been answered, mail by mail: the last one to each person."""

    by_address: dict[str, Request] = {}  # oldest first
    names: dict[str, str] = {}  # of those who wrote, by address

    @property
    def open(self) -> tuple[Request, ...]:
        """Those that are shown, oldest first."""
        return tuple(self.by_address.values())[-_MOST:]

    def read(self, mail: Message, answered: Message | None, authors: Authors) -> None:
        """Read the next mail; `answered` is the one that it replies to, if it is of the revision."""
        self.by_address.pop(mail.author.email, None)
        self.names.setdefault(mail.author.email, mail.author.name)
        for ask in mail.asks:
            if not mail.bot and self._counts(ask, mail, answered, authors):
                self.by_address.pop(ask.email, None)
                request = Request(ask.email, ask.kind, mail.author, mail.date, mail.message_id, ask.text)
                self.by_address[ask.email] = request

    def _counts(self, ask: Ask, mail: Message, answered: Message | None, authors: Authors) -> bool:
        """True if it asks somebody who did not write the patch: by name, to test it, or about what they wrote."""
        if authors.include(self.names.get(ask.email, ""), ask.email):
            return False
        by_author = authors.include(mail.author.name, mail.author.email)
        if ask.by_name or (ask.kind == "test" and by_author):
            return True
        return answered is not None and answered.author.email == ask.email and not by_author


def requests_in(revision: Revision) -> Requests:
    """The requests in a revision and the replies to it."""
    replies = [follow_up.message for follow_up in revision.follow_ups if not follow_up.notice]
    mails = sorted({m.message_id: m for m in (*revision.own_messages, *replies)}.values(), key=lambda m: m.date)
    known = {mail.message_id: mail for mail in mails}
    authors, found = authors_of(revision), Requests()
    for mail in mails:
        found.read(mail, known.get(mail.parent or ""), authors)
    return found
