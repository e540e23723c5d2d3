"""Choose the transport of patchwatch's own mail: an SMTP server, or a program like sendmail.

A transport tells temporary from permanent failures; patchwatch.notify.delivery.outbox decides when to retry.  No
transport prompts.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from typing import Protocol

from patchwatch.config import Mail

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class Transport(Protocol):
    """Sends mail."""

    @property
    def name(self) -> str:
        """For messages."""

    def send(self, sender: str, to: str, mail: bytes, accepted: Callable[[], None] = lambda: None) -> None:
        """Send a mail: two addresses, and the bytes with CRLF.  Calls `accepted` as soon as it is accepted.

        Raises:
            DeliveryError: it was not, or that is unknown.
        """

    def check(self) -> None:
        """Do everything up to sending a mail, such as connecting and logging in.

        Raises:
            DeliveryError: that failed.
        """


# Transports are imported late: the config needs only their names, and smtplib is slow to import.


def _git(mail: Mail) -> Transport:
    from patchwatch.notify.delivery.git_config import git_transport

    return git_transport()


def _smtp(mail: Mail) -> Transport:
    from patchwatch.notify.delivery.password import password
    from patchwatch.notify.delivery.smtp import Login, Smtp

    login = Login(mail.user, lambda: password(mail)) if mail.user else None
    port = mail.port or _PORTS[mail.encryption]
    return Smtp(mail.host, port, mail.encryption, mail.certificates, login)


def _sendmail(mail: Mail) -> Transport:
    from patchwatch.notify.delivery.sendmail import Sendmail

    return Sendmail(tuple(shlex.split(mail.sendmail)))


TRANSPORTS: Mapping[str, Callable[[Mail], Transport]] = {
    "git": _git,  # the settings of git send-email
    "smtp": _smtp,  # a server
    "sendmail": _sendmail,  # a program
}
"""The transports by their names in the config."""


def transport(mail: Mail) -> Transport:
    """The configured transport.

    Raises:
        DeliveryError: git's settings are to be used, and git is missing or they are not supported.
    """
    return TRANSPORTS[mail.how](mail)
