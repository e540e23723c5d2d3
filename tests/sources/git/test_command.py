"""Running git on untrusted repositories."""

from __future__ import annotations

import os
import shutil
import subprocess

import pytest

from patchwatch.errors import PatchwatchError
from patchwatch.sources.files.epoch import Epoch
from patchwatch.sources.files.open import open_source
from tests.sources.files.mail_files import again, epoch, git, loose, mail, mails, object_file


def test_missing_git_is_an_error(tmp_path, monkeypatch):
    repository = epoch(tmp_path / "0.git", mail(1))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PatchwatchError, match=r"git not found\. Install git"):
        open_source(repository)


def test_git_variables_in_the_environment_are_ignored(tmp_path, monkeypatch):
    other = epoch(tmp_path / "other.git", mail(2))
    for name in ("GIT_DIR", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE"):
        monkeypatch.setenv(name, str(other))
    monkeypatch.setenv("GIT_CONFIG_COUNT", "broken")
    assert again(Epoch(epoch(tmp_path / "0.git", mail(1))), None) == [mail(1)]


def test_hostile_repository_runs_no_programs(tmp_path):
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
        batches = list(source.read(None))
        assert [raw for batch in batches for raw in batch.mails] == [mail(1)]
        assert [len(batch.unread) for batch in batches if batch.unread] == [1]
    assert not (tmp_path / "sprung").exists()
    # The trap works: git runs it if it is not confined.
    git(repository, "config", "remote.evil.url", str(repository))
    subprocess.run(["git", f"--git-dir={repository}", "cat-file", "-p", "master:m"], capture_output=True, check=False)
    assert (tmp_path / "sprung").exists()


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can give a repository to another account")
def test_repository_of_another_account_is_read(tmp_path):
    repository = epoch(tmp_path / "0.git", *mails(1, 2))
    for path in (repository, *repository.rglob("*")):
        os.chown(path, 12345, 12345)
    assert again(open_source(repository), None) == mails(1, 2)
