"""The known inboxes as rows, read without SQLAlchemy; patchwatch.db.inboxes changes them."""

from __future__ import annotations

from collections import Counter

from patchwatch.db import series_flags
from patchwatch.db.execute import Execute
from patchwatch.db.rule_codec import decode_rules
from patchwatch.series.model import InboxRow

_INBOXES = "SELECT id, name, followed, polled_at, failed_at, failure, rules FROM inbox ORDER BY name"


def inbox_rows(execute: Execute) -> tuple[InboxRow, ...]:
    """Return every known inbox, with the results of polling it."""
    watched = set(series_flags.inbox_ids_for_anyone(execute))
    counts = Counter(inbox for _, inbox in watched)
    return tuple(
        InboxRow(name, bool(followed), counts[key], polled_at, failed_at, failure or "", decode_rules(rules))
        for key, name, followed, polled_at, failed_at, failure, rules in execute(_INBOXES, {})
    )
