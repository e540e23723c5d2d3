"""Time of `patchwatch list` and `show` from process start, compared with Python and SQLAlchemy alone.

    python bench/start.py [--runs N]

Prints minimum, median and maximum wall time in seconds, on the mail of the demo in a temporary database.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
WANTED_SECONDS = 0.4


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=11)
    runs = parser.parse_args().runs
    with tempfile.TemporaryDirectory(prefix="patchwatch-bench-") as directory:
        os.environ["PATCHWATCH_DATABASE"] = f"{directory}/bench.db"
        os.environ["XDG_CONFIG_HOME"] = directory
        patchwatch = [sys.executable, "-m", "patchwatch"]
        demo = ROOT / "patchwatch" / "cli" / "demo"
        for name in ("tcp", "mglru", "xdp"):
            command = [*patchwatch, "import", demo / f"{name}.mbox", "--inbox", name]
            subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
        commands = {
            "python -c pass": [sys.executable, "-c", "pass"],
            "import sqlalchemy": [sys.executable, "-c", "import sqlalchemy"],
            "patchwatch list --all": [*patchwatch, "list", "--all"],
            "patchwatch show 1": [*patchwatch, "show", "1"],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(runs):
            for name, command in commands.items():
                begin = time.perf_counter()
                subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
                taken[name].append(time.perf_counter() - begin)
    for name, seconds in taken.items():
        print(f"{name:<22} {min(seconds):.3f} / {statistics.median(seconds):.3f} / {max(seconds):.3f} s")
    worst = max(statistics.median(taken[name]) for name in taken if name.startswith("patchwatch"))
    print(f"target: at most {WANTED_SECONDS} s: {'met' if worst <= WANTED_SECONDS else 'MISSED'}")
    return 0 if worst <= WANTED_SECONDS else 1


if __name__ == "__main__":
    sys.exit(main())
