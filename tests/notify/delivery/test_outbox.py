"""Digests are delivered exactly once: perhaps late, never twice, never lost, even after a kill."""

from __future__ import annotations

import datetime
import email
import email.policy
import importlib
import os
import re
import signal
import unicodedata
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from msgspec.structs import replace

from patchwatch.cli.demo import DemoTracker
from patchwatch.config import Config, Mail, Recipient
from patchwatch.errors import DeliveryError, NotFoundError
from patchwatch.notify.delivery import outbox
from patchwatch.notify.delivery.transport import Transport
from patchwatch.notify.digest.build import Digest
from patchwatch.notify.digest.recipient import DigestRecipient
from patchwatch.times import parse_time
from patchwatch.tracker import Tracker
from tests.support.demo import demo
from tests.support.mail_server import PASSWORD, USER, MailServer, mail_server

ANN = Recipient("ann", "ann@example.org", zone="Europe/Berlin")
DAY = 86_400


class FakeDigests(Tracker):
    """A tracker that records the calls of `digest`, and whose mail goes to a `Carrier`."""

    def __init__(self, directory: Path, *recipients: Recipient, empty: bool = False) -> None:
        mail = Mail("smtp", "mail.example.org", sender="Patchwatch <pw@example.org>")
        self.time = parse_time("2023-10-22T00:00Z")
        self.empty = empty
        self.calls: list[tuple[DigestRecipient | None, int | None, str]] = []
        self.carrier = Carrier()
        config = Config(digest=recipients or (ANN,), mail=mail)
        super().__init__(config, clock=lambda: float(self.time), database_url=f"sqlite:///{directory}/pw.db")

    def digest(self, recipient: DigestRecipient | None = None, since: int | None = None, seen: str = "") -> Digest:
        self.calls.append((recipient, since, seen))
        return Digest("[patchwatch] 1 needs action", f"Since {since}.\n", empty=self.empty, seen=f"seen at {self.time}")

    def at(self, time: str) -> None:
        self.time = parse_time(time)


class Carrier:
    """A transport that saves mails, or fails as configured."""

    name = "carrier"

    def __init__(self) -> None:
        self.fails: list[DeliveryError] = []
        self.sent: list[tuple[str, str, bytes]] = []

    def send(self, sender: str, to: str, mail: bytes, accepted: Callable[[], None] = lambda: None) -> None:
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append((sender, to, mail))
        accepted()

    def check(self) -> None:
        pass


@pytest.fixture
def make_tracker(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., FakeDigests]:
    def make(*recipients: Recipient, empty: bool = False) -> FakeDigests:
        tracker = FakeDigests(tmp_path, *recipients, empty=empty)

        def carrier(_: Mail) -> Transport:
            return tracker.carrier

        monkeypatch.setattr("patchwatch.notify.delivery.transport.transport", carrier)
        return tracker

    return make


def outcomes(tracker: Tracker, *, today: bool = False) -> list[tuple[str, str]]:
    return [(one.key, one.outcome) for one in tracker.send_digests(today=today)]


TEMPORARY = DeliveryError("mail.example.org:587 responded 451 later", permanent=False)
REFUSED = DeliveryError("mail.example.org:587 responded 550 nobody", permanent=True)


# ---- schedule ------------------------------------------------------------------------------------------------------


def test_digest_is_sent_once_at_its_time(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker()
    tracker.at("2023-10-23T04:59Z")
    assert (outcomes(tracker), tracker.next_delivery_at()) == ([], parse_time("2023-10-23T05:00Z"))
    tracker.at("2023-10-23T05:00Z")
    assert outcomes(tracker) == [("2023-10-23", "sent")]
    assert outcomes(tracker) == []
    assert tracker.next_delivery_at() == parse_time("2023-10-24T05:00Z")
    assert tracker.digests_sent() == {"ann": parse_time("2023-10-23T05:00Z")}
    (sender, to, raw) = tracker.carrier.sent[0]
    assert (sender, to) == ("pw@example.org", "ann@example.org")
    assert email.message_from_bytes(raw)["Date"] == "Mon, 23 Oct 2023 07:00:00 +0200"


def test_two_weeks_with_a_clock_change_and_three_days_asleep(make_tracker: Callable[..., FakeDigests]) -> None:
    """Checked every ten minutes from 22 October 2023; asleep from the 30th, 20:00, to 2 November, 12:20."""
    tracker = make_tracker()
    begin, sleeps, wakes = (
        parse_time("2023-10-22T00:00Z"),
        parse_time("2023-10-30T19:00Z"),
        parse_time("2023-11-02T11:20Z"),
    )
    for tracker.time in (t for t in range(begin, begin + 14 * DAY, 600) if not sleeps <= t < wakes):
        tracker.send_digests()
    mails = [email.message_from_bytes(raw) for _, _, raw in tracker.carrier.sent]
    usual = [f"2023-10-{day}" for day in range(22, 31)]
    assert [mail["X-Patchwatch"] for mail in mails] == [*usual, "2023-11-02", "2023-11-03", "2023-11-04"]
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)
    assert {mail["Date"][-14:] for mail in mails[:7]} == {"07:00:00 +0200"}
    assert {mail["Date"][-14:] for mail in mails[7:9] + mails[10:]} == {"07:00:00 +0100"}
    assert mails[9]["Date"] == "Thu, 02 Nov 2023 12:20:00 +0100"
    # Nothing is left out or repeated: each digest starts where the previous one ended.
    ranges = [(since, seen) for _, since, seen in tracker.calls]
    ends = [int(datetime.datetime.strptime(mail["Date"], "%a, %d %b %Y %H:%M:%S %z").timestamp()) for mail in mails]
    assert ranges == [(None, ""), *[(end, f"seen at {end}") for end in ends[:-1]]]


def test_day_without_news_is_done_without_a_mail(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker(empty=True)
    tracker.at("2023-10-23T05:00Z")
    assert outcomes(tracker) == [("2023-10-23", "nothing")]
    assert outcomes(tracker) == []
    assert (tracker.carrier.sent, tracker.outbox()) == ([], ())
    assert tracker.next_delivery_at() == parse_time("2023-10-24T05:00Z")


def test_even_if_empty_sends_a_mail_without_news(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker(Recipient("ann", "ann@example.org", zone="Europe/Berlin", even_if_empty=True), empty=True)
    tracker.at("2023-10-23T05:00Z")
    assert outcomes(tracker) == [("2023-10-23", "sent")]


def test_recipients_have_their_own_time_and_series(make_tracker: Callable[..., FakeDigests]) -> None:
    team = Recipient(
        "team",
        "team@example.net",
        ("Ben@example.net",),
        ("netdev",),
        ("review",),
        "18:00",
        "America/New_York",
        "weekly",
    )
    tracker = make_tracker(ANN, team)
    tracker.at("2023-10-23T05:00Z")  # a Monday
    assert [one.recipient for one in tracker.send_digests()] == ["ann"]
    tracker.at("2023-10-23T22:00Z")
    assert [one.recipient for one in tracker.send_digests()] == ["team"]
    assert [recipient for recipient, _, _ in tracker.calls] == [
        DigestRecipient(),
        DigestRecipient(frozenset({"ben@example.net"}), frozenset({"netdev"}), ("review",)),
    ]
    assert tracker.next_delivery_at() == parse_time("2023-10-24T05:00Z")


def test_today_sends_before_the_time(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker()
    tracker.at("2023-10-23T03:00Z")
    assert outcomes(tracker, today=True) == [("2023-10-23", "sent")]
    assert outcomes(tracker, today=True) == []
    tracker.at("2023-10-23T05:00Z")
    assert outcomes(tracker) == []


def test_today_after_missed_days_covers_them(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker()
    tracker.at("2023-10-23T05:00Z")
    tracker.send_digests()
    tracker.at("2023-10-25T03:00Z")
    assert outcomes(tracker, today=True) == [("2023-10-25", "sent")]
    assert tracker.calls[-1][1] == parse_time("2023-10-23T05:00Z")
    tracker.at("2023-10-25T05:00Z")
    assert outcomes(tracker) == []


# ---- failures ------------------------------------------------------------------------------------------------------


def test_temporary_failure_is_retried_with_the_same_bytes(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker()
    tracker.at("2023-10-23T05:00Z")
    tracker.carrier.fails = [TEMPORARY, TEMPORARY]
    (first,) = tracker.send_digests()
    assert (first.outcome, first.text) == ("later", f"{TEMPORARY}. Next try in 1 min.")
    (row,) = tracker.outbox()
    assert (row.tries, row.failure, row.failed_at) == (1, str(TEMPORARY), None)
    assert tracker.next_delivery_at() == row.try_at == tracker.time + 60
    assert outcomes(tracker) == []
    tracker.time += 60
    tracker.empty = True  # by now the digest would be another one
    assert outcomes(tracker) == [("2023-10-23", "later")]
    tracker.time += 120
    (last,) = tracker.send_digests()
    assert (last.outcome, last.message_id) == ("sent", first.message_id)
    assert tracker.carrier.sent[0][2].endswith(b"Since None.\r\n")
    assert (tracker.outbox(), len(tracker.carrier.sent)) == ((), 1)


@pytest.mark.parametrize(
    ("tries", "minutes"), [(1, 1), (2, 2), (3, 4), (4, 8), (7, 64), (8, 128), (9, 240), (10, 240), (500, 240)]
)
def test_retry_delay_grows_to_four_hours(tries: int, minutes: int) -> None:
    assert outbox.retry_delay(tries) == minutes * 60


def test_delivery_fails_permanently_after_five_days(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker()
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


def test_refusal_is_permanent_until_requested_again(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker()
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


def test_failed_digest_does_not_block_the_next(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker()
    tracker.at("2023-10-23T05:00Z")
    tracker.carrier.fails = [REFUSED]
    tracker.send_digests()
    tracker.at("2023-10-24T05:00Z")
    assert outcomes(tracker) == [("2023-10-24", "sent")]


def test_mail_to_a_removed_recipient_is_not_sent(
    make_tracker: Callable[..., FakeDigests],
) -> None:
    tracker = make_tracker()
    tracker.at("2023-10-23T05:00Z")
    tracker.carrier.fails = [TEMPORARY]
    tracker.send_digests()
    tracker = make_tracker(Recipient("ann", "other@example.org", zone="Europe/Berlin"))
    tracker.at("2023-10-23T06:00Z")
    (left,) = tracker.send_digests()
    assert (left.outcome, left.text) == ("failed", "no [[digest]] named ann has the address ann@example.org any more")
    assert tracker.carrier.sent == []


def test_known_list_gets_no_digest(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker(Recipient("team", "netdev@corp.example", zone="Europe/Berlin"))
    tracker.follow("netdev")
    tracker.at("2023-10-23T05:00Z")
    (refused,) = tracker.send_digests()
    assert (refused.outcome, "netdev@corp.example is the address of a mailing list" in refused.text) == ("failed", True)
    assert (tracker.carrier.sent, tracker.outbox()) == ([], ())
    begin = tracker.time
    again = begin + 600
    for tracker.time in (begin, begin + 60, begin + 120):  # no busy loop
        assert tracker.next_delivery_at() == again
        assert tracker.send_digests() == ()
    tracker.time = again
    assert [one.outcome for one in tracker.send_digests()] == ["failed"]
    with pytest.raises(DeliveryError, match="digests are not sent to lists"):
        tracker.digest_messages()
    with pytest.raises(DeliveryError, match="digests are not sent to lists"):
        tracker.queue_message("team", "x", "s", "t")


def test_two_processes_send_one_mail(make_tracker: Callable[..., FakeDigests], tmp_path: Path) -> None:
    tracker, other = make_tracker(), FakeDigests(tmp_path)
    tracker.at("2023-10-23T05:00Z")
    other.at("2023-10-23T05:00Z")
    meanwhile: list[list[tuple[str, str]]] = []
    send = tracker.carrier.send

    def slowly(sender: str, to: str, mail: bytes, accepted: Callable[[], None]) -> None:
        meanwhile.append(outcomes(other, today=True))
        send(sender, to, mail, accepted)

    tracker.carrier.send = slowly  # type: ignore[method-assign]
    assert outcomes(tracker) == [("2023-10-23", "sent")]
    assert meanwhile == [[]]
    assert outcomes(other, today=True) == []
    assert len(tracker.carrier.sent) == 1


def test_late_failure_does_not_undo_a_success(make_tracker: Callable[..., FakeDigests], tmp_path: Path) -> None:
    tracker, other = make_tracker(), FakeDigests(tmp_path)
    tracker.at("2023-10-23T05:00Z")
    other.at("2023-10-23T06:00Z")
    send = tracker.carrier.send
    meanwhile: list[list[tuple[str, str]]] = []

    def asleep(sender: str, to: str, mail: bytes, accepted: Callable[[], None]) -> None:
        tracker.carrier.send = send  # type: ignore[method-assign]
        meanwhile.append(outcomes(other))
        raise TEMPORARY

    tracker.carrier.send = asleep  # type: ignore[method-assign]
    assert outcomes(tracker) == [("2023-10-23", "later")]
    assert meanwhile == [[("2023-10-23", "sent")]]
    tracker.at("2023-10-23T12:00Z")
    assert outcomes(tracker) == []
    assert (len(tracker.carrier.sent), tracker.outbox()) == (1, ())


def test_day_written_by_another_process_meanwhile_is_skipped(
    make_tracker: Callable[..., FakeDigests], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tracker, other = make_tracker(), FakeDigests(tmp_path)
    tracker.at("2023-10-23T05:00Z")
    other.at("2023-10-23T05:00Z")
    build = tracker.digest

    def slowly(recipient: DigestRecipient | None = None, since: int | None = None, seen: str = "") -> Digest:
        assert outcomes(other) == [("2023-10-23", "sent")]
        return build(recipient, since, seen)

    monkeypatch.setattr(tracker, "digest", slowly)
    assert outcomes(tracker) == []
    assert len(tracker.carrier.sent) == 1


# ---- event mails ---------------------------------------------------------------------------------------------------


def test_message_is_sent_once_per_key(make_tracker: Callable[..., FakeDigests]) -> None:
    tracker = make_tracker()
    assert tracker.queue_message("ann", "applied 7", "[patchwatch] applied: x", "It was applied.\n")
    assert not tracker.queue_message("ann", "applied 7", "[patchwatch] applied: x", "It was applied.\n")
    assert tracker.next_delivery_at() == tracker.time
    assert outcomes(tracker) == [("applied 7", "sent")]
    assert not tracker.queue_message("ann", "applied 7", "[patchwatch] applied: x", "It was applied.\n")
    assert outcomes(tracker) == []
    assert tracker.carrier.sent[0][2].endswith(b"\r\n\r\nIt was applied.\r\n")
    with pytest.raises(NotFoundError, match="no \\[\\[digest\\]\\] named ben"):
        tracker.queue_message("ben", "x", "s", "t")


# ---- kills ---------------------------------------------------------------------------------------------------------

KILLED = {
    "before the mail is queued": ("patchwatch.db.outbox", "put", "before", 1),
    "before the transaction is committed": ("patchwatch.db.outbox", "put", "after", 1),
    "after it is queued": ("patchwatch.notify.delivery.outbox", "deliver", "before", 1),
    "after the try is recorded": ("patchwatch.notify.delivery.transport", "transport", "before", 1),
    "before the server has accepted it": ("smtplib:SMTP", "data", "before", 1),
    "after the server has accepted it": ("smtplib:SMTP", "data", "after", 2),
    "before the session ends": ("smtplib:SMTP", "quit", "before", 1),
    "before that is recorded": ("patchwatch.db.outbox", "mark_sent", "before", 2),
    "before that is committed": ("patchwatch.db.outbox", "mark_sent", "after", 2),
    "after that is recorded": ("patchwatch.notify.delivery.outbox", "Delivery", "before", 1),
}
"""The call at which to kill, before or after it, and how many mails arrive."""


class Restarted(FakeDigests):
    """The same program, started again, with the same server."""

    def __init__(self, directory: Path, server: MailServer, now: str) -> None:
        super().__init__(directory)
        self.at(now)
        mail = Mail("smtp", "127.0.0.1", server.port, "starttls", str(server.authority), USER, sender="pw@example.org")
        self.config = Config(digest=(ANN,), mail=mail)


def killed(tracker: Restarted, step: str) -> bool:
    """Send the digest in a fork of this process, which kills itself at that step; returns whether it did."""
    pid = os.fork()
    if pid == 0:
        try:
            signal.alarm(60)
            where, name, when, _ = KILLED[step]
            module, _, inner = where.partition(":")
            owner = importlib.import_module(module)
            owner = getattr(owner, inner) if inner else owner
            usual = getattr(owner, name)

            def kill(*arguments: object, **named: object) -> None:
                if when == "after":
                    usual(*arguments, **named)
                os.kill(os.getpid(), signal.SIGKILL)

            setattr(owner, name, kill)
            tracker.send_digests()
        finally:
            os._exit(1)
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) == -signal.SIGKILL


@pytest.mark.parametrize("step", KILLED)
def test_kill_at_any_step_neither_loses_nor_repeats_a_day(
    step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    *_, expected = KILLED[step]
    monkeypatch.setenv("PATCHWATCH_SMTP_PASSWORD", PASSWORD)
    with mail_server(tmp_path) as server:
        assert killed(Restarted(tmp_path, server, "2023-10-23T05:00Z"), step)
        # Started again: immediately, after the lease, later, the next day.
        for now in ("2023-10-23T05:01Z", "2023-10-23T05:11Z", "2023-10-23T09:00Z", "2023-10-24T05:00Z"):
            tracker = Restarted(tmp_path, server, now)
            assert {one.outcome for one in tracker.send_digests()} <= {"sent"}
            tracker.database.close()
    mails = [email.message_from_bytes(raw) for raw in server.raws]
    assert [mail["X-Patchwatch"] for mail in mails] == ["2023-10-23"] * expected + ["2023-10-24"]
    assert len({mail["Message-ID"] for mail in mails}) == len(set(server.raws)) == 2


# ---- end to end ----------------------------------------------------------------------------------------------------


@pytest.fixture
def tracker() -> Iterator[DemoTracker]:
    with demo(parse_time("2023-09-18T05:00Z")) as tracker:
        yield tracker


def columns(text: str) -> int:
    return sum(
        0 if unicodedata.category(c) in ("Mn", "Me") else 2 if unicodedata.east_asian_width(c) in "WF" else 1
        for c in text
    )


def test_digest_is_received_over_smtp(tracker: DemoTracker, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHWATCH_SMTP_PASSWORD", PASSWORD)
    with mail_server(tmp_path) as server:
        mail = Mail("smtp", "127.0.0.1", server.port, "starttls", str(server.authority), USER)
        tracker.config = Config(digest=(ANN,), mail=replace(mail, sender="Jörg Müller <jm@example.org>"))
        assert [one.outcome for one in tracker.send_digests()] == ["sent"]
    (envelope,), (raw,) = server.mails, server.raws
    assert (envelope.mail_from, envelope.rcpt_tos, server.logins) == ("jm@example.org", [ANN.to], [(USER, True)])
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
    links = [one for one in text.split("\n") if " https://" in one]
    assert all(columns(one) <= 72 for one in text.split("\n") if one not in links)
    assert links
    assert all(re.fullmatch(r"#\d+ https://lore\.kernel\.org/r/[^/\s]+@[^/\s]+/", one) for one in links)
    assert "tcp" in text
    assert all(len(one) <= 76 for one in raw.split(b"\r\n\r\n", 1)[1].split(b"\r\n"))
