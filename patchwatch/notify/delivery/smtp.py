"""Send mail to an SMTP server; its responses tell temporary from permanent failures (RFC 5321, 6409, 4954).

patchwatch.notify.delivery.transport and git_config choose the server and the source of its password.
"""

from __future__ import annotations

import base64
import contextlib
import smtplib
import ssl
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from patchwatch.config import LOOPBACK
from patchwatch.errors import DeliveryError
from patchwatch.redact import add_secret, repeats
from patchwatch.sanitize import line

_SECONDS = 20.0  # without data from the server
_QUIT_SECONDS = 2.0  # for the response to QUIT, which changes nothing
_LOGGED_IN = 235


@dataclass(frozen=True, slots=True)
class Login:
    """User and password; `report` is called with the password and whether it was accepted."""

    user: str
    password: Callable[[], str]
    report: Callable[[str, bool], None] = lambda password, accepted: None


@dataclass(frozen=True, slots=True)
class Smtp:
    """An SMTP server."""

    host: str
    port: int
    encryption: str  # patchwatch.config.ENCRYPTIONS
    certificates: str = ""
    login: Login | None = None
    helo: str | None = None  # the name in HELO; None: this machine's
    envelope: str = ""  # MAIL FROM, if it is not the sender
    _passwords: list[str] = field(default_factory=list, init=False, compare=False, repr=False)  # sent to the server

    @property
    def name(self) -> str:
        """Host and port."""
        return f"{self.host}:{self.port}"

    def send(self, sender: str, to: str, mail: bytes, accepted: Callable[[], None] = lambda: None) -> None:
        """Send a mail; `accepted` is called at the server's 250, before QUIT."""
        with self._session() as server:
            server.sendmail(self.envelope or sender, [to], mail)
            accepted()

    def check(self) -> None:
        """Connect, secure the connection, log in."""
        with self._session() as server:
            server.noop()

    @contextlib.contextmanager
    def _session(self) -> Iterator[smtplib.SMTP]:
        """A session that is ready for mail.  All errors, also with the mail, are raised as DeliveryError."""
        if self.login and self.encryption == "none" and self.host not in LOOPBACK:
            raise self._failed("the password would be sent unencrypted; use starttls or tls")
        try:
            context = self._context()
            with contextlib.ExitStack() as stack:
                if self.encryption == "tls":
                    server: smtplib.SMTP = smtplib.SMTP_SSL(
                        self.host, self.port, self.helo, timeout=_SECONDS, context=context
                    )
                else:
                    server = smtplib.SMTP(self.host, self.port, self.helo, timeout=_SECONDS)
                stack.callback(_leave, server)
                if self.encryption == "starttls":
                    server.starttls(context=context)
                if self.login:
                    self._log_in(server, self.login)
                yield server
        except smtplib.SMTPRecipientsRefused as error:
            code, text = next(iter(error.recipients.values()))
            raise self._refused(code, text) from None
        except (smtplib.SMTPConnectError, smtplib.SMTPHeloError) as error:  # about us or the network, not the mail
            raise self._failed(f"responded {error.smtp_code} {self._text(error.smtp_error)}") from None
        except smtplib.SMTPResponseException as error:
            raise self._refused(error.smtp_code, error.smtp_error) from None
        except ssl.SSLCertVerificationError as error:
            raise self._failed(f"certificate not trusted: {error.verify_message}") from None
        except (smtplib.SMTPException, OSError) as error:
            raise self._failed(self._text(str(error)) or type(error).__name__) from None

    def _context(self) -> ssl.SSLContext:
        if not self.certificates:
            return ssl.create_default_context()
        path = Path(self.certificates).expanduser()
        if path.is_dir():
            return ssl.create_default_context(capath=path)
        try:
            return ssl.create_default_context(cafile=path)
        except OSError as error:
            raise self._failed(f"can't read certificates from {path}: {error.strerror or error}") from None

    def _log_in(self, server: smtplib.SMTP, login: Login) -> None:
        password = login.password()
        self._passwords.append(password)
        add_secret(password)
        try:
            if f"{login.user}{password}".isascii():
                server.login(login.user, password)
            else:
                _log_in_utf8(server, login.user, password)
        except smtplib.SMTPAuthenticationError as error:
            if error.smtp_code // 100 == 5:
                login.report(password, False)
            why = f"{self.name} refused the login of {login.user}: {error.smtp_code} {self._text(error.smtp_error)}"
            raise DeliveryError(why, permanent=error.smtp_code // 100 == 5) from None
        login.report(password, True)

    def _refused(self, code: int, text: bytes | str) -> DeliveryError:
        return DeliveryError(f"{self.name} responded {code} {self._text(text)}", permanent=code // 100 == 5)

    def _failed(self, why: str) -> DeliveryError:
        return DeliveryError(f"{self.name}: {why}", permanent=False)

    def _text(self, response: bytes | str) -> str:
        """A response for messages, unless it repeats a password: some servers echo what they got."""
        text = line(response.decode("utf-8", "replace") if isinstance(response, bytes) else response)
        echo = any(repeats(text, password) for password in self._passwords)
        return "(the response repeats the password and is not shown)" if echo else text


def _log_in_utf8(server: smtplib.SMTP, user: str, password: str) -> None:
    """AUTH PLAIN in UTF-8 (RFC 4616), which smtplib does not support."""
    server.ehlo_or_helo_if_needed()
    credentials = base64.b64encode(f"\0{user}\0{password}".encode()).decode("ascii")
    code, text = server.docmd("AUTH PLAIN", credentials)
    if code != _LOGGED_IN:
        raise smtplib.SMTPAuthenticationError(code, text)


def _leave(server: smtplib.SMTP) -> None:
    """Quit, and ignore the response."""
    with contextlib.suppress(smtplib.SMTPException, OSError):
        if server.sock:
            server.sock.settimeout(_QUIT_SECONDS)
            server.quit()
    server.close()
