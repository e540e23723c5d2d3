"""Recognizing addresses of mailing lists."""

from __future__ import annotations

import pytest

from patchwatch.mail.list_address import is_list_address


@pytest.mark.parametrize(
    ("address", "is_list"),
    [
        ("netdev@vger.kernel.org", True),
        ("Linux-Kernel@VGER.kernel.org.", True),
        ("linux-mm@kvack.org", True),
        ("mptcp@lists.linux.dev", True),
        ("linux-arm-kernel@lists.infradead.org", True),
        ("alsa-devel@mailman.alsa-project.org", True),
        ("x@googlegroups.com", True),
        ("ann@kernel.org", False),
        ("ann@linux.dev", False),
        ("ann@infradead.org", False),
        ("lists@example.org", False),  # the address of a person
        ("ann@lists.org", False),  # a domain of that name
        ("alsa-devel@alsa-project.org", True),  # an inbox that is known
        ("Alsa-Devel+owner@alsa-project.org", True),
        ("ann+alsa-devel@alsa-project.org", False),
    ],
)
def test_list_address_is_recognized_by_host_or_inbox(address: str, is_list: bool) -> None:
    assert is_list_address(address, {"alsa-devel", "bpf"}) == is_list
