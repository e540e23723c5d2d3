"""Fixtures for the tests of sources."""

from __future__ import annotations

import subprocess

import pytest

from patchwatch.sources.files import batch as batch_module
from patchwatch.sources.git.command import Git


@pytest.fixture
def batches_of_two(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_module, "BATCH_MAILS", 2)
    monkeypatch.setattr("patchwatch.sources.files.mbox.BATCH_MAILS", 2)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> list[subprocess.Popen[bytes]]:
    """Every git process that the sources start."""
    processes: list[subprocess.Popen[bytes]] = []
    start = Git.start

    def watched(self: Git, *arguments: str, **pipes: object) -> subprocess.Popen[bytes]:
        processes.append(start(self, *arguments, **pipes))  # type: ignore[arg-type]
        return processes[-1]

    monkeypatch.setattr(Git, "start", watched)
    return processes
