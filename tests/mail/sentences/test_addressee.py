"""Who a sentence addresses, and whether a promise is about this patch."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.addressee import (
    addressees,
    is_about_follow_up,
    is_about_this_patch,
    is_for_group,
    names_next_version,
)


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("Andrew, can you take this?", ("andrew",)),
        ("Hi Andrew, can you take this?", ("andrew",)),
        ("But Waiman, what do you think?", ("waiman",)),
        ("Jens and Tejun, any preference?", ("jens", "tejun")),
        ("Jens/Tejun, any preference?", ("jens", "tejun")),
        ("Daniel could you take patch 2 ?", ("daniel",)),
        ("Rob can you ack the binding?", ("rob",)),
        ("Mia Maintainer, could you take it?", ("mia",)),
        ("Mia Maintainer and Rex can you take it?", ("mia", "rex")),
        ("Jens and Tejun would you mind?", ("jens", "tejun")),
        ("Rex if you agree, could you take this?", ("rex",)),
        ("Looks good, Rex if that suits you please take it.", ("rex",)),
        ("LGTM, Mia if it's okay for you as well can you take the three and I'll rebase.", ("mia",)),
        ("Rex and Mia if you don't mind, would you merge it?", ("rex", "mia")),
        ("Crashes if you unload it, please fix.", ()),
        ("Only if you want it, please keep it.", ()),
        ("Wondering if it is needed, could you drop it?", ()),
        ("Great if you could drop it, please.", ()),
        ("The build fails if it is good, can you check?", ()),
        ("Also could you add a comment?", ()),
        ("How would you test it?", ()),
        ("Ideally would you split it?", ()),
        ("Dee/Rex/Mia, how hard is it?", ("dee", "rex", "mia")),
        ("Dee, Rex and Mia, any thoughts?", ("dee", "rex", "mia")),
        ("Great, can you resend it with the tag?", ()),
        ("Good, please split it.", ()),
        ("True, but why here?", ()),
        ("Understood, then please drop it.", ()),
        ("Andrew can take this.", ()),
        ("However, this leaks.", ()),
        ("Otherwise, it looks good.", ()),
        ("Unfortunately, it crashes.", ()),
        ("Also, why an int?", ()),
        ("why, then?", ()),
    ],
)
def test_addressees(sentence: str, names: tuple[str, ...]) -> None:
    assert addressees(sentence) == names


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("Could the frob developers please check this?", True),
        ("Could frob maintainers confirm this?", True),
        ("Would the big wheel team like to test it?", True),
        ("Can someone from Frob Inc. look at this fix?", True),
        ("Can anybody test it?", True),
        ("Still... can someone from the frob supporters check this?", True),
        ("Can somebody provide a Tested-by?", True),
        ("x86 folks, should I take it?", True),
        ("Hi frob maintainers, is this right?", True),
        ("Can I have an ack from Mia here?", True),
        ("Is it possible to have an ack from Mia?", True),
        ("Could you help people who test it?", False),
        ("Could you add the frob maintainers?", False),
        ("Can people set it from userspace?", False),
        ("Should the users of it check the state?", False),
        ("How would someone know what to take?", False),
        ("Can anyone else set the flag meanwhile?", False),
        ("You guys, please split it.", False),
        ("This confuses people, so please rename it.", False),
        ("Can I have a review from you by Monday?", False),
    ],
)
def test_what_a_group_is_asked_is_not_for_the_author(sentence: str, expected: bool) -> None:
    assert is_for_group(sentence) == expected


@pytest.mark.parametrize(
    ("promise", "this", "following"),
    [
        ("I will fix it in v3.", True, True),
        ("Will do in the next version.", True, True),
        ("I'll respin.", True, True),
        ("I will drop it.", True, False),
        ("I'll explain it in the formal version.", True, True),
        ("I'll do it in a follow-up.", False, False),
        ("I will send a separate patch.", False, False),
        ("I'll add your tag.", False, False),
        ("I will follow these suggestions for further patches.", False, False),
        ("Noted, I'll do that from now on.", False, False),
        ("I will test it on the big machine.", False, False),
    ],
)
def test_promise_about_this_patch_or_the_next_version(promise: str, this: bool, following: bool) -> None:
    assert (is_about_this_patch(promise), names_next_version(promise)) == (this, following)


@pytest.mark.parametrize(
    ("promise", "afterwards"),
    [
        ("I'll do that in a follow-up.", True),
        ("I will send a patch on top.", True),
        ("I'll rework that in the future.", True),
        ("I'll check it next time.", True),
        ("Once this patch is acknowledged, I will submit the GPIO part.", True),
        ("I will send it separately.", False),
        ("I'll fix it in v3, and the rest in a follow-up.", False),
        ("I will drop it.", False),
    ],
)
def test_promise_about_a_follow_up(promise: str, afterwards: bool) -> None:
    assert is_about_follow_up(promise) == afterwards


@pytest.mark.parametrize(
    ("sentence", "names"),
    [
        ("@Rita, @Rex, are you fine with this?", ("rita", "rex")),
        ("The patch is fine. @Mia ok?", ("mia",)),
        ("Mia - how do you want to proceed?", ("mia",)),
        ("Nit - is this needed?", ()),
        ("Mia - this is wrong.", ()),
        ("@dev is not described.", ()),
        ("Please mail me@Example.com.", ()),
    ],
)
def test_mentions_and_dashes(sentence: str, names: tuple[str, ...]) -> None:
    assert addressees(sentence) == names
