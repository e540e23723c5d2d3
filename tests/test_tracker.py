"""What people decide: marks, links, mutes, snoozes; it outranks what is inferred, survives reindex, and shows who."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from mails import mail
from sqlalchemy import update

from patchwatch.db import mails, schema
from patchwatch.db.queries import Filter
from patchwatch.db.rows import SeriesRow
from patchwatch.demo import NOW, DemoTracker, demo
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.ingest import ingest, read_mail

XDP_V4, XDP_V5 = "20230730114951.74067-1-hffilwlqm@gmail.com", "20230801142621.7925-1-hffilwlqm@gmail.com"
TCP_V4 = "20230825133246.344364-1-me@manjusaka.me"
MGLRU_V3 = "20230920190244.16839-1-ryncsn@gmail.com"
DAY = 86_400


@pytest.fixture
def tracker() -> Iterator[DemoTracker]:
    with demo() as tracker:
        yield tracker


def row(tracker: DemoTracker, message_id: str) -> SeriesRow:
    return tracker.one(tracker.find(message_id))


def take(tracker: DemoTracker, raw: bytes) -> None:
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw)], "bpf")


def test_the_three_chains_are_those_of_the_facts(tracker: DemoTracker) -> None:
    chains = {tuple((r.version, r.patches, r.follow_ups) for r in s.revisions) for s in tracker.series()}
    assert chains == {
        ((4, 2, 4), (5, 2, 3)),  # xdp
        ((1, 4, 0), (3, 4, 0)),  # mglru: v2 was never seen, two patches of v3 are missing
        ((1, 0, 0), (1, 1, 4), (1, 1, 3), (2, 1, 5), (3, 1, 14), (4, 1, 3)),  # tcp: proposal, RFC, v1 to v4
    }


@pytest.mark.parametrize(
    ("message_id", "state", "turn"),
    [(XDP_V5, "accepted", "nobody"), (MGLRU_V3, "new", "reviewers"), (TCP_V4, "deferred", "author")],
)
def test_the_three_threads_stand_where_the_facts_say(
    tracker: DemoTracker, message_id: str, state: str, turn: str
) -> None:
    found = row(tracker, message_id)
    assert (found.state, found.turn) == (state, turn)


def test_the_state_is_proven_by_the_mail_that_says_it(tracker: DemoTracker) -> None:
    evidence = row(tracker, XDP_V5).state_evidence
    assert evidence is not None
    assert evidence.message_id == "169101242321.7476.5572550064226640292.git-patchwork-notify@kernel.org"
    assert evidence.text == "This series was applied to bpf/bpf-next.git (master)"


def test_a_mark_outranks_what_is_inferred_and_survives_reindex(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.mark(number, "under-review", by="me")
    for _ in range(2):
        found = tracker.one(number)
        assert (found.state, found.turn) == ("under-review", "reviewers")
        assert found.state_evidence is not None
        assert (found.state_evidence.text, found.state_evidence.by_hand) == ("set by me", True)
        tracker.reindex(lambda done: None)


def test_a_mark_is_taken_back(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.mark(number, "rejected")
    tracker.mark(number, None)
    assert tracker.one(number).state == "accepted"


def test_a_mark_holds_until_a_newer_revision_is_posted(tracker: DemoTracker) -> None:
    number = tracker.find(TCP_V4)
    tracker.mark(number, "not-applicable")
    take(
        tracker,
        mail(
            message_id="v5@example.org",
            subject="[PATCH v5] tracepoint: add new `tcp:tcp_ca_event` trace event",
            sender="Zheao Li <me@manjusaka.me>",
            date="Wed, 20 Sep 2023 12:00:00 +0000",
            body="Once more.\n---\n",
        ),
    )
    found = tracker.one(number)
    assert (found.version, found.state, found.turn) == (5, "new", "reviewers")


def test_an_unknown_state_is_refused(tracker: DemoTracker) -> None:
    with pytest.raises(InvalidInputError, match="is no state"):
        tracker.mark(tracker.find(XDP_V5), "superseded")


def test_unlink_parts_a_series_for_good_and_both_keep_a_number(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    later, earlier = tracker.unlink(XDP_V5)
    assert {later, earlier} == {tracker.find(XDP_V5), tracker.find(XDP_V4)}
    assert number in (later, earlier)
    assert later != earlier
    tracker.reindex(lambda done: None)
    assert len(tracker.one(later).revisions) == len(tracker.one(earlier).revisions) == 1
    assert tracker.one(later).state == "accepted"


def test_link_joins_what_was_parted_and_shows_who_said_so(tracker: DemoTracker) -> None:
    tracker.unlink(XDP_V5)
    number = tracker.link(XDP_V5, XDP_V4, by="me")
    tracker.reindex(lambda done: None)
    found = tracker.one(number)
    before = found.revisions[1].predecessor
    assert before is not None
    assert (before.message_id, before.evidence, before.by_hand) == (XDP_V4, ("linked by me",), True)


def test_link_joins_what_nothing_connects(tracker: DemoTracker) -> None:
    joined = tracker.link(MGLRU_V3, XDP_V5)
    assert tracker.find(XDP_V4) == tracker.find(MGLRU_V3) == joined


@pytest.mark.parametrize("pair", [(XDP_V5, XDP_V5), (XDP_V4, "nobody@example.org")])
def test_senseless_links_are_refused(tracker: DemoTracker, pair: tuple[str, str]) -> None:
    with pytest.raises((InvalidInputError, NotFoundError)):
        tracker.link(*pair)


def test_a_circle_of_links_is_refused(tracker: DemoTracker) -> None:
    tracker.link(XDP_V5, XDP_V4)
    with pytest.raises(InvalidInputError, match="unlink"):
        tracker.link(XDP_V4, XDP_V5)


def test_numbers_and_message_ids_and_links_name_a_series(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    names = [str(number), f"#{number}", f"<{XDP_V4}>", f"https://lore.kernel.org/bpf/{XDP_V4}/T/#t"]
    names.append("169101242321.7476.5572550064226640292.git-patchwork-notify@kernel.org")  # a reply names it too
    assert [tracker.find(name) for name in names] == [number] * len(names)


def test_the_number_of_any_revision_names_its_series(tracker: DemoTracker) -> None:
    found = row(tracker, TCP_V4)
    assert {tracker.find(str(r.id)) for r in found.revisions} == {found.id}


def test_unwatch_keeps_the_mail(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.unwatch(number)
    assert number not in {s.id for s in tracker.series()}
    assert tracker.one(number).watched is False
    assert number in {s.id for s in tracker.series(everything=True)}


def test_a_snooze_ends_at_its_time(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.snooze(number, NOW + DAY)
    assert tracker.one(number).snoozed_until == NOW + DAY
    with demo(NOW) as other:
        other.snooze(other.find(XDP_V5), NOW - 1)
        assert row(other, XDP_V5).snoozed_until is None


def test_a_snooze_without_a_time_ends_with_an_answer(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.snooze(number, None)
    assert tracker.one(number).snoozed_until == 0
    take(
        tracker,
        mail(
            message_id="late@example.org",
            subject="Re: [PATCH bpf-next v5 0/2] bpf, xdp: Add tracepoint to xdp attaching failure",
            sender="Rita Reviewer <rita@example.org>",
            date="Thu, 21 Sep 2023 09:00:00 +0000",
            in_reply_to=XDP_V5,
            body="Is this in a release yet?\n",
        ),
    )
    assert tracker.one(number).snoozed_until is None


def test_mute_is_on_and_off(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.mute(number)
    assert tracker.one(number).muted is True
    tracker.mute(number, muted=False)
    assert tracker.one(number).muted is False


def test_reading_a_mail_counts_once(tracker: DemoTracker) -> None:
    before = row(tracker, XDP_V5).unread
    tracker.mark_read([XDP_V5])
    tracker.mark_read([XDP_V5])
    assert row(tracker, XDP_V5).unread == before - 1


def test_awaiting_review_is_open_and_the_reviewers_turn_longest_wait_first(tracker: DemoTracker) -> None:
    rows = tracker.series(wanted=Filter(awaiting_review=True, everything=True))
    assert [r.revisions[-1].message_id for r in rows] == [MGLRU_V3]
    assert rows[0].overdue is False
    with demo(NOW + 7 * DAY) as later:
        (waiting,) = later.series(wanted=Filter(awaiting_review=True))
        assert waiting.overdue is True


def test_for_me_is_what_i_was_sent_or_answered(tracker: DemoTracker) -> None:
    def concerning(address: str) -> set[str]:
        rows = tracker.series(wanted=Filter(for_me=frozenset({address})))
        return {r.revisions[-1].message_id for r in rows}

    assert concerning("yuzhao@google.com") == {MGLRU_V3}
    assert concerning("kuba@kernel.org") == {XDP_V5, TCP_V4}
    assert concerning("me@manjusaka.me") == set()  # his own


def test_a_mail_reads_decoded_and_in_segments(tracker: DemoTracker) -> None:
    read = tracker.mail(XDP_V5)
    assert dict(read.headers)["From"] == "Leon Hwang <hffilwlqm@gmail.com>"
    assert {"prose", "diffstat"} <= {s.kind for s in read.segments}
    with pytest.raises(NotFoundError):
        tracker.mail("nobody@example.org")


def test_a_thread_is_a_tree_in_reading_order(tracker: DemoTracker) -> None:
    rows = [m for m in tracker.thread(tracker.find(XDP_V5)) if m.revision == XDP_V5]
    assert [(m.depth, m.patch, m.submission) for m in rows] == [
        (0, 0, True),
        (1, 1, True),
        (2, 1, False),
        (3, 1, False),
        (1, 2, True),
        (1, 0, False),
    ]


def test_a_database_that_was_understood_otherwise_is_understood_anew(tracker: DemoTracker) -> None:
    before = row(tracker, XDP_V5)
    with tracker.database.write() as connection:
        mails.set_setting(connection, "form", "0")
        connection.execute(update(schema.message).values(facts="of another form"))
        connection.execute(update(schema.series).values(state="new"))
    later = DemoTracker(tracker.config, clock=lambda: float(NOW), database_url=tracker.database.url)
    assert row(later, XDP_V5) == before
    later.database.close()
