"""Recognize that somebody only wants to be told something: "How was this tested?", "Could you share the log?".

Such a remark wants an answer, not a change of the patch.  What is to be told in the patch itself ("please explain this
in the commit message") is a change.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.pattern import Pattern

_LONGEST = 400  # characters of a sentence

_TELL = (
    r"(?:explain|clarify|elaborate|confirm|share|tell|test|try|verify|reproduce|check (?:if|whether|with|that)|"
    r"let (?:me|us) know|point (?:me|us)|show (?:me|us)|(?:provide|post|send|attach|paste|give)(?: \w+){1,4}? "
    r"(?:logs?|dmesg|output|details?|info\w*|numbers|examples?|traces?|backtraces?|configs?|pointers?|links?|results?|"
    r"context|background))"
)
_LEAD = r"^(?:(?:and|so|but|also|just|hm+|ok|well|ah|oh|then|i see|sorry)[,.]? )*"
_INQUIRES = Pattern(
    rf"(?i)\b(?:please|pls|(?:can|could|would|will) you)\b(?: [\w'-]+){{0,4}}? {_TELL}\b|"
    rf"{_LEAD}(?:do|did|have|are|were) you\b[^?]*\?|"
    rf"{_LEAD}(?:should|shall|can|may) i (?:just |still )?"
    r"(?:take|apply|queue|merge|pick|pull)\b[^?]*\?|"
    rf"{_LEAD}(?:what|where|when|who|which|how)\b[^?]*\?|{_LEAD}why(?: \S+){{0,2}} ?\?|"
    r"\b(?:wonder(?:ing)?|curious)\b.{0,20}\b(?:(?:did|do|have|are) you|how|what|where|when|who|which)\b|"
    rf"{_LEAD}(?:is|are|was|does|do|should|can)\b[^?]{{1,120}}\bor\b[^?]{{1,120}}\?|"
    r"\b(?:is|was) (?:that|this|it) (?:correct|right|intentional|intended|expected|on purpose)\b[^?]{0,40}\?"
)
_IN_THE_PATCH = Pattern(
    r"(?i)\b(?:commit|changelog|description|message|comments?|cover|document\w*|kernel-?doc)\b|"
    r"\b(?:how|what) about\b|\bhow do you (?:think|feel) about\b|\bdo you (?:want|mind|need)\b"
)
# "Is there any reason not to use …?", "Have you considered …?": the answer that they hope for is another patch.
_NOT_DO = r"(?:(?:ca|do|does|did|is|are|was|could|would|wo)(?:n't|nnot| not)|cannot)"
_THEY = r"(?:this|that|it|these|those|we|you)"
_PROPOSES = Pattern(
    rf"(?i)\breason (?:not to|(?:why )?{_THEY} {_NOT_DO}|for not|against) [^?]*\?|"
    rf"{_LEAD}why (?:not|{_NOT_DO}) [^?]{{12,}}\?|"
    r"\b(?:have|did|had) you (?:(?:also|ever|already|instead) )*"
    r"(?:considered?|thought (?:about|of)|think (?:about|of)) [^?]*\?|"
    rf"{_LEAD}(?:how|what) about (?:an?\b|just\b|\w+ing\b(?! (?:else|like)\b))[^?]*\?|"
    rf"{_LEAD}(?:is|are|was|were|do|does) {_THEY} (?:really|actually) (?:need|want|necessary|worth)[^?]*\?|"
    rf"{_LEAD}(?:no|missing|where(?:'s| is| are)(?: the| your)?) (?:s-?o-?b|sign(?:ed)?-?off\S*|fixes(?: tag|:)*|tags?|"
    r"change ?log|commit (?:message|log)|description|kernel-?doc|comments?|tests?|selftests?)\b[^?]{0,40}\?|"
    rf"{_LEAD}why [^?]*\b(?:need|needed|necessary|want|bother)\b[^?]* at all\b[^?]*\?|"
    rf"{_LEAD}(?:(?:would|should|could|ca|is)n't|cannot) {_THEY}\b[^?]*\b"
    r"(?:better|instead|rather|cleaner|simpler|nicer|core|subsystem|framework|helper|generic(?:ally)?|common|"
    r"userspace|library)\b[^?]*\?"
)
_ASKS = Pattern(r"(?i)\?|\b(?:please|pls|should|needs?|must|wonder(?:ing)?|curious)\b")


def only_inquires(sentences: Sequence[str]) -> bool:
    """True if all that the sentences ask for is to be told something, and at least one asks."""
    asking = [sentence for sentence in sentences if _ASKS.search(sentence)]
    return bool(asking) and all(map(_inquires, asking))


def proposes(sentences: Sequence[str]) -> bool:
    """True if one of the sentences suggests, as a question, to do it otherwise."""
    return any("?" in sentence and len(sentence) <= _LONGEST and _PROPOSES.search(sentence) for sentence in sentences)


def _inquires(sentence: str) -> bool:
    return len(sentence) <= _LONGEST and bool(_INQUIRES.search(sentence)) and not _IN_THE_PATCH.search(sentence)
