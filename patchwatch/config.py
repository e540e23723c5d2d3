"""The configuration and the user's directories.

patchwatch.config_file reads and checks the config file; config.example.toml lists every key with its default.
"""

from __future__ import annotations

import os
from pathlib import Path

from msgspec import Struct

_APP = "patchwatch"
DEFAULT_LORE_URL = "https://lore.kernel.org"


class Lore(Struct, frozen=True):
    """The mail archive, and how long to wait for it."""

    url: str = DEFAULT_LORE_URL
    mirrors: tuple[str, ...] = ()  # tried in this order when `url` does not answer
    contact: str = ""  # an e-mail address or URL for the User-Agent, so that the archive's admins can reach you
    timeout_seconds: float = 30.0  # without data from the server
    deadline_seconds: float = 300.0  # for one response, retries included
    max_answer_megabytes: int = 512  # decompressed; larger responses are refused


class Poll(Struct, frozen=True):
    """What a poll fetches, and when."""

    overlap_minutes: int = 180  # fetched again each time: mail can reach an archive late
    deep_overlap_hours: int = 72  # fetched again once a day
    first_days: int = 7  # how far the first poll of a list looks back
    related_days: int = 730  # search for other versions up to this long before a watched posting
    interval_minutes: float = 15.0  # `patchwatch run`: between polls of a list
    quiet_hours: str = ""  # `23:00-06:00`, local time: no polls then
    lease_seconds: int = 60  # on PostgreSQL: after this time, other pollers take over from one that was killed


class Me(Struct, frozen=True):
    """The user's identity on the lists."""

    addresses: tuple[str, ...] = ()


class Review(Struct, frozen=True):
    """When waiting is too long."""

    overdue_days: int = 7  # waiting on reviewers
    ping_days: int = 7  # no reply to my own patches
    dormant_days: int = 120  # open, and silent for so long: nobody waits for it any more


class Points(Struct, frozen=True):
    """The limits by which points become a state and a turn; chances are in percent."""

    silence_days: int = 21  # an answer that nobody contests for so long settles a point
    sure: int = 70  # from this chance on, a point holds a patch up
    likely_author: int = 63  # chance of another version from which on it is likely the author's turn
    likely_answered: int = 80  # … if they spoke last
    likely_details: int = 50  # … up to which it is likely not theirs, if only details wait for them
    likely_reviewed: int = 55  # … if every patch has a review


class Robots(Struct, frozen=True):
    """What results of bots, CI and AI reviewers mean."""

    turn: tuple[str, ...] = ("failure", "critical")  # those that make it the author's turn


class Robot(Struct, frozen=True):
    """A robot whose results mean something else."""

    match: str = ""  # a part of its name or address
    turn: tuple[str, ...] = ()  # as Robots.turn


class Database(Struct, frozen=True):
    """Where the database is, and how long to wait while another process writes to it."""

    url: str = ""  # a file or an SQLAlchemy URL; empty means the default SQLite file
    busy_seconds: float = 15.0


THEMES = ("dark", "light", "ansi")
"""The TUI's themes; `ansi` uses the terminal's own colors."""


SIGNS = ("auto", "unicode", "ascii")
"""How signs of states are drawn; `auto` depends on locale and terminal."""


class Tui(Struct, frozen=True):
    """The TUI, and the signs of `list`."""

    theme: str = "dark"
    signs: str = "auto"


class Key(Struct, frozen=True):
    """A changed key binding of the TUI."""

    name: str  # the id of the binding
    keys: str  # separated by commas
    where: str  # file and line, for error messages


class Keys(Struct, frozen=True):
    """Changed key bindings; the TUI checks their ids."""

    changed: tuple[Key, ...] = ()


class Send(Struct, frozen=True):
    """How the user's own mail is sent with git send-email."""

    dry_run: bool = True  # only show what would be sent
    sender: str = ""  # "Name <address>"; empty: git send-email's


class Tree(Struct, frozen=True):
    """A local git tree to look for commits in; it is never written to or fetched."""

    name: str = ""  # shown in evidence: net-next
    path: str = ""  # a bare clone, a checkout, or a worktree; `~` is expanded
    branches: tuple[str, ...] = ()  # local or remote, globs allowed; empty: origin's default branch, or HEAD
    mainline: bool = False  # its commits are mainlined; its tags give the merge windows
    since_days: int = 400  # how far back the first scan goes


ENCRYPTIONS = ("starttls", "tls", "none")

LOOPBACK = ("localhost", "127.0.0.1", "::1")
"""Mail servers that may get a password over an unencrypted connection."""


class Mail(Struct, frozen=True):
    """How patchwatch sends digests.  It never holds a password."""

    how: str = "git"  # one of patchwatch.notify.delivery.transport.TRANSPORTS
    host: str = ""  # for how = "smtp"
    port: int = 0  # 0: 587 with starttls, 465 with tls, 25 with none
    encryption: str = "starttls"  # one of ENCRYPTIONS
    certificates: str = ""  # a file or directory of trusted CA certificates; empty: the system's
    user: str = ""  # login name; empty: no login
    password_command: str = ""  # prints the password on its first line; $PATCHWATCH_SMTP_PASSWORD takes precedence
    keyring: bool = False  # use the desktop's keyring: service = host, name = user
    sendmail: str = "sendmail"  # for how = "sendmail": the program and its arguments, such as msmtp -a work
    sender: str = ""  # "Name <address>"; empty: git send-email's


DIGEST_DAYS = ("daily", "weekdays", "weekly")
"""The days of a digest; weekly is on Mondays."""


class Recipient(Struct, frozen=True):
    """A recipient of the digest, and what they get."""

    name: str = ""  # for logs and messages
    to: str = ""  # one address, never a list's
    addresses: tuple[str, ...] = ()  # the recipient's addresses on the lists; empty: [me]
    inboxes: tuple[str, ...] = ()  # empty: all
    views: tuple[str, ...] = ()  # patchwatch.series.views.CHOICES; empty: everything
    at: str = "07:00"  # local time
    zone: str = ""  # Europe/Berlin; empty: the system's
    days: str = "daily"  # one of DIGEST_DAYS
    at_once: tuple[str, ...] = ()  # events to mail immediately, one message each
    even_if_empty: bool = False  # send mail even if nothing is new


LOGS = ("text", "json")
"""The log formats of `patchwatch run`."""


class Run(Struct, frozen=True):
    """Settings of `patchwatch run`."""

    log: str = "text"


class Hook(Struct, frozen=True):
    """A command to run on events; it gets each event as JSON on stdin."""

    name: str = ""  # for the log
    events: tuple[str, ...] = ()  # values of patchwatch.notify.events.EventKind; empty: all
    command: tuple[str, ...] = ()  # the program and its arguments; no shell
    seconds: float = 20.0  # it is killed after this time


class Config(Struct, frozen=True):
    """All settings."""

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
    points: Points = Points()
    robots: Robots = Robots()
    robot: tuple[Robot, ...] = ()
    source: Path | None = None  # the file it was read from

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL from `$PATCHWATCH_DATABASE` (a URL or a file), the config, or the default file."""
        named = os.environ.get("PATCHWATCH_DATABASE") or self.database.url
        return database_url(named or str(data_directory() / "patchwatch.db"))


def database_url(named: str) -> str:
    """Return the SQLAlchemy URL of a database that a user named by a URL or a file."""
    return named if "://" in named else f"sqlite:///{Path(named).expanduser().absolute()}"


# ---- paths: XDG Base Directory Specification ----------------------------------------------------------------------
# platformdirs is imported late: its import takes some milliseconds, and variables such as $PATCHWATCH_CONFIG save it.


def config_path() -> Path:
    """The config file: `$PATCHWATCH_CONFIG`, or in the user's config directory."""
    if named := os.environ.get("PATCHWATCH_CONFIG"):
        return Path(named).expanduser()
    from platformdirs import user_config_path

    return user_config_path(_APP) / "config.toml"


def data_directory() -> Path:
    """The directory of the database and drafts: data that must not be lost."""
    from platformdirs import user_data_path

    return user_data_path(_APP)


def user_share_directory() -> Path:
    """The user's share/, where shells and man look for what a user installed."""
    from platformdirs import user_data_path

    return user_data_path()


def state_directory() -> Path:
    """The directory of locks and the TUI's state: data that can be lost."""
    from platformdirs import user_state_path

    return user_state_path(_APP)


def systemd_unit_directory() -> Path:
    """The directory of the user's systemd units (systemd.unit(5))."""
    from platformdirs import user_config_path

    return user_config_path() / "systemd" / "user"
