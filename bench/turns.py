"""State and turn of versions just before something happened to them, judged by what it was.

    python bench/turns.py ARCHIVE... [--since DATE] [--until DATE] [--rows KIND,...]

ARCHIVE is a public-inbox epoch (a git repository with one mail per commit).  Its mails are parsed once; each event is
judged by the mails that had arrived before it, grouped and read again, without a database:

    next      the author posts a higher version            the turn should have been the author's
    applied   all of it is reported as applied             … the reviewers' or the maintainer's, and nothing requested
    ping      the author asks for news, in a few words     … the reviewers' or the maintainer's
    resend    the author posts the same version again      … the same, or the state deferred

Authors post unasked, maintainers apply despite open questions, and people ping about one patch of several: no rule is
always right, so compare figures of the same mails only.  Events that follow the mail before within a day are left out;
those whose author was not asked, and answered nobody, count as `next unasked`.  What is known from outside the thread,
and which versions are linked by hand, plays no part.  `--rows` prints what decided, for those that disagree.
"""

from __future__ import annotations

import argparse
import collections
import dataclasses
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import stated_links
from outcome_lists import applied_at, conversations, next_versions

from patchwatch.mail.parse import parse
from patchwatch.series.committers import BY_FORM, ENOUGH, SOME, Committers, is_relayer, lists_of, roles
from patchwatch.series.revision import Revision, find_revisions
from patchwatch.series.state.revision_state import revision_state
from patchwatch.series.state.types import RevisionState
from patchwatch.series.states import APPLIED, State, Turn
from patchwatch.series.tags import authors_of

_DAY = 86_400
_LONGEST = 120 * _DAY  # from a posting to an event
_FEW_WORDS = 30
_PING = re.compile(
    r"(?i)(?<!will )(?<!to )\b(?:ping+|bump)\b(?! you)|"
    r"\bany (?:\w+ )?(?:updates?|comments?|feedback|thoughts?|news|progress|concerns?|suggestions?|reviews?)\b.*\?"
)
_REQUESTED = (State.CHANGES_REQUESTED, State.DEFERRED, State.REJECTED, State.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a version."""

    kind: str
    date: int
    revision: Revision  # with what had been written before

    def agrees(self, said: RevisionState) -> bool:
        """True if state and turn were as they should have been."""
        if self.kind.startswith("next"):
            return said.turn == Turn.AUTHOR
        waits = said.turn in (Turn.REVIEWERS, Turn.MAINTAINER)
        if self.kind == "applied":
            return said.state in APPLIED or (waits and said.state not in _REQUESTED)
        return waits or (self.kind == "resend" and said.state == State.DEFERRED)


def main() -> int:
    """Run the measurement."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="+", type=Path, help="archives of lists")
    parser.add_argument("--since", default="2024-01-01")
    parser.add_argument("--until", default="2025-01-01")
    parser.add_argument("--rows", default="", help="kinds whose disagreements are printed")
    options = parser.parse_args()
    kinds = ("next", "next unasked", "applied", "ping", "resend")
    print(f"{'':<18}" + "".join(f"{kind:>22}" for kind in kinds))
    total: collections.Counter[tuple[str, bool]] = collections.Counter()
    for archive in options.lists:
        counted: collections.Counter[tuple[str, bool]] = collections.Counter()
        span = (f"--since={options.since}", f"--until={options.until}", "--all")
        messages = {m.message_id: m for m in map(parse, stated_links.mails(archive, *span))}
        revisions = [r for one in conversations(messages.values()) for r in find_revisions(one)]
        committers = committers_of(revisions)
        for event in events(revisions):
            said = revision_state(event.revision, committers)
            counted[event.kind, event.agrees(said)] += 1
            if event.kind in options.rows.split(",") and not event.agrees(said):
                print_row(event, said)
        total += counted
        print_line(archive.name, kinds, counted)
    print_line("all", kinds, total)
    return 0


def events(revisions: Sequence[Revision]) -> Iterator[Event]:
    """What happened to versions, each with the replies that had been written a day before or earlier."""
    following, resent = next_versions(revisions)
    for revision in revisions:
        root = revision.root
        if revision.kind not in ("cover", "patch"):
            continue
        end = following.get(root.message_id)
        taken = applied_at(revision, end)
        found = [("applied", taken)] if taken is not None else [("next", end)] if end is not None else []
        found += [("resend", date) for date in (resent.get(root.message_id),) if date is not None]
        found += [("ping", date) for date in pings(revision) if date < (taken or end or sys.maxsize)]
        for kind, date in found:
            before = tuple(f for f in revision.follow_ups if f.message.date < date)
            last = before[-1].message.date if before else root.date
            if date - last < _DAY or date - root.date > _LONGEST:
                continue
            sent = tuple(one for one in revision.sendings if one.date < date)
            cut = dataclasses.replace(revision, follow_ups=before, sendings=sent)
            yield Event(f"{kind} unasked" if kind == "next" and not is_asked(cut) else kind, date, cut)


def pings(revision: Revision) -> Iterator[int]:
    """The dates of the author's mails that ask for news."""
    authors = authors_of(revision)
    for follow_up in revision.follow_ups:
        message = follow_up.message
        own = authors.include(message.author.name, message.author.email) and not message.bot
        if own and message.word_count <= _FEW_WORDS and _PING.search(message.excerpt):
            yield message.date


def is_asked(revision: Revision) -> bool:
    """True if a person other than the author wrote more than tags."""
    authors = authors_of(revision)
    for follow_up in revision.follow_ups:
        message = follow_up.message
        by_author = authors.include(message.author.name, message.author.email)
        if not (by_author or message.bot or follow_up.notice) and message.word_count > 0:
            return True
    return False


def committers_of(revisions: Sequence[Revision]) -> Committers:
    """Who applies or relays patches of the lists, according to all mails."""
    weights: collections.Counter[tuple[str, str]] = collections.Counter()
    by_form: set[tuple[str, str]] = set()
    batches: dict[tuple[str, str], list[set[str]]] = collections.defaultdict(list)
    for revision in revisions:
        for person, role in roles(revision).items():
            for name in lists_of(revision):
                weights[name, person] += role.weight
                by_form |= {(name, person)} if role.weight == BY_FORM else set()
                if role.relayed:
                    batches[name, person].append(set(role.relayed))
    return Committers(
        frozenset(pair for pair, weight in weights.items() if weight >= ENOUGH),
        frozenset(pair for pair, weight in weights.items() if weight >= SOME or pair in by_form),
        frozenset(pair for pair, authors in batches.items() if is_relayer(authors)),
    )


def print_row(event: Event, said: RevisionState) -> None:
    """Print a disagreement with the mail that decided."""
    root, why = event.revision.root, said.turn_reason
    likely = ", likely" if said.likely else ""
    print(f"  {event.kind}: {said.state}/{said.turn}{likely}  <{root.message_id}>  {root.subject[:70]}")
    print(f"      {why.kind}, <{why.message_id}> {why.by.name}: {why.text[:120]}")


def print_line(name: str, kinds: Sequence[str], counted: Mapping[tuple[str, bool], int]) -> None:
    """Print a row of the table."""
    cells = []
    for kind in kinds:
        right, wrong = counted.get((kind, True), 0), counted.get((kind, False), 0)
        cells.append(f"{right / (right + wrong):.3f} ({right}/{right + wrong})" if right + wrong else "-")
    print(f"{name:<18}" + "".join(f"{cell:>22}" for cell in cells), flush=True)


if __name__ == "__main__":
    sys.exit(main())
