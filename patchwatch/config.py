"""The configuration: one TOML file; patchwatch.config_file reads and checks it.

Unknown keys are errors, because a typing mistake that is silently ignored is a setting that silently does not hold.
Every message names the file, the line and the key.  `config.example.toml` lists every key with its default.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

DEFAULT_LORE_URL = "https://lore.kernel.org"


@dataclass(frozen=True, slots=True)
class Lore:
    """Where mail is fetched from, and how patiently."""

    url: str = DEFAULT_LORE_URL
    mirrors: tuple[str, ...] = ()  # asked in this order when `url` does not answer
    contact: str = ""  # a mail address or URL for the User-Agent, so that the archive's admins can reach you
    timeout_seconds: float = 30.0  # longest silence of the server
    deadline_seconds: float = 300.0  # longest time for one answer, retries included
    max_answer_megabytes: int = 512  # of mail, decompressed: more than this is refused


@dataclass(frozen=True, slots=True)
class Poll:
    """What a poll asks for."""

    overlap_minutes: int = 180  # asked again each time: mail can reach an archive late
    deep_overlap_hours: int = 72  # asked again once a day
    first_days: int = 7  # how far the first poll of a list looks back
    kin_days: int = 730  # how far before a watched posting its author's other postings are looked for
    interval_minutes: float = 15.0  # `patchwatch run`: between two polls of a list
    quiet_hours: str = ""  # `23:00-06:00`, local time: it polls nothing then


@dataclass(frozen=True, slots=True)
class Me:
    """Who you are on the lists."""

    addresses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Review:
    """When waiting is too long."""

    overdue_days: int = 7  # the reviewers' turn
    ping_days: int = 7  # nobody answers what I posted


@dataclass(frozen=True, slots=True)
class Database:
    """Where everything is kept, and how long to wait for another program that writes to it."""

    url: str = ""  # a file or an SQLAlchemy URL; empty means the default SQLite file
    busy_seconds: float = 15.0


THEMES = ("dark", "light", "ansi")
"""How the screen can look; `ansi` is the terminal's own colours."""


@dataclass(frozen=True, slots=True)
class Tui:
    """The screen."""

    theme: str = "dark"


@dataclass(frozen=True, slots=True)
class Key:
    """Other keys for what the screen can do."""

    name: str  # the binding's id
    keys: str  # with commas between them
    where: str  # file and line, for whoever finds it wrong


@dataclass(frozen=True, slots=True)
class Keys:
    """Other keys, as they stand in the file; the screen knows which there are."""

    changed: tuple[Key, ...] = ()


@dataclass(frozen=True, slots=True)
class Send:
    """Mails that are sent, with git send-email and its settings."""

    dry_run: bool = True  # only say what would be sent
    sender: str = ""  # "Name <address>"; empty: who git send-email would send as


@dataclass(frozen=True, slots=True)
class Tree:
    """A local clone that is read for commits, and never written or fetched."""

    name: str = ""  # what it is called in evidence: net-next
    path: str = ""  # bare or not, or a worktree; `~` is your home
    branches: tuple[str, ...] = ()  # local or remote ones, globs too; empty: origin's default branch, or HEAD
    mainline: bool = False  # what is in it is mainlined, and its tags tell the merge windows
    since_days: int = 400  # how far the first reading goes back


MAIL_WAYS = ("git", "smtp", "sendmail")
"""How mail goes out: with git's sendemail.* settings, to a server of the config's own, through a program."""

ENCRYPTIONS = ("starttls", "tls", "none")


@dataclass(frozen=True, slots=True)
class Mail:
    """How patchwatch's own mail, the digests, goes out.  No password stands in it."""

    how: str = "git"  # one of MAIL_WAYS
    host: str = ""  # of how = "smtp"
    port: int = 0  # 0: 587 with starttls, 465 with tls, 25 with none
    encryption: str = "starttls"  # one of ENCRYPTIONS
    certificates: str = ""  # a file or directory of authorities to trust; empty: the system's
    user: str = ""  # to log in as; empty: no login
    password_command: str = ""  # its first line of output is the password; $PATCHWATCH_SMTP_PASSWORD outranks it
    keyring: bool = False  # ask the desktop's keyring: service = host, name = user
    sendmail: str = "sendmail"  # the program of how = "sendmail", with its arguments: msmtp -a work
    sender: str = ""  # "Name <address>"; empty: who git send-email would send as


DIGEST_DAYS = ("daily", "weekdays", "weekly")
"""When a digest is due: weekly is on Mondays."""

DIGEST_VIEWS = ("my-turn", "awaiting-review", "mine", "watched", "followed", "closed", "all")
"""patchwatch.series.views.View, as the config writes it."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody who gets the digest, and of what."""

    name: str = ""  # what it is called in notes and logs
    to: str = ""  # one address, and never a list's
    addresses: tuple[str, ...] = ()  # who he is on the lists; empty: [me]
    inboxes: tuple[str, ...] = ()  # empty: all
    views: tuple[str, ...] = ()  # some of DIGEST_VIEWS; empty: everything
    at: str = "07:00"  # the local hour
    zone: str = ""  # Europe/Berlin; empty: the system's
    days: str = "daily"  # one of DIGEST_DAYS
    at_once: tuple[str, ...] = ()  # events that are told by a mail of their own, when they happen
    even_if_empty: bool = False  # a mail also when there is nothing to say


LOGS = ("text", "json")
"""How `patchwatch run` writes its log."""


@dataclass(frozen=True, slots=True)
class Run:
    """The program that runs by itself."""

    log: str = "text"


@dataclass(frozen=True, slots=True)
class Hook:
    """A command of yours that is run for what happens, with the event as JSON on its stdin."""

    name: str = ""  # what it is called in the log
    events: tuple[str, ...] = ()  # patchwatch.series.states.EVENTS; empty: all of them
    command: tuple[str, ...] = ()  # the program and its arguments; no shell
    seconds: float = 20.0  # after which it is killed


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a user can set."""

    lore: Lore = Lore()
    poll: Poll = Poll()
    me: Me = Me()
    review: Review = Review()
    database: Database = Database()
    send: Send = Send()
    run: Run = Run()
    hook: tuple[Hook, ...] = ()
    tree: tuple[Tree, ...] = ()
    mail: Mail = Mail()
    digest: tuple[Recipient, ...] = ()
    tui: Tui = Tui()
    keys: Keys = Keys()
    source: Path | None = None  # the file it was read from

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL in force: `$PATCHWATCH_DATABASE` (a URL or a file), the config, the default file."""
        named = os.environ.get("PATCHWATCH_DATABASE") or self.database.url
        if not named:
            named = str(data_directory() / "patchwatch.db")
        return named if "://" in named else f"sqlite:///{Path(named).expanduser().absolute()}"


def config_path() -> Path:
    """Where the config is read from: `$PATCHWATCH_CONFIG`, or the user's config directory."""
    named = os.environ.get("PATCHWATCH_CONFIG")
    if named:
        return Path(named).expanduser()
    home = os.environ.get("XDG_CONFIG_HOME")
    if home:
        return Path(home) / "patchwatch" / "config.toml"
    from platformdirs import user_config_path

    return user_config_path("patchwatch") / "config.toml"


def data_directory() -> Path:
    """Where what must not be lost is kept."""
    home = os.environ.get("XDG_DATA_HOME")
    if home:
        return Path(home) / "patchwatch"
    from platformdirs import user_data_path

    return user_data_path("patchwatch")
