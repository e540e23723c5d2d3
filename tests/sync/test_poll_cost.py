"""What a poll costs, in requests, parsed mails and statements: it depends on what is new, not on what is known."""

from __future__ import annotations

import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from patchwatch.config import Config, Lore
from patchwatch.db import inboxes
from patchwatch.sources.lore import atom, query
from patchwatch.sync import poll, read_mail
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker
from tests.faults.server import FaultServer, SmallArchive
from tests.support.mails import mail

NOW = int(time.time())
DIFF = "---\n {0}.c | 1 +\n\ndiff --git a/{0}.c b/{0}.c\n--- a/{0}.c\n+++ b/{0}.c\n@@ -1 +1,2 @@\n a\n+int {0}_{1};\n"


class World:
    """A server with two lists, and a database that follows them and watches the series of one."""

    def __init__(self, directory: Path) -> None:
        self.upstream = SmallArchive()
        self.server = FaultServer(self.upstream)
        self.tracker = Tracker(Config(lore=Lore(url=self.server.url)), database_url=f"sqlite:///{directory}/pw.db")
        self.arrived = NOW - 7200
        for inbox in ("net", "bpf"):
            self.tracker.follow(inbox)
            self.patch(f"first-{inbox}", inbox=inbox)
        self.patch("widget")
        self.poll()
        watch_known(self.tracker.database, ["widget-v1@example.org"], NOW)
        self.poll()

    def deliver(self, message_id: str, subject: str, body: str, inbox: str = "net", who: str = "ann") -> None:
        self.arrived += 1
        when = formatdate(self.arrived)
        headers = {"Received": f"from a by b; {when}"}
        sender = f"{who.title()} Author <{who}@example.org>"
        raw = mail(message_id=message_id, subject=subject, sender=sender, date=when, headers=headers, body=body)
        self.upstream.deliver(inbox, raw)

    def patch(self, name: str, version: int = 1, number: str = "", inbox: str = "net", who: str = "ann") -> None:
        prefix = " ".join(part for part in ("PATCH", f"v{version}" * (version > 1), number) if part)
        code = DIFF.format(name.replace("-", "_"), version)
        body = f"Count it.\n\nSigned-off-by: {who.title()} Author <{who}@example.org>\n{code}"
        self.deliver(f"{name}-v{version}@example.org", f"[{prefix}] {name}: count it right", body, inbox, who)

    def poll(self) -> list[str]:
        """Poll; return what was requested, without the queries."""
        self.server.requests.clear()
        assert self.tracker.poll().failures == ()
        return sorted(request.partition("?")[0] for request in self.server.requests)

    def versions(self) -> list[int]:
        (row,) = self.tracker.series()
        return [revision.version for revision in row.revisions]


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    world = World(tmp_path)
    yield world
    world.tracker.database.close()
    world.server.close()


def test_a_new_version_on_a_polled_list_needs_no_further_request(world: World) -> None:
    world.patch("widget", 2)
    requests = world.poll()
    assert world.versions() == [1, 2]
    assert requests == ["/all/", "/bpf/", "/bpf/new.atom", "/net/"]


@pytest.mark.parametrize(("version", "number"), [(3, ""), (2, "1/2")])
def test_a_gap_between_versions_or_patches_is_looked_for(version: int, number: str, world: World) -> None:
    world.patch("widget", version, number)
    requests = world.poll()
    assert world.versions() == [1, version]
    assert f"/net/widget-v{version}@example.org/t.mbox.gz" in requests


def test_a_new_version_on_another_list_is_fetched_with_its_thread(world: World) -> None:
    world.patch("widget", 2, inbox="fs")
    requests = world.poll()
    assert world.versions() == [1, 2]
    assert "/all/widget-v2@example.org/t.mbox.gz" in requests


def test_stored_mail_is_not_parsed_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    parse = read_mail.parse
    monkeypatch.setattr(read_mail, "parse", lambda raw, now: parsed.append(raw) or parse(raw, now))
    world.poll()
    assert parsed == []
    world.deliver("new@example.org", "Lunch", "Soup.\n")
    world.poll()
    assert len(parsed) == 1


def test_another_mail_with_a_known_message_id_is_stored(world: World) -> None:
    world.deliver("widget-v1@example.org", "[PATCH] widget: count it right", "Forged.\n")
    world.poll()
    assert [copy.endswith(b"Forged.\n") for copy in world.tracker.other_copies("widget-v1@example.org")] == [True]


def test_stored_mail_that_is_posted_to_a_second_list_is_seen_there(world: World) -> None:
    (raw,) = (one for one in world.upstream.mails("net") if b"<widget-v1@" in one)
    world.upstream.deliver("bpf", raw)
    world.poll()
    (row,) = world.tracker.series()
    assert row.inboxes == ("bpf", "net")


def test_a_feed_that_did_not_change_is_not_parsed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    parsed: list[bytes] = []
    parse = atom.parse_feed
    monkeypatch.setattr(atom, "parse_feed", lambda content: parsed.append(content) or parse(content))
    world.poll()
    assert parsed == []
    world.patch("spindle", inbox="bpf")
    world.poll()
    world.poll()
    assert len(parsed) == 1


def test_of_many_authors_each_poll_asks_for_the_next_and_misses_none(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "_MAX_QUERY_BYTES", 1)  # an author in each query
    monkeypatch.setattr(poll, "_AUTHOR_QUERIES", 2)
    names = ("bea", "cid", "dot", "eve")  # besides ann
    for name in names:
        world.patch(f"{name}-wheel", who=name)
    world.poll()
    watch_known(world.tracker.database, [f"{name}-wheel-v1@example.org" for name in names], NOW)
    asked: list[list[str]] = []
    for number in range(6):
        if number == 1:  # ann was asked for, and eve will be in the next poll
            world.patch("widget", 2, inbox="fs", who="ann")
            world.patch("eve-wheel", 2, inbox="fs", who="eve")
        world.poll()
        requests = [one for one in world.server.requests if one.startswith("/all/?")]
        asked.append([name for name in ("ann", *names) for one in requests if f"{name}%40" in one])
    assert asked == [["ann", "bea"], ["cid", "dot"], ["eve"]] * 2
    versions = {row.title: [one.version for one in row.revisions] for row in world.tracker.series()}
    assert versions["widget: count it right"] == versions["eve-wheel: count it right"] == [1, 2]


def test_a_round_through_the_authors_asks_from_the_begin_of_the_last_one(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(query, "_MAX_QUERY_BYTES", 1)
    monkeypatch.setattr(poll, "_AUTHOR_QUERIES", 1)
    world.patch("bea-wheel", who="bea")
    world.poll()
    watch_known(world.tracker.database, ["bea-wheel-v1@example.org"], NOW)
    cursors = []
    for day in range(1, 6):
        monkeypatch.setattr(poll, "_clock", lambda day=day: NOW + day * 86_400)
        world.server.heal()
        world.server.inject("/all/", lambda x, day=day: x.pass_on(Date=formatdate(NOW + day * 86_400, usegmt=True)))
        world.poll()
        with world.tracker.database.read() as connection:
            cursors.append(((inboxes.cursor(connection, "all")[0] or 0) - NOW + 600) // 86_400)
    assert cursors == [0, 1, 1, 3, 3]  # rounds begin on the first, third and fifth day
