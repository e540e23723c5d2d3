"""Banners that mail gateways put above a reply."""

from __future__ import annotations

import pytest

from patchwatch.mail.body import own_text

WRITTEN = "> Clamp it.\n\nLooks sane to me.\n"


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email came from outside of the company. Do not click\non links before you know the sender.",
        "EXTERNAL EMAIL: Please do not open attachments from unknown senders!",
        "You don't often get email from ann@example.org. Learn why at https://example.com/why",
        "*** Be careful: external mail. Please report suspicious mail to us. ***",
        "[EXT] This email originated outside your organization; please be careful with attachments.",
    ],
)
def test_a_banner_is_not_the_senders_text(banner: str) -> None:
    assert own_text(f"{banner}\n\n{WRITTEN}", patch=False).strip() == "Looks sane to me."


@pytest.mark.parametrize(
    "text",
    [
        "Warning: this can overflow, please clamp it.",
        "Attention, the sender of the interrupt is not known here.",
        "Caution: I did not get this email in time, please resend it.",
        "Please send the attachment again.",
        "NOTICE: please drop the patch that came with your last email.",
    ],
)
def test_what_the_sender_writes_first_is_theirs(text: str) -> None:
    assert own_text(f"{text}\n\n{WRITTEN}", patch=False).startswith(text)
