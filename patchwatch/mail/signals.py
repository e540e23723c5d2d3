"""Sentences that move a patch, as robots and people write them.

Each function reads an author's own words (never a quote) and returns signals with the sentence as evidence.  What they
mean for a series is decided elsewhere (patchwatch.status): here is only "who says applied", not "is applied".

Sources: patchwork's bot (git.kernel.org, korg-helpers `git-patchwork-bot`), `b4 ty`'s thanks, tip-bot2 (x86 tip), Andrew
Morton's mm-commits mails, pr-tracker-bot, netdev's `pw-bot:` commands (Documentation/process/maintainer-netdev.rst),
0-day (lkp), syzbot, and the wording of people on the cgroups list from January 2024 to June 2025.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from patchwatch.mail.message import Person, Signal

APPLIED = "applied"  # into a maintainer's tree; detail: "1-2,4" when only these patches, else empty
MAINLINED = "mainlined"  # a pull request was merged into Linus's tree
UNAPPLIED = "unapplied"  # dropped or reverted after it had been applied
NAK = "nak"
CHANGES = "changes"  # a new version or an answer is asked for
QUESTION = "question"
COMMAND = "command"  # pw-bot: detail is patchwork's state
PROMISE = "promise"  # the sender will post something himself
WITHDRAWN = "withdrawn"  # the author takes it back
FAILURE = "failure"  # a robot found that it does not build, or worse

_MAX_EVIDENCE = 200

_BOTS = re.compile(
    r"(?:patchwork-bot|pr-tracker-bot|tip-bot2?|kernel-test-robot|^lkp@|^oliver\.sang@intel|^philip\.li@intel|syzbot|"
    r"syzkaller|kernelci|^bot@|-bot@|bot\+|^noreply@|no-reply|^buildbot|^broonie\+bot|^sashal\+bot|"
    r"^patchwork@|bpf-ci|kernel-patches-bot|^ci@|^bugzilla-daemon|checkpatch@|^test_report|^regzbot)",
    re.IGNORECASE,
)
_BOT_NAMES = re.compile(r"(?i)\b(?:kernel test robot|syzbot|tip-bot2? for|pr-tracker-bot|kernelci\S* bot|patchwork bot)\b")

_APPLIED_BY_BOT = re.compile(
    r"^(?:This (?:series|patch|pull request) was applied to (\S+)[^\n]*|The following commit has been merged into the (\S+) branch[^\n]*)",
    re.MULTILINE,
)
_MM_ADDED = re.compile(r"^has been added to the -mm (\S+) branch", re.MULTILINE)
_MM_REMOVED = re.compile(r"^has been removed from the -mm tree", re.MULTILINE)
_MM_REASON = re.compile(r"^This patch was dropped because (.+)$", re.MULTILINE)
_PULL_MERGED = re.compile(r"^The pull request you sent on [^\n]*(?:\n[^\n]*){0,3}?\n?\s*has been merged into (\S+)", re.MULTILINE)
_PW_BOT = re.compile(r"^[ \t]*pw-bot:\s*([a-z][\w /-]*)", re.MULTILINE | re.IGNORECASE)
_B4_THANKS = re.compile(r"^\[(\d+)/(\d+)\] .+\n\s+(?:commit: [0-9a-f]{7,}|https?://\S+)", re.MULTILINE)

_TREE = r"(?:\s+(?:it\s+|this\s+|them\s+|both\s+|all\s+)?(?:to|into|in|on|onto|for|with|via|through|by|from)\s+\S.*)"
_NUMBERS = r"(?:patch(?:es)?\s+)?#?(\d+(?:\s*(?:-|–|to|through|,|and|&)\s*#?\d+)*)"
_APPLIED = re.compile(
    rf"(?:^|(?<=[.!]\s)|(?<=,\s))(?:ok(?:ay)?[,.]?\s+|thanks?[,.!]?\s+|thank you[,.!]?\s+|both\s+|all\s+|series\s+|patch\s+|now\s+|and\s+|"
    r"great[,.!]?\s+|good[,.!]?\s+|looks good[^.]{0,20}[,.]\s+|lgtm[,.!]?\s+|sure[,.]?\s+|alright[,.]?\s+|"
    r"i(?:'ve| have)?\s+(?:now\s+|just\s+|already\s+|also\s+|manually\s+)?|we(?:'ve| have)?\s+(?:now\s+|just\s+)?)*"
    rf"(?:applied|queued(?:\s+up)?|merged|pushed|picked(?:\s+(?:it|this|them))?(?:\s+up)?|taken)(?:\s+{_NUMBERS})?"
    r"(?:\s+(?:it|this|that|them|both|all|everything|the (?:whole )?series|the patch(?:es|set)?|this (?:patch|series|one)|now|manually))*"
    rf"(?:{_TREE}|\s*[.,!;:—-].*|\s+(?:thanks?|thx|with)\b.*|\s+\S*/\S+.*|)\s*$",
    re.IGNORECASE,
)
_WILL_TAKE = re.compile(
    r"^(?:ok(?:ay)?[,.]?\s+|thanks?[,.!]?\s+|sure[,.]?\s+)*(?:i(?:'ll| will| can)(?: just| also)?\s+(?:take|apply|queue|pick up|merge)|"
    r"i'm (?:applying|taking|queuing|queueing))\s+(?:this|it|them|the (?:series|patch|patches)|these)\b(?!.*\b(?:if|once|when|after|unless)\b)",
    re.IGNORECASE,
)
_NOT_APPLIED = re.compile(
    r"(?i)\b(?:not|n't|never|cannot|can't|if|once|when|after|before|until|should|could|would|might|may|can|to be|were|your|"
    r"your suggestion|offline|locally|on top of|conflict|fails?|failed|my (?:local|test)\w*)\b|\?"
)
_PARTIAL_WORDS = re.compile(
    r"(?i)\b(?:first|last|latter|rest|remaining|some of|part of|one of|patch(?:es)?\s+#?\d|only|except|minus|without)\b"
)
_UNAPPLIED = re.compile(
    r"(?i)^(?:(?:ok(?:ay)?|thanks|sure|sorry|so|well)[,.!]?\s+)*(?:(?:i(?:'ve| have)?|i'm|we(?:'ve| have)?)\s+)?(?:now\s+|just\s+)?"
    r"(?:dropped|dropping|reverted|reverting|backed out|(?:i'll|i will) (?:drop|revert|back))\b(?:\s+(?:it|this|that|them|the (?:patch|series)|v\d+|from))"
    r"|^so I'll drop v\d+ from"
)
_NAK = re.compile(
    r"(?:^|(?<=[.,!:]\s)|\bso\s+|\bformal\s+|\bbig\s+|\bstrong\s+|\ba\s+)(?:NAK|NACK|Nacked|nack|Nak|Nack)\b(?!ed-by:)|^\s*Nacked-by:", re.MULTILINE
)
_NOT_NAK = re.compile(r"(?i)\b(?:your|his|their|if|unless|not|n't|avoid|without|previous|last|would be)\b.{0,24}$|[\"'`]$")
_CHANGES = re.compile(
    r"(?i)(?:\bplease\s+(?:re-?send|re-?post|re-?spin|rebase|split|fix|drop|add|use|remove|rename|update|change|address|send (?:a )?(?:v\d|new)|move|follow|rework|don't|do not|make|explain|cc|run|keep|put|include|describe|elaborate)\b|"
    r"\b(?:needs?|requires?)\s+(?:a\s+)?(?:v\d|respin|re-?spin|rework|rebase|new version|another version|changes)\b|"
    r"\bcan you (?:please\s+)?(?:re-?send|re-?spin|respin|rebase|split|fix|add|drop|send|update|resubmit)\b|"
    r"\bdoes(?:n't| not) (?:apply|build|compile)\b|\blooking forward to (?:v\d|the next)|\bplease\b.{0,40}\bv\d\b)"
)
_PROMISE = re.compile(
    r"(?i)(?:\b(?:i(?:'ll| will| am going to|'m going to)|will|going to|let me|shall)\s+(?:just\s+|also\s+|then\s+|definitely\s+|be\s+)?"
    r"(?:fix(?:ing)?|update|updating|change|send(?:ing)?|re-?send|re-?spin|re-?post|post(?:ing)?|rework|rebase|drop|remove|add|make|modify|correct|address|amend|improve|split|do (?:that|it|so|this)|"
    r"include|rename|revise|switch|move|put|use|prepare|submit|resubmit|clean)\b|"
    r"\bin (?:the )?(?:next|new) (?:version|revision|spin|iteration|patch)\b|\b(?:fixed?|done|updated?|changed?|added|dropped) (?:it |this )?in (?:the next|v\d)|\bin v\d+\b)"
)
_WITHDRAWN = re.compile(
    r"(?i)(?:\bplease (?:ignore|drop|discard|disregard) (?:this|it|the) ?(?:patch|series|version|one|mail|v\d)?|\bi(?:'ll| will| am going to) (?:drop|withdraw|abandon) (?:this|it|the) ?(?:patch|series)?(?: for now)?\s*[.!]|\b(?:self-?nak|withdrawn|withdrawing)\b)"
)
# Plain substring tests before the patterns: nine sentences in ten say nothing of this kind, and `in` is cheap.
_ABOUT_APPLYING = ("applied", "queued", "merged", "pushed", "picked", "taken", "taking", "applying", "queuing", "queueing", "i'll", "i will", "i can")
_ABOUT_UNDOING = ("drop", "revert", "back")
_ABOUT_ASKING = ("please", "need", "require", "can you", "n't ", "not ", "look")
_ABOUT_PROMISING = ("will", "going to", "i'll", "let me", "shall", "in the", "in next", "in new", "in v")
_ABOUT_WITHDRAWING = ("ignore", "drop", "discard", "disregard", "withdraw", "abandon", "nak")
_FAILURE_SUBJECT = re.compile(r"(?i)(?:error|warning|fail|BUG|WARNING|KASAN|regression|sparse|undefined)")
_FAILURE = re.compile(
    r"(?im)(?:\bkernel test robot noticed [^\n]*|^All (?:errors|warnings)[^\n]*|^syzbot (?:has found|ci has tested|tried)[^\n]*|"
    r"\bBUG:[^\n]*|\b(?:build|CI|test) (?:failed|failure)\b[^\n]*)"
)


def is_bot(sender: Person) -> bool:
    """Whether a robot sent this: its mails are results, not reviews."""
    return bool(_BOTS.search(sender.email) or _BOT_NAMES.search(sender.name))


def bot_signals(sender: Person, subject: str, text: str) -> Iterator[Signal]:
    """What a robot's mail says (`text` is the whole mail: robots are recognised by their forms)."""
    if found := _APPLIED_BY_BOT.search(text):
        yield Signal(APPLIED, _evidence(found[0]))
    elif found := _PULL_MERGED.search(text):
        tree = found[1].rstrip(":")
        yield Signal(MAINLINED, _evidence(" ".join(found[0].split())), tree)
    elif sender.email.startswith("syzbot") or _FAILURE_SUBJECT.search(subject) or "noticed the following" in text:
        sentence = next((m[0] for m in _FAILURE.finditer(text)), subject)
        yield Signal(FAILURE, _evidence(sentence))


def mm_signals(text: str) -> Iterator[Signal]:
    """Andrew Morton's automatic mails: a patch goes into, or leaves, his tree."""
    if found := _MM_ADDED.search(text):
        yield Signal(APPLIED, _evidence(f"This patch has been added to the -mm {found[1]} branch"))
    elif _MM_REMOVED.search(text):
        reason = _MM_REASON.search(text)
        why = reason[1].strip() if reason else ""
        sentence = f"This patch was dropped because {why}" if why else "has been removed from the -mm tree"
        yield Signal(APPLIED if "was merged into" in why else UNAPPLIED, _evidence(sentence))


def commands(text: str) -> tuple[Signal, ...]:
    """`pw-bot: <command>` lines of a whole mail; a quoted one does not begin the line."""
    return tuple(Signal(COMMAND, _evidence(found[0]), found[1].strip().lower()) for found in _PW_BOT.finditer(text))


def person_signals(words: str) -> Iterator[Signal]:
    """What a person says in his own words."""
    thanked = [int(found[1]) for found in _B4_THANKS.finditer(words)]
    thanked_of = max((int(found[2]) for found in _B4_THANKS.finditer(words)), default=0)
    said: set[str] = set()
    for sentence in sentences(words):
        lowered = sentence.lower()

        def about(words: tuple[str, ...], lowered: str = lowered) -> bool:
            return any(word in lowered for word in words)

        if "applied" not in said and about(_ABOUT_APPLYING) and (signal := _applied(sentence, thanked, thanked_of)):
            said.add("applied")
            yield signal
        elif about(_ABOUT_UNDOING) and _UNAPPLIED.search(sentence):
            yield Signal(UNAPPLIED, _evidence(sentence))
        elif ("nak" in lowered or "nack" in lowered) and _is_nak(sentence):
            yield Signal(NAK, _evidence(sentence))
        elif about(_ABOUT_WITHDRAWING) and _WITHDRAWN.search(sentence):
            yield Signal(WITHDRAWN, _evidence(sentence))
        elif about(_ABOUT_ASKING) and _CHANGES.search(sentence):
            yield Signal(CHANGES, _evidence(sentence))
        elif about(_ABOUT_PROMISING) and _PROMISE.search(sentence):
            yield Signal(PROMISE, _evidence(sentence))
        elif sentence.endswith("?") and len(sentence) > 3:
            yield Signal(QUESTION, _evidence(sentence))


def _is_nak(sentence: str) -> bool:
    found = _NAK.search(sentence)
    return found is not None and not _NOT_NAK.search(sentence[: found.start()])


def _applied(sentence: str, thanked: list[int], thanked_of: int) -> Signal | None:
    if len(sentence) > 240:
        return None
    found = _APPLIED.search(sentence)
    if not found or _NOT_APPLIED.search(found[0]):
        return Signal(APPLIED, _evidence(sentence)) if _WILL_TAKE.search(sentence) and "?" not in sentence else None
    detail = ""
    if thanked:
        detail = "" if len(set(thanked) - {0}) >= thanked_of else ",".join(map(str, sorted(set(thanked))))
    elif found[1]:
        detail = " ".join(found[1].split())
    elif _PARTIAL_WORDS.search(sentence):
        detail = "some"
    return Signal(APPLIED, _evidence(sentence), detail)


_ABBREVIATION = re.compile(r"(?i)\b(?:e\.g|i\.e|etc|vs|cf|w\.r\.t|mr|dr|no)\.$")


def sentences(words: str) -> Iterator[str]:
    """The sentences of a text, lines of a paragraph joined; a list item or a trailer stands alone."""
    for paragraph in re.split(r"\n[ \t]*\n", words):
        joined: list[str] = []
        for one in paragraph.split("\n"):
            stripped = one.strip()
            if not stripped:
                continue
            if joined and (_STARTS_ALONE.match(stripped) or joined[-1].endswith((".", "!", "?", ":"))):
                yield from _split(" ".join(joined))
                joined = []
            joined.append(stripped)
        if joined:
            yield from _split(" ".join(joined))


_STARTS_ALONE = re.compile(r"(?:[-*#\[]|\d+[.)]\s|[A-Z][\w-]+:\s|https?://|pw-bot:|Applied\b|Queued\b|Thanks\b|\+|@@)")


def _split(text: str) -> Iterator[str]:
    begin = 0
    for found in re.finditer(r"[.!?]+(?=\s+[\"'(]?[A-Z])", text):
        if _ABBREVIATION.search(text[begin : found.end()]):
            continue
        yield text[begin : found.end()].strip()
        begin = found.end()
    if text[begin:].strip():
        yield text[begin:].strip()


def _evidence(sentence: str) -> str:
    sentence = " ".join(sentence.split())
    return sentence if len(sentence) <= _MAX_EVIDENCE else sentence[: _MAX_EVIDENCE - 1].rstrip() + "…"
