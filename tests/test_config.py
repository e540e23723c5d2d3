"""The config file: errors name file, line and key; environment variables take precedence; the example is complete."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

import pytest
from msgspec.structs import fields

from patchwatch.config import (
    DEFAULT_LORE_URL,
    Config,
    Lore,
    Mail,
    Recipient,
    Tree,
    config_path,
    data_directory,
    state_directory,
    systemd_unit_directory,
)
from patchwatch.config_file import load_config, parse_config
from patchwatch.errors import ConfigError
from patchwatch.notify.delivery.transport import TRANSPORTS
from patchwatch.series.views import CHOICES
from tests.support.paths import EXAMPLE_CONFIG

FILE = Path("/etc/pw.toml")


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Empty home directories, without the settings of the user who runs the tests."""
    for name in ("PATCHWATCH_CONFIG", "PATCHWATCH_LORE_URL", "PATCHWATCH_DATABASE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))


def refusal(text: str) -> str:
    with pytest.raises(ConfigError) as refused:
        parse_config(text, FILE)
    return str(refused.value)


def test_without_a_file_there_are_defaults() -> None:
    config = load_config()
    assert config == Config()
    assert config.lore.url == DEFAULT_LORE_URL == "https://lore.kernel.org"
    assert config.review.overdue_days == 7


def test_an_empty_file_gives_the_defaults() -> None:
    assert parse_config("", FILE) == Config(source=FILE)


def test_every_type_of_value_is_read() -> None:
    config = parse_config(
        '[lore]\nurl = "http://lore.example/"\nmirrors = ["https://a.example/", "https://b.example/m"]\n'
        'timeout_seconds = 2.5\ndeadline_seconds = 60\n[me]\naddresses = ["ann@example.org"]\n'
        "[review]\noverdue_days = 3\n",
        FILE,
    )
    assert config.lore.url == "http://lore.example"
    assert config.lore.mirrors == ("https://a.example", "https://b.example/m")
    assert (config.lore.timeout_seconds, config.lore.deadline_seconds) == (2.5, 60.0)
    assert config.me.addresses == ("ann@example.org",)
    assert config.review.overdue_days == 3
    assert config.poll == Config().poll


@pytest.mark.parametrize(
    "text",
    [
        '[lore]\nurl = "http://lore.example"\n',
        'lore.url = "http://lore.example"\n',
        'lore = { url = "http://lore.example" }\n',
        '["lore"]\n"url" = "http://lore.example"\n',
    ],
    ids=["table", "dotted", "inline", "quoted"],
)
def test_key_can_have_any_toml_form(text: str) -> None:
    assert parse_config(text, FILE).lore.url == "http://lore.example"


def test_example_has_every_key_with_its_default() -> None:
    text = EXAMPLE_CONFIG.read_text(encoding="utf-8")
    assert parse_config(text, EXAMPLE_CONFIG) == Config(source=EXAMPLE_CONFIG)
    expected = {
        section.name: {key.name for key in fields(getattr(Config(), section.name))}
        for section in fields(Config)
        if section.name != "source" and section.default != ()
    }
    expected["keys"] = set()  # tests/tui/test_tui_keys.py
    assert {name: set(table) for name, table in tomllib.loads(text).items()} == expected


def test_example_has_every_key_of_a_tree() -> None:
    shown = EXAMPLE_CONFIG.read_text(encoding="utf-8").partition("# [[tree]]\n")[2]
    table = "[[tree]]\n" + shown.partition("# [[tree]]")[0].replace("# ", "", 1).replace("\n# ", "\n").rstrip("#\n ")
    (tree,) = parse_config(table, FILE).tree
    assert set(tomllib.loads(table)["tree"][0]) == {key.name for key in fields(Tree)}
    assert (tree.mainline, tree.since_days) == (Tree().mainline, Tree().since_days)


def test_example_has_every_key_of_a_digest_with_its_default() -> None:
    shown = EXAMPLE_CONFIG.read_text(encoding="utf-8").partition("# [[digest]]\n")[2].partition("\n\n")[0]
    table = "[[digest]]\n" + shown.replace("# ", "", 1).replace("\n# ", "\n")
    (recipient,) = parse_config(table, FILE).digest
    assert set(tomllib.loads(table)["digest"][0]) == {key.name for key in fields(Recipient)}
    assert recipient == Recipient("me", "you@example.org")


def test_views_of_a_digest_are_those_of_the_tui() -> None:
    for key in CHOICES:
        assert parse_config(f'[[digest]]\nname = "me"\nto = "me@x.org"\nviews = ["{key}"]\n', FILE).digest[0].views == (
            key,
        )


WRONG: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "unknown section": ("\n[loer]\n", ":2", ("[loer]", "did you mean lore?")),
    "unknown section, unlike any": ("[xyzzy]\n", ":1", ("[xyzzy]", "known: lore, poll, me, review, database")),
    "unknown section, dotted": ('# mine\nloer.url = "https://x.example"\n', ":2", ("[loer]", "did you mean lore?")),
    "unknown key": ('[lore]\n# url\nulr = "https://x.example"\n', ":3", ("lore.ulr", "did you mean url?")),
    "unknown key, unlike any": ("[me]\nqqq = 1\n", ":2", ("me.qqq", "known: addresses")),
    "unknown key in the second of two sections": (
        '[database]\nurl = ""\n\n[poll]\nurl = ""\n',
        ":5",
        ("unknown key poll.url", "known: "),
    ),
    "unknown key, dotted": ("\nreview.overdu_days = 3\n", ":2", ("review.overdu_days", "did you mean overdue_days?")),
    "unknown key, inline": ("\nreview = { overdu_days = 3 }\n", ":2", ("review.overdu_days",)),
    "unknown key, a table of its own": ("[lore]\n\n[lore.extra]\na = 1\n", ":3", ("lore.extra",)),
    "a section that is a value": ("\nlore = 3\n", ":2", ("lore is a section", "[lore]")),
    "a section that is a list": ("\n[[lore]]\n", ":2", ("lore is a section", "[lore]")),
    "a number for a string": ("[lore]\nurl = 3\n", ":2", ("lore.url must be a string", "3")),
    "a string for a list": ('[me]\naddresses = "ann@x"\n', ":2", ("me.addresses must be a list", "'ann@x'")),
    "a number in a list of strings": ('[me]\naddresses = ["a@b", 3]\n', ":2", ("me.addresses must be a list",)),
    "a result that no robot gives": (
        '[robots]\nturn = ["failure", "critcal"]\n',
        ":2",
        ("robots.turn has no 'critcal'", "did you mean critical?"),
    ),
    "a result that no robot gives, for one robot": (
        '[[robot]]\nmatch = "quokka"\nturn = ["pre-existng"]\n',
        ":3",
        ("robot.turn has no 'pre-existng'", "did you mean pre-existing?"),
    ),
    "a chance above 100 %": ("[points]\nsure = 101\n", ":2", ("points.sure must be a chance from 0 to 100 %", "101")),
    "a limit that is no number": ('[points]\nsilence_days = "21"\n', ":2", ("points.silence_days", "whole number")),
    "a limit that is not known": ("[points]\nsur = 70\n", ":2", ("points.sur", "did you mean sure?")),
    "a robot without a name": ('[[robot]]\nturn = ["high"]\n', ":1", ("each [[robot]] needs robot.match",)),
    "a robot that is named twice": (
        '[[robot]]\nmatch = "Quokka"\n\n[[robot]]\nmatch = "quokka"\n',
        ":5",
        ("robot.match 'quokka' is used twice",),
    ),
    "a robot as a section": ('[robot]\nmatch = "quokka"\n', ":1", ("write [[robot]], in double brackets",)),
    "a string for a whole number": (
        '[review]\noverdue_days = "7"\n',
        ":2",
        ("review.overdue_days must be a whole", "'7'"),
    ),
    "a fraction for a whole number": ("[review]\noverdue_days = 7.5\n", ":2", ("must be a whole number", "7.5")),
    "a boolean for a whole number": ("[review]\noverdue_days = true\n", ":2", ("must be a whole number", "True")),
    "a boolean for a number": ("[lore]\ntimeout_seconds = true\n", ":2", ("lore.timeout_seconds must be a number",)),
    "a negative number": ("[poll]\nfirst_days = -1\n", ":2", ("poll.first_days", "from 0 to 1000000", "-1")),
    "a whole number too large": ("[poll]\nfirst_days = 1000001\n", ":2", ("from 0 to 1000000", "1000001")),
    "a timeout of zero": ("[database]\nbusy_seconds = 0\n", ":2", ("database.busy_seconds", "above 0", "not 0")),
    "a timeout too large": ("[lore]\ndeadline_seconds = 2e6\n", ":2", ("at most 1000000", "2000000.0")),
    "infinite": ("[lore]\ntimeout_seconds = inf\n", ":2", ("at most 1000000", "inf")),
    "not a number": ("[lore]\ntimeout_seconds = nan\n", ":2", ("lore.timeout_seconds", "nan")),
    "a URL without a scheme": (
        '[lore]\nurl = "lore.kernel.org"\n',
        ":2",
        ("lore.url", "http", "'lore.kernel.org'"),
    ),
    "a URL with another scheme": ('[lore]\nurl = "file:///etc"\n', ":2", ("lore.url", "https://")),
    "a URL without a host": ('[lore]\nurl = "https:///x"\n', ":2", ("lore.url",)),
    "a URL with a space": ('[lore]\nurl = "https://lore.example/ x"\n', ":2", ("lore.url",)),
    "one wrong mirror": (
        '[lore]\nmirrors = [\n  "https://a.example",\n  "b.example",\n]\n',
        ":2",
        ("lore.mirrors", "'b.example'"),
    ),
    "a tree that is not an array": ('[tree]\nname = "x"\n', ":1", ("[[tree]]",)),
    "a tree without a path": ('[[tree]]\npath = "/a"\nname = "a"\n[[tree]]\nname = "b"\n', ":4", ("tree.path",)),
    "a key of the second tree": (
        '[[tree]]\nname = "a"\npath = "/a"\n[[tree]]\nname = "b"\npath = "/b"\nbranch = "x"\n',
        ":7",
        ("tree.branch", "did you mean branches?"),
    ),
    "two trees of the same name": (
        '[[tree]]\nname = "a"\npath = "/a"\n[[tree]]\npath = "/b"\nname = "a"\n',
        ":6",
        ("tree.name", "'a'"),
    ),
    "two mainlines": (
        '[[tree]]\nname = "a"\npath = "/a"\nmainline = true\n[[tree]]\nname = "b"\npath = "/a"\nmainline = true\n',
        ":8",
        ("tree.mainline", "a is already"),
    ),
    "a relative path": ('[[tree]]\nname = "a"\npath = "src/linux"\n', ":3", ("tree.path", "'src/linux'")),
    "a hook without a command": ('[[hook]]\nname = "a"\n', ":1", ("hook.command",)),
    "two hooks of the same name": (
        '[[hook]]\nname = "a"\ncommand = ["x"]\n[[hook]]\nname = "a"\ncommand = ["y"]\n',
        ":5",
        ("hook.name", "'a'"),
    ),
    "an unknown event of a hook": (
        '[[hook]]\nname = "a"\ncommand = ["x"]\nevents = ["replies"]\n',
        ":4",
        ("hook.events", "'replies'", "did you mean reply?"),
    ),
    "an unknown event of at_once": (
        '[[digest]]\nname = "a"\nto = "ann@example.org"\nat_once = ["tags"]\n',
        ":4",
        ("digest.at_once", "'tags'", "did you mean tag?"),
    ),
    "invalid quiet hours": ('[poll]\nquiet_hours = "at night"\n', ":2", ("poll.quiet_hours", "23:00-06:00")),
    "an unknown log format": ('[run]\nlog = "xml"\n', ":2", ("run.log", "text, json")),
    "a number for a boolean": ('[[tree]]\nname = "a"\npath = "/a"\nmainline = 1\n', ":4", ("true or false",)),
    "an unknown mail.how": (
        '[mail]\nhow = "pigeon"\n',
        ":2",
        ("mail.how", ", ".join(TRANSPORTS), "'pigeon'"),
    ),
    "an unknown encryption": ('[mail]\nencryption = "ssl"\n', ":2", ("starttls, tls, none", "'ssl'")),
    "smtp without a host": ('[mail]\nhow = "smtp"\n', ":2", ("mail.host",)),
    "an unencrypted password": (
        '[mail]\nhow = "smtp"\nhost = "mail.example.org"\nuser = "ann"\nencryption = "none"\n',
        ":5",
        ("mail.encryption", "starttls or tls"),
    ),
    "a password in the file": (
        '[mail]\npassword = "secret"\n',
        ":2",
        ("mail.password", "did you mean password_command?"),
    ),
    "an invalid port": ("[mail]\nport = 65536\n", ":2", ("mail.port", "65535")),
    "an empty sendmail": ('[mail]\nhow = "sendmail"\nsendmail = " "\n', ":3", ("mail.sendmail", "msmtp")),
    "a sender that is not an address": (
        '[mail]\nsender = "Ann"\n',
        ":2",
        ("mail.sender", "Name <name@example.org>", "'Ann'"),
    ),
    "a sender with a line break": ('[mail]\nsender = "Ann\\nBcc: x <ann@example.org>"\n', ":2", ("mail.sender",)),
    "a digest that is not an array": ('[digest]\nname = "x"\n', ":1", ("[[digest]]",)),
    "a digest without an address": ('[[digest]]\nname = "me"\n', ":1", ("digest.name and digest.to",)),
    "two digests of the same name": (
        '[[digest]]\nname = "me"\nto = "a@example.org"\n[[digest]]\nto = "b@example.org"\nname = "me"\n',
        ":6",
        ("digest.name", "'me'"),
    ),
    "a digest to an invalid address": (
        '[[digest]]\nname = "me"\nto = "Ann <a@example.org>"\n',
        ":3",
        ("digest.to", "'Ann"),
    ),
    "a digest to two addresses": (
        '[[digest]]\nname = "me"\nto = "a@example.org, b@example.org"\n',
        ":3",
        ("one e-mail address",),
    ),
    "a digest to an option": ('[[digest]]\nname = "me"\nto = "-oQ/tmp@example.org"\n', ":3", ("digest.to",)),
    "a digest to a list": (
        '[[digest]]\nname = "me"\nto = "netdev@vger.kernel.org"\n',
        ":3",
        ("digest.to", "netdev@vger.kernel.org", "not sent to lists"),
    ),
    "an invalid time": ('[[digest]]\nname = "me"\nto = "a@example.org"\nat = "7 am"\n', ":4", ("digest.at", "'7 am'")),
    "a time after midnight": ('[[digest]]\nname = "me"\nto = "a@example.org"\nat = "24:00"\n', ":4", ("digest.at",)),
    "an unknown zone": (
        '[[digest]]\nname = "me"\nto = "a@example.org"\nzone = "Berlin"\n',
        ":4",
        ("digest.zone", "Europe/Berlin", "'Berlin'"),
    ),
    "a zone that is a path": (
        '[[digest]]\nname = "me"\nto = "a@example.org"\nzone = "../../etc/passwd"\n',
        ":4",
        ("digest.zone",),
    ),
    "unknown days": (
        '[[digest]]\nname = "me"\nto = "a@example.org"\ndays = "often"\n',
        ":4",
        ("digest.days", "daily, weekdays, weekly"),
    ),
    "an unknown view": (
        '[[digest]]\nname = "me"\nto = "a@example.org"\nviews = ["nows"]\n',
        ":4",
        ("digest.views", "'nows'", "did you mean now?"),
    ),
    "a key of the second digest": (
        '[[digest]]\nname = "a"\nto = "a@example.org"\n[[digest]]\nname = "b"\nto = "b@example.org"\nhour = "7:00"\n',
        ":7",
        ("digest.hour",),
    ),
    "an inline tree": ('\ntree = [{ name = "a", path = 3 }]\n', ":2", ("tree.path must be a string",)),
}


def test_trees_are_read() -> None:
    text = '[[tree]]\nname = "net-next"\npath = "~/linux"\nbranches = ["net-next/main"]\n'
    text += '[[tree]]\nname = "mainline"\npath = "/srv/linux.git"\nmainline = true\nsince_days = 30\n'
    assert parse_config(text, FILE).tree == (
        Tree("net-next", "~/linux", ("net-next/main",)),
        Tree("mainline", "/srv/linux.git", (), mainline=True, since_days=30),
    )


def test_digests_and_their_mail_are_read() -> None:
    config = parse_config(
        '[mail]\nhow = "smtp"\nhost = "mail.example.org"\nuser = "ann"\npassword_command = "pass show mail"\n'
        'sender = "Patchwatch <pw@example.org>"\n'
        '[[digest]]\nname = "me"\nto = "ann@example.org"\n'
        '[[digest]]\nname = "team"\nto = "team@example.net"\naddresses = ["ben@example.net"]\ninboxes = ["netdev"]\n'
        'views = ["now", "review"]\nat = "18:30"\nzone = "America/New_York"\ndays = "weekdays"\n'
        "even_if_empty = true\n",
        FILE,
    )
    assert config.mail == Mail(
        "smtp",
        "mail.example.org",
        user="ann",
        password_command="pass show mail",
        sender="Patchwatch <pw@example.org>",
    )
    assert config.digest == (
        Recipient("me", "ann@example.org"),
        Recipient(
            "team",
            "team@example.net",
            ("ben@example.net",),
            ("netdev",),
            ("now", "review"),
            "18:30",
            "America/New_York",
            "weekdays",
            even_if_empty=True,
        ),
    )


@pytest.mark.parametrize("name", WRONG)
def test_error_names_file_line_and_key(name: str) -> None:
    text, place, fragments = WRONG[name]
    message = refusal(text)
    assert message.startswith(f"{FILE}{place}: ")
    for fragment in fragments:
        assert fragment in message


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("[lore]\nurl = \n", "line 2,"),
        ("[lore\n", "line 1,"),
        ("[me]\n[me]\n", "line 2,"),
        ("a = 1\na = 2\n", "line 2,"),
        ("\n\nurl = lore.kernel.org\n", "line 3,"),
        ('\n\nurl = "https://x', "end of document"),
    ],
)
def test_invalid_toml_is_reported_with_its_line(text: str, place: str) -> None:
    message = refusal(text)
    assert message.startswith(f"{FILE}: not valid TOML")
    assert place in message


def test_file_in_the_config_home_is_read(tmp_path: Path) -> None:
    file = tmp_path / "config" / "patchwatch" / "config.toml"
    file.parent.mkdir(parents=True)
    file.write_text("[review]\noverdue_days = 3\n", encoding="utf-8")
    assert config_path() == file
    assert load_config().review.overdue_days == 3
    assert load_config().source == file


def test_file_named_in_the_environment_takes_precedence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "home" / "pw.toml"
    file.parent.mkdir()
    file.write_text("[review]\noverdue_days = 4\n", encoding="utf-8")
    monkeypatch.setenv("PATCHWATCH_CONFIG", "~/pw.toml")
    assert load_config().review.overdue_days == 4


@pytest.mark.parametrize("by", ["argument", "environment"])
def test_named_file_must_exist(by: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    missing = tmp_path / "missing.toml"
    if by == "environment":
        monkeypatch.setenv("PATCHWATCH_CONFIG", str(missing))
    with pytest.raises(ConfigError, match=r"missing\.toml: no such config file.*config\.example\.toml"):
        load_config(missing if by == "argument" else None)


def test_directory_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="can't read the config"):
        load_config(tmp_path)


def test_file_must_be_utf8(tmp_path: Path) -> None:
    file = tmp_path / "latin1.toml"
    file.write_bytes('[lore]\ncontact = "Jörg"\n'.encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin1\.toml: can't read the config"):
        load_config(file)


def test_archive_in_the_environment_takes_precedence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "pw.toml"
    file.write_text('[lore]\nurl = "https://file.example"\ncontact = "ann@example.org"\n', encoding="utf-8")
    monkeypatch.setenv("PATCHWATCH_LORE_URL", "http://127.0.0.1:8080/")
    assert load_config(file).lore.url == "http://127.0.0.1:8080"
    assert load_config(file).lore.contact == "ann@example.org"
    assert load_config().lore.url == "http://127.0.0.1:8080"
    monkeypatch.setenv("PATCHWATCH_LORE_URL", "")
    assert load_config(file).lore.url == "https://file.example"


@pytest.mark.parametrize("url", ["lore.kernel.org", "ftp://lore.kernel.org", "https://", "https://lore.example/ x"])
def test_invalid_archive_in_the_environment_is_reported(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATCHWATCH_LORE_URL", url)
    with pytest.raises(ConfigError, match="PATCHWATCH_LORE_URL in the environment") as refused:
        load_config()
    assert repr(url) in str(refused.value)


@pytest.mark.parametrize(
    "url", ["http://me:s3cr3t/x@lore.invalid", "http:// me:s3cr3t@lore.invalid", "http://lore.invalid/?token=s3cr3t"]
)
def test_the_password_of_an_invalid_archive_is_not_shown(url: str) -> None:
    assert "s3cr3t" not in refusal(f'[lore]\nurl = "{url}"\n')


def test_directories_follow_xdg_variables(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    assert data_directory() == tmp_path / "data" / "patchwatch"
    assert state_directory() == tmp_path / "state" / "patchwatch"
    assert systemd_unit_directory() == tmp_path / "config" / "systemd" / "user"


def test_directories_without_xdg_variables_are_in_the_home(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
        monkeypatch.setenv(name, "")
    home = Path.home()
    assert config_path() == home / ".config" / "patchwatch" / "config.toml"
    assert data_directory() == home / ".local" / "share" / "patchwatch"
    assert state_directory() == home / ".local" / "state" / "patchwatch"
    assert systemd_unit_directory() == home / ".config" / "systemd" / "user"


def test_default_database_is_in_the_data_home(tmp_path: Path) -> None:
    assert Config().database_url == f"sqlite:///{tmp_path}/data/patchwatch/patchwatch.db"


@pytest.mark.parametrize(
    ("named", "url"),
    [
        ("/srv/pw.db", "sqlite:////srv/pw.db"),
        ("~/pw.db", "sqlite:///{home}/pw.db"),
        ("pw.db", "sqlite:///{here}/pw.db"),
        ("sqlite:////srv/pw.db", "sqlite:////srv/pw.db"),
        ("postgresql+psycopg://ann@db.example/pw", "postgresql+psycopg://ann@db.example/pw"),
    ],
)
@pytest.mark.parametrize("by", ["config", "environment"])
def test_database_can_be_a_file_or_a_url(
    named: str, url: str, by: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    expected = url.format(home=tmp_path / "home", here=tmp_path)
    if by == "config":
        assert parse_config(f'[database]\nurl = "{named}"\n', FILE).database_url == expected
    else:
        monkeypatch.setenv("PATCHWATCH_DATABASE", named)
        assert parse_config('[database]\nurl = "/other.db"\n', FILE).database_url == expected


@pytest.mark.parametrize(
    "text",
    [
        f"[poll]\ninterval_minutes = {'9' * 6000}",
        f"[poll]\ninterval_minutes = 0x{'f' * 6000}",
        "a = " + "[" * 100_000,
        "a = " + "{b=" * 100_000,
    ],
)
def test_a_config_that_the_toml_parser_fails_on_is_an_error(tmp_path: Path, text: str) -> None:
    (tmp_path / "c.toml").write_text(text)
    with pytest.raises(ConfigError, match="not valid TOML: a number with too many digits, or too many brackets"):
        load_config(tmp_path / "c.toml")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_that_nobody_writes_to_does_not_stop_everything(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "config.toml")
    assert load_config(tmp_path / "config.toml").lore == Lore()


def test_a_config_without_end_is_an_error() -> None:
    with pytest.raises(ConfigError, match="not a config: it has more than"):
        load_config(Path("/dev/zero"))
