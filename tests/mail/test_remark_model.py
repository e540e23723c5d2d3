"""What a remark wants of the patch's author: made-up remarks of every kind, and the model's file."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from patchwatch.mail.message import Remark
from patchwatch.mail.parse import parse
from patchwatch.mail.remark_features import FEATURES, is_posting
from patchwatch.mail.remark_model import FILE, RemarkModel, chance_of, default_model, read_model
from tests.support.mails import mail

POSTING, ANSWER = "20250107101010.4711-2-ann@example.com", "Z3xYaBcD12@laptop.example.com"
ADDED = "> @@ -10,6 +10,9 @@ static int frob_probe(struct frob *frob)\n>  \tint ret;\n> +\tret = frob_wait(frob, 100);\n"
MESSAGE = "> The frob needs a while to wake up.\n> Wait for it.\n>\n> Signed-off-by: Ann Author <ann@example.com>\n"
RULER = "> Signed-off-by: Ann Author <ann@example.com>\n> ---\n"
TALK = "> > Is the lock held here?\n> It is, since frob_open() took it.\n> I can add a comment.\n"
ANSWERED = "> > +\tret = frob_wait(frob, 100);\n> Why a hundred?\n"
TAG = "Reviewed-by: Rita Reviewer <rita@example.com>\n"


def remark(quote: str, words: str, parent: str = POSTING) -> Remark:
    body = f"{quote}\n{words}\n"
    subject = "Re: [PATCH 2/3] frob: wait until it is awake"
    found = parse(
        mail(message_id="r@x", subject=subject, sender="Rita Reviewer <rita@example.com>", in_reply_to=parent, body=body)
    ).remarks
    return found[-1]


CHANGES = {
    "a request": (ADDED, "Please use read_poll_timeout() instead."),
    "an order": (ADDED, "Drop this, the core waits already."),
    "a blunt word": (ADDED, "Unused."),
    "a flaw that is stated": (ADDED, "This leaks the frob if the clock fails to start."),
    "a flaw without any word of asking": (ADDED, "ret is signed, and frob_wait() returns an unsigned value."),
    "a substitution": (ADDED, "s/frob_wait/frob_wait_awake/"),
    "a typo with an arrow": (MESSAGE, "frobed -> frobbed"),
    "a nit": (ADDED, "nit: blank line below the declarations."),
    "a nit with a tag": (ADDED, f"Missing space here. With that fixed:\n\n{TAG}"),
    "the same again": (ADDED, "Ditto."),
    "also here": (ADDED, "Same here, it should be const."),
    "a question that asks for a change": (ADDED, "Can you move this into frob_init()?"),
    "why not": (ADDED, "Why not simply call msleep() here?"),
    "should it not": (ADDED, "Shouldn't this be checked before the interrupt is requested?"),
    "a failure": (ADDED, "This fails to build with CONFIG_PM=n:\n\nfrob.c:12: error: 'frob_suspend' undeclared"),
    "a warning": (ADDED, "I get a lockdep warning here when the module is removed."),
    "another approach": (ADDED, "I would rather see this in the regmap, then no driver has to care."),
    "a missing thing": (MESSAGE, "The commit message should say which chips need this."),
    "a missing tag": (MESSAGE, "This needs a Fixes tag."),
    "the order of patches": (MESSAGE, "You should split this: the cleanup first, then the new wait."),
    "a refusal in words": (ADDED, "No, we don't add module parameters for that. Use the device tree."),
    "an answer that insists": (TALK, "No. The lock is dropped in between, so you need to check it again.", ANSWER),
    "agreement with another reviewer": (
        MESSAGE,
        "I think Xaver is right about this, deprecate the property and add a new one instead.",
    ),
    "a wish": (ADDED, "It would be better to have a helper for this."),
    "confusion": (ADDED, "The name is confusing, it doesn't wait for the frob but for its clock."),
}

QUESTIONS = {
    "why": (ADDED, "Why a hundred?"),
    "how": (MESSAGE, "How did you test this?"),
    "which": (MESSAGE, "Which boards does this affect?"),
    "what happens": (ADDED, "What happens if the frob is unplugged meanwhile?"),
    "is it": (ADDED, "Is this called with interrupts off?"),
    "in a discussion": (TALK, "Which lock do you mean?", ANSWER),
}

NOTHING = {
    "a tag": (ADDED, TAG),
    "a tag with praise": (MESSAGE, f"Nice cleanup!\n\n{TAG}"),
    "thanks": (TALK, "Thanks for the explanation!", ANSWER),
    "an answer that closes": (TALK, "Ah, I see, I missed that one. Fine with me then.", ANSWER),
    "a withdrawal": (TALK, "Never mind, I misread the code, sorry.", ANSWER),
    "a third person is asked": (MESSAGE, f"Xaver, are you okay with this going through my tree?\n\n{TAG}"),
    "the sender will do it": (MESSAGE, f"I will fix the typo when I apply it.\n\n{TAG}"),
    "applied": (MESSAGE, "Applied to frob/for-next, thanks."),
    "will be applied": (MESSAGE, "I'll queue it for the next merge window."),
    "for later, with a tag": (ADDED, f"The other loop can be cleaned up in a follow-up.\n\n{TAG}"),
    "no need to send it again": (ADDED, f"The name is a bit odd, but no need to resend for that.\n\n{TAG}"),
    "not a blocker": (ADDED, f"I'd have used a macro, but that's not a blocker.\n\n{TAG}"),
    "smile": (TALK, "Heh, indeed. :-)", ANSWER),
    "an explanation for others": (ANSWERED, "We picked that number years ago, it was the slowest board.", ANSWER),
    "only a greeting": (RULER, "Hi Ann,\n\nLooks good to me."),
    "a review to come": (MESSAGE, "I will have a look at it next week."),
    "a tester": (MESSAGE, "Works on my board.\n\nTested-by: Rita Reviewer <rita@example.com>"),
}


def cases(table: dict[str, tuple[str, ...]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", table.values(), ids=table.keys())


@cases(CHANGES)
def test_wants_a_change(case: tuple[str, ...]) -> None:
    assert remark(*case).wants == "change"


@cases(QUESTIONS)
def test_wants_an_answer(case: tuple[str, ...]) -> None:
    assert remark(*case).wants == "question"


@cases(NOTHING)
def test_wants_nothing(case: tuple[str, ...]) -> None:
    assert remark(*case).wants == ""
