"""New versions: which earlier revision a revision succeeds, with the evidence.

What somebody states is certain.  Where candidates have a lower version, a model weighs them
(patchwatch.series.link_model); for the others there are rules (patchwatch.series.link_rules).  Candidates are found by
keys (patchwatch.series.posting).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from patchwatch.mail.prose_sketch import prose_in_common
from patchwatch.mail.subject import title_words
from patchwatch.series.certain_links import Link as Link
from patchwatch.series.certain_links import sent_again, stated
from patchwatch.series.joins import may_join
from patchwatch.series.link_features import candidates, concerns, has_lower_version
from patchwatch.series.link_model import LinkModel, default_model
from patchwatch.series.link_rules import CERTAIN, OUTRIGHT, adds_same_lines, has_equal_patches, likely_link
from patchwatch.series.posting import AUTHOR_WINDOW, PostingFacts, is_taken_out, same_person
from patchwatch.series.pull_requests import KIND as PULL
from patchwatch.series.pull_requests import repeats
from patchwatch.series.relayed import are_apart, links_to, takes_over
from patchwatch.series.rivals import is_taken, later_rivals
from patchwatch.series.stated_relations import are_related, without_dependencies

_CLEARLY_BETTER = 3.0
_ALONE = -1.0  # log odds that suffice for the only candidate, if the rules agree
_LEAST = -1.5  # log odds that suffice for a candidate that adds mostly the same lines


def predecessor(one: PostingFacts, near: Iterable[PostingFacts], model: LinkModel | None = None) -> Link | None:
    """The revision that `one` succeeds, or None; `near` are the postings that share a key with it.

    What somebody states is certain.  Rules find resends, first versions of an RFC or proposal, and links of the author;
    `model` weighs the candidates with a lower version, by default the one that patchwatch comes with.
    """
    others = without_dependencies(one, [other for other in near if other.root != one.root])
    certain = [(link, other) for other in others if (link := stated(one, other)) is not None]
    certain = [pair for pair in certain if not _was_superseded(pair[1], one, others)]
    if certain:
        return _newest(certain)
    if one.kind == PULL:
        return sent_again(one, others)
    others = [other for other in others if other.kind != PULL and not are_apart(one, other)]
    ruled = _ruled(one, [other for other in others if _has_rules(one, other)])
    rivals = later_rivals(one, others)
    if any(link.resend for link, _ in ruled):
        return _first_posting(pair for pair in ruled if pair[0].resend)
    learned = _learned(one, others, model or default_model(), rivals)
    certain = [pair for pair in ruled if CERTAIN & set(pair[0].evidence)]
    if certain:  # a version in between, without a link to it, may be newer
        return _newest(certain + [pair for pair in learned if {"same-title", "same-author"} <= set(pair[0].evidence)])
    return _newest(learned) or _newest([(a, b) for a, b in ruled if _is_ruled(one, b) and not is_taken(one, b, rivals)])


def _was_superseded(other: PostingFacts, one: PostingFacts, others: Iterable[PostingFacts]) -> bool:
    """True if what is stated to supersede `other`, by its title, was posted before, too: `one` is a later version."""
    return any((o.date, o.root) < (one.date, one.root) and stated(o, other) for o in others if o.root != other.root)


def predecessor_by_rules(one: PostingFacts, near: Iterable[PostingFacts]) -> Link | None:
    """The revision that `one` succeeds according to the rules alone: what the learned links are compared with."""
    links = _ruled(one, without_dependencies(one, [other for other in near if other.root != one.root]))
    if not links:
        return None
    # Similar postings, however new, lose against those that are certainly this change.
    links = [pair for pair in links if OUTRIGHT & set(pair[0].evidence)] or links
    best = max(link.score for link, _ in links)
    likely = [pair for pair in links if pair[0].score >= best - _CLEARLY_BETTER]
    resends = [pair for pair in likely if pair[0].resend]
    return _first_posting(resends) if resends else _newest(likely)


def _ruled(one: PostingFacts, others: Iterable[PostingFacts]) -> list[tuple[Link, PostingFacts]]:
    return [(link, other) for other in others if (link := likely_link(one, other)) is not None]


def _learned(
    one: PostingFacts, others: Sequence[PostingFacts], model: LinkModel, rivals: Sequence[PostingFacts]
) -> list[tuple[Link, PostingFacts]]:
    """The link to the likeliest posting with a lower version, if it is more likely than not."""
    found = candidates(one, others)
    scored = [(round(model.log_odds(candidate.vector), 3), candidate) for candidate in found]
    likely = [
        (odds, candidate)
        for odds, candidate in scored
        if odds > _LEAST and _is_likely(one, candidate.posting, odds, alone=len(found) == 1)
    ]
    likely = [(odds, candidate) for odds, candidate in likely if not is_taken(one, candidate.posting, rivals)]
    if not likely:
        return []
    odds, best = max(likely, key=lambda pair: (pair[0], *_age(pair[1].posting)))
    evidence = model.evidence(best.vector)
    if odds <= 0 and adds_same_lines(one, best.posting):
        evidence = ("same-lines", *evidence)
    if not set(one.patch_ids).isdisjoint(best.posting.patch_ids):
        # The model does not weigh them: a series that was split, and the next one, have patches in common as well.
        evidence = ("same-patches", *evidence)
    return [(Link(one.root, best.posting.root, evidence, odds), best.posting)]


def _is_likely(one: PostingFacts, other: PostingFacts, odds: float, *, alone: bool) -> bool:
    """True if the log odds of a candidate suffice, given what else speaks for it."""
    if odds > 0 and _is_common(one, other):
        return True
    # Features that compare candidates do not tell much about one that is alone.
    if odds > (_ALONE if alone else 0) and likely_link(one, other) is not None:
        return True
    return adds_same_lines(one, other)


def _is_common(one: PostingFacts, other: PostingFacts) -> bool:
    """True for pairs of which the model has seen enough; for others, the rules must agree with it."""
    shared = title_words(one.title) & title_words(other.title)
    specific = shared or not set(one.titles).isdisjoint(other.titles) or prose_in_common(one.prose, other.prose)
    apart = bool(one.files and other.files) and set(one.files).isdisjoint(other.files) and len(shared) < 2
    return bool(specific) and not apart and same_person(one, other) and one.date - other.date <= AUTHOR_WINDOW


def _has_rules(one: PostingFacts, other: PostingFacts) -> bool:
    """True unless the model alone decides about a pair."""
    return (
        not has_lower_version(one, other)
        or (one.change_id != "" and one.change_id == other.change_id)
        or links_to(one, other)
        or not set(one.patch_ids).isdisjoint(other.patch_ids)
        or takes_over(one, other)
        or is_taken_out(one, other)
    )


def _is_ruled(one: PostingFacts, other: PostingFacts) -> bool:
    """True if the rules may link a pair that the model does not link."""
    if not has_lower_version(one, other) or links_to(one, other) or has_equal_patches(one, other):
        return True
    # The model has seen too few series that somebody else continues with the patches of their author.
    return other.version == one.version - 1 and (takes_over(one, other) or is_taken_out(one, other))


def _first_posting(links: Iterable[tuple[Link, PostingFacts]]) -> Link:
    """The link of a resend to the first posting of that version, of the newest version if it states none."""
    return min(links, key=lambda pair: (-pair[1].version, -pair[1].minor, pair[1].date, pair[1].root))[0]


def _newest(links: Sequence[tuple[Link, PostingFacts]]) -> Link | None:
    """The link to the highest version, if there is any."""
    newest = max(links, key=lambda pair: (*_age(pair[1])[:3], pair[0].score, pair[1].root), default=None)
    return newest[0] if newest else None


def _age(posting: PostingFacts) -> tuple[int, int, int, str]:
    return posting.version, posting.minor, posting.date, posting.root


def same_revision(one: PostingFacts, other: PostingFacts) -> bool:
    """True if they are the same posting, or one is a resend of the other."""
    if PULL in (one.kind, other.kind):
        return one.root == other.root
    links = (likely_link(one, other), likely_link(other, one))
    return one.root == other.root or any(link is not None and link.resend for link in links)


def may_change(one: PostingFacts, other: PostingFacts) -> bool:
    """True if the predecessor of `one` can depend on `other`."""
    if are_related(one, other):
        return True
    if PULL in (one.kind, other.kind):
        return repeats(one, other)
    if concerns(one, other) or may_join(one, other):
        return True
    return _has_rules(one, other) and likely_link(one, other) is not None
