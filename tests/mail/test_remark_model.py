"""What a remark wants of the patch's author: made-up remarks of every kind, and the model's file."""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchwatch.mail import body, remarks
from patchwatch.mail.message import Remark
from patchwatch.mail.parse import parse
from patchwatch.mail.remark_features import FEATURES, OF_QUESTIONS, is_posting
from patchwatch.mail.remark_model import FILE, Regression, chance_of, default_model, read_model
from tests.support.mails import mail

POSTING, ANSWER = "20250107101010.4711-2-ann@example.com", "Z3xYaBcD12@laptop.example.com"
ADDED = (
    "> @@ -10,6 +10,9 @@ static int frob_probe(struct frob *frob)\n>  \tint ret;\n> +\tret = frob_wait(frob, 100);\n"
)
MESSAGE = "> The frob needs a while to wake up.\n> Wait for it.\n>\n> Signed-off-by: Ann Author <ann@example.com>\n"
RULER = "> Signed-off-by: Ann Author <ann@example.com>\n> ---\n"
TALK = "> > Is the lock held here?\n> It is, since frob_open() took it.\n> I can add a comment.\n"
ANSWERED = "> > +\tret = frob_wait(frob, 100);\n> Why a hundred?\n"
TAG = "Reviewed-by: Rita Reviewer <rita@example.com>\n"


def remark(quote: str, words: str, parent: str = POSTING) -> Remark:
    body = f"{quote}\n{words}\n"
    subject = "Re: [PATCH 2/3] frob: wait until it is awake"
    found = parse(
        mail(
            message_id="r@x", subject=subject, sender="Rita Reviewer <rita@example.com>", in_reply_to=parent, body=body
        )
    ).remarks
    return default_model().in_place(found[-1], posting=parent == POSTING)


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


FIRM = (
    "a request",
    "an order",
    "the same again",
    "also here",
    "why not",
    "should it not",
    "a question that asks for a change",
)


@pytest.mark.parametrize("name", FIRM)
def test_what_nearly_every_reader_would_say_is_firm(name: str) -> None:
    assert remark(*CHANGES[name]).firm


PERHAPS = {
    "a follow-up": (ADDED, "Please also do this for the other drivers, but a follow-up patch is fine."),
    "not now": (ADDED, "You should rename this, but no need to resend for it."),
    "optional": (ADDED, "Please sort these. Optional, though."),
    "only with another version": (ADDED, "If you happen to respin, please sort these."),
    "only if it is sent again": (ADDED, "In case you have to send this again, you should drop the cast."),
    "only if one is needed": (ADDED, "If there is a need for a new version, please mention the board."),
    "from now on": (ADDED, "Please sort these in the future."),
    "in the future": (ADDED, "In the future, you should sort these."),
    "not worth it": (ADDED, "You missed a blank line here, but that is not worth a resend."),
    "good enough": (ADDED, "You should mention that in the changelog, but this mail is good enough this time."),
    "unrelated": (ADDED, "Unrelated to your patch, but please drop the other copy, too."),
    "another day": (ADDED, "The lock is wrong here, but that is for another day."),
    "no blocker": (ADDED, "The name should be shorter, rather than something to block this on."),
    "for who applies it": (ADDED, "Could you change the type to u32 when applying?"),
    "before it goes in": (ADDED, "The typo should be fixed while merging this."),
}


@cases(PERHAPS)
def test_what_is_for_later_is_never_firm(case: tuple[str, ...]) -> None:
    assert not remark(*case).firm


@pytest.mark.parametrize(
    "text",
    [
        "Please rebase it, I get conflicts when applying this.",
        "Please sort these and send a new version.",
        "You should drop the cast and send this again.",
        "If this is the case, please send a new version with the board's name.",
        "You should sort these, because others will change the list in the future.",
    ],
)
def test_a_request_for_a_new_version_is_not_for_later(text: str) -> None:
    assert not remark(ADDED, text).waives


@cases(NOTHING)
def test_nothing_is_firm_of_what_is_wanted_from_nobody(case: tuple[str, ...]) -> None:
    found = remark(*case)
    assert (found.firm, found.chance < 90) == (False, True)


def test_a_refusal_by_signal_is_an_objection_whatever_the_model_says() -> None:
    found = remark(MESSAGE, f"NAK, the core does that already.\n\n{TAG}")
    assert (found.wants, found.firm, found.chance) == ("objection", True, 100)


def test_the_same_words_count_more_in_answer_to_a_posting() -> None:
    words = "The lock is held for a long time then."
    assert remark(MESSAGE, words, POSTING).chance > remark(MESSAGE, words, ANSWER).chance


@pytest.mark.parametrize(
    "message_id",
    [
        "20250107101010.4711-2-ann@example.com",
        "20250107101010.4711-1-ann+kernel@example.com",
        "20250107-frob-v3-2-0123456789ab@example.com",
        "cover.1736244610.git.ann@example.com",
        "0123456789abcdef0123456789abcdef01234567.1736244610.git.ann@example.com",
        "173624461010.4711.12345678901234567890.stgit@laptop",
    ],
)
def test_a_posting_is_known_by_its_message_id(message_id: str) -> None:
    assert is_posting(message_id)


@pytest.mark.parametrize(
    "message_id", [None, "", "Z3xYaBcD12@laptop.example.com", "CAFrob+1=x@mail.gmail.com", "a-1@b", "-" * 5000]
)
def test_an_answer_is_no_posting(message_id: str | None) -> None:
    assert not is_posting(message_id)


def test_the_reasons_are_named_the_strongest_first() -> None:
    text = f"{ADDED}\nPlease drop this, the name is wrong.\n\n{MESSAGE}\nThanks!\n"
    message = parse(mail(in_reply_to=POSTING, subject="Re: [PATCH] frob: wait", body=text))
    found = remarks.reasons(body.of_reply(text)[1], message.signals, message.trailers, POSTING)
    assert len(found) == len(message.remarks) == 2
    assert "below-added-line" in found[0]
    assert "below-added-line" not in found[1]
    assert all(name in FEATURES for names in found for name in names)


@pytest.mark.parametrize(
    "text",
    [
        "?" * 20_000,
        "please " * 20_000,
        "no need to " * 10_000,
        "s/" * 20_000,
        "Xaver, and Yann, " * 5_000,
        "a -> " * 20_000,
        "don't" * 20_000,
        "don’t ’ \u0130 \ud7ff \x00 ß" * 2_000,
        "> > " * 5_000 + "\nWhy?",
        "-" * 50_000,
    ],
)
def test_hostile_text_takes_no_time(text: str) -> None:
    begun = time.process_time()
    remark(ADDED, text)
    assert time.process_time() - begun < 2


def test_a_chance_is_between_none_and_certain() -> None:
    assert [chance_of(odds) for odds in (-1e308, 0, 1e308)] == [pytest.approx(0), 0.5, pytest.approx(1)]


def test_the_order_of_features_makes_no_difference() -> None:
    model = Regression(bias=0.0, weights={"a": 0.1, "b": 0.2, "c": 0.3, "d": -0.6})
    assert len({model.log_odds(order) for order in itertools.permutations("abcd")}) == 1


def test_the_model_reads_with_the_standard_library() -> None:
    raw = json.loads(FILE.read_text(encoding="utf-8"))
    assert tuple(raw["point"]["weights"]) == FEATURES
    assert tuple(raw["question"]["weights"]) == OF_QUESTIONS
    assert FILE.stat().st_size < 10_000


def change(**changes: object) -> Callable[[dict[str, Any]], None]:
    return lambda model: model.update(changes)


BROKEN: dict[str, Callable[[dict[str, Any]], object]] = {
    "a feature is missing": lambda model: model["point"]["weights"].pop("why"),
    "another order": lambda model: model["point"]["weights"].update(why=model["point"]["weights"].pop("why")),
    "a feature is unknown": lambda model: model["question"]["weights"].update(frob=1.0),
    "a weight is text": lambda model: model["question"]["weights"].update(why="much"),
    "limits in the wrong order": change(firm=0.2, perhaps=0.8),
    "a limit is no chance": change(firm=7),
    "a limit is missing": lambda model: model.pop("firm"),
    "a part is missing": lambda model: model.pop("question"),
    "something else is in it": change(frob=1),
}


@pytest.mark.parametrize("break_it", BROKEN.values(), ids=BROKEN.keys())
def test_a_file_that_is_no_model_is_refused(break_it: Callable[[dict[str, Any]], object], tmp_path: Path) -> None:
    model = json.loads(FILE.read_text(encoding="utf-8"))
    break_it(model)
    path = tmp_path / "model.json"
    path.write_text(json.dumps(model), encoding="utf-8")
    with pytest.raises(ValueError, match="train it again"):
        read_model(path)


@pytest.mark.parametrize("content", [b"", b"[]", b"\xff\xfe", b"null", b"{" * 2000])
def test_a_file_of_something_else_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "model.json"
    path.write_bytes(content)
    with pytest.raises(ValueError, match="train it again"):
        read_model(path)


def test_judging_needs_nothing_but_msgspec_and_the_standard_library() -> None:
    code = (
        "import sys, patchwatch.mail.remark_model as m; m.default_model(); "
        "print(*{n.partition('.')[0] for n in sys.modules} - set(sys.stdlib_module_names) - {'__main__'})"
    )
    got = subprocess.run(
        [sys.executable, "-S", "-c", f"import sys; sys.path[:] = {sys.path!r}; {code}"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {name for name in got.stdout.split() if not name.startswith("_")}
    assert loaded - {"typing_extensions"} == {"patchwatch", "msgspec"}  # msgspec takes that one where it is installed
