"""Own words as sentences: the unit of evidence.

Kernel mail is hard-wrapped prose with lists, tags and greetings in between; a sentence runs over lines, but never over
a quote, a list item or a tag.  What a sentence means is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

_MAX_EVIDENCE = 200
_STARTS_ALONE = re.compile(r"(?:[-*#\[]|\d+[.)]\s|[A-Z][\w-]+:\s|https?://|pw-bot:|Applied\b|Queued\b|Thanks\b|\+|@@)")
_LOG = re.compile(r"(?:<\d+>|kern\s*:\w+\s*:)?\s*\[ *\d+\.\d{4,}\]")  # a line of the kernel's log is nobody's sentence
_TAG = re.compile(r"[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: .+>$")
_GREETING = re.compile(
    r"(?:(?i:hi|hello|hey|hallo|dear|good (?:morning|day|evening|afternoon))"
    r"(?:(?:[ ,]+[\w.'-]+){0,5}\s*[,.!:]+|(?:[ ,]+(?:all|folks|there|everyone|[A-Z][\w'-]*)){0,3})|"
    r"[A-Z][\w-]+(?: [\w-]+)?,)"
)
_END = re.compile(r"[.!?]+\s+[\"'(]?")
_ABBREVIATION = re.compile(r"(?i)\b(?:e\.g|i\.e|etc|vs|cf|w\.r\.t|mr|dr|no)\.$")
# What is said for politeness, or to agree: it asks nothing of anybody.
_GOOD = (
    r"(?:\ (?:all|very|pretty|quite|really|much|great|good|fine|ok(?:ay)?|reasonable|sane|sensible|correct|nice|better|"
    r"right|to\ me|now|overall|in\ general))+"
)
_COURTESY = re.compile(
    rf"""
    (?:(?:ok(?:ay)?|all\ ?right|alright|i\ see|see|got\ it|understood|oh|ah|
        yes|yeah|yep|sure|great|cool|nice|perfect|and|so|well|otherwise|but|overall|also|hi|hello)\b[\s,.!]*)*
    (?:
        (?:(?:many|much|a\ lot\ of)\ )?(?:thanks?|thx|thank\ (?:you|for))\b.{{0,60}}
      | (?:i\ )?appreciate\b.{{0,40}}
      | (?:(?:the|this|it|that|series|patch(?:es)?|rest|everything|all|code|change|v\d+)\ )*
        (?:lgtm|(?:looks?|sounds?|seems?){_GOOD})\b.{{0,30}}
      | (?:(?:it|this|that)\ )?(?:makes\ sense|works\ for\ me)\b.{{0,30}}
      | (?:i(?:'m|\ am)?\ )?(?:(?:fully|totally|completely)\ )?
        (?:agree[d]?|fine\ with\ (?:it|this|that)|like\ (?:it|this))\b.{{0,20}}
      | (?:(?:very|really)\ )?(?:nice|great|good|excellent|awesome|lovely|fantastic|impressive|quality|solid)
        \ (?:work(?:manship)?|job|catch|clean-?up|find|point|stuff|idea|series|patch|one|analysis|improvement|numbers)
        \b.{{0,30}}
      | (?:best|kind|warm)?\s*regards?\W* | cheers\W* | best\W* | (?:sincerely|yours)\b.{{0,20}} | have\ a\ \w+\ \w+\W*
      | with\ (?:that|this|the\ above|those)\b.{{0,60}}
      | (?:please\ )?feel\ free\ to\ add\b.{{0,40}} | you\ can\ add\b.{{0,40}}
      | for\ (?:the|this|the\ whole)\ (?:series|patch(?:set)?|patches)\W*
      | (?-i:(?!No\b|Nope|N[Aa][Cc]?[Kk]|Wrong|Wh|Hu|Hm|Really|Please|Ditto|Likewise|Missing|Unused|Drop\b|Remove|Typo
          |Nit\b|Same|Extra|Bogus|Needs?\b|Broken|Never|Don)[A-Z][\w.-]+(?:\ [A-Z][\w.-]+)?)\W*  # a name
      | \W*
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOT_AGREED = re.compile(
    r"(?i)\b(?:but|however|not|except|though|although|unless|until|wonder|if|should|could|would)\b|n't\b|\?"
)


def sentences(words: str) -> Iterator[str]:
    """The sentences of a text; the lines of a paragraph are joined, greetings left out."""
    held: list[str] = []
    for one in words.split("\n"):
        line = one.strip()
        if not line or (line[0] in "<[k" and _LOG.match(line)):
            yield from _parted(held)
            held = []
        elif not held and len(line) < 60 and _GREETING.fullmatch(line):
            pass
        elif held and (held[-1][-1] in ".!?:" or _STARTS_ALONE.match(line) or _TAG.match(held[0])):
            yield from _parted(held)
            held = [line]
        else:
            held.append(line)
    yield from _parted(held)


def _parted(lines: list[str]) -> Iterator[str]:
    if not lines:
        return
    text = " ".join(lines)
    begin = 0
    for found in _END.finditer(text):
        next_one = text[found.end() : found.end() + 1]
        if ("?" in found[0] or next_one.isupper()) and not _ABBREVIATION.search(text, begin, found.start() + 1):
            border = found.start() + len(found[0].split()[0])
            yield text[begin:border].strip()
            begin = border
    if rest := text[begin:].strip():
        yield rest


def is_courtesy(sentence: str) -> bool:
    """Whether a sentence only thanks, greets, signs or agrees."""
    return len(sentence) < 160 and _COURTESY.fullmatch(sentence) is not None and not _NOT_AGREED.search(sentence)


def substantive(said: Iterable[str], tags: tuple[str, ...]) -> list[str]:
    """The sentences apart from courtesy and tags; `tags` are the beginnings of the lines that give tags."""
    return [
        one
        for one in said
        if not (one.startswith(tags) or one.startswith(("From:", "---")) or one in ("--", "-") or is_courtesy(one))
    ]


def evidence(text: str) -> str:
    """A sentence as it is shown: on one line, and not too long."""
    text = " ".join(text.split())
    return text if len(text) <= _MAX_EVIDENCE else text[: _MAX_EVIDENCE - 1].rstrip() + "…"


def excerpt(earnest: Sequence[str], said: Sequence[str]) -> str:
    """The first two sentences that say something, a line each; of a mail that only thanks or gives tags, those."""
    return "\n".join(evidence(one) for one in (earnest or said)[:2])


def count_words(sentences: Iterable[str]) -> int:
    """How many words there are."""
    return sum(len(one.split()) for one in sentences)
