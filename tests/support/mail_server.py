"""A real SMTP server on loopback that keeps what it is given, with a certificate of its own authority."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "ann", "geheim wörd"


@dataclass
class MailServer:
    """What a server was given, and how it answers; `authority` is the file that makes its certificate one to trust."""

    authority: Path
    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    logins: list[tuple[str, bool]] = field(default_factory=list)  # user, and whether over TLS
    answers: dict[str, list[str]] = field(default_factory=dict)  # to RCPT, DATA: the next ones, instead of yes
    arrived: threading.Event = field(default_factory=threading.Event)

    def answer(self, command: str) -> str:
        """The next answer to a command."""
        said = self.answers.get(command)
        return said.pop(0) if said else "250 OK"

    async def handle_RCPT(  # noqa: N802  (aiosmtpd's name)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Somebody is named to whom the mail goes."""
        said = self.answer("RCPT")
        if said.startswith("2"):
            envelope.rcpt_tos.append(address)
        return said

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        """A mail."""
        said = self.answer("DATA")
        if said.startswith("2"):
            self.mails.append(envelope)
            self.arrived.set()
        return said

    def authenticate(self, server: SMTP, session: Session, envelope: Envelope, method: str, given: Any) -> AuthResult:
        """Somebody logs in."""
        assert isinstance(given, LoginPassword)
        self.logins.append((given.login.decode(), session.ssl is not None))
        right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        said = self.answer("AUTH")
        if not said.startswith("2"):
            return AuthResult(success=False, handled=False, message=said)
        return AuthResult(success=right, handled=right)

    @property
    def raws(self) -> list[bytes]:
        """The mails, as they came."""
        return [bytes(mail.content or b"") for mail in self.mails]


@contextlib.contextmanager
def mail_server(
    directory: Path, *, encryption: str = "starttls", name: str = "127.0.0.1", login: bool = True
) -> Iterator[MailServer]:
    """A server on 127.0.0.1, until the end of the block; `name` is the one in its certificate."""
    authority = trustme.CA()
    certificate = authority.issue_cert(name)
    office = MailServer(directory / "authority.pem")
    authority.cert_pem.write_to_path(str(office.authority))
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    loop = asyncio.new_event_loop()

    def protocol() -> SMTP:
        return SMTP(
            office,
            hostname="mail.example.org",
            tls_context=context if encryption == "starttls" else None,
            require_starttls=encryption == "starttls",
            auth_required=login,
            auth_require_tls=encryption == "starttls",
            authenticator=office.authenticate,
            loop=loop,
        )

    server = loop.run_until_complete(
        loop.create_server(protocol, "127.0.0.1", 0, ssl=context if encryption == "tls" else None)
    )
    office.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="post office")
    thread.start()
    try:
        yield office
    finally:
        asyncio.run_coroutine_threadsafe(_close(server), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def _close(server: asyncio.Server) -> None:
    server.close()
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)
