"""A made-up event."""

from __future__ import annotations

from patchwatch.notify.events import Event

EVENT = Event(
    id="e1",
    kind="reply",
    at=1_700_000_000,
    series_id=7,
    title="net: free the socket once",
    version=2,
    state="under-review",
    turn="author",
    inboxes=("netdev",),
    text="Rita replied",
    words="Why once? “Twice” was `$(fine)`.",
    message_id="r1@example.net",
    by_name="Rita Reviewer",
    by_email="rita@example.net",
)
