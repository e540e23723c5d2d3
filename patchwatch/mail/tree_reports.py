"""Read which patches are in a tree according to the mail of two bots, by its form.

patchwork's summaries list what the bot found in a tree, each posting by its message-id.  The kernel test robot names
the last commit of each branch that it built, whatever came of it.  Only maintainers' branches for a release count: 2 in
100 of such patches were posted again.  Of those in which the robot finds a failure, a quarter was; they only count in
Linus's tree, where they stay.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from patchwatch.mail import version_hints
from patchwatch.mail.message import CitationForm, CitedCommit, Person
from patchwatch.mail.subject import parse_subject, title_key
from patchwatch.pattern import Pattern

_SUMMARY = "Patchwork summary for: "
_HEADING = Pattern(
    r'^The following patches were marked "(?:accepted|mainlined)", because they were applied to\s+'
    r"(\S{1,200}(?: \([^()\n]{1,200}\))?):\s*$",
    re.MULTILINE,
)
_BLOCK = Pattern(r"^(?:Patch|Series): ([^\n]{1,400})\n((?:[ \t]+\S[^\n]*(?:\n|$)){1,2000})", re.MULTILINE)
_COMMITTER = Pattern(r"^ +Committer: ([^\n<]{0,200}?) *<[^<>\s]+>$", re.MULTILINE)
_LISTED = Pattern(r"^ +(?:Patches: )?\[[^\]\n]{0,80}?\d+/\d+[^\]\n]{0,20}\] ?([^\n]{1,400})$", re.MULTILINE)
_LINUS = "torvalds/linux.git"

_BUILT = Pattern(r"\[[^\]:\s]+:[^\]\s]+\] BUILD [A-Z]+ [0-9a-f]{12,40}\b")
_BRANCH = Pattern(
    r"^tree/branch: +(\S{1,300}) +(\S{1,200})\nbranch HEAD: ([0-9a-f]{12,40}) +(\S[^\n]{1,300})$", re.MULTILINE
)
_FOR_RELEASE = Pattern(
    r"(?i)(?:^|[/_.-])(?:next|fixes|urgent|features|linus|current|master|main|testing|devel|rc|bleeding-edge|for)(?:$|[/_.-])|"
    r"\d\.\d+$"
)
_TOPIC = Pattern(r"(?i)(?:^|[/_-])(?:wip|pending|topic|b4|ci|hack|debug|try|rfc|v\d+)(?:$|[/_-])")
_REGRESSED = "[linus:master]"
_IN_LINUS_TREE = Pattern(
    r"^commit: ([0-9a-f]{12,40}) \(\"([^\n]{1,300})\"\)\nhttps?://\S{1,100}/torvalds/linux\.git master$", re.MULTILINE
)
_ROBOTS_OWN = "/intel-lab-lkp/"
_MAX_BLOCKS = 1_000


def tree_reports(sender: Person, subject: str, text: str) -> tuple[CitedCommit, ...]:
    """The patches that a bot reports to be in a tree."""
    if subject.startswith(_SUMMARY) and sender.email.startswith("patchwork-bot"):
        return tuple(_summarized(text))
    if " BUILD " in subject and sender.email.startswith("lkp@") and _BUILT.match(subject):
        return tuple(_built(text))
    if subject.startswith(_REGRESSED) and sender.email.endswith("@intel.com"):
        return tuple(_in_linus_tree(text))
    return ()


def _summarized(text: str) -> Iterator[CitedCommit]:
    """The patches of each posting that a summary lists."""
    heading = _HEADING.search(text)
    if not heading:
        return
    form: CitationForm = "mainline" if heading[1].startswith(_LINUS) else "summary"
    for block in islice(_BLOCK.finditer(text, heading.end()), _MAX_BLOCKS):
        if posting := next(iter(version_hints.links(block[2])), ""):
            committer = _COMMITTER.search(block[2])
            tree = f"{heading[1]}, committed by {committer[1]}" if committer and committer[1] else heading[1]
            titles = _titles(_LISTED.findall(block[2]) or (block[1],))
            yield CitedCommit("\n".join(titles), "", "", form, posting, tree)


def _titles(listed: Iterable[str]) -> list[str]:
    return [title_key(parse_subject(title).title) for title in listed]


def _built(text: str) -> Iterator[CitedCommit]:
    """The last commit of a branch that was built."""
    found = _BRANCH.search(text)
    if found and _ROBOTS_OWN not in found[1] and _FOR_RELEASE.search(found[2]) and not _TOPIC.search(found[2]):
        tree = "/".join(found[1].split("/")[-2:])
        yield CitedCommit(found[4].strip(), found[3], "", "branch", "", f"{tree} ({found[2]})")


def _in_linus_tree(text: str) -> Iterator[CitedCommit]:
    """The commit in mainline that a report of the robot is about, whatever it found."""
    if found := _IN_LINUS_TREE.search(text):
        yield CitedCommit(found[2].strip(), found[1], "", "mainline", "", f"{_LINUS} (master)")
