"""Somebody tried a patch, and it failed; or it did not, or it might."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.breakages import reports_breakage
from patchwatch.mail.sentences.signals import person_signals


@pytest.mark.parametrize(
    "sentence",
    [
        "This patch breaks the build on my machine.",
        "FYI, this series breaks boot for the frob boards.",
        "Unfortunately it triggers the following warning during boot on most of my boards:",
        "It crashed here.",
        "I ran these through my own tests and this failed to build:",
        "Just tried it, but it fails to link:",
        "The patch appears to be mangled.",
        "This is white-space damaged.",
        "Your patch is whitespace damaged.",
        "Your mailer converted the tabs to spaces.",
        "git am says: corrupt patch at line 10.",
        "The patch is line wrapped, please use git send-email.",
        "This crashes for me in the second mode.",
        "I'm seeing build failures with this series applied to my tree.",
        "I get a lockdep splat with the patch applied:",
        "We observed a deadlock on two machines after this change.",
        "My laptop didn't boot with this patchset in place.",
        "The new version causes a regression in the second test.",
        "With this series my board no longer boots.",
        "After applying these two patches, the sensor stopped working.",
        "My test box oopses with this one.",
        "It hangs at the second boot with v3.",
        "I tried this on the old board and it no longer resumes.",
        "It is still broken for me with v2.",
        "The problem persists with this patch.",
        "Sadly this does not fix it for me.",
    ],
)
def test_breakage_requests_a_change(sentence: str) -> None:
    assert reports_breakage(sentence, sentence.lower())
    assert [signal.kind for signal in person_signals([sentence])] == ["changes"]


@pytest.mark.parametrize(
    "sentence",
    [
        "FTR, I confirmed that these warnings no longer appear with this version.",
        "The crash does not occur with this series.",
        "This patch could break the build.",
        "Does this patch break the build?",
        "Without this patch I see a warning at boot.",
        "With this patch applied the warning is gone.",
        "This patch fixes the crash that I see on my board.",
        "I see the same errors before this series.",
        "The errors are unrelated to this patch.",
        "This would trigger a warning on other boards.",
        "The probe function breaks out of the loop.",
        "Without this series my board no longer boots.",
        "With this series my board no longer hangs.",
        "I no longer see it hang with v3.",
        "It hangs with v6.1, and this fixes it.",
        "If it hangs with this series, please tell me.",
        "Does it still hang with this patch?",
        "I have tried to use another name and that didn't work for me.",
        "No crashes with this series so far.",
        "The old firmware hangs when the bus is busy.",
        "It is wrapped in a macro.",
        "The patch was wrapped by a helper.",
        "This is corrupted by the other thread.",
        "Is the patch mangled?",
        "I don't think the patch is mangled.",
        "Sorry, my mailer wrapped the lines.",
        "Outlook mangled my previous reply, sorry.",
        "Sorry, gmail wrapped the quotes.",
        "Use tabs, not spaces.",
    ],
)
def test_no_breakage(sentence: str) -> None:
    assert not reports_breakage(sentence, sentence.lower())
