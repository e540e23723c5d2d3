"""Make the examples of docs/digest.md: `make digest-examples`.

Two are of the three threads that the demo has, on two mornings.  The third is of a whole list, for one of its
maintainers; it needs the list's archive, and stays as it is without: `make digest-examples ARGS="cgroups=PATH"`.
Subjects, names, days and links in it are those of the mails; their sentences are other people's, and are left out.
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from patchwatch.cli.demo import demo
from patchwatch.config import Config
from patchwatch.notify.digest.build import Digest
from patchwatch.notify.digest.recipient import DigestRecipient
from patchwatch.notify.digest.section import Story
from patchwatch.series.model import Evidence, SeriesRow
from patchwatch.times import parse_time
from patchwatch.tracker import Tracker
from patchwatch.tracker.as_of import as_of

HERE = Path(__file__).resolve().parent
DAY = 86_400
MORNINGS = ("2023-08-03", "2023-09-18")
AUTHOR = DigestRecipient(frozenset({"me@manjusaka.me"}))  # of one of the three threads; he watches the others
MAINTAINER = DigestRecipient(frozenset({"tj@kernel.org"}), frozenset({"cgroups"}))
BUSY = "2024-09-11"
LEFT_OUT = "(a sentence of the mail, left out here)"


def main() -> None:
    """Write the examples."""
    with demo() as tracker:
        for day in MORNINGS:
            with as_of(tracker, at_seven(day)) as then:
                save(f"digest-{day}", then.digest(AUTHOR))
    archive = next((one.partition("=")[2] for one in sys.argv[1:] if one.startswith("cgroups=")), "")
    if not archive:
        print('digest-cgroups.txt stays as it is: make digest-examples ARGS="cgroups=PATH" makes it anew')
        return
    with TemporaryDirectory() as directory:
        tracker = Tracker(Config(), database_url=f"sqlite:///{directory}/cgroups.db")
        tracker.import_mail(Path(archive), "cgroups", lambda done: None)
        tracker.follow("cgroups")
        now = at_seven(BUSY)
        with as_of(tracker, now) as then:
            briefing = then.briefing(MAINTAINER, now - DAY)
            save("digest-cgroups", replace(briefing, stories=tuple(map(wordless, briefing.stories))).digest(now))
        tracker.database.close()


def at_seven(day: str) -> int:
    """The hour at which a digest goes out."""
    return parse_time(f"{day}T07:00Z")


def save(name: str, digest: Digest) -> None:
    """Write a digest as `patchwatch digest` prints it."""
    (HERE / f"{name}.txt").write_text(f"Subject: {digest.subject}\n\n{digest.text}\n", encoding="utf-8")


def wordless(story: Story) -> Story:
    """The same without what people wrote."""
    thread = tuple(replace(m, excerpt=LEFT_OUT if m.excerpt else "") for m in story.thread)
    return replace(story, row=without_words(story.row), thread=thread, changes=LEFT_OUT if story.changes else "")


def without_words(row: SeriesRow) -> SeriesRow:
    """A row whose evidence names the mail, not its words."""
    newest = row.revisions[-1]
    newest = replace(
        newest,
        owed=tuple(unsaid(e) for e in newest.owed),
        checks=tuple(replace(check, text=LEFT_OUT) for check in newest.checks),
    )
    return replace(
        row,
        revisions=(*row.revisions[:-1], newest),
        state_evidence=unsaid(row.state_evidence) if row.state_evidence else None,
        turn_evidence=unsaid(row.turn_evidence) if row.turn_evidence else None,
    )


def unsaid(evidence: Evidence) -> Evidence:
    """Evidence without its words."""
    return replace(evidence, text=LEFT_OUT)


if __name__ == "__main__":
    main()
