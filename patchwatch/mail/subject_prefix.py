"""Split a subject line into its prefix, `[PATCH net v2 1/3]`, and the title; read the prefix as words.

People type brackets by hand: without blanks (`[PATCH1/4]`, `[PATCH 1/3v2]`), nested, unbalanced, or full-width; and
mail gateways put their own labels in front.  patchwatch.mail.subject says what the words mean.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Sequence

from msgspec import Struct

from patchwatch.pattern import Pattern

# Look-alikes, each by one character, so that the title can be cut from the subject as it was written.
_PLAIN: dict[int, int | str] = {
    **{0xFEE0 + code: code for code in range(0x21, 0x7F)},  # full-width ASCII
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2015\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2044\u2215"), "/"),
    **dict.fromkeys(map(ord, "【〔〖「"), "["),
    **dict.fromkeys(map(ord, "】〕〗」"), "]"),
    **dict.fromkeys(map(ord, "\t\u00a0\u200b\u2002\u2003\u2009\u202f\u2060\u3000\ufeff"), " "),
}
# liblore's reply prefixes, and those of other languages; some only in front of brackets: "res: add x" is a title.
_REPLY = Pattern(
    r"\s*(?:(?:re|aw|fwd?|sv|vs|antw|wg|tr|odp|ref|rif|回复|答复|回覆|回信|转发|轉寄|返信|답장|전달|ответ|отв|пересл|απ|"
    r"(?:rv|res|enc|ynt|ilt|bls|vl|pd|n?acked|nac?k|ack(?:/cmnt)?|applied)(?=\s*:\s*(?:\[|re:)))"
    r"\s*(?:\[\d+\]|\(\d+\)|\^\d+)?\s*:\s*)+",
    re.IGNORECASE,
)
# Put in front by mail gateways: "[EXT] Re: [PATCH] x", "***SPAM*** [PATCH] x", "External: [PATCH] x".
_LABEL = Pattern(
    r"\W*\b(?:ext|extern(?:al)?|(?:suspected |possible )?spam|caution|unchecked|unverified|bulk|junk)"
    r"(?:[ _-](?:e-?mail|mail|sender|source|message))?\b\s*[:*!>\])}|-][:*!>\])}|\s-]*(?=\W|re:|patch\b)",
    re.IGNORECASE,
)
_GROUP = Pattern(r"\s*\[([^\[\]]{0,300})\][\s\]]*:?\s*")
_OPEN = Pattern(r"\s*\[+")
_BRACKET = Pattern(r"[\[\]]")
_AFTER_GROUP = Pattern(r"[\s\]]*:?\s*")
_MAX_GROUPS = 10
_MAX_GROUP = 300  # characters
_VERSION_WORD = r"v|vers?|version|rev|revision|take|try|attempt|round|iteration|spin"
_TREE = r"(?:net|bpf|wireless|mm|tip|next|[\w-]{1,20}-next|stable|(?:linux-)?\d\.\d{1,2}(?:\.y)?|for-\S+)"
# What may stand in a prefix whose brackets are incomplete: "[PATCH v2 1/2 foo: bar", "PATCH v2 1/2] foo: bar".
_LOOSE = Pattern(
    rf"\s*[\[({{<]*(?P<words>(?:(?:patch(?:set|es)?|rfc|resend|-?(?:{_VERSION_WORD})[ .#-]?\d{{1,3}}|{_TREE}(?!:)|"
    r"\d{1,4} ?/ ?\d{1,4}|\d{1,4} of \d{1,4})(?![\w/])[ ,;_\[-]*)+)(?P<end>[ \])}>:]*)",
    re.IGNORECASE,
)
# "[PATCH] v2: x", "[PATCH v2] 1/3: x", "[PATCH] (v2) x", "[PATCH] V2 net: x"
_BEHIND = Pattern(
    r"-?\s*(?:\(\s*)?(v\d{1,3}|\d{1,4}/\d{1,4})(?:\s*[):]+\s*|\s+-+\s+|\s+(?=[\w/.,-]{2,30}: \S))", re.IGNORECASE
)
# "GIT PULL: foo updates", "pull-request: can 2024-06-01"
_BARE_PULL = Pattern(
    r"\s*(?:git[ -_]?pull(?:[ -]request)?|pull[ -_]?request)(?:\s+v(\d{1,2}))?\s*(?::|-\s)\s*", re.IGNORECASE
)

_GLUED = Pattern(
    r"(?:\b|(?<=patch))(patch(?:set)?|patches|rfc|resend|repost|series|v\d+)[-_/.:#=+]?"
    r"(?=v\d|rfc\b|patch\b|resend\b|repost\b)|"
    r"(?:\b|(?<=rfc))(patch(?:set)?|patches|rfc|resend|series)[-_.:#=+]?"
    rf"(?=\d{{1,4}}(?:\.\d{{1,2}})?\s*(?:/|(?:out )?of)\s*\d|(?:{_VERSION_WORD})[ #_-]*\d)|"
    r"(?:\b|(?<=patch)|(?<=rfc))(v\d{1,3})[-_.:](?=\d{1,4}/\d{1,4}(?![\d.]))|"  # "v2.1/3" is v2 1/3
    r"(?:(?<![\w.])|(?<=patch)|(?<=rfc))(v\d{1,3})[-_](?=[a-z]{3})(?!.(?:stable|lts))|"  # "v2-next"
    r"(?<![\d.])(\d{1,4}/\d{1,4})[-_.:+]?(?=v\d|rfc\b|resend\b)|"  # "1/3v2"
    r"((?<!\d)\d\.\d{1,2}(?:\.y)?|\b(?:net|bpf|wireless|next))[-_]?(?=v\d{1,3}\b(?!\.))",  # "5.10-v2", "net-next-v2"
    re.IGNORECASE,
)
_N_OF_M = Pattern(r"(?<![\w.])(\d{1,4})\s*(?:out )?of\s*(\d{1,4})\b", re.IGNORECASE)
_SLASH = Pattern(r"(\d[a-d+]?)\s*[/\\]\s*(\d)", re.IGNORECASE)
_ORDINALS = {
    word: str(number)
    for number, words in enumerate(("first", "second", "third", "fourth", "fifth", "sixth"), 1)
    for word in words.split()
}
_NUMERALS = {"one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6"}
# "rev2", "rev. 2", "take #2", "V 2", "version two"; "2nd version", "second take", "v2nd"
_SPELLED = Pattern(
    rf"(?<![\w.-])(?:{_VERSION_WORD})(?:[\s.#:_=-]*(\d{{1,3}}(?:\.\d{{1,2}})?)(?:st|nd|rd|th)?|"
    rf"\s+({'|'.join(_NUMERALS)}))(?![\w/]|[.-]\w)|"
    rf"\b(?:(\d{{1,2}})(?:st|nd|rd|th)|({'|'.join(_ORDINALS)}))[\s-]+(?:{_VERSION_WORD})\b",
    re.IGNORECASE,
)
_MARK = Pattern(r"patch|rfc|resend|v\d|\d/\d", re.IGNORECASE)


class Prefix(Struct, frozen=True):
    """The prefix of a subject line."""

    words: tuple[str, ...]  # in the order of the subject; `1/3v2` is two words, `take 2` is `v2`
    title: str  # the rest, as written
    reply: bool  # it has `Re:`, in any language


def split_prefix(subject: str) -> Prefix:
    """Split a decoded subject line; never raises."""
    plain = subject if subject.isascii() and "\t" not in subject else subject.translate(_PLAIN)
    words: list[str] = []
    begin, groups, reply, marked = 0, 0, False, False
    while groups < _MAX_GROUPS:
        if not marked and (answer := _REPLY.match(plain, begin)):
            reply = True
            begin = answer.end()
        elif not marked and not words and (label := _LABEL.match(plain, begin)):
            begin = label.end()
        elif (span := _group(plain, begin)) is not None:
            inner, end = span
            if answered := _REPLY.match(inner):  # "[Re: PATCH v2] x"
                inner, reply = inner[answered.end() :], True
            new = split_words(inner)
            if groups and not _looks_like_prefix(inner, new):
                break  # "[PATCH] [a longer remark] title": part of the title
            words += new
            marked = marked or _MARK.search(inner) is not None
            begin = end
            groups += 1
        else:
            break
    if not marked and (loose := _loose(plain, begin)):
        found_words, begin = loose
        words += found_words
        marked = True
    if marked:
        while groups < _MAX_GROUPS and (behind := _BEHIND.match(plain, begin)):
            words.append(behind[1])
            begin = behind.end()
            groups += 1
    if (pull := _BARE_PULL.match(plain, begin)) and pull.end() < len(plain):
        words += ["pull", *(["v" + pull[1]] if pull[1] else [])]
        begin = pull.end()
    return Prefix(tuple(words), subject[begin:].strip(), reply)


def without_reply_prefix(subject: str) -> str:
    """The subject without `Re:` and the like in front."""
    plain = subject.translate(_PLAIN)
    found = _REPLY.match(plain)
    return subject[found.end() if found else 0 :].strip()


@functools.lru_cache(maxsize=4096)  # "PATCH v2 1/3" is common
def split_words(group: str) -> tuple[str, ...]:
    """The words in one pair of brackets: `RFC/PATCH`, `PATCHv3`, `v3,4/5` and `PATCH1/4` are two words each."""
    group = _GLUED.sub(lambda found: f"{found[found.lastindex or 0]} ", group)
    group = _N_OF_M.sub(r"\1/\2", group)
    group = _SLASH.sub(r"\1/\2", group)
    group = _SPELLED.sub(_as_version, group)
    return tuple(word for word in re.split(r"[\s,;:|\[\](){}]+", group) if word.strip("-_."))


def version_words(text: str) -> tuple[str, ...]:
    """The words of a remark behind the title, such as `(take 2)`."""
    return split_words(text.strip(" ()[]"))


def _as_version(found: re.Match[str]) -> str:
    if found[0][:1] in "vV" and found[0][1:2].isdigit():
        return found[0] if found[0][-1].isdigit() else f"{found[0][:-2]} "
    number = found[1] or found[3] or _NUMERALS.get((found[2] or "").lower()) or _ORDINALS[found[4].lower()]
    return f" v{number} "


def _group(text: str, begin: int) -> tuple[str, int] | None:
    """What is in the brackets that open here, and where the text continues; None without a pair of brackets."""
    if found := _GROUP.match(text, begin):
        return found[1], found.end()
    opened = _OPEN.match(text, begin)
    if opened is None:
        return None
    depth = 0
    closed = 0
    for bracket in _BRACKET.finditer(text, opened.start(), opened.start() + _MAX_GROUP):
        depth += 1 if bracket[0] == "[" else -1
        if depth == 0:
            closed = bracket.start()
            break
        if bracket[0] == "]" and not closed and opened[0].endswith("[["):
            closed = bracket.start()  # of "[[PATCH v2] x", unless the other is closed, too
    after = _AFTER_GROUP.match(text, closed)
    if not closed or after is None:
        return None
    return text[opened.end() : closed].replace("[", " ").replace("]", " "), after.end()


def _loose(text: str, begin: int) -> tuple[tuple[str, ...], int] | None:
    """The words of a prefix without one or both of its brackets, and where the text continues."""
    found = _LOOSE.match(text, begin, begin + _MAX_GROUP)
    if found is None:
        return None
    words = found["words"].lower()
    opened, closed = text[begin : found.start("words")].strip(), found["end"].strip()
    if "patch" not in words and ("rfc" not in words or not (opened or "]" in closed)):
        return None  # "RFC: x" may be a discussion
    # "Patch 1/3 breaks x" has neither bracket nor colon.
    return (split_words(found["words"]), found.end()) if opened or (closed and found.end() < len(text)) else None


def _looks_like_prefix(group: str, words: Sequence[str]) -> bool:
    short = len(words) <= 2 and len(group) <= 16
    return short or any(
        re.fullmatch(r"-?v\d{1,3}(?:\.\d{1,2})?[:.]?|#?\d{1,4}/\d{1,4}|(?:patch|rfc|resend).*", word, re.IGNORECASE)
        for word in words
    )
