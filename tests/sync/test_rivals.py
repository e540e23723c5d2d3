"""A version of one change that seemed to follow another one, in any order of arrival."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest

from patchwatch.db.database import Database
from patchwatch.sync.ingest import ingest
from patchwatch.sync.rewind import rewind
from tests.support.derived import dump, ingest_and_dump
from tests.support.sample_threads import READS

FIRST, OTHER, SECOND = READS["contested"][:3]
PREDECESSORS = {"contested0@f": None, "contested1@f": "contested0@f", "contested2@f": "contested0@f"}


def predecessors(dumped: list[object]) -> dict[str, str | None]:
    return {r[0]: r[7] and r[7].message_id for row in dumped for r in row[3]}  # type: ignore[index]


@pytest.mark.parametrize("order", itertools.permutations((FIRST, OTHER, SECOND)))
def test_the_other_version_is_alone_once_its_rival_is_known(order: tuple) -> None:  # type: ignore[type-arg]
    found = ingest_and_dump([[read] for read in order])
    assert predecessors(found) == PREDECESSORS | {"contested1@f": None}
    assert found == ingest_and_dump([[FIRST, OTHER, SECOND]])


def test_the_other_version_is_linked_without_its_rival() -> None:
    found = predecessors(ingest_and_dump([[FIRST], [OTHER]]))
    assert found == {root: PREDECESSORS[root] for root in ("contested0@f", "contested1@f")}


def test_the_other_version_is_linked_again_when_its_rival_is_taken_back(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path}/t.db")
    with database.write() as connection:
        ingest(connection, [FIRST, OTHER, SECOND], "bpf")
    with database.write() as connection:
        rewind(connection, OTHER.message.date)
    assert dump(database) == ingest_and_dump([[FIRST, OTHER]])
    database.close()
