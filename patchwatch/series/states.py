"""The names of states and turns (DESIGN: patchwork's states, Gerrit's attention set), in one light module."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

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

EVENTS = (
    "new_version",  # of a series that is watched
    "reply",  # somebody answered; gave no tag
    "tag",  # somebody gave a tag
    "ci_failure",  # a build bot or CI found something
    "applied",  # all of it, or a part
    "state_changed",  # to any other state
    "turn_changed",  # to somebody else
    "your_turn",  # I have to do something about it
)
"""What can happen to a series (patchwatch.notify.events)."""

# What a mail did that passed a turn, besides the signals of patchwatch.mail.sentences.signals.
POSTED = "posted"
ANSWERED = "answered"  # the author spoke
SAID = "said"  # somebody else spoke, and neither asked nor tagged in so many words
TAGGED = "tagged"
DEFERRED = "deferred"
MARKED = "marked"  # no mail: a person set the state by hand


def patch_names(numbers: Iterable[int]) -> str:
    """`patch 2`, `patches 1-3, 5`; 0 is all of them."""
    order = sorted(set(numbers))
    if 0 in order:
        return "all"
    runs: list[list[int]] = []
    for number in order:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return f"{'patch' if len(order) == 1 else 'patches'} {', '.join(map(_run, runs))}"


def _run(numbers: Sequence[int]) -> str:
    return str(numbers[0]) if len(numbers) == 1 else f"{numbers[0]}-{numbers[-1]}"
