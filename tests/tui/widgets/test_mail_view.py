"""How a mail is laid out and drawn: folds, code, what was said about a patch, files, the story, comparisons."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from patchwatch.sanitize import block
from patchwatch.series.model import AppliedRow, CheckRow, Evidence, NextAction, StateChangeRow, TrailerRow
from patchwatch.tui.base.theme import STYLES, THEMES
from patchwatch.tui.render.changed_files import changes, tree
from patchwatch.tui.render.code import code_of
from patchwatch.tui.render.comparison import changelog_page, headline, pair_page, pair_pieces
from patchwatch.tui.render.history import entry_line, history_entries
from patchwatch.tui.render.mail_lines import background_style, links, row_pieces
from patchwatch.tui.render.page import (
    Line,
    Page,
    PageOptions,
    append_lines,
    find_text,
    incomplete_page,
    lay_out,
    mail_page,
    text_length,
)
from patchwatch.tui.render.replies import replies_to, reply_lines
from patchwatch.tui.render.syntax import highlighted, language
from patchwatch.tui.screens.files import page_of
from patchwatch.tui.widgets.revision_bar import bar_entries, details, given_tags
from patchwatch.tui.widgets.series_header import state_lines
from patchwatch.tui.widgets.thread_list import tags_by_patch
from tests.tui.fake_tracker import FakeTracker
from tests.tui.sample_mails import LONG_REPLY, NOW, PATCH, SELFTEST, SampleMail, mail_of, message_row, submission
from tests.tui.sample_series import drops, drops_history, hostile, zswap


def page_with(text: str, **more: object) -> Page:
    return mail_page(mail_of(SampleMail("a@b", "s", text, **more)))  # type: ignore[arg-type]


def texts(page: Page, options: PageOptions | None = None, width: int = 80) -> list[str]:
    """What stands on the lines of the screen."""
    sheet = lay_out(page, width, options or PageOptions())
    return ["".join(text for text, _ in row_pieces(page, row)) for row in sheet.rows]


# Folds.


def test_a_long_quote_is_folded_but_for_the_lines_that_are_answered() -> None:
    shown = texts(page_with(LONG_REPLY))
    at = next(n for n, text in enumerate(shown) if text.startswith("▸ 16 more quoted lines"))
    assert shown[at - 1].endswith("wrote:")
    assert shown[at + 1 : at + 5] == [f"> line {n} of what was posted" for n in range(17, 21)]


def test_a_quote_that_nothing_follows_is_folded_whole() -> None:
    shown = texts(page_with("Yes.\n\n" + "> all of it\n" * 30 + "\n-- \nme\n"))
    assert sum(text.startswith(">") for text in shown) == 0
    assert any(text.startswith("▸ 30 more quoted lines") for text in shown)


def test_a_short_quote_is_not_folded() -> None:
    assert page_with("> one\n> two\n> three\n\nYes.\n").folds == ()


def test_quotes_are_unfolded_all_or_one() -> None:
    page = page_with(LONG_REPLY)
    ((first, end),) = page.folds
    for options in (PageOptions(unfold_all=True), PageOptions(unfolded=frozenset({first}))):
        shown = texts(page, options)
        assert not any("more quoted lines" in text for text in shown)
        assert "> line 1 of what was posted" in shown
    assert end - first == 16


# Long lines.


def test_long_lines_of_diffs_are_wrapped_on_demand_and_lose_nothing() -> None:
    page = page_with(PATCH, kind="patch", patch=1)
    long = next(one.text for one in page.lines if "is read on" in one.text)
    assert long in texts(page, width=40)
    wrapped = texts(page, PageOptions(wrap_diffs=True), width=40)
    assert all(len(text) <= 40 for text in wrapped)
    start = next(n for n, text in enumerate(wrapped) if text.startswith("+       return -ENOBUFS; /*"))
    assert wrapped[start + 1].startswith("↪ ")
    assert "".join(text.removeprefix("↪ ").replace(" ", "") for text in wrapped[start:]).startswith(
        long.replace(" ", "")
    )


def test_the_beginning_of_a_huge_mail_ends_with_a_note() -> None:
    mail = mail_of(SampleMail("a@b", "s", "some words\n" * 100_000))
    begun = incomplete_page(mail_page(mail, 1_000), text_length(mail))
    assert not begun.whole
    assert len(begun.lines) < 110
    assert begun.lines[-1].text == "… of 1,100,000 characters; loading the rest"
    assert mail_page(mail).whole


# Code.


@pytest.mark.parametrize(
    ("path", "spoken"),
    [
        ("a/net/core/dev.c", "c"),
        ("b/include/linux/x.h", "c"),
        ("arch/x86/entry.S", "gas"),
        ("a.dtsi", "devicetree"),
        ("drivers/net/Kconfig.debug", "kconfig"),
        ("Makefile", "make"),
        ("scripts/x.pl", "perl"),
        ("MAINTAINERS", ""),
        ("a.exe", ""),
        ("", ""),
    ],
)
def test_languages_are_known_by_the_names_of_files(path: str, spoken: str) -> None:
    assert language(path) == spoken


def test_code_has_the_styles_of_its_tokens() -> None:
    inks = dict(highlighted('\tstatic int n = 0x10; /* why */ "text"', "c"))
    assert inks["static "] == "code-keyword"
    assert inks["int "] == "code-type"
    assert inks["0x10"] == "code-number"
    assert inks["/* why */ "] == "code-comment"
    assert inks['"text"'] == "code-string"


def test_a_line_within_a_comment_is_one_up_to_its_end() -> None:
    assert highlighted(" * if it were code", "c", True) == ((" * if it were code", "code-comment"),)
    pieces = highlighted(" here. */ int n;", "c", True)
    assert pieces[0] == (" here. */", "code-comment")
    assert ("int ", "code-type") in pieces


@given(st.text(max_size=400), st.sampled_from(["c", "python", "make", "gas", "perl", ""]), st.booleans())
def test_highlighting_loses_nothing(text: str, spoken: str, commented: bool) -> None:
    text = block(text).replace("\n", " ")
    assert "".join(part for part, _ in highlighted(text, spoken, commented)) == text


HUNKS = """\
--- a/x.c
+++ b/x.c
@@ -1,4 +1,4 @@
  * of a comment that began above
-  it ended here */
+  and it ends there */
 int a;
@@ -9,3 +9,5 @@
 int b;
+/* opened
+   within
 int c;
+ */
-int d;
--- a/y.txt
+++ b/y.txt
@@ -1 +1 @@
+int e;
"""


def test_comments_are_followed_through_a_hunk_on_both_sides_of_it() -> None:
    lines = HUNKS.splitlines()
    code = code_of([(text, True) for text in lines])
    commented = [lines[n] for n in range(len(lines)) if code.commented_at(n)]
    assert commented == [
        "  * of a comment that began above",
        "-  it ended here */",
        "+  and it ends there */",
        "+   within",
        " int c;",
        "+ */",
    ]
    assert code.language_at(lines.index(" int a;")) == "c"
    assert code.language_at(lines.index("+int e;")) == ""
    assert code.language_at(0) == ""


def test_added_and_removed_lines_differ_by_sign_and_background() -> None:
    page = page_with(PATCH, kind="patch", patch=1)
    sheet = lay_out(page, 80)
    by_text = {page.lines[row.line].text: row for row in sheet.rows}
    added = by_text["+       q->drops.packets++;"]
    assert background_style(page, added) == "added"
    assert row_pieces(page, added)[0] == ("+", "good added")
    assert all("added" in ink for _, ink in row_pieces(page, added))
    removed = by_text["-       return -ENOBUFS;"]
    assert background_style(page, removed) == "removed"
    assert ("return ", "code-keyword removed") in [(text.lstrip(), ink) for text, ink in row_pieces(page, removed)]
    assert background_style(page, by_text["+++ b/net/core/dev.c"]) == ""


@pytest.mark.parametrize("theme", THEMES)
def test_every_theme_has_every_style(theme: str) -> None:
    wanted = {word[1:] for style in STYLES.values() for word in style.split() if word.startswith("$ink")}
    assert wanted <= set(THEMES[theme].variables)


# Links.


def test_links_end_before_punctuation() -> None:
    text = "See <https://lore.kernel.org/r/a@b/>, (https://x.org/y) and https://z.org/q?a=1."
    one = Line("prose", text, 0)
    assert [text[a:b] for a, b in links(one)] == [
        "https://lore.kernel.org/r/a@b/",
        "https://x.org/y",
        "https://z.org/q?a=1",
    ]
    assert links(Line("diff", text, 0)) == []


def test_evidence_is_found_below_a_fold() -> None:
    page = page_with(LONG_REPLY)
    (span,) = find_text(page, "line 3 of what was posted")
    ((first, end),) = page.folds
    assert first <= span.line < end


# What was said about a patch.


def test_a_patch_is_followed_by_its_replies_and_a_cover_letter_by_the_others() -> None:
    tracker = FakeTracker()
    rows = [row for row in tracker.thread(3) if row.revision == "drops-v5-0@example.org"]
    assert [row.message_id for row in replies_to(rows, "drops-v5-1@example.org")] == [
        "drops-v5-r@example.org",
        "drops-v5-a@example.org",
    ]
    assert [row.message_id for row in replies_to(rows, "drops-v5-0@example.org")] == ["drops-v5-bot@example.org"]
    assert replies_to(rows, "drops-v5-2@example.org") == []
    assert replies_to(rows, "drops-v5-r@example.org") == []
    assert replies_to(rows, "nobody@example.org") == []


def test_a_patch_below_a_patch_keeps_its_replies() -> None:
    chain = [
        message_row(submission("1@x", "[PATCH 1/2] a", 1), "1@x"),
        message_row(submission("2@x", "[PATCH 2/2] b", 2, depth=1, parent="1@x"), "1@x"),
        message_row(SampleMail("r2@x", "Re: b", "", depth=2, parent="2@x"), "1@x"),
        message_row(SampleMail("r1@x", "Re: a", "", depth=1, parent="1@x"), "1@x"),
    ]
    assert [row.message_id for row in replies_to(chain, "1@x")] == ["r1@x"]
    assert [row.message_id for row in replies_to(chain, "2@x")] == ["r2@x"]


def test_replies_are_listed_with_author_date_and_beginning() -> None:
    tracker = FakeTracker()
    rows = [row for row in tracker.thread(3) if row.revision == "drops-v5-0@example.org"]
    lines, targets = reply_lines(replies_to(rows, "drops-v5-1@example.org"), {"drops-v5-a@example.org"}, NOW)
    assert [one.text for one in lines] == [
        "",
        "── 2 replies, 1 unread",
        "● Jonas Weide  18 Sep   R-b",
        "  That makes sense to me. Is the lock really needed, though?",
        "  ○ Mira Okafor  18 Sep",
        "    No, not any more.",
    ]
    assert dict(targets)[4] == "drops-v5-a@example.org"
    sheet = append_lines(lay_out(page_with("short\n"), 30), lines, targets)
    last, message_id = sheet.page.targets[-1]
    assert (sheet.page.lines[last].text, message_id) == ("    No, not any more.", "drops-v5-a@example.org")
    assert len(sheet.rows) > len(sheet.page.lines)  # the longer ones are broken


# Files.


def test_files_are_below_their_directories_with_their_patches() -> None:
    found = changes(page_with(PATCH, kind="patch"), 1, "count drops")
    found += changes(page_with(SELFTEST, kind="patch"), 2, "selftest")
    found += changes(page_with(PATCH, kind="patch"), 3, "again")
    assert [(branch.name, branch.depth, branch.added, branch.removed) for branch in tree(found)] == [
        ("net/core/", 0, 12, 4),
        ("dev.c", 1, 12, 4),
        ("tools/testing/selftests/net/", 0, 5, 0),
        ("drops.sh", 1, 5, 0),
    ]
    (dev,) = [branch for branch in tree(found) if branch.name == "dev.c"]
    assert [change.patch for change in dev.changes] == [1, 3]
    page = page_of(dev.path, dev.changes, 3)
    sections = [one.text for one in page.lines if one.kind == "section"]
    assert sections == ["── 1/3 count drops  +6 -2", "── 3/3 again  +6 -2"]
    assert len(page.targets) == 2


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("diff --git a/old.c b/new.c\nsimilarity index 90%\nrename from old.c\nrename to new.c\n", "new.c"),
        ("diff --git a/gone.c b/gone.c\n--- a/gone.c\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n", "gone.c"),
        ("--- linux.orig/a.c\n+++ linux/a.c\n@@ -1 +1 @@\n-x\n+y\n", "linux/a.c"),
        ("diff --git a/bin.fw b/bin.fw\nBinary files differ\n", "bin.fw"),
        ("diff --git a/s.sql b/s.sql\n--- a/s.sql\n+++ b/s.sql\n@@ -1 +1 @@\n--- a comment\n+++ another\n", "s.sql"),
    ],
)
def test_a_file_is_named_as_it_is_afterwards(text: str, path: str) -> None:
    (change,) = changes(page_with(f"words\n---\n{text}", kind="patch"), 1, "t")
    assert change.path == path


def test_a_hostile_path_makes_a_small_tree() -> None:
    deep = "a/" * 900 + "x"
    text = f"w\n---\ndiff --git a/{deep} b/{deep}\n--- a/{deep}\n+++ b/{deep}\n@@ -1 +1 @@\n+x\n"
    other = text.replace("/x", "/y")
    found = changes(page_with(text, kind="patch"), 1, "t") + changes(page_with(other, kind="patch"), 2, "t")
    assert len(tree(found)) < 40


# The story.


def test_history_has_the_changes_and_their_authors() -> None:
    row, _ = drops()
    tracker = FakeTracker()
    steps = history_entries(row, drops_history(), {one.message_id: one for one in tracker.thread(3)})
    told_steps = [(one.version, one.author, one.state if one.state_changed else "", one.posted) for one in steps]
    assert told_steps == [
        ("v4", "Mira Okafor", "new", "posted 2 patches (1 missing)"),
        ("v4", "Jonas Weide", "under-review", ""),
        ("v5", "Mira Okafor", "new", "posted 2 patches"),
        ("v5", "Jonas Weide", "under-review", ""),
        ("v5", "Mira Okafor", "", ""),
        ("v5", "patchwork-bot+netdevbpf", "accepted", ""),
    ]
    assert [one.turn_changed for one in steps] == [True, True, True, True, True, True]


def test_history_says_you_only_where_it_was_my_turn() -> None:
    row, _ = drops()
    turns = ["reviewers", "author", "reviewers", "author", "reviewers", "reviewers"]
    steps = [replace(step, turn=turn) for step, turn in zip(drops_history(), turns, strict=True)]
    old, new = (one.message_id for one in row.revisions)
    thread = {one.message_id: one for one in FakeTracker().thread(3)}
    # I posted the newest version, and it is time for me to ping its reviewers.
    mails = {old: replace(thread[old], mine=False), new: replace(thread[new], mine=True)}
    told = [one.turn for one in history_entries(replace(row, turn="reviewers", my_turn=True), steps, mails)]
    assert told == ["reviewers", "author", "reviewers", "you", "reviewers", "you"]


def test_history_ends_with_a_state_without_mail() -> None:
    row, _ = zswap()
    by_hand = replace(row, state="deferred", state_evidence=Evidence("", "set by mira", by_hand=True))
    steps = [StateChangeRow(3, NOW, "zswap-0@example.org", "t", "new", "reviewers")]
    *_, last = history_entries(by_hand, steps, {})
    assert (last.author, last.state, last.evidence.text) == ("by hand", "deferred", "set by mira")
    merged = replace(row, state="mainlined", state_evidence=Evidence("", "", commit="5a" * 20))
    *_, last = history_entries(merged, steps, {})
    assert (last.author, last.state) == ("commit 5a5a5a5a5a5a", "mainlined")
    assert len(history_entries(replace(row, state="new"), steps, {})) == 1


@pytest.mark.parametrize("width", [38, 76, 118, 160])
def test_a_step_fits_its_line_and_is_harmless(width: int) -> None:
    row, postings = hostile()
    rows = {one.id: message_row(one, postings[0].mails[0].id) for one in postings[0].mails}
    steps = [StateChangeRow(1, NOW, one.id, one.text, "new", "reviewers") for one in postings[0].mails]
    for step in history_entries(row, steps, rows):
        text = "".join(part for part, _ in entry_line(step, NOW, width))
        assert not set(text) & set("\x1b\x07\x9b\x00\u202e\u200b\n")


# Revisions.


def test_the_revision_bar_shows_resends_and_missing_versions() -> None:
    row, _ = drops()
    again = replace(row.revisions[0], postings=("a@x", "b@x"))
    pieces = bar_entries((again, row.revisions[1]), 1, (), 60)
    assert "".join(text for _, (text, _) in pieces) == "┄ v1–v3 missing ┄ v4 ×2 ──[v5]"
    assert "sent 2 times" in "".join(text for text, _ in details(again, row.revisions))


def test_tags_are_counted_where_they_count() -> None:
    row, _ = drops()
    tag = TrailerRow("Reviewed-by", "Jonas", "r@x", 1, True)
    own = TrailerRow("Signed-off-by", "Mira", "r@x", 1, False)
    other = replace(tag, name="Tested-by", patch=0)
    revision = replace(row.revisions[1], trailers=(tag, own, tag, other))
    assert given_tags(revision) == "2 R-b, 1 T-b"
    assert tags_by_patch(revision) == {1: ["2×R-b"], 0: ["T-b"]}
    single = replace(revision, expected=1, has_cover=False)
    assert tags_by_patch(single) == {1: ["2×R-b", "T-b"]}


def test_partial_tags_are_marked() -> None:
    row, _ = drops()
    tag = TrailerRow("Reviewed-by", "Jonas", "r@x", 1, True)
    revision = replace(
        row.revisions[1],
        trailers=(tag, replace(tag, scope="for the net bits"), replace(tag, patch=2, given_to="v4@x", carried=False)),
    )
    assert given_tags(revision) == "1 R-b, 1 R-b “for the net bits”, 1 R-b not carried"
    assert tags_by_patch(revision) == {1: ["R-b", "(R-b)"], 2: ["(R-b)"]}


def test_revision_details_have_applied_patches_and_ci_results() -> None:
    row, _ = drops()
    early = CheckRow("lkp", "failure", "build error", "c1@x", NOW, 1)
    checks = (early, replace(early, verdict="success", message_id="c2@x"), replace(early, patch=2))
    revision = replace(row.revisions[1], checks=checks, applied=AppliedRow((1,), None))
    told_of = "".join(text for text, _ in details(revision, row.revisions))
    assert "· patch 1 of 2 applied · 1 CI ✗ · 1 CI ✓ ·" in told_of  # the last word on each patch
    partly = replace(revision, applied=AppliedRow((), None))
    assert "· some patches applied ·" in "".join(text for text, _ in details(partly, row.revisions))


def test_the_next_move_is_beside_the_turn() -> None:
    row, _ = zswap()
    moved = replace(row, next_action=NextAction("ping: no answer for 12 days", "", "author"))
    assert "next: ping: no answer for 12 days" in "".join(text for text, _ in state_lines(moved, NOW, 200)[0])


# Comparisons.


def test_a_comparison_lists_the_changes_of_each_pair() -> None:
    found = FakeTracker().compare(3, "drops-v4-0@example.org", "drops-v5-0@example.org")
    assert (
        "".join(text for text, _ in headline(found)) == "v4 → v5   1 changed, 1 only in v5   v4: 1 of 2 patches missing"
    )
    left, right = pair_pieces(found.pairs[0], 1)
    assert "".join(text for text, _ in left) == "1 → 1  ! net: count drops for each queue"
    assert "".join(text for text, _ in right).startswith(" diff changed +")
    page = pair_page(found, found.pairs[0])
    between = [one.text for one in page.lines if one.kind == "between"]
    assert "-+        spin_lock(&q->lock);" in between
    assert "+  Reviewed-by: Jonas Weide <jonas@example.com>" in between
    lock = next(n for n, one in enumerate(page.lines) if "spin_lock" in one.text)
    assert page.code.language_at(lock) == "c"
    assert [to for _, to in page.targets] == ["drops-v4-1@example.org", "drops-v5-1@example.org"]
    alone = pair_page(found, found.pairs[1])
    assert "v4     (no matching patch received; 1 of 2 patches missing)" in [one.text for one in alone.lines]
    assert any(one.text == '+for queue in $(seq 0 "$QUEUES"); do' for one in alone.lines)


def test_equal_patches_are_reported_as_equal() -> None:
    tracker = FakeTracker()
    tracker.raws["drops-v4-1@example.org"] = tracker.raws["drops-v5-1@example.org"]
    found = tracker.compare(3, "drops-v4-0@example.org", "drops-v5-0@example.org")
    page = pair_page(found, found.pairs[0])
    assert [one.text for one in page.lines if one.kind == "excerpt"] == [
        "Commit message, tags and diff are the same except for line numbers."
    ]


def test_the_changelog_leads_to_the_mail_that_has_it() -> None:
    found = FakeTracker().compare(3, "drops-v4-0@example.org", "drops-v5-0@example.org")
    page = changelog_page(found)
    assert [one.text for one in page.lines][:3] == [
        "── v5, cover letter",
        "Changes in v5",
        "- one lock less, as Jonas asked",
    ]
    assert page.targets[0] == (0, "drops-v5-0@example.org")
    assert changelog_page(dataclasses.replace(found, notes=())).lines[0].text == "These mails have no changelog."
