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
        "snack\n",
        "It does not match your From: line, so I can't take it.\n",
        "We cannot apply this on top of the frob tree.\n",
        'Going from "it sent an error" to "it sent, so a nack" fixes nothing.\n',
    ],
)
def test_sentences_that_only_look_like_refusals(body: str) -> None:
    assert SignalKind.NAK not in {kind for kind, _ in signals_of(body)}
