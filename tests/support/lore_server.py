"""A real public-inbox server on loopback, holding the mails that a test gives it.

Needs the Debian package public-inbox.  Tests get one for the whole session from the `lore_server` fixture: each uses
inboxes of its own, so that no test sees another's mail (`/all/` holds everybody's).
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

_PATIENCE_SECONDS = 60.0
_COMMANDS = Path(__file__).parent / "public_inbox.pl"
_QUICKLY = ("--jobs=0", "--no-fsync")


class LoreServer:
    """public-inbox-httpd with inboxes created on demand, and the external index `/all/` over all of them.

    Attributes:
        url: the base URL, without a slash at the end; it stays the same over `stop` and `start`.
    """

    def __init__(self, directory: Path, *, index_level: str = "medium") -> None:
        """`index_level` as public-inbox-index(1) has it: `medium` as on private archives, `full` as on lore."""
        self._directory = directory
        self._index_level = index_level
        self._environment = os.environ | {"HOME": str(directory / "home"), "PI_CONFIG": str(directory / "config")}
        (directory / "home").mkdir(parents=True)
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._server: subprocess.Popen[bytes] | None = None
        self._commands: subprocess.Popen[bytes] | None = None
        self._described = 0
        self._run("git", "config", "-f", self._environment["PI_CONFIG"], "extindex.all.topdir", str(self._everything))
        self._run("git", "config", "-f", self._environment["PI_CONFIG"], "extindex.all.url", f"{self.url}/all")

    @staticmethod
    def missing() -> str:
        """Why no server can be started on this machine; empty when it can."""
        return "" if shutil.which("public-inbox-httpd") else "needs public-inbox-httpd (Debian package public-inbox)"

    def create(self, inbox: str) -> None:
        """Make an empty inbox, unless it exists."""
        if self._init(inbox):
            self._index(inbox)
            self._refresh(inbox)

    def deliver(self, inbox: str, *mails: bytes, found: bool = True) -> None:
        """Let mails arrive, in this order; when it returns, the server shows them.

        The time of arrival is in the newest Received header of each mail, as public-inbox sees it.  Unless it is
        `found`, the mail is in threads and feeds, but for up to 30 seconds in no answer to a query.
        """
        self._init(inbox)
        epoch = self._epoch(inbox)
        has_mail = subprocess.run(
            ["git", "-C", str(epoch), "rev-parse", "-q", "--verify", "master"], capture_output=True, check=False
        )
        stream = bytearray()
        for number, mail in enumerate(mails):
            stream += b"commit refs/heads/master\ncommitter test <test@localhost> now\ndata 0\n"
            if number == 0 and has_mail.returncode == 0:
                stream += b"from refs/heads/master^0\n"
            stream += b"M 100644 inline m\ndata %d\n%s\n" % (len(mail), mail)
        self._run("git", "-C", str(epoch), "fast-import", "--quiet", "--date-format=now", stdin=bytes(stream))
        self._index(inbox)
        self._index_everything(inbox)
        if found:
            self._refresh(inbox)

    def start(self) -> None:
        """Answer requests on `url`."""
        if self._server:
            return
        self._index_everything()
        state = self._describe("all")
        with (self._directory / "log").open("ab") as log:
            self._server = subprocess.Popen(
                ["public-inbox-httpd", "-l", self.url, "-W0"],
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_for(*state)

    def stop(self) -> None:
        """Refuse connections from now on; the mail stays."""
        if self._server:
            self._server.terminate()
            self._server.wait(_PATIENCE_SECONDS)
            self._server = None

    def close(self) -> None:
        """Stop for good."""
        self.stop()
        if self._commands:
            self._commands.communicate()
            self._commands = None

    @property
    def _everything(self) -> Path:
        return self._directory / "all.ext"

    def _epoch(self, inbox: str) -> Path:
        return self._directory / inbox / "git" / "0.git"

    def _init(self, inbox: str) -> bool:
        """Make an inbox that is not indexed, unless it exists; returns whether it made it."""
        if self._epoch(inbox).exists():
            return False
        self._run("git", "init", "-q", "--bare", "-b", "master", str(self._epoch(inbox)))
        home = str(self._directory / inbox)
        self._public_inbox("init", "-V2", inbox, home, f"{self.url}/{inbox}", f"{inbox}@lists.example.org")
        return True

    def _index(self, inbox: str) -> None:
        # The level is not remembered by an inbox that was empty so far.
        self._public_inbox("index", *_QUICKLY, "-L", self._index_level, str(self._directory / inbox))

    def _index_everything(self, inbox: str = "") -> None:
        """Update the external index; with what is new in `inbox` only if that is given, because --all looks at all."""
        which = (str(self._everything), str(self._directory / inbox)) if inbox else ("--all", str(self._everything))
        self._public_inbox("extindex", *_QUICKLY, "-L", self._index_level, *which)

    def _public_inbox(self, command: str, *arguments: str) -> None:
        """Run a command of public-inbox in a process that has loaded its modules."""
        log = self._directory / "commands.log"
        if self._commands is None:
            with log.open("ab") as stream:
                self._commands = subprocess.Popen(
                    ["perl", "-w", _COMMANDS],
                    env=self._environment,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=stream,
                )
        assert self._commands.stdin
        assert self._commands.stdout
        line = "\0".join([shutil.which(f"public-inbox-{command}") or command, *arguments])
        self._commands.stdin.write(f"{line}\n".encode())
        self._commands.stdin.flush()
        if self._commands.stdout.readline() != b"0\n":
            raise AssertionError(f"public-inbox-{command} {' '.join(arguments)} failed:\n{log.read_text()}")

    def _run(self, *command: str, stdin: bytes = b"") -> None:
        done = subprocess.run(command, env=self._environment, input=stdin, capture_output=True, check=False)
        if done.returncode:
            raise AssertionError(f"{' '.join(command)} failed:\n{done.stderr.decode(errors='replace')}")

    def _refresh(self, inbox: str) -> None:
        """Make a running server see what is new, and wait until it does.

        It keeps a search open for 30 seconds, so that new mail is in threads and feeds at once but not yet found.
        SIGHUP makes it open everything anew.  A new description shows that it has.
        """
        if self._server:
            states = [self._describe(name) for name in ("all", inbox)]
            self._server.send_signal(signal.SIGHUP)
            for state in states:
                self._wait_for(*state)

    def _describe(self, inbox: str) -> tuple[str, bytes]:
        """Give an inbox a new description; returns where it will be shown, and what."""
        self._described += 1
        home = self._everything if inbox == "all" else self._directory / inbox
        text = f"state {self._described}\n"
        (home / "description").write_text(text)
        return f"/{inbox}/description", text.encode()

    def _wait_for(self, path: str, text: bytes) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while time.monotonic() < deadline:
            try:
                with urllib.request.urlopen(self.url + path, timeout=5) as answer:
                    if answer.read() == text:
                        return
            except urllib.error.HTTPError as error:
                error.close()
            except OSError:
                pass  # not listening yet
            time.sleep(0.02)
        raise AssertionError(f"no answer to {path}; see {self._directory / 'log'}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
