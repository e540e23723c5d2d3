"""Install, remove and query the systemd user units that run patchwatch.

There are two variants: a service that runs `patchwatch run`, or a timer that polls and sends the day's digests.
Only units with our mark are replaced or removed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from patchwatch.config import systemd_unit_directory
from patchwatch.errors import InvalidInputError, NotFoundError, ToolError

_MARK = "# Written by `patchwatch service install`; `patchwatch service remove` deletes it."
SERVICE = "patchwatch.service"
ONCE = "patchwatch-poll.service"
TIMER = "patchwatch-poll.timer"
_NAMES = (SERVICE, TIMER, ONCE)

# What systemd's user manager can do without privileges.  Options that need namespaces (ProtectSystem, PrivateTmp, …)
# are left out: the service would not start on kernels without unprivileged user namespaces.  Hooks inherit all of it:
# D-Bus, git and the network work for them, setuid programs do not.
_HARDENING = """\
NoNewPrivileges=yes
LockPersonality=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6 AF_NETLINK
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallErrorNumber=EPERM
UMask=0077
Nice=5
"""

# Variables that locate our files; a service does not inherit the shell's.
_VARIABLES = (
    "PATCHWATCH_CONFIG",
    "PATCHWATCH_DATABASE",
    "PATCHWATCH_LORE_URL",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
)


@dataclass(frozen=True, slots=True)
class Changes:
    """The files written or removed, and commands for the user to run next."""

    files: tuple[Path, ...]
    commands: tuple[str, ...]


def units(
    program: Sequence[str], environment: Mapping[str, str], interval_minutes: float, *, timer: bool
) -> dict[str, str]:
    """The units by name: a service, or a timer and the service it starts.

    `program` is the command that runs patchwatch, `environment` the variables it needs.
    """
    command = " ".join(_quoted(word).replace("$", "$$") for word in program)
    settings = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in environment.items())
    if not timer:
        return {
            SERVICE: f"""\
{_MARK}
[Unit]
Description=Track kernel patches: poll the lists and send digests
Documentation=https://github.com/patchwatch/patchwatch
StartLimitIntervalSec=3600
StartLimitBurst=10

[Service]
Type=exec
ExecStart={command} run
ExecReload=/bin/kill -HUP $MAINPID
Restart=on-failure
RestartSec=60
TimeoutStopSec=15
{settings}{_HARDENING}
[Install]
WantedBy=default.target
"""
        }
    return {
        ONCE: f"""\
{_MARK}
[Unit]
Description=Track kernel patches: poll the lists once and send the digests that are due
Documentation=https://github.com/patchwatch/patchwatch

[Service]
Type=oneshot
# Send the digest even if the poll fails: it shows what is stale.
ExecStart=-{command} poll
ExecStart={command} digest --send --due
TimeoutStartSec=3600
{settings}{_HARDENING}""",
        TIMER: f"""\
{_MARK}
[Unit]
Description=Track kernel patches every {interval_minutes:g} minutes

[Timer]
OnStartupSec=1min
OnUnitInactiveSec={max(round(interval_minutes * 60), 60)}s
RandomizedDelaySec=30s

[Install]
WantedBy=timers.target
""",
    }


def needed_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The variables that a service needs.

    Raises:
        InvalidInputError: one contains a password, which must not be written to a unit.
    """
    database = environment.get("PATCHWATCH_DATABASE", "")
    if "://" in database and urlsplit(database).password:
        raise InvalidInputError(
            "PATCHWATCH_DATABASE contains a password, which a unit would expose. "
            "Set [database] url in the config instead."
        )
    variables = {name: environment[name] for name in _VARIABLES if environment.get(name)}
    for name in ("PATCHWATCH_CONFIG", "PATCHWATCH_DATABASE"):
        if name in variables and "://" not in variables[name]:
            variables[name] = str(Path(variables[name]).expanduser().absolute())  # relative to the current directory
    return variables


def install(interval_minutes: float, *, timer: bool) -> Changes:
    """Write the units of one variant.

    Raises:
        InvalidInputError: the other variant is installed, or a unit of that name is not ours.
    """
    directory = systemd_unit_directory()
    texts = units(_program(), needed_environment(os.environ), interval_minutes, timer=timer)
    for name in _NAMES:
        path = directory / name
        if path.exists() and not _is_ours(path):
            raise InvalidInputError(f"{path} was not written by patchwatch; move it away first.")
        if path.exists() and name not in texts:
            raise InvalidInputError(f"{path} is installed already; run `patchwatch service remove` first.")
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(f"can't write {error.filename}: {error.strerror}.") from None
    unit = TIMER if timer else SERVICE
    commands = [] if _reload() else ["systemctl --user daemon-reload"]
    commands += [
        f"systemctl --user enable --now {unit}",
        "loginctl enable-linger    # keep it running while you are logged out",
    ]
    return Changes(tuple(directory / name for name in texts), tuple(commands))


def remove() -> Changes:
    """Stop and delete the installed units.

    Raises:
        NotFoundError: nothing is installed.
    """
    paths = installed()
    if not paths:
        raise NotFoundError(f"no patchwatch unit in {systemd_unit_directory()}.")
    names = [path.name for path in paths if path.name != ONCE]
    running = _systemctl("disable", "--now", *names) is not None
    for path in paths:
        path.unlink()
        for target in ("default.target.wants", "timers.target.wants"):  # links made by `enable`
            (path.parent / target / path.name).unlink(missing_ok=True)
    if running and _reload():
        return Changes(tuple(paths), ())
    return Changes(tuple(paths), (f"systemctl --user stop {' '.join(names)}", "systemctl --user daemon-reload"))


def status() -> tuple[tuple[Path, str], ...]:
    """Each installed unit and its state; `unknown` if systemd is not available."""
    return tuple((path, _systemctl("is-active", path.name) or "unknown") for path in installed())


def installed() -> list[Path]:
    """Our installed units."""
    return [path for name in _NAMES if (path := systemd_unit_directory() / name).exists() and _is_ours(path)]


def _program() -> tuple[str, ...]:
    return (sys.executable, "-m", "patchwatch")


def _quoted(word: str) -> str:
    """A word quoted for a unit file, with specifiers escaped (systemd.syntax(7), systemd.unit(5))."""
    if not word.isprintable():
        raise InvalidInputError(f"{word!r} can't be written to a unit file.")
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return safe if re.fullmatch(r"[\w=/.:+,@-]+", safe) else f'"{safe}"'


def _is_ours(path: Path) -> bool:
    try:
        return path.read_text(encoding="utf-8", errors="replace").startswith(_MARK)
    except OSError:
        return False


def _reload() -> bool:
    return _systemctl("daemon-reload") is not None


def _systemctl(*arguments: str) -> str | None:
    """The output of systemctl --user; None if there is no user manager."""
    program = shutil.which("systemctl")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if program is None or not runtime or not (Path(runtime) / "systemd" / "private").exists():
        return None
    try:
        done = subprocess.run([program, "--user", *arguments], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"systemctl --user {' '.join(arguments)} failed: {error}.") from None
    return done.stdout.strip()
