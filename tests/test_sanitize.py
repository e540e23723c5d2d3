"""Sanitized text has no control or hidden characters; what people write stays legible."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patchwatch.sanitize import block, escaped, line

REPLACEMENT = "\ufffd"

ESCAPES = {
    "CSI color": ("a\x1b[31mred", "a␛[31mred"),
    "CSI clear and home": ("\x1b[2J\x1b[H", "␛[2J␛[H"),
    "OSC title, ended by BEL": ("\x1b]0;root@host\x07", "␛]0;root@host␇"),
    "OSC 8 link, ended by ST": (
        "\x1b]8;;http://evil.example\x1b\\ok\x1b]8;;\x1b\\",
        "␛]8;;http://evil.example␛\\ok␛]8;;␛\\",
    ),
    "OSC 52 clipboard": ("\x1b]52;c;cm0gLXJm\x07", "␛]52;c;cm0gLXJm␇"),
    "DCS": ("\x1bPq#0\x1b\\", "␛Pq#0␛\\"),
    "reset": ("\x1bc", "␛c"),
    "C1 CSI": ("\x9b31m", f"{REPLACEMENT}31m"),
    "C1 OSC and ST": ("\x9d0;title\x9c", f"{REPLACEMENT}0;title{REPLACEMENT}"),
    "C1 DCS": ("\x90q", f"{REPLACEMENT}q"),
    "BEL": ("ding\x07", "ding␇"),
    "NUL": ("a\x00b", "a␀b"),
    "backspace": ("safe\b\b\b\bevil", "safe␈␈␈␈evil"),
    "DEL": ("a\x7fb", "a␡b"),
    "shift out": ("\x0elqqk\x0f", "␎lqqk␏"),
}

HIDDEN = {
    "left-to-right override": "\u202d",
    "right-to-left override": "\u202e",
    "right-to-left embedding": "\u202b",
    "pop directional formatting": "\u202c",
    "left-to-right isolate": "\u2066",
    "right-to-left isolate": "\u2067",
    "first strong isolate": "\u2068",
    "pop directional isolate": "\u2069",
    "left-to-right mark": "\u200e",
    "right-to-left mark": "\u200f",
    "Arabic letter mark": "\u061c",
    "zero-width space": "\u200b",
    "zero-width non-joiner": "\u200c",
    "word joiner": "\u2060",
    "invisible times": "\u2062",
    "byte order mark": "\ufeff",
    "soft hyphen": "\u00ad",
    "Hangul filler": "\u3164",
    "Mongolian vowel separator": "\u180e",
    "variation selector 1": "\ufe00",
    "variation selector 17": "\U000e0100",
    "language tag": "\U000e0001",
    "tag letter": "\U000e0061",
    "interlinear annotation": "\ufff9",
    "musical begin beam": "\U0001d173",
    "shorthand overlap": "\U0001bca0",
    "surrogate": "\udc80",
    "private use": "\ue000",
    "private use, plane 16": "\U00100000",
    "unassigned": "\u0378",
    "non-character": "\U0001fffe",
}


@pytest.mark.parametrize("show", [line, block])
@pytest.mark.parametrize("name", ESCAPES)
def test_escape_sequences_are_replaced(name: str, show: object) -> None:
    given, shown = ESCAPES[name]
    assert show(given) == shown  # type: ignore[operator]


@pytest.mark.parametrize("show", [line, block])
@pytest.mark.parametrize("name", HIDDEN)
def test_hidden_and_bidi_characters_are_replaced(name: str, show: object) -> None:
    assert show(f"ab{HIDDEN[name]}cd") == f"ab{REPLACEMENT}cd"  # type: ignore[operator]


@pytest.mark.parametrize("name", [*ESCAPES, *HIDDEN])
def test_json_means_the_same_with_escapes(name: str) -> None:
    hidden = ESCAPES[name][0] if name in ESCAPES else HIDDEN[name]
    text = escaped(json.dumps({"key\n": hidden}, indent=1, ensure_ascii=False))
    assert json.loads(text) == {"key\n": hidden}
    assert block(text) == text


def test_json_keeps_ordinary_text() -> None:
    assert escaped('{\n "name": "李雷 יעל ❤️"\n}') == '{\n "name": "李雷 יעל ❤️"\n}'


@pytest.mark.parametrize(
    "text",
    [
        "[bold]not bold[/bold] [link=http://x]y[/link]",
        "[PATCH net-next v2 1/2] net: [RFC] frob",
        "100 % \\ ~ ^ ` ' \" < > & {}",
        "Jörg Müller, Łukasz Ćwik, Ñandú",
        "Лев Иванов, Ελένη, יעל כהן",
        "李雷 王小明 山田太郎 김철수",
        "ａｌｌｙｅｓ ﾊﾝｶｸ",
        "محمد بن علي",
        "مُحَمَّد",
        "राजेश कुमार",
        "हिन्दी में क्षत्रिय",
        "e\u0301 n\u0303 a\u030a",
        "🐧 👍🏽 ❤️ 🇩🇪",
        "→ ≤ ± € “quoted” – —",
        "␛[31m",
    ],
)
def test_ordinary_text_is_unchanged(text: str) -> None:
    assert line(text) == text
    assert block(text) == text


def test_joined_emoji_keeps_its_parts() -> None:
    shown = line("👩\u200d💻 wrote")
    assert shown.startswith("👩")
    assert shown.endswith("💻 wrote")


def test_excess_combining_marks_are_dropped() -> None:
    zalgo = "".join(letter + "\u0301\u0316\u0489\u0334" * 20 for letter in "abc")
    assert [c for c in line(zalgo) if not unicodedata.combining(c) and unicodedata.category(c) != "Me"] == list("abc")
    assert len(line(zalgo)) <= 3 * 5


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        (" \t\n ", ""),
        ("  a   b  ", "a b"),
        ("folded\n subject\r\n\tline", "folded subject line"),
        ("a\rb", "a b"),
        ("a\x0b\x0cb\x1c\x1d\x1e\x1f\x85c", "a b c"),
        ("a\u2028b\u2029c", "a b c"),
        ("no\u00a0break\u2003em\u3000wide", "no break em wide"),
    ],
)
def test_line_folds_white_space(text: str, shown: str) -> None:
    assert line(text) == shown


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("a\nb\n\nc\n", "a\nb\n\nc\n"),
        ("a\r\nb\r\n", "a\nb\n"),
        ("a\rb", "a␍b"),
        ("over\rwritten\n", "over␍written\n"),
        ("\ta\n-\tb\n1234567\tc\n12345678\td", "        a\n-       b\n1234567 c\n12345678        d"),
        ("  indented  ", "  indented  "),
        ("a\fb", "a\nb"),
        ("a\x0bb", "a␋b"),
        ("a\u2028b\x85c", f"a{REPLACEMENT}b{REPLACEMENT}c"),
    ],
)
def test_block_keeps_lines_and_expands_tabs(text: str, shown: str) -> None:
    assert block(text) == shown


def is_printable(text: str) -> bool:
    return all(character.isprintable() for character in text)


anything = st.text(st.characters(codec=None), max_size=60) | st.text(
    st.sampled_from([*"ab \t\r\n\x1b\u0301\u200d\ufe0f", *HIDDEN.values()]), max_size=60
)


@given(anything)
def test_line_is_always_printable(text: str) -> None:
    shown = line(text)
    assert "\n" not in shown
    assert is_printable(shown)


@given(anything)
def test_block_is_printable_except_newlines_and_wide_spaces(text: str) -> None:
    shown = block(text)
    assert is_printable("".join(c for c in shown if c != "\n" and unicodedata.category(c) != "Zs"))
    assert shown.count("\n") == text.replace("\r\n", "\n").replace("\f", "\n").count("\n")


@given(anything)
def test_sanitizing_twice_changes_nothing(text: str) -> None:
    assert line(line(text)) == line(text)
    assert block(block(text)) == block(text)


def test_every_character_is_covered() -> None:
    everything = "".join(map(chr, range(0x110000)))
    assert is_printable(line(everything))
