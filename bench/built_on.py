"""How often later patches of other people build on patches, and how often on some that their authors posted again.

    python bench/built_on.py LIST-ARCHIVE... [--since DATE]

Each LIST-ARCHIVE is a public-inbox epoch.  A patch is replaced if the same person posted one of the same title with a
higher version later.  Somebody's later patch that begins with the content of a file that a replaced patch ends with,
and that no later version ends with, shows something wrong; but for series of which some patches were applied, and the
rest was posted again (patchwatch.series.built_on).

The second table is about later patches that were applied, according to an import of the list: somebody else's from a
day on, the author's own from two weeks on.  They show something wrong if the patch was replaced after that, and no
later version ends with the content.  "Only so" are patches that nobody else's later patch shows to be in.
"""

from __future__ import annotations

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from pathlib import Path

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.mail.subject import title_key
from patchwatch.series.built_on import NO_CONTENT, changes_of
from patchwatch.series.stable_trees import stable_trees

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).parent))
from fates import TAKEN, listed
from stated_links import mails

_WAIT = 14 * 86_400
_WAIT_FOR_APPLIED = 86_400


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("lists", nargs="+", type=Path, help="archives of lists")
    parser.add_argument("--since", default="2023-10-01", help="the first mails that are read")
    options = parser.parse_args(arguments)
    print(f"{'list':22}{'patches':>9}{'replaced':>10}{'built on':>10}{'wrongly':>9}{'last':>8}{'built on':>10}")
    applied_rows = []
    for path in options.lists:
        name = path.name.partition(".git")[0]
        patches = [one for raw in mails(path, f"--since={options.since}", "HEAD") if _is_patch(one := parse(raw))]
        print("{:22}{:9,}{:10,}{:10,}{:9,}{:8,}{:10,}".format(name, *_count(patches)), flush=True)
        applied_rows.append(
            "{:22}{:10,}{:9,}{:8,}{:10,}{:9,}".format(name, *_count_applied(patches, _applied(path, options.since)))
        )
    print(f"\n{'applied ones':22}{'replaced':>10}{'wrongly':>9}{'last':>8}{'built on':>10}{'only so':>9}")
    print("\n".join(applied_rows))
    return 0


def _is_patch(message: Message) -> bool:
    return message.kind == "patch" and not message.upstream and not stable_trees(message.parts.prefixes)


class _Posted:
    """The patches of a list, by title and sender and by the contents that they begin and end with."""

    def __init__(self, patches: Iterable[Message]) -> None:
        self.beginning: dict[int, list[Message]] = defaultdict(list)
        self.ending: dict[int, list[Message]] = defaultdict(list)
        self._versions: dict[tuple[str, str], list[Message]] = defaultdict(list)
        for one in patches:
            self._versions[one.author.email, title_key(one.parts.title)].append(one)
            for change in changes_of(one):
                self.beginning[change.before].append(one)
                self.ending[change.after].append(one)

    def later_versions(self, one: Message) -> list[Message]:
        """The patches of the same sender and title that were posted later with a higher version."""
        alike = self._versions[one.author.email, title_key(one.parts.title)]
        return [other for other in alike if other.parts.version > one.parts.version and other.date > one.date]


def _count(patches: list[Message]) -> tuple[int, int, int, int, int, int]:
    """Patches; those that were replaced, of these those built on, and those wrongly; the others, and those built on."""
    posted = _Posted(patches)
    replaced = built_replaced = wrongly = last = built_last = 0
    for one in patches:
        later = posted.later_versions(one)
        contents = {c.after for c in changes_of(one) if _is_begun_with(one, posted.beginning[c.after])} - {NO_CONTENT}
        if not later:
            last += 1
            built_last += bool(contents)
            continue
        replaced += 1
        built_replaced += bool(contents)
        wrongly += bool(contents) and not contents & {c.after for other in later for c in changes_of(other)}
    return len(patches), replaced, built_replaced, wrongly, last, built_last


def _applied(path: Path, since: str) -> set[str]:
    """The message-ids of patches that were applied in this version, according to patchwatch."""
    return {
        message_id
        for series in listed(path, since)
        if series["state"] in TAKEN
        for message_id in series["revisions"][-1]["patch_message_ids"]
    }


def _count_applied(patches: list[Message], applied: Set[str]) -> tuple[int, int, int, int, int]:
    """Patches that were replaced, those of them that are shown wrongly; the others, those shown, and those only so."""
    posted = _Posted(patches)
    replaced = wrongly = last = shown_last = only = 0
    for one in patches:
        later = posted.later_versions(one)
        contents = {c.after for c in changes_of(one)} - {NO_CONTENT}
        new = {
            c
            for c in contents
            if not any(_is_earlier(one, other) for other in (*posted.beginning[c], *posted.ending[c]))
        }
        shown = [
            (other.date, c)
            for c in new
            for other in posted.beginning[c]
            if other.message_id in applied and _follows(one, other)
        ]
        if not later:
            last += 1
            shown_last += bool(shown)
            only += bool(shown) and not any(_is_begun_with(one, posted.beginning[c]) for c in contents)
            continue
        replaced += 1
        until = min(other.date for other in later)
        kept = {c.after for other in later for c in changes_of(other)}
        wrongly += any(date < until and c not in kept for date, c in shown)
    return replaced, wrongly, last, shown_last, only


def _is_earlier(one: Message, other: Message) -> bool:
    return other.date < one.date - 3_600 and _writers(one).isdisjoint(_writers(other))


def _follows(one: Message, other: Message) -> bool:
    """True if `other` is so late that it shows something once it was applied; not a part of the same posting."""
    wait = _WAIT_FOR_APPLIED if _writers(one).isdisjoint(_writers(other)) else _WAIT
    same = (one.references or (one.message_id,))[0] == (other.references or (other.message_id,))[0]
    return other.date >= one.date + wait and not same


def _writers(one: Message) -> set[str]:
    return {person.email for person in (one.author, one.patch_author) if person}


def _is_begun_with(one: Message, others: Iterable[Message]) -> bool:
    """True if somebody else made a later patch on the content."""
    return any(
        other.date >= one.date + _WAIT
        and title_key(other.parts.title) != title_key(one.parts.title)
        and _writers(one).isdisjoint(_writers(other))
        for other in others
    )


if __name__ == "__main__":
    sys.exit(main())
