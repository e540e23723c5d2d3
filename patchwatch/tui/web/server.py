"""Serve the TUI to a browser with textual-serve, protected by a secret.

textual-serve starts the program for every page and relays keys and output.  It has no access check, and a visitor can
do what the user can: read the mail, open an editor, send.  A port on a loopback address is open to all users of the
machine, and to every page in the browser, since the same-origin policy does not apply to WebSockets.  Therefore:

- a secret in the URL is required once and then kept in a cookie;
- the Host header must name this server (another name that resolves to it is DNS rebinding);
- the Origin of a WebSocket must be this server.

All resources are served from here: textual-serve's own page would load a font from Google.
"""

from __future__ import annotations

import asyncio
import hmac
import ipaddress
import logging
import secrets
import shlex
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import redirect_stdout, suppress
from functools import partial
from pathlib import Path
from string import Template
from urllib.parse import urlsplit

from aiohttp import web
from textual_serve.app_service import AppService
from textual_serve.server import Server, to_int

from patchwatch.errors import PatchwatchError
from patchwatch.output import ErrorHandler, ErrorStream

_HERE = Path(__file__).parent
_PAGE = Template((_HERE / "page.html").read_text(encoding="utf-8"))
_COOKIE = "patchwatch"
_LEAVING_SECONDS = 5.0  # for a program to exit in
_SIZE = {"width": 80, "height": 24}
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class WebError(PatchwatchError):
    """The TUI cannot be served; the text says what to change."""


def is_loopback(host: str) -> bool:
    """True if only this machine can reach `host` (a name or an address)."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


class WebServer(Server):
    """textual-serve's server, for those who know the secret."""

    def __init__(
        self, command: Sequence[str], host: str, secret: str, ready: Callable[[], None] = lambda: None
    ) -> None:
        """Start `command` for each page; call `ready` when the server has started."""
        super().__init__(f"exec {shlex.join(command)}", host=host, title="patchwatch")
        self._secret = secret
        self._ready = ready
        self._names = frozenset({"localhost", "127.0.0.1", "::1", host.strip("[]")}) if is_loopback(host) else None

    async def application(self) -> web.Application:
        """Return the routes and the access check."""
        application = web.Application(middlewares=[self._check])
        application.add_routes(
            [
                web.get("/", self._index),
                web.get("/page.js", self._script),
                web.get("/ws", self._socket),
                web.get("/download/{key}", self.handle_download),
                web.static("/static", self.statics_path),
            ]
        )
        application.on_startup.append(self.on_startup)
        return application

    async def on_startup(self, app: web.Application) -> None:
        """Call `ready`; textual-serve would print a banner."""
        self._ready()

    @web.middleware
    async def _check(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        if self._names is not None and _name(f"//{request.host}") not in self._names:
            raise web.HTTPForbidden(text="The Host header does not name this server.")
        if request.path == "/ws" and request.headers.get("Origin") != f"http://{request.host}":
            raise web.HTTPForbidden(text="The Origin header does not name this server.")
        given = request.query.get("secret", "") if request.path == "/" else ""
        if not self._knows(given or request.cookies.get(self._cookie(request), "")):
            raise web.HTTPForbidden(text="Open the URL that `patchwatch tui --web` printed; it contains a secret.")
        response = await handler(request)
        if not response.prepared:
            response.headers.update(_HEADERS)
        return response

    def _knows(self, given: str) -> bool:
        return hmac.compare_digest(given.encode(), self._secret.encode())

    @staticmethod
    def _cookie(request: web.Request) -> str:
        """The name of our cookie: the ports of a host share cookies, and another patchwatch must not overwrite it."""
        return f"{_COOKIE}-{urlsplit(f'//{request.host}').port or 80}"

    async def _index(self, request: web.Request) -> web.Response:
        if "secret" in request.query:  # remove it from the address bar and the history
            response = web.Response(status=303, headers={"Location": "/"})
            response.set_cookie(self._cookie(request), self._secret, httponly=True, samesite="Lax")
            return response
        text = _PAGE.substitute(socket=f"ws://{request.host}/ws")
        return web.Response(text=text, content_type="text/html")

    async def _script(self, _request: web.Request) -> web.FileResponse:
        return web.FileResponse(_HERE / "page.js")

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse(heartbeat=15)
        await socket.prepare(request)
        program = _Program(
            self.command,
            write_bytes=socket.send_bytes,
            write_str=socket.send_str,
            close=partial(_close, socket),
            download_manager=self.download_manager,
        )
        width, height = (to_int(request.query.get(name, ""), default) for name, default in _SIZE.items())
        await program.start(width, height)
        try:
            await self._process_messages(socket, program)
        finally:
            await program.stop()
        return socket


class _Program(AppService):
    """The patchwatch process of a page.  The page is closed at any exit; textual-serve does that for success only."""

    async def run(self) -> None:
        try:
            await super().run()
        finally:
            self.stdin.close()  # which patchwatch treats as a hangup
            if self._process is not None:
                await self._process.wait()
            with suppress(ConnectionError):
                await self.remote_close()

    async def stop(self) -> None:
        try:
            async with asyncio.timeout(_LEAVING_SECONDS):
                await super().stop()
        except TimeoutError:
            if self._process is not None and self._process.returncode is None:
                self._process.kill()


async def _close(socket: web.WebSocketResponse) -> None:
    await socket.close()


def _name(url: str) -> str:
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def serve(command: Sequence[str], host: str, port: int, ready: Callable[[str], None]) -> None:
    """Serve the TUI that `command` starts until a signal arrives; call `ready` with the URL to open.

    `port` 0 means any free port.

    Raises:
        WebError: the address cannot be listened on.
    """
    logging.basicConfig(level=logging.WARNING, handlers=[ErrorHandler()], format="patchwatch: %(message)s")
    listening = _listen(host, port)
    secret = secrets.token_urlsafe(24)
    at = f"[{host.strip('[]')}]" if ":" in host else host
    address = f"http://{at}:{listening.getsockname()[1]}/?secret={secret}"
    server = WebServer(command, host, secret, lambda: ready(address))
    with redirect_stdout(ErrorStream()):  # textual-serve prints on stdout what the TUI wrote to stderr
        web.run_app(
            server.application(),
            sock=listening,
            print=None,
            access_log=None,
            shutdown_timeout=1,
        )


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host.strip("[]"), port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        try:
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listening.bind(address)
            listening.listen()
        except OSError:
            listening.close()
            raise
    except (OSError, OverflowError) as error:
        reason = getattr(error, "strerror", None) or error
        raise WebError(
            f"cannot listen on {host}, port {port}: {reason}. Choose others with --host and --port; --port 0 takes any "
            "free port."
        ) from error
    return listening
