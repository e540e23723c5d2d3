"""The colours of a programming language on the lines of a diff.

Decides which language a file is in and which ink a token takes; Pygments knows the languages.  Each line is read by
itself, so that of a patch of 5 MB only the lines in sight cost anything, and a line made to be slow costs little: what
is behind its first few hundred characters stays plain.  Whether a line stands within a comment that began on another
one is told by the caller.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from patchwatch.tui.base.theme import StyledText

if TYPE_CHECKING:
    from pygments.lexer import Lexer
    from pygments.token import _TokenType

_LONGEST = 240  # characters of a line that are looked at
_REMEMBERED = 1024  # lines, of some 3 kB each

# What kernel trees are written in.  A language that is not listed is not coloured: Pygments guesses by the name alone
# (".S" is R to it, and ".pl" Prolog), and mail may name any file.
_BY_SUFFIX = {
    "c": "c",
    "h": "c",
    "y": "c",
    "l": "c",
    "cc": "cpp",
    "cpp": "cpp",
    "hpp": "cpp",
    "S": "gas",
    "s": "gas",
    "dts": "devicetree",
    "dtsi": "devicetree",
    "dtso": "devicetree",
    "py": "python",
    "pl": "perl",
    "pm": "perl",
    "sh": "bash",
    "rs": "rust",
    "yaml": "yaml",
    "yml": "yaml",
    "json": "json",
    "rst": "restructuredtext",
    "mk": "make",
}
_BY_NAME = {"makefile": "make", "kbuild": "make", "kconfig": "kconfig"}
_BLOCK_COMMENTS = frozenset({"c", "cpp", "gas", "devicetree", "rust"})

# Inks by token, the general after the particular.
_INKS = (
    ("Comment.PreprocFile", "code-string"),
    ("Comment.Preproc", "code-directive"),
    ("Comment", "code-comment"),
    ("Keyword.Type", "code-type"),
    ("Keyword", "code-keyword"),
    ("Literal.String", "code-string"),
    ("Literal.Number", "code-number"),
    ("Name.Class", "code-type"),
    ("Name.Function", "code-name"),
    ("Name.Label", "code-name"),
    ("Name.Tag", "code-name"),
    ("Name.Attribute", "code-name"),
    ("Generic.Heading", "code-name"),
)


def language(path: str) -> str:
    """The language of a file by its name; empty where it is none that is coloured."""
    name = PurePosixPath(path).name
    found = _BY_NAME.get(name.partition(".")[0].lower())
    return found or _BY_SUFFIX.get(name.rpartition(".")[2] if "." in name else "", "")


def has_block_comments(spoken: str) -> bool:
    """Whether a comment of the language may begin with `/*` and end on a later line."""
    return spoken in _BLOCK_COMMENTS


@lru_cache(maxsize=_REMEMBERED)
def coloured(text: str, spoken: str, commented: bool = False) -> tuple[StyledText, ...]:
    """A line of code as pieces; `commented`: it begins within a comment."""
    if not spoken or not text or text.isspace():
        return ((text, ""),)
    pieces: list[StyledText] = []
    at = 0
    if commented:
        at = text.find("*/") + 2 if "*/" in text else len(text)
        pieces.append((text[:at], "code-comment"))
    end = min(at + _LONGEST, len(text))
    if at < end:
        pieces += _merged(_lexer(spoken), text[at:end])
    if end < len(text):
        pieces.append((text[end:], ""))
    return tuple(pieces)


def _merged(lexer: Lexer, text: str) -> Sequence[StyledText]:
    pieces: list[StyledText] = []
    for _, token, part in lexer.get_tokens_unprocessed(text):
        ink = _ink(token)
        if pieces and (pieces[-1][1] == ink or part.isspace()):
            pieces[-1] = (pieces[-1][0] + part, pieces[-1][1])
        else:
            pieces.append((part, ink))
    return pieces


@lru_cache(maxsize=256)
def _ink(token: _TokenType) -> str:
    name = str(token).removeprefix("Token.")
    return next((ink for kind, ink in _INKS if name == kind or name.startswith(f"{kind}.")), "")


@lru_cache(maxsize=32)
def _lexer(spoken: str) -> Lexer:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(spoken, stripnl=False, ensurenl=False)
