"""Parsing diffs, including those that mail programs damaged."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.mail.hunks import read_diff

PATCH = """\
diff --git a/mm/f.c b/mm/f.c
index 1111111..2222222 100644
--- a/mm/f.c
+++ b/mm/f.c
@@ -10,3 +10,4 @@ int f(void)
 {
-\treturn 1;
+\tg();
+\treturn 2;
 }
--\x20
2.43.0
"""


def test_files_hunks_and_lines() -> None:
    diff = read_diff(PATCH)
    (file,) = diff.files
    (hunk,) = file.hunks
    assert (file.old, file.new, file.heading, hunk.function) == ("mm/f.c", "mm/f.c", "mm/f.c", "int f(void)")
    assert hunk.lines == (" {", "-\treturn 1;", "+\tg();", "+\treturn 2;", " }")  # the signature is no removed line
    assert not diff.damaged


@pytest.mark.parametrize(
    ("header", "heading"),
    [
        ("new file mode 100644\n--- /dev/null\n+++ b/f.c\n@@ -0,0 +1 @@\n+a\n", "f.c (new)"),
        ("deleted file mode 100644\n--- a/f.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-a\n", "f.c (deleted)"),
        ("old mode 100644\nnew mode 100755\n", "f.c (mode change 100644 => 100755)"),
        ("similarity index 90%\nrename from e.c\nrename to f.c\n", "e.c => f.c"),
        ("similarity index 90%\ncopy from e.c\ncopy to f.c\n", "e.c => f.c (copy)"),
    ],
)
def test_heading_of_a_file(header: str, heading: str) -> None:
    (file,) = read_diff(f"diff --git a/f.c b/f.c\n{header}").files
    assert file.heading == heading


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        (f"{PATCH}{PATCH.replace('f.c', 'g.c')}", ["mm/f.c", "mm/g.c"]),
        ("--- linux.orig/mm/f.c\n+++ linux/mm/f.c\n@@ -1 +1 @@\n-a\n+b\n", ["mm/f.c"]),
        ("--- /dev/null\n+++ b/mm/f.c\n@@ -0,0 +1 @@\n+b\n", ["mm/f.c"]),
        ("--- a/mm/f.c~mend-frob\n+++ a/mm/f.c\n@@ -1 +1 @@\n-a\n+b\n", ["mm/f.c"]),
        ('diff --git "a/mm/\\303\\244.c" "b/mm/\\303\\244.c"\n@@ -1 +1 @@\n-a\n+b\n', ["mm/\\303\\244.c"]),
        ("", []),
        ("@@ -1 +1 @@\n-a\n+b\n", []),
    ],
)
def test_files_of_diffs_in_various_formats(text: str, paths: list[str]) -> None:
    assert [file.path for file in read_diff(text).files] == paths


def test_two_dashes_in_a_hunk_are_a_removed_line() -> None:
    (file,) = read_diff("--- a/x/f\n+++ b/x/f\n@@ -1,2 +1,2 @@\n--- a\n+++ b\n c\n").files
    assert file.hunks[0].lines == ("--- a", "+++ b", " c")


def test_binary_file_has_its_object_id() -> None:
    text = "diff --git a/x.bin b/x.bin\nindex 1111111aaa..2222222bbb 100644\n"
    for content in ("Binary files a/x.bin and b/x.bin differ\n", "GIT binary patch\nliteral 4\nLcmZQzWMT#Y01f~L\n\n"):
        (file,) = read_diff(text + content).files
        assert (file.binary, file.hunks) == ("2222222", ())


def test_missing_newline_marker_is_part_of_the_hunk() -> None:
    text = "--- a/x/f\n+++ b/x/f\n@@ -1 +1 @@\n-a\n+b\n\\ No newline at end of file\n"
    assert read_diff(text).files[0].hunks[0].lines[-1] == "\\ No newline at end of file"


@pytest.mark.parametrize(
    ("broken", "lines"),
    [
        (PATCH.replace(" {\n", "\n"), (" ", "-\treturn 1;", "+\tg();", "+\treturn 2;", " }")),  # blanks stripped
        (PATCH.replace("return 2;", "return\n2;"), (" {", "-\treturn 1;", "+\tg();", "+\treturn 2;", " }")),  # wrapped
        (PATCH.partition("+\treturn 2;")[0], (" {", "-\treturn 1;", "+\tg();", " ")),  # cut off
    ],
)
def test_damage_by_mail_programs_is_repaired(broken: str, lines: tuple[str, ...]) -> None:
    assert read_diff(broken).files[0].hunks[0].lines == lines


def test_damage_is_reported_but_not_for_stripped_spaces() -> None:
    assert read_diff(PATCH.replace("return 2;", "return\n2;")).damaged
    assert read_diff(PATCH.partition("+\treturn 2;")[0]).damaged
    assert not read_diff(PATCH.replace(" {\n", "\n")).damaged


@given(st.lists(st.sampled_from([*PATCH.split("\n"), "\\ No", "@@ -0,0 +0,0 @@", "@@ -9999999999 +1 @@", "\x00"])))
def test_any_order_of_lines_is_handled(lines: list[str]) -> None:
    read_diff("\n".join(lines))
