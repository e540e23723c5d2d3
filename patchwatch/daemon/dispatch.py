"""Dispatch queued events to hooks, and to recipients who get a mail for each.

An event leaves the queue when its hook has started, in a transaction of its own.  If the program is killed between the
two, the event is dispatched twice, with the same `id`; if it is killed earlier, the next program dispatches it.  A mail
goes into the outbox, which holds one for each event and recipient.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from patchwatch.daemon import log
from patchwatch.daemon.hooks import Hooks
from patchwatch.db.event_queue import QueuedEvent
from patchwatch.errors import DatabaseError, DeliveryError, NotFoundError, SendError
from patchwatch.notify.events import event_message

if TYPE_CHECKING:
    from patchwatch.tracker import Tracker

_log = logging.getLogger(__name__)
_SLACK_SECONDS = 5.0


class DispatchAPI(Protocol):
    """The part of the tracker that dispatch uses."""

    def queued_events(self) -> Sequence[QueuedEvent]: ...
    def dequeue_event(self, queue_id: int) -> None: ...
    def queue_message(self, recipient: str, key: str, subject: str, text: str) -> bool: ...
    def url(self, message_id: str, inbox: str = "") -> str: ...


def dispatch_and_wait(tracker: Tracker) -> None:
    """Detect events, dispatch them, and wait until the hooks end or time out."""
    tracker.detect_events()
    if tracker.config.hook or tracker.config.digest:
        log.configure("text")
        hooks = Hooks(tracker.config.hook)
        dispatch(tracker, hooks, set())
        hooks.finish(sum(hook.seconds for hook in tracker.config.hook) + _SLACK_SECONDS)


def dispatch(tracker: DispatchAPI, hooks: Hooks, pending: set[int]) -> None:
    """Pass queued events to their subscribers; `pending` are those that already wait for a hook to start."""
    for queued in tracker.queued_events():
        if queued.id in pending:
            continue
        pending.add(queued.id)
        event = queued.event
        url = tracker.url(event.message_id, next(iter(event.inboxes), "")) if event.message_id else ""
        dequeue = _dequeue(tracker, queued.id, pending)
        kind, _, name = queued.subscriber.partition(" ")
        if kind == "mail":
            try:
                tracker.queue_message(name, f"event:{event.id}", *event_message(event, url))
            except NotFoundError:
                pass  # this recipient was removed from the config
            except (SendError, DeliveryError) as error:
                text = f"{name}: {event.kind} of #{event.series_id} not mailed: {error}"
                _log.warning(text, extra=log.event("mail", recipient=name))
            dequeue()
        elif not hooks.submit(queued.subscriber, event, url, dequeue):
            dequeue()  # this hook was removed from the config


def _dequeue(tracker: DispatchAPI, queue_id: int, pending: set[int]) -> Callable[[], None]:
    def dequeue() -> None:
        try:
            tracker.dequeue_event(queue_id)
        except DatabaseError:
            return  # it stays queued, and the next program dispatches it again: better twice than never
        pending.discard(queue_id)

    return dequeue
