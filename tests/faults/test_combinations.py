"""Random combinations of faults, in random order; `make torture` has many more."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from tests.faults.combinations import Round
from tests.faults.server import SmallArchive


@pytest.mark.parametrize("seed", [1, 2, 3, 4])
def test_after_any_faults_in_any_order_nothing_is_missing(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("patchwatch.sources.lore.response.MAX_MAIL_BYTES", 1 << 20)
    one = Round(SmallArchive(), tmp_path, random.Random(seed))
    try:
        one.check()
    finally:
        one.close()
    assert one.counts["databases equal to undisturbed ones"] == 1
