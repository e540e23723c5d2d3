"""Drafts stored in files."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from patchwatch.compose.draft import Draft, parse_draft
from patchwatch.compose.draft_store import DraftStore
from patchwatch.errors import DraftError, InvalidInputError
from patchwatch.mail.addresses import Mailbox

DRAFT = Draft(
    sender=Mailbox("Rita", "rita@example.com"),
    to=(Mailbox("Ann", "ann@example.org"),),
    cc=(Mailbox("", "netdev@vger.kernel.org"),),
    subject="Re: [PATCH v2 1/2] net: free it once, größer",
    body="> twice\n\nFine.\n",
    message_id="answer@example.com",
    in_reply_to="p@example.org",
    references=("p@example.org",),
)


@pytest.fixture
def drafts(tmp_path: Path) -> DraftStore:
    return DraftStore(tmp_path / "share" / "drafts")


def test_draft_is_found_by_the_mail_it_replies_to(drafts: DraftStore) -> None:
    assert drafts.find(DRAFT) is None
    file = drafts.save(DRAFT)
    assert drafts.find(replace(DRAFT, message_id="another@example.com", body="")) == file
    assert drafts.find(replace(DRAFT, in_reply_to="q@example.org")) is None
    assert parse_draft(DRAFT, drafts.read(file)) == DRAFT
    drafts.delete(file)
    drafts.delete(file)
    assert drafts.find(DRAFT) is None


def test_text_is_added_at_the_end(drafts: DraftStore) -> None:
    file = drafts.save(DRAFT)
    drafts.add(file, "> again\n")
    assert parse_draft(DRAFT, drafts.read(file)).body == "> twice\n\nFine.\n\n> again\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_draft_is_readable_by_its_owner_only(drafts: DraftStore) -> None:
    file = drafts.save(DRAFT)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(drafts.directory.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("subject", "begins"),
    [
        ("Re: [PATCH v2 1/2] net: free it once, größer", "net-free-it-once-gr-er-"),
        ("Re: [PATCH] ../../etc/passwd\x00\n", "etc-passwd-"),
        ("Re: 小雨", ""),
        ("Re: [PATCH " + "x" * 400, "patch-xxxxxxxxxxxxxxxxxx-"),
    ],
)
def test_file_name_has_the_subject(drafts: DraftStore, subject: str, begins: str) -> None:
    file = drafts.file(replace(DRAFT, subject=subject))
    assert file.parent == drafts.directory
    assert file.name.startswith(begins)
    assert len(file.name) == len(begins) + len("01234567.eml")


def test_errors_name_the_file(drafts: DraftStore) -> None:
    with pytest.raises(DraftError, match=r"the draft .*drafts/gone\.eml can't be read: No such file"):
        drafts.read(drafts.directory / "gone.eml")
    file = drafts.save(DRAFT)
    file.write_bytes(b"From: J\xf6rg\n")
    with pytest.raises(InvalidInputError, match="is not UTF-8"):
        drafts.read(file)
    file.unlink()
    file.mkdir()
    with pytest.raises(DraftError, match="can't be saved in"):
        drafts.save(DRAFT)
    with pytest.raises(DraftError, match="can't be removed"):
        drafts.delete(file)


def test_a_draft_is_not_written_through_a_link(drafts: DraftStore, tmp_path: Path) -> None:
    drafts.directory.mkdir(parents=True)
    victim = tmp_path / "victim"
    victim.write_text("precious")
    file = drafts.file(DRAFT)
    file.symlink_to(victim)
    with pytest.raises(DraftError, match="is a symbolic link"):
        drafts.save(DRAFT)
    assert victim.read_text() == "precious"
    file.unlink()
    file.hardlink_to(victim)
    drafts.save(DRAFT)
    assert victim.read_text() == "precious"


def test_a_draft_is_not_read_through_a_link(drafts: DraftStore, tmp_path: Path) -> None:
    drafts.directory.mkdir(parents=True)
    (tmp_path / "secret").write_text("precious")
    file = drafts.file(DRAFT)
    file.symlink_to(tmp_path / "secret")
    assert drafts.find(DRAFT) is None
    with pytest.raises(DraftError):
        drafts.read(file)
