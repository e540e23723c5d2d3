"""Try for an hour to break patchwatch: `make torture`, or `make torture ARGS='--minutes 5 --seed 7'`.

Rounds of killed commands, mutated mails from the parser to the screen, mails that name each other in any order, long
threads, text that grows, and combinations of a server's faults, some of them before a real public-inbox server where
that is installed.  Prints counts every ten minutes and at the end, and exits with 1 after any failure; the seed of each
failure repeats it.
"""

from __future__ import annotations

import argparse
import logging
import random
import re
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from unittest import mock

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from patchwatch.config import Config  # noqa: E402
from patchwatch.db import remembered, threads  # noqa: E402
from patchwatch.db.database import Database  # noqa: E402
from patchwatch.db.execute import executor  # noqa: E402
from patchwatch.mail.display import read_for_display  # noqa: E402
from patchwatch.mail.mbox_split import split_mbox  # noqa: E402
from patchwatch.sanitize import block  # noqa: E402
from patchwatch.sources.lore import response  # noqa: E402
from patchwatch.sync.ingest import ingest, read_mail  # noqa: E402
from patchwatch.tracker import Tracker  # noqa: E402
from tests.faults import combinations, kills  # noqa: E402
from tests.faults.server import PublicInbox, SmallArchive, Upstream  # noqa: E402
from tests.hostile import growth, tangle  # noqa: E402
from tests.support.derived import dump, wrong_rows  # noqa: E402
from tests.support.lore_server import LoreServer  # noqa: E402
from tests.support.talk import talk  # noqa: E402

NOW = 1_695_000_000
COUNTS: Counter[str] = Counter()
FAILURES: Counter[str] = Counter()
_PUBLIC_INBOX = 0.2  # of the rounds of faults
_REPORT_SECONDS = 600
UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
SPLICES = [unit.encode() for unit in growth.UNITS.values()] + [b"9" * 5000, b"\xff\xfe", b"\x1b]0;x\x07", b"\r\n\r\n"]


def demo_mails() -> list[bytes]:
    """The mails to mutate."""
    found: list[bytes] = []
    for path in sorted((ROOT / "patchwatch" / "cli" / "demo").glob("*.mbox")):
        with path.open("rb") as stream:
            found += [mail for mail in split_mbox(stream) if mail]
    return found


def mutated(raw: bytes, chance: random.Random, others: list[bytes]) -> bytes:
    """A mail with pieces deleted, doubled, replaced, or taken from another mail."""
    data = bytearray(raw)
    for _ in range(chance.randint(1, 6)):
        at = chance.randrange(len(data) + 1)
        end = min(len(data), at + chance.choice([1, 8, 80, 800]))
        other = chance.choice(others)
        piece = chance.randrange(len(other))
        data[at:end] = chance.choice(
            [
                b"",
                bytes(data[at:end]) * chance.choice([2, 50]),
                chance.choice(SPLICES) * chance.choice([1, 30, 1000]),
                other[piece : piece + 400],
                chance.randbytes(end - at),
            ]
        )
        del data[2_000_000:]
    return bytes(data)


def mutations(chance: random.Random) -> None:
    """Mutated threads: stored, derived and drawn without an error, the same in two orders and after reindex."""
    whole = demo_mails()
    begin = chance.randrange(len(whole))
    raws = [mutated(raw, chance, whole) if chance.random() < 0.7 else raw for raw in whole[begin:][:15]]
    reads = [read_mail(raw, NOW) for raw in raws]
    dumps = []
    with tempfile.TemporaryDirectory() as directory:
        for name in ("one", "two"):
            tracker = Tracker(Config(), clock=lambda: NOW, database_url=f"sqlite:///{directory}/{name}.db")
            with closing(tracker.database):
                size = chance.randint(1, len(reads))
                for at in range(0, len(reads), size):
                    with tracker.database.write() as connection:
                        ingest(connection, reads[at : at + size], "l")
                if name == "two":
                    tracker.reindex()
                draw(tracker)
                dumps.append(dump(tracker.database))
            chance.shuffle(reads)
    assert dumps[0] == dumps[1], "another order gives another database"
    COUNTS["mutated mails"] += len(raws)
    COUNTS["of them unreadable"] += sum(read.message.unreadable != "" for read in reads)
    for raw in raws:
        for segment in read_for_display("a@b", raw, ()).segments:
            assert not UNSAFE.search(block(segment.text))


def tangles(chance: random.Random) -> None:
    """Mails that name each other: the same in two orders, and all that commands print of them is printable."""
    reads = [read_mail(raw, NOW) for raw in tangle.tangled(chance, chance.randint(1, 60))]
    results = []
    for again in (False, True):
        with tempfile.TemporaryDirectory() as directory:
            result, unsafe = tangle.stored(reads, chance, Path(directory), again=again)
            assert not unsafe, f"printed: {unsafe!r}"
            results.append(result)
    assert results[0] == results[1], "another order gives another database"
    COUNTS["tangled mails"] += len(reads)


def talks(chance: random.Random) -> None:
    """Replies to long revisions, most of them in the order of their dates: a reindex changes nothing."""
    length = mock.patch.object(remembered, "LONG", chance.choice([0, 1, 5, 40]))
    reads = talk(chance, chance.randint(5, 120))
    COUNTS["replies added"] += len(reads)
    late = [reads.pop(chance.randrange(len(reads))) for _ in range(chance.choice([0, 0, 3]))]
    with (
        length,
        tempfile.TemporaryDirectory() as directory,
        closing(Database(f"sqlite:///{directory}/talk.db")) as database,
    ):
        while reads or late:
            size = chance.choice([1, 1, 1, 4])
            batch, reads = reads[:size], reads[size:]
            if late and (not reads or chance.random() < 0.1):
                batch.append(late.pop())
            with database.write() as connection:
                ingest(connection, batch, "l")
        wrong = wrong_rows(database)
    assert not wrong, f"reindex changes {wrong}"


def draw(tracker: Tracker) -> None:
    """Everything that the list, the thread and the digest are drawn from."""
    tracker.digest(since=0)
    for row in tracker.series(everything=True):
        with tracker.database.read() as connection:
            threads.thread(executor(connection), row.id)
            threads.steps(executor(connection), row.id)
        COUNTS["series drawn"] += 1


def killing(trials: list[kills.Trial]) -> Callable[[random.Random], None]:
    """Kill a command at any point or time, and compare with an undisturbed run."""

    def kill(chance: random.Random) -> None:
        trial = chance.choice(trials)
        at = chance.randint(1, trial.points) if chance.random() < 0.6 else None
        COUNTS[f"kills of {trial.command.name}"] += trial.check(at, chance)

    return kill


def growing(chance: random.Random) -> None:
    """Parse and display text that is doubled."""
    case = chance.choice(list(growth.cases()))
    ratio, taken, size = growth.growth(case)
    COUNTS["texts grown"] += 1
    assert ratio <= growth.MAX_RATIO, f"{case.name}: {taken:.1f} s for {size} characters, {ratio:.1f} times its half"


def faults(chance: random.Random) -> None:
    """Spoil a server's responses in several ways, and compare the database with an undisturbed one."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        upstream: Upstream = SmallArchive()
        if chance.random() < _PUBLIC_INBOX and not LoreServer.missing():
            server = LoreServer(directory / "lore")
            server.start()
            stack.callback(server.close)
            upstream = PublicInbox(server)
            COUNTS["rounds with a real public-inbox server"] += 1
        one = stack.enter_context(closing(combinations.Round(upstream, directory, chance)))
        try:
            one.check()
        finally:
            COUNTS.update(one.counts)


def report() -> None:
    """Print the counts so far."""
    for name, count in sorted(COUNTS.items()):
        print(f"{count:8} {name}")
    print(f"{FAILURES.total():8} failures", flush=True)


def main() -> int:
    """Run rounds until the time is over."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**6), help="of the first round")
    parser.add_argument("--only", choices=["kill", "mutations", "tangles", "talks", "growing", "faults"])
    options = parser.parse_args()
    end = time.monotonic() + 60 * options.minutes
    reported = time.monotonic()
    logging.disable(logging.ERROR)  # what the loop of `run` logs about the faults
    response.MAX_MAIL_BYTES = 1 << 20  # as the table of faults has it
    print(f"seed {options.seed}", flush=True)
    with kills.commands() as commands, tempfile.TemporaryDirectory() as directory:
        trials: list[kills.Trial] = []
        if options.only in (None, "kill"):
            trials = [kills.Trial(command, Path(directory) / str(n)) for n, command in enumerate(commands)]
        rounds = {
            "kill": killing(trials),
            "mutations": mutations,
            "tangles": tangles,
            "talks": talks,
            "growing": growing,
            "faults": faults,
        }
        chosen = [options.only] if options.only else list(rounds)
        seed = options.seed
        while time.monotonic() < end:
            name = chosen[seed % len(chosen)]
            try:
                rounds[name](random.Random(seed))
            except Exception:  # noqa: BLE001 (each failure is reported, and the next round tried)
                FAILURES[name] += 1
                traceback.print_exc()
                print(f"FAILED: --seed {seed} --only {name}", flush=True)
            COUNTS["rounds"] += 1
            seed += 1
            if time.monotonic() - reported > _REPORT_SECONDS:
                reported = time.monotonic()
                report()
    report()
    return 1 if FAILURES else 0


if __name__ == "__main__":
    sys.exit(main())
