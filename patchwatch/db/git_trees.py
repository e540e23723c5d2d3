"""Git trees: the position up to which each was read, its commits, and their index keys.

Functions that write take the connection of one writing transaction (`Database.write`); none commits.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, and_, delete, exists, insert, or_, select, update

from patchwatch.db import schema as t
from patchwatch.db.sql import chunks, insert_missing, next_id
from patchwatch.mail.message import Person, name_key, person_key
from patchwatch.series.areas import areas_of
from patchwatch.series.commit_match import REACH, Commit, CommitInTrees, keys
from patchwatch.series.model import TreeRow


def trees(connection: Connection) -> tuple[TreeRow, ...]:
    """Return every known tree, by name."""
    return tuple(_tree(row) for row in connection.execute(select(t.tree).order_by(t.tree.c.name)))


def tree(connection: Connection, name: str) -> TreeRow:
    """Return a known tree."""
    return _tree(connection.execute(select(t.tree).where(t.tree.c.name == name)).one())


def _tree(row: Any) -> TreeRow:
    return TreeRow(row.id, row.name, row.mainline, row.position, row.read_at, row.failed_at, row.failure or "")


def set_tree(connection: Connection, name: str, **values: Any) -> int:
    """Change columns of a tree; create it if it is new.  Returns its id."""
    row = connection.scalar(select(t.tree.c.id).where(t.tree.c.name == name))
    if row is None:
        row = next_id(connection, t.tree)
        connection.execute(insert(t.tree).values(id=row, name=name, **{"mainline": False, "tags": "[]", **values}))
    elif values:
        connection.execute(update(t.tree).where(t.tree.c.id == row).values(**values))
    return int(row)


def forget_tree(connection: Connection, name: str) -> None:
    """Delete a tree that has no commits left."""
    connection.execute(delete(t.tree).where(t.tree.c.name == name))


_ANY_COMMIT = select(t.tree_commit.c.id).limit(1)


def any_commits(connection: Connection) -> bool:
    """True if there are any commits; most people configure no trees."""
    return connection.scalar(_ANY_COMMIT) is not None


# ---- commits -------------------------------------------------------------------------------------------------------


def add_commits(connection: Connection, tree: int, commits: Sequence[Commit]) -> list[int]:
    """Add commits to a tree; return the ids of those that are new in it."""
    known = {
        row.sha: row.id
        for part in chunks(c.sha for c in commits)
        for row in connection.execute(
            select(t.tree_commit.c.sha, t.tree_commit.c.id).where(t.tree_commit.c.sha.in_(part))
        )
    }
    held = {
        row
        for part in chunks(known.values())
        for row in connection.scalars(
            select(t.tree_holds.c.commit_id).where(t.tree_holds.c.tree_id == tree, t.tree_holds.c.commit_id.in_(part))
        )
    }
    first = next_id(connection, t.tree_commit)
    fresh = {c.sha: c for c in commits if c.sha not in known}
    ids = dict(zip(fresh, range(first, first + len(fresh)), strict=True))
    if fresh:
        connection.execute(insert(t.tree_commit), [_row(ids[sha], c) for sha, c in fresh.items()])
        connection.execute(
            insert(t.commit_key),
            [{"key": key, "commit_id": ids[sha]} for sha, c in fresh.items() for key in sorted(keys(c))],
        )
    new = [i for i in dict.fromkeys((known | ids)[c.sha] for c in commits) if i not in held]
    insert_missing(connection, t.tree_holds, [{"commit_id": i, "tree_id": tree} for i in new])
    return new


def held_by(connection: Connection, tree: int) -> dict[str, int]:
    """Return the ids of the commits in a tree, by hash."""
    return {
        row.sha: row.id
        for row in connection.execute(
            select(t.tree_commit.c.sha, t.tree_commit.c.id)
            .join(t.tree_holds, t.tree_holds.c.commit_id == t.tree_commit.c.id)
            .where(t.tree_holds.c.tree_id == tree)
        )
    }


def ids_of(connection: Connection, tree: int, shas: Iterable[str]) -> list[int]:
    """Return the ids of those of these commits that are in a tree."""
    return [
        row
        for part in chunks(shas)
        for row in connection.scalars(
            select(t.tree_commit.c.id)
            .join(t.tree_holds, t.tree_holds.c.commit_id == t.tree_commit.c.id)
            .where(t.tree_holds.c.tree_id == tree, t.tree_commit.c.sha.in_(part))
        )
    ]


def release(connection: Connection, tree: int, ids: Collection[int]) -> None:
    """Remove commits from a tree, and delete those that are in no tree."""
    for part in chunks(ids):
        connection.execute(
            delete(t.tree_holds).where(t.tree_holds.c.tree_id == tree, t.tree_holds.c.commit_id.in_(part))
        )
        still = set(
            connection.scalars(select(t.tree_holds.c.commit_id).where(t.tree_holds.c.commit_id.in_(part)).distinct())
        )
        gone = [i for i in part if i not in still]
        pairs = [
            and_(t.commit_key.c.key == key, t.commit_key.c.commit_id == i)
            for i, held in commits(connection, gone).items()
            for key in keys(held.commit)
        ]
        for some in chunks(pairs, 200):
            connection.execute(delete(t.commit_key).where(or_(*some)))
        connection.execute(delete(t.tree_commit).where(t.tree_commit.c.id.in_(gone)))


def commits(connection: Connection, ids: Iterable[int]) -> dict[int, CommitInTrees]:
    """Return these commits with the trees that they are in."""
    found: dict[int, CommitInTrees] = {}
    for part in chunks(ids):
        homes: dict[int, list[str]] = {}
        mainline: dict[int, str] = {}
        for row in connection.execute(
            select(t.tree_holds.c.commit_id, t.tree.c.name, t.tree.c.mainline)
            .join(t.tree, t.tree.c.id == t.tree_holds.c.tree_id)
            .where(t.tree_holds.c.commit_id.in_(part))
            .order_by(t.tree.c.name)
        ):
            homes.setdefault(row.commit_id, []).append(row.name)
            if row.mainline:
                mainline[row.commit_id] = row.name
        for row in connection.execute(select(t.tree_commit).where(t.tree_commit.c.id.in_(part))):
            found[row.id] = CommitInTrees(_commit(row), tuple(homes.get(row.id, ())), mainline.get(row.id, ""))
    return found


def commits_with_keys(connection: Connection, wanted: Iterable[str]) -> dict[str, list[int]]:
    """Return the commits with each index key."""
    found: dict[str, list[int]] = {}
    for part in chunks(wanted):
        for row in connection.execute(select(t.commit_key).where(t.commit_key.c.key.in_(part))):
            found.setdefault(row.key, []).append(row.commit_id)
    return found


# ---- patch-ids -----------------------------------------------------------------------------------------------------


def without_patch_id(connection: Connection, tree: int) -> dict[str, int]:
    """Return the commits of a tree whose patch-id is needed: by authors of postings of about that time.

    Computing it for every commit of mainline would take minutes, and nearly all have other authors.
    """
    by_author = exists().where(
        t.revision_key.c.key.in_(["a:" + t.tree_commit.c.author_email, "n:" + t.tree_commit.c.author_key]),
        t.revision_key.c.date.between(t.tree_commit.c.committed - REACH, t.tree_commit.c.committed + REACH),
    )
    return {
        row.sha: row.id
        for row in connection.execute(
            select(t.tree_commit.c.sha, t.tree_commit.c.id)
            .join(t.tree_holds, t.tree_holds.c.commit_id == t.tree_commit.c.id)
            .where(t.tree_holds.c.tree_id == tree, t.tree_commit.c.patch_id.is_(None), by_author)
        )
    }


def set_patch_ids(connection: Connection, patch_ids: Mapping[int, str]) -> None:
    """Store the patch-ids of commits; empty for a commit without one."""
    for i, patch_id in patch_ids.items():
        connection.execute(update(t.tree_commit).where(t.tree_commit.c.id == i).values(patch_id=patch_id))
    insert_missing(
        connection,
        t.commit_key,
        [{"key": f"p:{patch_id}", "commit_id": i} for i, patch_id in patch_ids.items() if patch_id],
    )


# ---- one commit ----------------------------------------------------------------------------------------------------


class _CommitFacts(Struct, frozen=True, array_like=True):
    """The fields of a commit that have no column of their own; stored as a JSON array."""

    author_name: str
    authored: int
    committer: Person
    title: str
    links: tuple[str, ...]
    origins: tuple[str, ...]
    reverts: tuple[str, ...]
    merge: bool


_decoder = msgspec.json.Decoder(_CommitFacts)


def _row(number: int, c: Commit) -> dict[str, Any]:
    facts = _CommitFacts(c.author.name, c.authored, c.committer, c.title, c.links, c.origins, c.reverts, c.merge)
    own = c.merge or person_key(c.author) == person_key(c.committer)
    areas = () if own else areas_of(c.title, [c.title])
    return {
        "id": number,
        "sha": c.sha,
        "author_email": c.author.email,
        "author_key": name_key(c.author.name),
        "committed": c.committed,
        "patch_id": "" if c.merge else None,
        "facts": msgspec.json.encode(facts).decode(),
        "area": areas[0] if areas else "",
        "inner_area": areas[1] if len(areas) > 1 else "",
        "committer": person_key(c.committer) if areas else "",
    }


def _commit(row: Any) -> Commit:
    facts = _decoder.decode(row.facts)
    return Commit(
        sha=row.sha,
        author=Person(facts.author_name, row.author_email),
        authored=facts.authored,
        committer=facts.committer,
        committed=row.committed,
        title=facts.title,
        links=facts.links,
        origins=facts.origins,
        reverts=facts.reverts,
        merge=facts.merge,
        patch_id=row.patch_id or "",
    )
