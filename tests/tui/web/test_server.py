"""The TUI in a browser: access checks, and a session from start to end."""

from __future__ import annotations

import asyncio
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

import patchwatch.cli.demo
from patchwatch.cli.main import run
from patchwatch.config import Config
from patchwatch.sync.import_mail import import_mail
from patchwatch.tracker import Tracker

aiohttp = pytest.importorskip("aiohttp", reason="needs what textual-serve brings: pip install '.[web]'")
pytest.importorskip("textual_serve", reason="needs textual-serve: pip install '.[web]'")

from aiohttp import web  # noqa: E402 (only with textual-serve)

from patchwatch.tui.web.server import WebServer, is_loopback  # noqa: E402

SECRET = "the-secret"
_DATA = (aiohttp.WSMsgType.BINARY, aiohttp.WSMsgType.TEXT)
TITLE = "bpf, xdp: Add tracepoint to xdp attaching failure"
PATCHWATCH = [sys.executable, "-m", "patchwatch"]


@pytest.fixture
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """The default database, with one series in it."""
    url = f"sqlite:///{tmp_path}/web.db"
    monkeypatch.setenv("PATCHWATCH_DATABASE", url)
    monkeypatch.delenv("PATCHWATCH_CONFIG", raising=False)
    for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setenv("PYTHONPATH", str(Path(patchwatch.__file__).parents[1]))
    tracker = Tracker(Config(), database_url=url)
    import_mail(tracker.database, Path(patchwatch.cli.demo.__file__).parent / "xdp.mbox", "bpf")
    tracker.database.close()
    return url


@asynccontextmanager
async def served(command: Sequence[str], host: str = "127.0.0.1") -> AsyncIterator[str]:
    """A server for `command`; yields its URL.  `host` is what the user configured."""
    runner = web.AppRunner(await WebServer(command, host, SECRET).application(), shutdown_timeout=1)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}"
    finally:
        await runner.cleanup()


@asynccontextmanager
async def let_in(address: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that has opened the URL with the secret."""
    async with aiohttp.ClientSession(cookie_jar=aiohttp.CookieJar(unsafe=True)) as browser:
        async with browser.get(f"{address}/?secret={SECRET}") as answer:
            assert answer.status == 200
            assert SECRET not in str(answer.url)  # nor in the history
        yield browser


async def seen_until(page: aiohttp.ClientWebSocketResponse, text: str) -> str:
    """Read the output of the page up to `text`."""
    seen = ""
    deadline = time.monotonic() + 15
    while text not in seen:
        assert time.monotonic() < deadline, seen[-3000:]
        message = await page.receive(60)
        assert message.type in _DATA, (message, seen[-3000:])
        if message.type == aiohttp.WSMsgType.BINARY:
            seen += message.data.decode(errors="replace")
    return seen


async def test_page_requires_the_secret_and_loads_nothing_from_elsewhere() -> None:
    async with served(["false"]) as address:
        async with aiohttp.ClientSession() as stranger:
            for path in ("/", "/?secret=wrong", "/?secret=", "/ws", "/static/js/textual.js", "/download/1"):
                async with stranger.get(address + path) as answer:
                    assert answer.status == 403, path
        async with let_in(address) as browser:
            async with browser.get(address) as answer:
                page = await answer.text()
                assert "default-src 'self'" in answer.headers["Content-Security-Policy"]
            assert "https://" not in page
            assert page.count("http://") == 0
            for path in ("js/textual.js", "css/xterm.css", "fonts/RobotoMono-VariableFont_wght.ttf"):
                assert f"/static/{path}" in page
                async with browser.get(f"{address}/static/{path}") as answer:
                    assert answer.status == 200
            async with browser.get(f"{address}/page.js") as answer:
                assert answer.status == 200


@pytest.mark.parametrize("origin", [None, "null", "http://evil.example", "http://127.0.0.1:1", "https://127.0.0.1"])
async def test_websocket_of_another_origin_is_refused(origin: str | None) -> None:
    async with served(["false"]) as address, let_in(address) as browser:
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await browser.ws_connect(f"{address}/ws", headers={"Origin": origin} if origin else {})


@pytest.mark.parametrize("name", ["evil.example", "127.0.0.1.evil.example", "[", ""])
async def test_unknown_host_name_is_refused(name: str) -> None:
    async with served(["false"]) as address, let_in(address) as browser:
        port = address.rpartition(":")[2]
        async with browser.get(address, headers={"Host": f"{name}:{port}"}) as answer:
            assert answer.status in (400, 403)


async def test_tunnel_may_use_another_port() -> None:
    async with served(["false"]) as address, let_in(address) as browser:
        cookie = {"Cookie": f"patchwatch-9000={SECRET}", "Host": "localhost:9000"}
        async with browser.get(address, headers=cookie) as answer:
            assert 'data-session-websocket-url="ws://localhost:9000/ws"' in await answer.text()


async def test_page_shows_series_and_takes_keys_and_closes(database: str) -> None:
    async with served([*PATCHWATCH, "tui", "1"]) as address, let_in(address) as browser:
        page = await browser.ws_connect(f"{address}/ws?width=110&height=30", headers={"Origin": address})
        assert TITLE in await seen_until(page, TITLE)
        await page.send_json(["focus"])
        await page.send_json(["resize", {"width": 100, "height": 24}])
        await page.send_json(["stdin", "?"])
        await seen_until(page, "Keys")
        await page.send_json(["stdin", "\x11"])  # Ctrl-Q
        async with asyncio.timeout(60):
            while (await page.receive()).type in _DATA:
                pass


async def test_page_closes_when_the_program_cannot_start() -> None:
    async with served(["false"]) as address, let_in(address) as browser:
        page = await browser.ws_connect(f"{address}/ws", headers={"Origin": address})
        assert (await page.receive(60)).type in (aiohttp.WSMsgType.CLOSE, aiohttp.WSMsgType.CLOSED)


def test_command_prints_the_url_and_exits_at_a_signal(database: str) -> None:
    command = [*PATCHWATCH, "tui", "--web", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        address = process.stdout.readline()
        assert address.startswith("http://127.0.0.1:")
        assert "?secret=" in address
        process.send_signal(signal.SIGTERM)
        rest, said = process.communicate(timeout=60)
    assert process.returncode == 0, said
    assert rest == ""
    assert "WARNING" not in said
    assert "Traceback" not in said


def test_port_in_use_is_reported(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        assert run(["tui", "--web", "--port", str(port)]) == 1
    said = capsys.readouterr().err
    assert f"cannot listen on 127.0.0.1, port {port}: Address already in use" in said
    assert "--port 0 takes any free port" in said


def test_public_address_causes_a_warning(database: str, capsys: pytest.CaptureFixture[str]) -> None:
    with socket.create_server(("0.0.0.0", 0)) as other:
        assert run(["tui", "--web", "--host", "0.0.0.0", "--port", str(other.getsockname()[1])]) == 1
    assert "WARNING: 0.0.0.0 can be reached from other machines" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("host", "only_here"),
    [
        ("127.0.0.1", True),
        ("127.8.9.10", True),
        ("::1", True),
        ("[::1]", True),
        ("localhost", True),
        ("0.0.0.0", False),
        ("::", False),
        ("", False),
        ("192.0.2.7", False),
        ("localhost.example.org", False),
        ("127.0.0.1.example.org", False),
    ],
)
def test_loopback_addresses(host: str, only_here: bool) -> None:
    assert is_loopback(host) is only_here
