"""The points on the screen of a series, with a real database: the list, and the mails that its rows lead to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from textual.pilot import Pilot

from patchwatch.config import Config, Me
from patchwatch.sync.import_mail import import_mail
from patchwatch.times import parse_time
from patchwatch.tracker import Tracker
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.screens.series import SeriesScreen
from tests.support.mails import mail, mbox
from tests.support.points import NOW, series_with_points
from tests.tui.driving import page_id, reading, series_shown, shown, until
from tests.tui.snapshots import Compare, typed


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    (tmp_path / "points.mbox").write_bytes(mbox(series_with_points()))
    clock = float(parse_time(NOW))
    config = Config(me=Me(addresses=("ines@example.org",)))
    tracker = Tracker(config, clock=lambda: clock, database_url=f"sqlite:///{tmp_path}/test.db")
    import_mail(tracker.database, tmp_path / "points.mbox", "quill")
    yield tracker
    tracker.database.close()


def highlighted(pilot: Pilot[None]) -> str:
    screen = pilot.app.screen
    assert isinstance(screen, SeriesScreen)
    page = screen.mail.page
    return " ".join(page.lines[s.line].text[s.start : s.end] for s in screen.mail.highlighted) if page else ""


def points(pilot: Pilot[None]) -> list[str]:
    """The lines of the list of points, with its title."""
    lines = shown(pilot).splitlines()
    first = next(n for n, text in enumerate(lines) if "Points: " in text)
    last = next(n for n, text in enumerate(lines) if n > first and text.startswith("──"))
    return [text.strip("▌▏ ─") for text in lines[first:last]]


async def test_points_are_listed_by_who_acts_and_unfold(tracker: Tracker) -> None:
    async with PatchwatchApp(tracker, open_series=1).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot, "Points: ")
        assert [" ".join(text.split()) for text in points(pilot)] == [
            "Points: 4 of 5 open · of your 3: 1 open, 1 promised, 1 answered",
            "4 [~] 3/3 Jun answered, your turn “Why do we need the second array at all?” you, 06 Jul, pin.c",
            "2 [ ] 2/3 waits for Jun “The lock must cover the lookup too, please move it up.” you, 06 Jul",
            "3 [>] 2/3 Jun said: “Will do in v3.” “Please use the guard macro here.” you, 06 Jul, lookup.c",
            "5 [~] 3/3 Jun answered, Petra’s turn “What about an offset in the last page?” Petra, 07 Jul, pin.c",
            "▸ 1 closed: 1 settled",
            "▸ 1 on earlier versions: 1 done",
        ]
        assert "next: see Jun's answer from 4 days ago" in shown(pilot)
        await pilot.press("O", "j", "enter")
        await until(pilot, lambda: "[x] 1/3  settled by Petra" in shown(pilot), "the closed point")
        await pilot.press("enter")
        await until(pilot, lambda: "settled by Petra" not in shown(pilot), "the fold")


async def test_a_wide_header_names_whom_the_points_wait_for(tracker: Tracker) -> None:
    async with PatchwatchApp(tracker, open_series=1).run_test(size=(180, 40)) as pilot:
        await series_shown(pilot, "Points: ")
        assert "(6d) · points: you (1 point), Jun Harada (2), Petra Nowicki (1)" in shown(pilot)
        assert "next: see Jun's answer from 4 days ago" in shown(pilot)


async def test_enter_shows_the_sentence_then_the_mail_that_decided_it(tracker: Tracker) -> None:
    async with PatchwatchApp(tracker, open_series=1).run_test(size=(80, 24)) as pilot:
        await series_shown(pilot, "Points: ")
        for key, mail, sentence in (
            ("o", "r2@quill", "Why do we need the second array at all?"),
            ("enter", "a2@quill", "It holds the folios until the last request is gone."),
            ("enter", "r2@quill", "Why do we need the second array at all?"),
            ("o", "r1@quill", "The lock must cover the lookup too, please move it up."),
            ("enter", "r1@quill", "The lock must cover the lookup too, please move it up."),
            ("o", "r1@quill", "Please use the guard macro here."),
            ("enter", "a1@quill", "Will do in v3."),
            ("o", "r3@quill", "What about an offset in the last page?"),
            ("o", "r2@quill", "Why do we need the second array at all?"),
        ):
            await pilot.press(key)
            await reading(pilot, mail)
            await until(pilot, lambda sentence=sentence: highlighted(pilot) == sentence, sentence)
        await pilot.press("escape")
        assert pilot.app.focused is pilot.app.screen.query_one("#thread")


async def test_the_points_of_a_version_before_lead_to_its_mails(tracker: Tracker) -> None:
    async with PatchwatchApp(tracker, open_series=1).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot, "Points: ")
        await pilot.press("o", "G", "enter")
        await until(pilot, lambda: "02 Jul, v1" in shown(pilot))
        await pilot.press("j", "enter")
        await reading(pilot, "r0@quill")
        assert "[v1 ●]" in shown(pilot)


async def test_a_point_is_dismissed_and_undone(tracker: Tracker) -> None:
    async with PatchwatchApp(tracker, open_series=1).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot, "Points: ")
        await pilot.press("o", "j", "D")
        await until(pilot, lambda: "✓ Dismissed point 2: “The lock must cover" in shown(pilot), "the notice")
        await until(pilot, lambda: "Points: 3 of 5 open" in shown(pilot), "without it")
        assert "2 [ ]" not in shown(pilot)
        await pilot.press("u")
        await until(pilot, lambda: "Points: 4 of 5 open" in shown(pilot), "back again")
        await until(pilot, lambda: "Undone: dismissed point 2: #1 quill" in shown(pilot))


@pytest.mark.parametrize("size", [(80, 24), (120, 40), (40, 20), (200, 60)], ids=str)
async def test_the_points_take_a_third_of_the_screen_at_most(tracker: Tracker, size: tuple[int, int]) -> None:
    async with PatchwatchApp(tracker, open_series=1).run_test(size=size) as pilot:
        await series_shown(pilot, "Points: ")
        await pilot.press("o")
        screen = pilot.app.screen
        assert screen.query_one("#points").size.height + 1 <= size[1] // 3
        assert screen.query_one("#thread").size.height > 0
        assert page_id(pilot) == "r2@quill"


async def test_a_low_screen_has_no_list_once_no_point_is_open(tracker: Tracker) -> None:
    for number in (2, 3, 4, 5):
        tracker.dismiss(1, str(number))
    for size, there in (((80, 24), False), ((80, 40), True)):
        async with PatchwatchApp(tracker, open_series=1).run_test(size=size) as pilot:
            await series_shown(pilot)
            assert pilot.app.screen.query_one("#points").display is there
            await pilot.press("o")
            await until(pilot, lambda: "No point is open." in shown(pilot))


async def test_a_series_without_points_has_no_list_and_no_key(tracker: Tracker, tmp_path: Path) -> None:
    patch = mail(message_id="other@x", subject="[PATCH] frob: fix it", body="Why.\n---\n")
    (tmp_path / "other.mbox").write_bytes(mbox([patch]))
    import_mail(tracker.database, tmp_path / "other.mbox", "quill")
    async with PatchwatchApp(tracker, open_series=tracker.find("other@x")).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot)
        assert "o Point" not in shown(pilot)
        assert not pilot.app.screen.query_one("#points").display


async def test_points_stand_below_their_lines_in_the_files(tracker: Tracker) -> None:
    async with PatchwatchApp(tracker, open_series=1).run_test(size=(120, 40)) as pilot:
        await series_shown(pilot, "Points: ")
        await pilot.press("f", "j")
        await until(pilot, lambda: "quill_pin(held, offset);" in shown(pilot), "the file")
        lines = [" ".join(text[49:].split()) for text in shown(pilot).splitlines()]
        first = lines.index("+ held = kcalloc(n, sizeof(*held), GFP_KERNEL);")
        assert lines[first + 1 : first + 6] == [
            "[~] 4 “Why do we need the second array at all?” you, 06 Jul",
            "Jun answered, your turn",
            "+ quill_pin(held, offset);",
            "[~] 5 “What about an offset in the last page?” Petra, 07 Jul",
            "Jun answered, Petra’s turn",
        ]


async def test_points_stand_below_their_rows_in_a_comparison(tracker: Tracker) -> None:
    async with PatchwatchApp(tracker, open_series=1).run_test(size=(100, 40)) as pilot:
        await series_shown(pilot, "Points: ")
        await pilot.press("d")
        await until(pilot, lambda: "only in v1" in shown(pilot), "the comparison")
        lines = [" ".join(text.strip("▌ ").split()) for text in shown(pilot).splitlines()]
        assert "1 → 1 ! quill: add a buffer table [x] 2 diff changed +1 -1" in lines
        assert "2 → 2 = quill: look up under the lock [ ] 1 [>] 1 equal" in lines
        assert "3 → 3 = quill: pin pages [~] 2 equal" in lines
        first = lines.index("- + quill->size = 16;")
        assert lines[first + 1 : first + 6] == [
            "[x] 1 “Please use a define for the size.” you, 02 Jul, on v1",
            "done in v2",
            "+ + quill->size = QUILL_SIZE;",
            "[x] 6 “Please check for NULL first.” Petra, 07 Jul",
            "settled by Petra",
        ]
        await pilot.press("j")
        await until(pilot, lambda: "The lock must cover" in shown(pilot), "the points of an equal patch")
        lines = [" ".join(text.split()) for text in shown(pilot).splitlines()]
        first = lines.index("+ entry = quill_find(table, index);")
        assert lines[first + 1] == "[ ] 2 “The lock must cover the lookup too, please move it up.” you, 06 Jul"


@pytest.mark.parametrize("size", [(80, 24), (120, 40)], ids=str)
def test_ledger(tracker: Tracker, size: tuple[int, int], snap_compare: Compare) -> None:
    async def drive(pilot: Pilot[None]) -> None:
        await series_shown(pilot, "Points: ")
        await typed(pilot, "o", "enter", text="It holds")

    assert snap_compare(PatchwatchApp(tracker, open_series=1), terminal_size=size, run_before=drive)
