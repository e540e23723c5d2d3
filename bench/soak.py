"""`patchwatch run` for a while, against a private lore where mail arrives at random.

Prints a report, and fails unless every delivered mail is stored once and reported once, memory stays flat, one digest
is sent for each simulated day, and it stops within seconds.  The clock runs fast: a day takes `--day-seconds` of real
time.  Polls are two seconds of real time apart.

    python bench/soak.py [--minutes 20] [--day-seconds 600] [--report FILE]

Needs `../shared/lore/lore`, a public-inbox server on loopback with the mail of three threads; skips without it.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import signal
import socket
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from email import message_from_bytes, policy
from email.utils import formatdate
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LORE = ROOT.parent / "shared" / "lore" / "lore"
INBOXES = ("bpf", "netdev", "linux-mm")
WATCHED = {
    "bpf": "20230801142621.7925-1-hffilwlqm@gmail.com",
    "netdev": "20230825133246.344364-1-me@manjusaka.me",
    "linux-mm": "20230725185733.43929-1-ryncsn@gmail.com",
}
DAY = 86_400
INTERVAL_SECONDS = 2.0
PEOPLE = ("Rita Reviewer <rita@example.net>", "Max Maintainer <max@example.com>", "Ida Idle <ida@example.org>")
WORDS = (
    "Why not do it in the caller?",
    "Please split this.",
    "Looks good to me.",
    "Reviewed-by: {who}",
    "I do not see how this can work when the queue is empty.",
)
SENDMAIL = """#!{python}
import os, sys, time
path = os.path.join({directory!r}, f"{{time.time_ns()}}-{{os.getpid()}}")
with open(path + ".part", "wb") as file:
    file.write(sys.stdin.buffer.read())
os.rename(path + ".part", path + ".eml")
"""


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=20.0)
    # Not shorter: mails are dated by the fast clock and arrive by the real one, and a date more than two days after the
    # arrival is replaced by it (patchwatch.mail.headers.date); such a mail would be old, and cause no event.
    parser.add_argument("--day-seconds", type=float, default=600.0, help="of real time, that are a day of its clock")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--report", type=Path, help="write the report here too")
    parser.add_argument("--worker", nargs=2, metavar=("BEGIN", "SPEED"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        return worker(float(options.worker[0]), float(options.worker[1]))
    if not LORE.exists():
        print(f"skipped: needs a private lore at {LORE}")
        return 0
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # stop the server, and remove the directory
    with tempfile.TemporaryDirectory(prefix="patchwatch-soak-") as directory:
        report, well = soak(Path(directory), options)
    print("\n".join(report))
    if options.report:
        options.report.write_text("\n".join(report) + "\n", encoding="utf-8")
    return 0 if well else 1


def worker(begin: float, speed: float) -> int:
    """Run patchwatch with a fast clock."""
    from patchwatch.config_file import load_config
    from patchwatch.daemon.process import run
    from patchwatch.tracker import Tracker

    def clock() -> float:
        return begin + (time.time() - begin) * speed

    return run(Tracker(load_config(), clock=clock), clock=clock, as_json=True, speed=speed)


def soak(directory: Path, options: argparse.Namespace) -> tuple[list[str], bool]:
    speed = DAY / options.day_seconds
    lore = [sys.executable, str(LORE), "--port", str(free_port()), "--dir", str(directory / "lore")]
    outbox = directory / "sent"
    outbox.mkdir()
    environment = write_config(directory, outbox, speed)
    url = subprocess.run([*lore, "up", *INBOXES], check=True, capture_output=True, text=True).stdout.strip()
    environment["PATCHWATCH_LORE_URL"] = url
    try:
        for inbox, message_id in WATCHED.items():
            command = [sys.executable, "-m", "patchwatch", "watch", f"{url}/{inbox}/{message_id}/"]
            subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)
        begin = time.time()
        command = [sys.executable, __file__, "--worker", repr(begin), repr(speed)]
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE)
        try:
            return run_soak(process, lore, directory, outbox, begin, speed, options)
        finally:
            process.kill()
            process.wait()
    finally:
        subprocess.run([*lore, "down"], check=False)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_config(directory: Path, outbox: Path, speed: float) -> dict[str, str]:
    program = directory / "sendmail"
    program.write_text(SENDMAIL.format(python=sys.executable, directory=str(outbox)))
    program.chmod(0o700)
    config = directory / "config.toml"
    config.write_text(
        f"""\
[poll]
interval_minutes = {INTERVAL_SECONDS * speed / 60:.4f}
[mail]
how = "sendmail"
sendmail = "{program}"
sender = "Patchwatch <soak@example.org>"
[[digest]]
name = "me"
to = "me@example.org"
zone = "UTC"
even_if_empty = true
"""
    )
    return {
        **{k: v for k, v in os.environ.items() if not k.startswith(("PATCHWATCH_", "XDG_"))},
        "PATCHWATCH_CONFIG": str(config),
        "PATCHWATCH_DATABASE": str(directory / "pw.db"),
        "PYTHONPATH": str(ROOT),
    }


def run_soak(
    process: subprocess.Popen[bytes],
    lore: list[str],
    directory: Path,
    outbox: Path,
    begin: float,
    speed: float,
    options: argparse.Namespace,
) -> tuple[list[str], bool]:
    lines: list[dict[str, object]] = []

    def read() -> None:
        assert process.stderr is not None
        for raw in process.stderr:
            try:
                lines.append(json.loads(raw))
            except ValueError:
                lines.append({"event": "garbage", "text": raw.decode(errors="replace").strip(), "level": "warning"})

    reader = threading.Thread(target=read, daemon=True)
    reader.start()
    chance = random.Random(options.seed)
    delivered: list[str] = []
    memory: list[float] = []
    end = begin + options.minutes * 60
    next_mail = begin + 10  # after the first scan
    while time.time() < end and process.poll() is None:
        now = time.time()
        if now >= next_mail and now < end - 60:  # in the last minute, mail that search shows late arrives
            deliver(lore, directory, chance, delivered, begin + (now - begin) * speed)
            next_mail = now + chance.uniform(1, 20)
        memory.append(resident_megabytes(process.pid))
        time.sleep(1)
    alive = process.poll() is None
    process.send_signal(signal.SIGTERM)
    asked = time.time()
    try:
        status: int | None = process.wait(30)
    except subprocess.TimeoutExpired:
        process.kill()
        status = None
    ended = time.time() - asked
    reader.join(10)
    return judge(lines, delivered, memory, directory / "pw.db", outbox, (begin, asked, speed), alive, status, ended)


def deliver(lore: list[str], directory: Path, chance: random.Random, delivered: list[str], date: float) -> None:
    """Deliver one to three mails to one list: replies to a watched posting, or to each other."""
    inbox = chance.choice(INBOXES)
    files = []
    for _ in range(chance.randint(1, 3)):
        number = len(delivered)
        who = chance.choice(PEOPLE)
        message_id = f"soak-{number}@example.net"
        raw = (
            f"From: {who}\nTo: {inbox}@vger.kernel.org\nSubject: Re: the patch\nDate: {formatdate(date)}\n"
            f"Message-ID: <{message_id}>\nIn-Reply-To: <{WATCHED[inbox]}>\nReferences: <{WATCHED[inbox]}>\n\n"
            f"{chance.choice(WORDS).format(who=who)}\n"
        )
        file = directory / f"{number}.eml"
        file.write_text(raw)
        files.append(str(file))
        delivered.append(message_id)
    subprocess.run([*lore, "deliver", inbox, *files], check=True, capture_output=True)


def resident_megabytes(pid: int) -> float:
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0.0
    return next((int(one.split()[1]) / 1024 for one in status.splitlines() if one.startswith("VmRSS")), 0.0)


def judge(
    lines: list[dict[str, object]],
    delivered: list[str],
    memory: list[float],
    database: Path,
    outbox: Path,
    clock: tuple[float, float, float],
    alive: bool,
    status: int | None,
    ended: float,
) -> tuple[list[str], bool]:
    with sqlite3.connect(database) as connection:
        recorded = dict(
            connection.execute(
                "SELECT message_id, count(raw.id) FROM message JOIN raw ON raw.message_pk = message.id"
                " WHERE message_id LIKE 'soak-%' GROUP BY message_id"
            ).fetchall()
        )
    reported: dict[str, int] = {}
    for line in lines:
        if line["event"] in ("reply", "tag"):
            reported[str(line["evidence"])] = reported.get(str(line["evidence"]), 0) + 1
    stored = [i for i in delivered if recorded.get(i) == 1]
    notified = [i for i in delivered if reported.get(i) == 1]
    begin, end, speed = clock
    digests = [message_from_bytes(path.read_bytes(), policy=policy.default) for path in sorted(outbox.glob("*.eml"))]
    ids = [str(one["Message-ID"]) for one in digests]
    fast_end = begin + (end - begin) * speed
    least, days = due_days(begin, fast_end - 5 * speed), due_days(begin, fast_end)  # one may be in progress at the end
    settled = [m for m in memory[len(memory) // 6 :] if m]
    third = max(len(settled) // 3, 1)
    first, last = statistics.median(settled[:third] or [0]), statistics.median(settled[-third:] or [0])
    polls = [one for one in lines if one["event"] == "poll"]
    warnings = [one for one in lines if one.get("level") == "warning"]
    checks = {
        f"{len(stored)} of {len(delivered)} mails stored once": len(stored) == len(delivered) == len(recorded),
        f"{len(notified)} of {len(delivered)} mails reported once": len(notified) == len(delivered) == len(reported),
        f"memory {first:.1f} MB, then {last:.1f} MB (most {max(memory, default=0):.1f})": last < first * 1.1 + 2,
        f"{len(ids)} digests for {days} simulated days": least <= len(ids) == len(set(ids)) <= days,
        f"stopped in {ended:.1f} s with status {status}": alive and status == 0 and ended < 10,
        f"{len(polls)} polls, {len(warnings)} warnings": bool(polls) and not warnings,
    }
    report = [f"{'ok  ' if well else 'FAIL'}  {text}" for text, well in checks.items()]
    report += [f"      {one['event']}: {one['text']}" for one in warnings[:20]]
    report += [f"      {i}: reported {reported.get(i, 0)} times" for i in delivered if reported.get(i) != 1][:20]
    return [f"{(end - begin) / 60:.1f} min at {speed:g} times the clock", *report], all(checks.values())


def due_days(begin: float, end: float) -> int:
    """Return the days whose 7:00 UTC has passed; a new recipient gets that of the first day at once."""
    return int((end - 7 * 3600) // DAY) - int(begin // DAY) + 1


if __name__ == "__main__":
    sys.exit(main())
