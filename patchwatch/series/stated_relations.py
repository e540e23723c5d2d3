"""What people state about two postings: one depends on the other, or one supersedes the other.

Pure.  patchwatch.mail.relations reads the statements.  A dependency is never an earlier version, and a posting that
supersedes another one always is its next version, whatever their titles.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from patchwatch.mail.message import Message, Relation
from patchwatch.mail.subject import title_words
from patchwatch.pattern import Pattern
from patchwatch.series.revision import Revision
from patchwatch.series.tags import authors_of

if TYPE_CHECKING:
    from patchwatch.series.posting import PostingFacts

_TRAILER = Pattern(r"(?i)\W{0,6}(?:supersedes?|obsoletes?|replaces?)\b[^:]{0,20}:")
_DEFINITE = Pattern(
    r"(?i)\b(?:supersed|obsolet|replac|ignore|disregard|drop|skip|discard|forget|re-?sen[dt]|re-?(?:post|submit|spun)|"
    r"(?:do not|don't|dont) (?:apply|take|merge|review)|instead|favou?r of)"
)
_URL = Pattern(r"https?://\S+")
_WHOLE = Pattern(r"(?i)\bv(?:ersion )?\d|\b(?:series|patch ?set|version|all|both)\b")


def dependencies_of(revision: Revision) -> tuple[tuple[Relation, str], ...]:
    """What a posting depends on according to its author, each once, with the message-id of the mail that states it."""
    own = {f"m:{m.message_id}" for m in revision.own_messages} | {f"c:{m.change_id}" for m in revision.own_messages}
    own |= {f"p:{m.patch_id}" for m in revision.patches}
    found: dict[str, tuple[Relation, str]] = {}
    for message in (*revision.own_messages, *_answers_of_author(revision)):
        for relation in message.relations:
            if relation.kind == "depends" and relation.target not in own:
                found.setdefault(relation.target, (relation, message.message_id))
    return tuple(found.values())


def _answers_of_author(revision: Revision) -> list[Message]:
    """The replies in which its author may state what they forgot to say in a posting."""
    stating = [f.message for f in revision.follow_ups if f.message.relations and not f.of]
    if not stating:
        return []
    authors = authors_of(revision)
    return [m for m in stating if authors.include(m.author.name, m.author.email)]


def superseded_by_posting(revision: Revision) -> tuple[tuple[str, str], ...]:
    """(target, words) of the postings that this one supersedes, according to itself."""
    return _each_once(r for m in revision.own_messages for r in m.relations if r.kind == "supersedes")


def successors_of(revision: Revision) -> tuple[tuple[str, str], ...]:
    """(target, words) of the postings that supersede this one, according to the replies to it."""
    if not any(f.message.relations for f in revision.follow_ups):
        return ()
    authors, count = authors_of(revision), max(revision.expected, len(revision.patches))
    return _each_once(
        relation
        for f in revision.follow_ups
        for relation in successors_in(
            f.message,
            by_author=authors.include(f.message.author.name, f.message.author.email),
            about_all=f.patch == 0 or count == 1,
        )
    )


def successors_in(message: Message, *, by_author: bool, about_all: bool) -> Iterator[Relation]:
    """The statements of a reply that another posting supersedes the one it answers, or all of its series.

    `about_all`: it replies to the cover letter, or to the only patch.  Only the author can say that they sent something
    else in its place.
    """
    for relation in message.relations:
        stated = relation.kind == "superseded-by" or (relation.kind == "reposted-as" and by_author)
        if stated and (about_all or _WHOLE.search(_URL.sub("", relation.text))):
            yield relation


def stated_link(one: PostingFacts, other: PostingFacts, *, same_person: bool) -> str:
    """The words by which `one` is the next version of `other`; empty if nobody states it."""
    if (other.date, other.root) >= (one.date, one.root):
        return ""
    for target, words in one.supersedes:
        if _names(target, other) and (same_person or _TRAILER.match(words)):
            return words
    if same_person:
        named = (words for target, words in other.superseded_by if _names(target, one))
        return next((words for words in named if _DEFINITE.search(words) or _may_follow(one, other)), "")
    return ""


def _may_follow(one: PostingFacts, other: PostingFacts) -> bool:
    """True if "I posted v5: <link>" may be about the posting that it answers: authors announce other work, too."""
    if one.version <= other.version and not (other.rfc and not one.rfc):
        return False
    if one.version == other.version + 1 or not set(one.patch_ids).isdisjoint(other.patch_ids):
        return True
    mine, theirs = title_words(one.title), title_words(other.title)
    return 3 * len(mine & theirs) >= len(mine | theirs) or not set(one.titles).isdisjoint(other.titles)


def without_dependencies(one: PostingFacts, others: Sequence[PostingFacts]) -> list[PostingFacts]:
    """The postings that `one` may be a version of: not those that it states to need, nor other versions of them."""
    if not one.depends_on:
        return list(others)
    needed = [other for other in others if _only_needs(one, other)]
    return [other for other in others if not any(_same_work(other, dependency) for dependency in needed)]


def are_related(one: PostingFacts, other: PostingFacts) -> bool:
    """True if `one` states that it needs or supersedes `other`, or a reply to `other` names it as the successor."""
    mine = (*one.depends_on, *(target for target, _ in one.supersedes))
    return any(_names(target, other) for target in mine) or any(_names(t, one) for t, _ in other.superseded_by)


def _only_needs(one: PostingFacts, other: PostingFacts) -> bool:
    """True if `one` depends on `other`, and is not a version of it: with its title or change-id, it would be."""
    if not any(_names(target, other) for target in one.depends_on):
        return False
    return one.title != other.title and not (one.change_id and one.change_id == other.change_id)


def _same_work(one: PostingFacts, other: PostingFacts) -> bool:
    """True for two versions of a change that keeps its title or change-id."""
    if one.root == other.root or (one.change_id and one.change_id == other.change_id):
        return True
    return one.title == other.title and one.author.email == other.author.email


def _names(target: str, posting: PostingFacts) -> bool:
    kind, _, name = target.partition(":")
    if kind == "m":
        return name in posting.message_ids
    if kind == "t":
        return name == posting.title or (len(posting.titles) == 1 and name == posting.titles[0])
    return name == posting.change_id if kind == "c" else name in posting.patch_ids


def _each_once(relations: Iterable[Relation]) -> tuple[tuple[str, str], ...]:
    return tuple({relation.target: relation.text for relation in relations}.items())
