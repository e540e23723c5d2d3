"""A person's involvement in a series, from the stored summaries of its revisions.

patchwatch.series.state.next_action derives the person's next action from it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence, Set

from patchwatch.db.revision_codec import RevisionSummary
from patchwatch.db.who_reviews import Replies
from patchwatch.mail.message import Person
from patchwatch.series.model import Involvement, RevisionRow

_DAY = 86_400


def involvement_of(
    revisions: Sequence[RevisionRow], summaries: Mapping[str, RevisionSummary], me: Set[str]
) -> Involvement:
    """Return the involvement of the person with the addresses `me` (lower case); `summaries` are by root."""
    newest = revisions[-1]
    latest = [summaries[root] for root in newest.postings if root in summaries]
    mine = [reviewer for summary in latest for reviewer in summary.reviewers if reviewer.email in me]
    replied = max((reviewer.date for reviewer in mine), default=0)
    asks = [ask for summary in latest for ask in summary.asks if ask.email in me and ask.date > replied]
    answered, answer = max(((r.answered, r.answer) for r in mine if r.answered >= replied), default=(0, ""))
    content = any(reviewer.satisfied for reviewer in mine if reviewer.date == replied)
    reviewed_before, passed_over = _last_reviewed(revisions[:-1], summaries, me)
    return Involvement(
        author=not me.isdisjoint(latest[-1].senders),
        posted=any(_posted(summary, me) for summary in summaries.values()),
        recipient=any(not me.isdisjoint(summary.recipients) for summary in latest),
        replied=replied,
        satisfied=content or bool(own_tags(newest, me)) or _applied_with(newest, replied, me),
        reviewed_before=reviewed_before,
        answer=answer,
        answered=answered,
        pulls=newest.pull is not None and newest.pull.puller.email in me,
        asked=max(asks, key=lambda ask: ask.date, default=None),
        me=frozenset(me),
        sent_before=_was_sent(revisions[:-1], summaries, me),
        passed_over=passed_over,
    )


def reviewer_names(summary: RevisionSummary) -> tuple[str, ...]:
    """Return the names of the people who replied, each once."""
    return tuple(dict.fromkeys(r.name or r.email for r in summary.reviewers))


def awaited_reviewers(summary: RevisionSummary) -> tuple[Person, ...]:
    """Return the reviewers whom the author answered and who have not replied since, by that answer's date."""
    awaited = sorted(
        (r for r in summary.reviewers if r.answered >= r.date and not r.satisfied), key=lambda r: r.answered
    )
    return tuple(Person(r.name, r.email) for r in awaited)


def posters(summary: RevisionSummary) -> set[str]:
    """Return the addresses for which `Involvement.posted` is true."""
    return {address for address in (*summary.senders, *summary.writers) if _posted(summary, {address})}


def repliers(summary: RevisionSummary) -> Replies:
    """Return the addresses of the people who replied."""
    content = {reviewer.email for reviewer in summary.reviewers if reviewer.satisfied}
    return Replies({reviewer.email for reviewer in summary.reviewers}, content)


def recipients(summary: RevisionSummary) -> set[str]:
    """Return the addresses of its recipients, and of the people who were asked."""
    return {*summary.recipients, *(ask.email for ask in summary.asks)}


def _posted(summary: RevisionSummary, me: Set[str]) -> bool:
    """True if I sent it, or wrote all of it and somebody else sent it; a backport belongs to its sender alone."""
    if not me.isdisjoint(summary.senders):
        return True
    return bool(summary.writers) and me >= set(summary.writers) and not summary.backport


def _last_reviewed(
    revisions: Sequence[RevisionRow], summaries: Mapping[str, RevisionSummary], me: Set[str]
) -> tuple[str, int]:
    """Return the last of these revisions that I replied to (empty: none), and how many came after it."""
    for later, revision in enumerate(reversed(revisions)):
        known = (summaries[root] for root in revision.postings if root in summaries)
        if any(reviewer.email in me for summary in known for reviewer in summary.reviewers):
            return f"{'RFC ' if revision.rfc else ''}v{revision.version}", later
    return "", 0


def _was_sent(revisions: Sequence[RevisionRow], summaries: Mapping[str, RevisionSummary], me: Set[str]) -> bool:
    """True if one of these revisions was sent to me."""
    known = (summaries[root] for revision in revisions for root in revision.postings if root in summaries)
    return any(not me.isdisjoint(summary.recipients) for summary in known)


def _applied_with(revision: RevisionRow, replied: int, me: Collection[str]) -> bool:
    """True if I applied some of its patches on the day of my last reply: what its author answers is thanks."""
    why = revision.applied.evidence if revision.applied else None
    return why is not None and why.by_email in me and replied - why.date < _DAY


def own_tags(revision: RevisionRow, me: Collection[str]) -> set[str]:
    """Return the names of my tags that count, given to the revision or carried over from an earlier version."""
    given = [(trailer.name, trailer.value.lower()) for trailer in revision.trailers if trailer.counts]
    return {name for name, value in given for address in me if value == address or f"<{address}>" in value}
