"""Digests are delivered exactly once: late, never twice, never lost, whoever is killed when."""

from __future__ import annotations

import datetime
import email
import email.policy
import re
import signal
import subprocess
import sys
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import replace
from email.message import EmailMessage
from pathlib import Path

import pytest

from patchwatch.cli.demo import DemoTracker, demo
from patchwatch.config import Config, Mail, Recipient
from patchwatch.errors import DeliveryError, NotFoundError
from patchwatch.notify.delivery import outbox
from patchwatch.notify.delivery.transport import Transport
from patchwatch.notify.digest.build import Digest
from patchwatch.notify.digest.recipient import DigestRecipient
from patchwatch.times import parse_time
from patchwatch.tracker import Tracker
from tests.support.mail_server import PASSWORD, USER, MailServer, mail_server

ANN = Recipient("ann", "ann@example.org", zone="Europe/Berlin")
DAY = 86_400


class Told(Tracker):
    """A tracker whose digests say what they were asked for, and whose mail goes into a list."""

    def __init__(self, directory: Path, *recipients: Recipient, empty: bool = False) -> None:
        mail = Mail("smtp", "mail.example.org", sender="Patchwatch <pw@example.org>")
        self.time = parse_time("2023-10-22T00:00Z")
        self.empty = empty
        self.asked: list[tuple[DigestRecipient | None, int | None, str]] = []
        self.carrier = Carrier()
        config = Config(digest=recipients or (ANN,), mail=mail)
        super().__init__(config, clock=lambda: float(self.time), database_url=f"sqlite:///{directory}/pw.db")

    def digest(self, reader: DigestRecipient | None = None, since: int | None = None, seen: str = "") -> Digest:
        self.asked.append((reader, since, seen))
        return Digest("[patchwatch] 1 needs action", f"Since {since}.\n", empty=self.empty, seen=f"seen at {self.time}")

    def at(self, time: str) -> None:
        self.time = parse_time(time)


class Carrier:
    """A transport that does as it is told: takes a mail, or fails."""

    name = "carrier"

    def __init__(self) -> None:
        self.fails: list[DeliveryError] = []
        self.taken: list[tuple[str, str, bytes]] = []

    def send(self, sender: str, to: str, mail: bytes) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.taken.append((sender, to, mail))

    def check(self) -> None:
        pass


@pytest.fixture
def tell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Told]:
    def make(*recipients: Recipient, empty: bool = False) -> Told:
        tracker = Told(tmp_path, *recipients, empty=empty)

        def carrier(_: Mail) -> Transport:
            return tracker.carrier

        monkeypatch.setattr("patchwatch.notify.delivery.transport.transport", carrier)
        return tracker

    return make


def outcomes(tracker: Tracker, *, today: bool = False) -> list[tuple[str, str]]:
    return [(one.key, one.outcome) for one in tracker.send_digests(today=today)]


TEMPORARY = DeliveryError("mail.example.org:587 answered 451 later", permanent=False)
REFUSED = DeliveryError("mail.example.org:587 answered 550 nobody", permanent=True)


# ---- when ----------------------------------------------------------------------------------------------------------


def test_a_digest_goes_out_at_its_hour_and_once(tell: Callable[..., Told]) -> None:
    tracker = tell()
    tracker.at("2023-10-23T04:59Z")
    assert (outcomes(tracker), tracker.next_delivery_at()) == ([], parse_time("2023-10-23T05:00Z"))
    tracker.at("2023-10-23T05:00Z")
    assert outcomes(tracker) == [("2023-10-23", "sent")]
    assert outcomes(tracker) == []
    assert tracker.next_delivery_at() == parse_time("2023-10-24T05:00Z")
    assert tracker.digests_sent() == {"ann": parse_time("2023-10-23T05:00Z")}
    (sender, to, raw) = tracker.carrier.taken[0]
    assert (sender, to) == ("pw@example.org", "ann@example.org")
    assert email.message_from_bytes(raw)["Date"] == "Mon, 23 Oct 2023 07:00:00 +0200"


def test_two_weeks_with_a_change_of_clocks_and_three_days_of_sleep(tell: Callable[..., Told]) -> None:
    """Looked at every ten minutes from the 22nd of October 2023; asleep from the 30th, 20:00, to the 2nd, 12:20."""
    tracker = tell()
    begin, sleeps, wakes = (
        parse_time("2023-10-22T00:00Z"),
        parse_time("2023-10-30T19:00Z"),
        parse_time("2023-11-02T11:20Z"),
    )
    for tracker.time in (t for t in range(begin, begin + 14 * DAY, 600) if not sleeps <= t < wakes):
        tracker.send_digests()
    mails = [email.message_from_bytes(raw) for _, _, raw in tracker.carrier.taken]
    usual = [f"2023-10-{day}" for day in range(22, 31)]
    assert [mail["X-Patchwatch"] for mail in mails] == [*usual, "2023-11-02", "2023-11-03", "2023-11-04"]
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    assert {mail["Date"][-14:] for mail in mails[:7]} == {"07:00:00 +0200"}
    assert {mail["Date"][-14:] for mail in mails[7:9] + mails[10:]} == {"07:00:00 +0100"}
    assert mails[9]["Date"] == "Thu, 02 Nov 2023 12:20:00 +0100"
    # Nothing is left out or told twice: each is told from where the one before ended.
    told = [(since, seen) for _, since, seen in tracker.asked]
    ends = [int(datetime.datetime.strptime(mail["Date"], "%a, %d %b %Y %H:%M:%S %z").timestamp()) for mail in mails]
    assert told == [(None, ""), *[(end, f"seen at {end}") for end in ends[:-1]]]


def test_a_day_with_nothing_new_has_no_mail_and_is_done(tell: Callable[..., Told]) -> None:
    tracker = tell(empty=True)
    tracker.at("2023-10-23T05:00Z")
    assert outcomes(tracker) == [("2023-10-23", "nothing")]
    assert outcomes(tracker) == []
    assert (tracker.carrier.taken, tracker.outbox()) == ([], ())
    assert tracker.next_delivery_at() == parse_time("2023-10-24T05:00Z")


def test_a_day_with_nothing_new_has_a_mail_for_who_asks_for_it(tell: Callable[..., Told]) -> None:
    tracker = tell(Recipient("ann", "ann@example.org", zone="Europe/Berlin", even_if_empty=True), empty=True)
    tracker.at("2023-10-23T05:00Z")
    assert outcomes(tracker) == [("2023-10-23", "sent")]


def test_each_recipient_has_an_hour_of_their_own_and_is_told_of_their_own(tell: Callable[..., Told]) -> None:
    team = Recipient(
        "team",
        "team@example.net",
        ("Ben@example.net",),
        ("netdev",),
        ("my-turn",),
        "18:00",
        "America/New_York",
        "weekly",
    )
    tracker = tell(ANN, team)
    tracker.at("2023-10-23T05:00Z")  # a Monday
    assert [one.recipient for one in tracker.send_digests()] == ["ann"]
    tracker.at("2023-10-23T22:00Z")
    assert [one.recipient for one in tracker.send_digests()] == ["team"]
    assert [reader for reader, _, _ in tracker.asked] == [
        DigestRecipient(),
        DigestRecipient(frozenset({"ben@example.net"}), frozenset({"netdev"}), ("my-turn",)),
    ]
    assert tracker.next_delivery_at() == parse_time("2023-10-24T05:00Z")


def test_asked_for_before_its_hour_it_is_todays(tell: Callable[..., Told]) -> None:
    tracker = tell()
    tracker.at("2023-10-23T03:00Z")
    assert outcomes(tracker, today=True) == [("2023-10-23", "sent")]
    assert outcomes(tracker, today=True) == []
    tracker.at("2023-10-23T05:00Z")
    assert outcomes(tracker) == []


def test_asked_for_after_a_sleep_it_is_todays_and_covers_the_days_before(tell: Callable[..., Told]) -> None:
    tracker = tell()
    tracker.at("2023-10-23T05:00Z")
    tracker.send_digests()
    tracker.at("2023-10-25T03:00Z")
    assert outcomes(tracker, today=True) == [("2023-10-25", "sent")]
    assert tracker.asked[-1][1] == parse_time("2023-10-23T05:00Z")
    tracker.at("2023-10-25T05:00Z")
    assert outcomes(tracker) == []


# ---- what goes wrong -----------------------------------------------------------------------------------------------


def test_what_can_not_be_delivered_now_is_tried_again_with_the_same_bytes(tell: Callable[..., Told]) -> None:
    tracker = tell()
    tracker.at("2023-10-23T05:00Z")
    tracker.carrier.fails = [TEMPORARY, TEMPORARY]
    (first,) = tracker.send_digests()
    assert (first.outcome, first.text) == ("later", f"{TEMPORARY}. It is tried again in 1 min.")
    (row,) = tracker.outbox()
    assert (row.tries, row.failure, row.failed_at) == (1, str(TEMPORARY), None)
    assert tracker.next_delivery_at() == row.try_at == tracker.time + 60
    assert outcomes(tracker) == []
    tracker.time += 60
    tracker.empty = True  # whatever is to be said by now
    assert outcomes(tracker) == [("2023-10-23", "later")]
    tracker.time += 120
    (last,) = tracker.send_digests()
    assert (last.outcome, last.message_id) == ("sent", first.message_id)
    assert tracker.carrier.taken[0][2].endswith(b"Since None.\r\n")
    assert (tracker.outbox(), len(tracker.carrier.taken)) == ((), 1)


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (7, 64), (8, 128), (9, 240), (10, 240), (500, 240)]
)
def test_the_pauses_grow_up_to_four_hours(tries: int, minutes: int) -> None:
    assert outbox.pause(tries) == minutes * 60


def test_after_five_days_it_is_given_up(tell: Callable[..., Told]) -> None:
    tracker = tell()
    tracker.at("2023-10-23T05:00Z")
    tracker.carrier.fails = [TEMPORARY] * 1000
    found = []
    while not found or found[-1].outcome == "later":
        found += [one for one in tracker.send_digests() if one.key == "2023-10-23"]
        tracker.time += 600
    assert found[-1].outcome == "failed"
    assert 5 * DAY < tracker.time - parse_time("2023-10-23T05:00Z") < 5.5 * DAY
    assert len(found) < 60
    assert [row.key for row in tracker.outbox() if row.failed_at is not None] == ["2023-10-23"]


def test_a_refusal_is_for_good_until_somebody_asks(tell: Callable[..., Told]) -> None:
    tracker = tell()
    tracker.at("2023-10-23T05:00Z")
    tracker.carrier.fails = [REFUSED]
    (refused,) = tracker.send_digests()
    assert (refused.outcome, str(REFUSED) in refused.text) == ("failed", True)
    tracker.time += 3600
    assert outcomes(tracker) == []
    (row,) = tracker.outbox()
    assert (row.failed_at, row.try_at) == (parse_time("2023-10-23T05:00Z"), None)
    assert tracker.next_delivery_at() == parse_time("2023-10-24T05:00Z")
    assert outcomes(tracker, today=True) == [("2023-10-23", "sent")]
    assert tracker.outbox() == ()


def test_a_digest_that_failed_does_not_hold_up_the_next(tell: Callable[..., Told]) -> None:
    tracker = tell()
    tracker.at("2023-10-23T05:00Z")
    tracker.carrier.fails = [REFUSED]
    tracker.send_digests()
    tracker.at("2023-10-24T05:00Z")
    assert outcomes(tracker) == [("2023-10-24", "sent")]


def test_what_was_written_to_somebody_who_is_not_in_the_config_any_more_stays_here(
    tell: Callable[..., Told],
) -> None:
    tracker = tell()
    tracker.at("2023-10-23T05:00Z")
    tracker.carrier.fails = [TEMPORARY]
    tracker.send_digests()
    tracker = tell(Recipient("ann", "other@example.org", zone="Europe/Berlin"))
    tracker.at("2023-10-23T06:00Z")
    (left,) = tracker.send_digests()
    assert (left.outcome, left.text) == ("failed", "no [[digest]] named ann goes to ann@example.org any more")
    assert tracker.carrier.taken == []


def test_a_list_that_is_known_here_gets_no_digest(tell: Callable[..., Told]) -> None:
    tracker = tell(Recipient("team", "netdev@corp.example", zone="Europe/Berlin"))
    tracker.follow("netdev")
    tracker.at("2023-10-23T05:00Z")
    (refused,) = tracker.send_digests()
    assert (refused.outcome, "netdev@corp.example is the address of a list" in refused.text) == ("failed", True)
    assert (tracker.carrier.taken, tracker.outbox()) == ([], ())
    begin = tracker.time
    again = begin + 600
    for tracker.time in (begin, begin + 60, begin + 120):  # whoever waits for it does not run hot
        assert tracker.next_delivery_at() == again
        assert tracker.send_digests() == ()
    tracker.time = again
    assert [one.outcome for one in tracker.send_digests()] == ["failed"]
    with pytest.raises(DeliveryError, match="no digest goes to a list"):
        tracker.digest_messages()
    with pytest.raises(DeliveryError, match="no digest goes to a list"):
        tracker.queue_message("team", "x", "s", "t")


def test_two_processes_send_it_once(tell: Callable[..., Told], tmp_path: Path) -> None:
    tracker, other = tell(), Told(tmp_path)
    tracker.at("2023-10-23T05:00Z")
    other.at("2023-10-23T05:00Z")
    meanwhile: list[list[tuple[str, str]]] = []
    send = tracker.carrier.send

    def slowly(sender: str, to: str, mail: bytes) -> None:
        meanwhile.append(outcomes(other, today=True))
        send(sender, to, mail)

    tracker.carrier.send = slowly  # type: ignore[method-assign]
    assert outcomes(tracker) == [("2023-10-23", "sent")]
    assert meanwhile == [[]]
    assert outcomes(other, today=True) == []
    assert len(tracker.carrier.taken) == 1


def test_a_try_that_took_too_long_changes_nothing_about_the_one_that_succeeded(
    tell: Callable[..., Told], tmp_path: Path
) -> None:
    tracker, other = tell(), Told(tmp_path)
    tracker.at("2023-10-23T05:00Z")
    other.at("2023-10-23T06:00Z")
    taken = tracker.carrier.send
    meanwhile: list[list[tuple[str, str]]] = []

    def asleep(sender: str, to: str, mail: bytes) -> None:
        tracker.carrier.send = taken  # type: ignore[method-assign]
        meanwhile.append(outcomes(other))
        raise TEMPORARY

    tracker.carrier.send = asleep  # type: ignore[method-assign]
    assert outcomes(tracker) == [("2023-10-23", "later")]
    assert meanwhile == [[("2023-10-23", "sent")]]
    tracker.at("2023-10-23T12:00Z")
    assert outcomes(tracker) == []
    assert (len(tracker.carrier.taken), tracker.outbox()) == (1, ())


def test_a_day_that_another_process_has_written_meanwhile_is_left_to_it(
    tell: Callable[..., Told], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker, other = tell(), Told(tmp_path)
    tracker.at("2023-10-23T05:00Z")
    other.at("2023-10-23T05:00Z")
    compose = tracker.digest

    def slowly(reader: DigestRecipient | None = None, since: int | None = None, seen: str = "") -> Digest:
        assert outcomes(other) == [("2023-10-23", "sent")]
        return compose(reader, since, seen)

    monkeypatch.setattr(tracker, "digest", slowly)
    assert outcomes(tracker) == []
    assert len(tracker.carrier.taken) == 1


# ---- mails of their own --------------------------------------------------------------------------------------------


def test_a_letter_goes_out_once_for_each_key(tell: Callable[..., Told]) -> None:
    tracker = tell()
    assert tracker.queue_message("ann", "applied 7", "[patchwatch] applied: x", "It was applied.\n")
    assert not tracker.queue_message("ann", "applied 7", "[patchwatch] applied: x", "It was applied.\n")
    assert tracker.next_delivery_at() == tracker.time
    assert outcomes(tracker) == [("applied 7", "sent")]
    assert not tracker.queue_message("ann", "applied 7", "[patchwatch] applied: x", "It was applied.\n")
    assert outcomes(tracker) == []
    assert tracker.carrier.taken[0][2].endswith(b"\r\n\r\nIt was applied.\r\n")
    with pytest.raises(NotFoundError, match="no \\[\\[digest\\]\\] named ben"):
        tracker.queue_message("ben", "x", "s", "t")


# ---- killed --------------------------------------------------------------------------------------------------------

KILLED = {
    "before the outbox is written": ("patchwatch.db.outbox", "put", "before", 1),
    "before the transaction is committed": ("patchwatch.db.outbox", "put", "after", 1),
    "when it is written": ("patchwatch.notify.delivery.outbox", "deliver", "before", 1),
    "when the try is noted": ("patchwatch.notify.delivery.transport", "transport", "before", 1),
    "before the server has taken it": ("smtplib:SMTP", "data", "before", 1),
    "when the server has taken it": ("smtplib:SMTP", "data", "after", 2),
    "when it is to be noted that it has": ("patchwatch.db.outbox", "sent", "before", 2),
    "before that is committed": ("patchwatch.db.outbox", "sent", "after", 2),
    "when it is noted": ("patchwatch.notify.delivery.outbox", "Delivery", "before", 1),
}
"""At which call, of what, before or after; and how many mails then arrive."""

PROCESS = """
import importlib, os, signal, sys
from patchwatch.config import Config, Mail, Recipient
from patchwatch.notify.digest.build import Digest
from patchwatch.tracker import Tracker

database, port, authority, now, where, name, when = sys.argv[1:]

class Told(Tracker):
    def digest(self, reader=None, since=None, seen=""):
        return Digest("[patchwatch] 1 needs action", f"Since {since}.")

module, _, inner = where.partition(":")
owner = importlib.import_module(module)
owner = getattr(owner, inner) if inner else owner
usual = getattr(owner, name)

def killed(*arguments, **named):
    if when == "after":
        usual(*arguments, **named)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(owner, name, killed)
mail = Mail("smtp", "127.0.0.1", int(port), "starttls", authority, "ann", sender="pw@example.org")
config = Config(digest=(Recipient("ann", "ann@example.org", zone="Europe/Berlin"),), mail=mail)
Told(config, clock=lambda: float(now), database_url=database).send_digests()
"""


class Restarted(Told):
    """The same program, started again: what it has to say, to the same server."""

    def __init__(self, directory: Path, office: MailServer, now: str) -> None:
        super().__init__(directory)
        self.at(now)
        mail = Mail("smtp", "127.0.0.1", office.port, "starttls", str(office.authority), USER, sender="pw@example.org")
        self.config = Config(digest=(ANN,), mail=mail)


@pytest.mark.parametrize("step", KILLED)
def test_killed_at_any_step_no_day_is_lost_or_doubled(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    where, name, when, expected = KILLED[step]
    monkeypatch.setenv("PATCHWATCH_SMTP_PASSWORD", PASSWORD)
    with mail_server(tmp_path) as office:
        settings = (f"sqlite:///{tmp_path}/pw.db", str(office.port), str(office.authority))
        killed = subprocess.run(
            [sys.executable, "-c", PROCESS, *settings, str(parse_time("2023-10-23T05:00Z")), where, name, when],
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert killed.returncode == -signal.SIGKILL, killed.stderr
        # Started again: at once, when the try must have ended, later, the next day.
        for now in ("2023-10-23T05:01Z", "2023-10-23T05:11Z", "2023-10-23T09:00Z", "2023-10-24T05:00Z"):
            tracker = Restarted(tmp_path, office, now)
            assert {one.outcome for one in tracker.send_digests()} <= {"sent"}
            tracker.database.close()
    mails = [email.message_from_bytes(raw) for raw in office.raws]
    assert [mail["X-Patchwatch"] for mail in mails] == ["2023-10-23"] * expected + ["2023-10-24"]
    assert len({mail["Message-ID"] for mail in mails}) == len(set(office.raws)) == 2


# ---- all of it, as it is -------------------------------------------------------------------------------------------


@pytest.fixture
def tracker() -> Iterator[DemoTracker]:
    with demo(parse_time("2023-09-18T05:00Z")) as tracker:
        yield tracker


def columns(text: str) -> int:
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def test_the_digest_is_received_and_read_back(
    tracker: DemoTracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATCHWATCH_SMTP_PASSWORD", PASSWORD)
    with mail_server(tmp_path) as office:
        mail = Mail("smtp", "127.0.0.1", office.port, "starttls", str(office.authority), USER)
        tracker.config = Config(digest=(ANN,), mail=replace(mail, sender="Jörg Müller <jm@example.org>"))
        assert [one.outcome for one in tracker.send_digests()] == ["sent"]
    (envelope,), (raw,) = office.mails, office.raws
    assert (envelope.mail_from, envelope.rcpt_tos, office.logins) == ("jm@example.org", [ANN.to], [(USER, True)])
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(read, EmailMessage)
    assert not read.defects
    assert not read.is_multipart()
    assert (read.get_content_type(), read.get_content_charset()) == ("text/plain", "utf-8")
    assert read["From"].addresses[0].display_name == "Jörg Müller"
    assert read["Subject"].startswith("[patchwatch] ")
    assert read["Date"] == "Mon, 18 Sep 2023 07:00:00 +0200"
    assert (read["Auto-Submitted"], read["Precedence"]) == ("auto-generated", "bulk")
    assert read["X-Patchwatch"] == "2023-09-18"
    text = read.get_content().replace("\r\n", "\n")
    links = [one for one in text.split("\n") if one.startswith("https://")]
    assert all(columns(one) <= 72 for one in text.split("\n") if one not in links)
    assert links
    assert all(re.fullmatch(r"https://lore\.kernel\.org/r/[^/\s]+@[^/\s]+/", one) for one in links)
    assert "tcp" in text
    assert all(len(one) <= 76 for one in raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))
