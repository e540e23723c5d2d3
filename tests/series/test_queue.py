"""What needs a person: the section of each series, the words for it, and the order."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from patchwatch.series.model import NextAction
from patchwatch.series.queue import ASKS, Case, News, Place, Rules, Section, first, in_order, place
from patchwatch.series.state.merge_window import Window
from patchwatch.series.states import CLOSED, State, Turn

DAY = 86_400
NOW = 1_791_900_000  # Tue 13 Oct 2026
RULES = Rules()
OWN: dict[str, Any] = {"mine": True, "author": True}


def case(turn: str = "reviewers", days: float = 2, **named: Any) -> Case:
    """A series that I follow, for so many days in somebody's turn."""
    since = int(NOW - days * DAY)
    usual: dict[str, Any] = {"state": "under-review", "turn": turn, "turn_since": since, "last_activity": since}
    return Case(**(usual | named))


def mine(text: str, until: int | None = None, by: str = "me") -> NextAction:
    """A next action; by default it is mine, now."""
    return NextAction(text, "mail@example.org", by, until)


def own(text: str, turn: str = "author", days: float = 2, until: int | None = None, **named: Any) -> Case:
    """A series of mine, with a next action of mine."""
    return case(turn, days, action=mine(text, until), **{**OWN, **named})


def waits(text: str, turn: str = "reviewers") -> Case:
    """A series of mine that waits for others."""
    return case(turn, **OWN, action=mine(text, NOW + DAY, turn))


def answered(points: int) -> dict[str, Any]:
    """Jun answered points of mine."""
    return {"replied": True, "answerer": "Jun", "answered": NOW - DAY, "answers": points}


def closed(state: str, days: float, **named: Any) -> Case:
    """A series that was closed so many days ago."""
    return case("nobody", days, state=state, **named)


def news(days: float = 0.5, **named: Any) -> News:
    """News of so many days ago."""
    return News(int(NOW - days * DAY), **named)


ASKED = mine("review: waits for 2 days")
AGAIN = mine("review v4: you reviewed v3")
BY_NAME = "answer Lea, who asked you 1 day ago"
PING_LATER = mine("wait for reviewers: 2 days so far", NOW + 3 * DAY, "reviewers")
APPLY: dict[str, Any] = {"applies": True, "asked": NOW - DAY, "asker": "Lea", "days": 3}
SENT: dict[str, Any] = {"version": "v4", "replied": True}

TABLE: list[tuple[str, Case, str, str]] = [
    # Now: what I posted, and wait for nobody else.
    ("a question to me", own("answer Lea's question from 2 days ago", mine=False), "now", "answer Lea"),
    ("changes", own("send v3: Lea asked for changes 2 days ago"), "now", "send v3"),
    ("a wish", own("send v3, or answer Lea's suggestion from 2 days ago"), "now", "send v3"),
    ("two asked", own("answer Lea's doubt from 2 days ago, and 1 more"), "now", "answer Lea"),
    ("a NAK", own("rework or drop: NAKed by Lea 2 days ago"), "now", "rework"),
    ("a build failure", own("fix the build: lkp, 2 days ago"), "now", "fix the build"),
    ("on hold", own("answer Lea's request from 2 days ago to hold off"), "now", "answer Lea"),
    ("likely", case("author", **OWN, likely=True, action=mine("likely: send v3")), "now", "send v3?"),
    ("time to ping", case(days=9, **OWN, action=mine("ping Lea: no answer for 9 days")), "now", "ping Lea"),
    ("ping someone", own("ping the maintainer: reviewed 16 days ago", "maintainer", 16), "now", "ping maintainer"),
    ("the tree reopened", own("resend: net-next reopened 1 day ago", state="deferred"), "now", "resend"),
    ("no RFC", own("send it without RFC: reviewed 2 days ago", "maintainer", 2, rfc=True), "now", "send without RFC"),
    ("my own commit", own("yours to apply: reviewed 2 days ago", "maintainer", 2, version="v3"), "now", "apply v3"),
    ("a pull request to me", case("maintainer", pulls=True, action=mine("pull: waits for 2 days")), "now", "pull"),
    ("it never arrived", case(**OWN, action=mine("resend: patch 2/3 never arrived")), "now", "resend"),
    # Now: others' that I apply.
    ("mine to apply", case("maintainer", applies=True, version="v3"), "now", "apply v3"),
    ("a backport", case("maintainer", applies=True, backport=True), "waiting", "maintainer"),
    ("likely mine to apply", case("maintainer", applies=True, likely=True), "now", "apply v1?"),
    ("never applied", case("maintainer", 71, applies=True), "waiting", "you"),
    ("an RFC is not applied", case("maintainer", applies=True, rfc=True), "waiting", "author"),
    ("another maintainer's", case("maintainer"), "waiting", "maintainer"),
    ("changes are wanted", case("maintainer", applies=True, state="changes-requested"), "waiting", "author"),
    ("not upstream of mine", case("maintainer", applies=True, state="awaiting-upstream"), "waiting", "upstream"),
    ("blocked", case("maintainer", applies=True, blocked="blocked by #12"), "waiting", "blocked by #12"),
    ("not reviewed yet", case("reviewers", applies=True), "waiting", "reviewers"),
    ("with its author", case("author", applies=True), "waiting", "author"),
    # Now: others' that I am asked about by name.
    ("a question by name", case(asked=NOW - DAY, action=mine(BY_NAME)), "now", "answer Lea"),
    ("a test", case(asked=NOW - DAY, action=mine("test v2: Lea asked you 1 day ago")), "now", "test v2"),
    ("asked in the author's turn", case("author", asked=NOW - DAY, action=mine(BY_NAME)), "now", "answer Lea"),
    ("asked, unsure turn", case(likely=True, asked=NOW - DAY, action=mine(BY_NAME)), "now", "answer Lea"),
    ("asked, mine to apply", case("maintainer", applies=True, asked=NOW, action=mine(BY_NAME)), "now", "apply v1"),
    ("asked, perhaps mine to apply", case("maintainer", applies=True, likely=True, asked=NOW), "now", "apply v1"),
    # Review.
    ("sent to me", case(action=ASKED), "review", "review v1"),
    ("I know the last version", case(**SENT, action=AGAIN), "review", "review v4"),
    ("answered me", case(action=mine("see Jun's answer from 2 days ago")), "review", "check answer"),
    ("of several, mine", case("author", **answered(2)), "review", "check answers"),
    ("one point, unsure turn", case("author", likely=True, **answered(1)), "review", "check answer"),
    ("answered, and to review", case(action=AGAIN, **answered(1)), "review", "check answer"),
    ("likely to review", case(likely=True, action=ASKED), "review", "review v1?"),
    ("my own points on my own patch", case(**OWN, action=PING_LATER, **answered(1)), "waiting", "reviewers"),
    # New.
    ("a version", case("author", news=news(version="v6", replies=2)), "new", "v6 posted"),
    ("replies", case("author", news=news(replies=4)), "new", "4 replies"),
    ("one reply", case("author", news=news(replies=1)), "new", "1 reply"),
    ("it fails to build", case("author", news=news(failures=1)), "new", "fails"),
    ("tags for mine", case(**OWN, action=PING_LATER, news=news(tags=("Acked-by",))), "new", "Acked-by"),
    ("applied, as I said", closed("accepted", 0.5, replied=True, news=news(closed=True)), "new", "applied"),
    ("rejected, mine", closed("rejected", 0.5, **OWN, news=news(closed=True)), "new", "rejected"),
    ("a reply after it was applied", closed("accepted", 2, **OWN, news=news(replies=2)), "new", "2 replies"),
    ("a question about what I reviewed", closed("accepted", 90, replied=True, news=news(replies=1)), "new", "1 reply"),
    ("it fails in the tree", closed("accepted", 2, **OWN, news=news(failures=1)), "new", "fails"),
    ("applied, then answered", closed("accepted", 2, **OWN, news=news(closed=True, replies=1)), "new", "applied"),
    # Not mine, as I said.
    ("a review for others", case(action=ASKED, not_mine=NOW - DAY), "waiting", "reviewers"),
    ("its next version", case(days=0.5, version="v4", action=AGAIN, not_mine=NOW - DAY), "waiting", "reviewers"),
    ("others' to apply", case("maintainer", applies=True, not_mine=NOW - DAY), "waiting", "maintainer"),
    ("others', with news", case(action=ASKED, not_mine=NOW - DAY, news=news(replies=2)), "new", "2 replies"),
    ("a name, before", case(asked=NOW - 2 * DAY, action=mine(BY_NAME), not_mine=NOW - DAY), "waiting", "reviewers"),
    ("a name, after", case(asked=NOW - DAY, action=mine(BY_NAME), not_mine=NOW - 2 * DAY), "now", "answer Lea"),
    ("to apply, and a name after", case("maintainer", **APPLY, not_mine=NOW - 2 * DAY), "now", "apply v1"),
    ("to apply, a name before", case("maintainer", **APPLY, not_mine=NOW), "waiting", "maintainer"),
    ("answered me, before", case("author", **answered(2), not_mine=NOW), "waiting", "author"),
    ("answered me, after", case("author", **answered(2), not_mine=NOW - 2 * DAY), "review", "check answers"),
    ("likely to send, not mine", own("likely: send v3", likely=True, not_mine=NOW), "waiting", "you"),
    ("mine, asked after", own("send v3: Lea asked for changes 2 days ago", not_mine=NOW - 3 * DAY), "now", "send v3"),
    ("a review outranks news", case(action=ASKED, news=news(replies=2)), "review", "review v1"),
    # Silent.
    ("tags for others", case(news=news(tags=("Acked-by",))), "waiting", "reviewers"),
    ("robots on mine", case(**OWN, action=PING_LATER, news=news(failures=2)), "waiting", "reviewers"),
    ("muted, with news", case(muted=True, news=news(replies=4)), "waiting", "muted"),
    ("muted, asked", case(muted=True, action=ASKED), "waiting", "muted"),
    ("snoozed, asked", case(snoozed_until=NOW + DAY, action=ASKED), "waiting", "snoozed"),
    ("snoozed until a reply", case(snoozed_until=0), "waiting", "snoozed"),
    ("applied, but not mine", closed("accepted", 2, news=news(closed=True)), "closed", "applied"),
    ("a reply, but not mine", closed("accepted", 2, news=news(replies=2)), "closed", "applied"),
    ("a tag after it was applied", closed("accepted", 2, **OWN, news=news(tags=("Acked-by",))), "closed", "applied"),
    ("a reply to what I muted", closed("accepted", 2, **OWN, muted=True, news=news(replies=2)), "closed", "applied"),
    ("muted, applied", closed("accepted", 2, **OWN, muted=True, news=news(closed=True)), "closed", "applied"),
    # Waiting.
    ("for reviewers", case(**OWN, action=PING_LATER), "waiting", "reviewers"),
    ("for a person", waits("wait for Lea: 2 days so far"), "waiting", "Lea"),
    ("for them", waits("wait for the maintainer: reviewed 2 days ago", "maintainer"), "waiting", "maintainer"),
    ("for who promised", waits("wait for Jens to apply it: 2 days so far", "maintainer"), "waiting", "Jens"),
    ("for the tree", own("resend when net-next reopens", until=0), "waiting", "net-next"),
    ("for the merge window", waits("wait: merge window, ping after it"), "waiting", "merge window"),
    ("for another series", waits("wait: blocked by #12 and 1 more"), "waiting", "blocked by #12 and 1 more"),
    ("others' and seen", case("author"), "waiting", "author"),
    # Asked for long, and nobody wrote since.
    ("a review, three weeks late", case(days=21, action=ASKED), "waiting", "you"),
    ("almost three weeks", case(days=20, action=ASKED), "review", "review v1"),
    ("somebody wrote", case(days=30, last_activity=NOW - DAY, action=ASKED), "review", "review v1"),
    ("news of then", case(days=30, action=ASKED, news=news(30, version="v2")), "new", "v2 posted"),
    ("my answers, late", case("author", 30, **answered(2) | {"answered": NOW - 30 * DAY}), "waiting", "you"),
    ("a question to me, late", own("answer Lea's question from 3 weeks ago", days=21), "waiting", "you"),
    ("my version, three weeks late", own("send v3: Lea asked for changes 3 weeks ago", days=21), "now", "send v3"),
    ("my version, eight weeks late", own("send v3: Lea asked for changes 8 weeks ago", days=56), "waiting", "you"),
    ("mine to apply, seven weeks late", case("maintainer", 50, applies=True), "now", "apply v1"),
    ("mine to apply, eight weeks late", case("maintainer", 56, applies=True), "waiting", "you"),
    ("likely mine to apply, three weeks late", case("maintainer", 21, applies=True, likely=True), "waiting", "you"),
    ("likely my turn, late", case("author", 21, **OWN, likely=True, action=mine("likely: send v3")), "waiting", "you"),
    ("a name, late", case(days=22, asked=NOW - 22 * DAY, action=mine(BY_NAME)), "waiting", "you"),
    ("my ping, late", own("ping Lea: no answer for 60 days", "reviewers", 60), "now", "ping Lea"),
    ("a review that is pinned", case(days=60, action=ASKED, pinned=True), "review", "review v1"),
    ("woken from a snooze", case(days=60, woken=NOW - DAY, action=ASKED), "review", "review v1"),
    # Dormant.
    ("silent, but pinned", case(days=200, pinned=True), "waiting", "reviewers"),
    ("silent, to apply and pinned", case("maintainer", 200, applies=True, pinned=True), "waiting", "you"),
    ("silent", case(days=120), "dormant", "reviewers"),
    ("silent, and reviewed", case("maintainer", 120), "dormant", "reviewed"),
    ("silent, and asked of me", own("revive or drop: your turn for 6 months", days=200), "dormant", "author"),
    ("silent, sent to me", case(days=150, action=ASKED), "dormant", "reviewers"),
    ("silent, with news", case(days=121, news=news(130, replies=2)), "dormant", "reviewers"),
    ("silent and muted", case(days=121, muted=True), "dormant", "reviewers"),
    ("silent, but snoozed", case(days=200, snoozed_until=NOW + DAY), "waiting", "snoozed"),
    ("silent, but just woken", case(days=200, woken=NOW - DAY, action=ASKED), "review", "review v1"),
    ("not silent enough", case(days=119, action=ASKED), "waiting", "you"),
    ("dated in the future", case(days=-3650), "dormant", "reviewers"),
    ("its last mail in the future", case(last_activity=NOW + 3650 * DAY, action=ASKED), "review", "review v1"),
    # Closed.
    ("applied", closed("accepted", 3), "closed", "applied"),
    ("mainlined", closed("mainlined", 29), "closed", "mainlined"),
    ("not applicable", closed("not-applicable", 3), "closed", "not applicable"),
    ("closed long ago", closed("accepted", 31), "", ""),
    ("closed long ago, with news", closed("accepted", 31, **OWN, news=news(31, closed=True)), "", ""),
    ("unknown", case(known=False, action=ASKED), "", ""),
]  # fmt: skip


@pytest.mark.parametrize(("one", "section", "verb"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_place(one: Case, section: str, verb: str) -> None:
    found = place(one, NOW, RULES)
    assert ((found.section.value, found.verb) if found else ("", "")) == (section, verb)
    if found:
        assert found.reason
        assert found.reason[-1] not in ".…"


def where(one: Case, rules: Rules = RULES) -> Place:
    """Its place, which it has."""
    found = place(one, NOW, rules)
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("one", "holds"),
    [
        (case(action=ASKED, not_mine=NOW - DAY), True),
        (case(action=ASKED, not_mine=NOW - DAY, news=news(replies=2)), True),
        (case("author", not_mine=NOW - DAY), True),
        (case(action=ASKED), False),
        (case(asked=NOW - DAY, action=mine(BY_NAME), not_mine=NOW - 2 * DAY), False),
        (case("author", **answered(2), not_mine=NOW - 2 * DAY), False),
    ],
    ids=["asked by role", "with news", "the author's turn", "not said", "asked by name since", "answered since"],
)
def test_that_it_is_not_mine_holds_until_somebody_asks_me(one: Case, holds: bool) -> None:
    assert where(one).not_mine is holds


@pytest.mark.parametrize(
    ("one", "whom"),
    [
        (case(), "reviewers"),
        (case("author"), "its author"),
        (case("maintainer"), "a maintainer"),
        (case("maintainer", blocked="blocked by #12"), "#12"),
        (case("nobody", state="awaiting-upstream"), "another tree"),
    ],
)
def test_the_reason_names_whom_it_waits_for(one: Case, whom: str) -> None:
    assert where(one).reason == f"waiting for {whom} for 2 days"


# ---- dates ---------------------------------------------------------------------------------------------------------


def test_to_apply_comes_with_who_asked_for_it() -> None:
    found = where(case("maintainer", **APPLY))
    assert (found.reason, found.named) == ("yours to apply: reviewed 3 days ago; Lea asked you 1 day ago", True)


def test_a_review_is_overdue_after_a_week() -> None:
    assert not where(case(days=6.9, action=ASKED)).overdue
    late = where(case(days=9, action=ASKED))
    assert late.overdue
    assert late.when(NOW) == "9d!"
    assert late.reason.endswith("; 2 days over your week")


def test_two_equal_times_are_not_both_given() -> None:
    asked = "send v2: Rita asked for changes {} months ago"
    late = where(own(asked.format(2), days=70, pinned=True))
    assert late.reason == f"{asked.format(2)}; overdue"
    later = where(own(asked.format(3), days=95, pinned=True))
    assert later.reason == f"{asked.format(3)}; 2 months over your week"


def test_the_merge_window_does_not_count() -> None:
    window = Window("v7.1", NOW - 8 * DAY, NOW - DAY)
    assert not where(case(days=9, action=ASKED), Rules(windows=(window,))).overdue


def test_a_ping_is_overdue_a_week_after_its_day() -> None:
    ping = mine("ping Lea: no answer")
    assert where(case(days=9, **OWN, action=ping)).since == NOW - 2 * DAY
    assert not where(case(days=13, **OWN, action=ping)).overdue
    assert where(case(days=15, **OWN, action=ping)).overdue


@pytest.mark.parametrize("begins", ["", "likely: "])
def test_what_i_posted_and_apply_myself_waits_since_the_review(begins: str) -> None:
    mine_to_apply = own(f"{begins}yours to apply: reviewed 16 days ago", "maintainer", 16)
    found = where(mine_to_apply)
    assert (found.when(NOW), found.due) == ("16d!", NOW - 9 * DAY)
    assert found.reason == f"{begins}yours to apply: reviewed 16 days ago; 9 days over your week"


def test_a_resend_is_due_when_the_tree_reopens() -> None:
    window = Window("v7.1", NOW - 15 * DAY, NOW - DAY)
    waiting = own("resend: net-next reopened 1 day ago", days=10, state="deferred")
    assert where(waiting, Rules(windows=(window,))).when(NOW) == "1d"


def test_waiting_shows_the_day_to_ping() -> None:
    found = where(case(**OWN, action=PING_LATER))
    assert found.when(NOW) == "Fri 16"
    assert found.reason == "wait for reviewers: 2 days so far; ping on Fri 16 Oct"
    assert where(case("author")).when(NOW) == ""


def test_what_is_not_sure_says_so() -> None:
    assert where(case("maintainer", applies=True, likely=True)).reason == "likely yours to apply: reviewed 2 days ago"
    assert where(case(likely=True, action=AGAIN)).reason == "likely: review v4: you reviewed v3"
    assert where(own("likely: send v3", likely=True)).reason == "likely: send v3"


def test_what_is_not_sure_is_not_overdue() -> None:
    assert not where(case("author", 20, **OWN, likely=True, action=mine("likely: send v3"))).overdue


# ---- order ---------------------------------------------------------------------------------------------------------


def verbs_in_order(section: Section, *cases: Case) -> list[str]:
    """The verbs of a section, in order."""
    places = {number: found for number, one in enumerate(cases) if (found := place(one, NOW, RULES))}
    return [places[number].verb for number in in_order(places)[section]]


def asked(days: float, version: str, **named: Any) -> Case:
    """A series to review."""
    return case(days=days, version=version, action=ASKED, **named)


def test_what_lapsed_says_why() -> None:
    assert where(case(days=30, action=ASKED)).reason == (
        "review v1: sent to you 30 days ago; not in Review, because nobody wrote for 30 days"
    )


@pytest.mark.parametrize(("days", "section"), [(9, Section.REVIEW), (11, Section.WAITING)])
def test_an_answer_that_nobody_checked_in_ten_days_is_not_for_today(days: float, section: Section) -> None:
    late = case("author", days, replied=True, answerer="Jun", answered=int(NOW - days * DAY), answers=1)
    assert where(late).section is section


@pytest.mark.parametrize(
    "text", ["ping the maintainer: reviewed, not applied for 9 weeks", "resend: no answer for 9 weeks"]
)
def test_a_ping_that_nobody_sent_for_two_months_is_not_for_today(text: str) -> None:
    late = own(text, "reviewers", 7 + 55)
    assert where(late).section is Section.NOW
    lapsed = where(own(text, "reviewers", 7 + 57))
    assert (lapsed.section, lapsed.verb, lapsed.mine) == (Section.WAITING, "you", True)


@pytest.mark.parametrize("text", ["revive or drop: your turn for 13 months", "look into it: you promised 9 weeks ago"])
def test_everything_that_nobody_wrote_in_for_two_months_is_not_for_today(text: str) -> None:
    assert where(own(text, "author", 55)).section is Section.NOW
    assert where(own(text, "author", 57)).section is Section.WAITING


def test_the_merge_window_gives_more_time() -> None:
    window = Window("v7.1", NOW - 15 * DAY, NOW - DAY)
    assert where(case(days=30, action=ASKED), Rules(windows=(window,))).section is Section.REVIEW


def test_pinned_comes_first_in_its_section() -> None:
    cases = [asked(8, "v8"), asked(1, "v1", pinned=True), asked(6, "v6", likely=True), asked(2, "v2")]
    assert verbs_in_order(Section.REVIEW, *cases) == ["review v1", "review v8", "review v2", "review v6?"]
    assert verbs_in_order(Section.WAITING, case("author"), case(pinned=True)) == ["reviewers", "author"]
    cases = [case(news=news(0.1, version="v2"), mine=True), case(news=news(3, version="v3"), pinned=True)]
    assert verbs_in_order(Section.NEW, *cases) == ["v3 posted", "v2 posted"]


def reviewed_of(days: int, **named: Any) -> Case:
    """A series to apply, reviewed so many days ago; nobody wrote since."""
    return case("maintainer", days, applies=True, state="reviewed", version=f"v{days}", **named)


def test_overdue_first_and_the_freshest_of_them_leads() -> None:
    cases = [asked(1, "v1"), asked(20, "v20"), asked(5, "v5"), asked(8, "v8"), asked(6, "v6", likely=True)]
    assert verbs_in_order(Section.REVIEW, *cases) == [
        "review v8",
        "review v20",
        "review v5",
        "review v1",
        "review v6?",
    ]


def test_what_is_overdue_for_more_than_two_weeks_does_not_lead() -> None:
    cases = [reviewed_of(days) for days in (54, 20, 8, 22, 1, 37)]
    unsure = reviewed_of(2, likely=True)
    pinned = reviewed_of(50, pinned=True)
    assert verbs_in_order(Section.NOW, unsure, *cases, pinned) == [
        "apply v50",
        "apply v8",
        "apply v20",
        "apply v1",
        "apply v22",
        "apply v37",
        "apply v54",
        "apply v2?",
    ]
    places = {days: where(reviewed_of(days)) for days in (37, 2)}
    assert first(in_order(places), places) == 2
    assert all(where(reviewed_of(days)).overdue for days in (8, 22, 37))


def test_what_somebody_pinged_is_at_the_top_again() -> None:
    pinged = asked(40, "v40")._replace(last_activity=NOW - DAY)
    assert verbs_in_order(Section.REVIEW, asked(20, "v20"), pinged, asked(8, "v8"), asked(2, "v2")) == [
        "review v40",
        "review v8",
        "review v20",
        "review v2",
    ]
    assert where(pinged).late is False


def test_two_weeks_begin_when_the_own_patience_ends_and_merge_windows_do_not_count() -> None:
    assert where(reviewed_of(20)).late is False
    assert where(reviewed_of(20), Rules(overdue_days=5)).late is True
    window = Window("v7.1", NOW - 12 * DAY, NOW - 5 * DAY)
    assert where(reviewed_of(22), Rules(windows=(window,))).late is False


def test_what_somebody_asked_me_comes_before_what_falls_to_my_role() -> None:
    reviewed = case("maintainer", 3, applies=True, state="reviewed")
    overdue = case("maintainer", 9, applies=True, state="reviewed", version="v9")
    question = own("answer Lea's question from 1 day ago", days=1)
    named = case("author", 1, action=mine(BY_NAME), asked=NOW - DAY // 2)
    rework = own("send v2: Lea asked for changes 2 days ago", days=2)
    unsure = own("answer Jun's doubt from 1 day ago", days=1, likely=True)
    assert verbs_in_order(Section.NOW, unsure, rework, reviewed, named, question, overdue) == [
        "apply v9",
        "answer Lea",
        "answer Lea",
        "apply v1",
        "send v2",
        "answer Jun?",
    ]


def test_new_begins_with_what_i_wrote_or_replied_to() -> None:
    cases = [
        case(news=news(0.1, version="v2")),
        case(news=news(2, version="v3"), replied=True),
        case(news=news(1, version="v4"), mine=True),
    ]
    assert verbs_in_order(Section.NEW, *cases) == ["v4 posted", "v3 posted", "v2 posted"]


def test_waiting_begins_with_the_next_ping() -> None:
    later = mine("wait for Lea: 2 days so far", NOW + 5 * DAY, "reviewers")
    someday = mine("resend when net-next reopens", 0)
    cases = [case("author"), case(**OWN, action=someday), case(**OWN, action=later), case(**OWN, action=PING_LATER)]
    assert verbs_in_order(Section.WAITING, *cases) == ["reviewers", "Lea", "net-next", "author"]


def test_dormant_begins_with_the_newest() -> None:
    assert verbs_in_order(Section.DORMANT, case("author", 300), case(days=130)) == ["reviewers", "author"]


def test_the_first_is_sure_if_there_is_a_sure_one() -> None:
    places = {1: where(asked(2, "v2", likely=True)), 2: where(asked(1, "v1"))}
    assert first(in_order(places), places) == 2
    del places[2]
    assert first(in_order(places), places) == 1
    assert first(in_order({}), {}) is None


# ---- any series ----------------------------------------------------------------------------------------------------

TIMES = st.one_of(st.integers(NOW - 400 * DAY, NOW + 2 * DAY), st.sampled_from([0, 1, NOW + 50 * 365 * DAY, 1 << 40]))
TEXTS = st.sampled_from(
    [
        "ping Lea: no answer for 9 days",
        "send v3: Lea asked",
        "wait for Lea: 1 day so far",
        "review: waits",
        "",
        ":",
        ", ",
    ]
)
ACTIONS = st.none() | st.builds(
    NextAction,
    TEXTS,
    st.just("m@x"),
    st.sampled_from(["me", *Turn]),
    st.none() | st.just(0) | st.integers(NOW, NOW + 40 * DAY),
)
NEWS = st.none() | st.builds(
    News,
    TIMES,
    st.sampled_from(["", "v2"]),
    st.integers(0, 3),
    st.sampled_from([(), ("Acked-by",)]),
    st.integers(0, 2),
    st.booleans(),
)
FLAGS = {
    name: st.booleans()
    for name in ("rfc", "mine", "author", "replied", "known", "muted", "pinned", "pulls", "applies", "likely")
}
CASES = st.builds(
    Case,
    state=st.sampled_from([state.value for state in State]),
    turn=st.sampled_from([turn.value for turn in Turn]),
    turn_since=TIMES,
    last_activity=TIMES,
    snoozed_until=st.none() | st.just(0) | st.integers(NOW, NOW + DAY),
    woken=st.sampled_from([0, NOW - DAY]),
    blocked=st.sampled_from(["", "blocked by #3"]),
    action=ACTIONS,
    answers=st.integers(0, 2),
    answered=TIMES,
    answerer=st.just("Jun"),
    asked=st.just(0) | TIMES,
    not_mine=st.just(0) | TIMES,
    news=NEWS,
    **FLAGS,
)  # fmt: skip


@given(CASES)
def test_each_open_series_that_i_know_is_in_one_section(one: Case) -> None:
    found = place(one, NOW, RULES)
    if one.known and one.state not in CLOSED:
        assert found is not None
        assert found.section is not Section.CLOSED
    if found is None:
        assert not one.known or one.state in CLOSED
        return
    assert found.reason
    assert not found.overdue or found.section in ASKS
    if one.muted or one.snoozed_until is not None:
        assert found.section not in {*ASKS, Section.NEW} or one.state in CLOSED
    assert not one.pinned or found.pinned
    assert not (one.pinned and found.section is Section.DORMANT)
    live = one.snoozed_until is None and not one.pinned and one.state not in CLOSED
    if found.section in {*ASKS, Section.NEW, Section.WAITING} and live:
        assert NOW - max(one.last_activity, one.woken, one.turn_since) < RULES.dormant_days * DAY


@given(st.lists(CASES, max_size=12), st.randoms())
def test_the_order_is_total_and_stable(cases: list[Case], random: Any) -> None:
    places = [(number, found) for number, one in enumerate(cases) if (found := place(one, NOW, RULES))]
    expected = in_order(dict(places))
    assert sorted(number for section in expected.values() for number in section) == [number for number, _ in places]
    random.shuffle(places)
    assert in_order(dict(places)) == expected
    for numbers in expected.values():
        order = [(dict(places)[number].pinned, dict(places)[number].sure) for number in numbers]
        assert order == sorted(order, reverse=True)


@given(CASES, st.integers(0, 40 * DAY))
def test_time_only_makes_a_series_older(one: Case, later: int) -> None:
    """With everything else the same, what is dormant stays so, and what is overdue stays overdue until it lapses."""
    rules = structs.replace(RULES, windows=())
    before, after = place(one, NOW, rules), place(one, NOW + later, rules)
    if before is None or one.last_activity > NOW or one.turn_since > NOW:
        return
    if before.section is Section.DORMANT:
        assert after is not None
        assert after.section is Section.DORMANT
    if before.overdue and after is not None and after.section in ASKS:
        assert after.overdue
