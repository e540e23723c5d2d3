"""Run git as the user, with all of their settings, to find the sender of their mail.

Unlike patchwatch.sources.git.command, which reads repositories made by strangers, this runs git as the user does.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping, Sequence

from patchwatch.errors import SendError, ToolError
from patchwatch.mail.addresses import Mailbox, mailboxes
from patchwatch.sanitize import line

_CONFIG_SECONDS = 60.0


def sender(configured: str = "") -> Mailbox:
    """The sender of the user's mail: as configured, or that of git send-email (sendemail.from, user.name, user.email).

    Raises:
        SendError: no sender is configured, or it is not an address.
        ToolError: git is missing.
    """
    identity = _setting("config", "sendemail.identity")
    named = (
        configured
        or (_setting("config", f"sendemail.{identity}.from") if identity else "")
        or _setting("config", "sendemail.from")
        or _setting("var", "GIT_AUTHOR_IDENT").rpartition(">")[0] + ">"
    )
    addresses = mailboxes([named])
    if len(addresses) == 1:
        return addresses[0]
    if configured:
        raise SendError(f"sender in the config is not an address: {line(configured)}. Write it as Name <address>.")
    raise SendError(
        "no sender configured. Set user.name and user.email: `git config --global user.email you@example.org`."
    )


def run_git(
    arguments: Sequence[str], seconds: float, environment: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run git without a terminal, with `environment` added to ours.

    Raises:
        ToolError: git is missing.
        subprocess.TimeoutExpired: it ran for longer than `seconds`.
    """
    try:
        return subprocess.run(
            ("git", *arguments),
            stdin=subprocess.DEVNULL,  # a prompt that we did not foresee gets its default answer
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=seconds,
            env={**os.environ, **environment},
            check=False,
        )
    except FileNotFoundError:
        raise ToolError("git is not installed, or not in $PATH.") from None


def _setting(*arguments: str) -> str:
    """What git prints; empty if it fails."""
    try:
        done = run_git(arguments, _CONFIG_SECONDS, {})
    except subprocess.TimeoutExpired:
        raise ToolError(f"git {shlex.join(arguments)} timed out after {_CONFIG_SECONDS:g} s.") from None
    return done.stdout.strip() if done.returncode == 0 else ""
