"""The TUI with 10,000 series and 100,000 mails: first paint, keys, memory.

    python bench/tui.py [--runs N] [--keys N] [--directory D]

Runs patchwatch on a pseudo-terminal and measures it from outside: the time from process start to the first row,
compared with `import textual` in the same run; the time from a key to the redraw; the proportional set size at the end.
Each time is printed with the CPU time of the UI thread: the figure to look at on a busy machine, and the one that keys
are judged by.
The database is built once (a minute or two) and kept in the directory.
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
import termios
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from commands import settings
from crowd import DIRECTORY, LONG_ROOT, ME, NOW, SERIES, crowd

ROOT = Path(__file__).resolve().parent.parent
PAINT_SECONDS = 0.6
KEY_SECONDS = 0.016
MEMORY_MEGABYTES = 150
_QUIET = 0.12  # seconds without output after which a redraw is complete
_ROW = b"of unit"  # part of every title
_PATIENCE = 60.0


class Taken(NamedTuple):
    """A duration in seconds."""

    wall: float
    processor: float


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
        """Return the first output within `seconds`."""
        return os.read(self._ours, 1 << 20) if select.select([self._ours], [], [], seconds)[0] else b""

    def until(self, *wanted: bytes) -> Taken:
        """Return the time from process start until one of these was written."""
        seen = b""
        while not any(text in seen for text in wanted):
            part = self.read(_PATIENCE)
            if not part:
                raise SystemExit(f"{wanted!r} was not drawn within {_PATIENCE} s; last: {seen[-300:]!r}")
            seen += part
        return Taken(time.perf_counter() - self.begun, self.processor())

    def settle(self) -> None:
        """Read until the output stops."""
        while self.read(_QUIET):
            pass

    def key(self, key: str) -> Taken:
        """Return the time from a key to the end of the redraw."""
        self.settle()
        begin, before = time.perf_counter(), self.processor()
        os.write(self._ours, key.encode())
        if not self.read(_PATIENCE):
            raise SystemExit(f"{key!r} changed nothing")
        return Taken(time.perf_counter() - begin, self.processor() - before)

    def processor(self) -> float:
        """Return the CPU time of the UI thread in seconds."""
        pid = self.process.pid
        return int(Path(f"/proc/{pid}/task/{pid}/schedstat").read_text(encoding="ascii").split()[0]) / 1e9

    def megabytes(self) -> float:
        """Return the proportional set size."""
        rollup = Path(f"/proc/{self.process.pid}/smaps_rollup").read_text(encoding="ascii")
        return next(int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")) / 1024

    def close(self) -> None:
        """Quit patchwatch."""
        self.process.kill()
        self.process.wait()
        os.close(self._ours)


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=7)
    parser.add_argument("--keys", type=int, default=100)
    parser.add_argument("--directory", type=Path, default=DIRECTORY)
    options = parser.parse_args()
    url = crowd(options.directory)
    environment = os.environ | settings(options.directory, url, ME)
    environment |= {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    ok = paint(environment, options.runs)
    ok &= keys(environment, options.keys)
    print(f"keys: target is at most {KEY_SECONDS * 1000:.0f} ms at the 95th percentile")
    return 0 if ok else 1


def paint(environment: dict[str, str], runs: int) -> bool:
    """Measure the time to the first row, alternating with the import that it is compared with."""
    painted: list[Taken] = []
    imported: list[Taken] = []
    program = "import textual.app, textual.widgets, time; print(time.process_time())"
    for _ in range(runs):
        begin = time.perf_counter()
        printed = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True).stdout
        imported.append(Taken(time.perf_counter() - begin, float(printed)))
        screen = Screen(environment, "--now", str_of(NOW))
        painted.append(screen.until(_ROW))
        screen.close()
    for name, taken in (("import textual.app, widgets", imported), (f"first row of {SERIES} series", painted)):
        print(f"{name:<30} {spread([t.wall for t in taken])} s, processor {spread([t.processor for t in taken])} s")
    walls, processors = (
        statistics.median(a[which] / b[which] for a, b in zip(painted, imported, strict=True)) for which in (0, 1)
    )
    print(f"{'times the import':<30} {walls:.2f}, processor {processors:.2f}")
    return verdict("first paint", min(t.wall for t in painted), PAINT_SECONDS, "s (the least of the runs)")


def keys(environment: dict[str, str], count: int) -> bool:
    """Measure keys in the overview and in a series, then the memory."""
    screen = Screen(environment, "--now", str_of(NOW))
    screen.until(_ROW)
    time.sleep(3)  # until everything after the first paint is loaded
    screen.key("a")
    ok = report_keys("down, up in the overview", [screen.key("jjjjjjk"[n % 7]) for n in range(count)])
    ok &= report_keys("end, beginning", [screen.key("Gg"[n % 2]) for n in range(count // 4)])
    ok &= report_keys("next view", [screen.key("l") for _ in range(7 * max(count // 10, 1))])
    screen.key("/")
    typed = "lock st:under-review f:person age:>7d v:1 "
    ok &= report_keys(f"a character of a limit on {SERIES}", [screen.key(key) for key in typed if key != " "])
    megabytes = screen.megabytes()
    screen.close()
    screen = Screen(environment, "--now", str_of(NOW), LONG_ROOT)
    screen.until(b"a word on")
    time.sleep(2)
    ok &= report_keys("down in a thread of 2,000", [screen.key("j") for _ in range(count)])
    screen.close()
    screen = Screen(environment, "--now", str_of(NOW), "long-1@example.org")
    screen.until(b"a word on")
    time.sleep(1)
    for key in ("g", "j", "\t"):  # select the patch and enter it
        screen.key(key)
    time.sleep(1)
    ok &= report_keys("down in a diff of 5,000 lines", [screen.key("j") for _ in range(count)])
    megabytes = max(megabytes, screen.megabytes())
    screen.close()
    return ok & verdict("memory", megabytes, MEMORY_MEGABYTES, "MB (PSS)")


def report_keys(what: str, keys: Sequence[Taken]) -> bool:
    """Print the times of keys."""
    walls, processors = [1000 * key.wall for key in keys], [1000 * key.processor for key in keys]
    worst, worst_processor = (statistics.quantiles(values, n=20)[-1] for values in (walls, processors))
    print(
        f"{what:<34} median {statistics.median(walls):.1f} ms, 95th percentile {worst:.1f} ms; "
        f"processor {statistics.median(processors):.1f} and {worst_processor:.1f} ms; {len(keys)} keys"
    )
    return worst_processor <= KEY_SECONDS * 1000


def verdict(what: str, found: float, wanted: float, unit: str) -> bool:
    """Print whether a target is met."""
    print(f"{what}: {found:.2f}, target: at most {wanted} {unit}: {'met' if found <= wanted else 'MISSED'}")
    return found <= wanted


def spread(values: Sequence[float]) -> str:
    """Format minimum, median and maximum."""
    return f"{min(values):.3f} / {statistics.median(values):.3f} / {max(values):.3f}"


def str_of(seconds: int) -> str:
    """Format a time for the command line."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


if __name__ == "__main__":
    sys.exit(main())
