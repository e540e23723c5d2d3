"""`show` prints the points of a series: the open ones, or with `--why` all."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.command_line import Run, add_to_config
from tests.support.mails import mbox
from tests.support.points import NOW, series_with_points, series_with_untouched_points


def import_as_ines(run: Run, tmp_path: Path, mails: list[bytes]) -> None:
    """Import mails; Ines, who raised most points, is the user."""
    add_to_config(tmp_path, '[me]\naddresses = ["ines@example.org"]\n')
    (tmp_path / "points.mbox").write_bytes(mbox(mails))
    assert run("import", tmp_path / "points.mbox", "--inbox", "quill").returncode == 0


@pytest.fixture
def with_points(run: Run, tmp_path: Path) -> Run:
    import_as_ines(run, tmp_path, series_with_points())
    return run


def test_show_lists_what_is_open_by_who_acts(with_points: Run) -> None:
    shown = with_points("show", "1", "--now", NOW).stdout
    assert "\n        waiting on: you (1 point), Jun Harada (2), Petra Nowicki (1)\n" in shown
    _, _, below = shown.partition("\nPoints: ")
    assert below.partition("\n\n")[0].split("\n") == [
        "4 of 5 open",
        "        of your 3: 1 open, 1 promised, 1 answered",
        "   4 [~] 3/3  Jun answered, your turn",
        "         “Why do we need the second array at all?”  you, 2023-07-06, quill/pin.c",
        "   2 [ ] 2/3  waits for Jun",
        "         “The lock must cover the lookup too, please move it up.”  you, 2023-07-06, quill/lookup.c",
        "   3 [>] 2/3  Jun said: “Will do in v3.”",
        "         “Please use the guard macro here.”  you, 2023-07-06, quill/lookup.c",
        "   5 [~] 3/3  Jun answered, Petra’s turn",
        "         “What about an offset in the last page?”  Petra, 2023-07-07, quill/pin.c",
        "        1 closed: 1 settled",
        "        1 on earlier versions: 1 done (--why lists them)",
    ]


def test_why_lists_all_with_the_mails_that_raised_and_decided_them(with_points: Run) -> None:
    shown = with_points("show", "1", "--why", "--now", NOW).stdout
    _, _, below = shown.partition("\n\nPoints: ")
    assert [text for text in below.split("\n") if "[" in text] == [
        "   1 [x] 1/3  done in v2",
        "   2 [ ] 2/3  waits for Jun",
        "   3 [>] 2/3  Jun said: “Will do in v3.”",
        "   4 [~] 3/3  Jun answered, your turn",
        "   5 [~] 3/3  Jun answered, Petra’s turn",
        "   6 [x] 1/3  settled by Petra",
    ]
    assert (
        "         “Please check for NULL first.”  Petra, 2023-07-07, quill/table.c\n"
        "         because it stands below an added line, it says how the patch should be, it begins like an order\n"
        "         https://lore.kernel.org/r/r4@quill/\n"
        "         → “Reviewed-by: Petra Nowicki <petra@example.net>”  2023-07-09\n"
        "           https://lore.kernel.org/r/t1@quill/\n"
    ) in below
    assert "\n\nOutlook: " in below
    assert "         for it: “Please check for NULL first.”, a reviewer\n" in below


def test_a_point_is_dismissed_by_number_or_id_and_undone(with_points: Run) -> None:
    done = with_points("dismiss", "1", "2")
    assert done.stdout == (
        "dismissed point 2 of #1: “The lock must cover the lookup too, please move it up.”\n"
        "#1 quill: register buffers from a memfd: changes-requested, waiting for author\n"
    )
    assert with_points("dismiss", "1", "r2@quill#1").returncode == 0
    shown = with_points("show", "1", "--now", NOW).stdout
    assert "Points: 2 of 5 open\n        of your 3: 2 dismissed, 1 promised\n" in shown
    points = json.loads(with_points("show", "1", "--json").stdout)["revisions"][-1]["points"]
    assert [(point["fate"], point["decided"]) for point in points if point["id"] == "r1@quill#1"] == [
        ("dismissed", None)
    ]
    again = with_points("dismiss", "1", "2")
    assert (again.returncode, again.stdout) == (1, "")
    assert "dismissed already" in again.stderr
    assert with_points("undo").stdout.startswith("undone: dismissed point 4: #1 ")
    assert with_points("undo").stdout.startswith("undone: dismissed point 2: #1 ")
    assert "Points: 4 of 5 open\n" in with_points("show", "1", "--now", NOW).stdout


def test_a_series_without_points_has_no_section(with_question: Run) -> None:
    assert "Points:" not in with_question("show", "c@x", "--why").stdout


def test_show_counts_what_the_next_version_did(run: Run, tmp_path: Path) -> None:
    import_as_ines(run, tmp_path, series_with_untouched_points())
    shown = run("show", "1", "--now", NOW).stdout
    assert "\n        waiting on: you (2 points)\n" in shown
    _, _, below = shown.partition("\nPoints: ")
    assert below.partition("\n\n")[0].split("\n") == [
        "2 of 2 open",
        "        of your 3: 1 done in v3, 2 not touched",
        "   2 [ ] 2/3  not touched in v3, your turn",
        "         “The lock must cover the lookup too, please move it up.”  you, 2023-07-06, quill/lookup.c",
        "   3 [ ] 2/3  not touched in v3, your turn",
        "         “Please use the guard macro here.”  you, 2023-07-06, quill/lookup.c",
        "        4 on earlier versions: 1 settled, 3 done (--why lists them)",
    ]
    why = run("show", "1", "--why", "--now", NOW).stdout
    assert (
        "         → “these lines are as they were”  2023-07-12\n           https://lore.kernel.org/r/3-0@quill/\n"
        in why
    )
    (series,) = json.loads(run("list", "--all", "--json", "--now", NOW).stdout)
    assert [(one["name"], len(one["points"])) for one in series["waiting_on"]] == [("Ines Varga", 2)]
    (point, *_) = series["revisions"][1]["points"]
    assert (point["fate"], point["file"], point["decided"]["message_id"]) == (
        "not-touched",
        "quill/lookup.c",
        "3-0@quill",
    )
