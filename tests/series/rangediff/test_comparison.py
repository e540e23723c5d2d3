"""Two revisions compared: which patch is which, and what differs."""

from __future__ import annotations

import itertools
import os
import re
import subprocess
from collections.abc import Sequence
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from patchwatch.mail.changelog import Version
from patchwatch.mail.patch import Patch, read_patch
from patchwatch.series.rangediff.assignment import best_pairs
from patchwatch.series.rangediff.comparison import Comparison, Pair, Side, compare
from patchwatch.series.rangediff.rows import Row, diff_lines, difference
from tests.support.mails import mail

# Bodies of functions: lines that two patches hardly share by chance.
FROB = ["int frob_device(void)", "{", "\tfrob_prepare(device);", "\tfrob_enable(device);", "\treturn frob_status;", "}"]
QUUX = ["int quux_socket(void)", "{", "\tquux_open(socket);", "\tquux_listen(socket);", "\treturn quux_state;", "}"]
XYZZY = ["int xyzzy_page(void)", "{", "\txyzzy_map(page);", "\txyzzy_touch(page);", "\treturn xyzzy_count;", "}"]


def hunk(lines: Sequence[str], at: int = 1, function: str = "") -> str:
    """A hunk of lines with their markers."""
    old = sum(one[0] != "+" for one in lines)
    new = sum(one[0] != "-" for one in lines)
    return f"@@ -{at},{old} +{at},{new} @@ {function}".rstrip() + "\n" + "".join(f"{one}\n" for one in lines)


def change(path: str, *hunks: str) -> str:
    return f"diff --git a/{path} b/{path}\n--- a/{path}\n+++ b/{path}\n{''.join(hunks)}"


def adding(path: str, lines: Sequence[str], *, context: str = "/* end */", at: int = 1) -> str:
    return change(path, hunk([*(f"+{one}" for one in lines), f" {context}"], at))


def patch(title: str, diff: str, *, message: str = "Why.", tags: str = "", notes: str = "", number: int = 1) -> Patch:
    body = f"{message}\n\n{tags}Signed-off-by: Ann Author <ann@example.org>\n---\n{notes}\n{diff}-- \n2.43.0\n"
    found = read_patch(mail(message_id=f"{number}@example.org", subject=f"[PATCH {number}/9] {title}", body=body))
    assert not found.diff.damaged
    return found


def side(*patches: tuple[str, str] | Patch, version: int = 1, expected: int | None = None, cover: str = "") -> Side:
    made = [one if isinstance(one, Patch) else patch(*one, number=n) for n, one in enumerate(patches, 1)]
    return Side(
        label=f"v{version}",
        version=Version(version),
        message_id=f"{version}@example.org",
        subject=f"[PATCH v{version} 0/{len(made)}] net: x",
        date=version,
        expected=len(made) if expected is None else expected,
        cover=cover,
        patches=tuple(made),
    )


def outcome(found: Comparison) -> list[str]:
    """`1 = 1`, `- > 2`: who is who, in order."""
    return [f"{p.older.number if p.older else '-'} {p.mark} {p.newer.number if p.newer else '-'}" for p in found.pairs]


def only(found: Comparison) -> Pair:
    (one,) = found.pairs
    return one


def rows(lines: str) -> list[Row]:
    """Rows written as they are shown: outer marker, inner marker, text."""
    return [Row(one[0], one[1], one[2:]) for one in lines.strip("\n").split("\n")]  # type: ignore[arg-type]


# ---- which patch is which ------------------------------------------------------------------------------------------


def test_line_numbers_do_not_count() -> None:
    found = compare(side(("a", adding("f.c", FROB))), side(("a", adding("f.c", FROB, at=900)), version=2))
    assert outcome(found) == ["1 = 1"]
    assert only(found).words() == ("equal",)
    assert found.equal


def test_an_equal_patch_matches_with_another_title_and_number() -> None:
    v1 = side(("frob", adding("f.c", FROB)), ("quux", adding("q.c", QUUX)), ("xyzzy", adding("x.c", XYZZY)))
    v2 = side(("xyzzy", adding("x.c", XYZZY)), ("frob it", adding("f.c", FROB)), ("quux", adding("q.c", QUUX)))
    found = compare(v1, v2)
    assert outcome(found) == ["3 = 1", "1 ! 2", "2 = 3"]
    assert [one.moved for one in found.pairs] == [True, False, False]
    assert found.pairs[1].words() == ("same diff", "renamed")
    assert not found.equal


def test_a_rewritten_patch_with_the_same_title_matches() -> None:
    v1 = side(("net: frob", adding("f.c", FROB)), ("net: quux", adding("q.c", QUUX)))
    v2 = side(("net: quux", adding("q.c", QUUX)), ("net: frob", adding("x.c", XYZZY)), version=2)
    assert outcome(compare(v1, v2)) == ["2 = 1", "1 ! 2"]


def test_a_renamed_and_changed_patch_matches_by_its_diff() -> None:
    v1 = side(("net: frob", adding("f.c", FROB)), ("net: quux", adding("q.c", QUUX)))
    v2 = side(("socket: open it", adding("q.c", [*QUUX, "/* */"])), ("device: x", adding("f.c", FROB[:-1])), version=2)
    assert outcome(compare(v1, v2)) == ["2 ! 1", "1 ! 2"]


def test_a_small_rewritten_patch_with_a_similar_title_matches() -> None:
    v1 = side(("cpu: deprecation warning for old_knob", adding("f.c", ["\tpr_warn(old);"])), ("x", adding("q.c", QUUX)))
    v2 = side(
        ("cpu: deprecation message for old_knob", adding("f.c", ["\tprint_it();"])),
        ("x", adding("q.c", QUUX)),
        version=2,
    )
    assert outcome(compare(v1, v2)) == ["1 ! 1", "2 = 2"]


def test_two_single_patches_match() -> None:
    found = compare(side(("frob", adding("f.c", FROB))), side(("quux", adding("q.c", QUUX)), version=2))
    assert outcome(found) == ["1 ! 1"]


def test_different_patches_are_dropped_and_new() -> None:
    v1 = side(("frob", adding("f.c", FROB)), ("quux", adding("q.c", QUUX)))
    v2 = side(("frob", adding("f.c", FROB)), ("xyzzy", adding("x.c", XYZZY)), version=2)
    found = compare(v1, v2)
    assert outcome(found) == ["1 = 1", "2 < -", "- > 2"]
    assert [one.words() for one in found.pairs[1:]] == [("dropped",), ("new",)]


def test_of_equal_diffs_the_one_with_the_same_title_matches() -> None:
    diff = adding("f.c", FROB)
    found = compare(side(("a", diff), ("b", diff)), side(("b", diff), ("a", diff), version=2))
    assert outcome(found) == ["2 = 1", "1 = 2"]


def test_nothing_is_dropped_if_patches_have_not_arrived() -> None:
    v1 = side(("frob", adding("f.c", FROB)), ("quux", adding("q.c", QUUX)))
    v2 = side(("frob", adding("f.c", FROB)), version=2, expected=2)
    assert [one.state for one in compare(v1, v2).pairs] == ["equal", "not-seen"]
    assert [one.state for one in compare(v2, v1).pairs] == ["equal", "not-seen"]


def test_a_patch_that_was_split() -> None:
    v1 = side(("frob and quux", change("f.c", hunk([f"+{one}" for one in FROB + QUUX]))))
    v2 = side(("frob", adding("f.c", FROB)), ("quux", adding("f.c", QUUX)), version=2)
    found = compare(v1, v2)
    new = next(one for one in found.pairs if one.mark == ">")
    assert new.words() == ("split from 1",)


def test_a_patch_that_was_merged_into_another() -> None:
    v1 = side(("frob", adding("f.c", FROB)), ("quux", adding("f.c", QUUX)))
    v2 = side(("frob", change("f.c", hunk([f"+{one}" for one in FROB + QUUX]))), version=2)
    found = compare(v1, v2)
    assert outcome(found) == ["1 ! 1", "2 < -"]
    assert found.pairs[1].words() == ("merged into 1",)


def test_lines_of_a_counterpart_are_not_from_another_patch() -> None:
    v1 = side(("frob", adding("f.c", FROB)), ("xyzzy", adding("x.c", XYZZY)))
    v2 = side(("frob", adding("f.c", FROB)), ("xyzzy", adding("x.c", XYZZY)), ("more", adding("g.c", FROB)), version=2)
    assert compare(v1, v2).pairs[2].words() == ("new",)


# ---- what differs --------------------------------------------------------------------------------------------------


def test_rows_have_two_markers_and_a_heading_with_the_place() -> None:
    old = hunk([" \tlock();", "-\told();", "+\tnew(1);", " \tunlock();"], 7, "int f(void)")
    new = hunk([" \tlock();", "-\told();", "+\tnew(2);", " \tunlock();"], 70, "int f(void)")
    found = compare(side(("a", change("f.c", old))), side(("a", change("f.c", new)), version=2))
    assert only(found).words() == ("diff changed +1 -1",)
    assert list(only(found).diff.rows) == [
        Row("@", "@", "f.c: int f(void)"),
        *rows("  \tlock();\n -\told();\n-+\tnew(1);\n++\tnew(2);\n  \tunlock();"),
    ]


def test_a_rebase_has_no_rows() -> None:
    v1 = side(("a", adding("f.c", FROB, context="/* before */")))
    v2 = side(("a", adding("f.c", FROB, context="/* after */", at=40)), version=2)
    one = only(compare(v1, v2))
    assert (one.mark, one.words()) == ("!", ("rebased: only context changed",))
    assert (one.diff.rows, one.diff.context_only) == ((), 1)


def test_function_names_of_hunks_do_not_count() -> None:
    v1, v2 = (
        side(("a", change("f.c", hunk([" x", "+\tfrob_device();"], 1, name))), version=n)
        for n, name in enumerate(("int f(void)", "int g(void)"), 1)
    )
    assert only(compare(v1, v2)).mark == "="


def test_a_change_of_white_space_is_named() -> None:
    v1 = side(("a", adding("f.c", FROB)))
    v2 = side(("a", adding("f.c", [one.replace("\t", "    ") for one in FROB])), version=2)
    one = only(compare(v1, v2))
    assert (one.mark, one.words()[0]) == ("!", "equal apart from white space")
    assert len(one.diff.rows) > 0


def test_lines_of_different_files_are_not_mixed() -> None:
    v1 = side(("a", change("f.c", hunk([" {", "+\tfrob_device();", " }"]))))
    v2 = side(("a", change("g.c", hunk([" {", "+\tquux_socket();", " }"]))), version=2)
    shown = [(row.outer, row.text) for row in only(compare(v1, v2)).diff.rows if row.inner == "#"]
    assert shown == [("-", "f.c"), ("+", "g.c")]


def test_context_from_another_file_is_not_shown() -> None:
    f = change("f.c", hunk(["+\tfrob_device();", " }"]))
    g = change("g.c", hunk(["+\tquux_socket();", " }"]))
    h = change("h.c", hunk(["+\txyzzy_page();", " }"]))
    found = compare(side(("a", f + h)), side(("a", f + g + h), version=2))
    assert list(only(found).diff.rows) == rows("+#g.c\n+@\n++\tquux_socket();\n+ }")


def test_a_binary_file_with_other_content_is_changed() -> None:
    text = "diff --git a/x.bin b/x.bin\nindex 1111111..{} 100644\nBinary files a/x.bin and b/x.bin differ\n"
    v1, v2 = (side(("a", text.format(name)), version=n) for n, name in enumerate(("2222222", "3333333"), 1))
    assert only(compare(v1, v2)).words() == ("diff changed +1 -1",)
    assert only(compare(v1, v1)).mark == "="


def test_message_title_author_and_tags_are_compared_separately() -> None:
    v1 = side(patch("net: frob", adding("f.c", FROB), message="Frob.\n\nOnce.", tags="Cc: b@example.org\n"))
    v2 = side(
        patch("net: frob it", adding("f.c", FROB), message="Frob.\n\nTwice.", tags="Acked-by: B <b@example.org>\n"),
        version=2,
    )
    one = only(compare(v1, v2))
    assert (one.mark, one.state) == ("!", "equal")
    assert one.words() == ("same diff", "renamed", "commit message changed", "tags +1 -1")
    assert list(one.message.rows) == rows("  Frob.\n  \n- Once.\n+ Twice.")
    assert [tag.name for tag in one.gained] == ["Acked-by"]
    assert [tag.name for tag in one.lost] == ["Cc"]


def test_a_rewrapped_message_has_no_rows() -> None:
    v1 = side(patch("a", adding("f.c", FROB), message="Frob the\ndevice once."))
    v2 = side(patch("a", adding("f.c", FROB), message="Frob the device\nonce."), version=2)
    one = only(compare(v1, v2))
    assert (one.words(), one.message.rows) == (("same diff", "commit message rewrapped"), ())


def test_a_diff_can_be_too_large() -> None:
    old, new = (
        diff_lines(read_patch(mail(body=adding("t.c", [f"{n:x} {k}" for k in range(250_000)]))).diff.files)
        for n in (1, 2)
    )
    found = difference(old, new)
    assert (found.rows, found.too_large) == ((), True)


def test_rows_beyond_the_limit_are_counted() -> None:
    old, new = (
        diff_lines(read_patch(mail(body=adding("t.c", [f"{n:x} {k}" for k in range(9_000)]))).diff.files)
        for n in (1, 2)
    )
    found = difference(old, new)
    assert len(found.rows) + found.omitted >= 18_000
    assert 0 < found.omitted < 18_000


# ---- what the author says ------------------------------------------------------------------------------------------


def test_a_comparison_has_the_changelogs_of_cover_and_patches() -> None:
    v1 = side(("a", adding("f.c", FROB)))
    v2 = side(patch("a", adding("f.c", FROB), notes="v2: frob\n"), version=2, cover="Hi.\n\nChanges in v2:\n- rebase\n")
    assert [(said.patch, said.changes.text) for said in compare(v1, v2).notes] == [(0, "- rebase"), (1, "frob")]


def test_changelogs_of_versions_in_between_are_included() -> None:
    v1, v2, v3 = (
        side(("a", adding("f.c", FROB)), version=n, cover=cover)
        for n, cover in enumerate(("", "v2:\n- two\n", "v3:\n- three\n"), 1)
    )
    said = compare(v1, v3, [v2]).notes
    assert [(one.label, one.changes.text) for one in said] == [("v3", "- three"), ("v2", "- two")]


# ---- in general ----------------------------------------------------------------------------------------------------

_LINES = st.lists(st.sampled_from(FROB + QUUX + XYZZY), min_size=1, max_size=8)
_PATCHES = st.lists(st.tuples(st.sampled_from(["net: a", "net: b", "mm: c"]), _LINES), min_size=1, max_size=4)


def made(patches: list[tuple[str, list[str]]], version: int) -> Side:
    return side(*((title, adding("f.c", lines)) for title, lines in patches), version=version)


@settings(deadline=None)
@given(_PATCHES)
def test_a_revision_is_equal_to_itself(patches: list[tuple[str, list[str]]]) -> None:
    one = made(patches, 1)
    assert {pair.mark for pair in compare(one, one).pairs} == {"="}
    assert compare(one, one).equal


@settings(deadline=None)
@given(_PATCHES, _PATCHES)
def test_every_patch_is_in_one_row_and_swapping_sides_swaps_marks(
    a: list[tuple[str, list[str]]], b: list[tuple[str, list[str]]]
) -> None:
    one, other = made(a, 1), made(b, 2)
    there, back = compare(one, other), compare(other, one)
    for found, left, right in ((there, one, other), (back, other, one)):
        assert sorted(p.older.number for p in found.pairs if p.older) == [p.number for p in left.patches]
        assert [p.newer.number for p in found.pairs if p.newer] == [p.number for p in right.patches]
    marks = [p.mark for p in there.pairs]
    assert [marks.count(m) for m in "=!<>"] == [[p.mark for p in back.pairs].count(m) for m in "=!><"]


@settings(deadline=None)
@given(st.binary(max_size=300), st.binary(max_size=300))
def test_no_bytes_raise(a: bytes, b: bytes) -> None:
    start = b"From: a@example.org\nSubject: [PATCH 1/1] x\n\n" + adding("f.c", FROB).encode()
    sides = [
        Side(f"v{n}", Version(n), "x", "x", n, 2, "", (read_patch(content), read_patch(start + content)))
        for n, content in enumerate((a, b), 1)
    ]
    compare(*sides)


@given(st.dictionaries(st.tuples(st.integers(0, 4), st.integers(0, 4)), st.integers(-3, 9), max_size=14))
def test_pairs_have_the_greatest_total_gain(gains: dict[tuple[int, int], int]) -> None:
    found = best_pairs(gains)
    assert len({a for a, _ in found}) == len({b for _, b in found}) == len(found)
    every = [
        sum(max(gains.get((a, b), 0), 0) for a, b in enumerate(rights)) for rights in itertools.permutations(range(5))
    ]
    assert sum(gains[pair] for pair in found) == max(every)


# ---- beside git ----------------------------------------------------------------------------------------------------

_PAIR = re.compile(r"\s*(\d+|-):\s+\S+ ([=!<>])\s+(\d+|-):")


class Repository:
    """A git repository in which branches are made of whole file contents."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.git("init", "--quiet", "--initial-branch=base")
        self.commit("base", {name: "".join(f"{name} {n}\n" for n in range(40)) for name in ("f.c", "g.c", "h.c")})

    def git(self, *arguments: str) -> str:
        names = {
            f"GIT_{who}_{what}": f"{who.lower()}@example.org"
            for who in ("AUTHOR", "COMMITTER")
            for what in ("NAME", "EMAIL")
        }
        environment = os.environ | names | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
        return subprocess.run(
            ["git", *arguments], cwd=self.path, env=environment, check=True, capture_output=True, text=True
        ).stdout

    def commit(self, title: str, files: dict[str, str]) -> None:
        for name, content in files.items():
            (self.path / name).write_text(content)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--message", title)

    def branch(self, name: str, commits: Sequence[tuple[str, str, int, Sequence[str]]]) -> None:
        """Commits that each put lines into a file below its line of a number."""
        self.git("checkout", "--quiet", "-b", name, "base")
        for title, file, at, lines in commits:
            content = (self.path / file).read_text().split("\n")
            place = content.index(f"{file} {at}") + 1
            self.commit(title, {file: "\n".join([*content[:place], *lines, *content[place:]])})

    def side(self, branch: str, version: int) -> Side:
        mails = self.git("format-patch", "--stdout", f"base..{branch}").split("\nFrom ")
        patches = tuple(read_patch(f"{one.partition(chr(10))[2]}\n".encode()) for one in mails)
        return Side(branch, Version(version), branch, branch, version, len(patches), "", patches)


def test_pairs_are_those_of_git_range_diff(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    repository.branch(
        "one",
        [
            ("frob the device", "f.c", 5, FROB),
            ("open the socket", "g.c", 9, QUUX),
            ("map the page", "h.c", 20, [*XYZZY, "", *(one.replace("xyzzy", "plugh") for one in XYZZY)]),
            ("say what it is", "f.c", 30, ["/* this is what nobody else has said of it */"]),
            ("count the devices", "g.c", 30, ["int count_devices(void)", "{", "\treturn devices;", "}"]),
        ],
    )
    repository.branch(
        "two",
        [
            (
                "touch memory",
                "h.c",
                22,
                [*XYZZY, "", *(one.replace("xyzzy", "plugh") for one in XYZZY)],
            ),  # moved, renamed
            ("frob the device", "f.c", 5, [*FROB[:3], "\tfrob_wait(device);", *FROB[3:]]),  # changed
            ("drain the tank", "h.c", 3, ["void drain_tank(void)", "{", "\tpump_start(tank);", "}"]),  # new
            ("open one socket", "g.c", 9, QUUX),  # equal, renamed
            ("count the devices", "g.c", 30, ["int count_devices(void)", "{", "\treturn devices;", "}"]),  # equal
        ],
    )
    told = repository.git("range-diff", "--no-color", "base..one", "base..two")
    theirs = [f"{m[1]} {m[2]} {m[3]}" for m in map(_PAIR.match, told.splitlines()) if m]
    assert outcome(compare(repository.side("one", 1), repository.side("two", 2))) == theirs
    assert len(theirs) == 6
