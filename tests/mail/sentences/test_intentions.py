"""What authors say that they will do, or want done, with a patch of theirs."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from patchwatch.mail.sentences.intentions import asks_to_apply, is_history
from patchwatch.mail.sentences.signals import person_signals


@pytest.mark.parametrize(
    ("sentence", "promises"),
    [
        ("I looked into it and will send a v2.", True),
        ("Agreed and will fix it.", True),
        ("The test was successful and will submit it in the next version.", True),
        ("My description is wrong, will update it.", True),
        ("This driver is enough to boot and will make their life easy.", False),
        ("Updating it is hard and will make the board incompatible.", False),
        ("The table can grow and will use more memory, as it should.", False),
        ("If strictly needed, I will fix it in the next version.", False),
        ("Changes in v4:", False),
        ("I'll list the changes in v4.", True),
        ("I should have a fixed revision out soon.", True),
        ("I hope to get a new version posted this week.", True),
        ("v2 soon.", True),
        ("v3 in a minute.", True),
        ("You had v2 in a branch.", False),
        ("v2 soon?", False),
        ("Can I have v3 ready for the merge window?", False),
    ],
)
def test_only_what_the_author_will_do_is_a_promise(sentence: str, promises: bool) -> None:
    assert (SignalKind.PROMISE in {signal.kind for signal in person_signals([sentence])}) == promises


@pytest.mark.parametrize(
    "sentence",
    [
        "Can you please take this patch?",
        "Could you queue this?",
        "Please queue it up for 6.8.",
        "But for now, can we just apply this patch as is?",
        "Can you pick this one up?",
        "Would you take both patches then?",
        "Can this be picked up into frob-next?",
        "Could it please be merged?",
        "Can we get this in now, please?",
        "Can you consider applying it?",
        "Can we perhaps get this applied in time for 6.8?",
        "If there are no more comments, can you take this?",
        "If nobody sees any problem with it, could you merge this series?",
        "Are you okay with taking this?",
        "Would you be willing to apply the series?",
    ],
)
def test_author_wants_it_applied_as_it_is(sentence: str) -> None:
    assert asks_to_apply(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "Could you take a look at this?",
        "Please take this with a grain of salt.",
        "Please take it into account.",
        "Can you please apply the attached patch?",
        "If this is fixed, could you please merge it?",
        "Should I resend, or can you just pick it?",
        "Can you pick this one up, or should I send it separately?",
        "Please don't apply these.",
        "Could you take patch 2 of this?",
        "Could you tell me where you can take it?",
        "Can you take this out of the loop?",
        "If there are no objections to the rename, should I send it so, or can you take it?",
        "Are you fine with taking the lock here?",
    ],
)
def test_author_does_not_want_all_of_it_applied_as_it_is(sentence: str) -> None:
    assert not asks_to_apply(sentence)


@pytest.mark.parametrize(
    ("sentence", "version", "history"),
    [
        ("I only added the maintainers in v2.", 2, True),
        ("I decided to add the tag in V2 because it is a bug.", 2, True),
        ("I only added the maintainers in v2.", 1, False),
        ("Sure, I will resend the v2.", 2, False),
        ("Oops, I'll drop that in v1.", 1, False),
        ("I fixed it in v2, and will fix the rest in v3.", 2, False),
        ("I tested it with v5.10.", 9, False),
        ("I will fix it.", 2, False),
    ],
)
def test_what_was_done_up_to_a_version_is_history(sentence: str, version: int, *, history: bool) -> None:
    assert is_history(sentence, version) == history
