"""Finding the upstream commit that a backport names."""

from __future__ import annotations

import pytest

from patchwatch.mail.upstream_commit import upstream_commit

SHA = "0123456789abcdef0123456789abcdef01234567"


@pytest.mark.parametrize(
    ("message", "commit"),
    [
        (f"From: Ann <ann@example.org>\n\n[ Upstream commit {SHA} ]\n\nMend it.\n", SHA),
        (f"commit {SHA} upstream.\n\nMend it.\n", SHA),
        (f"Commit {SHA.upper()} upstream\n", SHA),
        (f"Fix commit {SHA} upstream changed.\n", ""),
        (f"> [ Upstream commit {SHA} ]\n", ""),
        ("[ Upstream commit TBD ]\n", ""),
        (f"(cherry picked from commit {SHA})\n", ""),
        ("x\n" * 3000 + f"commit {SHA} upstream.\n", ""),
    ],
)
def test_upstream_commit(message: str, commit: str) -> None:
    assert upstream_commit(message) == commit
