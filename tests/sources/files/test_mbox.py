"""Mboxes: first and later reads, files that are rewritten, truncated or still being written."""

from __future__ import annotations

import gzip

import pytest

from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.sources.files.mbox import Mbox
from patchwatch.sources.files.open import open_source
from tests.sources.files.mail_files import again, mail, mails, make_gzipped_mbox, make_mbox, mboxrd, read


@pytest.mark.parametrize("sender", ["mboxrd@z", "ada@example.org"])
def test_later_read_returns_only_new_mail(tmp_path, sender):
    path = tmp_path / "box"
    path.write_bytes(mboxrd(*mails(1, 2), sender=sender))
    source = open_source(path)
    _, position = read(source)
    with path.open("ab") as box:
        box.write(mboxrd(mail(3), sender=sender))
    found, position = read(source, position)
    assert found == [mail(3)]
    assert again(source, position) == []


def test_later_read_of_gzipped_mbox_returns_only_new_mail(tmp_path):
    path = make_gzipped_mbox(tmp_path, mails(1, 2))
    source = open_source(path)
    _, position = read(source)
    with path.open("ab") as box:
        box.write(gzip.compress(mboxrd(mail(3))))
    assert again(source, position) == [mail(3)]


def test_no_mail_is_lost_while_the_mbox_is_written(tmp_path):
    whole = mboxrd(*mails(1, 2, 3), sender="ada@example.org")
    path = tmp_path / "box"
    for written in range(60, len(whole)):
        path.write_bytes(whole[:written])
        source = Mbox(path)
        before, position = read(source)
        path.write_bytes(whole)
        after, position = read(source, position)
        assert set(mails(1, 2, 3)) <= {*before, *after}, written
        assert again(source, position) == []
        assert before[:-1] == mails(1, 2, 3)[: len(before) - 1], written


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(b"Works here.", b"Works there", 1),
        lambda text: mboxrd(mail(9)) + text,
        lambda text: text[len(mboxrd(mail(0))) :],
        lambda text: mboxrd(mail(9)),
    ],
    ids=["edited", "put before", "first deleted", "shorter"],
)
def test_rewritten_mbox_is_read_again(tmp_path, change):
    path = make_mbox(tmp_path, mails(*range(1500)))
    source = open_source(path)
    _, position = read(source)
    path.write_bytes(change(path.read_bytes()))
    found, position = read(source, position)
    assert found == again(source, None)
    assert again(source, position) == []


def test_blocks_end_only_where_a_mail_begins(tmp_path, monkeypatch):
    monkeypatch.setattr("patchwatch.sources.files.mbox._BLOCK_BYTES", 64)
    body = "I quote:\n\nFrom what I saw, this is no separator.\n\nFrom me too, at 10:00\n\n>From here on it was quoted."
    contents = [mail(number, body * (number % 3)) for number in range(20)]
    path = tmp_path / "box"
    path.write_bytes(mboxrd(*contents, sender="ada@example.org").replace(b"\n>From", b"\n>>From"))
    source = open_source(path)
    whole = list(source.read(None))
    assert len(whole) > 10
    assert [content for batch in whole for content in batch.mails] == contents
    for stored, batch in enumerate(whole[:-1], 1):
        before = [content for earlier in whole[:stored] for content in earlier.mails]
        assert before + again(source, batch.position) == contents


def test_mbox_with_crlf_line_ends(tmp_path, batches_of_two):
    contents = [mail(number).replace(b"\n", b"\r\n") for number in range(5)]
    path = tmp_path / "box"
    path.write_bytes(mboxrd(*mails(*range(5)), sender="ada@example.org").replace(b"\n", b"\r\n"))
    whole = list(open_source(path).read(None))
    assert [content for batch in whole for content in batch.mails] == contents
    assert again(open_source(path), whole[0].position) == contents[2:]


def test_truncated_gzipped_mbox_is_an_error(tmp_path):
    path = make_gzipped_mbox(tmp_path, mails(1, 2))
    path.write_bytes(path.read_bytes()[:-12])
    with pytest.raises(InvalidInputError, match=r"list\.mbox\.gz: damaged gzip data"):
        read(Mbox(path))


def test_endless_mail_is_rejected_before_it_fills_memory(tmp_path, monkeypatch):
    monkeypatch.setattr("patchwatch.sources.files.mbox._BLOCK_BYTES", 1 << 10)
    monkeypatch.setattr("patchwatch.sources.files.mbox._MAX_MAIL_BYTES", 10 << 10)
    path = make_mbox(tmp_path, [mail(1), mail(2, "x" * (40 << 10)), mail(3)])
    reading = open_source(path).read(None)
    assert next(reading).mails == (mail(1),)
    with pytest.raises(InvalidInputError, match=r"list\.mbox: one mail is larger"):
        next(reading)


def test_deleted_mbox_is_an_error(tmp_path):
    path = make_mbox(tmp_path, mails(1))
    source = open_source(path)
    path.unlink()
    with pytest.raises(NotFoundError, match=r"list\.mbox: no such file"):
        read(source)
