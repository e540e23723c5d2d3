"""Signals: sentences that can change the state of a patch, as people write them.

Each sentence that a sender wrote (not quoted) gives at most one signal, with the sentence as evidence.  A signal states
what somebody claims ("applied"), not that it is true; patchwatch.series.state.decisions judges that.  Ambiguous wording
gives the weaker signal, or none.

Sources: netdev's `pw-bot:` commands (Documentation/process/maintainer-netdev.rst), and mail on the cgroups list from
January 2024 to June 2025.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from patchwatch.mail.message import EXISTS, Signal, SignalKind, Trailer
from patchwatch.mail.sentences import (
    amendments,
    applied,
    bargains,
    breakages,
    claims,
    delays,
    denials,
    elsewhere,
    intentions,
    objections,
    rejections,
    retractions,
)
from patchwatch.mail.sentences.conditions import condition
from patchwatch.mail.sentences.cues import Cues, lists_in
from patchwatch.mail.sentences.dropped import is_dropped
from patchwatch.mail.sentences.handed_on import handed_on
from patchwatch.mail.sentences.questions import is_question
from patchwatch.mail.sentences.split import GIVES_TAGS, MANNERS, evidence, is_about_applying
from patchwatch.mail.sentences.words import word_set, words
from patchwatch.pattern import Pattern

# "I see that this is now in the mainline, and it fails here."
_NOW_MAINLINE = Pattern(
    r"\b(?:this|it|the) (?:(?:patch|commit|change|series) )?(?:is|has|'s) now (?:(?:been )?(?:merged|landed) )?"
    r"(?:in|into|to) (?:the )?(?:mainline|linus'?s? (?:tree|master)|torvalds/\S+)\b",
    re.IGNORECASE,
)
_NOT_MAINLINE = Pattern(r"(?i)\b(?:if|when|once|until|not|as soon as|since)\b|\?")
_AGAIN = r"re-?(?:send|post|spin|submit)|rebase"
_DONE_AGAIN = r"(?:re-?(?:sent|posted|spun|submitted)|rebased)"
_HAVE = r"(?:needs?|has|have)"
_VERSION = (
    r"(?:out )?(?:an? |the )?"
    r"(?:(?:(?:new|next|updated|proper|fixed|refreshed|formal|official|separate|real) )+patch(?:es)?|"
    r"(?:(?:new|next|updated|proper|fixed|refreshed) )*(?:v\d+|version|set|series))"
)
_NEW_VERSION = Pattern(
    rf"\bplease\s+(?:\w+\s+){{0,4}}?(?:{_AGAIN}|sen[dt] {_VERSION})\b|"
    rf"\b(?:can|could) you (?:please )?(?:{_AGAIN}|send {_VERSION})\b|"
    rf"\b(?:needs?|requires?)\s+(?:a\s+)?(?:v\d+|{_AGAIN}|rework|(?:new|another) version)\b|"
    rf"(?<!do )\b(?:you|this|it|patch(?:es|set)?|series|v\d+)(?:'ll| will)? {_HAVE} to "
    rf"(?:{_AGAIN}(?! (?:your (?:tree|branch)|it|them)\b)|be {_DONE_AGAIN}(?! by\b))\b|"
    rf"\bplease\b.{{0,120}}\band (?:then )?(?:{_AGAIN}|"
    r"(?:send|submit|post) (?:it|this|them|a|an|us|the(?! (?:log|output|dmesg|config|result|trace|dump|report)))\b)|"
    r"\byou will\b.{0,40}\bfix the problem in your patch and resubmit\b|"  # Greg Kroah-Hartman's patch-bot
    r"\blooking forward to (?:v\d|the next)|\b(?:v\d+|new version|respin|resend) (?:is )?(?:needed|please)\b",
    re.IGNORECASE,
)
_EDIT = (
    r"(?:add(?! more)|address|avoid|change|convert|correct(?! me)|delete|drop|fix|fold|include|keep|limit|make|mention|"
    r"move|put|remove|rename|reorder|replace|revert|rewrite|rework|separate|shorten|simplify|split|squash|switch|update|"
    r"send (?:it |this |that |them )?(?:as )?(?:an? )?(?:separate|new|proper))"
)
_PLEASE = (
    r"(?:adapt|adjust|align|annotate|base|c[cC](?! me)|cite|collect|combine|consolidate|copy(?! me)|create|declare|"
    r"define|describe(?! (?:how you|what you)\b)|disable|document|drop|enable|ensure|extend|factor|follow|format|guard|"
    r"handle|implement|indent|initiali[sz]e|inline|introduce|justify|line-wrap|list|mark|match|name|namespace|open-code|"
    r"order|organi[sz]e|place|prefix|propagate|quote|refactor|reflow|rephrase|restore|restrict|return|reuse|reverse|"
    r"reword|run (?:\S*checkpatch|sparse|smatch|\S*get_maintainer)|say(?! (?:if|whether)\b)|select|sort|specify|spell|"
    r"state|stick|store|strip|summari[sz]e|sync|tag|target|tidy|trim|turn|unify|use|validate|wrap|write(?! to| me\b))"
)
# What only "please" makes a request: "please do it there", "please never return 0".
_PLEASE_ALSO = (
    r"(?:do (?:it|so|that|the same|them|these|this)\b|expand(?! on what)|find another|get rid|go (?:for|with)|improve|"
    r"leave|start|stop|(?:always|never|only) (?!reply\b)\w+)"
)
# "Can you describe the problem?", "could you enable debugging and send the log?"
_TELL = (
    r"(?:cite|collect|define|describe|disable|enable|ensure|justify|list|name|quote|run|say|select|specify|state|"
    r"summari[sz]e|use|validate)\b"
)
_EDITING = (
    r"(?:re-?(?:sending|posting|spinning|submitting)|rebasing|adding|addressing|changing|converting|documenting|dropping|"
    r"fixing|including|moving|putting|removing|renaming|replacing|rewording|rewriting|simplifying|splitting|squashing|"
    r"switching|updating|wrapping)"
)
_DOES_NOT = r"(?:does(?:n't| not)|did(?:n't| not)|fail(?:s|ed) to) (?:apply|build|compile)"
_A_TREE = r"(?:the latest|linus|mainline|linux|next|net|current|tip|master|my|\S+[/-]\S)"
_CHANGES = Pattern(
    rf"\bplease\s+(?:just\s+|also\s+)?(?:{_EDIT}|{_PLEASE}|{_PLEASE_ALSO})\b|"
    rf"(?<!how )\b(?:can|could) you (?:(?:please|also|just|maybe|perhaps)\s+)*(?:{_EDIT}|(?!{_TELL}){_PLEASE})\b|"
    rf"\bwould you mind {_EDITING}\b|"
    r"\bplease (?:do not|don't) (?!be\b|get\b|forget|hesitate|worry|bother|take\b|reply)\w|"
    r"\bmarked (?:as )?\W?changes[ -]requested\b|"
    r"(?:^(?:sorry, |unfortunately,? )?|\b(?:patch(?:es|set)?(?: \d+)?|series|this|it|v\d+)\b.{0,30}\b)"
    rf"{_DOES_NOT}\b(?! (?:to (?!{_A_TREE})|for|when|any ?more))",
    re.IGNORECASE,
)
# "Could you update the firmware and test it again?" asks the author to try something, not to change the patch.
_SETUP = (
    r"\b(?:update|upgrade|downgrade|switch(?: back)?(?: to)?|use) (?:(?:the|your|an?|another|newer|older|latest) ){0,2}"
    r"(?:\w+ )?(?:firmware|bios|uefi|ec|boot-?loader|u-boot|toolchain|compiler|gcc|clang|dt-?schema|distro\w*)\b"
)
_NOT_ASKED = Pattern(
    r"^(?:if|in case|when|once|(?:in|for) (?:the )?future|next time|i(?! (?:\w+ )?agree\b)|we|i'll|we'll|"
    r"as a follow)\b|"
    r"\b(?:can|could|shall|should|may) (?:we|i) please\b|"
    r"\b(?<!so )(?:in (?:the )?future)|\b(?:next time|follow-?ups?|i applied|your other \w+|"
    r"(?:make|do|send|prepare|submit|post|write|have) (?:an? )?(?:similar|separate|another|additional) "
    r"(?:patch|series|fix)|"
    r"on top of (?:this|that|it|these|those|what|the (?:series|patch))|"
    r"if you (?:fix|want|like|need|have to|think|insist))\b|"
    r"(?:\bnot|n't) (?:think|believe|say(?:ing)?|want) [^.;]{0,20}\bto (?:be )?re|"
    r"\bpatch on top\b|\b(?:when|while|before|upon|on) (?:you (?:apply|merge|queue|commit|pick)|"
    r"(?:applying|merging|committing|queue?ing|picking|pulling))\b|"
    rf"{GIVES_TAGS}|{MANNERS}|"
    rf"{_SETUP}.{{0,40}}\b(?:and|then|to) (?:\w+ )?(?:re-?test|test|re-?try|try|(?:see|check) (?:if|whether))\b",
    re.IGNORECASE,
)

_SUBJECT = Pattern(r"(?i)(?:\b(?:the|this) )?\$subject\b")
_QUERY = Pattern(r"(://[^\s?]+)\?[^\s>)\]]*")  # of a web address: its question mark asks nothing
_WHOLE = Pattern(
    r"\b(?:for|to|on) (?:the |this )?(?:(?:whole|entire|full|complete) )?(?:series|patch ?set|set)\b|"
    r"\b(?:the|this|whole|entire) (?:series|patch ?set) (?:looks?|lgtm|seems|is (?:good|fine))\b|"
    r"\bseries looks (?:\w+ )?(?:good|great|fine)\b|\bfor all (?:\w+ )?patches\b|"
    r"\ball (?:the )?patches (?:look|lgtm)\b",
    re.IGNORECASE,
)
_REVIEWS = frozenset({"Acked-by", "Reviewed-by"})
_VERSION_NUMBER = Pattern(r"v\d")
_THANKED = Pattern(
    r"(?i)\b(?:applied|merged|queued|pushed|committed|picked)(?: (?:it|out|up))?\W{1,6}"
    r"(?:many )?(?:thanks?|thank you|thx)\b"
)
# "3 patches set to Changes Requested."
_SET_TO = Pattern(
    r"^[ \t]*(?:\d+ )?patch(?:es|set)? set to (changes requested|deferred|rejected)\b", re.MULTILINE | re.IGNORECASE
)
_PW_BOT = Pattern(r"^[ \t]*pw-bot:[ \t]*([a-z][\w /-]*)", re.MULTILINE | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Rule:
    """A kind of sentence: matches `pattern`, unless `unless` matches too.

    The sentence must have one of the `cues`.  It has one of the `words` if it matches: a quick test.
    """

    kind: str
    cues: Cues
    words: frozenset[str]
    pattern: Pattern[str]
    unless: Pattern[str]
    detail: str = ""

    def fits(self, sentence: str, lowered: str) -> bool:
        return (
            self.cues.occur(lowered)
            and (not self.words.isdisjoint(words(lowered)) or _VERSION_NUMBER.search(lowered) is not None)
            and self.pattern.search(sentence) is not None
            and self.unless.search(sentence) is None
        )


# The first match wins.
_RULES = (
    _Rule(
        SignalKind.REINSTATED,
        Cues("after all|anyway|neverthe|nonethe| still | my |reinstat|resurrect|reviv|unwithdr|un-withdr"),
        word_set(
            "all anyway nevertheless nonetheless still ignore disregard forget scratch reinstate reinstating resurrect "
            "resurrecting revive reviving unwithdraw unwithdrawing withdraw withdrawing"
        ),
        retractions.REINSTATES,
        retractions.NOT_REINSTATED,
    ),
    _Rule(
        SignalKind.WITHDRAWN,
        Cues(
            "drop|ignore|disc|disreg|aband|nak|withdr|retract|forget|give up|patch|series|sion|pursu|continu|postponed|"
            "skipped|left out| no need for | no reason for "
        ),
        word_set(
            "please kindly pls withdraw withdrew withdrawn withdrawing abandon abandoned abandoning drop dropped "
            "dropping discard retract give forget nak selfnak ignored discarded disregarded version versions revision "
            "revisions pursue pursuing continue continuing need reason needed necessary required postponed skipped left"
        ),
        intentions.WITHDRAWS,
        intentions.NOT_WITHDRAWN,
    ),
    _Rule(
        SignalKind.CHANGES,
        Cues("please|need|require| you |you will|look|has to|have to"),
        word_set("please can could need needs needed require requires looking resubmit has have"),
        _NEW_VERSION,
        _NOT_ASKED,
        "version",
    ),
    _Rule(
        SignalKind.CHANGES,
        Cues("please| you |n't | not |fail|marked"),
        word_set("please can could mind marked apply build compile"),
        _CHANGES,
        _NOT_ASKED,
    ),
    _Rule(
        SignalKind.PROMISE,
        Cues(
            "will|going to|'ll|let me|shall|i can|i plan|i intend|next |new |coming|following |formal |final |in v|"
            "in my |for v|locally| way|follow|sending|posting|preparing|working on|ready|posted| sent| out| up| soon|"
            " shortly| today| tomorrow| in a "
        ),
        word_set(
            "ll will shall going plan intend can let next new coming following formal final incoming way soon locally "
            "updated revised reworked fixed corrected "
            "tree branch sending posting preparing working out ready posted sent up shortly today tomorrow bit few "
            "minute moment second"
        ),
        intentions.PROMISES,
        intentions.NOT_PROMISED,
    ),
)
_APPLYING = Cues(
    "went in|upstream|mainline| in now| in already|gone in|"
    "took|add it|add th|commit|comit|grab|replaced|appl|queu|merge|pushed|moved to|pick|take|taking|pull|added|put |"
    " tree|-next|staged|accepted|squash|fold|landed|travel|in flight|its way|next|in mm-|/dev|/fixes|/testing|"
    "/staging|/urgent|/main|/master|/for-"
)
_MAX_OPINION = 600  # characters
_DROPPING = Cues("drop|revert|back|queue|appl|removed ")
_WILL_APPLY = Cues(
    "apply it|apply th|merge it|merge th|queue|take it|take th|pick|push|pull|grab|upstream|to linus|to andrew|to akpm|"
    "stick|stuff|put "
)
# What a sentence that leaves patches to another tree does not want of the author.
_TO_ANOTHER = (SignalKind.WISH, SignalKind.QUESTION, SignalKind.CHANGES, SignalKind.PROMISE, SignalKind.WILL_APPLY)
_HOLDING = Cues("hold|apply|merge|queue|take|pick|pull|push|commit")


def commands(text: str) -> tuple[Signal, ...]:
    """The `pw-bot: <command>` lines of a mail, or where it says what patchwork's state is now; quoted ones left out."""
    lowered = text.lower()
    pattern = _PW_BOT if "pw-bot:" in lowered else _SET_TO if " set to " in lowered else None
    lines = pattern.finditer(text) if pattern else ()
    return tuple(Signal(SignalKind.COMMAND, evidence(found[0]), found[1].strip().lower()) for found in lines)


def of_tags(sentences: Sequence[str], tags: Iterable[Trailer]) -> Iterator[Signal]:
    """What the sentences of a reply say of its own tags: that they are for the whole series, or on what condition."""
    if for_all := next((s for s in sentences if _WHOLE.search(s) and "?" not in s), None):
        yield Signal(SignalKind.FOR_ALL, evidence(for_all))
    if any(tag.own and tag.name in _REVIEWS for tag in tags) and (found := condition(sentences)):
        sentence, named = found
        yield Signal(SignalKind.CONDITION, evidence(sentence), "named" if named else "")


def person_signals(sentences: Sequence[str]) -> list[Signal]:
    """The signals in a person's reply: the sentences that they wrote.

    "$subject" is "this" patch or series; what follows the question mark of a web address is not read.
    """
    read = [_as_read(sentence) for sentence in sentences]
    if all(map(operator.is_, read, sentences)):
        return _signals(sentences)
    written = dict(zip(map(evidence, read), map(evidence, sentences), strict=True))
    return [Signal(signal.kind, written.get(signal.text, signal.text), signal.detail) for signal in _signals(read)]


def _as_read(sentence: str) -> str:
    if "$" in sentence:
        sentence = _SUBJECT.sub("this", sentence)
    return _QUERY.sub(r"\1", sentence) if "://" in sentence and "?" in sentence else sentence


def _signals(sentences: Sequence[str]) -> list[Signal]:
    signals: list[Signal] = []
    reported: Signal | None = None  # a mail reports applied patches once, or in numbers
    previous = ""
    for sentence in sentences:
        lowered = sentence.lower()
        may_be = "already" in lowered or lowered.startswith("they")
        another = may_be and elsewhere.another_was_taken(sentence, previous)
        previous = sentence
        left = handed_on(sentence, lowered)
        if left is not None:
            signals.append(Signal(SignalKind.HANDED_ON, evidence(sentence), left))
        if not another and (reported is None or applied.is_of_some(reported.detail)) and _APPLYING.occur(lowered):
            report = _report(sentence, lowered)
            if reported and report and (which := applied.together(reported.detail, report.detail)):
                signals[signals.index(reported)] = reported = Signal(SignalKind.APPLIED, reported.text, which)
                continue
            if reported is None and report is not None:
                reported = report if report.kind == SignalKind.APPLIED else None
                signals.append(report)
                continue
            if reported is None and (patches := claims.claimed_patches(sentence)) is not None:
                # From people who do not commit it may mean something else.
                signals.append(Signal(SignalKind.CLAIMED, evidence(sentence), patches))
        found = (None if another else _judgment(sentence, lowered)) or _wish(sentence, lowered)
        if found is not None and (left is None or found.kind not in _TO_ANOTHER):
            signals.append(found)
    return signals


def with_thanks(found: Iterable[Signal], text: str) -> Iterator[Signal]:
    """The signals of a mail, with the thanks below "Applied.": people who have no tree rarely give any."""
    for signal in found:
        if signal.kind == SignalKind.APPLIED and "thank" not in signal.text.lower() and _THANKED.search(text):
            yield Signal(signal.kind, evidence(f"{signal.text} Thanks"), signal.detail)
        else:
            yield signal


def _report(sentence: str, lowered: str) -> Signal | None:
    """What a sentence reports of patches that were applied."""
    if "already" in lowered and elsewhere.is_taken_elsewhere(sentence):
        return Signal(SignalKind.ELSEWHERE, evidence(sentence), EXISTS)
    patches = applied.applied_patches(sentence)
    return None if patches is None else Signal(SignalKind.APPLIED, evidence(sentence), patches)


def _judgment(sentence: str, lowered: str) -> Signal | None:
    """What a sentence says of the patch as a whole: where it went, or that it is refused."""
    if " now " in lowered and _NOW_MAINLINE.search(sentence) and not _NOT_MAINLINE.search(sentence):
        return Signal(SignalKind.MAINLINED, evidence(sentence))
    if _DROPPING.occur(lowered) and is_dropped(sentence) and not elsewhere.is_taken_instead(sentence):
        return Signal(SignalKind.UNAPPLIED, evidence(sentence))
    if bargains.asks_in_return(sentence, lowered):
        return Signal(SignalKind.CHANGES, evidence(sentence))
    if _WILL_APPLY.occur(lowered) and applied.intends_to_apply(sentence):
        return Signal(SignalKind.WILL_APPLY, evidence(sentence))
    if amendments.amends(sentence, lowered):
        return Signal(SignalKind.WILL_APPLY, evidence(sentence))
    if "ignore" in lowered and retractions.dismisses_another(sentence):
        return Signal(SignalKind.DISMISSED, evidence(sentence))
    if breakages.reports_breakage(sentence, lowered) or retractions.takes_tag_back(sentence, lowered):
        return Signal(SignalKind.CHANGES, evidence(sentence))
    if denials.objects_to_nothing(sentence, lowered):
        return Signal(SignalKind.SATISFIED, evidence(sentence))
    if nak := rejections.nak(sentence, lowered):
        return Signal(SignalKind.NAK if nak == "whole" else SignalKind.CHANGES, evidence(sentence))
    if rejections.keeps_current_code(sentence, lowered):
        return Signal(SignalKind.NAK, evidence(sentence), "left")
    if (done := elsewhere.done_elsewhere(sentence, lowered)) is not None:
        return Signal(SignalKind.ELSEWHERE, evidence(sentence), done)
    if claims.may_apply_later(lowered) and claims.applies_later(sentence):
        return Signal(SignalKind.WILL_APPLY, evidence(sentence))
    if refusal := rejections.refusal(sentence, lowered):
        kind = SignalKind.CHANGES if refusal == "conditional" else SignalKind.NAK
        return Signal(kind, evidence(sentence), "drop" if refusal == "drop" else "")
    if "?" not in sentence and len(sentence) <= _MAX_OPINION and delays.is_deferral(sentence, lowered):
        return Signal(SignalKind.DEFERRED, evidence(sentence))
    if "hold" in lowered and claims.postpones(sentence):
        return Signal(SignalKind.WILL_APPLY, evidence(sentence))
    if _HOLDING.occur(lowered) and claims.holds(sentence):
        return Signal(SignalKind.HOLD, evidence(sentence))
    return None


def _wish(sentence: str, lowered: str) -> Signal | None:
    """What a sentence asks, promises or doubts."""
    shown = sentence
    asked = denials.without_denials(sentence, lowered)
    # "I won't send another version" denies a version, too, but withdraws the patch.
    if asked is not sentence and not _RULES[0].fits(sentence, lowered):
        sentence, lowered = asked, asked.lower()  # "no need to resend, but please fix it"
    if len(sentence) <= _MAX_OPINION and delays.asks_for_review(sentence, lowered):
        return Signal(SignalKind.REVIEW_WANTED, evidence(shown))
    possible = lists_in(lowered)
    if rule := next((rule for rule in _RULES if possible & rule.cues.bit and rule.fits(sentence, lowered)), None):
        return Signal(rule.kind, evidence(shown), rule.detail)
    if "?" in sentence and is_question(sentence):
        return Signal(SignalKind.QUESTION, evidence(shown))
    if len(sentence) > _MAX_OPINION:
        return None
    if objections.lets_it_stand(sentence, lowered):
        return Signal(SignalKind.SATISFIED, evidence(shown))
    if objections.is_wish(sentence, lowered) and not is_about_applying(sentence):
        return Signal(SignalKind.WISH, evidence(shown))
    if objections.is_doubt(sentence, lowered):
        return Signal(SignalKind.DOUBT, evidence(shown), "flaw" if objections.is_flaw(sentence, lowered) else "")
    if objections.is_satisfied(sentence, lowered):
        return Signal(SignalKind.SATISFIED, evidence(shown))
    if delays.intends_to_review(sentence, lowered):
        return Signal(SignalKind.WILL_REVIEW, evidence(shown))
    return None
