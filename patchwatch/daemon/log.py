"""The log of the program that runs by itself: one line for each thing, on stderr, as text or as JSON.

Under systemd the journal notes the time itself, and takes a priority at the beginning of a line (sd-daemon(3)).
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable
from typing import TextIO

from patchwatch.sanitize import line
from patchwatch.times import format_time

_WARNING = 4  # syslog's
_PLAIN = 6


class Log:
    """Writes lines; may be used from any thread."""

    def __init__(self, form: str, clock: Callable[[], float], stream: TextIO | None = None) -> None:
        """`form` is text or json; `clock` gives UTC seconds."""
        self.form = form
        self._clock = clock
        self._stream = stream or sys.stderr
        self._guard = threading.Lock()
        self._journal = bool(os.environ.get("JOURNAL_STREAM")) and not self._stream.isatty()

    def say(self, kind: str, text: str, **facts: object) -> None:
        """Say that something happened; `facts` are for the reader of JSON, who gets `kind` and `text` too."""
        self._write(kind, text, _PLAIN, facts)

    def warn(self, kind: str, text: str, **facts: object) -> None:
        """Say that something went wrong."""
        self._write(kind, text, _WARNING, facts)

    def _write(self, kind: str, text: str, priority: int, facts: dict[str, object]) -> None:
        at = format_time(int(self._clock()))
        if self.form == "json":
            level = "warning" if priority == _WARNING else "info"
            said = json.dumps({"at": at, "level": level, "event": kind, "text": text, **facts})
        else:
            begin = f"<{priority}>" if self._journal else f"{at} "
            said = f"{begin}{kind}: {line(text)}"
        with self._guard:
            print(said, file=self._stream, flush=True)
