"""Signs: one for each state, and ASCII for signs and lines where a terminal draws them too wide, or not at all.

Several are of ambiguous width in Unicode (UAX #11): a terminal set up for Chinese, Japanese or Korean may give them two
cells, which shifts everything after them.
"""

from __future__ import annotations

from collections.abc import Mapping

from patchwatch.series.states import State
from patchwatch.text_width import cell_len

SIGNS: dict[str, tuple[str, str]] = {
    State.NEW: ("○", "n"),
    State.UNDER_REVIEW: ("◐", "u"),
    State.CHANGES_REQUESTED: ("↻", "c"),
    State.REVIEWED: ("◉", "r"),
    State.ACCEPTED: ("✓", "a"),
    State.MAINLINED: ("★", "m"),
    State.REJECTED: ("✗", "x"),
    State.DEFERRED: ("◌", "d"),
    State.AWAITING_UPSTREAM: ("↑", "w"),
    State.NOT_APPLICABLE: ("–", "-"),
    State.SUPERSEDED: ("»", "s"),
}
"""Signs differ, so that states can be told apart without colors."""

PINNED = "⚑"
AMBIGUOUS = "○"
"""A sign of ambiguous width, to find out how wide the terminal draws it."""

_SAME_WIDTH = (
    ("○◐◉◌●★", "oooo**"),
    ("✓✗↻↑↓→←↪»", "+xc^v><\\>"),
    ("–—·•…×", "--*-~x"),
    ("▌▏▎▍▐▕▾▸▴◂☾⊘⚑⏎", ">|||||-+^<z#^<"),
    ("“”„‘’‚", "\"\"\"'''"),
    ("─━┄┆│┃║═", "--:||||="),
    ("┌┐└┘├┤┬┴┼╭╮╯╰╱╲", "+++++++++++++/\\"),
    ("█▓▒░▁▂▃▄▅▆▇▀▔▊", "####          "),
    ("".join(map(chr, range(0x2400, 0x2422))), "?" * 0x22),  # control characters, made visible
)
_TABLE = str.maketrans({a: b for signs, plains in _SAME_WIDTH for a, b in zip(signs, plains, strict=True)})


def sign_of(state: str, *, ascii_only: bool = False) -> str:
    """The sign of a state."""
    return SIGNS.get(state, ("?", "?"))[ascii_only]


def in_ascii(text: str) -> str:
    """The text with ASCII in place of signs, lines and typographic quotes, a cell for each; letters stay."""
    return text if text.isascii() else text.translate(_TABLE)


def encodable(text: str, encoding: str) -> str:
    """The text with a question mark for each cell that a character set does not have."""
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        return "".join(one if _has(encoding, one) else "?" * cell_len(one) for one in text)
    except LookupError:
        return text
    return text


def _has(encoding: str, character: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def uses_ascii(choice: str, variables: Mapping[str, str], encoding: str) -> bool:
    """True if signs are drawn in ASCII: by choice, or because the locale or the stream has another character set.

    Without a locale, the character set is taken to be UTF-8, as Python does.
    """
    if choice != "auto":
        return choice == "ascii"
    named = next((variables[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if variables.get(name)), "utf")
    return not all("utf" in name.lower() for name in (named, encoding or "utf"))
