"""Keys from the config: bindings, errors, and config.example.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.config_file import parse_config
from patchwatch.errors import ConfigError
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.keymap import bindings, keymap
from patchwatch.tui.screens.overview import OverviewScreen
from tests.support.paths import EXAMPLE_CONFIG
from tests.tui.driving import opened, shown, until
from tests.tui.fake_tracker import FakeTracker

FILE = Path("c.toml")


def test_example_config_lists_every_binding_and_its_keys() -> None:
    text = EXAMPLE_CONFIG.read_text(encoding="utf-8")
    missing = [name for name, binding in bindings().items() if f'# "{name}" = "{binding.key}" ' not in text]
    assert missing == [], "run `make keys`"


def test_every_meaning_fits_on_a_line_of_the_help() -> None:
    long = {name for name, binding in bindings().items() if len(binding.tooltip or binding.description) > 54}
    assert long == set()


def test_keys_are_read_from_the_config() -> None:
    config = parse_config('[keys]\n"app.poll" = "f5, Q"\noverview.limit = "f"\n', FILE)
    assert keymap(config.keys.changed) == {"app.poll": "f5,Q", "overview.limit": "f"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            '"act.unwach" = "X"',
            "c.toml:2: keys.act.unwach is not an action; did you mean act.unwatch?",
        ),
        ('"app.poll" = "ctrl+shft+x"', "c.toml:2: keys.app.poll: 'ctrl+shft+x' is not a key"),
        ('"app.poll" = "pgdn"', "'pgdn' is not a key"),
        ('"app.poll" = 5', "must be a string in quotes"),
        ('"app.poll" = "x"', "c.toml:2: keys.app.poll: 'x' is the key of act.unwatch; change that key, too"),
    ],
)
def test_errors_name_the_line_and_suggest_a_fix(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as refused:
        keymap(parse_config(f"[keys]\n{text}\n", FILE).keys.changed)
    assert says in str(refused.value)


async def test_configured_keys_work_and_are_shown() -> None:
    tracker = FakeTracker()
    app = PatchwatchApp(tracker, keymap={"app.poll": "f5", "overview.limit": "f", "overview.watched": "0"})
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        await pilot.press("f", *"nothing")
        await until(pilot, lambda: "No series matches the limit." in shown(pilot))
        await pilot.press("enter")
        assert "  f   edit the limit" in shown(pilot)
        await pilot.press("escape", "2", "0")
        screen = pilot.app.screen
        assert isinstance(screen, OverviewScreen)
        await until(pilot, lambda: "3 series" in shown(pilot))
        await pilot.press("r")
        assert not tracker.asked["poll"]
        await pilot.press("f5")
        await until(pilot, lambda: tracker.asked["poll"])
