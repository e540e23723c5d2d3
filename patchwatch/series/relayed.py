"""Batches of a subsystem maintainer: patches of others that they send on, which is where those patches went.

A developer whose series needs a patch of somebody else posts it among their own; it goes where that series goes.

Pure.  In such a batch, `From:` in the body names the author and the maintainer's Signed-off-by is the last.  It is not
a new version of the patches.  A developer who takes over the work of another sends mails of the same form; what tells
them apart is the posting that they continue: a higher version of it, its title or change-id, a link to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from patchwatch.mail.message import Message, name_key
from patchwatch.mail.subject import gist_words

if TYPE_CHECKING:
    from patchwatch.series.posting import PostingFacts
    from patchwatch.series.revision import Revision

_SOON = 60 * 86_400  # seconds: who takes over a patch, changes it or waits; a maintainer may rebase it
_SIMILAR = 0.7  # words that the titles of two cover letters have in common
_MANY = 2  # authors, from which on a batch is not the work of one whom the sender continues


def patches_of_others(revision: Revision) -> tuple[Message, ...]:
    """The patches of a posting that its sender passes on."""
    return tuple(m for m in revision.patches if _is_relayed(m))


def relayed_patches(revision: Revision, others: tuple[Message, ...]) -> tuple[Message, ...]:
    """The patches of `others` in a posting that consists mostly of them; none in the work of its sender."""
    return others if 2 * len(others) > len(revision.patches) else ()


def takes_along(series: PostingFacts) -> bool:
    """True for a posting of its sender's own work that has patches of others among it, which it lists."""
    if not series.listed or series.relayed or series.upstream:
        return False
    return len(series.listed) < len(series.titles) and {title for _, title in series.listed} <= set(series.titles)


def taken_along(one: PostingFacts, series: PostingFacts) -> frozenset[int]:
    """The patches of a posting (by place, from 0) that somebody else posted later among their own."""
    sender = name_key(series.author.name)
    if not takes_along(series) or series.date < one.date or series.author.email in one.people or sender in one.names:
        return frozenset()
    titles = {title for name, title in series.listed if name in one.names}
    return frozenset(place for place, title in enumerate(one.titles) if title in titles)


def _is_relayed(message: Message) -> bool:
    """True if the sender passes on a patch: the author is another person, and signed it off before the sender did."""
    author, sender = message.patch_author, message.author
    if author is None or author.email == sender.email or _may_be_one(author.name, sender.name):
        return False
    signed = [trailer.value for trailer in message.trailers if trailer.name.lower() == "signed-off-by"]
    if not signed:
        return False
    name, _, address = signed[-1].partition("<")
    address = address.partition(">")[0].strip().lower()
    by_sender = address == sender.email or (name_key(sender.name) != "" and name_key(name) == name_key(sender.name))
    return by_sender and address != author.email and not _may_be_one(author.name, name)


def _may_be_one(name: str, other: str) -> bool:
    """True if one name is part of the other: people shorten theirs, and a mail server may drop it."""
    mine, theirs = set(name_key(name).split()), set(name_key(other).split())
    return bool(mine and theirs) and (mine <= theirs or theirs <= mine)


def sends_on(batch: PostingFacts, one: PostingFacts, *, listed: bool = False) -> bool:
    """True if the sender of `batch` passes on patches of `one`, rather than posting a new version of it.

    `listed`: the titles of some are known to be similar; otherwise a title or patch must be the same.
    """
    if not batch.relayed or one.relayed or batch.root == one.root or batch.date < one.date:
        return False
    if batch.author.email in one.people or set(batch.relayed).isdisjoint(one.names):
        return False
    same = set(batch.patch_ids) & set(one.patch_ids)
    if not (listed or same or set(batch.titles) & set(one.titles)) or _continues(batch, one):
        return False
    if len(set(batch.relayed)) >= _MANY or 2 * len(same) >= len(batch.titles):
        return True
    return not batch.stated and batch.date <= one.date + _SOON


def takes_over(batch: PostingFacts, one: PostingFacts) -> bool:
    """True if `batch` is the next version of a series of which its sender did not send the one before."""
    if batch.author.email in one.people or one.relayed or set(batch.relayed).isdisjoint(one.names):
        return False
    return batch.version > one.version and one.date <= batch.date and _continues(batch, one)


def _continues(batch: PostingFacts, one: PostingFacts) -> bool:
    """True if something says that `batch` continues `one`."""
    if batch.resend or (batch.change_id != "" and batch.change_id == one.change_id) or links_to(batch, one):
        return True
    later = (batch.stated and batch.version > one.version) or (one.rfc and not batch.rfc)
    if batch.kind == "cover" and (batch.title == one.title or (later and _is_similar(batch.title, one.title))):
        return True  # the batches of a maintainer have titles of their own
    return later and _mostly_the_same(batch, one)


def links_to(one: PostingFacts, other: PostingFacts) -> bool:
    """True if a posting names a mail of another one as an earlier version."""
    return any(message_id in other.message_ids for message_id, _ in one.earlier)


def _is_similar(title: str, other: str) -> bool:
    mine, theirs = gist_words(title), gist_words(other)
    return len(mine & theirs) >= _SIMILAR * len(mine | theirs) > 0


def _mostly_the_same(one: PostingFacts, other: PostingFacts) -> bool:
    return 2 * len(set(one.titles) & set(other.titles)) >= max(len(one.titles), len(other.titles))


def are_apart(one: PostingFacts, other: PostingFacts) -> bool:
    """True if `other`, the earlier of two postings, cannot be a version of the same series: one is a batch."""
    if one.relayed and sends_on(one, other):
        return True
    # An author's next version, after somebody passed on the one before, does not continue the batch.
    many = len(set(other.relayed)) >= _MANY and not one.relayed and not links_to(one, other)
    return many and other.author.email not in one.people and not _mostly_the_same(one, other)


def has_other_patches(one: PostingFacts, other: PostingFacts) -> bool:
    """True for two series without a patch in common, such as those that a maintainer sends each month."""
    if min(len(one.titles), len(other.titles)) < 2:
        return False
    return set(one.titles).isdisjoint(other.titles) and set(one.patch_ids).isdisjoint(other.patch_ids)
