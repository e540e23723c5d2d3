"""Where a diff begins, which files it changes, from and to which contents, and its patch-id."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from patchwatch.mail import diff

HUNK = "@@ -1,2 +1,2 @@\n int f(void);\n-int a;\n+int b;\n"
GIT = f"diff --git a/mm/f.c b/mm/f.c\nindex 1111111..2222222 100644\n--- a/mm/f.c\n+++ b/mm/f.c\n{HUNK}"
QUILT = f"--- a/mm/f.c~mend-frob\n+++ a/mm/f.c\n{HUNK}"
TREES = f"--- linux-next.orig/mm/f.c\n+++ linux-next/mm/f.c\n{HUNK}"
SVN = f"Index: linux/mm/f.c\n===================================================================\n{TREES}"


@pytest.mark.parametrize("patch", [GIT, QUILT, TREES, SVN])
def test_diff_is_found_below_the_message(patch: str) -> None:
    text = f"Why.\n\n---\n mm/f.c | 2 +-\n\n{patch}"
    assert text[diff.start(text) :] == patch
    assert diff.start(patch) == 0


@pytest.mark.parametrize(
    "text", ["", "Why.\n---\nv2: better\n", "--- a\n+++ b\n", "a\n--- b\nc\n", "> diff --git a/x b/x\n"]
)
def test_text_without_a_diff(text: str) -> None:
    assert diff.start(text) == -1


@pytest.mark.parametrize(
    ("patch", "files"),
    [
        (GIT, ("mm/f.c",)),
        (QUILT, ("mm/f.c",)),
        (TREES, ("mm/f.c",)),
        (GIT + GIT.replace("mm/f.c", "mm/g.c"), ("mm/f.c", "mm/g.c")),
        (GIT + GIT, ("mm/f.c",)),
        ("diff --git a/mm/f.c b/lib/g.c\nsimilarity index 100%\nrename from mm/f.c\nrename to lib/g.c\n", ("lib/g.c",)),
        (f"diff --git a/f.c b/f.c\ndeleted file mode 100644\n--- a/f.c\n+++ /dev/null\n{HUNK}", ("f.c",)),
        (f"--- a/mm/f.c\n+++ /dev/null\n{HUNK}", ("mm/f.c",)),
        (f"diff --git mm/f.c mm/f.c\n--- mm/f.c\n+++ mm/f.c\n{HUNK}", ("mm/f.c",)),
        ("", ()),
    ],
)
def test_changed_files_by_their_new_names(patch: str, files: tuple[str, ...]) -> None:
    assert diff.files(patch) == files


def test_patch_id_is_the_same_as_gits() -> None:
    git = subprocess.run(["git", "patch-id", "--stable"], input=GIT, capture_output=True, text=True, check=True)
    assert diff.patch_id(GIT) == git.stdout.split()[0]


def test_patch_id_depends_on_content_not_on_line_numbers() -> None:
    assert diff.patch_id(GIT) == diff.patch_id(GIT.replace("@@ -1,2 +1,2 @@", "@@ -91,2 +91,2 @@"))
    assert diff.patch_id(GIT) != diff.patch_id(GIT.replace("int b", "int c"))


@pytest.mark.parametrize("text", ["", "diff --git a/f.c b/f.c\n@@ broken\n", "\udcff"])
def test_text_without_a_patch_id(text: str) -> None:
    assert diff.patch_id(text) in ("", diff.patch_id("diff --git a/f.c b/f.c\n"))


NEW = "diff --git a/mm/g.c b/mm/g.c\nnew file mode 100644\nindex 000000000000..3333333333aa\n"
MOVED = "diff --git a/mm/f.c b/lib/f.c\nsimilarity index 100%\nrename from mm/f.c\nrename to lib/f.c\n"


@pytest.mark.parametrize(
    ("patch", "contents"),
    [
        (GIT, "11111112222222"),
        (GIT + NEW, "1111111222222200000003333333"),
        (MOVED + GIT, "0000000000000011111112222222"),
        (MOVED, ""),
        (GIT.replace(HUNK, " index 7777777..8888888\n-index 7777777..8888888\n"), "11111112222222"),
        (GIT.replace("index 1111111..2222222", "index 1111111,2222222..3333333"), ""),  # a merge
        (QUILT, ""),
        ("", ""),
    ],
)
def test_contents_before_and_after(patch: str, contents: str) -> None:
    assert diff.blobs(patch, diff.files(patch)) == contents


def test_contents_of_changes_all_over_the_tree_are_left_out() -> None:
    patch = "".join(GIT.replace("mm/f.c", f"mm/{number}.c") for number in range(80))
    assert diff.blobs(patch, diff.files(patch)) == "11111112222222" * 60


def test_a_long_line_without_an_end_is_read_in_a_moment() -> None:
    patch = f"{GIT}diff --git {'a ' * 200_000}"
    assert diff.blobs(patch, diff.files(patch)) == "1111111222222200000000000000"


def test_contents_have_the_ids_that_git_gives_them(tmp_path: Path) -> None:
    def git(*arguments: str) -> str:
        person = ["-c", "user.name=Ann", "-c", "user.email=ann@example.org"]
        return subprocess.run(
            ["git", "-C", str(tmp_path), *person, *arguments], capture_output=True, text=True, check=True
        ).stdout

    git("init", "--quiet")
    for text in ("one\n", "two\n"):
        (tmp_path / "frob wheel.c").write_text(text)
        git("add", ".")
        git("commit", "--quiet", "--message", text)
    patch = git("format-patch", "--stdout", "-1")
    patch = patch[diff.start(patch) :]
    ids = git("rev-parse", "HEAD~:frob wheel.c", "HEAD:frob wheel.c").split()
    assert diff.blobs(patch, diff.files(patch)) == "".join(each[:7] for each in ids)
