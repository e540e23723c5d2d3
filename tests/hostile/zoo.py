"""Small mails that are wrong in one way each, beside a series and replies to it that are not."""

from __future__ import annotations

from tests.support.mails import mail

_LONG = "9" * 6_000
_DIFF = "---\ndiff --git a/f.c b/f.c\n--- a/f.c\n+++ b/f.c\n@@ -1 +1 @@\n-a\n+b\n"


def _patch(name: str, number: str = "", version: str = "", **more: str) -> bytes:
    return mail(
        message_id=f"{name}@example.org",
        subject=more.pop("subject", f"[PATCH{version}{number}] frob: close the gate once"),
        body=f"The gate is closed twice.\n\nSigned-off-by: Ann Author <ann@example.org>\n{_DIFF}",
        **more,  # type: ignore[arg-type]
    )


GOOD = {
    "v1": _patch("v1", date="Mon, 3 Jul 2023 10:00:00 +0000"),
    "v2": _patch("v2", version=" v2", date="Mon, 10 Jul 2023 10:00:00 +0000"),
    "review": mail(
        message_id="review@example.org",
        subject="Re: [PATCH v2] frob: close the gate once",
        sender="Rita <rita@example.com>",
        date="Tue, 11 Jul 2023 10:00:00 +0000",
        body="Reviewed-by: Rita <rita@example.com>\n",
        in_reply_to="v2@example.org",
    ),
}


def _odd(name: str, headers: str = "", body: str = "hi\n", **of: str) -> bytes:
    """A reply to the good series, written by hand so that every byte of it can be wrong."""
    fields = {
        "From": "Eve <eve@example.net>",
        "To": "list@example.org",
        "Date": "Wed, 12 Jul 2023 10:00:00 +0000",
        "Message-ID": f"<{name}@example.net>",
        "In-Reply-To": "<v2@example.org>",
        "Subject": "Re: [PATCH v2] frob: close the gate once",
    } | {key.replace("_", "-"): value for key, value in of.items()}
    head = "".join(f"{key}: {value}\n" for key, value in fields.items() if value)
    return f"{head}{headers}\n{body}".encode("utf-8", "surrogateescape")


def _part(headers: str, body: str = "grün\n") -> tuple[str, str]:
    return "MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n", f"--b\n{headers}\n\n{body}--b--\n"


ODD = {
    "charset with a star and a number": _odd("m1", "Content-Type: text/plain; charset*=utf-8''x; charset*0=a\n"),
    "charset of RFC 2231 in a part": _odd("m2", *_part("Content-Type: text/plain; charset*=us-ascii''utf-8")),
    "charset with a long number": _odd("m3", f"Content-Type: text/plain; charset*{_LONG}*=utf-8''x\n"),
    "charset that is no charset": _odd("m4", "Content-Type: text/plain; charset=unicode_escape\n", "\\ud800\n"),
    "charset with a NUL": _odd("m5", "Content-Type: text/plain; charset=\0\n"),
    "charset that encodes surrogates": _odd("m6", "Content-Type: text/plain; charset=utf-7\n", "+2AA- hi\n"),
    "file name with a star and a number": _odd(
        "m7", *_part("Content-Type: text/plain\nContent-Disposition: attachment; filename*=utf-8''x; filename*0=a")
    ),
    "boundary with a star and a number": _odd("m8", "Content-Type: multipart/mixed; boundary*=a''b; boundary*0=c\n"),
    "boundary that never comes": _odd("m9", "Content-Type: multipart/mixed; boundary=never\n"),
    "parts nested a thousand deep": _odd(
        "m10",
        "Content-Type: multipart/mixed; boundary=b0\n",
        "".join(f"--b{n}\nContent-Type: multipart/mixed; boundary=b{n + 1}\n\n" for n in range(1000)),
    ),
    "mails nested a hundred deep": _odd(
        "m11", "Content-Type: message/rfc822\n", "Content-Type: message/rfc822\n\n" * 100
    ),
    "entity with a long number": _odd(
        "m12", "Content-Type: text/html\n", f"<p>&#{'1' * 5000}; &#x{'f' * 5000}; &#xd800;</p>\n"
    ),
    "tags never closed": _odd("m13", "Content-Type: text/html\n", "<" * 20_000 + "<script>" * 1000),
    "base64 that is none": _odd("m14", "Content-Transfer-Encoding: base64\n", "=A=B!\n"),
    "uuencode that is none": _odd("m15", "Content-Transfer-Encoding: x-uuencode\n", "begin 644 a\n\xff\n"),
    "applied patches with long numbers": _odd(
        "m16", body=f"Applied, thanks!\n\n[{_LONG}/{_LONG}] frob: x\n      commit: deadbeefdeadbeef\n"
    ),
    "summary of a bot with long numbers": _odd(
        "m17",
        body=f"Hello:\n\nThis patch was applied to x/y.git (main)\nby Z <z@k.org>:\n\nHere is the summary with links:\n"
        f"  - [{_LONG}/1] x\n    https://git.kernel.org/x/y/c/deadbeef0000\n",
        From="patchwork-bot+x@kernel.org",
    ),
    "date in the year 10000": _odd("m18", Date="Fri, 31 Dec 9999 23:59:59 -1200"),
    "date in the future": _odd("m19", Date="Sat, 3 Jul 2077 10:00:00 +0000"),
    "date before Unix": _odd("m20", Date="Mon, 1 Jan 0001 00:00:00 +1400"),
    "date with long numbers": _odd("m21", Date=f"Mon, {_LONG} Jul {_LONG} {_LONG}:00:00 +{_LONG}"),
    "arrival in the future": _odd("m22", "Received: from a by b; Sat, 3 Jul 2077 10:00:00 +0000\n"),
    "no date": _odd("m23", Date=""),
    "no sender": _odd("m24", From=""),
    "sender in a thousand parentheses": _odd("m25", From="(" * 1000 + "eve@example.net"),
    "sender of one long word": _odd("m26", From="e" * 50_000),
    "subject of escapes": _odd("m27", Subject="Re: \x1b]0;owned\x07\x9b2J \u202egnp \udcff"),
    "subject in a broken word": _odd("m28", Subject="Re: =?utf-8?b?AAA?= =?x-none?q?=FF?= =?utf-7?q?+2AA-?="),
    "subject with long numbers": _odd("m29", Subject=f"[PATCH v{_LONG} {_LONG}/{_LONG}] frob: x", body=_DIFF),
    "subject with odd digits": _odd("m30", Subject="[PATCH v\u0663 \u0661/\u0662] frob: \u00b2", body=_DIFF),
    "largest series": _odd("m31", Subject="[PATCH v999 9999/9999] frob: x", body=_DIFF, In_Reply_To=""),
    "patch zero of none": _odd("m32", Subject="[PATCH 0/0] frob: nothing", In_Reply_To=""),
    "no message-id": _odd("m33", Message_ID=""),
    "empty message-id": _odd("m34", Message_ID="<>", body="hello\n"),
    "message-id of escapes": _odd("m35", Message_ID="<\x1b[31m\u202e$(reboot)`id`'\"@example.net>"),
    "long message-id": _odd("m36", Message_ID=f"<{'x' * 900}1@example.net>"),
    "long message-id that begins alike": _odd("m37", Message_ID=f"<{'x' * 900}2@example.net>"),
    "its own parent": _odd("m38", In_Reply_To="<m38@example.net>", References="<m38@example.net>"),
    "parent of its parent": _odd("m39", In_Reply_To="<m40@example.net>"),
    "child of its child": _odd("m40", In_Reply_To="<m39@example.net>"),
    "ten thousand references": _odd("m41", References=" ".join(f"<{n}@x>" for n in range(10_000))),
    "tag with a long range": _odd(
        "m42", body=f"Reviewed-by: Eve <eve@example.net> # patches 1-{_LONG}\nAcked-by: Eve <e@x> # 1-999\n"
    ),
    "hunk with long numbers": _odd(
        "m43",
        Subject="[PATCH v3] frob: close the gate once",
        From="Ann Author <ann@example.org>",
        Date="Thu, 13 Jul 2023 10:00:00 +0000",
        In_Reply_To="",
        body=f"Why.\n{_DIFF.replace('-1 +1', f'-{_LONG},{_LONG} +{_LONG},{_LONG}')}",
    ),
    "header block and nothing else": b"Message-ID: <m44@example.net>",
    "carriage returns only": _odd("m45").replace(b"\n", b"\r"),
    "every byte": _odd("m46") + bytes(range(256)) * 4,
    "same id as the review": GOOD["review"].replace(b"Reviewed-by: Rita", b"NAK, see below.\nNacked-by: Rita"),
    "in-body headers that never end": _odd(
        "m47",
        Subject="[PATCH] frob: other",
        In_Reply_To="",
        body="From: Eve <e@x>\n" + "        x\n" * 60 + "no header\n" + _DIFF,
    ),
}

UNREADABLE = "unreadable@example.net"
"""A mail that the tests make the parser fail on."""

ALL = [*GOOD.values(), *ODD.values(), _odd("unreadable")]
