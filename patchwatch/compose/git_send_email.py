"""Sending a draft, with git send-email and the user's own settings of it; nothing else here sends mail.

git would add recipients of its own accord: from trailers in the text, commands, settings.  All of that is turned off,
so that what was shown is what goes out; and before anything is sent, git itself is asked in a dry run what it would
send to whom (`rehearse`).  Written for git 2.30 and newer; what older ones call differently is said in their words.
"""

from __future__ import annotations

import email.header
import os
import shlex
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from patchwatch.compose.draft import Draft, references_line
from patchwatch.errors import SendError, ToolError
from patchwatch.mail.addresses import Mailbox, mailboxes
from patchwatch.mail.headers import decoded
from patchwatch.sanitize import line

_REHEARSAL_SECONDS = 60.0
_SENDING_SECONDS = 300.0  # somebody may have to type a password
_ENCODED_WORD = 70  # characters of one encoded word, of the 75 that RFC 2047 allows

_EXACTLY_THIS = (
    "--no-to",  # sendemail.to
    "--no-cc",
    "--to-cmd=true",  # there is no option against sendemail.toCmd in older gits; `true` names nobody
    "--cc-cmd=true",
    "--suppress-cc=all",
    "--suppress-from",  # this and the next outrank --suppress-cc where they are set
    "--no-signed-off-by-cc",
    "--confirm=never",  # it was confirmed on a screen
    "--no-annotate",
    "--no-format-patch",
    "--no-validate",  # it is no patch
    "--transfer-encoding=auto",
)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What git says that it would send."""

    headers: tuple[tuple[str, str], ...]  # decoded, in order
    recipients: tuple[str, ...]  # addresses of the envelope
    hidden: tuple[str, ...]  # those among them that no header names: sendemail.bcc
    command: str


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of a draft."""

    message_id: str
    dry_run: bool  # nothing went out
    command: str
    log: str


def sender(configured: str = "") -> Mailbox:
    """Who mails are from: as configured, or as git send-email has it (sendemail.from, user.name and user.email).

    Raises:
        SendError: nobody says so.
        ToolError: git is missing.
    """
    identity = _git("config", "sendemail.identity")
    said = (
        configured
        or (_git("config", f"sendemail.{identity}.from") if identity else "")
        or _git("config", "sendemail.from")
        or _git("var", "GIT_AUTHOR_IDENT").rpartition(">")[0] + ">"
    )
    found = mailboxes([said])
    if len(found) != 1 and configured:
        raise SendError(f"[send] sender in the config is no address: {line(configured)}. Write it as Name <address>.")
    if len(found) != 1:
        raise SendError(
            "whom is the mail from? Set user.name and user.email: `git config --global user.email you@example.org`."
        )
    return found[0]


def as_file(draft: Draft) -> bytes:
    """The mail as git send-email is given it: sender and recipients stand in the command."""
    headers = [f"Subject: {_encoded(draft.subject)}", f"Message-ID: <{draft.message_id}>"]
    if draft.in_reply_to:
        headers += [f"In-Reply-To: <{draft.in_reply_to}>", f"References: {references_line(draft)}"]
    headers += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit"]
    return ("\n".join(headers) + "\n\n" + draft.body).encode("utf-8", "replace")


def command(draft: Draft, file: str, *, dry_run: bool) -> tuple[str, ...]:
    """The command that sends a draft written to `file`, exactly so."""
    people = [f"--to={mailbox}" for mailbox in draft.to] + [f"--cc={mailbox}" for mailbox in draft.cc]
    dry = ("--dry-run",) if dry_run else ()
    # An alias of the user's that looks like an address would be sent to somebody else.
    git = ("git", "-c", "sendemail.aliasFileType=none", "send-email")
    return (*git, *dry, *_EXACTLY_THIS, f"--from={draft.sender}", *people, file)


def rehearse(draft: Draft) -> DryRun:
    """Ask git what it would send to whom.

    Raises:
        SendError: git refuses, or would send something else than the draft.
        ToolError: git send-email is missing.
    """
    argv, log = _run(draft, dry_run=True)
    headers, recipients = read_log(log)
    wanted = {mailbox.key for mailbox in (*draft.to, *draft.cc)}
    named = {name.lower(): value for name, value in headers}
    meant = (("from", str(draft.sender)), ("subject", draft.subject), ("message-id", f"<{draft.message_id}>"))
    for name, value in meant:
        if _squeezed(named.get(name, "")) != _squeezed(value):
            raise SendError(f"git send-email would send {name}: {line(named.get(name, 'nothing'))}, not {line(value)}.")
    for missing in sorted(wanted - {one.lower() for one in recipients}):
        raise SendError(f"git send-email would not send it to {missing}: look at its settings (sendemail.*).")
    hidden = tuple(one for one in recipients if one.lower() not in wanted)
    return DryRun(headers, recipients, hidden, shlex.join(argv))


def send(draft: Draft, *, dry_run: bool) -> Sent:
    """Send a draft, or only try to; the terminal is git's meanwhile, which may ask for a password.

    Raises:
        SendError: git refuses, fails, or does not come to an end; its own words are in the text.
        ToolError: git send-email is missing.
    """
    argv, log = _run(draft, dry_run=dry_run)
    read_log(log)
    return Sent(draft.message_id, dry_run, shlex.join(argv), log)


def read_log(log: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Headers and recipients from what git send-email prints when it has sent, or would have.

    Raises:
        SendError: it does not say that it has: asked for an address that it likes better, it gives up silently.
    """
    _, done, rest = log.partition("OK. Log says:\n")
    if not done:
        raise SendError(f"git send-email sent nothing, and said: {line(log) or 'nothing'}")
    recipients: list[str] = []
    headers: list[tuple[str, str]] = []
    for one in rest.split("\n"):
        if not one and headers:
            break
        name, _, value = one.partition(":")
        if headers and one[:1] in (" ", "\t"):
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {one.strip()}")
        elif not headers and name == "Sendmail":
            recipients += value.rpartition(" -i ")[2].split()
        elif not headers and name == "RCPT TO":
            recipients.append(value.strip().strip("<>"))
        elif headers or name == "From":
            headers.append((name, value.strip()))
    return tuple((name, decoded(value)) for name, value in headers), tuple(recipients)


def _run(draft: Draft, *, dry_run: bool) -> tuple[tuple[str, ...], str]:
    with tempfile.TemporaryDirectory(prefix="patchwatch-") as directory:  # readable to its owner only
        file = Path(directory) / "mail.eml"
        file.write_bytes(as_file(draft))
        argv = command(draft, str(file), dry_run=dry_run)
        seconds = _REHEARSAL_SECONDS if dry_run else _SENDING_SECONDS
        try:
            done = _call(argv, seconds, {"LC_ALL": "C", "GIT_SEND_EMAIL_NOTTY": "1"})
        except subprocess.TimeoutExpired:
            known = "nothing went out" if dry_run else "whether it went out is not known: look before you send it again"
            raise SendError(f"git send-email did not end within {seconds:g} s and was stopped; {known}.") from None
    if done.returncode != 0:
        said = done.stderr.strip() or done.stdout.strip() or f"it ended with {done.returncode}"
        if "is not a git command" in said:
            raise ToolError("git send-email is missing. On Debian: apt install git-email; on Fedora: git-email too.")
        raise SendError(f"git send-email failed, and nothing was sent: {said}")
    return argv, done.stdout


def _git(*arguments: str) -> str:
    """What a question to git is answered with; empty where there is no answer."""
    try:
        done = _call(("git", *arguments), _REHEARSAL_SECONDS, {})
    except subprocess.TimeoutExpired:
        raise ToolError(f"git {shlex.join(arguments)} does not come to an end.") from None
    return done.stdout.strip() if done.returncode == 0 else ""


def _call(argv: Sequence[str], seconds: float, environment: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(
            argv,
            stdin=subprocess.DEVNULL,  # every question of git's that we did not foresee gets its default answer
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=seconds,
            env={**os.environ, **environment},
            check=False,
        )
    except FileNotFoundError:
        raise ToolError("git is not installed, or not in $PATH.") from None


def _encoded(subject: str) -> str:
    """A subject in ASCII (RFC 2047), in one line: git send-email unfolds it anyway."""
    if subject.isascii() and "=?" not in subject:
        return subject
    return email.header.Header(subject, "utf-8", maxlinelen=_ENCODED_WORD).encode(linesep="").replace("\n", "")


def _squeezed(text: str) -> str:
    return "".join(text.replace('"', "").split())
