"""Mail by sender, to notice robots: that of everybody who posts nothing."""

from __future__ import annotations

from sqlalchemy import Connection, func, select

from patchwatch.db import schema as t
from patchwatch.db.message_codec import decode_message
from patchwatch.db.sql import chunks
from patchwatch.series.robot_senders import SentMail

_SECONDS = 180 * 86_400  # before the newest mail
_MAX_MAILS = 20_000


def mail_of_those_who_post_nothing(connection: Connection) -> list[SentMail]:
    """Return the mail of the last half year from senders without a posting in it, each with what it replies to."""
    m = t.message.c
    newest = connection.scalar(select(func.max(m.date)))
    if newest is None:
        return []
    recent = m.date > newest - _SECONDS
    posts = select(m.author_email).where(recent, m.kind.in_(("cover", "patch", "proposal", "pull")))
    rows = connection.scalars(
        select(m.facts)
        .where(recent, m.kind.in_(("reply", "other")), m.author_email.not_in(posts))
        .order_by(m.date.desc(), m.message_id)
        .limit(_MAX_MAILS)
    )
    mails = [decode_message(facts) for facts in rows]
    wanted = {mail.parent for mail in mails if mail.parent}
    parents = {
        row.message_id: decode_message(row.facts)
        for part in chunks(sorted(wanted))
        for row in connection.execute(select(m.message_id, m.facts).where(m.message_id.in_(part)))
    }
    return [SentMail(mail, parents.get(mail.parent or "")) for mail in mails]
