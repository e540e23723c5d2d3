"""How a mail of patchwatch's own leaves this machine: to an SMTP server, or to a program like sendmail.

Decides which of them the config names.  What an answer means, try again or refused for good, is theirs to say; when to
try again is patchwatch.notify.delivery.outbox.  Nothing here asks anybody anything.
"""

from __future__ import annotations

import shlex
from typing import Protocol

from patchwatch.config import Mail
from patchwatch.notify.delivery.git_config import git_transport
from patchwatch.notify.delivery.password import password
from patchwatch.notify.delivery.sendmail import Program
from patchwatch.notify.delivery.smtp import Login, Smtp

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


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
        return git_transport()
    if mail.how == "sendmail":
        return Program(tuple(shlex.split(mail.sendmail)))
    login = Login(mail.user, lambda: password(mail)) if mail.user else None
    port = mail.port or _PORTS[mail.encryption]
    return Smtp(mail.host, port, mail.encryption, mail.certificates, login)
