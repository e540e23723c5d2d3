"""The text of the digest: sections, wording, layout and order."""

from __future__ import annotations

import dataclasses
from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs
from msgspec.structs import replace

from patchwatch.mail.flowed import unflow
from patchwatch.mail.message import Person
from patchwatch.notify.digest.build import Digest, Stale, build_digest
from patchwatch.notify.digest.entry import changes_in_a_line, day
from patchwatch.notify.digest.update import SeriesUpdate
from patchwatch.series.model import CheckRow, NextAction, SeriesRow, TrailerRow
from patchwatch.series.points import Fate, Point, PointKind
from patchwatch.series.queue import Section
from patchwatch.text_width import cell_len
from tests.notify.digest.samples import (
    ASKED,
    DAY,
    MINE,
    NOW,
    SINCE,
    message,
    posted,
    put,
    revision,
    said,
    series,
    update,
)

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
BOT = message("r@bot", "frob bot", "Build failed.", bot=True)


def digest(
    *updates: SeriesUpdate,
    first: bool = False,
    stale: tuple[Stale, ...] = (),
    since: int = SINCE,
    **counts: int,
) -> Digest:
    found = Counter(update.section for update in updates)
    totals = {section: counts.get(section, found[section]) for section in Section}
    return build_digest(updates, NOW, since=since, counts=totals, first=first, stale=stale)


def lines(*updates: SeriesUpdate, first: bool = False, **counts: int) -> list[str]:
    """The lines, without the first two if nothing needs the recipient."""
    found = digest(*updates, first=first, **counts).text.split("\n")
    return found[2:] if found[0] == "Nothing needs you." else found


# ---- what is new ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "shown", "new"),
    [
        ("I was asked", update(ASKS_ME, message("q@rita")), True),
        ("I was asked long ago", update(ASKS_ME), False),
        ("the day to ping has come", update(ASKS_ME, before=put(WAITS)), True),
        ("it is to review since then", update(TO_REVIEW, before=put(series())), True),
        ("a new version", update(series(), posted(1)), True),
        ("a reply", update(series(), message("m@rita")), True),
        ("a robot's report", update(series(), BOT), True),
        ("my own reply", update(series(), message("m@me", author_email="me@example.org")), False),
        ("applied", update(APPLIED, message("a@rita")), True),
        ("applied long ago", update(LONG_APPLIED), False),
        ("nothing", update(series()), False),
    ],
)
def test_what_is_new(what: str, shown: SeriesUpdate, new: bool) -> None:
    assert shown.new is new


def test_what_i_closed_myself_is_no_news() -> None:
    by_me = replace(APPLIED, state_evidence=replace(said("applied", "Applied.", "a@me"), by_email="me@example.org"))
    shown = digest(update(by_me, message("a@me", author_email="me@example.org")))
    assert (shown.empty, shown.subject) == (True, "[patchwatch] 0 now, 0 to review, 0 new")
    assert "#7" not in shown.text


def test_commit_in_a_tree_closes_the_series() -> None:
    why = said("", "commit bf4ea1d0b2cb in frob-next: frob: turn the wheel", "", commit="bf4ea1d0b2cb")
    found = update(replace(APPLIED, state_evidence=why, turn_since=NOW - 9 * DAY), new_ids=frozenset({"bf4ea1d0b2cb"}))
    assert found.closed
    assert lines(found)[4] == "  accepted, 25 Jul: commit bf4ea1d0b2cb in frob-next: frob: turn the"
    assert not update(replace(APPLIED, state_evidence=why)).closed


# ---- wording -------------------------------------------------------------------------------------------------------


def test_now_shows_what_to_do_and_the_request_and_links_come_last() -> None:
    assert lines(update(ASKS_ME, message("q@rita"))) == [
        "Now (1)",
        "-------",
        "",
        "NEW #7 v1 frob: turn the wheel",
        "  answer Rita's question from 2 days ago",
        "  Rita Reviewer, 1 Aug: “Why is the lock taken?”",
        "",
        "Changes since 2023-08-02 07:00 UTC.",
        "--",
        "#7 https://lore.kernel.org/r/q@rita/",
    ]


def test_my_own_reply_is_not_a_request_but_my_promise_is() -> None:
    mine = replace(said("answered", "It turns left.", "a@me"), by_name="Me", by_email="me@example.org")
    ping = replace(ASKS_ME, turn_evidence=mine, next_action=NextAction("ping Rita: no answer for 8 days", "a@me", "me"))
    assert "turns left" not in digest(update(ping), first=True).text
    promised = replace(mine, kind="promise", text="I will turn it right.")
    assert "  you, 1 Aug: “I will turn it right.”" in lines(update(replace(ping, turn_evidence=promised)), first=True)


def test_series_without_news_takes_one_line() -> None:
    assert lines(update(ASKS_ME))[3:5] == ["#7 v1 frob: turn the wheel – answer Rita's question from 2 days ago", ""]


def test_what_is_to_do_is_never_cut() -> None:
    row = replace(ASKS_ME, title="frob: turn the wheel, and then turn the other wheel as well, but slowly")
    assert lines(update(row))[3:6] == [
        "#7 v1 frob: turn the wheel, and then turn the other wheel as well, but…",
        "  answer Rita's question from 2 days ago",
        "",
    ]


def test_first_digest_shows_everything_in_full_and_nothing_as_new() -> None:
    assert lines(update(ASKS_ME), first=True)[3:5] == [
        "#7 v1 frob: turn the wheel",
        "  answer Rita's question from 2 days ago",
    ]


def test_waiting_shows_the_ping_and_counts_the_rest() -> None:
    shown = lines(*(update(replace(WAITS, id=number)) for number in range(1, 6)), waiting=23)
    assert shown[0] == "Waiting (23)"
    assert shown[3] == "#1 v1 frob: turn the wheel – wait for reviewers: 3 days so far"
    assert "and 2 of yours, 18 of others: patchwatch list waiting" in shown


def test_words_beside_a_tag_are_quoted_only_on_their_day() -> None:
    words = "Good, but the name is long."
    to_apply = replace(
        ASKS_ME,
        turn_evidence=said("tagged", words, "t@rita"),
        next_action=NextAction("yours to apply: reviewed 2 days ago", "t@rita", "me"),
    )
    assert words not in "".join(lines(update(to_apply)))
    tag = message("t@rita", "Rita Reviewer", words, tags=("Reviewed-by",))
    assert words in "".join(lines(update(to_apply, tag)))


def test_review_shows_who_posted_what() -> None:
    assert lines(update(TO_REVIEW), first=True)[3:6] == [
        "#7 v1 frob: turn the wheel",
        "  review: waits for 3 days",
        "  v1 by Ann Author, 2 patches",
    ]


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
        "",
    ]


def test_resends_and_missing_patches_are_shown() -> None:
    row = series(7, revision(1, patches=4, expected=6, postings=("v1@ann", "again@ann")))
    again = message("again@ann", "Ann Author", "", submission=True)
    assert "  v1 resent by Ann Author, 4 of 6 patches received" in lines(update(row, again))


def test_replies_show_sender_tags_and_excerpt() -> None:
    tags = [message(f"t{n}", who, "", tags=("Reviewed-by",)) for n, who in enumerate(("Rita R", "Max M"))]
    shown = message("m", "Kim K", "The lock is held. " * 20, tags=("Acked-by",), date=NOW - 60)
    found = lines(update(series(), *tags, shown))
    assert found[4] == "  Rita R, Max M, 3 Aug: Reviewed-by"
    assert found[5].startswith("  Kim K, 3 Aug (Acked-by): “The lock is held. The lock")
    assert found[7].endswith("…”")


def test_newest_replies_are_shown_and_the_rest_counted() -> None:
    many = [message(f"m{n}", excerpt=f"Reply {n}.", date=NOW - 600 + n) for n in range(9)]
    text = digest(update(series(), *many)).text
    assert [n for n in range(9) if f"Reply {n}." in text] == [6, 7, 8]
    assert "  and 6 more mails" in text
    followed = digest(update(series(watched=False), *many)).text
    assert [n for n in range(9) if f"Reply {n}." in followed] == [8]


def test_mail_without_text_shows_its_sender() -> None:
    assert lines(update(series(), message("m@rita", excerpt="")))[4:6] == ["  Rita Reviewer, 3 Aug", ""]


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
    assert shown[4] == "  frob bot, 3 Aug: failure: “build error in wheel.c”"
    good = series(7, revision(checks=(replace(bad, verdict="success"),)), watched=False)
    assert not update(good, BOT).new
    assert update(replace(good, involvement=MINE), BOT).new


def test_closed_series_quotes_the_mail_that_closed_it() -> None:
    assert lines(update(APPLIED, message("a@rita")), closed=9)[:8] == [
        "Closed (9)",
        "----------",
        "",
        "NEW #7 v1 frob: turn the wheel",
        "  accepted, 3 Aug: “Applied to frob.git, thanks!”",
        "",
        "and 8 more: patchwatch list closed",
        "",
    ]


def test_state_set_by_hand_is_not_quoted() -> None:
    row = replace(APPLIED, state="rejected", state_evidence=said("marked", "set by max", "", by_hand=True))
    assert lines(update(row))[4] == "  rejected, 3 Aug: set by max"


def test_what_is_dormant_takes_a_line_once_a_month() -> None:
    assert "Dormant" not in digest(update(ASKS_ME), dormant=122).text
    monthly = digest(update(ASKS_ME), dormant=122, since=NOW - 3 * DAY).text
    assert "\nDormant (122): patchwatch list dormant\n" in monthly
    assert "Dormant" not in digest(update(ASKS_ME), since=NOW - 3 * DAY).text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("- one\n- two, and\n  more of two\n", "one; two, and more of two"),
        ("  * One.\n  * Two.", "One; Two"),
        ("patch 2:\n - one", "one"),
        ("mm:\n - one\n - two", "mm: one; two"),
        ("rebased", "rebased"),
        ("", ""),
        ("- Fixed the names\n- Link to v1: https://lore.example.org/r/1@x\n", "Fixed the names"),
        ("- See https://lore.example.org/r/1@x\n", "See https://lore.example.org/r/1@x"),
        ("- Link to v1: https://lore.example.org/r/1@x\n", ""),
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
    update(series(9), posted(1)),
    update(series(10), message("m@rita")),
    update(replace(WAITS, id=11)),
    update(replace(APPLIED, id=12), message("a@rita")),
)


def test_sections_are_those_of_the_queue_in_order() -> None:
    shown = lines(*ALL)
    heads = [one for one, below in pairwise(shown) if below.startswith("---")]
    assert heads == ["Now (1)", "Review (1)", "New since you looked (2)", "Waiting (1)", "Closed (1)"]
    mark = shown.index("--")
    assert shown[mark - 1] == "Changes since 2023-08-02 07:00 UTC."
    assert [one.split()[0] for one in shown[mark + 1 :]] == ["#7", "#8", "#9", "#10", "#11", "#12"]


def test_series_appears_once() -> None:
    text = digest(*ALL).text.partition("\n--\n")[0]
    assert [text.count(f"#{number} ") for number in range(7, 13)] == [1] * 6


@pytest.mark.parametrize(
    ("updates", "subject"),
    [
        (ALL, "1 now, 1 to review, 2 new, 1 closed"),
        ([update(ASKS_ME, message("q@rita")), update(replace(ASKS_ME, id=8))], "2 now, 0 to review, 0 new"),
        ([], "0 now, 0 to review, 0 new"),
    ],
)
def test_subject_has_the_main_counts(updates: list[SeriesUpdate], subject: str) -> None:
    assert digest(*updates).subject == f"[patchwatch] {subject}"


LATE = put(TO_REVIEW)._replace(overdue=True)


@pytest.mark.parametrize(
    ("updates", "empty"),
    [
        ([], True),
        ([update(ASKS_ME), update(WAITS), update(series())], True),
        (ALL, False),
        ([update(TO_REVIEW, place=LATE)], False),  # it became overdue
        ([update(TO_REVIEW, place=LATE, before=LATE)], True),
    ],
)
def test_digest_without_news_is_empty(updates: list[SeriesUpdate], empty: bool) -> None:
    assert digest(*updates).empty is empty


def test_nothing_to_do_is_said() -> None:
    assert digest(update(series())).text.startswith("Nothing needs you.\n\nNew since you looked (1)\n")
    assert "Nothing needs you" not in digest(update(TO_REVIEW)).text


def test_all_that_is_asked_is_listed_and_of_the_rest_the_first() -> None:
    asked = lines(*(update(replace(TO_REVIEW, id=number)) for number in range(1, 31)))
    assert len([one for one in asked if one.startswith("#") and " v1 " in one]) == 30
    new = lines(*(update(series(number), posted(1)) for number in range(1, 31)))
    assert len([one for one in new if one.startswith("NEW #")]) == 8
    assert "and 22 more: patchwatch list new" in new


def test_failing_polls_come_first() -> None:
    shown = digest(*ALL, stale=(Stale("frob", NOW - 2 * DAY), Stale("bpf", NOW - DAY))).text
    assert shown.split("\n")[:4] == [
        "NOT UP TO DATE: polling bpf, frob has failed since 2023-08-01 07:00 UTC;",
        "run `patchwatch doctor`.",
        "",
        "Now (1)",
    ]


# ---- layout --------------------------------------------------------------------------------------------------------

STRANGE = st.one_of(
    st.text(max_size=300),
    st.text(alphabet="\n\r\t \x00\x1b\u202e\u200b中文字コ한é\u0301👩\u200d👩👍🏽-_>#“”:F", max_size=200),
    st.sampled_from(
        (
            "\nSubject: forged",
            "\n\nNow (9)\n---",
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
        dataclasses.replace(
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
        assert cell_len(one) <= 72 or " https://lore.kernel.org/r/" in one
        assert one == one.rstrip()
    ours = [one for one in found.text.split("\n") if one and not one.startswith("  ")]
    plain = [one for one in digest(*ALL, first=True).text.split("\n") if one and not one.startswith("  ")]
    assert [one.split(" v1")[0] for one in ours] == [one.split(" v1")[0] for one in plain]
    assert found == digest(*shown, first=True)
    assert paragraphs_of_ours(found) == paragraphs_of_ours(digest(*ALL, first=True))
    for one in found.flowed.split("\n"):
        assert one.isprintable()
        long = cell_len(one) > 42 + one.startswith(" ")
        assert not long or " " not in one.strip() or " https://lore.kernel.org/r/" in one


def paragraphs_of_ours(found: Digest) -> list[str]:
    """How the paragraphs of a mail begin that are not a statement after a dash: headings, series, links."""
    joined = unflow(found.flowed).split("\n")
    return [one.split(" v1")[0] for one in joined if one and not one.startswith("- ")]


def test_a_mail_has_the_words_of_what_is_printed() -> None:
    def words(text: str) -> list[str]:
        return [word for word in text.split() if word not in ("-", "–")]

    for first in (False, True):
        found = digest(*ALL, first=first)
        assert words(found.flowed) == words(found.text)
        assert max(map(len, found.text.split("\n"))) > 42


def test_a_mail_fits_a_phone_and_is_filled_by_who_can() -> None:
    title = "frob: replace the second lock by a counter that readers do not have to take"
    found = digest(update(replace(ASKS_ME, title=title)), since=NOW - DAY)
    assert found.flowed.split("\n")[3:8] == [
        "#7 v1 frob: replace the second lock by a ",
        "counter that readers do not have to take",
        "- answer Rita's question from 2 days ago",
        "",
        "Changes since 2023-08-02 07:00 UTC.",
    ]


@given(st.permutations(ALL))
def test_order_of_the_input_does_not_matter(updates: list[SeriesUpdate]) -> None:
    assert digest(*updates) == digest(*ALL)


def test_hostile_message_id_cannot_break_its_link() -> None:
    shown = digest(update(series(), message("a b/c\nhttps://evil.example/?x#y@z")))
    link = "#7 https://lore.kernel.org/r/a%20b%2Fc%0Ahttps:%2F%2Fevil.example%2F%3Fx%23y@z/"
    assert link in shown.text.split("\n")


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
    assert " points " not in digest(*(dataclasses.replace(one, new_ids=frozenset()) for one in moved)).text


def test_a_closed_series_does_not_count_points() -> None:
    row = with_points(APPLIED, Fate.ANSWERED, "me@example.org")
    assert " points " not in digest(update(row, message("a@rita"))).text


def test_labels_stand_behind_the_title() -> None:
    assert " v1 frob: turn the wheel [later, todo]" in digest(update(replace(ASKS_ME, labels=("later", "todo")))).text
    assert "[" not in next(one for one in lines(update(ASKS_ME)) if "frob: turn the wheel" in one)
