"""Finding the commits that a mail names with their titles."""

from __future__ import annotations

import time

import pytest

from patchwatch.mail.cited_commits import cited_commits
from patchwatch.mail.message import CitedCommit
from patchwatch.mail.parse import parse
from tests.support.mails import mail

SHA = "0123456789ab"
FULL = "0123456789abcdef0123456789abcdef01234567"
TITLE = "frob: turn the big wheel"


def cited(body: str, subject: str = "Re: [PATCH] frob: oil it", **headers: str) -> tuple[CitedCommit, ...]:
    above = None if subject.startswith(("[", "Linux", "frob", "FAILED", "Patch")) else "0@x"
    return parse(mail(subject=subject, body=body, in_reply_to=above, **headers)).cited  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (f'Fixes: {SHA} ("{TITLE}")', "tag"),
        (f'  fixes: {FULL} ("{TITLE}")', "tag"),
        (f'Fixes: {SHA} ("frob: turn the\n big wheel")', "tag"),
        (f"Fixes: {SHA} ({TITLE})", "tag"),
        (f"Fixes: {SHA}: {TITLE}", "tag"),
        (f'Stable-dep-of: {SHA} ("{TITLE}")', "tag"),
        (f"Cc: stable@vger.kernel.org # {SHA}: {TITLE}", "tag"),
        (f"Cc: <stable@vger.kernel.org> # 6.6: {SHA}: {TITLE}", "tag"),
        (f'It is slow since commit {SHA} ("{TITLE}"), sadly.', "prose"),
        (f"It is slow since commit {SHA} (“frob: turn\nthe big wheel”).", "prose"),
        (f'It was changed in\n{SHA}\n("frob: turn the big\nwheel"), so it is slow.', "prose"),
        (f"See commits 1111111aaaaa ('x: y z'), {SHA} ('{TITLE}').", "prose"),
        (f"It is slow since {SHA} ({TITLE}, 2023-05-06).", "prose"),
        (f'Commit {SHA[:11]}... ("{TITLE}")', "prose"),
        (f"commit {FULL}\nAuthor: Ann <ann@x>\nDate:   Mon May 1 2023\n\n    {TITLE}\n    \n    It is slow.", "prose"),
        (f"  commit {FULL} (HEAD)\n  Merge: 1 2\n  Author: Ann <ann@x>\n  Date: Mon\n  \n      {TITLE}", "prose"),
        (f"# bad: [{FULL}] {TITLE}\ngit bisect bad {FULL}", "prose"),
        (f"# first bad commit: [{FULL}] {TITLE}", "prose"),
    ],
)
def test_commit_with_its_title(text: str, form: str) -> None:
    found = [c for c in cited(f"Hello,\n\n{text}\n\nBye\n") if c.title == TITLE]
    assert [c.form for c in found] == [form]
    assert FULL.startswith(found[0].sha)


@pytest.mark.parametrize(
    "text",
    [
        f'> Fixes: {SHA} ("{TITLE}")',
        f'On Monday Rita wrote:\n> commit {SHA} ("{TITLE}")',
        f"base-commit: {FULL}",
        f"commit {SHA}",
        f'see ("{TITLE}")',
        f'https://example.org/{SHA} ("{TITLE}")',
        f'20230506 ("{TITLE}")',
        f"commit {SHA} (a long while ago)",
        f'Fixes: {SHA} ("frob: turn the...")',
        f'-- \nBen\ncommit {SHA} ("{TITLE}")',
        f"> commit {FULL}\n> Author: Ann <ann@x>\n> Date:   Mon May 1 2023\n>\n>     {TITLE}",
        f"commit {FULL}\n\n    {TITLE}",
        f"{SHA} {TITLE}",
    ],
)
def test_quotes_hashes_alone_and_titles_alone_are_no_citations(text: str) -> None:
    assert not [c for c in cited(f"{text}\n") if c.title == TITLE]
    assert all("..." not in c.title for c in cited(f"{text}\n"))


def test_diff_of_a_patch_cites_nothing() -> None:
    diff = f'---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+// commit {SHA} ("{TITLE}")\n'
    assert cited(f"Why.\n{diff}", "[PATCH] frob: oil it") == ()


def test_bot_cites_commits_of_its_own_branch() -> None:
    assert cited(f'commit: {SHA} ("{TITLE}")\n', sender="kernel test robot <lkp@intel.com>") == ()


def test_nested_quotes_belong_to_the_title() -> None:
    assert cited(f'commit {SHA} ("Revert "frob: turn it"")\n')[0].title == 'Revert "frob: turn it"'


def test_patch_that_reverts_names_what_it_reverts() -> None:
    found = cited(f"This reverts commit {FULL}.\n\nToo fast.\n---\n", f'[PATCH] Revert "{TITLE}"')
    assert found == (CitedCommit(TITLE, FULL, "", "tag"),)


SHORTLOG = """Hello,

Ann Author (2):
      [0123456789ab] frob: turn the big wheel
      [0123456789ac] frob: oil the wheel again and
            again

Ben Builder (1):
      [0123456789ad] frob: count the turns

 3 files changed
"""


@pytest.mark.parametrize(
    ("subject", "form"),
    [
        ("[ANNOUNCE] frob-linux: for-next updated to 0123456789ab", "listed"),
        ("frobtools 1.2 released", "listed"),
        ("[ANNOUNCE] frobtools v1.2.3", "listed"),
        ("Linux 6.9-rc3", "mainline"),
        ("Linux 6.6.30", "mainline"),
    ],
)
def test_announcement_lists_commits_with_their_authors(subject: str, form: str) -> None:
    found = cited(SHORTLOG, subject)
    assert [(c.title, c.sha, c.author, c.form) for c in found] == [
        (TITLE, "0123456789ab", "ann author", form),
        ("frob: oil the wheel again and again", "0123456789ac", "ann author", form),
        ("frob: count the turns", "0123456789ad", "ben builder", form),
    ]


def test_announcement_may_answer_the_one_before() -> None:
    raw = mail(subject="[ANNOUNCE] frobtools 1.3", body=SHORTLOG, in_reply_to="announce-1.2@x")
    assert len(parse(raw).cited) == 3


@pytest.mark.parametrize(
    "subject", ["[PATCH 0/3] frob: wheels for 6.9", "frob: some wheels", "Re: frobtools 1.2 released"]
)
def test_other_mails_with_a_shortlog_are_no_announcements(subject: str) -> None:
    assert cited(SHORTLOG, subject) == ()


def test_stable_team_names_commits_of_mainline() -> None:
    body = (
        f"This is a note.\n\nFrom {FULL} Mon Sep 17 00:00:00 2001\nFrom: Ann Author <ann@example.org>\nSubject: x\n\n"
    )
    expected = (CitedCommit(TITLE, FULL, "ann author", "mainline"),)
    assert cited(body, f'Patch "{TITLE}" has been added to the 6.6-stable tree') == expected
    assert cited(body, f'FAILED: patch "[PATCH] {TITLE}" failed to apply to 6.6-stable tree') == expected


def test_cover_letter_of_a_stable_review_lists_commits_of_mainline() -> None:
    body = (
        "This is the start.\n\n-------------\nPseudo-Shortlog of commits:\n\n"
        f"Greg <greg@example.org>\n    Linux 6.6.31-rc1\n\nAnn Author <ann@example.org>\n    {TITLE}\n\n\n---\n"
    )
    found = cited(body, "[PATCH 6.6 000/150] 6.6.31-rc1 review")
    assert CitedCommit(TITLE, "", "ann author", "mainline") in found


@pytest.mark.parametrize("unit", ['0123456789ab ("', "0123456789ab (", '("', "Fixes: 0123456789ab ", "(\n", "0" * 40])
def test_hostile_text_is_read_in_linear_time(unit: str) -> None:
    begin = time.process_time()
    found = cited_commits("reply", "Re: x", unit * (400_000 // len(unit)), "", bot=False)
    assert time.process_time() - begin < 2
    assert len(found) <= 200


UNDONE = f'Revert "{TITLE}"'
LISTED = f"Applied, thanks!\n\n[1/2] {UNDONE}\n      commit: {FULL}\n[2/2] frob: oil it\n      commit: {FULL[::-1]}\n"

MERGED = (
    "Hello:\n\nThis patch was applied to frob/frob.git (main)\nby Mia <mia@example.com>:\n\n"
    f"On Mon, Ann wrote:\n> Why.\n\nHere is the summary with links:\n  - {UNDONE}\n    https://git.kernel.org/frob/c/{SHA}\n"
)


@pytest.mark.parametrize(
    ("subject", "body", "sender", "expected"),
    [
        (f"Re: [PATCH] {UNDONE}", "Applied, thanks!\n", "Mia <mia@example.com>", [UNDONE]),
        (f'Re: [PATCH] Reapply "{TITLE}"', "Applied, thanks!\n", "Mia <mia@example.com>", [f'Reapply "{TITLE}"']),
        ("Re: [PATCH 0/2] frob: turn it back", LISTED, "Mia <mia@example.com>", [UNDONE]),
        (
            f"Re: [PATCH] {UNDONE}",
            MERGED,
            "patchwork-bot+frob@kernel.org",
            [UNDONE],
        ),
        (f"Re: [PATCH] {UNDONE}", "Applied to frob/next.\n", "Mia <mia@example.com>", [UNDONE]),
        (f"Re: [PATCH] {UNDONE}", "I have applied this patch.  The board boots again.\n", "Tess <t@example.com>", []),
        (f"Re: [PATCH] {UNDONE}", "Looks good.\n", "Mia <mia@example.com>", []),
        (f"Re: [PATCH 1/2] {UNDONE}", "Applied patch 2, thanks!\n", "Mia <mia@example.com>", []),
        (f"Re: [PATCH 6.1] {UNDONE}", "Applied, thanks!\n", "Mia <mia@example.com>", []),  # other trees still have it
        ("Re: [PATCH] frob: oil it", "Applied, thanks!\n", "Mia <mia@example.com>", []),
    ],
)
def test_applied_revert_names_what_it_reverts(subject: str, body: str, sender: str, expected: list[str]) -> None:
    found = cited(body, subject, sender=sender)
    assert [one.title.lower().rstrip('"') for one in found] == [title.lower().rstrip('"') for title in expected]
