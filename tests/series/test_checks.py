"""Results of build bots and CI on a revision."""

from __future__ import annotations

from patchwatch.mail.parse import parse
from patchwatch.series.checks import checks_of
from patchwatch.series.revision import Revision, find_revisions
from tests.support.mails import mail

LKP = "kernel test robot <lkp@intel.com>"
BPF_CI = "bot+bpf-ci@kernel.org"
ANN = "Ann Author <ann@example.org>"


def revision(*replies: tuple[str, str, str]) -> Revision:
    """Two patches, and who says what of which on the days after."""
    mails = [mail(message_id="0@x", subject="[PATCH 0/2] frob", sender=ANN, body="All.\n")]
    mails += [
        mail(
            message_id=f"{n}@x", subject=f"[PATCH {n}/2] frob: part {n}", sender=ANN, in_reply_to="0@x", body="x\n---\n"
        )
        for n in (1, 2)
    ]
    mails += [
        mail(
            message_id=f"a{day}@x",
            subject="Re: [PATCH] frob",
            sender=sender,
            date=f"Mon, {day + 3} Jul 2023 10:00:00 +0000",
            in_reply_to=f"{answered}@x",
            body=body,
        )
        for day, (sender, answered, body) in enumerate(replies, 1)
    ]
    (found,) = find_revisions(map(parse, mails))
    return found


def test_results_of_a_bot_are_ordered_by_date() -> None:
    status = "CI has tested the following submission:\nStatus: {}\n"
    found = checks_of(revision((BPF_CI, "0", status.format("FAILURE")), (BPF_CI, "0", status.format("SUCCESS"))))
    assert [(c.name, c.verdict, c.message_id, c.patch) for c in found] == [
        (BPF_CI, "failure", "a1@x", 0),
        (BPF_CI, "success", "a2@x", 0),
    ]


def test_a_result_names_its_patch_and_keeps_the_evidence() -> None:
    (found,) = checks_of(revision((LKP, "2", "kernel test robot noticed the following build errors:\n")))
    assert (found.name, found.verdict, found.patch) == ("kernel test robot", "failure", 2)
    assert found.text == "kernel test robot noticed the following build errors:"


def test_a_finding_that_is_not_a_failure_is_a_notice() -> None:
    (found,) = checks_of(revision((LKP, "1", "kernel test robot noticed a 3.2% improvement of frob.ops on:\n")))
    assert found.verdict == "notice"


def test_people_and_bots_that_apply_patches_give_no_results() -> None:
    applied = "This series was applied to frob/next.git (main)\n"
    replies = [
        ("Rita <rita@example.com>", "1", "The build fails with errors.\n"),
        ("patchwork-bot+x@kernel.org", "0", applied),
    ]
    assert checks_of(revision(*replies)) == ()
