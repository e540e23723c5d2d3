"""The configuration: one TOML file, checked key by key when it is read.

Unknown keys are errors, because a typing mistake that is silently ignored is a setting that silently does not hold.
Every message names the file, the line and the key.  `config.example.toml` lists every key with its default.
"""

from __future__ import annotations

import dataclasses
import difflib
import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from patchwatch.errors import ConfigError

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


@dataclass(frozen=True, slots=True)
class Config:
    """Everything a user can set."""

    lore: Lore = Lore()
    poll: Poll = Poll()
    me: Me = Me()
    review: Review = Review()
    database: Database = Database()
    send: Send = Send()
    tree: tuple[Tree, ...] = ()
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


def load_config(path: Path | None = None) -> Config:
    """Read the config file; a missing file gives the defaults unless it was named by the user.

    `$PATCHWATCH_LORE_URL` outranks the file.

    Raises:
        ConfigError: unreadable, not TOML, an unknown key, a value of the wrong kind or out of range.
    """
    named = path is not None or bool(os.environ.get("PATCHWATCH_CONFIG"))
    source = path or config_path()
    try:
        text = source.read_text(encoding="utf-8")
    except FileNotFoundError:
        if named:
            raise ConfigError(
                f"{source}: no such config file. Create it (config.example.toml is a start) or unset PATCHWATCH_CONFIG."
            ) from None
        config = Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}: can't read the config: {error}") from None
    else:
        config = parse_config(text, source)
    override = os.environ.get("PATCHWATCH_LORE_URL")
    if override:
        url = _url(override, "PATCHWATCH_LORE_URL in the environment")
        config = dataclasses.replace(config, lore=dataclasses.replace(config.lore, url=url))
    return config


def parse_config(text: str, source: Path) -> Config:
    """Read the config from `text`; `source` is named in errors.

    Raises:
        ConfigError: as for `load_config`.
    """
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not valid TOML: {error}. Mend that line and try again.") from None
    sections = {f.name: f.default for f in dataclasses.fields(Config) if f.name != "source"}
    read: dict[str, Any] = {}
    for name, table in tables.items():
        place = _Place(source, text, name)
        if name not in sections:
            raise ConfigError(f"{place.of(None)}: unknown section [{name}]{_nearest(name, sections)}")
        if name == "tree":
            read[name] = _trees(table, place)
            continue
        if not isinstance(table, dict):
            raise ConfigError(f"{place.of(None)}: {name} is a section: write [{name}] on a line of its own")
        read[name] = _section(type(sections[name]), table, place)
    return Config(**read, source=source)


@dataclass(frozen=True, slots=True)
class _Place:
    """Finds the line of a key, because tomllib does not say."""

    source: Path
    text: str
    section: str
    begins: int = 1  # the line of the section, where there can be several of its name: [[tree]]

    def of(self, key: str | None) -> str:
        within = ""
        for number, line in list(enumerate(self.text.splitlines(), 1))[self.begins - 1 :]:
            header = re.match(r"\s*\[+\s*([^\]]+?)\s*\]+", line)
            if header:
                within = header[1].strip("\"'")
                if within.split(".")[0] == self.section if key is None else within == f"{self.section}.{key}":
                    return f"{self.source}:{number}"
            elif re.match(rf"\s*[\"']?{re.escape(key or self.section)}[\"']?\s*[.=]", line):
                if within == (self.section if key else ""):
                    return f"{self.source}:{number}"
            elif key and not within and re.match(rf"\s*{re.escape(self.section)}\s*\.\s*{re.escape(key)}\s*=", line):
                return f"{self.source}:{number}"
        return self.of(None) if key else str(self.source)  # a key of an inline table stands on its section's line


def _keys(table: Mapping[str, Any], place: _Place, within: str = "") -> Iterator[Key]:
    """Ids have dots in them, which TOML takes for tables where they are not quoted."""
    for key, value in table.items():
        name = f"{within}{key}"
        if isinstance(value, dict):
            yield from _keys(value, place, f"{name}.")
        else:
            where = f"{place.of(name)}: {place.section}.{name}"
            yield Key(name, _text(value, where), where)


def _section(kind: type, table: Mapping[str, Any], place: _Place) -> Any:
    if kind is Keys:
        return Keys(tuple(_keys(table, place)))
    fields = {f.name: f for f in dataclasses.fields(kind)}
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{place.of(key)}: {place.section}.{key}"
        if key not in fields:
            raise ConfigError(f"{place.of(key)}: unknown key {place.section}.{key}{_nearest(key, fields)}")
        values[key] = _READERS[str(fields[key].type)](value, where)
        if kind is Tui and values[key] not in THEMES:
            raise ConfigError(f"{where} must be one of {', '.join(THEMES)}; it is {value!r}")
        if key in ("url", "mirrors") and kind is Lore:
            values[key] = tuple(_url(v, where) for v in values[key]) if key == "mirrors" else _url(values[key], where)
    return kind(**values)


def _trees(tables: Any, place: _Place) -> tuple[Tree, ...]:
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{place.of(None)}: a tree begins with [[tree]], in double brackets, on a line of its own")
    headers = [n for n, line in enumerate(place.text.splitlines(), 1) if re.match(r"\s*\[\[\s*[\"']?tree\b", line)]
    found: list[Tree] = []
    for nth, table in enumerate(tables):
        here = dataclasses.replace(place, begins=headers[nth]) if nth < len(headers) else place
        tree: Tree = _section(Tree, table, here)
        if not tree.name.strip() or not tree.path:
            raise ConfigError(f"{here.of(None)}: each [[tree]] needs tree.name and tree.path")
        if not tree.name.isprintable():
            raise ConfigError(f"{here.of('name')}: tree.name must be printable; it is {tree.name!r}")
        if not tree.path.startswith(("/", "~/")):
            raise ConfigError(f"{here.of('path')}: tree.path must begin with / or ~/; it is {tree.path!r}")
        if any(tree.name == other.name for other in found):
            raise ConfigError(f"{here.of('name')}: tree.name {tree.name!r} is given to two trees")
        if tree.mainline and (other := next((t for t in found if t.mainline), None)):
            raise ConfigError(f"{here.of('mainline')}: tree.mainline: {other.name} is mainline already, and one can be")
        found.append(tree)
    return tuple(found)


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else f"; known are: {', '.join(known)}"


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f'{where} must be text in quotes, such as "…"; it is {value!r}')
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ConfigError(f'{where} must be a list of texts, such as ["…", "…"]; it is {value!r}')
    return tuple(value)


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1_000_000:
        raise ConfigError(f"{where} must be a whole number from 0 to 1000000; it is {value!r}")
    return value


def _number(value: Any, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 1_000_000:
        raise ConfigError(f"{where} must be a number above 0 and at most 1000000; it is {value!r}")
    return float(value)


def _truth(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where} must be true or false; it is {value!r}")
    return value


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "str": _text,
    "tuple[str, ...]": _texts,
    "int": _whole,
    "float": _number,
    "bool": _truth,
}


def _url(value: str, where: str) -> str:
    if not re.fullmatch(r"https?://[^/\s]+(?:/\S*)?", value):
        raise ConfigError(f"{where} must be an http:// or https:// address; it is {value!r}")
    return value.rstrip("/")
