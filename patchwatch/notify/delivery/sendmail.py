"""A program that takes mail, and what its exit status means: try again, or refused for good."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass

from patchwatch.errors import DeliveryError
from patchwatch.sanitize import line

_SECONDS = 60.0
# sysexits(3) that another try can't change: usage, data, no such user, permission, configuration.
_FOR_GOOD = frozenset({64, 65, 67, 77, 78})


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
        done = run(argv, mail.replace(b"\r\n", b"\n"), self.name)
        if done.returncode:
            said = line(done.stderr.decode("utf-8", "replace")) or "it said nothing"
            why = f"{self.name} failed with {done.returncode}: {said}"
            raise DeliveryError(why, permanent=done.returncode in _FOR_GOOD)

    def check(self) -> None:
        """Look for the program."""
        words = shlex.split(self.command[0]) if self.for_shell else self.command
        if words and not shutil.which(os.path.expanduser(words[0])):
            raise DeliveryError(f"there is no program {words[0]}: install it, or name another", permanent=False)


def run(argv: Sequence[str], fed: bytes, name: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end, which comes soon; `name` is what it is called where it fails.

    Raises:
        DeliveryError: it can't be run, or does not end.
    """
    try:
        return subprocess.run(argv, input=fed, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"{name} did not end within {_SECONDS:g} s", permanent=False) from None
    except OSError as error:
        raise DeliveryError(f"{name} can't be run: {error.strerror}", permanent=False) from None
