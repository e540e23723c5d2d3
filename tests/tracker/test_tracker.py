"""Manual decisions (marks, links, mutes, snoozes) take precedence, survive reindex, and show who made them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from patchwatch.cli.demo import NOW, DemoTracker
from patchwatch.config import Config, Me, Send
from patchwatch.db import messages, schema
from patchwatch.db.criteria import Criteria
from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.mail.message import Person
from patchwatch.series.model import Involvement, SeriesRow
from patchwatch.sync.ingest import ingest, read_mail
from patchwatch.sync.watch import watch_known
from patchwatch.tracker import Tracker
from tests.support.demo import demo
from tests.support.mails import mail, mbox

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


def test_three_series_have_the_expected_versions(tracker: DemoTracker) -> None:
    chains = {tuple((r.version, r.patches, r.follow_ups) for r in s.revisions) for s in tracker.series()}
    assert chains == {
        ((4, 2, 4), (5, 2, 3)),  # xdp
        ((1, 4, 1), (3, 4, 0)),  # mglru: v2 was never seen, two patches of v3 are missing
        ((1, 0, 0), (1, 1, 4), (1, 1, 3), (2, 1, 5), (3, 1, 14), (4, 1, 4)),  # tcp: proposal, RFC, v1 to v4
    }


@pytest.mark.parametrize(
    ("message_id", "state", "turn"),
    [(XDP_V5, "accepted", "nobody"), (MGLRU_V3, "new", "reviewers"), (TCP_V4, "deferred", "author")],
)
def test_three_series_have_the_expected_states(tracker: DemoTracker, message_id: str, state: str, turn: str) -> None:
    found = row(tracker, message_id)
    assert (found.state, found.turn) == (state, turn)


def test_state_evidence_is_the_mail_that_changed_it(tracker: DemoTracker) -> None:
    evidence = row(tracker, XDP_V5).state_evidence
    assert evidence is not None
    assert evidence.message_id == "169101242321.7476.5572550064226640292.git-patchwork-notify@kernel.org"
    assert evidence.text == "This series was applied to bpf/bpf-next.git (master)"


def test_mark_takes_precedence_and_survives_reindex(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.mark(number, "under-review", by="me")
    for _ in range(2):
        found = tracker.one(number)
        assert (found.state, found.turn) == ("under-review", "reviewers")
        assert found.state_evidence is not None
        assert (found.state_evidence.text, found.state_evidence.by_hand) == ("set by me", True)
        tracker.reindex()


def test_mark_can_be_removed(tracker: DemoTracker) -> None:
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
    with pytest.raises(InvalidInputError, match="is not a state"):
        tracker.mark(tracker.find(XDP_V5), "superseded")


def test_unlink_is_permanent_and_both_series_have_a_number(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    later, earlier = tracker.unlink(XDP_V5)
    assert {later, earlier} == {tracker.find(XDP_V5), tracker.find(XDP_V4)}
    assert number in (later, earlier)
    assert later != earlier
    tracker.reindex()
    assert len(tracker.one(later).revisions) == len(tracker.one(earlier).revisions) == 1
    assert tracker.one(later).state == "accepted"


def test_unlink_separates_all_resends_of_the_earlier_version(tracker: DemoTracker) -> None:
    diff = "\n---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-old\n+new\n"
    postings = (("one", "[PATCH]", 3), ("again", "[PATCH RESEND]", 9), ("two", "[PATCH v2]", 12))
    mails = [
        mail(
            message_id=f"{name}@b",
            subject=f"{prefix} frob: turn it",
            sender="Ben Builder <ben@example.net>",
            date=f"{day} Jul 2023 10:00:00 +0000",
            body=diff,
        )
        for name, prefix, day in postings
    ]
    with tracker.database.write() as connection:
        ingest(connection, [read_mail(raw) for raw in mails], "bpf")
    assert len({tracker.find(f"{name}@b") for name, *_ in postings}) == 1
    tracker.unlink("two@b")
    assert tracker.find("one@b") == tracker.find("again@b") != tracker.find("two@b")
    tracker.reindex()
    assert tracker.find("one@b") == tracker.find("again@b") != tracker.find("two@b")


def test_link_joins_unlinked_versions_and_shows_who_did(tracker: DemoTracker) -> None:
    tracker.unlink(XDP_V5)
    number = tracker.link(XDP_V5, XDP_V4, by="me")
    tracker.reindex()
    found = tracker.one(number)
    before = found.revisions[1].predecessor
    assert before is not None
    assert (before.message_id, before.evidence, before.by_hand) == (XDP_V4, ("linked by me",), True)


def test_link_joins_unrelated_revisions(tracker: DemoTracker) -> None:
    joined = tracker.link(MGLRU_V3, XDP_V5)
    assert tracker.find(XDP_V4) == tracker.find(MGLRU_V3) == joined


@pytest.mark.parametrize("pair", [(XDP_V5, XDP_V5), (XDP_V4, "nobody@example.org")])
def test_invalid_links_are_refused(tracker: DemoTracker, pair: tuple[str, str]) -> None:
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


def answer(sender: str, date: str, message_id: str = "late@example.org") -> bytes:
    return mail(
        message_id=message_id,
        subject="Re: [PATCH bpf-next v5 0/2] bpf, xdp: Add tracepoint to xdp attaching failure",
        sender=sender,
        date=date,
        in_reply_to=XDP_V5,
        body="Is this in a release yet?\n",
    )


def test_snooze_without_a_time_ends_with_a_reply(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.snooze(number, None)
    assert tracker.one(number).snoozed_until == 0
    take(tracker, answer("Rita Reviewer <rita@example.org>", "Thu, 21 Sep 2023 09:00:00 +0000"))
    assert tracker.one(number).snoozed_until is None


def test_reply_not_yet_fetched_also_ends_a_snooze(tracker: DemoTracker) -> None:
    """It was sent before the snooze, but whoever snoozed had not seen it."""
    number = tracker.find(XDP_V5)
    tracker.snooze(number, None)
    take(tracker, answer("Rita Reviewer <rita@example.org>", "Wed, 20 Sep 2023 09:00:00 +0000"))
    assert tracker.one(number).snoozed_until is None


def test_late_old_mail_does_not_end_a_snooze(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.snooze(number, None)
    take(tracker, answer("Rita Reviewer <rita@example.org>", "Tue, 1 Aug 2023 15:00:00 +0000"))
    assert tracker.one(number).snoozed_until == 0


def test_my_own_reply_does_not_end_a_snooze(tracker: DemoTracker) -> None:
    tracker.config = Config(me=Me(addresses=("Rita@example.org",)))
    number = tracker.find(XDP_V5)
    tracker.snooze(number, None)
    take(tracker, answer("Rita Reviewer <rita@example.org>", "Thu, 21 Sep 2023 09:00:00 +0000"))
    assert tracker.one(number).snoozed_until == 0
    take(tracker, answer("Ben <ben@example.org>", "Thu, 21 Sep 2023 10:00:00 +0000", "later@example.org"))
    assert tracker.one(number).snoozed_until is None


def test_mute_is_on_and_off(tracker: DemoTracker) -> None:
    number = tracker.find(XDP_V5)
    tracker.mute(number)
    assert tracker.one(number).muted is True
    tracker.mute(number, muted=False)
    assert tracker.one(number).muted is False


def test_reading_a_mail_counts_once(tracker: DemoTracker) -> None:
    before = row(tracker, XDP_V5).unread
    assert tracker.mark_read([XDP_V5]) == tracker.generation()
    tracker.mark_read([XDP_V5])
    assert row(tracker, XDP_V5).unread == before - 1


def test_awaiting_review_is_open_and_the_reviewers_turn_longest_wait_first(tracker: DemoTracker) -> None:
    rows = tracker.series(wanted=Criteria(awaiting_review=True, everything=True))
    assert [r.revisions[-1].message_id for r in rows] == [MGLRU_V3]
    assert rows[0].overdue is False
    with demo(NOW + 7 * DAY) as later:
        (waiting,) = later.series(wanted=Criteria(awaiting_review=True))
        assert waiting.overdue is True


def test_for_me_is_what_i_received_or_replied_to(tracker: DemoTracker) -> None:
    def concerning(address: str) -> set[str]:
        rows = tracker.series(wanted=Criteria(for_me=frozenset({address})))
        return {r.revisions[-1].message_id for r in rows}

    assert concerning("yuzhao@google.com") == {MGLRU_V3}
    assert concerning("kuba@kernel.org") == {XDP_V5, TCP_V4}
    assert concerning("me@manjusaka.me") == set()  # his own


def test_mine_is_what_i_posted_and_with_for_me_either(tracker: DemoTracker) -> None:
    def found(mine: str, for_me: str = "") -> set[str]:
        rows = tracker.series(wanted=Criteria(mine=frozenset({mine}), for_me=frozenset({for_me} if for_me else ())))
        return {r.revisions[-1].message_id for r in rows}

    assert found("me@manjusaka.me") == {TCP_V4}
    assert found("kuba@kernel.org") == set()
    assert found("ryncsn@gmail.com", "kuba@kernel.org") == {MGLRU_V3, XDP_V5, TCP_V4}


def test_series_has_my_next_action() -> None:
    def moves(address: str) -> dict[str, tuple[str, str]]:
        with demo() as tracker:
            tracker.config = Config(me=Me((address.upper(),)))
            rows = [r for r in tracker.series() if r.next_action]
            return {r.revisions[-1].message_id: (r.next_action.text, r.next_action.by) for r in rows if r.next_action}

    waits = "reviewers: waits for 12 hours"
    assert moves("me@manjusaka.me") == {TCP_V4: ("resend: net-next reopened", "me"), MGLRU_V3: (waits, "reviewers")}
    assert moves("yuzhao@google.com") == {
        TCP_V4: ("author: resend, net-next reopened", "author"),
        MGLRU_V3: ("review: waits for 12 hours", "me"),
    }


def test_involvement_follows_from_the_mails() -> None:
    """Ann posts to Rita and Rex; Rita asks, Ann answers; Ann posts the next version with Rex's tag."""
    ann, rita, rex = (
        "Ann Author <ann@example.org>",
        "Rita Reviewer <rita@example.com>",
        "Rex Reviewer <rex@example.net>",
    )
    diff = "diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"

    def reply(number: int, sender: str, body: str, above: str) -> bytes:
        return mail(
            message_id=f"{number}@x",
            subject="Re: [PATCH] frob: mend it",
            sender=sender,
            date=f"Mon, 4 Sep 2023 1{number}:00:00 +0000",
            in_reply_to=above,
            body=body,
        )

    first = [
        mail(
            message_id="v1@x",
            subject="[PATCH] frob: mend it",
            date="Mon, 4 Sep 2023 10:00:00 +0000",
            to=f"{rita}, {rex}",
            body=f"Why.\n---\n{diff}",
        ),
        reply(1, rita, "Why is the lock taken?\n", "v1@x"),
        reply(2, ann, "Because the other side frobs it too.\n", "1@x"),
        reply(3, rex, "Reviewed-by: Rex Reviewer <rex@example.net>\n", "v1@x"),
    ]
    second = mail(
        message_id="v2@x",
        subject="[PATCH v2] frob: mend it",
        date="Tue, 19 Sep 2023 10:00:00 +0000",
        to=rita,
        body=f"Why.\n\nReviewed-by: {rex}\n---\n{diff}",
    )

    with demo() as tracker:

        def part(*addresses: str) -> Involvement:
            tracker.config = Config(me=Me(addresses))
            found = row(tracker, "v1@x").involvement
            assert found is not None
            return found

        for raw in first:
            take(tracker, raw)
        mine = part("ann@example.org")
        assert (mine.author, mine.posted, mine.recipient, mine.replied) == (True, True, False, 0)
        asker = part("rita@example.com")
        assert (asker.author, asker.recipient, asker.answer, asker.satisfied) == (False, True, "2@x", False)
        assert part("rex@example.net").satisfied is True
        assert row(tracker, "v1@x").revisions[-1].reviewers == ("Rita Reviewer", "Rex Reviewer")
        assert row(tracker, "v1@x").revisions[-1].awaited == (Person("Rita Reviewer", "rita@example.com"),)
        take(tracker, second)
        asker = part("rita@example.com")
        assert (asker.recipient, asker.replied, asker.reviewed_before) == (True, 0, "v1")
        assert (asker.answer, asker.satisfied) == ("", False)
        tagger = part("rex@example.net", "rex@elsewhere.example")
        assert (tagger.recipient, tagger.reviewed_before, tagger.satisfied) == (False, "v1", True)  # carried over
        assert part("nobody@example.org") == Involvement(
            False, False, False, 0, False, "", "", 0, me=frozenset({"nobody@example.org"})
        )


def test_a_backport_of_my_patch_is_not_mine(tracker: DemoTracker) -> None:
    diff = "diff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"
    body = f"From: Ann Author <ann@example.org>\n\nWhy.\n---\n{diff}"
    for number, prefix in enumerate(("PATCH 5.10/5.15", "PATCH v6.1", "PATCH AUTOSEL 6.6 3/9", "PATCH mm-unstable")):
        subject = f"[{prefix}] frob: mend part {number}"
        take(tracker, mail(message_id=f"{number}@x", subject=subject, sender="Bo <bo@kernel.example>", body=body))
    rows = tracker.series(wanted=Criteria(everything=True, mine=frozenset({"ann@example.org"})))
    assert [r.revisions[-1].message_id for r in rows] == ["3@x"]
    backport = row(tracker, "0@x")
    assert (backport.revisions[-1].backport, backport.next_action) == (True, None)


def test_patches_are_missing_only_if_all_have_the_same_recipients(tracker: DemoTracker) -> None:
    def post(name: str, number: int, to: str) -> None:
        body = f"Why.\n---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+{number}\n"
        subject = f"[PATCH {number}/4] {name}: part {number}"
        above = f"1@{name}" if number > 1 else None
        sender = f"{name.title()} Author <{name}@example.org>"
        raw = mail(message_id=f"{number}@{name}", subject=subject, sender=sender, to=to, in_reply_to=above, body=body)
        take(tracker, raw)

    for number in (1, 2, 4):
        post("frob", number, "frob@lists.example")
        post("quux", number, f"quux{number}@lists.example")
    post("blip", 1, "blip@lists.example")
    assert row(tracker, "1@frob").revisions[-1].missing == (3,)
    assert row(tracker, "1@quux").revisions[-1].missing == ()  # each to those whom it concerns
    assert row(tracker, "1@blip").revisions[-1].missing == ()  # the most of it went elsewhere


def test_mail_is_decoded_and_split_into_segments(tracker: DemoTracker) -> None:
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


@pytest.mark.sqlite  # on a server the second tracker is another person
def test_a_database_of_a_form_that_can_not_be_read_is_rebuilt_on_opening(tracker: DemoTracker) -> None:
    before = row(tracker, XDP_V5)
    with tracker.database.write() as connection:
        messages.set_setting(connection, "form", "0")
        connection.execute(update(schema.message).values(facts="of another form"))
        connection.execute(update(schema.series).values(state="new"))
    later = DemoTracker(tracker.config, clock=lambda: float(NOW), database_url=tracker.database.url)
    assert row(later, XDP_V5) == before
    later.database.close()


def test_unlinked_revision_is_the_first_link_candidate(tracker: DemoTracker) -> None:
    tracker.unlink(XDP_V5)
    (candidate,) = tracker.candidates(tracker.find(XDP_V5))
    assert (candidate.message_id, candidate.place, candidate.version) == (XDP_V4, "earlier", 4)
    assert {"same-author", "same-title"} <= set(candidate.evidence)
    assert candidate.series_id == tracker.find(XDP_V4)
    (candidate,) = tracker.candidates(tracker.find(XDP_V4))
    assert (candidate.message_id, candidate.place) == (XDP_V5, "later")


def test_a_series_that_resembles_no_other_has_no_candidates(tracker: DemoTracker) -> None:
    assert tracker.candidates(tracker.find(TCP_V4)) == ()


# ---- answers -----------------------------------------------------------------------------------------------------


@pytest.fixture
def rita(tracker: DemoTracker) -> DemoTracker:
    tracker.config = Config(
        me=Me(addresses=("rita@work.example.com",)), send=Send(sender="Rita Reviewer <rita@example.com>")
    )
    return tracker


def test_a_reply_goes_to_the_author_and_the_lists(rita: DemoTracker) -> None:
    draft = rita.reply(XDP_V5)
    assert [m.address for m in draft.to] == ["hffilwlqm@gmail.com"]
    assert "bpf@vger.kernel.org" in [m.address for m in draft.cc]
    assert draft.sender.address == "rita@example.com"
    assert draft.message_id.endswith(".patchwatch@example.com")
    assert draft.message_id != rita.reply(XDP_V5).message_id


def test_tag_for_all_patches_replies_to_the_cover_letter(rita: DemoTracker) -> None:
    second = rita.one(rita.find(XDP_V5)).revisions[-1].patch_message_ids[1]
    draft = rita.endorse(second, ["Acked-by"], whole=True)
    assert draft.in_reply_to == XDP_V5
    assert "For the series" not in draft.body
    assert rita.endorse(second, ["Acked-by"]).in_reply_to == second


def test_tag_for_all_patches_without_a_cover_letter_replies_to_the_first_patch(rita: DemoTracker) -> None:
    for number in (2, 1):
        take(
            rita,
            mail(
                message_id=f"p{number}@example.org",
                subject=f"[PATCH {number}/2] net: part {number}",
                in_reply_to="p1@example.org" if number == 2 else None,
                body="Why.\n---\ndiff --git a/a.c b/a.c\n--- a/a.c\n+++ b/a.c\n@@ -1 +1 @@\n-a\n+b\n",
            ),
        )
    draft = rita.endorse("p2@example.org", ["Reviewed-by"], whole=True)
    assert draft.in_reply_to == "p1@example.org"
    assert "\nFor the series:\n\nReviewed-by: Rita Reviewer <rita@example.com>\n" in draft.body


def test_tag_for_a_single_patch_needs_no_note(rita: DemoTracker) -> None:
    assert "For the series" not in rita.endorse(TCP_V4, ["Reviewed-by"], whole=True).body


def test_nothing_is_sent_unless_the_config_allows_it() -> None:
    assert Send().dry_run is True


def test_what_an_import_finds_is_read_and_what_the_next_one_brings_is_not(tmp_path: Path) -> None:
    tracker = Tracker(Config(), clock=lambda: 1_700_000_000, database_url=f"sqlite:///{tmp_path}/x.db")
    watched, old = mail(message_id="w@x", subject="[PATCH] blip: fix it"), mail(message_id="a@x")
    (tmp_path / "watched.mbox").write_bytes(mbox([watched]))
    tracker.watch_text((tmp_path / "watched.mbox").read_bytes())
    (tmp_path / "old.mbox").write_bytes(mbox([watched, old]))
    tracker.import_mail(tmp_path / "old.mbox", "frob")
    (tmp_path / "new.mbox").write_bytes(mbox([mail(message_id="b@x", subject="Re: [PATCH] x", in_reply_to="a@x")]))
    tracker.import_mail(tmp_path / "new.mbox", "frob")
    unread = {row.message_id: row.unread for name in ("w@x", "a@x") for row in tracker.thread(tracker.find(name))}
    assert unread == {"w@x": True, "a@x": False, "b@x": True}


def test_what_an_import_marks_as_read_takes_a_row_between_two_watched_series(
    tmp_path: Path,
) -> None:
    tracker = Tracker(Config(), clock=lambda: 1_700_000_000, database_url=f"sqlite:///{tmp_path}/x.db")
    mails = [mail(message_id=f"{n}@x", subject=f"[PATCH] part{n}: fix it", sender=f"{n}@x.org") for n in range(40)]
    with tracker.database.write() as connection:
        ingest(connection, map(read_mail, mails))
    watch_known(tracker.database, ["10@x", "25@x"], 1_700_000_000)
    (tmp_path / "list.mbox").write_bytes(mbox(mails))
    tracker.import_mail(tmp_path / "list.mbox", "frob")
    tracker.read_series([tracker.find("25@x")])
    (tmp_path / "other.mbox").write_bytes(mbox(mails[:30]))
    tracker.import_mail(tmp_path / "other.mbox", "other")
    with tracker.database.read() as connection:
        assert connection.scalar(select(func.count()).select_from(schema.read_range)) == 3
        assert connection.scalars(select(schema.read_mark.c.message_id)).all() == ["25@x"]
    assert [n for n in range(40) if tracker.one(tracker.find(f"{n}@x")).unread] == [10]
    tracker.database.close()


def test_an_import_leaves_a_series_unread_that_is_watched_by_the_name_of_a_reply(tmp_path: Path) -> None:
    tracker = Tracker(Config(), clock=lambda: 1_700_000_000, database_url=f"sqlite:///{tmp_path}/x.db")
    mails = [mail(message_id="w@x"), mail(message_id="r@x", subject="Re: [PATCH] x", in_reply_to="w@x")]
    (tmp_path / "list.mbox").write_bytes(mbox(mails))
    with tracker.database.write() as connection:
        ingest(connection, map(read_mail, mails))
    watch_known(tracker.database, ["r@x"], 1_700_000_000)
    tracker.import_mail(tmp_path / "list.mbox", "frob")
    assert all(row.unread for row in tracker.thread(tracker.find("w@x")))
    tracker.database.close()
