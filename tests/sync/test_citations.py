"""Mails outside the thread that show that patches went in: in any order of arrival."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from patchwatch.config import Config
from patchwatch.sync import citations
from patchwatch.sync.ingest import ingest, read_mail, reindex
from patchwatch.tracker import Tracker
from tests.support.derived import ingest_and_dump
from tests.support.mails import mail

SHA = "0123456789ab"
TITLE = "frob: turn the big wheel"
ANN, BEN, MIA = "Ann Author <ann@example.org>", "Ben Builder <ben@example.net>", "Mia Keeper <mia@example.com>"
DIFF = "---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b{}\n"


def patch(
    number: int = 1, whole: int = 1, title: str = TITLE, sender: str = ANN, day: str = "3 Jul", root: str = "1",
    version: str = "", body: str = "Why.\n",
) -> bytes:  # fmt: skip
    counter = f" {number}/{whole}" if whole > 1 else ""
    return mail(
        message_id=f"{root}.{number}@x",
        subject=f"[PATCH{version}{counter}] {title}",
        sender=sender,
        date=f"{day} 2023 10:00:0{number} +0000",
        references=(f"{root}.0@x",) if whole > 1 else (),
        body=f"{body}{DIFF.format(number)}",
    )


def names(
    body: str, sender: str = BEN, day: str = "3 Aug", subject: str = "frob is slow", above: str | None = None,
    root: str = "c@x",
) -> bytes:  # fmt: skip
    return mail(
        message_id=root, subject=subject, sender=sender, date=f"{day} 2023 10:00:00 +0000", body=body, in_reply_to=above
    )


FIXES = patch(title="frob: turn it less", sender=BEN, day="3 Aug", root="f", body=f'Fixes: {SHA} ("{TITLE}")\n')
PROSE = names(f"Since commit {SHA} (“frob: turn the\nbig wheel”) it is slow.\n")
RELEASE = names(
    f"Out.\n\nAnn Author (1):\n      {TITLE}\n\nBen Builder (1):\n      x\n", MIA, subject="frobtools 1.2 released"
)
LINUX = names(f"Out.\n\nAnn Author (1):\n      {TITLE}\n", MIA, subject="Linux 6.6-rc3")
QUEUED = names(
    f"to the 6.1-stable tree\nFrom: {ANN}\n", MIA, subject=f'Patch "{TITLE}" has been added to the 6.1-stable tree'
)
PULL = names(f"Please pull.\n\nAnn Author (1):\n      {TITLE}\n", MIA, subject="[GIT PULL] frob for 6.6")
REVERT = names(f'It went away in deadbeef1234 ("Revert "{TITLE}"").\n', day="9 Aug", root="r@x")


BOT, ROBOT = "patchwork-bot+frob@kernel.org", "kernel test robot <lkp@intel.com>"


def summary(*blocks: str, tree: str = "mia/frob.git (next)", day: str = "3 Aug") -> bytes:
    head = f'Hello:\n\nThe following patches were marked "accepted", because they were applied to\n{tree}:\n\n'
    return names(head + "\n".join(blocks) + "\n\nTotal patches: 1\n", BOT, day, "Patchwork summary for: frob")


def block(message_id: str, *titles: str) -> str:
    """The entry of a posting in a summary: of a patch, or of a series of which these patches were applied."""
    below = f"  Submitter: {ANN}\n  Committer: {MIA}\n  Lore link: https://lore.kernel.org/r/{message_id}\n"
    if len(titles) == 1:
        return f"Patch: {titles[0]}\n{below}"
    listed = [f"[{number}/9] {title}" for number, title in enumerate(titles, 1)]
    return f"Series: frob it all\n{below}    Patches: " + "\n             ".join(listed) + "\n"


SUMMARY = summary(block("0@x", "frob: another one"), block("1.1@x", TITLE))
IN_LINUS = summary(block("1.1@x", TITLE), tree="torvalds/linux.git (master)")
BUILT = names(
    f"tree/branch: https://example.org/mia/frob.git  frob-next\nbranch HEAD: {SHA}  {TITLE}\n",
    ROBOT, subject=f"[mia-frob:frob-next] BUILD SUCCESS {SHA}",
)  # fmt: skip

REGRESSED = names(
    f'noticed a regression on:\n\ncommit: {SHA} ("{TITLE}")\nhttps://git.example.org/torvalds/linux.git master\n',
    ROBOT, subject=f"[linus:master] [frob] {SHA[:10]}: frobmark -40% regression",
)  # fmt: skip


@pytest.fixture
def tracker(tmp_path) -> Tracker:  # type: ignore[no-untyped-def]
    return Tracker(Config(), database_url=f"sqlite:///{tmp_path}/t.db")


def state_of(tracker: Tracker, *raws: bytes, name: str = "1.1@x") -> tuple[str, str]:
    """Ingest mails one by one; return the state of a series and the mail that shows it."""
    for raw in raws:
        with tracker.database.write() as connection:
            ingest(connection, [read_mail(raw)], "frob")
    row = tracker.one(tracker.find(name))
    return row.state, row.state_evidence.message_id if row.state_evidence else ""


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (FIXES, ("accepted", "f.1@x")),
        (PROSE, ("accepted", "c@x")),
        (RELEASE, ("accepted", "c@x")),
        (LINUX, ("mainlined", "c@x")),
        (QUEUED, ("mainlined", "c@x")),
        (PULL, ("accepted", "c@x")),
        (SUMMARY, ("accepted", "c@x")),
        (IN_LINUS, ("mainlined", "c@x")),
        (BUILT, ("accepted", "c@x")),
        (REGRESSED, ("mainlined", "c@x")),
        (
            names(f'Since it is commit {SHA} ("{TITLE}") in frob-next, it is slow.\n', above="1.1@x"),
            ("accepted", "c@x"),
        ),
    ],
)
def test_evidence_counts_before_and_after_the_posting_arrives(
    tracker: Tracker,
    tmp_path,
    evidence: bytes,
    expected: tuple[str, str],  # type: ignore[no-untyped-def]
) -> None:
    assert state_of(tracker, patch(), evidence) == expected
    row = tracker.one(tracker.find("1.1@x"))
    assert row.turn == "nobody"
    other = Tracker(Config(), database_url=f"sqlite:///{tmp_path}/other.db")
    assert state_of(other, evidence, patch()) == expected


@pytest.mark.parametrize(
    "evidence",
    [
        names(f'It needs commit {SHA} ("{TITLE}").\n', ANN, day="4 Jul"),  # perhaps only in their own tree
        names(f'It is now commit {SHA} ("{TITLE}").\n', ANN, above="1.1@x"),  # in their own tree
        names(f'> Since commit {SHA} ("{TITLE}")\n\nReally?\n'),
        names(f'Since commit {SHA} ("{TITLE}") it is slow.\n', day="1 Jul"),  # an older commit
        names(f"Out.\n\nDora Other (1):\n      {TITLE}\n", MIA, subject="frobtools 1.2 released"),
        names(f"Please pull.\n\nAnn Author (1):\n      {TITLE}\n", ANN, subject="[GIT PULL] my frob"),
    ],
)
def test_what_may_be_another_commit_proves_nothing(tracker: Tracker, evidence: bytes) -> None:
    assert state_of(tracker, patch(), evidence)[0] in ("new", "under-review", "changes-requested")


SERIES = [patch(1, 2), patch(2, 2, "frob: oil the small wheel")]


@pytest.mark.parametrize(
    ("evidence", "expected"),
    [
        (summary(block("1.1@x", TITLE, "frob: oil the small wheel")), ("accepted", "")),
        (summary(block("1.1@x", TITLE, "frob: drop it")), ("under-review", "patch 1 of 2: ")),
        (summary(block("9.9@x", TITLE, "frob: oil the small wheel")), ("new", None)),  # another posting
    ],
)
def test_summary_of_a_series_counts_in_any_order(
    tmp_path: Path, evidence: bytes, expected: tuple[str, str | None]
) -> None:
    state, patches = expected
    text = None if patches is None else f"{patches}in mia/frob.git (next), committed by Mia Keeper"
    for number, order in enumerate(itertools.permutations([*SERIES, evidence])):
        tracker = Tracker(Config(), database_url=f"sqlite:///{tmp_path}/{number}.db")
        assert state_of(tracker, *order)[0] == state
        shown = tracker.one(tracker.find("1.1@x")).state_evidence
        assert (shown.text if shown else None) == text


def test_branch_does_not_contradict_who_says_which_patch_they_applied(tmp_path: Path) -> None:
    last = "frob: oil the small wheel"
    built = BUILT.replace(TITLE.encode(), last.encode())
    some = names("Applied patch 2, thanks.\n", MIA, "4 Jul", "Re: [PATCH 1/2] frob", "1.1@x", root="a@x")
    for number, order in enumerate(itertools.permutations([*SERIES, built, some])):
        tracker = Tracker(Config(), database_url=f"sqlite:///{tmp_path}/{number}.db")
        assert state_of(tracker, *order)[0] == "under-review"
        evidence = tracker.one(tracker.find("1.1@x")).state_evidence
        assert evidence is not None
        assert evidence.text.startswith("patch 2 of 2: ")
    tracker = Tracker(Config(), database_url=f"sqlite:///{tmp_path}/all.db")
    assert state_of(tracker, *SERIES, built) == ("accepted", "c@x")


def test_summary_lists_requests_that_were_pulled(tmp_path: Path) -> None:
    ask = "The following changes since commit {0}:\n\n  are available in the Git repository at:\n\n"
    ask += "  git://git.example.net/frob.git tags/frob-{1}\n\nfor you to fetch changes up to {0}:\n"

    def request(number: int, title: str) -> bytes:
        above = None if number == 0 else "q0@x"
        body = "Please pull.\n" if number == 0 else ask.format("a" * 40, number)
        return names(body, MIA, "20 Jul", f"[GIT PULL {number}/2] {title}", above, root=f"q{number}@x")

    mails = [request(0, "frob updates for 6.6"), request(1, "frob drivers for 6.6"), request(2, "frob docs for 6.6")]
    pulled = summary(block("q0@x", "[GIT,PULL,1/2] frob drivers for 6.6", "another one"))
    for number, order in enumerate(([*mails, pulled], [pulled, *mails], [mails[0], pulled, *mails[1:]])):
        tracker = Tracker(Config(), database_url=f"sqlite:///{tmp_path}/{number}.db")
        states = {name: state_of(tracker, *order, name=f"{name}@x")[0] for name in ("q0", "q1", "q2")}
        assert states == {"q0": "accepted", "q1": "accepted", "q2": "new"}


def test_summary_that_names_the_version_before_is_about_the_unchanged_patch(tracker: Tracker) -> None:
    v2 = patch(day="9 Jul", root="2", version=" v2")
    assert state_of(tracker, SUMMARY, v2, patch())[0] == "accepted"
    v3 = patch(day="9 Aug", root="3", version=" v3")
    assert state_of(tracker, v3)[0] == "new"


def test_own_series_cites_its_own_patches(tracker: Tracker) -> None:
    second = patch(2, 2, "frob: oil the big wheel", body=f'Fixes: {SHA} ("{TITLE}")\n')
    assert state_of(tracker, patch(1, 2), second)[0] == "new"


def test_newer_version_was_not_meant(tracker: Tracker) -> None:
    v2 = patch(day="9 Aug", root="2", version=" v2")
    assert state_of(tracker, patch(), FIXES, v2)[0] == "new"
    assert state_of(tracker, names(f'commit ba9876543210 ("{TITLE}")\n', day="9 Sep", root="n@x"))[0] == "accepted"


def test_rival_posting_makes_it_ambiguous_in_any_order(tracker: Tracker) -> None:
    rival = patch(sender="Dora Other <dora@example.com>", day="1 Jul", root="9")
    assert state_of(tracker, patch(), FIXES) == ("accepted", "f.1@x")
    assert state_of(tracker, rival)[0] == "new"


def test_title_that_everybody_posts_identifies_nothing(tracker: Tracker, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setattr(citations, "_MAX_HOLDERS", 2)
    again = [patch(day="4 Jul", root=f"{n}", sender=f"Dora{n} Other <d{n}@example.com>") for n in range(2, 5)]
    states = [state_of(tracker, raw)[0] for raw in (patch(), LINUX, *again)]
    assert states == ["new", "mainlined", "mainlined", "new", "new"]


def test_named_revert_reopens_and_says_where(tracker: Tracker) -> None:
    assert state_of(tracker, patch(), FIXES, REVERT) == ("under-review", "r@x")
    assert tracker.one(tracker.find("1.1@x")).turn == "author"


def test_revert_reopens_a_patch_once_it_is_applied(tmp_path: Path) -> None:
    revert = patch(title=f'Revert "{TITLE}"', sender=BEN, day="5 Aug", root="v")
    taken = names("Applied, thanks!\n", MIA, "6 Aug", f'Re: [PATCH] Revert "{TITLE}"', "v.1@x", root="t@x")
    for number, order in enumerate(itertools.permutations([patch(), FIXES, revert, taken])):
        tracker = Tracker(Config(), database_url=f"sqlite:///{tmp_path}/{number}.db")
        assert state_of(tracker, *order) == ("under-review", "t@x")
        assert tracker.one(tracker.find("1.1@x")).turn == "author"
    tracker = Tracker(Config(), database_url=f"sqlite:///{tmp_path}/posted.db")
    assert state_of(tracker, patch(), FIXES, revert)[0] == "accepted"


def test_part_of_a_series_is_reported_as_such(tracker: Tracker) -> None:
    soon = names(f'commit {SHA} ("{TITLE}")\n', day="9 Jul")
    assert state_of(tracker, patch(1, 2), patch(2, 2, "frob: oil the big wheel"), soon) == ("under-review", "c@x")
    evidence = tracker.one(tracker.find("1.1@x")).state_evidence
    assert evidence is not None
    assert evidence.text == f"patch 1 of 2: commit {SHA} (“{TITLE}”)"
    assert evidence.kind == "cited"


def test_other_copy_of_the_citing_mail_changes_what_it_says(tracker: Tracker) -> None:
    """Of two mails with one message-id the first to arrive is read, whichever we get first."""
    later = names("Nothing is slow.\n").replace(b"From:", b"Received: by x; Fri, 4 Aug 2023 10:00:00 +0000\nFrom:", 1)
    early = PROSE.replace(b"From:", b"Received: by x; Thu, 3 Aug 2023 10:00:00 +0000\nFrom:", 1)
    assert state_of(tracker, patch(), later)[0] == "new"
    assert state_of(tracker, early) == ("accepted", "c@x")


def test_reindex_finds_the_same(tracker: Tracker) -> None:
    before = state_of(tracker, patch(), FIXES, PROSE)
    with tracker.database.write() as connection:
        reindex(connection)
    assert state_of(tracker) == before


def test_any_order_gives_the_same() -> None:
    rival = patch(sender="Dora Other <dora@example.com>", day="1 Aug", root="9")
    reads = [read_mail(raw) for raw in (patch(), FIXES, REVERT, rival, PULL.replace(b"<c@x>", b"<p@x>"))]
    expected = ingest_and_dump([reads])
    for order in itertools.islice(itertools.permutations(reads), 0, 120, 5):
        assert ingest_and_dump([[read] for read in order]) == expected
    assert ingest_and_dump([reads[::-1]], again=True) == expected


def test_the_rest_of_a_series_that_went_to_other_lists_does_not_count(tracker: Tracker) -> None:
    assert state_of(tracker, patch(2, 6), LINUX, name="1.2@x") == ("mainlined", "c@x")
    assert state_of(tracker, patch(3, 6, title="frob: oil it"), name="1.2@x") == ("under-review", "c@x")
    row = tracker.one(tracker.find("1.2@x"))
    assert row.state_evidence is not None
    assert row.state_evidence.text.startswith("patch 2 of 6: ")
