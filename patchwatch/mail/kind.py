"""Determine the kind of a mail: a posting, a reply, or anything else.

The subject says what a mail claims to be, its text what it is: some mail programs and people answer a patch without
`Re:`.  patchwatch.mail.message explains the kinds.
"""

from __future__ import annotations

from patchwatch.mail import body, bots, diff, headers, robot, trailers
from patchwatch.mail.headers import Headers
from patchwatch.mail.message import Kind, Person, Subject
from patchwatch.mail.mime import Text
from patchwatch.mail.pull_request import asks_to_pull
from patchwatch.mail.subject import parse_subject
from patchwatch.pattern import Pattern

_PATCHSET = Pattern(r"(?i)^\s*(?:\[[^\]]*\]\s*)*\[[^\]]*\bpatch(?:-?set|es|-?series)\b")
_SIGNED_OFF = Pattern(r"(?m)^Signed-off-by: ")
# What git format-patch, b4 and authors put into a posting: a shortlog, a diffstat, a changelog, trailers of b4.
_POSTED = Pattern(
    r"(?im)^(?:\S[^\n>|]{1,60} \(\d{1,3}\):$|(?:base-commit|change-id): \S|range-diff\b|signed-off-by: |---$|"
    r"[ \t*-]*change(?:s|log)\b[^\n]{0,30}\b(?:v\d|rfc|version|since|from)|[ \t*-]*v\d+ ?(?:->|=>|to|→) ?v\d+|"
    r" \d+ files? changed\b)"
)
# In the headers of a mail that is appended to the answer.
_FORWARDED = Pattern(
    r"(?im)^\s*-{2,}\s*original (?:e-?mail|message)|^\s*\*?(?:sent|date|gesendet|envoyé|发送时间|日期)\s*[:\uff1a]"
)
_CORRECTION = Pattern(r"(?:fixup|squash|amend)! ")
_MAX_TEXT = 100_000  # characters in which quotes are looked for
_OPENING_WORDS = 15  # that an answer may have above its first quote: "Hi Ann, thanks for the review."


def kind_of(head: Headers, text: Text) -> Kind:
    """The kind of a mail, without parsing the rest, which takes seconds for a patch of 5 MB."""
    subject, has_diff = headers.subject(head), diff.start(text.whole) >= 0
    parts, sender, answers = parse_subject(subject), headers.sender(head), headers.ancestors(head)[0] is not None
    return kind_and_bot(head, text, subject, parts, sender, has_diff=has_diff, answers=answers)[0]


def kind_and_bot(
    head: Headers, text: Text, subject: str, parts: Subject, sender: Person, *, has_diff: bool, answers: bool
) -> tuple[Kind, bool]:
    """The kind of a mail, and True if a robot sent it, or a person forwards its report."""
    submits = parts.patch and not parts.reply and (has_diff or not answers)
    bot = robot.is_robot(head, sender, text.inline, submits=submits)
    return determine(parts, subject, text, sender, has_diff=has_diff, answers=answers, bot=bot), bot


def determine(
    parts: Subject, subject: str, text: Text, sender: Person, *, has_diff: bool, answers: bool, bot: bool
) -> Kind:
    """The kind of a mail with these fields; `answers` if it has an In-Reply-To."""
    if bots.is_notice(subject):
        return "notice"
    if parts.reply:
        return "reply"
    if answers and has_diff and _only_forwards(text):
        has_diff = False
    kind = _stated(parts, subject, text.whole, has_diff=has_diff, answers=answers, bot=bot)
    if answers and kind == "patch" and parts.counter is None and _CORRECTION.match(parts.title):
        return "reply"  # to be squashed into the patch that it answers
    if answers and not has_diff and kind in ("patch", "cover", "proposal", "pull"):
        own = body.own_text(text.inline[:_MAX_TEXT], patch=False)
        if kind == "pull" and "://" in own:
            return kind  # it names what to pull
        if _is_answer(text, own, sender, kind, numbered=parts.counter is not None):
            return "reply"
    return kind


def _only_forwards(text: Text) -> bool:
    """True if the diff is that of the mail which Outlook and the like append, unmarked, below an answer."""
    if not _FORWARDED.search(text.inline, 0, max(diff.start(text.inline), 0)):
        return False
    return all(part.kind != "diff" for part in body.segments(text.inline[:_MAX_TEXT], patch=False))


def _stated(parts: Subject, subject: str, text: str, *, has_diff: bool, answers: bool, bot: bool) -> Kind:
    """The kind according to the subject."""
    if parts.pull and has_diff and parts.counter and not asks_to_pull(subject, text, patch=True):
        return "patch"  # "[PULL 2/5]": below a pull request, its patches
    if parts.pull or (not (parts.patch or bot or answers) and asks_to_pull(subject, text, patch=False)):
        return "pull"
    if bot:
        return "reply" if answers else "other"
    first = parts.counter == 0 and not parts.inserted  # `0.5/3` is a patch
    marked = parts.patch or parts.rfc or (parts.stated_version and parts.counter is not None)
    if marked and (first or (parts.counter is None and not has_diff and _PATCHSET.match(subject))):
        return "cover"
    if marked and (parts.patch or parts.counter is not None or has_diff):
        return "patch"
    if marked:
        return "proposal"
    if has_diff and not answers and _SIGNED_OFF.search(text):
        return "patch"  # sent without git's prefix: `git format-patch -k`, quilt
    return "reply" if answers else "other"


def _is_answer(text: Text, own: str, sender: Person, kind: Kind, *, numbered: bool) -> bool:
    """True if a mail without a diff answers something, rather than posts it.

    Authors also quote in postings, and post a version in answer to the last one: what git and b4 put into a posting
    shows the difference, or a cover letter that begins with new text.
    """
    if _POSTED.search(own):
        return False
    if kind == "patch" and not numbered:
        return True  # nothing that git puts into a patch; one of several may have lost its attachment
    if any(tag.own for tag in trailers.of_reply(own, sender)):
        return True
    parts = body.segments(text.inline[:_MAX_TEXT], patch=False)
    first = next((n for n, part in enumerate(parts) if part.kind in ("quote", "attribution")), None)
    if first is None or not any(part.kind == "quote" for part in parts):
        return False
    if kind == "patch" or any(part.kind == "attribution" for part in parts):
        return True
    return sum(len(part.text.split()) for part in parts[:first]) <= _OPENING_WORDS
