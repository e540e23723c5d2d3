"""Sentences that reject a patch, and similar sentences that do not."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from tests.mail.sentences.replies import signals_of


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("NAK\n", SignalKind.NAK),
        ("NAK.\n\nThis is wrong.\n", SignalKind.NAK),
        ("So it's a NACK from me.\n", SignalKind.NAK),
        ("Nack on this approach.\n", SignalKind.NAK),
        ("Nacked-by: Rita Reviewer <rita@example.com>\n", SignalKind.NAK),
        ("My first thought is a nack on the idea.\n", SignalKind.NAK),
        ("Here is my NAK for this patch.\n", SignalKind.NAK),
        ("We talked about it, and the answer is still no.\n", SignalKind.NAK),
        ("I don't want this in the kernel.\n", SignalKind.NAK),
        ("We really don't want this in mainline.\n", SignalKind.NAK),
        ("I don't think this is something we want.\n", SignalKind.NAK),
        ("This is not something that anybody needs in the kernel.\n", SignalKind.NAK),
        ("There is no way this is going in.\n", SignalKind.NAK),
        ("I'm not taking this, see above.\n", SignalKind.NAK),
        ("I won't be taking this.\n", SignalKind.NAK),
        ("This doesn't belong in the kernel.\n", SignalKind.NAK),
        ("I'm strongly opposed to this patch.\n", SignalKind.NAK),
        ("Sorry, we don't take whitespace-only patches.\n", SignalKind.NAK),
        ("Sorry, we don't want such clean-ups.\n", SignalKind.NAK),
        ("Sorry, but no.\n", SignalKind.NAK),
        ("Therefore this patchset is NAKed with extreme prejudice.\n", SignalKind.NAK),
        ("I am NAKing this whole series until it is sane.\n", SignalKind.NAK),
        ("Nacked.\n", SignalKind.NAK),
        ("No way.\n", SignalKind.NAK),
        ("This won't be applied, sorry.\n", SignalKind.NAK),
        ("Nobody wants this in mainline.\n", SignalKind.NAK),
        ("Let's just drop it then.\n", SignalKind.NAK),
        ("Ok, let's drop this patch.\n", SignalKind.NAK),
        ("We should probably forget about this idea.\n", SignalKind.NAK),
    ],
)
def test_rejections(body: str, kind: str) -> None:
    assert kind in {k for k, _ in signals_of(body)}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("NACK for the extra initializations.\n", SignalKind.CHANGES),
        ("NAK to using frob_lock() here.\n", SignalKind.CHANGES),
        ("NAK for dropping all of the quirks.\n", SignalKind.CHANGES),
        ("I'm inclined to NAK this unless you can show numbers.\n", SignalKind.CHANGES),
        ("I'm leaning towards NAK, unless there is a user.\n", SignalKind.CHANGES),
        ("NAK to this change, sorry.\n", SignalKind.NAK),
        ("NAK on the entire series until the old one is gone.\n", SignalKind.NAK),
        ("NACK for multiple reasons:\n", SignalKind.NAK),
        ("NAK to the whole idea.\n", SignalKind.NAK),
        ("NAK to all of this.\n", SignalKind.NAK),
        ("NAK on principle.\n", SignalKind.NAK),
        ("NAK for any patch like this.\n", SignalKind.NAK),
    ],
)
def test_a_nak_to_a_part_of_a_patch_asks_for_a_change(body: str, kind: str) -> None:
    assert {k for k, _ in signals_of(body)} & {SignalKind.NAK, SignalKind.CHANGES} == {kind}


@pytest.mark.parametrize(
    "body",
    [
        "If you NAK it, say so.\n",
        "I am not going to NAK this.\n",
        "I will split it (patch 3 got your NAK).\n",
        "> NAK\n",
        "NAKed packets are dropped.\n",
        "The packet is NAKed.\n",
        "A hint only, I am not nacking this.\n",
        "That is what keeps me from NAKing this.\n",
        "snack\n",
        "It does not match your From: line, so I can't take it.\n",
        "We cannot apply this on top of the frob tree.\n",
        "This is not something we should ignore.\n",
        "We don't want this in the error path.\n",
        "I don't want to block this patch.\n",
        "I want this in the kernel.\n",
        "There is no way this can overflow.\n",
        "This won't happen, the lock is held.\n",
        "That won't be applied to the wrong tree.\n",
        "I'm not against this patch.\n",
        "I'm not opposed to this change.\n",
        "Is this something we want in the kernel?\n",
        "This line doesn't belong in the kernel log.\n",
        "Sorry, no time today.\n",
        "Let's drop it from the second hunk.\n",
        "Let's drop the lock before the call.\n",
        "Let's forget about the error and go on?\n",
        'Going from "it sent an error" to "it sent, so a nack" fixes nothing.\n',
    ],
)
def test_sentences_that_only_look_like_refusals(body: str) -> None:
    assert SignalKind.NAK not in {kind for kind, _ in signals_of(body)}
