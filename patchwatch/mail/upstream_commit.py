"""Which commit of Linus's tree a patch for a stable tree repeats.

Documentation/process/stable-kernel-rules.rst: the message of a backport names it, as "commit <sha1> upstream." or
"[ Upstream commit <sha1> ]".  What is in a stable queue is in Linus's tree: that is the rule it got in by.
"""

from __future__ import annotations

import re

_UPSTREAM = re.compile(
    r"(?im)^[ \t]*(?:\[[ \t]*upstream commit ([0-9a-f]{8,40})[ \t]*\]|commit ([0-9a-f]{12,40}) upstream\.?)[ \t]*$"
)
_HEAD = 2_000  # characters of a message in which it stands


def upstream_commit(message: str) -> str:
    """The commit that a patch's message says it backports; empty where it says nothing."""
    found = _UPSTREAM.search(message[:_HEAD])
    return (found[1] or found[2]).lower() if found else ""
