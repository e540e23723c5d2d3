"""The line of keys: which are shown, in how much room, and what a click does."""

from __future__ import annotations

from textual.binding import ActiveBinding, Binding

from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.widgets.key_hints import Key, KeyHints, fit_keys, keys_to_show
from tests.tui.driving import opened, settled, shown, until

PAIR = Binding.Group("Revision", compact=True)


def keys(*bindings: Binding) -> list[Key]:
    active = [ActiveBinding(None, one, True, one.tooltip) for one in bindings]  # type: ignore[arg-type]
    return keys_to_show(active, {one: one.key for one in bindings})


def text(found: list[Key]) -> str:
    return "".join(key.shown + key.words for key in found)


def test_an_action_is_offered_once_with_its_first_key() -> None:
    assert text(keys(Binding("q", "quit", "Quit"), Binding("x", "quit", "Quit"))) == " q Quit "


def test_what_is_not_to_be_shown_is_not() -> None:
    assert text(keys(Binding("q", "quit", "Quit", show=False))) == ""


def test_what_leads_is_behind_the_first_shown_or_not() -> None:
    bindings = (
        Binding("o", "open", "Open"),
        Binding("q", "quit", "Quit"),
        Binding("T", "tag", "Tags", show=False),
        Binding("r", "poll", "Poll"),
    )
    active = [ActiveBinding(None, one, True, one.tooltip) for one in bindings]  # type: ignore[arg-type]
    shown_as = {one: one.key for one in bindings}
    assert text(keys_to_show(active, shown_as, ("poll", "tag", "gone"))) == " o Open  r Poll  T Tags  q Quit "
    assert text(keys_to_show([], {}, ("tag",))) == ""


def test_the_keys_of_a_group_are_before_its_name() -> None:
    pair = (Binding("[", "older", "", group=PAIR), Binding("]", "newer", "", group=PAIR))
    assert (
        text(keys(Binding("s", "story", "Story"), *pair, Binding("q", "quit", "Quit")))
        == " s Story  [] Revision  q Quit "
    )


def test_a_single_key_of_a_group_has_its_own_description() -> None:
    assert text(keys(Binding("[", "older", "The one before", group=PAIR))) == " [ The one before "


def test_help_stays_where_others_have_no_room() -> None:
    found = keys(Binding("o", "open", "Open"), Binding("q", "quit", "Quit"), Binding("?", "app.help", "Help"))
    assert text(fit_keys(found, 24)) == " o Open  q Quit  ? Help "
    assert text(fit_keys(found, 23)) == " o Open  ? Help "
    assert text(fit_keys(found, 8)) == " ? Help "


def test_a_group_is_shown_whole_or_not_at_all() -> None:
    pair = (Binding("[", "older", "", group=PAIR), Binding("]", "newer", "", group=PAIR))
    found = keys(Binding("s", "story", "Story"), *pair, Binding("?", "app.help", "Help"))
    assert text(fit_keys(found, 30)) == " s Story  [] Revision  ? Help "
    assert text(fit_keys(found, 29)) == " s Story  ? Help "


async def test_a_click_presses_the_key_and_hovering_shows_a_tooltip(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await settled(pilot)
        line = app.screen.query_one(KeyHints)
        at = shown(pilot).splitlines()[-1].index("? Help")
        await pilot.hover(KeyHints, offset=(at, 0))
        await until(pilot, lambda: line.tooltip == "Show the key bindings")
        below = app.screen
        await pilot.click(KeyHints, offset=(at, 0))
        await until(pilot, lambda: app.screen is not below, "help")


async def test_a_click_beside_the_keys_does_nothing(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        await settled(pilot)
        before = shown(pilot)
        await pilot.click(KeyHints, offset=(118, 0))
        await settled(pilot)
        assert shown(pilot) == before


async def test_the_line_follows_the_focus(app: PatchwatchApp) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        await opened(pilot)
        assert "Quit" in shown(pilot).splitlines()[-1]
        await pilot.press("slash")
        await until(pilot, lambda: "Keep" in shown(pilot).splitlines()[-1])
