"""How reviewers object, suggest, agree and defer, and similar sentences that do not."""

from __future__ import annotations

from textwrap import dedent

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.parse import parse
from patchwatch.mail.sentences.delays import asks_for_review
from patchwatch.mail.sentences.objections import is_flaw
from tests.support.mails import mail


def kinds(body: str) -> set[str]:
    """The kinds of the signals in a reviewer's reply."""
    message = parse(mail(subject="Re: [PATCH] frob", in_reply_to="0@x", body=dedent(body)))
    return {s.kind for s in message.signals}


DOUBTS = [
    "That certainly does not look correct.",
    "I don't think this works without the lock.",
    "I do not think we need the helper.",
    "I'm not convinced that the cache helps.",
    "I'm not really sure about the name.",
    "I am worried about the cost of the walk.",
    "I don't see why frob() has to be exported.",
    "I fail to see the benefit.",
    "I disagree with the second paragraph.",
    "This breaks frob on 32-bit.",
    "This will deadlock with the notifier.",
    "This looks wrong to me.",
    "That seems a bit fragile.",
    "This doesn't make sense.",
    "There's another race in frob_close().",
    "The problem is that frob() may sleep.",
    "It is not worth the trouble.",
    "That's not a good idea.",
    "This leaks the frob on error.",
    "It deadlocks with the notifier.",
    "That can't be right.",
    "This gives a new warning with W=1.",
]
WISHES = [
    "The above is good to know and should be in the commit message, or it gets lost.",
    "But don't make it the default.",
    "I'd rather see it in the core.",
    "I would prefer a flag.",
    "I suggest to call it frob_get().",
    "It would be better to return early.",
    "You should take the lock first.",
    "You need to initialise the list.",
    "You forgot the error path.",
    "This needs to be documented.",
    "The changelog should explain the numbers.",
    "Add a comment here.",
    "Use the helper for that.",
    "nit: make it static.",
    "Drop this hunk.",
    "s/frobed/frobbed/",
    "Let's keep the old name.",
    "Missing error handling here.",
    "Unused variable.",
    "Unnecessary blank line.",
    "Not needed.",
    "No need for the cast.",
    "No need to initialise ret.",
    "Don't use frob_raw() in drivers.",
    "Reverse xmas tree, please.",
    "Same comment as on patch 2.",
    "Ditto.",
    "Needs a changelog.",
    "Consider using frob_get() instead.",
    "The commit message needs improvement.",
    "I would drop the check.",
    "You leak the reference here.",
    "You didn't address the question about the lock.",
    "My comments on v2 still apply.",
    "IMO this belongs into the core.",
]
CONTENTS = [
    "Ok, keep it then.",
    "Fine, let's leave it like this.",
    "Alright, keep it.",
    "Good point, let's keep the warning then.",
    "Hm, okay, keep it as it is, then.",
    "Alright, I'm convinced.",
    "Sure, your call.",
    "Then it's fine.",
    "Ok, that's fine then.",
    "Ah, that's the part I was missing.",
    "No objection from me.",
    "I have no strong opinion on the name.",
    "I'm fine with that.",
    "Works for me.",
    "Then I think this patch is ready to be merged.",
    "Fair enough.",
    "I don't feel strongly either way.",
    "Never mind, I misread the loop.",
    "You're right.",
    "Ah, I see.",
    "Ah, now I see, thanks!",
    "OK, now I get it, many thanks Ann.",
    "Now it makes sense.",
    "I understand it now.",
    "Makes sense.",
    "Sounds good to me.",
    "Thanks for the explanation.",
    "My bad, the caller holds it.",
    "Works fine here.",
    "Yes, please.",
    "Happy with this now.",
    "No further comments from me.",
    "All my concerns were addressed.",
]
LATERS = [
    "I'll take a closer look tomorrow.",
    "Let me think about it more.",
    "I will test this on the big machine.",
    "Will get back to you.",
    "I'll give it a try.",
    "I'll queue it for testing.",
    "I'll merge it once Rex acks.",
    "I'll build it on my side and report back.",
    "Will queue for 6.10.",
    "Most of us are traveling, please give us a few weeks to catch up.",
    "It has only been ten days, please give it some time.",
    "Please be patient.",
    "I'm still catching up after the conference.",
    "It's in my review queue.",
]
# They ask nothing of the author.
CALLS = [
    "There seems to have been little reviewer interest in this one?",
    "No reviews yet.",
    "Could we get an ack from the frob people?",
    "It would be good to have another review.",
    "I'd like an ack from Rex.",
    "This needs more review.",
    "Needs an ack from the binding maintainers.",
    "Hopefully others can weigh in.",
    "Did anyone review this?",
    "I'd wait for Rob's word.",
]
DEFERRALS = [
    "net-next is currently closed.",
    "Please resend after the merge window.",
    "Please repost when net-next reopens.",
    "The series does not apply to the frob branch and hence it will be deferred until that is merged.",
    "Please resubmit once 6.9-rc1 is out.",
    "The discussion went nowhere so I parked the series.",
    "Let's postpone this for now.",
    "I'd prefer to revisit it after 6.18-rc1.",
    "Please come back to this after the merge window.",
    "I'll hold off on this until the locking is settled.",
]
# Talk: it changes no state.
NEITHER = [
    "I don't think there is a problem.",
    "I don't see any issue with the frob.",
    "The frob is used by two drivers.",
    "Once it is merged we can clean up the rest.",
    "I see a zero on the first line of the log.",
    "Now I see two clocks on the first line of the log.",
    "Now I see, the clock is read twice.",
    "We have a lot of users of that.",
    "Take care.",
    "Use case number two is covered by the test.",
    "I put it here so that nobody forgets.",
    "I'll postpone other work.",
    "No need to resend.",
    "No need for a new version.",
    "Same here, looks good.",
    "That is fine-grained.",
    "The part I was reading is fine by itself.",
    "Extra points for the changelog.",
    "Don't worry about it.",
    "Never seen that before.",
    "There is no review needed for that.",
    "We could use a bitmap here.",
    "I would add that the lock is held.",
    "Works fine when I revert this.",
]


@pytest.mark.parametrize("sentence", DOUBTS)
def test_doubts(sentence: str) -> None:
    assert kinds(f"{sentence}\n") == {SignalKind.DOUBT}


@pytest.mark.parametrize("sentence", WISHES)
def test_wishes(sentence: str) -> None:
    assert kinds(f"{sentence}\n") == {SignalKind.WISH}


@pytest.mark.parametrize("sentence", CONTENTS)
def test_satisfied(sentence: str) -> None:
    assert kinds(f"{sentence}\n") == {SignalKind.SATISFIED}


@pytest.mark.parametrize("sentence", LATERS)
def test_will_review(sentence: str) -> None:
    assert kinds(f"{sentence}\n") <= {SignalKind.WILL_REVIEW, SignalKind.PROMISE}
    assert kinds(f"{sentence}\n")


@pytest.mark.parametrize("sentence", DEFERRALS)
def test_deferred(sentence: str) -> None:
    assert kinds(f"{sentence}\n") == {SignalKind.DEFERRED}


@pytest.mark.parametrize("sentence", CALLS)
def test_review_wanted(sentence: str) -> None:
    assert kinds(f"{sentence}\n") == {SignalKind.REVIEW_WANTED}


@pytest.mark.parametrize("sentence", NEITHER)
def test_talk_gives_no_signal(sentence: str) -> None:
    assert kinds(f"{sentence}\n") == set()


@pytest.mark.parametrize("sentence", [*DOUBTS, *WISHES, *CONTENTS, *CALLS, *DEFERRALS])
def test_quoted_opinion_gives_no_signal(sentence: str) -> None:
    assert kinds(f"> {sentence}\n\nHello.\n") == set()


@pytest.mark.parametrize("sentence", ["Makes sense, but what of the lock?", "I'm fine with it if Rex is."])
def test_conditional_satisfaction_is_not_satisfaction(sentence: str) -> None:
    assert SignalKind.SATISFIED not in kinds(f"{sentence}\n")


@pytest.mark.parametrize(
    ("sentence", "asks"),
    [
        ("Can we get an Ack and a Tested-by from the frob people?", True),
        ("Could we have this merged?", True),
        ("I need acks from all of the other maintainers before I can take the set.", True),
        ("I would need Rex's ack for the frob part.", True),
        ("I need an ack from you.", False),
        ("We need acks to be sent twice.", False),
        ("Hey, can we get this data corruption fix staged for 6.12-rc2, please?", True),
        ("Can we get this documented?", False),
        ("Can we get this comment applied to both?", False),
        ("Can you get this merged with the other helper?", False),
    ],
)
def test_asking_for_acks_or_to_take_it_asks_nothing_of_the_author(sentence: str, asks: bool) -> None:
    assert asks_for_review(sentence, sentence.lower()) == asks


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm not convinced that we need this.",
        "Still not convinced.",
        "I remain unconvinced.",
        "I'm really not a big fan of this approach.",
        "I don't think we need a new property.",
        "I don't think this is worth it.",
        "I don't like this.",
        "I don't see the point of the second table.",
        "I fail to see the benefit.",
        "This seems like the wrong approach to me.",
        "That's not the right place for it.",
        "It only papers over the race.",
    ],
)
def test_disapproval_calls_the_patch_wrong(sentence: str) -> None:
    assert kinds(f"{sentence}\n") == {SignalKind.DOUBT}
    assert is_flaw(sentence, sentence.lower())


@pytest.mark.parametrize(
    "sentence",
    [
        "I'm not sure what the second read is for.",
        "I don't understand how this works.",
        "I'm a bit confused by the table.",
        "I don't think this is a problem.",
        "I don't see any issue with it.",
        "The paper is over there.",
        "It took the wrong lock once.",
    ],
)
def test_not_understanding_a_patch_does_not_call_it_wrong(sentence: str) -> None:
    assert not is_flaw(sentence, sentence.lower())


@pytest.mark.parametrize(
    ("sentence", "wish"),
    [
        ("This needs the frob patch first.", True),
        ("You have to get the binding accepted first.", True),
        ("Please get the core change merged first.", True),
        ("The dependency must go in first.", True),
        ("I need to test it first.", False),
        ("The first one needs it.", False),
        ("It was there first.", False),
    ],
)
def test_something_else_has_to_come_first(sentence: str, wish: bool) -> None:
    assert (SignalKind.WISH in kinds(f"{sentence}\n")) == wish
