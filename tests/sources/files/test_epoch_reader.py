"""Reading the mails of commits: missing and damaged objects, git processes that end early."""

from __future__ import annotations

import os
import stat
import subprocess
import sys

import pytest

from patchwatch.errors import PatchwatchError
from patchwatch.sources.files.batch import BATCH_MAILS
from patchwatch.sources.files.open import open_source
from tests.sources.files.mail_files import epoch, git, loose, mail, mails, object_file, read
from tests.support.paths import ROOT


def test_closing_early_leaves_no_git_process(tmp_path, started):
    source = open_source(epoch(tmp_path / "0.git", *(mail(number, "x" * 5000) for number in range(2000))))
    reading = source.read(None)
    assert len(next(reading).mails) == BATCH_MAILS
    reading.close()
    assert len(started) > 3
    assert all(process.poll() is not None for process in started)


def test_exception_in_the_caller_does_not_hang(tmp_path):
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


def test_missing_mail_is_an_error_after_the_mails_before_it(tmp_path, batches_of_two, started):
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    object_file(repository, "master~1:m").unlink()
    found: list[bytes] = []
    with pytest.raises(PatchwatchError, match=r"0\.git: object [0-9a-f]{40} is missing; expected a mail"):
        found.extend(content for batch in open_source(repository).read(None) for content in batch.mails)
    assert found == mails(0, 1, 2, 3)
    assert all(process.poll() is not None for process in started)


@pytest.mark.parametrize("name", ["master~3", "master~3^{tree}", "master"])
def test_missing_object_is_an_error_not_a_shorter_history(name, tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    git(repository, "commit-graph", "write", "--reachable")  # it names the commits, also one that is not there
    object_file(repository, name).unlink()
    with pytest.raises(PatchwatchError, match=r"0\.git: git failed to read the repository: .*(missing|unable|not|bad)"):
        read(open_source(repository))


def test_damaged_mail_is_an_error(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    path = object_file(repository, "master~2:m")
    path.chmod(stat.S_IRUSR | stat.S_IWUSR)
    path.write_bytes(b"rust")
    with pytest.raises(PatchwatchError, match=r"0\.git"):
        read(open_source(repository))


def test_killed_git_is_an_error(tmp_path, started):
    source = open_source(epoch(tmp_path / "0.git", *(mail(number, "x" * 5000) for number in range(2000))))
    reading = source.read(None)
    next(reading)
    started[-1].kill()
    with pytest.raises(PatchwatchError, match="git failed to read the repository"):
        list(reading)
