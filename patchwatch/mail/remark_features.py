"""What shows that a remark asks something of a patch's author: where it stands, its form, and a few words.

A feature is there or not.  Words are general English, in groups that mean much the same: there are too few labelled
remarks to learn single words from.  patchwatch.mail.remark_model weighs the features.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import dataclass

from patchwatch.mail.message import SignalKind
from patchwatch.mail.sentences.addressee import addressees
from patchwatch.mail.sentences.words import word_set
from patchwatch.pattern import Pattern


@dataclass(frozen=True, slots=True)
class Seen:
    """A remark as its mail shows it."""

    sentences: Sequence[str]
    substance: Sequence[str]  # the sentences that are neither courtesy nor tags
    quote: Sequence[str]  # the last lines that are quoted above it, with their marks
    quoted: Sequence[str]  # the last of them without marks, but those that somebody else had quoted
    code: str | None  # the line of a diff that it stands right below
    signals: Sequence[str]  # kinds of the signals in it
    patch: bool  # with a diff of the sender
    printed: str  # the first line in it that a program printed; empty if none did
    tag: bool  # with a tag of the sender
    first: bool  # in its mail
    on_patch: bool  # the mail quotes a patch itself, not only what somebody said about it
    on_posting: bool  # the mail replies to a posting, judged by its message-id

    @property
    def says_anything(self) -> bool:
        """False if it is only courtesy and tags."""
        return bool(self.substance or self.patch or self.printed)


_WORDS: Mapping[str, str] = {
    "please": "please pls kindly",
    "should": "should shouldn't must ought",
    "needs": "need needs needed require requires required",
    "order": "drop remove use add move rename split fix keep make put change replace explain define describe document "
    "avoid update resend rebase squash merge reorder sort return convert wrap extend include mention",
    "prefer": "instead rather better prefer preferred preferable preferably alternatively",
    "perhaps": "maybe perhaps might may could suggest suggestion consider worth wonder wondering",
    "flaw": "wrong incorrect incorrectly broken breaks break bug bugs buggy invalid mistake missing missed forgot "
    "lacks unused unnecessary needless unneeded redundant superfluous useless pointless bogus confusing unclear odd "
    "strange weird misleading ugly overkill suspicious fragile inconsistent unreadable hard confused",
    "failure": "fail fails failed failing error errors warning warnings warn crash crashes deadlock leak leaks race "
    "hang hangs regression undeclared",
    "nit": "nit nits nitpick typo typos minor spelling style",
    "why": "why",
    "not": "not don't doesn't isn't can't won't cannot never no aren't didn't nothing without",
    "same": "ditto same likewise also similarly too again here",
    "you": "you your you're you've you'd",
    "sender": "i i'm i've i'd i'll my me",
    "we": "we we're we've let's us our",
    "think": "think guess believe suppose seems seem looks look assume feel understand",
    "will": "will going gonna plan planning",
    "agreement": "agree agreed right correct fine ok okay good nice great sure yes yeah yep indeed exactly true",
    "sorry": "sorry oops oh ah hmm apologies misread",
    "others": "he she his her they maintainer maintainers others somebody someone everybody people folks",
    "taking": "apply applied applying queue queued pick picked merged pushed tree branch",
}
"""Groups of words, by the feature that one of them is enough for."""

_OPENINGS: Mapping[str, str] = {
    "begins-agreeing": "yes yeah yep yup right agreed agree indeed exactly correct true sure ok okay fine",
    "begins-no": "no nope nah",
    "begins-musing": "oh ah hm hmm sorry oops ahh",
    "begins-asking": "why what how where which when who is are was were does do did has have",
    "begins-suggesting": "can could should would isn't doesn't shouldn't wouldn't couldn't can't",
}
_SIZES = ((0, "no-words"), (3, "1-3-words"), (8, "4-8-words"), (20, "9-20-words"), (50, "21-50-words"))
_LONG = "over-50-words"

_SIGNALS: Mapping[str, str] = {
    SignalKind.CHANGES: "signal-change",
    SignalKind.WISH: "signal-wish",
    SignalKind.QUESTION: "signal-question",
    SignalKind.DOUBT: "signal-doubt",
    SignalKind.SATISFIED: "signal-satisfied",
    SignalKind.APPLIED: "signal-applied",
    SignalKind.CLAIMED: "signal-applied",
    SignalKind.MAINLINED: "signal-applied",
    SignalKind.WILL_APPLY: "signal-applied",
    SignalKind.PROMISE: "signal-own-action",
    SignalKind.WILL_REVIEW: "signal-own-action",
}

FEATURES: tuple[str, ...] = (
    *("below-diff", "below-added-line", "below-removed-line", "below-nothing", "below-question", "below-trailer"),
    *("below-ruler", "below-talk", "below-older-talk", "on-patch", "on-posting", "first"),
    *("own-patch", "shows-output", "tag", "asks", "asks-openly", "ends-asking", "ends-openly", "only-asks"),
    *("asks-nothing", "lower-case", "orders", "replaces", "names-somebody", "waives"),
    *(*(name for _, name in _SIZES), _LONG, *_OPENINGS, *_WORDS, *dict.fromkeys(_SIGNALS.values())),
)
"""All features, in the order of the model's file."""

OF_QUESTIONS: tuple[str, ...] = (
    *("below-diff", "below-added-line", "on-posting", "own-patch", "tag", "asks", "asks-openly", "ends-asking"),
    *("ends-openly", "only-asks", "lower-case", "orders", "1-3-words", "4-8-words", "begins-asking"),
    *("begins-suggesting", "please", "should", "order", "prefer", "perhaps", "flaw", "failure", "why", "not", "you"),
    *("sender", "taking", "signal-change", "signal-wish", "signal-question", "signal-doubt"),
)
"""Those that tell questions from requests."""

_GROUP = {word: group for group, words in _WORDS.items() for word in words.split()}
_OPENING = {word: name for name, words in _OPENINGS.items() for word in words.split()}
_ORDERS = {*_WORDS["order"].split(), "don't", "do", "see", "check", "please"}
_READ = 1500  # characters of a remark that are searched for words
_READ_WORDS = 120
_READ_SENTENCES = 12

_WORD = Pattern(r"[a-z]+(?:['-][a-z]+)*")
_REPLACE = Pattern(r"\bs/[^/\s]|\S ?-> ?\S")
_TRAILER = Pattern(r"[A-Z][A-Za-z]{1,30}(?:-[A-Za-z]{1,20}){1,4}: \S")
_MARKS = Pattern(r"[\s>|]{0,20}")
_PATCH_LINES = ("> +", ">+", "> -", "> @@", "> diff", "> Signed-off-by", ">  ")

# A question that has one of these suggests something: "can you drop it?", "why not simply call msleep()?", "not const?"
_SUGGESTS = Pattern(
    r"(?i)\b(?:no|not|\w{2,9}n't|should|instead|rather|better|just|simply|maybe|perhaps|please|drop|remove|fix|needs?|want|"
    r"suppose\w*|missing|wrong|redundant|unused|(?:can|could|would) (?:you|we|this|it|these))\b|\A\W*\?"
)

# Message-ids of git send-email, git format-patch, b4 and StGit end the local part in the number of a patch, or have
# what no mail program writes.
_POSTED = Pattern(
    r"\d{14}\.\d+-\d+-|-v\d+-\d+-[0-9a-f]{8}|-\d+-[\w.+-]{1,64}@|(?:cover|[0-9a-f]{40})\.\d+\.git\.|stgit@"
)

_WAIVES = Pattern(
    r"""(?mx)\b(?:
        no\ (?:real\ )?(?:need|reason)\ to\ (?:
            re-?(?:send|spin|post|do|submit|roll|vert) | send\ (?:a|another) | hold | block | delay | bother
          | (?:change|fix)\ (?:it|this|that)\ now)
      | (?:not|n't|hardly)\ (?:really\ )?worth\ (?:an?\ )?(?:re-?(?:send|spin|post|roll)|(?:new|another)\ version|v\d)
      | (?:not|n't|hardly|doubt)(?:\ (?:sure|really|if|that|certain|whether|convinced)){0,3}
        \ (?:it|this|that)(?:'s|\ is)\ worth\ (?:it|the\ \w+|doing|bothering|changing)
      | (?:not|n't|hardly)\ (?:really\ )?worth\ (?:the\ (?:effort|trouble|churn|hassle)|it)(?=\W*$)
      | (?:not|isn't|no|hardly)\ (?:a\ |really\ a\ )?(?:blocker|blocking|show-?stopper|big\ deal)
      | (?:as|in|for|could\ be|can\ be)\ (?:a\ )?follow-?\ ?ups?\b | follow-?\ ?up\ (?:patch|series|work|cleanup)
      | (?:different|another|later|future|separate)\ (?:patch|series|day|time)\W*$
      | (?:^|(?:please|pls)\ [^.?!\n]{0,80}?)(?:for|in)\ (?:the\ )?future(?=[,.:;]?\ |\W*$)
      | unrelated\ to\ (?:your|this|the)\ (?:patch|series|change)
      | good\ enough\ (?:this\ time|for\ now|as\ (?:it\ )?is)
      | (?:for|on)\ another\ day | rather\ than\ something\ to\ (?:block|hold)
      | next\ time | some\ (?:other\ )?day | (?:entirely\ |totally\ )?up\ to\ you | your\ call
      | feel\ free\ to\ ignore | ignore\ (?:this|it|me)\ if | optional(?=\W*$|,|\ (?:but|and|nit)) | out\ of\ scope
      | (?:if|in\ case|should)\ (?:you|there|we)\b(?!\ want)(?:\ [\w']+){0,5}?\ (?:
            re-?(?:spin|send|post|roll|submit)\w* | (?:new|another|next)\ (?:version|revision|spin)
          | (?:send|post)\ (?:\w+\ ){0,3}?again)
      | (?:fix|chang|drop|add|tweak|address|squash|fold|adjust|edit|remov|correct|handl|updat|do|done)\w*
        (?:\ [\w.'"/]+){0,5}\ (?:when|while|upon)\ (?:you\ (?:apply|merge|commit|queue|pick)
        |applying|merging|committing|queue?ing|picking|pulling)
      | (?:(?:be\ )?(?:done|fixed|cleaned\ up|addressed|changed|improved)|do\ (?:it|this|that))
        \ (?:later|separately|on\ top|afterwards)
    )"""
)
"""What takes the urgency out of a request: it is for later, or may be ignored.  It is for text in lower case."""

_WAIVING = word_set(
    "need reason worth blocker blocking show-stopper showstopper deal follow follow-up follow-ups followup followups "
    "different another separate unrelated rather day next future up call ignore optional scope later separately top "
    "afterwards enough"
)
_IF = word_set("if case should when while upon")
_THEN = word_set(
    "respin re-spin respinning resend re-send repost re-post reroll resubmit again version revision spin "
    "apply applying merge merging commit committing queue queuing queueing pick picking pulling"
)
"""Words of which each waiver has one, or one of each of the last two: a cheap test before the pattern."""


def features(seen: Seen) -> frozenset[str]:
    """The features of a remark."""
    signals = (_SIGNALS[kind] for kind in seen.signals if kind in _SIGNALS)
    return frozenset((*_place(seen), *_form(seen), *_words(seen), *signals))


def is_posting(message_id: str | None) -> bool:
    """True if a message-id is made as those of patches are."""
    return message_id is not None and _POSTED.search(message_id[:300]) is not None


def quotes_patch(quote: Sequence[str]) -> bool:
    """True if quoted lines are of a patch, with its message."""
    return any(line.startswith(_PATCH_LINES) for line in quote)


def _place(seen: Seen) -> Iterator[str]:
    if seen.on_patch:
        yield "on-patch"
    if seen.on_posting:
        yield "on-posting"
    if seen.first:
        yield "first"
    if seen.code is not None:
        yield "below-diff"
        if seen.code.startswith("+"):
            yield "below-added-line"
        elif seen.code.startswith("-"):
            yield "below-removed-line"
    if not seen.quote:
        yield "below-nothing"
        return
    if any(line[1:2] == ">" or line[1:3] == " >" for line in seen.quote):
        yield "below-talk"
        if seen.quote[-1][1:3].strip().startswith(">"):
            yield "below-older-talk"
    last = next((line for line in reversed(seen.quote) if line.strip("> \t|")), "")
    text = last[_MARKS.match(last).end() :].rstrip()  # type: ignore[union-attr]  # matches anything
    if text.endswith("?"):
        yield "below-question"
    elif text == "---":
        yield "below-ruler"
    elif _TRAILER.match(text):
        yield "below-trailer"


def _form(seen: Seen) -> Iterator[str]:
    if seen.patch:
        yield "own-patch"
    if seen.printed:
        yield "shows-output"
    if seen.tag:
        yield "tag"
    words = sum(sentence.count(" ") + 1 for sentence in seen.substance)
    yield next((name for limit, name in _SIZES if words <= limit), _LONG)
    if not seen.substance:
        return
    if seen.substance[0][:1].islower():
        yield "lower-case"
    questions = [sentence for sentence in seen.substance if sentence.rstrip(" )\"'").endswith("?")]
    if not questions:
        yield "asks-nothing"
        return
    openly, last = not _SUGGESTS.search(questions[-1][:_READ]), questions[-1] is seen.substance[-1]
    yield "asks"
    if openly:
        yield "asks-openly"
    if last:
        yield "ends-asking"
    if last and openly:
        yield "ends-openly"
    if len(questions) == len(seen.substance):
        yield "only-asks"


def _words(seen: Seen) -> Iterator[str]:
    if not seen.substance:
        return
    text = "\n".join(seen.substance)[:_READ]
    lowered = text.lower()
    words = _WORD.findall(lowered.replace("’", "'"))[:_READ_WORDS]
    distinct = set(words)
    yield from filter(None, map(_GROUP.get, distinct))
    if words and words[0] in _OPENING:
        yield _OPENING[words[0]]
    if ("->" in text or "s/" in text) and _REPLACE.search(text):
        yield "replaces"
    some = seen.substance[:_READ_SENTENCES]
    if any(sentence.split(" ", 1)[0].lower().strip(",.:;") in _ORDERS for sentence in some):
        yield "orders"
    if any(addressees(sentence) for sentence in some if "," in sentence[:60]):
        yield "names-somebody"
    if _may_waive(distinct) and _WAIVES.search(lowered):
        yield "waives"


def _may_waive(words: Set[str]) -> bool:
    return not _WAIVING.isdisjoint(words) or not (_IF.isdisjoint(words) or _THEN.isdisjoint(words))
