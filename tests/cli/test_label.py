"""`label` and `list --label`."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import Run
from tests.support.mails import mail, mbox


def labels(run: Run, name: str = "1") -> list[str]:
    return list(json.loads(run("show", name, "--json").stdout)["labels"])


def test_labels_are_added_and_removed_in_any_order(with_xdp: Run) -> None:
    done = with_xdp("label", "+todo", "1", "-later", "+net/Next")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith("#1 ")
    assert done.stdout.endswith(": net/next, todo\n")
    assert with_xdp("label", "1", "-todo", "+later").stdout.endswith(": later, net/next\n")
    assert labels(with_xdp) == ["later", "net/next"]


def test_without_changes_labels_are_listed(with_xdp: Run) -> None:
    assert "no series has a label yet" in with_xdp("label").stderr
    assert with_xdp("label", "1").stdout.endswith(": no labels\n")
    with_xdp("label", "1", "+todo", "+later")
    assert with_xdp("label").stdout == "later: 1 series\ntodo: 1 series\n"


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (("+todo",), 2, "name the series to label"),
        (("1", "+to,do"), 1, "'to,do' can't be a label"),
        (("1", "+todo", "-todo"), 1, "'todo' is both added and removed"),
        (("99", "+todo"), 1, "there is no series 99"),
    ],
)
def test_what_is_wrong_is_reported(with_xdp: Run, arguments: tuple[str, ...], status: int, message: str) -> None:
    done = with_xdp("label", *arguments)
    assert (done.returncode, done.stdout) == (status, "")
    assert message in done.stderr
    assert labels(with_xdp) == []


def test_help_is_not_taken_for_a_label(with_xdp: Run) -> None:
    for option in ("-h", "--help"):
        assert with_xdp("label", option).stdout.startswith("Usage: patchwatch label ")


def test_the_list_has_those_with_a_label_whether_watched_or_not(with_xdp: Run) -> None:
    with_xdp("label", "1", "+todo")
    assert with_xdp("list", "--wide").stdout == ""
    wide = with_xdp("list", "--label", "Todo").stdout
    assert "LABELS" in wide
    assert " todo " in wide
    assert [row["id"] for row in json.loads(with_xdp("list", "--label", "todo", "--json").stdout)] == [1]
    assert [row["id"] for row in json.loads(with_xdp("list", "--all", "--json", "label:to").stdout)] == [1]
    none = with_xdp("list", "--label", "tod")
    assert none.stdout == ""
    assert "no series has the label tod. `patchwatch label` lists those in use." in none.stderr
    assert "no known series matches" in with_xdp("list", "--label", "todo", "s:nothing").stderr


def test_show_prints_the_labels(with_xdp: Run) -> None:
    assert "Labels:" not in with_xdp("show", "1").stdout
    with_xdp("label", "1", "+todo", "+later")
    assert "\nLabels: later, todo\n" in with_xdp("show", "1").stdout


def test_undo_restores_labels(with_xdp: Run) -> None:
    with_xdp("label", "1", "+todo")
    with_xdp("label", "1", "+later", "-todo")
    assert with_xdp("undo").stdout.startswith("undone: labels +later -todo: #1 ")
    assert labels(with_xdp) == ["todo"]
    with_xdp("label", "1", "+todo")  # changes nothing, so that there is nothing to undo
    assert with_xdp("undo").stdout.startswith("undone: labels +todo: #1 ")
    assert labels(with_xdp) == []


def posting(version: int) -> bytes:
    mark = f" v{version}" if version > 1 else ""
    return mail(
        message_id=f"v{version}@x",
        subject=f"[PATCH{mark}] foo: free the blip once",
        date=f"Mon, {version} May 2023 10:00:00 +0000",
        body="Why.\n---\n",
    )


def test_labels_stay_through_new_versions_and_reindex(run: Run, tmp_path: Path) -> None:
    box = tmp_path / "box"
    for version in (1, 2):
        box.write_bytes(mbox([posting(one) for one in range(1, version + 1)]))
        assert run("import", box, "--inbox", "x").returncode == 0
        run("label", f"v{version}@x", f"+of-v{version}")
    assert labels(run, "v1@x") == ["of-v1", "of-v2"]
    assert run("reindex").returncode == 0
    assert labels(run, "v2@x") == ["of-v1", "of-v2"]
    run("label", "v2@x", "-of-v1")
    run("unlink", "v2@x")
    assert labels(run, "v2@x") == []  # labels are kept with the first version


def test_labels_of_joined_series_are_both_kept_and_removed_together(run: Run, tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.write_bytes(mbox([posting(1), posting(2)]))
    run("import", box, "--inbox", "x")
    run("unlink", "v2@x")
    for version in (1, 2):
        run("label", f"v{version}@x", "+todo", f"+of-v{version}")
    run("link", "v2@x", "v1@x")
    assert labels(run, "v1@x") == ["of-v1", "of-v2", "todo"]
    run("label", "v1@x", "-todo", "-of-v2")
    assert labels(run, "v2@x") == ["of-v1"]
