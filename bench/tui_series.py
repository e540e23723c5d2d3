"""Speed of the series screen on a pseudo-terminal: opening, moving, reading, and memory.

    python bench/tui_series.py [--mails N] [--keys N]

Generates a series whose thread has N mails, with a patch of 5,000 lines and one of 5 MB, in a temporary database.
Then patchwatch runs on a pseudo-terminal and is driven by keys.  The time of a key is from writing it to the end of the
frame it caused; frames are delimited by synchronized output (mode 2026).  Opening is from Enter to the frame with the
thread.
"""

from __future__ import annotations

import argparse
import os
import pty
import re
import select
import statistics
import struct
import subprocess
import sys
import tempfile
import time
from fcntl import ioctl
from pathlib import Path
from termios import TIOCSWINSZ
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
WANTED_KEY, WANTED_OPEN, WANTED_MB = 0.016, 0.3, 150
LINES, HUGE = 5_000, 5 << 20
FRAME_END = b"\x1b[?2026l"
ESCAPES = re.compile(rb"\x1b\[[0-9;?<>=]*[A-Za-z]")


def mail(number: str, subject: str, text: str, parent: str | None, minute: int) -> str:
    """One mail of the mbox."""
    above = f"In-Reply-To: <{parent}@example.org>\nReferences: <{parent}@example.org>\n" if parent else ""
    date = time.strftime("%a, %d %b %Y %H:%M:%S +0000", time.gmtime(1_695_000_000 + minute * 60))
    who = f"Reader {minute % 17} <r{minute % 17}@example.org>" if number[0] == "r" else "Mira Okafor <mira@example.org>"
    headers = f"From: {who}\nDate: {date}\nSubject: {subject}\nMessage-ID: <{number}@example.org>\n{above}"
    return f"From mboxrd@z Thu Jan  1 00:00:00 1970\n{headers}To: netdev@vger.kernel.org\n\n{text}\n\n"


def diff(path: str, characters: int, lines: int) -> str:
    """A diff of one file, of a given number of lines or characters."""
    code: list[str] = []
    size = 0
    while len(code) < lines and size < characters:
        n = len(code)
        one = ('+\tif (!queue_full(q) && count_%d(q->device, "name %d"))', "-\tint count_%d = %d; /* why */")[
            n % 3 == 0
        ]
        code.append(one % (n, n))
        size += len(code[-1]) + 1
    return f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n@@ -1,{lines} +1,{lines} @@ f\n" + "\n".join(
        code
    )


def mbox(mails: int) -> str:
    """The series and its thread."""
    found = [mail("c", "[PATCH 0/2] net: count", "A cover.", None, 0)]
    for n, changes in ((1, diff("net/core/dev.c", HUGE, LINES)), (2, diff("net/core/huge.c", HUGE, 1 << 30))):
        text = f"Words.\n\nSigned-off-by: Mira Okafor <mira@example.org>\n---\n\n{changes}\n-- \n2.42"
        found.append(mail(f"p{n}", f"[PATCH {n}/2] net: step {n}", text, "c", n))
    for n in range(mails - 3):
        parent = f"r{n - 1 - n % 7}" if n % 9 and n > 10 else f"p{1 + n % 2}"
        text = f"On a day, Mira wrote:\n> quoted\n> words\n\nAnswer number {n}, of some words.\n"
        found.append(mail(f"r{n}", f"Re: [PATCH {1 + n % 2}/2] net: step {1 + n % 2}", text, parent, 10 + n))
    return "".join(found)


class Took(NamedTuple):
    """Wall time and CPU time in seconds."""

    passed: float
    worked: float


class Terminal:
    """patchwatch on a pseudo-terminal of 120 columns and 40 lines."""

    def __init__(self, environment: dict[str, str], command: list[str]) -> None:
        self._ours, theirs = pty.openpty()
        ioctl(theirs, TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        self.process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=ROOT)
        os.close(theirs)

    def read(self, seconds: float) -> bytes:
        """Return the output within a time; answer the query for synchronized output."""
        if not select.select([self._ours], [], [], seconds)[0]:
            return b""
        got = os.read(self._ours, 1 << 20)
        if b"\x1b[?2026$p" in got:
            os.write(self._ours, b"\x1b[?2026;1$y")
        return got

    def press(self, key: bytes, text: bytes = b"", limit: float = 20.0) -> Took:
        """Return the time from a key to the end of the first frame, or of the first one with `text`."""
        begin, worked = time.perf_counter(), self._worked()
        os.write(self._ours, key)
        seen = b""
        while time.perf_counter() - begin < limit:
            seen += self.read(limit)
            if seen.endswith(FRAME_END) and text in ESCAPES.sub(b"", seen):
                return Took(time.perf_counter() - begin, self._worked() - worked)
        raise SystemExit(f"{key!r} did not bring {text!r}: {ESCAPES.sub(b'', seen)[-2000:]!r}")

    def _worked(self) -> float:
        """Return the CPU time of the process, which a busy machine does not change."""
        return int(Path(f"/proc/{self.process.pid}/schedstat").read_text().split()[0]) / 1e9

    def quiet(self, seconds: float = 0.4, most: float = 4.0) -> None:
        """Read until the output stops, except for the blinking cursor."""
        end = time.perf_counter() + most
        while time.perf_counter() < end and self.read(seconds):
            pass

    def pause(self, seconds: float) -> None:
        """Read and discard output for a while, so that it is not attributed to a later key."""
        end = time.perf_counter() + seconds
        while (left := end - time.perf_counter()) > 0:
            self.read(left)

    def peak_mb(self) -> float:
        """Return the peak memory so far."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmHWM:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]


def figures(name: str, took: list[Took], wanted: float = WANTED_KEY) -> bool:
    """Print a time, and return whether it meets its target."""
    at = min(int(len(took) * 0.95), len(took) - 1)
    passed, worked = (sorted(values) for values in zip(*took, strict=True))
    kept = passed[at] <= wanted
    print(
        f"{name:<36}{statistics.median(passed) * 1e3:7.1f} ms median{passed[at] * 1e3:7.1f} ms p95; of a processor"
        f"{statistics.median(worked) * 1e3:7.1f} ms median{worked[at] * 1e3:7.1f} ms p95   {'' if kept else 'MISSED'}"
    )
    return kept


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--mails", type=int, default=2_000)
    parser.add_argument("--keys", type=int, default=150)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
        environment = {
            **os.environ,
            "PATCHWATCH_DATABASE": f"{directory}/bench.db",
            "XDG_CONFIG_HOME": directory,
            "XDG_STATE_HOME": directory,
            "TERM": "xterm-256color",
            "COLORTERM": "truecolor",
        }
        environment.pop("NO_COLOR", None)
        (Path(directory) / "patchwatch").mkdir()
        config = '[me]\naddresses = ["ada@example.org"]\n'  # with addresses there are views, and no first start
        (Path(directory) / "patchwatch" / "config.toml").write_text(config)
        (Path(directory) / "thread.mbox").write_text(mbox(arguments.mails))
        patchwatch = [sys.executable, "-m", "patchwatch"]
        command = [*patchwatch, "import", f"{directory}/thread.mbox", "--inbox", "netdev"]
        subprocess.run(command, cwd=ROOT, env=environment, check=True, stdout=subprocess.DEVNULL)
        good = measure(Terminal(environment, [*patchwatch, "tui"]), arguments.keys)
    return 0 if good else 1


def measure(terminal: Terminal, keys: int) -> bool:
    """Drive patchwatch by keys, and print the measurements."""
    good = True
    try:
        terminal.quiet(1.5)
        terminal.press(b"7", b"net: count")  # the view All
        terminal.quiet()
        first = terminal.press(b"\r", b"Reader")
        terminal.quiet(1.0)
        base = terminal.peak_mb()
        again = []
        for _ in range(5):
            terminal.press(b"q", b"Quit")
            terminal.quiet()
            again.append(terminal.press(b"\r", b"Reader"))
            terminal.quiet(1.0)
        print(f"{'the first series opened':<36}{first.passed * 1e3:7.1f} ms")
        figures("open a thread of 2,000 mails", again, WANTED_OPEN)
        good &= statistics.median(took.passed for took in again) <= WANTED_OPEN
        terminal.press(b"G")
        terminal.quiet()
        good &= figures("up and down in the thread", [terminal.press(b"kj"[n % 2 : n % 2 + 1]) for n in range(keys)])
        steps = []
        for _ in range(keys):
            steps.append(terminal.press(b"k"))
            terminal.pause(0.03)  # the rate of key repeat
        good &= figures("up through unread mails, repeating", steps)
        terminal.quiet(1.0)
        terminal.press(b"g")
        terminal.quiet()
        terminal.press(b"j", b"step 1")
        terminal.quiet(1.0)
        terminal.press(b"\t")
        terminal.quiet()
        good &= figures("down a diff of 5,000 lines", [terminal.press(b"j") for _ in range(keys)])
        pages = []
        for _ in range(min(keys, 100)):
            pages.append(terminal.press(b" "))
            terminal.pause(0.03)
        good &= figures("pages of it, repeating", pages)
        terminal.press(b"\x1b[Z")
        terminal.quiet()
        terminal.press(b"g")
        terminal.quiet()
        before = terminal.peak_mb()
        hop = terminal.press(b"f", b"huge.c")
        terminal.quiet(1.5)
        print(f"{'the files of 5.2 MB of patches':<34} {hop.passed * 1e3:6.1f} ms")
        terminal.press(b"q", b"Revision")
        terminal.quiet()
        peaks = f"{base:.0f} MB with the thread, {before:.0f} after the keys, {terminal.peak_mb():.0f} after the files"
        print(f"{'memory':<36}{peaks}")
        good &= before <= WANTED_MB
    finally:
        terminal.process.kill()
        terminal.process.wait()
    print("targets: " + ("met" if good else "MISSED"))
    return good


if __name__ == "__main__":
    sys.exit(main())
