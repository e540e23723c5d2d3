"""Recognize what a committer says that they did with patches, wherever in a sentence it stands.

"This patch 2/5 applied to the frob tree.", "These three applied, please send the rest to Rex.", "What a mess, I applied
both for fixes.", "Provisionally applied to frob/pm for 6.13.", "i.e. will queue in frob-drivers for 6.13."  Two things
make the statement: words for the patches, and a verb for what was done with them, in one clause.  From anybody but a
committer nothing follows from it (patchwatch.mail.sentences.claims).
"""

from __future__ import annotations

import re

from patchwatch.mail.sentences.applied import BROKE, RELEASE_CANDIDATE, words_until
from patchwatch.mail.sentences.which_patches import COUNTS, without_total
from patchwatch.pattern import Pattern

_MAX_SENTENCE = 300  # characters

_COUNT = rf"(?:{'|'.join(COUNTS)}|eleven|twelve)"
_RUN = r"\d+(?:/\d+)?(?:\s*(?:->|-|–|to|through|,|and|&|\+)\s*#?\d+(?:/\d+)?)*"
_NUMBERS = rf"\(?#?{_RUN}\)?(?![\w/]|\.\d|\s*[–-]\s*\d)(?:\s+of\s+\d+\b)?"
_WHICH = rf"(?:all|both|the|this|these|those|whole|entire|full|other|of|v\d+|one|\d+|{_COUNT}|first|last|remaining)"
_HEAD = rf"(?:patch(?:es|set)?|patch set|series|set|ones?|version|lot|rest|latter|others|{_COUNT}|first|last)"
_OF_IT = r"(?:\s+(?:in|of|from) (?:the|this|your) (?:patch|series|patch ?set|set))?"
_ONE_BY_TOTAL = r"[(\[]?#?\d+/\d+[)\]]?"  # "1/3 and 2/3"
_BY_TOTAL = rf"{_ONE_BY_TOTAL}(?:(?:\s*[,&]\s*(?:and\s+)?|\s+and\s+){_ONE_BY_TOTAL})*(?![\w/])"
_PATCHES = (
    rf"(?:(?:{_WHICH}\s+)*{_HEAD}(?:\s+\(?v\d+\)?(?![\w.]))?(?:\s+{_NUMBERS})?{_OF_IT}|{_BY_TOTAL}|"
    rf"(?:all|both)(?: {_COUNT})? of (?:them|these|those|it|this)|it|this|them|these|those|both|all|everything)"
    r"(?![\w'’/-])"
)
_SOME_PATCHES = (
    r"the above|the ones|the (?!same\b)(?:[\w-]+\s+){1,2}?patches|"
    r"the (?:driver|(?:dt[- ]?)?bindings?|dtsi?|dt|device[- ]?tree|doc\w*) patch"
)

_OFTEN = (
    r"(?:(?:now|just|also|already|then|therefore|hence|thus|finally|only|simply|manually|quickly|provisionally|"
    r"tentatively|preliminarily|separately|directly)\s+)*"
)
_PUT = r"(?:applied|queued|merged|pushed|comm?itt?ed|staged)"
_TOOK = r"(?:picked|took|taken|grabbed|pulled)"
_VERB = Pattern(rf"(?i)\b(?:{_PUT}|{_TOOK}|landed)\b")
_THERE = r"(?:\s+(?:up|out|in|too|instead|all|both|as well|again|separately|tentatively|now|already))*"
_WHERE = (
    r"\s*[.,;:!)–—-].*|\s+(?:to|into|in|on|onto|for|as|via|through|by|with|after|w/|and|but|so|even|thanks?|thx|"
    r"yesterday|today|last|earlier|recently|some time|a while)\b.*|\s*\(.*|\s*"
)
_WHY = r"\s+(?:because|since|given)\b.*"

# "I have applied these three to the frob tree", "we picked up 1/2"
_I_DID = Pattern(
    rf"\b(?:i|we)(?:'ve| have)?\s+{_OFTEN}(?:(?P<put>{_PUT})|{_TOOK})(?:\s+(?:up|out|in|off))?\s+"
    rf"(?P<what>{_PATCHES}){_THERE}(?P<rest>{_WHERE}|(?(put){_WHY}|(?!)))$",
    re.IGNORECASE | re.DOTALL,
)
# "This patch (1/2) applied for fixes.", "so patch is applied for 6.15!"
_WERE = Pattern(
    rf"(?<![\w/])(?P<what>{_PATCHES})(?P<are>'s|(?:\s+(?:has|have|is|are|was|were|been))+)?\s+{_OFTEN}"
    rf"(?:{_PUT}|{_TOOK}|landed){_THERE}(?P<rest>{_WHERE}|{_WHY})$",
    re.IGNORECASE | re.DOTALL,
)
# "Provisionally applied to frob/pm for 6.13.", "Applied the bindings patches to frob/dt."
_DID = Pattern(
    rf"(?<![\w/]){_OFTEN}(?:{_PUT}|{_TOOK})(?:\s+(?:up|out|in))?(?:\s+(?P<what>{_PATCHES}|{_SOME_PATCHES}))?{_THERE}"
    rf"(?P<rest>{_WHERE}|{_WHY})$",
    re.IGNORECASE | re.DOTALL,
)
# "Thanks, added your patch.", not "I added your patch to my test setup".
_ADDED = Pattern(
    r"(?:.*[,;:!.–—-]\s+|(?:ok(?:ay)?|thanks?|great|nice) )?(?:(?:i|we)(?:'ve| have)? )?"
    r"(?:(?:now|just|also) )?added (?:your|this|these|both|both of your|your two) (?:patch(?:es)?|series|patch ?set)"
    r"(?P<rest>[\s.,!]*(?:now|up|(?:many )?thanks?\b.*)?)",
    re.IGNORECASE | re.DOTALL,
)
# What may stand in front of the words for the patches: nothing, a thank-you, or another clause.
_BEFORE = Pattern(
    r"(?:.*(?:[,;:!–—-]|\(\.\.\.\)|\b(?:so|and|but|hence|thus|therefore|anyway|looks like|seems))\s+|"
    r"(?:(?:ok(?:ay)?|(?:many )?thanks?|thank you|great|nice|looks? good|lgtm|ah|oh|yes|no worries)"
    r"(?:\s+[\w.-]+){0,2}\s+)?)",
    re.IGNORECASE | re.DOTALL,
)
_BRANCH = r"(?!\d+/\d+\b)(?!v\d+\b)[\w.]*\w[-/][\w./-]*\w"
_WILL_QUEUE = Pattern(
    rf"(?:(?:thanks?|ok(?:ay)?|great)\b[,.!]?\s+)?(?:i\.?e\.?,?\s+)?(?:(?:i(?:'ll| will)|will)\s+(?:queue|apply)|"
    rf"queue?ing|applying)(?:\s+up)?(?:\s+{_PATCHES})?(?:\s+up)?\s+(?:in|to|into|on|via|through)\s+(?:the\s+)?{_BRANCH}"
    r"(?:\s+(?:tree|branch|for\s+v?\d+\.\d+(?:-rc\d+)?|now))*(?:\s*[.,!;].*|)",
    re.IGNORECASE | re.DOTALL,
)
_UNSURE = Pattern(r"(?i)\b(?:not|never|if|once|when|after|before|until|unless|later|tomorrow)\b|n't\b")
_CLAUSE_END = Pattern(
    r"(?i)[,;.!:]\s|\s\(not\b|"
    r"\s(?:and|but|so|because|since|which|although|though|while|whilst|as(?! is\b| an?\b)|given)\s"
)
_NOT_DONE = Pattern(
    r"(?i)\b(?:not|never|nor|if|once|when|until|unless|would|could|should|can|may|might|must|will|shall|wanted|means?|"
    r"suggest\w*|comments?|your|local(?:ly)?|offline|pending|in the past|"
    r"next (?:version|revision|spin)|(?:in|into|for) v\d+(?!\.?\d)|"
    rf"to {RELEASE_CANDIDATE}|into (?:one|a single|two) (?:patch|commit)\w*)\b|n't\b|'ll\b"
)
_TRIED = Pattern(
    r"(?i)\b(?:test\w*|boot\w*|build\w*|cleanly|fine|conflicts?|picked up on|on top of|review|"
    r"experiment\w*|see if)\b"
)
_CONDITION = Pattern(
    r"(?i)\b(?:if|once|when|until|unless|assuming|provided|before|after|would|could|can|should|will|wanted|please|"
    r"let's|let us|try|tried|trying|wish|hope|thought)\b|'ll\b"
)
_REASON = Pattern(r"(?is)^.*,\s+so\s+(?=i\b|we\b|$)")  # "if that is checked, this is slower, so I applied it"
_TO_A_TREE = Pattern(
    r"(?i)(?:\s+(?:by|with)\s.{1,60}?)?\s+(?:(?:in)?to|in|on|onto|via|for|through)\s+(?:(?:the|my|our)\s+)?"
    rf"(?:(?:[\w./-]+\s+){{0,3}}?(?:tree|branch|queue)\b|{_BRANCH}|v?\d+\.\d+\b|(?:next|fixes|current|master)\b)"
)
_OF_ANOTHER = Pattern(r"(?i)\bthe v\d")  # "the v1 series", in answer to v2; "this v4 series" is the one it answers
# Code is applied, pushed and queued, too: "it is pushed to the radix tree".
_A_NOUN = Pattern(r"(?i)\b(?:patch\w*|series|set|ones?|version|fix(?:es)?)\b")
_IS_CODE = Pattern(r"(?i)\s*(?:is|are|'s)\b")
_A_BRANCH = Pattern(r"(?i)\S*(?:\w/\w|\bnext\b|\bfor-|\bfixes\b)|v?\d+\.\d+\b")
_NUMBERED = Pattern(rf"(?i)(?:\bpatch(?:es)?\s+\(?#?(?=\d)|(?=\b\d+/\d))({_RUN})")
_VERSION = Pattern(r"(?i)\(?\bv\d+\)?")
_WHOLE = Pattern(r"(?i)\b(?:all|both|everything|whole|entire|full)\b")
_PART = Pattern(rf"(?i)\b(?:first|last|latter|above|ones|\d+|{_COUNT})\b|\bthe (?!patch)[\w-]+ patch")
_REST = Pattern(r"(?i)\b(?:rest|remaining|others?)\b")
_NOTHING_ELSE = Pattern(r"(?i)\W*(?:(?:many )?(?:thanks?|thx)\b.*)?")
_NEAR = 60  # characters
_LONGEST = 4  # places in a sentence that are tried


def taken_patches(sentence: str) -> str | None:
    """Which patches a sentence of a committer reports as taken; None if it reports nothing.

    As patchwatch.mail.sentences.applied.applied_patches.
    """
    if len(sentence) > _MAX_SENTENCE or "?" in sentence:
        return None
    if _WILL_QUEUE.fullmatch(sentence):
        return None if _UNSURE.search(sentence) else ""
    if _ADDED.fullmatch(sentence):
        return None if _CONDITION.search(sentence) else ""
    if not _VERB.search(sentence):
        return None
    for pattern, needs_start in ((_I_DID, False), (_WERE, True), (_DID, True)):
        start = 0
        for _ in range(_LONGEST):
            if (found := pattern.search(sentence, start)) is None:
                break
            if _is_said(found, needs_start=needs_start):
                return _which(found["what"] or "")
            start = found.start() + 1
    return None


def _is_said(found: re.Match[str], *, needs_start: bool) -> bool:
    """True if the match is a statement about these patches, and not a part of another one."""
    before, rest = found.string[: found.start()], found["rest"]
    if _CONDITION.search(_REASON.sub("", before)) or (needs_start and not _BEFORE.fullmatch(before)):
        return False
    to_a_tree = _TO_A_TREE.match(rest) is not None
    if found["what"] is None and not to_a_tree:
        return False
    if _OF_ANOTHER.search(found["what"] or "") or before.count("(") > before.count(")"):
        return False
    if needs_start and found["what"] and not _A_NOUN.search(found["what"]) and not _is_no_code(found, to_a_tree):
        return False
    said = words_until(found, _CLAUSE_END)
    if not to_a_tree and (_TRIED.search(said) or (not needs_start and _TRIED.search(rest, 0, _NEAR))):
        return False
    return not (_NOT_DONE.search(said) or BROKE.search(rest))


def _is_no_code(found: re.Match[str], to_a_tree: bool) -> bool:
    """True if a pronoun means the patches: nothing else is said of it, or where they are."""
    are = found.groupdict().get("are")
    if not are:
        return to_a_tree or _NOTHING_ELSE.fullmatch(found["rest"]) is not None
    return to_a_tree and not _IS_CODE.match(are) and _A_BRANCH.search(found["rest"]) is not None


def _which(what: str) -> str:
    """The numbers of the patches that words mean, "some", "rest", or "" for what the sentence answers."""
    what = _VERSION.sub("", what)
    if numbers := _NUMBERED.search(what):
        return without_total(numbers[1])
    if _REST.search(what):
        return "rest"
    return "some" if _PART.search(what) and not _WHOLE.search(what) else ""
