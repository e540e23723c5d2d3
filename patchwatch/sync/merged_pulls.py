"""Patches that pull requests list, or that are in mainline according to backports (patchwatch.series.merged)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from patchwatch.db import derived
from patchwatch.db.derived import StoredRevision
from patchwatch.db.posting_codec import decode_posting
from patchwatch.db.postings import Postings
from patchwatch.db.records import revision_state_of
from patchwatch.db.revision_codec import decode_state, decode_summary
from patchwatch.series.citations import keys_in_postings
from patchwatch.series.merged import (
    REACH,
    author_keys_of_pulls,
    backported_patches,
    is_of_another,
    is_reworded,
    keys_in_postings_of,
    keys_in_pulls,
    keys_of_repeated,
    may_list,
    pulled_patches,
    reworded_titles,
    shows_a_tree,
)
from patchwatch.series.posting import PostingFacts
from patchwatch.series.relayed import sends_on, taken_along, takes_along
from patchwatch.series.state.types import Reason, RevisionState
from patchwatch.series.states import APPLIED, CLOSED, ReasonKind, State
from patchwatch.series.went_in import Report

_UNREAD = (State.NEW, State.UNDER_REVIEW)
_WHICH_WAS = {State.ACCEPTED: "applied", State.MAINLINED: "merged"}
_MAX_HOLDERS = 100  # postings with a title, from which on a patch of that title may be anybody's


def affected(
    connection: Connection, postings: Postings, before: Sequence[StoredRevision], rows: Sequence[dict[str, Any]]
) -> set[int]:
    """Return the revisions whose patches are listed by a pull request that is new or whose state changed."""
    old = {r.id: (r.posting, r.standing) for r in before}
    now = {row["id"]: (row["posting"], row["standing"]) for row in rows}
    changed = [i for i in old.keys() | now.keys() if old.get(i) != now.get(i)]
    facts = [decode_posting(text) for text in {kept[i][0] for kept in (old, now) for i in changed if i in kept}]
    found = _with_rivals(connection, postings, facts)
    pulls = [one for one in facts if one.listed]
    wanted = [[(key[:400], pull.date) for key in keys_in_postings(t for _, t in pull.listed)] for pull in pulls]
    named = [
        [] if takes_along(pull) else _authors({name for name, _ in pull.listed}, pull.date)  # their titles are the same
        for pull in pulls
    ]
    held = _before(connection, {key for own in (*wanted, *named) for key in own})
    near = [{i for key in (*titles, *names) for i in held[key]} for titles, names in zip(wanted, named, strict=True)]
    postings.load(set().union(*near))
    for pull, ids in zip(pulls, near, strict=True):
        found |= {i for i in ids if i in postings and pulled_patches(postings[i], pull)}
    return found | _repeated(connection, postings, [pull for pull in pulls if pull.upstream])


def _repeated(connection: Connection, postings: Postings, backports: Sequence[PostingFacts]) -> set[int]:
    """Return the revisions with patches that these backports repeat."""
    keys = [keys_of_repeated(one) for one in backports]
    held = derived.revisions_with_keys(connection, set().union(*keys))
    postings.load({i for ids in held.values() for i in ids})
    return {
        i
        for one, own in zip(backports, keys, strict=True)
        for i in {i for key in own for i in held.get(key, ())} & postings.keys()
        if backported_patches(postings[i], one)
    }


def _with_rivals(connection: Connection, postings: Postings, changed: Sequence[PostingFacts]) -> set[int]:
    """Return the revisions that pulled patches may be reworded ones of, but for a posting with exactly their title."""
    others = [one for one in changed if not one.listed or takes_along(one)]
    pulls = derived.revisions_with_keys(connection, {f"l:{title}"[:400] for one in others for title in one.titles})
    postings.load({i for ids in pulls.values() for i in ids})
    authors: dict[tuple[str, int], set[str]] = {}  # of a title and the request that lists it
    for one in others:
        for title in one.titles:
            for i in pulls.get(f"l:{title}"[:400], ()):
                if i in postings:
                    names = {name for name, listed in postings[i].listed if listed == title and name in one.names}
                    authors.setdefault((title, i), set()).update(names)
    keys = {pair: _authors(names, postings[pair[1]].date) for pair, names in authors.items()}
    held = _before(connection, {each for own in keys.values() for each in own})
    postings.load({i for ids in held.values() for i in ids})
    return {
        i
        for (title, pull), own in keys.items()
        for i in {i for each in own for i in held[each]} & postings.keys()
        if authors[title, pull].intersection(postings[i].names) and is_reworded(title, postings[i], postings[pull])
    }


def _authors(names: Iterable[str], date: int) -> list[tuple[str, int]]:
    """Return the index keys of postings with patches of people of these names, each with the date of a request."""
    return [(key, date) for name in sorted(names) for key in keys_in_postings_of(name)]


def _before(connection: Connection, wanted: Iterable[tuple[str, int]]) -> dict[tuple[str, int], list[int]]:
    """Return the revisions with each key that a request of that date can list."""
    return derived.revisions_near(connection, wanted, before=REACH, after=0)


def reports(
    connection: Connection, postings: Postings, orders: Sequence[Sequence[StoredRevision]]
) -> dict[int, dict[int, tuple[Report, ...]]]:
    """Return what pull requests and backports show of the newest revision of each series, by revision and patch.

    `orders` are the revisions of each series, oldest first.
    """
    members = {order[-1].id: {r.id for r in order} for order in orders}
    newest = {order[-1].id: order[-1] for order in orders}
    postings.load(members)
    keys = {i: keys_in_pulls(postings[i]) for i in members}
    names = {i: [(key, postings[i].date) for key in author_keys_of_pulls(postings[i])] for i in members}
    held = derived.revisions_with_keys(connection, set().union(*keys.values()))
    naming = derived.revisions_near(connection, (each for own in names.values() for each in own), before=0, after=REACH)
    postings.load({i for ids in (*held.values(), *naming.values()) for i in ids})
    near: dict[int, list[int]] = {}
    for number, one in ((i, postings[i]) for i in members):
        ids = {i for key in keys[number] for i in held.get(key, ())}.union(*(naming[each] for each in names[number]))
        others = ((i, postings[i]) for i in sorted(ids) if i in postings)
        near[number] = [i for i, other in others if other.upstream or (other.listed and may_list(other, one))]
    lists = {r.id: r for r in derived.revisions_by_id(connection, set().union(*near.values()))}
    states = {i: revision_state_of(r) for i, r in lists.items()}
    taken = _taken(connection, postings, members, near)
    found: dict[int, dict[int, tuple[Report, ...]]] = {}
    for number in members:
        own: dict[int, list[Report]] = {}
        for i in near[number]:
            if takes_along(postings[i]):
                places = taken_along(postings[number], postings[i])
                if places and (report := _of_series(newest[number], postings[i], states[i], lists[i])):
                    for place in places:
                        own.setdefault(place, []).append(report)
            elif report := _of_pull(postings[number], postings[i], states[i], lists[i]):
                for place in pulled_patches(postings[number], postings[i], taken.get((number, i), ())):
                    own.setdefault(place, []).append(report)
            for place, (message_id, commit) in backported_patches(postings[number], postings[i]).items():
                text = f"[ Upstream commit {commit[:12]} ]"
                reason = Reason(message_id, text, postings[i].date, commit=commit)
                own.setdefault(place, []).append(Report(State.MAINLINED, reason, alone=True))
        if own:
            found[number] = {place: tuple(entries) for place, entries in own.items()}
    return found


def _taken(
    connection: Connection, postings: Postings, members: Mapping[int, set[int]], near: Mapping[int, Sequence[int]]
) -> dict[tuple[int, int], set[str]]:
    """Return, by revision and pull request, the listed titles that postings of other series have."""
    wanted = {
        (number, i): titles
        for number, ids in near.items()
        for i in ids
        if not takes_along(postings[i]) and (titles := reworded_titles(postings[number], postings[i]))
    }
    titled = {title: keys_in_postings([title]) for titles in wanted.values() for title in titles}
    found = derived.revisions_with_keys(connection, {key[:400] for keys in titled.values() for key in keys})
    held = {title: {i for key in keys for i in found.get(key[:400], ())} for title, keys in titled.items()}
    postings.load({i for ids in held.values() if len(ids) <= _MAX_HOLDERS for i in ids})
    taken: dict[tuple[int, int], set[str]] = {}
    for (number, i), titles in wanted.items():
        one, pull = postings[number], postings[i]
        for title in titles:
            others = held[title] - members[number]
            known = (postings[other] for other in others if other in postings)
            if len(held[title]) > _MAX_HOLDERS or any(is_of_another(title, one, pull, other) for other in known):
                taken.setdefault((number, i), set()).add(title)
    return taken


def _of_pull(one: PostingFacts, pull: PostingFacts, state: RevisionState, stored: StoredRevision) -> Report | None:
    """Return what a pull request, or a batch of a maintainer, shows of the patches of `one` that it lists."""
    if pull.upstream or state.state in (State.REJECTED, State.NOT_APPLICABLE):
        return None
    if pull.relayed and not sends_on(pull, one, listed=True):
        return None
    subject = decode_summary(stored.view).subject
    if state.state in APPLIED and state.reason:
        where = f"sent on in “{subject}”" if pull.relayed else f"listed in “{subject}”"
        return _went_in(state, state.reason, f"{where}, which was {_WHICH_WAS[state.state]}")
    if pull.relayed:
        reason = Reason(pull.root, f"sent on in “{subject}”", pull.date, kind=ReasonKind.RELAYED, by=pull.author)
        return Report(State.AWAITING_UPSTREAM, reason)
    if not shows_a_tree(one, pull):
        return None
    text = f"listed in “{subject}”"
    return Report(State.ACCEPTED, Reason(pull.root, text, pull.date, kind=ReasonKind.CITED, by=pull.author))


def _of_series(
    one: StoredRevision, series: PostingFacts, state: RevisionState, stored: StoredRevision
) -> Report | None:
    """Return what a series of somebody else shows of the patches of `one` that it has among its own."""
    subject = decode_summary(stored.view).subject
    if state.state in APPLIED and state.reason:
        return _went_in(state, state.reason, f"taken into “{subject}”, which was {_WHICH_WAS[state.state]}")
    # What its reviewers asked for, or a maintainer may take as it is, still waits in its own thread.
    if state.state in CLOSED or decode_state(one.standing).state not in _UNREAD:
        return None
    reason = Reason(series.root, f"taken into “{subject}”", series.date, kind=ReasonKind.RELAYED, by=series.author)
    return Report(State.AWAITING_UPSTREAM, reason)


def _went_in(state: RevisionState, reason: Reason, text: str) -> Report:
    """Return what shows that patches went in with others: the mail that shows it of those, which lists none of them."""
    return Report(state.state, replace(reason, text=text, kind=ReasonKind.CITED))
