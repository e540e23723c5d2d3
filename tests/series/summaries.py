"""Summaries of series with default values."""

from __future__ import annotations

from typing import Any

from patchwatch.series.model import SeriesSummary

NOW = 1_695_200_000
DAY = 86_400


def a_line(**named: Any) -> SeriesSummary:
    """A series that somebody watches and reviewers have had for two days."""
    usual: dict[str, Any] = {
        "id": 1,
        "title": "net: free the socket once",
        "author_name": "Ann Author",
        "author_email": "ann@example.org",
        "inboxes": ("netdev",),
        "watched": True,
        "followed": False,
        "muted": False,
        "snoozed_until": None,
        "state": "new",
        "turn": "reviewers",
        "turn_since": NOW - 2 * DAY,
        "unread": 0,
        "last_activity": NOW - DAY,
        "version": 1,
        "minor": 0,
        "rfc": False,
        "patches": 1,
        "expected": 1,
        "reviewed": 0,
        "roots": "1@example.org",
        "mine": False,
        "for_me": False,
        "stale_since": None,
        "overdue": False,
    }
    values = usual | named
    values.setdefault("awaiting_review", values["turn"] == "reviewers")
    searched = ("title", "author_name", "author_email", "roots")
    values.setdefault("search_text", "\n".join(values[name] for name in searched).lower())
    return SeriesSummary(**values)
