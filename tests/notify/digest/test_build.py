"""The digest: what it says, in which part, in which columns, and in which order."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.notify.digest.build import Counts, Digest, Stale, compose
from patchwatch.notify.digest.entry import changes_in_a_line, day
from patchwatch.notify.digest.section import DigestSection, Story
from patchwatch.series.model import CheckRow, NextAction, SeriesRow, TrailerRow
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
    story,
)

COUNTS = Counts(series=3, open=2, awaiting=1)
QUESTION = said("question", "Why is the lock taken?", "q@rita")
ASKS_ME = series(
    involvement=MINE,
    turn="author",
    awaiting_review=False,
    turn_evidence=QUESTION,
    next_action=NextAction("answer Rita's question of 2 days ago", "q@rita", "me"),
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
ROBOT = message("r@bot", "frob robot", "Build failed.", bot=True)


def digest(*stories: Story, first: bool = False, counts: Counts = COUNTS, stale: tuple[Stale, ...] = ()) -> Digest:
    return compose(stories, NOW, since=SINCE, counts=counts, first=first, stale=stale)


def lines(*stories: Story, first: bool = False) -> list[str]:
    return digest(*stories, first=first).text.split("\n")


# ---- where a series stands -----------------------------------------------------------------------------------------


PING = NextAction("ping: no answer for 8 days", "", "me")
ANSWERED = replace(ASKED, answer="x", spoke=1)


@pytest.mark.parametrize(
    ("what", "told", "part"),
    [
        ("I was asked", story(ASKS_ME, message("q@rita")), DigestSection.MY_TURN),
        ("I was asked long ago", story(ASKS_ME), DigestSection.MY_TURN),
        ("I have to ping", story(replace(WAITS, next_action=PING)), DigestSection.MY_TURN),
        ("somebody answered me", story(replace(TO_REVIEW, involvement=ANSWERED)), DigestSection.MY_TURN),
        ("I am asked for a review", story(TO_REVIEW), DigestSection.MY_REVIEW),
        ("a new version for me", story(TO_REVIEW, posted(1)), DigestSection.MY_REVIEW),
        ("mine waits", story(WAITS), DigestSection.MY_WAITING),
        ("mine waits and was answered", story(WAITS, message("m@rita")), DigestSection.MY_WAITING),
        ("mine waits for the tree", story(replace(ASKS_ME, next_action=TREE_CLOSED)), DigestSection.MY_WAITING),
        ("a new version", story(series(), posted(1)), DigestSection.VERSIONS),
        ("a new version that was answered", story(series(), posted(1), message("m@rita")), DigestSection.VERSIONS),
        ("a reply", story(series(), message("m@rita")), DigestSection.REPLIES),
        ("a robot alone", story(series(), ROBOT), DigestSection.ROBOTS),
        ("a robot and a reply", story(series(), ROBOT, message("m@rita")), DigestSection.REPLIES),
        ("applied", story(APPLIED, message("a@rita")), DigestSection.CLOSED),
        ("mine was applied", story(replace(APPLIED, involvement=MINE), message("a@rita")), DigestSection.CLOSED),
        ("a new version was applied at once", story(APPLIED, posted(1), message("a@rita")), DigestSection.CLOSED),
        ("applied long ago", story(LONG_APPLIED), None),
        ("applied long ago, and spoken of", story(LONG_APPLIED, message("m@rita")), DigestSection.REPLIES),
        ("nothing new of what I watch", story(series()), DigestSection.WAITING),
        ("nothing new of what I follow", story(series(watched=False)), None),
        ("I spoke myself", story(series(watched=False), message("m@me", author_email="me@example.org")), None),
    ],
)  # fmt: skip
def test_a_series_stands_at_its_most_urgent_place(what: str, told: Story, part: DigestSection | None) -> None:
    assert told.part == part


def test_who_applies_what_others_post_is_told_what_waits_to_be_applied() -> None:
    reviewed = series(
        watched=False,
        involvement=ASKED,
        turn="maintainer",
        next_action=NextAction("maintainer: apply or answer", "t@rita", "maintainer"),
    )
    assert story(reviewed).part is None
    assert story(reviewed, applies=True).part is DigestSection.MY_REVIEW
    assert story(replace(reviewed, involvement=WATCHED), applies=True).part is None
    assert story(replace(reviewed, turn_since=NOW - 80 * DAY), applies=True).part is None
    assert "  apply or answer" in lines(story(reviewed, applies=True), first=True)


def test_what_i_closed_myself_is_counted_only() -> None:
    by_me = replace(APPLIED, state_evidence=replace(said("applied", "Applied.", "a@me"), by_email="me@example.org"))
    own = message("a@me", author_email="me@example.org")
    told = digest(story(by_me, own))
    assert (told.empty, told.subject) == (True, "[patchwatch] nothing new")
    assert "1 closed by you" in told.text


def test_a_commit_that_was_found_tells_that_it_was_applied() -> None:
    why = said("", "commit bf4ea1d0b2cb in frob-next: frob: turn the wheel", "", commit="bf4ea1d0b2cb")
    found = story(replace(APPLIED, state_evidence=why, turn_since=NOW - 9 * DAY), fresh=frozenset({"bf4ea1d0b2cb"}))
    assert found.part is DigestSection.CLOSED
    assert lines(found)[4] == "  accepted, 25 Jul: commit bf4ea1d0b2cb in frob-next: frob: turn the"
    assert story(replace(APPLIED, state_evidence=why)).part is None


@pytest.mark.parametrize("quiet", [{"muted": True}, {"snoozed_until": NOW + DAY}, {"snoozed_until": 0}])
def test_what_is_muted_or_snoozed_is_silent(quiet: dict[str, object]) -> None:
    told = digest(story(replace(series(), **quiet), message("m@rita")))  # type: ignore[arg-type]
    assert told.empty
    assert "#7" not in told.text


# ---- what is said --------------------------------------------------------------------------------------------------


def test_my_turn_says_what_since_when_and_the_sentence_that_asks() -> None:
    assert lines(story(ASKS_ME, message("q@rita")))[:8] == [
        "Your turn (1)",
        "-------------",
        "",
        "NEW #7 v1 frob: turn the wheel",
        "  answer Rita's question of 2 days ago",
        "  Rita Reviewer, 1 Aug: “Why is the lock taken?”",
        "https://lore.kernel.org/r/q@rita/",
        "",
    ]


def test_my_own_answer_is_no_sentence_that_asks_but_my_promise_is() -> None:
    mine = replace(said("answered", "It turns left.", "a@me"), by_name="Me", by_email="me@example.org")
    ping = replace(ASKS_ME, turn_evidence=mine, next_action=NextAction("ping Rita: no answer for 8 days", "a@me", "me"))
    assert "turns left" not in digest(story(ping), first=True).text
    promised = replace(mine, kind="promise", text="I will turn it right.")
    assert "  Me, 1 Aug: “I will turn it right.”" in lines(story(replace(ping, turn_evidence=promised)), first=True)


def test_an_answer_to_me_is_quoted() -> None:
    row = replace(TO_REVIEW, involvement=replace(ASKED, answer="x@ann", spoke=1))
    row = replace(row, next_action=NextAction("see Ann's answer of 2 hours ago", "x@ann", "me"))
    told = lines(story(row, message("x@ann", "Ann Author", "For the wheel's sake.")))
    assert told[4:7] == [
        "  see Ann's answer of 2 hours ago",
        "  Ann Author, 3 Aug: “For the wheel's sake.”",
        "https://lore.kernel.org/r/x@ann/",
    ]


def test_what_did_not_move_is_one_line_and_its_link() -> None:
    assert lines(story(ASKS_ME))[3:6] == [
        "#7 v1 frob: turn the wheel – answer Rita's question of 2 days ago",
        "https://lore.kernel.org/r/q@rita/",
        "",
    ]


def test_the_first_digest_tells_all_in_full_and_nothing_as_new() -> None:
    assert lines(story(ASKS_ME), first=True)[3:5] == [
        "#7 v1 frob: turn the wheel",
        "  answer Rita's question of 2 days ago",
    ]


def test_time_alone_makes_it_my_turn_and_that_is_new() -> None:
    late = replace(WAITS, next_action=NextAction("ping: no answer for 7 days", "v1@ann", "me"))
    waited = story(late, was=NextAction("wait for reviewers: 6 days so far", "v1@ann", "reviewers"))
    assert "NEW #7 v1 frob: turn the wheel" in lines(waited)
    assert "NEW" not in digest(story(late)).text


def test_my_patch_that_waits_says_from_when_on_to_ping() -> None:
    assert "  wait for reviewers: 3 days so far; ping politely from 7 Aug on" in lines(story(WAITS, message("m@rita")))
    assert lines(story(WAITS))[3] == "#7 v1 frob: turn the wheel – reviewers: 3 days; ping from 7 Aug"


def test_a_review_says_what_it_is_and_that_it_is_overdue() -> None:
    late = replace(TO_REVIEW, overdue=True, next_action=NextAction("review: waits for 9 days", "v1@ann", "me"))
    assert lines(story(late), first=True)[3:7] == [
        "#7 v1 frob: turn the wheel",
        "  review: waits for 9 days, OVERDUE",
        "  v1 by Ann Author, 2 patches",
        "https://lore.kernel.org/r/v1@ann/",
    ]
    assert lines(story(late))[3] == "#7 v1 frob: turn the wheel – review: 9 days, OVERDUE"


def test_a_new_version_says_what_changed_and_which_tags_came_along() -> None:
    kept = TrailerRow("Reviewed-by", "Rita Reviewer <rita@example.org>", "t1", 1, True, given_to="v1@ann")
    lost = TrailerRow("Acked-by", "Max Maintainer <max@example.org>", "t2", 2, True, given_to="v1@ann", carried=False)
    row = series(7, revision(1), revision(2, trailers=(kept, lost)), reviewed=1)
    told = story(row, posted(2), changes="- turn it once\n- do not\n  turn it twice")
    assert lines(told)[3:8] == [
        "NEW #7 v2 frob: turn the wheel",
        "  v1 → v2 by Ann Author, 2 patches, 1 reviewed",
        "  “turn it once; do not turn it twice”",
        "  1 tag kept, not collected: Acked-by of Max",
        "https://lore.kernel.org/r/v2@ann/",
    ]


def test_patches_that_were_not_seen_and_resends_are_said() -> None:
    row = series(7, revision(1, patches=4, expected=6, postings=("v1@ann", "again@ann")))
    again = message("again@ann", "Ann Author", "", submission=True)
    assert "  v1 sent again by Ann Author, 4 of 6 patches seen" in lines(story(row, again))


def test_replies_say_who_and_two_lines_and_tags() -> None:
    tags = [message(f"t{n}", who, "", tags=("Reviewed-by",)) for n, who in enumerate(("Rita R", "Max M"))]
    told = message("m", "Kim K", "The lock is held. " * 20, tags=("Acked-by",), date=NOW - 60)
    found = lines(story(series(), *tags, told))
    assert found[4:6] == ["  Rita R, Max M, 3 Aug: Reviewed-by", "https://lore.kernel.org/r/t1/"]
    assert found[6].startswith("  Kim K, 3 Aug (Acked-by): “The lock is held. The lock")
    assert found[8].endswith("…")
    assert found[9] == "https://lore.kernel.org/r/m/"


def test_of_many_replies_the_newest_are_told_and_the_rest_is_counted() -> None:
    many = [message(f"m{n}", excerpt=f"Reply {n}.", date=NOW - 600 + n) for n in range(9)]
    text = digest(story(series(), *many)).text
    assert [n for n in range(9) if f"Reply {n}." in text] == [6, 7, 8]
    assert "  and 6 more mails" in text
    followed = digest(story(series(watched=False), *many)).text
    assert [n for n in range(9) if f"Reply {n}." in followed] == [8]


def test_a_mail_without_words_is_named() -> None:
    assert lines(story(series(), message("m@rita", excerpt="")))[4:6] == [
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
def test_names_and_tags_are_no_words(excerpt: str, tags: tuple[str, ...], shown: str) -> None:
    assert f": “{shown}”" in digest(story(series(), message("m", excerpt=excerpt, tags=tags))).text


def test_robots_say_what_failed_and_good_news_only_to_the_author() -> None:
    bad = CheckRow("frob robot", "failure", "build error in wheel.c", "r@bot", NOW, 1)
    told = lines(story(series(7, revision(checks=(bad,))), ROBOT))
    assert told[0] == "CI and bots (1)"
    assert told[4] == "  frob robot, 3 Aug: failure: “build error in wheel.c”"
    good = series(7, revision(checks=(replace(bad, verdict="success"),)), watched=False)
    assert story(good, ROBOT).part is None
    assert story(replace(good, involvement=MINE, next_action=None), ROBOT).part is DigestSection.ROBOTS


def test_what_ended_says_how_and_where_it_is_written() -> None:
    assert lines(story(APPLIED, message("a@rita")))[3:6] == [
        "NEW #7 v1 frob: turn the wheel",
        "  accepted, 3 Aug: “Applied to frob.git, thanks!”",
        "https://lore.kernel.org/r/a@rita/",
    ]


def test_a_state_set_by_hand_names_nobodys_words() -> None:
    row = replace(APPLIED, state="rejected", state_evidence=said("marked", "set by max", "", by_hand=True))
    assert lines(story(row))[4:6] == ["  rejected, 3 Aug: set by max", "https://lore.kernel.org/r/v1@ann/"]


def test_what_i_only_watch_waits_by_turn() -> None:
    author = series(1, turn="author", next_action=NextAction("author: send v2, Rita asked for it", "q@rita", "author"))
    late = series(2, overdue=True, next_action=NextAction("reviewers: waits for 8 days", "v1@ann", "reviewers"))
    told = lines(story(late), story(author))
    assert told[0] == "Still waiting (2)"
    assert told[3] == "#1 v1 frob: turn the wheel – author: send v2, Rita asked for it"
    assert told[6] == "#2 v1 frob: turn the wheel – reviewers: 8 days, OVERDUE"


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
def test_a_changelog_in_one_line(text: str, shown: str) -> None:
    assert changes_in_a_line(text) == shown


def test_a_day_has_its_year_where_it_could_be_another() -> None:
    assert (day(NOW, NOW), day(NOW - 300 * DAY, NOW)) == ("3 Aug", "7 Oct 2022")


# ---- as a whole ----------------------------------------------------------------------------------------------------

ALL = (
    story(ASKS_ME, message("q@rita")),
    story(replace(TO_REVIEW, id=8), posted(1)),
    story(replace(WAITS, id=9)),
    story(series(10), posted(1)),
    story(series(11), message("m@rita")),
    story(series(12), ROBOT),
    story(replace(APPLIED, id=13), message("a@rita")),
    story(series(14)),
)


def test_the_parts_in_order_and_one_line_of_counts() -> None:
    told = lines(*ALL)
    heads = [one for one, below in pairwise(told) if below.startswith("---")]
    assert heads == [f"{part.value} (1)" for part in DigestSection]
    assert told[-2:] == ["3 series, 2 open, 1 awaits review.", "News since 2023-08-02 07:00 UTC."]


def test_a_series_is_told_once() -> None:
    text = digest(*ALL).text
    assert [text.count(f"#{number} ") for number in range(7, 15)] == [1] * 8


@pytest.mark.parametrize(
    ("stories", "subject"),
    [
        (ALL, "1 needs you, 1 to review, 2 new versions, 1 applied"),
        ([story(ASKS_ME, message("q@rita")), story(replace(ASKS_ME, id=8))], "2 need you"),
        ([story(ASKS_ME)], "nothing new, 1 needs you"),
        ([story(WAITS)], "nothing new"),
        ([], "nothing new"),
        ([story(series(), message("m@rita"))], "replies in 1 thread"),
        ([story(WAITS, message("m@rita"))], "replies in 1 thread"),
        ([story(series(), ROBOT)], "1 robot's report"),
        ([story(replace(APPLIED, state="rejected"), message("a@rita"))], "1 closed"),
    ],
)
def test_the_subject_says_the_point(stories: list[Story], subject: str) -> None:
    assert digest(*stories).subject == f"[patchwatch] {subject}"


@pytest.mark.parametrize(
    ("stories", "empty"), [([], True), ([story(ASKS_ME), story(WAITS), story(series())], True), (ALL, False)]
)
def test_it_is_empty_where_nothing_moved(stories: list[Story], empty: bool) -> None:
    assert digest(*stories).empty is empty


def test_long_parts_are_cut_and_say_where_the_rest_is() -> None:
    told = lines(*(story(replace(TO_REVIEW, id=n, turn_since=NOW - n * DAY)) for n in range(1, 31)))
    assert told[0] == "Awaiting your review (30)"
    assert [one.split()[0] for one in told if one.startswith("#")] == [f"#{n}" for n in range(30, 22, -1)]
    assert "and 22 more: patchwatch list --all --for-me --awaiting-review" in told


def test_what_is_silent_for_half_a_year_is_not_told_every_morning() -> None:
    told = digest(story(replace(ASKS_ME, turn_since=NOW - 200 * DAY)))
    assert (told.subject, "#7" in told.text) == ("[patchwatch] nothing new", False)


def test_what_could_not_be_polled_stands_first() -> None:
    told = digest(*ALL, stale=(Stale("frob", NOW - 2 * DAY), Stale("bpf", NOW - DAY))).text
    assert told.split("\n")[:4] == [
        "NOT UP TO DATE: bpf, frob can't be polled since 2023-08-01 07:00 UTC;",
        "`patchwatch doctor` tells why.",
        "",
        "Your turn (1)",
    ]


# ---- form ----------------------------------------------------------------------------------------------------------

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
def test_no_text_leaves_its_place(name: str, title: str, words: str, changes: str) -> None:
    def strange(row: SeriesRow) -> SeriesRow:
        newest = replace(row.revisions[-1], author_name=name, postings=row.revisions[-1].postings)
        owed = replace(row.turn_evidence, text=words, by_name=name) if row.turn_evidence else None
        ended = replace(row.state_evidence, text=words) if row.state_evidence else None
        return replace(
            row, title=title, revisions=(*row.revisions[:-1], newest), turn_evidence=owed, state_evidence=ended
        )

    told = [
        replace(
            one,
            row=strange(one.row),
            changes=changes,
            thread=tuple(replace(m, author_name=name, excerpt=words) for m in one.thread),
        )
        for one in ALL
    ]
    found = digest(*told, first=True)
    assert found.subject == digest(*ALL).subject
    for one in found.text.split("\n"):
        assert one.isprintable()
        assert cell_len(one) <= 72 or one.startswith("https://lore.kernel.org/r/")
        assert one == one.rstrip()
    ours = [one for one in found.text.split("\n") if one and not one.startswith("  ")]
    plain = [one for one in digest(*ALL, first=True).text.split("\n") if one and not one.startswith("  ")]
    assert [one.split(" v1")[0] for one in ours] == [one.split(" v1")[0] for one in plain]
    assert found == digest(*told, first=True)


@given(st.permutations(ALL))
def test_the_order_of_the_rows_does_not_matter(stories: list[Story]) -> None:
    assert digest(*stories) == digest(*ALL)


def test_a_message_id_can_not_break_its_link() -> None:
    told = digest(story(series(), message("a b/c\nhttps://evil.example/?x#y@z")))
    assert "https://lore.kernel.org/r/a%20b%2Fc%0Ahttps:%2F%2Fevil.example%2F%3Fx%23y@z/" in told.text.split("\n")
