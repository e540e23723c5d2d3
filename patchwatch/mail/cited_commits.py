"""Find the commits that a mail names together with their titles: evidence that a patch of that title went in.

People write `Fixes: 0123456789ab ("title")` and `commit 0123456789ab ("title")`, wrapped over lines as they please;
stable tags have `# 0123456789ab: title`, git's reference format `0123456789ab (title, 2024-01-31)`; who looks for what
broke something pastes what `git log`, `git show` and `git bisect log` print.  A hash is of a commit in some tree, so
the words around it do not matter.  Announcements of a release or branch have a shortlog instead, and mails of the
stable team name commits in Linus's tree.  patchwatch.series.citations decides what follows.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator
from itertools import islice

from patchwatch.mail.message import Acceptance, CitationForm, CitedCommit, Kind, Signal, SignalKind, Subject, name_key
from patchwatch.mail.shortlog import shortlog
from patchwatch.pattern import Pattern

_OPEN = Pattern(r"\(\s{0,4}(?:[\"“”„«'‘`]|&quot;)")
_CLOSE = Pattern(r"(?:[\"“”»'’`]|&quot;)\s{0,4}\)")
_HASH_BEFORE = Pattern(r"(?<![\w/.-])([0-9a-fA-F]{7,40})(?:\.{2,3})?[\s:,*`'\"]{0,12}$")
_REFERENCE = Pattern(  # git log --format=reference
    r"(?<![\w/.-])([0-9a-f]{7,40})[ \t\n]{1,4}\(([^()\n][^\n]{4,200}?(?:\n[^\n]{1,100}?)?),\s{1,4}\d{4}-\d\d-\d\d\)"
)
_DATE_AT_END = Pattern(r",\s{1,4}\d{4}-\d\d-\d\d\)")
_TAGGED = Pattern(
    r"^[ \t]{0,4}(?:fixes|stable-dep-of)[: \t]{1,3}[ \t]*(?:commit[ \t]+)?<?([0-9a-f]{7,40})>?[ \t:,-]*"
    r"[(\[\"“'`]{0,2}([^\n]{8,300}?)[)\]\"”'`]{0,2}[ \t]*$",
    re.MULTILINE | re.IGNORECASE,
)
_FOR_STABLE = Pattern(
    r"^[ \t]*cc:[^\n#]{0,120}stable@[^\n#]{0,80}#[^\n]{0,40}?\b([0-9a-f]{7,40}): (\S[^\n]*)", re.M | re.I
)
_LOGGED = Pattern(  # git log, git show, git bisect (at its end)
    r"^[ \t]{0,8}commit ([0-9a-f]{12,40})\b[^\n]*\n"
    r"(?:[ \t]{0,8}(?:Merge|(?:Author|Commit)(?:Date)?|Date):[^\n]*\n){1,5}[ \t]*\n[ \t]+(\S[^\n]*)",
    re.MULTILINE,
)
_BISECTED = Pattern(  # git bisect log
    r"^[ \t]{0,8}# (?:good|bad|skip|first bad commit): \[([0-9a-f]{12,40})\] (\S[^\n]*)", re.MULTILINE
)
_TAG = Pattern(r"(?i)[ \t]{0,4}(?:fixes|stable-dep-of|cc)\b[^\n]{0,60}$")
_REVERTS = Pattern(r"\bThis reverts commit ([0-9a-f]{7,40})\b")
_STABLE = Pattern(r"(?i)(?:linux-)?(?:v?\d+\.\d|stable|autosel|lts)")  # prefixes of patches for a stable tree
_UNDOES = Pattern(r"(?i)(?:revert|reapply):? \"")
_REVERT_TITLE = Pattern(r"(?i)\brevert:? \"(.+)\"\s*$")
_WITHOUT_LETTER = Pattern(r"\d{7,11}")  # rather a date or a number than a hash
_ANNOUNCED = Pattern(r"(?i)\bannounc\w*\b|\breleas\w*\b|\bupdated? to [0-9a-f]{7,40}\b|\bv?\d+\.\d+(?:\.\d+|-rc\d+)?\b")
_LINUX = Pattern(r"(?i)\s*(?:\[announce\]\s*)?linux (?:kernel )?v?\d+\.\d+(?:\.\d+)?(?:-rc\d+)?\s*(?:released?)?\s*")
_HASH_IN_FRONT = Pattern(r"\[([0-9a-f]{7,40})\]\s+(?=\S)")
_STABLE_QUEUE = Pattern(r"Patch \"(.+)\" has been added to the \S+ tree")
_STABLE_FAILED = Pattern(r"FAILED: patch \"(?:\[[^\]]*\]\s*)?(.+)\" failed to apply to \S+")
_STABLE_REVIEW = Pattern(r"^Pseudo-Shortlog of commits:\s*$", re.MULTILINE)
_STABLE_ENTRY = Pattern(r"^(\S[^\n<]{1,100}?) <[^\s<>]+@[^\s<>]+>\n {2,8}(\S[^\n]*)$", re.MULTILINE)
_FROM = Pattern(r"^From: \"?([^\n<\"]{2,100}?)\"? <", re.MULTILINE)
_HASH_FROM = Pattern(r"^(?:From|commit) ([0-9a-f]{40})\b", re.MULTILINE)
_FOR_GOOD = Pattern(r"(?i)\b(?:to|into|in|on)\s+(?:the\s+)?\S*\w[/-]\w\S*|\bthanks?\b")
_MAX_TEXT = 60_000  # characters of a person's text
_MAX_CITED = 200  # of one mail; of an announcement, which can list a release
_MAX_LISTED = 3_000
_MAX_TITLE = 300


def cited_commits(kind: Kind, subject: str, own_text: str, whole: str, *, bot: bool) -> tuple[CitedCommit, ...]:
    """The commits that a mail cites; `own_text` is what its sender wrote, without quotes."""
    if kind == "notice":
        return tuple(_from_stable(subject, whole))
    if bot:
        return ()  # test bots apply patches to branches of their own
    if kind == "cover" and "Pseudo-Shortlog" in whole:
        return tuple(_reviewed_for_stable(whole))
    if kind in ("other", "reply") and _is_announcement(subject) and (listed := shortlog(whole)):
        return tuple(_announced(subject, listed))
    return _each_once([*_reverted(subject, own_text), *_in_text(own_text[:_MAX_TEXT])])


def applied_reverts(parts: Subject, accepted: Acceptance | None, found: Collection[Signal]) -> tuple[CitedCommit, ...]:
    """The commits in which patches were reverted, or reapplied, according to a mail that reports these as applied.

    `parts` are those of its subject.  A sentence must name the tree, or give thanks: testers apply reverts, too.  What
    is reverted in a stable tree may stay in others.
    """
    said = any(s.kind == SignalKind.APPLIED and not s.detail and _FOR_GOOD.search(s.text) for s in found)
    if any(map(_STABLE.match, parts.prefixes)) or not (accepted or said):
        return ()
    titles = [patch.title for patch in accepted.patches] if accepted else []
    undoing = [title for title in titles or (parts.title,) if _UNDOES.match(title)]
    return tuple(CitedCommit(title[:_MAX_TITLE], "", "", "tag") for title in undoing[:_MAX_CITED])


def _is_announcement(subject: str) -> bool:
    """True if a mail announces a release or branch; some people answer their last announcement, under a new subject."""
    answers = subject[:4].lower().startswith(("re:", "re :", "aw:", "fwd:"))
    return not answers and _ANNOUNCED.search(subject) is not None


def _in_text(text: str) -> Iterator[CitedCommit]:
    """The commits that are named in the text of a person."""
    seen: set[str] = set()
    if "(" in text:
        for opened in _OPEN.finditer(text):
            begin = max(0, opened.start() - 60)
            sha = _HASH_BEFORE.search(text[begin : opened.start()])
            closed = sha and _CLOSE.search(text, opened.end(), opened.end() + _MAX_TITLE)
            if sha and closed:
                start = begin + sha.start(1)
                form = _form(text[text.rfind("\n", 0, start) + 1 : start])
                seen.add(sha[1])
                yield from _commit(sha[1], text[opened.end() : closed.start()], form)
        if _DATE_AT_END.search(text):
            for found in _REFERENCE.finditer(text):
                yield from _commit(
                    found[1], found[2], _form(text[text.rfind("\n", 0, found.start()) + 1 : found.start()])
                )
                seen.add(found[1])
    if "ixes" in text or "FIXES" in text or "dep-of" in text:
        for found in _TAGGED.finditer(text):
            if found[1] not in seen:
                yield from _commit(found[1], found[2], "tag")
    if "stable@" in text and "#" in text:
        for found in _FOR_STABLE.finditer(text):
            yield from _commit(found[1], found[2], "tag")
    yield from _printed_by_git(text)


def _printed_by_git(text: str) -> Iterator[CitedCommit]:
    """The commits in what git printed: people paste it whose tree has them."""
    for needed, pattern in (("Author:", _LOGGED), (": [", _BISECTED)):
        if needed in text:
            for found in pattern.finditer(text):
                yield from _commit(found[1], found[2], "prose")


def _form(before: str) -> CitationForm:
    """The form of a citation, by what is in front of it on its line."""
    return "tag" if _TAG.match(before) else "prose"


def _commit(sha: str, title: str, form: CitationForm) -> Iterator[CitedCommit]:
    title = " ".join(title.split())
    if title and not _WITHOUT_LETTER.fullmatch(sha) and not title.endswith(("...", "…")):
        yield CitedCommit(title, sha.lower(), "", form)


def _reverted(subject: str, text: str) -> Iterator[CitedCommit]:
    """The commit that a patch reverts: it is in a tree, until the patch is, too."""
    title = _REVERT_TITLE.search(subject) if "evert" in subject else None
    sha = _REVERTS.search(text[:_MAX_TEXT]) if title else None
    if title and sha:
        yield from _commit(sha[1], title[1], "tag")


def _announced(subject: str, listed: Iterable[tuple[str, str]]) -> Iterator[CitedCommit]:
    """The commits of an announcement: "Linux 6.9-rc3", "frobtools 1.2 released", "for-next updated to 0123456789ab"."""
    form: CitationForm = "mainline" if _LINUX.fullmatch(subject) else "listed"
    for author, title in islice(listed, _MAX_LISTED):
        sha = _HASH_IN_FRONT.match(title)
        yield CitedCommit(title[sha.end() if sha else 0 :][:_MAX_TITLE], sha[1] if sha else "", name_key(author), form)


def _from_stable(subject: str, text: str) -> Iterator[CitedCommit]:
    """The commit in Linus's tree that the stable team queued, or could not apply."""
    if title := _STABLE_QUEUE.match(subject) or _STABLE_FAILED.match(subject):
        author, sha = _FROM.search(text), _HASH_FROM.search(text)
        name = name_key(author[1]) if author else ""
        yield CitedCommit(title[1][:_MAX_TITLE], sha[1] if sha else "", name, "mainline")


def _reviewed_for_stable(text: str) -> Iterator[CitedCommit]:
    """The commits that a stable release will have, according to the cover letter of its review."""
    if heading := _STABLE_REVIEW.search(text):
        for found in islice(_STABLE_ENTRY.finditer(text, heading.end()), _MAX_LISTED):
            yield CitedCommit(found[2].strip()[:_MAX_TITLE], "", name_key(found[1]), "mainline")


def _each_once(found: Iterable[CitedCommit]) -> tuple[CitedCommit, ...]:
    return tuple(islice(dict.fromkeys(found), _MAX_CITED))
