"""Lists on which version links are trained and measured: archives imported without their authors' hints."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import stated_links
from sqlalchemy import select
from stated_links import Stated, Verdict

from patchwatch.db.database import Database
from patchwatch.db.postings import Postings, neighbours
from patchwatch.db.schema import revision
from patchwatch.series.link_features import Candidate, candidates
from patchwatch.series.posting import PostingFacts
from patchwatch.sync.derive import Derivation, FindPredecessor

ROOT = Path(__file__).resolve().parent.parent
NEWEST = 24_000
"""Mails of an archive that are taken, the newest."""


@dataclass(frozen=True)
class LinkList:
    """A list in a database without its authors' hints, and what they state."""

    name: str
    database: Path
    stated: Mapping[str, Stated]
    known: Mapping[str, set[str]]  # root -> its true predecessors

    @cached_property
    def candidates(self) -> dict[str, list[Candidate]]:
        """The candidates with a lower version, with their features, of each posting that is judged, by root."""
        database = Database(f"sqlite:///{self.database}")
        with database.read() as connection:
            postings = Postings(connection)
            postings.load(connection.execute(select(revision.c.id)).scalars())
            judged = [(n, p) for n, p in sorted(postings.items()) if self._is_judged(p)]
            near = neighbours(connection, [p for _, p in judged])
        database.close()
        return {
            posting.root: candidates(posting, [postings[n] for n in sorted(near[index]) if n != number])
            for index, (number, posting) in enumerate(judged)
        }

    def _is_judged(self, posting: PostingFacts) -> bool:
        return posting.root in self.known or (posting.root in self.stated and self.stated[posting.root].change_id != "")

    def label(self, root: str, other: str) -> bool | None:
        """True if `other` is an earlier version of `root`, False if it is not, None if nothing states it."""
        one, two = self.stated.get(root), self.stated.get(other)
        if one is None or two is None:
            return None
        if other in self.known.get(root, ()) or one.names(other):
            return True
        if one.agrees(two) or other in one.links:
            return None  # perhaps on another branch
        if root in self.known:
            family = (self.stated[member] for member in (*self.known[root], root))
            return None if any(two.agrees(member) for member in family) else False
        if stated_links.is_another_branch(one, two):
            return None
        return False if one.change_id and two.change_id and one.change_id != two.change_id else None

    def judge(self, predicted: Mapping[str, str | None]) -> Verdict:
        """Compare predicted predecessors, by root, with those that are stated."""
        return stated_links.judge(predicted, self.stated, self.known)

    def same_title(self) -> Verdict:
        """The verdict on the baseline: the same author and title."""
        return self.judge(stated_links.same_title(self.stated))

    def linked(self, find_predecessor: FindPredecessor) -> Verdict:
        """Link all postings in the database again, and judge what `patchwatch list --all --json` prints then."""
        database = Database(f"sqlite:///{self.database}")
        with database.write() as connection:
            numbers = set(connection.execute(select(revision.c.id)).scalars())
            Derivation(connection, find_predecessor).relink(numbers)
        database.close()
        command = [sys.executable, "-m", "patchwatch", "list", "--all", "--json"]
        printed = subprocess.check_output(command, cwd=ROOT, env=_environment(self.database))
        return self.judge(_predecessors(json.loads(printed)))


def prepare(archive: Path, work: Path, newest: int = NEWEST) -> LinkList:
    """Import the newest mails of an epoch or bundle without the authors' hints; `work` holds the database."""
    name = re.sub(r"[^\w.-]", "-", archive.name if archive.stem.strip("0123456789") else archive.resolve().parent.name)
    mbox, database = work / f"{name}.mbox", work / f"{name}.db"
    epoch = archive
    if archive.is_file():
        epoch = work / f"{name}.git"
        subprocess.run(["git", "clone", "-q", "--bare", archive, epoch], check=True)
    stated = stated_links.write_stripped(stated_links.mails(epoch, f"-{newest}", "--all"), mbox)
    command = [sys.executable, "-m", "patchwatch", "import", str(mbox), "--inbox", "bench"]
    subprocess.run(command, cwd=ROOT, env=_environment(database), check=True, stdout=subprocess.DEVNULL)
    mbox.unlink()
    return LinkList(name, database, stated, stated_links.known_links(stated))


def total(verdicts: Iterable[Verdict]) -> Verdict:
    """The verdicts on several lists as one."""
    found, missed, wrong, renamed = zip(*((v.found, v.missed, v.wrong, v.renamed) for v in verdicts), strict=True)
    return Verdict(sum(found, ()), sum(missed, ()), sum(wrong, ()), sum(renamed, ()))


def _predecessors(listed: Iterable[dict]) -> dict[str, str | None]:  # type: ignore[type-arg]
    """The predecessor of each posting, by root; postings of one revision share it."""
    return {
        root: one["predecessor"]["message_id"] if one["predecessor"] else None
        for series in listed
        for one in series["revisions"]
        for root in one["postings"]
    }


def _environment(database: Path) -> dict[str, str]:
    return os.environ | {"PATCHWATCH_DATABASE": str(database), "XDG_CONFIG_HOME": str(database.parent)}
