"""`patchwatch db copy`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import Run

pytestmark = pytest.mark.sqlite


def test_the_copy_shows_the_same_series(with_xdp: Run, process: Run, postgresql: str, tmp_path: Path) -> None:
    source = tmp_path / "data" / "patchwatch" / "patchwatch.db"
    expected = with_xdp("list", "--all").stdout
    done = with_xdp("db", "copy", source, postgresql)
    assert (done.returncode, done.stderr) == (0, "")
    assert "the same as in" in done.stdout.splitlines()[-1]
    assert process("list", "--all", PATCHWATCH_DATABASE=postgresql).stdout == expected
    again = with_xdp("db", "copy", source, postgresql)
    assert again.returncode == 1
    assert "is not empty" in again.stderr


def test_a_missing_source_is_reported_and_not_created(run: Run, tmp_path: Path) -> None:
    done = run("db", "copy", tmp_path / "none.db", tmp_path / "new.db")
    assert done.returncode == 1
    assert "there is no database at" in done.stderr
    assert not (tmp_path / "none.db").exists()
