"""The text of the digest: sections, wording, layout and order."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from patchwatch.mail.message import Person
from patchwatch.notify.digest.build import Counts, Digest, Stale, build_digest
from patchwatch.notify.digest.entry import changes_in_a_line, day
from patchwatch.notify.digest.section import DigestSection, SeriesUpdate
from patchwatch.series.model import CheckRow, NextAction, SeriesRow, TrailerRow
from patchwatch.series.points import Fate, Point, PointKind
from patchwatch.text_width import cell_len
from tests.notify.digest.samples import (
    ASKED,
    DAY,
    MINE,
    NOW,
    SINCE,
    WATCHED,
    message,
    posted,
    revision,
    said,
    series,
    update,
)

COUNTS = Counts(series=3, open=2, awaiting=1)
QUESTION = said("question", "Why is the lock taken?", "q@rita")
ASKS_ME = series(
    involvement=MINE,
    turn="author",
    awaiting_review=False,
    turn_evidence=QUESTION,
    next_action=NextAction("answer Rita's question from 2 days ago", "q@rita", "me"),
)
TO_REVIEW = series(involvement=ASKED, next_action=NextAction("review: waits for 3 days", "v1@ann", "me"))
WAITS = series(
    involvement=MINE,
    next_action=NextAction("wait for reviewers: 3 days so far", "v1@ann", "reviewers", until=NOW + 4 * DAY),
)
APPLIED = series(
    state="accepted", turn="nobody", awaiting_review=False, next_action=None, turn_since=NOW - 3600,
    state_evidence=said("applied", "Applied to frob.git, thanks!", "a@rita"),
)  # fmt: skip
LONG_APPLIED = replace(APPLIED, turn_since=NOW - 9 * DAY)
TREE_CLOSED = NextAction("resend when frob-next reopens", "", "me", until=0)
BOT = message("r@bot", "frob bot", "Build failed.", bot=True)


def digest(
    *updates: SeriesUpdate, first: bool = False, counts: Counts = COUNTS, stale: tuple[Stale, ...] = ()
) -> Digest:
    return build_digest(updates, NOW, since=SINCE, counts=counts, first=first, stale=stale)


def lines(*updates: SeriesUpdate, first: bool = False) -> list[str]:
    return digest(*updates, first=first).text.split("\n")


# ---- sections -----------------------------------------------------------------------------------------------------


PING = NextAction("ping: no answer for 8 days", "", "me")
ANSWERED = replace(ASKED, answer="x", replied=1)


@pytest.mark.parametrize(
    ("what", "shown", "section"),
    [
        ("I was asked", update(ASKS_ME, message("q@rita")), DigestSection.MY_TURN),
        ("I was asked long ago", update(ASKS_ME), DigestSection.MY_TURN),
        ("I have to ping", update(replace(WAITS, next_action=PING)), DigestSection.MY_TURN),
        ("somebody replied to me", update(replace(TO_REVIEW, involvement=ANSWERED)), DigestSection.MY_TURN),
        ("my review is wanted", update(TO_REVIEW), DigestSection.MY_REVIEW),
        ("a new version for me", update(TO_REVIEW, posted(1)), DigestSection.MY_REVIEW),
        ("mine waits", update(WAITS), DigestSection.MY_WAITING),
        ("mine waits and got a reply", update(WAITS, message("m@rita")), DigestSection.MY_WAITING),
        ("mine waits for the tree", update(replace(ASKS_ME, next_action=TREE_CLOSED)), DigestSection.MY_WAITING),
        ("a new version", update(series(), posted(1)), DigestSection.VERSIONS),
        ("a new version with a reply", update(series(), posted(1), message("m@rita")), DigestSection.VERSIONS),
        ("a reply", update(series(), message("m@rita")), DigestSection.REPLIES),
        ("a bot report", update(series(), BOT), DigestSection.BOTS),
        ("a bot report and a reply", update(series(), BOT, message("m@rita")), DigestSection.REPLIES),
        ("applied", update(APPLIED, message("a@rita")), DigestSection.CLOSED),
        ("mine was applied", update(replace(APPLIED, involvement=MINE), message("a@rita")), DigestSection.CLOSED),
        ("a new version was applied already", update(APPLIED, posted(1), message("a@rita")), DigestSection.CLOSED),
        ("applied long ago", update(LONG_APPLIED), None),
        ("applied long ago, with a new reply", update(LONG_APPLIED, message("m@rita")), DigestSection.REPLIES),
        ("watched, without news", update(series()), DigestSection.WAITING),
        ("followed, without news", update(series(watched=False)), None),
        ("only I replied", update(series(watched=False), message("m@me", author_email="me@example.org")), None),
    ],
)  # fmt: skip
def test_series_goes_into_its_most_urgent_section(
    what: str, shown: SeriesUpdate, section: DigestSection | None
) -> None:
    assert shown.section == section


def test_maintainer_sees_what_is_ready_to_apply() -> None:
    reviewed = series(
        watched=False,
        involvement=ASKED,
        turn="maintainer",
        next_action=NextAction("maintainer: apply or answer", "t@rita", "maintainer"),
    )
    assert update(reviewed).section is None
    assert update(reviewed, recipient_applies=True).section is DigestSection.MY_REVIEW
    assert update(replace(reviewed, involvement=WATCHED), recipient_applies=True).section is None
    assert update(replace(reviewed, turn_since=NOW - 80 * DAY), recipient_applies=True).section is None
    assert "  apply or answer" in lines(update(reviewed, recipient_applies=True), first=True)


def test_series_closed_by_me_is_only_counted() -> None:
    by_me = replace(APPLIED, state_evidence=replace(said("applied", "Applied.", "a@me"), by_email="me@example.org"))
    own = message("a@me", author_email="me@example.org")
    shown = digest(update(by_me, own))
    assert (shown.empty, shown.subject) == (True, "[patchwatch] nothing new")
    assert "1 closed by you" in shown.text


def test_commit_in_a_tree_closes_the_series() -> None:
    why = said("", "commit bf4ea1d0b2cb in frob-next: frob: turn the wheel", "", commit="bf4ea1d0b2cb")
    found = update(replace(APPLIED, state_evidence=why, turn_since=NOW - 9 * DAY), new_ids=frozenset({"bf4ea1d0b2cb"}))
    assert found.section is DigestSection.CLOSED
    assert lines(found)[4] == "  accepted, 25 Jul: commit bf4ea1d0b2cb in frob-next: frob: turn the"
    assert update(replace(APPLIED, state_evidence=why)).section is None


@pytest.mark.parametrize("quiet", [{"muted": True}, {"snoozed_until": NOW + DAY}, {"snoozed_until": 0}])
def test_muted_and_snoozed_series_are_left_out(quiet: dict[str, object]) -> None:
    shown = digest(update(replace(series(), **quiet), message("m@rita")))  # type: ignore[arg-type]
    assert shown.empty
    assert "#7" not in shown.text


# ---- wording -------------------------------------------------------------------------------------------------------


def test_my_turn_shows_the_action_and_the_request() -> None:
    assert lines(update(ASKS_ME, message("q@rita")))[:8] == [
        "Your turn (1)",
        "-------------",
        "",
        "NEW #7 v1 frob: turn the wheel",
        "  answer Rita's question from 2 days ago",
        "  Rita Reviewer, 1 Aug: “Why is the lock taken?”",
        "https://lore.kernel.org/r/q@rita/",
        "",
    ]


def test_my_own_reply_is_not_a_request_but_my_promise_is() -> None:
    mine = replace(said("answered", "It turns left.", "a@me"), by_name="Me", by_email="me@example.org")
    ping = replace(ASKS_ME, turn_evidence=mine, next_action=NextAction("ping Rita: no answer for 8 days", "a@me", "me"))
    assert "turns left" not in digest(update(ping), first=True).text
    promised = replace(mine, kind="promise", text="I will turn it right.")
    assert "  Me, 1 Aug: “I will turn it right.”" in lines(update(replace(ping, turn_evidence=promised)), first=True)


def test_reply_to_me_is_quoted() -> None:
    row = replace(TO_REVIEW, involvement=replace(ASKED, answer="x@ann", replied=1))
    row = replace(row, next_action=NextAction("see Ann's answer from 2 hours ago", "x@ann", "me"))
    shown = lines(update(row, message("x@ann", "Ann Author", "For the wheel's sake.")))
    assert shown[4:7] == [
        "  see Ann's answer from 2 hours ago",
        "  Ann Author, 3 Aug: “For the wheel's sake.”",
        "https://lore.kernel.org/r/x@ann/",
    ]


def test_series_without_news_takes_one_line_and_a_link() -> None:
    assert lines(update(ASKS_ME))[3:6] == [
        "#7 v1 frob: turn the wheel – answer Rita's question from 2 days ago",
        "https://lore.kernel.org/r/q@rita/",
        "",
    ]


def test_first_digest_shows_everything_in_full_and_nothing_as_new() -> None:
    assert lines(update(ASKS_ME), first=True)[3:5] == [
        "#7 v1 frob: turn the wheel",
        "  answer Rita's question from 2 days ago",
    ]


def test_ping_that_becomes_due_is_news() -> None:
    late = replace(WAITS, next_action=NextAction("ping: no answer for 7 days", "v1@ann", "me"))
    waited = update(late, previous_action=NextAction("wait for reviewers: 6 days so far", "v1@ann", "reviewers"))
    assert "NEW #7 v1 frob: turn the wheel" in lines(waited)
    assert "NEW" not in digest(update(late)).text


def test_my_waiting_patch_shows_when_to_ping() -> None:
    assert "  wait for reviewers: 3 days so far; ping politely on or after 7 Aug" in lines(
        update(WAITS, message("m@rita"))
    )
    assert lines(update(WAITS))[3] == "#7 v1 frob: turn the wheel – reviewers: 3 days; ping from 7 Aug"


def test_review_shows_the_series_and_overdue() -> None:
    late = replace(TO_REVIEW, overdue=True, next_action=NextAction("review: waits for 9 days", "v1@ann", "me"))
    assert lines(update(late), first=True)[3:7] == [
        "#7 v1 frob: turn the wheel",
        "  review: waits for 9 days, OVERDUE",
        "  v1 by Ann Author, 2 patches",
        "https://lore.kernel.org/r/v1@ann/",
    ]
    assert lines(update(late))[3] == "#7 v1 frob: turn the wheel – review: 9 days, OVERDUE"


def test_new_version_shows_changes_and_carried_tags() -> None:
    kept = TrailerRow("Reviewed-by", "Rita Reviewer <rita@example.org>", "t1", 1, True, given_to="v1@ann")
    lost = TrailerRow("Acked-by", "Max Maintainer <max@example.org>", "t2", 2, True, given_to="v1@ann", carried=False)
    row = series(7, revision(1), revision(2, trailers=(kept, lost)), reviewed=1)
    shown = update(row, posted(2), changes="- turn it once\n- do not\n  turn it twice")
    assert lines(shown)[3:8] == [
        "NEW #7 v2 frob: turn the wheel",
        "  v1 → v2 by Ann Author, 2 patches, 1 reviewed",
        "  “turn it once; do not turn it twice”",
        "  1 tag carried, not carried: Acked-by from Max",
        "https://lore.kernel.org/r/v2@ann/",
    ]


def test_resends_and_missing_patches_are_shown() -> None:
    row = series(7, revision(1, patches=4, expected=6, postings=("v1@ann", "again@ann")))
    again = message("again@ann", "Ann Author", "", submission=True)
    assert "  v1 resent by Ann Author, 4 of 6 patches received" in lines(update(row, again))


def test_replies_show_sender_tags_and_excerpt() -> None:
    tags = [message(f"t{n}", who, "", tags=("Reviewed-by",)) for n, who in enumerate(("Rita R", "Max M"))]
    shown = message("m", "Kim K", "The lock is held. " * 20, tags=("Acked-by",), date=NOW - 60)
    found = lines(update(series(), *tags, shown))
    assert found[4:6] == ["  Rita R, Max M, 3 Aug: Reviewed-by", "https://lore.kernel.org/r/t1/"]
    assert found[6].startswith("  Kim K, 3 Aug (Acked-by): “The lock is held. The lock")
    assert found[8].endswith("…")
    assert found[9] == "https://lore.kernel.org/r/m/"


def test_newest_replies_are_shown_and_the_rest_counted() -> None:
    many = [message(f"m{n}", excerpt=f"Reply {n}.", date=NOW - 600 + n) for n in range(9)]
    text = digest(update(series(), *many)).text
    assert [n for n in range(9) if f"Reply {n}." in text] == [6, 7, 8]
    assert "  and 6 more mails" in text
    followed = digest(update(series(watched=False), *many)).text
    assert [n for n in range(9) if f"Reply {n}." in followed] == [8]


def test_mail_without_text_shows_its_sender() -> None:
    assert lines(update(series(), message("m@rita", excerpt="")))[4:6] == [
        "  Rita Reviewer, 3 Aug",
        "https://lore.kernel.org/r/m@rita/",
    ]


@pytest.mark.parametrize(
    ("excerpt", "tags", "shown"),
    [
        ("Looks odd.\n-- Rita", (), "Looks odd."),
        ("Looks odd. -Rita", (), "Looks odd."),
        ("Reviewed-by: Rita <r@example.org>\nLooks odd.", ("Reviewed-by",), "Looks odd."),
        ("Turned-by: Rita?", (), "Turned-by: Rita?"),
        ("It is 5 -3.", (), "It is 5 -3."),
    ],
)
def test_signature_and_tags_are_not_quoted(excerpt: str, tags: tuple[str, ...], shown: str) -> None:
    assert f": “{shown}”" in digest(update(series(), message("m", excerpt=excerpt, tags=tags))).text


def test_bot_success_is_shown_only_to_the_author() -> None:
    bad = CheckRow("frob bot", "failure", "build error in wheel.c", "r@bot", NOW, 1)
    shown = lines(update(series(7, revision(checks=(bad,))), BOT))
    assert shown[0] == "CI and bots (1)"
    assert shown[4] == "  frob bot, 3 Aug: failure: “build error in wheel.c”"
    good = series(7, revision(checks=(replace(bad, verdict="success"),)), watched=False)
    assert update(good, BOT).section is None
    assert update(replace(good, involvement=MINE, next_action=None), BOT).section is DigestSection.BOTS


def test_closed_series_quotes_the_mail_that_closed_it() -> None:
    assert lines(update(APPLIED, message("a@rita")))[3:6] == [
        "NEW #7 v1 frob: turn the wheel",
        "  accepted, 3 Aug: “Applied to frob.git, thanks!”",
        "https://lore.kernel.org/r/a@rita/",
    ]


def test_state_set_by_hand_is_not_quoted() -> None:
    row = replace(APPLIED, state="rejected", state_evidence=said("marked", "set by max", "", by_hand=True))
    assert lines(update(row))[4:6] == ["  rejected, 3 Aug: set by max", "https://lore.kernel.org/r/v1@ann/"]


def test_watched_series_are_sorted_by_turn() -> None:
    author = series(1, turn="author", next_action=NextAction("author: send v2, Rita asked for it", "q@rita", "author"))
    late = series(2, overdue=True, next_action=NextAction("reviewers: waits for 8 days", "v1@ann", "reviewers"))
    shown = lines(update(late), update(author))
    assert shown[0] == "Still waiting (2)"
    assert shown[3] == "#1 v1 frob: turn the wheel – author: send v2, Rita asked for it"
    assert shown[6] == "#2 v1 frob: turn the wheel – reviewers: 8 days, OVERDUE"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- one\n- two, and\n  more of two\n", "one; two, and more of two"),
        ("  * One.\n  * Two.", "One; Two"),
        ("patch 2:\n - one", "one"),
        ("mm:\n - one\n - two", "mm: one; two"),
        ("rebased", "rebased"),
        ("", ""),
    ],
)
def test_changelog_on_one_line(text: str, shown: str) -> None:
    assert changes_in_a_line(text) == shown


def test_old_day_has_its_year() -> None:
    assert (day(NOW, NOW), day(NOW - 300 * DAY, NOW)) == ("3 Aug", "7 Oct 2022")


# ---- the whole digest ----------------------------------------------------------------------------------------------

ALL = (
    update(ASKS_ME, message("q@rita")),
    update(replace(TO_REVIEW, id=8), posted(1)),
    update(replace(WAITS, id=9)),
    update(series(10), posted(1)),
    update(series(11), message("m@rita")),
    update(series(12), BOT),
    update(replace(APPLIED, id=13), message("a@rita")),
    update(series(14)),
)


def test_sections_are_in_order_with_totals_at_the_end() -> None:
    shown = lines(*ALL)
    heads = [one for one, below in pairwise(shown) if below.startswith("---")]
    assert heads == [f"{section.value} (1)" for section in DigestSection]
    assert shown[-2:] == ["3 series: 2 open, 1 awaiting review.", "Changes since 2023-08-02 07:00 UTC."]


def test_series_appears_once() -> None:
    text = digest(*ALL).text
    assert [text.count(f"#{number} ") for number in range(7, 15)] == [1] * 8


@pytest.mark.parametrize(
    ("updates", "subject"),
    [
        (ALL, "1 needs action, 1 to review, 2 new versions, 1 applied"),
        ([update(ASKS_ME, message("q@rita")), update(replace(ASKS_ME, id=8))], "2 need action"),
        ([update(ASKS_ME)], "nothing new, 1 needs action"),
        ([update(WAITS)], "nothing new"),
        ([], "nothing new"),
        ([update(series(), message("m@rita"))], "replies in 1 thread"),
        ([update(WAITS, message("m@rita"))], "replies in 1 thread"),
        ([update(series(), BOT)], "1 bot report"),
        ([update(replace(APPLIED, state="rejected"), message("a@rita"))], "1 closed"),
    ],
)
def test_subject_has_the_main_counts(updates: list[SeriesUpdate], subject: str) -> None:
    assert digest(*updates).subject == f"[patchwatch] {subject}"


@pytest.mark.parametrize(
    ("updates", "empty"), [([], True), ([update(ASKS_ME), update(WAITS), update(series())], True), (ALL, False)]
)
def test_digest_without_news_is_empty(updates: list[SeriesUpdate], empty: bool) -> None:
    assert digest(*updates).empty is empty


def test_long_sections_are_cut_and_name_the_command_for_the_rest() -> None:
    shown = lines(*(update(replace(TO_REVIEW, id=n, turn_since=NOW - n * DAY)) for n in range(1, 31)))
    assert shown[0] == "Awaiting your review (30)"
    assert [one.split()[0] for one in shown if one.startswith("#")] == [f"#{n}" for n in range(30, 22, -1)]
    assert "and 22 more: patchwatch list --all --for-me --awaiting-review" in shown


def test_series_inactive_for_half_a_year_is_left_out() -> None:
    shown = digest(update(replace(ASKS_ME, turn_since=NOW - 200 * DAY)))
    assert (shown.subject, "#7" in shown.text) == ("[patchwatch] nothing new", False)


def test_failing_polls_come_first() -> None:
    shown = digest(*ALL, stale=(Stale("frob", NOW - 2 * DAY), Stale("bpf", NOW - DAY))).text
    assert shown.split("\n")[:4] == [
        "NOT UP TO DATE: polling bpf, frob has failed since 2023-08-01 07:00 UTC;",
        "run `patchwatch doctor`.",
        "",
        "Your turn (1)",
    ]


# ---- layout --------------------------------------------------------------------------------------------------------

STRANGE = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="\n\r\t \x00\x1b\u202e\u200b中文字コ한é\u0301👩\u200d👩👍🏽-_>#“”:F", max_size=200),
    st.sampled_from(
        (
            "\nSubject: forged",
            "\n\nYour turn (9)\n---",
            "From me",
            "-- ",
            "NEW #1 v1",
            "\nhttps://evil.example/",
            "x" * 500,
        )
    ),
)


@given(STRANGE, STRANGE, STRANGE, STRANGE)
def test_hostile_text_cannot_break_the_layout(name: str, title: str, words: str, changes: str) -> None:
    def strange(row: SeriesRow) -> SeriesRow:
        newest = replace(row.revisions[-1], author_name=name, postings=row.revisions[-1].postings)
        request = replace(row.turn_evidence, text=words, by_name=name) if row.turn_evidence else None
        closing = replace(row.state_evidence, text=words) if row.state_evidence else None
        return replace(
            row, title=title, revisions=(*row.revisions[:-1], newest), turn_evidence=request, state_evidence=closing
        )

    shown = [
        replace(
            one,
            row=strange(one.row),
            changes=changes,
            thread=tuple(replace(m, author_name=name, excerpt=words) for m in one.thread),
        )
        for one in ALL
    ]
    found = digest(*shown, first=True)
    assert found.subject == digest(*ALL).subject
    for one in found.text.split("\n"):
        assert one.isprintable()
        assert cell_len(one) <= 72 or one.startswith("https://lore.kernel.org/r/")
        assert one == one.rstrip()
    ours = [one for one in found.text.split("\n") if one and not one.startswith("  ")]
    plain = [one for one in digest(*ALL, first=True).text.split("\n") if one and not one.startswith("  ")]
    assert [one.split(" v1")[0] for one in ours] == [one.split(" v1")[0] for one in plain]
    assert found == digest(*shown, first=True)


@given(st.permutations(ALL))
def test_order_of_the_input_does_not_matter(updates: list[SeriesUpdate]) -> None:
    assert digest(*updates) == digest(*ALL)


def test_hostile_message_id_cannot_break_its_link() -> None:
    shown = digest(update(series(), message("a b/c\nhttps://evil.example/?x#y@z")))
    assert "https://lore.kernel.org/r/a%20b%2Fc%0Ahttps:%2F%2Fevil.example%2F%3Fx%23y@z/" in shown.text.split("\n")


def with_points(row: SeriesRow, fate: Fate, by: str) -> SeriesRow:
    """The series with three points of somebody."""
    raised = Point("q@rita", 1, Person("", by), SINCE, 1, PointKind.CHANGE, "Why?", fate=fate, closed_at=SINCE)
    points = tuple(structs.replace(raised, remark=number) for number in (1, 2, 3))
    newest = replace(row.revisions[-1], points=points)
    return replace(row, revisions=(*row.revisions[:-1], newest))


def test_points_that_wait_for_the_recipient_are_counted_in_what_moved() -> None:
    asked = with_points(replace(ASKS_ME, author_email="me@example.org"), Fate.OPEN, "rita@example.org")
    answered = with_points(TO_REVIEW, Fate.ANSWERED, "me@example.org")
    others = with_points(series(9), Fate.ANSWERED, "rita@example.org")
    moved = [update(row, message(f"m{row.id}")) for row in (asked, replace(answered, id=8), others)]
    text = digest(*moved).text
    assert "\n  3 points wait for you\n" in text
    assert "\n  3 points of yours are answered\n" in text
    assert text.count(" points ") == 2
    assert " points " not in digest(*(replace(one, new_ids=frozenset()) for one in moved)).text


def test_a_closed_series_does_not_count_points() -> None:
    row = with_points(APPLIED, Fate.ANSWERED, "me@example.org")
    assert " points " not in digest(update(row, message("a@rita"))).text
