"""The names of states and turns (DESIGN: patchwork's states, Gerrit's attention set), in one light module."""

STATES = (
    "new",
    "under-review",
    "changes-requested",
    "reviewed",
    "accepted",
    "mainlined",
    "rejected",
    "deferred",
    "awaiting-upstream",
    "not-applicable",
    "superseded",
)
CLOSED = frozenset({"accepted", "mainlined", "rejected", "not-applicable", "superseded"})
NOBODYS_TURN = frozenset({"accepted", "mainlined", "rejected", "not-applicable"})
TURNS = ("author", "reviewers", "maintainer", "nobody")
"""Who moves next."""
