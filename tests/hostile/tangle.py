"""Mails that name each other in every way that patchwatch reads, and everything that is drawn from them.

Random bytes rarely link to anything.  These mails do: replies, versions, dependencies, pull requests, merges, tags and
citations among a few ids, people and titles, with odd text between them.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
from collections.abc import Sequence
from email.utils import formatdate
from pathlib import Path
from random import Random
from unittest import mock

from patchwatch.cli.main import run
from patchwatch.cli.series_json import message_json, series_json
from patchwatch.config import Config
from patchwatch.errors import PatchwatchError
from patchwatch.mail.display import read_for_display
from patchwatch.sanitize import block
from patchwatch.sync.ingest import Read, ingest
from patchwatch.tracker import Tracker
from patchwatch.tui.render.page import lay_out, mail_page
from tests.support.derived import dump

UNSAFE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
NOW = 1_695_000_000

_IDS = tuple(f"{name}@tangle.example.org" for name in "abcdefgh")
_PEOPLE = (
    "Ann Author <ann@example.org>",
    "Ann Author <ann@example.net>",
    "Rita <rita@example.com>",
    "patchwork-bot+netdevbpf@kernel.org",
    "pr-tracker-bot@kernel.org",
    "kernel test robot <lkp@intel.com>",
    "\x1b]0;x\x07\u202e <eve@example.org>",
)
_TITLES = ("frob: close the gate once", "frob: oil the hinges", "[x] y: \u202ez\x1b[31m", "Add a gate (v3)")
_BRACKETS = (
    "[PATCH]",
    "[PATCH v2]",
    "[PATCH v3 0/2]",
    "[PATCH v3 1/2]",
    "[PATCH v3,2/2]",
    "[RFC PATCH]",
    "[PATCH RESEND v2]",
    "[GIT PULL]",
    "[PATCH 5.10 1/2]",
    "[RFC]",
    "[PATCH v999 9999/9999]",
    "[PATCH net-next v2 ²/³]",
    "",
)
_SHA = "0123456789abcdef0123456789abcdef01234567"
_LINES = (
    "Depends-on: <{id}>",
    "Depends-on: https://lore.kernel.org/r/{id}",
    "This depends on [1].\n\n[1] https://lore.kernel.org/all/{id}/",
    "Supersedes: <{id}>",
    "This supersedes https://lore.kernel.org/all/{id}/",
    "v1: https://lore.kernel.org/r/{id}",
    "- Link to v2: https://patch.msgid.link/{id}",
    "Link: https://lore.kernel.org/r/{id}",
    "change-id: 20230701-gate-abcdef012345",
    f"prerequisite-patch-id: {_SHA}",
    f"prerequisite-message-id: <{{id}}>\nbase-commit: {_SHA}",
    "Reviewed-by: Rita <rita@example.com>",
    "Acked-by: Rita <rita@example.com> # for 1/2",
    "Tested-by: x",
    "Applied, thanks!\n\n[1/2] {title}\n      commit: " + _SHA,
    f'Fixes: {_SHA[:12]} ("{{title}}")',
    "pw-bot: cr",
    "pw-bot: au",
    "Please use a lock.",
    "Why is that?",
    "NAK.",
    "Will fix in v4.",
    "Fair enough.",
    "I sent a new version: https://lore.kernel.org/r/{id}",
    "This was merged as " + _SHA,
    "Dropped, it does not build.",
    "Now in mainline.",
    "The following changes since commit "
    + _SHA
    + ":\n\n  x (2023-07-01)\n\nare available in the Git repository at:\n\n"
    "  git://example.org/x.git tags/y\n\nfor you to fetch changes up to " + _SHA + ":\n\n  z (2023-07-02)\n\n"
    "----------------\nAnn Author (2):\n      {title}\n      frob: oil the hinges\n",
    "The pull request you sent on x:\n\n> git://example.org/x.git tags/y\n\nhas been merged into torvalds/linux.git:\n"
    "https://git.kernel.org/torvalds/c/" + _SHA,
    "commit " + _SHA + " upstream.",
    "---",
    "> quoted\n> lines",
    "On x, y wrote:",
    "-- \nsignature",
    "9" * 5000,
    "\x1b]0;x\x07\x9b\u202e",
    "---\n x | 2 +-\n\ndiff --git a/gate.c b/gate.c\n--- a/gate.c\n+++ b/gate.c\n@@ -1 +1 @@\n-a\n+b",
    "---\ndiff --git a/hinge.c b/hinge.c\n--- a/hinge.c\n+++ b/hinge.c\n@@ -1 +1 @@\n-a\n+c",
)


def tangled(chance: Random, count: int) -> list[bytes]:
    """Return mails, some of them with the same id."""
    return [_mail(chance, number) for number in range(count)]


def _mail(chance: Random, number: int) -> bytes:
    title = chance.choice(_TITLES)
    reply = chance.random() < 0.5
    lines = [chance.choice(_LINES) for _ in range(chance.randint(0, 6))]
    if not reply and chance.random() < 0.8:
        lines.append(_LINES[-1 - chance.randint(0, 1)])
    head = [
        f"From: {chance.choice(_PEOPLE)}",
        f"Message-ID: <{chance.choice(_IDS)}>",
        f"Subject: {'Re: ' if reply else ''}{chance.choice(_BRACKETS)} {title}",
        f"Date: {formatdate(NOW - 86_400 * chance.randint(0, 30) - number)}",
        "To: list@example.org",
    ]
    if reply or chance.random() < 0.4:
        head.append(f"In-Reply-To: <{chance.choice(_IDS)}>")
        head.append("References: " + " ".join(f"<{chance.choice(_IDS)}>" for _ in range(chance.randint(0, 3))))
    body = "\n".join(line.replace("{id}", chance.choice(_IDS)).replace("{title}", title) for line in lines)
    return ("\n".join(head) + f"\n\n{body}\n").encode()


def stored(reads: Sequence[Read], chance: Random, directory: Path, *, again: bool) -> tuple[list[object], str]:
    """Store mails in some order and in batches, draw everything, and return what was derived, and what is unsafe."""
    order = list(reads)
    chance.shuffle(order)
    url = f"sqlite:///{directory}/tangle.db"
    with contextlib.closing(Tracker(Config(), clock=lambda: NOW, database_url=url).database) as database:
        while order:
            size = chance.randint(1, len(order))
            with database.write() as connection:
                ingest(connection, order[:size], "list")
            del order[:size]
    tracker = Tracker(Config(), clock=lambda: NOW, database_url=url)
    try:
        if again:
            tracker.reindex()
        return dump(tracker.database), drawn(tracker, url)
    finally:
        tracker.database.close()


def drawn(tracker: Tracker, url: str) -> str:
    """Draw what the commands and screens show of every series and mail; return characters that must not be shown."""
    shown: list[str] = []
    tracker.digest(since=0)
    places = {row.id: row.place for row in tracker.lines()}
    commands = [
        ["list", "--all"],
        ["list"],
        ["next", "--json"],
        ["list", "--all", "--json"],
        ["digest"],
        ["doctor", "--offline", "--json"],
    ]
    for row in tracker.series(everything=True):
        json.dumps(series_json(tracker.one(row.id), tracker.url, tracker.now(), places.get(row.id)))
        tracker.steps(row.id)
        tracker.candidates(row.id)
        with contextlib.suppress(PatchwatchError):
            tracker.compare(row.id)
        for message in tracker.thread(row.id):
            json.dumps(message_json(message))
            raw = tracker.raw(message.message_id)
            tracker.citations(message.message_id)
            mail = read_for_display(message.message_id, raw, ("list",))
            shown += [block(segment.text) for segment in mail.segments]
            page = mail_page(mail)
            shown += [line.text for line in page.lines]
            lay_out(page, 60)
        commands += [["show", str(row.id)], ["show", str(row.id), "--why"], ["show", str(row.id), "--json"]]
        commands += [["diff", str(row.id)]]
    shown += [_output(command, url) for command in commands]
    return "".join(character for text in shown for character in UNSAFE.findall(text))


def _output(command: list[str], url: str) -> str:
    out, err = io.StringIO(), io.StringIO()
    with (
        mock.patch.dict(os.environ, {"PATCHWATCH_DATABASE": url, "XDG_CONFIG_HOME": "/nonexistent"}),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        status = run(["--now", "2023-09-18T01:20Z", *command])
    assert status in (0, 1), (command, err.getvalue())
    return out.getvalue() + err.getvalue()
