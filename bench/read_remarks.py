"""Remarks that people labelled, and what patchwatch finds in them: what train_remarks.py and remarks.py share.

A table in verdicts/ names the list, the mail and the remark's number in it (passages below one quote, from 1), what the
remark is for the patch's author (change, question, none; `author` if the author wrote it) according to one or two
readers, and how sure they are (2: any reader would say so; 1: another may differ; `-` where only one read it).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import stated_links

from patchwatch.mail import body, remarks
from patchwatch.mail.headers import Headers
from patchwatch.mail.mime import text_of
from patchwatch.mail.parse import parse
from patchwatch.mail.remark_features import Seen

VERDICTS = Path(__file__).resolve().parent / "verdicts"
TABLES = (VERDICTS / "remarks.tsv", VERDICTS / "remarks-of-fifteen-lists.tsv")  # trained on
FRESH = (VERDICTS / "fresh-remarks.tsv", VERDICTS / "spi-watchdog-dmaengine-security-remarks.tsv")  # not trained on
POINTS = ("change", "question")
SINCE = "2022-06-01"  # no older mail is labelled

_MESSAGE_ID = re.compile(rb"(?im)^message-id:\s*<([^>]+)>")


@dataclass(frozen=True)
class Reading:
    """What a reader found, and how sure they are, from 0.5 to 1."""

    label: str
    sure: float

    @property
    def is_point(self) -> bool:
        """True if the author has to act on it or answer it."""
        return self.label in POINTS


@dataclass(frozen=True)
class Labelled:
    """A remark with what its readers found; `seen` is None if patchwatch takes its mail for one without remarks."""

    list: str
    message_id: str
    readings: tuple[Reading, ...]
    seen: Seen | None

    @property
    def agreed(self) -> bool | None:
        """True if it is a point to all readers, False if it is one to nobody, None if they differ."""
        found = {reading.is_point for reading in self.readings}
        return found.pop() if len(found) == 1 else None

    @property
    def kind(self) -> str | None:
        """The label that all readers gave; None if they differ."""
        found = {reading.label for reading in self.readings}
        return found.pop() if len(found) == 1 else None


def read(tables: Iterable[Path], archives: Iterable[Path]) -> list[Labelled]:
    """The labelled remarks of these lists, in the order of the tables, without those that an author wrote."""
    names = {archive.name: archive for archive in archives}
    rows = [row for table in tables for row in _rows(table) if row["list"] in names]
    raws: dict[tuple[str, str], bytes] = {}
    for name in dict.fromkeys(row["list"] for row in rows):
        wanted = {row["message_id"].encode() for row in rows if row["list"] == name}
        raws |= {(name, found.decode()): raw for found, raw in _mails(names[name], wanted)}
    missing = [row["message_id"] for row in rows if (row["list"], row["message_id"]) not in raws]
    if missing:
        raise SystemExit(f"{len(missing)} mails are not in these archives, for example <{missing[0]}>")
    return [_labelled(row, raws[row["list"], row["message_id"]]) for row in rows]


def _rows(table: Path) -> list[dict[str, str]]:
    with table.open(encoding="utf-8") as stream:
        return [row for row in csv.DictReader(stream, delimiter="\t") if "author" not in (row["first"], row["second"])]


def _mails(archive: Path, wanted: set[bytes]) -> Iterator[tuple[bytes, bytes]]:
    for raw in stated_links.mails(archive, f"--since={SINCE}", "HEAD"):
        found = _MESSAGE_ID.search(raw[:20_000])
        if found and found[1] in wanted:
            yield found[1], raw


def _labelled(row: dict[str, str], raw: bytes) -> Labelled:
    readings = tuple(
        Reading(row[reader], int(row[f"{reader}_sure"]) / 2) for reader in ("first", "second") if row[reader] != "-"
    )
    return Labelled(row["list"], row["message_id"], readings, _seen(raw, int(row["number"])))


def _seen(raw: bytes, number: int) -> Seen | None:
    message = parse(raw)
    if not message.remarks:
        return None
    passages = body.of_reply(text_of(Headers(raw), raw).inline)[1]
    return remarks.seen(passages, remarks.by_text(message.signals), message.trailers, message.parent)[number - 1]
