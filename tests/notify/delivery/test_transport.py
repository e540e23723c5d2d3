"""Mail leaves: to a real SMTP server, through programs, as git's settings say; and what each answer means."""

from __future__ import annotations

import socket
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest

from patchwatch.config import Mail
from patchwatch.errors import DeliveryError
from patchwatch.notify.delivery import git_config
from patchwatch.notify.delivery.password import PASSWORD as VARIABLE
from patchwatch.notify.delivery.sendmail import Program
from patchwatch.notify.delivery.smtp import Login, Smtp
from patchwatch.notify.delivery.transport import Transport, transport
from tests.support.mail_server import PASSWORD, USER, MailServer, mail_server

MAIL = b"From: pw@example.org\r\nTo: ann@example.org\r\nSubject: x\r\n\r\nHello\r\n.\r\n.two\r\n"
SENDER, TO = "pw@example.org", "ann@example.org"


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No setting of whoever runs the tests."""
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
def office(tmp_path: Path) -> Iterator[MailServer]:
    with mail_server(tmp_path) as office:
        yield office


def over_smtp(office: MailServer, password: str = PASSWORD) -> Transport:
    login = Login(USER, lambda: password)
    return Smtp("127.0.0.1", office.port, "starttls", str(office.authority), login)


def refusal(way: Transport) -> DeliveryError:
    with pytest.raises(DeliveryError) as refused:
        way.send(SENDER, TO, MAIL)
    return refused.value


def test_a_mail_goes_to_a_server_with_starttls_and_login(office: MailServer) -> None:
    over_smtp(office).send(SENDER, TO, MAIL)
    (mail,) = office.mails
    assert (mail.mail_from, mail.rcpt_tos, bytes(mail.content or b"")) == (SENDER, [TO], MAIL)
    assert office.logins == [(USER, True)]


def test_a_mail_goes_to_a_server_with_tls_from_the_start(tmp_path: Path) -> None:
    with mail_server(tmp_path, encryption="tls", login=False) as office:
        transport(Mail("smtp", "127.0.0.1", office.port, "tls", str(office.authority))).send(SENDER, TO, MAIL)
    assert office.raws == [MAIL]


def test_an_ordinary_password_logs_in_too(office: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.mail_server.PASSWORD", "plain")
    over_smtp(office, password="plain").send(SENDER, TO, MAIL)
    assert office.raws == [MAIL]


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
def test_a_4xx_is_for_now_and_a_5xx_for_good(office: MailServer, command: str, answer: str, permanent: bool) -> None:
    office.answers[command] = [answer]
    refused = refusal(over_smtp(office))
    assert refused.permanent == permanent
    assert answer in str(refused)
    assert f"127.0.0.1:{office.port}" in str(refused)
    assert office.mails == []


def test_a_wrong_password_is_refused_for_good_and_not_told(office: MailServer) -> None:
    refused = refusal(over_smtp(office, password="wrong-secret"))
    assert refused.permanent
    assert "refuses the login of ann" in str(refused)
    assert "wrong-secret" not in str(refused)


def test_a_certificate_of_nobody_we_trust_is_not_accepted(office: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    refused = refusal(transport(Mail("smtp", "127.0.0.1", office.port, "starttls", "", USER)))
    assert not refused.permanent
    assert "certificate is not to be trusted" in str(refused)
    assert office.logins == []


def test_a_certificate_for_another_name_is_not_accepted(tmp_path: Path) -> None:
    with mail_server(tmp_path, name="mail.example.org") as office:
        assert "certificate is not to be trusted" in str(refusal(over_smtp(office)))
        assert office.logins == []


def test_certificates_that_are_not_there_are_named(office: MailServer) -> None:
    refused = refusal(transport(Mail("smtp", "127.0.0.1", office.port, "starttls", "/nowhere/ca.pem")))
    assert "no certificates can be read from /nowhere/ca.pem: No such file" in str(refused)


def test_a_server_without_starttls_gets_neither_password_nor_mail(tmp_path: Path) -> None:
    with mail_server(tmp_path, encryption="none", login=False) as office:
        refused = refusal(over_smtp(office))
        assert not refused.permanent
        assert "STARTTLS" in str(refused)
        assert (office.logins, office.mails) == ([], [])


def test_a_password_does_not_go_in_the_clear_to_a_distant_server() -> None:
    login = Login(USER, lambda: PASSWORD)
    assert "unencrypted" in str(refusal(Smtp("mail.example.org", 25, "none", login=login)))


def test_nobody_at_home_is_for_now() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        refused = refusal(transport(Mail("smtp", "127.0.0.1", taken.getsockname()[1], "none")))
    assert not refused.permanent
    assert "refused" in str(refused)


def test_a_check_does_all_that_comes_before_a_mail(office: MailServer) -> None:
    over_smtp(office).check()
    assert office.logins == [(USER, True)]
    with pytest.raises(DeliveryError, match="refuses the login"):
        over_smtp(office, password="wrong").check()


# ---- passwords -----------------------------------------------------------------------------------------------------


def by_command(office: MailServer, command: str) -> Transport:
    mail = Mail("smtp", "127.0.0.1", office.port, "starttls", str(office.authority), USER, password_command=command)
    return transport(mail)


def test_a_password_comes_from_a_command(office: MailServer) -> None:
    by_command(office, f"printf '%s\\nuser: x\\n' '{PASSWORD}'").send(SENDER, TO, MAIL)
    assert office.raws == [MAIL]


@pytest.mark.parametrize(
    ("command", "said"), [("echo locked >&2; exit 2", "failed with 2: locked"), ("true", "it printed nothing")]
)
def test_a_command_that_gives_no_password_is_named(office: MailServer, command: str, said: str) -> None:
    refused = refusal(by_command(office, command))
    assert said in str(refused)
    assert not refused.permanent


def test_the_environment_outranks_the_command(office: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, PASSWORD)
    by_command(office, "false").send(SENDER, TO, MAIL)
    assert office.raws == [MAIL]


def test_a_password_comes_from_the_keyring(office: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("127.0.0.1", USER): PASSWORD}
    errors = SimpleNamespace(KeyringError=type("KeyringError", (Exception,), {}))
    keyring = SimpleNamespace(get_password=lambda service, user: kept.get((service, user)), errors=errors)
    monkeypatch.setitem(sys.modules, "keyring", keyring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    mail = Mail("smtp", "127.0.0.1", office.port, "starttls", str(office.authority), USER, keyring=True)
    transport(mail).send(SENDER, TO, MAIL)
    assert office.raws == [MAIL]
    kept.clear()
    assert "`keyring set 127.0.0.1 ann`" in str(refusal(transport(mail)))


def test_without_the_keyring_package_it_says_what_to_install(
    office: MailServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "keyring", None)
    mail = Mail("smtp", "127.0.0.1", office.port, "starttls", str(office.authority), USER, keyring=True)
    assert "pip install 'patchwatch[keyring]'" in str(refusal(transport(mail)))


def test_nowhere_a_password_is_said_with_the_ways(office: MailServer) -> None:
    assert "mail.password_command or mail.keyring" in str(refusal(by_command(office, "")))


# ---- programs ------------------------------------------------------------------------------------------------------


def program(directory: Path, *, status: int = 0, says: str = "") -> Path:
    """A sendmail that keeps its arguments and what it is fed."""
    file = directory / "my sendmail"
    file.write_text(
        f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{directory}/arguments'\ncat > '{directory}/fed'\n"
        f"echo '{says}' >&2\nexit {status}\n"
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return file


def taken(directory: Path) -> tuple[list[str], bytes]:
    return (directory / "arguments").read_text().split("\n")[:-1], (directory / "fed").read_bytes()


def test_a_program_gets_the_recipient_and_the_mail_with_plain_line_ends(tmp_path: Path) -> None:
    transport(Mail("sendmail", sendmail=f"'{program(tmp_path)}' -a work")).send(SENDER, TO, MAIL)
    assert taken(tmp_path) == (["-a", "work", "-i", TO], MAIL.replace(b"\r\n", b"\n"))


@pytest.mark.parametrize(
    ("status", "permanent"), [(75, False), (69, False), (1, False), (67, True), (77, True), (78, True)]
)
def test_the_status_of_a_program_tells_whether_to_try_again(tmp_path: Path, status: int, permanent: bool) -> None:
    refused = refusal(Program((str(program(tmp_path, status=status, says="not today")),)))
    assert refused.permanent == permanent
    assert f"failed with {status}: not today" in str(refused)


def test_a_program_that_is_not_there_is_for_now(tmp_path: Path) -> None:
    way = transport(Mail("sendmail", sendmail="/nowhere/msmtp"))
    assert not refusal(way).permanent
    with pytest.raises(DeliveryError, match="there is no program /nowhere/msmtp"):
        way.check()


# ---- as git send-email does ----------------------------------------------------------------------------------------


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
            Smtp("s.example", 587, "starttls", hello="me.example"),
        ),
        (
            {"smtpServer": "s.example", "envelopeSender": "bounce@example.org", "smtpSSLCertPath": "/ca.pem"},
            Smtp("s.example", 25, "none", "/ca.pem", envelope="bounce@example.org"),
        ),
        ({"smtpServer": "s.example", "envelopeSender": "auto"}, Smtp("s.example", 25, "none")),
        ({"smtpServer": "s.example", "smtpUser": "ann", "smtpAuth": "none"}, Smtp("s.example", 25, "none")),
        ({"smtpServer": "/usr/bin/msmtp"}, Program(("/usr/bin/msmtp",))),
        (
            {"smtpServer": "/usr/bin/msmtp", "smtpServerOption": "-a", "smtpserveroption": "my work"},
            Program(("/usr/bin/msmtp", "-a", "my work")),
        ),
        (
            {"sendmailCmd": "msmtp -a work", "smtpServer": "s.example", "envelopeSender": "auto"},
            Program(("msmtp -a work",), "auto", for_shell=True),
        ),
        (
            {"identity": "work", "smtpServer": "s.example", "work__smtpServer": "w.example", "home__smtpServer": "h"},
            Smtp("w.example", 25, "none"),
        ),
        ({"smtpServer": "first.example", "smtpserver": "last.example"}, Smtp("last.example", 25, "none")),
    ],
    ids=lambda value: ", ".join(value) if isinstance(value, dict) else "",
)
def test_gits_settings_are_taken_as_git_takes_them(settings: dict[str, str], expected: Transport) -> None:
    assert git(**settings) == expected


def test_without_settings_git_takes_sendmail_or_else_localhost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_config, "_sendmail", lambda: "/usr/sbin/sendmail")
    assert git() == Program(("/usr/sbin/sendmail",), for_shell=True)
    monkeypatch.setattr(git_config, "_sendmail", lambda: "")
    assert git() == Smtp("localhost", 25, "none")


def test_a_sendmailcmd_is_one_line_for_a_shell(tmp_path: Path) -> None:
    git(sendmailCmd=f"'{program(tmp_path)}' -a work", envelopeSender="auto").send(SENDER, TO, MAIL)
    assert taken(tmp_path)[0] == ["-a", "work", "-f", SENDER, "-i", TO]


def through_git(office: MailServer, **settings: str) -> Transport:
    return git(
        smtpServer="127.0.0.1",
        smtpServerPort=str(office.port),
        smtpEncryption="tls",
        smtpSSLCertPath=str(office.authority),
        smtpUser=USER,
        **settings,
    )


def test_git_has_the_password_in_its_settings(office: MailServer) -> None:
    through_git(office, smtpPass=PASSWORD).send(SENDER, TO, MAIL)
    assert office.raws == [MAIL]


def helper(directory: Path, password: str) -> None:
    """A credential helper that knows a password, and keeps what it is asked and told."""
    file = directory / "helper"
    file.write_text(
        f"#!/bin/sh\n{{ echo \"$1\"; cat; }} >> '{directory}/told'\n[ \"$1\" = get ] && echo 'password={password}'\n"
    )
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    subprocess.run(["git", "config", "--global", "credential.helper", str(file)], check=True)


def test_a_credential_helper_of_gits_has_the_password_and_hears_that_it_is_right(
    office: MailServer, tmp_path: Path
) -> None:
    helper(tmp_path, PASSWORD)
    through_git(office).send(SENDER, TO, MAIL)
    assert office.raws == [MAIL]
    told = (tmp_path / "told").read_text().split("\n")
    assert told[:4] == ["get", "protocol=smtp", f"host=127.0.0.1:{office.port}", f"username={USER}"]
    assert "store" in told
    assert "erase" not in told


def test_a_credential_helper_of_gits_hears_that_its_password_is_wrong(office: MailServer, tmp_path: Path) -> None:
    helper(tmp_path, "old")
    assert refusal(through_git(office)).permanent
    told = (tmp_path / "told").read_text().split("\n")
    assert "erase" in told
    assert "store" not in told


def test_without_a_password_git_asks_nobody(office: MailServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSH_ASKPASS", "/nowhere/ask")
    refused = refusal(through_git(office))
    assert "nobody can be asked" in str(refused)
    assert not refused.permanent


def test_a_login_that_we_do_not_know_is_named(office: MailServer) -> None:
    with pytest.raises(DeliveryError, match=r"sendemail\.smtpAuth = XOAUTH2 is not known"):
        through_git(office, smtpAuth="XOAUTH2")


def test_settings_of_gits_that_can_not_be_read_are_not_passed_over(tmp_path: Path) -> None:
    (tmp_path / "home" / ".gitconfig").write_text("[sendemail\n")
    with pytest.raises(DeliveryError, match=r"git's settings can't be read: fatal: bad config line 1"):
        transport(Mail())
