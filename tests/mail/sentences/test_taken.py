"""What committers say that they did with patches, wherever in a sentence; and what is said of code or other patches."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.sentences.claims import claimed_patches
from patchwatch.mail.sentences.taken import taken_patches
from tests.mail.sentences.replies import signals_of


@pytest.mark.parametrize(
    ("sentence", "patches"),
    [
        # The patch is named by its number, version or kind
        ("This patch (1/2) applied for fixes.", "1"),
        ("This patch 2/5 applied to the frob tree.", "2"),
        ("I applied 1/3 to the frob tree.", "1"),
        ("I took 1/3 and 2/3 through my tree.", "1 and 2"),
        ("Applied the driver patch, thanks.", "some"),
        ("Thanks, added your patch!", ""),
        ("Fair enough, I applied patch 1/2.", "1"),
        ("Thanks, I picked up patch 7/7 as well!", "7"),
        ("I took patches 2 and 3 to the frob tree so your stack gets smaller.", "2 and 3"),
        ("This v4 version applied for kernel 6.10!", ""),
        ("Patch v9 applied for the v6.11 kernel.", ""),
        ("This one patch applied to the frob tree.", ""),
        ("v4 patch applied!", ""),
        # Several are counted
        ("All five patches applied, thanks for fixing this!", ""),
        ("Thanks Rex all three patches applied, good work as usual!", ""),
        ("Applied all four patches to frob/resource for 6.15, thanks!", ""),
        ("I applied both of these with small typo fixes to frob/devel for 6.10.", ""),
        ("These two applied to the frob tree!", "some"),
        ("I have applied these three to the frob tree for v6.17.", "some"),
        ("I applied these 12 patches as a starter.", "some"),
        ("Applied the bindings patches to frob/bindings!", "some"),
        ("Applied the ones with acks to frob/devel, thanks!", "some"),
        ("Applied the above to frob/hotplug, the rest goes elsewhere.", "some"),
        # The statement is the end of a sentence about something else
        ("What a mess, I applied the patch for fixes so that it makes the next pull request.", ""),
        ("It does not build, so I just grabbed the whole series and applied it.", ""),
        ("It looks right to me, so patch is applied for v6.15!", ""),
        ("The patch looks good: patch applied so it gets some testing in linux-next.", ""),
        ("Since we agree on these two patches I applied them!", ""),
        ("I forgot to say that I applied this a while back.", ""),
        ("Looks like this was applied by Rex to frob/acs for v6.10.", ""),
        ("In the meantime I've queued these up on the testing branch of frob.git.", ""),
        # Reasons and remarks behind it deny nothing
        ("I have queued it for v6.13 because it is not urgent.", ""),
        ("Patches applied for next since they are not regressions.", ""),
        (
            "Series applied to the devel branch of frob.git but that isn't pushed out as next yet, robots go first.",
            "",
        ),
        ("This patch only applied to frob/dt with Rex's reviewed-by for v6.13, thank you!", ""),
        # For now
        ("Provisionally applied to frob/pm for v6.13.", ""),
        ("Patch tentatively applied for v6.16.", ""),
        # On its way to a branch that is named
        ("Thanks, queuing in frob-drivers for v6.9.", ""),
        ("i.e. will queue in frob-drivers-for-v6.9.", ""),
        ("I applied this version of the patch to my master (not in linux-next yet).", ""),
    ],
)
def test_a_committer_took_patches(sentence: str, patches: str) -> None:
    assert taken_patches(sentence) == patches
    assert claimed_patches(sentence) is not None


@pytest.mark.parametrize(
    "sentence",
    [
        # Code is taken, applied, queued and pushed, too
        "The lock is taken in this path.",
        "It is taken by the caller, so this is wrong.",
        "This is queued by the core for later.",
        "The lock was taken, and this was queued on the list.",
        "It is applied to all frobs.",
        "All of them are pushed to the hardware in one go.",
        "both are applied on the next frame",
        "It is applied in non-blocking mode only.",
        "This is pushed to the radix tree.",
        "I picked 0x0001 because that is the default.",
        # Other patches and versions
        "I picked that one up instead.",
        "I'd picked up the previous version and changed it.",
        "Note that the second patch was applied to fix a regression.",
        "I haven't applied the driver that this updates yet.",
        "This is how we've applied it in the past: by hand.",
        "I just applied all of the v1 series, our mails crossed.",
        "The v3 of this series is already pulled.",
        # Not, not yet, or only if
        "None of these have been applied.",
        "This one can't be applied until the fixes are in.",
        "With this patch applied, it turns once.",
        "Once these two are applied I can go on.",
        "After these patches were merged, the frob broke.",
        "I want patches 7 to 12 applied by the same person.",
        "Will queue in frob-next once Rex acks.",
        "Was this patch applied to frob/next?",
        # What testers write
        "I ran into this, too (and applied the patch): it helps.",
        "I applied this and it boots.",
        "I picked this patch to my local frob-next tree, and tested it on three boards.",
        "Patches 3, 4 and 9 (I dropped a line in 9) applied for next, thanks!",
        "I applied this on top of v6.9 and get an oops.",
        "I applied this patch to the frob tree, but it fails.",
        "I had applied this but then noticed a warning.",
        "I took a quick look at these patches.",
    ],
)
def test_nothing_was_taken(sentence: str) -> None:
    assert taken_patches(sentence) is None


def test_a_sentence_of_several_hundred_characters_is_not_read() -> None:
    assert taken_patches(f"I applied this patch to the frob tree, {'and ' * 100}thanks.") is None


def test_what_was_taken_is_claimed_in_a_mail() -> None:
    assert signals_of("(...)\nThese two applied to the frob tree!\n") == [(SignalKind.CLAIMED, "some")]


@pytest.mark.parametrize(
    ("sentence", "detail"),
    [
        ("Applied but with the channel added to the title to make it clear this isn't the offset.", ""),
        ("Applied but I dropped the blank line.", ""),
        ("Applied to frob/next, but with the tag that Rex gave.", ""),
        ("Applied all but the last patch.", "some"),
        ("Applied the series but not 3.", "not 3"),
        ("Committed... (tag: frob-utils-2-8-4)", ""),
        ("Committed.", ""),
    ],
)
def test_but_is_an_exception_only_of_patches(sentence: str, detail: str) -> None:
    assert signals_of(f"{sentence}\n")[0] == (SignalKind.APPLIED, detail)


@pytest.mark.parametrize(
    "sentence",
    [
        "Applied but it breaks the build.",
        "Applied to frob/next but I see a warning.",
        "Merged, and now the test fails.",
        "I've applied these 3 patches to v6.13-rc4: it boots.",
        "Let the frob people get it reviewed and staged.",
        "This series is sitting in my patchwork queue.",
        "The patches are in my to-do queue.",
        "- change SEND to mean queued / completed, while for others they mean queued to it, queued to HW.",
    ],
)
def test_what_broke_is_not_taken(sentence: str) -> None:
    assert not {kind for kind, _ in signals_of(f"{sentence}\n")} & {SignalKind.APPLIED, SignalKind.CLAIMED}
