"""Sentences that report applied patches if a committer writes them, and similar sentences that never do."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.sentences.applied import intends_to_apply
from patchwatch.mail.sentences.claims import applies_later, claimed_patches, holds, postpones
from tests.mail.sentences.replies import signals_of


@pytest.mark.parametrize(
    ("sentence", "patches"),
    [
        ("Pushed out.", ""),
        ("Thanks, pushed out as well.", ""),
        ("merged!", ""),
        ("applied", ""),
        ("Queued.", ""),
        ("queue'd up", ""),
        ("Picked it up, cheers.", ""),
        ("Grabbed.", ""),
        ("Took both, thanks!", ""),
        ("In next now.", ""),
        ("It's in linux-next already.", ""),
        ("Thanks, but this is already in -next.", ""),
        ("This patch is already in Linus's tree.", ""),
        ("This is now in my tree.", ""),
        ("In my queue for -rc6, thanks.", ""),
        ("Already in my next branch, sorry for not replying.", ""),
        ("This went in yesterday.", ""),
        ("It's upstream now.", ""),
        ("They are in already, thanks.", ""),
        ("In my tree for 6.13.", ""),
        ("Already fixed in my tree.", ""),
        ("Fix already traveling.", ""),
        ("The same fix is already on its way.", ""),
        ("This one's already merged.", ""),
        ("Applied the lot.", ""),
        ("Squashed into frob-topic.", ""),
        ("Applied, with changes.", ""),
        ("Applied with a tweak.", ""),
        ("Applied, but without the typo in the title.", ""),
        ("Pushed to my testing branch.", ""),
        ("Applied 1-3, please resend 4.", "1-3"),
        ("Took patches 1 and 2.", "1 and 2"),
        ("Pushed the rest.", "rest"),
        ("Grabbed the first two.", "some"),
        ("All 7 patches applied!", ""),
        ("Anyway: patch applied.", ""),
        ("It reads well to me, so patches applied.", ""),
        ("I like these patches so I merged them.", ""),
        ("Added to devel, thanks.", ""),
        ("Thanks, added to devel.", ""),
        ("No need to, I've added it to devel already, thanks.", ""),
        ("Patches added to devel with small fixups, thanks.", ""),
        ("1 and 2 added to devel, the rest needs more work.", "1 and 2"),
        ("FYI, I've added patches 2-5 as a topic branch to frob for-next.", "2-5"),
        ("With slightly updated changelog added to misc-next, thanks.", ""),
        ("Thanks for the quick fixes, added to misc-next.", ""),
        ("I've put the series into our testing branch, more tests are running.", ""),
        ("Added to the frob tree with a reworded subject.", ""),
        ("Moved to for-next, I'll do some more testing.", ""),
        ("One week passed, this fix has been merged as commit 0123456789ab.", ""),
        ("Rita merged it to devel, thanks.", ""),
        ("Rita Maintainer has already picked this up.", ""),
        ("Thanks, Uwe applied the series last week.", ""),
        ("Picked up the 5 patches.", ""),
        ("Thanks for the v2, both patches pushed.", ""),
        ("Oh, I took out v1 and applied this instead, I didn't see the bug.", ""),
        ("Added to devel with some updates, thanks.", ""),
        ("Added to next.", ""),
        ("I've moved it to frob.fixes now and will send it later this week.", ""),
        ("In any case I have applied the patch to 6.7/frob-fixes, thanks!", ""),
        ("It all seemed simple and given Rex's reviews I applied this to frob/next.", ""),
        ("Thanks Rex, I've merged these changes onto my for-next branch.", ""),
        ("Meanwhile I've pushed patches 1-2 to for-next.", "1-2"),
        ("I fixed the node's name and added your patch to the frob tree for 6.7.", ""),
        ("I've applied your series, thanks.", ""),
        ("Please send that as another patch, as I already merged this one to master.", ""),
        ("Could be nicer, but send it on top since I've already applied this.", ""),
    ],
)
def test_claims(sentence: str, patches: str) -> None:
    assert claimed_patches(sentence) == patches


@pytest.mark.parametrize(
    "sentence",
    [
        "I'll apply this.",
        "Will be merged.",
        "This should be applied.",
        "If applied, it breaks.",
        "Not queued yet.",
        "Has it been pushed?",
        "Applied locally to test.",
        "Applied and tested here.",
        "I applied this and it boots.",
        "Applied cleanly.",
        "Merged them into one patch.",
        "Folded into v4.",
        "Squashed for v2, will send.",
        "Applied your suggestion.",
        "Picked the wrong one.",
        "Pushed bits of dust around.",
        "Taken together this is large.",
        "Fix is not traveling yet.",
        "Both are accepted.",
        "unapplied, breaks the build",
        "Dropped.",
        "Once the tests pass, I merged it is what you will read.",
        "I applied this but then it warned about the frob.",
        "I picked up on the odd name.",
        "Queued for review.",
        "Added, thanks.",
        "Added to the changelog.",
        "Added to changelog, thanks.",
        "Added to v3, thanks.",
        "Added in patch 2/3.",
        "I added this to frob.c.",
        "Put into drivers/frob.h now.",
        "Moved it to the header, thanks.",
        "Moved to a helper.",
        "I can add it to devel.",
        "Rex, can you add it to devel?",
        "Rex should have merged it.",
        "Rex merged it locally.",
        "This applied it twice.",
        "You picked it up wrongly.",
        "Please add it to devel, thanks.",
        "If Rex merged it, fine.",
        "Let's get my patch squared away and applied to frob-next, then I can look.",
        "With my comments addressed as you pushed to the frob-6.14 branch in your tree, you may add:",
        "Hence, it moved to the next group.",
        "Merged! is what I hope for.",
        "I added it to comply with the manual.",
        "Usually, these are picked by Rex.",
        "With comments added into frob_get_tree(), we can explain it.",
        "I tried to get both parts and this series applied on some tree, but gave up.",
        "I added that to my local tree, so that v2 will have it.",
        "The helpers were factored out and put into meta-frob.",
        "Please put this on the same line as frob.",
        "To put it into other words: it is new.",
        "With this patch applied, it turns once.",
        "With the fix that Rex found folded in:",
        "With them moved to frobutils, we can mark it as done.",
        "Rex added that in a generic way years ago.",
        "They are not happy and have taken to blogs.",
        "When I applied this to for-next it broke.",
        "After I merged these to my test branch, it boots.",
        "Please resend on top of frob-6.19 where I applied your other patches to.",
        "The tests that I added to it fail.",
        "I applied the two patches, but then it warned about the frob.",
        "I applied all three patches locally.",
        "I applied your patch but it does not boot.",
        "I applied your patch and I still see the warning.",
        "I just applied your series on linux-next and the output differs.",
        "I've applied your suggestion.",
        "Please send a patch as I already said.",
        "If you resend it as I already applied v1, say so.",
    ],
)
def test_sentences_that_claim_nothing(sentence: str) -> None:
    assert claimed_patches(sentence) is None


@pytest.mark.parametrize(
    ("sentence", "held"),
    [
        ("Please hold off on this one.", True),
        ("Let's hold off until Rex is back.", True),
        ("Don't apply this yet.", True),
        ("Please do not merge this for now.", True),
        ("I've put this on hold.", True),
        ("No need to hold off.", False),
        ("Should we hold off?", False),
        ("Hold the lock, off we go.", False),
        ("We don't hold off here.", False),
        ("That said, I don't want to hold off taking these.", False),
        ("I do not really want to hold this up.", False),
        ("Don't take my word for it.", False),
    ],
)
def test_holds(sentence: str, held: bool) -> None:
    assert holds(sentence) == held


@pytest.mark.parametrize(
    ("sentence", "intends"),
    [
        ("I'll apply this.", True),
        ("I'll merge it tomorrow.", True),
        ("Let me queue these up.", True),
        ("I'll apply it once Rex acks.", False),
        ("I'll apply your comments in the next version.", False),
        ("I'll take a look.", False),
        ("I need to hold off here until -rc1.", False),
        ("Will you apply this?", False),
    ],
)
def test_intentions(sentence: str, intends: bool) -> None:
    assert intends_to_apply(sentence) == intends


@pytest.mark.parametrize(
    ("sentence", "later"),
    [
        ("I'll have to hold off on applying this until after -rc1.", True),
        ("We are holding off for a week.", True),
        ("I'm going to hold off until you answer Rex.", False),
        ("Please hold off until -rc1.", False),
    ],
)
def test_postponed(sentence: str, later: bool) -> None:
    assert postpones(sentence) == later
    assert holds(sentence) != later


@pytest.mark.parametrize(
    ("sentence", "waits"),
    [
        ("I can't commit these patches until the kernel patch lands in the distros.", True),
        ("I won't apply this before the merge window closes.", True),
        ("I can't take it till 6.9 is out.", True),
        ("If nobody objects until Friday, I will take it as it is.", True),
        ("Unless somebody objects, I'll apply this tomorrow.", True),
        ("If I hear no objections, I'll queue it.", True),
        ("I'll apply this tomorrow unless someone screams.", True),
        ("I'll take it on Friday if nobody objects.", True),
        ("Thanks, I'll pick this up once -rc1 is out.", True),
        ("I'll queue the series after the merge window.", True),
        ("Max will pick it up once 6.9 exists.", True),
        ("Let's wait for the merge window.", True),
        ("Let's wait for the merge window to be over, I'll apply it then.", True),
        ("I can't take this until the leak is fixed.", False),
        ("I can't apply this until you rebase it on 6.9.", False),
        ("I can't take this.", False),
    ],
)
def test_what_waits_for_others_than_the_author_will_be_applied_and_anything_else_is_refused(
    sentence: str, *, waits: bool
) -> None:
    assert applies_later(sentence) == waits
    assert signals_of(f"{sentence}\n")[0][0] == (SignalKind.WILL_APPLY if waits else SignalKind.CHANGES)


@pytest.mark.parametrize(
    "sentence",
    [
        "If anybody has a comment, I'll take a look.",
        "If somebody complains, I'll pick another name.",
        "If anybody objects to the name, I will take it out.",
        "If I don't get any comments, I'll take another look.",
    ],
)
def test_what_is_done_if_somebody_objects_is_not_to_apply_it(sentence: str) -> None:
    assert not applies_later(sentence)


def test_a_claim_can_mean_something_else_from_others() -> None:
    kinds = [kind for kind, _ in signals_of("This is already fixed in my tree.\n")]
    assert kinds == [SignalKind.CLAIMED, SignalKind.ELSEWHERE]


def test_applied_on_a_line_of_its_own_is_no_greeting() -> None:
    assert signals_of("Hi Ann,\n\nApplied,\n\nThanks,\n\nJ\n") == [(SignalKind.APPLIED, "")]


@pytest.mark.parametrize(
    "sentence",
    [
        "Please fix the typo in the title when applying.",
        "Could you drop my old address while queueing it?",
        "Please add the tag before you merge it.",
    ],
)
def test_what_a_maintainer_is_asked_to_do_is_not_asked_of_the_author(sentence: str) -> None:
    assert SignalKind.CHANGES not in {kind for kind, _ in signals_of(f"{sentence}\n")}
