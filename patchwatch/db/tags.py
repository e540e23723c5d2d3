"""The tags of a series' revisions, read back from what is stored of each and followed from version to version."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from patchwatch.mail.message import Person
from patchwatch.series.carried_tags import PostedPatch, Tagged, carry
from patchwatch.series.tags import Tag

View = dict[str, Any]
"""What is stored of a revision for lists and screens: the JSON of `revision.view`."""


def encode_tags(tags: Sequence[Tag]) -> list[list[Any]]:
    """A revision's own tags, for its view."""
    return [[t.name, t.value, t.message_id, t.patch, t.counts, t.date, *([t.limit] if t.limit else [])] for t in tags]


def tags_of_chain(chain: Sequence[tuple[str, View]]) -> list[tuple[Tag, ...]]:
    """The tags of each revision, given as (root, view), oldest first: its own, and those given to earlier ones."""
    own = [tuple(Tag(*tag) for tag in view["trailers"]) for _, view in chain]
    if len(chain) == 1:
        return own
    return carry(
        [
            Tagged(
                root,
                str(Person(*view["author"])),
                tuple(
                    PostedPatch(number, message_id, title, patch_id, tuple(dropped))
                    for message_id, (number, title, patch_id, *dropped) in zip(
                        view["patch_message_ids"], view["patch_facts"], strict=True
                    )
                ),
                tags,
                tuple(view["dropped"]),
            )
            for (root, view), tags in zip(chain, own, strict=True)
        ]
    )
