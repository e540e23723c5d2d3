"""Who the user's mail is from, by the config and git's settings."""

from __future__ import annotations

from pathlib import Path

import pytest

from patchwatch.errors import SendError
from patchwatch.mail.addresses import Mailbox
from patchwatch.sources.git.identity import sender
from tests.support import git_mail
from tests.support.git_mail import Outbox

pytestmark = pytest.mark.skipif(bool(git_mail.missing()), reason=git_mail.missing() or "-")


@pytest.fixture
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    return Outbox(tmp_path, monkeypatch)


def test_sender_follows_git_settings(outbox: Outbox) -> None:
    assert sender() == Mailbox("Rita Reviewer", "rita@example.com")
    outbox.set(sendemail={"from": "Rita <rita@lists.example.com>"})
    assert sender() == Mailbox("Rita", "rita@lists.example.com")
    outbox.set(sendemail={"identity": "work"})
    outbox.set(**{'sendemail "work"': {"from": "rita@work.example.com"}})
    assert sender() == Mailbox("", "rita@work.example.com")
    assert sender("Rïta <r@example.com>") == Mailbox("Rïta", "r@example.com")


def test_missing_sender_is_an_error(outbox: Outbox, tmp_path: Path) -> None:
    (tmp_path / "gitconfig").write_text("[user]\n\tuseConfigOnly = true\n")
    with pytest.raises(SendError, match=r"git config --global user\.email"):
        sender()
