"""The screen with 10,000 series and 100,000 mails behind it: first paint, keys, memory.

    python bench/tui.py [--runs N] [--keys N] [--directory D]

A process of its own on a pseudo-terminal, measured from outside: from its start until the first row is drawn, beside
`import textual` in the same run; from a key until what it changed was written; its proportional set size at the end.
The database is made once (a minute or two) and kept in the directory.
"""

from __future__ import annotations

import argparse
import fcntl
import os
import pty
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import termios
import time
from collections.abc import Sequence
from pathlib import Path

from crowd import LONG_ROOT, ME, NOW, SERIES, crowd

ROOT = Path(__file__).resolve().parent.parent
PAINT_SECONDS = 0.6
KEY_SECONDS = 0.016
MEMORY_MEGABYTES = 150
_QUIET = 0.12  # seconds without output after which everything was drawn
_ROW = b"of unit"  # stands in every title
_PATIENCE = 60.0


class Screen:
    """patchwatch on a pseudo-terminal."""

    def __init__(self, environment: dict[str, str], *arguments: str) -> None:
        """Start it."""
        self._ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.begun = time.perf_counter()
        command = [sys.executable, "-m", "patchwatch", "tui", *arguments]
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=ROOT)
        os.close(theirs)

    def read(self, seconds: float) -> bytes:
        """What is written within `seconds`, as soon as something is."""
        return os.read(self._ours, 1 << 20) if select.select([self._ours], [], [], seconds)[0] else b""

    def until(self, wanted: bytes) -> float:
        """Seconds from the start until `wanted` was written."""
        seen = b""
        while wanted not in seen:
            part = self.read(_PATIENCE)
            if not part:
                raise SystemExit(f"{wanted!r} was not drawn within {_PATIENCE} s; last: {seen[-300:]!r}")
            seen += part
        return time.perf_counter() - self.begun

    def settle(self) -> None:
        """Read until nothing more is written."""
        while self.read(_QUIET):
            pass

    def key(self, key: str) -> float:
        """Seconds from a key until what it changed was written."""
        self.settle()
        begin = time.perf_counter()
        os.write(self._ours, key.encode())
        if not self.read(_PATIENCE):
            raise SystemExit(f"{key!r} changed nothing")
        return time.perf_counter() - begin

    def megabytes(self) -> float:
        """The proportional set size."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024

    def close(self) -> None:
        """Leave it."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keys", type=int, default=100)
    parser.add_argument("--directory", type=Path, default=Path(tempfile.gettempdir()) / "patchwatch-bench-tui")
    options = parser.parse_args()
    url = crowd(options.directory)
    config = options.directory / "config.toml"
    config.write_text(f'[me]\naddresses = ["{ME}"]\n', encoding="utf-8")
    environment = {
        **os.environ,
        "PATCHWATCH_DATABASE": url,
        "PATCHWATCH_CONFIG": str(config),
        "XDG_STATE_HOME": str(options.directory),
        "TERM": "xterm-256color",
        "PYTHONPATH": str(ROOT),
    }
    ok = paint(environment, options.runs)
    ok &= keys(environment, options.keys)
    return 0 if ok else 1


def paint(environment: dict[str, str], runs: int) -> bool:
    """From the start of the process to the first row, in turns with what it is compared to."""
    painted: list[float] = []
    imported: list[float] = []
    for _ in range(runs):
        begin = time.perf_counter()
        subprocess.run([sys.executable, "-c", "import textual.app, textual.widgets"], check=True)
        imported.append(time.perf_counter() - begin)
        screen = Screen(environment, "--now", str_of(NOW))
        painted.append(screen.until(_ROW))
        screen.close()
    ratio = statistics.median(a / b for a, b in zip(painted, imported, strict=True))
    print(f"import textual.app, widgets  {spread(imported)} s")
    print(f"first row of {SERIES} series   {spread(painted)} s, {ratio:.2f} times the import")
    return verdict("first paint", min(painted), PAINT_SECONDS, "s (the least of the runs)")


def keys(environment: dict[str, str], count: int) -> bool:
    """Keys in the overview and in a series, and the memory after them."""
    screen = Screen(environment, "--now", str_of(NOW))
    screen.until(_ROW)
    time.sleep(3)  # until everything behind the first paint is read
    screen.key("7")
    ok = said("down, up in the overview", [screen.key("jjjjjjk"[n % 7]) for n in range(count)])
    ok &= said("end, beginning", [screen.key("Gg"[n % 2]) for n in range(count // 4)])
    ok &= said("next view", [screen.key("l") for _ in range(7 * max(count // 28, 1))])
    screen.key("/")
    typed = "lock st:under-review f:person age:>7d v:1 "
    ok &= said(f"a letter of a limit on {SERIES}", [screen.key(letter) for letter in typed if letter != " "])
    megabytes = screen.megabytes()
    screen.close()
    screen = Screen(environment, "--now", str_of(NOW), LONG_ROOT)
    screen.until(b"a word on")
    time.sleep(2)
    ok &= said("down in a thread of 2,000", [screen.key("j") for _ in range(count)])
    screen.close()
    screen = Screen(environment, "--now", str_of(NOW), "long-1@example.org")
    screen.until(b"a word on")
    time.sleep(1)
    for key in ("j", "\t"):  # to the patch, and into it
        screen.key(key)
    time.sleep(1)
    ok &= said("down in a diff of 5,000 lines", [screen.key("j") for _ in range(count)])
    megabytes = max(megabytes, screen.megabytes())
    screen.close()
    return ok & verdict("memory", megabytes, MEMORY_MEGABYTES, "MB (PSS)")


def said(what: str, seconds: Sequence[float]) -> bool:
    """Print how long keys took."""
    worst = statistics.quantiles(seconds, n=20)[-1]
    middle = statistics.median(seconds)
    print(f"{what:<34} median {middle * 1000:.1f} ms, 95th percentile {worst * 1000:.1f} ms, {len(seconds)} keys")
    return worst <= KEY_SECONDS


def verdict(what: str, found: float, wanted: float, unit: str) -> bool:
    """Print whether it is as wanted."""
    print(f"{what}: {found:.2f}, at most {wanted} {unit} is wanted: {'reached' if found <= wanted else 'MISSED'}")
    return found <= wanted


def spread(values: Sequence[float]) -> str:
    """Least, median, most."""
    return f"{min(values):.3f} / {statistics.median(values):.3f} / {max(values):.3f}"


def str_of(seconds: int) -> str:
    """A time as the command line takes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


if __name__ == "__main__":
    sys.exit(main())
