"""What a mail states about other postings: dependencies, and what supersedes what."""

from __future__ import annotations

from time import process_time

import pytest

from patchwatch.mail.parse import parse
from patchwatch.mail.relations import of_posting, of_reply
from tests.support.mails import mail

LORE = "https://lore.kernel.org"
BASE = "20250201.7-1-ann@example.org"
OTHER = "20250202.9-1-ann@example.org"
CHANGE_ID = "20250201-frob-knob-0a1b2c3d4e5f"
PATCH_ID = "8a" * 20


def depends(text: str, *, patch: bool = False) -> list[str]:
    return [r.target for r in of_posting(text, text, patch=patch) if r.kind == "depends"]


@pytest.mark.parametrize(
    "text",
    [
        f"Based-on: <{BASE}>",
        f"Depends-on: {LORE}/all/{BASE}/",
        f"Depends on: {BASE}",
        f"Depends-On: https://patch.msgid.link/{BASE}",
        f"prerequisite-message-id: <{BASE}>",
        f"Prerequisite: {LORE}/r/{BASE}",
        f"Requires: {LORE}/linux-frob/{BASE}/T/#u",
        f"Dependencies:\n{LORE}/r/{BASE}\n\nChanges in v2:\n- nothing",
        f"- Depends-on: {LORE}/all/{BASE}/",
        f"This needs my earlier series [1].\n\n[1] {LORE}/all/{BASE}/",
        f"It depends on the knob series [0] for\nthe attribute.\n\n[0]: {LORE}/all/{BASE}/",
        f"This series depends on:\n\n{LORE}/all/{BASE}/\n\nAnn",
        f"Patches 3 and 4 are dependent on {LORE}/all/{BASE}/.",
        f"To be applied on top of Ben's cleanup[a].\n\n[a] https://lkml.kernel.org/r/{BASE}",
        f"Applies cleanly on top of v6.12-rc1 plus <{BASE}>.",
        f"The series is based on next-20250210 and on {LORE}/all/{BASE}/",
        f"Rebased onto the knob rework: {LORE}/all/{BASE}/",
        f"This is a follow-up to the knob series ({LORE}/all/{BASE}/).",
        f"Here is a followup for {LORE}/all/{BASE}/",
        f"It requires the series at {LORE}/all/{BASE}/ to be merged first.",
        f"The knob series at {LORE}/all/{BASE}/ is a prerequisite.",
        f"This should be merged after [1].\n\nLink: {LORE}/all/{BASE}/ [1]",
        f"This is stacked on {LORE}/all/{BASE}/.",
        f"It builds upon the knob series[0].\n\n[0] {LORE}/all/{BASE}/",
        f"You will need [1] to compile this.\n\n[1] {LORE}/all/{BASE}/",
        f"The series in [1] is required for this to build.\n\n[1] {LORE}/all/{BASE}/",
        f"It assumes that [1] is applied.\n\n[1] {LORE}/all/{BASE}/",
        f"The patches apply to linux-next + [1].\n\n[1]: {LORE}/all/{BASE}/",
        f"The first part [1] must be merged before.\n\n[1] {LORE}/all/{BASE}/",
        f'Requires "[PATCH 0/2] frob: add a knob":\n{LORE}/all/{BASE}/',
        f"Dependencies\n------------\n - [1] {LORE}/r/{BASE}\n",
        (
            f"This builds on the knob series [1].\n\n[1] frob: add a knob\n    {LORE}/all/x/\n[2] other\n\n"
            f"It depends on [3].\n[3]\n{LORE}/all/{BASE}/"
        ),
    ],
)
def test_dependencies(text: str) -> None:
    assert depends(text) == [f"m:{BASE}"]


def test_several_dependencies() -> None:
    notes = f"[1] {LORE}/r/{BASE}\n[2] {LORE}/r/{OTHER}"
    assert depends(f"It depends on [1] and the clock fixes in [2].\n\n{notes}") == [f"m:{BASE}", f"m:{OTHER}"]
    assert depends(f"Depends-on: <{BASE}>, <{OTHER}>") == [f"m:{BASE}", f"m:{OTHER}"]
    assert depends(f"Depends-on:\n - {LORE}/r/{BASE}\n - {LORE}/r/{OTHER}\n\nThanks") == [f"m:{BASE}", f"m:{OTHER}"]


def test_what_b4_and_git_record_below_the_text() -> None:
    text = (
        f"Words.\n\n---\nbase-commit: 0123456789abcdef0123456789abcdef01234567\n"
        f"prerequisite-change-id: {CHANGE_ID}:v3\nprerequisite-patch-id: {PATCH_ID}\n-- \n2.43.0\n"
    )
    assert [r.target for r in of_posting(text, "Words.", patch=True)] == [f"c:{CHANGE_ID}", f"p:{PATCH_ID}"]
    assert depends(f"Depends-on: {CHANGE_ID}") == [f"c:{CHANGE_ID}"]


@pytest.mark.parametrize(
    "text",
    [
        f"It no longer depends on {LORE}/all/{BASE}/.",
        f"- Dropped the dependency on {LORE}/all/{BASE}/",
        f"This is built on the RFC at {LORE}/all/{BASE}/",
        f"The same applies to {LORE}/all/{BASE}/",
        f"I assume that {LORE}/all/{BASE}/ was the reason.",
        f"This must be merged before {LORE}/all/{BASE}/",
        f"There is a conflict with {LORE}/all/{BASE}/, which also needs work.",
        f"This does not depend on {LORE}/all/{BASE}/.",
        f"Based on the discussion at {LORE}/all/{BASE}/, move it.",
        f"This is based on an earlier patch by Ben: {LORE}/all/{BASE}/",
        f"The idea is based on feedback in {LORE}/all/{BASE}/",
        f"v1: {LORE}/all/{BASE}/",
        f"Follow-up of v1: {LORE}/all/{BASE}/",
        f"This follows up on my v2: {LORE}/all/{BASE}/",
        f"Closes: {LORE}/all/{BASE}/",
        f"- Rebased on top of v6.12-rc1\n- Link to v1: {LORE}/all/{BASE}/",
        f"Here it is on top of frob-next: https://git.example.org/frob\n\nv1 at:\n{LORE}/all/{BASE}/",
        "Depends-on: I0123456789012345678901234567890123456789",
        "This depends on the temperature.",
        f"It needs to be tested, see {LORE}/all/{BASE}/",
        "Requires: Ann Author <ann@example.org>",
    ],
)
def test_what_is_no_dependency(text: str) -> None:
    assert depends(text) == []


def test_commit_message_describes_code() -> None:
    text = f"The power depends on the clock, see {LORE}/all/{BASE}/\n---\nv2: rebased\n"
    assert depends(text, patch=True) == []
    assert depends(f"Fix it.\n---\nThis depends on {LORE}/all/{BASE}/\n", patch=True) == [f"m:{BASE}"]
    assert depends(f"Fix it.\n\nDepends-on: <{BASE}>\n---\n", patch=True) == [f"m:{BASE}"]


@pytest.mark.parametrize(
    "text",
    [
        f"Supersedes: <{BASE}>",
        f"Supersedes: {LORE}/r/{BASE}",
        f"Previous version: {LORE}/r/{BASE}",
        f"Previously sent as:\n{LORE}/r/{BASE}",
        f"The previous attempt is at {LORE}/r/{BASE}",
        f"This is a rework of [1], which can be ignored.\n\n[1] {LORE}/r/{BASE}",
        f"Obsoletes: {BASE}",
        f"Replaces: <{BASE}>",
        f"This supersedes {LORE}/all/{BASE}/, which did it in core.",
        f"It replaces my series at {LORE}/all/{BASE}/",
        f"A replacement for [1].\n\n[1] {LORE}/all/{BASE}/",
        f"Please drop [1] in favor of this series.\n\n[1] {LORE}/all/{BASE}/",
        f"Please ignore my previous series at {LORE}/all/{BASE}/",
    ],
)
def test_posting_supersedes_another(text: str) -> None:
    assert [(r.kind, r.target) for r in of_posting(text, text, patch=False)] == [("supersedes", f"m:{BASE}")]


def test_what_is_left_over_from_another_series_does_not_supersede_it() -> None:
    text = f"These patches were left over from the previous version [1].\n\n[1] {LORE}/all/{BASE}/"
    assert [r.kind for r in of_posting(text, text, patch=False)] == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        (f"Obsoleted-by: <{BASE}>", "superseded-by"),
        (f"Superseded-by: {LORE}/r/{BASE}", "superseded-by"),
        (f"Superseded by v2: {LORE}/r/{BASE}", "superseded-by"),
        (f"This series has been superseded by\n{LORE}/r/{BASE}", "superseded-by"),
        (f"It was replaced by {LORE}/r/{BASE}", "superseded-by"),
        (f"I'm dropping this in favor of {LORE}/r/{BASE}", "reposted-as"),
        (f"Please use this one instead: {LORE}/r/{BASE}", "reposted-as"),
        (f"Self-NAK, I've posted something else instead:\n{LORE}/r/{BASE}", "reposted-as"),
        (f"Please ignore this one, I've sent a new version:\n{LORE}/r/{BASE}", "reposted-as"),
        (f"Wrong patch, please drop it, resent here [1].\n\n[1] {LORE}/r/{BASE}", "reposted-as"),
        (f"Sorry for the noise, please disregard this series.\n\nThe right one: {LORE}/r/{BASE}", "reposted-as"),
        (f"I just posted v2: {LORE}/r/{BASE}", "reposted-as"),
        (f"v2: {LORE}/r/{BASE}", "reposted-as"),
        (f"v2 is here: {LORE}/r/{BASE}", "reposted-as"),
        (f"The new version is at {LORE}/r/{BASE}", "reposted-as"),
    ],
)
def test_reply_names_the_successor(text: str, kind: str) -> None:
    assert {(r.kind, r.target) for r in of_reply(text, 1)} == {(kind, f"m:{BASE}")}


@pytest.mark.parametrize(
    "text",
    [
        f"v1 is here: {LORE}/r/{BASE}",
        f"I reviewed it in {LORE}/r/{BASE}",
        f"The old interface was superseded by that of the core long ago, see {LORE}/r/{BASE}",
        f"I'll send a new version. See also {LORE}/r/{BASE}",
        f"Please drop this line, as in {LORE}/r/{BASE}",
        f"It is not superseded by {LORE}/r/{BASE}",
        f"Is this superseded by {LORE}/r/{BASE} ?",
        f"I would use a mutex instead of a spinlock, see {LORE}/r/{BASE}",
        "Please ignore this one, I've sent a new version.",
    ],
)
def test_reply_that_names_none(text: str) -> None:
    assert of_reply(text, 1) == ()


@pytest.mark.parametrize(
    "text",
    [
        f"I forgot to say that this depends on my earlier series:\n{LORE}/r/{BASE}",
        f"This series depends on [1], sorry for not mentioning it.\n\n[1] {LORE}/r/{BASE}",
        f"Note that this needs to be applied on top of {LORE}/r/{BASE}",
        f"These patches are based on {LORE}/r/{BASE}, I should have said so.",
        f"Forgot the tag:\n\nDepends-on: <{BASE}>",
        f"Both were based on top of the clock series: {LORE}/r/{BASE}",
    ],
)
def test_reply_states_what_the_posting_needs(text: str) -> None:
    assert {(r.kind, r.target) for r in of_reply(text, 1)} == {("depends", f"m:{BASE}")}


@pytest.mark.parametrize(
    "text",
    [
        f"Does this depend on {LORE}/r/{BASE} ?",
        f"Should this be based on {LORE}/r/{BASE}?",
        f"This no longer depends on {LORE}/r/{BASE}",
        f"This series doesn't depend on {LORE}/r/{BASE}.",
        f"It depends on how the firmware does it, see {LORE}/r/{BASE}",
        f"The patches this depends on have been applied by you: {LORE}/r/{BASE}",
        f"This series depended on the clock patch, which has landed meanwhile: {LORE}/r/{BASE}",
        f"I did the same on top of next in {LORE}/r/{BASE}",
        f"What users depend on is in {LORE}/r/{BASE}",
        f"This depends on the configuration. I posted numbers in {LORE}/r/{BASE}",
    ],
)
def test_reply_that_states_no_need(text: str) -> None:
    assert of_reply(text, 1) == ()


def test_message_is_a_dependency_or_a_version_but_not_both() -> None:
    def parsed(text: str) -> tuple[list[str], list[str]]:
        message = parse(mail(message_id="a@x", subject="[PATCH 0/2] frob", body=text))
        return [link.message_id for link in message.earlier], [r.target for r in message.relations]

    assert parsed(f"This needs the previous series [1].\n\n[1] {LORE}/r/{BASE}") == ([], [f"m:{BASE}"])
    assert parsed(f"It is on top of my earlier series:\n{LORE}/r/{BASE}") == ([], [f"m:{BASE}"])
    assert parsed(f"Changes since v1 [1]:\n- applies on top of [1]\n\n[1] {LORE}/r/{BASE}") == ([BASE], [])


def test_quoted_relations_are_not_the_senders() -> None:
    quoted = mail(
        message_id="r@x", subject="Re: [PATCH] frob", in_reply_to="a@x", body=f"> Obsoleted-by: <{BASE}>\n\nNo."
    )
    assert parse(quoted).relations == ()


@pytest.mark.parametrize(
    "text", ["depends on [1] ", f"depends on {LORE}/r/{BASE} and ", "[1] is a prerequisite of this. "]
)
def test_long_text_is_parsed_quickly(text: str) -> None:
    long = f"{text * 20_000}\n\n[1] {LORE}/r/{BASE}"
    begun = process_time()
    of_posting(long, long, patch=False)
    of_reply(f"superseded by v2 {text * 20_000}", 1)
    assert process_time() - begun < 3
