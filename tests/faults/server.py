"""A server on loopback that passes requests on to an archive, and spoils the responses that a test chooses.

The archive behind it is a real public-inbox server where that is installed, and a small one of our own elsewhere.
"""

from __future__ import annotations

import contextlib
import email
import gzip
import http.client
import re
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from email.utils import formatdate
from typing import Protocol
from urllib.parse import unquote, urlsplit

from tests.support.lore_server import LoreServer

MBOX = "application/gzip"
ATOM = "application/atom+xml"
TEXT = "text/plain"


@dataclass(frozen=True, slots=True)
class Reply:
    """What the archive answers to a request."""

    status: int
    kind: str  # Content-Type
    body: bytes

    @property
    def mbox(self) -> bytes:
        """The mails of an answer, decompressed; nothing if it has none."""
        return gzip.decompress(self.body) if self.status == 200 else b""


class Upstream(Protocol):
    """The archive behind the server."""

    def deliver(self, inbox: str, *mails: bytes) -> None: ...
    def ask(self, method: str, path: str) -> Reply: ...


class PublicInbox:
    """A real public-inbox server; what it answers is remembered until it gets mail."""

    def __init__(self, server: LoreServer) -> None:
        self._server = server
        self._answers: dict[tuple[str, str], Reply] = {}

    def deliver(self, inbox: str, *mails: bytes) -> None:
        self._server.deliver(inbox, *mails)
        self._answers.clear()

    def ask(self, method: str, path: str) -> Reply:
        if (method, path) not in self._answers:
            self._answers[method, path] = self._ask(method, path)
        return self._answers[method, path]

    def _ask(self, method: str, path: str) -> Reply:
        address = urlsplit(self._server.url)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, headers={"Content-Length": "0"} if method == "POST" else {})
            response = connection.getresponse()
            return Reply(response.status, response.getheader("Content-Type") or TEXT, response.read())


class SmallArchive:
    """As much of public-inbox as patchwatch asks for, over mails in memory."""

    def __init__(self) -> None:
        self._mails: dict[str, list[bytes]] = {}

    def deliver(self, inbox: str, *mails: bytes) -> None:
        self._mails.setdefault(inbox, []).extend(mails)

    def mails(self, inbox: str) -> list[bytes]:
        return self._mails[inbox]

    def ask(self, method: str, path: str) -> Reply:
        inbox, _, rest = unquote(path).lstrip("/").partition("/")
        stored = [m for name, mails in self._mails.items() if inbox in ("all", name) for m in mails]
        if not stored:
            return Reply(404, TEXT, b"Not Found\n")
        if rest == "description":
            return Reply(200, TEXT, b"an inbox\n")
        if rest == "new.atom":
            return Reply(200, ATOM, feed([_message_id(m) for m in reversed(stored)][:25]))
        if rest.endswith("/t.mbox.gz"):
            thread = _thread(stored, rest.removesuffix("/t.mbox.gz"))
            return _mailbox(thread) if thread else Reply(404, TEXT, b"")
        if asked := re.match(r"\?q=rt:(\d+)\.\.(\d*)", rest):
            begin, end = int(asked[1]), int(asked[2] or 1 << 40)
            return _mailbox([m for m in stored if begin <= _arrived(m) <= end])
        return _mailbox([m for m in stored if any(f'"{who}"' in rest for who in _people(m))])


def _mailbox(mails: list[bytes]) -> Reply:
    return Reply(200, MBOX, gzip.compress(mbox(mails))) if mails else Reply(404, TEXT, b"No results found\n")


def _header(raw: bytes, name: str) -> str:
    return str(email.message_from_bytes(raw).get(name, ""))


def _message_id(raw: bytes) -> str:
    return _header(raw, "Message-ID").strip("<>")


def _arrived(raw: bytes) -> float:
    received = _header(raw, "Received").rpartition(";")[2].strip()
    return email.utils.parsedate_to_datetime(received).timestamp()


def _people(raw: bytes) -> list[str]:
    return re.findall(r"[\w.+-]+@[\w.-]+", _header(raw, "From"))


def _thread(stored: list[bytes], message_id: str) -> list[bytes]:
    ids = {message_id}
    for raw in stored * 3:  # replies to replies
        linked = {_message_id(raw), _header(raw, "In-Reply-To").strip("<>")}
        if linked & ids:
            ids |= linked - {""}
    return [raw for raw in stored if _message_id(raw) in ids]


def mbox(mails: list[bytes]) -> bytes:
    """Mails as an mboxrd, as public-inbox sends it."""
    quoted = (re.sub(rb"(?m)^(>*From )", rb">\1", mail) for mail in mails)
    return b"".join(b"From mboxrd@z Thu Jan  1 00:00:00 1970\n" + mail + b"\n" for mail in quoted)


def feed(message_ids: list[str], *, before: str = '<?xml version="1.0" encoding="us-ascii"?>\n') -> bytes:
    """An Atom feed that announces messages."""
    entries = "".join(
        f"<entry><author><name>A</name><email>a@example.org</email></author><title>t</title>"
        f'<updated>2026-01-01T00:00:00Z</updated><link\nhref="http://x.test/faulty/{i}/"/><id>urn:uuid:{i}</id></entry>'
        for i in message_ids
    )
    return f'{before}<feed\nxmlns="http://www.w3.org/2005/Atom"><title>x</title>{entries}</feed>'.encode()


@dataclass
class Exchange:
    """One request at the server, to be answered by a fault."""

    method: str
    path: str
    upstream: Upstream
    _socket: socket.socket = field(repr=False)
    _stopping: threading.Event = field(repr=False)

    @property
    def reply(self) -> Reply:
        """What the archive answers."""
        return self.upstream.ask(self.method, self.path)

    def write(self, data: bytes) -> None:
        """Send bytes as they are."""
        self._socket.sendall(data)

    def send(self, status: int | str, body: bytes = b"", kind: str = TEXT, **headers: str | None) -> None:
        """Send a whole response; a header given as None is left out."""
        named: dict[str, str | None] = {
            "Date": formatdate(usegmt=True),
            "Content-Type": kind,
            "Content-Length": str(len(body)),
            "Connection": "close",
        }
        named |= {name.replace("_", "-"): value for name, value in headers.items()}
        lines = [f"HTTP/1.1 {status} X" if isinstance(status, int) else f"HTTP/1.1 {status}"]
        lines += [f"{name}: {value}" for name, value in named.items() if value is not None]
        self.write("\r\n".join(lines).encode("utf-8", "surrogateescape") + b"\r\n\r\n" + body)

    def pass_on(self, **headers: str | None) -> None:
        """Send what the archive answers, with some headers changed."""
        reply = self.reply
        self.send(reply.status, reply.body, reply.kind, **headers)

    def drip(self, pieces: Iterator[bytes], seconds: float = 0.02) -> None:
        """Send pieces slowly, until the client or the test has had enough."""
        for piece in pieces:
            if self._stopping.wait(seconds):
                return
            self.write(piece)

    def wait(self, seconds: float = 20) -> None:
        """Stay silent, until the test ends."""
        self._stopping.wait(seconds)

    def reset(self) -> None:
        """Cut the connection off, as a crashed server does."""
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._socket.close()


Behavior = Callable[[Exchange], None]


class FaultServer:
    """Serves `upstream` on loopback; requests whose path matches an injected fault get its behavior until `heal`."""

    def __init__(self, upstream: Upstream) -> None:
        self.upstream = upstream
        self._injected: list[tuple[re.Pattern[str], Behavior]] = []
        self.requests: list[str] = []
        self.errors: list[Exception] = []  # of behaviors, which the client would take for a closed connection
        self._stopping = threading.Event()
        outer = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                try:
                    outer._handle(self.request)
                except OSError:
                    pass  # the client has had enough
                except Exception as error:  # noqa: BLE001 (the test raises it)
                    outer.errors.append(error)

        class Server(socketserver.ThreadingTCPServer):
            allow_reuse_address = True
            daemon_threads = True

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def inject(self, where: str, behavior: Behavior) -> None:
        """Spoil the responses to requests for paths that match, unless another fault does already."""
        self._injected.append((re.compile(where), behavior))
        self.requests.clear()

    def heal(self) -> None:
        """Answer as the archive does, and end what still drips."""
        self._injected = []
        self._stopping.set()
        self._stopping = threading.Event()

    def close(self) -> None:
        """Stop serving.

        Raises:
            ExceptionGroup: behaviors failed, so the fault was not the one that was meant.
        """
        self.heal()
        self._server.shutdown()
        self._server.server_close()
        if self.errors:
            raise ExceptionGroup("the server of the test failed", self.errors)

    def _handle(self, connection: socket.socket) -> None:
        stopping = self._stopping
        request = connection.makefile("rb")
        words = request.readline().decode("latin-1").split(" ")
        while request.readline().strip():
            pass
        if len(words) < 2:
            return
        exchange = Exchange(words[0], words[1], self.upstream, connection, stopping)
        self.requests.append(exchange.path)
        path = unquote(exchange.path)
        behaviors = [behave for where, behave in self._injected if where.search(path)]
        (behaviors[0] if behaviors else Exchange.pass_on)(exchange)
