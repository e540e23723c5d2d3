"""Responses that are truncated, damaged, too large, or read more than once."""

from __future__ import annotations

import gzip
import tempfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO

import httpx
import pytest

from patchwatch.errors import (
    LoreError,
    LoreResponseError,
)
from tests.sources.lore.fake_server import FROM, HI, HO, MBOX, Server, answer, archive, mail


def test_gzip_without_mail_is_an_error() -> None:
    with archive(Server(mail(b"<html></html>"))) as lore, pytest.raises(LoreResponseError, match="did not send mail"):
        lore.since("bpf", 0)


def test_damaged_gzip_is_an_error() -> None:
    packed = bytearray(gzip.compress(MBOX))
    packed[-6] ^= 0xFF  # its checksum
    with archive(Server(answer(200, bytes(packed)))) as lore, pytest.raises(LoreResponseError, match="damaged"):
        lore.since("bpf", 0)


@pytest.mark.parametrize("length", [0, 5, 40, -1])
def test_truncated_response_is_retried_and_never_used(length: int) -> None:
    cut = gzip.compress(MBOX)[:length]
    with archive(Server(answer(200, cut), mail())) as lore, lore.since("bpf", 0) as found:
        assert list(found.mails()) == [HI, HO]
    server = Server(lambda _: answer(200, cut))
    with archive(server) as lore, pytest.raises(LoreResponseError, match="cut off"):
        lore.since("bpf", 0)
    assert len(server.requests) == 4


def test_gzip_with_several_members_and_padding() -> None:
    packed = (
        gzip.compress(FROM + HI + b"\n") + gzip.compress(FROM + HO.replace(b">From", b">>From") + b"\n") + b"\0" * 9
    )
    with archive(Server(answer(200, packed))) as lore, lore.since("bpf", 0) as found:
        assert list(found.mails()) == [HI, HO]


def test_gzip_bomb_is_rejected_early() -> None:
    taken: list[int] = []

    class Bomb(httpx.SyncByteStream):
        """A gigabyte of zeros, compressed, in chunks as from the network."""

        def __iter__(self) -> Iterator[bytes]:
            pack = zlib.compressobj(wbits=31)
            yield pack.compress(FROM)
            for _ in range(1024):
                chunk = pack.compress(bytes(1024 * 1024)) + pack.flush(zlib.Z_SYNC_FLUSH)
                taken.append(len(chunk))
                yield chunk

    server = Server(httpx.Response(200, stream=Bomb()))
    refused = pytest.raises(LoreResponseError, match=r"more than 2 MB.*lore\.max_answer_megabytes")
    with archive(server, max_answer_megabytes=2) as lore, refused:
        lore.since("bpf", 0)
    assert len(taken) <= 3


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_full_disk_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_: object) -> IO[bytes]:
        return open("/dev/full", "wb", buffering=0)

    monkeypatch.setattr(tempfile, "SpooledTemporaryFile", full)
    with archive(Server(mail())) as lore, pytest.raises(LoreError, match="can't store the response"):
        lore.since("bpf", 0)


def test_mails_can_be_read_repeatedly_and_side_by_side() -> None:
    with archive(Server(mail())) as lore, lore.since("bpf", 0) as found:
        assert list(found.mails()) == list(found.mails()) == [HI, HO]
        assert list(zip(found.mails(), found.mails(), strict=True)) == [(HI, HI), (HO, HO)]
