"""Syntax highlighting for the lines of a diff.

Decides the language of a file and the style of a token; Pygments knows the languages.  Each line is lexed separately:
of a patch of 5 MB only the visible lines cost time, and a hostile line costs little, since only its first 240
characters are lexed.  The caller knows whether a line begins inside a comment.
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

_MAX_LEXED = 240  # characters of a line
_CACHED_LINES = 1024  # about 3 kB each

# The languages of kernel trees.  Others are not highlighted: Pygments guesses by the file name alone (".S" is R and
# ".pl" Prolog), and mail may name any file.
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

# Styles by token, the specific ones first.
_TOKEN_STYLES = (
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
    """The language of a file by its name; empty if it is not highlighted."""
    name = PurePosixPath(path).name
    found = _BY_NAME.get(name.partition(".")[0].lower())
    return found or _BY_SUFFIX.get(name.rpartition(".")[2] if "." in name else "", "")


def has_block_comments(lang: str) -> bool:
    """True if comments of the language are `/* … */` and may span lines."""
    return lang in _BLOCK_COMMENTS


@lru_cache(maxsize=_CACHED_LINES)
def highlighted(text: str, lang: str, commented: bool = False) -> tuple[StyledText, ...]:
    """A line of code as styled text; `commented`: it begins inside a comment."""
    if not lang or not text or text.isspace():
        return ((text, ""),)
    pieces: list[StyledText] = []
    at = 0
    if commented:
        at = text.find("*/") + 2 if "*/" in text else len(text)
        pieces.append((text[:at], "code-comment"))
    end = min(at + _MAX_LEXED, len(text))
    if at < end:
        pieces += _merged(_lexer(lang), text[at:end])
    if end < len(text):
        pieces.append((text[end:], ""))
    return tuple(pieces)


def _merged(lexer: Lexer, text: str) -> Sequence[StyledText]:
    pieces: list[StyledText] = []
    for _, token, part in lexer.get_tokens_unprocessed(text):
        style = _token_style(token)
        if pieces and (pieces[-1][1] == style or part.isspace()):
            pieces[-1] = (pieces[-1][0] + part, pieces[-1][1])
        else:
            pieces.append((part, style))
    return pieces


@lru_cache(maxsize=256)
def _token_style(token: _TokenType) -> str:
    name = str(token).removeprefix("Token.")
    return next((style for kind, style in _TOKEN_STYLES if name == kind or name.startswith(f"{kind}.")), "")


@lru_cache(maxsize=32)
def _lexer(lang: str) -> Lexer:
    from pygments.lexers import get_lexer_by_name

    return get_lexer_by_name(lang, stripnl=False, ensurenl=False)
