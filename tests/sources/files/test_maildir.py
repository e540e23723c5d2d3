"""Maildirs and .eml files: first and later reads, files that move, vanish or change."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest

from patchwatch.errors import PatchwatchError
from patchwatch.sources.files.batch import BATCH_MAILS
from patchwatch.sources.files.maildir import Eml
from patchwatch.sources.files.open import open_source
from tests.sources.files.mail_files import again, mail, mails, make_eml_folder, make_maildir, read


def test_later_read_returns_only_new_names_and_ignores_flags(tmp_path):
    box = make_maildir(tmp_path, mails(1, 2))
    source = open_source(box)
    _, position = read(source)
    for path in (box / "new").iterdir():
        path.rename(box / "cur" / f"{path.name}:2,RS")
    (box / "new" / "0000.early.host").write_bytes(mail(3))  # its name sorts before those that were read
    (box / "tmp" / "1.half").write_bytes(b"From: ")
    (box / "new" / ".nfs0001").write_bytes(b"")
    found, position = read(source, position)
    assert found == [mail(3)]
    assert again(source, position) == []


def test_mail_moved_during_the_read_is_found(tmp_path, batches_of_two):
    box = make_maildir(tmp_path, mails(*range(8)))
    reading = open_source(box).read(None)
    found = list(next(reading).mails)
    for path in (box / "new").iterdir():
        path.rename(box / "cur" / f"{path.name}:2,")
    (box / "cur" / "1700000007.M1P1.host:2,S").unlink()  # and this one is gone
    found += [content for batch in reading for content in batch.mails]
    assert found == mails(*range(7))


def test_mail_that_comes_back_is_read(tmp_path, batches_of_two):
    box = make_maildir(tmp_path, mails(*range(8)))
    away = box / "cur" / "1700000007.M1P1.host:2,S"
    source = open_source(box)
    reading = source.read(None)
    next(reading)
    away.rename(tmp_path / "away")
    position = list(reading)[-1].position
    (tmp_path / "away").rename(away)
    assert again(source, position) == [mail(7)]


def test_mail_that_arrives_after_an_interruption_is_read(tmp_path, batches_of_two):
    box = make_maildir(tmp_path, mails(*range(6)))
    source = open_source(box)
    cut = next(source.read(None))
    (box / "new" / "0000.early.host").write_bytes(mail(9))
    found, position = read(source, cut.position)
    assert set(found) | set(cut.mails) == set(mails(*range(6), 9))
    assert again(source, position) == []


def test_file_names_may_be_any_bytes(tmp_path):
    box = make_maildir(tmp_path, [])
    for number, name in enumerate((b"1.caf\xe9", b"2.new\nline", b"3.quote\"'", "4.ümlaut".encode())):
        Path(os.fsdecode(os.fsencode(box / "new") + b"/" + name)).write_bytes(mail(number))
    source = open_source(box)
    found, position = read(source)
    assert found == mails(*range(4))
    assert again(source, position) == []
    assert position is not None
    assert position.isascii()


@pytest.fixture
def ordinary_user():
    """The user who runs the tests; root, who can read everything, becomes nobody for the test."""
    root = os.geteuid() == 0
    with tempfile.TemporaryDirectory() as directory:  # pytest's own is closed to others
        Path(directory).chmod(0o755)
        if root:
            os.seteuid(65534)
        try:
            yield Path(directory)
        finally:
            if root:
                os.seteuid(0)


def test_unreadable_mail_is_an_error(ordinary_user):
    source = open_source(make_unreadable(ordinary_user))
    with pytest.raises(PatchwatchError, match=r"can't read .*0000\.eml"):
        read(source)


def make_unreadable(directory):
    """A folder with a mail that another user owns, and only they may read."""
    user = os.geteuid()
    if user == 65534:
        os.seteuid(0)
    folder = make_eml_folder(directory, mails(1))
    (folder / "0000.eml").chmod(0)
    os.seteuid(user)
    return folder


def test_eml_file_is_read_again_when_it_changes(tmp_path):
    path = tmp_path / "report.txt"
    path.write_bytes(mail(1))
    source = open_source(path)
    assert isinstance(source, Eml)
    found, position = read(source)
    assert found == [mail(1)]
    assert again(source, position) == []
    path.write_bytes(mail(1, "It is a longer story."))
    assert again(source, position) == [mail(1, "It is a longer story.")]


def test_folder_of_eml_files_returns_only_new_and_changed_files(tmp_path):
    folder = make_eml_folder(tmp_path, mails(1, 2))
    (folder / "notes.txt").write_text("no mail")
    source = open_source(folder)
    found, position = read(source)
    assert found == mails(1, 2)
    (folder / "0000.EML").write_bytes(mail(3))
    (folder / "0001.eml").write_bytes(mail(2, "Changed."))
    found, position = read(source, position)
    assert found == [mail(3), mail(2, "Changed.")]
    assert again(source, position) == []


def test_position_of_a_large_maildir_stays_small_until_the_end(tmp_path):
    box = make_maildir(tmp_path, mails(*range(3 * BATCH_MAILS)))
    *early, last = open_source(box).read(None)
    assert max(len(batch.position) for batch in early) < 200
    assert len(last.position) < 10 * 3 * BATCH_MAILS


def test_links_out_of_a_maildir_are_not_followed(tmp_path):
    box = make_maildir(tmp_path, mails(1, 2))
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "secret").write_bytes(mail(3))
    (box / "cur" / "0.link.host:2,S").symlink_to(tmp_path / "outside" / "secret")
    (box / "cur" / "0.relative.host:2,S").symlink_to("../../outside/secret")
    inside = next((box / "new").iterdir())
    (box / "cur" / "0.inside.host:2,S").symlink_to(inside)
    found, _ = read(open_source(box))
    assert mail(3) not in found
    assert len(found) == 3


def test_what_is_no_mail_does_not_hide_the_mail_beside_it(tmp_path):
    box = make_maildir(tmp_path, mails(1, 2))
    os.mkfifo(box / "new" / "0.fifo.host")
    (box / "new" / "0.zero.host").symlink_to("/dev/zero")
    (box / "new" / "0.circle.host").symlink_to("0.circle.host")
    (box / "new" / "0.nowhere.host").symlink_to("nowhere")
    (box / "cur" / "0.folder.host:2,S").mkdir()
    found, _ = read(open_source(box))
    assert sorted(found) == mails(1, 2)


def test_a_maildir_whose_folder_is_a_link_elsewhere_is_not_followed(tmp_path):
    box = make_maildir(tmp_path, [mail(1)])
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside" / "1.mail.host").write_bytes(mail(3))
    (box / "cur").rmdir()
    (box / "cur").symlink_to(tmp_path / "outside")
    found, _ = read(open_source(box))
    assert found == [mail(1)]


def test_links_out_of_a_folder_of_eml_files_are_not_followed(tmp_path):
    folder = make_eml_folder(tmp_path, mails(1, 2))
    (tmp_path / "secret").write_bytes(mail(3))
    (folder / "link.eml").symlink_to(tmp_path / "secret")
    found, _ = read(open_source(folder))
    assert mail(3) not in found
