"""Who sends on the patches of others, for somebody else to take, is learned; what they post waits for who takes it."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import select

from patchwatch.db import schema
from patchwatch.sync.ingest import read_mail
from patchwatch.tracker import Tracker
from tests.support.derived import ingest_and_dump
from tests.support.mails import mail
from tests.sync import test_committers
from tests.sync.test_committers import store

SEPTEMBER_1 = 1_693_562_400
LEO, RITA = "Leo Lead <leo@example.org>", "Rita Reviewer <rita@example.com>"
AUTHORS = [f"{name} Writer <{name.lower()}@example.com>" for name in ("Ann", "Ben", "Cleo", "Dan", "Eve", "Fay")]
DIFF = "---\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1 @@\n-{0}\n+b\n"


def patch(name: str, by: str, *, sender: str = LEO, day: int = 1, subject: str = "[PATCH]", to: str = "") -> bytes:
    """A patch by somebody; if another person sends it, with its author in the body, and signed off by both."""
    passed_on = f"From: {by}\n\n" if by != sender else ""
    signed = f"Signed-off-by: {by}\n" + (f"Signed-off-by: {sender}\n" if passed_on else "")
    return mail(
        message_id=f"{name}@k", sender=sender, subject=f"{subject} knob: turn the {name} one",
        date=f"{day:02} Aug 2023 10:00:00 +0000", to="Top <top@kernel.example>", cc="knob@vger.kernel.org",
        body=f"{passed_on}Turn {name}.\n\n{signed}{DIFF.format(name)}", in_reply_to=f"{to}@k" if to else None,
    )  # fmt: skip


def batches(authors: list[str]) -> list[bytes]:
    """A patch of each of these people, which Leo sends on."""
    return [patch(f"relayed{n}", author, day=n) for n, author in enumerate(authors, 1)]


def series_of_many(authors: list[str]) -> list[bytes]:
    """Two versions of a series that Leo posts for these people."""
    found = []
    for version, day in ((1, 1), (2, 8)):
        prefix, cover = f"[PATCH v{version}", f"cover{version}"
        found.append(
            mail(
                message_id=f"{cover}@k",
                sender=LEO,
                subject=f"{prefix} 0/{len(authors)}] knob: new frob",
                date=f"{day:02} Aug 2023 10:00:00 +0000",
                to="knob@vger.kernel.org",
                body="Why.\n",
            )
        )
        for n, author in enumerate(authors, 1):
            subject = f"{prefix} {n}/{len(authors)}]"
            found.append(patch(f"v{version}-{n}", author, day=day, subject=subject, to=cover))
    return found


OWN = patch("own", LEO, day=20)


def known(tmp_path: Path, mails: list[bytes], me: str = "") -> Tracker:
    return test_committers.known(tmp_path, mails, me, SEPTEMBER_1)


def turn(tracker: Tracker, name: str = "own") -> str:
    row = tracker.one(tracker.find(f"{name}@k"))
    return f"{row.state}/{row.turn}"


def relayers(tracker: Tracker) -> set[tuple[str, str]]:
    with tracker.database.read() as connection:
        columns = schema.relayer.c
        return {(row.list, row.person) for row in connection.execute(select(columns.list, columns.person))}


def test_a_patch_of_who_sends_on_those_of_others_waits_for_the_maintainer(tmp_path: Path) -> None:
    tracker = known(tmp_path, [*batches(AUTHORS), OWN])
    assert relayers(tracker) == {("knob@vger.kernel.org", "lead leo")}
    assert turn(tracker) == "new/maintainer"
    assert turn(tracker, "relayed1") == "new/maintainer"


@pytest.mark.parametrize(
    "mails",
    [
        batches(AUTHORS[:5]),  # a developer who posts what colleagues wrote
        batches([*AUTHORS[:5], *AUTHORS[:5]]),
        series_of_many(AUTHORS),  # a large series of a company, again and again
        [patch(f"own{n}", LEO, day=n) for n in range(1, 8)],
    ],
)
def test_patches_of_other_people_wait_for_reviewers(tmp_path: Path, mails: list[bytes]) -> None:
    tracker = known(tmp_path, [*mails, OWN, patch("bens", AUTHORS[1], sender=AUTHORS[1], day=21)])
    assert relayers(tracker) == set()
    assert turn(tracker) == turn(tracker, "bens") == "new/reviewers"


def test_backports_are_not_sent_on_to_a_tree_of_the_list(tmp_path: Path) -> None:
    backports = [
        patch(f"relayed{n}", author, day=n, subject="[PATCH AUTOSEL 6.1]") for n, author in enumerate(AUTHORS, 1)
    ]
    assert relayers(known(tmp_path, backports)) == set()


def test_what_a_reviewer_asks_for_comes_first(tmp_path: Path) -> None:
    request = mail(
        message_id="r@k", subject="Re: [PATCH] knob: turn the own one", sender=RITA, in_reply_to="own@k",
        date="21 Aug 2023 10:00:00 +0000", body="Please use the frob helper here.\n",
    )  # fmt: skip
    tracker = known(tmp_path, [*batches(AUTHORS), OWN, request])
    assert turn(tracker) == "changes-requested/author"


def test_the_last_batch_changes_the_turn_of_what_was_stored_before(tmp_path: Path) -> None:
    tracker = known(tmp_path, [OWN, *batches(AUTHORS)[:5]])
    assert turn(tracker) == "new/reviewers"
    store(tracker, batches(AUTHORS)[5:])
    assert turn(tracker) == "new/maintainer"
    before = relayers(tracker)
    tracker.reindex()
    assert (relayers(tracker), turn(tracker)) == (before, "new/maintainer")


def test_the_next_action_does_not_call_it_reviewed(tmp_path: Path) -> None:
    def action(me: str) -> str:
        row = known(tmp_path / (me or "nobody"), [*batches(AUTHORS), OWN], me)
        found = row.one(row.find("own@k")).next_action
        assert found is not None
        return found.text

    assert action("") == "maintainer: apply or answer, sent 12 days ago"
    assert action("leo@example.org") == "wait for the maintainer: sent 12 days ago"


def test_the_order_of_mails_does_not_matter() -> None:
    reads = [read_mail(raw) for raw in [*batches(AUTHORS), OWN]]
    assert ingest_and_dump([[read] for read in reversed(reads)]) == ingest_and_dump([reads])
