"""The recipients get exactly the draft, whatever git's settings; in a dry run they get nothing."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from pathlib import Path

import pytest

from patchwatch.compose import git_send_email
from patchwatch.compose.draft import Draft
from patchwatch.errors import SendError, ToolError
from patchwatch.mail.addresses import Mailbox
from tests.support import git_mail
from tests.support.git_mail import Outbox

pytestmark = [
    pytest.mark.git,
    pytest.mark.skipif(bool(git_mail.missing()), reason=git_mail.missing() or "-"),
]

RITA = Mailbox("Rita Reviewer", "rita@example.com")
DRAFT = Draft(
    sender=RITA,
    to=(Mailbox("Ann Author", "ann@example.org"),),
    cc=(Mailbox("", "netdev@vger.kernel.org"), Mailbox("Jörg Müller, Jr.", "joerg@example.org")),
    subject="Re: [PATCH v2 1/2] net: free it once, größer",
    body="On Monday, Ann wrote:\n> twice\n\nFrom here it looks fine: ✓\n\nReviewed-by: Ben Other <ben@example.net>\n"
    "Signed-off-by: Eve <eve@example.net>\nCc: stable@vger.kernel.org\n",
    message_id="answer@example.com",
    in_reply_to="p@example.org",
    references=("cover@example.org", "p@example.org"),
)


@pytest.fixture
def outbox(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Outbox:
    return Outbox(tmp_path, monkeypatch)


def arrived(outbox: Outbox) -> email.message.EmailMessage:
    raw = outbox.mail.read_bytes()
    assert raw.partition(b"\n\n")[0].isascii()
    return email.message_from_bytes(raw, policy=email.policy.default)


def test_send_delivers_exactly_the_draft(outbox: Outbox) -> None:
    sent = git_send_email.send(DRAFT, dry_run=False)
    mail = arrived(outbox)
    assert outbox.recipients() == ["ann@example.org", "netdev@vger.kernel.org", "joerg@example.org"]
    assert mail["From"] == "Rita Reviewer <rita@example.com>"
    assert mail["To"] == "Ann Author <ann@example.org>"
    assert mail["Subject"] == DRAFT.subject
    assert mail["Message-ID"] == f"<{sent.message_id}>" == "<answer@example.com>"
    assert mail["In-Reply-To"] == "<p@example.org>"
    assert mail["References"].split() == ["<cover@example.org>", "<p@example.org>"]
    assert [(a.display_name, a.addr_spec) for a in mail["Cc"].addresses] == [
        ("", "netdev@vger.kernel.org"),
        ("Jörg Müller, Jr.", "joerg@example.org"),
    ]
    assert mail["Bcc"] is None
    assert mail.get_content() == DRAFT.body


def test_dry_run_sends_nothing(outbox: Outbox) -> None:
    sent = git_send_email.send(DRAFT, dry_run=True)
    assert not outbox.mail.exists()
    assert sent.dry_run
    assert " --dry-run " in sent.command


def test_rehearsal_matches_the_delivered_mail(outbox: Outbox) -> None:
    rehearsal = git_send_email.rehearse(DRAFT)
    assert not outbox.mail.exists()
    git_send_email.send(DRAFT, dry_run=False)
    assert list(rehearsal.recipients) == outbox.recipients()
    mail = arrived(outbox)
    shown = dict(rehearsal.headers)
    for name in ("From", "To", "Subject", "In-Reply-To", "References"):
        assert shown[name] == mail[name]
    assert rehearsal.hidden == ()


@pytest.mark.parametrize(
    "settings",
    [
        {"to": "eve@example.net"},
        {"cc": "eve@example.net"},
        {"toCmd": "echo eve@example.net"},
        {"ccCmd": "echo eve@example.net"},
        {"signedOffByCc": "true"},
        {"suppressCc": "all"},
        {"suppressCc": "cc"},
        {"suppressFrom": "false"},
        {"confirm": "always"},
        {"annotate": "true"},
        {"validate": "true"},
        {"transferEncoding": "base64"},
        {"chainReplyTo": "true", "thread": "false"},
        {"from": "Somebody Else <else@example.com>"},
    ],
    ids=lambda settings: ", ".join(settings),
)
def test_git_settings_do_not_change_the_mail(outbox: Outbox, settings: dict[str, str]) -> None:
    outbox.set(sendemail=settings)
    git_send_email.rehearse(DRAFT)
    git_send_email.send(DRAFT, dry_run=False)
    mail = arrived(outbox)
    assert outbox.recipients() == ["ann@example.org", "netdev@vger.kernel.org", "joerg@example.org"]
    assert mail["From"] == "Rita Reviewer <rita@example.com>"
    assert mail["In-Reply-To"] == "<p@example.org>"
    assert mail["References"].split() == ["<cover@example.org>", "<p@example.org>"]
    assert mail.get_content() == DRAFT.body


def test_aliases_do_not_redirect_the_mail(outbox: Outbox, tmp_path: Path) -> None:
    (tmp_path / "aliases").write_text("alias ann@example.org eve@example.net\n")
    outbox.set(sendemail={"aliasesFile": str(tmp_path / "aliases"), "aliasFileType": "mutt"})
    assert "ann@example.org" in git_send_email.rehearse(DRAFT).recipients


def test_bcc_from_git_settings_is_reported(outbox: Outbox) -> None:
    outbox.set(sendemail={"bcc": "archive@example.com"})
    assert git_send_email.rehearse(DRAFT).hidden == ("archive@example.com",)


def test_log_of_an_smtp_server_is_parsed() -> None:
    log = (
        "/tmp/mail.eml\nDry-OK. Log says:\nServer: smtp.example.com\nMAIL FROM:<rita@example.com>\n"
        "RCPT TO:<ann@example.org>\nRCPT TO:<b@example.org>\nFrom: =?UTF-8?q?R=C3=AFta?= <rita@example.com>\n"
        "To: ann@example.org,\n\tb@example.org\nSubject: x\n\nResult: OK\n"
    )
    assert git_send_email.read_log(log) == (
        (("From", "Rïta <rita@example.com>"), ("To", "ann@example.org, b@example.org"), ("Subject", "x")),
        ("ann@example.org", "b@example.org"),
    )


def test_long_line_arrives_whole(outbox: Outbox) -> None:
    draft = replace(DRAFT, body="x" * 5000 + "\n")
    git_send_email.send(draft, dry_run=False)
    assert all(len(one) < 998 for one in outbox.mail.read_bytes().split(b"\n"))
    assert arrived(outbox).get_content() == draft.body


def test_many_references_fit_on_a_line(outbox: Outbox) -> None:
    ids = tuple(f"{'x' * 50}{n}@example.org" for n in range(60))
    git_send_email.send(replace(DRAFT, references=ids, in_reply_to=ids[-1]), dry_run=False)
    assert all(len(one) < 998 for one in outbox.mail.read_bytes().split(b"\n"))
    assert arrived(outbox)["References"].split()[-1] == f"<{ids[-1]}>"


@pytest.mark.parametrize(
    "name", ["Rïta Q. Reviewer", "Reviewer, Rita", "Rita (work)", 'Rita "Q" Reviewer', "王小明", ""]
)
def test_unusual_names_arrive(outbox: Outbox, name: str) -> None:
    git_send_email.rehearse(
        draft := replace(DRAFT, sender=Mailbox(name, "rita@example.com"), to=(Mailbox(name, "a@b.org"),))
    )
    git_send_email.send(draft, dry_run=False)
    mail = arrived(outbox)
    assert [str(a.addr_spec) for header in ("From", "To") for a in mail[header].addresses] == [
        "rita@example.com",
        "a@b.org",
    ]
    for header in ("From", "To"):
        assert mail[header].addresses[0].display_name.replace('"', "") == name.replace('"', "")
    assert mail.get_content() == DRAFT.body


def test_failure_has_the_message_of_git(outbox: Outbox, tmp_path: Path) -> None:
    (tmp_path / "sendmail").write_text("#!/bin/sh\necho 'relay says no' >&2\nexit 75\n")
    with pytest.raises(SendError, match="relay says no"):
        git_send_email.send(DRAFT, dry_run=False)


def test_rejected_address_is_a_failure(outbox: Outbox) -> None:
    """git send-email exits with status 0 then."""
    with pytest.raises(SendError, match="sent nothing"):
        git_send_email.rehearse(replace(DRAFT, to=(Mailbox("Ann", "not an address"),)))


def test_unresponsive_server_times_out(outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sendmail").write_text("#!/bin/sh\nexec sleep 5\n")
    monkeypatch.setattr(git_send_email, "_SENDING_SECONDS", 1.0)
    with pytest.raises(SendError, match="may have been sent: check before you send it again"):
        git_send_email.send(DRAFT, dry_run=False)


def test_missing_send_email_names_the_package(outbox: Outbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git = tmp_path / "git"
    git.write_text("#!/bin/sh\necho \"git: 'send-email' is not a git command. See 'git --help'.\" >&2\nexit 1\n")
    git.chmod(0o700)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError, match="apt install git-email"):
        git_send_email.rehearse(DRAFT)
    git.unlink()
    with pytest.raises(ToolError, match="git is not installed"):
        git_send_email.rehearse(DRAFT)
