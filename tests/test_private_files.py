"""Only their owner can read the files, whatever the umask."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from patchwatch.compose.draft_store import DraftStore
from patchwatch.config import data_directory
from patchwatch.db import messages
from patchwatch.db.database import Database
from patchwatch.private_files import replacing
from tests.compose.test_draft_store import DRAFT

pytestmark = pytest.mark.sqlite


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.fixture(params=[0o000, 0o022, 0o077, 0o177])
def umask(request: pytest.FixtureRequest) -> Iterator[None]:
    before = os.umask(request.param)
    yield
    os.umask(before)


@pytest.mark.usefixtures("umask")
def test_the_data_directory_and_the_database_are_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "share"))
    database = Database(f"sqlite:///{data_directory()}/patchwatch.db")
    with database.write() as connection:
        messages.set_setting(connection, "x", "1")
        assert mode(tmp_path / "share") == mode(data_directory()) == 0o700
        files = sorted(data_directory().iterdir())
        assert [file.name for file in files] == ["patchwatch.db", "patchwatch.db-shm", "patchwatch.db-wal"]
        assert {mode(file) for file in files} == {0o600}


@pytest.mark.usefixtures("umask")
def test_drafts_are_private(tmp_path: Path) -> None:
    store = DraftStore(tmp_path / "share" / "drafts")
    file = store.save(DRAFT)
    assert mode(store.directory.parent) == mode(store.directory) == 0o700
    assert mode(file) == 0o600


def test_a_data_directory_that_others_can_read_becomes_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    data_directory().mkdir(0o755)
    Database(f"sqlite:///{data_directory()}/patchwatch.db").close()
    assert mode(data_directory()) == 0o700


def test_an_error_leaves_the_old_file_and_nothing_else(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")

    def fail() -> None:
        with replacing(file) as new:
            new.write_text("half")
            raise ValueError

    with pytest.raises(ValueError):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert file.read_text() == "old"
