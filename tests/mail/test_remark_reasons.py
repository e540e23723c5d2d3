"""What speaks for a remark, in plain words."""

from __future__ import annotations

import pytest

from patchwatch.mail.remark_features import FEATURES
from patchwatch.mail.remark_reasons import WORDS, reasons_in
from tests.support.mails import mail


def test_every_feature_has_words() -> None:
    assert set(WORDS) == set(FEATURES)


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ("> +\tint x;\nPlease call it count.\n", "it stands below an added line"),
        ("> +\tint x;\nPlease call it count.\n", "it says “please”"),
        ("> some talk\n\nWhy not drop this?\n", "it names what to do: “drop”, “use”, “move” …"),
        ("> some talk\n\nThis is wrong, a check is missing.\n", "it names a flaw: “wrong”, “missing”, “unused” …"),
    ],
)
def test_the_strongest_reasons_come_first(body: str, told: str) -> None:
    (reasons,) = reasons_in(mail(message_id="a@x", subject="Re: [PATCH] frob", in_reply_to="p@x", body=body))
    assert told in reasons
    assert 1 <= len(reasons) <= 3
    assert not {"it stands below an added line", "it stands below a line of the diff"} <= set(reasons)


def test_a_mail_without_remarks_has_none() -> None:
    assert reasons_in(mail(message_id="a@x", subject="Re: [PATCH] frob", body="")) == ()
