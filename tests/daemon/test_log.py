"""The formats of the log: text, for the journal, and JSON."""

from __future__ import annotations

import io
import json
import logging

import pytest

from patchwatch.daemon import log

LOGGER = logging.getLogger("patchwatch.daemon.example")


def written(form: str) -> str:
    stream = io.StringIO()
    log.configure(form, lambda: 1_700_000_000.0, stream)
    LOGGER.info("3 new mails\x1b[31m", extra=log.event("poll", new_mails=3))
    LOGGER.warning("bpf: no answer", extra=log.event("poll"))
    return stream.getvalue()


def test_text_has_time_and_event_and_is_sanitized(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    assert written("text") == "2023-11-14T22:13:20Z poll: 3 new mails␛[31m\n2023-11-14T22:13:20Z poll: bpf: no answer\n"


def test_journal_gets_priorities_instead_of_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JOURNAL_STREAM", "8:1234")
    assert written("text") == "<6>poll: 3 new mails␛[31m\n<4>poll: bpf: no answer\n"


def test_json_has_the_fields_of_the_event() -> None:
    assert [json.loads(line) for line in written("json").splitlines()] == [
        {
            "at": "2023-11-14T22:13:20Z",
            "level": "info",
            "event": "poll",
            "text": "3 new mails\x1b[31m",
            "new_mails": 3,
        },
        {"at": "2023-11-14T22:13:20Z", "level": "warning", "event": "poll", "text": "bpf: no answer"},
    ]


def test_configure_replaces_the_format(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JOURNAL_STREAM", raising=False)
    written("json")
    assert written("text").count("\n") == 2
