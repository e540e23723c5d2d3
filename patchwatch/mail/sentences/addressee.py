"""Whom a sentence of a reply is said to, and what an author's promise is of: told from how it is put.

"Andrew, can you take this?" is said to Andrew, whoever wrote the patch; "will do that in a follow-up" changes nothing
about the patch at hand.  What follows is decided elsewhere (patchwatch.series.state.machine).
"""

from __future__ import annotations

import re

# "Andrew, can you take this?", "Waiman, what do you think?": said to him, whoever wrote the patch.
_CALLED = re.compile(
    r"(?:(?:H(?:i|ello|ey)|But|And|So|Also|Also cc'ing)[ ,]+)?"
    r"(?!(?:Al(?:so|ternatively|though)|And|Again|Any(?:way|ways|how)|As|At|Besides|"
    r"Btw|But|By|Else|F(?:irst|urthermore|WIW|YI|TR)|For|H(?:ere|ence|i|ello|ey|m+|owever)|I(?:f|n|IUC|IRC|MO|MHO|OW)|Instead|"
    r"Just|Maybe|Meanwhile|Moreover|Next|No|Nit|Nope|Now|O(?:h|k|kay|n|TOH|therwise|ne)|Perhaps|Please|Plus|Q|Question|Right|See|"
    r"Second|Since|So|Sorry|Still|Sure|Thanks|That|The|Then|There(?:fore)?|This|Though|Thus|To|Um|Well|What|When|While|Yeah?|Yep|"
    r"Yes|You)\b|[A-Z]\w+ly\b)([A-Z][a-z]\w*)(?:(?:,? and |/|, )([A-Z][a-z]\w*))?, (?=\w)"
)
_BESIDE = re.compile(
    r"(?i)\b(?:follow(?:ing)?[ -]?ups?|on top|separate(?:ly)?|fix-?up|later (?:patch|series)|future|squash|reproduce|"
    r"fix diff|fixlet|"
    r"test\w*|another (?:patch|series)|tags?|acks?|but)\b"
)
_AFTERWARDS = re.compile(
    r"(?i)\b(?:follow(?:ing)?[ -]?ups?|on top|(?:in|for) (?:the )?future|(?:later|future) (?:series|cycle|release))\b"
)
_NEXT_VERSION = re.compile(
    r"(?i)\b(?:v\d+|(?:next|new|formal|final) (?:version|revision|rev|spin|iteration|round)|"
    r"re-?(?:spin|send|post|submit))\b"
)


def addressees(sentence: str) -> tuple[str, ...]:
    """The names, in lower case, that a sentence calls; empty where it calls nobody."""
    called = _CALLED.match(sentence)
    return tuple(name.lower() for name in called.groups() if name) if called else ()


def is_about_this_patch(promise: str) -> bool:
    """Whether an author's promise is about the patch at hand, and not about a follow-up, a test or tags."""
    return _BESIDE.search(promise) is None


def is_about_follow_up(promise: str) -> bool:
    """Whether an author's promise is of work after this patch: nobody waits for it to go on with the patch."""
    return _AFTERWARDS.search(promise) is not None and not names_next_version(promise)


def names_next_version(promise: str) -> bool:
    """Whether an author's promise names the next version."""
    return _NEXT_VERSION.search(promise) is not None
