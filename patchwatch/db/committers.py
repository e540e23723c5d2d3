"""Who accepted or relayed patches of which list, and who commits or relays there in consequence.

patchwatch.series.committers decides that.

Functions that write take the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Select, Table, bindparam, delete, func, select

from patchwatch.db import schema as t
from patchwatch.db.sql import chunks, delete_with, insert_rows, rows_with, select_once
from patchwatch.series.committers import BY_FORM, ENOUGH, SOME, Committers, Role, is_relayer

Pair = tuple[str, str]
"""A list and a person."""
Roles = Mapping[Pair, Role]
"""The roles of people in a revision."""


@dataclass(frozen=True, slots=True)
class Flips:
    """Who began or ceased to commit or relay to a list, and lists with their first or without their last committer."""

    pairs: frozenset[Pair]
    lists: frozenset[str]


def store_roles(connection: Connection, roles: Mapping[int, Roles], gone: Collection[int]) -> Flips:
    """Store the roles in these revisions, and forget those in the revisions that are gone; return what follows."""
    stored = _stored(connection, {*roles, *gone})
    changed = {i for i in stored.keys() | roles.keys() if stored.get(i, {}) != roles.get(i, {})}
    held = [one.items() for i in changed for one in (stored.get(i, {}), roles.get(i, {}))]
    weighed = {pair for items in held for pair, role in items if role.weight}
    relaying = {pair for items in held for pair, role in items if role.relayed}
    delete_with(connection, t.acceptance.c.revision_id, changed & stored.keys())
    rows = [
        {
            "list": name,
            "person": person,
            "revision_id": i,
            "weight": role.weight,
            "author": role.author,
            "claims": role.claims,
            "area": role.area,
            "date": role.date,
            "relayed": "\n".join(role.relayed),
        }
        for i in sorted(changed & roles.keys())
        for (name, person), role in sorted(roles[i].items())
    ]
    insert_rows(connection, t.acceptance, rows)
    flips = _update_committers(connection, weighed) if weighed else Flips(frozenset(), frozenset())
    return Flips(flips.pairs | _update_relayers(connection, relaying), flips.lists) if relaying else flips


def recompute(connection: Connection) -> None:
    """Store who commits or relays to which list according to the stored roles, whatever was stored of that."""
    a, c, r = t.acceptance.c, t.committer.c, t.relayer.c
    accepting, relaying = select(a.list, a.person).where(a.weight > 0), select(a.list, a.person).where(a.relayed != "")
    if pairs := _pairs(connection, accepting, select(c.list, c.person)):
        _update_committers(connection, pairs)
    if pairs := _pairs(connection, relaying, select(r.list, r.person)):
        _update_relayers(connection, pairs)


def _pairs(connection: Connection, *queries: Select[Any]) -> set[Pair]:
    return {(row[0], row[1]) for query in queries for row in connection.execute(query)}


def _delete(connection: Connection, table: Table, pairs: Iterable[Pair]) -> None:
    """Delete the rows of these lists and people."""
    row = (table.c.list == bindparam("name"), table.c.person == bindparam("who"))
    if values := [{"name": name, "who": person} for name, person in pairs]:
        connection.execute(delete(table).where(*row), values)


def _stored(connection: Connection, revisions: Iterable[int]) -> dict[int, dict[Pair, Role]]:
    a = t.acceptance.c
    found: dict[int, dict[Pair, Role]] = {}
    query = select_once(a.revision_id, a.list, a.person, a.weight, a.author, a.claims, a.area, a.date, a.relayed)
    for row in rows_with(connection, query, a.revision_id, revisions):
        role = Role(row.weight, row.author, row.claims, row.area, row.date, tuple(row.relayed.splitlines()))
        found.setdefault(row.revision_id, {})[row.list, row.person] = role
    return found


def _update_committers(connection: Connection, pairs: set[Pair]) -> Flips:
    """Recompute whether these people commit to these lists."""
    lists = sorted({name for name, _ in pairs})
    known = committers(connection, lists)
    before = dict.fromkeys(known.once, False) | dict.fromkeys(known.pairs, True)
    a = t.acceptance.c
    after = {pair: enough for pair, enough in before.items() if pair not in pairs}
    for part in chunks(sorted({person for _, person in pairs})):
        query = (
            select(a.list, a.person, func.sum(a.weight), func.max(a.weight))
            .where(a.list.in_(lists), a.person.in_(part))
            .group_by(a.list, a.person)
        )
        for name, person, total, most in connection.execute(query):
            if (name, person) in pairs and (total >= SOME or most >= BY_FORM):
                after[name, person] = total >= ENOUGH
    changed = sorted(pair for pair in before.keys() | after.keys() if before.get(pair) != after.get(pair))
    _delete(connection, t.committer, changed)
    rows = [{"list": pair[0], "person": pair[1], "enough": after[pair]} for pair in changed if pair in after]
    insert_rows(connection, t.committer, rows)
    with_some = [{name for (name, _), enough in held.items() if enough} for held in (before, after)]
    return Flips(frozenset(changed), frozenset(with_some[0] ^ with_some[1]))


def _update_relayers(connection: Connection, pairs: set[Pair]) -> frozenset[Pair]:
    """Recompute whether these people relay patches of these lists; return those for whom that changed."""
    a, r = t.acceptance.c, t.relayer.c
    lists, people = sorted({name for name, _ in pairs}), {person for _, person in pairs}
    batches: dict[Pair, list[set[str]]] = {}
    query = select_once(a.revision_id, a.list, a.person, a.relayed).where(a.relayed != "", a.list.in_(lists))
    for _, name, person, relayed in rows_with(connection, query, a.person, people):
        batches.setdefault((name, person), []).append(set(relayed.splitlines()))
    before = {(row.list, row.person) for row in rows_with(connection, select_once(r.list, r.person), r.list, lists)}
    after = {pair for pair in pairs if is_relayer(batches.get(pair, ()))}
    changed = (before & pairs) ^ after
    _delete(connection, t.relayer, sorted(changed & before))
    insert_rows(connection, t.relayer, [{"list": name, "person": who} for name, who in sorted(changed - before)])
    return frozenset(changed)


def committers(connection: Connection, lists: Iterable[str]) -> Committers:
    """Return the committers of these lists, and who relays patches of them."""
    c, r, names = t.committer.c, t.relayer.c, sorted(set(lists))
    rows = list(rows_with(connection, select_once(c.list, c.person, c.enough), c.list, names))
    relayers = rows_with(connection, select_once(r.list, r.person), r.list, names)
    return Committers(
        frozenset((row.list, row.person) for row in rows if row.enough),
        frozenset((row.list, row.person) for row in rows if not row.enough),
        frozenset((row.list, row.person) for row in relayers),
    )


def conversations_of(connection: Connection, flips: Flips) -> set[int]:
    """Return the conversations with a revision that is derived differently since then."""
    if not flips.pairs and not flips.lists:
        return set()
    a = t.acceptance.c
    columns = select(t.revision.c.conversation, a.list, a.person)
    joined = columns.join(t.acceptance, a.revision_id == t.revision.c.id).distinct()
    people = joined.where(a.list.in_(sorted({name for name, _ in flips.pairs})), a.author | a.claims)
    found = {
        conversation
        for conversation, name, person in rows_with(connection, people, a.person, {who for _, who in flips.pairs})
        if (name, person) in flips.pairs
    }
    return found | {row[0] for row in rows_with(connection, joined.where(a.claims), a.list, flips.lists)}
