"""Sentences that can change the state of a patch, and similar sentences that cannot."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.message import SignalKind
from patchwatch.mail.parse import parse
from tests.mail.sentences.replies import reply, signals_of
from tests.support.mails import mail


def test_evidence_is_the_sentence() -> None:
    (signal,) = reply("Hi Ann,\n\nthanks. Applied to\nfrob/for-6.13.\n")
    assert signal.text == "Applied to frob/for-6.13."


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("Dropped the patch for now.\n", SignalKind.UNAPPLIED),
        ("I'll drop it from frob-next.\n", SignalKind.UNAPPLIED),
        ("Sorry, I've reverted this.\n", SignalKind.UNAPPLIED),
        ("Now dropped, thanks.\n", SignalKind.UNAPPLIED),
        ("Please ignore this patch.\n", SignalKind.WITHDRAWN),
        ("Sorry, please ignore this series, it was sent by mistake.\n", SignalKind.WITHDRAWN),
        ("I will drop this patch.\n", SignalKind.UNAPPLIED),
        ("Consider it withdrawn.\n", SignalKind.WITHDRAWN),
        ("Please ignore this pull request, I'll send a new one.\n", SignalKind.WITHDRAWN),
        ("Please ignore Rex's suggestion.\n", SignalKind.DISMISSED),
        ("I'll fix the typo while applying.\n", SignalKind.WILL_APPLY),
        (
            "That said, I will apply the $subject patch, but feel free to improve it if you like.\n",
            SignalKind.WILL_APPLY,
        ),
        ("Please ignore this, it was sent by mistake.\n", SignalKind.WITHDRAWN),
        ("Applied to https://git.example.org/frob.git/log/?h=for-next\n", SignalKind.APPLIED),
        ("FYI, applied to https://git.example.org/frob.git/log/?h=fixes, thanks!\n", SignalKind.APPLIED),
        ("JFYI, it has been comitted into frob/linux.git, branch for-6.13.\n", SignalKind.APPLIED),
        ("Have you seen https://example.org/bugs?id=7 too?\n", SignalKind.QUESTION),
        ("Thanks! I'll send this upstream.\n", SignalKind.WILL_APPLY),
        ("Looks good, I'll forward it to Andrew.\n", SignalKind.WILL_APPLY),
        ("I'll get it queued up.\n", SignalKind.WILL_APPLY),
        ("Let me go queue that then.\n", SignalKind.WILL_APPLY),
        ("I'm at my patch queue right now, so I'll just go ahead and apply it.\n", SignalKind.WILL_APPLY),
        ("Anyhow, I can pick these to my tree.\n", SignalKind.WILL_APPLY),
        ("I'll go stick it in tip/frob/core, thanks!\n", SignalKind.WILL_APPLY),
        ("Would you mind adding a Fixes: tag?\n", SignalKind.CHANGES),
        ("Would you mind rebasing it?\n", SignalKind.CHANGES),
        ("Can you reword this?\n", SignalKind.CHANGES),
        ("Could you please wrap these lines?\n", SignalKind.CHANGES),
        ("Please describe what breaks.\n", SignalKind.CHANGES),
        ("Please say so in a comment.\n", SignalKind.CHANGES),
        ("Can you describe the problem?\n", SignalKind.QUESTION),
        ("Could you enable debugging and send the log?\n", SignalKind.QUESTION),
        ("How can you handle two of them?\n", SignalKind.QUESTION),
        ("I'll fix it in v3.\n", SignalKind.PROMISE),
        ("Thank you, will fix it.\n", SignalKind.PROMISE),
        ("Will do.\n", SignalKind.PROMISE),
        ("I can do that.\n", SignalKind.PROMISE),
        ("I will fix the first loop in v3, but not the second.\n", SignalKind.PROMISE),
        ("Sure, will send a new version.\n", SignalKind.PROMISE),
        ("Let me rework that.\n", SignalKind.PROMISE),
        ("Fixed in the next version.\n", SignalKind.PROMISE),
        ("OK, v3 incoming.\n", SignalKind.PROMISE),
        ("Done for v3.\n", SignalKind.PROMISE),
        ("Both will be in v3.\n", SignalKind.PROMISE),
        ("All of that will be fixed in the next version.\n", SignalKind.PROMISE),
        ("Fixed locally.\n", SignalKind.PROMISE),
        ("So I won't be sending another version.\n", SignalKind.WITHDRAWN),
        ("The header is generated, hence there is no need for this patch.\n", SignalKind.WITHDRAWN),
        ("It turns out that I don't need this patch after all.\n", SignalKind.WITHDRAWN),
        ("I got it wrong, so this commit should be abandoned.\n", SignalKind.WITHDRAWN),
        ("Please ignore, I sent the wrong version.\n", SignalKind.WITHDRAWN),
        ("This patch can be ignored, thank you.\n", SignalKind.WITHDRAWN),
        ("I see that this is now in the mainline and our board still fails.\n", SignalKind.MAINLINED),
        ("The patch is now in Linus' tree.\n", SignalKind.MAINLINED),
        ("Why is the lock taken?\n", SignalKind.QUESTION),
        ("why not use frob()? it is there\n", SignalKind.QUESTION),
        ("Really?\n", SignalKind.QUESTION),
        ("(Or is it a race?)\n", SignalKind.QUESTION),
    ],
)
def test_other_signals(body: str, kind: str) -> None:
    assert kind in {k for k, _ in signals_of(body)}


@pytest.mark.parametrize(
    "body",
    [
        "Please ignore this comment.\n",
        "Please ignore the patch at [1].\n",
        "Please ignore the patch at [1], it was sent by mistake.\n",
        "Please drop it.\n",
        "I won't send another version before Monday.\n",
        "I tried it again: the patch is not needed to fix that bug.\n",
    ],
)
def test_ignoring_something_else_is_not_withdrawn(body: str) -> None:
    assert SignalKind.WITHDRAWN not in {kind for kind, _ in signals_of(body)}


@pytest.mark.parametrize(
    "body",
    [
        "Once this is now in the mainline, tell me.\n",
        "This code is in the mainline since v5.4.\n",
        "Is this now in the mainline?\n",
        "The frob is now in the wheel.\n",
    ],
)
def test_mentioning_mainline_is_not_mainlined(body: str) -> None:
    assert SignalKind.MAINLINED not in {kind for kind, _ in signals_of(body)}


ACKED = "Acked-by: Rita Reviewer <rita@example.com>\n"


@pytest.mark.parametrize(
    "words",
    [
        "Please add below tags.",
        "Please add the below tag:",
        "Kindly add my Tested-by:",
        "Please also include my tag.",
        "Please pick up these tags:",
    ],
)
def test_their_own_tags_that_somebody_hands_over_ask_for_no_change(words: str) -> None:
    body = f"I have tested this and it works.\n\n{words}\n\nTested-by: Rita <rita@example.com>\n"
    message = parse(mail(subject="Re: [PATCH] frob", in_reply_to="0@x", body=body, sender="Rita <rita@example.com>"))
    assert SignalKind.CHANGES not in {signal.kind for signal in message.signals}
    assert [remark for remark in message.remarks if remark.wants] == []


@pytest.mark.parametrize(
    "words",
    [
        "Please don't top-post.",
        "Also, please do not top-post, and trim your replies.",
        "BTW, please only quote the part that you're replying to.",
        "Please don't send HTML mail.",
        "Please add a blank line before and after your responses.",
    ],
)
def test_how_to_write_mail_asks_for_no_change(words: str) -> None:
    message = parse(mail(subject="Re: [PATCH] frob", in_reply_to="0@x", body=f"{words}\n"))
    assert SignalKind.CHANGES not in {signal.kind for signal in message.signals}
    assert [remark for remark in message.remarks if remark.wants] == []


@pytest.mark.parametrize("words", ["Please add a Fixes: tag.", "Please add the tags that you got on v2."])
def test_other_tags_ask_for_a_change(words: str) -> None:
    assert SignalKind.CHANGES in {kind for kind, _ in signals_of(f"{words}\n")}


@pytest.mark.parametrize(
    "words",
    [
        "For the series:\n",
        "For the whole series\n",
        "The series looks good to me.\n",
        "for all patches:\n",
        "Feel free to add to the series:\n",
    ],
)
def test_tags_for_the_series(words: str) -> None:
    assert SignalKind.FOR_ALL in {kind for kind, _ in signals_of(f"{words}{ACKED}")}
    assert SignalKind.FOR_ALL not in {kind for kind, _ in signals_of(words)}


@pytest.mark.parametrize("words", ["Is the series for 6.13?\n", "See the last series.\n", "For the mm parts:\n", ""])
def test_tags_for_one_patch(words: str) -> None:
    assert SignalKind.FOR_ALL not in {kind for kind, _ in signals_of(f"{words}{ACKED}")}


@pytest.mark.parametrize(
    ("body", "detail"),
    [
        ("Please resend.\n", "version"),
        ("Please fix and resend.\n", "version"),
        ("Please rebase on top and repost.\n", "version"),
        ("Please send a v3.\n", "version"),
        ("Can you send an updated version?\n", "version"),
        ("This needs a v2.\n", "version"),
        ("You need to rebase on top of frob-next.\n", "version"),
        ("That conflicts with the other series, so you'll have to respin.\n", "version"),
        ("This has to be resent after rc1.\n", "version"),
        ("Please use frob() instead.\n", ""),
        ("Please don't hold the lock.\n", ""),
        ("Can you drop the helper?\n", ""),
        ("Could you please split this?\n", ""),
        ("This patch doesn't build.\n", ""),
        ("The series does not apply to net-next.\n", ""),
        ("Doesn't apply to net-next.\n", ""),
        ("This does not apply on top of net-next.\n", ""),
        ("Please write the changelog in imperative mood.\n", ""),
        ("Please reword the title.\n", ""),
        ("Please do that in the core.\n", ""),
        ("Please get rid of the cast.\n", ""),
        ("Please always hold the lock here.\n", ""),
        ("I agree with Rita, please use the helper.\n", ""),
        ("Please target net-next.\n", ""),
        ("Please run checkpatch on this.\n", ""),
        ("Please cc the binding maintainers.\n", ""),
        ("This is marked as changes requested in patchwork.\n", ""),
        ("Please update the comment and check if it builds.\n", ""),
        ("Could you update the firmware path in the comment?\n", ""),
        ("Hopefully you will not mind and will fix the problem in your patch and resubmit it.\n", "version"),
    ],
)
def test_requests_for_changes_or_a_new_version(body: str, detail: str) -> None:
    assert (SignalKind.CHANGES, detail) in signals_of(body)


@pytest.mark.parametrize(
    "body",
    [
        "Please correct me if I am wrong.\n",
        "Please let me know.\n",
        "Please don't worry.\n",
        "Please cc me.\n",
        "Please write to me when it is done.\n",
        "Please only reply if it fails.\n",
        "Please take a look.\n",
        "I would be glad if you could please look at it.\n",
        "Please run the attached script and send the log.\n",
        "If there is a v4, please add a comment.\n",
        "In the future please cc the list.\n",
        "The rule does not apply to small pages.\n",
        "Could you explain the lock?\n",
        "Could you make a similar patch for the other driver?\n",
        "Please send a separate series for the other driver.\n",
        "Please rebase your other changes on this.\n",
        "Could you add more details on the use?\n",
        "Could you update the firmware and test it again?\n",
        "Can you switch to another compiler and see if it builds?\n",
        "Could you use the latest dtschema to check whether it still fails?\n",
        "I will send a v3, it needs rework.\n",
        "I don't think you have to resubmit the patch.\n",
        "So if you have to resend the series, I would keep the comment.\n",
        "Do you need to rebase?\n",
        "This has to be resubmitted by the host.\n",
        "> Please resend.\n",
    ],
)
def test_sentences_that_only_look_like_requests(body: str) -> None:
    assert SignalKind.CHANGES not in {kind for kind, _ in signals_of(body)}


@pytest.mark.parametrize(
    "body",
    [
        "The counter will use the new lock.\n",
        "I will do it if you want.\n",
        "Should I fix it in v2?\n",
        "I've addressed the feedback in v1 and it passes our tests.\n",
        "The semantics of memory in v2 are other.\n",
        "> I'll fix it.\n",
        "If I need to respin this, I'll move the helper.\n",
        "I'll add it if I have to send a v5.\n",
        "I can do that, but why is it better?\n",
        "I can do it, but it makes the table larger.\n",
        "Alternatively, I can send the other half first.\n",
        "I missed a tag, I will add it when posting new versions.\n",
        "I can rework it if they do not like it.\n",
        "If so I can send a new version with three more ids.\n",
        "Maybe I'll post another iteration after the discussion.\n",
    ],
)
def test_sentences_that_only_look_like_promises(body: str) -> None:
    assert SignalKind.PROMISE not in {kind for kind, _ in signals_of(body)}


def test_joke_is_not_a_question() -> None:
    assert signals_of("Only three bugs, eh? :)\n") == []


def test_line_of_a_trace_is_not_a_question() -> None:
    assert signals_of("[   12.345678]  ? schedule+0x1/0x2\n[<ffff8101>] ? frob\n") == []
    assert signals_of("<TASK>\n frob_wait+0x21c/0x680\n ? frob_put+0x10/0x20\n") == []


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("Form letter.\n-- \npw-bot: defer\n", "defer"),
        ("pw-bot: cr\n", "cr"),
        ("  PW-Bot: changes-requested\n", "changes-requested"),
        ("pw-bot: under review\n", "under review"),
        ("Does not build.\n\n3 patches set to Changes Requested.\n", "changes requested"),
        ("Patch set to Deferred.\n", "deferred"),
    ],
)
def test_pw_bot_commands_anywhere_even_below_the_signature(body: str, command: str) -> None:
    assert (SignalKind.COMMAND, command) in signals_of(body)


@pytest.mark.parametrize(
    "body",
    [
        "> pw-bot: cr\n",
        "Use pw-bot: cr for that.\n",
        "pw-bot:\n",
        "> Patch set to Deferred.\n",
        "A patch set to fix.\n",
    ],
)
def test_quoted_commands_are_ignored(body: str) -> None:
    assert SignalKind.COMMAND not in {kind for kind, _ in signals_of(body)}


def test_submission_gives_no_signal() -> None:
    assert parse(mail(subject="[PATCH] frob", body="Applied to what? Please resend. NAK.\n")).signals == ()


@given(
    st.lists(
        st.sampled_from(["please ", "applied ", "nak ", "I will ", "fix ", "? ", ". ", "if ", "in v2 ", ","]),
        max_size=60,
    )
)
def test_any_mix_of_such_words_is_handled(words: list[str]) -> None:
    for signal in reply("".join(words)):
        assert signal.text


@pytest.mark.parametrize("word", ["applied ", "please ", "I will ", "? a ", "nak, ", "and applied ", "drop it "])
def test_page_of_one_word_is_parsed_quickly(word: str) -> None:
    begun = process_time()
    reply(word * 30_000)
    assert process_time() - begun < 2
