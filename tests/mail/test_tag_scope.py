"""The words with which people limit their tags, and similar words that do not."""

from __future__ import annotations

from time import process_time

import pytest

from patchwatch.mail.message import Person
from patchwatch.mail.tag_scope import TagScope, parse_scope, scope_in_sentence, split_scope
from patchwatch.mail.trailers import of_patch, of_reply

RITA = Person("Rita Reviewer", "rita@example.com")
TAG = "Acked-by: Rita Reviewer <rita@example.com>"

MEANINGS: dict[str, TagScope | None] = {
    "patches 1-3": TagScope(numbers=((1, 3),)),
    "for patch 2": TagScope(numbers=((2, 2),)),
    "patches 1, 2 and 4": TagScope(numbers=((1, 1), (2, 2), (4, 4))),
    "for patches 1 to 3 and 6": TagScope(numbers=((1, 3), (6, 6))),
    "for 2/5": TagScope(numbers=((2, 2),)),
    "1/5 and 2/5": TagScope(numbers=((1, 1), (2, 2))),
    "for 1-3": TagScope(numbers=((1, 3),)),
    "#2": TagScope(numbers=((2, 2),)),
    "patch 3 only": TagScope(numbers=((3, 3),)),
    "the second patch": TagScope(numbers=((2, 2),)),
    "the first three patches": TagScope(first=3),
    "the last 2 patches": TagScope(last=2),
    "for the series": TagScope(whole=True),
    "the whole patchset": TagScope(whole=True),
    "both patches": TagScope(whole=True),
    "the 4 patches": TagScope(count=4),
    "all four patches": TagScope(count=4),
    "this patch": TagScope(this=True),
    "v2": TagScope(version=2),
    "the series except patch 4": TagScope(whole=True, excepted=TagScope(numbers=((4, 4),))),
    "for the whole series (apart from 3/5)": TagScope(whole=True, excepted=TagScope(numbers=((3, 3),))),
    "for the series, modulo patch 3": TagScope(whole=True, excepted=TagScope(numbers=((3, 3),))),
    "all but 4/7": TagScope(whole=True, excepted=TagScope(numbers=((4, 4),))),
    "except patch 4": TagScope(whole=True, excepted=TagScope(numbers=((4, 4),))),
    "patches 1-5 except 3": TagScope(numbers=((1, 5),), excepted=TagScope(numbers=((3, 3),))),
    "the series, modulo the nits": TagScope(whole=True),
    "for the io_uring bits": TagScope(name="io_uring"),
    "vhost and VIRTIO-related parts": TagScope(name="vhost, VIRTIO"),
    "the block related parts": TagScope(name="block"),
    "the frob part of this series": TagScope(name="frob"),
    "for frob/": TagScope(name="frob/"),
    "mm": TagScope(name="mm"),
    "drivers/pci/": TagScope(name="drivers/pci/"),
    "memory tiers": TagScope(name="memory tiers"),
    "for the rest": TagScope(name="the rest"),
    "64": None,
    "v6.1+": None,
    "on arm64": None,
    "to me": None,
    "with the typo fixed": None,
    "build only": None,
    "minor nits": None,
    "the new code": None,
    "the record": None,
    "x " * 200: None,
    "": None,
}


@pytest.mark.parametrize("words", MEANINGS)
def test_parse_scope(words: str) -> None:
    assert parse_scope(words) == MEANINGS[words]


@pytest.mark.parametrize(
    ("value", "scope"),
    [
        ("R <r@x.org> # for the io_uring bits", "for the io_uring bits"),
        ("R <r@x.org> # mm", "mm"),
        ("R <r@x.org>\t#drivers/pci/", "drivers/pci/"),
        ("R <r@x.org> (for patches 1-3)", "for patches 1-3"),
        ("R <r@x.org> [for mm]", "for mm"),
        ("R <r@x.org> (mm)", "mm"),
        ("R <r@x.org> (v1)", "v1"),
        ("R <r@x.org> for 2/5", "for 2/5"),
        ("R <r@x.org>, except patch 4", "except patch 4"),
        ("r@x.org for patches 2..4", "for patches 2..4"),
    ],
)
def test_scope_after_a_tag(value: str, scope: str) -> None:
    assert split_scope(value) == (value[: value.index("org") + 3] + (">" if "<" in value else ""), scope)


@pytest.mark.parametrize(
    "value", ["R <r@x.org>", "R <r@x.org> (Red Hat)", "R <r@x.org> with the nit fixed", "R (Example) <r@x.org>", "me"]
)
def test_other_words_after_a_tag_stay_in_the_value(value: str) -> None:
    assert split_scope(value) == (value, "")


def test_comment_without_scope_is_removed() -> None:
    assert split_scope("R <r@x.org> # tested on a laptop") == ("R <r@x.org>", "")


LIMITING = {
    "For patches 1-3:": "For patches 1-3",
    "For the frob bits, as Mia will take this:": "For the frob bits",
    "For the HID changes (they don't conflict with our branch):": "For the HID changes",
    "For KVM:": "For KVM",
    "Thanks, the drivers/frob bits look good to me:": "the drivers/frob bits",
    "The frob bits look sane to me - with a minor nit about the order.": "The frob bits",
    "vhost and virtio parts:": "vhost and virtio parts",
    ":) For the 4 patches:": "For the 4 patches",
    "LGTM, for 1/3 and 2/3:": "for 1/3 and 2/3",
    "Feel free to add to patches 1-3:": "to patches 1-3",
    "You can add my Reviewed-by to patches 2 and 3.": "to patches 2 and 3",
    "patches 1, 2 and 4 are": "patches 1, 2 and 4",
    "Patch 2 looks good.": "Patch 2",
    "I have reviewed patches 1 to 3, and they look sane.": "patches 1 to 3",
    "All patches but 4/7 look good.": "All patches but 4/7",
    "For the series except patch 2,": "For the series except patch 2",
}


@pytest.mark.parametrize("sentence", LIMITING)
def test_scope_in_a_sentence_above_a_tag(sentence: str) -> None:
    assert scope_in_sentence(sentence) == LIMITING[sentence]


@pytest.mark.parametrize(
    "sentence",
    [
        "For the record, I don't like it.",
        "For what it's worth,",
        "For now,",
        "For my part:",
        "For the patch,",
        "To be clear:",
        "Thanks for catching this up.",
        "Thanks for the frob bits:",
        "With the fix for patch 2 folded in:",
        "With my comments on patch 2 addressed:",
        "I'll wait for patch 3.",
        "The swappiness part seems a bit awkward.",
        "The locking looks good to me.",
        "The selftest changes look good to me.",
        "The rest looks good.",
        "One nit for patch 3:",
        "Is that for patches 1-3?",
        "Nit:",
    ],
)
def test_sentences_without_a_scope(sentence: str) -> None:
    assert scope_in_sentence(sentence) == ""


@pytest.mark.parametrize(
    ("text", "scope"),
    [
        (f"For the frob bits:\n\n{TAG}\n", "For the frob bits"),
        (f"Nice.\n\nPatches 1-3 look good to me. Feel free to add:\n\n  {TAG}\n", "Patches 1-3"),
        (f"For patches 1-3, this is fine:\n\nFeel free to add:\n\n{TAG}\n", "For patches 1-3"),
        (f"{TAG}\nfor patches 1-3.\n", "for patches 1-3"),
        (f"{TAG}\n(for the frob parts)\n", "for the frob parts"),
        (f"{TAG}\n\n(patches 1 and 2 only)\n", "patches 1 and 2 only"),
        (f"{TAG}\n[patches 2-4]\n", "patches 2-4"),
        (f"{TAG}\n\n(for the series)\n", "for the series"),
        (f"{TAG}\n\n(see the thread for patch 2)\n", ""),
        (f"{TAG}\n\nfor patch 2 I have a question.\n", ""),
        (f"For patch 3: why?\n\nThe rest is fine.\n\n{TAG}\n", ""),
        (f"Why for patch 3?\n\n{TAG}\n\nFor patch 2 I have a question.\n", ""),
        (TAG, ""),
    ],
)
def test_scope_near_a_tag(text: str, scope: str) -> None:
    assert [tag.scope for tag in of_reply(text, RITA)] == [scope]


def test_consecutive_tags_share_a_scope() -> None:
    tested = "Tested-by: Rita Reviewer <rita@example.com>"
    reviewed = "Reviewed-by: Rita Reviewer <rita@example.com>"
    words = f"For patch 1:\n{reviewed}\n\nFor patches 2-3:\n{TAG}\n{tested}\n"
    assert [tag.scope for tag in of_reply(words, RITA)] == ["For patch 1", "For patches 2-3", "For patches 2-3"]
    below = f"{reviewed}\nfor patch 1.\n\n{tested}\n"
    assert [tag.scope for tag in of_reply(below, RITA)] == ["for patch 1", ""]


def test_tags_of_a_patch_have_scopes() -> None:
    (tag,) = of_patch(f"Why.\n\n{TAG} # drivers/pci/\n")
    assert (tag.value, tag.scope) == ("Rita Reviewer <rita@example.com>", "drivers/pci/")


def test_hostile_text_is_parsed_quickly() -> None:
    begun = process_time()
    for text in ("for " * 100, "patches " + "1," * 200, "add again and " * 30, "(" * 400, "1 - 1 - " * 50):
        scope_in_sentence(text)
        parse_scope(text)
        split_scope(f"R <r@x.org> # {text}")
    of_reply(f"{TAG}\n" * 20_000, RITA)
    of_reply(f"{TAG}\n\nfor patches 1-3 and so on\n" * 10_000, RITA)
    assert process_time() - begun < 3
