"""git send-email's settings, taken as it takes them: whoever sends patches has a way for mail to leave already.

After git-send-email(1), and its source of git 2.39.  Passwords come from git's credential helpers, who may ask nobody.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping

from patchwatch.errors import DeliveryError
from patchwatch.notify.delivery.sendmail import Program
from patchwatch.notify.delivery.smtp import Login, Smtp
from patchwatch.sanitize import line

_SECONDS = 60.0
_ENCRYPTIONS = {"ssl": "tls", "tls": "starttls"}  # as sendemail.smtpEncryption calls them
_MECHANISMS = frozenset({"PLAIN", "LOGIN", "CRAM-MD5"})  # smtplib's


def git_transport() -> Program | Smtp:
    """Who takes mail where git send-email is the one that sends.

    Raises:
        DeliveryError: git is missing, or its settings can't be followed.
    """
    settings = _sendemail()
    said = {name: values[-1] for name, values in settings.items()}
    envelope = said.get("envelopesender", "")
    options = settings.get("smtpserveroption", ())
    server = said.get("smtpserver", "")
    if command := said.get("sendmailcmd") or ("" if server else _sendmail()):
        return Program((" ".join([command, *map(shlex.quote, options)]),), envelope, for_shell=True)
    if server.startswith("/"):
        return Program((server, *options), envelope)
    if not server:
        server = "localhost"
    encryption = _ENCRYPTIONS.get(said.get("smtpencryption", ""), "none")
    port = said.get("smtpserverport", "") or ("465" if encryption == "tls" else "25")
    if not port.isdigit():
        raise DeliveryError(f"sendemail.smtpServerPort is no number: {line(port)}", permanent=False)
    return Smtp(
        server,
        int(port),
        encryption,
        said.get("smtpsslcertpath", ""),
        _git_login(said, f"{server}:{port}"),
        said.get("smtpdomain") or None,
        "" if envelope == "auto" else envelope,
    )


def _git_login(said: Mapping[str, str], host: str) -> Login | None:
    user, wanted = said.get("smtpuser", ""), said.get("smtpauth", "")
    if not user or wanted == "none":
        return None
    if wanted and not _MECHANISMS & set(wanted.upper().split()):
        raise DeliveryError(
            f"sendemail.smtpAuth = {line(wanted)} is not known here ({', '.join(sorted(_MECHANISMS))} are): "
            'let a program such as msmtp send, with mail.how = "sendmail"',
            permanent=False,
        )
    if "smtppass" in said:
        return Login(user, lambda: said["smtppass"])

    def credential(action: str, password: str = "") -> bytes:
        known = f"protocol=smtp\nhost={host}\nusername={user}\n" + (f"password={password}\n" if password else "")
        return _git("credential", action, fed=f"{known}\n".encode()).stdout

    def password() -> str:
        answer = credential("fill").decode("utf-8", "replace").split("\n")
        found = next((one.removeprefix("password=") for one in answer if one.startswith("password=")), "")
        if not found:
            raise DeliveryError(
                f"git has no password for {user} at {host}, and nobody can be asked: store it with a credential "
                "helper (git help credentials), or set sendemail.smtpPass",
                permanent=False,
            )
        return found

    def heard(password: str, right: bool) -> None:
        credential("approve" if right else "reject", password)

    return Login(user, password, heard)


def _sendemail() -> dict[str, list[str]]:
    """git's sendemail.* settings, by their names in lower case; those of sendemail.identity outrank the others."""
    entries: list[tuple[str, str]] = []
    asked = _git("config", "-z", "--get-regexp", r"^sendemail\.")
    if asked.returncode not in (0, 1):  # 1: there are none
        said = line(asked.stderr.decode("utf-8", "replace"))
        raise DeliveryError(f"git's settings can't be read: {said}", permanent=False)
    for entry in asked.stdout.decode("utf-8", "replace").split("\0"):
        name, _, value = entry.partition("\n")
        entries.append((name.partition(".")[2], value))
    found: dict[str, list[str]] = {}
    for name, value in entries:
        if "." not in name:
            found.setdefault(name, []).append(value)
    identity = found.get("identity", [""])[-1]
    own: dict[str, list[str]] = {}
    for name, value in entries:
        within, dot, last = name.rpartition(".")
        if dot and identity and within == identity:
            own.setdefault(last, []).append(value)
    return {**found, **own}


def _sendmail() -> str:
    """The sendmail that git send-email takes where no server is set; empty where there is none."""
    places = ("/usr/sbin", "/usr/lib", *os.environ.get("PATH", "").split(os.pathsep))
    found = (os.path.join(place, "sendmail") for place in places if place)
    return next((shlex.quote(one) for one in found if os.access(one, os.X_OK)), "")


def _git(*arguments: str, fed: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    """Ask git, which may ask nobody."""
    silent = {"GIT_TERMINAL_PROMPT": "0", "GIT_ASKPASS": "", "SSH_ASKPASS": "", "LC_ALL": "C"}
    try:
        return subprocess.run(
            ("git", "-c", "core.askPass=", *arguments),
            input=fed,
            capture_output=True,
            timeout=_SECONDS,
            env={**os.environ, **silent},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"git {arguments[0]} does not come to an end", permanent=False) from None
    except FileNotFoundError:
        raise DeliveryError(
            'git is not installed, or not in $PATH: set mail.how to "smtp" or "sendmail"', permanent=False
        ) from None
