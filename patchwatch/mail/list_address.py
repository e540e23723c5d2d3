"""Whether mail to an address would reach a mailing list: patchwatch's own mail must never go to one.

Two rules, and either is enough.  The host is one of lists: it is known as such, or a label before its domain says so.
Or what stands before the @ is the name of an inbox that is known, for public-inbox names inboxes after their lists.
"""

from __future__ import annotations

from collections.abc import Collection

# Hosts where everything is a list, though nothing in their names says so.
_HOSTS = frozenset({"kvack.org", "googlegroups.com", "groups.io", "freelists.org"})
# vger.kernel.org, lists.linux.dev, lists.infradead.org, mailman.alsa-project.org
_LABELS = frozenset({"vger", "lists", "list", "mailman", "listserv"})


def is_list_address(address: str, inboxes: Collection[str] = ()) -> bool:
    """Whether `address` is a list's; `inboxes` are the names of those that are known."""
    local, _, host = address.lower().rpartition("@")
    host = host.rstrip(".")
    return (
        host in _HOSTS
        or any(label in _LABELS for label in host.split(".")[:-2])
        or local.partition("+")[0] in {name.lower() for name in inboxes}
    )
