"""`Message`: the parsed fields of one mail, frozen.

Revisions, version links and states are computed from messages.  A message has no body: the raw mail stays in the
database and is parsed again for display.

The structs are stored as JSON arrays in the order of their fields (patchwatch.db.message_codec): after a change of the
fields, increment FACTS_VERSION in patchwatch.db.versions.
"""

from __future__ import annotations

import functools
import re
from enum import StrEnum
from typing import Literal

from msgspec import Struct

from patchwatch.pattern import Pattern

_NAME_IN_BRACKETS = Pattern(r"\([^()]*\)|\[[^\[\]]*\]|\uff08[^\uff09]*\uff09")

Kind = Literal["cover", "patch", "proposal", "pull", "reply", "notice", "other", "unreadable"]
"""The kind of a message, judged by its own subject and content.

cover     a cover letter (`0/n`)                    patch   contains a change to apply
proposal  an RFC without a patch                    pull    a pull request
reply     a reply                                   notice  a mail about a patch that does not reply to it (tip, -mm)
other     anything else: discussions, reports, spam
unreadable  the parser failed on it (patchwatch.mail.unreadable)
"""


SUBMISSIONS: frozenset[Kind] = frozenset({"cover", "patch", "proposal", "pull"})
"""The kinds that post a change, or a part of it, rather than discuss one."""


class Person(Struct, frozen=True, array_like=True):
    """A person named in a header."""

    name: str
    email: str  # lower case; may be empty in broken mail

    def __str__(self) -> str:
        return f"{self.name} <{self.email}>" if self.name else self.email


@functools.lru_cache(maxsize=4096)  # a mail's sender is compared with everybody who wrote in the thread
def name_key(name: str) -> str:
    """A person's name for comparison: its words, in any order and case ("Author, Ann" is "Ann Author").

    What stands in brackets behind a full name is an employer, or the name in another script.  A single initial between
    other names is left out ("Ann B. Author"): of 6,350 names on ten lists, fifteen differ from another only in initials
    there, and two people only in several ("Ann B. C. Author").
    """
    words = re.findall(r"\w+", name.lower())
    if "(" in name or "[" in name or "\uff08" in name:
        without = re.findall(r"\w+", _NAME_IN_BRACKETS.sub(" ", name.lower()))
        words = without if len(without) > 1 else words
    initials = [n for n, word in enumerate(words) if len(word) == 1]
    if len(initials) == 1 and 0 < initials[0] < len(words) - 1:
        del words[initials[0]]
    return " ".join(sorted(words))


def person_key(person: Person) -> str:
    """A key for a person, whatever address they write from; people without a full name are known by their address."""
    name = name_key(person.name)
    return name if " " in name else person.email


class Subject(Struct, frozen=True, array_like=True):
    """A parsed subject line.  Versions are as stated, never renumbered."""

    title: str  # without prefixes, as written
    version: int = 1
    minor: int = 0  # 1 in v5.1
    stated_version: bool = False  # False: no version in the subject, 1 is assumed
    counter: int | None = None  # n of n/m; None without a counter
    expected: int | None = None  # m of n/m
    prefixes: tuple[str, ...] = ()  # everything else in brackets, in order: net-next, RESEND, AUTOSEL, 5.10
    patch: bool = False  # has PATCH
    rfc: bool = False
    resend: bool = False
    pull: bool = False  # has GIT PULL
    reply: bool = False  # Re:, Aw:, 答复:
    # Thousandths that follow the counter, for a patch between others or behind the last: `2.5/3` is 2 and 500, `2a/3`
    # is 2 and 1, `4/3` is 3 and 1000.
    inserted: int = 0


class Trailer(Struct, frozen=True, array_like=True):
    """A tag `name: value` (never from a quote)."""

    name: str
    value: str
    own: bool = True  # names the sender; False for tags that were collected or passed on
    scope: str = ""  # the words that limit it: "for patches 1-3", "mm" (patchwatch.mail.tag_scope)


class EarlierLink(Struct, frozen=True, array_like=True):
    """A link from a posting to an earlier version of it, according to its author."""

    message_id: str
    version: int | None  # as stated; None if it is not


class PullRequest(Struct, frozen=True, array_like=True):
    """What a pull request asks for; what it does not state is empty."""

    repository: str  # URL
    ref: str  # branch or tag
    commit: str  # that the ref is at
    base: str  # the commit that it starts from
    patches: int  # that its shortlog lists
    puller: Person  # whom it is addressed to


CitationForm = Literal["prose", "tag", "listed", "mainline", "summary", "branch"]
"""How a mail cites a commit.

prose    in a sentence                               tag       in a Fixes: or a similar tag, or as what a patch reverts
listed   in the shortlog of a release or branch      mainline  as one that is in Linus's tree
summary  in patchwork's summary of a tree            branch    as the last one of a branch that a bot built
"""


class CitedCommit(Struct, frozen=True, array_like=True):
    """A commit that a mail names with its title; patchwatch.mail.cited_commits and tree_reports find it.

    Of a posting that is named by its message-id: all its patches in that tree.
    """

    title: str  # of each patch of a posting, a line each: its key (patchwatch.mail.subject.title_key)
    sha: str  # as long as it is given; empty in a shortlog
    author: str = ""  # key of the author's name, if it is stated
    form: CitationForm = "prose"
    posting: str = ""  # its message-id
    tree: str = ""  # that it is in, as far as this is stated: "mia/frob.git (next), committed by Mia Keeper"


RelationKind = Literal["depends", "supersedes", "superseded-by", "reposted-as"]
"""How a mail relates its posting to another one, according to its sender.

depends        it needs the other first         supersedes   it replaces the other
superseded-by  the other replaces it            reposted-as  its author sent the other in its place
"""


class Relation(Struct, frozen=True, array_like=True):
    """A statement about another posting; patchwatch.mail.relations finds it."""

    kind: RelationKind
    target: str  # `m:` and a message-id, `c:` and a b4 change-id, or `p:` and a git patch-id
    text: str  # the words


class ListedPatch(Struct, frozen=True, array_like=True):
    """A patch in a list of applied ones."""

    number: int  # n of n/m; 0 if only the title is given
    expected: int
    title: str  # patchwatch.mail.subject.title_key


class Acceptance(Struct, frozen=True, array_like=True):
    """Patches that a mail reports as applied by its form, whatever its words (patchwatch.mail.thanks, mail.bots)."""

    form: str
    patches: tuple[ListedPatch, ...] = ()  # those that have a commit; empty: the patch or series that the mail answers
    partial: bool = False  # only some patches, which it does not list
    committer: Person | None = None  # who applied them, if not the sender


INSTEAD = "instead"
"""Detail of a signal ELSEWHERE: another patch that does the same was taken."""
EXISTS = "exists"
"""Detail of a signal ELSEWHERE: there is another patch or commit that does the same."""


class SignalKind(StrEnum):
    """What a sentence means for a patch; patchwatch.mail.sentences.signals and patchwatch.mail.bots find them."""

    APPLIED = "applied"  # to a maintainer's tree; detail: as of sentences.applied.applied_patches
    CLAIMED = "claimed"  # applied, in words that are enough only from a committer; detail as above
    MAINLINED = "mainlined"  # in Linus's tree; detail: the tree that it was merged to
    UNAPPLIED = "unapplied"  # dropped or reverted after it was applied
    NAK = "nak"
    CHANGES = "changes"  # a change is requested; detail: "version" if the sentence asks for a new version
    QUESTION = "question"
    COMMAND = "command"  # pw-bot; detail: patchwork's state
    PROMISE = "promise"  # the sender will post something
    WITHDRAWN = "withdrawn"  # by the author
    REINSTATED = "reinstated"  # what the author withdrew is to be applied after all
    DOUBT = "doubt"  # an objection or doubt; detail: "flaw" if the patch is called wrong
    WISH = "wish"  # something should be different, without "please"
    SATISFIED = "content"  # what the sender asked or doubted is settled
    DISMISSED = "dismissed"  # what somebody else wants of the author is to be ignored
    WILL_APPLY = "will-apply"  # the sender is going to apply it
    HOLD = "hold"  # not to be applied for now
    DEFERRED = "deferred"  # put off until the tree reopens, or parked
    WILL_REVIEW = "later"  # the sender will look at the patch
    REVIEW_WANTED = "call"  # asks for reviewers: "could use more review", "hopefully others can weigh in"
    HANDED_ON = "handed-on"  # patches left to somebody else's tree; detail: as of sentences.handed_on
    ELSEWHERE = "elsewhere"  # another patch or commit did the same, or nothing is wrong
    CONSENT = "consent"  # of a remark: yes to what is offered right above it
    OVERRULES = "overrules"  # of a remark: what somebody else wants, quoted right above it, is unnecessary
    SPARES = "spares"  # of a remark: the author need not post another version
    FALSE_REPORT = "false-report"  # of a remark: a bot's report is wrong, if its owner says so
    ENTRUSTED = "entrusted"  # of a remark: its sender lets whoever applies the patch make a change themselves
    CONDITION = "condition"  # the tags of this mail depend on a change; detail: "named" if the sentence names it
    FOR_ALL = "for-all"  # the tags of this mail are for the whole series
    FAILURE = "failure"  # a bot found that it does not build, or worse
    SUCCESS = "success"  # a bot tested it and found nothing wrong
    FINDING = "finding"  # a bot measured something that is not a failure
    TAGS_DROPPED = "tags-dropped"  # in a posting: tags given to an earlier version are left out on purpose


class Signal(Struct, frozen=True, array_like=True):
    """A sentence that can change the state of a patch, written by the sender of the message, not quoted.

    `kind` is the value of a SignalKind; `text` is the sentence as evidence; `detail` depends on the kind (the numbers
    of the applied patches, the command of a pw-bot line).
    """

    kind: str
    text: str
    detail: str = ""


class NamedPosting(Struct, frozen=True, array_like=True):
    """What a bot's mail names as tested; patchwatch.mail.tested finds it."""

    message_ids: tuple[str, ...]  # that it links to
    title: str  # of a patch or cover letter; empty if it names none
    version: int  # as stated with the title, or the number of a revision; 0 if neither is stated


SEVERITIES = ("critical", "high", "medium", "low")
"""How robots rate what they find, whatever words they use, the worst first."""


RemarkKind = Literal["", "change", "question", "objection"]
"""What a remark wants of a patch's author: nothing, a change, an answer, or that they give it up."""


class Finding(Struct, frozen=True, array_like=True):
    """What a robot found in a patch; patchwatch.mail.findings reads it."""

    text: str
    severity: str = ""  # one of SEVERITIES; empty: the robot does not rate it
    preexisting: bool = False  # the patch did not introduce it, according to the robot
    file: str = ""
    function: str = ""
    quote: str = ""  # the line of the patch that it is written below
    patch: int = 0  # that the robot names; 0: the one that its mail replies to


Concession = Literal["", "agrees", "acts"]
"""How an author gives in: they agree, which answers a question, or they have changed it, or will."""


class Remark(Struct, frozen=True, array_like=True):
    """What a person wrote below one quote of a reply; patchwatch.mail.remarks reads it."""

    text: str  # the sentence that asks, or the first that says anything
    wants: RemarkKind = ""  # of the author of the patch, if somebody else wrote it
    firm: bool = False  # false: it may want that
    below_diff: bool = False  # it stands right below a line of a diff
    code: str = ""  # that line
    lines: tuple[int, ...] = ()  # hashes of its lines, by which an answer to it is recognized
    answers: tuple[int, ...] = ()  # hashes of the last lines that are quoted above it
    signals: tuple[str, ...] = ()  # kinds of the signals in it
    words: int = 0  # without tags and courtesy
    chance: int = 0  # that it wants something, in percent (patchwatch.mail.remark_model)
    concedes: Concession = ""  # what it concedes, if the author wrote it
    retracts: bool = False  # its writer takes back what they said before
    waives: bool = False  # what it asks for is for later, or no reason to post again
    file: str = ""  # that the quoted lines are of, if the quote shows it
    conceding: str = ""  # the sentence that concedes, if that is not `text`

    @property
    def gives_in(self) -> str:
        """The sentence that concedes."""
        return self.conceding or self.text


class Ask(Struct, frozen=True, array_like=True):
    """What a mail asks of one of its recipients; patchwatch.mail.asks finds it."""

    email: str  # of that recipient
    kind: Literal["answer", "test"]
    text: str  # the sentence
    by_name: bool  # false: it asks "you", the only person in To


class Message(Struct, frozen=True, array_like=True):
    """The parsed fields of one mail."""

    message_id: str
    subject: str  # decoded, white space folded
    author: Person  # the sender: From, or the original sender where a list rewrote it
    date: int  # UTC, seconds; the Date header, or the arrival if that is absent or implausible
    arrived: int  # UTC, seconds; the newest Received header, or the date
    parent: str | None  # the message that this one replies to
    references: tuple[str, ...]  # ancestors, oldest first, the parent last
    recipients: tuple[str, ...]  # addresses in To and Cc, lower case
    kind: Kind
    parts: Subject
    patch_author: Person | None = None  # the in-body From:, if it differs from the sender
    patch_id: str = ""  # git patch-id of the diff; empty without one
    files: tuple[str, ...] = ()  # changed by the diff
    trailers: tuple[Trailer, ...] = ()
    change_id: str = ""
    base_commit: str = ""
    earlier: tuple[EarlierLink, ...] = ()
    about: tuple[str, ...] = ()  # message-ids that a notice is about
    signals: tuple[Signal, ...] = ()
    bot: bool = False
    word_count: int = 0  # words that the sender of a reply wrote, without tags, quotes and courtesy
    excerpt: str = ""  # the first two sentences that the sender wrote, without greetings, one per line
    listed: tuple[tuple[str, str], ...] = ()  # in a pull request: (author's name, title) of each patch
    upstream: str = ""  # the commit in Linus's tree that a stable patch backports
    unreadable: str = ""  # why the mail could not be parsed; then only its headers are filled in
    prose: str = ""  # of a posting that can be a root: the sketch of its text (patchwatch.mail.prose_sketch)
    relations: tuple[Relation, ...] = ()  # to other postings; of a reply: of the posting that it replies to
    pull: PullRequest | None = None  # of a pull request, with or without its patches below it
    accepted: Acceptance | None = None  # what a reply or notice reports as applied, by its form
    cited: tuple[CitedCommit, ...] = ()  # commits that it names with their titles
    tested: NamedPosting | None = None  # of a bot's results
    findings: tuple[Finding, ...] = ()  # of a robot's review
    answers_robot: bool = False  # what it quotes is a robot's mail, according to the line above the quote
    remarks: tuple[Remark, ...] = ()  # of a person's reply
    outlook: tuple[int, int] = (0, 0)  # how much its words speak for a next version (patchwatch.mail.outlook)
    added: tuple[bytes, ...] = ()  # of each of `files`: the lines that the diff adds, as hashes (mail.added_lines)
    changes: tuple[str, ...] = ()  # the changelog of this version, an entry each
    asks: tuple[Ask, ...] = ()
    blobs: str = ""  # of each of `files`: its contents before and after the diff (patchwatch.mail.diff)

    @property
    def is_courtesy(self) -> bool:
        """True if its sender wrote nothing but thanks, greetings or tags."""
        return self.word_count == 0 and self.excerpt != ""

    @property
    def is_submission(self) -> bool:
        """True if this message posts a change, or a part of it, rather than discusses one."""
        return self.kind in SUBMISSIONS
