"""Split what a sender wrote into sentences, the unit of evidence.

Kernel mail is hard-wrapped prose with lists, tags and greetings in between.  A sentence may span lines, but never a
quote, a list item or a tag.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Iterator, Sequence

from patchwatch.mail.sentences.printed import is_printed
from patchwatch.mail.sentences.words import word_set
from patchwatch.pattern import Pattern

_MAX_EVIDENCE = 200
_MAX_COURTESY = 160
_MAX_NAME = 24  # characters of a name below a mail
_WORD = Pattern(r"\w+")
_STARTS_ALONE = Pattern(r"(?:[-*#\[]|\d+[.)]\s|[A-Z][\w-]+:\s|https?://|pw-bot:|Applied\b|Queued\b|Thanks\b|\+|@@)")
_TAG = Pattern(r"[A-Z][A-Za-z]*(?:-[A-Za-z]+)+: .+>$")
_GREETING = Pattern(
    r"(?:(?i:hi|hello|hey|hallo|dear|good (?:morning|day|evening|afternoon))"
    r"(?:(?:[ ,]+[\w.'-]+){0,5}\s*[,.!:]+|(?:[ ,]+(?:all|folks|there|everyone|[A-Z][\w'-]*)){0,3})|"
    r"(?!(?:With|Modulo|Assuming|After|Once|"
    r"Applied|Queued|Merged|Pushed|Taken|Picked|Committed|Accepted|Dropped|Reverted|Nacked|NAK|NACK)\b)"
    r"[A-Z][\w-]+(?: [\w-]+)?,)"
)
# Tried once per run of dots, of which a mail may have 20,000.  It begins with a dot, for which re searches faster.
_END = Pattern(r"[.!?](?<![.!?][.!?])[.!?]*+\s+[\"'(]?")
_ABBREVIATION = Pattern(r"(?i)\b(?:e\.g|i\.e|etc|vs|cf|w\.r\.t|mr|dr|no)\.$")
_LONGEST_ABBREVIATION = 8
# Courtesy and agreement: nobody has to act on it.
_GOOD = (
    r"(?:\ (?:all|very|pretty|quite|really|much|great|good|fine|ok(?:ay)?|reasonable|sane|sensible|correct|nice|better|"
    r"right|to\ me|now|overall|in\ general))+"
)
GIVES_TAGS = (
    r"(?:please|pls|kindly)\ (?:(?:also|kindly|then)\ )?(?:add|include|take|pick(?:\ up)?|collect|carry|apply)\ "
    r"(?:(?:my|our|below|the\ below|the\ following|following|these|this)\ )+"
    r"(?:(?:own|review|test)\ )?(?:tags?|trailers?|acks?|r-?b|t-?b|"
    r"(?:acked|reviewed|tested|reported|suggested|co-developed)-?\ ?(?:and-?\w+-)?by)\b"
)
"""With tags behind it: "Please add my Reviewed-by:", "please add below tags".  For a verbose pattern."""
# "Please wait a week between versions.", "please don't resend so soon"
_PACE = (
    r"(?:wait|allow|give|leave)\ "
    r"(?:at\ least|an?|some|more|enough|people|reviewers|others|us|everybody|everyone|\d+\w*|one)\b.{0,40}"
    r"\b(?:between|before)\b.{0,30}\b(?:versions?|revisions?|iterations?|postings?|submissions?|rounds?|"
    r"re-?(?:send|spin|post|submit)\w*|sending|posting)\b|"
    r"(?:re-?(?:send|spin|post|submit)|send|post|submit)\w*\b"
    r"(?:\ (?:an?|another|it|new|next|patch(?:es)?|revisions?|series|the|them|this|updated|versions?|your|v\d+)){0,4}"
    r"\ (?:so|too|that|this)\ (?:soon|often|quickly|fast|frequently|early|rapidly)\b"
)
# "Please don't send new versions in reply to the old ones.", "please start a new thread for new versions"
_THREADS = (
    r"(?<!re-)(?:send|post|submit|start|thread|attach)\w*\b.{0,30}"
    r"\b(?:versions|revisions|iterations|(?:each|every)\ (?:new\ )?(?:version|revision))\b.{0,30}"
    r"\b(?:in-?\ ?reply|repl(?:y|ies)|threads?|in\ response)\b|"
    r"start\ (?:an?\ )?new\ threads?\ for\ (?:\w+\ )?(?:versions|revisions|iterations)\b"
)
# "Please include me and the frob list in subsequent postings."
_RECIPIENTS = (
    r"(?:cc|copy|include|keep|add)\ (?:me|us|my\b.{0,20}\baddress|\S+@\S+|linux-\S+|lkml|"
    r"the\ [\w-]+\ (?:mailing\ )?list)\b"
    r".{0,60}\b(?:subsequent|future|further|later|next|upcoming)\ (?:mails?|patches|postings?|revisions?|series|"
    r"submissions?|time|versions?)\b"
)
MANNERS = (
    r"(?:please|pls|kindly|don't|do\ not)\b.{0,60}\b(?:(?:top|bottom)[- ]?post(?:ing)?\b|reply(?:ing)?\ inline\b|"
    r"(?:your|the|private)\ (?:repl(?:y|ies)|responses?|answers?)\b|(?:when|if)\ you\ (?:reply|answer|respond)\b|"
    r"html\ (?:e-?)?mails?\b|"
    r"(?<!ping\ )ping(?:ing)?\b(?![- ]?pong)|"
    rf"{_RECIPIENTS}|"
    rf"{_PACE}|{_THREADS}|"
    r"(?:quot(?:e|ing)|trim)\b.{0,40}\b"
    r"(?:you(?:'re|\ are)\ (?:replying|responding|answering)|quotes?|context|mails?)\b)"
)
"""How to write mail: "Please don't top-post", "please only quote what you are replying to".  For a verbose pattern."""
_ROUTE = (
    r"(?:[^?]{0,80}\W)?(?:\w+\ )?(?:parts?|bits?|patch(?:es)?|this|it|series|rest|these|they|one|all|\d/\d)\ "
    r"(?:\w+\ ){0,2}?"
    r"(?:should|could|can|will|may|might|would|needs?\ to|has\ to|have\ to)\ (?:\w+\ ){0,2}?"
    r"(?:go(?:\ in|\ upstream)?|be\ (?:merged|taken|routed|applied|picked(?:\ up)?|queued))\ (?:in\ )?(?:via|through)\ "
    r"(?:(?:the\ |my\ |our\ |an?\ )?(?:[\w./'-]+\ ){0,3}?(?:trees?|branch|subsystem)\b|(?-i:[A-Z])\w+\W*$)"
    r"(?:(?!\b(?:but|please|so|if|you)\b)[^?]){0,80}"
)
"""Which tree takes it: "The frob part should go via Rex.", "I think this would go through the driver core tree"."""
_NAME = r"(?-i:[A-Z][\w.'-]*(?:\ [A-Z][\w.'-]*){0,2})"  # below a closing: "Kind regards / Rita"
_CLOSING = (
    r"(?:(?:with\ )?(?:(?:best|kind|kindest|many|warm)\s+)*(?:regards?|wishes)|cheers|best|br|greetings|"
    r"gr(?:\{oetje,eeting\}s|oetjes|oeten|üße|üsse|uesse)|mfg)"
    rf"(?:\W+{_NAME})?\W*|(?:sincerely|yours)\b.{{0,20}}"
)
"""How a mail ends: "Kind regards"."""
_COURTESY = Pattern(
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
      | {_CLOSING}
      | have\ a\ \w+\ \w+\W*
      | with\ (?:that|this|(?:the\ )?above|those)\b.{{0,60}}
      | (?:please\ )?feel\ free\ to\ add\b.{{0,40}} | you\ can\ add\b.{{0,40}}
      | {GIVES_TAGS}.{{0,20}}
      | for\ (?:the|this|the\ whole)\ (?:series|patch(?:set)?|patches)\W*
      | (?-i:(?:[-–—~]{{1,2}}\ ?(?=[A-Z][a-z]))?
          (?!No\b|Nope|N[Aa][Cc]?[Kk]|Wrong|Wh|Hu|Hm|Really|Please|Ditto|Likewise|Missing|Unused|Drop\b|Remove|Typo
          |Nit\b|Same|Extra|Bogus|Needs?\b|Broken|Never|Don)[A-Z][\w.-]+(?:\ [A-Z][\w.-]+)?)\W*  # a name
      | \W*
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ENDS = Pattern(_CLOSING, re.IGNORECASE | re.VERBOSE)
_ABOUT_MAIL = Pattern(rf"(?:(?:also|btw|and|but|so|ps)\b[,:]?\ )*{MANNERS}.{{0,60}}", re.IGNORECASE | re.VERBOSE)
_NOT_ONLY_THAT = r"(?!.*\b(?:please|next\ version|instead|don't|not|but|before)\b)"
_ABOUT_TREES = Pattern(rf"(?!.*\b(?:please|next\ version|instead|don't|not)\b){_ROUTE}", re.IGNORECASE | re.VERBOSE)
# "I would suggest we just apply this patch", "this needs to be merged by the board maintainer"
_ABOUT_APPLYING = Pattern(
    rf"""{_NOT_ONLY_THAT}(?:
        (?:i(?:'d|\ would)?|let's|let\ us|maybe|perhaps)\ (?:(?:also|rather)\ )?
        (?:(?:suggest|propose|recommend|say)\ (?:that\ )?(?:we|you|to)\ )?
        (?:(?:we|you)\ (?:can|could|should)\ )?(?:(?:just|simply|already|go\ ahead\ and)\ )*
        (?:apply|merge|take|land|queue|pick(?:\ up)?)\ (?:this|it|these|the)\b(?:\ (?:patch(?:es)?|one|series|fix))?
        (?:\ (?:as[- ]is|now|already|first|separately))?(?:[,.;].{{0,160}})?\W*
      | (?:this|these|it|they|(?:this|the|these)\ (?:patch(?:es)?|series|one|part))\ (?:\w+\ )?
        (?:should|could|can|will|may|might|would|needs?\ to|has\ to|have\ to)\ (?:probably\ )?
        (?:be\ (?:merged|taken|applied|picked(?:\ up)?|queued)\ by\ (?:the\ )?(?:[\w./-]+\ ){{0,3}}maintainers?\W*
          |go\ in(?:to)?\ (?:the\ |a\ )?(?:next|following|separate|later)\ (?:cycle|release|merge\ window)\b.{{0,80}})
    )""",
    re.IGNORECASE | re.VERBOSE,
)
# One of them begins what the pattern matches, unless it is a name, "v2" or no word at all.
_COURTEOUS = word_set(
    "a ack agree agreed ah all allright alright also and appreciate awesome best br btw but change cheers code "
    "completely cool do don everything excellent fantastic feel fine for fully good got great greetings have gr "
    "groeten groetjes gruesse grüsse grüße hello hi i impressive it kind kindest kindly lgtm like look looks lovely "
    "makes many mfg much nice oh ok okay otherwise overall patch patches perfect please pls ps quality really regard "
    "regards rest see seem seems series sincerely so solid sound sounds sure thank thanks that the this thx totally "
    "understood very warm well wishes with works yeah yep yes you yours"
)
_NOT_AGREED = Pattern(
    r"(?i)\b(?:but|however|not|except|though|although|unless|until|wonder|if|should|could|would)\b|n't\b|\?"
)


def sentences(text: str, printed: list[str] | None = None) -> Iterator[str]:
    """The sentences of a text, without greetings and what programs printed; the lines of a paragraph are joined.

    The lines that programs printed are appended to `printed`.
    """
    paragraph: list[str] = []
    tag = False  # the paragraph begins with a tag
    for line in map(str.strip, text.split("\n")):
        if not line or is_printed(line):
            if line and printed is not None:
                printed.append(line)
            if paragraph:
                yield from _split_paragraph(paragraph)
            paragraph = []
        elif not paragraph:
            if len(line) >= 60 or not _is_greeting(line):
                paragraph, tag = [line], _is_tag(line)
        elif tag or paragraph[-1][-1] in ".!?:" or _starts_alone(line):
            yield from _split_paragraph(paragraph)
            paragraph, tag = [line], _is_tag(line)
        else:
            paragraph.append(line)
    if paragraph:
        yield from _split_paragraph(paragraph)


# Most lines begin with a small letter: the patterns are only tried on those that can match.


def _is_greeting(line: str) -> bool:
    may_be = line[0] in "hHdDgG" or line[-1] == ","
    return may_be and _GREETING.fullmatch(line) is not None


def _is_tag(line: str) -> bool:
    return ": " in line and _TAG.match(line) is not None


def _starts_alone(line: str) -> bool:
    begin = line[0]
    return (begin in "hp" or not begin.islower()) and _STARTS_ALONE.match(line) is not None


def _split_paragraph(lines: list[str]) -> Iterator[str]:
    text = " ".join(lines)
    begin = 0
    for mark in _END.finditer(text):
        next_character = text[mark.end() : mark.end() + 1]
        if ("?" in mark[0] or next_character.isupper()) and not _ABBREVIATION.search(
            text, max(begin, mark.start() - _LONGEST_ABBREVIATION), mark.start() + 1
        ):
            end = mark.start() + len(mark[0].split()[0])
            yield text[begin:end].strip()
            begin = end
    if rest := text[begin:].strip():
        yield rest


def is_courtesy(sentence: str) -> bool:
    """True if a sentence only thanks, greets, signs off, agrees, or hands over tags, or says nothing about the patch.

    That is: how to write mail, or which tree the patch goes through.
    """
    return len(sentence) < _MAX_COURTESY and _is_courtesy(sentence)


@functools.lru_cache(maxsize=1024)  # people thank in the same words, and each sentence is asked about more than once
def _is_courtesy(sentence: str) -> bool:
    if (" via " in sentence or " through " in sentence) and _ABOUT_TREES.fullmatch(sentence) is not None:
        return True
    if is_about_applying(sentence):
        return True
    if not _may_be_courtesy(sentence):
        return False
    if _COURTESY.fullmatch(sentence) is not None and not _NOT_AGREED.search(sentence):
        return True
    return _ABOUT_MAIL.fullmatch(sentence) is not None


def is_about_applying(sentence: str) -> bool:
    """True if a sentence only says that, when or by whom the patch should be applied."""
    short = len(sentence) < _MAX_COURTESY
    return short and _speaks_of_applying(sentence) and _ABOUT_APPLYING.fullmatch(sentence) is not None


def _speaks_of_applying(sentence: str) -> bool:
    """False if `_ABOUT_APPLYING` can't match: a quick test, false for most."""
    return " maintainer" in sentence or "next " in sentence or " this" in sentence or " the" in sentence


def _may_be_courtesy(sentence: str) -> bool:
    """False if the pattern can't match: a quick test of how a sentence begins, false for most."""
    begin = _WORD.match(sentence)
    if begin is None or begin[0].lower() in _COURTEOUS or begin[0][0] in "vV":
        return True
    words = sentence.split(maxsplit=3)
    return "A" <= begin[0][0] <= "Z" and (len(words) < 3 or _WORD.search(words[2]) is None)  # a name


def is_closing(sentence: str) -> bool:
    """True if a sentence only ends a mail: "Kind regards", "Cheers, Rita"."""
    return len(sentence) < _MAX_COURTESY and _ENDS.fullmatch(sentence) is not None


def is_signed(sentence: str, name: str) -> bool:
    """True if a sentence is only its sender's name, or a part of it: "Rita", "greg k-h", "steved"."""
    if len(sentence) > _MAX_NAME:
        return False
    parts = _WORD.findall(name.lower())
    signed = "".join(_WORD.findall(sentence.lower()))
    if not signed or not parts:
        return False
    first, *others = parts
    initials = "".join(other[0] for other in others)
    return signed in {*filter(_is_long, others), first, first + initials, first + "".join(others)}


def _is_long(name: str) -> bool:
    return len(name) > 2


def substantive(sentences: Iterable[str], tags: tuple[str, ...]) -> list[str]:
    """The sentences that are neither courtesy nor tags; `tags` are the prefixes of tag lines ("Reviewed-by:")."""
    return [
        s
        for s in sentences
        if not (s.startswith(tags) or s.startswith(("From:", "---")) or s in ("--", "-") or is_courtesy(s))
    ]


def has_any(words: Iterable[str], lowered: str) -> bool:
    """True if any of the words occurs: a cheap test before the patterns."""
    for word in words:  # noqa: SIM110 - any() with a generator takes twice as long
        if word in lowered:
            return True
    return False


def evidence(text: str) -> str:
    """A sentence for display: on one line, cut to 200 characters."""
    text = " ".join(text.split())
    return text if len(text) <= _MAX_EVIDENCE else text[: _MAX_EVIDENCE - 1].rstrip() + "…"


def excerpt(substance: Sequence[str], everything: Sequence[str]) -> str:
    """The first two substantive sentences, one per line; without any, the first two sentences of all."""
    return "\n".join(evidence(sentence) for sentence in (substance or everything)[:2])


def count_words(sentences: Iterable[str]) -> int:
    """The number of words in the sentences."""
    return sum(len(sentence.split()) for sentence in sentences)
