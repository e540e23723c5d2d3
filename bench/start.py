"""CPU time and memory of `list`, `show` and the digest of a day weeks ago from process start, with 10,000 series.

    python bench/start.py [--runs N] [--directory D] [--program OTHER...]

Prints the least and the median CPU time (user and system) in seconds and the peak memory, beside Python and the import
of SQLAlchemy alone.  `--program` names other checkouts, with their own `.venv`, that take turns with this one.  They
must read the same database, which is built once (some minutes) and kept in the directory.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from commands import settings
from crowd import DIRECTORY, ME, NOW, SERIES, crowd
from tui import str_of

ROOT = Path(__file__).resolve().parent.parent
WEEK = 7 * 86_400
COMMANDS: dict[str, tuple[float, float]] = {  # the most that is wanted: CPU seconds, megabytes
    "list": (0.12, 150),
    "list --all": (0.3, 150),
    "list --all --json": (1.5, 150),
    "show 1": (0.2, 150),
    f"digest --date {str_of(NOW - 4 * WEEK)}": (2, 150),
    f"digest --date {str_of(NOW - 8 * WEEK)}": (2, 150),
}
ALONE = {"python -c pass": "pass", "import sqlalchemy": "import sqlalchemy"}

# A process counts the memory of the one that it was forked from, so a small one starts it.
MEASURED = """
import os, resource, sys
nowhere = os.open(os.devnull, os.O_WRONLY)
actions = [(os.POSIX_SPAWN_DUP2, nowhere, 1)]
_, status = os.waitpid(os.posix_spawn(sys.argv[1], sys.argv[1:], os.environ, file_actions=actions), 0)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
print(status, used.ru_utime + used.ru_stime, used.ru_maxrss)
"""


class Used(NamedTuple):
    """What a process used."""

    seconds: float
    megabytes: float


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--directory", type=Path, default=DIRECTORY)
    parser.add_argument("--program", type=Path, nargs="*", default=[])
    options = parser.parse_args()
    url = crowd(options.directory)
    environment = os.environ | settings(options.directory, url, ME)
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    programs = [("", ROOT, sys.executable)]
    programs += [(f" ({one.name})", one, str(one / ".venv/bin/python")) for one in map(Path.resolve, options.program)]
    commands = {name: (ROOT, [sys.executable, "-c", code]) for name, code in ALONE.items()}
    for name in COMMANDS:
        for mark, root, python in programs:
            arguments = [python, "-m", "patchwatch", "--now", str_of(NOW), *name.split()]
            commands[f"patchwatch {name}{mark}"] = root, arguments
    used: dict[str, list[Used]] = {name: [] for name in commands}
    for number in range(options.runs + 1):
        for name, (root, command) in commands.items():
            one = run(command, root, environment)
            if number:  # the first run compiles
                used[name].append(one)
    print(f"{SERIES} series; least and median of {options.runs} runs")
    for name, ones in used.items():
        seconds, megabytes = [one.seconds for one in ones], max(one.megabytes for one in ones)
        print(f"{name:<40} {min(seconds):.3f} / {statistics.median(seconds):.3f} s of CPU, {megabytes:.0f} MB")
    missed = [
        f"{name} ({wanted} s, {memory:.0f} MB)"
        for name, (wanted, memory) in COMMANDS.items()
        if min(one.seconds for one in used[f"patchwatch {name}"]) > wanted
        or max(one.megabytes for one in used[f"patchwatch {name}"]) > memory
    ]
    print(f"missed: {', '.join(missed)}" if missed else "all targets met")
    return 1 if missed else 0


def run(command: list[str], root: Path, environment: dict[str, str]) -> Used:
    """Run a command, and return what it used; exit if it fails."""
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", MEASURED, *command],
        cwd=root,
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    status, seconds, kilobytes = done.stdout.split()
    if status != "0":
        raise SystemExit(f"{' '.join(command)} failed")
    return Used(float(seconds), int(kilobytes) / 1024)


if __name__ == "__main__":
    sys.exit(main())
