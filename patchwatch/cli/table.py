"""Tables for people: columns as wide as their content."""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.output import print_line, stdout_is_terminal

_AT_ONCE = 500  # lines that are printed at once


def width(text: str) -> int:
    """Return the number of terminal columns that `text` takes."""
    if text.isascii():
        return len(text)
    from patchwatch.text_width import cell_len  # slow to import, and many lists are plain ASCII

    return cell_len(text)


def terminal_columns() -> int:
    """Return the width of the terminal; 0 if stdout is none, where nothing is cut."""
    if not stdout_is_terminal():
        return 0
    import shutil  # slow to import: it has archives and compression, too

    return shutil.get_terminal_size((100, 24)).columns


def fit(text: str, columns: int) -> str:
    """Return `text` in exactly `columns` columns: padded, or cut with an ellipsis."""
    if text.isascii() and len(text) <= columns:
        return text.ljust(columns)
    if width(text) > columns:
        from patchwatch import text_width

        text = text_width.fit(text, columns)
    return text + " " * (columns - width(text))


def print_table(
    rows: Sequence[Sequence[str]], heads: Sequence[str], notes: Sequence[str] = (), *, cut: bool = True
) -> None:
    """Print columns as wide as their content; the last one takes the rest of the terminal, unless nothing is to be cut.

    `notes` has one string for each row; those that are not empty are printed below their row.
    """
    columns = terminal_columns() if cut else 0
    *fixed, _ = zip(heads, *rows, strict=True)
    sizes = [max(map(width, cells)) for cells in fixed]
    left = max(columns - sum(sizes) - 2 * len(sizes), 20) if columns else 0
    lines: list[str] = []
    for row, note in zip([heads, *rows], ["", *(notes or [""] * len(rows))], strict=True):
        cells = [fit(cell, size) for cell, size in zip(row, sizes, strict=False)]
        last = row[-1] if not left or width(row[-1]) <= left else fit(row[-1], left)
        lines.append("  ".join([*cells, last]).rstrip())
        if note:
            lines.append(f"{' ' * sizes[0]}  → {note}")
        if len(lines) >= _AT_ONCE:
            print_line("\n".join(lines))
            lines.clear()
    if lines:
        print_line("\n".join(lines))
