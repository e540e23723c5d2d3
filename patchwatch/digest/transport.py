"""How a mail of patchwatch's own leaves this machine: to an SMTP server, or to a program like sendmail.

Decides what each answer means: try again, or refused for good.  When to try again is patchwatch.digest.post.  Nothing
here asks anybody anything: a password comes from the environment, a command, the keyring or git's credential helpers.
`how = "git"` reads git send-email's settings and takes them as it does (git-send-email(1), and its source of git 2.39).
"""

from __future__ import annotations

import base64
import contextlib
import os
import shlex
import shutil
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from patchwatch.config import Mail
from patchwatch.errors import DeliveryError
from patchwatch.printable import line

PASSWORD = "PATCHWATCH_SMTP_PASSWORD"  # noqa: S105  (the variable's name)

_SECONDS = 20.0  # longest silence of a server
_LAST_WORDS_SECONDS = 2.0  # a server's answer to QUIT: the mail has been taken, or not, before it
_PROGRAM_SECONDS = 60.0
_LOGGED_IN = 235
_LOOPBACK = ("localhost", "127.0.0.1", "::1")
_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_ENCRYPTIONS = {"ssl": "tls", "tls": "starttls"}  # as sendemail.smtpEncryption calls them
_MECHANISMS = frozenset({"PLAIN", "LOGIN", "CRAM-MD5"})  # smtplib's
# sysexits(3) that another try can't change: usage, data, no such user, permission, configuration.
_FOR_GOOD = frozenset({64, 65, 67, 77, 78})


class Transport(Protocol):
    """Somebody who takes mail."""

    @property
    def name(self) -> str:
        """Who it is, for people."""

    def send(self, sender: str, to: str, mail: bytes) -> None:
        """Hand a mail over: an address, an address, and the bytes with CRLF.  Returns when it was taken.

        Raises:
            DeliveryError: it was not, or it is not known whether.
        """

    def check(self) -> None:
        """Do all that comes before a mail.

        Raises:
            DeliveryError: that much fails.
        """


def transport(mail: Mail) -> Transport:
    """Who takes mail, as the config says.

    Raises:
        DeliveryError: git is to be asked, and is missing; or its settings can't be followed.
    """
    if mail.how == "git":
        return _as_git_does()
    if mail.how == "sendmail":
        return Program(tuple(shlex.split(mail.sendmail)))
    login = Login(mail.user, lambda: _password(mail)) if mail.user else None
    port = mail.port or _PORTS[mail.encryption]
    return Smtp(mail.host, port, mail.encryption, mail.certificates, login)


# ---- a server ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Login:
    """Who logs in; `heard` is told whether the password was right."""

    user: str
    password: Callable[[], str]
    heard: Callable[[str, bool], None] = lambda password, right: None


@dataclass(frozen=True, slots=True)
class Smtp:
    """A server that takes mail (RFC 5321, 6409)."""

    host: str
    port: int
    encryption: str  # patchwatch.config.ENCRYPTIONS
    certificates: str = ""
    login: Login | None = None
    hello: str | None = None  # what we call ourselves; None: this machine's name
    envelope: str = ""  # MAIL FROM, where it is not the sender

    @property
    def name(self) -> str:
        """Its host and port."""
        return f"{self.host}:{self.port}"

    def send(self, sender: str, to: str, mail: bytes) -> None:
        """Hand a mail over."""
        with self._session() as server:
            server.sendmail(self.envelope or sender, [to], mail)

    def check(self) -> None:
        """Connect, secure the connection, log in."""
        with self._session() as server:
            server.noop()

    @contextlib.contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """A server that waits for mail; what goes wrong, in here or with the mail, is a DeliveryError."""
        if self.login and self.encryption == "none" and self.host not in _LOOPBACK:
            raise self._failed("a password would go there unencrypted: use starttls or tls")
        try:
            context = self._context()
            with contextlib.ExitStack() as stack:
                if self.encryption == "tls":
                    server: smtplib.SMTP = smtplib.SMTP_SSL(
                        self.host, self.port, self.hello, timeout=_SECONDS, context=context
                    )
                else:
                    server = smtplib.SMTP(self.host, self.port, self.hello, timeout=_SECONDS)
                stack.callback(_leave, server)
                if self.encryption == "starttls":
                    server.starttls(context=context)
                if self.login:
                    self._log_in(server, self.login)
                yield server
        except smtplib.SMTPRecipientsRefused as error:
            code, said = next(iter(error.recipients.values()))
            raise self._answered(code, said) from None
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:  # about us or the network, not the mail
            raise self._failed(f"it answered {error.smtp_code} {_text(error.smtp_error)}") from None
        except smtplib.SMTPResponseException as error:
            raise self._answered(error.smtp_code, error.smtp_error) from None
        except ssl.SSLCertVerificationError as error:
            raise self._failed(f"its certificate is not to be trusted: {error.verify_message}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise self._failed(line(str(error)) or type(error).__name__) from None

    def _context(self) -> ssl.SSLContext:
        if not self.certificates:
            return ssl.create_default_context()
        path = Path(self.certificates).expanduser()
        if path.is_dir():
            return ssl.create_default_context(capath=path)
        try:
            return ssl.create_default_context(cafile=path)
        except OSError as error:
            raise self._failed(f"no certificates can be read from {path}: {error.strerror or error}") from None

    def _log_in(self, server: smtplib.SMTP, login: Login) -> None:
        password = login.password()
        try:
            if f"{login.user}{password}".isascii():
                server.login(login.user, password)
            else:
                _log_in_beyond_ascii(server, login.user, password)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code // 100 == 5:
                login.heard(password, False)
            said = f"{self.name} refuses the login of {login.user}: {error.smtp_code} {_text(error.smtp_error)}"
            raise DeliveryError(said, for_good=error.smtp_code // 100 == 5) from None
        login.heard(password, True)

    def _answered(self, code: int, said: bytes | str) -> DeliveryError:
        return DeliveryError(f"{self.name} answered {code} {_text(said)}", for_good=code // 100 == 5)

    def _failed(self, why: str) -> DeliveryError:
        return DeliveryError(f"{self.name}: {why}", for_good=False)


def _log_in_beyond_ascii(server: smtplib.SMTP, user: str, password: str) -> None:
    """What smtplib's own login can't: AUTH PLAIN in UTF-8, as RFC 4616 has it."""
    server.ehlo_or_helo_if_needed()
    given = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    code, said = server.docmd("AUTH PLAIN", given)
    if code != _LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, said)


def _leave(server: smtplib.SMTP) -> None:
    """Say goodbye; what the server says to that changes nothing."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if server.sock:
            server.sock.settimeout(_LAST_WORDS_SECONDS)
            server.quit()
    server.close()


def _text(said: bytes | str) -> str:
    return line(said.decode("utf-8", "replace") if isinstance(said, bytes) else said)


# ---- a program -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Program:
    """A program that takes a mail on stdin and recipients as arguments: sendmail, msmtp."""

    command: tuple[str, ...]
    envelope: str = ""  # -f; "auto": the sender
    for_shell: bool = False  # the command is one line for a shell

    @property
    def name(self) -> str:
        """The command."""
        return shlex.join(self.command) if not self.for_shell else self.command[0]

    def send(self, sender: str, to: str, mail: bytes) -> None:
        """Hand a mail over; with the line ends that programs are used to."""
        envelope = ("-f", sender if self.envelope == "auto" else self.envelope) if self.envelope else ()
        arguments = (*envelope, "-i", to)
        argv = (
            ("sh", "-c", f'{self.command[0]} "$@"', "-", *arguments) if self.for_shell else (*self.command, *arguments)
        )
        done = _run(argv, mail.replace(b"\r\n", b"\n"), self.name)
        if done.returncode:
            said = line(done.stderr.decode("utf-8", "replace")) or "it said nothing"
            why = f"{self.name} failed with {done.returncode}: {said}"
            raise DeliveryError(why, for_good=done.returncode in _FOR_GOOD)

    def check(self) -> None:
        """Look for the program."""
        words = shlex.split(self.command[0]) if self.for_shell else self.command
        if words and not shutil.which(os.path.expanduser(words[0])):
            raise DeliveryError(f"there is no program {words[0]}: install it, or name another", for_good=False)


def _run(argv: Sequence[str], fed: bytes, name: str) -> subprocess.CompletedProcess[bytes]:
    try:
        return subprocess.run(argv, input=fed, capture_output=True, timeout=_PROGRAM_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"{name} did not end within {_PROGRAM_SECONDS:g} s", for_good=False) from None
    except OSError as error:
        raise DeliveryError(f"{name} can't be run: {error.strerror}", for_good=False) from None


# ---- passwords -----------------------------------------------------------------------------------------------------


def _password(mail: Mail) -> str:
    if given := os.environ.get(PASSWORD):
        return given
    if mail.password_command:
        return _from_command(mail.password_command)
    if mail.keyring:
        return _from_keyring(mail.host, mail.user)
    raise DeliveryError(
        f"there is no password for {mail.user}: set mail.password_command or mail.keyring, or ${PASSWORD}",
        for_good=False,
    )


def _from_command(command: str) -> str:
    done = _run(("sh", "-c", command), b"", "mail.password_command")
    first = done.stdout.decode("utf-8", "replace").partition("\n")[0].rstrip("\r")
    if done.returncode or not first:
        said = line(done.stderr.decode("utf-8", "replace")) or "it printed nothing"
        raise DeliveryError(f"mail.password_command failed with {done.returncode}: {said}", for_good=False)
    return first


def _from_keyring(host: str, user: str) -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise DeliveryError(
            "mail.keyring needs the keyring package: pip install 'patchwatch[keyring]'", for_good=False
        ) from None
    try:
        found: str | None = keyring.get_password(host, user)
    except keyring.errors.KeyringError as error:
        raise DeliveryError(f"the keyring can't be read: {line(str(error))}", for_good=False) from None
    if found is None:
        raise DeliveryError(f"the keyring has no password: `keyring set {host} {user}` puts one there", for_good=False)
    return found


# ---- git's settings ------------------------------------------------------------------------------------------------


def _as_git_does() -> Transport:
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
        raise DeliveryError(f"sendemail.smtpServerPort is no number: {line(port)}", for_good=False)
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
            for_good=False,
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
                for_good=False,
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
        raise DeliveryError(f"git's settings can't be read: {said}", for_good=False)
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
            timeout=_PROGRAM_SECONDS,
            env={**os.environ, **silent},
            check=False,
        )
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"git {arguments[0]} does not come to an end", for_good=False) from None
    except FileNotFoundError:
        raise DeliveryError(
            'git is not installed, or not in $PATH: set mail.how to "smtp" or "sendmail"', for_good=False
        ) from None
