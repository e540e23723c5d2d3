"""The transport that git send-email would use: users who send patches have it configured already.

Follows git-send-email(1) and its source in git 2.39.  Passwords come from git's credential helpers, without prompts.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping

from patchwatch.errors import DeliveryError
from patchwatch.notify.delivery.sendmail import Sendmail
from patchwatch.notify.delivery.smtp import Login, Smtp
from patchwatch.sanitize import line

_SECONDS = 60.0
_ENCRYPTIONS = {"ssl": "tls", "tls": "starttls"}  # by value of sendemail.smtpEncryption
_MECHANISMS = frozenset({"PLAIN", "LOGIN", "CRAM-MD5"})  # smtplib's


def git_transport() -> Sendmail | Smtp:
    """The transport configured for git send-email.

    Raises:
        DeliveryError: git is missing, or its settings are not supported.
    """
    settings = _sendemail()
    setting = {name: values[-1] for name, values in settings.items()}
    envelope = setting.get("envelopesender", "")
    options = settings.get("smtpserveroption", ())
    server = setting.get("smtpserver", "")
    if command := setting.get("sendmailcmd") or ("" if server else _sendmail()):
        return Sendmail((" ".join([command, *map(shlex.quote, options)]),), envelope, for_shell=True)
    if server.startswith("/"):
        return Sendmail((server, *options), envelope)
    if not server:
        server = "localhost"
    encryption = _ENCRYPTIONS.get(setting.get("smtpencryption", ""), "none")
    port = setting.get("smtpserverport", "") or ("465" if encryption == "tls" else "25")
    if not port.isdigit():
        raise DeliveryError(f"sendemail.smtpServerPort is not a number: {line(port)}", permanent=False)
    return Smtp(
        server,
        int(port),
        encryption,
        setting.get("smtpsslcertpath", ""),
        _git_login(setting, f"{server}:{port}"),
        setting.get("smtpdomain") or None,
        "" if envelope == "auto" else envelope,
    )


def _git_login(setting: Mapping[str, str], host: str) -> Login | None:
    user, wanted = setting.get("smtpuser", ""), setting.get("smtpauth", "")
    if not user or wanted == "none":
        return None
    if wanted and not _MECHANISMS & set(wanted.upper().split()):
        raise DeliveryError(
            f"sendemail.smtpAuth = {line(wanted)} is not supported ({', '.join(sorted(_MECHANISMS))} are). "
            'Use a program such as msmtp, with mail.how = "sendmail"',
            permanent=False,
        )
    if "smtppass" in setting:
        return Login(user, lambda: setting["smtppass"])

    def credential(action: str, password: str = "") -> bytes:
        fields = f"protocol=smtp\nhost={host}\nusername={user}\n" + (f"password={password}\n" if password else "")
        return _git("credential", action, stdin=f"{fields}\n".encode()).stdout

    def password() -> str:
        lines = credential("fill").decode("utf-8", "replace").split("\n")
        value = next((text.removeprefix("password=") for text in lines if text.startswith("password=")), "")
        if not value:
            raise DeliveryError(
                f"git has no password for {user} at {host}. Store it with a credential helper (git help credentials), "
                "or set sendemail.smtpPass",
                permanent=False,
            )
        return value

    def report(password: str, accepted: bool) -> None:
        credential("approve" if accepted else "reject", password)

    return Login(user, password, report)


def _sendemail() -> dict[str, list[str]]:
    """git's sendemail.* settings, by name in lower case; those of sendemail.identity take precedence."""
    entries: list[tuple[str, str]] = []
    asked = _git("config", "-z", "--get-regexp", r"^sendemail\.")
    if asked.returncode not in (0, 1):  # 1: no settings
        message = line(asked.stderr.decode("utf-8", "replace"))
        raise DeliveryError(f"git's settings can't be read: {message}", permanent=False)
    for entry in asked.stdout.decode("utf-8", "replace").split("\0"):
        name, _, value = entry.partition("\n")
        entries.append((name.partition(".")[2], value))
    general: dict[str, list[str]] = {}
    for name, value in entries:
        if "." not in name:
            general.setdefault(name, []).append(value)
    identity = general.get("identity", [""])[-1]
    specific: dict[str, list[str]] = {}
    for name, value in entries:
        within, dot, last = name.rpartition(".")
        if dot and identity and within == identity:
            specific.setdefault(last, []).append(value)
    return {**general, **specific}


def _sendmail() -> str:
    """The sendmail that git send-email uses without a configured server; empty if there is none."""
    directories = ("/usr/sbin", "/usr/lib", *os.environ.get("PATH", "").split(os.pathsep))
    candidates = (os.path.join(directory, "sendmail") for directory in directories if directory)
    return next((shlex.quote(path) for path in candidates if os.access(path, os.X_OK)), "")


def _git(*arguments: str, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Run git without prompts."""
    no_prompts = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "", "LC_ALL": "C"}
    try:
        return subprocess.run(
            ("git", "-c", "core.askPass=", *arguments),
            input=stdin,
            capture_output=True,
            timeout=_SECONDS,
            env={**os.environ, **no_prompts},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"git {arguments[0]} timed out after {_SECONDS:g} s", permanent=False) from None
    except FileNotFoundError:
        raise DeliveryError(
            'git is not installed, or not in $PATH: set mail.how to "smtp" or "sendmail"', permanent=False
        ) from None
