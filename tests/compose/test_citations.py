"""The forms of a mail's name that can be copied."""

from __future__ import annotations

import pytest

from patchwatch.compose.citations import citations
from patchwatch.errors import NotFoundError
from tests.support.demo import demo

XDP_V5 = "20230801142621.7925-1-hffilwlqm@gmail.com"


def test_citations_of_a_mail() -> None:
    with demo() as tracker:
        found = {citation.label: citation.text for citation in tracker.citations(XDP_V5)}
        with pytest.raises(NotFoundError):
            tracker.citations("unknown@x")
    url = f"https://lore.kernel.org/bpf/{XDP_V5}/"
    assert found == {
        "message-id": XDP_V5,
        "URL": url,
        "Link: trailer": f"Link: https://lore.kernel.org/r/{XDP_V5}",
        "b4 am command": f"b4 am {XDP_V5}",
        "subject and URL": f"[PATCH bpf-next v5 0/2] bpf, xdp: Add tracepoint to xdp attaching failure\n{url}",
    }


def test_hostile_message_id_is_quoted_and_sanitized() -> None:
    found = {c.label: c.text for c in citations("$(reboot)/\x1b;@x", "https://lore.kernel.org/r/x/", "a\x07b")}
    assert found["b4 am command"] == "b4 am '$(reboot)/␛;@x'"
    assert found["subject and URL"].startswith("a␇b\n")
    assert found["Link: trailer"] == "Link: https://lore.kernel.org/r/$%28reboot%29%2F%1B%3B@x"


def test_a_copied_command_takes_an_id_with_a_dash_for_an_id() -> None:
    texts = [one.text for one in citations("-rf$(id)@x", "https://lore.kernel.org/r/x/", "[PATCH] x")]
    assert "b4 am -- '-rf$(id)@x'" in texts
