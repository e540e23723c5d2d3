"""Derive conversations, revisions, links between versions and series from stored mail.

A `Derivation` collects what one transaction's new mail affects and recomputes exactly that: the conversations of the
mail, their revisions, the links that can change, and the series of those.  The pure functions of patchwatch.series
decide; this module fetches what they need and stores the result.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from typing import Any

from sqlalchemy import Connection

from patchwatch.db import citations as cited_commits
from patchwatch.db import decisions, derived, file_changes, remembered, series_changes
from patchwatch.db import messages as mails
from patchwatch.db.claims_codec import decode_claims
from patchwatch.db.derived import StoredRevision
from patchwatch.db.posting_codec import decode_posting
from patchwatch.db.postings import Postings, holders_of_flipped_keys, neighbours
from patchwatch.db.records import series_record
from patchwatch.db.revision_codec import decode_summary, posted_mails, stored_link
from patchwatch.db.revision_order import in_order, linked_groups, predecessors
from patchwatch.mail.message import Message
from patchwatch.series import rivals, version_links
from patchwatch.series.joins import joined
from patchwatch.series.posting import PostingFacts
from patchwatch.series.state.status import Mark
from patchwatch.series.states import State
from patchwatch.series.version_links import Link
from patchwatch.sync import (
    amend,
    applied_commits,
    built_on,
    citations,
    culprits,
    manual_links,
    merged_pulls,
    outside,
    postponed,
)
from patchwatch.sync.amend import Plan
from patchwatch.sync.claims import Earlier, claims_in
from patchwatch.sync.conversations import Conversations
from patchwatch.sync.outcome import Change
from patchwatch.sync.posting_keys import index_keys
from patchwatch.sync.recognize import recognize

FindPredecessor = Callable[[PostingFacts, Iterable[PostingFacts]], Link | None]
"""Returns the link of a posting to one of the postings near it in the index (patchwatch.series.version_links)."""

_NONE: culprits.Replacements = {}


class Derivation:
    """The derivation of one transaction."""

    def __init__(self, connection: Connection, find_predecessor: FindPredecessor = version_links.predecessor) -> None:
        """`connection` must be in a writing transaction; benchmarks pass another way to find predecessors."""
        self._db = connection
        self._find_predecessor = find_predecessor
        self._threads = Conversations(connection)
        self._conversations: set[int] = set()  # to be recomputed
        self._cited: set[str] = set()  # keys of commits that new mails name
        self._contents: set[int] = set()  # of files that new patches begin or end with
        self._postings = Postings(connection)
        self._replied: dict[int, StoredRevision] = {}  # revisions that only got replies, as they were before
        self._altered: set[int] = set()  # other revisions that changed, and those with another predecessor
        self.series: set[int] = set()  # that were recomputed
        self._renewing = False  # True if it is also recomputed what did not change

    def add_messages(self, messages: Sequence[tuple[int, Message]]) -> None:
        """Add messages (primary key, message) that are stored, but were not derived from."""
        placed = self.place(messages)
        mails.change_facts(self._db, [{"id": pk, "conversation": into} for pk, into in placed.items()])
        self._threads.whole.update(placed.values())
        self.index_mail(messages)

    def change_messages(self, messages: Sequence[tuple[int, Message]]) -> None:
        """Take in that stored messages (primary key, message) are parsed differently now."""
        pks = {pk for pk, _ in messages}
        self._threads.change(messages)
        self.index_mail(messages, pks, pks)

    def renew(self, messages: Sequence[tuple[int, Message]], dated: Set[int], conversations: Set[int]) -> None:
        """Recompute these conversations as if nothing of them had been derived before.

        `messages` (primary key, message) are those of their messages that were parsed again; `dated` are those whose
        author or date changed by that.  Other conversations, which are read differently because of them, are listed as
        outdated instead of being recomputed (patchwatch.db.outdated).
        """
        self._renewing = True
        self._threads.change(messages, conversations)
        self.index_mail(messages, {pk for pk, _ in messages}, dated)

    def take_back(self, conversations: Set[int], cited: Set[str], contents: Set[int]) -> None:
        """Recompute conversations from which messages were deleted, and what is known by these.

        `cited` are the keys of the commits that they cited, `contents` those of the contents of files that they named.
        """
        self._threads.change((), conversations)
        self._cited |= cited
        self._contents |= contents

    def index_mail(
        self, messages: Sequence[tuple[int, Message]], indexed: Set[int] = frozenset(), dated: Set[int] = frozenset()
    ) -> None:
        """Index what messages (primary key, message) show of patches in other threads.

        Those of `indexed` were indexed before; `dated` are those whose author or date can be another one now.
        """
        self._cited |= citations.index(self._db, messages, indexed, dated)
        self._contents |= built_on.index(self._db, messages, indexed, dated)

    def place(self, messages: Sequence[tuple[int, Message]]) -> dict[int, int]:
        """Return the conversation of each message (primary key, message), for the caller to store with it."""
        return self._threads.place(messages)

    def relink(self, revisions: set[int]) -> None:
        """Recompute the predecessors of these revisions, and their series."""
        self._series(self._relink(revisions) | revisions)

    def reconsider(self, revisions: set[int]) -> tuple[Change, ...]:
        """Recompute the series of these revisions, after something other than their mails changed."""
        return self._series(revisions)

    def finish(self, *, postpone: bool = False) -> tuple[tuple[Change, ...], tuple[str, ...]]:
        """Recompute everything affected; return the changes of series and the roots of new revisions.

        `postpone`: leave large conversations to a later transaction, which the caller promises.
        """
        # Nothing follows from mails in conversations without a patch.
        threads = self._threads
        self._conversations = threads.with_submissions | derived.with_revisions(self._db, threads.touched)
        if postpone:
            self._conversations = postponed.postpone_large(self._db, self._conversations)
        elif not self._renewing:
            waiting = postponed.take_waiting(self._db)
            self._conversations |= waiting
            threads.whole |= waiting
        if not self._conversations:
            return self._series(self._affected((), ())), ()
        outcome = culprits.attempt(self._db, self._derive)
        if not isinstance(outcome, Exception):
            return outcome
        changes: tuple[Change, ...] = ()
        new_roots: tuple[str, ...] = ()
        conversations = sorted(self._conversations)
        threads.whole.update(conversations)
        cited, self._cited = self._cited, set()
        contents, self._contents = self._contents, set()
        for conversation in conversations:
            self._conversations = {conversation}
            more, roots = culprits.derive_without_culprits(self._db, conversation, self._derive)
            changes, new_roots = changes + more, new_roots + roots
        unreadable = mails.unreadable_in(self._db, conversations)
        self._cited = cited | cited_commits.forget(self._db, unreadable)
        self._contents = contents | file_changes.forget(self._db, unreadable)
        return changes + self._series(self._affected((), ())), new_roots

    def _derive(self, replacements: culprits.Replacements = _NONE) -> tuple[tuple[Change, ...], tuple[str, ...]]:
        """Derive the conversations, with other messages in place of the stored ones."""
        self._postings, self._replied, self._altered = Postings(self._db), {}, set()
        before, after, follow = self._revisions(replacements)
        new_roots = tuple(sorted({r["root"] for r in after} - {r.root for r in before}))
        touched = self._links(before, after)
        touched |= merged_pulls.affected(self._db, self._postings, before, after)
        touched |= applied_commits.affected(self._db, before, after)
        touched |= self._affected(before, after)
        roots = {row["id"]: row["root"] for row in after}
        former = {r.series_id for r in before if r.series_id is not None and roots.get(r.id) != r.root}
        return self._series(touched | follow, former), new_roots

    def _affected(self, before: Sequence[StoredRevision], rows: Sequence[dict[str, Any]]) -> set[int]:
        """Return the revisions of which other mails may show something else, now that these revisions changed."""
        cited = citations.affected(self._db, before, rows, self._cited)
        return cited | built_on.affected(self._db, before, rows, self._contents)

    # ---- revisions -------------------------------------------------------------------------------------------------

    def _revisions(
        self, replacements: culprits.Replacements
    ) -> tuple[list[StoredRevision], list[dict[str, Any]], set[int]]:
        """Recognize the revisions of every affected conversation and store the changes.

        Returns the revisions before, the rows now, and the ids of revisions whose series must be recomputed.
        """
        plan = Plan() if replacements else amend.plan(self._db, self._conversations, self._threads)
        others = self._conversations - plan.additions.keys()
        found = recognize(self._db, others, self._threads, replacements, alone=self._renewing)
        # What was just recognized, because of who commits, has them already.
        added = [one for c, own in plan.additions.items() if c not in found.conversations for one in own]
        amended = amend.amend(self._db, added, plan.memories, self._threads)
        before, rows = found.before + amended.before, found.rows + amended.rows
        memories = {row["id"]: row.pop("memory") for row in rows}
        self._note_changes(before, rows)
        self._store_revisions(before, rows)
        derived.place_messages(self._db, found.moved + amended.moved)
        remembered.replace(self._db, found.forgotten, {i: m for i, m in memories.items() if m is not None})
        # Any mail of, or reply to, a revision can change the dates and counts of its series.
        return before, rows, {row["id"] for row in rows} | {r.id for r in before}

    def _note_changes(self, before: Sequence[StoredRevision], rows: Sequence[dict[str, Any]]) -> None:
        """Note which revisions have the mails of their own that they had."""
        old, same = {r.id: r for r in before}, self._threads.only_replies
        for row in rows:
            one = old.get(row["id"])
            if one is not None and same(row["conversation"]) and posted_mails(one.view) == posted_mails(row["view"]):
                self._replied[one.id] = one
        self._altered |= {row["id"] for row in rows} - self._replied.keys()

    def _store_revisions(self, before: Sequence[StoredRevision], rows: Sequence[dict[str, Any]]) -> None:
        old = {r.id: r for r in before}
        now = {row["id"]: row for row in rows}
        derived.forget_revisions(self._db, [i for i in old if i not in now])
        # A root can move from one number to another: delete first, so that roots stay unique.
        roots_moved = [i for i in now if i in old and now[i]["root"] != old[i].root]
        derived.forget_revisions(self._db, roots_moved)
        kept = {i for i in now if i in old and i not in roots_moved}
        derived.add_revisions(self._db, [row for i, row in now.items() if i not in kept])
        changed = [
            {k: now[i][k] for k in ("id", "conversation", "date", "posting", "view", "standing")}
            for i in kept
            if any(getattr(old[i], k) != now[i][k] for k in ("conversation", "date", "posting", "view", "standing"))
        ]
        derived.change_revisions(self._db, changed)

    # ---- version bumps ---------------------------------------------------------------------------------------------

    def _links(self, before: Sequence[StoredRevision], rows: Sequence[dict[str, Any]]) -> set[int]:
        """Recompute the links that changed revisions affect; return the revisions whose series changed."""
        old = {r.id: r for r in before}
        old_postings = {r.id: decode_posting(r.posting) for r in before}
        changed = {
            row["id"]
            for row in rows
            if row["id"] not in old or old[row["id"]].posting != row["posting"] or old[row["id"]].root != row["root"]
        }
        new_postings = {
            row["id"]: decode_posting(row["posting"]) for row in rows if self._renewing or row["id"] in changed
        }
        gone = old.keys() - {row["id"] for row in rows}
        self._postings.update(new_postings)
        changed |= gone | index_keys(self._db, new_postings)
        if not changed and not new_postings:
            return set()
        # Other revisions can have one of them, or one that is gone, as predecessor.
        versions = [(i, p) for i in changed for p in (old_postings.get(i), new_postings.get(i)) if p is not None]
        near = neighbours(self._db, [p for _, p in versions], before=rivals.REACH)
        self._postings.load(set().union(*near.values()) if near else set())
        to_link = set(new_postings)
        taken: dict[str, str] = {}  # titles of postings that one of `versions` follows, by root
        for index, (number, posting) in enumerate(versions):
            around = {i: self._postings[i] for i in near[index] - gone - {number} if i in self._postings}
            to_link |= {i for i, p in around.items() if i not in to_link and version_links.may_change(p, posting)}
            taken |= dict.fromkeys(rivals.places(posting, around.values()), posting.title)
            if posting is old_postings.get(number) and not rivals.is_same_rival(posting, new_postings.get(number)):
                to_link |= {i for i, p in around.items() if rivals.later_rivals(p, [posting])}
        former = {i: old_postings[i] for i in changed & old.keys()}
        present = {i: new_postings[i] for i in changed & new_postings.keys()}
        to_link |= holders_of_flipped_keys(self._db, former, present) - gone
        kept = {row["root"] for row in rows}
        linked = derived.successors(self._db, [r.root for r in before if r.root not in kept])
        linked += [r for r in derived.successors(self._db, taken) if self._has_other_title(r, taken)]
        to_link |= {r.id for r in linked if r.id not in gone}
        return self._relink(to_link)

    def _has_other_title(self, revision: StoredRevision, taken: Mapping[str, str]) -> bool:
        """Return True if a revision follows one of some postings under another title than these have."""
        one = self._postings.get(revision.id)
        return one is not None and one.title != taken.get(revision.predecessor or "", one.title)

    def _relink(self, to_link: set[int]) -> set[int]:
        """Recompute the predecessors of these revisions; return them and their former predecessors."""
        self._postings.load(to_link)
        order = [i for i in sorted(to_link) if i in self._postings]
        near = neighbours(self._db, [self._postings[i] for i in order], after=rivals.REACH)
        self._postings.load(set().union(*near.values()) if near else set())
        tied, refused = manual_links.by_hand(self._db, [self._postings[i] for i in order])
        stored = {r.id: r for r in derived.revisions_by_id(self._db, order)}
        rows: list[dict[str, Any]] = []
        joins: dict[int, list[str]] = {}
        former: set[str] = set()
        for index, number in enumerate(order):
            posting = self._postings[number]
            candidates = [self._postings[i] for i in sorted(near[index]) if i in self._postings and i != number]
            if barred := self._refused(posting, refused):
                candidates = [c for c in candidates if not any(version_links.same_revision(c, b) for b in barred)]
            hand = tied.get(posting.root)
            if hand is not None:
                link: Link | None = Link(posting.root, hand[0], (f"linked by {hand[1]}",), 0.0, by_hand=True)
            else:
                link = self._find_predecessor(posting, candidates)
            also = joined(posting, link, candidates)
            predecessor = link.predecessor if link else None
            text = stored_link(link, also)
            row = stored.get(number)
            if row is not None and (row.predecessor, row.link) != (predecessor, text):
                rows.append({"id": number, "predecessor": predecessor, "link": text})
                joins[number] = [join.predecessor for join in also]
                self._altered.add(number)
                former.update(predecessors(row))
        derived.change_revisions(self._db, rows)
        derived.replace_joins(self._db, joins)
        return {*order, *(r.id for r in derived.revisions_by_root(self._db, former))}

    def _refused(self, posting: PostingFacts, refused: set[tuple[str, str]]) -> list[PostingFacts]:
        """Return the postings that a person refused as predecessor."""
        roots = [earlier for later, earlier in refused if later == posting.root]
        if not roots:
            return []
        numbers = [r.id for r in derived.revisions_by_root(self._db, roots)]
        self._postings.load(numbers)
        return [self._postings[i] for i in numbers if i in self._postings]

    # ---- series ----------------------------------------------------------------------------------------------------

    def _series(self, touched: set[int], former: Set[int] = frozenset()) -> tuple[Change, ...]:
        """Recompute the series that these revisions are in, and those that lost a revision."""
        family = self._families(touched, former)
        if not family and not former:
            return ()
        groups = linked_groups(family)
        old_ids = {r.series_id for r in family.values() if r.series_id is not None} | former
        numbers = [min(group) for group in groups]
        states = derived.series_states(self._db, old_ids.union(numbers))
        activity = derived.last_dates(self._db, family)
        summaries = {i: decode_summary(r.view) for i, r in family.items()}
        all_ids = (message_id for summary in summaries.values() for message_id in summary.message_ids)
        by_hand = {m[0]: (State(m[1]), *m[2:]) for m in decisions.marks(self._db, all_ids)}
        marks = [
            Mark(family[i].root, *by_hand[message_id])
            for i, summary in summaries.items()
            for message_id in summary.message_ids
            if message_id in by_hand
        ]
        orders = [in_order([family[i] for i in group]) for group in groups]
        merges = outside.merges(self._db, self._postings, orders)
        several = [number for number, group in zip(numbers, groups, strict=True) if len(group) > 1]
        claims = derived.series_claims(self._db, several)
        earlier = [self._earlier(members, claims.get(i)) for i, members in zip(numbers, orders, strict=True)]
        claimed = claims_in(self._db, orders, summaries, self._threads, earlier)
        rows: list[dict[str, Any]] = []
        changes: list[Change] = []
        moved: list[dict[str, Any]] = []
        for number, members, settled in zip(numbers, orders, claimed, strict=True):
            last = max(activity.get(r.id, r.date) for r in members)
            row = series_record(number, members, summaries, marks, merges[members[-1].id], last, settled)
            rows.append(row)
            moved += [{"id": r.id, "series_id": number} for r in members if r.series_id != number]
            state_before, turn_before, _ = states.get(number, ("", "", ""))
            if (state_before, turn_before) != (row["state"], row["turn"]):
                changes.append(Change(number, row["title"], state_before, row["state"], turn_before, row["turn"]))
        self.series.update(row["id"] for row in rows)
        derived.change_revisions(self._db, moved)
        derived.replace_series(self._db, old_ids - {row["id"] for row in rows}, rows)
        series_changes.note(self._db, old_ids.union(numbers))
        return tuple(changes)

    def _earlier(self, members: Sequence[StoredRevision], stored: tuple[str, str] | None) -> Earlier | None:
        """Return what is known of a series; None unless it has the versions, in the order, that it had."""
        if stored is None or any(r.id in self._altered for r in members):
            return None
        roots, claims = stored
        if roots != "\n".join(r.root for r in members):
            return None
        return Earlier(decode_claims(claims), {r.id: self._replied[r.id] for r in members if r.id in self._replied})

    def _families(self, touched: set[int], former: Set[int]) -> dict[int, StoredRevision]:
        """Return all revisions connected with `touched`, by their present links or their former series."""
        family: dict[int, StoredRevision] = {}
        wave = derived.revisions_by_id(self._db, touched) + derived.series_revisions(self._db, former)
        while wave:
            new = {r.id: r for r in wave if r.id not in family}
            family.update(new)
            if not new:
                break
            wave = derived.successors(self._db, (r.root for r in new.values()))
            wave += derived.revisions_by_root(self._db, {root for r in new.values() for root in predecessors(r)})
            wave += derived.series_revisions(self._db, {r.series_id for r in new.values() if r.series_id is not None})
        return family


def derive_conversations(connection: Connection, conversations: Iterable[int]) -> None:
    """Recompute everything in these conversations after a manual decision about a mail."""
    postponed.postpone(connection, set(conversations))
    Derivation(connection).finish()


def derive_again(connection: Connection, roots: Sequence[str]) -> None:
    """Recompute the links and series of these revisions after a manual decision."""
    derivation = Derivation(connection)
    revisions = derived.revisions_by_root(connection, roots)
    derivation.relink({r.id for r in revisions})
