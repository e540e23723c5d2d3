"""systemd user units that run patchwatch: what is in them, and putting them where systemd looks.

Two ways: a service that is always there (`patchwatch run`), or a timer that polls once and sends what is due.  Only
units that say they are ours are replaced or removed.
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

_MARK = "# Written by `patchwatch service install`; `patchwatch service remove` takes it away."
SERVICE = "patchwatch.service"
ONCE = "patchwatch-poll.service"
TIMER = "patchwatch-poll.timer"
_NAMES = (SERVICE, TIMER, ONCE)

# What systemd's user manager can do without privileges: seccomp and the like.  What needs namespaces (ProtectSystem,
# PrivateTmp, …) is left out: kernels that forbid users to make some would not start the service at all.  Hooks inherit
# all of it: the desktop's bus, git and the network still work for them, setuid programs do not.
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

# Those of ours that say where things are; a service does not see the shell's.
_VARIABLES = (
    "PATCHWATCH_CONFIG",
    "PATCHWATCH_DATABASE",
    "PATCHWATCH_LORE_URL",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_STATE_HOME",
)


@dataclass(frozen=True, slots=True)
class Done:
    """What was written or removed, and what the user does next."""

    files: tuple[Path, ...]
    next: tuple[str, ...]  # commands


def units(
    program: Sequence[str], environment: Mapping[str, str], interval_minutes: float, *, timer: bool
) -> dict[str, str]:
    """Names and texts of the units: a service, or a timer with what it starts.

    `program` is the command of patchwatch, `environment` the variables that it needs.
    """
    command = " ".join(_quoted(word).replace("$", "$$") for word in program)
    settings = "".join(f"Environment={_quoted(f'{name}={value}')}\n" for name, value in environment.items())
    if not timer:
        return {
            SERVICE: f"""\
{_MARK}
[Unit]
Description=Follow kernel patches: poll the lists, send the digest
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
Description=Follow kernel patches: poll the lists once, send the digest if it is due
Documentation=https://github.com/patchwatch/patchwatch

[Service]
Type=oneshot
# The digest goes out though the poll failed: it says what is stale.
ExecStart=-{command} poll
ExecStart={command} digest --send
TimeoutStartSec=3600
{settings}{_HARDENING}""",
        TIMER: f"""\
{_MARK}
[Unit]
Description=Follow kernel patches: every {interval_minutes:g} minutes

[Timer]
OnStartupSec=1min
OnUnitInactiveSec={max(round(interval_minutes * 60), 60)}s
RandomizedDelaySec=30s

[Install]
WantedBy=timers.target
""",
    }


def needed_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """Which of these variables patchwatch needs in a service.

    Raises:
        InvalidInputError: one holds a password, which has no place in a unit.
    """
    database = environment.get("PATCHWATCH_DATABASE", "")
    if "://" in database and urlsplit(database).password:
        raise InvalidInputError(
            "PATCHWATCH_DATABASE holds a password, which a unit would show. "
            "Put the URL into the config, [database] url."
        )
    found = {name: environment[name] for name in _VARIABLES if environment.get(name)}
    for name in ("PATCHWATCH_CONFIG", "PATCHWATCH_DATABASE"):
        if name in found and "://" not in found[name]:
            found[name] = str(Path(found[name]).expanduser().absolute())  # it was meant from where we are now
    return found


def install(interval_minutes: float, *, timer: bool) -> Done:
    """Write the units of one way; the other must not be there.

    Raises:
        InvalidInputError: it is, or a file of that name is somebody else's.
    """
    directory = systemd_unit_directory()
    texts = units(_program(), needed_environment(os.environ), interval_minutes, timer=timer)
    for name in _NAMES:
        path = directory / name
        if path.exists() and not _ours(path):
            raise InvalidInputError(f"{path} was not written by patchwatch. Move it away first.")
        if path.exists() and name not in texts:
            raise InvalidInputError(
                f"{path} is installed, and one way is enough. `patchwatch service remove` it first."
            )
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            (directory / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise InvalidInputError(f"can't write {error.filename}: {error.strerror}.") from None
    unit = TIMER if timer else SERVICE
    todo = [] if _reload() else ["systemctl --user daemon-reload"]
    todo += [f"systemctl --user enable --now {unit}", "loginctl enable-linger    # to go on while you are logged out"]
    return Done(tuple(directory / name for name in texts), tuple(todo))


def remove() -> Done:
    """Stop and take away whatever `install` wrote.

    Raises:
        NotFoundError: nothing is installed.
    """
    paths = installed()
    if not paths:
        raise NotFoundError(f"no unit of patchwatch is in {systemd_unit_directory()}.")
    names = [path.name for path in paths if path.name != ONCE]
    reached = _systemctl("disable", "--now", *names) is not None
    for path in paths:
        path.unlink()
        for target in ("default.target.wants", "timers.target.wants"):  # as `enable` has linked it
            (path.parent / target / path.name).unlink(missing_ok=True)
    if reached and _reload():
        return Done(tuple(paths), ())
    return Done(tuple(paths), (f"systemctl --user stop {' '.join(names)}", "systemctl --user daemon-reload"))


def status() -> tuple[tuple[Path, str], ...]:
    """Each installed unit, and what systemd says of it; `unknown` where it can't be asked."""
    return tuple((path, _systemctl("is-active", path.name) or "unknown") for path in installed())


def installed() -> list[Path]:
    """The units of ours that are there."""
    return [path for name in _NAMES if (path := systemd_unit_directory() / name).exists() and _ours(path)]


def _program() -> tuple[str, ...]:
    return (sys.executable, "-m", "patchwatch")


def _quoted(word: str) -> str:
    """One word of a unit file, without specifiers (systemd.syntax(7), systemd.unit(5))."""
    if not word.isprintable():
        raise InvalidInputError(f"{word!r} can't stand in a unit file.")
    safe = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return safe if re.fullmatch(r"[\w=/.:+,@-]+", safe) else f'"{safe}"'


def _ours(path: Path) -> bool:
    try:
        return path.read_text(encoding="utf-8", errors="replace").startswith(_MARK)
    except OSError:
        return False


def _reload() -> bool:
    return _systemctl("daemon-reload") is not None


def _systemctl(*arguments: str) -> str | None:
    """What the user's systemd answers; None where there is none to ask."""
    program = shutil.which("systemctl")
    runtime = os.environ.get("XDG_RUNTIME_DIR", "")
    if program is None or not runtime or not (Path(runtime) / "systemd" / "private").exists():
        return None
    try:
        done = subprocess.run([program, "--user", *arguments], capture_output=True, text=True, timeout=30, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise ToolError(f"systemctl --user {' '.join(arguments)} does not answer: {error}.") from None
    return done.stdout.strip()
