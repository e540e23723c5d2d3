"""Sentences that deny what their words suggest, and those that do not."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import SignalKind
from tests.mail.sentences.replies import signals_of


def kinds(body: str) -> set[str]:
    return {kind for kind, _ in signals_of(f"{body}\n")}


@pytest.mark.parametrize(
    "sentence",
    [
        "No v3 needed.",
        "Nothing that needs a v3.",
        "Nothing here warrants a resend.",
        "No v3 is needed for this.",
        "No need to resend.",
        "No need to resend just for that.",
        "There's no need for a v3.",
        "No need for you to respin.",
        "No need for another version.",
        "No reason to send a v3.",
        "A v3 is not needed.",
        "A resend isn't necessary.",
        "A new version is unnecessary.",
        "You don't need to resend.",
        "You don't have to send a new version.",
        "You needn't repost it.",
        "This doesn't need a v3.",
        "It does not really require another revision.",
        "I don't think this needs a v3.",
        "I don't think you need to resend.",
        "Don't bother resending.",
        "Please don't bother with a v3.",
        "Please don't resend.",
        "It's not worth a respin.",
        "Not worth sending a new version.",
        "It can go in without a respin.",
        "That would save you a resend.",
    ],
)
def test_no_new_version_is_asked_for(sentence: str) -> None:
    assert not kinds(sentence) & {SignalKind.CHANGES, SignalKind.WISH, SignalKind.DOUBT, SignalKind.NAK}


@pytest.mark.parametrize(
    "sentence",
    [
        "This needs a v3.",
        "v3 needed.",
        "No, a v3 is needed.",
        "It doesn't apply, please resend.",
        "It does not compile, so you need to send a new version.",
        "Please resend without the second hunk.",
        "No comments on patch 1, but patch 2 needs a respin.",
        "No need to resend, but please fix the typo.",
        "No need to resend the first patch, but please rebase the second.",
        "Please do not resend before you have tested it.",
        "Not sure about the name; please send a v3 with a better one.",
    ],
)
def test_a_new_version_is_asked_for(sentence: str) -> None:
    assert SignalKind.CHANGES in kinds(sentence)


def test_an_author_who_will_not_send_another_version_withdraws() -> None:
    assert kinds("I won't send another version.") == {SignalKind.WITHDRAWN}
    assert kinds("I'm not going to send a new version.") == {SignalKind.WITHDRAWN}
    assert kinds("I will not provide a second version of this, the problem is bigger.") == {SignalKind.WITHDRAWN}


@pytest.mark.parametrize(
    "sentence",
    [
        "Who am I to object? :)",
        "But who am I to argue with that?",
        "How could I say no?",
        "How could anyone object to that?",
        "Who would complain?",
        "What's not to like?",
    ],
)
def test_a_question_that_objects_to_nothing(sentence: str) -> None:
    assert kinds(sentence) == {SignalKind.SATISFIED}


@pytest.mark.parametrize(
    "sentence",
    ["Why does this object to the mode?", "Who am I supposed to ask?", "How could this happen?", "Why not A?"],
)
def test_other_questions_are_questions(sentence: str) -> None:
    assert kinds(sentence) == {SignalKind.QUESTION}


@pytest.mark.parametrize(
    "sentence",
    [
        "The chip NACKs the transfer.",
        "The chip sends a NACK.",
        "The device answers with a NACK while it is busy.",
        "If so, NACK is sent by the target.",
        "NACK from the slave means that the transfer failed.",
        "NACK on the address byte is normal.",
        "A NACK'ed transfer is -ENXIO here.",
        "I withdraw my NAK.",
        "Ok, my NAK is lifted.",
        "I take my NACK back.",
        "Another NAKed token is not an error.",
        "NAK is returned by the hardware.",
        "NACK handling differs here.",
        "A NAK interrupt is raised.",
        "The write command receives a NAK then.",
        "We stop after the first byte, NACK received or not.",
        "The host sees another NAK in this case.",
        "The transfer ended, a NACK bit was set.",
    ],
)
def test_nack_of_a_chip(sentence: str) -> None:
    assert SignalKind.NAK not in kinds(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "NACK, the chip needs a register write.",
        "NAK - the device is fine.",
        "NAK from me, the transfer would fail.",
        "NACK to this patch.",
        "NAK for the controller part.",
        "This is a NAK.",
        "That's a NACK from me, the bus is not reset.",
        "The bus is not reset, so NAK until it is.",
        "Still NAK.",
        "Consider this a NAK.",
        "A strong NAK to the device tree changes.",
        "For the i2c bits: NACK.",
    ],
)
def test_nack_of_a_person(sentence: str) -> None:
    assert SignalKind.NAK in kinds(sentence)


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("This was already merged.", SignalKind.APPLIED),
        ("Already applied, thanks.", SignalKind.APPLIED),
        ("Patch 1 was already merged.", SignalKind.APPLIED),
        ("The rest has been already merged.", SignalKind.APPLIED),
        ("A fix was already merged.", SignalKind.ELSEWHERE),
        ("A fix was already merged elsewhere.", SignalKind.ELSEWHERE),
        ("This was already merged as part of Ben's series.", SignalKind.ELSEWHERE),
        ("It was already applied with a different patch.", SignalKind.ELSEWHERE),
        ("Ben's patch was already merged.", SignalKind.ELSEWHERE),
        ("The dependency was already merged.", None),
        ("The patch it depends on is already queued.", None),
        ("The binding was already applied.", None),
        ("The previous version was already merged.", None),
        ("v1 was already applied, so this has to be incremental.", None),
        ("This needs the helper of Ben's series. It was already merged.", None),
        ("See https://example.org/frob for the bindings. They were already applied.", None),
    ],
)
def test_already_merged_is_about_this_patch(sentence: str, expected: SignalKind | None) -> None:
    found = kinds(sentence) & {SignalKind.APPLIED, SignalKind.ELSEWHERE}
    assert found == ({expected} if expected else set())
