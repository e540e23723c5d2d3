"""Sentences that say that a patch is not needed, and similar sentences that do not."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import EXISTS, INSTEAD, SignalKind
from patchwatch.mail.sentences.elsewhere import done_elsewhere, is_taken_instead
from tests.mail.sentences.replies import signals_of


@pytest.mark.parametrize(
    "body",
    [
        "Rex already sent a fix.\n",
        "Rex sent a fix for this last week.\n",
        "Your patch is likely obsoleted by that.\n",
        "Not a typo.\n",
        "That's intentional, see the comment.\n",
    ],
)
def test_a_patch_is_not_needed(body: str) -> None:
    assert SignalKind.ELSEWHERE in {kind for kind, _ in signals_of(body)}


@pytest.mark.parametrize(
    "body",
    [
        "It's not a bug, but it is ugly.\n",
        "Is it not a typo?\n",
        "Rex posted a patch that depends on this one.\n",
        "I posted a patch for that.\n",
        "Rex sent the patch to the wrong list.\n",
        "The same change was already merged for the grob driver.\n",
        "A similar fix was sent for another platform.\n",
    ],
)
def test_other_work_is_not_done_elsewhere(body: str) -> None:
    assert SignalKind.ELSEWHERE not in {kind for kind, _ in signals_of(body)}


@pytest.mark.parametrize(
    ("sentence", "instead"),
    [
        ("I already have an identical patch from Dee queued.", True),
        ("We already have this in -next, see 0123456789ab.", True),
        ("A fix for the same problem by Dee is in my tree already, so I am dropping this one.", True),
        ("Dee's patch got here first.", True),
        ("Superseded by Dee's series, which I applied yesterday.", True),
        ("Dee sent a fix for that which I already added to frob/next.", True),
        ("Dee just posted the same patch, and I have applied it.", True),
        ("Dee sent a fix that I have not applied.", False),
        ("Rex already sent a fix.", False),
        ("The same fix was posted earlier.", False),
        ("I already have this on my list.", False),
        ("I already have a comment on the first patch.", False),
        ("If I already have the same patch, I forgot about it.", False),
    ],
)
def test_another_patch_was_taken_instead(sentence: str, instead: bool) -> None:
    assert is_taken_instead(sentence) == instead


@pytest.mark.parametrize(
    "sentence",
    [
        "Dee has already submitted a fix for this.",
        "This leak was already fixed yesterday:",
        "This has been dealt with already:",
        "I sent something similar on Monday:",
        "I already have a patch queued that fixes this up.",
        "We already got a fix for this warning, thanks.",
        "Already applied a different fix, which drops the lock.",
        "There's a fix for this already in the frob branch.",
        "There is already another patch for that.",
        "Fixes for both of these are already in my tree.",
        "A similar patch has already been posted.",
        "The same change [1] has been applied.",
        "Dee submitted the same fix an hour ago.",
        "This duplicates Dee's patch.",
        "Duplicate of:",
        "I'm working on a similar fix, which takes the lock.",
        "The bug is in frob_open(), I'll send a patch for that instead.",
    ],
)
def test_another_patch_does_the_same(sentence: str) -> None:
    assert done_elsewhere(sentence, sentence.lower()) == EXISTS


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("Dee beat you to it.", INSTEAD),
        ("That's intentional.", ""),
        ("If there is already a fix for this, say so.", None),
        ("Is there already another patch for that?", None),
        ("This duplicates the check in frob_open().", None),
        ("Another patch should do the same for bar.c.", None),
        ("I already have a comment on the second patch.", None),
        ("I already sent a patch that depends on this one.", None),
        ("The third patch was already fixed.", None),
        ("Please split it into a different patch.", None),
        ("This brings back the bug that was fixed by commit 0123456789ab.", None),
        ("The previous version had the same change.", None),
        ("I haven't sent the same fix.", None),
        ("Dee already fixed this, but please add a test.", None),
    ],
)
def test_what_sounds_like_another_patch(sentence: str, said: str | None) -> None:
    assert done_elsewhere(sentence, sentence.lower()) == said
