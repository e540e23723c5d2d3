"""Themes: choosing one, keeping the choice, and contrast."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.color import Color
from textual.theme import Theme

from patchwatch.config_file import parse_config
from patchwatch.errors import ConfigError
from patchwatch.tui.app import PatchwatchApp
from patchwatch.tui.base.saved_state import SavedState
from patchwatch.tui.base.theme import DARK, LIGHT
from patchwatch.tui.render.labels import STATE_SIGNS
from tests.tui.driving import opened, shown
from tests.tui.fake_tracker import FakeTracker

READABLE = 4.5  # WCAG 2.1, 1.4.3


def contrast(one: Color, other: Color) -> float:
    """The contrast ratio of WCAG 2.1."""

    def luminance(color: Color) -> float:
        parts = [part / 255 for part in color.rgb]
        red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize("background", ["background", "surface", "cursor-background"])
def test_text_has_contrast_on_every_background(theme: Theme, background: str) -> None:
    variables = theme.variables
    below = Color.parse(variables.get(background) or str(getattr(theme, background)))
    names = [
        "color-dim",
        "color-accent",
        "color-good",
        "color-warn",
        "color-bad",
        "color-calm",
        "color-quote",
        "color-requote",
    ]
    found = {name: contrast(below, Color.parse(variables[name])) for name in names}
    found["foreground"] = contrast(below, Color.parse(str(theme.foreground)))
    assert {name: ratio for name, ratio in found.items() if ratio < READABLE} == {}


@pytest.mark.parametrize("theme", [DARK, LIGHT], ids=lambda theme: theme.name)
@pytest.mark.parametrize(
    ("text", "background"), [("color-on-accent", "color-accent"), ("color-evidence", "color-evidence-background")]
)
def test_text_has_contrast_on_colored_backgrounds(theme: Theme, text: str, background: str) -> None:
    below, above = Color.parse(theme.variables[background]), Color.parse(theme.variables[text])
    assert contrast(below, above) >= READABLE


def test_states_differ_without_color() -> None:
    signs = [sign for sign, _ in STATE_SIGNS.values()]
    assert len(set(signs)) == len(signs)


def test_chosen_theme_is_kept_until_the_config_changes(tmp_path: Path) -> None:
    path = tmp_path / "state" / "screen.json"
    first = SavedState(path)
    assert first.theme("dark") == "dark"
    first.choose_theme("light")
    assert SavedState(path).theme("dark") == "light"
    assert SavedState(path).theme("ansi") == "ansi"
    path.write_text('{"theme": "pink", "configured": "dark"}')
    assert SavedState(path).theme("dark") == "dark"
    path.write_text("[")
    assert SavedState(path).theme("dark") == "dark"


def test_unwritable_state_file_is_ignored(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    saved = SavedState(tmp_path / "file" / "screen.json")
    assert saved.theme("light") == "light"
    saved.choose_theme("dark")


def test_the_config_names_a_theme() -> None:
    assert parse_config('[tui]\ntheme = "ansi"\n', Path("c.toml")).tui.theme == "ansi"
    with pytest.raises(ConfigError, match=r"c.toml:2: tui.theme must be one of dark, light, ansi, not 'drak'"):
        parse_config('[tui]\ntheme = "drak"\n', Path("c.toml"))


@pytest.mark.parametrize("theme", ["dark", "light", "ansi"])
async def test_every_theme_draws_every_screen(theme: str) -> None:
    app = PatchwatchApp(FakeTracker(), theme=theme)
    async with app.run_test(size=(100, 40)) as pilot:
        await opened(pilot, "mm/zswap")
        for keys in (("slash", "z", "escape"), ("S", "escape"), ("question_mark", "escape"), ("enter", "q")):
            await pilot.press(*keys)
        await opened(pilot, "mm/zswap")


async def test_no_color_disables_color(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    app = PatchwatchApp(FakeTracker())
    async with app.run_test(size=(100, 30)) as pilot:
        await opened(pilot, "mm/zswap")
        segments = [segment for strip in app.screen._compositor.render_strips(app.screen.size) for segment in strip]
        filtered = [s for strip in (app.screen._compositor.render_strips(app.screen.size)) for s in _drawn(app, strip)]
        assert segments
        assert not [s for s in filtered if s.style and (_colored(s.style.color) or _colored(s.style.bgcolor))]
        assert "✓ accepted" in shown(pilot)


def _drawn(app: PatchwatchApp, strip):  # type: ignore[no-untyped-def]
    for one in app._filters:
        if one.enabled:
            strip = strip.apply_filter(one, Color.parse("black"))
    return strip


def _colored(color) -> bool:  # type: ignore[no-untyped-def]
    return color is not None and not color.is_default
