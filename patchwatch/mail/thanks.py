"""Recognize the form of an acceptance: a list of patches, each with the commit that it became.

b4's thank-you is such a list below words that every maintainer chooses for themselves.  People type the same, and bots
print it.  The form decides, not the words: exactly the listed patches were applied, those with "(no commit info)" were
not, and nothing else in the mail is read.  patchwatch.series.state.applied matches the list with a posting.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from patchwatch.mail.message import Acceptance, ListedPatch, Signal, SignalKind
from patchwatch.mail.sentences.applied import applied_patches
from patchwatch.mail.sentences.dropped import is_dropped
from patchwatch.mail.sentences.split import evidence
from patchwatch.mail.subject import title_key
from patchwatch.pattern import Pattern

B4 = "b4"  # b4's own message-id
LIST = "list"  # [n/m] titles with commits
TREE = "tree"  # "Applied to", and the address of a git tree, a commit or a merge request, on a line of its own
COMMITS = "commits"  # commits with titles, as of `git log --oneline`

_B4_ID = Pattern(r"\.b4-ty@")
_SUBSET = Pattern(r"(?i)^(?:re:\s*)?\(subset\)")
_MAX_LISTED = 1000  # patches
_MAX_TITLE_LINES = 3  # a title that a mail program wrapped
_MAX_LINE = 400  # characters

_ITEM = Pattern(r"[ \t]*(?:[-*•]\s+)?\[(?:[^\]\n]{0,60}[ ,])?(\d{1,4})/(\d{1,4})\]\s*(.*)")
_SHA = r"[0-9a-f]{12,40}"
# A commit in a git host's address, or an archive's address that happens to contain such digits.
_ARCHIVE = r"(?:\w+\.)*(?:lore\.kernel\.org|lkml\.kernel\.org|patch\.msgid\.link|lkml\.org|patchwork\.\S+)/"
_URL = rf"https?://(?!{_ARCHIVE})\S{{1,200}}?[/=]{_SHA}(?![0-9a-z@])\S{{0,60}}"
_COMMIT = Pattern(rf"(?:(?:merge )?commit(?:[- ]id)?:?\s+[0-9a-f]{{7,40}}\b|[([<]?{_SHA}\b|<?{_URL})", re.IGNORECASE)
_BESIDE = Pattern(rf"(?:\s+|\s+\W{{1,3}}\s*)[([]?(?:commit:?\s+)?(?:{_SHA}|<?{_URL})[\])>]*[.,]?$", re.IGNORECASE)
_NO_COMMIT = Pattern(r"\(no (?:commit info|matching commit)")
# 0123456789ab ("frob: mend it"); eight digits without a letter are patchwork's number of a patch.
_LOGGED = Pattern(
    r"[ \t]*(?:[-*•]\s+)?(?:commit:?\s+)?\[?(?!\d{1,11}\b)([0-9a-f]{8,40})\]?:?\s+"
    r"\(?[\"“'‘]?(\S.{3,200}?)[\"”'’]?\)?[.,;]?"
)
# "Applied to", "The series is now queued up to the": few words, none of which denies it, or is about another patch
_TO_A_TREE = Pattern(
    r"(?im)^[ \t]*(?:(?:(?!(?:not|never|be|if|when|once|until|will|would|should|could|can|please|that|which|fix|commit|"
    r"branch|tested|other|v\d+)\b)[\w'’]+[,.!]? +){0,6}?"
    r"(?:applied|queued(?: up)?|merged|pushed|added|picked up)(?: (?:this|it|them|both|all|the series))? "
    r"(?:in)?to(?: the)?|(?:the patch )?has been applied to the \S+ tree at):?[ \t]*"
    r"(?:\n[ \t]*){1,4}<?(?:https?|git|ssh)://\S*(?:git|/c/|/tree)\S*"
)
# "Merged and pushed out.", and the address of the merge request below it
_MERGED_REQUEST = Pattern(
    r"(?im)^[^\w\n]{0,9}(?:now |i )?(?:applied|merged|pushed|picked up)\b[^?\n]{0,60}"
    r"(?:\n[ \t]*){1,4}<?https?://\S{1,200}/"
    r"(?:merge_requests|pulls?)/\d+"
)
# "Thanks, I've applied it.", and the address of the commit below it, or a list of titles, each with its address
_AS_A_COMMIT = Pattern(
    r"(?im)^(?!.{0,60}\b(?:not|never|be|if|when|with|tested|yes|yep|yeah)\b)[^\n?:]{0,60}"
    r"\b(?:applied|queued|merged|pushed|picked|comm?itt?ed)"
    r"(?: (?:this|it|them|both|all|the (?:patch(?:es)?|series)|up|now|as|(?:in|to) (?:my|the) tree))*[.,:!]?"
    rf"(?: (?:many )?thanks?\b[^\n]{{0,20}})?[ \t]*\n[ \t]*(?:\n[ \t]*)?"
    rf"(?:[-*•] [^\n]{{3,200}}\n[ \t]*)?<?(?=\S*/(?:c|ci|commit)/){_URL}>?[.]?[ \t]*$"
)
_ADDRESSES = (_TO_A_TREE, _MERGED_REQUEST, _AS_A_COMMIT)
_REPORTS = (SignalKind.APPLIED, SignalKind.CLAIMED)
_ALL = Pattern(r"(?i)\b(?:all|both|everything|patches|patch ?set|series|these|them)\b")
_HEX = Pattern(r"[0-9a-f]{7}")


def acceptance(message_id: str, subject: str, text: str) -> Acceptance | None:
    """The patches that a reply lists as applied; None if it has another form.

    `text` is what the sender wrote, without quotes and signature.
    """
    from_b4 = _B4_ID.search(message_id) is not None
    if not from_b4 and not _HEX.search(text):
        return Acceptance(TREE) if "://" in text and _names_address(text) else None
    lines = text.split("\n")
    patches = list(listed(text))
    applied = tuple(patch for patch, found in patches if found)
    if patches and not from_b4 and _reports_dropped(lines):
        return None
    if applied:
        return Acceptance(B4 if from_b4 else LIST, applied)
    if from_b4:
        # A template without the list; or a list in which b4 found no commit, so that the words have to tell.
        return None if patches else Acceptance(B4, partial=_SUBSET.match(subject) is not None)
    if "://" in text and _names_address(text):
        return Acceptance(TREE)
    logged = tuple(_logged(lines))
    return Acceptance(COMMITS, logged) if logged else None


def numbers(accepted: Acceptance) -> str:
    """The patches of an acceptance as the detail of a signal; empty for the patch or series that the mail answers."""
    if accepted.partial:
        return "some"
    stated = {patch.number for patch in accepted.patches} - {0}
    return ",".join(map(str, sorted(stated))) if any(patch.expected > 1 for patch in accepted.patches) else ""


def of_listed(found: Iterable[Signal], own_text: str, quotes: Iterable[Sequence[str]]) -> list[Signal]:
    """The signals of a reply that is no acceptance by form: its words are about the patches that it lists.

    b4 may have found no commit.  "I have picked this up", below one patch of a quoted list, is about that patch.
    """
    signals, about = list(found), ""
    if any(signal.kind in _REPORTS and not signal.detail for signal in signals):
        text = "\n".join(line.lstrip("> ") for quote in quotes for line in quote)
        quoted = _numbers_in(text)
        about = _numbers_in(own_text) or (quoted if quoted.isdigit() else "")
    if not about:
        return signals
    return [
        Signal(one.kind, one.text, about) if one.kind in _REPORTS and not (one.detail or _ALL.search(one.text)) else one
        for one in signals
    ]


def _numbers_in(text: str) -> str:
    return numbers(Acceptance(LIST, tuple(patch for patch, _ in listed(text))))


def reporting_line(sentences: Iterable[str], text: str) -> str:
    """What a thank-you says, for display: the sentence that reports it, the first patch of its list, or the address."""
    if said := next((s for s in sentences if applied_patches(s) is not None), ""):
        return evidence(said)
    item = next(filter(_ITEM.match, text.split("\n")), "")
    address = None if item else next(filter(None, (form.search(text) for form in _ADDRESSES)), None)
    return evidence(item or (address[0] if address else next(iter(text.strip().split("\n\n")), "")))


def listed(text: str) -> Iterator[tuple[ListedPatch, bool]]:
    """The patches of a list, and whether each has a commit."""
    lines = text.split("\n")
    count = 0
    for number, line in enumerate(lines):
        if "/" not in line or "[" not in line or len(line) > _MAX_LINE or not (item := _ITEM.match(line)):
            continue
        count += 1
        if count > _MAX_LISTED:
            return
        title = item[3]
        if beside := _BESIDE.search(title):
            yield ListedPatch(int(item[1]), int(item[2]), title_key(title[: beside.start()])), True
            continue
        for below in lines[number + 1 : number + 1 + _MAX_TITLE_LINES]:
            below = below.strip()
            if not below or len(below) > _MAX_LINE or _ITEM.match(below):
                break
            found = _COMMIT.match(below) is not None
            if found or _NO_COMMIT.search(below):
                yield ListedPatch(int(item[1]), int(item[2]), title_key(title)), found
                break
            title = f"{title} {below}"


def _names_address(text: str) -> bool:
    if "://" not in text:
        return False
    return any(form.search(text) for form in _ADDRESSES)


def _logged(lines: Sequence[str]) -> Iterator[ListedPatch]:
    for line in lines[:_MAX_LISTED]:
        if len(line) <= _MAX_LINE and (found := _LOGGED.fullmatch(line.rstrip())):
            yield ListedPatch(0, 0, title_key(found[2]))


def _reports_dropped(lines: Sequence[str]) -> bool:
    """True if the words above a list say that its patches were dropped again."""
    for line in lines:
        if _ITEM.match(line):
            return False
        if is_dropped(line.strip().rstrip(":") + "."):
            return True
    return False
