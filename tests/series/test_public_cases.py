"""The public reports of mails that trackers got wrong, imported as they are; skipped where the files are absent.

Smaller tests beside the modules check each kind in mails of our own.  A case that still goes wrong is marked `xfail`.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from patchwatch.cli.main import run
from tests.support.paths import ROOT

NOW = "2025-03-05T00:00Z"  # soon after the last mail of every case

Series = list[dict[str, Any]]


def cases() -> Path | None:
    """The directory of the cases, beside the repository or beside its worktrees."""
    beside = (parent / "shared" / "cases" for parent in ROOT.parents)
    return next((directory for directory in beside if directory.is_dir()), None)


@pytest.fixture
def derived(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., Any]:
    """Import a case into an empty database, and return its series as `list --json` prints them."""
    directory = cases()
    if directory is None:
        pytest.skip("the public cases (shared/cases) are not beside this repository")
    for name in [name for name in os.environ if name.startswith(("PATCHWATCH_", "XDG_"))]:
        monkeypatch.delenv(name)
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))

    def show(case: str) -> Series:
        assert run(["import", str(directory / f"{case}.mbox"), "--inbox", "test"]) == 0
        capsys.readouterr()
        assert run(["list", "--all", "--json", "--now", NOW]) == 0
        return sorted(json.loads(capsys.readouterr().out), key=lambda one: one["revisions"][0]["date"])

    return show


def versions(series: Series) -> list[list[tuple[int, int, int]]]:
    """Per series, its revisions: the version, how many patches were seen, and how many it has."""
    return [[(r["version"], r["patches"], r["expected"]) for r in one["revisions"]] for one in series]


def endorsements(revision: dict[str, Any]) -> set[tuple[str, int]]:
    """Who endorsed which patch, 0 for all of them."""
    return {
        (trailer["value"].partition(" ")[0], trailer["patch"])
        for trailer in revision["trailers"]
        if trailer["name"].lower() != "signed-off-by"
    }


def covered(revision: dict[str, Any]) -> dict[str, set[int]]:
    """The patches that each person endorsed, by number."""
    found: dict[str, set[int]] = {}
    for who, patch in endorsements(revision):
        found.setdefault(who, set()).update([patch] if patch else range(1, revision["expected"] + 1))
    return found


def test_03_no_blank_before_the_counter(derived: Callable[..., Any]) -> None:
    assert versions(derived("03-no-blank")) == [[(1, 4, 4)]]


def test_06_an_inserted_patch_is_kept_in_the_posting(derived: Callable[..., Any]) -> None:
    (series,) = derived("06-inserted-patch-2.5of3")
    assert [r["version"] for r in series["revisions"]] == [1]
    ids = series["revisions"][0]["patch_message_ids"]
    assert {f"20250303090000.100-{n}-ann@example.org" for n in (2, 3, 4)} <= {*ids}
    assert "20250303120000.1-1-ann@example.org" in ids
    assert series["title"] == "frob: make it faster"


def test_12_the_rest_of_a_series_that_was_sent_later(derived: Callable[..., Any]) -> None:
    series = derived("12-rest-sent-later")
    assert versions(series) == [[(1, 6, 6)]]
    assert series[0]["title"] == "frob: make it faster"


def test_14_supersedes_names_the_earlier_version(derived: Callable[..., Any]) -> None:
    (series,) = derived("14-supersedes-trailer")
    first, second = series["revisions"]
    assert (first["expected"], second["expected"]) == (2, 2)
    predecessor = second["predecessor"]
    assert predecessor["message_id"] == first["message_id"]
    assert any("supersede" in words.lower() for words in predecessor["evidence"])


def test_27_a_reply_without_re(derived: Callable[..., Any]) -> None:
    series = derived("27-tag-without-re")
    assert versions(series) == [[(1, 1, 1)]]
    assert endorsements(series[0]["revisions"][0]) == {("Rex", 1)}
    assert series[0]["state"] == "reviewed"


def test_31_one_patch_posted_thrice(derived: Callable[..., Any]) -> None:
    (series,) = derived("31-one-patch-posted-thrice")
    (revision,) = series["revisions"]
    assert (revision["patches"], revision["expected"], revision["incomplete"]) == (1, 4, True)
    assert series["incomplete"]


def test_44_tags_for_some_patches_and_for_the_series(derived: Callable[..., Any]) -> None:
    (series,) = derived("44-series-reviewed-by")
    assert covered(series["revisions"][0]) == {"Rex": {1, 2, 3}, "Ben": {1, 2, 3}, "Mia": {1, 2, 3, 4}}
    assert series["state"] == "reviewed"


def test_50_footers_and_notices_decide_nothing(derived: Callable[..., Any]) -> None:
    (series,) = derived("50-list-footer-and-disclaimer")
    assert endorsements(series["revisions"][0]) == {("Rex", 1), ("Mia", 1)}
    assert (series["state"], series["turn"]) == ("reviewed", "maintainer")


def test_67_one_patch_of_a_series_is_rerolled(derived: Callable[..., Any]) -> None:
    (series,) = derived("67-one-patch-rerolled")
    newest = series["revisions"][-1]
    assert (newest["version"], newest["expected"], newest["incomplete"]) == (3, 4, False)
    assert series["title"] == series["revisions"][0]["subject"].partition("] ")[2]
    assert ("Rex", 1) in endorsements(newest)


def test_68_encoded_and_folded_ids(derived: Callable[..., Any]) -> None:
    (series,) = derived("68-encoded-in-reply-to")
    (revision,) = series["revisions"]
    assert revision["follow_ups"] == 3
    assert {who for who, _ in endorsements(revision)} == {"Rex", "Mia", "Ben"}


def test_70_a_result_names_the_version_it_tested(derived: Callable[..., Any]) -> None:
    (series,) = derived("70-ci-result-of-rev2")
    first, second = series["revisions"]
    assert not first["checks"]
    (check,) = second["checks"]
    assert check["verdict"] == "failure"
    assert series["turn"] == "author"


def test_72_a_dependency_is_not_a_version(derived: Callable[..., Any]) -> None:
    assert versions(derived("72-depends-on-is-no-version")) == [[(1, 2, 2)], [(1, 2, 2)]]


def test_74_tags_as_people_type_them(derived: Callable[..., Any]) -> None:
    (series,) = derived("74-tags-as-people-type-them")
    people = {"Rex", "Mia", "Ben", "Cal", "Dee", "Eli", "Flo"}
    assert {who for who, _ in endorsements(series["revisions"][0])} == people
    values = {t["value"] for t in series["revisions"][0]["trailers"]}
    assert {"Cal Clerk <cal@example.org>", "Dee Dev <dee@example.org>", "Flo F <flo@example.org>"} <= values


def test_78_an_author_withdraws_and_links_the_new_version(derived: Callable[..., Any]) -> None:
    series = derived("78-author-withdraws-and-links")
    old = series[0]
    if len(series) == 1:
        assert old["revisions"][0]["state"] == "superseded"
    else:
        assert (old["state"], old["turn"]) in (("superseded", "nobody"), ("not-applicable", "nobody"))
