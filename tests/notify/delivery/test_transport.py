"""Sending mail to a real SMTP server, through programs, with git's settings; temporary and permanent failures."""

from __future__ import annotations

import os
import smtplib
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from patchwatch.config import Mail
from patchwatch.errors import DeliveryError
from patchwatch.notify.delivery import git_config
from patchwatch.notify.delivery.password import PASSWORD as VARIABLE
from patchwatch.notify.delivery.sendmail import Sendmail
from patchwatch.notify.delivery.smtp import Login, Smtp
from patchwatch.notify.delivery.transport import Transport, transport
from tests.support.mail_server import PASSWORD, USER, MailServer, mail_server
from tests.support.paths import ROOT

MAIL = b"From: pw@example.org\r\nTo: ann@example.org\r\nSubject: x\r\n\r\nHello\r\n.\r\n.two\r\n"
SENDER, TO = "pw@example.org", "ann@example.org"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Hide the settings of the user who runs the tests."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path))
    for name in ("GIT_CONFIG_GLOBAL", "GIT_ASKPASS", "SSH_ASKPASS", VARIABLE):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as server:
        yield server


def over_smtp(server: MailServer, password: str = PASSWORD) -> Transport:
    login = Login(USER, lambda: password)
    return Smtp("127.0.0.1", server.port, "starttls", str(server.authority), login)


def refusal(carrier: Transport) -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        carrier.send(SENDER, TO, MAIL)
    return refused.value


def test_send_with_starttls_and_login(server: MailServer) -> None:
    over_smtp(server).send(SENDER, TO, MAIL)
    (mail,) = server.mails
    assert (mail.mail_from, mail.rcpt_tos, bytes(mail.content or b"")) == (SENDER, [TO], MAIL)
    assert server.logins == [(USER, True)]


def test_send_with_tls(tmp_path: Path) -> None:
    with mail_server(tmp_path, encryption="tls", login=False) as server:
        transport(Mail("smtp", "127.0.0.1", server.port, "tls", str(server.authority))).send(SENDER, TO, MAIL)
    assert server.raws == [MAIL]


def test_ascii_password_logs_in(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.mail_server.PASSWORD", "plain")
    over_smtp(server, password="plain").send(SENDER, TO, MAIL)
    assert server.raws == [MAIL]


@pytest.mark.parametrize(
    ("command", "answer", "permanent"),
    [
        ("RCPT", "550 5.1.1 No such user here", True),
        ("RCPT", "450 4.2.1 Try again later", False),
        ("DATA", "554 5.7.1 Spam", True),
        ("DATA", "451 4.3.0 Out of paper", False),
        ("DATA", "421 4.3.2 Closing", False),
        ("AUTH", "454 4.7.0 Temporary authentication failure", False),
        ("AUTH", "535 5.7.8 Wrong", True),
    ],
)
def test_4xx_is_temporary_and_5xx_permanent(server: MailServer, command: str, answer: str, permanent: bool) -> None:
    server.answers[command] = [answer]
    refused = refusal(over_smtp(server))
    assert refused.permanent == permanent
    assert answer in str(refused)
    assert f"127.0.0.1:{server.port}" in str(refused)
    assert server.mails == []


def test_wrong_password_is_permanent_and_not_shown(server: MailServer) -> None:
    refused = refusal(over_smtp(server, password="wrong-secret"))
    assert refused.permanent
    assert "refused the login of ann" in str(refused)
    assert "wrong-secret" not in str(refused)


def test_untrusted_certificate_is_refused(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    refused = refusal(transport(Mail("smtp", "127.0.0.1", server.port, "starttls", "", USER)))
    assert not refused.permanent
    assert "certificate not trusted" in str(refused)
    assert server.logins == []


def test_certificate_for_another_name_is_refused(tmp_path: Path) -> None:
    with mail_server(tmp_path, name="mail.example.org") as server:
        assert "certificate not trusted" in str(refusal(over_smtp(server)))
        assert server.logins == []


def test_missing_certificate_file_is_named(server: MailServer) -> None:
    refused = refusal(transport(Mail("smtp", "127.0.0.1", server.port, "starttls", "/nowhere/ca.pem")))
    assert "can't read certificates from /nowhere/ca.pem: No such file" in str(refused)


def test_server_without_starttls_gets_neither_password_nor_mail(tmp_path: Path) -> None:
    with mail_server(tmp_path, encryption="none", login=False) as server:
        refused = refusal(over_smtp(server))
        assert not refused.permanent
        assert "STARTTLS" in str(refused)
        assert (server.logins, server.mails) == ([], [])


def test_password_is_not_sent_unencrypted_to_another_host() -> None:
    login = Login(USER, lambda: PASSWORD)
    assert "unencrypted" in str(refusal(Smtp("mail.example.org", 25, "none", login=login)))


def test_refused_connection_is_temporary() -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        refused = refusal(transport(Mail("smtp", "127.0.0.1", unused.getsockname()[1], "none")))
    assert not refused.permanent
    assert "refused" in str(refused)


def test_check_connects_and_logs_in(server: MailServer) -> None:
    over_smtp(server).check()
    assert server.logins == [(USER, True)]
    with pytest.raises(DeliveryError, match="refused the login"):
        over_smtp(server, password="wrong").check()


# ---- passwords -----------------------------------------------------------------------------------------------------


def by_command(server: MailServer, command: str) -> Transport:
    mail = Mail("smtp", "127.0.0.1", server.port, "starttls", str(server.authority), USER, password_command=command)
    return transport(mail)


def test_password_from_a_command(server: MailServer) -> None:
    by_command(server, f"printf '%s\\nuser: x\\n' '{PASSWORD}'").send(SENDER, TO, MAIL)
    assert server.raws == [MAIL]


@pytest.mark.parametrize(
    ("command", "message"), [("echo locked >&2; exit 2", "failed with status 2: locked"), ("true", "no output")]
)
def test_command_without_a_password_is_reported(server: MailServer, command: str, message: str) -> None:
    refused = refusal(by_command(server, command))
    assert message in str(refused)
    assert not refused.permanent


def test_environment_takes_precedence_over_the_command(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    by_command(server, "false").send(SENDER, TO, MAIL)
    assert server.raws == [MAIL]


def test_password_from_the_keyring(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    stored = {("127.0.0.1", USER): PASSWORD}
    errors = SimpleNamespace(KeyringError=type("KeyringError", (Exception,), {}))
    keyring = SimpleNamespace(get_password=lambda service, user: stored.get((service, user)), errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    mail = Mail("smtp", "127.0.0.1", server.port, "starttls", str(server.authority), USER, keyring=True)
    transport(mail).send(SENDER, TO, MAIL)
    assert server.raws == [MAIL]
    stored.clear()
    assert "`keyring set 127.0.0.1 ann`" in str(refusal(transport(mail)))


def test_missing_keyring_package_is_named(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    mail = Mail("smtp", "127.0.0.1", server.port, "starttls", str(server.authority), USER, keyring=True)
    assert "pipx install --force '.[keyring]'" in str(refusal(transport(mail)))


def test_missing_password_lists_the_settings(server: MailServer) -> None:
    assert "mail.password_command or mail.keyring" in str(refusal(by_command(server, "")))


# ---- programs ------------------------------------------------------------------------------------------------------


def program(directory: Path, *, status: int = 0, says: str = "") -> Path:
    """A sendmail that saves its arguments and stdin."""
    file = directory / "my sendmail"
    file.write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{directory}/arguments'\ncat > '{directory}/stdin'\n"
        f"echo '{says}' >&2\nexit {status}\n"
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def received(directory: Path) -> tuple[list[str], bytes]:
    return (directory / "arguments").read_text().split("\n")[:-1], (directory / "stdin").read_bytes()


def test_program_gets_the_recipient_and_the_mail_with_lf(tmp_path: Path) -> None:
    transport(Mail("sendmail", sendmail=f"'{program(tmp_path)}' -a work")).send(SENDER, TO, MAIL)
    assert received(tmp_path) == (["-a", "work", "-i", TO], MAIL.replace(b"\r\n", b"\n"))


def test_a_program_gets_the_whole_mail_even_if_we_are_killed_meanwhile(tmp_path: Path) -> None:
    slow = tmp_path / "slow"
    slow.write_text("touch begun; while [ -f begun ]; do sleep 0.02; done; cat > part; mv part whole\n")
    script = (
        "from patchwatch.notify.delivery.sendmail import Sendmail\n"
        "Sendmail(('sh', 'slow')).send('a@example.org', 'b@example.org', b'Subject: x\\n\\n' + b'line\\n' * 400_000)"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    sending = subprocess.Popen([sys.executable, "-c", script], cwd=tmp_path, env=environment)
    until_exists(tmp_path / "begun")
    sending.kill()
    sending.wait()
    (tmp_path / "begun").unlink()
    until_exists(tmp_path / "whole")
    assert (tmp_path / "whole").read_bytes() == b"Subject: x\n\n" + b"line\n" * 400_000


def until_exists(file: Path) -> None:
    end = time.monotonic() + 60
    while not file.exists() and time.monotonic() < end:
        time.sleep(0.02)
    assert file.exists()


@pytest.mark.parametrize(
    ("status", "permanent"), [(75, False), (69, False), (1, False), (67, True), (77, True), (78, True)]
)
def test_exit_status_tells_temporary_from_permanent(tmp_path: Path, status: int, permanent: bool) -> None:
    refused = refusal(Sendmail((str(program(tmp_path, status=status, says="not today")),)))
    assert refused.permanent == permanent
    assert f"failed with status {status}: not today" in str(refused)


def test_missing_program_is_temporary(tmp_path: Path) -> None:
    carrier = transport(Mail("sendmail", sendmail="/nowhere/msmtp"))
    assert not refusal(carrier).permanent
    with pytest.raises(DeliveryError, match="/nowhere/msmtp is not installed"):
        carrier.check()


# ---- git send-email's settings -------------------------------------------------------------------------------------


def git(**settings: str) -> Transport:
    for name, value in settings.items():
        key = f"sendemail.{name.replace('__', '.')}"
        subprocess.run(["git", "config", "--global", "--add", key, value], check=True)
    return transport(Mail())


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ({"smtpServer": "s.example"}, Smtp("s.example", 25, "none")),
        ({"smtpServer": "s.example", "smtpEncryption": "tls"}, Smtp("s.example", 25, "starttls")),
        ({"smtpServer": "s.example", "smtpEncryption": "ssl"}, Smtp("s.example", 465, "tls")),
        (
            {"smtpServer": "s.example", "smtpEncryption": "tls", "smtpServerPort": "587", "smtpDomain": "me.example"},
            Smtp("s.example", 587, "starttls", helo="me.example"),
        ),
        (
            {"smtpServer": "s.example", "envelopeSender": "bounce@example.org", "smtpSSLCertPath": "/ca.pem"},
            Smtp("s.example", 25, "none", "/ca.pem", envelope="bounce@example.org"),
        ),
        ({"smtpServer": "s.example", "envelopeSender": "auto"}, Smtp("s.example", 25, "none")),
        ({"smtpServer": "s.example", "smtpUser": "ann", "smtpAuth": "none"}, Smtp("s.example", 25, "none")),
        ({"smtpServer": "/usr/bin/msmtp"}, Sendmail(("/usr/bin/msmtp",))),
        (
            {"smtpServer": "/usr/bin/msmtp", "smtpServerOption": "-a", "smtpserveroption": "my work"},
            Sendmail(("/usr/bin/msmtp", "-a", "my work")),
        ),
        (
            {"sendmailCmd": "msmtp -a work", "smtpServer": "s.example", "envelopeSender": "auto"},
            Sendmail(("msmtp -a work",), "auto", for_shell=True),
        ),
        (
            {"identity": "work", "smtpServer": "s.example", "work__smtpServer": "w.example", "home__smtpServer": "h"},
            Smtp("w.example", 25, "none"),
        ),
        ({"smtpServer": "first.example", "smtpserver": "last.example"}, Smtp("last.example", 25, "none")),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_git_settings_are_read_as_git_does(settings: dict[str, str], expected: Transport) -> None:
    assert git(**settings) == expected


def test_git_default_is_sendmail_then_localhost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_config, "_sendmail", lambda: "/usr/sbin/sendmail")
    assert git() == Sendmail(("/usr/sbin/sendmail",), for_shell=True)
    monkeypatch.setattr(git_config, "_sendmail", lambda: "")
    assert git() == Smtp("localhost", 25, "none")


def test_sendmailcmd_runs_in_a_shell(tmp_path: Path) -> None:
    git(sendmailCmd=f"'{program(tmp_path)}' -a work", envelopeSender="auto").send(SENDER, TO, MAIL)
    assert received(tmp_path)[0] == ["-a", "work", "-f", SENDER, "-i", TO]


def through_git(server: MailServer, **settings: str) -> Transport:
    return git(
        smtpServer="127.0.0.1",
        smtpServerPort=str(server.port),
        smtpEncryption="tls",
        smtpSSLCertPath=str(server.authority),
        smtpUser=USER,
        **settings,
    )


def test_password_from_git_settings(server: MailServer) -> None:
    through_git(server, smtpPass=PASSWORD).send(SENDER, TO, MAIL)
    assert server.raws == [MAIL]


def helper(directory: Path, password: str) -> None:
    """A credential helper that has a password and saves its input."""
    file = directory / "helper"
    file.write_text(
        f"#!/bin/sh\n{{ echo \"$1\"; cat; }} >> '{directory}/calls'\n[ \"$1\" = get ] && echo 'password={password}'\n"
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    subprocess.run(["git", "config", "--global", "credential.helper", str(file)], check=True)


def test_credential_helper_is_told_to_store_an_accepted_password(server: MailServer, tmp_path: Path) -> None:
    helper(tmp_path, PASSWORD)
    through_git(server).send(SENDER, TO, MAIL)
    assert server.raws == [MAIL]
    calls = (tmp_path / "calls").read_text().split("\n")
    assert calls[:4] == ["get", "protocol=smtp", f"host=127.0.0.1:{server.port}", f"username={USER}"]
    assert "store" in calls
    assert "erase" not in calls


def test_credential_helper_is_told_to_erase_a_wrong_password(server: MailServer, tmp_path: Path) -> None:
    helper(tmp_path, "old")
    assert refusal(through_git(server)).permanent
    calls = (tmp_path / "calls").read_text().split("\n")
    assert "erase" in calls
    assert "store" not in calls


def test_git_does_not_prompt_for_a_password(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_ASKPASS", "/nowhere/ask")
    refused = refusal(through_git(server))
    assert "git has no password for ann" in str(refused)
    assert not refused.permanent


def test_unsupported_login_is_named(server: MailServer) -> None:
    with pytest.raises(DeliveryError, match=r"sendemail\.smtpAuth = XOAUTH2 is not supported"):
        through_git(server, smtpAuth="XOAUTH2")


def test_unreadable_git_settings_are_an_error(tmp_path: Path) -> None:
    (tmp_path / "home" / ".gitconfig").write_text("[sendemail\n")
    with pytest.raises(DeliveryError, match=r"git's settings can't be read: fatal: bad config line 1"):
        transport(Mail())


@pytest.mark.parametrize("form", ["no such login: ann hunter2-x", "unknown AUTH PLAIN AGFubgBodW50ZXIyLXg="])
@pytest.mark.parametrize(("command", "code"), [("AUTH", "535"), ("RCPT", "550"), ("DATA", "451")])
def test_a_response_that_repeats_the_password_is_not_shown(
    server: MailServer, monkeypatch: pytest.MonkeyPatch, command: str, code: str, form: str
) -> None:
    monkeypatch.setattr("tests.support.mail_server.PASSWORD", "hunter2-x")
    server.answers[command] = [f"{code} {form}"] * 2  # smtplib tries another mechanism
    refused = str(refusal(over_smtp(server, password="hunter2-x")))
    assert refused.endswith(f"{code} (the response repeats the password and is not shown)")


def test_a_mail_counts_as_sent_before_quit(server: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[str] = []
    quit_ = smtplib.SMTP.quit

    def leave(self: smtplib.SMTP) -> tuple[int, bytes]:
        steps.append("quit")
        return quit_(self)

    monkeypatch.setattr(smtplib.SMTP, "quit", leave)
    over_smtp(server).send(SENDER, TO, MAIL, lambda: steps.append("accepted"))
    assert steps == ["accepted", "quit"]
