"""Mail from bots: recognizing it, and its signals."""

from __future__ import annotations

from textwrap import dedent

import pytest

from patchwatch.mail.bots import is_bot, is_notice
from patchwatch.mail.message import Message, Person, SignalKind
from patchwatch.mail.parse import parse
from tests.support.mails import mail

PATCHWORK = "patchwork-bot+netdevbpf@kernel.org"
LKP = "kernel test robot <lkp@intel.com>"


def bot_mail(body: str, *, sender: str = PATCHWORK, subject: str = "Re: [PATCH net 0/2] frob") -> Message:
    answered = "0@x" if subject.startswith("Re:") else None
    return parse(mail(subject=subject, in_reply_to=answered, sender=sender, body=dedent(body)))


def signals_of(message: Message) -> list[tuple[str, str, str]]:
    return [(s.kind, s.detail, s.text) for s in message.signals]


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("", PATCHWORK),
        ("kernel test robot", "lkp@intel.com"),
        ("tip-bot2 for Ann Author", "tip-bot2@linutronix.de"),
        ("syzbot", "syzbot+1234567890abcdef@syzkaller.appspotmail.com"),
        ("", "pr-tracker-bot@kernel.org"),
        ("", "bot+bpf-ci@kernel.org"),
        ("", "bluez.test.bot@gmail.com"),
        ("", "no-reply@patchew.org"),
        ("Patchwork", "patchwork@emeril.freedesktop.org"),
        ("kernelci.org bot", "bot@kernelci.org"),
    ],
)
def test_bots_are_recognized_by_name_or_address(name: str, address: str) -> None:
    assert is_bot(Person(name, address))


@pytest.mark.parametrize(
    ("name", "address"),
    [("Abbot Bott", "abbott@example.org"), ("Robota Robot", "robota@example.org"), ("Cibot", "cib@ci.example.org")],
)
def test_people_are_not_bots(name: str, address: str) -> None:
    assert not is_bot(Person(name, address))


SUMMARY = """\
    Hello:

    This series was applied to netdev/net.git (main)
    by Jakub Kicinski <kuba@kernel.org>:

    On Mon,  3 Jul 2023 10:00:00 +0000 you wrote:
    > Words.

    Here is the summary with links:
      - [net,1/2] frob: one
        https://git.kernel.org/netdev/net/c/0123456789ab
      - [net,2/2] frob: two
        {}

    You are awesome, thank you!
    """


def test_patchwork_bot_reports_applied_series() -> None:
    message = bot_mail(SUMMARY.format("https://git.kernel.org/netdev/net/c/123456789abc"))
    assert signals_of(message) == [(SignalKind.APPLIED, "1,2", "This series was applied to netdev/net.git (main)")]
    assert message.bot


def test_patches_that_patchwork_bot_did_not_find_are_not_applied() -> None:
    assert [detail for _, detail, _ in signals_of(bot_mail(SUMMARY.format("(no matching commit)")))] == ["1"]


def test_pr_tracker_bot_reports_merged_pull_request() -> None:
    body = """\
        The pull request you sent on Mon, 3 Jul 2023 10:00:00 +0000:

        > git://git.kernel.org/pub/scm/linux/kernel/git/frob/frob.git/ tags/frob-for-6.5

        has been merged into torvalds/linux.git:
        https://git.kernel.org/torvalds/c/0123456789abcdef
        """
    message = bot_mail(body, sender="pr-tracker-bot@kernel.org", subject="Re: [GIT PULL] frob")
    text = "The pull request you sent on Mon, 3 Jul 2023 10:00:00 +0000 has been merged into torvalds/linux.git"
    assert signals_of(message) == [(SignalKind.MAINLINED, "torvalds/linux.git", text)]


TIP = "The following commit has been merged into the sched/core branch of tip:\n\nCommit-ID: 0123456789ab\n"
ADDED = """\
The patch titled
     Subject: mm: frob it
has been added to the -mm mm-unstable branch.  Its filename is
     mm-frob-it.patch
"""
REMOVED = """\
The quilt patch titled
     Subject: mm: frob it
has been removed from the -mm tree.  Its filename was
     mm-frob-it.patch

"""
STABLE = """\
This is a note to let you know that I've just added the patch titled

    mm: fix a BUG in frob

to the 6.6-stable tree which can be found at:
    http://www.kernel.org/git/?p=linux/kernel/git/stable/stable-queue.git
"""
QUEUED = 'Patch "mm: fix a BUG in frob" has been added to the 6.6-stable tree'
MERGED = "This patch was dropped because it was merged into the mm-stable branch"
UPDATED = "This patch was dropped because an updated version will be issued"


@pytest.mark.parametrize(
    ("subject", "body", "kind", "text"),
    [
        ("[tip: sched/core] sched: Frob it", TIP, SignalKind.APPLIED, TIP.split("\n")[0]),
        (
            "+ mm-frob-it.patch added to mm-unstable branch",
            ADDED,
            SignalKind.APPLIED,
            "This patch has been added to the -mm mm-unstable branch",
        ),
        (
            "[merged mm-stable] mm-frob-it.patch removed from -mm tree",
            f"{REMOVED}{MERGED}\nof git://x\n",
            SignalKind.APPLIED,
            MERGED,
        ),
        ("[to-be-updated] mm-frob-it.patch removed from -mm tree", REMOVED + UPDATED, SignalKind.UNAPPLIED, UPDATED),
        ("[failures] mm-frob-it.patch removed from -mm tree", REMOVED + UPDATED, SignalKind.UNAPPLIED, UPDATED),
        (QUEUED, STABLE, SignalKind.MAINLINED, QUEUED),
    ],
)
def test_notices_name_their_patch(subject: str, body: str, kind: str, text: str) -> None:
    linked = f"{body}\n\nLink: https://lkml.kernel.org/r/a@x\n"
    message = bot_mail(linked, sender="Mia Maintainer <mia@example.org>", subject=subject)
    assert message.kind == "notice"
    assert message.about == ("a@x",)
    assert [(k, t) for k, _, t in signals_of(message)] == [(kind, text)]


def test_reply_to_a_notice_is_not_a_notice() -> None:
    assert not is_notice("Re: [tip: sched/core] sched: Frob it")
    assert not is_notice("[PATCH] Patch handling")


BUILD = """\
    Hi Ann,

    kernel test robot noticed the following build errors:

    [auto build test ERROR on frob/for-next]

    [If your patch is applied to the wrong git tree, kindly drop us a note.]

    All errors (new ones prefixed by >>):

       frob.c: In function 'frob':
    >> frob.c:12:3: error: 'knob' undeclared
    """


def test_build_failure_names_the_first_error() -> None:
    assert signals_of(bot_mail(BUILD, sender=LKP)) == [
        (
            SignalKind.FAILURE,
            "",
            "kernel test robot noticed the following build errors: frob.c:12:3: error: 'knob' undeclared",
        )
    ]


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (LKP, "Re: [PATCH] frob", 'kernel test robot noticed "BUG:frob" on:\n'),
        (
            "syzbot <syzbot+1@syzkaller.appspotmail.com>",
            "[syzbot ci] Re: frob",
            "syzbot ci has tested the series\nand found\n",
        ),
        (
            "syzbot <syzbot+1@syzkaller.appspotmail.com>",
            "Re: [syzbot] WARNING in frob",
            "syzbot has tested the proposed patch but the reproducer is still triggering an issue:\nWARNING in frob\n",
        ),
        ("Patchwork <patchwork@emeril.freedesktop.org>", "✗ Fi.CI.BAT: failure for frob", "== Series Details ==\n"),
    ],
)
def test_bots_report_failures(sender: str, subject: str, body: str) -> None:
    assert [kind for kind, _, _ in signals_of(bot_mail(body, sender=sender, subject=subject))] == [SignalKind.FAILURE]


@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        (LKP, "[linus:master] [frob] 0123456789: will-it-scale 4.0% improvement", "Hello,\n"),
        ("syzbot <syzbot+1@syzkaller.appspotmail.com>", "[syzbot] Monthly frob report", "Hello frob maintainers,\n"),
        (LKP, "Re: [linus:master] [frob] 0123456789: stress-ng -8.5% regression", "hi, Ann,\n\nthe log is attached.\n"),
    ],
)
def test_bot_mail_without_result(sender: str, subject: str, body: str) -> None:
    assert signals_of(bot_mail(body, sender=sender, subject=subject)) == []


BPF_CI = "bot+bpf-ci@kernel.org"
BLUEZ = "bluez.test.bot@gmail.com"
MPTCP = "MPTCP CI <wpasupplicant.patchew@gmail.com>"
RE = "Re: [PATCH] frob"
RESULTS = {
    "0-day built it": (
        LKP,
        "[frob:for-next] BUILD SUCCESS 0123456789abcdef",
        "tree: x\n",
        SignalKind.SUCCESS,
        "[frob:",
    ),
    "syzbot tried it": (
        "syzbot <syzbot+1@syzkaller.appspotmail.com>",
        "Re: [syzbot] WARNING in frob",
        "Hello,\n\nsyzbot has tested the proposed patch and the reproducer did not trigger any issue:\n",
        SignalKind.SUCCESS,
        "syzbot has tested the proposed patch",
    ),
    "the graphics CI": (
        "Patchwork <patchwork@emeril.freedesktop.org>",
        "✓ Fi.CI.BAT: success for frob (fix a warning)",
        "== Details ==\n",
        SignalKind.SUCCESS,
        "✓ Fi.CI.BAT",
    ),
    "BPF's passes": (
        BPF_CI,
        RE,
        "CI has tested the following submission:\nStatus:     SUCCESS\nName:       frob\n",
        SignalKind.SUCCESS,
        "CI has tested the following submission: Status: SUCCESS",
    ),
    "BPF's fails": (
        BPF_CI,
        RE,
        "CI has tested the following submission:\nStatus:     FAILURE\nName:       frob\n",
        SignalKind.FAILURE,
        "CI has tested the following submission: Status: FAILURE",
    ),
    "bluez' passes": (
        BLUEZ,
        RE,
        "Test Summary:\nCheckPatch       PASS      0.31 seconds\n",
        SignalKind.SUCCESS,
        "CheckPatch",
    ),
    "bluez' fails in one": (
        BLUEZ,
        RE,
        "Test Summary:\nCheckPatch       PASS      0.31 seconds\nBuildKernel      FAIL      24.5 seconds\n",
        SignalKind.FAILURE,
        "BuildKernel FAIL",
    ),
    "bluez' fails in one beside its style": (
        BLUEZ,
        RE,
        "Test Summary:\nCheckPatch       FAIL      0.31 seconds\nMakeCheck        FAIL      24.5 seconds\n",
        SignalKind.FAILURE,
        "MakeCheck FAIL",
    ),
    "MPTCP's fails in one": (
        MPTCP,
        RE,
        "- KVM Validation: normal: Success! ✅\n- KVM Validation: debug: Unstable: 1 failed test(s)\n",
        SignalKind.FAILURE,
        "- KVM Validation: debug: Unstable",
    ),
    "0-day measured better": (
        LKP,
        RE,
        "Hello,\n\nkernel test robot noticed a 5.1% improvement of frob.ops on:\n",
        SignalKind.FINDING,
        "kernel test robot noticed a 5.1% improvement",
    ),
    "a maintainer's bot": (
        "Mia Maintainer <mia@kernel.org>",
        RE,
        "Ann wrote:\n> frob\n\nMy bot found errors running 'make dt_binding_check' on your patch:\n\nerror\n",
        SignalKind.FAILURE,
        "My bot found errors running",
    ),
}


@pytest.mark.parametrize("what", RESULTS)
def test_results_of_bots(what: str) -> None:
    sender, subject, body, kind, text = RESULTS[what]
    (found,) = bot_mail(body, sender=sender, subject=subject).signals
    assert (found.kind, found.text[: len(text)]) == (kind, text)


def test_failed_checks_of_style_are_findings_of_low_severity() -> None:
    checks = ("CheckPatch  FAIL", "GitLint  FAIL", "BuildKernel  PASS")
    body = "Test Summary:\n" + "".join(f"{check}  0.5 seconds\n" for check in checks)
    message = bot_mail(body, sender=BLUEZ, subject=RE)
    assert [s.kind for s in message.signals] == [SignalKind.SUCCESS]
    assert [(f.text, f.severity) for f in message.findings] == [("CheckPatch FAIL", "low"), ("GitLint FAIL", "low")]


def test_person_who_mentions_a_bot_is_not_a_bot() -> None:
    assert not bot_mail("> My bot found errors\n\nDid my bot say that?\n", sender="Mia <mia@kernel.org>").bot


def applied_by(message: Message) -> Person | None:
    assert message.accepted is not None
    assert SignalKind.APPLIED in {s.kind for s in message.signals}
    return message.accepted.committer


def test_patchwork_bot_names_who_applied_it() -> None:
    message = bot_mail(SUMMARY.format("https://git.kernel.org/netdev/net/c/123456789abc"))
    assert applied_by(message) == Person("Jakub Kicinski", "kuba@kernel.org")
    assert message.accepted
    assert [p.title for p in message.accepted.patches] == ["frob: one", "frob: two"]


def test_patchwork_bots_list_is_enough() -> None:
    body = "Salut!\n\nIn the tree they are.\n\n  - [1/2] frob: one\n    https://git.example.org/c/0123456789ab\n"
    assert [detail for _, detail, _ in signals_of(bot_mail(body))] == ["1"]


def test_tip_bot_names_who_applied_it() -> None:
    body = f"{TIP}Author:        Ann Author <ann@example.org>\nCommitter:     Mia Maintainer <Mia@kernel.example>\n"
    message = bot_mail(body, sender="tip-bot2@linutronix.de", subject="[tip: sched/core] frob: one")
    assert applied_by(message) == Person("Mia Maintainer", "mia@kernel.example")


@pytest.mark.parametrize(
    ("subject", "body"),
    [
        (
            'patch "frob: one" added to frob-next',
            "Hi\n\nfrob: one\n\nto my frob git tree which can be found at\n    git://x\nin its frob-next branch.\n",
        ),
        (
            'Patch "frob: one" has been queued to the frob tree',
            "The patch\n\n  frob: one\n\nhas been queued to the frob tree at\n\n  https://x\n",
        ),
        (
            "[git:media_stage/next] media: frob: one",
            "This is an automatic generated email to let you know that the following patch were queued:\n\nfrob: one\n",
        ),
    ],
)
def test_notices_that_a_patch_was_added_to_a_tree(subject: str, body: str) -> None:
    message = bot_mail(body, sender="Mia Maintainer <mia@kernel.example>", subject=subject)
    assert message.kind == "notice"
    assert applied_by(message) is None  # the sender did
