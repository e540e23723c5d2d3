"""Changelogs in the forms that authors write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.changelog import Version, changelog, entries

V1, V2, V3 = Version(1), Version(2), Version(3)
RFC1, RFC2 = Version(1, rfc=True), Version(2, rfc=True)


def texts(words: str, since: Version = V2, to: Version = V3) -> list[str]:
    return [found.text for found in changelog(words, since, to)]


@pytest.mark.parametrize(
    "heading",
    [
        "Changes in v3:",
        "Changes in V3",
        "Changes since v2:",
        "Changes since v2 (https://lore.kernel.org/r/2@example.org):",
        "Changes since v2 [1]:",
        "Changes since V2 <2@example.org>:",
        "Change since v2:",
        "Changes from v2:",
        "Changes from v2 to v3:",
        "Changes from PATCH v2 -> v3:",
        "Changes for v3:",
        "Changes v3:",
        "Changes compared to v2:",
        "Changes since the last version:",
        "Changes since previous version:",
        "Changelog since v2:",
        "Changelog v3:",
        "ChangeLog v2->v3:",
        "Change log v2 -> v3",
        "Update from V2",
        "Differences from v2:",
        "Since v2:",
        "+ Since v2:",
        "v2 -> v3:",
        "v2->v3:",
        "V2 => V3:",
        "v2..v3:",
        "v2 to v3:",
        "v2 → v3:",
        "v2[4] -> v3:",
        "v3:",
        "V3:",
        "- v3:",
        "-v3:",
        "* v3:",
        "[v3]",
        "v3 changes:",
        "v3 (Ann):",
        "Version 3:",
        "=== v3 ===",
        "Changelog:",
        "[CHANGELOG]",
    ],
)
def test_headings_of_changelogs(heading: str) -> None:
    words = f"Free it once.\n\n{heading}\n- free it once\n- rebase\n\nThanks,\nAnn\n"
    assert texts(words) == ["- free it once\n- rebase"]


@pytest.mark.parametrize(
    "line",
    [
        "v3: free it once",
        "v3 - free it once",
        "v2 -> v3: free it once",
        "Changes in v3: free it once",
        " v3: free it once",
        "v3 (Ann): free it once",
    ],
)
def test_a_change_on_the_line_of_its_heading(line: str) -> None:
    assert texts(f"Signed-off-by: A <a@example.org>\n{line}\n") == ["free it once"]


@pytest.mark.parametrize(
    "words",
    [
        "Changes since v2 are small.",
        "There is a thing in v3: nothing.",
        "It is as cgroup\nv3: has it.",
        "v3: https://lore.kernel.org/r/3@example.org/",
        "Link to v3: https://lore.kernel.org/r/3@example.org",
        "Changes:\n- the socket is freed once",
        "v3 of this patch\nfrees it once",
        "[v3] https://lore.kernel.org/r/3@example.org/\n[v2] https://lore.kernel.org/r/2@example.org/",
        "",
    ],
)
def test_other_text_is_not_a_changelog(words: str) -> None:
    assert texts(words) == []


HISTORY = """\
Changelog
v3:
 - three
   goes on
v2: https://lore.kernel.org/r/2@example.org
 - two

 - two again
Changes since v1:
------------------
 - one

Next a paragraph of prose.
"""


@pytest.mark.parametrize(
    ("since", "to", "found"),
    [
        (V2, V3, ["- three\n  goes on"]),
        (Version(3), Version(4), []),
        (V1, V2, ["- two\n\n- two again", "- one"]),
        (V1, V3, ["- three\n  goes on", "- two\n\n- two again", "- one"]),
    ],
)
def test_only_the_versions_after_the_older_one_count(since: Version, to: Version, found: list[str]) -> None:
    assert texts(HISTORY, since, to) == found


@pytest.mark.parametrize(
    ("heading", "since", "to", "counts"),
    [
        ("Changes since RFC:", RFC1, V1, True),
        ("Changes since RFC[1]:", RFC2, V1, True),
        ("Changes since RFC:", V1, V2, False),
        ("RFC -> v1:", RFC1, V1, True),
        ("Changes from RFC v1 -> RFC v2:", RFC1, RFC2, True),
        ("Changes from RFC v1 -> RFC v2:", RFC2, V1, False),
        ("RFC v2:", RFC1, V3, True),
        ("v2:", RFC1, V2, True),
        ("v2:", RFC2, V3, False),  # the numbers went on
        ("v1:", RFC2, V1, True),  # the numbers began anew
        ("v5.1:", Version(5), Version(5, 1), True),
        ("Changes since v5:", Version(5), Version(5, 1), True),
        ("Changes since v5.1:", Version(5, 1), Version(6), True),
    ],
)
def test_rfcs_and_minor_versions(heading: str, since: Version, to: Version, counts: bool) -> None:
    assert texts(f"{heading}\n- a change\n", since, to) == (["- a change"] if counts else [])


@pytest.mark.parametrize(
    "end",
    [
        "---",
        "base-commit: 123",
        "Signed-off-by: A <a@b>",
        "Link to v2: https://x",
        "\nAnn Author (3):",
        "\nThanks",
        "\n drivers/frob.c | 12 ++++++------",
        "\n .../{old => new}/frob.bin      | Bin 0 -> 12 bytes",
    ],
)
def test_where_a_changelog_ends(end: str) -> None:
    assert texts(f"v3:\n- one\n\n- two\n{end}\n- other\n") == ["- one\n\n- two"]


def test_parts_by_patch_belong_to_the_changelog() -> None:
    assert texts("v3:\n\nPatch 1:\n- one\n\nPatch 2/3:\n- two\n\nTests:\n- none\n") == [
        "Patch 1:\n- one\n\nPatch 2/3:\n- two"
    ]


@pytest.mark.parametrize(
    ("line", "heading"),
    [
        ("Since v2 [4]:", "Since v2 [4]"),
        ("[v3]", "v3"),
        ("* v3 (Ann):", "v3"),
        ("Changes in v3 (https://x):", "Changes in v3"),
    ],
)
def test_a_heading_is_shown_as_written_without_decoration(line: str, heading: str) -> None:
    assert [found.heading for found in changelog(f"{line}\n- x\n", V2, V3)] == [heading]


@given(
    st.lists(st.sampled_from(["v3:", "v2 -> v3", "- x", "", "RFC", "Changelog:", "-----", "[", "v" * 300, "(" * 90]))
)
def test_no_text_raises(lines: list[str]) -> None:
    changelog("\n".join(lines), V1, V3)


@pytest.mark.parametrize(
    ("words", "version", "expected"),
    [
        ("Changes in v3:\n- rename it (Rita)\n- take the lock\n  earlier\n\nChanges in v2:\n- a\n", 3, 2),
        ("v1 -> v2:\n * a\n * b\n", 2, 2),
        ("Changes since RFC:\n- x\n", 1, 1),
        ("Changes in v2:\n- a\n", 1, 0),
        ("Changelog:\n- a\n- b\n", 2, 2),
        ("Take the lock.\n", 2, 0),
        ("Changes in v2:\n" + "- a\n" * 500, 2, 60),
    ],
)
def test_entries_of_the_newest_version(words: str, version: int, expected: int) -> None:
    found = entries(words, Version(version))
    assert len(found) == expected
    assert all(len(entry) <= 240 and "\n" not in entry for entry in found)
