"""`reindex`."""

from __future__ import annotations

from tests.support.command_line import Run


def test_reindex_gives_the_same_list(with_xdp: Run) -> None:
    before = with_xdp("list", "--all", "--json").stdout
    assert with_xdp("reindex").stdout == "13 mails reprocessed\n"
    assert with_xdp("list", "--all", "--json").stdout == before
