"""What a mail states about other postings: what it depends on, what it supersedes, what supersedes it.

A target is stated as a trailer (`Depends-on: <id>`, `prerequisite-change-id: …` of b4, `Supersedes: <id>`) or in a
sentence with a link ("applies on top of [1]").  patchwatch.mail.version_hints reads links to earlier versions; a
dependency is none.  Who may supersede whose posting is decided by patchwatch.series.stated_relations.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from patchwatch.mail.message import EarlierLink, Relation, RelationKind
from patchwatch.mail.named_postings import footnotes, named_titles
from patchwatch.mail.sentences.split import has_any
from patchwatch.mail.version_hints import LINK, linked_id
from patchwatch.pattern import Pattern

_MOST = 40  # relations of one mail
_MOST_PATCHES = 20  # prerequisite-patch-id lines: enough to find the series
_LONGEST = 4_000  # characters of a paragraph that are read
_MAX_PROSE = 40_000  # characters of a mail
_TEXT = 160  # characters of evidence
_REACH = 160  # characters between the words and the link
_OF_REPLIES = ("superseded-by", "reposted-as")  # what supersedes a posting may be named by its title
_LIST = 60  # characters between two links of one list

_PREREQUISITE = Pattern(r"(?im)^prerequisite-(message|change|patch)-id:[ \t]*(\S+)")
_TRAILER = Pattern(
    r"(?i)[\s>*-]{0,6}(?:(?P<depends>based[- ]on|depends?(?:[- ](?:up)?on)?|dependenc(?:y|ies)|prereq\w*|requires?)|"
    r"(?P<supersedes>supersedes?|obsoletes?|replaces?)|(?P<by>(?:supersed|obsolet|replac)ed[- ]by))"
    r"(?: (?:series|patch(?:es|set)?|v\d+))?\s*:(?P<rest>.*)"
)
_RULER = Pattern(r"\s*([-=~])\1{2,}\s*")  # below a heading
_ID = Pattern(r"<([^\s<>@]{1,200}@[^\s<>@]{1,200})>")
_BARE_ID = Pattern(r"(?:^|(?<=[\s,(]))([\w.+=%$/-]{6,200}@[\w.-]{2,100})(?=$|[\s,;)])")
_NAME_BEFORE = Pattern(r"[A-Z][\w.'-]*\"?\s$")  # "Ann Author <ann@example.org>" is a person
_CHANGE_ID = Pattern(r"(?:^|(?<=[\s,(]))(\d{8}-[\w.-]{1,120}-[0-9a-f]{10,16})(?=$|[\s,;:)])")
_PATCH_ID = Pattern(r"[0-9a-f]{40,64}")

_REFERENCE = Pattern(r"\[(\w{1,3})\]")
_SENTENCE_END = Pattern(r"[.!?][\"')]?\s+(?=[A-Z])")
_ITEM = Pattern(r"\s*(?:[-*•+]|\(?\d{1,2}[.)]|\[\w{1,3}\])\s")
_NOT_PROSE = Pattern(r"\s*(?:Link|Closes|Fixes|Cc|[A-Z][a-z]+(?:-[a-z]+)*-by|base-commit|change-id|prerequisite-\S+):")

_WORK = r"(?:patch(?:es|es?t|[- ]?sets?|[- ]?series)?|series|sets?|changes?|work|fix(?:es)?|support|commits?|RFC|v\d+)"
_DEPENDS = Pattern(
    rf"""
      \b(?:depend(?:s|ed|ing|ent|ant)?|dependenc(?:y|ies)|rel(?:y|ies))\ (?:also\ |only\ |heavily\ |\w+ly\ )?(?:up)?on\b
    | \bdependenc(?:y|ies)\s*(?::|(?:is|are)\b|\()
    | \bprereq(?:uisite)?s?\b
    | \bon[ ]top[ ]of\b
    | \b(?:applies|apply|applied|applying)\ (?:cleanly\ )?(?:on(?:to)?|over|against|after)\b
    | \b(?:goes|go|merged?|lands?|taken)\ (?:in\ )?after\b
    | \b(?:re)?bas(?:ed|ing)\ (?:up)?on(?:to)?\b
        (?!\ (?:the\ |his\ |her\ |their\ |some\ |an?\ |my\ |your\ |\S+'s\ )*(?:\w+\ ){{0,2}}
            (?:discussions?|feedback|suggest\w*|comments?|reviews?|reports?|ideas?|advice|input|proposals?|talk|test\w*|
            thread|conversation|observations?|analysis|RFC|work\ (?:by|of|done|in|from|at)|
            previous|earlier|initial|original|old|first|last)\b)
    | \b(?:builds?|built|building|stack(?:s|ed)|sits?|layered)\ (?:up)?on\b(?!\ (?:\S+\ ){{0,3}}RFC\b)
    | \b(?:requires?|needs?)\ (?:also\ )?(?:(?!to\b)[\w'()-]+\ ){{0,5}}?{_WORK}\b
    | \b(?:requires?|needs?):?\ (?=https?://|\[\w{{1,3}}\]|["'“]?\[(?:PATCH|RFC)\b)
    | \b(?:applies|apply|applied)\ (?:cleanly\ )?to\ [^.!?]{{1,60}}?(?:\+|\bplus\b|\bwith\b)
    | \bassum(?:es?|ing)\ (?=[^.!?]{{1,160}}
        \b(?:(?:is|are|was|were|be|been|gets?)\ (?:applied|merged|accepted|there)|in\ place|lands?)\b)
    | \bfollow(?:s|ing)?[- ]?up\ (?:\w+\ )?(?:of|to|on|for)\b(?!\ (?:my\ )?v\d+(?:\W|$))
    """,
    re.VERBOSE | re.IGNORECASE,
)
# One of them is in every paragraph that the pattern of that name matches.
_DEPENDS_WORDS = (
    "depend", "rely", "relies", "prereq", "on top of", "appl", "after", "based", "basing", "build", "built", "stack",
    "sits on", "sit on", "sits upon", "sit upon", "layered", "assum", "require", "need", "follow",
)  # fmt: skip
_DEPENDED_WORDS = ("prereq", "dependenc", "required", "needed", " first", "before")
_SUPERSEDES_WORDS = ("supersed", "obsolet", "replac", "favor of", "favour of", "please", "previous", "rework of")
_TRAILER_CUES = ("depend", "based", "prereq", "require", "supersed", "obsolet", "replac")
_CUES = (*_DEPENDS_WORDS, *_DEPENDED_WORDS, *_SUPERSEDES_WORDS)
_OF_PATCHES = Pattern(r"(?i)\b(?:patch(?:es|set|series)?|series)\b")
_DEPENDED = Pattern(
    r"(?i)\b(?:is|are|as) (?:also )?(?:an? |the )?(?:hard |strict )?(?:prerequisites?|dependenc(?:y|ies)|"
    r"(?:required|needed) (?:for|by) th(?:is|ese))\b|"
    r"\b(?:must|should|ha(?:s|ve) to|needs? to) (?:be (?:accepted|applied|merged|taken)|go in|land) "
    r"(?:first|before(?:hand)?(?= th(?:is|ese)\b|\W*$|[.,;]))"
)
_ELSEWHERE = Pattern(
    r"(?i)://|\bv\d+ (?:is )?(?:at|:)|\bv\d+\s*$|\b(?:previous|earlier) version"
)  # the next link is another
_LABEL = Pattern(
    r"(?i)(?:(?:the )?(?:right|correct|new|real|proper|updated|fixed) [^.:]{0,40}|here|see|v\d+)(?: is)?:? (?=http)"
)
_LINK_ONLY = Pattern(r"(?:(?:Link:?|\[\w{1,3}\]:?|<|\() ?){0,2}(?:https?://[^\s>)]*)?")
_DENIED = Pattern(
    r"(?i)(?:\bno longer|\bnot?|n't|\bnever|\bwithout|\bindependent\w*|\b(?:drop|remov|eliminat|avoid)\w*)"
    r"(?: \w+){0,3} ?$"
)
_IGNORE = r"(?:ignore|disregard|drop|skip|discard|forget(?: about)?|(?:do not|don't|dont) (?:apply|take|merge|review))"
_SUPERSEDES = Pattern(
    r"(?i)\b(?:supersed(?:es?|ing)|obsolet(?:es|ing)|replac(?:es|ing)|(?:a |as )?replacement (?:of|for))\b|"
    rf"\bplease {_IGNORE} (?:(?:the|my|our) )?(?:(?:previous|earlier|old|last|first) )?(?:{_WORK} )?(?:at |in )?"
    r"(?=<|\[|http)|"
    rf"\b{_IGNORE} (?=[^.!?]{{1,160}} in favou?r of th(?:is|ese)\b)|"
    # "Previous version: <link>", "previously sent as [1]", "a rework of <link>"
    r"(?<!from )(?<!from my )(?<!from the )(?<!in )(?<!in my )(?<!in the )\b"
    r"(?:(?:previous (?:version|posting|submission|attempt|approach)|previously (?:posted|sent|submitted))"
    r"(?: (?:was|is|as|at|here|posted|sent|can be found)){0,3}|rework of)\s?:?\s?"
    r"(?=<|\[\w{1,3}\]|http)"
)
_BY = Pattern(r"(?i)\b(?:supersed|obsolet|replac)ed (?:by|with)\b")
# "I'm dropping this in favor of <link>", "please use this instead: <link>"
_INSTEAD = Pattern(r"(?i)\bin favou?r of\b|\binstead\b(?=[^.!?\w]{0,6}(?:http|<|\[\w{1,3}\]|$))")
_ITSELF = Pattern(
    r"(?i)(?:^|[.:,;(-]|\b(?:this|these|it|both|please note|"
    rf"(?:this|the|these|my|whole) (?:\w+ ){{0,2}}?{_WORK})\b)"
    r"(?: has| have| is| was| are| were| been| now| already| just| will| be|'s)*\s*$"
)
_WITHDRAWS = Pattern(
    rf"(?i)\b{_IGNORE} "
    r"(?:(?:this|these|the|my|that|both) (?:\w+ ){0,2}?"
    r"(?:one(?! \w)|patch(?:es|set)?|series|set|version|mail|posting|RFC)|v\d{1,2}|"
    r"(?:this|these|it|that)(?=\s*(?:[.,;:!(-]|$|\band\b|\bi\b|\bsince\b|\bplease\b|\bsent\b)))\b"
)
_REPOSTED = Pattern(
    rf"""
      \b(?:sent|posted|submitted|sending|posting)\ (?:out\ )?(?:\w+\ ){{0,3}}?
        (?:new\ (?:version|revision|series|patch(?:[ ]?set)?|one)|
           (?:updated|corrected|fixed|proper|correct|right|complete)\ (?:version|one|{_WORK}))
    | \b(?:sent|posted|submitted|sending|posting)\ (?:(?:out|an?|the|my|new|another|it|this|these|them|as|in|
        patch(?:es)?|series|set)\ ){{0,4}}?(?:v|version\ )(?P<a>\d{{1,2}})\b
    | \b(?:re-?sen[dt]|re-?post(?:ed)?|re-?submitted|re-?spun)\b
    | \b(?:new|updated|corrected|fixed)\ (?:version|revision)
        \ ?(?:is|was|sent|posted|here|at|out|available|:|\[|\(|http)
    | (?:^|(?<=[.!]\ ))(?:the\ )?new\ (?:series|patch(?:es|[ ]?set)?)\ ?(?:is|are|here|at|:|\[|\(|http)
    | ^(?:the\ )?(?:v|version\ )(?P<b>\d{{1,2}})\ ?(?:is|was|sent|posted|here|at|out|available|:|-)
    """,
    re.VERBOSE | re.IGNORECASE,
)
_OF_REPLY = Pattern(
    r"(?i)(?:supersed|obsolet|replac)ed|version|revision|\bv\d|\bre-?s[ep][nu]|\bre-?(?:post|submit)|\b(?:sent|post|submit)|"
    r"ignore|disregard|\bdrop|\bskip|discard|forget|n[o']t (?:apply|take|merge|review)|\binstead\b|favou?r of"
)
# Matches wherever that matches, in lower case; re finds at once where it can begin.
_MAY_BE_OF_REPLY = Pattern(
    r"supersed|obsolet|replac|version|revision|v\d|re-?s[ep][nu]|re-?(?:post|submit)|sent|post|submit|ignore|disregard|"
    r"drop|skip|discard|forget|n[o']t (?:apply|take|merge|review)|instead|favou?r of"
)

_REPLY_CUES = ("depend", "on top of", "prereq", "based on", "based-on")  # fewer than of postings: replies explain code
_OF_THIS = Pattern(
    rf"(?i)\b(?:this|these|both|(?:this|the|these|my|whole) (?:\w+ ){{0,2}}?{_WORK})"
    r"(?: (?:has|have|is|are|was|were|does|do|also|now|all|needs?|must|should|to|be|currently|actually|already))*"
    r"\s*$"
)
_NO_LONGER = Pattern(
    r"(?i)\?$|\b(?:applied by|(?:been|was|were) applied|merged|landed|picked up|queued|in (?:linux-)?next|in mainline)"
)


def of_posting(text: str, own_text: str, *, patch: bool) -> tuple[Relation, ...]:
    """What a posting depends on, and what it supersedes.

    `text` is the whole mail, `own_text` is without quotes and diff.  In the message of a patch, above `---`, a sentence
    counts only if it mentions patches: most describe what code depends on.
    """
    found: list[Relation] = []
    if "rerequisite-" in text:
        found += _prerequisites(text)
    lowered = own_text.lower()
    if has_any(_TRAILER_CUES, lowered):
        found += _trailers(own_text, ("depends", "supersedes"))
    if _may_name_message(own_text) and has_any(_CUES, lowered):
        message, _, notes = own_text[:_MAX_PROSE].partition("\n---\n") if patch else ("", "", own_text[:_MAX_PROSE])
        found += [r for r in _prose(message, own_text) if _OF_PATCHES.search(r.text)]
        found += _prose(notes, own_text)
    return _distinct(found)


def _may_name_message(text: str) -> bool:
    """True if prose may name a message, with a link or an id; most patches have addresses only, in their tags."""
    return "://" in text or any("<" in line and not _NOT_PROSE.match(line) for line in text.split("\n") if "@" in line)


def of_reply(own_text: str, version: int) -> tuple[Relation, ...]:
    """What the posting of `version` that the mail replies to depends on, and what supersedes it.

    `own_text` is without quotes.
    """
    if "://" not in own_text and "@" not in own_text and not next(named_titles(own_text), None):
        return ()
    lowered = own_text.lower()
    found = _forgotten(own_text) if has_any(_REPLY_CUES, lowered) else []
    if _MAY_BE_OF_REPLY.search(lowered) and _OF_REPLY.search(own_text):
        found += _successors(own_text, version)
    return _distinct(found)


def _forgotten(own_text: str) -> list[Relation]:
    """The dependencies that a reply states: its author may have forgotten them when they posted."""
    found = _trailers(own_text, ("depends",))
    notes = footnotes(own_text)
    for paragraph, following in _paragraphs(own_text[:_MAX_PROSE]):
        for words in _DEPENDS.finditer(paragraph) if has_any(_REPLY_CUES, paragraph.lower()) else ():
            if _OF_THIS.search(paragraph[max(words.start() - _REACH, 0) : words.start()]):
                found += _relations("depends", paragraph, words, notes, following)
    return [relation for relation in found if not _NO_LONGER.search(relation.text)]


def _successors(own_text: str, version: int) -> list[Relation]:
    """What supersedes the posting of `version` that a mail replies to."""
    found = _trailers(own_text, ("by",))
    notes = footnotes(own_text)
    for paragraph, following in _paragraphs(own_text[:_MAX_PROSE]):
        for words in _BY.finditer(paragraph):
            if _ITSELF.search(paragraph[: words.start()]) and not _DENIED.search(paragraph[: words.start()]):
                stated = _relations("superseded-by", paragraph, words, notes, following)
                found += [relation for relation in stated if not relation.text.endswith("?")]
        for words in _withdrawals(paragraph, version):
            found += _relations("reposted-as", paragraph, words, notes, following)
    return found


def without_contradictions(
    earlier: tuple[EarlierLink, ...], related: tuple[Relation, ...]
) -> tuple[tuple[EarlierLink, ...], tuple[Relation, ...]]:
    """Both without the messages that are a dependency and an earlier version: with a stated version, they are that."""
    versions = {f"m:{link.message_id}" for link in earlier if link.version is not None}
    related = tuple(r for r in related if r.kind != "depends" or r.target not in versions)
    needed = {r.target for r in related if r.kind == "depends"}
    return tuple(link for link in earlier if f"m:{link.message_id}" not in needed), related


def _withdrawals(paragraph: str, version: int) -> Iterator[re.Match[str]]:
    yield from _WITHDRAWS.finditer(paragraph)
    yield from _INSTEAD.finditer(paragraph)
    for words in _REPOSTED.finditer(paragraph):
        number = words["a"] or words["b"]
        if number is None or int(number) > version:
            yield words


def _prerequisites(text: str) -> Iterator[Relation]:
    patches = 0
    for kind, value in _PREREQUISITE.findall(text):
        words = f"prerequisite-{kind.lower()}-id: {value}"
        if kind.lower() == "message":
            yield Relation("depends", f"m:{value.strip('<>')}", words[:_TEXT])
        elif kind.lower() == "change":
            yield Relation("depends", f"c:{value.rpartition(':')[0] or value}", words[:_TEXT])
        elif patches < _MOST_PATCHES and _PATCH_ID.fullmatch(value):
            patches += 1
            yield Relation("depends", f"p:{value}", words[:_TEXT])


def _trailers(text: str, groups: Iterable[str]) -> list[Relation]:
    """The relations that are stated as `name: target`, or as a list of targets below `name:`."""
    kinds: dict[str, RelationKind] = {"depends": "depends", "supersedes": "supersedes", "by": "superseded-by"}
    found: list[Relation] = []
    lines = text.split("\n")
    for number, line in enumerate(lines):
        underlined = number + 1 < len(lines) and _RULER.fullmatch(lines[number + 1]) is not None
        if not (underlined or ":" in line[:60]) or not (stated := _TRAILER.match(line[:1000] + ":" * underlined)):
            continue
        group = next((g for g in groups if stated[g]), None)
        if group is None:
            continue
        wanted = [stated["rest"]]
        if not stated["rest"].strip():
            for below in lines[number + 1 + underlined : number + 8]:
                if not below.strip() and len(wanted) > 1:
                    break
                wanted.append(below[:1000])
        for rest in wanted:
            words = " ".join((line if stated["rest"].strip() else f"{line} {rest}").split())
            found += [Relation(kinds[group], target, words[:_TEXT]) for target in _named(rest)]
    return found


def _named(rest: str) -> Iterator[str]:
    """The targets in the value of a trailer: links, ids with or without brackets, change-ids."""
    links = [linked_id(found) for found in LINK.findall(rest)]
    if links:
        yield from (f"m:{link}" for link in links)
        return
    if ids := _ID.findall(rest) or ("://" not in rest and _BARE_ID.findall(rest)) or []:
        if len(ids) > 1 or not re.search(r"\w+ \w+ <", rest):  # "Requires: Ann Author <ann@example.org>"
            yield from (f"m:{one}" for one in ids)
        return
    yield from (f"c:{one}" for one in _CHANGE_ID.findall(rest))


def _prose(text: str, whole: str) -> Iterator[Relation]:
    notes = footnotes(whole)
    for paragraph, following in _paragraphs(text):
        lowered = paragraph.lower()
        for words in _DEPENDS.finditer(paragraph) if has_any(_DEPENDS_WORDS, lowered) else ():
            if not _DENIED.search(paragraph[max(words.start() - 40, 0) : words.start()]):
                yield from _relations("depends", paragraph, words, notes, following)
        for words in _DEPENDED.finditer(paragraph) if has_any(_DEPENDED_WORDS, lowered) else ():
            before = paragraph[max(words.start() - _REACH, 0) : words.start()]
            targets = list(_targets(_last_sentence(before), notes))
            yield from (Relation("depends", f"m:{one}", _around(paragraph, words)) for _, _, one in targets)
        for words in _SUPERSEDES.finditer(paragraph) if has_any(_SUPERSEDES_WORDS, lowered) else ():
            if not _DENIED.search(paragraph[max(words.start() - 40, 0) : words.start()]):
                yield from _relations("supersedes", paragraph, words, notes, following)


def _relations(
    kind: RelationKind, paragraph: str, words: re.Match[str], notes: dict[str, str], following: str
) -> Iterator[Relation]:
    """A relation to each target that follows the words: in their sentence, or as the next thing below it."""
    rest = paragraph[words.end() : words.end() + 3 * _REACH]
    end = _SENTENCE_END.search(rest)
    sentence = rest[: end.start()] if end else rest
    targets = _targets(sentence, notes)
    if targets and (targets[0][0] > _REACH or _ELSEWHERE.search(sentence[: targets[0][0]])):
        targets = []
    elif not targets and not _ELSEWHERE.search(sentence):  # "… my earlier series.  Link: https://…"
        targets = _targets(_link_only(kind, rest[end.end() :] if end else following), notes)
    last = None
    for begin, stop, target in targets:
        if last is not None and not _joins(sentence[last:begin]):
            break
        last = stop
        yield Relation(kind, f"m:{target}", _around(paragraph, words))
    if not targets and kind in _OF_REPLIES:
        yield from (Relation(kind, f"t:{t}", _around(paragraph, words)) for begin, _, t in named_titles(sentence))


def _link_only(kind: RelationKind, text: str) -> str:
    """The link that a text begins with, in a reply after a label ("the right one: ")."""
    label = _LABEL.match(text) if kind == "reposted-as" else None
    found = _LINK_ONLY.match(text, label.end() if label else 0)
    return found[0] if found else ""


def _joins(between: str) -> bool:
    """True if the text between two links makes them a list: "[1] and the fixes in [2]"."""
    return len(between) <= _LIST and re.search(r"(?i)[,;&+/]|\band\b|\bplus\b|^\s*$", between) is not None


def _targets(text: str, notes: dict[str, str]) -> list[tuple[int, int, str]]:
    """The messages that a text names, with their places, in order: links, `<id>`, `[1]`."""
    found = [(m.start(), m.end(), linked_id(m[1])) for m in LINK.finditer(text)]
    if "<" in text:
        found += [(m.start(), m.end(), m[1]) for m in _ID.finditer(text) if not _NAME_BEFORE.search(text[: m.start()])]
    if notes:
        found += [(m.start(), m.end(), notes[m[1]]) for m in _REFERENCE.finditer(text) if m[1] in notes]
    return sorted(found)


def _paragraphs(text: str) -> Iterator[tuple[str, str]]:
    """The paragraphs of prose, each on one line, and the paragraph below each."""
    paragraphs: list[str] = []
    lines: list[str] = []
    for line in [*text.split("\n"), ""]:
        blank = not line.strip() or _NOT_PROSE.match(line) is not None
        if lines and (blank or _ITEM.match(line)):
            paragraphs.append(" ".join(lines)[:_LONGEST])
            lines = []
        if not blank:
            lines.append(line.strip())
    return zip(paragraphs, [*paragraphs[1:], ""][: len(paragraphs)], strict=True)


def _last_sentence(text: str) -> str:
    ends = list(_SENTENCE_END.finditer(text))
    return text[ends[-1].end() :] if ends else text


def _around(paragraph: str, words: re.Match[str]) -> str:
    """The sentence with the words, as evidence."""
    begin = words.start() - len(_last_sentence(paragraph[: words.start()]))
    rest = paragraph[words.end() :]
    end = _SENTENCE_END.search(rest)
    return paragraph[begin : words.end() + (end.start() + 1 if end else len(rest))].strip()[:_TEXT]


def _distinct(relations: Iterable[Relation]) -> tuple[Relation, ...]:
    found: dict[tuple[str, str], Relation] = {}
    for relation in relations:
        found.setdefault((relation.kind, relation.target), relation)
    return tuple(found.values())[:_MOST]
