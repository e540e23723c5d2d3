"""Messages as compact JSON, and back.

Written by hand, not by a serialiser, because an import decodes each of them several times: lists in field order, empty
endings cut.  `reindex` rewrites all of them, so the form may change with any version that also raises `FORM`.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from patchwatch.mail.message import SUBMISSIONS, EarlierLink, Kind, Message, Person, Signal, Subject, Trailer

FORM = 8
"""Raised when what is stored here, or how it is understood, changes: the database is then reindexed on opening."""


def encode_message(m: Message) -> str:
    """All facts of a message."""
    s = m.parts
    return json.dumps(
        [
            m.message_id,
            m.subject,
            [m.author.name, m.author.email],
            m.date,
            m.arrived,
            m.parent,
            m.references,
            m.recipients,
            m.kind,
            [
                s.title,
                s.version,
                s.minor,
                s.stated_version,
                s.counter,
                s.expected,
                s.prefixes,
                s.patch,
                s.rfc,
                s.resend,
                s.pull,
                s.reply,
            ],
            [m.patch_author.name, m.patch_author.email] if m.patch_author else None,
            m.patch_id,
            m.files,
            [[t.name, t.value, t.own, t.scope] if t.scope else [t.name, t.value, t.own] for t in m.trailers],
            m.change_id,
            m.base_commit,
            [[e.message_id, e.version] for e in m.earlier],
            m.about,
            [[g.kind, g.text, g.detail] for g in m.signals],
            m.bot,
            m.word_count,
            m.excerpt,
            m.listed,
            m.upstream,
        ],
        separators=(",", ":"),
    )


def decode_message(text: str) -> Message:
    """The message that `encode_message` wrote."""
    f: list[Any] = json.loads(text)
    s = f[9]
    return Message(
        message_id=f[0],
        subject=f[1],
        author=Person(*f[2]),
        date=f[3],
        arrived=f[4],
        parent=f[5],
        references=tuple(f[6]),
        recipients=tuple(f[7]),
        kind=f[8],
        parts=Subject(s[0], s[1], s[2], s[3], s[4], s[5], tuple(s[6]), s[7], s[8], s[9], s[10], s[11]),
        patch_author=Person(*f[10]) if f[10] else None,
        patch_id=f[11],
        files=tuple(f[12]),
        trailers=tuple(Trailer(*t) for t in f[13]),
        change_id=f[14],
        base_commit=f[15],
        earlier=tuple(EarlierLink(*e) for e in f[16]),
        about=tuple(f[17]),
        signals=tuple(Signal(*g) for g in f[18]),
        bot=f[19],
        word_count=f[20],
        excerpt=f[21],
        listed=tuple((name, title) for name, title in f[22]),
        upstream=f[23],
    )


class ThreadEntry(NamedTuple):
    """What a thread shows of a message; thousands are read at a time."""

    author_name: str
    author_email: str
    date: int
    subject: str
    references: list[str]  # ancestors, oldest first
    kind: Kind
    bot: bool
    gives: tuple[str, ...]  # the names of its own trailers, each once
    excerpt: str

    @property
    def is_submission(self) -> bool:
        """Whether this is (part of) a posting of a change, and not talk about one."""
        return self.kind in SUBMISSIONS


def decode_entry(text: str) -> ThreadEntry:
    """That much of the message that `encode_message` wrote: in half the time of all of it."""
    f: list[Any] = json.loads(text)
    gives = tuple(dict.fromkeys(t[0] for t in f[13] if t[2])) if f[13] else ()
    return ThreadEntry(f[2][0], f[2][1], f[3], f[1], f[6], f[8], f[19], gives, f[21])
