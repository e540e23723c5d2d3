"""Which two revisions the names on the command line select."""

from __future__ import annotations

import pytest

from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.series.model import RevisionRow
from patchwatch.series.rangediff.select import Chosen, choose, mails_of, side
from tests.support.mails import mail


def revision(root: str, version: int, *, minor: int = 0, rfc: bool = False, patches: int = 1) -> RevisionRow:
    return RevisionRow(
        id=1,
        version=version,
        minor=minor,
        message_id=root,
        subject="[PATCH] x",
        author_name="A",
        author_email="a@example.org",
        date=86_400 * len(root),
        rfc=rfc,
        patches=patches,
        expected=patches,
        has_cover=False,
        state="new",
        state_evidence=None,
        follow_ups=0,
        inbox="",
        patch_message_ids=tuple(f"{root}-{n}" for n in range(patches)),
        postings=(root, f"{root}-again"),
        trailers=(),
        predecessor=None,
    )


CHAIN = (
    revision("idea", 1, rfc=True, patches=0),
    revision("rfc-1", 1, rfc=True),
    revision("one", 1),
    revision("two", 2),
    revision("fixup", 2, minor=1),
    revision("rfc-3", 3, rfc=True),
)


def names(older: str | None, newer: str | None, chain: tuple[RevisionRow, ...] = CHAIN) -> tuple[str, str]:
    a, b = choose(chain, older, newer, lambda name: name)
    return a.root, b.root


@pytest.mark.parametrize(
    ("older", "newer", "roots"),
    [
        (None, None, ("fixup", "rfc-3")),
        ("v1", None, ("one", "rfc-3")),
        ("1", "2", ("one", "two")),
        ("V2", "v2.1", ("two", "fixup")),
        ("rfc1", "v1", ("rfc-1", "one")),
        ("rfc-v1", "RFC3", ("rfc-1", "rfc-3")),
        ("v1-rfc", "v3", ("rfc-1", "rfc-3")),
        ("v3", "v1", ("rfc-3", "one")),
        ("one", "two", ("one", "two")),
        ("one", "one-again", ("one", "one-again")),
    ],
)
def test_revisions_are_named_by_version_or_message_id(
    older: str | None, newer: str | None, roots: tuple[str, str]
) -> None:
    assert names(older, newer) == roots


def test_labels_can_be_used_as_names() -> None:
    labels = [choose(CHAIN, root, "fixup", lambda name: name)[0].label for root in ("rfc-1", "one", "two", "rfc-3")]
    assert labels == ["rfc1", "v1", "v2", "v3"]
    assert choose(CHAIN, "two", "two-again", lambda name: name)[1].label == "v2 (resent)"


def test_by_default_revisions_without_patches_are_skipped() -> None:
    assert names(None, None, (revision("one", 1), revision("two", 2), revision("pull", 3, patches=0))) == ("one", "two")


@pytest.mark.parametrize(
    ("older", "newer", "error", "message"),
    [
        ("v9", None, NotFoundError, "no v9; it has rfc1, v1, v2, v2.1, v3."),
        ("v3", None, InvalidInputError, "v3 cannot be compared with itself; name two of rfc1, v1, v2, v2.1, v3."),
        ("v2", "v2", InvalidInputError, "v2 cannot be compared with itself"),
        (
            "idea",
            "v1",
            InvalidInputError,
            "rfc1 (<idea>) has no patches to compare; use one of rfc1, v1, v2, v2.1, v3.",
        ),
        ("unrelated", "v1", NotFoundError, "<unrelated> belongs to another series"),
        ("rfc", "v2", InvalidInputError, "rfc names 2 versions: <rfc-1> of 1970-01-06, <rfc-3> of 1970-01-06."),
    ],
)
def test_an_unusable_pair_of_names_fails_with_a_reason(
    older: str, newer: str | None, error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as raised:
        names(older, newer)
    assert message in str(raised.value)


@pytest.mark.parametrize("chain", [CHAIN[2:3], CHAIN[:2], CHAIN[:1]])
def test_a_single_revision_can_not_be_compared(chain: tuple[RevisionRow, ...]) -> None:
    with pytest.raises(NotFoundError, match=r"nothing to compare: this series has (only v1|no patches)"):
        names(None, None, chain)


@pytest.mark.parametrize(
    ("counters", "numbers"),
    [
        (("1/3", "2/3", "3/3"), (1, 2, 3)),
        (("1/3", "2/3", "2.5/3", "3/3"), (1, 2, 4, 3)),
        (("0.5/3", "1/3", "2/3", "3/3"), (4, 1, 2, 3)),
        (("1/3", "2.5/3", "3/3", "4/3"), (1, 2, 3, 4)),
        (("1/3", "2/3", ""), (1, 2, 3)),
    ],
    ids=["plain", "between", "before", "behind", "a reroll without a number"],
)
def test_each_patch_has_a_number_of_its_own(counters: tuple[str, ...], numbers: tuple[int, ...]) -> None:
    raws = {f"two-{n}": mail(subject=f"[PATCH v2 {counter}] frob") for n, counter in enumerate(counters)}
    chosen = Chosen(revision("two", 2, patches=len(counters)), "two", "v2")
    assert tuple(patch.number for patch in side(chosen, list(raws), raws).patches) == numbers


def test_a_posting_that_was_sent_again_has_the_patches_of_its_version() -> None:
    again = Chosen(revision("two", 2, patches=2), "two-again", "v2")
    assert mails_of(again, ()) == ("two-0", "two-1")
