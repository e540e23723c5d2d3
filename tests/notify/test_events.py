"""What happened: a table of mails and the events they make; each once, whatever ends the program in between."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest

from patchwatch.config import Config, Hook, Me, Recipient
from patchwatch.db import messages as stored
from patchwatch.errors import DatabaseError
from patchwatch.notify.events import Event, event_message
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker
from tests.support.mails import mail

DAY = 86_400
BEGIN = 1_688_378_400  # 2023-07-03 10:00 UTC: v1 is posted
ANN = "Ann Author <ann@example.org>"
RITA = "Rita Reviewer <rita@example.net>"
MAX = "Max Maintainer <max@example.com>"
ROBOT = "kernel test robot <lkp@intel.com>"
TITLE = "net: free the socket once"


def patch(version: int = 1, *, day: float = 0.0, title: str = TITLE, file: str = "sock", message_id: str = "") -> bytes:
    prefix = f"[PATCH v{version}]" if version > 1 else "[PATCH]"
    body = f"""The {file} was freed twice.

Signed-off-by: Ann Author <ann@example.org>
---
 net/{file}.c | 2 +-
 1 file changed, 1 insertion(+), 1 deletion(-)

diff --git a/net/{file}.c b/net/{file}.c
index 0000001..1111111 100644
--- a/net/{file}.c
+++ b/net/{file}.c
@@ -10 +10 @@ static void {file}_free(void)
-	free({file});
+	free_once({file}, {version});
--
2.41.0
"""
    return mail(
        message_id=message_id or f"v{version}@example.org",
        subject=f"{prefix} {title}",
        sender=ANN,
        date=formatdate(BEGIN + day * DAY),
        body=body,
    )


def reply(words: str, *, sender: str = RITA, day: float = 1.0, to: str = "v1@example.org", what: str = "r1") -> bytes:
    return mail(
        message_id=f"{what}@example.net",
        subject=f"Re: [PATCH] {TITLE}",
        sender=sender,
        date=formatdate(BEGIN + day * DAY),
        in_reply_to=to,
        body=f"{words}\n",
    )


class Desk:
    """A tracker over mails that a test gives it, one watched series, and a clock."""

    def __init__(self, path: Path, config: Config) -> None:
        self.now = BEGIN + 3600
        self.path = path
        self.config = config
        self.tracker = self.open()

    def open(self) -> Tracker:
        return Tracker(self.config, clock=lambda: float(self.now), database_url=f"sqlite:///{self.path}/pw.db")

    def take(self, *raws: bytes) -> None:
        with self.tracker.database.write() as connection:
            ingest(connection, [read_mail(raw) for raw in raws], "netdev")

    def watch(self, message_id: str = "v1@example.org") -> None:
        watch_known(self.tracker.database, [message_id], self.now)

    def detect_events(self) -> list[tuple[str, str, str]]:
        return [(e.kind, e.text, e.message_id) for e in self.tracker.detect_events()]

    def queued(self) -> list[tuple[str, str]]:
        return [(t.listener, json.loads(t.event)["kind"]) for t in self.tracker.queued_events()]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path, Config())
    desk.take(patch())
    desk.watch()
    assert desk.detect_events() == []  # what was there when one began to look is no news
    desk.now = BEGIN + 2 * DAY
    yield desk
    desk.tracker.database.close()


HAPPENS: dict[str, tuple[list[bytes], list[tuple[str, str, str]]]] = {
    "a question": (
        [reply("Why not free it in the caller?")],
        [
            ("reply", "Rita replied", "r1@example.net"),
            ("state_changed", "new → under-review", "r1@example.net"),
            ("turn_changed", "now waiting on the author", "r1@example.net"),
        ],
    ),
    "a tag": (
        [reply("Reviewed-by: Rita Reviewer <rita@example.net>")],
        [
            ("tag", "Reviewed-by from Rita", "r1@example.net"),
            ("state_changed", "new → reviewed", "r1@example.net"),
            ("turn_changed", "now waiting on the maintainer", "r1@example.net"),
        ],
    ),
    "a new version": ([patch(2, day=1)], [("new_version", "Ann posted v2", "v2@example.org")]),
    "it was applied": (
        [reply("Applied to net.git, thanks!", sender=MAX)],
        [("reply", "Max replied", "r1@example.net"), ("applied", "accepted", "r1@example.net")],
    ),
    "a robot found something": (
        [
            reply(
                "Hi Ann,\n\nkernel test robot noticed the following build errors:\n\n"
                "   net/sock.c:10: error: too many arguments to function 'free_once'\n",
                sender=ROBOT,
            )
        ],
        [
            ("ci_failure", "kernel test robot reported a failure", "r1@example.net"),
            ("turn_changed", "now waiting on the author", "r1@example.net"),
        ],
    ),
    "mail of long ago that was fetched with a thread": ([reply("Why?", day=-30.0)], []),
    "nothing": ([], []),
    "mail that was here already": ([patch()], []),
}


@pytest.mark.parametrize(("raws", "events"), HAPPENS.values(), ids=HAPPENS)
def test_what_mails_make_happen_once(desk: Desk, raws: list[bytes], events: list[tuple[str, str, str]]) -> None:
    desk.take(*raws)
    found = desk.detect_events()
    if events:
        assert found == events
    else:
        assert [e for e in found if e[0] in ("reply", "tag", "new_version", "ci_failure")] == []
    assert desk.detect_events() == []


def test_an_event_has_the_words_that_prove_it(desk: Desk) -> None:
    desk.take(reply("> It was freed twice.\n\nPlease count the references."))
    told = next(e for e in desk.tracker.detect_events() if e.kind == "turn_changed")
    assert told.words == "Please count the references."
    assert (told.by_name, told.by_email, told.title) == ("Rita Reviewer", "rita@example.net", TITLE)
    assert told.inboxes == ("netdev",)


def test_a_series_that_is_watched_from_now_on_has_no_past(desk: Desk) -> None:
    other = patch(message_id="o1@example.org", title="net: count the timers", file="timer")
    desk.take(other, reply("Why?", to="o1@example.org", what="o2"))
    desk.watch("o1@example.org")
    assert desk.detect_events() == []
    desk.take(reply("And why that?", to="o1@example.org", what="o3", day=1.5))
    assert [e[0] for e in desk.detect_events()] == ["reply"]


def test_muted_and_snoozed_series_are_silent(desk: Desk) -> None:
    number = desk.tracker.find("v1@example.org")
    desk.tracker.mute(number)
    desk.take(reply("Why?"))
    assert desk.detect_events() == []
    desk.tracker.mute(number, muted=False)
    assert desk.detect_events() == []  # what was said meanwhile is no news afterwards


def test_what_somebody_decides_by_hand_is_no_event(desk: Desk) -> None:
    desk.tracker.mark(desk.tracker.find("v1@example.org"), "accepted")
    assert desk.detect_events() == []


def test_a_program_that_understands_mail_otherwise_makes_nothing_happen(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    with desk.tracker.database.write() as connection:
        kept = json.loads(stored.setting(connection, "events") or "")
        kept[2] -= 1  # the form in which mail was understood
        (number,) = kept[3]
        kept[3][number][0] = "reviewed"
        stored.set_setting(connection, "events", json.dumps(kept))
    assert desk.detect_events() == []


def test_my_turn_is_mine_to_hear_of_and_my_own_mails_are_not(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Config(me=Me(("ann@example.org",)), hook=(Hook("all", (), ("x",)),)))
    desk.take(patch())
    desk.watch()
    desk.detect_events()
    desk.now = BEGIN + 2 * DAY
    desk.take(reply("Why not in the caller?"))
    assert [e[0] for e in desk.detect_events()] == ["reply", "state_changed", "turn_changed", "your_turn"]
    desk.now += DAY
    assert desk.detect_events() == []  # "of yesterday" is "of 2 days ago" now, and the same
    desk.take(reply("Because of the lock.", sender=ANN, to="r1@example.net", what="a1", day=2.5))
    assert [e[0] for e in desk.detect_events()] == ["reply", "turn_changed"]
    assert len(desk.queued()) == 4  # what I do myself is told to nobody of mine
    desk.tracker.database.close()


def test_waiting_for_too_long_makes_it_my_turn_without_any_mail(tmp_path: Path) -> None:
    desk = Desk(tmp_path, Config(me=Me(("ann@example.org",))))
    desk.take(patch())
    desk.watch()
    desk.detect_events()
    desk.now = BEGIN + 6 * DAY
    assert desk.detect_events() == []
    desk.now = BEGIN + 8 * DAY
    assert [(kind, text[:5]) for kind, text, _ in desk.detect_events()] == [("your_turn", "ping:")]
    desk.now = BEGIN + 9 * DAY
    assert desk.detect_events() == []
    desk.tracker.database.close()


def test_each_listener_hears_what_he_asked_for(tmp_path: Path) -> None:
    rita = Recipient(name="rita", to="rita@example.net", addresses=("Rita@example.net",), at_once=("reply", "tag"))
    lists = Recipient(name="mm", to="mm@example.net", inboxes=("linux-mm",), at_once=("reply",))
    ann = Recipient(name="ann", to="ann@example.org", addresses=("ann@example.org",), at_once=("your_turn",))
    hooks = (Hook("tags", ("tag",), ("x",)), Hook("all", (), ("x",)))
    desk = Desk(tmp_path, Config(hook=hooks, digest=(rita, lists, ann, replace(rita, name="max", addresses=()))))
    desk.take(patch())
    desk.watch()
    desk.detect_events()
    desk.now = BEGIN + 2 * DAY
    desk.take(reply("Why?"))
    desk.detect_events()
    assert sorted(desk.queued()) == [
        ("hook all", "reply"),
        ("hook all", "state_changed"),
        ("hook all", "turn_changed"),
        ("mail ann", "your_turn"),
        ("mail max", "reply"),
    ]
    desk.tracker.database.close()


def test_a_kill_in_the_middle_loses_nothing_and_doubles_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = Desk(tmp_path, Config(hook=(Hook("all", (), ("x",)),)))
    desk.take(patch())
    desk.watch()
    desk.detect_events()
    desk.now = BEGIN + 2 * DAY
    desk.take(reply("Why?"))
    from patchwatch.db import event_queue

    def killed(*_: object) -> None:
        raise DatabaseError("killed between the queue and the look")

    with monkeypatch.context() as patched:
        patched.setattr(event_queue, "keep_look", killed)
        with pytest.raises(DatabaseError):
            desk.tracker.detect_events()
    assert desk.queued() == []
    desk.tracker.database.close()
    desk.tracker = desk.open()
    assert len(desk.detect_events()) == len(desk.queued()) == 3
    desk.tracker.database.close()
    desk.tracker = desk.open()
    assert desk.detect_events() == []
    assert len(desk.queued()) == 3
    for telling in desk.tracker.queued_events():
        desk.tracker.dequeue_event(telling.id)
    assert desk.queued() == []
    desk.tracker.database.close()


def test_a_mail_about_an_event_is_short_and_can_be_read(desk: Desk) -> None:
    event = Event(
        id="e",
        kind="reply",
        at=BEGIN,
        series_id=1,
        title="net: " + "a very long title of many words " * 5,
        version=1,
        state="new",
        turn="author",
        inboxes=("netdev",),
        text="Rita replied",
        words="Why \x1b[31mnot\x1b[0m in the caller, where everybody looks for it first, and where it has been so far?",
        message_id="r1@example.net",
    )
    subject, text = event_message(event, "https://lore.kernel.org/netdev/r1@example.net/")
    assert subject.startswith("[patchwatch] Rita replied: net: a very long")
    assert "\n" not in subject
    lines = text.splitlines()
    assert all(len(line) <= 72 for line in lines)
    assert lines[-1] == "https://lore.kernel.org/netdev/r1@example.net/"
    assert "\x1b" not in text
