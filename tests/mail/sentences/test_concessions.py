"""How an author gives in to a remark: they act, they agree, or neither."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.concessions import concession


@pytest.mark.parametrize(
    ("sentences", "expected"),
    [
        (["Good catch, fixed."], "acts"),
        (["Agreed.", "I will rename it."], "acts"),
        (["Just the rename then."], "acts"),
        (["D'oh, of course."], "acts"),
        (["Sorry about that, fixing."], "acts"),
        (["Right, changing it now."], "acts"),
        (["Changing the lock is slow."], ""),
        (["I'd rather keep it, all of the file does it so."], ""),
        (["I'd like to keep it as it is."], ""),
        (["Sure will."], "acts"),
        (["Will, thanks!", "Which file is it?"], "acts"),
        (["Ok, we will; who maintains it?"], ""),
        (["Will it fit?"], ""),
        (["Yes."], "agrees"),
        (["Makes sense."], "agrees"),
        (["Hi Rita, agree."], "agrees"),
        (["Hey Rita, good catch."], "acts"),
        (["Hi Rita, the table is a copy."], ""),
        (["Hm, maybe you are right."], "agrees"),
        (["You may well be right."], "agrees"),
        (["I guess you have a point."], "agrees"),
        (["You might be right, but the lock is held."], ""),
        (["Are you right-handed?"], ""),
        (["Thanks."], "agrees"),
        (["Ping."], ""),
        (["Yes, but the lock is held here."], ""),
        (["Why would that be better?"], ""),
        (["Yes, this can be done in a follow-up patch."], ""),
        (["Right, that could go on top."], ""),
        (["Sure, in a separate series."], ""),
        (["Good point, I'll send a follow-up."], ""),
        (["Yes, as a follow-up of v2, in v3."], "agrees"),
        ([], ""),
    ],
)
def test_concessions(sentences: list[str], expected: str) -> None:
    assert concession(sentences)[0] == expected


def test_a_promise_is_an_act_whatever_is_said_around_it() -> None:
    assert concession(["Hm."], "I will respin.") == ("acts", "I will respin.")


def test_a_promise_shows_more_than_the_courtesy_before_it() -> None:
    assert concession(["Good catch.", "I will respin."], "I will respin.") == ("acts", "I will respin.")


def test_an_end_of_a_mail_gives_in_to_nothing() -> None:
    assert concession(["Kind regards"]) == concession(["Cheers, Rita"]) == ("", "")


@pytest.mark.parametrize(
    ("quoted", "answer", "expected"),
    [
        ("Is the lock held here?", "Yes.", ""),
        ("The delay is long. Did you test\nit on the old board?", "Yes, I did.", ""),
        ("Can you shorten it?", "Yes.", "agrees"),
        ("Shouldn't that be the other way around?", "Right.", "agrees"),
        ("Is this a typo?", "Yes.", "agrees"),
        ("Did you mean frob_put()?", "Yes.", "agrees"),
        ("Is the lock held here? Please document it.", "Yes.", "agrees"),
        ("Is the lock held here?", "Yes, I will document it.", "acts"),
        ("Is it called with the lock held?", "Yes, that should be better.", "agrees"),
        ("Is the lock held here?", "Good point.", "acts"),
    ],
)
def test_a_yes_to_what_somebody_wants_to_know_gives_in_to_nothing(quoted: str, answer: str, expected: str) -> None:
    assert concession([answer], "", quoted.split("\n")) == (expected, answer if expected else "")
