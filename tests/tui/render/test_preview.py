"""The preview of a series: what it shows first where there is little room, and that it never cuts why."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from patchwatch.series.model import CheckRow, DependencyRow, Evidence, MessageRow, SeriesRow
from patchwatch.tui.render.columns import width_of
from patchwatch.tui.render.preview import Previewed, preview_lines
from tests.tui.sample_mails import NOW
from tests.tui.sample_series import drops, zswap

WHY = "answer Andy's doubt from 7 days ago, and 1 more; 2 days over your week"
ASKED = "Why is the pool shrunk before it is full, although nobody has asked for the memory yet?"
ME = frozenset({"ines@example.org"})


def row() -> SeriesRow:
    """A series with evidence, a dependency and results."""
    sample = zswap()[0]
    newest = replace(sample.revisions[-1], checks=(CheckRow("lkp", "failure", "error", "c@x", NOW, 1),))
    evidence = Evidence("q@x", ASKED, by_name="Andy Shevchenko", by_email="andy@example.com", date=NOW)
    needs = DependencyRow("m@x", "Based-on", "b@x", "a@x", 12, "accepted", "frob: add a knob")
    return replace(
        sample, revisions=(*sample.revisions[:-1], newest), turn_evidence=evidence, depends_on=(needs,), turn="author"
    )


def mail(name: str, text: str) -> MessageRow:
    return MessageRow(
        f"{name}@x", None, 1, "r@x", 0, "reply", False, "Lea Brandt", "lea@x", "Re: x", NOW, True, False, (), text
    )


def text_of(width: int, height: int, shown: Previewed | None = None) -> list[str]:
    shown = shown or Previewed(row(), WHY, "2 of 4 read", (mail("a", "first"), mail("b", "It holds the list.")))
    lines = preview_lines(shown, ME, NOW, width, height)
    assert all(width_of(line) <= width for line in lines)
    assert len(lines) <= height
    return ["".join(text for text, _ in line) for line in lines]


def test_it_says_why_what_is_new_what_was_read_what_it_needs_and_results() -> None:
    lines = text_of(140, 12)
    assert lines[0].startswith("── mm/zswap: shrink the pool before it is full · v3 RFC · 4 patches · Jonas Weide · ")
    assert lines[0].endswith(" ◐ under-review ──")
    assert lines[1].split() == ["why", *WHY.split()]
    assert ASKED in lines[2]
    assert lines[2].endswith("Andy Shevchenko, 20 Sep")
    assert [line.split()[0] for line in lines[3:]] == ["new", "read", "needs", "results"]
    assert "2 unread mails, since 20 Sep; Lea Brandt: “It holds the list.”" in lines[3]
    assert "1 CI ✗" in lines[6]


@pytest.mark.parametrize(
    ("height", "labels"),
    [(7, ["why", "new", "read", "needs", "results"]), (6, ["why", "new", "read", "needs"]), (4, ["why", "new"]),
     (3, ["why"]), (1, [])],
)  # fmt: skip
def test_what_matters_least_goes_first_on_a_low_screen(height: int, labels: list[str]) -> None:
    found = [line[1:9].strip() for line in text_of(140, height)[1:]]
    assert [label for label in found if label] == labels


@pytest.mark.parametrize("width", [40, 60, 80, 100, 200])
def test_the_reason_is_never_cut(width: int) -> None:
    words = " ".join(" ".join(text_of(width, 24)).split())
    assert WHY in words
    assert "Why is the pool" in words


def test_a_title_that_does_not_fit_stands_in_the_row_above() -> None:
    assert text_of(80, 6)[0].startswith("── v3 RFC · 4 patches · Jonas Weide ")


def test_without_a_place_in_the_queue_it_says_whose_turn_it_is_or_how_it_ended() -> None:
    assert "waiting for author" in text_of(80, 6, Previewed(row(), "", ""))[1]
    assert "accepted since 19 Sep 2023" in text_of(80, 6, Previewed(drops()[0], "", ""))[1]
