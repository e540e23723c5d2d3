"""Reading which patches are in a tree according to the mail of two bots."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import CitedCommit
from patchwatch.mail.parse import parse
from tests.support.mails import mail

BOT = "patchwork-bot+frob-devel@kernel.org"
ROBOT = "kernel test robot <lkp@intel.com>"
SHA = "0123456789abcdef0123456789abcdef01234567"

SUMMARY = """Hello:

The following patches were marked "accepted", because they were applied to
mia/frob.git (for-next):

Patch: [v2] frob: turn the big wheel
  Submitter: Ann Author <ann@example.org>
  Committer: Mia Keeper <mia@example.com>
  Patchwork: https://patchwork.example.org/project/frob/list/?series=1
  Lore link: https://lore.kernel.org/r/1@x

Series: Oil all wheels
  Submitter: Ben Builder <ben@example.net>
  Committer: Mia Keeper <mia@example.com>
  Patchwork: https://patchwork.example.org/project/frob/list/?series=2
  Lore link: https://lore.kernel.org/r/20230703-oil-v1-0-f@example.net
    Patches: [v1,01/12] frob: oil the small wheel
             [v1,12/12] Documentation: frob: Say "oil".

Patch: frob: without a link
  Submitter: Ann Author <ann@example.org>
  Patchwork: https://patchwork.example.org/project/frob/list/?series=3

Total patches: 4

-- \nDeet-doot-dot, I am a bot.
https://korg.docs.kernel.org/patchwork/pwbot.html
"""


def reported(subject: str, body: str, sender: str, above: str | None = None) -> tuple[CitedCommit, ...]:
    return parse(mail(subject=subject, body=body, sender=sender, in_reply_to=above)).cited


def test_patchworks_summary_names_postings_and_their_applied_patches() -> None:
    assert reported("Patchwork summary for: frob-devel", SUMMARY, BOT) == (
        CitedCommit(
            "frob: turn the big wheel",
            "",
            form="summary",
            posting="1@x",
            tree="mia/frob.git (for-next), committed by Mia Keeper",
        ),
        CitedCommit(
            'frob: oil the small wheel\ndocumentation: frob: say "oil',
            "",
            form="summary",
            posting="20230703-oil-v1-0-f@example.net",
            tree="mia/frob.git (for-next), committed by Mia Keeper",
        ),
    )


def test_only_the_tree_of_linus_is_mainline_whatever_the_mark() -> None:
    marked = SUMMARY.replace('"accepted"', '"mainlined"')
    assert {c.form for c in reported("Patchwork summary for: frob", marked, BOT)} == {"summary"}
    linus = marked.replace("mia/frob.git (for-next)", "torvalds/linux.git (master)")
    assert {c.form for c in reported("Patchwork summary for: frob", linus, BOT)} == {"mainline"}


@pytest.mark.parametrize(
    ("subject", "body", "sender", "above"),
    [
        ("Patchwork summary for: frob", SUMMARY, "Ann Author <ann@example.org>", None),
        ("Patchwork housekeeping for: frob", SUMMARY, BOT, None),
        ("Re: Patchwork summary for: frob", SUMMARY, BOT, "1@x"),
        ("Patchwork summary for: frob", SUMMARY.replace("accepted", "superseded"), BOT, None),
        ("Patchwork summary for: frob", SUMMARY.replace("  Lore link", "> Lore link").replace("lore.", ""), BOT, None),
    ],
)
def test_other_mail_is_no_summary(subject: str, body: str, sender: str, above: str | None) -> None:
    assert reported(subject, body, sender, above) == ()


def built(branch: str, url: str = "https://git.kernel.org/pub/scm/linux/kernel/git/mia/frob.git") -> str:
    head = f"tree/branch: {url}  {branch}\nbranch HEAD: {SHA}  frob: turn the big wheel\n"
    return f"{head}\nelapsed time: 720m\n\nconfigs tested: 90\n"


@pytest.mark.parametrize(
    "branch",
    [
        "next",
        "for-next",
        "frob-testing",
        "fixes",
        "for-linus",
        "master",
        "main",
        "frob-for-v6.9",
        "for-7.2",
        "frob/urgent",
    ],
)
def test_last_commit_of_a_branch_for_a_release(branch: str) -> None:
    assert reported(f"[mia-frob:{branch}] BUILD SUCCESS {SHA}", built(branch), ROBOT) == (
        CitedCommit("frob: turn the big wheel", SHA, form="branch", tree=f"mia/frob.git ({branch})"),
    )


@pytest.mark.parametrize("result", ["SUCCESS", "REGRESSION", "INCOMPLETE"])
def test_whatever_came_of_the_build(result: str) -> None:
    assert reported(f"[mia-frob:next] BUILD {result} {SHA}", built("next"), ROBOT)


@pytest.mark.parametrize(
    "branch",
    [
        "wip/big-wheel",
        "topic/wheel-v2",
        "b4/wheel",
        "hack-next",
        "big-wheel",
        "frob-rfc",
        "next-v3",
        "wheels",
        "next-pending",
    ],
)
def test_branch_of_a_developer_is_none_for_a_release(branch: str) -> None:
    assert reported(f"[mia-frob:{branch}] BUILD SUCCESS {SHA}", built(branch), ROBOT) == ()


REGRESSION = f"""Hello,

kernel test robot noticed a -40.0% regression of frobmark.turns_per_sec on:


commit: {SHA} ("frob: turn the big wheel")
https://git.kernel.org/cgit/linux/kernel/git/torvalds/linux.git master

testcase: frobmark
"""


def test_commit_in_which_the_robot_finds_a_regression_is_in_the_tree_that_it_names() -> None:
    subject = "[linus:master] [frob]  0123456789:  frobmark.turns_per_sec -40.0% regression"
    sender = "kernel test robot <oliver.sang@intel.com>"
    assert reported(subject, REGRESSION, sender) == (
        CitedCommit("frob: turn the big wheel", SHA, form="mainline", tree="torvalds/linux.git (master)"),
    )
    assert reported(subject.replace("linus", "linux-next"), REGRESSION, sender) == ()
    assert reported(subject, REGRESSION.replace("torvalds/linux", "next/linux-next"), sender) == ()


@pytest.mark.parametrize(
    ("subject", "body", "sender"),
    [
        (f"[mia-frob:next] BUILD SUCCESS {SHA}", built("next"), "Ann Author <ann@example.org>"),
        (f"[mia-frob:next] BUILD SUCCESS {SHA}", built("next", "https://github.com/intel-lab-lkp/linux.git"), ROBOT),
        ("[mia-frob:next 8/33] frob.c:1:1: error: expected ';'", built("next"), ROBOT),
        (
            "[mia-frob:next 8/33] frob.c:1:1: error: expected ';'",
            f"tree:   https://example.org/mia/frob.git next\nhead:   {SHA}\ncommit: {SHA} [8/33] frob: turn it\n",
            ROBOT,
        ),
    ],
)
def test_other_reports_name_no_commit_that_counts(subject: str, body: str, sender: str) -> None:
    assert reported(subject, body, sender) == ()
