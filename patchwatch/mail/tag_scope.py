"""Parse the scope of a tag, the words that limit it: "# mm", "for patches 1-3", "For the io_uring bits:".

They follow the tag, or are in the sentence right above it or the line right below.  A condition ("with the typo
fixed"), a machine ("on arm64") and a figure of speech ("For the record,") are not scopes.  The forms come from mail on
the cgroups list from January 2024 to June 2025, and from people who collect tags: "Acked-by: A <a@b> # drivers/pci/".
patchwatch.series.tag_coverage resolves a scope to the patches of a series.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from patchwatch.mail.sentences import split
from patchwatch.mail.sentences.words import word_set
from patchwatch.pattern import Pattern


@dataclass(frozen=True, slots=True)
class TagScope:
    """What a tag is limited to: one of these fields is set, and `excepted` if something is left out."""

    whole: bool = False  # the series
    this: bool = False  # the patch that the mail answers
    numbers: tuple[tuple[int, int], ...] = ()  # first and last of each range
    first: int = 0  # this many from the start
    last: int = 0  # this many from the end
    count: int = 0  # "the four patches"
    version: int = 0  # "(v1)": that version only
    name: str = ""  # parts of the kernel ("io_uring", "vhost, VIRTIO"), or words that cannot be resolved ("the rest")
    excepted: TagScope | None = None


_WORDS = {"two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
_PLACES = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "1st": 1, "2nd": 2, "3rd": 3, "4th": 4}
_MAX_SCOPE = 120  # characters

_ONE = r"#?\d{1,3}(?:/\d{1,3})?"
_TO = r"\s*(?:-|–|\.\.|to\b|through\b|thru\b)\s*"
_AND = r"\s*(?:,(?:\s*(?:and\b|&))?|and\b|&|\+)\s*(?:for )?(?:patch )?"
_LIST = rf"{_ONE}(?:(?:{_TO}|{_AND}){_ONE})*(?![\w%]|\.\d)"
_RANGE = Pattern(rf"#?(\d{{1,3}})(?:/\d{{1,3}})?(?:{_TO}#?(\d{{1,3}})(?:/\d{{1,3}})?)?")
_PATCHES = rf"(?:the )?patch(?:es)?(?: nos?\.?| numbers?)? {_LIST}"
# A bare "64" is not a patch number; "2/5", "#2", "1-3" and "1, 2 and 4" are.
_NUMBERS = rf"(?:{_PATCHES}|(?=#\d|\d+/\d|\d+(?:{_TO}|{_AND})\d){_LIST})"
_NUMBERED = Pattern(rf"{_NUMBERS}(?: only)?", re.IGNORECASE)
_COUNTED = rf"(?P<count>\d{{1,2}}|{'|'.join(_WORDS)})"
_END = Pattern(rf"the (?P<end>first|last)(?: {_COUNTED})?(?: patch(?:es)?)?(?: only)?", re.IGNORECASE)
_PLACE = Pattern(rf"the (?P<place>{'|'.join(_PLACES)}) (?:patch|one)(?: only)?", re.IGNORECASE)
_WHOLE = Pattern(
    r"(?:the |this |your )?(?:(?:whole|entire|full|complete) )?(?:series|patch[ -]?(?:set|series)|set)|"
    r"(?:all|both|each)(?: of)?(?: the| these)?(?: patches| of them)?|all of them|everything",
    re.IGNORECASE,
)
_COUNT = Pattern(rf"(?:all |both )?(?:of )?(?:the |these |your )?{_COUNTED} patches", re.IGNORECASE)
_THIS = Pattern(r"(?:the|this)(?: patch| one| commit| change| version| fix)?(?: itself)?|it", re.IGNORECASE)
_VERSION = Pattern(r"v(\d{1,2})", re.IGNORECASE)
_EXCEPT = Pattern(
    r"[\s,;(]*\b(?:except(?:ing)?|besides|apart from|aside from|other than|but(?: not)?|minus|modulo|excluding|not|"
    r"with the exception of)\b(?: for)?\s+",
    re.IGNORECASE,
)
_BEGIN = Pattern(r"\A(?:only |just )?(?:(?:for|on|to) )?(?:only |just )?", re.IGNORECASE)
_ON = Pattern(r"\s*(?:on|to)\s", re.IGNORECASE)
_NOUN = r"(?:bits?|parts?|portions?|pieces?|side|hunks?|changes?|code|stuff|files?|patch(?:es)?)"
_PART = Pattern(
    rf"(?:all )?(?:the |your |these |those )?(?P<name>[\w./*&,+-]+(?: [\w./*&,+-]+){{0,4}}?) {_NOUN}(?: only)?"
    r"(?: (?:of|in) (?:the|this|your) (?:whole )?(?:series|patch ?set|set|patch|change))?",
    re.IGNORECASE,
)
_NAME = Pattern(
    r"(?:the (?=.* (?:drivers?|subsystem|docs?|documentation|bindings?|(?:self)?tests?)$))?"
    r"(?P<name>[\w./*+-]+(?:(?:,| &|,? and)? [\w./*+-]+){0,2})",
    re.IGNORECASE,
)
# These words alone are not a name: "the new code", "the other parts".
_GENERIC = word_set(
    "a above actual all and below code common cover current driver drivers entire first following former "
    "functional general generic here initial kernel last latest latter letter logic main many most my new of one "
    "ones other others our overall own previous related relevant remaining respective rest said same second simple "
    "some subsystem such technical that the their then these third this those trivial updated various your"
)
_UNRESOLVABLE = Pattern(
    r"(?:all |the )*(?:rest|others?|remaining(?: patches| ones)?|other (?:patches|ones))(?: of .{1,30})?|"
    r"(?:all )?my (?:bits|parts|changes|pieces)",
    re.IGNORECASE,
)
# Conditions, remarks, machines and figures of speech are not names.
_NO_NAME = Pattern(
    r"(?:the )?(?:adding|again|after|already|any\w*|approach|as|assuming|at|backport\w*|before|boot|both|brevity|but|"
    r"by|clarity|comparison|completeness|concept|consistency|context|convenience|debugging|details|discussion|doing|"
    r"each|every\w*|example|fairness|fun|future|given|h?what|how|i|idea|if|in|info|instance|is|it|later|linus|"
    r"looking|looks?|lore|mainline|maintainers?|making|maybe|me|minor|modulo|moment|more|most part|next|no|not|now|"
    r"ok|okay|on|once|only|or|people|posterity|posting|provided|real|reasons?|record|reference|reporting|runtime|"
    r"sake|see|sending|simplicity|so|some\w*|stable|starters|still|supporter|sure|taking|thanks|them|those|"
    r"time being|today|upstream|us|until|v?\d[\w.]*\+?|version|via|we|when|with|without|working|you|https?:.*|"
    r"\w+-by)(?![\w/-])|"
    r".*\b(?:boards?|build\w*|comments?|compil\w*|devices?|fix\w*|hardware|laptops?|machines?|nits?|remarks?|"
    r"reproducers?|review\w*|test(?:ed|ing)?|typos?)\b(?![/-])",
    re.IGNORECASE,
)


def parse_scope(words: str, *, named: bool = True) -> TagScope | None:
    """Parse "patches 1-3", "the mm bits", "the series except patch 4"; None if the words are not a scope.

    `named` allows a bare name ("mm", "drivers/pci/").
    """
    if len(words) > _MAX_SCOPE:
        return None
    text = _BEGIN.sub("", " ".join(words.split()).strip(" .,:;!-"))
    # "On arm64" and "to me" name a machine and a person; "on patch 2" and "to 1-3" are scopes.
    named = named and not _ON.match(words)
    if not text:
        return None
    if found := _EXCEPT.search(text):
        before, after = text[: found.start()], text[found.end() :].rstrip(") ")
        base = parse_scope(before, named=named) if before else TagScope(whole=True)
        excepted = TagScope(numbers=_ranges(after)) if re.fullmatch(_LIST, after) else parse_scope(after, named=False)
        # "Modulo patch 3" leaves one out, "modulo the nits" is a condition.
        if base is not None and excepted is not None and not (excepted.this or excepted.whole):
            return replace(base, excepted=excepted)
        return base if before else None
    if found := _VERSION.fullmatch(text):
        return TagScope(version=int(found[1]))
    if counted := _counted(text):
        return counted
    if _UNRESOLVABLE.fullmatch(text):
        return TagScope(name=text)
    found = _PART.fullmatch(text)
    if found is None and named and not _NO_NAME.match(text):
        found = _NAME.fullmatch(text)
    parts = re.split(r",? and | & |, ?", found["name"]) if found else ()
    names = (" ".join(w for w in part.split() if w.removesuffix("-related").lower() not in _GENERIC) for part in parts)
    name = ", ".join(name.removesuffix("-related") for name in names if name)
    return TagScope(name=name) if name else None


def _counted(text: str) -> TagScope | None:
    """Parse patches given by number or position, all patches, or the patch that the mail answers."""
    if _NUMBERED.fullmatch(text):
        return TagScope(numbers=_ranges(text))
    if _WHOLE.fullmatch(text):
        return TagScope(whole=True)
    if _THIS.fullmatch(text):
        return TagScope(this=True)
    if found := _PLACE.fullmatch(text):
        place = _PLACES[found["place"].lower()]
        return TagScope(numbers=((place, place),))
    if found := _END.fullmatch(text):
        count = _number(found["count"] or "1")
        return TagScope(first=count) if found["end"].lower() == "first" else TagScope(last=count)
    if found := _COUNT.fullmatch(text):
        return TagScope(count=_number(found["count"]))
    return None


def _number(word: str) -> int:
    return _WORDS.get(word.lower()) or int(word)


def _ranges(text: str) -> tuple[tuple[int, int], ...]:
    return tuple((int(first), int(last or first)) for first, last in _RANGE.findall(text))


# ---- finding the scope of a tag -------------------------------------------------------------------------------------

_AFTER_ADDRESS = Pattern(
    r"(?P<value>.*?(?:<[^<>\s]+@[^<>\s]+>|^[^<>\s]+@[^<>\s,]+))[\s,;]*"
    r"(?:#\s*(?P<hash>.*)|[(\[](?P<bracket>[^()\[\]]*(?:\([^()]*\))?)[)\]]\W*|"
    r"(?P<plain>(?:for|on|to|only|except|excluding|modulo|minus|apart|aside|patch)\b.*))$",
    re.IGNORECASE,
)
_CODE = Pattern(r"[a-z0-9_][a-z0-9_./*-]*")
_FILLER = (
    r"\W*(?:(?:[a-z]+-by|acked|ack|add|again|also|and|anyway|at least|but|consider|feel free to|fine|fwiw|great|have|"
    r"hello|here is|here's|hi|i|just|lgtm|looks? (?:\w+ )?(?:good|fine|great|ok|okay|sane)(?: to me)?|may|my|nice|ok|"
    r"okay|only|otherwise|please|reviewed|r-?b|so|still|sure|tag|tested|thanks?|thank you|then|this|that said|very|"
    r"well|with that|work|yes|you can|your?)\b\W*)*+"
)
_ABOVE = Pattern(rf"{_FILLER}(?P<scope>(?:only )?(?:for|to) .+?)\W*", re.IGNORECASE)
_THANKS = Pattern(r"(?i)\b(?:thanks?|thank you|thx)(?: \w+){0,3} for [^,.:;]*[,.:;]?\s*")  # not a scope
_GOOD = (
    r"(?:(?:all )?(?:looks?|seems?|is|are|lgtm|sounds?)\b)"
    r"(?: (?:all|also|very|pretty|quite|really|perfectly|much|good|fine|ok|okay|great|reasonable|sane|correct|right|"
    r"nice|better|lgtm|to me|now|overall|and|for me|from my side))*"
)
_GOOD_ALONE = Pattern(rf"{_FILLER}(?P<scope>.+?)\W* {_GOOD}(?:[,:.].*|\W+with a\b.*|\W*)", re.IGNORECASE)
_ALONE = Pattern(r"(?P<scope>[^:]+?)\s*:")
_A_PART = Pattern(r".*(?:bits?|parts?|portions?|pieces?|side|hunks?)(?: (?:of|in) .*)?", re.IGNORECASE)
_READ = Pattern(
    rf"(?:i |we |i've |i have |we have |have |only )*+(?:reviewed|acked|checked|tested|read|looked at|went through)"
    rf" (?:only )?(?P<scope>{_NUMBERS}|the (?:first|last) (?:{'|'.join(_WORDS)}|\d+)? ?patch(?:es)?)"
    r"(?=\W*$|[,:.]?\s[a-z])",
    re.IGNORECASE,
)
_BELOW = Pattern(r"\(?(?P<scope>(?:for|to|on) .{2,100}?)\)?[.,;:!]*", re.IGNORECASE)
_IN_PARENTHESES = Pattern(r"[\[(](?P<scope>[^()\[\]]{2,100})[\])]\W*")
_PARAGRAPHS_ABOVE = 3
_LINES_ABOVE = 40


def split_scope(value: str) -> tuple[str, str]:
    """Split the value of a tag into the person and the scope that follows, which may be empty."""
    found = _AFTER_ADDRESS.fullmatch(value)
    if found is None:
        return value, ""
    words = (found["hash"] or found["bracket"] or found["plain"] or "").strip()
    if found["hash"] is not None:
        return found["value"], words if parse_scope(words) else ""
    # In brackets, "(mm)" is a scope, "(Red Hat)" is not.
    named = words.lower().startswith("for ") or _CODE.fullmatch(words) is not None
    return (found["value"], words) if parse_scope(words, named=named) else (value, "")


def scope_near(lines: Sequence[str], first: int, last: int, tagged: frozenset[int]) -> str:
    """Find the scope of the tag in lines `first` to `last`, above or below it; `tagged` are the lines of all tags."""
    if (scope := _scope_below(lines[last + 1 : last + 3])) and last + 1 not in tagged:
        return scope
    top = max(0, first - _LINES_ABOVE)
    start = first
    while start > top and start - 1 in tagged:
        start -= 1  # consecutive tags share the sentence above them
    for _ in range(_PARAGRAPHS_ABOVE):
        while start > top and not lines[start - 1].strip():
            start -= 1
        end = start
        while start > top and lines[start - 1].strip() and start - 1 not in tagged:
            start -= 1
        if start == end:
            return ""
        sentences = list(split.sentences("\n".join(lines[start:end])))
        if start - 1 in tagged and sentences and sentences[0][:1].islower():
            sentences[0] = ""  # "for the series." below a tag belongs to that tag
        for sentence in reversed(sentences):
            scope = scope_in_sentence(sentence)
            if scope or not split.is_courtesy(sentence):
                return scope
    return ""


def _scope_below(lines: Sequence[str]) -> str:
    """The scope in the line below a tag, or in one in parentheses below a blank line; empty without one."""
    shown = [line.strip() for line in lines]
    first = next((line for line in shown if line), "")
    if found := _IN_PARENTHESES.fullmatch(first):
        return found["scope"] if parse_scope(found["scope"], named=False) else ""
    found = _BELOW.fullmatch(first) if shown[:1] == [first] else None
    return found["scope"] if found and parse_scope(found["scope"], named=False) else ""


def scope_in_sentence(sentence: str) -> str:
    """Find the scope in a sentence above a tag: "For KVM:", "Patches 1-3 look good to me."; empty if it has none."""
    sentence = _THANKS.sub("", sentence.strip(" -*"))
    if len(sentence) > 4 * _MAX_SCOPE or "?" in sentence:
        return ""
    if found := _ABOVE.fullmatch(sentence):
        words = found["scope"]
        # "For the block parts, as Tejun will take this:" ends sooner than the sentence.
        for cut in [len(words), *sorted((m.start() for m in re.finditer(r"[,:;.(]", words)), reverse=True)]:
            if scope := parse_scope(words[:cut], named=cut == len(words) or words[cut] == ":"):
                return "" if scope.this and not scope.excepted else words[:cut].strip()
    for found in (_GOOD_ALONE.fullmatch(sentence), _ALONE.fullmatch(sentence), _READ.match(sentence)):
        scope = parse_scope(found["scope"], named=False) if found else None
        if found and scope and not scope.this and (not scope.name or _A_PART.fullmatch(found["scope"])):
            return found["scope"].strip()
    return ""
