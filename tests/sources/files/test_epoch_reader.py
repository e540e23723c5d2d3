"""Reading the mails of commits: missing and damaged objects, git processes that end early."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
import zlib

import pytest

from patchwatch.errors import PatchwatchError
from patchwatch.sources.files import epoch_reader
from patchwatch.sources.files.batch import BATCH_MAILS
from patchwatch.sources.files.open import Source, open_source
from tests.sources.files.mail_files import again, epoch, git, loose, mail, mails, object_file, read
from tests.support.paths import ROOT

pytestmark = pytest.mark.git


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """An epoch of 2,000 mails, which no test changes."""
    path = tmp_path_factory.mktemp("large") / "0.git"
    return epoch(path, *(mail(number, "x" * 5000) for number in range(2000)))


def test_closing_early_leaves_no_git_process(large, started):
    reading = open_source(large).read(None)
    assert len(next(reading).mails) == BATCH_MAILS
    reading.close()
    assert len(started) > 3
    assert all(process.poll() is not None for process in started)


def test_exception_in_the_caller_does_not_hang(large):
    script = (
        "import sys, pathlib\nfrom patchwatch.sources.files.epoch import Epoch\n"
        "reading = Epoch(pathlib.Path(sys.argv[1])).read(None)\nnext(reading)\nraise RuntimeError('a defect')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, str(large)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith(b"RuntimeError: a defect")


def unread(source: Source, position: str | None = None) -> list[str]:
    return [text for batch in source.read(position) for text in batch.unread]


@pytest.mark.parametrize("name", ["master~1:m", "master~1^{tree}", "master~1"])
def test_missing_object_costs_one_mail_and_is_tried_again(name, tmp_path, batches_of_two, started):
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    source = open_source(repository)
    loose(repository)
    path = object_file(repository, name)
    path.rename(tmp_path / "object")
    found, position = read(source)
    assert sorted(found) == mails(0, 1, 2, 3, 5)
    (lost,) = unread(source)
    commit = re.search(r"0\.git: commit ([0-9a-f]{40}): ", lost)
    assert commit
    assert again(source, position) == []
    assert [commit[1] in text for text in unread(source, position)] == [True]
    (tmp_path / "object").rename(path)
    epoch(repository, mail(6))
    found, position = read(source, position)
    assert found == mails(4, 6)
    assert (read(source, position), unread(source, position)) == (([], position), [])
    assert all(process.poll() is not None for process in started)


DAMAGES = {
    "gone": None,
    "empty": lambda content: b"",
    "not zlib": lambda content: b"rust",
    "cut off": lambda content: content[: len(content) // 2],
    "of another type": lambda content: zlib.compress(b"tag 4\0abcd"),
}


def damage(path, change):
    """Damage the file of an object, or remove it; return what makes it whole again."""
    content = path.read_bytes()
    path.unlink()
    if change:
        path.write_bytes(change(content))
    return lambda: path.write_bytes(content)


def numbers_and_unread(source, position):
    numbers, lost = set(), []
    for batch in source.read(position):
        numbers |= {int(content.partition(b"note ")[2].split()[0]) for content in batch.mails}
        lost += batch.unread
        position = batch.position
    return numbers, lost, position


@pytest.fixture(scope="module")
def four(tmp_path_factory):
    """An epoch of four mails, and the files of its objects by commit and part."""
    repository = epoch(tmp_path_factory.mktemp("four") / "0.git", *mails(*range(4)))
    loose(repository)
    commits = git(repository, "rev-list", "--reverse", "master").splitlines()
    return repository, {one: {part: object_file(repository, one + part) for part in PARTS} for one in commits}


PARTS = ("", "^{tree}", ":m")


@pytest.mark.parametrize("change", DAMAGES.values(), ids=DAMAGES)
@pytest.mark.parametrize("part", PARTS)
def test_one_damaged_object_anywhere_hides_no_other_mail(part, change, four):
    repository, files = four
    source = open_source(repository)
    commits = list(files)
    for number, begin in [(0, None), (1, None), (3, None), (1, commits[1]), (2, commits[1]), (3, commits[0])]:
        wanted = set(range(commits.index(begin) + 1 if begin else 0, 4))
        heal = damage(files[commits[number]][part], change)
        try:
            found, lost, position = numbers_and_unread(source, begin)
            assert found >= wanted - {number}
            if commits[number] == begin and part == "":  # where reading ended last time: everything is read again
                wanted = set(range(4))
            assert [f"commit {commits[number]}: " in text for text in lost] == [True] * (number in wanted - found)
            again, still_lost, position = numbers_and_unread(source, position)
            assert len(still_lost) == len(lost)
        finally:
            heal()
        healed, lost, position = numbers_and_unread(source, position)
        assert (found | again | healed >= wanted, lost) == (True, [])


def test_many_missing_commits_are_each_named_and_all_other_mail_is_read(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(*range(30)))
    loose(repository)
    source = open_source(repository)
    gone = (0, 3, 4, 17, 29)
    commits = git(repository, "rev-list", "--reverse", "master").splitlines()
    heal = [damage(object_file(repository, commits[number]), None) for number in gone]
    found, lost, position = numbers_and_unread(source, None)
    assert found == set(range(30)) - set(gone)
    # What is before a missing commit is only known if something else names it: 3 is named by none.
    assert sorted(text.split()[-7] for text in lost) == sorted(f"{commits[n]}:" for n in gone if n != 3)
    for one in heal:
        one()
    epoch(repository, mail(30))
    found, lost, position = numbers_and_unread(source, position)
    assert ({0, 4, 17, 29, 30} <= found, lost) == (True, [])


def test_an_epoch_that_git_cannot_read_does_not_hide_the_others(tmp_path):
    for number in range(3):
        epoch(tmp_path / "git" / f"{number}.git", *mails(number))
    source = open_source(tmp_path)
    head = tmp_path / "git" / "1.git" / "HEAD"
    head.write_text("nonsense\n")
    found, position = read(source)
    assert found == mails(0, 2)
    (lost,) = unread(source)
    assert "1.git: git failed" in lost
    head.write_text("ref: refs/heads/master\n")
    assert again(source, position) == mails(1)


def test_newest_commit_that_is_missing_does_not_hide_the_others(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    git(repository, "commit-graph", "write", "--reachable")  # it names the commits, also one that is not there
    object_file(repository, "master").unlink()
    source = open_source(repository)
    assert sorted(again(source, None)) == mails(0, 1, 2, 3, 4)
    assert len(unread(source)) == 1


@pytest.mark.parametrize("content", [b"rust", b""])
@pytest.mark.parametrize("names", [["master~2:m"], ["master~5:m", "master:m"], ["master~3^{tree}", "master~2:m"]])
def test_damaged_object_costs_one_mail(content, names, tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    for path in [object_file(repository, name) for name in names]:
        path.chmod(stat.S_IRUSR | stat.S_IWUSR)
        path.write_bytes(content)
    source = open_source(repository)
    assert len(again(source, None)) == 6 - len(names)
    assert len(unread(source)) == len(names)


def test_repository_without_most_of_its_mail_is_an_error(tmp_path, monkeypatch):
    monkeypatch.setattr(epoch_reader, "_MAX_MISSED", 3)
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    for number in range(5):
        object_file(repository, f"master~{number}:m").unlink()
    with pytest.raises(PatchwatchError, match=r"more than 3 mails can't be read.*clone it again without a filter"):
        read(open_source(repository))


@pytest.mark.parametrize("place", [0, -1])
def test_killed_git_loses_no_mail(place, large, started):
    reading = open_source(large).read(None)
    found = list(next(reading).mails)
    [process for process in started if process.poll() is None][place].kill()
    found += [content for batch in reading for content in batch.mails]
    assert len(set(found)) == 2000
    assert all(process.poll() is not None for process in started)
