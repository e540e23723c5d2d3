"""What a posting states about its earlier versions."""

from __future__ import annotations

from time import process_time

import pytest

from patchwatch.mail.message import EarlierLink
from patchwatch.mail.version_hints import base_commit, change_id, earlier_links, links

LORE = "https://lore.kernel.org"
OLD = "20230701.1-ann@example.org"


@pytest.mark.parametrize(
    ("text", "version"),
    [
        (f"v1: {LORE}/netdev/{OLD}/", 1),
        (f"- Link to v1: {LORE}/r/{OLD}", 1),
        (f"V3: {LORE}/all/{OLD}/T/#t", 3),
        (f"v2 ({LORE}/lkml/{OLD}/)", 2),
        (f"Link: {LORE}/r/{OLD} [v1]", 1),
        (f"Changes since v4:\n- better\n\nv4:\n  {LORE}/all/{OLD}/", 4),
        (f"Changes in v3:\n{LORE}/all/{OLD}/", 3),
        (f"Previous version: https://patch.msgid.link/{OLD}", None),
        (f"RFC: https://lkml.kernel.org/r/{OLD}", None),
        (f"v1 -> v2: {LORE}/all/{OLD}/", None),
        (
            f"This was posted before [1].\n\nThe first version is at [2].\n\n[1] {LORE}/r/other@x\n[2] {LORE}/r/{OLD}",
            None,
        ),
        (f"Changes since v3 [1]:\n- better\n\n[1]: {LORE}/r/{OLD}", 3),
        (f"Supersedes: <{OLD}>\nmessage-id: <{OLD}>", None),
        (f"v1: {LORE}/all/{OLD.replace('@', '%40')}/", 1),
        (f"Supersedes v1, message-id: <{OLD}>", 1),
        (f"Follow-up of v1: {LORE}/r/{OLD}", 1),
        (f"This is a follow-up to v2 [1].\n\n[1] {LORE}/r/{OLD}", 2),
        (f"This follows up on my v1: {LORE}/all/{OLD}/", 1),
    ],
)
def test_links_to_earlier_versions(text: str, version: int | None) -> None:
    assert earlier_links(text) == (EarlierLink(OLD, version),)


@pytest.mark.parametrize(
    "text",
    [
        f"Closes: {LORE}/r/{OLD}",
        f"Reported by the robot:\n{LORE}/all/{OLD}/",
        f"This depends on {LORE}/all/{OLD}/",
        f"Applies on top of v3 of the frob series: {LORE}/all/{OLD}/",
        f"This is based on the latest tree along with the\nsafe series [1].\n\nLink: {LORE}/{OLD}",
        f"See also the earlier talk: {LORE}/all/{OLD}/",
        f"Follow-up of {LORE}/all/{OLD}/",
        f"This is a follow-up to the v1 of Rex: {LORE}/all/{OLD}/",
        f"Cc: ann@example.org\nhttps://example.org/{OLD}",
        "No link at all, v1.",
        f"v1: {LORE}/netdev/",
    ],
)
def test_links_to_other_things(text: str) -> None:
    assert earlier_links(text) == ()


def test_versions_of_files_and_kernels_are_ignored() -> None:
    assert earlier_links(f"in gic-v3.c: {LORE}/r/{OLD}") == ()


def test_changelog_with_a_link_per_version() -> None:
    text = f"v3: {LORE}/r/c@x\nv2: {LORE}/r/b@x\nv1: {LORE}/r/a@x\nv1: {LORE}/r/a@x\n"
    assert earlier_links(text) == (EarlierLink("c@x", 3), EarlierLink("b@x", 2), EarlierLink("a@x", 1))


def test_line_with_thousands_of_links_is_parsed_quickly() -> None:
    begun = process_time()
    earlier_links(f"v1 {LORE}/r/{OLD} " * 20_000)
    assert process_time() - begun < 2


def test_links_in_order() -> None:
    assert links(f"See {LORE}/r/a@x, {LORE}/lkml/b%40x/#t, https://patch.msgid.link/c@x. {LORE}/r/a@x") == (
        "a@x",
        "b@x",
        "c@x",
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("---\nbase-commit: 1234\nchange-id: 20230703-frob-1a2b3c\n", "20230703-frob-1a2b3c"),
        ("X-Change-ID: 20230703-frob-1a2b3c\n", "20230703-frob-1a2b3c"),
        ("Change-Id: I0123456789abcdef0123456789abcdef01234567\n", ""),
        ("the change-id: is here\n", ""),
        ("Why.\n", ""),
    ],
)
def test_change_id_of_b4_but_not_of_gerrit(text: str, found: str) -> None:
    assert change_id(text) == found


def test_base_commit_from_format_patch() -> None:
    assert (
        base_commit("---\nbase-commit: 0123456789abcdef0123456789abcdef01234567\n")
        == "0123456789abcdef0123456789abcdef01234567"
    )
    assert base_commit("base-commit: next-20230703\n") == ""
