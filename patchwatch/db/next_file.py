"""The stored answer of `patchwatch next`: it holds for one state of database and config, until a time.

A shell prompt asks for it again and again, so that reading it imports little: neither SQLAlchemy nor the config is
needed, and no lock.  Polls compute it again when it no longer holds, or else `next` does
(patchwatch.tracker.next_answer).
"""

from __future__ import annotations

import json
import os
import sqlite3
import zlib

from patchwatch import __version__
from patchwatch.db.versions import FACTS_VERSION, SCHEMA_REVISION

TYPE_CHECKING = False  # typing takes longer to import than the stored answer of `next` to read
if TYPE_CHECKING:
    from typing import Any

Answer = dict[str, "Any"]
"""What is printed: `counts` by section, `line`, `text` (lines), `json`, and from when on it is stale (`stale_at`)."""

_PREFIX = "sqlite:///"
_PROGRAM = [__version__, SCHEMA_REVISION, FACTS_VERSION]
_VARIABLES = ("HOME", "PATCHWATCH_CONFIG", "PATCHWATCH_DATABASE", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


def path() -> str:
    """The file; there is one for each set of environment variables that select database and config."""
    state = os.environ.get("XDG_STATE_HOME") or os.path.expanduser("~/.local/state")
    chosen = zlib.crc32("\0".join(os.environ.get(name, "") for name in _VARIABLES).encode(errors="replace"))
    return os.path.join(state, "patchwatch", f"next-{chosen:08x}.json")


def exists() -> bool:
    """True if somebody asked for the answer, so that it was stored."""
    return os.path.exists(path())


def read(now: int, *, text: bool) -> Answer | None:
    """Return the stored answer if it holds at `now`; with `text`, its ages have to be right, too."""
    try:
        with open(path(), encoding="utf-8") as file:
            stored: Any = json.load(file)
        until = min(stored["until"], stored["text_until"]) if text else stored["until"]
        if stored["program"] != _PROGRAM or not stored["at"] <= now < until:
            return None
        if stored["config"] != _stamp(stored["config_path"]) or stored["generation"] != generation(stored["url"]):
            return None
        answer: Answer = stored["answer"]
    except (OSError, ValueError, KeyError, TypeError, sqlite3.Error):
        return None
    return answer


def write(url: str, config_path: str, counted: str, answer: Answer, at: int, until: int, text_until: int) -> None:
    """Store an answer, computed at a time from generation `counted` of the database, and until when it holds.

    Raises:
        OSError: it can't be written.
    """
    from pathlib import Path

    from patchwatch.private_files import make_directory, replacing

    target = Path(path())
    make_directory(target.parent)
    stored = {
        "program": _PROGRAM,
        "url": url,
        "generation": counted,
        "config_path": config_path,
        "config": _stamp(config_path),
        "at": at,
        "until": until,
        "text_until": text_until,
        "answer": answer,
    }
    with replacing(target) as new:
        new.write_text(json.dumps(stored), encoding="utf-8")


def generation(url: str) -> str:
    """Return the number that changes with every commit to an SQLite file.

    Raises:
        OSError, sqlite3.Error: it can't be read this way.
    """
    name = url.removeprefix(_PREFIX)
    if not url.startswith(_PREFIX) or "?" in url:
        raise OSError(f"not a file: {url}")
    quoted = name.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    connection = sqlite3.connect(f"file:{quoted}?mode=ro", uri=True, timeout=0)
    try:
        (found,) = connection.execute("SELECT value FROM setting WHERE name = 'generation'").fetchone() or ("",)
    finally:
        connection.close()
    return str(found)


def _stamp(config_path: str) -> list[int]:
    """What changes if somebody edits the config."""
    try:
        status = os.stat(config_path)
    except OSError:
        return []
    return [status.st_mtime_ns, status.st_size]
