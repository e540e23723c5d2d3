"""Which commits are patches of a posting, by link, change, author and title; and reverts."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from patchwatch.mail.message import Person
from patchwatch.mail.parse import parse
from patchwatch.series.commit_match import (
    Commit,
    CommitInTrees,
    Match,
    find_commits,
    matches,
    read_message,
    reverted_by,
)
from patchwatch.series.posting import PostingFacts, posting_facts
from patchwatch.series.revision import find_revisions
from tests.support.mails import mail

DAY = 86_400
POSTED = datetime(2023, 7, 3, 10, tzinfo=UTC)
T0 = int(POSTED.timestamp())
ANN = Person("Ann Author", "ann@example.org")
BEN = Person("Ben Builder", "ben@example.net")
MIA = Person("Mia Maintainer", "mia@kernel.example")
ONE, TWO = "frob: turn the big wheel once", "frob: oil the small wheel"


def series(*titles: str, stem: str = "v1", day: float = 0, author: Person = ANN, prefix: str = "") -> PostingFacts:
    """A posting with a cover letter `0@stem` and patches `1@stem`, …; a single patch is `1@stem` alone."""
    date = format_datetime(POSTED + timedelta(days=day))

    def one(number: int, title: str) -> bytes:
        name = f"{number}.c"
        diff = f"---\ndiff --git a/{name} b/{name}\n--- a/{name}\n+++ b/{name}\n@@ -1 +1 @@\n-a\n+{title}\n"
        count = f" {number}/{len(titles)}" if len(titles) > 1 else ""
        return mail(
            message_id=f"{number}@{stem}",
            subject=f"[PATCH{prefix}{count}] {title}",
            sender=str(author),
            date=date,
            references=(f"0@{stem}",) if number and len(titles) > 1 else (),
            body="Why.\n" + (diff if number else ""),
        )

    numbered = list(enumerate(titles, 1))
    if len(titles) > 1:
        numbered.insert(0, (0, "frob: wheels"))
    (revision,) = find_revisions([parse(one(number, title)) for number, title in numbered])
    return posting_facts(revision, {})


def commit(
    title: str = ONE,
    body: str = "",
    *,
    day: float = 1,
    authored: float | None = None,
    author: Person = ANN,
    committer: Person = MIA,
    merge: bool = False,
    patch_id: str = "",
    sha: str = "",
) -> Commit:
    """A commit made by Mia, a day after the posting, of a mail that was posted then."""
    title, links, origins, reverts = read_message(f"{title}\n\n{body}")
    made = T0 + int(day * DAY)
    from_mail = T0 if authored is None else T0 + int(authored * DAY)
    name = sha or f"{abs(hash((title, body, day, author))):040x}"[-40:]
    return Commit(name, author, from_mail, committer, made, title, links, origins, reverts, merge, patch_id)


LORE = "Why.\n\nLink: https://lore.kernel.org/r/"
ORIGIN = "Why.\n\nLink: https://patch.msgid.link/"
SINGLE = series(ONE)
BOTH = series(ONE, TWO)

CASES: dict[str, tuple[Commit, PostingFacts, tuple[set[int], str] | None]] = {
    "link to the patch": (commit(body=LORE + "1@v1"), SINGLE, ({0}, "link")),
    "link to a patch of a series": (commit(TWO, LORE + "2@v1"), BOTH, ({1}, "link")),
    "link through lkml.kernel.org, escaped": (
        commit(body="Link: https://lkml.kernel.org/r/1%40v1\nSigned-off-by: M <m@x>"),
        SINGLE,
        ({0}, "link"),
    ),
    "message-id, as git am -m keeps it": (commit("x: y", "Message-ID: <1@v1>"), SINGLE, ({0}, "link")),
    "link to the cover, by title": (commit(TWO, LORE + "0@v1"), BOTH, ({1}, "link")),
    "link to the cover, not similar to its patches": (commit("knob: paint", LORE + "0@v1"), BOTH, None),
    "link and a reworded title": (commit("drivers: frob: turn the wheel once", LORE + "1@v1"), SINGLE, ({0}, "link")),
    "b4's link and another title": (commit("knob: paint it", ORIGIN + "2@v1"), BOTH, ({1}, "link")),
    "a merge of the series as a whole": (
        commit("Merge branch 'frob'", LORE + "0@v1", merge=True),
        BOTH,
        ({0, 1}, "link"),
    ),
    "a merge that mentions one patch": (commit("Merge branch 'frob'", LORE + "1@v1", merge=True), BOTH, None),
    "a footnote": (
        commit("knob: turn the wheel", "See [1].\n\nLink: https://lore.kernel.org/r/1@v1 [1]"),
        SINGLE,
        None,
    ),
    "a link in the text": (commit("knob: paint", "As in https://lore.kernel.org/r/1@v1"), SINGLE, None),
    "a link to something mentioned": (commit("knob: paint it red", LORE + "1@v1", author=BEN), SINGLE, None),
    "another patch of theirs that mentions it": (commit("knob: paint it red", LORE + "1@v1"), SINGLE, None),
    "a revert that links to it": (commit(f'Revert "{ONE}"', LORE + "1@v1", author=BEN), SINGLE, None),
    "a bug report that it closes": (commit("knob: paint", "Closes: https://lore.kernel.org/r/1@v1"), SINGLE, None),
    "author and title": (commit(), SINGLE, ({0}, "title")),
    "author's other address": (commit(author=Person("Ann Author", "ann@work.example")), SINGLE, ({0}, "title")),
    "title in other letters": (commit("Frob: Turn the big wheel once."), SINGLE, ({0}, "title")),
    "title by somebody else": (commit(author=BEN), SINGLE, None),
    "title, before it was posted": (commit(authored=-3), SINGLE, None),
    "title, long after": (commit(day=500), SINGLE, None),
    "their own tree: written before it was posted, committed after": (
        commit(authored=-3, committer=ANN),
        SINGLE,
        ({0}, "title"),
    ),
    "the same from the address of the tree": (
        commit(authored=-3, committer=Person("Ann Author", "ann@kernel.example")),
        SINGLE,
        ({0}, "title"),
    ),
    "a common title": (commit("frob: fix typo"), series("frob: fix typo"), None),
    "a common title with a link": (commit("frob: fix typo", LORE + "1@v1"), series("frob: fix typo"), ({0}, "link")),
    "a title that two patches have": (commit(), series(ONE, ONE, TWO), None),
    "a backport has the title of what it backports": (commit(), series(ONE, prefix=" 5.10"), None),
    "the same change under another title": (
        commit("frob: rotate", patch_id=SINGLE.patch_ids[0]),
        SINGLE,
        ({0}, "patch-id"),
    ),
    "the same change, in a series": (commit("knob: x", patch_id=BOTH.patch_ids[1]), BOTH, ({1}, "patch-id")),
    "the same change by somebody else": (commit("x: y", patch_id=SINGLE.patch_ids[0], author=BEN), SINGLE, None),
    "the same change, posted again after it was applied": (
        commit(day=-1, authored=-2, patch_id=SINGLE.patch_ids[0]),
        SINGLE,
        ({0}, "patch-id"),
    ),
}


@pytest.mark.parametrize("name", CASES)
def test_a_commit_matches_a_patch(name: str) -> None:
    one, posted, expected = CASES[name]
    found = [(set(match.places), match.by) for match in matches(one, [posted])]
    assert found == ([expected] if expected else [])


def test_a_link_to_v1_does_not_match_v2() -> None:
    v1, v2 = series(ONE), series(ONE, stem="v2", prefix=" v2", day=0.5)
    linked = commit(body=LORE + "1@v1", authored=0.6)
    assert [m.root for m in matches(linked, [v1, v2])] == ["1@v1"]
    # … unless what went in is what v2 brings.
    same = replace(linked, patch_id=v2.patch_ids[0])
    assert {m.root: m.by for m in matches(same, [v1, v2])} == {"1@v1": "link", "1@v2": "patch-id"}


def test_the_date_of_the_mail_selects_the_version_after_a_rebase() -> None:
    v1, v2 = series(ONE), series(ONE, stem="v2", prefix=" v2", day=10)
    rebased = commit(authored=0, day=20)
    assert [m.root for m in matches(rebased, [v1, v2])] == ["1@v1"]


def test_of_two_linked_mails_the_origin_matches() -> None:
    fixed, fix = series(ONE), series("frob: turn the big wheel back", stem="fix", day=5)
    both = commit(
        "frob: turn the big wheel back", LORE + "1@v1\nLink: https://lore.kernel.org/r/1@fix", authored=5, day=6
    )
    assert [m.root for m in matches(both, [fixed, fix])] == ["1@fix"]


def test_a_commit_message_is_parsed() -> None:
    text = (
        f'Revert "{ONE}"\n\nThis reverts commit 0123456789abcdef0123456789abcdef01234567.\n\nIt squeaks.\n\n'
        "Link: https://lore.kernel.org/all/report@x/ # [1]\nLink: https://patch.msgid.link/1@v1\n"
        "Link: https://lore.kernel.org/frob/2@v1/\nLink: https://bugzilla.example/7\n"
    )
    reverts = ("0123456789abcdef0123456789abcdef01234567",)
    assert read_message(text) == (f'Revert "{ONE}"', ("1@v1", "2@v1"), ("1@v1",), reverts)


def test_a_title_on_two_lines_is_joined() -> None:
    assert read_message("frob: turn\nthe wheel\n\nWhy.\n")[0] == "frob: turn the wheel"


def test_a_reverted_merge_names_only_the_merge() -> None:
    text = f"Revert it\n\nThis reverts commit {'a' * 40}, reversing\nchanges made to {'b' * 40}.\n"
    assert read_message(text)[3] == ("a" * 40,)


SHA = "0123456789ab" + "c" * 28
PLAIN = commit(sha=SHA)
BY_SHA = commit(f'Revert "{ONE}"', f"This reverts commit {SHA}.", day=2, author=BEN)
BY_TITLE = commit(f'Revert "{ONE}"', "It squeaks.", day=2, author=BEN)
REAPPLY = commit(f'Reapply "{ONE}"', f"This reverts commit {BY_SHA.sha}.", day=3)
OF_ANOTHER = commit(f'Revert "{ONE}"', f"This reverts commit {'d' * 40}.", day=2, author=BEN)


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([], None),
        ([BY_SHA], BY_SHA),
        ([BY_TITLE], BY_TITLE),
        ([BY_SHA, REAPPLY], None),
        ([OF_ANOTHER], None),  # with the same title: one that was picked into another branch
        ([replace(BY_TITLE, committed=T0)], None),  # it took back an earlier one of that title
    ],
)
def test_a_commit_counts_until_it_is_reverted(others: list[Commit], expected: Commit | None) -> None:
    held = [CommitInTrees(one, ("net-next",)) for one in (PLAIN, *others)]
    back = reverted_by(PLAIN, held)
    assert (back.commit if back else None) == expected


def where(*held: tuple[CommitInTrees, list[Match]], series_of: dict[str, int] | None = None) -> dict[int, str]:
    return {n: h.commit.sha for n, h in find_commits(["1@v1"], series_of or {"1@v1": 1}, held).applied.items()}


def match(by: str = "title", root: str = "1@v1") -> Match:
    return Match(root, frozenset({0}), by)


def test_a_title_in_two_series_of_an_author_does_not_match() -> None:
    one = (CommitInTrees(PLAIN, ("net-next",)), [match(), match(root="1@other")])
    assert where(one, series_of={"1@v1": 1, "1@other": 2}) == {}
    assert where(one, series_of={"1@v1": 1, "1@other": 1}) == {0: SHA}


def test_two_commits_with_one_title_do_not_match_unless_one_is_a_cherry_pick() -> None:
    again = commit(authored=4, day=5, sha="e" * 40)
    picked = commit(authored=0, day=5, sha="f" * 40)
    tree = ("drm",)
    assert where((CommitInTrees(PLAIN, tree), [match()]), (CommitInTrees(again, tree), [match()])) == {}
    assert where((CommitInTrees(PLAIN, tree), [match()]), (CommitInTrees(picked, tree), [match()])) == {0: SHA}
    assert where((CommitInTrees(PLAIN, tree), [match("link")]), (CommitInTrees(again, tree), [match()])) == {0: SHA}


def test_mainline_comes_before_other_trees() -> None:
    early = (CommitInTrees(PLAIN, ("net",)), [match("link")])
    late = (CommitInTrees(commit(day=9, sha="e" * 40), ("linus",), "linus"), [match("link")])
    assert where(early, late) == {0: "e" * 40}


def test_a_patch_that_was_applied_again_counts() -> None:
    tree = ("net-next",)
    again = commit(day=4, sha="e" * 40, body=LORE + "1@v1")
    held = [
        (CommitInTrees(PLAIN, tree), [match()]),
        (CommitInTrees(BY_SHA, tree), []),
        (CommitInTrees(again, tree), [match("link")]),
    ]
    assert where(*held) == {0: "e" * 40}
    taken = find_commits(["1@v1"], {"1@v1": 1}, held[:2])
    assert (dict(taken.applied), taken.reverted[0].commit) == ({}, BY_SHA)
