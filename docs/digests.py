"""Write the examples of docs/digest.md: `make digest-examples`.

Two are from the three threads of the demo, on two mornings; the second is also written as a phone shows it.  The third
is from a whole list, for one of its maintainers; it needs the list's archive: `make digest-examples
ARGS="linux-iio=PATH"`.  It keeps subjects, names, dates and links of the mails and leaves out their text, which is
other people's.
"""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from msgspec.structs import replace

from patchwatch.cli.demo import demo
from patchwatch.config import Config
from patchwatch.notify.digest.recipient import DigestRecipient
from patchwatch.notify.digest.update import SeriesUpdate
from patchwatch.series.model import Evidence, SeriesRow
from patchwatch.times import parse_time
from patchwatch.tracker import Tracker
from patchwatch.tracker.as_of import as_of

HERE = Path(__file__).resolve().parent
DAY = 86_400
MORNINGS = ("2023-08-03", "2023-09-18")
AUTHOR = DigestRecipient(frozenset({"me@manjusaka.me"}))  # of one of the three threads; watches the others
MAINTAINER = DigestRecipient(frozenset({"jic23@kernel.org"}), frozenset({"linux-iio"}))
BUSY = "2025-10-15"
LEFT_OUT = "(a sentence of the mail, left out here)"


def main() -> None:
    """Write the examples."""
    with demo() as tracker:
        for day in MORNINGS:
            with as_of(tracker, at_seven(day)) as then:
                digest = then.digest(AUTHOR)
                save(f"digest-{day}", digest.subject, digest.text)
        phone = "\n".join(text.rstrip(" ") for text in digest.flowed.split("\n"))
        save(f"digest-{day}-phone", digest.subject, phone)
    archive = next((word.partition("=")[2] for word in sys.argv[1:] if word.startswith("linux-iio=")), "")
    if not archive:
        print('digest-linux-iio.txt is unchanged; to rewrite it: make digest-examples ARGS="linux-iio=PATH"')
        return
    with TemporaryDirectory() as directory:
        tracker = Tracker(Config(), database_url=f"sqlite:///{directory}/iio.db")
        tracker.import_mail(Path(archive), "linux-iio")
        tracker.follow("linux-iio")
        now = at_seven(BUSY)
        with as_of(tracker, now) as then:
            contents = then.digest_contents(MAINTAINER, now - DAY)
            contents = dataclasses.replace(contents, updates=tuple(map(without_sentences, contents.updates)))
            digest = contents.digest(now)
            save("digest-linux-iio", digest.subject, digest.text)
        tracker.database.close()


def at_seven(day: str) -> int:
    """The time at which a digest is sent."""
    return parse_time(f"{day}T07:00Z")


def save(name: str, subject: str, text: str) -> None:
    """Write a digest."""
    (HERE / f"{name}.txt").write_text(f"Subject: {subject}\n\n{text}\n", encoding="utf-8")


def without_sentences(update: SeriesUpdate) -> SeriesUpdate:
    """The same without the text of mails."""
    thread = tuple(replace(m, excerpt=LEFT_OUT if m.excerpt else "") for m in update.thread)
    return dataclasses.replace(
        update, row=row_without_text(update.row), thread=thread, changes=LEFT_OUT if update.changes else ""
    )


def row_without_text(row: SeriesRow) -> SeriesRow:
    """A row whose evidence names the mail but not its text."""
    newest = row.revisions[-1]
    newest = replace(
        newest,
        owed=tuple(evidence_without_text(e) for e in newest.owed),
        checks=tuple(replace(check, text=LEFT_OUT) for check in newest.checks),
    )
    return replace(
        row,
        revisions=(*row.revisions[:-1], newest),
        state_evidence=evidence_without_text(row.state_evidence) if row.state_evidence else None,
        turn_evidence=evidence_without_text(row.turn_evidence) if row.turn_evidence else None,
    )


def evidence_without_text(evidence: Evidence) -> Evidence:
    """Evidence without its text."""
    return replace(evidence, text=LEFT_OUT)


if __name__ == "__main__":
    main()
