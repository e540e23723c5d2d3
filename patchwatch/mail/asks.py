"""Who a mail asks for something, by name or as the only person in To: to answer, or to test a patch.

"Jonathan, what do you think?", "@Andy?", "Ok for you, Lea?", and "could you test this?" or "a gentle ping" below "Hi
Lea,".  What a mail asks of the author of the patch is a remark (patchwatch.mail.remarks); patchwatch.series.requests
leaves it out here.  A name counts if it is the first name of one recipient.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Literal

from patchwatch.mail.addresses import Mailbox, mailboxes
from patchwatch.mail.message import Ask, Person, name_key
from patchwatch.mail.sentences.addressee import addressees
from patchwatch.mail.sentences.split import evidence, has_any
from patchwatch.mail.short_name import short_name
from patchwatch.pattern import Pattern

_MOST = 5  # of one mail
_MAX_SENTENCE = 600  # characters
_SOFTLY = r"(?:(?:please|pls|kindly|maybe|perhaps|possibly|also|just|quickly|at least) )*"
_TRY = r"(?:re-?test\b|test\b|try (?:it|this|that|these|them|v\d+|the (?:patch|series|attached|following|below)|out)\b|"
_TRY += r"give (?:it|this|that|these|them|v\d+|the \w+(?: \w+)?) (?:a |another )?(?:try|test|spin|go|shot)\b)"
_TEST = Pattern(
    rf"(?i)\b(?:(?:could|can|would|will) you (?:be able to )?{_SOFTLY}{_TRY}|"
    rf"(?<!to )(?:please|pls) {_SOFTLY}{_TRY}|"
    rf"\bif you (?:could|can|would|have time to|have a chance to|get a chance to) {_SOFTLY}{_TRY}|"
    rf"(?:are|would) you (?:be )?able to {_TRY}|\bget you to {_TRY})"
)
_REQUEST = Pattern(
    r"(?i)\b(?:please|pls|(?:could|can|would|will) you|let (?:me|us) know|what do you think|"
    r"your (?:thoughts|opinion|take)|any (?:thoughts|opinions?|objections?|comments|ideas?|preference))\b"
)
# Of each line of words, one is in every sentence that counts: quick tests before the patterns.
_FOR_WHAT = ("test", "try", "let ", "please", "?", "can you", "could you", "would you", "will you")
_OF_WHOM = ("you", "please", "pls", "let ", "any ")
_TRYING = ("test", "try", "give ")
# "Please take patch 1 through your tree", "a friendly ping", "please have a look": requests without a question mark.
_TAKE = Pattern(
    rf"(?i)\b(?:please|pls|kindly|(?:could|can|would|will) you) {_SOFTLY}(?:consider \w+ing|"
    r"(?:apply|merge|pick|pull|queue|take)\b(?! (?:care|into|note|your time)\b)|have (?:a|another) look|review)\b"
)
_PING = Pattern(
    r"(?i)\b(?:friendly|gentl[ey]|kind(?:ly)?|polite|quick|soft) (?:bump|nudge|ping|reminder)\b|"
    r"^(?:bump|(?:re-?)?ping(?:ing)?)\b(?! (?:me|it|the|to|time)\b)|\bany (?:news|progress|updates?)\b"
)
_PINGING = ("ping", "bump", "nudge", "reminder", "any ")
_YOU = Pattern(r"(?i)\b(?:you|your|yours)\b")
# "If so, Lea, would you mind sending it?"
_INSIDE = Pattern(r", ([A-Z][a-z]{2,}), (?:would|could|can|do|does|did|are|is|what|which|how|any|please)\b")
_RELAY = "devnull+"  # of b4: nobody reads it
# "What do you think, Lea?", "Lea?"
_AT_END = Pattern(r"(?:, |\A)@?([A-Z][a-z]{2,})(?: (?:and|or|/) ([A-Z][a-z]{2,}))?\s?\?+$")
_SURNAME = r"(?: (?!and )[A-Z][\w.-]+){0,2}"
_GREETED = Pattern(
    rf"(?:(?i:hi|hello|hey|dear) )?@?([A-Z][a-z]{{2,}}){_SURNAME}(?:[ ,/&]+(?:and )?([A-Z][a-z]{{2,}}){_SURNAME})?"
    r"\s*[,.!:-]*"
)


def asks(
    sentences: Sequence[str], text: str, to: Sequence[str], cc: Sequence[str], sender: Person, *, reply: bool
) -> tuple[Ask, ...]:
    """What a mail asks of its recipients; `sentences` are those of its `text`, `to` and `cc` are header values."""
    asking = [
        one.removeprefix("--- ")  # the line above an author's notes
        for one in sentences
        if len(one) <= _MAX_SENTENCE and (one.endswith("?") or _mentions_request(one))
    ]
    if not asking:
        return ()
    recipients = _Recipients(to, cc, sender)
    greeted = recipients.named(_greeted(text))
    found = itertools.chain.from_iterable(_of_sentence(one, recipients, greeted, reply=reply) for one in asking)
    unique = {(ask.email, ask.kind): ask for ask in found}  # the last of each kind
    return tuple(itertools.islice(unique.values(), _MOST))


def _mentions_request(sentence: str) -> bool:
    lowered = sentence.lower()
    if _pings(sentence, lowered):
        return True
    if not has_any(_FOR_WHAT, lowered) or not has_any(_OF_WHOM, lowered):
        return False
    return _asks_for_test(sentence, lowered) or bool(_REQUEST.search(sentence) or _TAKE.search(sentence))


def _asks_for_test(sentence: str, lowered: str) -> bool:
    return has_any(_TRYING, lowered) and _TEST.search(sentence) is not None


def _pings(sentence: str, lowered: str) -> bool:
    return has_any(_PINGING, lowered) and _PING.search(sentence) is not None


def _wants_answer(sentence: str, lowered: str, *, reply: bool) -> bool:
    """True if it asks a person who is not named in it; a posting is to be taken and reviewed anyway."""
    if sentence.endswith("?") and _YOU.search(sentence):
        return True
    return reply and (_TAKE.search(sentence) is not None or _pings(sentence, lowered))


def _of_sentence(sentence: str, recipients: _Recipients, greeted: Sequence[str], *, reply: bool) -> Iterator[Ask]:
    lowered = sentence.lower()
    test = _asks_for_test(sentence, lowered)
    kind: Literal["answer", "test"] = "test" if test else "answer"
    names = list(addressees(sentence))
    for found in (_INSIDE.search(sentence), _AT_END.search(sentence)):
        names += [name.lower() for name in (found.groups() if found else ()) if name]
    if named := recipients.named(names):
        for address in named:
            yield Ask(address, kind, evidence(sentence), by_name=True)
    elif not names and (test or _wants_answer(sentence, lowered, reply=reply)):
        by_name = bool(greeted)
        for address in greeted or recipients.only:
            yield Ask(address, kind, evidence(sentence), by_name=by_name)


def _greeted(text: str) -> list[str]:
    """The names in the line that greets, in lower case."""
    first = next((line.strip() for line in text.split("\n") if line.strip()), "")
    found = _GREETED.fullmatch(first) if len(first) < 60 else None
    return [name.lower() for name in found.groups() if name] if found else []


class _Recipients:
    """The recipients of a mail besides its sender, found by first name."""

    def __init__(self, to: Sequence[str], cc: Sequence[str], sender: Person) -> None:
        """Take the values of the headers; reading them takes long, and most mails ask nobody."""
        self._headers, self._sender = (to, cc), sender

    @cached_property
    def _to(self) -> list[Mailbox]:
        return _others(self._headers[0], self._sender)

    @cached_property
    def _cc(self) -> list[Mailbox]:
        return _others(self._headers[1], self._sender)

    @property
    def only(self) -> list[str]:
        """The address of the only recipient in To; empty if there are more, or it has no name, as a list."""
        return [self._to[0].key] if len(self._to) == 1 and self._to[0].name else []

    def named(self, names: Sequence[str]) -> list[str]:
        """The addresses of the recipients with these first names; a name that several people have is nobody's."""
        found: list[str] = []
        for name in names:
            fitting = _with_name(name, self._to) or _with_name(name, self._cc)
            if len({name_key(one.name) for one in fitting}) == 1:
                found.append(fitting[0].key)
        return list(dict.fromkeys(found))


def _with_name(name: str, people: Sequence[Mailbox]) -> list[Mailbox]:
    return [one for one in people if short_name(one.name, one.address).lower() == name]


def _others(values: Sequence[str], sender: Person) -> list[Mailbox]:
    own = name_key(sender.name)
    people = (one for one in mailboxes(values) if not one.key.startswith(_RELAY))
    return [one for one in people if one.key != sender.email and (not own or name_key(one.name) != own)]
