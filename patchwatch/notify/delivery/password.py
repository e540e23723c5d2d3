"""The password of the configured SMTP server, from the environment, a command, or the keyring.

It is never in the config, and there is no prompt: digests are sent while nobody is there.
"""

from __future__ import annotations

import os

from patchwatch.config import Mail
from patchwatch.errors import DeliveryError
from patchwatch.notify.delivery.sendmail import run
from patchwatch.sanitize import line

PASSWORD = "PATCHWATCH_SMTP_PASSWORD"  # noqa: S105  (the name of the variable)


def password(mail: Mail) -> str:
    """The password of `mail.user` at `mail.host`.

    Raises:
        DeliveryError: there is none, or it can't be read.
    """
    if given := os.environ.get(PASSWORD):
        return given
    if mail.password_command:
        return _from_command(mail.password_command)
    if mail.keyring:
        return _from_keyring(mail.host, mail.user)
    raise DeliveryError(
        f"no password for {mail.user}; set mail.password_command or mail.keyring, or ${PASSWORD}",
        permanent=False,
    )


def _from_command(command: str) -> str:
    done = run(("sh", "-c", command), b"", "mail.password_command")
    first = done.stdout.decode("utf-8", "replace").partition("\n")[0].rstrip("\r")
    if done.returncode or not first:
        message = line(done.stderr.decode("utf-8", "replace")) or "no output"
        raise DeliveryError(f"mail.password_command failed with status {done.returncode}: {message}", permanent=False)
    return first


def _from_keyring(host: str, user: str) -> str:
    try:
        import keyring
        import keyring.errors
    except ImportError:
        raise DeliveryError(
            "mail.keyring needs the keyring package: run `pipx install --force '.[keyring]'` in patchwatch's source "
            "directory",
            permanent=False,
        ) from None
    try:
        value: str | None = keyring.get_password(host, user)
    except keyring.errors.KeyringError as error:
        raise DeliveryError(f"the keyring can't be read: {line(str(error))}", permanent=False) from None
    if value is None:
        raise DeliveryError(f"the keyring has no password; store it with `keyring set {host} {user}`", permanent=False)
    return value
