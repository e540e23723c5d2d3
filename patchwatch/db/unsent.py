"""The mails that wait in the outbox, read without SQLAlchemy; patchwatch.db.outbox changes them."""

from __future__ import annotations

from patchwatch.db.execute import Execute
from patchwatch.series.model import OutboxRow

_UNSENT = """
SELECT id, recipient, key, address, sender, message_id, subject, queued_at, tries, begun_at, try_at, sent_at, failed_at,
       coalesce(failure, '')
FROM outbox WHERE person = :person AND sent_at IS NULL ORDER BY id
"""


def unsent(execute: Execute) -> tuple[OutboxRow, ...]:
    """Return my mails that wait, are being sent or failed, oldest first."""
    return tuple(OutboxRow(*row) for row in execute(_UNSENT, {}))
