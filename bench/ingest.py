"""Speed of `patchwatch import`, compared with `public-inbox-index -L basic` on the same archive in the same run.

    python bench/ingest.py [--archive EPOCH-OR-BUNDLE] [--rounds N]

Prints mails per second of both (wall time, in alternating runs), their ratio, the memory and CPU of all processes of
the import together, the size of the database beside that of the pack, and the cost of a mail at the start and at the
end of the archive.  Exits with 1 if a figure misses its target.  Skips, with exit status 0, without the archive or
public-inbox.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

from commands import processor_seconds

ROOT = Path(__file__).resolve().parent.parent
DEFAULT = ROOT.parent / "shared" / "corpus" / "cgroups-2024.bundle"
MEMORY_MEGABYTES = 170
SPACE = 1.25  # times the size of the pack
GROWTH = 1.25  # an author's other postings within 400 days are considered, which are few in the first year
PART = 4  # the archive's first and last quarter are compared


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--archive", type=Path, default=DEFAULT)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if not options.archive.exists():
        print(f"skipped: {options.archive} does not exist; pass another epoch or bundle with --archive")
        return 0
    if not shutil.which("public-inbox-index"):
        print("skipped: public-inbox-index is not installed (Debian package public-inbox)")
        return 0
    with tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
        return measure(options.archive, options.rounds, Path(directory))


def measure(archive: Path, rounds: int, work: Path) -> int:
    """Run both programs alternately."""
    epoch = work / "0.git"
    subprocess.run(["git", "clone", "-q", "--bare", archive, epoch], check=True)
    mails = int(subprocess.check_output(["git", "-C", epoch, "rev-list", "--count", "HEAD"]))
    pack = sum(file.stat().st_size for file in (epoch / "objects" / "pack").glob("*.pack"))
    ours, theirs, processors, sizes, memory = [], [], [], [], 0.0
    for number in range(rounds):
        database = work / f"round{number}.db"
        seconds, peak = import_it(epoch, str(database), work)
        ours.append(mails / seconds)
        memory = max(memory, peak.megabytes)
        sizes.append(database.stat().st_size / pack)
        seconds, processor = index_it(epoch, work / f"index{number}")
        theirs.append(mails / seconds)
        processors.append(peak.processor / processor)
    ratios = [a / b for a, b in zip(ours, theirs, strict=True)]
    print(f"archive                    {mails} mails")
    print(f"patchwatch import          {spread(ours)} mails/s")
    print(f"public-inbox-index basic   {spread(theirs)} mails/s")
    print(f"ratio                      {spread(ratios, 2)}  (target: at least 1)")
    print(f"memory, all processes      {memory:.0f} MB  (target: under {MEMORY_MEGABYTES})")
    print(f"CPU, all processes         {spread(processors, 2)} times public-inbox's")
    print(f"database                   {spread(sizes, 3)} of the pack, {pack / 1e6:.0f} MB  (target: at most {SPACE})")
    costs = [cost_over_time(epoch, work / f"cost{number}.db") for number in range(rounds)]
    growth = statistics.median(last / first for first, last in costs)
    print(f"storing a mail, CPU        {spread([first for first, _ in costs], 3)} ms in the first quarter")
    print(f"                           {spread([last for _, last in costs], 3)} ms in the last: {growth:.2f} (median)")
    small = memory < MEMORY_MEGABYTES and max(sizes) <= SPACE
    good = statistics.median(ratios) >= 1 and small and growth <= GROWTH
    print("all targets met" if good else "a target was MISSED")
    return 0 if good else 1


def spread(values: list[float], digits: int = 0) -> str:
    """Minimum, median, maximum."""
    low, middle, high = min(values), statistics.median(values), max(values)
    return f"{low:.{digits}f} / {middle:.{digits}f} / {high:.{digits}f}"


def import_it(epoch: Path, database: str, home: Path) -> tuple[float, Peak]:
    """Import without a config; return the seconds, and what all its processes together took."""
    environment = os.environ | {"PATCHWATCH_DATABASE": database, "XDG_CONFIG_HOME": str(home)}
    command = [sys.executable, "-m", "patchwatch", "import", str(epoch), "--inbox", "bench"]
    begin = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
    peak = Peak(process.pid)
    peak.start()
    status = process.wait()
    seconds = time.perf_counter() - begin
    peak.stop()
    if status:
        sys.exit(f"patchwatch import ended with {status}")
    return seconds, peak


class Peak(threading.Thread):
    """Samples the proportional set size (shared pages counted once) and CPU of a process and its descendants."""

    def __init__(self, pid: int) -> None:
        """Watch the process `pid`."""
        super().__init__(daemon=True)
        self.pid = pid
        self.megabytes = 0.0
        self._ticks: dict[int, int] = {}
        self._ended = threading.Event()

    def run(self) -> None:
        """Sample ten times a second."""
        while not self._ended.wait(0.1):
            processes = family(self.pid)
            git = [pid for pid, process in processes.items() if process.name == "git"]  # it reads for both programs
            self._ticks |= {pid: process.ticks for pid, process in processes.items()}
            own = sum(proportional_kilobytes(pid) for pid in processes if pid not in git)
            self.megabytes = max(self.megabytes, own / 1024)

    @property
    def processor(self) -> float:
        """Seconds of CPU of all of them; up to a tenth is missing for each."""
        return self.others()

    def others(self, *pids: int) -> float:
        """Seconds of CPU of all but these processes."""
        return sum(ticks for pid, ticks in self._ticks.items() if pid not in pids) / os.sysconf("SC_CLK_TCK")

    def stop(self) -> None:
        """End sampling."""
        self._ended.set()
        self.join()


class Process(NamedTuple):
    """What /proc/PID/stat says (proc(5))."""

    name: str
    parent: int
    ticks: int  # of CPU


def family(pid: int) -> dict[int, Process]:
    """Return a process and its descendants."""
    every: dict[int, Process] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                before, _, after = (entry / "stat").read_text().rpartition(")")
            except OSError:
                continue
            fields = after.split()
            ticks = int(fields[11]) + int(fields[12])
            every[int(entry.name)] = Process(before.partition("(")[2], int(fields[1]), ticks)
    found = [pid]
    for one in found:
        found += [child for child, process in every.items() if process.parent == one]
    return {one: every[one] for one in found if one in every}


def proportional_kilobytes(pid: int) -> int:
    """Return the PSS of one process."""
    try:
        for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
            if line.startswith("Pss:"):
                return int(line.split()[1])
    except OSError:
        pass
    return 0


def index_it(epoch: Path, home: Path) -> tuple[float, float]:
    """Return the seconds, and those of CPU, that public-inbox takes to index the epoch for threads, without search."""
    (home / "git").mkdir(parents=True)
    shutil.copytree(epoch, home / "git" / "0.git")
    environment = os.environ | {"HOME": str(home), "PI_CONFIG": str(home / "config")}
    quiet: dict[str, Any] = {"env": environment, "stderr": subprocess.DEVNULL}
    init = ["public-inbox-init", "-V2", "bench", home, "http://127.0.0.1/bench", "bench@example.org"]
    processor_seconds(init, **quiet)
    begin = time.perf_counter()
    processor = processor_seconds(["public-inbox-index", "-L", "basic", home], **quiet)
    return time.perf_counter() - begin, processor


def cost_over_time(epoch: Path, database_file: Path) -> tuple[float, float]:
    """Return the CPU milliseconds to store one mail and derive everything, in the first and in the last quarter."""
    from patchwatch.db.database import Database
    from patchwatch.sources.files.open import open_source
    from patchwatch.sync.ingest import ingest, read_mail

    database = Database(f"sqlite:///{database_file}")
    costs: list[tuple[float, int]] = []
    for batch in open_source(epoch).read(None):
        reads = [read_mail(raw) for raw in batch.mails]
        begin = time.process_time()
        with database.write() as connection:
            ingest(connection, reads, "bench")
        costs.append((time.process_time() - begin, len(reads)))
    database.close()
    part = max(len(costs) // PART, 1)
    return a_mail(costs[:part]), a_mail(costs[-part:])


def a_mail(costs: list[tuple[float, int]]) -> float:
    """Return the milliseconds per mail over several batches of (seconds, mails)."""
    return sum(seconds for seconds, _ in costs) / sum(mails for _, mails in costs) * 1000


if __name__ == "__main__":
    sys.exit(main())
