"""Hostile mail: whatever it contains, the output does not control the terminal and columns stay aligned."""

from __future__ import annotations

import base64
import json
import re
import shlex
import unicodedata
from collections.abc import Callable, Iterator
from itertools import accumulate
from pathlib import Path

import pytest
from rich.cells import cell_len, split_graphemes

from patchwatch.cli.main import run as run_here
from tests.support.command_line import Run
from tests.support.mails import mail

Printed = Callable[..., str]
FORGED = "X-Mailer: x\nBcc: eve@example.net\nFrom mboxrd@z Thu Jan  1 00:00:00 1970"
FORGERY = re.compile(r"^(?:X-Mailer|Bcc|From )", re.MULTILINE)

# Text for a name, a subject and a body; and the part of it that must stay readable.
HOSTILE = {
    "escape sequences": ("\x1b[31mred\x1b]0;owned\x07 \x1b]52;c;cm0K\x07 end", "end"),
    "C1 controls": ("\x9b2J\x9d0;owned\x9c\x85 end", "end"),
    "carriage returns": ("begin\rend\x08\x08\x0b\x0c end", "end"),
    "bidi overrides": ("\u202egnp.exe\u202c \u2066hidden\u2069 \u200f\u061c end", "end"),
    "no width": ("a\u200bb\u200dc\ufeffd\u2060e\u00ad end", "end"),
    "markup": ("[bold red]loud[/] [@click=app.quit]here[/] [link=x]y[/link]", "loud[/] [@click=app.quit]here[/]"),
    "right-to-left": ("יעל כהן محمد بن علي", "יעל כהן محمد بن علي"),
    "wide": ("林小雨 김철수 ﾊﾝｶｸ 🐧", "林小雨 김철수"),
    "combining": ("z" + "\u0301" * 60 + "algo राजेश", "algo राजेश"),
    "separators": ("one\u2028two\u2029three\x1c\x1d\x1e\x1f end", "end"),
}


NOW = ("--now", "2023-07-18T08:00Z")
COMMANDS = {
    "list": ("list", "--all", *NOW),
    "digest": ("digest", *NOW),
    "digest-in-brief": ("digest", "--since", "2023-07-17T20:00Z", *NOW),
    "mute": ("mute", "2-ESC@x"),
    "undo": ("undo",),
}
OF_A_SERIES = {
    "show": ("show", *NOW),
    "why": ("show", "--why", *NOW),
    "diff": ("diff",),
}


def encoded(text: str) -> str:
    """Encode per RFC 2047, which lets a header carry any character, even a newline."""
    return f"=?utf-8?B?{base64.b64encode(text.encode()).decode()}?="


def key(kind: str) -> str:
    return kind.replace(" ", "-")


def mails(kind: str) -> list[bytes]:
    """Two versions of a patch, and a reply to the second; names, subjects and bodies contain the hostile text."""
    text, at = HOSTILE[kind][0], key(kind)
    header, body = encoded(f"{text}\r\n{FORGED}"), f"{text}\n\n{FORGED}\n"
    eve, rita = f"{header} <{at}@example.org>", f"{header} <rita@example.com>"
    diff = f"diff --git a/{text} b/{text}\n--- a/{text}\n+++ b/{text}\n@@ -1 +1 @@ {text}\n-a\n+{text}\n"
    one, two, three = (f"Mon, {day} Jul 2023 10:00:00 +0000" for day in (3, 10, 17))
    return [
        mail(
            message_id=f"1-{at}@x",
            subject=f"[PATCH] {header}",
            sender=eve,
            date=one,
            body=f"{body}\nAcked-by: {text} <x@example.org>\n---\n{diff}",
        ),
        mail(
            message_id=f"2-{at}@x",
            subject=f"[PATCH v2]\n {header}",
            sender=eve,
            date=two,
            body=f"{body}---\nv2: {text}\nLink to v1: https://lore.kernel.org/r/1-{at}@x\n{diff}+b\n",
        ),
        mail(
            message_id=f"q-{at}@x",
            subject=f"Re: [PATCH v2]\n {header}",
            sender=rita,
            date=three,
            in_reply_to=f"2-{at}@x",
            body=f"> {text}\n\nReviewed-by: {text} <rita@example.com> # {text}\n\nPlease change {text}. Why {text}?\n",
        ),
    ]


def box() -> bytes:
    """An mbox with the mails of every kind, and one harmless patch."""
    raws = [raw for kind in HOSTILE for raw in mails(kind)]
    raws.append(mail(message_id="ann@x", subject="[PATCH] frob: turn", body="Why.\n---\n"))
    return b"".join(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + raw.replace(b"\nFrom ", b"\n>From ") for raw in raws)


def harmless(text: str) -> str:
    """Return `text`, after checking that it has no character that a terminal would obey."""
    odd = {one for one in text if one != "\n" and unicodedata.category(one) in ("Cc", "Cf", "Cs", "Co", "Zl", "Zp")}
    assert not odd, sorted(f"U+{ord(one):04X}" for one in odd)
    return text


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A database with all these mails, whose user is their author."""
    directory = tmp_path_factory.mktemp("hostile")
    (directory / "box").write_bytes(box())
    me = ", ".join(f'"{key(kind)}@example.org"' for kind in HOSTILE)
    (directory / "config.toml").write_text(f"[me]\naddresses = [{me}]\n")
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("PATCHWATCH_DATABASE", str(directory / "test.db"))
        environment.setenv("PATCHWATCH_CONFIG", str(directory / "config.toml"))
        environment.setenv("PATCHWATCH_LORE_URL", "http://127.0.0.1:9")  # the discard port: nothing listens
        assert run_here(["import", str(directory / "box"), "--inbox", "x"]) == 0
        yield directory


@pytest.fixture
def printed(database: Path, capsys: pytest.CaptureFixture[str]) -> Printed:
    """Run a command in this process and return its output, checked."""

    def call(*arguments: str) -> str:
        capsys.readouterr()
        status = run_here([*arguments])
        out, err = capsys.readouterr()
        assert (status, harmless(err)) == (0, err), err
        return harmless(out)

    return call


@pytest.mark.parametrize("command", COMMANDS)
def test_lists_and_digests_of_hostile_mail_are_sanitized(printed: Printed, command: str) -> None:
    out = printed(*(one.replace("ESC", "escape-sequences") for one in COMMANDS[command]))
    assert not FORGERY.search(out)
    # A digest lists at most eight series that wait for others.
    shown = {"list": len(HOSTILE), "digest": 8}.get(command, 0)
    missing = [kind for kind, (_, readable) in [*HOSTILE.items()][:shown] if readable not in " ".join(out.split())]
    assert missing == [], out


@pytest.mark.parametrize("kind", HOSTILE)
def test_a_series_of_hostile_mail_is_sanitized(printed: Printed, kind: str) -> None:
    readable = HOSTILE[kind][1]
    for command, *options in OF_A_SERIES.values():
        out = printed(command, f"2-{key(kind)}@x", *options)
        assert readable in " ".join(out.split()), command
        assert not FORGERY.search(out), command


@pytest.mark.parametrize("kind", HOSTILE)
def test_json_keeps_hostile_text_with_escapes(printed: Printed, kind: str) -> None:
    for command in ("show", "diff"):
        shown = json.loads(printed(command, f"2-{key(kind)}@x", "--json"))
        assert HOSTILE[kind][1] in " ".join(json.dumps(shown, ensure_ascii=False).split()), command


def test_columns_stay_aligned(printed: Printed) -> None:
    head, *rows = (one for one in printed("list", "--all", *NOW).splitlines() if "→" not in one)
    at = cell_len(head.partition("TITLE")[0])
    assert len(rows) == len(HOSTILE) + 1
    for row in rows:
        graphemes, _ = split_graphemes(row)
        ends = list(accumulate(cells for _, _, cells in graphemes))
        assert at in ends, row
        last, first = (graphemes[ends.index(at) + step] for step in (0, 1))
        assert row[last[0] : last[1]] == " "
        assert row[first[0] : first[1]] != " "


def test_hostile_mail_reaches_the_terminal_as_plain_text(run: Run, tmp_path: Path) -> None:
    hostile = mail(
        message_id="evil@example.org",
        subject="[PATCH] \x1b]0;owned\x07 red \x1b[31m \u202eltr\u202c [bold]not markup[/bold]",
        sender="Eve \x1b[2J <eve@example.org>",
        body="\x1b[5mblink\x1b[0m \u2066hidden\u2069\n---\n",
    )
    (tmp_path / "evil.eml").write_bytes(hostile)
    run("import", tmp_path / "evil.eml", "--inbox", "x")
    for arguments in (("list", "--all"), ("show", "1")):
        text = run(*arguments).stdout
        assert all(c.isprintable() or c == "\n" for c in text)
        assert "[bold]not markup[/bold]" in text


ODD_IDS = {
    "a title of the window": "\x1b]2;mine\x1b\\@x.example.org",
    "a bidi override": "\u202emoc.live@x.example.org",
    "a command": "$(reboot)@x.example.org",
    "another command": "`reboot`;reboot@x.example.org",
    "a quote": "it's\"@x.example.org",
    "an option": "--help@x.example.org",
}


@pytest.mark.parametrize("message_id", ODD_IDS.values(), ids=ODD_IDS)
def test_advice_about_an_incomplete_series_is_safe_to_copy(run: Run, tmp_path: Path, message_id: str) -> None:
    patch = "Fix it.\n---\ndiff --git a/x b/x\n--- a/x\n+++ b/x\n@@ -1 +1 @@\n-a\n+{}\n"
    one, two = (f"Mon, {day} Jul 2023 10:00:00 +0000" for day in (3, 10))
    second = "second@x.example.org"
    versions = [
        mail(message_id=message_id, subject="[PATCH 1/2] x: fix it", date=one, body=patch.format("b")),
        mail(message_id=second, subject="[PATCH v2 1/2] x: fix it", date=two, body=patch.format("c")),
    ]
    separator = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"
    (tmp_path / "m.mbox").write_bytes(b"".join(separator + version + b"\n" for version in versions))
    assert run("import", tmp_path / "m.mbox", "--inbox", "list").returncode == 0
    done = run("diff", "1")
    assert "is incomplete" in done.stderr
    assert [one for one in done.stdout + done.stderr if unicodedata.category(one) in ("Cc", "Cf") and one != "\n"] == []
    (advised, *_) = re.findall(r"(?s)`(patchwatch watch .*?)` fetches", done.stderr)
    words = shlex.split(advised)
    assert len(words) - ("--" in words) == 3, advised
    assert not words[-1].startswith("-") or "--" in words
