"""A tag that depends on a change, and sentences above a tag that make no condition."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.conditions import condition
from patchwatch.sync.read_mail import read_mail
from tests.support.mails import mail

TAG = "Reviewed-by: Rita Reviewer <rita@example.com>"


@pytest.mark.parametrize(
    "sentence",
    [
        "With the typo fixed:",
        "With both nits addressed, feel free to add:",
        "So with the subject corrected, you can add my:",
        "Once you've addressed the include, please add:",
        "If you fix that, feel free to add:",
        "After clarifying the commit title,",
        "If you make this change, you can resubmit it with:",
        "Once you do that, feel free to add:",
        "Otherwise looks good, with the lock moved out:",
        "Otherwise it looks good to me, so with that adjusted:",
        "Apart from this it looks very nice, so with the above addressed:",
        "The rest looks fine, and with the title fixed:",
        "With the marketing gone,",
        "With s/frob/Frob/ in the subject to match history,",
        "Modulo the nit about the header,",
        "With the typo fixed as Lea suggested, this looks good to me.",
        "I agree with the idea, so with this fixed:",
        "A few nits, assuming those are fixed:",
        "You should say what differs here, and with that done,",
        "All mine are addressed so with Lea's nits addressed too:",
        "Everything looks fine, so with above changes:",
        "With the suggested changes, feel free to add:",
        "Assuming Lea's comments are acted upon,",
        "Fix that and you can add:",
        "Please fix and add:",
        "Add the missing include and then please feel free to add my",
        "If you are going to address them as suggested, feel free to add",
        "If Lea's comment is addressed, feel free to add:",
        "When the typo is fixed, feel free to add:",
        "provided that you fix the typo in the title.",
        "Assuming you drop the helper, feel free to add:",
        "Assuming you amend it to print an error you can add my",
        "One question, and one cosmetic change, but resolve those and you may add to all patches:",
    ],
)
def test_condition_names_the_change(sentence: str) -> None:
    assert condition(["It is good.", sentence, TAG]) == (sentence, True)


@pytest.mark.parametrize(
    "sentence",
    [
        "With that:",
        "Otherwise it looks good to me, so with that:",
        "With these, you can add:",
        "and with the above, feel free to add my",
        "With this change:",
        "Sent too soon, I meant to say: with that",
    ],
)
def test_condition_refers_to_what_was_asked(sentence: str) -> None:
    assert condition(["Please take the lock.", sentence, TAG]) == (sentence, False)


@pytest.mark.parametrize(
    "sentence",
    [
        "Mia fixes the typo when applying, and with that fixed:",
        "With this patch applied, my board boots.",
        "With the series applied:",
        "With or without that change:",
        "With your explanation it is clear.",
        "It looks good to me, so with this patch applied:",
        "This looks good with all compilers.",
        "With your explanation,",
        "If you address this patch to the maintainer, feel free to add:",
        "If you respin, please drop the blank line.",
        "Once the lock is taken, the list can't change.",
        "Is it right with the lock moved?",
        "Thanks for fixing the typo.",
        "It works well on my board with your changes.",
        "The fix and the test look good to me.",
        "You fixed it and you added a test.",
        "Rename it and move it up.",
        "It builds, but with the lock held it hangs.",
        "Assuming you know your hardware,",
        "Yes, assuming that this goes in through the knob tree:",
        "Assuming Lea does not object,",
    ],
)
def test_no_condition(sentence: str) -> None:
    assert condition([sentence, TAG]) is None


def test_only_a_review_is_given_on_a_condition() -> None:
    def signals(tag: str) -> list[str]:
        body = f"> +\tint x;\n\nWith the typo fixed:\n\n{tag}: Rita Reviewer <rita@example.com>\n"
        raw = mail(subject="Re: [PATCH] frob", sender="Rita Reviewer <rita@example.com>", in_reply_to="a@x", body=body)
        return [str(signal.kind) for signal in read_mail(raw).message.signals]

    assert "condition" in signals("Acked-by")
    assert "condition" not in signals("Tested-by")
