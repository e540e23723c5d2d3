"""Short names for people in a sentence: "answer Jakub's question".

Display names come in every order and script.  Where it is unclear which part is the given name, the whole name is used.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from functools import lru_cache

from patchwatch.mail.accents import without_accents
from patchwatch.pattern import Pattern
from patchwatch.sanitize import line

_MAX_LENGTH = 24  # characters: longer names are cut
_ASIDE = Pattern(r"\([^)]*\)?|\[[^\]]*\]?|\bvia\b.*", re.DOTALL)  # (AMD), [Linaro], via B4 Relay
_TITLE = Pattern(r"(?:Dr|Mr|Mrs|Ms|Prof)\.?", re.IGNORECASE)
_BOT = Pattern(r"(?i)bot\b|\bci\b")
# Family names that many people write first, as in their own language; they are rare as given names.  Nothing else in a
# header separates "Wang Li" from "Li Wang".
_FAMILY = Pattern(
    r"""(?ix)
    bao|bian|cai|cao|chang|chen|cheng|choi|cui|dai|deng|ding|dong|du|duan|fan|fang|feng|fu|gao|gu|guo|han|hao|
    he|hong|hou|hu|huang|jia|jiang|jin|jung|kang|kim|kong|lee|lei|li|liang|liao|lin|liu|long|lu|luo|lv|ma|mao|
    meng|nguyen|ni|pan|park|pei|peng|qian|qiao|qin|qiu|ren|shao|shen|shi|song|su|sun|tan|tang|tao|tian|wan|wang|
    wei|wen|wu|xia|xiang|xiao|xie|xu|xue|yan|yang|yao|ye|yi|yin|yoon|yu|yuan|zeng|zhang|zhao|zheng|zhong|zhou|
    zhu|zou
    """
)


def short_name(name: str, address: str, others: Iterable[str] = ()) -> str:
    """The given name in a display name, or the whole name where the order is unclear; printable, on one line.

    Without a name it is the local part of the address.  If one of the `others` (names of the people involved) has the
    same short name, it is the whole name.
    """
    short = _short(name, address)
    whole = _plain(name)
    if short != whole and any(_short(other, "") == short and not _is_same(_plain(other), whole) for other in others):
        return _cut(whole)
    return short


def _is_same(one: str, two: str) -> bool:
    """True if one name has all words of the other, accents ignored: people write their own in more than one way."""
    words, others = (set(without_accents(name).lower().split()) for name in (one, two))
    return one == two or (min(len(words), len(others)) > 1 and (words <= others or others <= words))


@lru_cache(maxsize=4096)
def _plain(name: str) -> str:
    return line(_ASIDE.sub(" ", name)).strip(" \"'.,")


@lru_cache(maxsize=4096)
def _short(name: str, address: str) -> str:
    whole = _plain(name)
    if not whole or "@" in whole:
        whole = line((whole or address).partition("@")[0]) or "somebody"
        return _cut(whole)
    if any(unicodedata.east_asian_width(c) in "WF" for c in whole) or _BOT.search(whole):
        return _cut(whole)
    _, comma, given = whole.partition(",")
    if comma and given.strip():
        return _cut(given.split()[0])
    words = [word for word in whole.split() if not _TITLE.fullmatch(word)] or [whole]
    first = words[0]
    if len(words) > 1 and len(first) > 2 and first.isalpha() and first.isupper() and not words[1].isupper():
        return _cut(words[1])  # KAMEZAWA Hiroyuki
    family_first = _FAMILY.fullmatch(first) and not any(_FAMILY.fullmatch(word) for word in words[1:])
    if family_first or sum(c.isalpha() for c in first) < 2:
        return _cut(" ".join(words))
    return _cut(first)


def _cut(name: str) -> str:
    return name if len(name) <= _MAX_LENGTH else name[: _MAX_LENGTH - 1].rstrip() + "…"
