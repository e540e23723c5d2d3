"""In plain words: what shows that a remark wants something of a patch's author.

patchwatch.mail.remark_model names the features that speak for it; here is how people call them.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.mail import body, trailers
from patchwatch.mail.headers import Headers, ancestors, sender
from patchwatch.mail.mime import text_of
from patchwatch.mail.remarks import reasons
from patchwatch.mail.sentences import signals, split

_MOST = 3
_MAX_PROSE = 20_000  # characters, as when it was parsed

WORDS = {
    "below-diff": "it stands below a line of the diff",
    "below-added-line": "it stands below an added line",
    "below-removed-line": "it stands below a removed line",
    "below-nothing": "it stands below no quote",
    "below-question": "it stands below a question",
    "below-trailer": "it stands below a tag",
    "below-ruler": "it stands below the end of the message",
    "below-talk": "it stands below talk",
    "below-older-talk": "it stands below older talk",
    "on-patch": "the mail quotes the patch",
    "on-posting": "the mail answers the posting",
    "first": "it is the first in its mail",
    "own-patch": "it has a diff of its own",
    "shows-output": "it shows what a program printed",
    "tag": "it stands beside a tag",
    "asks": "it asks",
    "asks-openly": "it asks openly",
    "ends-asking": "it ends with a question",
    "ends-openly": "it ends with an open question",
    "only-asks": "it only asks",
    "asks-nothing": "it asks no question",
    "lower-case": "it begins in lower case",
    "orders": "it begins like an order",
    "replaces": "it names a replacement",
    "names-somebody": "it addresses somebody by name",
    "waives": "it is for later, or optional",
    "no-words": "it has no words of its own",
    "1-3-words": "it has at most 3 words",
    "4-8-words": "it has 4 to 8 words",
    "9-20-words": "it has 9 to 20 words",
    "21-50-words": "it has 21 to 50 words",
    "over-50-words": "it has more than 50 words",
    "begins-agreeing": "it begins with agreement",
    "begins-no": "it begins with “no”",
    "begins-musing": "it begins with “oh” or “hm”",
    "begins-asking": "it begins like a question",
    "begins-suggesting": "it begins like a suggestion",
    "please": "it says “please”",
    "should": "it says “should” or “must”",
    "needs": "it says “need”",
    "order": "it names what to do: “drop”, “use”, “move” …",
    "prefer": "it says “instead” or “better”",
    "perhaps": "it says “maybe” or “suggest”",
    "flaw": "it names a flaw: “wrong”, “missing”, “unused” …",
    "failure": "it names a failure: “error”, “warning”, “leak” …",
    "nit": "it calls itself a nit",
    "why": "it says “why”",
    "not": "it denies something",
    "same": "it says “same” or “also”",
    "you": "it says “you”",
    "sender": "it says “I”",
    "we": "it says “we”",
    "think": "it says “think” or “seems”",
    "will": "it says “will”",
    "agreement": "it agrees",
    "sorry": "it regrets something",
    "others": "it speaks of others",
    "taking": "it speaks of taking the patch",
    "signal-change": "it requests a change in so many words",
    "signal-wish": "it says how the patch should be",
    "signal-question": "it has a question",
    "signal-doubt": "it has a doubt",
    "signal-satisfied": "it is content",
    "signal-applied": "it says that the patch was applied",
    "signal-own-action": "its writer will act",
}
"""How each feature is called."""


def reasons_in(raw: bytes) -> tuple[tuple[str, ...], ...]:
    """For each remark of a mail, what speaks most for its wanting something, the strongest first."""
    head = Headers(raw)
    text = text_of(head, raw)
    own, passages = body.of_reply(text.inline)
    tags = trailers.of_reply(own, sender(head))
    found = signals.person_signals(tuple(split.sentences(own[:_MAX_PROSE])))
    return tuple(_told(names) for names in reasons(passages, tuple(found), tags, ancestors(head)[0]))


def _told(names: Sequence[str]) -> tuple[str, ...]:
    """The first of these features in plain words, without those that another one implies."""
    implied = {"below-diff"} if {"below-added-line", "below-removed-line"} & set(names) else set()
    return tuple(WORDS[name] for name in names if name not in implied)[:_MOST]
