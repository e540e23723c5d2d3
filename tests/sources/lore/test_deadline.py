"""The deadline of an exchange, where httpx alone would wait for longer: connecting, and TLS."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

import httpcore
import httpx
import pytest

from patchwatch.config import Lore
from patchwatch.errors import LoreUnreachableError
from patchwatch.sources.lore.client import Archive
from patchwatch.sources.lore.deadline import Deadline
from tests.sources.lore.fake_server import Time


@pytest.fixture
def dripping() -> Iterator[int]:
    """The port of a server that sends a TLS record byte by byte."""
    stopping = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while not stopping.is_set():
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection:
                    for byte in itertools.chain(b"\x16\x03\x03\x40\x00", itertools.repeat(0)):
                        if stopping.wait(0.05):
                            return
                        try:
                            connection.sendall(bytes([byte]))
                        except OSError:
                            break

        threading.Thread(target=serve, daemon=True).start()
        yield int(listener.getsockname()[1])
        stopping.set()
        listener.shutdown(socket.SHUT_RDWR)


def test_tls_handshake_byte_by_byte_ends_at_the_deadline(dripping: int) -> None:
    lore = Lore(url=f"https://127.0.0.1:{dripping}", timeout_seconds=10, deadline_seconds=0.5)
    began = time.monotonic()
    with Archive(lore) as archive, pytest.raises(LoreUnreachableError):
        archive.since("bpf", 0)
    assert time.monotonic() - began < 5


def test_addresses_that_do_not_respond_share_the_time(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Time()
    tried: list[str] = []

    def connect(_self: object, host: str, _port: int, timeout: float, *_: object) -> None:
        tried.append(host)
        clock.now += timeout
        raise httpcore.ConnectTimeout

    addresses = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"192.0.2.{n}", 443)) for n in range(200)]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_kwargs: addresses)
    monkeypatch.setattr(httpcore.SyncBackend, "connect_tcp", connect)
    deadline = Deadline(clock.monotonic)
    deadline.set(clock.now + 300)
    with pytest.raises(httpcore.ReadTimeout):
        deadline.connect_tcp("lore.example", 443, 30)
    assert tried == [f"192.0.2.{n}" for n in range(10)]


def test_proxies_of_the_environment_have_the_deadline_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    deadline = Deadline(time.monotonic)
    with httpx.Client() as client:
        deadline.limit(client)
        pools: list[Any] = [vars(t)["_pool"] for t in (client._transport, *client._mounts.values()) if t is not None]
        assert len(pools) > 1
        assert all(pool._network_backend is deadline for pool in pools)
