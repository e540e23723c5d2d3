"""Recognize that some patches of a series are left to the maintainer of another tree.

"The DTS patch goes through the SoC tree.", "I leave 4/4 to the clk people.", "Dora, can you take the last patch?"  It
matters only once others were applied (patchwatch.series.state.progress).
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from patchwatch.mail.sentences.cues import Cues
from patchwatch.mail.sentences.which_patches import by_number
from patchwatch.pattern import Pattern

REST = "rest"
"""All that was not applied."""
TREES = "trees"
"""The device trees."""

_MAX_SENTENCE = 240  # characters
_CUES = Cues("tree|soc|maintainer|dts|leav|left to|left for|take |pick |apply |queue |merge |separate")
_RUN = r"\d+(?:\s*(?:-|–|to|,|and|&)\s*#?\d+)*"
_WHICH = (
    rf"(?:(?:the )?(?:patch(?:es)? )?#?(?P<numbers>{_RUN})(?![\w./])|(?P<trees>(?:(?:the|your|these) )?(?:\w+ )?"
    r"(?:dtsi?|dt|device[- ]?trees?)\b(?: (?:patch(?:es)?|changes?|parts?|bits?|ones?|nodes?|files?|series)\b)?)|"
    r"(?:the )?(?:rest|remaining|remainder|others?|last)\b(?: (?:\w+ )?(?:patch(?:es)?|ones?|two|three|four)\b)?"
    r"(?: of (?:it|them|these|the (?:series|patches))\b)?)"
)
# A tree with a name, people, or a person: not "through my tree", "to you".
_OTHERS = (
    r"(?:the |an? )?(?!(?:my|mine|me|our|us|your?|this|that|it|next|both)\b)(?:[\w./-]+ ){0,3}?"
    r"(?:trees?\b|maintainers?\b|people\b|folks\b|(?:[\w-]+-)?soc\b|(?-i:[A-Z])[\w-]+(?:'s?)?)"
)
_AUXILIARY = (
    r"(?:(?:should|must|will|can|could|may|might|has|have|needs?|ought|is|are|to|then|also|probably|better|usually|"
    r"normally|preferably|be|'ll|'s)\s+){1,4}"
)
_PASSES = Pattern(
    rf"(?:^|[\s(,;:]){_WHICH}(?: itself)? (?:goes|{_AUXILIARY}"
    r"(?:go|going|merged|applied|taken|picked(?: up)?|routed|queued|come|land|handled|left))"
    rf"(?: in| on| upstream)? (?:through|via|by|to|for) {_OTHERS}",
    re.IGNORECASE,
)
_LEAVES = Pattern(
    rf"\b(?:leav(?:e|ing)|left) {_WHICH} (?:up )?(?:to|for) (?!(?:you|now|later|the author)\b){_OTHERS}", re.IGNORECASE
)
_ASKS = Pattern(
    r"^\W*(?!(?:anyway|but|can|could|otherwise|please|so|then|thanks|would|will)\b)"
    r"(?:@?(?-i:[A-Z])[\w.-]+(?: (?-i:[A-Z])[\w.-]+)?,? (?:-+ )?)"
    r"(?:please|(?:can|could|would|will) you(?: please)?|"
    rf"feel free to|are you (?:ok|fine) (?:with|to)) (?:take|taking|pick|apply|queue|merge)(?: up)? {_WHICH}",
    re.IGNORECASE,
)
# The author: "I will send the DTS patch separately to the SoC maintainers."
_SENDS = Pattern(
    rf"\bi(?:'ll| will| am going to|'m going to) (?:re-?)?(?:send|post|submit) {_WHICH} (?:\w+ )?"
    rf"(?:separately|(?:(?:on )?its|(?:on )?their) own|to {_OTHERS})",
    re.IGNORECASE,
)
_NOT_SO = Pattern(r"(?i)\b(?:if|unless|not|never|instead)\b|n't\b")


def is_for_list(sentence: str, lists: Iterable[str]) -> bool:
    """True if a sentence names the subsystem of one of the lists: what goes "via the pwm tree" is left to linux-pwm."""
    words = set(re.findall(r"\w+", sentence.lower()))
    return any(words.issuperset(one.partition("@")[0].removeprefix("linux-").split("-")) for one in lists)


def handed_on(sentence: str, lowered: str) -> str | None:
    """Which patches a sentence leaves to somebody else's tree: numbers, REST or TREES; None if it leaves none."""
    if len(sentence) > _MAX_SENTENCE or not _CUES.occur(lowered) or _NOT_SO.search(sentence):
        return None
    sentence = by_number(sentence)
    found = _ASKS.match(sentence)
    if found is None and "?" not in sentence:
        found = _PASSES.search(sentence) or _LEAVES.search(sentence) or _SENDS.search(sentence)
    if found is None:
        return None
    return TREES if found["trees"] else found["numbers"] or REST
