"""Recognize requests that only name what is wrong or what is wanted: "Sob missing", "typo in the subject", "a comment
would be good".

Nothing in them asks: that it is named is the request.
"""

from __future__ import annotations

from patchwatch.mail.sentences.phrase import Phrases, phrase
from patchwatch.pattern import Pattern

_LEAD = r"^(?:(?:nit(?:pick)?|minor|also|and|but|so|hm+|oh)[:,.]? )*"
_PLACE = (
    r"(?: (?:here|there|above|below|too|as well|(?:in|on|of|at|from|for|before|after|between|behind) [^,;:?]{1,40}))?"
)
_WORDING = (
    r"(?:comments?|sentences?|notes?|explanations?|descriptions?|examples?|words?|tests?|test ?cases?|selftests?|"
    r"defines?|macros?|helpers?|changelogs?|documentation|mention(?:ing)?|assertions?|checks?|fixes tag|"
    r"justifications?|rationale)"
)

_FAULTS = Phrases(
    # "Sob missing", "Your sign-off is missing.", "Fixes tag missing here"
    phrase(
        "missing",
        rf"{_LEAD}(?:(?:the|your|this|a|an) )?(?!it\b|i\b|we\b|you\b|what\b|nothing\b|something\b|that\b|this\b)"
        rf"[\w()&*.:>/'-]+(?: (?!that\b|which\b|because\b|was\b|were\b|am\b|i\b|you\b)[\w()&*.:>/-]+){{0,2}}?"
        rf" missing{_PLACE}\W*$",
    ),
    phrase(
        "damaged|mangled",
        rf"{_LEAD}(?:(?:the|your|this) )?(?:(?:patch|mail|white[ -]?spaces?|tabs?|lines?)\b ?){{1,2}}"
        rf"[ -](?:is |are )?(?:damaged|mangled){_PLACE}\W*$",
    ),
    # "typo in the subject", "Two typos in the second paragraph."
    phrase(
        "typo|spell|trailing|leading|unrelated|superfluous|needless|useless|pointless|redundant",
        rf"""
        {_LEAD}(?:(?:an?|one|two|the|some|small|minor|few) )*(?:typos?|misspellings?|spelling (?:mistakes?|errors?))
            (?: (?:here|there|(?:in|on) [^,;:?]{{1,40}}))?\W*$
        |{_LEAD}(?:trailing|leading) (?:white ?spaces?|spaces?|tabs?|new ?lines?|(?:blank|empty) lines?|commas?)
            {_PLACE}\W*$
        |{_LEAD}unrelated (?:changes?|hunks?|white ?space(?: changes?)?|fix|clean-?ups?){_PLACE}\W*$
        |{_LEAD}(?:superfluous|needless|useless|pointless|redundant)(?: [\w()>-]+){{0,2}}{_PLACE}\W*$
        """,
    ),
    phrase(
        " columns| chars| characters|too long|empty |not a",
        rf"""
        {_LEAD}(?:(?:over|more than|exceeds|above|beyond|>) ?)?\d\d\d? (?:columns|chars|characters)\b{_PLACE}\W*$
        |{_LEAD}(?:(?:the|this|these) )?(?:lines?|subject|title|name)(?: is| are)? (?:too|way too) long{_PLACE}\W*$
        |{_LEAD}empty (?:commit (?:message|log)|change ?log|description|body)\W*$
        |{_LEAD}not an? (?:proper|real|valid|good|useful|meaningful|helpful)
            (?: (?:commit (?:message|log)|change ?log|description|subject|title|explanation))\W*$
        """,
    ),
    # "Conflicts with frob-next.", "From and SoB mismatch.", "Checkpatch warnings.", "Subject: s/frob/knob/"
    phrase(
        "conflict|mismatch|match|warning|subject",
        rf"""
        {_LEAD}(?:(?:this|it) )?conflicts (?:with|on|in) [^,;:?]{{1,40}}$
        |{_LEAD}(?:(?:the|your) )?[\w-]+(?: (?:and|vs\.?|/) [\w-]+)?(?: \w+)? mismatch(?:es)?\W*$
        |{_LEAD}(?:(?:the|your) )?(?:sob|s-o-b|signed-off-by|sign-?off|from|author|subject|title|description)
            (?: \w+)? (?:does(?:n't| not)|do(?:n't| not)) match\b[^,;:?]{{0,50}}$
        |{_LEAD}(?:checkpatch|sparse|smatch|compiler|compile|build|w=1|dtbs?_check|kernel-?doc) (?:warnings?|errors?)
            {_PLACE}[.!]*$
        |{_LEAD}(?:in (?:the )?)?(?:subject|title|description|changelog)(?: line)?[:,] ?s/[^/\s][^/]*/
        """,
    ),
    # "OK, then a comment would be good.", "Worth a comment then.", "It deserves a sentence there."
    phrase(
        "would be|'d be|would help|wouldn't hurt|not hurt|can't hurt|would make sense",
        rf"\b(?:an?|some|more|one|another|the|that|this|short|brief)(?: [\w-]+){{0,2}} {_WORDING}\b[^.;?]{{0,50}}?"
        r"(?:(?: would|'d) (?:(?:really|also|probably|certainly) )?(?:be (?:very |quite |really )?"
        r"(?:good|nice|great|helpful|useful|welcome|appreciated|better|in order)|help\b(?! (?:me|us)\b)|make sense)"
        r"|(?:(?: would| could| can) ?(?:not|n't)) hurt\b)",
    ),
    # "Still, a helper would make this more readable."
    phrase(
        "would make ",
        r"\b(?:an?|another|some|one|two)(?: [\w-]+){1,3} would make (?:this|it|that|things|the \w+) "
        r"(?:(?:a lot|a bit|much|far|even|way) )?"
        r"(?:more \w+|easier|better|nicer|cleaner|clearer|simpler|safer|shorter)\b",
    ),
    phrase(
        "worth|deserve|merits|warrants",
        r"\b(?<!not )(?<!n't )(?:worth|deserves?|merits|warrants) "
        rf"(?:(?:an?|some|its own|at least|one|another|short|brief|small|code) )*{_WORDING}\b",
    ),
)
_NO_MATCH = Pattern(r"(?i)\b(?:does|do)(?:n't| not) match\b")
_NOT_A_FAULT = Pattern(
    r"(?i)\b(?:not|no|without|if|except|unless|nothing|otherwise|follow-?up|future|later)\b(?! an? )|n't (?!hurt)|\?"
)


def names_fault(sentence: str, lowered: str) -> bool:
    """True if the sentence only names what is wrong with the patch, or what would be good to have in it."""
    if not _FAULTS.occur(sentence, lowered):
        return False
    return _NOT_A_FAULT.search(_NO_MATCH.sub("", sentence)) is None
