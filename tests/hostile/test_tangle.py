"""Mails that name each other in every way: nothing raises in any order, and every order gives the same database."""

from __future__ import annotations

import tempfile
from pathlib import Path
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchwatch.sync.ingest import read_mail
from tests.hostile.tangle import NOW, stored, tangled

SETTINGS = settings(
    max_examples=12, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)

pytestmark = pytest.mark.sqlite  # hundreds of databases take too long on a server


@SETTINGS
@given(st.randoms(use_true_random=False), st.integers(1, 24))
def test_tangled_mails_are_the_same_in_any_order_and_drawn_printably(chance: Random, count: int) -> None:
    reads = [read_mail(raw, NOW) for raw in tangled(chance, count)]
    assert [read.message.unreadable for read in reads if read.message.unreadable] == []
    results = []
    for again in (False, True):
        with tempfile.TemporaryDirectory() as directory:
            result, unsafe = stored(reads, chance, Path(directory), again=again)
            assert unsafe == ""
            results.append(result)
    assert results[0] == results[1]
