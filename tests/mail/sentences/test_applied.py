"""Sentences that report applied patches, and similar sentences that do not."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.parse import parse
from tests.mail.sentences.replies import signals_of
from tests.support.mails import mail


@pytest.mark.parametrize(
    ("sentence", "detail"),
    [
        ("Applied.", ""),
        ("Applied 1/3 and 2/3, thanks.", "1 and 2"),
        ("Queued [1/3] and (3/3) for v6.15.", "1 and 3"),
        ("Applied 2/3 now, the others have to wait for the next cycle.", "2"),
        ("Applied patches 1/3 and 2/3 to frob-next, thanks.", "1 and 2"),
        ("1/3 applied, thanks.", "1"),
        ("Applied 1/2 and 2/2, thanks.", "1 and 2"),
        ("Applied with the typo in 2/3 fixed, thanks.", ""),
        ("Applied, except that I dropped 3/3 since it conflicts.", "not 3"),
        ("Applied the first patch, thanks.", "1"),
        ("Patches 1..2 applied to frob-next.", "1-2"),
        ("I've applied all except the last two patches.", "some"),
        ("I've replaced the v1 that was applied last week with this one.", ""),
        ("Replaced the version that I queued with v3, thanks.", ""),
        ("Applied, thanks!", ""),
        ("That said, $subject series applied for next, thanks!", ""),
        ("Applied. Thanks.", ""),
        ("Both applied, thanks.", ""),
        ("Thanks, applied.", ""),
        ("Thanks, applied to for-next.", ""),
        ("Applied to cgroup/for-6.13.", ""),
        ("Applied to cgroup/for-6.13 with stable cc'd.", ""),
        ("Applied to cgroup/for-6.13 w/ minor edits.", ""),
        ("Applied for-6.13.", ""),
        ("Applied to net (main).", ""),
        ("Applied as 0123456789ab.", ""),
        ("Applied to bpf-next, could you follow up with a test?", ""),
        ("I've applied this to the docs tree.", ""),
        ("I have applied the series to frob/next, thanks.", ""),
        ("I applied this to frob/next.", ""),
        ("Looks good to me, applied.", ""),
        ("Fixed the typo in the title and applied to frob/next.", ""),
        ("Queued up for 6.13, thanks.", ""),
        ("Now queued up, thanks!", ""),
        ("I am therefore queuing it for fixes, thanks to all!", ""),
        ("I'm hence applying the series to frob/next.", ""),
        ("Queuing this for -next, thanks.", ""),
        ("So picking it up for fixes.", ""),
        ("All patches in the series applied as 6.16 material.", ""),
        ("All of the patches of this series applied, thanks.", ""),
        ("All queued up, thanks.", ""),
        ("I've applied the two patches.", ""),
        ("Thanks, I have applied these 3 patches to frob/next.", ""),
        ("All four patches applied, thanks.", ""),
        ("I've applied the first two patches.", "1-2"),
        ("Merged, thanks.", ""),
        ("Merged to mainline-next.", ""),
        ("Pushed to drm-misc-next.", ""),
        ("Pushed to my review and testing queue, thanks!", ""),
        ("Thanks, pushed to slab/for-next.", ""),
        ("Picked up, thanks.", ""),
        ("Picked this up for frob/next.", ""),
        ("I'll take this.", ""),
        ("I'll take these through the frob tree.", ""),
        ("I'm queueing it up for 6.14.", ""),
        ("Applied 1-3 to cgroup/for-6.13.", "1-3"),
        ("Applied 1 and 4 since they haven't been picked up and next warns about them.", "1 and 4"),
        ("Applied 1 and 4 as they haven't been picked up yet.", "1 and 4"),
        ("Applied because nobody objected.", ""),
        ("Applied, 1/3", "1"),
        ("Applied: patches 1-2, thanks.", "patches 1-2"),
        ("Applied, 1/3 and 2/3, thanks.", "1 and 2"),
        ("Applied, 2 typos fixed.", ""),
        ("Applied to 6.13-rc/fixes.", ""),
        ("FYI, I applied this patch.", ""),
        ("This is now in mm-unstable.", ""),
        ("JFYI, the series has been committed into frob/linux.git, branch for-6.13-wheels.", ""),
        ("As discussed, I took this into frob.git, and we'll see what next says.", ""),
        ("Thanks for doing this, all now queued up.", ""),
        ("All backports now queued up, thanks!", ""),
        ("Both patches applied as 6.13 material, thanks!", ""),
        ("I applied all these to frob/wheels for v6.13, thanks!", ""),
        ("I've applied this version to frob/next.", ""),
        ("Patch 1->2 applied for next, thanks!", "1->2"),
        ("Applied along with the [2-3/3] as 6.13 material with edits in the titles.", "with 2-3"),
        ("Applied as 6.13 material together with patch 2.", "with 2"),
        ("Applied as 6.13 material, but I fixed the white space that your mailer broke.", ""),
        ("If we look there first it is slower, so I've applied this version to frob/next.", ""),
        ("Applied 1-3 to frob.git/fixes and the last one to frob.git/next.", "1-3, last"),
        ("Applied 1-2 to frob/fixes, the rest to frob/next.", "1-9999"),
        ("Applied patches 1 and 2 to frob/fixes, and patches 3-4 to frob/next, thanks.", "1 and 2, 3-4"),
        ("Applied #1 to frob/fixes and 2 to my tree.", "1, 2"),
        ("Applied 1-3 to frob/fixes, the last one needs a rebase.", "1-3"),
        ("Applied 1-3 to frob/fixes, and 4 to be reworked.", "1-3"),
        ("Applied 1-3 to frob/fixes, and 4 in the next version please.", "1-3"),
        ("Applied patches 1 and 2.", "1 and 2"),
        ("Applied patch 4, thanks.", "4"),
        ("Applied the first two patches.", "1-2"),
        ("Applied all but the last patch.", "some"),
        ("Applied the rest to frob/next.", "rest"),
        ("Patches 1 and 2 applied, please respin the others.", "1 and 2"),
        ("Thank you for your contribution, it has been applied to my local review branch.", ""),
        ("Thanks for testing, the patch has been merged to 6.13.", ""),
        ("I have tentatively applied this to frob-next so that it can spend the cycle there.", ""),
        ("Provisionally queued up, thanks.", ""),
        ("I've placed this series in the frob-next:testing branch.", ""),
        ("I have placed this patch in the frob-next tree to be included in the next pull request.", ""),
        ("Applied to frob-next, and will be sent in the next pull request.", ""),
        ("2 patches applied to frob-next branch of frob.git, thanks.", ""),
        ("1 patch(es) applied to frob-next branch of frob.git, thanks.", ""),
        ("This has already been applied.", ""),
        ("I have queued this up for the next merge window.", ""),
        ("Added to frob.git for-next", ""),
        ("I've put this in my for-next branch.", ""),
        ("Committed to for-next.", ""),
        ("Pulled, thanks.", ""),
        ("Pulled into frob-next.", ""),
        ("Pulled into frob-next as well, thanks.", ""),
        ("Now pulled into my frob-next branch too.", ""),
        ("This is now in my tree.", ""),
        ("These patches are now in frob/dev, thanks again.", ""),
        ("And this patch has also been applied to main.", ""),
        ("These look good to me. They are now in my tree.", ""),
        ("Now in frob-next, thanks.", ""),
        ("Staged for 6.10, thanks.", ""),
        ("Accepted, thanks.", ""),
        ("Applying to frob/for-next.", ""),
        ("Pushed the first two to frob-misc-next.", "1-2"),
        ("It's in frob-next now.", ""),
        ("I'll include this series in the next pull request, unless somebody objects.", ""),
        ("Applied to the frob branch of frob.git and pushed out as testing so that the robots get a first look.", ""),
        ("Applied to frob/next, sorry that I missed the last cycle.", ""),
        ("Applied the first of these to frob/next.", "some"),
        ("Applied to frob-fixes while waiting for review.", ""),
        ("I've applied this to frob/next with a Fixes tag but without any changes to the code.", ""),
        ("Queued the last one for 6.13.", "last"),
    ],
)
def test_applied(sentence: str, detail: str) -> None:
    assert signals_of(f"{sentence}\n") == [(SignalKind.APPLIED, detail)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Has this been applied?",
        "Applied to which tree?",
        "If applied, this breaks frob.",
        "Not applied yet.",
        "It should be applied to frob/next.",
        "This can be merged now.",
        "I applied your suggestion.",
        "Applied your suggestions, thanks.",
        "I applied this patch, but I still see the warning.",
        "I applied this locally.",
        "I applied it from the archive and it failed.",
        "I also applied it to frob-next with only one conflict.",
        "Applied for my next version, thanks.",
        "queued bios are never finished",
        "This applied to the whole series, as I said before.",
        "Queued requests wait for the frob.",
        "Pushed to the same branch.",
        "Pushed to my list of things to read.",
        "Pushed some debugging changes.",
        "Taken together these patches are large.",
        "I'll take it ;)",
        "I'll take this if nobody objects.",
        "Ok, I'll apply this, thanks.",
        "Applied locally to test.",
        "Merged them into one patch for v3.",
        "I'll merge it tomorrow.",
        "I'll apply this once the merge window closes.",
        "I'll queue it for testing.",
        "I've added Rex to Cc.",
        "Added, thanks.",
        "Applying it now gives a conflict.",
        "Accepted practice is to hold the lock.",
        "Staged writes wait for the frob.",
        "Added to the cover letter.",
        "I added this to my test tree and see no crash.",
        "I put this patch in my tree and it boots.",
        "Pulled the latest frob-next and tested.",
        "Is this in my tree?",
        "This is now in frob/wheel.c.",
        "It is in the tree since v5.4.",
        "I'll send it in my pull request if Rex acks.",
        "Once it is settled, applied or not, tell me.",
        "I'd like to have it tested and merged, then cleaned.",
        "> Applied, thanks!",
        "[If your patch is applied to the wrong git tree, kindly drop us a note.]",
        "I'm taking this into account for v3.",
        "Picking this apart for v2 is fine.",
        "Queuing these is not a good idea.",
        "Picking it up from here, I will send v3.",
        "All patches in this series applied cleanly here.",
        "Merged! is what I hope for.",
        "Applied! would be nice to read.",
        "Queued! means nothing here.",
        "Queued for review.",
        "Applied to my tree for testing.",
        "Thanks, pushed to frob-next for test coverage, hopefully Rex will ack.",
        "This series is sitting in my patchwork queue.",
        "It is in my review queue.",
        "I've applied these 3 patches to v6.13-rc4:",
        "Let the frob people get it reviewed and staged.",
        "FYI, applied locally.",
        "Applied along with your other series, but it breaks the build.",
        "If it passes, I applied it.",
        "This patch is added in https://lore.kernel.org/all/1@x/",
        "The patches of the other series are not merged yet. They are in linux-next.",
        "Queued for my review, thanks.",
        "The patches that rename the frob are not in mainline yet. They are in linux-next.",
        "Picking this for 6.9 is fine, nothing breaks.",
        "I'll add it to Documentation/ABI/testing/frob as well.",
        "Taken for further consideration.",
        "I placed this behind the lock.",
        "If the lock is held, it is applied to the wrong frob.",
        "Once it settles, the series is merged to my tree.",
    ],
)
def test_sentences_that_only_look_like_applied(sentence: str) -> None:
    assert SignalKind.APPLIED not in {kind for kind, _ in signals_of(f"{sentence}\n")}


def thanks(*listed: str) -> str:
    """b4's thanks, for these patches."""
    commits = "\n".join(f"[{number}] frob: part\n      commit: 0123456789abcdef" for number in listed)
    quoted = "On Mon, 3 Jul 2023 10:00:00 +0000, Ann Author wrote:\n> Words.\n"
    return f"{quoted}\nApplied, thanks!\n\n{commits}\n\nBest regards,\n-- \nRita\n"


@pytest.mark.parametrize(
    ("listed", "detail"),
    [
        (["1/1"], ""),
        (["1/2", "2/2"], "1,2"),
        (["0/2", "1/2", "2/2"], "1,2"),
        (["1/3", "3/3"], "1,3"),
    ],
)
def test_b4_thanks_lists_applied_patches(listed: list[str], detail: str) -> None:
    assert signals_of(thanks(*listed)) == [(SignalKind.APPLIED, detail)]


def test_mail_gives_one_applied_signal() -> None:
    assert signals_of("Applied, thanks.\n\nApplied to frob/next.\n") == [(SignalKind.APPLIED, "")]


@pytest.mark.parametrize(
    ("sentence", "detail"),
    [
        ("Applied this one too.", ""),
        ("Ok, applied again.", ""),
        ("Both patches are now commits 0123456789ab and 123456789abc in frob/next.", ""),
        ("Queued all three.", ""),
        ("All four of them applied, thanks.", ""),
        ("Applied and pushed out as testing, so that the robots can look at it.", ""),
        ("Pulled and pushed out, thanks.", ""),
        ("Merged and pushed.", ""),
        ("Added to the frob-next queue.", ""),
        ("Committed to the tree.", ""),
        ("Taken for the next merge window.", ""),
    ],
)
def test_plain_words_of_people_with_a_tree(sentence: str, detail: str) -> None:
    assert signals_of(f"{sentence}\n")[0] == (SignalKind.APPLIED, detail)


@pytest.mark.parametrize(
    ("sentence", "detail"),
    [
        ("Applied, except for 4/4, thanks.", "not 4"),
        ("Applied, minus patch 3.", "not 3"),
        ("Applied all but patch 2.", "not 2"),
        ("Applied except 3 and 4.", "not 3 and 4"),
        ("Applied, but 2/3 needs another look.", "not 2"),
        ("Applied to frob/next, except patch 2 which needs an ack.", "not 2"),
        ("Applied, except for the last patch.", "some"),
        ("Applied everything except the docs patch, thanks.", "some"),
        ("Applied, without the blank line.", ""),
        ("Applied with 2 changes.", ""),
    ],
)
def test_patches_that_are_left_out_are_named_behind_a_comma_too(sentence: str, detail: str) -> None:
    assert signals_of(f"{sentence}\n")[0] == (SignalKind.APPLIED, detail)


@pytest.mark.parametrize(
    ("body", "evidence"),
    [
        ("Applied.\n\nThanks,\nMia\n", "Applied. Thanks"),
        ("Patch applied.  Thanks.\n", "Patch applied. Thanks"),
        ("Picked it up, thanks.\n", "Picked it up, thanks."),
        ("Applied.\n\nMia\n", "Applied."),
        ("Applied.\n\nSo far so good.\n\nThanks,\nMia\n", "Applied."),
    ],
)
def test_thanks_below_applied_belong_to_it(body: str, evidence: str) -> None:
    message = parse(
        mail(message_id="a@x", subject="Re: [PATCH] frob: oil it", in_reply_to="1@x", body=f"> +a\n\n{body}")
    )
    assert [signal.text for signal in message.signals if signal.kind == SignalKind.APPLIED] == [evidence]


def test_thanks_behind_applied_leave_the_remark_its_signal() -> None:
    body = "> +a\n\nMerged.  Thanks, but the second hunk should use min().\n"
    message = parse(mail(message_id="a@x", subject="Re: [PATCH] frob: oil it", in_reply_to="1@x", body=body))
    assert [signal.text for signal in message.signals] == ["Merged. Thanks"]
    assert [remark.signals for remark in message.remarks] == [(SignalKind.APPLIED,)]
