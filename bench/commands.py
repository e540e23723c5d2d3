"""Commands that benchmarks run: their settings, and what one costs."""

from __future__ import annotations

import resource
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any


def settings(directory: Path, database: str, me: str) -> dict[str, str]:
    """Write a config with the address `me` into the directory; return the variables that name it and the database."""
    config = directory / "config.toml"
    config.write_text(f'[me]\naddresses = ["{me}"]\n', encoding="utf-8")
    return {"PATCHWATCH_DATABASE": database, "PATCHWATCH_CONFIG": str(config), "XDG_STATE_HOME": str(directory)}


def processor_seconds(command: Sequence[str | Path], **options: Any) -> float:
    """Run a command without its output; return its CPU time (user and system) in seconds."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, **options)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
