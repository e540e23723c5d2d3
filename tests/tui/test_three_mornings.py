"""Three mornings of a maintainer in a real terminal: what the first screen says, what they do, and what comes of it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path

import pytest

from patchwatch.config import Config, Me
from patchwatch.times import format_time
from patchwatch.tracker import Tracker
from tests.support.git_mail import Outbox, missing
from tests.support.mails import mail, mbox
from tests.tui.tmux import NEEDS_TMUX, Tmux

pytestmark = [*NEEDS_TMUX, pytest.mark.skipif(missing() != "", reason=missing())]

DAY = 86_400
LIST = "quill@lists.example.org"
INES, LEA, OSKAR = "Ines Varga <ines@example.org>", "Lea Brandt <lea@example.com>", "Oskar Tyne <oskar@example.net>"
PETRA, TOMAS = "Petra Nowicki <petra@example.eu>", "Tomas Veld <tomas@example.net>"
WAKEUP, LIMIT, WORKER = "quill: drop the second wakeup", "quill: rate-limit the warning", "quill: pin the worker"
TABLE, OLD, OLDER = "quill: add a table", "quill: count the misses", "quill: a ring for each task"
REST_SECONDS = 1.0  # with the cursor on it for so long, they looked at it
Start = Callable[[float], Tmux]


class Archive:
    """The list: mails arrive in the database of the user."""

    def __init__(self, directory: Path, begin: int) -> None:
        self._directory, self._begin = directory, begin
        home = directory / "patchwatch"
        home.mkdir()
        (home / "config.toml").write_text('[me]\naddresses = ["ines@example.org"]\n[send]\ndry_run = false\n')
        self._tracker = Tracker(Config(me=Me(("ines@example.org",))), database_url=f"sqlite:///{home}/patchwatch.db")
        self._tracker.follow("quill")
        self._files = 0

    def post(
        self,
        name: str,
        sender: str,
        subject: str,
        days: float,
        body: str,
        answers: str = "",
        to: str = "",
        cc: str = LIST,
    ) -> bytes:
        """A mail of so many days ago, before the first morning; negative: after it."""
        at = datetime.fromtimestamp(self._begin - int(days * DAY), UTC)
        return mail(
            message_id=f"{name}@x",
            subject=subject,
            sender=sender,
            date=format_datetime(at),
            body=body,
            in_reply_to=f"{answers}@x" if answers else None,
            to=to or LIST,
            cc=cc,
        )

    def deliver(self, *raws: bytes) -> None:
        """Deliver mails."""
        self._files += 1
        path = self._directory / f"{self._files}.mbox"
        path.write_bytes(mbox(raws))
        self._tracker.import_mail(path, "quill")

    def history(self) -> list[bytes]:
        """What was posted before the first morning."""
        patch, with_ines = "It does.\n---\n ring.c | 1 +\n", f"{INES}, {LIST}"
        return [
            self.post("wakeup", INES, f"[PATCH] {WAKEUP}", 4, patch, cc=LEA),
            self.post("lea", LEA, f"Re: [PATCH] {WAKEUP}", 2, "Why is the first one needed?\n", "wakeup", INES),
            self.post("limit", OSKAR, f"[PATCH] {LIMIT}", 1.5, patch, cc=LEA),
            self.post("ask", LEA, f"Re: [PATCH] {LIMIT}", 1, "Ines, could you test v1?\n", "limit", OSKAR, with_ines),
            self.post("worker", PETRA, f"[PATCH] {WORKER}", 10, patch, to=INES),
            self.post("table", TOMAS, f"[PATCH] {TABLE}", 6, patch, to=INES),
            self.post("wish", INES, f"Re: [PATCH] {TABLE}", 5, "Please sort the table.\n", "table", TOMAS),
            self.post("old", PETRA, f"[PATCH] {OLD}", 40, patch, to=INES),
            self.post("older", PETRA, f"[PATCH] {OLDER}", 150, patch, to=INES),
        ]


@pytest.fixture
def begin() -> int:
    """The first morning: now, because git dates what it sends."""
    return int(time.time())


@pytest.fixture
def archive(tmp_path: Path, begin: int) -> Archive:
    """The list, with its history."""
    found = Archive(tmp_path, begin)
    found.deliver(*found.history())
    return found


@pytest.fixture
def start(tmp_path: Path, begin: int) -> Iterator[Start]:
    """Start the TUI so many days after the first morning."""
    running: list[Tmux] = []

    def tui(days: float) -> Tmux:
        for terminal in running:
            terminal.close()
        (tmp_path / "status").unlink(missing_ok=True)
        running[:] = [Tmux(tmp_path, "--now", format_time(begin + int(days * DAY) + 120), "tui")]
        return running[0]

    yield tui
    for terminal in running:
        terminal.close()


def leave(terminal: Tmux) -> None:
    """Quit."""
    terminal.press("C-q")
    assert terminal.status() == 0


def row(screen: str, title: str) -> str:
    """The row of a series on the screen; empty if there is none."""
    return next((line for line in screen.splitlines() if title in line and "──" not in line), "")


def section(screen: str, title: str) -> str:
    """The section that a series stands in."""
    heading = ""
    for line in screen.splitlines():
        if line[1:2] in ("▾", "▸"):
            heading = line.split()[1]
        elif title in line:
            return heading
    return ""


def test_three_mornings(archive: Archive, start: Start, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    outbox = Outbox(tmp_path, monkeypatch)
    outbox.set(user={"name": "Ines Varga", "email": "ines@example.org"})
    monkeypatch.setenv("GIT_EDITOR", "f() { printf 'The first one is for the poller.\\n' >>\"$1\"; }; f")

    # The first morning.  What is weeks old is not on the screen.
    terminal = start(0)
    screen = terminal.shows("Now 2", "Review 1", "Waiting 2", "Dormant 1", "⏎ Open")
    assert (section(screen, WAKEUP), section(screen, LIMIT), section(screen, WORKER)) == ("Now", "Now", "Review")
    assert "answer Lea" in row(screen, WAKEUP)
    assert "test v1" in row(screen, LIMIT)
    assert "review v1" in row(screen, WORKER)
    assert "10d!" in row(screen, WORKER)
    assert not row(screen, OLD)
    assert not row(screen, OLDER)
    # Ines answers Lea, below her question, ...
    terminal.press("Enter")
    terminal.shows("[v1", "Msg-Id   <wakeup@x>")
    terminal.press("E")
    terminal.shows("From     Lea Brandt")
    terminal.press("R")
    terminal.shows("The first one is for the poller.", "y Send")
    terminal.press("y")
    terminal.shows("Sent", not_any_more="y Send")
    terminal.press("q")
    # ... and pins what they can't test before the weekend.
    terminal.shows("Review 1", "⏎ Open")
    terminal.press("j")
    terminal.press("p")
    terminal.shows("Pinned", f"⚑ {LIMIT}")
    leave(terminal)

    # Mail arrives: their own, a tag for it, and new versions of what they wait for.
    patch = "It does.\n\nv2: sorted (Ines)\n---\n ring.c | 1 +\n"
    tag = "That was it, thanks.\n\nReviewed-by: Lea Brandt <lea@example.com>\n"
    archive.deliver(
        outbox.mail.read_bytes(),
        archive.post("tag", LEA, f"Re: [PATCH] {WAKEUP}", -0.3, tag, "lea", INES),
        archive.post("worker2", PETRA, f"[PATCH v2] {WORKER}", -0.4, patch, to=INES),
        archive.post("table2", TOMAS, f"[PATCH v2] {TABLE}", -0.5, patch, to=INES),
    )

    # The second morning.
    terminal = start(1)
    screen = terminal.shows("Now 1", "Review 2", "New 1", "⏎ Open")
    assert (section(screen, LIMIT), section(screen, WAKEUP)) == ("Now", "New")
    assert f"⚑ {LIMIT}" in row(screen, LIMIT)
    for title in (TABLE, WORKER):
        assert section(screen, title) == "Review"
        assert "review v2" in row(screen, title)
        assert "!" not in row(screen, title)
    # Ines puts one off until somebody writes, and reads what is new.
    go_to(terminal, TABLE)
    terminal.press("Z")
    terminal.shows("until someone replies")
    terminal.press("Enter")
    terminal.shows("Snoozed until someone replies", "Review 1")
    go_to(terminal, WAKEUP)
    time.sleep(2 * REST_SECONDS)
    leave(terminal)

    # Somebody writes.
    more = "It is in a branch, too: git.example.net/quill table\n"
    archive.deliver(archive.post("more", TOMAS, f"Re: [PATCH v2] {TABLE}", -1.4, more, "table2", INES))

    # The third morning: what Ines read is not new, what they put off is back, and the pin holds.
    terminal = start(2)
    screen = terminal.shows("Now 1", "Review 2", "⏎ Open", not_any_more="▾ New")
    assert f"⚑ {LIMIT}" in row(screen, LIMIT)
    assert (section(screen, TABLE), section(screen, WORKER)) == ("Review", "Review")
    assert "1d" in row(screen, WORKER)
    assert not row(screen, OLD)
    assert not row(screen, OLDER)
    # Somebody else looks after the worker.
    go_to(terminal, WORKER)
    terminal.press("D")
    screen = terminal.shows("Not yours", "▾ Review 1")
    assert section(screen, WORKER) == "Review"  # where it was, under the cursor
    assert row(screen, WORKER).startswith("▌")
    terminal.press("6")
    terminal.shows("↓Active")
    terminal.press("1")
    assert section(terminal.shows("▾ Review 1", "▾ New 1"), WORKER) == "New"
    leave(terminal)
    archive.deliver(archive.post("worker3", PETRA, f"[PATCH v3] {WORKER}", -1.9, patch, to=INES))

    # From then on, the next version is news and no work.
    terminal = start(2)
    screen = terminal.shows("Review 1", "New 1", "⏎ Open")
    assert (section(screen, WORKER), section(screen, TABLE)) == ("New", "Review")
    assert "v3 posted" in row(screen, WORKER)
    leave(terminal)


def go_to(terminal: Tmux, title: str) -> None:
    """Move the cursor down to a series."""
    terminal.press("g")
    for _ in range(12):
        time.sleep(0.2)
        if row(terminal.screen(), title).startswith("▌"):
            return
        terminal.press("j")
    raise AssertionError(f"the cursor did not come to {title}:\n{terminal.screen()}")
