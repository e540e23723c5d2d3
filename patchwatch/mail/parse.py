"""Raw bytes to a `Message`: the facts of one mail, read alone.  Never raises on mail, whatever is in it.

Only what a mail is (`Kind`) is decided here; the modules beside this one read its headers, text, tags and sentences.
"""

from __future__ import annotations

import re

from patchwatch.mail import body, bots, diff, headers, trailers, version_hints
from patchwatch.mail.headers import Headers, person
from patchwatch.mail.message import SUBMISSIONS, Kind, Message, Person, Signal, Subject
from patchwatch.mail.mime import Text, text_of
from patchwatch.mail.sentences import signals, split
from patchwatch.mail.shortlog import shortlog
from patchwatch.mail.subject import parse_subject
from patchwatch.mail.upstream_commit import upstream_commit

_IN_BODY_FROM = re.compile(r"\A\s*From:\s*(.+?)\s*\n(?=\s*\n|[A-Z][\w-]*:\s)")
_PATCHSET = re.compile(r"(?i)^\s*(?:\[[^\]]*\]\s*)*\[[^\]]*\bpatch(?:-?set|es|-?series)\b")
_SIGNED_OFF = re.compile(r"(?m)^Signed-off-by: ")
_LINK_TRAILER = re.compile(r"(?m)^\s*Link:\s+(\S+)")
_MAX_PROSE = 20_000  # characters of own words in which sentences are looked for


def kind_of(head: Headers, text: Text) -> Kind:
    """What a mail is, without the rest of its facts: of a patch of 5 MB they take seconds."""
    subject = headers.subject(head)
    return _kind(
        parse_subject(subject),
        subject,
        text.whole,
        has_diff=diff.start(text.whole) >= 0,
        answers=headers.ancestors(head)[0] is not None,
        notice=bots.is_notice(subject),
        bot=_is_bot(headers.sender(head), text),
    )


def _is_bot(sender: Person, text: Text) -> bool:
    return bots.is_bot(sender) or bots.is_forwarded_report(text.inline)


def parse(raw: bytes) -> Message:
    """The facts of one mail."""
    head = Headers(raw)
    text = text_of(head, raw)
    subject = headers.subject(head)
    parts = parse_subject(subject)
    sender = headers.sender(head)
    arrived = headers.arrived(head)
    date = headers.date(head, arrived)
    parent, references = headers.ancestors(head)
    notice = bots.is_notice(subject)
    bot = _is_bot(sender, text)
    whole = text.whole
    cut = diff.start(whole)
    kind = _kind(parts, subject, whole, has_diff=cut >= 0, answers=parent is not None, notice=notice, bot=bot)
    submission = kind in SUBMISSIONS
    # A mail without a mark may turn out to be the cover letter of the patches that answer it.
    posted = submission or (kind == "other" and not bot)
    patch = whole[cut:] if submission and cut >= 0 else ""
    words = body.own_text((whole if cut < 0 else whole[:cut]) if submission else text.inline, patch=submission)
    tags = trailers.of_patch(words) if submission else trailers.of_reply(words, sender)
    said = tuple(split.sentences(words[:_MAX_PROSE]))
    spoken: tuple[Signal, ...] = ()
    if notice:
        spoken = tuple(bots.notice_signals(subject, whole))
    elif bot:
        spoken = tuple(bots.bot_signals(subject, text.inline, reply=parts.reply))
    elif submission:
        spoken = trailers.dropped_tags(said)
    else:
        # netdev's commands stand below the signature marker too, where b4 and Gnus users put them.
        given = signals.tags_for_all(said) if any(tag.own for tag in tags) else ()
        spoken = (*signals.commands(text.inline), *given, *signals.person_signals(said, words))
    earnest = split.substantive(said, tuple(f"{tag.name}:" for tag in tags))
    return Message(
        message_id=headers.message_id(head, raw),
        subject=subject,
        author=sender,
        date=date,
        arrived=arrived if arrived is not None else date,
        parent=parent,
        references=references,
        recipients=headers.recipients(head),
        kind=kind,
        parts=parts,
        patch_author=_patch_author(whole, sender) if submission else None,
        patch_id=diff.patch_id(patch),
        files=diff.files(patch) if patch else (),
        trailers=tags,
        change_id=(version_hints.change_id(whole) or head.decoded("x-change-id")) if posted else "",
        base_commit=version_hints.base_commit(whole) if posted else "",
        earlier=version_hints.earlier_links(words) if posted else (),
        about=_about(whole) if notice else (),
        signals=spoken,
        bot=bot,
        word_count=split.count_words(earnest) if kind == "reply" else 0,
        excerpt=split.excerpt(earnest, said),
        listed=shortlog(whole) if kind == "pull" else (),
        upstream=upstream_commit(words) if kind == "patch" else "",
    )


def _kind(parts: Subject, subject: str, text: str, *, has_diff: bool, answers: bool, notice: bool, bot: bool) -> Kind:
    if notice:
        return "notice"
    if parts.reply:
        return "reply"
    if parts.pull:
        return "pull"
    if bot:
        return "reply" if answers else "other"
    marked = parts.patch or parts.rfc or (parts.stated_version and parts.counter is not None)
    if marked and (parts.counter == 0 or (parts.counter is None and not has_diff and _PATCHSET.match(subject))):
        return "cover"
    if marked and (parts.patch or parts.counter is not None or has_diff):
        return "patch"
    if marked:
        return "proposal"
    if has_diff and not answers and _SIGNED_OFF.search(text):
        return "patch"  # sent without git's prefix: `git format-patch -k`, quilt
    return "reply" if answers else "other"


def _patch_author(text: str, sender: Person) -> Person | None:
    found = _IN_BODY_FROM.match(text[:1000])
    if not found:
        return None
    author = person(headers.decoded(found[1]))
    return author if author.email and author != sender else None


def _about(text: str) -> tuple[str, ...]:
    """What a notice is about: the `Link:` trailers of the commit it shows."""
    return tuple(dict.fromkeys(i for link in _LINK_TRAILER.findall(text) for i in version_hints.links(link)))[:5]
