"""The diff of a patch: where it begins, which files it changes, from and to which content, and its patch-id."""

from __future__ import annotations

from patchwatch.pattern import Pattern

BLOB = 7
"""Digits of the ids of contents that are compared; git abbreviates to no less."""
_NO_BLOB = "0" * BLOB
_MAX_FILES = 300
_MAX_BLOBS = 60  # files of which the contents are kept; what changes more is tree-wide
# Diffs without git's header line: quilt's (Andrew Morton, Randy Dunlap), diff -u's, svn's and CVS's.
_BARE = Pattern(r"\n(?:Index: \S[^\n]*\n=+\n|diff -\S+ [^\n]*\n--- |--- \S[^\n]*\n\+\+\+ \S[^\n]*\n@@ -)")
_HEADER = r'diff --git "?(?:[a-z]/)?.+?"? "?(?:[a-z]/)?([^\n]+?)"?(?=\n)'  # with the new name
_GIT_FILE = Pattern(rf"\n{_HEADER}")
_BLOBS = Pattern(rf"\n(?:{_HEADER}|index ([0-9a-f]{{{BLOB}}})[0-9a-f]*\.\.([0-9a-f]{{{BLOB}}})[0-9a-f]*\b)")
_BARE_FILE = Pattern(r"\n--- ([^\t\n]+)[^\n]*\n\+\+\+ ([^\t\n]+)")


def start(text: str) -> int:
    """The offset of the diff in a text, or -1."""
    text = "\n" + text  # lets patterns that begin with a newline match the first line; the offset is still the line's
    git = text.find("\ndiff --git ")
    end = git if git >= 0 else len(text)
    if "\n--- " in text or "\nIndex: " in text:
        bare = _BARE.search(text, 0, end)
        if bare:
            return bare.start()
    return git


def files(diff: str) -> tuple[str, ...]:
    """The files that a diff changes, by their new name, in order."""
    diff = f"\n{diff}\n"
    found = _GIT_FILE.findall(diff)
    if not found:
        pairs = _BARE_FILE.findall(diff)
        # The first component is the tree: "linux-next/mm/slab.c".  quilt adds "~name-of-the-patch" to the old name.
        names = [(old.partition("~")[0] if new.startswith("/dev/null") else new) for old, new in pairs]
        found = [name.partition("/")[2].strip() or name for name in names]
    return tuple(dict.fromkeys(found))[:_MAX_FILES]


def blobs(diff: str, files: tuple[str, ...]) -> str:
    """The ids of the contents (git: blobs) of each of `files` before and after the diff, `BLOB` digits each.

    A file that does not exist has zeros, as one whose contents are not stated; empty if none are.
    """
    if "\nindex " not in diff:
        return ""
    found: dict[str, str] = {}
    name = ""
    for named, before, after in _BLOBS.findall(f"\n{diff}\n"):
        if named:
            name = named
        elif name:
            found.setdefault(name, before + after)
            name = ""
    return "".join(found.get(name, 2 * _NO_BLOB) for name in files[:_MAX_BLOBS]) if found else ""


def patch_id(diff: str) -> str:
    """The `git patch-id` of a diff; empty if the diff cannot be parsed."""
    if not diff:
        return ""
    from patchwatch.libgit2 import pygit2  # takes 10 MB, and the process that stores mail parses hardly any

    try:
        parsed = pygit2.Diff.parse_diff(diff if diff.isascii() else diff.encode("utf-8", "replace"))
        return str(parsed.patchid)
    except (pygit2.GitError, ValueError, KeyError, UnicodeError):
        return ""
