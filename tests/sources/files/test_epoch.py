"""Epochs, public-inbox directories and bundles: first and later reads, rewritten history."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from patchwatch.errors import InvalidInputError, PatchwatchError
from patchwatch.sources.files.batch import Batch
from patchwatch.sources.files.epoch import Epoch, InboxDirectory
from patchwatch.sources.files.open import open_source
from tests.sources.files.mail_files import again, commit, epoch, git, mail, mails, make_bundle, read
from tests.support.paths import CORPUS

pytestmark = pytest.mark.git


def test_later_read_returns_only_new_mail(tmp_path):
    source = open_source(epoch(tmp_path / "0.git", *mails(1, 2)))
    _, position = read(source)
    epoch(tmp_path / "0.git", *mails(3, 4))
    found, position = read(source, position)
    assert found == mails(3, 4)
    assert position == git(tmp_path / "0.git", "rev-parse", "master")


def test_deleted_mail_is_still_read(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2))
    commit(repository, {"m": None, "d": mail(1)}, {"d": mail(2)})
    epoch(repository, mail(2), mail(3))
    commit(repository, {"m": None, "d": mail(3)})
    source = open_source(repository)
    found, position = read(source)
    assert found == mails(1, 2, 2, 3)
    assert again(source, position) == []


def test_purged_mail_is_skipped(tmp_path):
    assert again(open_source(epoch(tmp_path / "0.git", mail(1), b"", mail(3))), None) == mails(1, 3)


def test_mail_is_returned_byte_for_byte(tmp_path):
    odd = b"Subject: \xff\xfe\r\n\r\nno newline at the end, a NUL \0 and a line that looks like\nabc blob 3\n\nx"
    assert again(open_source(epoch(tmp_path / "0.git", odd, mail(2))), None) == [odd, mail(2)]


def test_v1_inbox_returns_every_mail_ever_added(tmp_path, batches_of_two):
    def at(number: int) -> str:
        return f"{number:02x}/{number:038x}"

    repository = commit(
        tmp_path / "list.git",
        {at(1): mail(1)},
        {at(number): mail(number) for number in range(2, 7)},  # one commit, three batches
        {at(1): mail(1, "Resent.")},
        {at(2): None, "README": b"not mail"},
        {at(2): mail(2, "Back again.")},
    )
    source = open_source(repository)
    expected = Counter([*mails(*range(1, 7)), mail(1, "Resent."), mail(2, "Back again.")])
    whole = list(source.read(None))
    assert Counter(content for batch in whole for content in batch.mails) == expected
    for stored in range(1, len(whole)):
        before = [content for batch in whole[:stored] for content in batch.mails]
        # A position inside the commit of five is that before it: mails come again, none is left out.
        assert set(before) | set(again(source, whole[stored - 1].position)) == set(expected)


def test_checkout_of_an_epoch_is_read(tmp_path):
    epoch(tmp_path / "list" / ".git", *mails(1, 2))
    assert again(open_source(tmp_path / "list"), None) == mails(1, 2)


def test_empty_epoch_has_no_mail(tmp_path):
    git(tmp_path / "0.git", "init", "--quiet", "--bare")
    assert again(open_source(tmp_path / "0.git"), None) == []


def test_only_branch_is_read_if_head_names_another(tmp_path):
    repository = epoch(tmp_path / "0.git", mail(1))
    git(repository, "symbolic-ref", "HEAD", "refs/heads/main")
    assert again(open_source(repository), None) == [mail(1)]
    commit(repository, {"m": mail(2)}, branch="side")
    with pytest.raises(InvalidInputError, match=r"HEAD does not name any.*refs/heads/master, refs/heads/side"):
        open_source(repository)


def test_merged_histories_are_read_completely_after_any_interruption(tmp_path, batches_of_two):
    repository = epoch(tmp_path / "0.git", mail(1))
    base = git(repository, "rev-parse", "master")
    epoch(repository, *mails(2, 3, 4))
    commit(repository, *({"m": one} for one in mails(5, 6, 7)), branch="side", parent=base)
    tree = git(repository, "rev-parse", "side^{tree}")
    merge = git(repository, "commit-tree", "-p", "master", "-p", "side", "-m", "merge", tree)
    git(repository, "update-ref", "refs/heads/master", merge)
    epoch(repository, mail(8))
    source = open_source(repository)
    whole = list(source.read(None))
    for stored in range(len(whole)):
        before = {content for batch in whole[:stored] for content in batch.mails}
        assert before | set(again(source, whole[stored - 1].position if stored else None)) == set(mails(*range(1, 9)))
    assert again(source, whole[-1].position) == []


def test_rewritten_history_is_read_from_where_it_differs(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2, 3))
    source = open_source(repository)
    _, position = read(source)
    git(repository, "update-ref", "refs/heads/master", "master~2")
    epoch(repository, b"", *mails(3, 4))
    assert again(source, position) == mails(3, 4)


def test_pruned_position_reads_everything_again(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2, 3))
    source = open_source(repository)
    _, position = read(source)
    shutil.rmtree(repository)
    epoch(repository, mail(1), b"", *mails(3, 4))
    found, position = read(source, position)
    assert found == mails(1, 3, 4)
    assert again(source, position) == []


def test_inbox_position_has_a_commit_per_epoch(tmp_path):
    for number in (0, 1, 2, 10):
        epoch(tmp_path / "git" / f"{number}.git", *mails(number * 10, number * 10 + 1))
    source = open_source(tmp_path)
    found, position = read(source)
    assert found == mails(0, 1, 10, 11, 20, 21, 100, 101)  # by number, 10 after 2
    assert json.loads(position or "") == {
        str(number): git(tmp_path / "git" / f"{number}.git", "rev-parse", "master") for number in (0, 1, 2, 10)
    }
    epoch(tmp_path / "git" / "10.git", mail(102))
    epoch(tmp_path / "git" / "11.git", mail(110))
    found, position = read(source, position)
    assert found == mails(102, 110)
    assert again(source, position) == []


def test_mirror_without_git_folder_is_an_inbox(tmp_path):
    epoch(tmp_path / "0.git", mail(1))
    epoch(tmp_path / "1.git", mail(2))
    source = open_source(tmp_path)
    assert isinstance(source, InboxDirectory)
    assert again(source, None) == mails(1, 2)


def test_new_inbox_has_no_mail(tmp_path):
    (tmp_path / "git").mkdir()
    (tmp_path / "inbox.lock").touch()
    assert again(open_source(tmp_path), None) == []


def test_recreated_bundle_returns_only_new_mail(tmp_path):
    path = make_bundle(tmp_path, mails(1, 2))
    source = open_source(path)
    _, position = read(source)
    make_bundle(tmp_path, mails(3))
    found, position = read(source, position)
    assert found == [mail(3)]
    assert again(source, position) == []


def test_partial_bundle_reports_missing_prerequisite(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2))
    git(repository, "bundle", "create", "--quiet", str(tmp_path / "part.bundle"), "master~1..master")
    with pytest.raises(PatchwatchError, match=r"part\.bundle: .*prerequisite"):
        read(open_source(tmp_path / "part.bundle"))


def test_bundle_without_mail_is_rejected(tmp_path):
    repository = commit(tmp_path / "linux.git", {"MAINTAINERS": b"many"})
    git(repository, "bundle", "create", "--quiet", str(tmp_path / "linux.bundle"), "master")
    with pytest.raises(InvalidInputError, match=r"linux\.bundle: not a public-inbox repository"):
        read(open_source(tmp_path / "linux.bundle"))


def test_truncated_bundle_is_an_error(tmp_path):
    path = make_bundle(tmp_path, mails(*range(9)))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(PatchwatchError, match=r"list\.bundle: git failed to read the repository"):
        read(open_source(path))


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Path]:
    """An inbox created by public-inbox."""
    if not shutil.which("public-inbox-init"):
        pytest.skip("public-inbox-init is not installed (Debian package public-inbox)")
    environment = {**os.environ, "PI_CONFIG": str(tmp_path / "config"), "HOME": str(tmp_path)}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        arguments = ["list", str(tmp_path / "list"), "http://localhost/list", "list@example.org"]
        subprocess.run(["public-inbox-init", "-V2", *arguments], check=True, capture_output=True)
        yield tmp_path / "list"


def deliver(number: int) -> None:
    headers = f"To: list@example.org\nDate: Thu, 1 Feb 2024 10:00:{number:02} +0000\n".encode()
    environment = {**os.environ, "ORIGINAL_RECIPIENT": "list@example.org", "PI_EMERGENCY": os.environ["HOME"] + "/bad"}
    subprocess.run(
        ["public-inbox-mda", "--no-precheck"], input=headers + mail(number), env=environment, check=True, timeout=60
    )


def numbers(found: Sequence[bytes]) -> list[int]:
    return [int(one.partition(b"Subject: note ")[2].split()[0]) for one in found]


@pytest.mark.lore
def test_real_public_inbox_with_deliveries_removals_and_purges(inbox):
    source = open_source(inbox)
    assert again(source, None) == []
    subprocess.run(["git", "config", "-f", os.environ["PI_CONFIG"], "publicinboxmda.spamcheck", "none"], check=True)
    for number in (1, 2, 3):
        deliver(number)
    source = open_source(inbox)
    assert isinstance(source, InboxDirectory)
    found, position = read(source)
    assert numbers(found) == [1, 2, 3]

    subprocess.run(["public-inbox-learn", "rm"], input=found[1], check=True, capture_output=True)
    deliver(4)
    newer, later = read(source, position)
    assert numbers(newer) == [4]

    subprocess.run(["public-inbox-purge", str(inbox)], input=found[0], check=True, capture_output=True)
    deliver(5)
    assert 5 in numbers(again(source, later))
    assert numbers(again(source, None)) == [2, 3, 4, 5]
    assert isinstance(open_source(inbox / "git" / "0.git"), Epoch)
    assert numbers(again(open_source(inbox / "git" / "0.git"), None)) == [2, 3, 4, 5]


@pytest.mark.corpus
def test_real_cgroups_epoch_is_read_completely():
    bundle = CORPUS / "cgroups-2024.bundle"
    if not bundle.exists():
        pytest.skip(f"{bundle} is not there")
    source = open_source(bundle)
    count = 0
    batch = Batch((), "")
    for batch in source.read(None):
        count += len(batch.mails)
    assert count == 7596
    assert again(source, batch.position) == []
