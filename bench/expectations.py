"""What people were expected to do with a posting, and whether they did: what such measurements have in common."""

from __future__ import annotations

import argparse
import collections
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path

import stated_links

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.areas import areas_of
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.revision import Revision

TRAINING = 0.4
"""The share of the postings that are only learned from: the first."""

Counted = collections.Counter[tuple[str, bool]]
"""How often people did something of a kind that was expected of them, and how often not."""


def measure(description: str | None, judge: Callable[[Collection[Message]], Counted], kinds: Collection[str]) -> int:
    """Print a row of the table for each archive that the command line names, and one for all; return the exit status.

    `judge` counts the postings in the messages of an archive; `kinds` are the columns.
    """
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("archives", nargs="+", type=Path)
    parser.add_argument("--since", default="2023-01-01")
    parser.add_argument("--until", default="2025-06-01")
    options = parser.parse_args()
    total: Counted = collections.Counter()
    for archive in options.archives:
        span = (f"--since={options.since}", f"--until={options.until}", "--all")
        messages = {m.message_id: m for m in map(parse, stated_links.mails(archive, *span))}
        counted = judge(messages.values())
        _print_row(archive.name, counted, kinds)
        total += counted
    _print_row("all", total, kinds)
    return 0


def by_date(revisions: Iterable[Revision]) -> list[Revision]:
    """The postings among some revisions by date, without backports and pull requests."""
    found = [r for r in revisions if not r.names_stable_tree and r.kind != PULL]
    return sorted(found, key=lambda revision: revision.root.date)


def areas_in(revision: Revision) -> tuple[str, ...]:
    """The areas of a posting."""
    return areas_of(revision.head.parts.title, [message.parts.title for message in revision.patches])


def _print_row(name: str, counted: Mapping[tuple[str, bool], int], kinds: Collection[str]) -> None:
    cells = []
    for kind in kinds:
        did, did_not = counted.get((kind, True), 0), counted.get((kind, False), 0)
        cells.append(f"{kind} {did}/{did + did_not}")
    print(f"{name:<18} {'   '.join(cells)}", flush=True)
