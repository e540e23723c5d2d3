"""One deadline for a whole exchange with a server: connecting, TLS, headers, `100 Continue`, body.

httpx limits the time of each read, so a server that sends a byte now and then would never be too slow for it.  Here
each operation on a socket gets at most the time that is left.
"""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterable
from typing import Any

import httpcore
import httpx


class Deadline(httpcore.NetworkBackend):
    """Opens connections that stop at the deadline of the current exchange; each thread has a deadline of its own."""

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._backend = httpcore.SyncBackend()
        self._monotonic = monotonic
        self._thread = threading.local()

    def set(self, deadline: float) -> None:
        """Set when the exchanges of this thread must have ended, by the clock `monotonic`."""
        self._thread.deadline = deadline

    def limit(self, client: httpx.Client) -> None:
        """Use it for all connections of a client, those through the proxies of the environment included."""
        # httpx has no public way to do this.
        transports = [client._transport, *client._mounts.values()]
        pools: list[Any] = [getattr(transport, "_pool", None) for transport in transports]
        for pool in pools:
            if hasattr(pool, "_network_backend"):
                pool._network_backend = self

    def left(self, timeout: float | None) -> float:
        """Seconds for the next operation, at most `timeout`.

        Raises:
            httpcore.ReadTimeout: the deadline has passed.
        """
        seconds: float = self._thread.deadline - self._monotonic()
        if seconds <= 0:
            raise httpcore.ReadTimeout("deadline exceeded")
        return seconds if timeout is None else min(seconds, timeout)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """Try the addresses of a host in turn."""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise httpcore.ConnectError(str(error)) from error
        failure: Exception = httpcore.ConnectError(f"{host} has no address")
        for address in dict.fromkeys(str(info[4][0]) for info in found):
            try:
                stream = self._backend.connect_tcp(address, port, self.left(timeout), local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return _Stream(stream, self)
        raise failure


class _Stream(httpcore.NetworkStream):
    """A connection whose operations stop at the deadline."""

    def __init__(self, stream: httpcore.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _Stream(stream, self._deadline)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)
