"""Send a draft with git send-email and the user's settings.

git send-email can add recipients from trailers, commands and settings.  All of that is turned off, so that what was
shown is what goes out.  A dry run first asks git what it would send to which addresses (`rehearse`).  Written for git
2.30 and newer; options that were renamed since are used by their old names.
"""

from __future__ import annotations

import email.header
import email.utils
import shlex
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from patchwatch.compose.draft import Draft, references_line
from patchwatch.errors import SendError, ToolError
from patchwatch.mail.headers import decoded
from patchwatch.sanitize import line
from patchwatch.sources.git.identity import run_git

_REHEARSAL_SECONDS = 60.0
_SENDING_SECONDS = 300.0  # the user may have to type a password
_ENCODED_WORD = 70  # characters of one encoded word, of the 75 that RFC 2047 allows

_EXACTLY_THIS = (
    "--no-to",  # sendemail.to
    "--no-cc",
    "--to-cmd=true",  # older gits can't turn off sendemail.toCmd; `true` prints no address
    "--cc-cmd=true",
    "--suppress-cc=all",
    "--suppress-from",  # this and the next override --suppress-cc if set in the config
    "--no-signed-off-by-cc",
    "--confirm=never",  # the user has confirmed it
    "--no-annotate",
    "--no-format-patch",
    "--no-validate",  # it is not a patch
    "--transfer-encoding=auto",
)


@dataclass(frozen=True, slots=True)
class DryRun:
    """What git send-email would send."""

    headers: tuple[tuple[str, str], ...]  # decoded, in order
    recipients: tuple[str, ...]  # addresses of the envelope
    hidden: tuple[str, ...]  # recipients in no header: sendemail.bcc
    command: str


@dataclass(frozen=True, slots=True)
class Sent:
    """The result of sending a draft."""

    message_id: str
    dry_run: bool  # nothing went out
    command: str
    log: str


def as_file(draft: Draft) -> bytes:
    """The file for git send-email; sender and recipients are given on the command line."""
    headers = [f"Subject: {_encoded(draft.subject)}", f"Message-ID: <{draft.message_id}>"]
    if draft.in_reply_to:
        headers += [f"In-Reply-To: <{draft.in_reply_to}>", f"References: {references_line(draft)}"]
    headers += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=UTF-8", "Content-Transfer-Encoding: 8bit"]
    return ("\n".join(headers) + "\n\n" + draft.body).encode("utf-8", "replace")


def as_mail(draft: Draft, date: int) -> bytes:
    """The mail as its recipients will get it on a date (UTC seconds), with the headers that git adds."""
    people = [f"From: {draft.sender}"]
    people += [f"{name}: {', '.join(map(str, to))}" for name, to in (("To", draft.to), ("Cc", draft.cc)) if to]
    head = "\n".join([*people, f"Date: {email.utils.formatdate(date)}"])
    return head.encode("utf-8", "replace") + b"\n" + as_file(draft)


def command(draft: Draft, file: str, *, dry_run: bool) -> tuple[str, ...]:
    """The command that sends exactly the draft written to `file`."""
    people = [f"--to={mailbox}" for mailbox in draft.to] + [f"--cc={mailbox}" for mailbox in draft.cc]
    dry = ("--dry-run",) if dry_run else ()
    # Aliases are off: one that looks like an address would redirect the mail.
    git = ("git", "-c", "sendemail.aliasFileType=none", "send-email")
    return (*git, *dry, *_EXACTLY_THIS, f"--from={draft.sender}", *people, file)


def rehearse(draft: Draft) -> DryRun:
    """Ask git what it would send, and to which addresses.

    Raises:
        SendError: git refuses, or would send something other than the draft.
        ToolError: git send-email is missing.
    """
    argv, log = _run(draft, dry_run=True)
    headers, recipients = read_log(log)
    wanted = {mailbox.key for mailbox in (*draft.to, *draft.cc)}
    named = {name.lower(): value for name, value in headers}
    meant = (("from", str(draft.sender)), ("subject", draft.subject), ("message-id", f"<{draft.message_id}>"))
    for name, value in meant:
        if _without_spaces(named.get(name, "")) != _without_spaces(value):
            raise SendError(f"git send-email would send {name}: {line(named.get(name, 'nothing'))}, not {line(value)}.")
    for missing in sorted(wanted - {address.lower() for address in recipients}):
        raise SendError(f"git send-email would not send it to {missing}; check the sendemail.* settings.")
    hidden = tuple(address for address in recipients if address.lower() not in wanted)
    return DryRun(headers, recipients, hidden, shlex.join(argv))


def send(draft: Draft, *, dry_run: bool) -> Sent:
    """Send a draft, or only try to.  git may ask for a password in the terminal.

    Raises:
        SendError: git refuses, fails or times out; the text has git's message.
        ToolError: git send-email is missing.
    """
    argv, log = _run(draft, dry_run=dry_run)
    read_log(log)
    return Sent(draft.message_id, dry_run, shlex.join(argv), log)


def read_log(log: str) -> tuple[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Parse headers and recipients from the log of git send-email.

    Raises:
        SendError: the log does not report success: git send-email exits with 0 when it rejects an address.
    """
    _, done, rest = log.partition("OK. Log says:\n")
    if not done:
        raise SendError(f"git send-email sent nothing: {line(log) or 'no output'}")
    recipients: list[str] = []
    headers: list[tuple[str, str]] = []
    for text in rest.split("\n"):
        if not text and headers:
            break
        name, _, value = text.partition(":")
        if headers and text[:1] in (" ", "\t"):
            headers[-1] = (headers[-1][0], f"{headers[-1][1]} {text.strip()}")
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
            done = run_git(argv[1:], seconds, {"LC_ALL": "C", "GIT_SEND_EMAIL_NOTTY": "1"})
        except subprocess.TimeoutExpired:
            outcome = "nothing was sent" if dry_run else "it may have been sent: check before you send it again"
            raise SendError(f"git send-email timed out after {seconds:g} s; {outcome}.") from None
    if done.returncode != 0:
        message = done.stderr.strip() or done.stdout.strip() or f"exit status {done.returncode}"
        if "is not a git command" in message:
            raise ToolError("git send-email is missing. Debian: apt install git-email; Fedora: dnf install git-email.")
        raise SendError(f"git send-email failed; nothing was sent: {message}")
    return argv, done.stdout


def _encoded(subject: str) -> str:
    """A subject in ASCII (RFC 2047), on one line: git send-email unfolds it anyway."""
    if subject.isascii() and "=?" not in subject:
        return subject
    return email.header.Header(subject, "utf-8", maxlinelen=_ENCODED_WORD).encode(linesep="").replace("\n", "")


def _without_spaces(text: str) -> str:
    return "".join(text.replace('"', "").split())
