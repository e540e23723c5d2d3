"""Sentences that say that a patch is not needed, and similar sentences that do not."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.sentences.elsewhere import is_taken_instead
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
        ("Rex already sent a fix.", False),
        ("The same fix was posted earlier.", False),
        ("I already have this on my list.", False),
        ("I already have a comment on the first patch.", False),
        ("If I already have the same patch, I forgot about it.", False),
    ],
)
def test_another_patch_was_taken_instead(sentence: str, instead: bool) -> None:
    assert is_taken_instead(sentence) == instead
