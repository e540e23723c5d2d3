"""Patches that are applied one by one, and notices of bots and maintainers."""

from __future__ import annotations

from email.utils import format_datetime

import pytest
from msgspec import structs

from patchwatch.mail.message import Message, Person, person_key
from patchwatch.mail.parse import parse
from patchwatch.series.committers import Committers
from patchwatch.series.revision import find_revisions
from patchwatch.series.state.revision_state import revision_state
from tests.series.state.replies import (
    ANN,
    APPLIED,
    MIA,
    PATCHWORK,
    REX,
    RITA,
    RITA_TAG,
    Reply,
    answer,
    at,
    posted,
    revision,
    state_after,
)
from tests.support.mails import mail

HALF_FOUND = """\
This series was applied to frob/frob.git (main)

  - [1/3] frob: part 1
    https://git.kernel.org/frob/c/0123456789ab
  - [2/3] frob: part 2
    (no matching commit)
"""
COMMITTERS = Committers(
    frozenset({("netdev@vger.kernel.org", person_key(Person("Mia Maintainer", "mia@kernel.example")))})
)
MIA_PERSON = Person("Mia Maintainer", "mia@kernel.example")
THANKS = "Applied, thanks!\n\n" + "".join(
    f"[{number}/3] frob: part {number}\n      commit: 0123456789ab\n" for number in (1, 2, 3)
)


@pytest.mark.parametrize(
    "words",
    [
        "While I don't mind the check, I've dropped it and applied the patches to frob/for-6.5.",
        "As nobody objected, I've queued these up for 6.5.",
        "The comment had a typo, which I fixed, and I merged the whole series.",
    ],
)
def test_the_object_of_the_verb_says_that_all_are_applied(words: str) -> None:
    found = revision_state(revision(3, (MIA, words, 2)), committers=COMMITTERS)
    assert (found.state, found.partly) == ("accepted", "")


def test_a_verb_with_one_patch_for_its_object_is_about_one() -> None:
    found = revision_state(revision(3, (MIA, "As the others wait, I've applied this patch.", 2)), committers=COMMITTERS)
    assert (found.state, found.partly) == ("under-review", "2")


@pytest.mark.parametrize(
    ("replies", "partly"),
    [
        ([(MIA, "Applied 1-2 to frob/for-6.5.\n")], "1,2"),
        ([(MIA, "Patch 1 applied to frob/fixes. Patch 3 applied to frob/next. Thanks!\n")], "1,3"),
        ([(MIA, "Patch 1 applied to frob/next. The rest needs an ack from Rex.\n")], "1"),
        ([(MIA, "Applied, thanks.\n", 3)], "3"),
        ([(MIA, "Applied, thanks.\n", 3), (MIA, "Applied, thanks.\n", 1)], "1,3"),
        ([(MIA, "Applied the first patch.\n")], "1"),
        ([(MIA, "Applied, except for 3/3, thanks.\n")], "1,2"),
        ([(MIA, "Applied all but patch 2 to frob/next.\n")], "1,3"),
        ([(PATCHWORK, HALF_FOUND)], "1"),
        ([(MIA, "This one is queued for 6.5, so drop it from the series.\n", 2)], "2"),
    ],
)
def test_a_partly_applied_series_has_the_patch_numbers(replies: list[Reply], partly: str) -> None:
    found = state_after(3, *replies)
    assert (found.state, found.partly) == ("under-review", partly)


@pytest.mark.parametrize(
    "replies",
    [
        [(MIA, "Applied 1-2 to frob/for-6.5.\n"), (REX, "Applied patch 3 to knob/next.\n")],
        [(MIA, "Applied 1-2 to frob/for-6.5.\n"), (MIA, "Applied the rest, thanks.\n")],
        [(MIA, "Patch 1 applied to frob/next. The rest applied to knob/next. Thanks!\n")],
        [(MIA, "I've applied patch 1 to frob/fixes. I've applied the others to frob/next.\n")],
        [(MIA, "Patch 1 applied to frob/fixes.\n\nThe remaining patches applied to frob/next, thanks.\n")],
        [(MIA, "Applied, thanks.\n", number) for number in (1, 2, 3)],
        [(MIA, "Series applied, thanks.\n", 1)],
        [(MIA, THANKS, 1)],
    ],
)
def test_a_series_applied_piece_by_piece_is_accepted_with_the_last_one(replies: list[Reply]) -> None:
    found = state_after(3, *replies)
    assert (found.state, found.partly) == ("accepted", "")
    assert found.reason is not None
    assert found.reason.message_id == f"a{len(replies)}@x"


@pytest.mark.parametrize(
    ("whole", "words", "partly"),
    [
        (2, "I have applied these two to frob/next, thanks!\n", ""),
        (3, "I have applied the three patches to frob/next.\n", ""),
        (3, "I have applied these two to frob/next, thanks!\n", "some"),
        (4, "I've taken the 3 patches to frob/next as they seem to be standalone fixes.\n", "some"),
        (4, "I've applied the two patches to frob/next.\n", "some"),
        (2, "I've applied the two patches to frob/next.\n", ""),
        (3, "I have applied the first two to frob/next, thanks!\n", "1,2"),
    ],
)
def test_patches_that_are_counted_are_all_if_there_are_no_more(whole: int, words: str, partly: str) -> None:
    said = revision_state(revision(whole, (MIA, words, 2)), COMMITTERS)
    assert said.state == ("under-review" if partly else "accepted")
    assert said.partly == partly


@pytest.mark.parametrize(
    ("tags", "words", "partly"),
    [
        (RITA_TAG, "Applied to frob/next, thanks!\n", ""),
        (RITA_TAG, "Applied, thanks!\n", ""),
        (RITA_TAG, "Applied this patch to frob/next, thanks!\n", "1"),
        (RITA_TAG, "Applied 1 to frob/next.\n", "1"),
        ("", "Applied to frob/next, thanks!\n", "1"),
    ],
)
def test_the_first_patch_stands_for_a_reviewed_series_without_a_cover_letter(
    tags: str, words: str, partly: str
) -> None:
    _, *patches = posted(2, tags)
    (found,) = find_revisions([*patches, answer("a@x", MIA, patches[0], 9, words)])
    said = revision_state(found)
    assert said.partly == partly
    assert said.state == ("accepted" if not partly else "reviewed" if tags else "under-review")


def test_a_list_is_believed_if_no_patch_of_the_posting_arrived() -> None:
    cover = posted(2)[0]
    applied = (
        "This patch was applied to frob/frob.git (main)\n\n"
        "  - [1/1] frob: part 1\n    https://git.kernel.org/frob/c/0123456789ab\n"
    )
    (found,) = find_revisions([cover, answer("a@x", PATCHWORK, cover, 9, applied)])
    assert revision_state(found).state == "accepted"


def test_a_partly_applied_series_has_the_mail_that_reported_it() -> None:
    found = state_after(4, (MIA, "Applied patches 1-2, thanks!\n"), (MIA, APPLIED, 3))
    assert (found.state, found.partly) == ("under-review", "1,2,3")
    assert found.partly_reason is not None
    assert found.partly_reason.message_id == "a2@x"
    assert (
        state_after(4, (MIA, "Applied patches 1-2, thanks!\n"), (MIA, "Applied the series, thanks!\n")).partly_reason
        is None
    )


@pytest.mark.parametrize(
    ("sent_here", "replies", "partly"),
    [
        ([2], [("Applied to frob/for-6.5, thanks!\n", 2)], ""),
        ([2, 5], [("Applied, thanks!\n", 2), ("Applied, thanks!\n", 5)], ""),
        ([2, 5], [("Applied patches 2 and 5 to frob/next.\n", 2)], ""),
        ([2], [("Applied 1-3 to frob/next.\n", 2)], ""),
        ([2, 5], [("Applied, thanks!\n", 2)], "2"),
        ([2, 5], [("Applied 1-3 to frob/next.\n", 5)], "1,2,3"),
        ([2], [("Applied 5 to knob/next.\n", 2)], "5"),
    ],
)
def test_a_series_is_applied_once_all_is_that_was_sent_to_the_list(
    sent_here: list[int], replies: list[tuple[str, int]], partly: str
) -> None:
    _, *patches = posted(6)
    answers = [answer(f"a{hour}@x", MIA, patches[to - 1], hour, words) for hour, (words, to) in enumerate(replies, 1)]
    (found,) = find_revisions([*(patches[number - 1] for number in sent_here), *answers])
    said = revision_state(found)
    assert (said.state, said.partly) == ("under-review" if partly else "accepted", partly)


@pytest.mark.parametrize("sent_here", [[2], []])
def test_a_list_that_got_the_cover_letter_waits_for_all_of_the_series(sent_here: list[int]) -> None:
    cover, *patches = posted(6)
    own = [cover, *(patches[number - 1] for number in sent_here)]
    (found,) = find_revisions([*own, answer("a@x", MIA, cover, 9, "Applied patch 2 to frob/next.\n")])
    assert (revision_state(found).state, revision_state(found).partly) == ("under-review", "2")


@pytest.mark.parametrize(
    "mark", ["DO NOT APPLY PATCH 3/3]", "PATCH DONOTMERGE 3/3]", "PATCH 3/3 not for merging]", "PATCH 3/3] HACK:"]
)
def test_a_patch_that_is_marked_as_not_for_merging_is_not_waited_for(mark: str) -> None:
    cover, first, second, third = posted(3)
    marked = parse(
        mail(
            message_id=third.message_id,
            subject=f"[{mark} frob: part 3",
            sender=f"{third.author.name} <{third.author.email}>",
            date="1 Jul 2023 10:00:03 +0000",
            in_reply_to=cover.message_id,
            body="Why.\n",
        )
    )
    applied = answer("a@x", MIA, cover, 9, "Applied patches 1 and 2, thanks!\n")
    (found,) = find_revisions([cover, first, second, marked, applied])
    assert found.not_for_merging == {3}
    assert revision_state(found).state == "accepted"
    (found,) = find_revisions([cover, first, second, marked, answer("a@x", MIA, first, 9, APPLIED)])
    assert (revision_state(found).state, revision_state(found).partly) == ("under-review", "1")


def test_a_patch_that_was_lost_is_missing_from_those_that_were_applied() -> None:
    cover, *patches = posted(4)
    words = "Applied 1-3, thanks!\n"
    (found,) = find_revisions([cover, *patches[:3], answer("a@x", MIA, cover, 9, words)])  # all to the same people
    assert found.missing == (4,)
    assert revision_state(found).state == "under-review"


def test_patches_are_applied_along_with_the_one_that_is_answered() -> None:
    _, *patches = posted(3)
    words = "Applied along with the [2-3/3] as 6.5 material.\n"
    (found,) = find_revisions([*patches, answer("a@x", MIA, patches[0], 9, words)])
    assert (revision_state(found).state, revision_state(found).partly) == ("accepted", "")
    assert state_after(3, (MIA, "Applied along with patch 3, thanks.\n", 2)).partly == "2,3"
    assert state_after(4, (MIA, "Patch 2->4 applied for next, thanks!\n")).partly == "2,3,4"


def test_a_maintainer_who_drops_one_of_several_patches_keeps_the_others() -> None:
    said = "Another patch made this one obsolete, so I dropped this one from the series.\n"
    assert state_after(3, (MIA, APPLIED), (MIA, said, 2)).state == "accepted"
    assert state_after(3, (MIA, APPLIED), (MIA, "I dropped this series again.\n", 2)).state == "changes-requested"
    assert state_after(1, (MIA, APPLIED), (MIA, said)).state == "changes-requested"


def test_the_stable_team_applies_backports_of_any_list() -> None:
    own = posted(1, prefix="PATCH 6.1.y")
    queued = answer("a@x", "Stan Stable <stan@example.com>", own[0], 5, "Got it, now queued up in the right place.\n")
    (found,) = find_revisions([*own, queued])
    assert revision_state(found, COMMITTERS).state == "accepted"
    (upstream,) = find_revisions([*posted(1), queued])
    assert revision_state(upstream, COMMITTERS).state == "under-review"


@pytest.mark.parametrize(
    ("words", "above", "state"),
    [
        ("Applied, thanks.  Welcome to the community!\n", 1, "accepted"),
        ("Applied, thanks.  The next of your patches is on my list for this week.\n", 1, "accepted"),
        ("Applied, thanks.  The next of your patches is on my list for this week.\n", "a1", "reviewed"),
        ("I applied this.\nWith it the wheel turns on all of my machines.\n", 1, "reviewed"),
        ("Applied, thanks.  It does not build without the wheel, and warns here.\n", 1, "changes-requested"),
        (f"Applied, thanks.\n{'The wheel turns on many machines. ' * 6}\n", 1, "reviewed"),
    ],
)
def test_who_applies_patches_of_another_tree_says_little_else(words: str, above: int | str, state: str) -> None:
    found = revision(1, (RITA, RITA_TAG, 1), ("Stan Other <stan@example.com>", words, above))
    assert revision_state(found, COMMITTERS).state == state


def test_a_committer_pushes_their_own_patch_with_what_was_asked_for() -> None:
    asked = (RITA, "Please use the wheel.\n\nThe rest is fine.\n")
    ann = Committers(frozenset({("netdev@vger.kernel.org", person_key(Person("Ann Author", "ann@example.org")))}))
    for words, state in (
        ("Now pushed to for-next, with the wheel.\n", "accepted"),
        ("Applied, thanks!\n", "under-review"),
    ):
        assert revision_state(revision(1, asked, (ANN, words, "a1")), ann).state == state


def test_a_committer_applies_their_own_patch_once_it_has_its_reviews_whatever_they_promised() -> None:
    ann = Committers(frozenset({("netdev@vger.kernel.org", person_key(Person("Ann Author", "ann@example.org")))}))
    asked = (RITA, f"Please use the wheel.\n\n{RITA_TAG}\n")
    promised, done = (ANN, "Will do when applying.\n", "a1"), (ANN, "Pushed to my queue, thanks!\n", "a1")
    assert revision_state(revision(1, asked, promised, done), ann).state == "accepted"
    without = (RITA, "Please use the wheel.\n")
    assert revision_state(revision(1, without, promised, done), ann).state != "accepted"


def notice(subject: str, body: str, about: str = "1@x", hour: float = 5) -> Message:
    text = f"{body}\n\nLink: https://lore.kernel.org/r/{about}\n"
    return parse(mail(message_id=f"n{hour}@x", subject=subject, sender=MIA, date=format_datetime(at(hour)), body=text))


TIP = "The following commit has been merged into the sched/core branch of tip:\n"
STABLE = "I've just added the patch titled\n\n    frob\n\nto the 6.6-stable tree which can be found at:\n    x\n"


def test_notices_about_each_patch_accept_a_series() -> None:
    one = notice("[tip: sched/core] frob: part 1", TIP, "1@x", 5)
    two = notice("[tip: sched/core] frob: part 2", TIP, "2@x", 6)
    (half,) = find_revisions([*posted(2), one])
    (whole,) = find_revisions([*posted(2), one, two])
    assert (revision_state(half).state, revision_state(half).partly) == ("under-review", "1")
    assert revision_state(whole).state == "accepted"


def test_a_patch_queued_for_stable_is_in_mainline() -> None:
    (found,) = find_revisions([*posted(1), notice('Patch "frob" has been added to the 6.6-stable tree', STABLE)])
    assert (revision_state(found).state, revision_state(found).turn) == ("mainlined", "nobody")


def test_a_patch_dropped_by_mm_is_no_longer_accepted() -> None:
    added = notice(
        "+ frob.patch added to mm-unstable branch", "has been added to the -mm mm-unstable branch.\n", hour=5
    )
    dropped = notice(
        "[to-be-updated] frob.patch removed from -mm tree",
        "has been removed from the -mm tree.\n\nThis patch was dropped because an updated version will be issued\n",
        hour=6,
    )
    (found,) = find_revisions([*posted(1), added, dropped])
    assert (revision_state(found).state, revision_state(found).turn) == ("changes-requested", "author")


def test_a_merged_pull_request_is_in_mainline() -> None:
    pull = parse(mail(message_id="p@x", subject="[GIT PULL] frob", sender=MIA, body="Please pull.\n"))
    body = "The pull request you sent on Mon, 3 Jul:\n\n> git://x tags/y\n\nhas been merged into torvalds/linux.git:\nhttps://x\n"
    bot = parse(
        mail(
            message_id="b@x",
            subject="Re: [GIT PULL] frob",
            sender="pr-tracker-bot@kernel.org",
            in_reply_to="p@x",
            body=body,
        )
    )
    (found,) = find_revisions([pull, bot])
    assert (revision_state(found).state, revision_state(found).turn) == ("mainlined", "nobody")


@pytest.mark.parametrize(
    ("answer", "state", "turn"),
    [
        ("Right, sorry. It should be there now.\n", "under-review", "maintainer"),
        ("Oops, done.\n", "under-review", "maintainer"),
        ("Oops, I'll send a new version.\n", "changes-requested", "author"),
    ],
)
def test_what_was_fixed_in_the_branch_needs_no_other_pull_request(answer: str, state: str, turn: str) -> None:
    def of(number: int, sender: str, text: str) -> Message:
        subject = "Re: [GIT PULL] frob" if number else "[GIT PULL] frob"
        below = f"{number - 1}@x" if number else None
        date = format_datetime(at(number))
        return parse(
            mail(message_id=f"{number}@x", subject=subject, sender=sender, date=date, in_reply_to=below, body=text)
        )

    quote = "> Please pull.\n\nDid you forget to push the tag?\n"
    asked = "> Did you forget to push the tag?\n\n" + answer
    (found,) = find_revisions([of(0, MIA, "Please pull.\n"), of(1, RITA, quote), of(2, MIA, asked)])
    assert (revision_state(found).state, revision_state(found).turn) == (state, turn)


def b4(*numbers: str, title: str = "frob: part {0}") -> str:
    """The list of a thank-you, below words that mean nothing."""
    return "Onwards!\n\n" + "".join(
        f"[{n}] {title.format(int(n.split('/')[0]))}\n      commit: 0123456789abcdef\n" for n in numbers
    )


@pytest.mark.parametrize(
    ("replies", "state", "partly"),
    [
        ([(MIA, b4("1/3", "2/3", "3/3"))], "accepted", ""),
        ([(MIA, b4("1/3", "2/3", "3/3"), 2)], "accepted", ""),  # threaded at a patch
        ([(MIA, b4("01/03", "02/03", "03/03"))], "accepted", ""),
        ([(MIA, b4("2/3"))], "under-review", "2"),
        ([(MIA, b4("2/3"), 1)], "under-review", "2"),
        ([(MIA, b4("1/3", "3/3")), (MIA, b4("2/3"))], "accepted", ""),
        ([(MIA, b4("1/2", "2/2", title="frob: part 3"))], "under-review", "3"),  # the title tells which
        ([(MIA, b4("1/5", "2/5", title="knob: other {0}"))], "new", ""),  # another series
        ([(MIA, b4("0/3", title="frob"))], "accepted", ""),  # its merge
        ([(MIA, "Queued up.\n\n0123456789ab frob: part 1\n1123456789ab frob: part 3\n")], "under-review", "1,3"),
        ([(MIA, "Queued up.\n\n" + "".join(f"a123456789ab frob: part {n}\n" for n in (1, 2, 3)))], "accepted", ""),
        ([("Ann Author <ann@example.org>", b4("1/3", "2/3", "3/3"))], "accepted", ""),  # their own thanks
    ],
)
def test_a_list_of_commits_accepts_the_patches_in_it(replies: list[Reply], state: str, partly: str) -> None:
    found = state_after(3, *replies)
    assert (found.state, found.partly) == (state, partly)


def test_a_list_of_commits_without_a_verb_accepts_nothing() -> None:
    found = state_after(3, (REX, "I have these here:\n\n0123456789ab frob: part 1\n1123456789ab frob: part 3\n"))
    assert (found.state == "accepted", found.partly) == (False, "")


def listing(*titles: str) -> str:
    """A b4 thank-you for patches with these titles, which counts only them."""
    commits = (f"[{n}/{len(titles)}] {title}\n      commit: {n}123456789ab\n" for n, title in enumerate(titles, 1))
    return "Applied, thanks!\n\n" + "".join(commits)


@pytest.mark.parametrize(
    ("replies", "state", "partly"),
    [
        ([(REX, APPLIED, 3), (MIA, listing("frob: part 1", "frob: the other part"))], "accepted", ""),
        ([(MIA, listing("frob: part 3", "frob: one part", "frob: the other part"))], "accepted", ""),
        ([(MIA, listing("frob: part 1", "frob: the other part"))], "under-review", "1"),
        ([(REX, APPLIED, 3), (MIA, listing("frob: part 1", "tab: a", "tab: b", "tab: c"))], "under-review", "1,3"),
    ],
    ids=["the rest, one reworded", "all, two reworded", "which of the others is unknown", "more than are left"],
)
def test_as_many_unknown_titles_as_patches_are_left_are_these(replies: list[Reply], state: str, partly: str) -> None:
    found = state_after(3, *replies)
    assert (found.state, found.partly) == (state, partly)


@pytest.mark.parametrize(
    "words",
    [
        "I already have an identical patch from Dee queued.\n",
        "The same fix from Dee is in my tree already, so I am dropping this one.\n",
        "Dee beat you to it, sorry.\n",
    ],
)
def test_a_committer_who_took_another_patch_closes_this_one(words: str) -> None:
    assert revision_state(revision(1, (MIA, words)), COMMITTERS).state == "not-applicable"
    said_to_rita = revision(1, (RITA, "The frob is slow here.\n"), (REX, words, "a1"))
    assert revision_state(said_to_rita, COMMITTERS).state == "under-review"


BOTH = "".join(THANKS.replace("/3", "/2").splitlines(keepends=True)[:-2])
MIAS_OWN = "Applied to frob/for-6.5, thanks!\n\n[1/2] frob: part 1\n      commit: 0123456789ab\n"


def of_mia(*replies: Reply) -> tuple[str, str, str]:
    """State, turn, and the patches that were applied of two patches that a committer posted."""
    own = revision(2, *replies)
    cover, *patches = [structs.replace(m, author=MIA_PERSON) for m in own.own_messages]
    answers = [follow_up.message for follow_up in own.follow_ups]
    (found,) = find_revisions([cover, *patches, *answers])
    state = revision_state(found, COMMITTERS)
    return state.state, state.turn, state.partly


@pytest.mark.parametrize(
    "words",
    [
        "And I just dropped them from for-next, the test fails.\n",
        "I've reverted this, it deadlocks.\n",
        "I dropped the series from frob/for-6.5 again.\n",
    ],
)
@pytest.mark.parametrize("applied", [MIAS_OWN, THANKS.replace("/3", "/2")])
def test_what_a_committer_drops_of_their_own_has_to_be_posted_again(applied: str, words: str) -> None:
    assert of_mia((MIA, applied), (MIA, words)) == ("changes-requested", "author", "")


@pytest.mark.parametrize(
    ("applied", "words", "patch", "state"),
    [
        (BOTH, "The build of next fails, so I'm dropping it.\n", 2, ("accepted", "nobody")),
        (BOTH, "I've dropped this one, nobody needs it.\n", 1, ("accepted", "nobody")),
        (MIAS_OWN, "It breaks the build, so I'm dropping it.\n", 2, ("accepted", "nobody")),
        (MIAS_OWN, "It breaks the build, so I'm dropping it.\n", 1, ("changes-requested", "author")),
        (BOTH, "The build of next fails, so I'm dropping it for now.\n", 2, ("changes-requested", "author")),
        (BOTH, "I'm dropping it.\n\nI'll send a new version of it.\n", 2, ("changes-requested", "author")),
        (BOTH, "I've reverted it, the test fails.\n", 2, ("changes-requested", "author")),
    ],
)
def test_a_committer_who_drops_one_of_their_own_patches_has_nothing_left_to_do_once_the_others_are_applied(
    applied: str, words: str, patch: int, state: tuple[str, str]
) -> None:
    assert of_mia((MIA, applied), (MIA, words, patch))[:2] == state


def test_below_one_patch_of_a_quoted_list_applied_means_that_patch() -> None:
    quoted = "> Applied, thanks!\n> [2/3] frob: part 2\n>       commit: 0123456789ab\n\n"
    for words, partly in (
        ("I have already picked this up.\n", "2"),
        ("I have already picked this series up.\n", ""),
        ("I have already picked up all of it.\n", ""),
    ):
        found = revision_state(revision(3, (REX, "Thanks.\n"), (MIA, quoted + words, "a1")), COMMITTERS)
        assert (found.state, found.partly) == ("under-review" if partly else "accepted", partly)
    of_two = quoted.replace("> [2/3]", "> [1/3] frob: part 1\n>       commit: 0123456789ac\n> [2/3]")
    found = revision_state(
        revision(3, (REX, "Thanks.\n"), (MIA, f"{of_two}I have picked this up.\n", "a1")), COMMITTERS
    )
    assert found.state == "accepted"


@pytest.mark.parametrize(("patch", "partly"), [(0, ""), (1, "1"), (2, "2")])
def test_already_picked_up_means_what_it_answers(patch: int, partly: str) -> None:
    assert of_mia((MIA, "I have already picked this up into frob/next.\n", patch))[2] == partly


def test_a_committer_who_drops_what_they_had_not_applied_withdraws_it() -> None:
    assert of_mia((MIA, "I'm dropping this series.\n"))[:2] == ("not-applicable", "nobody")


def test_who_answers_yes_to_the_author_without_being_a_committer_applies_nothing() -> None:
    replies: list[Reply] = [
        (REX, "The check warns that the property is unknown.\n"),
        ("Ann Author <ann@example.org>", "You need the two patches for the binding.\n", "a1"),
        (REX, "Yes, these patches are already in linux-next.\n", "a2"),
    ]
    assert revision_state(revision(1, *replies), COMMITTERS).state != "accepted"
    by_mia = [(MIA, *answered) for _, *answered in replies[2:]]
    assert revision_state(revision(1, *replies[:2], *by_mia), COMMITTERS).state == "accepted"
