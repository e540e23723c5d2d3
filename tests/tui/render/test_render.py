"""Everything of the screens that is a function: columns, trees, breaking lines, finding a sentence, words."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace
from rich.cells import cell_len

from patchwatch.mail.message import Person, PullRequest
from patchwatch.sanitize import block, line
from patchwatch.series.left import Left
from patchwatch.series.model import DependencyRow, InboxRow, NextAction
from patchwatch.series.states import State, Turn
from patchwatch.series.views import COUNTED, View
from patchwatch.tui.base.theme import overlay
from patchwatch.tui.controllers.series_state import SeriesState
from patchwatch.tui.dialogs.command_palette import highlighted, ranked
from patchwatch.tui.render import labels
from patchwatch.tui.render.columns import fit, fit_pieces, pad, width_of, wrap
from patchwatch.tui.render.page import Page, find_text, lay_out, mail_page
from patchwatch.tui.render.series_columns import LATEST, WHEN, Order, headings, layout
from patchwatch.tui.widgets.revision_bar import bar_entries, details
from patchwatch.tui.widgets.series_header import state_line, state_lines
from patchwatch.tui.widgets.status_bar import Status, status_pieces
from patchwatch.tui.widgets.thread_list import guides
from patchwatch.tui.widgets.view_tabs import tabs
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import APPLIED, NOW, SENTENCE, SampleMail, at, line_of, mail_of, message_row
from tests.tui.sample_series import chinese, drops, zswap

TEXTS = st.text(st.sampled_from("ab ·é̀你好ｗ 😀\u200b…x"), max_size=60).map(line) | st.text(max_size=40).map(line)


def plain(pieces: list[tuple[str, str]]) -> str:
    return "".join(text for text, _ in pieces)


@given(TEXTS, st.integers(0, 30), st.booleans())
def test_a_cell_takes_exactly_its_width(text: str, width: int, right: bool) -> None:
    assert cell_len(fit(text, width)) <= width
    assert cell_len(pad(text, width, right=right)) == width
    assert width_of(fit_pieces([(text, ""), (text, "dim")], width, right=right)) == width


@given(TEXTS, st.integers(2, 20), st.integers(0, 5), st.integers(0, 3))
def test_wrapped_lines_fit_and_lose_only_spaces(text: str, width: int, indent: int, keep: int) -> None:
    indent = min(indent, width - 2)
    pieces = wrap(text, width, indent, keep)
    for number, (start, end) in enumerate(pieces):
        room = width - (indent if number else 0)
        assert cell_len(text[start:end].rstrip(" ")) <= room
    assert "".join(text[start:end] for start, end in pieces).replace(" ", "") == text.replace(" ", "")


def test_lines_break_between_words() -> None:
    text = "one two three"
    assert [text[a:b] for a, b in wrap(text, 8)] == ["one two", "three"]
    assert [text[a:b] for a, b in wrap(text, 4)] == ["one", "two", "thre", "e"]


@pytest.mark.parametrize("width", range(64, 200, 4))
def test_the_title_keeps_its_columns_at_every_width(width: int) -> None:
    rows = [line_of(known()[0]) for known in (drops, zswap, chinese)]
    columns = {column.heading: columns for column, columns in layout(rows, width, NOW).columns}
    assert columns["Title"] >= (40 if width >= 78 else 30)  # of a terminal with 80 columns
    assert {"", "Title", "Next", "When"} <= set(columns)
    drawn = layout(rows, width, NOW).draw(lambda column: column.cell(rows[2], NOW))
    assert width_of(drawn) == width - 1 or width_of(drawn) == width


def test_wide_tables_show_everything() -> None:
    rows = [line_of(known()[0]) for known in (drops, zswap, chinese)]
    headings = [column.heading for column, _ in layout(rows, 160, NOW).columns]
    assert headings == ["", "Title", "Next", "When", "State", "Ver", "Author", "Inbox", "Tags", "Active", "Unread"]


def test_a_long_name_is_cut_before_the_author_goes() -> None:
    row = line_of(zswap()[0])._replace(author_name="Maximiliana Featherstonehaugh", inboxes=("cgroups",))
    columns = {column.heading: columns for column, columns in layout([row], 118, NOW).columns}
    assert columns["Title"] >= 40
    assert 12 <= columns["Author"] <= 20


def test_columns_are_fitted_to_old_series_too() -> None:
    new = line_of(zswap()[0])
    rows = [new._replace(turn="reviewers", turn_since=NOW - 86400)] * 100
    rows += [new._replace(turn="maintainer", turn_since=NOW - 300 * 86400, overdue=False)] * 20
    columns = {column.heading: columns for column, columns in layout(rows, 118, NOW).columns}
    assert columns["Next"] == len("maintainer")
    assert columns["When"] == len("When")


@pytest.mark.parametrize("order", [LATEST, Order(WHEN, descending=False)])
@pytest.mark.parametrize("width", [64, 90, 130, 200])
def test_headings_are_above_their_columns(width: int, order: Order) -> None:
    rows = [line_of(known()[0]) for known in (drops, zswap, chinese)]
    columns = layout(rows, width, NOW)
    drawn = columns.draw(lambda column: [("x" * 40, "")])
    headed = plain(headings(columns, order, width))
    assert width_of(headings(columns, order, width)) == width_of(drawn)
    cells = plain(drawn)
    for column, _ in columns.columns[1:]:  # the sign of the state has no heading
        at = headed.index(column.heading_for(width))
        assert cells[at] in "x…"
        assert columns.column_at(at) is column
    assert headed.count("↑") + headed.count("↓") == (1 if order.column in dict(columns.columns) else 0)


@pytest.mark.parametrize("width", [20, 40, 60, 80, 100, 130])
@pytest.mark.parametrize("view", list(View))
def test_tabs_fit_every_width_and_name_the_chosen_view(view: View, width: int) -> None:
    counts = dict.fromkeys(View, 9999)
    found = tabs(view, counts, dict.fromkeys(COUNTED, 9999), width)
    pieces = [piece for tab in found for piece in tab.pieces]
    assert width_of(pieces) <= max(width, 40)
    assert (view.value in plain(pieces)) or (view is View.QUEUE and "Now 9999" in plain(pieces))
    assert "9999" in plain(pieces)


def test_a_view_not_counted_yet_shows_an_ellipsis() -> None:
    pieces = [piece for tab in tabs(View.WATCHED, {View.WATCHED: 3}, {}, 130) for piece in tab.pieces]
    assert "Now … Review … New …" in plain(pieces)
    assert "Followed …" in plain(pieces)


@pytest.mark.parametrize(
    ("width", "text"),
    [
        (
            110,
            " What needs me: Now 4 Review 14 New 9  2 Mine 14  3 Watched 0  4 Followed 730  5 Closed 502  6 All 730 ",
        ),
        (90, " Now 4 Review 14 New 9  2 Mine 14  3 Watched 0  4 Followed 730  5 Closed 502  6 All 730 "),
        (80, " Now 4 Review 14 New 9  Mine 14  Watched 0  Followed 730  Closed 502  All 730 "),
        (70, " Now 4 Review 14 New 9  Mine  Watched  Followed  Closed  All "),
        (40, " Now 4 Review 14 New 9  1 of 6"),
    ],
)
def test_a_narrow_line_of_tabs_has_names_rather_than_numbers(width: int, text: str) -> None:
    counts = dict(zip(View, (4, 14, 0, 730, 502, 730), strict=True))
    sections = dict(zip(COUNTED, (4, 14, 9), strict=True))
    found = tabs(View.QUEUE, counts, sections, width)
    assert plain([piece for tab in found for piece in tab.pieces]) == text
    assert [tab.section for tab in found if tab.section] == list(COUNTED)


def test_a_narrow_line_of_another_view_counts_the_sections_too() -> None:
    counts, sections = dict.fromkeys(View, 730), dict.fromkeys(COUNTED, 4)
    for width, text in ((60, " Now 4 Review 4 New 4  All 730  6 of 6"), (24, " All 730  6 of 6")):
        found = tabs(View.ALL, counts, sections, width)
        assert plain([piece for tab in found for piece in tab.pieces]) == text


def test_right_to_left_text_ends_where_its_column_does() -> None:
    assert pad("שלום", 6) == "שלום\u200e  "
    assert pad("abc", 5) == "abc  "
    assert width_of(fit_pieces([("שלום עולם", "")], 6)) == 6
    assert plain(fit_pieces([("مرحبا", ""), ("2/4", "")], 8)) == "مرحبا\u200e2/4"


def test_a_cut_between_two_pieces_has_an_ellipsis() -> None:
    assert plain(fit_pieces([("reviewers", ""), (" 17w", "warn"), ("!", "strong")], 13)) == "reviewers 17…"
    assert plain(fit_pieces([("reviewers", ""), (" 17w", "warn"), ("!", "strong")], 14)) == "reviewers 17w!"
    assert plain(fit_pieces([("中文", ""), ("!", "")], 4)) == "中… "
    assert plain(fit_pieces([("v2", ""), ("  ", "")], 2)) == "v2"


def test_the_palette_ranks_what_begins_a_word_first_and_falls_back_to_letters() -> None:
    titles = ["mm: unzip the pages", "net: count drops", "zip: count the pages"]
    rows = [line_of(replace(drops()[0], id=n, title=title)) for n, title in enumerate(titles)]
    rows = [row._replace(search_text=row.title) for row in rows]
    assert [row.id for row in ranked(rows, "zip")] == [2, 0]
    assert [row.id for row in ranked(rows, "pages zip")] == [2, 0]
    assert [row.id for row in ranked(rows, "ncdr")] == [1]
    assert [row.id for row in ranked(rows, "mm^]-")] == []
    assert ranked(rows, "xyzzy") == []
    assert ranked(rows, " ") == []


def test_matching_words_are_highlighted_and_nothing_is_lost() -> None:
    assert highlighted("A [b] a", "a [b") == [
        ("A", "strong underlined"),
        (" ", ""),
        ("[b", "strong underlined"),
        ("] ", ""),
        ("a", "strong underlined"),
    ]


def test_a_tree_is_joined_by_lines() -> None:
    assert guides([0, 1, 2, 3, 1, 1, 0]) == ["", "├─", "│ └─", "│   └─", "├─", "└─", ""]
    assert guides([0, 1, 2, 2, 1]) == ["", "├─", "│ ├─", "│ └─", "└─"]
    assert guides([]) == []


def test_very_deep_trees_stop_growing_to_the_right() -> None:
    assert len(set(map(len, guides(list(range(40)))[14:]))) == 1


def test_a_page_has_its_headers_first_and_counts_recipients() -> None:
    page = mail_page(mail_of(drops()[1][1].mails[0]))
    headers = [one.text for one in page.lines if one.kind == "header"]
    assert [text.split()[0] for text in headers if text] == ["From", "Date", "Subject", "To", "Cc"]
    assert headers[4].endswith("Jonas Weide, 林小雨, linux-kernel@vger.kernel.org and 1 more")


def test_wrapped_quotes_keep_their_marks_and_diffs_are_not_wrapped() -> None:
    text = "> " + "word " * 28 + "\n\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n+" + "x" * 90 + "\n"
    page = mail_page(mail_of(SampleMail("a@b", "s", text)))
    rows = [row.prefix + page.lines[row.line].text[row.start : row.end] for row in lay_out(page, 40).rows]
    quoted = [row for row in rows if "word" in row]
    assert len(quoted) == 4
    assert all(row.startswith("> word") and len(row) <= 40 for row in quoted)
    assert "+" + "x" * 90 in rows
    assert page.widest == 91


def said(page: Page, sentence: str) -> list[str]:
    return [page.lines[span.line].text[span.start : span.end] for span in find_text(page, sentence)]


def test_evidence_is_found_in_text_of_the_author_and_not_in_a_quote() -> None:
    page = mail_page(mail_of(SampleMail("a@b", "s", f"> {SENTENCE}\n\n{APPLIED}")))
    (span,) = find_text(page, SENTENCE)
    assert page.lines[span.line].kind == "prose"
    assert said(page, SENTENCE) == [SENTENCE]


@pytest.mark.parametrize(
    ("text", "sentence", "spans"),
    [
        ("I have applied\n  this, thanks.\n", "I have applied this, thanks.", ["I have applied", "this, thanks."]),
        ("Far too long to be kept whole.\n", "Far too long to be …", ["Far too long to be"]),
        ("has been added to the -mm x\n", "This patch has been added to the -mm x", ["has been added to the -mm x"]),
        ("Reviewed-by: A B <a@b>\n", "Reviewed-by: A B <a@b>", ["Reviewed-by: A B <a@b>"]),
        ("nothing\n", "[PATCH] a (subject)", ["[PATCH] a (subject)"]),
        ("nothing\n", "something else altogether here", []),
        ("nothing\n", "", []),
    ],
)  # fmt: skip
def test_folded_and_cut_evidence_is_found(text: str, sentence: str, spans: list[str]) -> None:
    assert said(mail_page(mail_of(SampleMail("a@b", "[PATCH] a (subject)", text))), sentence) == spans


def test_a_style_is_added_to_a_range_of_characters() -> None:
    assert overlay([("abc", "dim"), ("def", "")], 2, 5, "evidence") == [
        ("ab", "dim"),
        ("c", "dim evidence"),
        ("de", "evidence"),
        ("f", ""),
    ]


def test_every_state_has_its_own_sign() -> None:
    assert set(labels.STATE_SIGNS) == set(State)
    assert len({sign for sign, _ in labels.STATE_SIGNS.values()}) == len(State)


@pytest.mark.parametrize("turn", list(Turn))
def test_every_turn_has_a_label_and_a_line_in_the_header(turn: Turn) -> None:
    row = replace(zswap()[0], turn=turn)
    assert plain(labels.turn(row, NOW)).startswith(turn)
    assert turn in plain(state_line(row, NOW))


def test_dependencies_are_in_the_header() -> None:
    known = DependencyRow("m:a@x", "Based-on: <a@x>", "b@x", "a@x", 12, "accepted", "frob: add a knob")
    unknown = DependencyRow("m:b@x", "Based-on: <b@x>", "b@x", "b@x")
    row = replace(zswap()[0], depends_on=(known, unknown))
    (whole,) = state_lines(row, NOW, 200)
    assert "   needs #12 “frob: add a knob” (accepted), <b@x>" in plain(whole)
    assert "needs" not in plain(state_lines(replace(row, depends_on=()), NOW, 200)[0])


@pytest.mark.parametrize("width", range(60, 200, 5))
def test_the_next_action_is_never_cut_for_the_state(width: int) -> None:
    action = NextAction("answer Andy's doubt from 7 days ago, and 1 more", "", "me")
    lines = state_lines(replace(zswap()[0], next_action=action), NOW, width, waiting="you (2 points), Petra (1)")
    assert f"next: {action.text}" in "".join(plain(found) for found in lines if width_of(found) <= width)
    assert width_of(lines[0]) <= width
    assert len(lines) == (2 if width < 110 else len(lines))


def test_bar_shows_what_a_pull_request_asks_for() -> None:
    (asked, *_) = zswap()[0].revisions
    request = PullRequest("git://git.example.net/frob.git", "frob-6.5", "", "", 2, Person("Lin", "lin@example.net"))
    row = replace(asked, kind="pull", pull=request)
    assert " · git://git.example.net/frob.git frob-6.5" in plain(details(row, [row]))


@pytest.mark.parametrize(
    "state", ["new", "under-review", "changes-requested", "accepted", "rejected", "from-the-future"]
)
def test_a_state_has_a_sign_and_its_word(state: str) -> None:
    sign, word = labels.state(state)
    assert len(sign[0].strip()) == 1
    assert word[0] == state


def test_a_turn_that_just_began_has_no_age() -> None:
    row = replace(zswap()[0], turn="author", turn_since=NOW - 20, overdue=False)
    assert "waiting for the author since 20 Sep 2023" in plain(state_line(row, NOW))
    assert "(5m)" in plain(state_line(replace(row, turn_since=NOW - 300), NOW))


def test_an_inbox_that_is_not_in_use_is_never_stale() -> None:
    failing = InboxRow("bpf", False, 1, NOW, at("2023-09-19 22:10"), "no answer")
    unused = InboxRow("old", False, 0, NOW, NOW, "gone")
    assert labels.stale((failing, unused)) == ["bpf stale since 19 Sep 2023 22:10"]


@pytest.mark.parametrize("chosen", [0, 3, 19])
def test_a_long_revision_bar_fits_and_shows_the_chosen_revision(chosen: int) -> None:
    row = drops()[0].revisions[0]
    rows = [type(row)(**{**{n: getattr(row, n) for n in row.__slots__}, "version": v}) for v in range(1, 21)]
    pieces = [piece for _, piece in bar_entries(rows, chosen, (), 40)]
    assert width_of(pieces) <= 40
    assert f"[v{chosen + 1}]" in plain(pieces)


def test_missing_versions_are_a_dotted_line() -> None:
    row = drops()[0].revisions[0]
    rows = [type(row)(**{**{n: getattr(row, n) for n in row.__slots__}, "version": v}) for v in (1, 2, 5)]
    assert plain([piece for _, piece in bar_entries(rows, 2, (), 40)]) == " v1 ── v2 ┄ v3–v4 missing ┄[v5]"


def test_next_unread_goes_through_all_revisions_and_wraps_around() -> None:
    tracker = FakeTracker()
    reading = SeriesState(tracker.one(3), tracker.thread(3))
    seen, here = [], reading.first
    for _ in range(4):
        seen.append(here)
        reading.read.add(here)
        following = reading.next_unread(here, 1)
        here = following.message_id if following else ""
    order = ["drops-v5-r", "drops-v5-a", "drops-v5-bot", "drops-v4-r"]
    assert [message_id.partition("@")[0] for message_id in seen] == order
    assert here == ""


def test_the_chosen_revision_stays_chosen_while_rows_come() -> None:
    tracker = FakeTracker()
    reading = SeriesState(tracker.one(3), tracker.thread(3))
    assert reading.choose(0)
    tracker.deliver(3, SampleMail("late@example.org", "Re: it", "yes"), "drops-v5-0@example.org")
    reading.update(tracker.one(3), tracker.thread(3))
    assert reading.index == 0
    assert not reading.choose(7)


@pytest.mark.parametrize(
    ("mail", "posting"),
    [
        ("drops-v5-0", "drops-v5-0"),
        ("drops-v5-1", "drops-v5-1"),
        ("drops-v5-r", "drops-v5-1"),
        ("drops-v5-a", "drops-v5-1"),
        ("drops-v5-bot", "drops-v5-0"),
        ("lost", "drops-v5-0"),
    ],
)
def test_a_mail_is_about_the_posting_above_it(mail: str, posting: str) -> None:
    tracker = FakeTracker()
    tracker.deliver(
        3, SampleMail("lost@example.org", "Re: it", "yes", parent="nowhere@example.org"), "drops-v5-0@example.org"
    )
    reading = SeriesState(tracker.one(3), tracker.thread(3))
    row = reading.row(f"{mail}@example.org")
    assert row is not None
    assert reading.posting_of(row).message_id == f"{posting}@example.org"


def test_mails_in_a_reply_loop_are_about_their_revision() -> None:
    tracker = FakeTracker()
    for one, other in (("a", "b"), ("b", "a")):
        tracker.deliver(3, SampleMail(f"{one}@x.org", "Re: it", "", parent=f"{other}@x.org"), "drops-v5-0@example.org")
    reading = SeriesState(tracker.one(3), tracker.thread(3))
    row = reading.row("a@x.org")
    assert row is not None
    assert reading.posting_of(row).message_id == "drops-v5-0@example.org"


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("/home/rita/src/linux", "~/src/linux"),
        ("/home/rita", "~"),
        ("/home/ritas/src", "/home/ritas/src"),
        ("/srv/a\x1b[2Jb", "/srv/a␛[2Jb"),
    ],
)
def test_paths_are_shortened_with_a_tilde(monkeypatch: pytest.MonkeyPatch, path: str, said: str) -> None:
    monkeypatch.setenv("HOME", "/home/rita")
    assert labels.place(Path(path)) == said


def test_a_reply_has_a_title_without_prefixes() -> None:
    row = message_row(SampleMail("a@b", "Re: [PATCH 1/2] x", "yes", patch=1), "a@b")
    assert labels.title(row.subject) == "x"
    assert labels.tags(("Signed-off-by", "Reviewed-by", "tested-by", "Reviewed-by")) == ["R-b", "T-b"]


@given(st.text(max_size=200))
def test_any_text_makes_a_printable_page(text: str) -> None:
    page = mail_page(mail_of(SampleMail("a@b", text, text)))
    assert all(one.text == block(one.text) for one in page.lines)
    lay_out(page, 20)
    find_text(page, text)


def test_evidence_combined_from_two_places_is_found_by_its_longest_part() -> None:
    text = "All errors:\n\n>> drivers/fizz.c:12:3: error: undeclared fizz_count\n"
    evidence = "the following build errors: drivers/fizz.c:12:3: error: undeclared fizz_count"
    assert said(mail_page(mail_of(SampleMail("a@b", "s", text))), evidence) == ["undeclared fizz_count"]


@pytest.mark.parametrize(
    ("standing", "said"),
    [
        (None, ""),
        (Status(series=3, polls_known=False), "3 series"),
        (Status(series=0), "0 series never polled"),
        (Status(2, of=5, unread=4, marked=1), "2 of 5 series shown · 1 marked · 4 unread mails never polled"),
        (Status(series=3, polled_at=NOW - 240, now=NOW), "3 series polled 4m ago"),
        (
            Status(series=3, polled_at=NOW - 240, now=NOW, upgrade=labels.upgrade(Left(1000, 554))),
            "3 series 44 % up to date since the upgrade",
        ),
        (Status(series=3, polled_at=NOW - 240, now=NOW, upgrade=labels.upgrade(Left(0, 0))), "3 series polled 4m ago"),
        (Status(series=3, polled_at=1, stale=("bpf stale", "mm stale")), "3 series ! bpf stale and 1 more"),
    ],
)
def test_the_status_line_shows_only_loaded_numbers(standing: Status | None, said: str) -> None:
    assert " ".join(plain(status_pieces(standing, 80)).split()) == said
