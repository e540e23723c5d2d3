"""Where imported mail comes from: each kind of source, read, read again, cut short, rewritten."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

from patchwatch.errors import InvalidInputError, NotFoundError, PatchwatchError
from patchwatch.sources.files import batch as batch_module
from patchwatch.sources.files.batch import BATCH_MAILS, Batch
from patchwatch.sources.files.epoch import Bundle, Epoch, InboxDirectory
from patchwatch.sources.files.maildir import Eml, Maildir
from patchwatch.sources.files.mbox import Mbox
from patchwatch.sources.files.open import Source, open_source
from patchwatch.sources.git.command import Git
from tests.support.paths import CORPUS, ROOT

AUTHOR = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "1700000000 +0000"}
GIT_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    **AUTHOR,
    **{name.replace("AUTHOR", "COMMITTER"): value for name, value in AUTHOR.items()},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}

Tree = Mapping[str, bytes | None]  # what one commit writes, None for what it deletes


def mail(number: int, body: str = "Works here.") -> bytes:
    return (
        f"From: Ada Example <ada@example.org>\nMessage-ID: <{number}@example.org>\nSubject: note {number}\n\n{body}\n"
    ).encode()


def mails(*numbers: int) -> list[bytes]:
    return [mail(number) for number in numbers]


def git(repository: Path, *arguments: str, given: bytes = b"") -> str:
    command = ["git", f"--git-dir={repository}", *arguments]
    done = subprocess.run(command, input=given, env=GIT_ENVIRONMENT, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode().strip()


def commit(repository: Path, *trees: Tree, branch: str = "master", parent: str | None = None) -> Path:
    """Put a commit for each of `trees` on a branch of a bare repository, which is made when it is not there."""
    if not repository.exists():
        repository.mkdir(parents=True)
        git(repository, "init", "--quiet", "--bare", "--initial-branch=master")
    here = git(repository, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
    feed = bytearray()
    for number, tree in enumerate(trees):
        feed += b"commit refs/heads/%s\ncommitter a <a@example.org> 1700000000 +0000\ndata 0\n" % branch.encode()
        begin = parent or here
        if number == 0 and begin:
            feed += b"from %s\n" % begin.encode()
        for name, content in tree.items():
            if content is None:
                feed += b"D %s\n" % name.encode()
            else:
                feed += b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(content), content)
    git(repository, "fast-import", "--quiet", "--force", given=bytes(feed))
    return repository


def epoch(repository: Path, *contents: bytes) -> Path:
    """Put mails in an epoch as public-inbox does: one commit a mail, one file `m`."""
    return commit(repository, *({"m": content, "d": None} for content in contents))


def mboxrd(*contents: bytes, sender: str = "mboxrd@z") -> bytes:
    return b"".join(b"From %s Thu Jan  1 00:00:00 1970\n%s\n" % (sender.encode(), content) for content in contents)


def read(source: Source, position: str | None = None) -> tuple[list[bytes], str | None]:
    """Everything after `position`, and the position after that."""
    found: list[bytes] = []
    for batch in source.read(position):
        assert batch.mails
        found += batch.mails
        position = batch.position
    return found, position


def again(source: Source, position: str | None) -> list[bytes]:
    return read(source, position)[0]


@pytest.fixture
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "BATCH_MAILS", 2)
    monkeypatch.setattr("patchwatch.sources.files.mbox.BATCH_MAILS", 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every git that the sources start."""
    processes: list[subprocess.Popen[bytes]] = []
    start = Git.start

    def watched(self: Git, *arguments: str, **pipes: object) -> subprocess.Popen[bytes]:
        processes.append(start(self, *arguments, **pipes))  # type: ignore[arg-type]
        return processes[-1]

    monkeypatch.setattr(Git, "start", watched)
    return processes


# -- any source ------------------------------------------------------------------------------------------------------


def make_epoch(place: Path, contents: Sequence[bytes]) -> Path:
    return epoch(place / "0.git", *contents)


def make_archive(place: Path, contents: Sequence[bytes]) -> Path:
    half = len(contents) // 2
    epoch(place / "list" / "git" / "0.git", *contents[:half])
    epoch(place / "list" / "git" / "1.git", *contents[half:])
    return place / "list"


def make_bundle(place: Path, contents: Sequence[bytes]) -> Path:
    git(epoch(place / "0.git", *contents), "bundle", "create", "--quiet", str(place / "list.bundle"), "master")
    return place / "list.bundle"


def make_mbox(place: Path, contents: Sequence[bytes]) -> Path:
    (place / "list.mbox").write_bytes(mboxrd(*contents))
    return place / "list.mbox"


def make_gzipped_mbox(place: Path, contents: Sequence[bytes]) -> Path:
    (place / "list.mbox.gz").write_bytes(gzip.compress(mboxrd(*contents)))
    return place / "list.mbox.gz"


def make_maildir(place: Path, contents: Sequence[bytes]) -> Path:
    for name in ("cur", "new", "tmp"):
        (place / "box" / name).mkdir(parents=True)
    for number, content in enumerate(contents):
        in_cur = number % 2
        name = f"170000{number:04}.M1P1.host" + (":2,S" if in_cur else "")
        (place / "box" / ("cur" if in_cur else "new") / name).write_bytes(content)
    return place / "box"


def make_eml_folder(place: Path, contents: Sequence[bytes]) -> Path:
    (place / "mails").mkdir()
    for number, content in enumerate(contents):
        (place / "mails" / f"{number:04}.eml").write_bytes(content)
    return place / "mails"


EVERY_KIND = pytest.mark.parametrize(
    ("make", "kind"),
    [
        (make_epoch, Epoch),
        (make_archive, InboxDirectory),
        (make_bundle, Bundle),
        (make_mbox, Mbox),
        (make_gzipped_mbox, Mbox),
        (make_maildir, Maildir),
        (make_eml_folder, Eml),
    ],
)


@EVERY_KIND
def test_reads_every_mail_and_then_nothing(make, kind, tmp_path):
    contents = mails(*range(7))
    source = open_source(make(tmp_path, contents))
    assert isinstance(source, kind)
    found, position = read(source)
    assert found == contents
    assert again(source, position) == []


@EVERY_KIND
def test_a_read_that_was_killed_goes_on_where_its_last_stored_batch_ended(make, kind, tmp_path, batches_of_two):
    contents = mails(*range(9))
    source = open_source(make(tmp_path, contents))
    whole = list(source.read(None))
    assert all(len(batch.mails) <= 2 for batch in whole)
    for stored in range(1, len(whole)):
        cut = source.read(None)
        before = [next(cut) for _ in range(stored)]
        cut.close()
        after, position = read(source, before[-1].position)
        assert [one for batch in before for one in batch.mails] + after == contents
        assert again(source, position) == []


@EVERY_KIND
def test_another_kinds_position_is_no_position(make, kind, tmp_path):
    contents = mails(1, 2, 3)
    source = open_source(make(tmp_path, contents))
    for position in ("", "{", "[]", "0", "{}", '{"0": 1}', '{"end": "x"}', '{"names": 3}', "f" * 40, "--all"):
        assert again(source, position) == contents, position


@EVERY_KIND
def test_the_identity_is_the_same_by_every_way_to_the_path(make, kind, tmp_path, monkeypatch):
    path = make(tmp_path, mails(1))
    (tmp_path / "link").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    direct = open_source(path).identity
    assert direct.endswith(f":{path}")
    assert open_source(Path("link")).identity == direct
    assert open_source(path.relative_to(tmp_path)).identity == direct


def test_the_identity_is_text_where_the_path_is_not(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.mbox")
    path.write_bytes(mboxrd(mail(1)))
    assert open_source(path).identity == f"mbox:{tmp_path}/caf\\xe9.mbox"


def test_a_batch_is_bounded_in_mails_and_in_bytes(tmp_path):
    large = [mail(number, "x" * (3 << 20)) for number in range(4)]
    small = mails(*range(4, 4 + BATCH_MAILS + 1))
    sizes = [len(batch.mails) for batch in open_source(epoch(tmp_path / "0.git", *large, *small)).read(None)]
    assert sizes == [3, BATCH_MAILS, 2]


# -- what a path holds -----------------------------------------------------------------------------------------------


def test_what_is_not_there_is_said_to_be_missing(tmp_path):
    with pytest.raises(NotFoundError, match="nothing: no such file or directory"):
        open_source(tmp_path / "nothing")


def test_a_file_that_is_no_mail_is_refused(tmp_path):
    for content in (b"hello\n", b"\x7fELF\x02", b"title: a recipe\n\nDate: when it is ripe\n", b"From here to there\n"):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(InvalidInputError, match="file: not a mail file"):
            open_source(tmp_path / "file")


def test_a_directory_without_mail_is_refused(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InvalidInputError, match="no mail found"):
        open_source(tmp_path)


def test_what_is_neither_file_nor_directory_is_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInputError, match="neither a file nor a directory"):
        open_source(tmp_path / "pipe")


def test_a_source_tree_is_not_taken_for_an_epoch(tmp_path):
    tree = commit(tmp_path / "linux.git", {"MAINTAINERS": b"many", "mm/slub.c": b"code"})
    with pytest.raises(InvalidInputError, match=r"not a public-inbox repository.*MAINTAINERS"):
        open_source(tree)


def test_an_empty_file_is_an_mbox_without_mail(tmp_path):
    (tmp_path / "box").touch()
    source = open_source(tmp_path / "box")
    assert isinstance(source, Mbox)
    assert again(source, None) == []


def test_mail_in_a_checkout_is_preferred_to_the_checkouts_history(tmp_path):
    commit(tmp_path / ".git", {"README": b"tests"})
    (tmp_path / "one.eml").write_bytes(mail(1))
    assert isinstance(open_source(tmp_path), Eml)


# -- git -------------------------------------------------------------------------------------------------------------


def test_an_epoch_that_grew_gives_only_the_new_mails(tmp_path):
    source = open_source(epoch(tmp_path / "0.git", *mails(1, 2)))
    _, position = read(source)
    epoch(tmp_path / "0.git", *mails(3, 4))
    found, position = read(source, position)
    assert found == mails(3, 4)
    assert position == git(tmp_path / "0.git", "rev-parse", "master")


def test_a_deletion_is_no_mail_and_hides_none(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2))
    commit(repository, {"m": None, "d": mail(1)}, {"d": mail(2)})
    epoch(repository, mail(2), mail(3))
    commit(repository, {"m": None, "d": mail(3)})
    source = open_source(repository)
    found, position = read(source)
    assert found == mails(1, 2, 2, 3)
    assert again(source, position) == []


def test_a_purged_mail_leaves_an_empty_file_that_is_no_mail(tmp_path):
    assert again(open_source(epoch(tmp_path / "0.git", mail(1), b"", mail(3))), None) == mails(1, 3)


def test_bytes_come_as_they_are(tmp_path):
    odd = b"Subject: \xff\xfe\r\n\r\nno newline at the end, a NUL \0 and a line that looks like\nabc blob 3\n\nx"
    assert again(open_source(epoch(tmp_path / "0.git", odd, mail(2))), None) == [odd, mail(2)]


def test_a_v1_inbox_gives_every_mail_that_was_ever_added(tmp_path, batches_of_two):
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
    assert Counter(one for batch in whole for one in batch.mails) == expected
    for stored in range(1, len(whole)):
        before = [one for batch in whole[:stored] for one in batch.mails]
        # A position inside the commit of five is that before it: mails come again, none is left out.
        assert set(before) | set(again(source, whole[stored - 1].position)) == set(expected)


def test_a_checkout_of_an_epoch_is_read_as_one(tmp_path):
    epoch(tmp_path / "list" / ".git", *mails(1, 2))
    assert again(open_source(tmp_path / "list"), None) == mails(1, 2)


def test_an_empty_epoch_gives_nothing(tmp_path):
    git(tmp_path / "0.git", "init", "--quiet", "--bare")
    assert again(open_source(tmp_path / "0.git"), None) == []


def test_the_only_branch_is_read_when_head_names_another(tmp_path):
    repository = epoch(tmp_path / "0.git", mail(1))
    git(repository, "symbolic-ref", "HEAD", "refs/heads/main")
    assert again(open_source(repository), None) == [mail(1)]
    commit(repository, {"m": mail(2)}, branch="side")
    with pytest.raises(InvalidInputError, match=r"HEAD does not name any.*refs/heads/master, refs/heads/side"):
        open_source(repository)


def test_merged_histories_are_read_wherever_a_read_was_cut(tmp_path, batches_of_two):
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
        before = {one for batch in whole[:stored] for one in batch.mails}
        assert before | set(again(source, whole[stored - 1].position if stored else None)) == set(mails(*range(1, 9)))
    assert again(source, whole[-1].position) == []


def test_a_rewritten_history_is_read_again_from_where_it_differs(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2, 3))
    source = open_source(repository)
    _, position = read(source)
    git(repository, "update-ref", "refs/heads/master", "master~2")
    epoch(repository, b"", *mails(3, 4))
    assert again(source, position) == mails(3, 4)


def test_a_position_that_git_has_forgotten_reads_everything_again(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2, 3))
    source = open_source(repository)
    _, position = read(source)
    shutil.rmtree(repository)
    epoch(repository, mail(1), b"", *mails(3, 4))
    found, position = read(source, position)
    assert found == mails(1, 3, 4)
    assert again(source, position) == []


def test_stopping_early_leaves_no_git_behind(tmp_path, started):
    source = open_source(epoch(tmp_path / "0.git", *(mail(number, "x" * 5000) for number in range(2000))))
    reading = source.read(None)
    assert len(next(reading).mails) == BATCH_MAILS
    reading.close()
    assert len(started) > 3
    assert all(process.poll() is not None for process in started)


def test_a_defect_of_the_reader_of_the_mails_ends_the_program(tmp_path):
    repository = epoch(tmp_path / "0.git", *(mail(number, "x" * 5000) for number in range(2000)))
    script = (
        "import sys, pathlib\nfrom patchwatch.sources.files.epoch import Epoch\n"
        "reading = Epoch(pathlib.Path(sys.argv[1])).read(None)\nnext(reading)\nraise RuntimeError('a defect')"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", script, str(repository)]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=30, check=False)
    assert done.returncode == 1
    assert done.stderr.strip().endswith(b"RuntimeError: a defect")


def object_file(repository: Path, name: str) -> Path:
    identifier = git(repository, "rev-parse", name)
    return repository / "objects" / identifier[:2] / identifier[2:]


def loose(repository: Path) -> None:
    """Unpack the objects, each into a file of its own."""
    for pack in (repository / "objects" / "pack").glob("*.pack"):
        content = pack.read_bytes()
        for part in pack.parent.glob(f"{pack.stem}.*"):
            part.unlink()
        git(repository, "unpack-objects", "-q", given=content)


def test_a_missing_mail_is_an_error_after_what_came_before_it(tmp_path, batches_of_two, started):
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    object_file(repository, "master~1:m").unlink()
    found: list[bytes] = []
    with pytest.raises(PatchwatchError, match=r"0\.git: object [0-9a-f]{40} is missing; expected a mail"):
        found.extend(one for batch in open_source(repository).read(None) for one in batch.mails)
    assert found == mails(0, 1, 2, 3)
    assert all(process.poll() is not None for process in started)


@pytest.mark.parametrize("name", ["master~3", "master~3^{tree}", "master"])
def test_a_hole_in_the_history_is_an_error_and_never_a_shorter_history(name, tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    git(repository, "commit-graph", "write", "--reachable")  # it names the commits, also one that is not there
    object_file(repository, name).unlink()
    with pytest.raises(PatchwatchError, match=r"0\.git: git failed to read the repository: .*(missing|unable|not|bad)"):
        read(open_source(repository))


def test_a_damaged_mail_is_an_error_with_gits_words(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    path = object_file(repository, "master~2:m")
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    path.write_bytes(b"rust")
    with pytest.raises(PatchwatchError, match=r"0\.git"):
        read(open_source(repository))


def test_a_git_that_dies_on_the_way_is_an_error(tmp_path, started):
    source = open_source(epoch(tmp_path / "0.git", *(mail(number, "x" * 5000) for number in range(2000))))
    reading = source.read(None)
    next(reading)
    started[-1].kill()
    with pytest.raises(PatchwatchError, match="git failed to read the repository"):
        list(reading)


def test_no_git_is_said_so(tmp_path, monkeypatch):
    repository = epoch(tmp_path / "0.git", mail(1))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PatchwatchError, match=r"git not found\. Install git"):
        open_source(repository)


def test_another_repository_in_the_environment_is_not_read(tmp_path, monkeypatch):
    other = epoch(tmp_path / "other.git", mail(2))
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE"):
        monkeypatch.setenv(name, str(other))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "broken")
    assert again(Epoch(epoch(tmp_path / "0.git", mail(1))), None) == [mail(1)]


def test_a_hostile_repository_runs_nothing(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2))
    trap = tmp_path / "trap"
    trap.write_text(f"#!/bin/sh\ntouch {tmp_path}/sprung\n")
    trap.chmod(0o755)
    for hook in (repository / "hooks").glob("*.sample"):
        shutil.copy(trap, hook.with_suffix(""))
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "core.fsmonitor": str(trap),
        "core.pager": str(trap),
        "core.sshCommand": str(trap),
        "core.alternateRefsCommand": str(trap),
        "diff.external": str(trap),
        "diff.orderFile": "/nonexistent",
        "log.showSignature": "true",
        "gpg.program": str(trap),
        "pager.cat-file": str(trap),
        "protocol.allow": "always",
        "protocol.ext.allow": "always",
        "extensions.partialClone": "evil",
        "remote.evil.promisor": "true",
        "remote.evil.url": str(repository),
        "remote.evil.uploadpack": str(trap),
    }.items():
        git(repository, "config", key, value)
    source = open_source(repository)
    assert again(source, None) == mails(1, 2)
    loose(repository)
    object_file(repository, "master:m").unlink()
    for url in (str(repository), f"ext::{trap}", "ssh://host/list", "git://host/list"):
        git(repository, "config", "remote.evil.url", url)
        with pytest.raises(PatchwatchError):
            read(source)
    assert not (tmp_path / "sprung").exists()
    # The trap is a real one: git without our care falls into it.
    git(repository, "config", "remote.evil.url", str(repository))
    subprocess.run(["git", f"--git-dir={repository}", "cat-file", "-p", "master:m"], capture_output=True, check=False)
    assert (tmp_path / "sprung").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to another account")
def test_a_mirror_that_another_account_keeps_is_read(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2))
    for path in (repository, *repository.rglob("*")):
        os.chown(path, 12345, 12345)
    assert again(open_source(repository), None) == mails(1, 2)


def test_an_archives_position_is_a_commit_for_each_epoch(tmp_path):
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


def test_a_mirror_without_the_git_folder_is_an_archive(tmp_path):
    epoch(tmp_path / "0.git", mail(1))
    epoch(tmp_path / "1.git", mail(2))
    source = open_source(tmp_path)
    assert isinstance(source, InboxDirectory)
    assert again(source, None) == mails(1, 2)


def test_a_new_archive_has_no_mail_yet(tmp_path):
    (tmp_path / "git").mkdir()
    (tmp_path / "inbox.lock").touch()
    assert again(open_source(tmp_path), None) == []


def test_a_bundle_that_was_made_again_gives_only_the_new_mails(tmp_path):
    path = make_bundle(tmp_path, mails(1, 2))
    source = open_source(path)
    _, position = read(source)
    make_bundle(tmp_path, mails(3))
    found, position = read(source, position)
    assert found == [mail(3)]
    assert again(source, position) == []


def test_a_bundle_of_a_part_says_what_it_lacks(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2))
    git(repository, "bundle", "create", "--quiet", str(tmp_path / "part.bundle"), "master~1..master")
    with pytest.raises(PatchwatchError, match=r"part\.bundle: .*prerequisite"):
        read(open_source(tmp_path / "part.bundle"))


def test_a_bundle_of_something_else_is_refused(tmp_path):
    repository = commit(tmp_path / "linux.git", {"MAINTAINERS": b"many"})
    git(repository, "bundle", "create", "--quiet", str(tmp_path / "linux.bundle"), "master")
    with pytest.raises(InvalidInputError, match=r"linux\.bundle: not a public-inbox repository"):
        read(open_source(tmp_path / "linux.bundle"))


def test_a_bundle_that_is_cut_short_is_an_error(tmp_path):
    path = make_bundle(tmp_path, mails(*range(9)))
    path.write_bytes(path.read_bytes()[:-40])
    with pytest.raises(PatchwatchError, match=r"list\.bundle: git failed to read the repository"):
        read(open_source(path))


# -- mbox ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sender", ["mboxrd@z", "ada@example.org"])
def test_an_mbox_that_grew_gives_only_the_new_mails(tmp_path, sender):
    path = tmp_path / "box"
    path.write_bytes(mboxrd(*mails(1, 2), sender=sender))
    source = open_source(path)
    _, position = read(source)
    with path.open("ab") as box:
        box.write(mboxrd(mail(3), sender=sender))
    found, position = read(source, position)
    assert found == [mail(3)]
    assert again(source, position) == []


def test_a_gzipped_mbox_that_grew_gives_only_the_new_mails(tmp_path):
    path = make_gzipped_mbox(tmp_path, mails(1, 2))
    source = open_source(path)
    _, position = read(source)
    with path.open("ab") as box:
        box.write(gzip.compress(mboxrd(mail(3))))
    assert again(source, position) == [mail(3)]


def test_no_mail_is_lost_wherever_its_writer_was_interrupted(tmp_path):
    whole = mboxrd(*mails(1, 2, 3), sender="ada@example.org")
    path = tmp_path / "box"
    for written in range(60, len(whole)):
        path.write_bytes(whole[:written])
        source = Mbox(path)
        before, position = read(source)
        path.write_bytes(whole)
        after, position = read(source, position)
        assert set(mails(1, 2, 3)) <= {*before, *after}, written
        assert again(source, position) == []
        assert before[:-1] == mails(1, 2, 3)[: len(before) - 1], written


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"Works here.", b"Works there", 1),
        lambda text: mboxrd(mail(9)) + text,
        lambda text: text[len(mboxrd(mail(0))) :],
        lambda text: mboxrd(mail(9)),
    ],
    ids=["edited", "put before", "first deleted", "shorter"],
)
def test_a_rewritten_mbox_is_read_again(tmp_path, change):
    path = make_mbox(tmp_path, mails(*range(1500)))
    source = open_source(path)
    _, position = read(source)
    path.write_bytes(change(path.read_bytes()))
    found, position = read(source, position)
    assert found == again(source, None)
    assert again(source, position) == []


def test_an_mbox_is_cut_into_blocks_only_where_a_mail_begins(tmp_path, monkeypatch):
    monkeypatch.setattr("patchwatch.sources.files.mbox._BLOCK_BYTES", 64)
    body = "I quote:\n\nFrom what I saw, this is no separator.\n\nFrom me too, at 10:00\n\n>From here on it was quoted."
    contents = [mail(number, body * (number % 3)) for number in range(20)]
    path = tmp_path / "box"
    path.write_bytes(mboxrd(*contents, sender="ada@example.org").replace(b"\n>From", b"\n>>From"))
    source = open_source(path)
    whole = list(source.read(None))
    assert len(whole) > 10
    assert [one for batch in whole for one in batch.mails] == contents
    for stored, batch in enumerate(whole[:-1], 1):
        before = [one for earlier in whole[:stored] for one in earlier.mails]
        assert before + again(source, batch.position) == contents


def test_an_mbox_with_crlf_line_ends_is_read_and_resumed(tmp_path, batches_of_two):
    contents = [mail(number).replace(b"\n", b"\r\n") for number in range(5)]
    path = tmp_path / "box"
    path.write_bytes(mboxrd(*mails(*range(5)), sender="ada@example.org").replace(b"\n", b"\r\n"))
    whole = list(open_source(path).read(None))
    assert [one for batch in whole for one in batch.mails] == contents
    assert again(open_source(path), whole[0].position) == contents[2:]


def test_a_gzipped_mbox_that_is_cut_short_is_an_error(tmp_path):
    path = make_gzipped_mbox(tmp_path, mails(1, 2))
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(InvalidInputError, match=r"list\.mbox\.gz: damaged gzip data"):
        read(Mbox(path))


def test_a_mail_without_end_is_refused_before_it_fills_the_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("patchwatch.sources.files.mbox._BLOCK_BYTES", 1 << 10)
    monkeypatch.setattr("patchwatch.sources.files.mbox._MAX_MAIL_BYTES", 10 << 10)
    path = make_mbox(tmp_path, [mail(1), mail(2, "x" * (40 << 10)), mail(3)])
    reading = open_source(path).read(None)
    assert next(reading).mails == (mail(1),)
    with pytest.raises(InvalidInputError, match=r"list\.mbox: one mail is larger"):
        next(reading)


def test_an_mbox_that_vanished_is_said_so(tmp_path):
    path = make_mbox(tmp_path, mails(1))
    source = open_source(path)
    path.unlink()
    with pytest.raises(NotFoundError, match=r"list\.mbox: no such file"):
        read(source)


# -- maildir and .eml ------------------------------------------------------------------------------------------------


def test_a_maildir_gives_only_mail_under_new_names_however_it_is_flagged(tmp_path):
    box = make_maildir(tmp_path, mails(1, 2))
    source = open_source(box)
    _, position = read(source)
    for path in (box / "new").iterdir():
        path.rename(box / "cur" / f"{path.name}:2,RS")
    (box / "new" / "0000.early.host").write_bytes(mail(3))  # its name sorts before those that were read
    (box / "tmp" / "1.half").write_bytes(b"From: ")
    (box / "new" / ".nfs0001").write_bytes(b"")
    found, position = read(source, position)
    assert found == [mail(3)]
    assert again(source, position) == []


def test_mail_that_is_moved_during_the_read_is_found_under_its_new_name(tmp_path, batches_of_two):
    box = make_maildir(tmp_path, mails(*range(8)))
    reading = open_source(box).read(None)
    found = list(next(reading).mails)
    for path in (box / "new").iterdir():
        path.rename(box / "cur" / f"{path.name}:2,")
    (box / "cur" / "1700000007.M1P1.host:2,S").unlink()  # and this one is gone
    found += [one for batch in reading for one in batch.mails]
    assert found == mails(*range(7))


def test_a_mail_that_was_gone_is_read_when_it_comes_back(tmp_path, batches_of_two):
    box = make_maildir(tmp_path, mails(*range(8)))
    away = box / "cur" / "1700000007.M1P1.host:2,S"
    source = open_source(box)
    reading = source.read(None)
    next(reading)
    away.rename(tmp_path / "away")
    position = list(reading)[-1].position
    (tmp_path / "away").rename(away)
    assert again(source, position) == [mail(7)]


def test_mail_that_arrives_after_a_kill_is_read_wherever_its_name_sorts(tmp_path, batches_of_two):
    box = make_maildir(tmp_path, mails(*range(6)))
    source = open_source(box)
    cut = next(source.read(None))
    (box / "new" / "0000.early.host").write_bytes(mail(9))
    found, position = read(source, cut.position)
    assert set(found) | set(cut.mails) == set(mails(*range(6), 9))
    assert again(source, position) == []


def test_the_names_of_a_maildir_may_be_any_bytes(tmp_path):
    box = make_maildir(tmp_path, [])
    for number, name in enumerate((b"1.caf\xe9", b"2.new\nline", b"3.quote\"'", "4.ümlaut".encode())):
        Path(os.fsdecode(os.fsencode(box / "new") + b"/" + name)).write_bytes(mail(number))
    source = open_source(box)
    found, position = read(source)
    assert found == mails(*range(4))
    assert again(source, position) == []
    assert position is not None
    assert position.isascii()


@pytest.fixture
def ordinary_user():
    """Whoever runs the tests; as root, who may read everything, nobody for the time of the test."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as directory:  # pytest's own is closed to others
        Path(directory).chmod(0o755)
        if root:
            os.seteuid(65534)
        try:
            yield Path(directory)
        finally:
            if root:
                os.seteuid(0)


def test_a_mail_that_may_not_be_read_is_an_error(ordinary_user):
    source = open_source(make_unreadable(ordinary_user))
    with pytest.raises(PatchwatchError, match=r"can't read .*0000\.eml"):
        read(source)


def make_unreadable(directory):
    """A folder with a mail that only its owner, somebody else, may read."""
    user = os.geteuid()
    if user == 65534:
        os.seteuid(0)
    folder = make_eml_folder(directory, mails(1))
    (folder / "0000.eml").chmod(0)
    os.seteuid(user)
    return folder


def test_one_eml_file_is_read_once_and_again_when_it_changes(tmp_path):
    path = tmp_path / "report.txt"
    path.write_bytes(mail(1))
    source = open_source(path)
    assert isinstance(source, Eml)
    found, position = read(source)
    assert found == [mail(1)]
    assert again(source, position) == []
    path.write_bytes(mail(1, "It is a longer story."))
    assert again(source, position) == [mail(1, "It is a longer story.")]


def test_a_folder_of_eml_files_gives_only_the_new_and_the_changed(tmp_path):
    folder = make_eml_folder(tmp_path, mails(1, 2))
    (folder / "notes.txt").write_text("no mail")
    source = open_source(folder)
    found, position = read(source)
    assert found == mails(1, 2)
    (folder / "0000.EML").write_bytes(mail(3))
    (folder / "0001.eml").write_bytes(mail(2, "Changed."))
    found, position = read(source, position)
    assert found == [mail(3), mail(2, "Changed.")]
    assert again(source, position) == []


def test_the_position_of_a_large_maildir_stays_small_until_its_end(tmp_path):
    box = make_maildir(tmp_path, mails(*range(3 * BATCH_MAILS)))
    *early, last = open_source(box).read(None)
    assert max(len(batch.position) for batch in early) < 200
    assert len(last.position) < 10 * 3 * BATCH_MAILS


# -- the real thing --------------------------------------------------------------------------------------------------


@pytest.fixture
def inbox(tmp_path: Path) -> Iterator[Path]:
    """An inbox made by public-inbox itself."""
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
def test_a_real_public_inbox_is_read_through_deliveries_removals_and_purges(inbox):
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
def test_the_real_cgroups_epoch_is_read_whole_and_once():
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
