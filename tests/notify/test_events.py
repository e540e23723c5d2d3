"""The events of mails, time and decisions; each is detected and queued once, even after a kill."""

from __future__ import annotations

import json
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import select, update

from patchwatch.config import Config, Hook, Me, Recipient
from patchwatch.db import messages as stored
from patchwatch.db import schema, versions
from patchwatch.db.criteria import Criteria
from patchwatch.errors import DatabaseError
from patchwatch.notify import detect
from patchwatch.notify.events import Event, event_message
from patchwatch.series.model import SeriesRow
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker
from tests.support.mails import mail

DAY = 86_400
BEGIN = 1_688_378_400  # 2023-07-03 10:00 UTC: v1 is posted
ANN = "Ann Author <ann@example.org>"
RITA = "Rita Reviewer <rita@example.net>"
MAX = "Max Maintainer <max@example.com>"
BOT = "kernel test robot <lkp@intel.com>"
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


def reply(text: str, *, sender: str = RITA, day: float = 1.0, to: str = "v1@example.org", what: str = "r1") -> bytes:
    return mail(
        message_id=f"{what}@example.net",
        subject=f"Re: [PATCH] {TITLE}",
        sender=sender,
        date=formatdate(BEGIN + day * DAY),
        in_reply_to=to,
        body=f"{text}\n",
    )


class Setup:
    """A tracker with one watched series, mails from the test, and a clock."""

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
        return [(queued.subscriber, queued.event.kind) for queued in self.tracker.queued_events()]


@pytest.fixture
def setup(tmp_path: Path) -> Iterator[Setup]:
    setup = Setup(tmp_path, Config())
    setup.take(patch())
    setup.watch()
    assert setup.detect_events() == []  # mail from before the first scan is not news
    setup.now = BEGIN + 2 * DAY
    yield setup
    setup.tracker.database.close()


CASES: dict[str, tuple[list[bytes], list[tuple[str, str, str]]]] = {
    "a question": (
        [reply("Why is it freed there?")],
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
    "a bot found a failure": (
        [
            reply(
                "Hi Ann,\n\nkernel test robot noticed the following build errors:\n\n"
                "   net/sock.c:10: error: too many arguments to function 'free_once'\n",
                sender=BOT,
            )
        ],
        [
            ("ci_failure", "kernel test robot reported a failure", "r1@example.net"),
            ("state_changed", "new → changes-requested", "r1@example.net"),
            ("turn_changed", "now waiting on the author", "r1@example.net"),
        ],
    ),
    "old mail that was fetched with a thread": ([reply("Why?", day=-30.0)], []),
    "nothing": ([], []),
    "mail that was here already": ([patch()], []),
}


def test_only_series_in_which_something_can_have_happened_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    setup = Setup(tmp_path, Config(me=Me(addresses=("max@example.com",))))
    titles = ("mm: split the page", "fs: close the file", "usb: wake the hub")
    setup.take(patch(), *(patch(title=one, file=f"f{n}", message_id=f"other{n}@x") for n, one in enumerate(titles)))
    for message_id in ("v1@example.org", "other0@x", "other1@x"):
        setup.watch(message_id)
    read: list[set[int]] = []
    real = Tracker._series

    def note(self: Tracker, connection: Any, wanted: Criteria, me: frozenset[str]) -> tuple[SeriesRow, ...]:
        rows = real(self, connection, wanted, me)
        read.append({row.id for row in rows})
        return rows

    monkeypatch.setattr(Tracker, "_series", note)
    setup.detect_events()
    assert read == [{1, 2, 3}]
    read.clear()
    setup.detect_events()
    assert read == []
    setup.take(reply("Why?"))
    assert [kind for kind, _, _ in setup.detect_events()][:1] == ["reply"]
    assert read == [{1}]
    read.clear()
    setup.take(reply("I take it.", sender=MAX, to="other1@x", what="max"))
    setup.detect_events()
    read.clear()
    setup.detect_events()
    assert read == []
    setup.now += 100 * DAY
    setup.detect_events()
    assert read == [{3}]  # it could be their turn when some days have passed
    setup.tracker.database.close()


@pytest.mark.parametrize(("raws", "events"), CASES.values(), ids=CASES)
def test_events_of_new_mail_are_detected_once(
    setup: Setup, raws: list[bytes], events: list[tuple[str, str, str]]
) -> None:
    setup.take(*raws)
    found = setup.detect_events()
    if events:
        assert found == events
    else:
        assert [e for e in found if e[0] in ("reply", "tag", "new_version", "ci_failure")] == []
    assert setup.detect_events() == []


def test_event_has_its_evidence(setup: Setup) -> None:
    setup.take(reply("> It was freed twice.\n\nPlease count the references."))
    event = next(e for e in setup.tracker.detect_events() if e.kind == "turn_changed")
    assert event.words == "Please count the references."
    assert (event.by_name, event.by_email, event.title) == ("Rita Reviewer", "rita@example.net", TITLE)
    assert event.inboxes == ("netdev",)


def test_series_watched_later_has_no_events_of_old_mail(setup: Setup) -> None:
    other = patch(message_id="o1@example.org", title="net: count the timers", file="timer")
    setup.take(other, reply("Why?", to="o1@example.org", what="o2"))
    setup.watch("o1@example.org")
    assert setup.detect_events() == []
    setup.take(reply("And why that?", to="o1@example.org", what="o3", day=1.5))
    assert [e[0] for e in setup.detect_events()] == ["reply"]


def test_muted_series_has_no_events(setup: Setup) -> None:
    number = setup.tracker.find("v1@example.org")
    setup.tracker.mute(number)
    setup.take(reply("Why?"))
    assert setup.detect_events() == []
    setup.tracker.mute(number, muted=False)
    assert setup.detect_events() == []  # mail of the muted time is not news afterwards


def test_decision_by_hand_is_not_an_event(setup: Setup) -> None:
    setup.tracker.mark(setup.tracker.find("v1@example.org"), "accepted")
    assert setup.detect_events() == []


def test_changed_parser_does_not_cause_events(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    with setup.tracker.database.write() as connection:
        values = json.loads(stored.setting(connection, "events") or "")
        values[2] -= 1  # the version of the parser
        stored.set_setting(connection, "events", json.dumps(values))
        snapshot = json.loads(connection.scalars(select(schema.scanned.c.snapshot)).one())
        snapshot[0] = "reviewed"
        connection.execute(update(schema.scanned).values(snapshot=json.dumps(snapshot)))
    assert setup.detect_events() == []


def test_what_an_upgrade_changes_is_not_an_event(setup: Setup, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(versions, "OLDEST_READABLE", 0)
    setup.take(reply("Why is it freed there?"))
    with setup.tracker.database.write() as connection:  # as an earlier program read it
        connection.execute(update(schema.series).values(state="reviewed", turn="maintainer"))
        stored.set_setting(connection, "form", str(versions.FACTS_VERSION - 1))
    assert [e[:2] for e in setup.detect_events()][:1] == [("reply", "Rita replied")]
    assert setup.tracker.renew() == 2
    assert setup.tracker.one(1).state == "under-review"
    assert setup.detect_events() == []
    setup.take(reply("Reviewed-by: Rita Reviewer <rita@example.net>", what="r2", day=2.5))
    assert ("state_changed", "under-review → reviewed") in [e[:2] for e in setup.detect_events()]


def test_your_turn_is_an_event_and_my_own_mails_are_not_queued(tmp_path: Path) -> None:
    setup = Setup(tmp_path, Config(me=Me(("ann@example.org",)), hook=(Hook("all", (), ("x",)),)))
    setup.take(patch())
    setup.watch()
    setup.detect_events()
    setup.now = BEGIN + 2 * DAY
    setup.take(reply("Why is it freed there?"))
    assert [e[0] for e in setup.detect_events()] == ["reply", "state_changed", "turn_changed", "your_turn"]
    setup.now += DAY
    assert setup.detect_events() == []  # the action is the same, though a day older
    setup.take(reply("Because of the lock.", sender=ANN, to="r1@example.net", what="a1", day=2.5))
    assert [e[0] for e in setup.detect_events()] == ["reply", "turn_changed"]
    assert len(setup.queued()) == 4  # none of them for my own mail
    setup.tracker.database.close()


def test_your_turn_counts_the_points_that_wait_for_me(tmp_path: Path) -> None:
    setup = Setup(tmp_path, Config(me=Me(("ann@example.org",))))
    setup.take(patch())
    setup.watch()
    setup.detect_events()
    setup.now = BEGIN + 2 * DAY
    quoted = "> +	free_once(sock, 1);\n"
    setup.take(reply(f"> -	free(sock);\n\nPlease keep this check.\n\n{quoted}\nPlease check the result here.\n"))
    (text,) = [text for kind, text, _ in setup.detect_events() if kind == "your_turn"]
    assert text == "send v2: Rita asked for changes 1 day ago; 2 points wait for you"
    setup.tracker.database.close()


def test_ping_that_becomes_due_is_an_event(tmp_path: Path) -> None:
    setup = Setup(tmp_path, Config(me=Me(("ann@example.org",))))
    setup.take(patch())
    setup.watch()
    setup.detect_events()
    setup.now = BEGIN + 6 * DAY
    assert setup.detect_events() == []
    setup.now = BEGIN + 8 * DAY
    assert [(kind, text[:5]) for kind, text, _ in setup.detect_events()] == [("your_turn", "ping:")]
    setup.now = BEGIN + 9 * DAY
    assert setup.detect_events() == []
    setup.tracker.database.close()


BASE = patch(message_id="base@x", title="net: add the counter", file="count")
LIVES: dict[str, dict[int, list[bytes]]] = {
    "nobody answers": {},
    "a question that is answered late": {2: [reply("Why is it freed there?")], 12: [
        reply("Because of the lock.", sender=ANN, to="r1@example.net", what="a1", day=12)
    ]},
    "reviewed and not applied": {3: [reply("Reviewed-by: Rita Reviewer <rita@example.net>", day=3)]},
    "applied after a month": {30: [reply("Applied, thanks!", sender=MAX, day=30, what="m1")]},
    "a request to test": {1: [reply("Rita, could you test this?", sender=MAX, what="m1")]},
    "a new version of what was asked for": {1: [reply("Please split it.")], 20: [patch(2, day=20)]},
}  # fmt: skip


def life(directory: Path, me: str, mails: dict[int, list[bytes]], act: dict[int, str]) -> list[tuple[int, str, str]]:
    """The events of 100 days with a scan each day, and with some decisions."""
    directory.mkdir()
    setup = Setup(directory, Config(me=Me((me,))))
    setup.take(patch(), BASE)
    setup.watch()
    found = []
    for day in range(100):
        setup.now = BEGIN + day * DAY + 3600
        setup.take(*mails.get(day, []))
        if decision := act.get(day):
            number = setup.tracker.find("v1@example.org")
            if decision == "snooze":
                setup.tracker.snooze(number, BEGIN + (day + 10) * DAY)
            elif decision == "mute":
                setup.tracker.mute(number)
            elif decision == "unmute":
                setup.tracker.mute(number, muted=False)
            else:
                setup.tracker.mark(setup.tracker.find("base@x"), "accepted")
        found += [(day, e.kind, e.text) for e in setup.tracker.detect_events()]
    setup.tracker.database.close()
    return found


ACTS: tuple[dict[int, str], ...] = ({5: "snooze"}, {1: "mute", 40: "unmute"}, {25: "apply the base"})


@pytest.mark.parametrize(
    ("mails", "act"),
    [*((mails, {}) for mails in LIVES.values()), *((LIVES["nobody answers"], act) for act in ACTS)],
    ids=[*LIVES, *map(str, ACTS)],
)
@pytest.mark.parametrize("me", ["ann@example.org", "rita@example.net", "max@example.com"])
def test_what_comes_with_time_is_noticed_as_if_all_series_were_read_each_day(
    me: str, mails: dict[int, list[bytes]], act: dict[int, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "apply the base" in act.values():
        mails = {**mails, 0: [reply("This depends on https://lore.kernel.org/all/base@x/", sender=ANN, day=0.01)]}
    found = life(tmp_path / "one", me, mails, act)
    monkeypatch.setattr(detect, "_holds_until", lambda *_: 0)
    assert found == life(tmp_path / "each", me, mails, act)


def test_a_snooze_that_ends_in_the_second_of_a_scan_is_noticed(tmp_path: Path) -> None:
    setup = Setup(tmp_path, Config(me=Me(("ann@example.org",))))
    setup.take(patch(), BASE)
    setup.watch()
    setup.now = BEGIN + 8 * DAY
    setup.tracker.snooze(setup.tracker.find("v1@example.org"), setup.now + DAY)
    setup.tracker.detect_events()
    setup.now += DAY
    assert "your_turn" in {event.kind for event in setup.tracker.detect_events()}
    setup.tracker.database.close()


def test_the_lives_have_events_that_come_with_time(tmp_path: Path) -> None:
    found = life(tmp_path / "ann", "ann@example.org", LIVES["nobody answers"], {})
    assert next(day for day, kind, _ in found if kind == "your_turn") == 7
    blocked = {0: [reply("This depends on https://lore.kernel.org/all/base@x/", sender=ANN, day=0.01)]}
    waits = life(tmp_path / "blocked", "ann@example.org", blocked, {25: "apply the base"})
    assert next(day for day, kind, _ in waits if kind == "your_turn") == 25
    snoozed = life(tmp_path / "snoozed", "ann@example.org", {}, {5: "snooze"})
    assert next(day for day, kind, _ in snoozed if kind == "your_turn") == 15


def test_subscribers_get_the_events_they_want(tmp_path: Path) -> None:
    rita = Recipient(name="rita", to="rita@example.net", addresses=("Rita@example.net",), at_once=("reply", "tag"))
    lists = Recipient(name="mm", to="mm@example.net", inboxes=("linux-mm",), at_once=("reply",))
    ann = Recipient(name="ann", to="ann@example.org", addresses=("ann@example.org",), at_once=("your_turn",))
    hooks = (Hook("tags", ("tag",), ("x",)), Hook("all", (), ("x",)))
    setup = Setup(tmp_path, Config(hook=hooks, digest=(rita, lists, ann, replace(rita, name="max", addresses=()))))
    setup.take(patch())
    setup.watch()
    setup.detect_events()
    setup.now = BEGIN + 2 * DAY
    setup.take(reply("Why?"))
    setup.detect_events()
    assert sorted(setup.queued()) == [
        ("hook all", "reply"),
        ("hook all", "state_changed"),
        ("hook all", "turn_changed"),
        ("mail ann", "your_turn"),
        ("mail max", "reply"),
    ]
    setup.tracker.database.close()


def test_kill_neither_loses_nor_duplicates_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    setup = Setup(tmp_path, Config(hook=(Hook("all", (), ("x",)),)))
    setup.take(patch())
    setup.watch()
    setup.detect_events()
    setup.now = BEGIN + 2 * DAY
    setup.take(reply("Why?"))
    from patchwatch.db import event_queue

    def killed(*_: object) -> None:
        raise DatabaseError("killed between queue and cursor")

    with monkeypatch.context() as patched:
        patched.setattr(event_queue, "set_event_cursor", killed)
        with pytest.raises(DatabaseError):
            setup.tracker.detect_events()
    assert setup.queued() == []
    setup.tracker.database.close()
    setup.tracker = setup.open()
    assert len(setup.detect_events()) == len(setup.queued()) == 3
    setup.tracker.database.close()
    setup.tracker = setup.open()
    assert setup.detect_events() == []
    assert len(setup.queued()) == 3
    for queued in setup.tracker.queued_events():
        setup.tracker.dequeue_event(queued.id)
    assert setup.queued() == []
    setup.tracker.database.close()


def test_event_mail_is_short_and_sanitized(setup: Setup) -> None:
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
