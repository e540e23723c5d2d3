"""Which patches a pull request carries, by author and similar title."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.merged import (
    REACH,
    author_keys_of_pulls,
    is_of_another,
    keys_in_pulls,
    pull_keys,
    pulled_patches,
    reworded_titles,
)
from patchwatch.series.posting import PostingFacts, posting_facts
from patchwatch.series.revision import find_revisions
from tests.support.mails import mail

ANN = "Ann Author <ann@example.org>"
POSTED = datetime(2023, 7, 3, 10, tzinfo=UTC)


def of(messages: list[Message]) -> PostingFacts:
    (revision,) = find_revisions(messages)
    return posting_facts(revision, {})


def series(*titles: str, tree: str = "") -> PostingFacts:
    """A posting of patches with these titles, by Ann."""
    return of(
        [
            parse(
                mail(
                    message_id=f"{number}@x",
                    subject=f"[PATCH {tree}{number}/{len(titles)}] {title}",
                    sender=ANN,
                    date=format_datetime(POSTED),
                    references=("0@x",),
                    body="Why.\n---\n",
                )
            )
            for number, title in enumerate(titles, 1)
        ]
    )


def pull(*titles: str, seconds: int = 30 * 86_400, author: str = "Ann Author") -> PostingFacts:
    """A pull request that lists these titles, so many seconds after the posting."""
    listed = "".join(f"      {title}\n" for title in titles)
    return of(
        [
            parse(
                mail(
                    message_id="pull@m",
                    subject="[GIT PULL] frob for v6.6",
                    sender="Mia Maintainer <mia@example.com>",
                    date=format_datetime(POSTED + timedelta(seconds=seconds)),
                    body=f"Please pull.\n\n{author} ({len(titles)}):\n{listed}\n frob.c | 2 +-\n",
                )
            )
        ]
    )


def signed_as(name: str) -> PostingFacts:
    """A patch that its author signed off with another name than that of their mails."""
    raw = mail(
        message_id="1@x",
        subject=f"[PATCH] {ONE}",
        sender=ANN,
        date=format_datetime(POSTED),
        body=f"Why.\n\nSigned-off-by: {name} <{ANN.partition('<')[2]}\n---\n",
    )
    return of([parse(raw)])


ONE = "frob: turn the big wheel once"
HALF = ("frob: prepare to expose strings in sysfs", "frob: allow setting the wheel size in sysfs")
MORE = ("frob: allow to set serial number in sysfs", "frob: allow to set manufacturer name in sysfs")
REWORDED = ("frob: allow setting device serial number in sysfs", "frob: allow setting manufacturer string in sysfs")
PULLED: dict[str, tuple[PostingFacts, PostingFacts, set[int]]] = {
    "listed as posted": (series(ONE), pull(ONE), {0}),
    "half of a series, and the other half reworded": (series(*HALF, *MORE), pull(*HALF, *REWORDED), {0, 1, 2, 3}),
    "half of a series, and one of the others reworded": (series(*HALF, *MORE), pull(*HALF, REWORDED[0]), {0, 1}),
    "half of a series, and other work of the author": (
        series(*HALF, *MORE),
        pull(*HALF, "frob: oil the big wheel twice a day", "frob: stop wheels before they are oiled"),
        {0, 1},
    ),
    "below the name with which the author signed it off": (
        signed_as("Anna Author"),
        pull(ONE, author="Anna Author"),
        {0},
    ),
    "in another case, with a full stop": (series(ONE), pull("Frob: Turn the big wheel once."), {0}),
    "with another prefix": (series(ONE), pull("drivers/frob: turn the big wheel once"), {0}),
    "with a prefix put in front": (series("fix typo in crank"), pull("drivers/frob: wheel: fix typo in crank"), {0}),
    "without its prefix": (series("frob: wheel: fix typo in crank"), pull("fix typo in crank"), {0}),
    "with accents": (series("frob: add Zoe Muller as maintainer"), pull("frob: add Zoë Müller as maintainer"), {0}),
    "with a mended typo": (
        series("frob: trun the big wheel once more"),
        pull("frob: turn the big wheel once more"),
        {0},
    ),
    "with an abbreviation spelled out": (
        series("frob: retry bw pass without endless loop"),
        pull("frob: retry big wheel pass without endless loop"),
        {0},
    ),
    "with words added": (
        series("frob: frob_turn() needs a lock"),
        pull("frob: frob_turn() needs a lock in hot path"),
        {0},
    ),
    "in the plural": (series("frob: handle turn() error"), pull("frob: handle turn() errors"), {0}),
    "with other words about the same function": (
        series("frob: handle wheels in frob_check_parent()"),
        pull("frob: ignore wheels in frob_check_parent()"),
        {0},
    ),
    "among others": (series(ONE), pull("frob: remove the crank", ONE, "frob: paint it"), {0}),
    "two of three": (
        series(ONE, "frob: remove the crank", "frob: paint it"),
        pull(ONE, "frob: paint it"),
        {0, 2},
    ),
    "all, in another order": (series(ONE, "frob: paint it"), pull("frob: paint it", ONE), {0, 1}),
    "in the second it was posted": (series(ONE), pull(ONE, seconds=0), {0}),
    "at the end of the reach": (series(ONE), pull(ONE, seconds=REACH), {0}),
    "one listed title for two similar ones": (
        series("frob: turn the big wheel once", "frob: turn the big wheel twice"),
        pull("frob: turn the big wheel once and for all"),
        {0},
    ),
    "the nearer of two like it, and the other": (
        series("frob: turn the big left wheel once", "frob: turn the big right wheel once"),
        pull("frob: turn the big right wheel once now", "frob: turn the big left wheel once now"),
        {0, 1},
    ),
    "one listed title for two equal ones": (series("frob: fix typo", "frob: fix typo"), pull("frob: fix typo"), {0}),
    "two listed titles for two that bear them": (
        series("frob: fix typo", "frob: fix typo"),
        pull("frob: fix typo", "frob: fix typo"),
        {0, 1},
    ),
}

NOT_PULLED: dict[str, tuple[PostingFacts, PostingFacts]] = {
    "the same title by another author": (series(ONE), pull(ONE, author="Ben Builder")),
    "something else by the same author": (series(ONE), pull("grob: remove the crank")),
    "half of the words": (series(ONE), pull("frob: turn the small wheel twice")),
    "the same of another driver": (
        series("scsi: frob: convert sprintf() to sysfs_emit()"),
        pull("scsi: grob: convert sprintf() to sysfs_emit()"),
    ),
    "the same about another function": (
        series("frob: use auto_free in frob_turn()"),
        pull("frob: use auto_free in frob_stop()"),
    ),
    "a general one, and that of a driver": (
        series("thermal: replace sprintf() with sysfs_emit() for sysfs attrs"),
        pull("thermal: intel: frob: replace sprintf() with sysfs_emit()"),
    ),
    "the same of another subsystem": (
        series("thermal: frob: convert to platform remove callback returning void"),
        pull("interconnect: frob: convert to platform remove callback returning void"),
    ),
    "what only looks like an abbreviation": (
        series("frob: big_wheel: ack all pci interrupts"),
        pull("frob: big_wheel: add lunar lake-m pci id"),
    ),
    "another variable, in a title of many words": (
        series("frob: wheel: remove the unused variable slow_turn_freq"),
        pull("frob: wheel: remove the unused variable fast_turn_rate"),
    ),
    "two words of a longer title": (series("frob: fix leak"), pull("frob: fix leak of wheels")),
    "before the posting": (series(ONE), pull(ONE, seconds=-1)),
    "too long after it": (series(ONE), pull(ONE, seconds=REACH + 1)),
    "a backport, whose original is listed": (series(ONE, tree="5.10 "), pull(ONE)),
    "nothing is listed": (series(ONE), pull()),
}


@pytest.mark.parametrize("name", PULLED)
def test_patches_listed_by_a_pull_request_are_found(name: str) -> None:
    one, request, places = PULLED[name]
    assert pulled_patches(one, request) == places


@pytest.mark.parametrize("name", PULLED)
def test_a_pull_request_is_found_by_a_key(name: str) -> None:
    one, request, _ = PULLED[name]
    assert pull_keys(request) & (keys_in_pulls(one) | author_keys_of_pulls(one))


@pytest.mark.parametrize("name", NOT_PULLED)
def test_other_patches_are_not_found(name: str) -> None:
    assert pulled_patches(*NOT_PULLED[name]) == frozenset()


BROTHER, SISTER = (f"frob: turn the big wheel of the left machine {often}" for often in ("once", "twice"))


@pytest.mark.parametrize(
    ("sister", "is_theirs"),
    [
        (series(SISTER), True),
        (series("frob: start", SISTER), True),
        (series(SISTER, tree="5.10 "), False),
        (series(SISTER + " more"), False),
    ],
)
def test_a_listed_patch_that_was_posted_as_such_is_not_a_reworded_one(sister: PostingFacts, is_theirs: bool) -> None:
    one, request = series(BROTHER), pull(SISTER)
    assert pulled_patches(one, request) == {0}
    assert reworded_titles(one, request) == {SISTER}
    assert is_of_another(SISTER, one, request, sister) == is_theirs
    assert pulled_patches(one, request, {SISTER}) == frozenset()


def test_an_equal_title_is_never_that_of_another() -> None:
    assert reworded_titles(series(ONE), pull(ONE)) == frozenset()
    assert pulled_patches(series(ONE), pull(ONE), {ONE}) == {0}


def test_a_posting_without_a_shortlog_lists_nothing() -> None:
    assert pull_keys(series(ONE)) == frozenset()
    assert pulled_patches(series(ONE), series(ONE)) == frozenset()
