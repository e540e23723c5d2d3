"""Recognize a yes to what is offered right above it.

If the author offers something ("Should I resend this?" – "Yes, with the tag."), it is asked for: of 13 such answers to
authors on five lists in 2024, ten were followed by a version.  If whoever applies the patch offers to change it ("I can
fix that up when applying." – "Yes, please."), nobody waits for another version.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.pattern import Pattern

_QUOTED = 3  # lines at the end of a quote that are read
_OFFERED = 6  # … for what whoever applies the patch offers
_READ = 3  # sentences of the answer
_LONGEST = 240  # characters of one of them, or of a line
_FEW_WORDS = 16  # of one that agrees
_OFFER = Pattern(
    r"(?i)\b(?:(?:should|shall) (?:i|we)|(?:do|would) you (?:want|like|prefer) (?:me|us|that i)|want me)\b[^?]{0,40}?"
    r"\b(?:re-?(?:send|post|spin|submit|work|place|name|move)|send|post|fix|change|drop|add|split|move|make|put|update|"
    r"squash|fold|convert|use|switch|correct|include|do (?:that|this|it))\b[^?]{0,200}\?\W{0,4}$|"
    r"\b(?:i|we) (?:can|could)(?: \w+){0,2} (?:add|change|convert|correct|do|drop|fix|fold|include|make|move|put|"
    r"rename|replace|re-?(?:send|post|spin|work)|split|squash|switch|update|use)\b[^?]{0,200}\?\W{0,4}$"
)
_YES = Pattern(
    r"(?i)\W{0,4}(?:(?:yes|yeah|yep|yup|sure|absolutely|definitely|of course)\b(?! but\b)|please(?! (?:don't|do not))|"
    r"(?:that|it)(?: would|'d) (?:help|work|be (?:great|good|nice|better|best|appreciated))\b|"
    r"i(?: would|'d) (?:prefer|like) that\b)"
)

_AMEND = (
    r"(?:fix|amend|adjust|correct|tweak|change|edit|add|drop|remove|rename|reword|squash|fold|"
    r"do (?:it|that|this|so|the)|handle|take care|make|clean|sort|update|replace|move|touch|massage|rebase|resolve)"
)
_APPLYING = (
    r"\b(?:(?:when|while|whilst|upon|on|before|during|as|once) (?:i(?:'m)? |we )?"
    r"(?:apply|applying|merge|merging|commit|committing|push|pushing|queue|queue?ing|pick|picking|take|taking)\b|"
    r"(?:locally|myself)\b|in (?:my|our) tree\b|on (?:my|our) (?:end|side)\b)"
)
# "I can fix that up when applying.", "Shall I add the tag while applying?", "Do you mind if I reword it on commit?"
_AMENDMENT = Pattern(
    r"(?i)\b(?:i|we|me|us)"
    rf"(?: can| could| will| would|'ll|'d|'m happy to|am happy to| may| might| just| also| like to| to)* {_AMEND}"
    rf"\b[^.?!]{{0,80}}?{_APPLYING}[^.?!]{{0,80}}(?:[.?!]\W*)?(?:[^.?!]{{0,160}}[.?!]*\W*)?$|"
    # "I can take the series and remove the clean-up.", "If that works, I'll squash it into your patch."
    rf"\bi (?:can|could|will|would)(?: also| just)? (?:take|apply|merge|queue|pick up) (?:it|this|that|them|the \w+) "
    rf"and {_AMEND}"
    rf"\b[^.?!]{{0,80}}(?:[.?!]\W*)?(?:[^.?!]{{0,160}}[.?!]*\W*)?$|"
    r"\bi(?:['’]{1,2}(?:ll)?| can| will| could)(?: just| then| also)? (?:squash|fold) (?:it|this|that|them)"
    r"(?= (?:together|in|into|with)\b)[^.?!]{0,80}(?:[.?!]\W*)?$"
)
_AGREED = Pattern(
    r"(?i)\W*(?:(?:hi|hello|hey|thanks|thank you)(?: \w+)?[,.! ]+)*(?:"
    r"(?:yes|yeah|yep|yup|sure|absolutely|definitely|of course|ok(?:ay)?|no problem|not at all|no objections?|"
    r"go ahead|feel free|perfect|great|nice|cool|good|agreed|thanks?|thank you|thx|fine|(?:much |very )?appreciated)\b"
    r"(?! but\b|, but\b| for\b| point\b| catch\b| idea\b)|"
    r"(?:no,? )?(?:please|pls|kindly)\b(?! (?:don't|do not|wait|hold|ignore|drop))|"
    r"(?:that|it|this)(?:'s| is| would| will|'d|'ll| sounds| works| looks)\b(?! not\b)|sounds\b|works for me|"
    r"i(?:'ve| have) (?:\w+ (?:and )?)?(?:tested|tried) (?:it|this|that|the same|the diff|your)\b[^.]{0,60}\bworks\b|"
    r"i (?:agree|don't mind|do not mind|(?:would|'d) (?:appreciate|be (?:grateful|happy|glad|fine))|appreciate|"
    r"am (?:fine|ok|okay|happy))|i['’](?:d (?:appreciate|be (?:grateful|happy|glad|fine))|m (?:fine|ok|okay|happy)))"
)
# "Please fix the typo when you apply it.", "Could you fold this in while applying?"
_ASKED = Pattern(
    rf"(?i)\b(?:please|pls|kindly|feel free to|(?:can|could|would|may) you|you (?:can|could|may))\b"
    rf"(?: (?:also|just|still|then))? {_AMEND}\b[^.?!]{{0,80}}?"
    r"\b(?:when|while|whilst|upon|on|before|during|as) (?:you(?:'re| are)? )?"
    r"(?:apply|applying|merge|merging|commit|committing|push|pushing|queue|queue?ing|pick|picking)\b"
)
# "Andrew, can you squash the fix below?", "@Rex, could you fix that up?": on linux-mm, patches are queued early.
_FIXUP = Pattern(
    r"(?i)^(?:(?:hi|hello|so|and|ok(?:ay)?)[ ,]+)?(?P<name>@?(?-i:[A-Z])[\w-]+[,:]? )?"
    r"(?:(?:can|could|would|will) you|please|pls|kindly)(?: (?:please|also|just|kindly|then))* (?:"
    r"(?:squash|fold)\b[^.?!]{0,20}\b(?:this(?! patch)|it|following|below|attached|diff|delta|fix-?(?:up|let)?)\b|"
    r"(?(name)fix (?:it|this|that) up\b|(?!)))|"
    r"\bwould you mind (?:\w+ )?fixing (?:it|this|that|the \w+)(?: up)?\b"
)
_OTHERWISE = Pattern(
    r"(?i)\b(?:i(?:'ll|’ll| will| can| am going to)|let me)\b(?! (?:keep (?:it|that|this|all)|remember|bear)\b)|"
    r"\bv\d|\bdon't apply\b"
)


def entrusts(quoted: Sequence[str], sentences: Sequence[str]) -> bool:
    """True if sentences let whoever applies the patch make a change: they offered it right above, or are asked to."""
    read = [sentence for sentence in sentences[:_READ] if len(sentence) <= _LONGEST]
    if not read or any(map(_OTHERWISE.search, read)):
        return False
    if any(_ASKED.search(sentence) or _FIXUP.search(sentence) for sentence in read):
        return True
    if read[0] is not sentences[0] or len(read[0].split()) > _FEW_WORDS or not _AGREED.match(read[0]):
        return False
    lines = [line.strip()[:_LONGEST] for line in quoted if line.strip()][-_OFFERED:]
    return bool(lines) and _AMENDMENT.search(" ".join(lines)) is not None


def is_consent(quoted: Sequence[str], sentences: Sequence[str]) -> bool:
    """True if sentences say yes to what the last quoted lines offer."""
    if not sentences or not _YES.match(sentences[0]):
        return False
    lines = [line.strip() for line in quoted if line.strip()][-_QUOTED:]
    return bool(lines) and "?" in lines[-1] and _OFFER.search(" ".join(lines)) is not None
