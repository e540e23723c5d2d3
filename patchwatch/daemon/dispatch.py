"""Handing queued events to those who are told of them: hooks, and recipients of digests who want a mail at once.

A telling leaves the queue when its hook has been started, in a transaction of its own.  A kill between the two has it
told twice, which its `id` shows; one before them has it told by the next program.  A mail is put into the outbox, where
there is one of an event and recipient, however often it is put there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from patchwatch.daemon.hooks import Hooks
from patchwatch.daemon.log import Log
from patchwatch.db.event_queue import QueuedEvent
from patchwatch.errors import DatabaseError, DeliveryError, NotFoundError, SendError
from patchwatch.notify.detect import decode
from patchwatch.notify.events import event_message

if TYPE_CHECKING:
    from patchwatch.tracker import Tracker


class DispatchAPI(Protocol):
    """What handing over needs of the tracker."""

    def queued_events(self) -> Sequence[QueuedEvent]: ...
    def dequeue_event(self, queue_id: int) -> None: ...
    def queue_message(self, recipient: str, key: str, subject: str, text: str) -> bool: ...
    def url(self, message_id: str, inbox: str = "") -> str: ...


def tell(tracker: Tracker) -> None:
    """Tell what happened, and wait until all who are told have heard, or had their time."""
    tracker.detect_events()
    if tracker.config.hook or tracker.config.digest:
        log = Log("text", time.time)
        hooks = Hooks(tracker.config.hook, log)
        hand_over(tracker, hooks, set(), log)
        hooks.finish(sum(hook.seconds for hook in tracker.config.hook) + _SLACK_SECONDS)


_SLACK_SECONDS = 5.0


def hand_over(core: DispatchAPI, hooks: Hooks, handed: set[int], log: Log) -> None:
    """Give what is queued to whom it is for; `handed` are those that the hooks' queues hold already."""
    for telling in core.queued_events():
        if telling.id in handed:
            continue
        handed.add(telling.id)
        event = decode(telling.event)
        url = core.url(event.message_id, next(iter(event.inboxes), "")) if event.message_id else ""
        begun = _forget(core, telling.id, handed)
        kind, _, name = telling.listener.partition(" ")
        if kind == "mail":
            try:
                core.queue_message(name, f"event:{event.id}", *event_message(event, url))
            except NotFoundError:
                pass  # the config has him no longer
            except (SendError, DeliveryError) as error:
                log.warn("mail", f"{name}: {event.kind} of #{event.series_id} is not mailed: {error}", recipient=name)
            begun()
        elif not hooks.tell(telling.listener, event, url, begun):
            begun()  # nor this hook


def _forget(core: DispatchAPI, number: int, handed: set[int]) -> Callable[[], None]:
    def begun() -> None:
        try:
            core.dequeue_event(number)
        except DatabaseError:
            return  # it stays queued, and is told again by the next program: rather twice than never
        handed.discard(number)

    return begun
