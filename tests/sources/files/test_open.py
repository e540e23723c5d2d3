"""Detecting what a path contains, and what every kind of source must do."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from patchwatch.errors import InvalidInputError, NotFoundError
from patchwatch.sources.files.epoch import Bundle, Epoch, InboxDirectory
from patchwatch.sources.files.maildir import Eml, Maildir
from patchwatch.sources.files.mbox import Mbox
from patchwatch.sources.files.open import open_source
from tests.sources.files.mail_files import (
    again,
    commit,
    mail,
    mails,
    make_archive,
    make_bundle,
    make_eml_folder,
    make_epoch,
    make_gzipped_mbox,
    make_maildir,
    make_mbox,
    read,
)

EVERY_KIND = pytest.mark.parametrize(
    ("make", "kind"),
    [
        (make_epoch, Epoch),
        (make_archive, InboxDirectory),
        (make_bundle, Bundle),
        (make_mbox, Mbox),
        (make_gzipped_mbox, Mbox),
        (make_maildir, Maildir),
        (make_eml_folder, Eml),
    ],
)


@EVERY_KIND
def test_reads_all_mail_once(make, kind, tmp_path):
    contents = mails(*range(7))
    source = open_source(make(tmp_path, contents))
    assert isinstance(source, kind)
    found, position = read(source)
    assert found == contents
    assert again(source, position) == []


@EVERY_KIND
def test_interrupted_read_continues_after_last_stored_batch(make, kind, tmp_path, batches_of_two):
    contents = mails(*range(9))
    source = open_source(make(tmp_path, contents))
    whole = list(source.read(None))
    assert all(len(batch.mails) <= 2 for batch in whole)
    for stored in range(1, len(whole)):
        cut = source.read(None)
        before = [next(cut) for _ in range(stored)]
        cut.close()
        after, position = read(source, before[-1].position)
        assert [content for batch in before for content in batch.mails] + after == contents
        assert again(source, position) == []


@EVERY_KIND
def test_what_is_left_to_read_is_counted_if_that_is_fast(make, kind, tmp_path, batches_of_two):
    source = open_source(make(tmp_path, mails(*range(5))))
    packed = kind is Bundle or make is make_gzipped_mbox
    left = 5
    for position in (None, "[]", "f" * 40, "--all"):
        assert source.count(position) == (0 if packed else left)
    for batch in source.read(None):
        left -= len(batch.mails)
        assert source.count(batch.position) == (0 if packed else left)
    assert left == 0


@EVERY_KIND
def test_invalid_position_reads_everything(make, kind, tmp_path):
    contents = mails(1, 2, 3)
    source = open_source(make(tmp_path, contents))
    for position in ("", "{", "[]", "0", "{}", '{"0": 1}', '{"end": "x"}', '{"names": 3}', "f" * 40, "--all"):
        assert again(source, position) == contents, position


@EVERY_KIND
def test_identity_does_not_depend_on_how_the_path_is_written(make, kind, tmp_path, monkeypatch):
    path = make(tmp_path, mails(1))
    (tmp_path / "link").symlink_to(path)
    monkeypatch.chdir(tmp_path)
    direct = open_source(path).identity
    assert direct.endswith(f":{path}")
    assert open_source(Path("link")).identity == direct
    assert open_source(path.relative_to(tmp_path)).identity == direct


def test_missing_path_is_an_error(tmp_path):
    with pytest.raises(NotFoundError, match="nothing: no such file or directory"):
        open_source(tmp_path / "nothing")


def test_file_without_mail_is_rejected(tmp_path):
    for content in (b"hello\n", b"\x7fELF\x02", b"title: a recipe\n\nDate: when it is ripe\n", b"From here to there\n"):
        (tmp_path / "file").write_bytes(content)
        with pytest.raises(InvalidInputError, match="file: not a mail file"):
            open_source(tmp_path / "file")


def test_directory_without_mail_is_rejected(tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    with pytest.raises(InvalidInputError, match="no mail found"):
        open_source(tmp_path)


def test_special_file_is_rejected(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InvalidInputError, match="neither a file nor a directory"):
        open_source(tmp_path / "pipe")


def test_source_tree_is_not_an_epoch(tmp_path):
    tree = commit(tmp_path / "linux.git", {"MAINTAINERS": b"many", "mm/slub.c": b"code"})
    with pytest.raises(InvalidInputError, match=r"not a public-inbox repository.*MAINTAINERS"):
        open_source(tree)


def test_empty_file_is_an_empty_mbox(tmp_path):
    (tmp_path / "box").touch()
    source = open_source(tmp_path / "box")
    assert isinstance(source, Mbox)
    assert again(source, None) == []


def test_mail_in_a_checkout_is_preferred_to_its_history(tmp_path):
    commit(tmp_path / ".git", {"README": b"tests"})
    (tmp_path / "one.eml").write_bytes(mail(1))
    assert isinstance(open_source(tmp_path), Eml)


def test_links_in_a_circle_are_reported(tmp_path):
    (tmp_path / "one").symlink_to(tmp_path / "two")
    (tmp_path / "two").symlink_to(tmp_path / "one")
    with pytest.raises(InvalidInputError, match=r"one: its symbolic links form a loop"):
        open_source(tmp_path / "one")
