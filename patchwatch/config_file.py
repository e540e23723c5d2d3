"""Read and check the config file: known keys, values of the right type and in range.

Unknown keys are errors: a typo that is silently ignored is a setting that silently has no effect.  Every message names
the file, the line and the key.
"""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from msgspec import Struct, structs

from patchwatch.config import (
    DIGEST_DAYS,
    ENCRYPTIONS,
    LOGS,
    LOOPBACK,
    SIGNS,
    THEMES,
    Config,
    Hook,
    Key,
    Keys,
    Lore,
    Mail,
    Points,
    Recipient,
    Robot,
    Robots,
    Run,
    Tree,
    Tui,
    config_path,
)
from patchwatch.errors import ConfigError
from patchwatch.mail.list_address import is_list_address
from patchwatch.notify.delivery.transport import TRANSPORTS
from patchwatch.pattern import Pattern
from patchwatch.redact import redact_url

_HOURS = Pattern(r"([01]?\d|2[0-3]):[0-5]\d\s*-\s*([01]?\d|2[0-3]):[0-5]\d")
_MAX_CHARACTERS = 1_000_000


def load_config(path: Path | None = None) -> Config:
    """Read the config file; without one, use the defaults, unless the user named the file.

    `$PATCHWATCH_LORE_URL` takes precedence over the file.

    Raises:
        ConfigError: unreadable, not TOML, an unknown key, a value of the wrong type or out of range.
    """
    named = path is not None or bool(os.environ.get("PATCHWATCH_CONFIG"))
    source = path or config_path()
    try:
        with open(source, encoding="utf-8", opener=_without_waiting) as stream:
            text = stream.read(_MAX_CHARACTERS + 1)
    except FileNotFoundError:
        if named:
            raise ConfigError(
                f"{source}: no such config file. Create it from config.example.toml, or unset PATCHWATCH_CONFIG."
            ) from None
        config = Config()
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{source}: can't read the config: {error}") from None
    else:
        if len(text) > _MAX_CHARACTERS:
            raise ConfigError(f"{source}: not a config: it has more than {_MAX_CHARACTERS} characters.")
        config = parse_config(text, source)
    override = os.environ.get("PATCHWATCH_LORE_URL")
    if override:
        url = checked_url(override, "PATCHWATCH_LORE_URL in the environment")
        config = structs.replace(config, lore=structs.replace(config.lore, url=url))
    return config


def _without_waiting(path: str, flags: int) -> int:
    """Open a file; a named pipe that nobody writes to is empty."""
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    return descriptor


def parse_config(text: str, source: Path) -> Config:
    """Parse the config in `text`; `source` is for error messages.

    Raises:
        ConfigError: as for `load_config`.
    """
    try:
        return _config(tomllib.loads(text), text, source)
    except tomllib.TOMLDecodeError as error:
        raise ConfigError(f"{source}: not valid TOML: {error}. Fix that line and try again.") from None
    except (ValueError, RecursionError):  # of tomllib, or of a message that quotes the number
        raise ConfigError(f"{source}: not valid TOML: a number with too many digits, or too many brackets.") from None


def _config(tables: Mapping[str, Any], text: str, source: Path) -> Config:
    default = Config()
    sections = {name: getattr(default, name) for name in Config.__struct_fields__ if name != "source"}
    values: dict[str, Any] = {}
    for name, table in tables.items():
        place = _Place(source, text, name)
        if name not in sections:
            raise ConfigError(f"{place.of(None)}: unknown section [{name}]{_nearest(name, sections)}")
        if name in _ARRAYS:
            values[name] = _ARRAYS[name](table, place)
            continue
        if not isinstance(table, dict):
            raise ConfigError(f"{place.of(None)}: {name} is a section: write [{name}] on a line of its own")
        values[name] = _section(type(sections[name]), table, place)
    return Config(**values, source=source)


class _Place(Struct, frozen=True):
    """Finds the line of a key in a section, which tomllib does not report."""

    source: Path
    text: str
    section: str
    begins: int = 1  # the line of the section, for sections that can repeat: [[tree]]

    def of(self, key: str | None) -> str:
        """`file:line` of a key, or of the section."""
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
        return self.of(None) if key else str(self.source)  # a key of an inline table is on its section's line


def _keys(table: Mapping[str, Any], place: _Place, within: str = "") -> Iterator[Key]:
    """Flatten the ids of key bindings: TOML reads an unquoted `act.copy` as nested tables."""
    for key, value in table.items():
        name = f"{within}{key}"
        if isinstance(value, dict):
            yield from _keys(value, place, f"{name}.")
        else:
            where = f"{place.of(name)}: {place.section}.{name}"
            yield Key(name, _text(value, where), where)


def _section(kind: type[Struct], table: Mapping[str, Any], place: _Place) -> Any:
    if kind is Keys:
        return Keys(tuple(_keys(table, place)))
    fields = kind.__annotations__
    values: dict[str, Any] = {}
    for key, value in table.items():
        where = f"{place.of(key)}: {place.section}.{key}"
        if key not in fields:
            raise ConfigError(f"{place.of(key)}: unknown key {place.section}.{key}{_nearest(key, fields)}")
        values[key] = _READERS[fields[key]](value, where)
        if (kind, key) in _CHOICES and values[key] not in _CHOICES[kind, key]:
            raise ConfigError(f"{where} must be one of {', '.join(_CHOICES[kind, key])}, not {values[key]!r}")
        if key == "quiet_hours" and value and not _HOURS.fullmatch(value):
            raise ConfigError(f'{where} must be two local times, such as "23:00-06:00", not {value!r}')
        if key in ("url", "mirrors") and kind is Lore:
            several = key == "mirrors"
            values[key] = tuple(checked_url(v, where) for v in value) if several else checked_url(value, where)
        if kind is Points and key != "silence_days" and values[key] > _PERCENT:
            raise ConfigError(f"{where} must be a chance from 0 to 100 %, not {value!r}")
        if kind in (Robots, Robot) and key == "turn":
            _check_results(values[key], where)
    section = kind(**values)
    if isinstance(section, Mail):
        _check_mail(section, place)
    return section


_PERCENT = 100
_CHOICES: dict[tuple[type, str], tuple[str, ...]] = {
    (Tui, "theme"): THEMES,
    (Tui, "signs"): SIGNS,
    (Run, "log"): LOGS,
    (Mail, "how"): tuple(TRANSPORTS),
    (Mail, "encryption"): ENCRYPTIONS,
    (Recipient, "days"): DIGEST_DAYS,
}


def _each(kind: type[Struct], tables: Any, place: _Place) -> Iterator[tuple[Any, _Place]]:
    """The sections of an array of tables, each with its place."""
    name = place.section
    if not isinstance(tables, list) or not all(isinstance(table, dict) for table in tables):
        raise ConfigError(f"{place.of(None)}: write [[{name}]], in double brackets, on a line of its own")
    header = re.compile(rf"\s*\[\[\s*[\"']?{name}\b")
    headers = [n for n, line in enumerate(place.text.splitlines(), 1) if header.match(line)]
    for nth, table in enumerate(tables):
        here = structs.replace(place, begins=headers[nth]) if nth < len(headers) else place
        yield _section(kind, table, here), here


def _trees(tables: Any, place: _Place) -> tuple[Tree, ...]:
    trees: list[Tree] = []
    for tree, here in _each(Tree, tables, place):
        if not tree.name.strip() or not tree.path:
            raise ConfigError(f"{here.of(None)}: each [[tree]] needs tree.name and tree.path")
        if not tree.name.isprintable():
            raise ConfigError(f"{here.of('name')}: tree.name must be printable, not {tree.name!r}")
        if not tree.path.startswith(("/", "~/")):
            raise ConfigError(f"{here.of('path')}: tree.path must begin with / or ~/, not {tree.path!r}")
        if any(tree.name == other.name for other in trees):
            raise ConfigError(f"{here.of('name')}: tree.name {tree.name!r} is used twice")
        if tree.mainline and (other := next((t for t in trees if t.mainline), None)):
            raise ConfigError(
                f"{here.of('mainline')}: tree.mainline: only one tree can be mainline, and {other.name} is already"
            )
        trees.append(tree)
    return tuple(trees)


# Addresses that git send-email and every relay accept (patchwatch.mail.addresses), and that are not options.
_ADDRESS = r"(?!-)[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+"


def _check_mail(mail: Mail, place: _Place) -> None:
    if mail.sender and not re.fullmatch(rf"{_ADDRESS}|[^<>\x00-\x1f]*<{_ADDRESS}>", mail.sender):
        where = place.of("sender")
        raise ConfigError(f"{where}: mail.sender must be written as Name <name@example.org>, not {mail.sender!r}")
    if mail.how == "smtp" and not mail.host:
        raise ConfigError(f'{place.of("how")}: mail.how = "smtp" needs mail.host')
    if mail.port > 65_535:
        raise ConfigError(f"{place.of('port')}: mail.port must be at most 65535, not {mail.port}")
    if mail.user and mail.encryption == "none" and mail.host not in LOOPBACK:
        raise ConfigError(
            f'{place.of("encryption")}: mail.encryption = "none" with mail.user would send the password '
            "unencrypted; use starttls or tls"
        )
    if mail.how == "sendmail" and not mail.sendmail.strip():
        raise ConfigError(f'{place.of("sendmail")}: mail.sendmail must name a program, such as "msmtp"')


def _recipients(tables: Any, place: _Place) -> tuple[Recipient, ...]:
    recipients: list[Recipient] = []
    for recipient, here in _each(Recipient, tables, place):
        if not recipient.name.strip() or not recipient.to:
            raise ConfigError(f"{here.of(None)}: each [[digest]] needs digest.name and digest.to")
        if not recipient.name.isprintable():
            raise ConfigError(f"{here.of('name')}: digest.name must be printable, not {recipient.name!r}")
        if any(recipient.name == other.name for other in recipients):
            raise ConfigError(f"{here.of('name')}: digest.name {recipient.name!r} is used twice")
        if not re.fullmatch(_ADDRESS, recipient.to):
            raise ConfigError(
                f"{here.of('to')}: digest.to must be one e-mail address, without a name, not {recipient.to!r}"
            )
        if is_list_address(recipient.to):
            raise ConfigError(
                f"{here.of('to')}: digest.to: {recipient.to} is on a host of mailing lists; digests are not sent to "
                "lists. Set it to a person's address."
            )
        if not re.fullmatch(r"(?:[01]\d|2[0-3]):[0-5]\d", recipient.at):
            raise ConfigError(f'{here.of("at")}: digest.at must be a time such as "07:00", not {recipient.at!r}')
        if recipient.zone:
            _check_zone(recipient.zone, f"{here.of('zone')}: digest.zone")
        _check_views(recipient.views, f"{here.of('views')}: digest.views")
        _check_events(recipient.at_once, f"{here.of('at_once')}: digest.at_once")
        recipients.append(recipient)
    return tuple(recipients)


def _check_views(keys: Iterable[str], where: str) -> None:
    if keys:
        from patchwatch.series.views import CHOICES  # deferred: most configs have no views

        _check_known(keys, CHOICES, where)


def _check_events(kinds: Iterable[str], where: str) -> None:
    if kinds:
        from patchwatch.notify.events import EventKind  # deferred: most configs name no events

        _check_known(kinds, [kind.value for kind in EventKind], where)


def _check_results(names: Iterable[str], where: str) -> None:
    from patchwatch.series.robot_policy import RESULTS  # deferred: most configs name no results

    _check_known(names, RESULTS, where)


def _check_known(names: Iterable[str], known: Iterable[str], where: str) -> None:
    choices = dict.fromkeys(known)
    for name in names:
        if name not in choices:
            raise ConfigError(f"{where} has no {name!r}{_nearest(name, choices)}")


def _check_zone(name: str, where: str) -> None:
    import zoneinfo

    try:
        zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        raise ConfigError(f'{where} must be a time zone such as "Europe/Berlin", not {name!r}') from None


def _hooks(tables: Any, place: _Place) -> tuple[Hook, ...]:
    hooks: list[Hook] = []
    for hook, here in _each(Hook, tables, place):
        if not hook.name.strip() or not hook.name.isprintable() or not hook.command or not hook.command[0]:
            raise ConfigError(f'{here.of(None)}: each [[hook]] needs hook.name and hook.command, such as ["notify-me"]')
        if any(hook.name == other.name for other in hooks):
            raise ConfigError(f"{here.of('name')}: hook.name {hook.name!r} is used twice")
        _check_events(hook.events, f"{here.of('events')}: hook.events")
        hooks.append(hook)
    return tuple(hooks)


def _robots(tables: Any, place: _Place) -> tuple[Robot, ...]:
    robots: list[Robot] = []
    for robot, here in _each(Robot, tables, place):
        if not robot.match.strip():
            raise ConfigError(f"{here.of(None)}: each [[robot]] needs robot.match, a part of its name or address")
        if any(robot.match.lower() == other.match.lower() for other in robots):
            raise ConfigError(f"{here.of('match')}: robot.match {robot.match!r} is used twice")
        robots.append(robot)
    return tuple(robots)


_ARRAYS: dict[str, Callable[[Any, _Place], tuple[Any, ...]]] = {
    "tree": _trees,
    "digest": _recipients,
    "hook": _hooks,
    "robot": _robots,
}
"""Sections that can repeat."""


def _nearest(name: str, known: Mapping[str, Any]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, known, n=1, cutoff=0.5)
    return f"; did you mean {close[0]}?" if close else f"; known: {', '.join(known)}"


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where} must be a string in quotes, not {value!r}")
    return value


def _texts(value: Any, where: str) -> tuple[str, ...]:
    if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
        raise ConfigError(f'{where} must be a list of strings, such as ["a", "b"], not {value!r}')
    return tuple(value)


def _whole(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= 1_000_000:
        raise ConfigError(f"{where} must be a whole number from 0 to 1000000, not {value!r}")
    return value


def _number(value: Any, where: str) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 1_000_000:
        raise ConfigError(f"{where} must be a number above 0 and at most 1000000, not {value!r}")
    return float(value)


def _truth(value: Any, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where} must be true or false, not {value!r}")
    return value


_READERS: dict[str, Callable[[Any, str], Any]] = {
    "str": _text,
    "tuple[str, ...]": _texts,
    "int": _whole,
    "float": _number,
    "bool": _truth,
}


def checked_url(value: str, where: str) -> str:
    """Check a base URL, and drop its trailing slash.

    Raises:
        ConfigError: not a URL; `where` is for the message.
    """
    shown = redact_url(value).partition("?")[0]
    if not re.fullmatch(r"https?://[^/?#\s]+(?:/[^@?#\s]*)?", value):
        raise ConfigError(f"{where} must be an http:// or https:// URL, not {shown!r}")
    return value.rstrip("/")
