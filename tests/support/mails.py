"""Small mails for tests: real-looking headers, words of our own."""

from __future__ import annotations

from collections.abc import Iterable, Mapping


def mail(
    *,
    message_id: str = "1@example.org",
    subject: str = "[PATCH] net: free the socket once",
    sender: str = "Ann Author <ann@example.org>",
    date: str = "Mon, 3 Jul 2023 10:00:00 +0000",
    body: str = "Words.\n",
    in_reply_to: str | None = None,
    references: tuple[str, ...] = (),
    to: str = "netdev@vger.kernel.org",
    cc: str = "",
    headers: Mapping[str, str] | None = None,
) -> bytes:
    """A raw mail in UTF-8; `references` defaults to what is replied to."""
    lines = [f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {date}", f"Message-ID: <{message_id}>"]
    if cc:
        lines.append(f"Cc: {cc}")
    if in_reply_to:
        lines.append(f"In-Reply-To: <{in_reply_to}>")
        references = references or (in_reply_to,)
    if references:
        lines.append("References: " + "\n ".join(f"<{r}>" for r in references))
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if not headers or "Content-Type" not in headers:
        lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit"]
    return ("\n".join(lines) + "\n\n" + body).encode()


def mbox(mails: Iterable[bytes]) -> bytes:
    """The mails as an mbox file."""
    return b"".join(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + one + b"\n" for one in mails)


def patch_with_question() -> list[bytes]:
    """A patch by Ann, and a question about it from Rita, a day later."""
    return [
        mail(message_id="a@x", subject="[PATCH] frob: fix it", body="Why.\n---\n"),
        mail(
            message_id="q@x",
            subject="Re: [PATCH] frob: fix it",
            sender="Rita Reviewer <rita@example.com>",
            date="Tue, 4 Jul 2023 10:00:00 +0000",
            in_reply_to="a@x",
            body="Why is the lock taken?\n",
        ),
    ]
