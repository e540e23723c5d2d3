"""Find the commit in Linus's tree that a stable patch backports.

The message of a backport names it as "commit <sha1> upstream." or "[ Upstream commit <sha1> ]".  Only commits that are
in Linus's tree may be backported (Documentation/process/stable-kernel-rules.rst).
"""

from __future__ import annotations

from patchwatch.pattern import Pattern

_UPSTREAM = Pattern(
    r"(?im)^[ \t]*(?:\[[ \t]*upstream commit ([0-9a-f]{8,40})[ \t]*\]|commit ([0-9a-f]{12,40}) upstream\.?)[ \t]*$"
)
_HEAD = 2_000  # characters of the message to search


def upstream_commit(message: str) -> str:
    """The commit that a patch backports according to its message; empty if it names none."""
    head = message[:_HEAD]
    found = _UPSTREAM.search(head) if "upstream" in head.lower() else None
    return (found[1] or found[2]).lower() if found else ""
