"""What commands do not import: modules that read mail, talk to the network or draw screens, unless they do so."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import closing
from email.utils import formatdate
from pathlib import Path

import pytest

from tests.faults.server import FaultServer, SmallArchive
from tests.support.command_line import copy_database
from tests.support.mails import mail

pytestmark = pytest.mark.sqlite

SLOW = ("b4", "difflib", "httpx", "liblore", "patchwatch.mail.parse", "pygit2", "requests", "textual")
"""Each of them takes longer to import than the command line."""

RECEIVED = {"Received": f"from a by b; {formatdate(time.time() - 7200)}"}

RUN = """
import sys
from patchwatch.cli.main import run
slow, *commands = sys.argv[1:]
for command in commands:
    status = run(command.split())
    print(f"after {command}:", status, *(name for name in slow.split() if name in sys.modules))
"""


def slow_imports(*commands: str, environment: dict[str, str], slow: tuple[str, ...] = SLOW) -> dict[str, list[str]]:
    """Run commands in a new process; return which of the slow modules are imported after each."""
    done = subprocess.run(
        [sys.executable, "-c", RUN, " ".join(slow), *commands],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, list[str]] = {}
    for command in commands:
        (line,) = (one for one in done.stdout.splitlines() if one.startswith(f"after {command}: "))
        status, *names = line.removeprefix(f"after {command}: ").split()
        assert status in ("0", "1"), done.stderr
        found[command] = names
    return found


def test_commands_that_read_no_mail_import_no_slow_module(environment: dict[str, str], xdp: Path) -> None:
    copy_database(xdp, Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db")
    commands = ("list", "list --all", "show 1", "next", "mark 1 deferred", "mute 1", "doctor --offline")
    assert slow_imports(*commands, environment=environment) == {command: [] for command in commands}


def test_lists_and_series_are_read_without_sqlalchemy(environment: dict[str, str], xdp: Path) -> None:
    copy_database(xdp, Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db")
    commands = ("list", "list --all", "list --wide", "list --json", "list --all --json", "list --all s:xdp")
    commands += ("list --all --author leon", "show 1", "show 1 --json")
    found = slow_imports(*commands, "mute 1", environment=environment, slow=("sqlalchemy", *SLOW))
    assert found == {**{command: [] for command in commands}, "mute 1": ["sqlalchemy"]}


def test_a_list_for_a_pipe_imports_neither_pager_nor_json_nor_hashes(environment: dict[str, str], xdp: Path) -> None:
    copy_database(xdp, Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db")
    others = ("subprocess", "hashlib", "patchwatch.cli.series_json")
    assert slow_imports("list --all", environment=environment, slow=others) == {"list --all": []}


def test_a_digest_imports_nothing_that_compares_patches(environment: dict[str, str], xdp: Path) -> None:
    copy_database(xdp, Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db")
    commands = ("digest", "digest --date 2023-08-03")
    assert slow_imports(*commands, environment=environment, slow=("pygit2",)) == {command: [] for command in commands}


def test_a_list_does_not_import_what_reads_mails_into_revisions(environment: dict[str, str], xdp: Path) -> None:
    copy_database(xdp, Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db")
    others = ("patchwatch.mail.body", "patchwatch.series.committers", "patchwatch.series.revision")
    commands = ("list", "list --all", "list --json")
    assert slow_imports(*commands, environment=environment, slow=others) == {command: [] for command in commands}


def test_a_list_defines_no_dataclass(environment: dict[str, str], xdp: Path) -> None:
    """A Struct is defined in a fortieth of the time."""
    copy_database(xdp, Path(environment["XDG_DATA_HOME"]) / "patchwatch" / "patchwatch.db")
    code = """
import sys
from dataclasses import is_dataclass
from patchwatch.cli.main import run
assert run(["list"]) == 0
modules = [module for name, module in sys.modules.items() if name.startswith("patchwatch.")]
classes = {one for module in modules for one in vars(module).values() if isinstance(one, type)}
print("dataclasses:", sorted(one.__qualname__ for one in classes if is_dataclass(one)))
"""
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "dataclasses: []"


def test_help_imports_no_database(environment: dict[str, str]) -> None:
    assert slow_imports("--help", environment=environment, slow=(*SLOW, "sqlalchemy")) == {"--help": []}


def test_slow_imports_are_noticed(environment: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "box").write_bytes(b"")
    command = f"import {tmp_path}/box --inbox x"
    assert "patchwatch.mail.parse" in slow_imports(command, environment=environment)[command]


def test_a_poll_without_news_imports_nothing_that_parses_or_derives(environment: dict[str, str]) -> None:
    upstream = SmallArchive()
    upstream.deliver("net", mail(message_id="a@example.org", subject="[PATCH] x: y", headers=RECEIVED))
    with closing(FaultServer(upstream)) as server:
        environment |= {"PATCHWATCH_LORE_URL": server.url}
        slow = ("feedparser", "patchwatch.mail.parse", "patchwatch.sync.derive", "patchwatch.sync.renewal", "rich")
        first = slow_imports("follow net", "poll", environment=environment, slow=slow)
        assert first["poll"] == ["patchwatch.mail.parse", "patchwatch.sync.derive"]
        again = slow_imports("poll", environment=environment, slow=slow)
        assert again == {"poll": ["feedparser"]}  # the first look at the feed
        assert slow_imports("poll", environment=environment, slow=slow) == {"poll": []}
