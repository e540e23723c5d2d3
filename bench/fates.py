"""Whether series were accepted, and their newest revisions, compared with what a person read in the archives.

    python bench/fates.py LIST-ARCHIVE... [--table FILE.tsv] [--since DATE] [--rows]

Each LIST-ARCHIVE is a public-inbox epoch, named after its list.  Its mails since DATE are imported into a database of
its own; then each series that the table names on that list is compared.  A series is right if both statements are: the
state is accepted or mainlined where the person found it accepted, and another where not (`yes|no`: only a part of it
was taken), and its newest revision holds the mail that the person named.
The tables were written before patchwatch ran on these lists.  Their series were drawn at random from the headers: first
mails of postings by people, of 2024 and 2025, without stable reviews.  moments.py reads `scsi-btrfs-pm.tsv`, too.
"""

from __future__ import annotations

import argparse
import collections
import csv
import sys
import tempfile
from pathlib import Path
from typing import Any

from stated_links import mails, mbox_entry
from understanding import imported

ROOT = Path(__file__).resolve().parent.parent
TAKEN = ("accepted", "mainlined")


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="+", type=Path, help="archives of lists")
    parser.add_argument("--table", type=Path, default=ROOT / "bench" / "verdicts" / "sixty-fates.tsv")
    parser.add_argument("--since", default="2023-09-01", help="the first mails that are imported")
    parser.add_argument("--rows", action="store_true", help="print every disagreement")
    options = parser.parse_args()
    with options.table.open(encoding="utf-8") as stream:
        verdicts = list(csv.DictReader(stream, delimiter="\t"))
    total: collections.Counter[str] = collections.Counter()
    print(f"{options.table.name:<20}{'series':>8}{'accepted or not':>18}{'newest revision':>18}{'both':>6}")
    for archive in options.lists:
        wanted = [verdict for verdict in verdicts if verdict["list"] == archive.name]
        series = listed(archive, options.since)
        counted = compare(series, wanted, rows=options.rows)
        total += counted
        row(archive.name, counted)
    row("all", total)
    return 0


def listed(archive: Path, since: str) -> list[dict[str, Any]]:
    """Import the mails of an epoch since a date, and return the output of `list --all --json`."""
    with tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
        mbox = Path(directory) / "mails.mbox"
        with mbox.open("wb") as out:
            out.writelines(map(mbox_entry, mails(archive, f"--since={since}", "HEAD")))
        return imported(mbox, Path(directory) / "bench.db")


def compare(series: list[dict[str, Any]], verdicts: list[dict[str, str]], *, rows: bool) -> collections.Counter[str]:
    """Count the agreements; with `rows`, print the disagreements."""
    home = {i: s for s in series for r in s["revisions"] for i in (*r["postings"], *r["patch_message_ids"])}
    counted: collections.Counter[str] = collections.Counter()
    for verdict in verdicts:
        found = home.get(verdict["root"])
        state = found["state"] if found else "unknown"
        newest = found["revisions"][-1] if found else {"postings": [], "patch_message_ids": []}
        accepted_right = ("yes" if state in TAKEN else "no") in verdict["accepted"].split("|")
        named = set(verdict["newest"].split("|"))
        newest_right = bool(named & {*newest["postings"], *newest["patch_message_ids"]})
        counted["series"] += 1
        counted["accepted"] += accepted_right
        counted["newest"] += newest_right
        counted["both"] += accepted_right and newest_right
        if rows and not accepted_right:
            print(f"  accepted: {verdict['accepted']}, got {state}  <{verdict['root']}>  {verdict['note']}")
        if rows and not newest_right:
            got = newest["postings"][-1] if newest["postings"] else "no such series"
            print(f"  newest: {verdict['newest']}, got {got}  <{verdict['root']}>  {verdict['note']}")
    return counted


def row(name: str, counted: collections.Counter[str]) -> None:
    """Print a row of the table."""
    print(
        f"{name:<20}{counted['series']:>8}{counted['accepted']:>18}{counted['newest']:>18}{counted['both']:>6}",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
