"""What the tests of the command line share."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"
Run = Callable[..., subprocess.CompletedProcess[str]]


def add_to_config(tmp_path: Path, text: str) -> None:
    """What is in it already keeps a test from waiting long for a server that is not there."""
    with (tmp_path / "config" / "patchwatch" / "config.toml").open("a") as config:
        config.write(text)
