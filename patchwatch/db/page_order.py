"""The order in which mails fill the pages of an SQLite file.

SQLite appends rows to a page until the next one does not fit, which leaves an eighth of the pages empty: compressed
mails are large beside a page.  Stored in another order, those of a batch leave a fiftieth empty.
"""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Iterable
from typing import TypeVar

PAGE = 16_384
"""Bytes of a page of a new file: less of it is lost behind compressed mails than with SQLite's 4,096."""

_ROOM = PAGE - 8  # bytes for rows (https://www.sqlite.org/fileformat2.html, 1.6)
_MOST = PAGE - 35  # bytes of a row in its page; of a longer one as little as fills its other pages, from _LEAST on
_LEAST = (PAGE - 12) * 32 // 255 - 23
_OTHER = PAGE - 4  # bytes of a row in each of its other pages
_BESIDE = 36  # bytes of a row beside its mail
_POINTER = 8  # bytes of what points to a row, and of its key and size

_Row = TypeVar("_Row")


def in_page_order(rows: Iterable[_Row], size: Callable[[_Row], int]) -> list[_Row]:
    """Return rows in the order in which they fill most of each page; `size` is that of the mail in a row.

    Each goes into the fullest page that has room for it, the largest first ("best fit decreasing").
    """
    pages: list[list[_Row]] = []
    room: list[tuple[int, int]] = []  # left in each page, in order, with its number
    for needed, row in sorted(((_in_page(size(row)), row) for row in rows), key=lambda one: -one[0]):
        place = bisect_left(room, (needed, 0))
        left, page = room.pop(place) if place < len(room) else (_ROOM, len(pages))
        if page == len(pages):
            pages.append([])
        pages[page].append(row)
        insort(room, (left - needed, page))
    return [row for page in pages for row in page]


def _in_page(mail: int) -> int:
    """The bytes that a row with a mail of this size takes in its page."""
    row = mail + _BESIDE
    if row > _MOST:
        left = _LEAST + (row - _LEAST) % _OTHER
        row = left if left <= _MOST else _LEAST
    return row + _POINTER
