"""A public-inbox repository with damaged objects: everything else is imported, and the rest as soon as it can be."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.cli.main import run
from tests.sources.files.mail_files import epoch, git, loose, mails, object_file


def test_import_stores_all_other_mail_and_names_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PATCHWATCH_DATABASE", str(tmp_path / "patchwatch.db"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    repository = epoch(tmp_path / "0.git", *mails(*range(6)))
    loose(repository)
    blob = object_file(repository, "master~2:m")
    blob.rename(tmp_path / "blob")
    commit = git(repository, "rev-parse", "master~2")
    command = ("import", str(repository), "--inbox", "netdev")

    assert run([*command]) == 1
    output = capsys.readouterr()
    assert output.out == "netdev: 5 mails read, 5 new, 0 new versions\n"
    assert f"commit {commit}: object" in output.err
    assert "1 mail could not be read from the repository; the next import tries again:" in output.err

    assert run([*command]) == 1
    assert f"commit {commit}: object" in capsys.readouterr().err

    (tmp_path / "blob").rename(blob)
    assert run([*command]) == 0
    assert capsys.readouterr().out == "netdev: 1 mail read, 1 new, 0 new versions\n"
    assert run([*command]) == 0
    assert "nothing new" in capsys.readouterr().out
