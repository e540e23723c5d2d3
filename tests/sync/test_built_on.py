"""Patches that are made on another one, in any order of arrival."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from patchwatch.config import Config
from patchwatch.db import file_changes, integrity
from patchwatch.db.database import Database
from patchwatch.sync.ingest import Read, ingest, read_mail, reindex
from patchwatch.sync.rewind import rewind
from patchwatch.tracker import Tracker
from tests.support.mails import mail
from tests.support.steps import steps

ANN, BEN, RITA = "Ann Author <ann@example.org>", "Ben Builder <ben@example.net>", "Rita <rita@example.com>"


def patch(root: str, day: str, sender: str, before: str, after: str, title: str, counter: str = "") -> bytes:
    change = f"--- a/frob/{title[6:11]}.c\n+++ b/frob/{title[6:11]}.c\n@@ -1 +1 @@\n-{before}\n+{after}\n"
    return mail(
        message_id=f"{root}@x",
        subject=f"[PATCH{counter}] {title}",
        sender=sender,
        date=f"{day} 2023 10:00:00 +0000",
        references=(f"{root[:-1]}0@x",) if counter else (),
        body=f"Why.\n---\ndiff --git a/frob/wheel.c b/frob/wheel.c\nindex {before}..{after} 100644\n{change}",
    )


WANTED = patch("a", "3 Jul", ANN, "1111111", "2222222", "frob: wheel turns faster")
LATER = patch("b", "3 Aug", BEN, "2222222", "3333333", "frob: wheel needs oil")
TEXT = "“[PATCH] frob: wheel needs oil” builds on frob/wheel.c with this change"


def tracker_of(path: Path, *batches: list[bytes]) -> Tracker:
    tracker = Tracker(Config(), database_url=f"sqlite:///{path}")
    for batch in batches:
        with tracker.database.write() as connection:
            ingest(connection, [read_mail(raw) for raw in batch], "frob")
    return tracker


def shown(tracker: Tracker, name: str = "a@x") -> tuple[str, str, str]:
    row = tracker.one(tracker.find(name))
    evidence = row.state_evidence
    return row.state, row.turn, evidence.text if evidence else ""


@pytest.mark.parametrize("batches", [[[WANTED], [LATER]], [[LATER], [WANTED]], [[WANTED, LATER]]])
def test_a_later_patch_shows_that_one_went_in(tmp_path: Path, batches: list[list[bytes]]) -> None:
    tracker = tracker_of(tmp_path / "t.db", *batches)
    assert shown(tracker) == ("accepted", "nobody", TEXT)
    assert shown(tracker, "b@x")[0] == "new"
    with tracker.database.write() as connection:
        reindex(connection)
    assert shown(tracker) == ("accepted", "nobody", TEXT)


OWN = patch("o", "3 Aug", ANN, "2222222", "3333333", "frob: wheel needs oil")
TAKEN = mail(
    message_id="t@x",
    subject="Re: [PATCH] frob: wheel needs oil",
    sender="Max Keeper <max@example.org>",
    date="9 Aug 2023 10:00:00 +0000",
    in_reply_to="o@x",
    body="Applied to for-next, thanks.\n",
)
TAKEN_TEXT = f"{TEXT}, and was applied"


def test_the_authors_own_later_patch_shows_it_once_it_was_applied(tmp_path: Path) -> None:
    assert shown(tracker_of(tmp_path / "open.db", [WANTED, OWN]))[0] == "new"
    for number, order in enumerate(itertools.permutations([WANTED, OWN, TAKEN])):
        tracker = tracker_of(tmp_path / f"{number}.db", *([raw] for raw in order))
        assert shown(tracker) == ("accepted", "nobody", TAKEN_TEXT)
        assert shown(tracker, "o@x")[0] == "accepted"
    with tracker.database.write() as connection:
        reindex(connection)
    assert shown(tracker) == ("accepted", "nobody", TAKEN_TEXT)


def test_a_patch_that_was_dropped_again_shows_nothing(tmp_path: Path) -> None:
    dropped = mail(
        message_id="d@x",
        subject="Re: [PATCH] frob: wheel needs oil",
        sender="Max Keeper <max@example.org>",
        date="12 Aug 2023 10:00:00 +0000",
        in_reply_to="t@x",
        body="I dropped it, because it breaks the build.\n",
    )
    for number, order in enumerate(itertools.permutations([WANTED, OWN, TAKEN, dropped])):
        tracker = tracker_of(tmp_path / f"{number}.db", *([raw] for raw in order))
        assert (shown(tracker)[0], shown(tracker, "o@x")[0]) == ("new", "changes-requested")


def test_the_rest_of_a_series_shows_nothing_of_its_own_patches(tmp_path: Path) -> None:
    """Patches 2 and 3 are applied; the first one is not, although the second was made on it."""
    first = patch("s1", "3 Jul", ANN, "1111111", "2222222", "frob: wheel turns faster", " 1/2")
    second = patch("s2", "3 Jul", ANN, "2222222", "3333333", "frob: wheel needs oil", " 2/2")
    taken = TAKEN.replace(b"<o@x>", b"<s2@x>").replace(b"[PATCH]", b"[PATCH 2/2]")
    tracker = tracker_of(tmp_path / "t.db", [first, second, taken])
    assert shown(tracker, "s1@x")[0] == "under-review"


def test_the_next_version_is_asked_for_by_its_own_content(tmp_path: Path) -> None:
    other = patch("v", "20 Jul", ANN, "1111111", "4444444", "frob: wheel turns faster").replace(
        b"[PATCH]", b"[PATCH v2]"
    )
    for number, order in enumerate(itertools.permutations([WANTED, other, LATER])):
        assert shown(tracker_of(tmp_path / f"{number}.db", *([raw] for raw in order)))[0] == "new"


def test_somebody_elses_posting_with_the_same_content_is_known_in_any_order(tmp_path: Path) -> None:
    """Ben sent the patch, too: their own tree may be the only one that has it."""
    resent = patch("c", "20 Jul", BEN, "1111111", "2222222", "frob: wheel turns faster, too")
    for number, order in enumerate(itertools.permutations([WANTED, resent, LATER])):
        assert shown(tracker_of(tmp_path / f"{number}.db", *([raw] for raw in order)))[0] == "new"


def test_a_series_of_which_one_patch_is_known_long_after_went_in(tmp_path: Path) -> None:
    first = patch("s1", "3 Jul", ANN, "1111111", "2222222", "frob: wheel turns faster", " 1/2")
    second = patch("s2", "3 Jul", ANN, "7777777", "8888888", "frob: lever is blue", " 2/2")
    soon = patch("r", "20 Jul", RITA, "2222222", "3333333", "frob: wheel is dirty")
    tracker = tracker_of(tmp_path / "t.db", [first, second, soon])
    assert shown(tracker, "s1@x")[0] == "under-review"
    assert shown(tracker, "s1@x")[2].startswith("patch 1 of 2: ")
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(LATER)], "frob")
    assert shown(tracker, "s1@x")[0] == "accepted"


def test_what_was_sent_later_is_forgotten_with_its_evidence(tmp_path: Path) -> None:
    tracker = tracker_of(tmp_path / "t.db", [WANTED, LATER])
    with tracker.database.write() as connection:
        rewind(connection, 1_690_000_000)  # July 22
    assert shown(tracker)[0] == "new"
    with tracker.database.read() as connection:
        tables = dict(integrity.derived_rows(connection))
    alone = tracker_of(tmp_path / "alone.db", [WANTED])
    with alone.database.read() as connection:
        assert len(tables["file_change"]) == len(dict(integrity.derived_rows(connection))["file_change"]) == 1


def test_another_copy_of_a_mail_changes_its_contents(tmp_path: Path) -> None:
    """A copy that arrived earlier is parsed instead: it names another content."""
    early = b"Received: from x; Tue, 1 Aug 2023 10:00:00 +0000\n" + LATER.replace(b"2222222", b"5555555")
    late = b"Received: from x; Thu, 3 Aug 2023 10:00:00 +0000\n" + LATER
    assert shown(tracker_of(tmp_path / "t.db", [WANTED], [late]))[0] == "accepted"
    assert shown(tracker_of(tmp_path / "t.db", [early]))[0] == "new"


def test_contents_that_hundreds_of_patches_have_show_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_changes, "MOST", 2)
    others = [patch(f"o{n}", "20 Jul", ANN, "1111111", "2222222", f"frob: wheel number {n}") for n in range(2)]
    users = [patch(f"u{n}", "3 Aug", BEN, "2222222", "3333333", f"frob: wheel has {n}") for n in range(3)]
    for number, crowd in enumerate((others, users)):
        for order, mails in enumerate(([WANTED, LATER, *crowd], [*crowd, LATER, WANTED], [*crowd, WANTED, LATER])):
            assert shown(tracker_of(tmp_path / f"{number}.{order}.db", *([raw] for raw in mails)))[0] == "new"
    assert shown(tracker_of(tmp_path / "few.db", [WANTED], [others[0]], [LATER], [users[0]]))[0] == "accepted"


def test_a_mail_with_a_content_that_many_patches_have_costs_no_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(file_changes, "MOST", 10)
    costs = []
    for size in (30, 120):
        crowd = [patch(f"o{n}", "20 Jul", ANN, "1111111", "2222222", f"frob: wheel number {n}") for n in range(size)]
        tracker = tracker_of(tmp_path / f"{size}.db", crowd)
        read = [read_mail(LATER)]

        def store(database: Database = tracker.database, read: list[Read] = read) -> None:
            with database.write() as connection:
                ingest(connection, read, "frob")

        costs.append(steps(store))
    assert costs[1] < costs[0] * 1.2
