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

# What a mail did that passed a turn, besides the signals of patchwatch.mail.signals.
POSTED = "posted"
ANSWERED = "answered"  # the author spoke
SAID = "said"  # somebody else spoke, and neither asked nor tagged in so many words
TAGGED = "tagged"
DEFERRED = "deferred"
MARKED = "marked"  # no mail: a person set the state by hand
