"""The only module that writes to stdout and stderr; it sanitizes everything that it writes.

Text from strangers reaches messages on many ways: a subject in a list, a message-id in an error, a server's response in
a log.  So text is sanitized here once more, whatever its origin, and passwords are kept off stderr.  Ruff's rules T20
and TID251 keep other modules from printing (pyproject.toml).
"""

from __future__ import annotations

import contextlib
import io
import json
import logging
import os
import shlex
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterable, Iterator

from patchwatch.pattern import Pattern
from patchwatch.redact import redact
from patchwatch.sanitize import content, escaped
from patchwatch.sanitize import line as one_line

TYPE_CHECKING = False  # typing takes longer to import than the stored answer of `next` to read
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, BinaryIO, TextIO

    from patchwatch.progress import Progress

_STYLE = Pattern("(\x1b\\[[0-9;]*m)")  # SGR, the sequences of click.style


_REFRESH_SECONDS = 0.1  # between two drawings of a progress line
_WIDE = 60  # columns from which on it has a bar
_BAR, _BESIDE = 24, 13  # columns of the bar, and of what is beside words and bar


def stdout_is_terminal() -> bool:
    """True if stdout is a terminal."""
    return sys.stdout is not None and sys.stdout.isatty()


def stdout_encoding() -> str:
    """The character set of stdout; empty if it is unknown."""
    return getattr(sys.stdout, "encoding", None) or ""


def stderr_is_terminal() -> bool:
    """True if stderr is a terminal."""
    return sys.stderr is not None and sys.stderr.isatty()


def use_color() -> bool:
    """True if stdout is a terminal, and nothing says that it shows no colors (https://no-color.org)."""
    return stdout_is_terminal() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def print_line(text: str = "", *, newline: bool = True) -> None:
    """Print data on stdout."""
    _write(sys.stdout, content(text) + ("\n" if newline else ""))


def line_printer() -> Callable[[str], None]:
    """A function like `print_line` for the present stdout, also while that is redirected."""
    stream = sys.stdout
    return lambda text: _write(stream, content(text) + "\n")


def print_styled(text: str, *, color: bool) -> None:
    """Print text styled by `click.style` on stdout; without `color`, the styles are left out."""
    parts = _STYLE.split(text)  # text and styles by turns
    text = "".join((part if color else "") if at % 2 else content(part) for at, part in enumerate(parts))
    _write(sys.stdout, f"{text}\n")


def print_json(value: Any) -> None:
    """Print JSON on stdout; characters that a terminal would obey are escaped."""
    _write(sys.stdout, escaped(_indented(value)) + "\n")


def print_json_array(values: Iterable[Any]) -> None:
    """Print a JSON array on stdout as `print_json` does, each value as soon as it is there, and fast."""
    import msgspec  # json.dumps indents in Python

    above = "["
    for value in values:
        try:
            encoded = msgspec.json.encode([value])
            text = msgspec.json.format(encoded, indent=1)[2:-2].decode()
            is_plain = encoded.isascii() and b"\x7f" not in encoded  # JSON escapes the other control characters
        except UnicodeEncodeError:  # a surrogate, of a file name that is not UTF-8
            text, is_plain = _indented([value])[2:-2], False
        _write(sys.stdout, f"{above}\n{text if is_plain else escaped(text)}")
        above = ","
    _write(sys.stdout, "[]\n" if above == "[" else "\n]\n")


def _indented(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False)


def print_mail(raw: bytes) -> bool:
    """Print a mail on stdout: unchanged to a file or pipe, sanitized to a terminal.  True if that replaced anything."""
    if not stdout_is_terminal():
        sys.stdout.flush()
        sys.stdout.buffer.write(raw)
        return False
    text = raw.decode(errors="surrogateescape")
    sanitized = content(text)
    print_line(sanitized, newline=not sanitized.endswith("\n"))
    return sanitized != text.replace("\r\n", "\n")


class _PagerInput(io.TextIOWrapper):
    """What is written here is shown on the terminal, too."""

    def isatty(self) -> bool:
        return True


@contextlib.contextmanager
def stdout_into(pager: BinaryIO) -> Iterator[None]:
    """While the block runs, write stdout to a pager; if the user leaves it early, the rest is dropped."""
    terminal, sys.stdout = sys.stdout, _PagerInput(pager, encoding="utf-8", errors="replace")
    try:
        with contextlib.suppress(BrokenPipeError):
            yield
    finally:
        with contextlib.suppress(BrokenPipeError):
            sys.stdout.close()
        sys.stdout = terminal


def discard_stdout() -> None:
    """Drop what is not written yet: the reader (head, less) has exited, and Python flushes stdout again at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def print_error(text: str) -> None:
    """Print an error, a hint or progress on stderr, which is not for data."""
    with contextlib.suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()  # keeps the order of both in a common log
    _write(sys.stderr, content(redact(text)) + "\n")


@contextlib.contextmanager
def progress_line() -> Iterator[Progress]:
    """Yield a function that shows progress on one line of stderr, if that is a terminal; in the end the line is gone.

    Nothing may be printed on stdout meanwhile; what is printed on stderr appears above the line.
    """
    from patchwatch.progress import no_progress  # typing takes longer to import than the answer of `next` to print

    if not stderr_is_terminal() or os.environ.get("TERM") == "dumb":
        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    from patchwatch.text_width import fit

    console = Console(file=sys.stderr)
    columns = [TextColumn("{task.description}", markup=False), TaskProgressColumn(), TimeRemainingColumn(compact=True)]
    if wide := console.width >= _WIDE:
        columns.insert(1, BarColumn(_BAR))
    room = console.width - _BESIDE - (_BAR + 1) * wide
    drawn_at = 0.0
    # Without a thread that draws: processes are forked meanwhile.
    with Bar(*columns, console=console, transient=True, auto_refresh=False, redirect_stdout=False) as bar:
        task = bar.add_task("", total=None, visible=False)

        def show(text: str, done: int = 0, total: int = 0) -> None:
            nonlocal drawn_at
            words = fit(one_line(redact(text)), max(room, 1))
            bar.update(task, description=words, completed=done, total=total or None, visible=True)
            if (now := time.monotonic()) - drawn_at >= _REFRESH_SECONDS or done == total:
                drawn_at = now
                bar.refresh()

        yield show


def command(*words: str) -> str:
    """A command to advise, quoted for a shell, with `--` before a word that would be taken for an option.

    The words after the first two are arguments, often message-ids, which strangers choose.
    """
    arguments = [one_line(word) for word in words[2:]]
    options = ["--"] if any(word.startswith("-") for word in arguments) else []
    return shlex.join([*words[:2], *options, *arguments])


class ErrorStream(io.TextIOBase):
    """A file that prints whole lines on stderr, for libraries that need a file to write to."""

    def __init__(self) -> None:
        """Nothing is waiting yet."""
        self._rest = ""

    def writable(self) -> bool:
        """True."""
        return True

    def write(self, text: str) -> int:
        """Print the lines that are complete; keep the rest."""
        *lines, self._rest = (self._rest + text).split("\n")
        for row in lines:
            print_error(row)
        return len(text)

    def close(self) -> None:
        """Print the rest."""
        if self._rest:
            print_error(self._rest)
            self._rest = ""
        super().close()


class ErrorHandler(logging.Handler):
    """Print log records on stderr, or on another stream."""

    def __init__(self, stream: TextIO | None = None) -> None:
        """`stream` replaces stderr."""
        super().__init__()
        self._stream = stream

    @property
    def is_terminal(self) -> bool:
        """True if records go to a terminal."""
        return (self._stream or sys.stderr).isatty()

    def emit(self, record: logging.LogRecord) -> None:
        """Print a record.  A log that can't be written must not end the program."""
        with contextlib.suppress(OSError, ValueError):
            _write(self._stream or sys.stderr, content(redact(self.format(record))) + "\n")


def show_warning(
    message: Warning | str,
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,
    line: str | None = None,
) -> None:
    """Print a Python warning."""
    print_error(warnings.formatwarning(message, category, filename, lineno, line).rstrip("\n"))


def take_over(report: Callable[[BaseException], None]) -> None:
    """Let what Python prints on its own go through this module: warnings, logs of libraries, and crashes.

    `report` reports an exception that nothing caught, in any thread.
    """

    def in_main(_kind: type[BaseException], error: BaseException, _traceback: TracebackType | None) -> None:
        report(error)

    def in_thread(arguments: threading.ExceptHookArgs) -> None:
        if arguments.exc_value is not None and not isinstance(arguments.exc_value, SystemExit):
            report(arguments.exc_value)

    def unraisable(arguments: sys.UnraisableHookArgs) -> None:
        print_error(f"patchwatch: ignored {arguments.exc_type.__name__}: {one_line(str(arguments.exc_value))}")

    warnings.showwarning = show_warning
    logging.lastResort = ErrorHandler()
    logging.lastResort.setLevel(logging.WARNING)
    sys.excepthook = in_main
    threading.excepthook = in_thread
    sys.unraisablehook = unraisable


def _write(stream: TextIO | None, text: str) -> None:
    if stream is None:  # closed by the caller (>&-)
        return
    try:
        stream.write(text)
    except UnicodeEncodeError:  # a locale without UTF-8
        stream.write(text.encode(stream.encoding, "replace").decode(stream.encoding))
    stream.flush()
