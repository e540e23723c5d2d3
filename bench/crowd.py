"""A database as large as a maintainer's: 10,000 series and 100,000 generated mails.

A seeded generator writes the mails, which are imported like any others. The database is kept, and rebuilt when `_MADE`
or the schema of patchwatch changes.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

from patchwatch.config import Config
from patchwatch.db.versions import FACTS_VERSION, SCHEMA_REVISION
from patchwatch.sync.import_mail import import_mail
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker

DIRECTORY = Path(tempfile.gettempdir()) / "patchwatch-bench-tui"  # unless another is named
SERIES = 10_000
NOW = 1_700_000_000
ME = "person-7@example.org"
WATCHED = 400
LONG_THREAD = 2_000  # replies to one cover letter
LONG_DIFF = 5_000  # lines of one patch
LONG_ROOT = "long-0@example.org"

_MADE = 1  # increment when the generated mails change
_INBOXES = ("alpha", "beta", "gamma")
_PEOPLE = 500
_DAY = 86_400
_WHERE = ("net", "mm", "bpf", "fs", "sched", "drm", "usb", "scsi", "arm64", "x86", "rcu", "block", "crypto", "iio")
_WHAT = ("queue", "page", "lock", "socket", "inode", "timer", "buffer", "index", "cache", "stream", "packet", "device")
_DOES = ("count", "free", "split", "merge", "drop", "check", "move", "rename", "trace", "reuse", "shrink", "limit")


def crowd(directory: Path) -> str:
    """Return the URL of the database in `directory`; build it (a few minutes) if there is none."""
    database = directory / f"crowd-{_MADE}-{SCHEMA_REVISION}-{FACTS_VERSION}.db"
    if not database.exists():
        directory.mkdir(parents=True, exist_ok=True)
        for old in directory.glob("crowd-*.db*"):
            old.unlink()
        _make(database.with_suffix(".making"), directory)
        database.with_suffix(".making").rename(database)
    return f"sqlite:///{database}"


def _make(path: Path, directory: Path) -> None:
    begin = time.monotonic()
    for old in directory.glob(f"{path.name}*"):
        old.unlink()
    tracker = Tracker(Config(), clock=lambda: float(NOW), database_url=f"sqlite:///{path}")
    total = 0
    for number, inbox in enumerate(_INBOXES):
        mbox = directory / f"{inbox}.mbox"
        with mbox.open("w", encoding="utf-8") as out:
            out.writelines(mailbox(number))
        outcome = import_mail(tracker.database, mbox, inbox)
        mbox.unlink()
        total += outcome.new_mails
        print(f"made {total} mails in {time.monotonic() - begin:.0f} s", file=sys.stderr)
    rows = tracker.series(everything=True)
    watched = random.Random(5).sample([row.revisions[-1].message_id for row in rows], WATCHED)
    watch_known(tracker.database, [LONG_ROOT, *watched], NOW)
    tracker.follow(_INBOXES[0])
    read = [row.revisions[-1].message_id for row in rows if row.id % 2]
    for part in range(0, len(read), 500):
        tracker.mark_read(read[part : part + 500])
    print(f"{len(rows)} series", file=sys.stderr)
    tracker.database.close()


def mailbox(inbox: int) -> Iterator[str]:
    """Yield the mails of a list, the first, second or third, each as in a mailbox."""
    chance = random.Random(inbox)
    if inbox == 0:
        yield from _long(chance)
    for number in range(inbox, SERIES, len(_INBOXES)):
        yield from _series(number, chance, _INBOXES[inbox])


def _mail(who: int, at: int, subject: str, name: str, parent: str, to: str, text: str) -> str:
    above = f"In-Reply-To: <{parent}>\nReferences: <{parent}>\n" if parent else ""
    return (
        f"From mboxrd@z Thu Jan  1 00:00:00 1970\nFrom: Person {who} <person-{who}@example.org>\nTo: {to}\n"
        f"Subject: {subject}\nDate: {formatdate(at)}\nMessage-ID: <{name}>\n{above}"
        f"Content-Type: text/plain; charset=utf-8\n\n{text}\n\n"
    )


def _diff(number: int, patch: int, lines: int = 6) -> str:
    changed = "\n".join(f"+\tstep_{number}_{patch}({line});" for line in range(lines))
    where = f"drivers/d{number}/f{patch}.c"
    head = f"diff --git a/{where} b/{where}\n--- a/{where}\n+++ b/{where}\n@@ -1,3 +1,{lines + 3} @@"
    return f"---\n {where} | {lines} +\n\n{head}\n a\n b\n{changed}\n c\n-- \n2.42.0"


def _series(number: int, chance: random.Random, inbox: str) -> Iterator[str]:
    author = chance.randrange(_PEOPLE)
    reviewers = chance.sample(range(_PEOPLE), 3)
    title = f"{chance.choice(_WHERE)}: {chance.choice(_DOES)} the {chance.choice(_WHAT)} of unit {number}"
    at = NOW - chance.randrange(700 * _DAY) - 3600
    to = ", ".join([f"{inbox}@lists.example.org", *(f"person-{who}@example.org" for who in reviewers)])
    for version in range(1, 2 + (chance.random() < 0.35)):
        patches = chance.choice((1, 2, 3, 4))
        tag = f"PATCH v{version}" if version > 1 else "PATCH"
        root = f"s{number}-v{version}-0@example.org"
        if patches > 1:
            yield _mail(author, at, f"[{tag} 0/{patches}] {title}", root, "", to, f"Why unit {number} needs it.\n")
        for patch in range(1, patches + 1):
            name = root if patches == 1 else f"s{number}-v{version}-{patch}@example.org"
            counter = "" if patches == 1 else f" {patch}/{patches}"
            step = title if patches == 1 else f"{title}, step {patch}"
            text = f"It was wrong.\n\nSigned-off-by: Person {author} <person-{author}@example.org>\n"
            parent = "" if patches == 1 else root
            yield _mail(author, at + patch, f"[{tag}{counter}] {step}", name, parent, to, text + _diff(number, patch))
        for answer in range(chance.choice((2, 4, 6, 8))):
            at += chance.randrange(_DAY) + 60
            who = author if answer % 2 else chance.choice(reviewers)
            sentence = chance.choice(
                (
                    "Why is the lock needed here?",
                    f"Reviewed-by: Person {who} <person-{who}@example.org>",
                    "Applied, thanks!" if answer > 2 else "I see.",
                    "Please split this and send a v2.",
                )
            )
            text = f"> It was wrong.\n\n{sentence}\n"
            yield _mail(who, at, f"Re: [{tag}] {title}", f"s{number}-v{version}-r{answer}@example.org", root, to, text)
        at += chance.randrange(20 * _DAY)


def _long(chance: random.Random) -> Iterator[str]:
    to, title = "alpha@lists.example.org", "doc: a change that everybody has a word on"
    at = NOW - 9 * _DAY
    yield _mail(3, at, f"[PATCH 0/1] {title}", LONG_ROOT, "", to, "Long.\n")
    text = "All of it.\n\nSigned-off-by: Person 3 <person-3@example.org>\n" + _diff(0, 0, LONG_DIFF)
    yield _mail(3, at, f"[PATCH 1/1] {title}, all of it", "long-1@example.org", LONG_ROOT, to, text)
    names = [LONG_ROOT]
    for answer in range(LONG_THREAD):
        parent = names[-1] if chance.random() < 0.4 else chance.choice(names)
        names.append(f"long-r{answer}@example.org")
        text = f"> Long.\n\nWord {answer}.\n"
        yield _mail(answer % _PEOPLE, at + answer * 60, f"Re: [PATCH 0/1] {title}", names[-1], parent, to, text)
