"""Printing: tables for people, JSON for scripts, errors and progress on stderr.

Everything that came by mail is sanitized before it is printed.
"""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from patchwatch.sanitize import escaped


def print_error(text: str) -> None:
    """Print an error, a hint or progress on stderr; stdout is for data."""
    click.echo(text, err=True)


def print_json(value: Any) -> None:
    """Print JSON; characters that a terminal would obey are escaped."""
    click.echo(escaped(json.dumps(value, indent=1, ensure_ascii=False)))


@contextmanager
def mail_counter() -> Iterator[Callable[[int], None]]:
    """Yield a function that shows the number of mails done so far, if stderr is a terminal."""
    shown = sys.stderr.isatty()

    def show(done: int) -> None:
        if shown:
            click.echo(f"\r{done} mails", err=True, nl=False)

    yield show
    if shown:
        click.echo("\r", err=True, nl=False)


def width(text: str) -> int:
    """Return the number of terminal columns that `text` takes."""
    if text.isascii():
        return len(text)
    from patchwatch.text_width import cell_len  # slow to import, and many lists are plain ASCII

    return cell_len(text)


def fit(text: str, columns: int) -> str:
    """Return `text` in exactly `columns` columns: padded, or cut with an ellipsis."""
    if width(text) > columns:
        from patchwatch import text_width

        text = text_width.fit(text, columns)
    return text + " " * (columns - width(text))


def print_table(rows: Sequence[Sequence[str]], heads: Sequence[str], notes: Sequence[str] = ()) -> None:
    """Print columns as wide as their content; the last one takes the rest of the terminal.

    `notes` has one string for each row; those that are not empty are printed below their row.
    """
    columns = shutil.get_terminal_size((100, 24)).columns if sys.stdout.isatty() else 0
    sizes = [max(width(r[i]) for r in [*rows, heads]) for i in range(len(heads) - 1)]
    left = max(columns - sum(sizes) - 2 * len(sizes), 20) if columns else 0
    for row, note in zip([heads, *rows], ["", *(notes or [""] * len(rows))], strict=True):
        cells = [fit(cell, size) for cell, size in zip(row, sizes, strict=False)]
        last = row[-1] if not left or width(row[-1]) <= left else fit(row[-1], left)
        click.echo("  ".join([*cells, last]).rstrip())
        if note:
            click.echo(f"{' ' * sizes[0]}  → {note}")
