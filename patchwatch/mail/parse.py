"""Parse a raw mail into a `Message`.  Never raises, whatever the mail contains.

The modules beside this one determine the kind of the mail, and read its headers, text, tags and sentences.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Sequence

from patchwatch.mail import body, bots, changelog, diff, headers, relations, robot, thanks, trailers, version_hints
from patchwatch.mail.added_lines import added_lines
from patchwatch.mail.asks import asks
from patchwatch.mail.cited_commits import applied_reverts, cited_commits
from patchwatch.mail.headers import Headers, person
from patchwatch.mail.kind import kind_and_bot
from patchwatch.mail.message import (
    SUBMISSIONS,
    Acceptance,
    CitedCommit,
    EarlierLink,
    Finding,
    Kind,
    Message,
    NamedPosting,
    Person,
    PullRequest,
    Relation,
    Signal,
    SignalKind,
    Subject,
    Trailer,
)
from patchwatch.mail.mime import Text, text_of
from patchwatch.mail.outlook import outlook
from patchwatch.mail.prose_sketch import prose_sketch
from patchwatch.mail.pull_request import asks_to_pull, pull_request
from patchwatch.mail.remarks import remarks
from patchwatch.mail.robot_results import robot_results
from patchwatch.mail.sentences import signals, split
from patchwatch.mail.sentences.intentions import is_history
from patchwatch.mail.sentences.pulled import pulled
from patchwatch.mail.sentences.split import evidence
from patchwatch.mail.shortlog import shortlog
from patchwatch.mail.subject import parse_subject
from patchwatch.mail.tested import named_posting
from patchwatch.mail.tree_reports import tree_reports
from patchwatch.mail.upstream_commit import upstream_commit
from patchwatch.pattern import Pattern

_REPORTS = frozenset({SignalKind.APPLIED, SignalKind.CLAIMED})
_RESULTS = frozenset({SignalKind.FAILURE, SignalKind.SUCCESS, SignalKind.FINDING})
# At the top, or below a remark and a rule: "6.6-stable review patch.  If anyone has any objections, …", "-----".
_IN_BODY_FROM = Pattern(
    r"\A(?:\s*(?:[^\n]{1,200}\n){1,3}\n?-{8,}[ \t]*\n)?\s*From:\s*(.+?)\s*\n(?=\s*\n|[A-Z][\w-]*:\s)"
)
_LINK_TRAILER = Pattern(r"(?m)^[ \t]*Link:[ \t]+(\S+)")
_MAX_PROSE = 20_000  # characters of the sender's text that are searched for sentences


def parse(raw: bytes, now: int = headers.LATEST) -> Message:
    """Parse one raw mail; `now` is when we received it, UTC, in seconds."""
    text = text_of(head := Headers(raw), raw)
    subject, sender = headers.subject(head), headers.sender(head)
    parts, message_id = parse_subject(subject), headers.message_id(head, raw)
    (date, arrived), (parent, references) = headers.dates(head, now), headers.ancestors(head)
    whole, cut = text.whole, diff.start(text.whole)
    kind, bot = kind_and_bot(head, text, subject, parts, sender, has_diff=cut >= 0, answers=parent is not None)
    submission, by_person = kind in SUBMISSIONS, kind == "reply" and not bot
    posted = submission or (kind == "other" and not bot)  # what has no mark may be the cover of patches that answer it
    patch, files = _diff(whole[cut:]) if submission and cut >= 0 else ("", ())
    own_text, passages, tags = _written(text, cut, sender, submission=submission)
    sentences, substance = _sentences(own_text, passages, tags, sender)
    pull, listed = _pull(kind, head, subject, whole)
    accepted = _accepted(kind, message_id, subject, sender, text, own_text, bot=bot)
    earlier, related = _stated("notice" if bot and not submission else kind, whole, own_text, parts)
    if bot and kind != "notice":
        found, reviewed = robot_results(subject, text.inline, kind, parts, accepted)
    else:
        found, reviewed = _signals(kind, subject, parts, text, own_text, sentences, passages, tags, accepted), ()
    return Message(
        message_id=message_id,
        subject=subject,
        author=sender,
        date=date,
        arrived=arrived,
        parent=parent,
        references=references,
        recipients=headers.recipients(head),
        kind=kind,
        parts=parts,
        patch_author=_patch_author(whole, sender) if submission else None,
        patch_id=diff.patch_id(patch),
        files=files,
        trailers=tags,
        change_id=(version_hints.change_id(whole) or head.decoded("x-change-id")) if posted else "",
        base_commit=version_hints.base_commit(whole) if posted else "",
        earlier=earlier,
        about=_about(whole) if kind == "notice" else (),
        signals=_evidence(found, accepted, own_text) if by_person else found,
        bot=bot,
        word_count=split.count_words(substance) if kind == "reply" else 0,
        excerpt=split.excerpt(substance, sentences),
        listed=listed,
        upstream=upstream_commit(own_text) if kind == "patch" else "",
        prose=prose_sketch(own_text) if posted and (parts.counter or 0) <= 1 else "",
        relations=related,
        pull=pull,
        accepted=accepted,
        cited=_cited(kind, sender, subject, own_text, whole, bot=bot) + _reverts(kind, parts, accepted, found),
        tested=_tested(subject, whole, message_id, found, reviewed),
        findings=reviewed,
        answers_robot=by_person and robot.answers_robot(head, text.inline),
        remarks=remarks(passages, found, tags) if by_person and not _only_applies(accepted, found) else (),
        outlook=outlook(passages, tags) if by_person else (0, 0),
        added=added_lines(patch, files),
        changes=_changes(whole if cut < 0 else whole[:cut], parts) if submission else (),
        asks=() if bot else asks(sentences, own_text, head.get_all("to"), head.get_all("cc"), sender, reply=by_person),
        blobs=diff.blobs(patch, files),
    )


def _diff(text: str) -> tuple[str, tuple[str, ...]]:
    """A diff, and the files that it changes."""
    return text, diff.files(text)


def _written(
    text: Text, cut: int, sender: Person, *, submission: bool
) -> tuple[str, list[body.Passage], tuple[Trailer, ...]]:
    """What the sender wrote, of a reply the same in passages, and the tags in it.

    A patch's diff begins at `cut`, if that is not -1.
    """
    if submission:
        own_text = body.own_text(text.whole if cut < 0 else text.whole[:cut], patch=True)
        return own_text, [], trailers.of_patch(own_text)
    own_text, passages = body.of_reply(text.inline)
    return own_text, passages, trailers.of_reply(own_text, sender)


def _sentences(
    own_text: str, passages: Sequence[body.Passage], tags: Sequence[Trailer], sender: Person
) -> tuple[tuple[str, ...], list[str]]:
    """The sentences that the sender wrote, and those that say something; a reply's passages are split only once."""
    if passages and len(own_text) <= _MAX_PROSE:
        last = passages[-1].sentences
        if last and split.is_signed(last[-1], sender.name):
            last.pop()
        found = tuple(itertools.chain.from_iterable(passage.sentences for passage in passages))
    else:
        found = tuple(split.sentences(own_text[:_MAX_PROSE]))
    return found, split.substantive(found, trailers.beginnings(tags))


def _changes(words: str, parts: Subject) -> tuple[str, ...]:
    """The changelog of a posting since the version before."""
    return changelog.entries(words, changelog.Version(parts.version, parts.minor, parts.rfc))


def _tested(
    subject: str, whole: str, message_id: str, results: Sequence[Signal], reviewed: Sequence[Finding]
) -> NamedPosting | None:
    """The posting that results name; a review is of the patch that it answers, and links to what it found elsewhere."""
    if reviewed or all(signal.kind not in _RESULTS for signal in results):
        return None
    return named_posting(subject, whole, message_id)


def _pull(
    kind: Kind, head: Headers, subject: str, whole: str
) -> tuple[PullRequest | None, tuple[tuple[str, str], ...]]:
    """What a pull request asks for, and the patches that it lists."""
    if kind != "pull" and not (kind == "cover" and asks_to_pull(subject, whole, patch=True)):
        return None, ()
    listed = shortlog(whole)
    return pull_request(whole, head.get_all("to"), len(listed)), listed


def _accepted(
    kind: Kind, message_id: str, subject: str, sender: Person, text: Text, own_text: str, *, bot: bool
) -> Acceptance | None:
    """The patches that a mail reports as applied by its form."""
    if kind == "notice" or (bot and kind not in SUBMISSIONS):
        return bots.acceptance(sender, text.whole if kind == "notice" else text.inline, notice=kind == "notice")
    return thanks.acceptance(message_id, subject, own_text) if kind == "reply" else None


def _cited(
    kind: Kind, sender: Person, subject: str, own_text: str, whole: str, *, bot: bool
) -> tuple[CitedCommit, ...]:
    """The commits that a mail cites; what a bot found in a tree."""
    if bot and kind == "other":
        return tree_reports(sender, subject, whole)
    return cited_commits(kind, subject, own_text, whole, bot=bot)


def _reverts(
    kind: Kind, parts: Subject, accepted: Acceptance | None, found: Collection[Signal]
) -> tuple[CitedCommit, ...]:
    """The reverts that a reply or notice reports as applied; people list commits for other reasons, too."""
    if kind not in ("reply", "notice"):
        return ()
    return applied_reverts(parts, accepted if _only_applies(accepted, found) else None, found)


def _only_applies(accepted: Acceptance | None, found: Iterable[Signal]) -> bool:
    """True if a mail reports patches as applied; people list commits for other reasons, too."""
    if accepted is None:
        return False
    return accepted.form != thanks.COMMITS or any(signal.kind in _REPORTS for signal in found)


def _signals(
    kind: Kind,
    subject: str,
    parts: Subject,
    text: Text,
    own_text: str,
    sentences: tuple[str, ...],
    passages: Sequence[body.Passage],
    tags: tuple[Trailer, ...],
    accepted: Acceptance | None,
) -> tuple[Signal, ...]:
    """What a person's mail, or a notice, means for a patch."""
    if kind == "notice":
        return tuple(bots.notice_signals(subject, text.whole))
    if kind in SUBMISSIONS:
        return trailers.dropped_tags(sentences)
    if accepted and accepted.form != thanks.COMMITS:
        text_of_it = thanks.reporting_line(sentences, own_text)
        return (Signal(SignalKind.APPLIED, text_of_it, thanks.numbers(accepted)),)
    # b4 and Gnus users put netdev's commands below the signature marker.
    of_tags = signals.of_tags(sentences, tags) if any(tag.own for tag in tags) else ()
    quotes = (passage.quote for passage in passages)
    found = thanks.of_listed(signals.person_signals(sentences), own_text, quotes)
    found = [s for s in found if s.kind != SignalKind.PROMISE or not is_history(s.text, parts.version)]
    if parts.pull and (report := pulled(sentences)) and all(s.kind != SignalKind.APPLIED for s in found):
        found = [s for s in found if s.kind != SignalKind.CLAIMED]
        found.append(Signal(SignalKind.APPLIED, evidence(report)))
    return (*signals.commands(text.inline), *of_tags, *found)


def _evidence(found: tuple[Signal, ...], accepted: Acceptance | None, own_text: str) -> tuple[Signal, ...]:
    """The signals of a reply as they are shown; the remarks know them by their sentences alone."""
    if accepted and accepted.form != thanks.COMMITS:
        return found
    return tuple(signals.with_thanks(found, own_text))


def _stated(
    kind: Kind, whole: str, own_text: str, parts: Subject
) -> tuple[tuple[EarlierLink, ...], tuple[Relation, ...]]:
    """What the sender states about earlier versions and other postings."""
    if kind == "notice":
        return (), ()
    if kind == "reply":
        return (), relations.of_reply(own_text, parts.version)
    earlier = version_hints.earlier_links(own_text)
    related = relations.of_posting(whole, own_text, patch=kind == "patch")
    return relations.without_contradictions(earlier, related) if earlier and related else (earlier, related)


def _patch_author(text: str, sender: Person) -> Person | None:
    found = _IN_BODY_FROM.match(text[:1000])
    if not found:
        return None
    author = person(headers.decoded(found[1]))
    return author if author.email and author != sender else None


def _about(text: str) -> tuple[str, ...]:
    """The message-ids that a notice is about: the `Link:` trailers of the commit that it contains."""
    return tuple(dict.fromkeys(i for link in _LINK_TRAILER.findall(text) for i in version_hints.links(link)))[:5]
