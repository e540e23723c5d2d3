"""Replies to a patch, and the signals in them."""

from __future__ import annotations

from textwrap import dedent

from patchwatch.mail.message import Signal
from patchwatch.mail.parse import parse
from tests.support.mails import mail


def signals_of(body: str) -> list[tuple[str, str]]:
    """Kind and detail of each signal of a reply."""
    return [(s.kind, s.detail) for s in reply(body)]


def reply(body: str, sender: str = "Rita Reviewer <rita@example.com>") -> tuple[Signal, ...]:
    return parse(mail(subject="Re: [PATCH 0/5] frob", in_reply_to="0@x", body=dedent(body), sender=sender)).signals
