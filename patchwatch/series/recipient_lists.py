"""The lists among the recipients of a posting."""

from __future__ import annotations

from collections.abc import Iterable

from patchwatch.mail.list_address import is_list_address

_MAX_LISTS = 8  # of one posting
# They get patches of every subsystem, so that who applies them says nothing.
_EVERYTHING = frozenset(
    f"{name}@vger.kernel.org" for name in ("linux-kernel", "stable", "kernel-janitors", "linux-next", "devicetree")
) | {"linux-arm-kernel@lists.infradead.org", "patches@lists.linux.dev"}


def lists_among(recipients: Iterable[str]) -> tuple[str, ...]:
    """The lists among the recipients of a revision; those for everything only if there is no other."""
    addresses = {address for address in recipients if is_list_address(address)}
    return tuple(sorted(addresses - _EVERYTHING or addresses)[:_MAX_LISTS])
