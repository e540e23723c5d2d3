"""What authors state about versions, and how predicted links are judged by it."""

from __future__ import annotations

import importlib
from pathlib import Path
from types import ModuleType

import pytest

from tests.support.mails import mail
from tests.support.paths import ROOT

LORE = "https://lore.kernel.org/all"


@pytest.fixture
def links(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(str(ROOT / "bench"))
    return importlib.import_module("stated_links")


def sent(name: str, subject: str, text: str = "", *, branch: str = "", below: str = "", by: str = "ann") -> bytes:
    body = f"Words.\n\n{text}\n{f'change-id: {branch}' if branch else ''}\n"
    return mail(
        message_id=f"{name}@x",
        subject=subject,
        sender=f"{by.title()} Author <{by}@example.org>",
        body=body,
        in_reply_to=f"{below}@x" if below else None,
    )


def verdict(links: ModuleType, tmp_path: Path, predicted: tuple[str, str], *mails: bytes) -> str:
    """How the link from one posting to another is judged."""
    stated = links.write_stripped(mails, tmp_path / "stripped.mbox")
    later, earlier = (f"{name}@x" for name in predicted)
    judged = links.judge({later: earlier}, stated, links.known_links(stated))
    for name in ("found", "missed", "wrong", "renamed"):
        if any(root == later for root, _ in getattr(judged, name)):
            return name
    return "not judged"


V1 = sent("one", "[PATCH 0/2] frob: mend it", branch="20230703-frob-0123456789ab")
PART = sent("part", "[PATCH 2/2] frob: oil it", below="one")
V1_OF_TWO = [V1, sent("first", "[PATCH 1/2] frob: wash it", below="one"), PART]
RFC = sent("one", "[RFC PATCH v3 0/2] frob: mend it", branch="20230703-frob-0123456789ab")
V2 = sent("second", "[PATCH v2 0/2] frob: mend it again")


@pytest.mark.parametrize(
    ("mails", "judged"),
    [
        # The author links to the posting, or to a patch of it, as the version before
        ([V1, sent("two", "[PATCH v2 0/2] frob", f"v1: {LORE}/one@x/")], "found"),
        ([V1, PART, sent("two", "[PATCH v2] frob: oil it", f"v1: {LORE}/part@x/")], "found"),
        ([V1, sent("two", "[PATCH v2 0/2] frob", branch="20230703-frob-0123456789ab")], "found"),
        # Two branches
        ([V1, sent("two", "[PATCH v2 0/2] knob", branch="20230801-knob-0123456789ab")], "wrong"),
        ([V1, sent("two", "[PATCH v2 0/2] frob: mend it", branch="20230801-frob-0123456789ab")], "renamed"),
        ([V1, sent("two", "[PATCH 0/2] frob: mend it", branch="20230801-frob-0123456789ab")], "wrong"),
        ([V1, sent("two", "[PATCH RESEND 0/2] frob: mend it", branch="20230801-frob-0123456789ab")], "renamed"),
        ([V1, sent("two", "[PATCH RESEND 0/2] knob: mend it", branch="20230801-frob-0123456789ab")], "wrong"),
        ([V1, sent("two", "[PATCH v2 0/2] frob: mend it", branch="20230801-frob-01", by="ben")], "wrong"),
        # … but the author links to it, if under another number
        ([V1, sent("two", "[PATCH v2 0/2] knob", f"v2: {LORE}/one@x/", branch="20230801-knob-01")], "not judged"),
        # … or without one, and does not say that it needs it
        ([V1, sent("two", "[PATCH v2 0/2] knob", f"[1] {LORE}/one@x/", branch="20230801-knob-01")], "not judged"),
        ([V1, sent("two", "[PATCH v2 0/2] knob", f"Depends on\n{LORE}/one@x/", branch="20230801-knob-01")], "wrong"),
        # … and it has half of the patches
        ([*V1_OF_TWO, sent("two", "[PATCH v2] frob: oil it", branch="20230801-oil-01")], "renamed"),
        ([*V1_OF_TWO, sent("two", "[PATCH v2] frob: oil it", branch="20230801-oil-01", by="ben")], "wrong"),
        ([*V1_OF_TWO, sent("two", "[PATCH] frob: oil it", branch="20230801-oil-01")], "wrong"),
        ([*V1_OF_TWO, sent("two", "[PATCH v2] frob: grease it", branch="20230801-oil-01")], "wrong"),
        # … and it was an RFC
        ([RFC, sent("two", "[PATCH 0/2] frob: mend it", branch="20230801-frob-01")], "renamed"),
        # The author links to it as an earlier version; to two, under two numbers; below the words
        ([V1, V2, sent("two", "[PATCH v3 0/2] knob", f"v2: {LORE}/one@x/\nv2: {LORE}/second@x/")], "found"),
        ([V1, sent("two", "[PATCH v2 0/2] knob", f"- Link to v1:\n  {LORE}/one@x/")], "found"),
        ([V1, sent("two", "[PATCH v2 0/2] knob", f"This depends on v1: {LORE}/one@x/")], "not judged"),
        # Nothing is stated
        ([V1, sent("two", "[PATCH v2 0/2] knob")], "not judged"),
    ],
)
def test_how_a_link_is_judged(links: ModuleType, tmp_path: Path, mails: list[bytes], judged: str) -> None:
    assert verdict(links, tmp_path, ("two", "one"), *mails) == judged


def test_another_posting_than_the_stated_one_is_wrong(links: ModuleType, tmp_path: Path) -> None:
    other = sent("other", "[PATCH] knob: turn it")
    second = sent("two", "[PATCH v2 0/2] frob", f"v1: {LORE}/one@x/")
    assert verdict(links, tmp_path, ("two", "other"), V1, other, second) == "wrong"


def test_the_first_patch_is_the_root_of_a_posting_without_a_cover_letter_in_any_thread(
    links: ModuleType, tmp_path: Path
) -> None:
    first = sent("first", "[PATCH v2 1/2] frob: mend it", below="one")
    second = sent("second", "[PATCH v2 2/2] frob: oil it", below="first")
    stated = links.write_stripped([V1, PART, first, second], tmp_path / "stripped.mbox")
    assert set(stated) == {"one@x", "first@x"}
    third = sent("third", "[PATCH v3] frob: oil it", f"v2: {LORE}/second@x/")
    assert verdict(links, tmp_path, ("third", "first"), V1, PART, first, second, third) == "found"


def test_patches_in_other_threads_are_those_of_the_cover_letter_that_was_sent_within_minutes(
    links: ModuleType, tmp_path: Path
) -> None:
    loose = [sent("first", "[PATCH 1/2] frob: wash it"), sent("last", "[PATCH 2/2] frob: oil it")]
    stated = links.write_stripped([V1, *loose], tmp_path / "stripped.mbox")
    assert {root: one.patches for root, one in stated.items()} == {"one@x": {"frob: wash it", "frob: oil it"}}
    another = sent("another", "[PATCH 0/2] knob: turn it")
    for cover in (another, V1.replace(b"10:00:00", b"11:00:00")):
        others = [V1, another] if cover is another else [cover]
        stated = links.write_stripped([*others, *loose], tmp_path / "stripped.mbox")
        assert "first@x" in stated
