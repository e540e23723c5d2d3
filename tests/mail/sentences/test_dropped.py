"""Patches that were applied, and left their tree again."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.sentences.dropped import is_dropped
from tests.mail.sentences.replies import signals_of


@pytest.mark.parametrize(
    "sentence",
    [
        "unapplied, breaks the build",
        "Dropped.",
        "Backed out again.",
        "Un-queued.",
        "The patch has been dropped from frob-fixes.",
        "OK, this was removed from my tree.",
        "It's been dropped from the fixes branch again.",
    ],
)
def test_dropped(sentence: str) -> None:
    assert is_dropped(sentence)
    assert SignalKind.UNAPPLIED in {kind for kind, _ in signals_of(f"{sentence}\n")}  # none lacks a cue


@pytest.mark.parametrize(
    "sentence",
    [
        "The check has been dropped from the driver.",
        "The patch was dropped from v3.",
        "This has been removed from the header.",
        "If the patch was dropped from frob-fixes, please send it again.",
    ],
)
def test_what_is_gone_from_elsewhere_was_not_dropped_from_a_tree(sentence: str) -> None:
    assert not is_dropped(sentence)
