"""Dependencies between series, and what supersedes what: links that are stated, and links that must not be made."""

from __future__ import annotations

import pytest

from patchwatch.mail.message import Message
from patchwatch.series.revision import find_revisions
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.stated_relations import dependencies_of
from patchwatch.series.states import State, Turn
from tests.series.test_version_links import ANN, BEN, RITA, found, posted

LORE = "https://lore.kernel.org/all"


def series(name: str, title: str, day: float, *, text: str = "", sender: str = ANN, number: str = "") -> list[Message]:
    """A cover letter and two patches to files that are named after the title."""
    cover = posted(name, f"[PATCH{number} 0/2] {title}", day, text=text or "Words.", file="", sender=sender)
    patches = [
        posted(
            f"{name}-{n}",
            f"[PATCH{number} {n}/2] {title} {n}",
            day,
            below=(name,),
            file=f"{title}/{n}.c",
            sender=sender,
        )
        for n in (1, 2)
    ]
    return [cover, *patches]


def answer(to: str, day: float, text: str, sender: str = ANN) -> Message:
    return posted(f"answer-{to}-{day}", "Re: frob", day, sender=sender, text=text, file="", below=(to,))


BASE = series("base", "frob: add a knob", 0)


@pytest.mark.parametrize(
    "text",
    [
        "Based-on: <base@x>",
        f"This needs my earlier series [1].\n\n[1] {LORE}/base@x/",
        "prerequisite-message-id: <base@x>",
        f"Applies on top of the previous series: {LORE}/base-2@x/",
    ],
)
def test_dependency_is_no_version(text: str) -> None:
    assert found([*BASE, *series("next", "frob: use a knob", 10, text=text)], "next") is None
    below = posted(
        "below", "[PATCH v2] frob: add a knob here", 10, text=text, below=("base",), file="frob: add a knob/1.c"
    )
    assert found([*BASE, below], "below") is None


@pytest.mark.parametrize(("sender", "needed"), [(ANN, True), ("Ann Author <ann@home.example>", True), (RITA, False)])
def test_author_states_a_dependency_in_a_reply(sender: str, needed: bool) -> None:
    later = series("next", "frob: add a knob to it", 10, number=" v2")
    stated = answer("next", 11, f"Sorry, I forgot: this depends on {LORE}/base@x/", sender)
    assert (found([*BASE, *later, stated], "next") is None) == needed
    (revision,) = (r for r in find_revisions([*later, stated]) if r.root.message_id == "next@x")
    stating = [(relation.target, mail) for relation, mail in dependencies_of(revision)]
    assert stating == ([("m:base@x", stated.message_id)] if needed else [])


def test_no_version_of_what_the_dependency_became() -> None:
    second = series("base2", "frob: add a knob", 5, number=" v2")
    later = series("next", "frob: add a knob to it", 10, number=" v3", text="Depends-on: <base@x>")
    assert found([*BASE, *second, *later], "next") is None


def test_version_that_needs_the_version_before() -> None:
    link = found([*BASE, *series("next", "frob: add a knob", 10, number=" v2", text="Based-on: <base@x>")], "next")
    assert link is not None
    assert link.predecessor == "base@x"


@pytest.mark.parametrize(
    "text",
    ["Supersedes: <base@x>", f"Replaces: {LORE}/base@x/", f"This supersedes {LORE}/base@x/", "Obsoletes: <base-1@x>"],
)
def test_posting_supersedes_a_renamed_and_rewritten_one(text: str) -> None:
    link = found([*BASE, *series("next", "gadget: a governor", 30, text=text)], "next")
    assert link is not None
    assert (link.predecessor, link.evidence) == ("base@x", (text,))


def test_somebody_else_supersedes_with_a_trailer_only() -> None:
    link = found([*BASE, *series("next", "gadget: a governor", 30, sender=BEN, text="Supersedes: <base@x>")], "next")
    assert link is not None
    prose = series("next", "gadget: a governor", 30, sender=BEN, text=f"This replaces {LORE}/base@x/")
    assert found([*BASE, *prose], "next") is None


@pytest.mark.parametrize(
    ("text", "sender"),
    [
        (f"Please ignore this one, I've sent a new version:\n{LORE}/next@x/", ANN),
        ("Obsoleted-by: <next@x>", ANN),
        (f"Superseded by v2: {LORE}/next@x/", RITA),
        (f"This is superseded by {LORE}/next-1@x/", RITA),
        (f"Wrong patches, please drop, resent here: {LORE}/next@x/", ANN),
        (f"I'm dropping this in favor of {LORE}/next@x/", ANN),
        (f"Please use this one instead: {LORE}/next@x/", ANN),
    ],
)
def test_reply_names_the_new_posting(text: str, sender: str) -> None:
    mails = [*BASE, answer("base", 31, text, sender), *series("next", "gadget: a governor", 30)]
    link = found(mails, "next")
    assert link is not None
    assert link.predecessor == "base@x"
    assert found([*BASE, *series("next", "gadget: a governor", 30)], "next") is None


@pytest.mark.parametrize(
    ("text", "sender", "to"),
    [
        (f"Please ignore this one, I've sent a new version:\n{LORE}/next@x/", RITA, "base"),  # theirs
        (f"Please ignore this one, resent: {LORE}/next@x/", ANN, "base-1"),  # one patch of several
        (f"I'd drop this in favor of {LORE}/next@x/", RITA, "base"),
        (f"Is this superseded by {LORE}/next@x/ ?", RITA, "base"),
        (f"I've sent a new version of the docs, too. {LORE}/other@x/", ANN, "base"),
    ],
)
def test_reply_that_supersedes_nothing(text: str, sender: str, to: str) -> None:
    assert found([*BASE, answer(to, 31, text, sender), *series("next", "gadget: a governor", 30)], "next") is None


@pytest.mark.parametrize(
    ("text", "title", "number", "linked"),
    [
        (f"I've sent v5 of it: {LORE}/next@x/", "frob: add a better knob", " v5", True),
        (f"I posted v2: {LORE}/next@x/", "gadget: a governor", " v2", True),  # the next version, under another title
        (f"I've just sent v5: {LORE}/next@x/", "gadget: a governor", " v5", False),
        (f"I've just sent the governor work v5: {LORE}/next@x/", "gadget: a governor", " v5", False),
        (f"There was a conflict, so I posted a new version: {LORE}/next@x/", "gadget: a governor", "", False),
    ],
)
def test_author_announces_other_work_too(text: str, title: str, number: str, linked: bool) -> None:
    mails = [*BASE, answer("base", 31, text), *series("next", title, 30, number=number)]
    assert (found(mails, "next") is not None) == linked


def test_other_persons_posting_does_not_become_a_version() -> None:
    mails = [*BASE, answer("base", 31, f"This is superseded by {LORE}/next@x/", RITA)]
    assert found([*mails, *series("next", "gadget: a governor", 30, sender=BEN)], "next") is None


@pytest.mark.parametrize(
    ("text", "sender", "state"),
    [
        (f"Please ignore this one, I've sent a new version:\n{LORE}/unknown@x/", ANN, State.NOT_APPLICABLE),
        ("Obsoleted-by: <unknown@x>", ANN, State.NOT_APPLICABLE),
        (f"Superseded by v2: {LORE}/unknown@x/", RITA, State.NOT_APPLICABLE),
        (f"I posted v2 of something: {LORE}/unknown@x/", RITA, State.UNDER_REVIEW),
    ],
)
def test_superseded_by_something_unknown(text: str, sender: str, state: State) -> None:
    (revision,) = find_revisions([*BASE, answer("base", 2, text, sender)])
    result = revision_state(revision)
    assert result.state == state
    assert (result.turn == Turn.NOBODY) == (state == State.NOT_APPLICABLE)


OLD = posted("old", "[PATCH] frob: fix a typo in the probe path", 0, file="frob/old.c")
NEW_TITLE = "frob: name the regulator as the datasheet does"


@pytest.mark.parametrize(
    "text",
    [
        f'Please ignore this patch, it is replaced by "{NEW_TITLE}".',
        f"Please disregard, I have sent a new patch titled\n\u201c{NEW_TITLE}\u201d instead.",
        f'Superseded by "[PATCH] {NEW_TITLE}".',
    ],
)
@pytest.mark.parametrize(("sender", "linked"), [(ANN, True), (BEN, False)])
def test_successor_is_named_by_its_title(text: str, sender: str, *, linked: bool) -> None:
    mails = [OLD, posted("new", f"[PATCH] {NEW_TITLE}", 1, sender=sender, file="frob/new.c"), answer("old", 1.1, text)]
    link = found(mails, "new")
    assert (link and link.predecessor) == ("old@x" if linked else None)


def test_successor_by_title_is_the_first_posting_of_it() -> None:
    notice = answer("old", 1.1, f'Please ignore this patch, it is replaced by "{NEW_TITLE}".')
    new = [posted(f"new{n}", f"[PATCH v{n}] {NEW_TITLE}", n, file="frob/new.c") for n in (1, 2)]
    link = found([OLD, *new, notice], "new2")
    assert link is not None
    assert link.predecessor == "new1@x"


@pytest.mark.parametrize("text", [f'Please change the title to "{NEW_TITLE}".', f'"{NEW_TITLE}" is a better title.'])
def test_title_that_supersedes_nothing(text: str) -> None:
    mails = [OLD, posted("new", f"[PATCH] {NEW_TITLE}", 1, file="frob/new.c"), answer("old", 1.1, text)]
    assert found(mails, "new") is None
