"""Send mail through a program like sendmail; its exit status tells temporary from permanent failures."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from patchwatch.errors import DeliveryError
from patchwatch.redact import redact
from patchwatch.sanitize import line

_SECONDS = 60.0
# From sysexits(3): usage, data, no such user, permission, configuration.
_PERMANENT = frozenset({64, 65, 67, 77, 78})


@dataclass(frozen=True, slots=True)
class Sendmail:
    """A program that takes a mail on stdin and recipients as arguments: sendmail, msmtp."""

    command: tuple[str, ...]
    envelope: str = ""  # -f; "auto": the sender
    for_shell: bool = False  # the command is one line for a shell

    @property
    def name(self) -> str:
        """The command."""
        return redact(shlex.join(self.command) if not self.for_shell else self.command[0])

    def send(self, sender: str, to: str, mail: bytes, accepted: Callable[[], None] = lambda: None) -> None:
        """Send a mail, with the line ends that programs expect; `accepted` is called when the program succeeded."""
        envelope = ("-f", sender if self.envelope == "auto" else self.envelope) if self.envelope else ()
        arguments = (*envelope, "-i", to)
        argv = (
            ("sh", "-c", f'{self.command[0]} "$@"', "-", *arguments) if self.for_shell else (*self.command, *arguments)
        )
        done = run(argv, mail.replace(b"\r\n", b"\n"), self.name)
        if done.returncode:
            message = line(done.stderr.decode("utf-8", "replace")) or "no output"
            raise DeliveryError(
                f"{self.name} failed with status {done.returncode}: {message}", permanent=done.returncode in _PERMANENT
            )
        accepted()

    def check(self) -> None:
        """Check that the program exists."""
        words = shlex.split(self.command[0]) if self.for_shell else self.command
        if words and not shutil.which(os.path.expanduser(words[0])):
            raise DeliveryError(f"{words[0]} is not installed, or not in $PATH", permanent=False)


def run(argv: Sequence[str], stdin: bytes, name: str) -> subprocess.CompletedProcess[bytes]:
    """Run a program; `name` is for error messages.

    Raises:
        DeliveryError: it can't be run, or times out.
    """
    try:
        # Not a pipe: if we are killed while we write, the program would take what it got for the whole mail.
        with tempfile.TemporaryFile() as file:
            file.write(stdin)
            file.seek(0)
            return subprocess.run(argv, stdin=file, capture_output=True, timeout=_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise DeliveryError(f"{name} timed out after {_SECONDS:g} s", permanent=False) from None
    except OSError as error:
        raise DeliveryError(f"{name} can't be run: {error.strerror}", permanent=False) from None
