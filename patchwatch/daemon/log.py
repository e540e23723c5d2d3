"""The daemon's log: one line per event on stderr, as text or JSON.

Modules log through `logging.getLogger(__name__)`, with `extra=event(kind, …)`; `configure` sets the format.  Under
systemd the journal adds the time, and takes a priority at the start of a line (sd-daemon(3)).
"""

from __future__ import annotations

import json
import logging
import os
import time
from collections.abc import Callable
from typing import Any, TextIO

from patchwatch.output import ErrorHandler
from patchwatch.sanitize import line
from patchwatch.times import format_time

_LOGGER = "patchwatch"
_WARNING, _INFO = 4, 6  # syslog priorities

Clock = Callable[[], float]
"""Gives UTC seconds."""


def event(kind: str, **fields: object) -> dict[str, Any]:
    """The `extra` argument of a log call: the kind of event, and fields for the JSON format."""
    return {"event": kind, "fields": fields}


def configure(form: str, clock: Clock = time.time, stream: TextIO | None = None) -> None:
    """Log to `stream` (default: stderr) from now on; `form` is one of patchwatch.config.LOGS."""
    handler = ErrorHandler(stream)
    if form == "json":
        handler.setFormatter(JsonFormatter(clock))
    else:
        journal = bool(os.environ.get("JOURNAL_STREAM")) and not handler.is_terminal
        handler.setFormatter(TextFormatter(clock, journal=journal))
    logger = logging.getLogger(_LOGGER)
    logger.handlers = [handler]
    logger.setLevel(logging.INFO)
    logger.propagate = False


class TextFormatter(logging.Formatter):
    """`2026-11-23T07:12:00Z poll: 3 new mails`; for the journal, with a priority instead of the time."""

    def __init__(self, clock: Clock, *, journal: bool) -> None:
        super().__init__()
        self._clock = clock
        self._journal = journal

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        priority = _INFO if record.levelno <= logging.INFO else _WARNING
        prefix = f"<{priority}>" if self._journal else f"{format_time(int(self._clock()))} "
        return f"{prefix}{_kind(record)}: {line(record.getMessage())}"


class JsonFormatter(logging.Formatter):
    """`{"at": …, "level": "info", "event": "poll", "text": …}` and the event's fields."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def format(self, record: logging.LogRecord) -> str:
        """The line of a record."""
        values = {
            "at": format_time(int(self._clock())),
            "level": record.levelname.lower(),
            "event": _kind(record),
            "text": record.getMessage(),
        }
        return json.dumps(values | getattr(record, "fields", {}))


def _kind(record: logging.LogRecord) -> str:
    kind: str = getattr(record, "event", record.name)
    return kind
