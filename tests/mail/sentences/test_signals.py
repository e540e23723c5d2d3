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


@pytest.mark.parametrize(
    ("sentence", "detail"),
    [
        ("Applied.", ""),
        ("Applied, thanks!", ""),
        ("Applied. Thanks.", ""),
        ("Both applied, thanks.", ""),
        ("Thanks, applied.", ""),
        ("Thanks, applied to for-next.", ""),
        ("Applied to cgroup/for-6.13.", ""),
        ("Applied to cgroup/for-6.13 with stable cc'd.", ""),
        ("Applied to cgroup/for-6.13 w/ minor edits.", ""),
        ("Applied for-6.13.", ""),
        ("Applied to net (main).", ""),
        ("Applied as 0123456789ab.", ""),
        ("Applied to bpf-next, could you follow up with a test?", ""),
        ("I've applied this to the docs tree.", ""),
        ("I have applied the series to frob/next, thanks.", ""),
        ("I applied this to frob/next.", ""),
        ("Looks good to me, applied.", ""),
        ("Fixed the typo in the title and applied to frob/next.", ""),
        ("Queued up for 6.13, thanks.", ""),
        ("Now queued up, thanks!", ""),
        ("All queued up, thanks.", ""),
        ("Merged, thanks.", ""),
        ("Merged to mainline-next.", ""),
        ("Pushed to drm-misc-next.", ""),
        ("Thanks, pushed to slab/for-next.", ""),
        ("Picked up, thanks.", ""),
        ("Picked this up for frob/next.", ""),
        ("I'll take this.", ""),
        ("I'll take these through the frob tree.", ""),
        ("Ok, I'll apply this, thanks.", ""),
        ("I'm queueing it up for 6.14.", ""),
        ("Applied 1-3 to cgroup/for-6.13.", "1-3"),
        ("Applied patches 1 and 2.", "1 and 2"),
        ("Applied patch 4, thanks.", "4"),
        ("Applied the first two patches.", "some"),
        ("Applied all but the last patch.", "some"),
        ("Applied the rest to frob/next.", "rest"),
        ("Patches 1 and 2 applied, please respin the others.", "1 and 2"),
        ("2 patches applied to frob-next branch of frob.git, thanks.", ""),
        ("This has already been applied.", ""),
        ("I have queued this up for the next merge window.", ""),
        ("Added to frob.git for-next", ""),
        ("I've put this in my for-next branch.", ""),
        ("Committed to for-next.", ""),
        ("Pulled, thanks.", ""),
        ("Pulled into frob-next.", ""),
        ("This is now in my tree.", ""),
        ("Now in frob-next, thanks.", ""),
        ("Staged for 6.10, thanks.", ""),
        ("Accepted, thanks.", ""),
        ("Applying to frob/for-next.", ""),
        ("Pushed the first two to frob-misc-next.", "some"),
        ("It's in frob-next now.", ""),
        ("I'll include this series in the next pull request, unless somebody objects.", ""),
    ],
)
def test_applied(sentence: str, detail: str) -> None:
    assert signals_of(f"{sentence}\n") == [(SignalKind.APPLIED, detail)]


@pytest.mark.parametrize(
    "sentence",
    [
        "Has this been applied?",
        "Applied to which tree?",
        "If applied, this breaks frob.",
        "Not applied yet.",
        "It should be applied to frob/next.",
        "This can be merged now.",
        "I applied your suggestion.",
        "Applied your suggestions, thanks.",
        "I applied this patch, but I still see the warning.",
        "I applied this locally.",
        "I applied it from the archive and it failed.",
        "I also applied it to frob-next with only one conflict.",
        "Applied for my next version, thanks.",
        "queued bios are never finished",
        "Queued requests wait for the frob.",
        "Pushed to the same branch.",
        "Pushed some debugging changes.",
        "Taken together these patches are large.",
        "I'll take it ;)",
        "I'll take this if nobody objects.",
        "I'll apply this once the merge window closes.",
        "I'll queue it for testing.",
        "I've added Rex to Cc.",
        "Added, thanks.",
        "Applying it now gives a conflict.",
        "Accepted practice is to hold the lock.",
        "Staged writes wait for the frob.",
        "Added to the cover letter.",
        "I added this to my test tree and see no crash.",
        "I put this patch in my tree and it boots.",
        "Pulled the latest frob-next and tested.",
        "Is this in my tree?",
        "It is in the tree since v5.4.",
        "I'll send it in my pull request if Rex acks.",
        "Once it is settled, applied or not, tell me.",
        "I'd like to have it tested and merged, then cleaned.",
        "> Applied, thanks!",
        "[If your patch is applied to the wrong git tree, kindly drop us a note.]",
    ],
)
def test_sentences_that_only_look_like_applied(sentence: str) -> None:
    assert SignalKind.APPLIED not in {kind for kind, _ in signals_of(f"{sentence}\n")}


def thanks(*listed: str) -> str:
    """b4's thanks, for these patches."""
    commits = "\n".join(f"[{number}] frob: part\n      commit: 0123456789abcdef" for number in listed)
    quoted = "On Mon, 3 Jul 2023 10:00:00 +0000, Ann Author wrote:\n> Words.\n"
    return f"{quoted}\nApplied, thanks!\n\n{commits}\n\nBest regards,\n-- \nRita\n"


@pytest.mark.parametrize(
    ("listed", "detail"),
    [
        (["1/1"], ""),
        (["1/2", "2/2"], "1,2"),
        (["0/2", "1/2", "2/2"], "1,2"),
        (["1/3", "3/3"], "1,3"),
    ],
)
def test_b4_thanks_lists_applied_patches(listed: list[str], detail: str) -> None:
    assert signals_of(thanks(*listed)) == [(SignalKind.APPLIED, detail)]


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
        ("Please ignore this, it was sent by mistake.\n", SignalKind.WITHDRAWN),
        ("I'll fix it in v3.\n", SignalKind.PROMISE),
        ("Thank you, will fix it.\n", SignalKind.PROMISE),
        ("Will do.\n", SignalKind.PROMISE),
        ("Sure, will send a new version.\n", SignalKind.PROMISE),
        ("Let me rework that.\n", SignalKind.PROMISE),
        ("Fixed in the next version.\n", SignalKind.PROMISE),
        ("OK, v3 incoming.\n", SignalKind.PROMISE),
        ("Done for v3.\n", SignalKind.PROMISE),
        ("Fixed locally.\n", SignalKind.PROMISE),
        ("So I won't be sending another version.\n", SignalKind.WITHDRAWN),
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
        ("Please target net-next.\n", ""),
        ("Please run checkpatch on this.\n", ""),
        ("Please cc the binding maintainers.\n", ""),
        ("This is marked as changes requested in patchwork.\n", ""),
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
        "Please run the attached script and send the log.\n",
        "If there is a v4, please add a comment.\n",
        "In the future please cc the list.\n",
        "The rule does not apply to small pages.\n",
        "Could you explain the lock?\n",
        "Could you add more details on the use?\n",
        "I will send a v3, it needs rework.\n",
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
        "The semantics of memory in v2 are other.\n",
        "> I'll fix it.\n",
    ],
)
def test_sentences_that_only_look_like_promises(body: str) -> None:
    assert SignalKind.PROMISE not in {kind for kind, _ in signals_of(body)}


def test_joke_is_not_a_question() -> None:
    assert signals_of("Only three bugs, eh? :)\n") == []


def test_line_of_a_trace_is_not_a_question() -> None:
    assert signals_of("[   12.345678]  ? schedule+0x1/0x2\n[<ffff8101>] ? frob\n") == []


@pytest.mark.parametrize(
    ("body", "command"),
    [
        ("Form letter.\n-- \npw-bot: defer\n", "defer"),
        ("pw-bot: cr\n", "cr"),
        ("  PW-Bot: changes-requested\n", "changes-requested"),
        ("pw-bot: under review\n", "under review"),
    ],
)
def test_pw_bot_commands_anywhere_even_below_the_signature(body: str, command: str) -> None:
    assert (SignalKind.COMMAND, command) in signals_of(body)


@pytest.mark.parametrize("body", ["> pw-bot: cr\n", "Use pw-bot: cr for that.\n", "pw-bot:\n"])
def test_quoted_commands_are_ignored(body: str) -> None:
    assert SignalKind.COMMAND not in {kind for kind, _ in signals_of(body)}


def test_submission_gives_no_signal() -> None:
    assert parse(mail(subject="[PATCH] frob", body="Applied to what? Please resend. NAK.\n")).signals == ()


def test_mail_gives_one_applied_signal() -> None:
    assert signals_of("Applied, thanks.\n\nApplied to frob/next.\n") == [(SignalKind.APPLIED, "")]


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
