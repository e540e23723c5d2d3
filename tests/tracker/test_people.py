"""People who share a database on a server: what each decides for themselves, and what for all."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest

from patchwatch.config import Config, Hook, Me
from patchwatch.db import outbox
from patchwatch.db.outbox import DigestCursor
from patchwatch.errors import NotFoundError
from patchwatch.notify.digest.recipient import DigestRecipient
from patchwatch.series.own_labels import parse_change
from patchwatch.series.patch_reading import Mark
from patchwatch.series.point_labels import fate, names_in
from patchwatch.series.point_list import listed_points
from patchwatch.series.queue import Section
from patchwatch.sync.ingest import ingest
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker
from patchwatch.tracker.as_of import as_of
from tests.support.sample_threads import READS

DAY = 86_400
NOW = 1_695_283_200
XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"


class People:
    """Trackers on one database."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.now = NOW
        self.opened: list[Tracker] = []

    def open(self, *addresses: str) -> Tracker:
        hook = Hook("all", command=("true",))
        config = Config(me=Me(addresses), hook=(hook,))
        tracker = Tracker(config, clock=lambda: float(self.now), database_url=self.url)
        self.opened.append(tracker)
        return tracker


@pytest.fixture
def people(postgresql: str) -> Iterator[People]:
    found = People(postgresql)
    with found.open("ann@example.org").database.write() as connection:
        ingest(connection, [*READS["demo"], *READS["points"]], "bpf")
    yield found
    for tracker in found.opened:
        tracker.database.close()


def test_watches_read_marks_pins_and_snoozes_are_each_persons_own(people: People) -> None:
    ann, bo = people.open("ann@example.org"), people.open("bo@example.org")
    number = ann.find(XDP_V5)
    for tracker in (ann, bo):
        watch_known(tracker.database, [XDP_V5], NOW)
    watch_known(ann.database, ["r1@quill"], NOW)
    unread = bo.one(number).unread
    assert unread > 0
    ann.pin(number)
    ann.mute(number)
    ann.label(number, parse_change(["+todo"]))
    ann.snooze(number, NOW + DAY)
    ann.mark_read([row.message_id for row in ann.thread(number)])
    for row in (bo.one(number), next(line for line in bo.lines() if line.id == number)):
        assert (row.watched, row.pinned, row.muted, row.snoozed_until, row.unread) == (True, False, False, None, unread)
        assert row.labels == ()
    assert (ann.labels(), bo.labels()) == ({"todo": 1}, {})
    mine = ann.one(number)
    assert (mine.pinned, mine.muted, mine.snoozed_until, mine.unread) == (True, True, NOW + DAY, 0)
    ann.unwatch(number)
    assert bo.one(number).watched
    assert [len(tracker.series()) for tracker in (ann, bo)] == [1, 1]
    assert sum(inbox.watched for inbox in bo.inboxes()) == 2  # what anybody watches is polled


def test_the_past_has_ones_own_decisions(people: People) -> None:
    ann, bo = people.open("ann@example.org"), people.open("bo@example.org")
    number = ann.find(XDP_V5)
    ann.mute(number)
    bo.pin(number)
    for tracker in (ann, bo):
        tracker.label(number, parse_change([f"+of-{tracker.database.acting.name.partition('@')[0]}"]))
    for tracker, muted in ((ann, True), (bo, False)):
        with as_of(tracker, NOW) as past:
            row = past.one(number)
            assert (row.muted, row.pinned) == (muted, not muted)
            assert row.labels == ("of-ann" if muted else "of-bo",)


def test_patches_are_read_by_each_person(people: People) -> None:
    ann, bo = people.open("ann@example.org"), people.open("bo@example.org")
    row = ann.one(ann.find("r1@quill"))
    patch = row.revisions[-1].patch_message_ids[0]
    ann.mark_patches(row, [patch], Mark.SKIPPED)
    root = row.revisions[-1].message_id
    assert str(ann.readings(row)[root].patches[0].mark) == "skipped"
    assert str(bo.readings(row)[root].patches[0].mark) != "skipped"


def test_decisions_for_all_say_by_whom(people: People) -> None:
    ann, bo = people.open("Ann@Example.org"), people.open("bo@example.org")
    number = ann.find(XDP_V5)
    bo.mark(number, "rejected")
    evidence = ann.one(number).state_evidence
    assert evidence is not None
    assert evidence.text == "set by bo@example.org"
    with pytest.raises(NotFoundError, match="nothing to undo"):
        ann.undo()
    bo.dismiss(ann.find("r1@quill"), "1")
    for tracker, words in ((ann, "dismissed by bo"), (bo, "dismissed")):
        row = tracker.one(tracker.find("r1@quill"))
        listed = next(one for one in listed_points(row, NOW) if one.fate == "dismissed")
        assert fate(listed, names_in(row, [listed], tracker.addresses)) == words
    bo.undo()
    assert bo.one(number).state == "rejected"
    bo.undo()
    assert ann.one(number).state == "accepted"


def test_a_person_is_known_by_each_address_that_they_ever_had(people: People) -> None:
    ann = people.open("ann@example.org", "ann@work.example")
    ann.pin(ann.find(XDP_V5))
    for addresses in (["ann@work.example"], ["ann@new.example", "ANN@work.example"], ["ann@new.example"]):
        again = people.open(*addresses)
        assert again.one(again.find(XDP_V5)).pinned, addresses
    other = people.open("bo@example.org")
    assert not other.one(other.find(XDP_V5)).pinned


def test_who_adds_an_address_later_stays_the_same(people: People) -> None:
    nameless = people.open()
    nameless.pin(nameless.find(XDP_V5))
    cy = people.open("cy@example.org")
    assert cy.one(cy.find(XDP_V5)).pinned
    dee = people.open("dee@example.org")  # with the same login name
    assert not dee.one(dee.find(XDP_V5)).pinned


def test_events_and_digests_are_each_persons_own(people: People) -> None:
    ann, bo = people.open("ann@example.org"), people.open("bo@example.org")
    number = ann.find(XDP_V5)
    for tracker in (ann, bo):
        watch_known(tracker.database, [XDP_V5], NOW)
        tracker.detect_events()
    ann.mark(number, "rejected")
    with ann.database.write() as connection:
        outbox.set_digest_cursor(connection, "me", DigestCursor(date(2023, 9, 18), 100, "seen"))
        columns = {"address": "ann@example.org", "sender": "pw@example.org", "message_id": "1@pw", "subject": "x"}
        assert outbox.put(connection, "me", "2023-09-18", b"mail", 100, **columns)
    with bo.database.write() as connection:
        assert outbox.digest_cursor(connection, "me") is None
        assert outbox.claim(connection, 100, 700) is None
        assert outbox.put(connection, "me", "2023-09-18", b"mail", 100, **columns)
    assert [len(tracker.outbox()) for tracker in (ann, bo)] == [1, 1]
    me, her = DigestRecipient(frozenset({"bo@example.org"})), DigestRecipient(frozenset({"ann@example.org"}))
    ann.unwatch(number)
    sections = [sum(bo.digest_contents(one).counts[s] for s in Section) for one in (me, her)]
    assert sections[0] == sections[1] + 1  # the digest for Ann has what Ann watches


def test_old_mail_is_not_new_to_who_joins(people: People) -> None:
    people.now = NOW
    late = people.open("newcomer@example.org")
    assert not [line for line in late.lines() if line.place and line.place.section is Section.NEW]
