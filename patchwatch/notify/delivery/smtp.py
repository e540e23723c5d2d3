"""A server that takes mail, and what its answers mean: try again, or refused for good (RFC 5321, 6409, 4954).

Whose server, and where the password comes from, is said by who makes it (patchwatch.notify.delivery.transport,
.git_settings).
"""

from __future__ import annotations

import base64
import contextlib
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from patchwatch.errors import DeliveryError
from patchwatch.sanitize import line

_SECONDS = 20.0  # longest silence of a server
_LAST_WORDS_SECONDS = 2.0  # a server's answer to QUIT: the mail has been taken, or not, before it
_LOGGED_IN = 235
_LOOPBACK = ("localhost", "127.0.0.1", "::1")


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
            raise DeliveryError(said, permanent=error.smtp_code // 100 == 5) from None
        login.heard(password, True)

    def _answered(self, code: int, said: bytes | str) -> DeliveryError:
        return DeliveryError(f"{self.name} answered {code} {_text(said)}", permanent=code // 100 == 5)

    def _failed(self, why: str) -> DeliveryError:
        return DeliveryError(f"{self.name}: {why}", permanent=False)


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
