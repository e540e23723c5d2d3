"""Git trees: read incrementally, never written; their commits determine the states of series."""

from __future__ import annotations

import random
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import httpx
import pytest

from patchwatch.config import Config, Lore, Me, Poll, Tree
from patchwatch.db import decisions, inboxes, threads
from patchwatch.db import git_trees as stored
from patchwatch.db import series as queries
from patchwatch.db.database import Database
from patchwatch.db.execute import executor
from patchwatch.progress import no_progress
from patchwatch.series.model import SeriesRow
from patchwatch.sources.lore.client import Archive
from patchwatch.sync import git_trees
from patchwatch.sync.git_trees import TreeReport, read_trees
from patchwatch.sync.ingest import ingest, read_mail, reindex
from patchwatch.sync.poll import poll
from patchwatch.tracker import Tracker
from tests.support.derived import dump
from tests.support.git_tree import ANN, MIA, GitTree
from tests.support.mails import mail

DAY = 86_400
T0 = int(datetime(2023, 7, 3, 10, tzinfo=UTC).timestamp())  # when v1 is posted
NOW = T0 + 90 * DAY
WHEEL = "frob: turn the big wheel once"
OIL = "frob: oil the small wheel"


def day(n: float) -> int:
    return T0 + int(n * DAY)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/patchwatch.db")
    yield database
    database.close()


@pytest.fixture
def clone(tmp_path: Path) -> GitTree:
    return GitTree(tmp_path / "frob", day(-9))


def patch(
    title: str,
    *,
    message_id: str = "1@v1",
    at: float = 0,
    prefix: str = "PATCH",
    diff: str = "",
    parent: str | None = None,
    sender: str = ANN,
) -> bytes:
    diff = diff or f"diff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+{message_id}"
    return mail(
        message_id=message_id,
        subject=f"[{prefix}] {title}",
        sender=sender,
        date=format_datetime(datetime.fromtimestamp(day(at), UTC)),
        in_reply_to=parent,
        body=f"Why.\n---\n{diff}\n",
    )


def pair(at: float = 0) -> list[bytes]:
    return [
        patch("frob: wheels", message_id="0@v1", prefix="PATCH 0/2", at=at),
        patch(WHEEL, message_id="1@v1", prefix="PATCH 1/2", parent="0@v1", at=at),
        patch(OIL, message_id="2@v1", prefix="PATCH 2/2", parent="0@v1", at=at),
    ]


def take(database: Database, *mails: bytes) -> None:
    with database.write() as connection:
        ingest(connection, [read_mail(raw) for raw in mails], "frob")


def tree_of(clone: GitTree, name: str = "frob-next", *, mainline: bool = False, branches: tuple[str, ...] = ()) -> Tree:
    return Tree(name, str(clone.path), branches, mainline=mainline)


def read(database: Database, *trees: Tree) -> tuple[TreeReport, ...]:
    """Read them; the changes of series are left out of the reports."""
    return tuple(replace(report, changes=()) for report in read_trees(database, trees, NOW))


def series(database: Database) -> SeriesRow:
    with database.read() as connection:
        (row,) = queries.series(executor(connection), queries.Criteria(everything=True), NOW)
    return row


def stands(database: Database) -> tuple[str, str, str, str]:
    """State, turn, the words and the commit that say so."""
    row = series(database)
    evidence = row.state_evidence
    return row.state, row.turn, evidence.text if evidence else "", evidence.commit if evidence else ""


ELSEWHERE = "diff --git a/y b/y\n--- a/y\n+++ b/y\n@@ -1 +1 @@\n-c\n+d"
LINK = "Why.\n\nLink: https://lore.kernel.org/r/"


def test_a_poll_of_one_list_leaves_the_trees_alone(database: Database, clone: GitTree) -> None:
    clone.commit(f"{WHEEL}\n\n{LINK}1@v1", at=day(2), authored=day(0))
    take(database, patch(WHEEL))
    read(database, tree_of(clone))
    with Archive(Lore(url="http://127.0.0.1:9")) as archive:
        poll(database, archive, Poll(), no_progress, [tree_of(clone)], NOW, ["another-list"])
    assert stands(database)[0] == "accepted"
    assert read(database, tree_of(clone)) == (TreeReport("frob-next"),)


def test_a_commit_makes_a_series_accepted(database: Database, clone: GitTree) -> None:
    sha = clone.commit(f"{WHEEL}\n\n{LINK}1@v1", at=day(2), authored=day(0))
    take(database, patch(WHEEL))
    assert stands(database) == ("new", "reviewers", "", "")
    assert read(database, tree_of(clone)) == (TreeReport("frob-next", 2, 0, 1),)
    assert stands(database) == ("accepted", "nobody", f"commit {sha[:12]} in frob-next: {WHEEL}", sha)
    assert series(database).turn_since == day(2)
    (newest,) = series(database).revisions
    assert (newest.state, newest.state_evidence) == ("accepted", series(database).state_evidence)


def test_mainlined_reason_names_only_mainline(database: Database, clone: GitTree) -> None:
    sha = clone.commit(WHEEL, at=day(2), authored=day(0))
    take(database, patch(WHEEL))
    read(database, tree_of(clone), tree_of(clone, "linus", mainline=True))
    assert stands(database) == ("mainlined", "nobody", f"commit {sha[:12]} in linus: {WHEEL}", sha)
    read(database, tree_of(clone), tree_of(clone, "linus"))  # the config says otherwise now
    assert stands(database)[0] == "accepted"


def test_retitled_commit_is_found_by_patch_id(database: Database, clone: GitTree) -> None:
    sha = clone.commit("Frobnicate", at=day(2), authored=day(0), files={"wheel.c": "one\ntwo\nthree\n"})
    take(database, patch(WHEEL, diff=clone.diff(sha)))
    (report,) = read(database, tree_of(clone))
    assert report.patches == 1
    assert stands(database)[::3] == ("accepted", sha)


def test_rename_has_the_patch_id_of_its_mail(database: Database, clone: GitTree) -> None:
    clone.commit("frob: add it", at=day(-5), files={"wheel.c": "one\ntwo\nthree\nfour\n"})
    clone.git("mv", "wheel.c", "rad.c")
    sha = clone.commit("Rename", at=day(2), authored=day(0))
    take(database, patch(WHEEL, diff=clone.diff(sha)))
    read(database, tree_of(clone))
    assert stands(database)[::3] == ("accepted", sha)


def test_one_of_two_applied_patches_is_reported(database: Database, clone: GitTree) -> None:
    take(database, *pair())
    sha = clone.commit(OIL, at=day(2), authored=day(0))
    read(database, tree_of(clone))
    words = f"patch 2 of 2: commit {sha[:12]} in frob-next: {OIL}"
    assert stands(database) == ("under-review", "reviewers", words, sha)
    clone.commit(WHEEL, at=day(3), authored=day(0))
    assert read(database, tree_of(clone)) == (TreeReport("frob-next", 1, 0, 1),)
    assert stands(database)[0] == "accepted"


def test_half_in_mainline_is_not_mainlined(database: Database, clone: GitTree) -> None:
    take(database, *pair())
    clone.commit(WHEEL, at=day(2), authored=day(0))
    clone.git("branch", "linus")
    sha = clone.commit(OIL, at=day(3), authored=day(0))
    next_, linus = tree_of(clone, branches=("main",)), tree_of(clone, "linus", mainline=True, branches=("linus",))
    read(database, next_, linus)
    assert stands(database)[::3] == ("accepted", sha)
    clone.git("branch", "-f", "linus", "main")
    read(database, next_, linus)
    assert stands(database)[0] == "mainlined"


def test_rewound_branch_resets_the_state(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL))
    clone.commit(WHEEL, at=day(2), authored=day(0))
    read(database, tree_of(clone))
    clone.git("reset", "--quiet", "--hard", "HEAD~1")
    assert read(database, tree_of(clone)) == (TreeReport("frob-next", 0, 1, 0),)
    assert stands(database) == ("new", "reviewers", "", "")


def test_a_rebased_branch_is_read_with_its_new_commits(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL))
    clone.commit("frob: other", at=day(1), files={"other": "1"}, author=MIA)
    clone.commit(WHEEL, at=day(2), authored=day(0), files={"wheel.c": "one\n"})
    read(database, tree_of(clone))
    clone.git("rebase", "--quiet", "--onto", "HEAD~2", "HEAD~1", at=day(30))
    (report,) = read(database, tree_of(clone))
    assert (report.new, report.gone) == (1, 2)
    assert stands(database)[::3] == ("accepted", clone.git("rev-parse", "HEAD"))


def test_new_clone_is_read_again(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL))
    clone.commit(WHEEL, at=day(2), authored=day(0))
    read(database, tree_of(clone))
    shutil.rmtree(clone.path)
    other = GitTree(clone.path, day(-8))
    other.commit("frob: other", at=day(3))
    (report,) = read(database, tree_of(other))
    assert (report.new, report.gone, stands(database)[0]) == (2, 2, "new")


def test_a_revert_reopens_and_a_revert_of_that_closes(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL))
    sha = clone.commit(WHEEL, at=day(2), authored=day(0), files={"wheel.c": "one\n"})
    read(database, tree_of(clone))
    back = clone.commit(f'Revert "{WHEEL}"\n\nThis reverts commit {sha}.\n', at=day(5), author=MIA)
    read(database, tree_of(clone))
    words = f'commit {back[:12]} in frob-next: Revert "{WHEEL}"'
    assert stands(database) == ("under-review", "author", words, back)
    assert series(database).turn_since == day(5)
    clone.commit(f'Reapply "{WHEEL}"\n\nThis reverts commit {back}.\n', at=day(6), author=MIA)
    read(database, tree_of(clone))
    assert stands(database)[::3] == ("accepted", sha)


def test_applied_v1_does_not_affect_a_later_v2(database: Database, clone: GitTree) -> None:
    clone.commit(f"{WHEEL}\n\n{LINK}1@v1", at=day(2), authored=day(0))
    take(database, patch(WHEEL))
    read(database, tree_of(clone))
    take(database, patch(WHEEL, message_id="1@v2", prefix="PATCH v2", at=4))
    assert [r.state for r in series(database).revisions] == ["superseded", "new"]


def test_unchanged_resend_counts_as_applied(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL), patch(WHEEL, message_id="1@again", prefix="PATCH RESEND", at=10))
    clone.commit(f"{WHEEL}\n\n{LINK}1@v1", at=day(11), authored=day(0))
    read(database, tree_of(clone))
    assert stands(database)[0] == "accepted"


def test_mark_takes_precedence_over_a_tree(database: Database, clone: GitTree) -> None:
    clone.commit(WHEEL, at=day(2), authored=day(0))
    read(database, tree_of(clone))
    with database.write() as connection:
        decisions.decide(connection, "mark", "1@v1", state="rejected", at=NOW, by="me")
    take(database, patch(WHEEL))
    assert stands(database)[:3] == ("rejected", "nobody", "set by me")


def test_history_ends_with_the_commit(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL))
    sha = clone.commit(WHEEL, at=day(2), authored=day(0))
    read(database, tree_of(clone))
    with database.read() as connection:
        steps = threads.steps(executor(connection), series(database).id)
    assert [(s.message_id, s.commit, s.date, s.state) for s in steps] == [
        ("1@v1", "", T0, "new"),
        ("", sha, day(2), "accepted"),
    ]


@pytest.mark.sqlite  # on a server, the tree may be in the config of another machine
def test_tree_removed_from_the_config_is_forgotten(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL))
    clone.commit(WHEEL, at=day(2), authored=day(0))
    read(database, tree_of(clone))
    assert read(database) == ()
    assert stands(database)[0] == "new"
    with database.read() as connection:
        assert stored.trees(connection) == ()
        assert stored.commits_with_keys(connection, [f"t:{WHEEL}"]) == {}


# ---- which commits -------------------------------------------------------------------------------------------------


def test_default_branches_are_the_cloned_ones_without_local_work(
    database: Database, clone: GitTree, tmp_path: Path
) -> None:
    clone.git("clone", "--quiet", str(clone.path), str(tmp_path / "mine"))
    mine = GitTree.__new__(GitTree)
    mine.path = tmp_path / "mine"
    mine.commit(WHEEL, at=day(2), author=ANN)
    take(database, patch(WHEEL))
    assert read(database, tree_of(mine))[0].new == 1
    assert stands(database)[0] == "new"
    assert read(database, tree_of(mine, branches=("main",)))[0].new == 1
    assert stands(database)[0] == "accepted"


@pytest.mark.parametrize(
    "branches", [("for-*",), ("for-next", "for-6.6"), ("refs/heads/for-next", "refs/heads/for-6.6", "absent-*")]
)
def test_branches_are_named_or_matched(database: Database, clone: GitTree, branches: tuple[str, ...]) -> None:
    for number, name in enumerate(("for-next", "for-6.6", "other")):
        clone.git("checkout", "--quiet", "-b", name, "main")
        clone.commit(f"frob: {name}", at=day(number), files={name: name})
    (report,) = read(database, tree_of(clone, branches=branches))
    assert report.new == 3  # the beginning and one on each


def test_a_worktree_and_a_bare_clone_are_trees_too(database: Database, clone: GitTree, tmp_path: Path) -> None:
    clone.git("worktree", "add", "--quiet", "-b", "topic", str(tmp_path / "worktree"))
    clone.git("clone", "--quiet", "--bare", str(clone.path), str(tmp_path / "bare.git"))
    reports = read(database, Tree("worktree", str(tmp_path / "worktree")), Tree("bare", str(tmp_path / "bare.git")))
    assert [(r.new, r.failure) for r in reports] == [(1, ""), (1, "")]


def test_commits_before_the_first_read_are_ignored(database: Database, clone: GitTree) -> None:
    clone.commit("frob: new", at=day(2))
    tree = Tree("frob", str(clone.path), since_days=90)
    assert read(database, tree)[0].new == 1
    assert read(database, Tree("frob", str(clone.path), since_days=120))[0].new == 1  # further back, asked for later


def test_trees_are_never_written(database: Database, clone: GitTree) -> None:
    clone.commit(WHEEL, at=day(2), authored=day(0), files={"wheel.c": "one\n"})
    take(database, patch(WHEEL))

    def files() -> dict[str, tuple[int, int]]:
        return {str(f): (f.stat().st_mtime_ns, f.stat().st_size) for f in sorted(clone.path.rglob("*"))}

    before = files()
    read(database, tree_of(clone, mainline=True))
    assert files() == before


# ---- what goes wrong -----------------------------------------------------------------------------------------------


def test_missing_tree_is_reported_and_others_are_read(database: Database, clone: GitTree, tmp_path: Path) -> None:
    missing, found = read(database, Tree("absent", str(tmp_path / "nowhere")), tree_of(clone))
    assert missing.failure.startswith(f"no git repository at {tmp_path}/nowhere. Set tree.path")
    assert (found.new, found.failure) == (1, "")
    with database.read() as connection:
        row = stored.tree(connection, "absent")
    assert (row.failed_at, row.failure) == (NOW, missing.failure)


def test_missing_branch_keeps_what_was_read(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL))
    clone.git("checkout", "--quiet", "-b", "for-next")
    clone.commit(WHEEL, at=day(2), authored=day(0))
    tree = tree_of(clone, branches=("for-next", "main"))
    read(database, tree)
    clone.git("checkout", "--quiet", "main")
    clone.git("branch", "-D", "for-next")
    (report,) = read(database, tree)
    assert "no branch 'for-next'. Fetch it" in report.failure
    assert "Branches: main." in report.failure
    assert stands(database)[0] == "accepted"
    clone.git("branch", "for-next")
    assert read(database, tree)[0].gone == 1
    with database.read() as connection:
        assert stored.tree(connection, "frob-next").failed_at is None


def test_damaged_tree_is_reported(database: Database, clone: GitTree) -> None:
    (clone.path / ".git" / "refs" / "heads" / "main").write_text("0" * 39 + "1\n", encoding="utf-8")
    (report,) = read(database, tree_of(clone, branches=("main",)))
    assert report.failure.startswith(str(clone.path))


def test_interrupted_read_is_repeated(database: Database, clone: GitTree, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(4):
        clone.commit(f"frob: part {number} of the work", at=day(number))
    take(database, patch("frob: part 0 of the work", at=-1))
    monkeypatch.setattr(git_trees, "_BATCH", 2)
    real = stored.add_commits
    calls = []

    def dies(*given):  # type: ignore[no-untyped-def]
        calls.append(1)
        if len(calls) == 2:
            raise KeyboardInterrupt
        return real(*given)

    monkeypatch.setattr(stored, "add_commits", dies)
    with pytest.raises(KeyboardInterrupt):
        read(database, tree_of(clone))
    assert read(database, tree_of(clone))[0].new == 3
    assert stands(database)[0] == "accepted"


@pytest.mark.parametrize("time", ["99999999999999", "-5", "0"])
def test_a_commit_with_an_absurd_date_or_odd_bytes_is_read(database: Database, clone: GitTree, time: str) -> None:
    parent, root = clone.git("rev-parse", "HEAD"), clone.git("rev-parse", "HEAD^{tree}")
    people = f"author A\x1b[31m <a@b> {time} +1900\ncommitter M <m@x> {day(1)} +0000\n"
    odd = f"tree {root}\nparent {parent}\n{people}\n".encode() + b"frob: \xff\x1b]0;title\x07 wheel\n"
    (clone.path / "odd").write_bytes(odd)
    sha = clone.git("hash-object", "-t", "commit", "-w", "--literally", "odd")
    clone.git("update-ref", "refs/heads/main", sha)
    assert read(database, tree_of(clone))[0].new == 2


def test_trees_are_read_while_the_archive_is_unreachable(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL))
    with database.write() as connection:
        inboxes.set_inbox(connection, "frob", followed=True)
        decisions.decide(connection, "watch", "1@v1", at=NOW)
    sha = clone.commit(WHEEL, at=day(2), authored=day(0))

    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    lore = Lore(url="https://lore.example", deadline_seconds=1)
    absent = Tree("absent", str(clone.path / "absent"))
    with Archive(lore, transport=httpx.MockTransport(refuse), sleep=lambda seconds: None) as archive:
        report = poll(database, archive, Poll(), no_progress, [absent, tree_of(clone)], NOW)
    assert [failure.partition(":")[0] for failure in report.failures] == ["frob, elsewhere", "absent"]
    number = series(database).id
    assert report.lines == (
        "frob: failed",
        "elsewhere: failed",
        "absent: failed",
        "frob-next: 2 new commits, 1 patch applied",
        f"  #{number} {WHEEL}: new → accepted",
    )
    assert stands(database)[3] == sha


# ---- any order -----------------------------------------------------------------------------------------------------


def test_mails_and_trees_in_any_order_give_the_same(clone: GitTree, tmp_path: Path) -> None:
    """Ten ways: what a tree says of mails that came before or after it, with every kind of evidence."""
    reworded = clone.commit("Frobnicate", at=day(3), authored=day(1), files={"wheel.c": "one\ntwo\nthree\n"})
    mails = [
        *pair(),
        patch("frob: swap the wheels", message_id="1@s", at=1, diff=clone.diff(reworded)),
        patch("frob: count all wheels", message_id="1@v1.c", at=0),
        patch("frob: count all the wheels", message_id="1@v2.c", prefix="PATCH v2", at=2, parent="1@v1.c"),
        patch("frob: paint it red again", message_id="1@p", at=3),
        patch("frob: paint it red again", message_id="1@q", at=9, diff=ELSEWHERE),  # the same title for another change
        patch("frob: sell the wheel", message_id="1@r", at=4),
    ]
    git = [
        lambda: clone.commit(f"{WHEEL}\n\n{LINK}1@v1", at=day(2), authored=day(0)),
        lambda: clone.commit(OIL, at=day(2.5), authored=day(0)),
        lambda: clone.commit(f"frob: count all wheels\n\n{LINK}1@v1.c", at=day(3), authored=day(0)),
        lambda: clone.commit("frob: paint it red again", at=day(12), authored=day(9)),
        lambda: clone.commit("frob: sell the wheel", at=day(13), authored=day(4)),
        lambda: clone.commit('Revert "frob: sell the wheel"', at=day(14), author=MIA),
    ]
    for make in git:
        make()
    commits = [*clone.git("rev-list", "--reverse", "main").splitlines()]
    everything = tree_of(clone, branches=("seen",)), tree_of(clone, "linus", mainline=True, branches=("linus",))
    found = []
    for seed in range(10):
        chance = random.Random(seed)
        database = Database(f"sqlite:///{tmp_path}/{seed}.db")
        left = [read_mail(raw) for raw in mails]
        chance.shuffle(left)
        tips = sorted(chance.sample(range(len(commits)), 2)) + [len(commits) - 1] * 2
        while left or tips:
            if tips and (not left or chance.random() < 0.4):
                clone.git("branch", "-f", "seen", commits[tips.pop(0)])
                clone.git("branch", "-f", "linus", commits[chance.randrange(len(commits))] if tips else commits[2])
                read(database, *everything)
            else:
                with database.write() as connection:
                    ingest(connection, [left.pop() for _ in range(min(len(left), chance.randrange(1, 4)))], "frob")
        read(database, *everything)  # patch-ids that the last mails ask for
        if seed % 2:
            with database.write() as connection:
                reindex(connection)
        found.append(dump(database))
        database.close()
    assert [one == found[0] for one in found] == [True] * 10
    assert sorted((row[0], row[2][0]) for row in found[0]) == [  # type: ignore[index]
        ("frob: count all the wheels", "new"),
        ("frob: paint it red again", "new"),
        ("frob: paint it red again", "new"),
        ("frob: sell the wheel", "under-review"),
        ("frob: swap the wheels", "mainlined"),
        ("frob: wheels", "accepted"),
    ]


# ---- the merge window ----------------------------------------------------------------------------------------------


def test_waiting_pauses_in_the_merge_window_of_mainline(database: Database, clone: GitTree) -> None:
    take(database, patch(WHEEL))
    clone.tag("v6.4", day(2))
    clone.tag("v6.5-rc1", day(16))
    clone.tag("v6.4.1", day(5))

    def overdue(at: float) -> bool:
        with database.read() as connection:
            return queries.series(executor(connection), queries.Criteria(everything=True), day(at))[0].overdue

    read(database, tree_of(clone))
    assert [overdue(6), overdue(8)] == [False, True]  # no tree is named as mainline
    read(database, tree_of(clone, mainline=True))
    assert [overdue(8), overdue(20), overdue(21)] == [False, False, True]


def test_who_commits_without_a_mail_is_expected_to_apply(tmp_path: Path, clone: GitTree) -> None:
    for number in range(8):
        clone.commit(f"frob: wheels: turn wheel {number}", at=day(-number))
        clone.commit(f"lever: turn lever {number}", at=day(-number), author=MIA)  # her own
    subject = "frob: wheels: paint them"
    tagged = mail(
        message_id="r@v1",
        subject=f"Re: [PATCH] {subject}",
        sender="Rita Reviewer <rita@example.com>",
        in_reply_to="1@v1",
        date=format_datetime(datetime.fromtimestamp(day(81), UTC)),
        body="Reviewed-by: Rita Reviewer <rita@example.com>\n",
    )
    addressed = patch(subject, at=80).replace(b"To: ", b"To: Mia Maintainer <mia@kernel.example>, ")
    lever = patch("lever: paint it", message_id="2@v1", at=80).replace(b"To: ", b"To: mia@kernel.example, ")
    of_lever = tagged.replace(b"r@v1", b"r2@v1").replace(b"1@v1", b"2@v1").replace(subject.encode(), b"lever: paint it")
    tracker = Tracker(
        Config(me=Me(("mia@kernel.example",))), clock=lambda: NOW, database_url=f"sqlite:///{tmp_path}/t.db"
    )
    take(
        tracker.database, patch("frob: mine", message_id="3@v1", sender=MIA, at=70), addressed, tagged, lever, of_lever
    )
    tracker.visit([line.id for line in tracker.lines()])

    def verb(message_id: str) -> str:
        place = next(line.place for line in tracker.lines() if line.id == tracker.find(message_id))
        return place.verb if place else ""

    assert [verb("1@v1"), verb("2@v1")] == ["maintainer", "maintainer"]
    read(tracker.database, tree_of(clone))
    assert [verb("1@v1"), verb("2@v1")] == ["apply v1", "maintainer"]
    clone.git("reset", "--quiet", "--hard", "HEAD~16")
    read(tracker.database, tree_of(clone))
    assert verb("1@v1") == "maintainer"
