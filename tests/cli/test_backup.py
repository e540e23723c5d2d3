"""`backup`."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.command_line import Run

pytestmark = pytest.mark.sqlite


def test_a_backup_can_be_used_as_the_database(with_xdp: Run, tmp_path: Path) -> None:
    expected = with_xdp("list", "--all").stdout
    done = with_xdp("backup", tmp_path / "new" / "copy.db")
    assert done.returncode == 0
    assert done.stdout.startswith(f"wrote {tmp_path}/new/copy.db (")
    assert with_xdp("list", "--all", PATCHWATCH_DATABASE=str(tmp_path / "new" / "copy.db")).stdout == expected
    assert with_xdp("backup", tmp_path / "new" / "copy.db").returncode == 1
    assert with_xdp("backup", "--replace", tmp_path / "new" / "copy.db").returncode == 0


def test_without_a_database_there_is_no_backup(run: Run, tmp_path: Path) -> None:
    done = run("backup", tmp_path / "copy.db")
    assert (done.returncode, done.stderr.split(" at ")[0]) == (1, "patchwatch: there is no database")
    assert not (tmp_path / "copy.db").exists()
