"""Recognize addresses of mailing lists: patchwatch must never send its own mail to one.

An address is a list's if its host is known to serve lists, or has a label such as `lists` before its domain; or if its
local part is the name of a known inbox, as public-inbox names inboxes after lists.
"""

from __future__ import annotations

import functools
from collections.abc import Collection

# Hosts where every address is a list, although the name does not show it.
_HOSTS = frozenset({"kvack.org", "googlegroups.com", "groups.io", "freelists.org"})
# vger.kernel.org, lists.linux.dev, lists.infradead.org, mailman.alsa-project.org
_LABELS = frozenset({"vger", "lists", "list", "mailman", "listserv"})


def is_list_address(address: str, inboxes: Collection[str] = ()) -> bool:
    """True if `address` is a list's; `inboxes` are the names of known inboxes."""
    if _is_at_list_host(address):
        return True
    return bool(inboxes) and address.lower().rpartition("@")[0].partition("+")[0] in {name.lower() for name in inboxes}


@functools.lru_cache(maxsize=8192)  # the same people and lists are in every mail
def _is_at_list_host(address: str) -> bool:
    host = address.lower().rpartition("@")[2].rstrip(".")
    return host in _HOSTS or any(label in _LABELS for label in host.split(".")[:-2])
