"""git send-email as tests need it: settings of its own, and a sendmail that keeps what it is given."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest


def missing() -> str:
    """Why git send-email can't be used here; empty where it can."""
    if shutil.which("git") is None:
        return "git is not installed"
    where = subprocess.run(["git", "--exec-path"], capture_output=True, text=True, check=True).stdout.strip()
    found = shutil.which("git-send-email", path=os.pathsep.join((where, os.environ.get("PATH", ""))))
    return "" if found else "git send-email is not installed (Debian package git-email)"


class Outbox:
    """What was sent."""

    def __init__(self, directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """Settings and mails are kept in `directory`, and git sees no others."""
        self.mail = directory / "mail"
        self.arguments = directory / "arguments"
        self._config = directory / "gitconfig"
        sendmail = directory / "sendmail"
        sendmail.write_text(f'#!/bin/sh\nprintf "%s\\n" "$@" >"{self.arguments}"\ncat >"{self.mail}"\n')
        sendmail.chmod(0o700)
        self.set(user={"name": "Rita Reviewer", "email": "rita@example.com"}, sendemail={"smtpServer": str(sendmail)})
        monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(self._config))
        monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
        monkeypatch.setenv("HOME", str(directory))
        monkeypatch.setenv("XDG_CONFIG_HOME", str(directory))
        for name in [name for name in os.environ if name.startswith(("GIT_AUTHOR", "GIT_COMMITTER", "EMAIL"))]:
            monkeypatch.delenv(name)
        monkeypatch.chdir(directory)

    def set(self, **sections: dict[str, str]) -> None:
        """Add settings of git's."""
        with self._config.open("a", encoding="utf-8") as file:
            for section, values in sections.items():
                file.write(f"[{section}]\n" + "".join(f'\t{name} = "{value}"\n' for name, value in values.items()))

    def recipients(self) -> list[str]:
        """The envelope's."""
        return self.arguments.read_text(encoding="utf-8").split()[1:]  # behind -i
