"""Series handed to the programs people trust with the rest: b4, an editor, a browser.

b4 is given the mails that are stored here, as a maildir, so that what it applies is what was read, without a network;
what else it wants to know (late tags, attestation) it looks up itself.  Commands are built by pure functions, and run
in the user's terminal.
"""

from __future__ import annotations

import mailbox
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from patchwatch.config import DEFAULT_LORE_URL, Tree
from patchwatch.errors import ToolError

Task = Literal["am", "shazam", "track"]
"""What b4 can be asked for.

am      an mbox that `git am` takes, in the directory
shazam  the patches applied to the tree in the directory
track   the series taken up by `b4 review` in the (enrolled) tree in the directory
"""


def b4_command(
    task: Task, message_id: str, box: str, server: str = DEFAULT_LORE_URL, program: str = "b4"
) -> tuple[str, ...]:
    """The command for a task; `box` is the maildir with the series, which `track` can't read."""
    # Asked for more than the mails at hand, b4 is to ask the configured archive.
    masks = {"b4.midmask": f"{server}/all/%s", "b4.searchmask": f"{server}/all/?x=m&q=%s"}
    settings = [] if server == DEFAULT_LORE_URL else [w for n, mask in masks.items() for w in ("-c", f"{n}={mask}")]
    # A message-id may begin with a dash: a stranger chose it.
    if task == "track":
        return (program, *settings, "review", "track", "--", message_id)
    where = ("-o", ".") if task == "am" else ()
    return (program, *settings, task, "-m", box, *where, "--", message_id)


def run_b4(
    task: Task,
    message_id: str,
    mails: Iterable[bytes],
    directory: Path,
    server: str = DEFAULT_LORE_URL,
    progress: Callable[[str], None] = lambda _: None,
) -> int:
    """Run b4 in a directory, in this terminal; returns its exit status.  `progress` hears of the command before.

    Raises:
        ToolError: b4 or the directory is missing.
    """
    with _box(mails) as box:
        argv = b4_command(task, message_id, str(box), server, _b4())
        progress(shlex.join(argv))
        return _run(argv, directory)


def work_trees(trees: Iterable[Tree]) -> tuple[Path, ...]:
    """The directories of the configured trees in which patches can be applied: those with files, each once."""
    paths = (Path(tree.path).expanduser() for tree in trees)
    return tuple(dict.fromkeys(path for path in paths if (path / ".git").exists()))


def edit(file: Path) -> None:
    """Let the user edit a file, in the editor that git would start, in this terminal.

    Raises:
        ToolError: there is none, or it says that it failed.
    """
    command = _editor()
    # As git does it: the setting is a piece of shell, the file is not.
    status = _run(("sh", "-c", f'{command} "$@"', command, str(file)), None)
    if status != 0:
        raise ToolError(f"the editor ({command}) ended with {status}: nothing is sent. Your text is in {file}.")


def browser_command(url: str, platform: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """The command that shows a page beside the terminal, not in it.

    Raises:
        ToolError: there is no screen to show it on.
    """
    if platform == "darwin":
        return ("open", url)
    if named := environment.get("BROWSER"):
        return (*shlex.split(named.partition(":")[0].replace("%s", "")), url)
    if not (environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY") or environment.get("WSL_DISTRO_NAME")):
        raise ToolError(f"there is no screen for a browser here. Copy the link: {url}")
    return ("xdg-open", url)


def browse(url: str) -> None:
    """Show a page in the user's browser.

    Raises:
        ToolError: there is none.
    """
    command = browser_command(url, sys.platform, os.environ)
    quiet = subprocess.DEVNULL
    try:
        process = subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet, start_new_session=True)
    except OSError as error:
        raise ToolError(f"can't start {command[0]}: {error.strerror}. Copy the link: {url}") from None
    # Some openers stay until the browser is closed; somebody has to collect them.
    threading.Thread(target=process.wait, name="patchwatch-browser", daemon=True).start()


@contextmanager
def _box(mails: Iterable[bytes]) -> Iterator[Path]:
    """A maildir with these mails: in an mbox a line of a patch could be taken for the next mail."""
    with tempfile.TemporaryDirectory(prefix="patchwatch-") as directory:
        path = Path(directory) / "series"
        box = mailbox.Maildir(path, create=True)
        for raw in mails:
            box.add(raw)
        yield path


def _b4() -> str:
    """The b4 that patchwatch was installed with, or the user's."""
    own = Path(sys.executable).with_name("b4")
    found = str(own) if own.exists() else shutil.which("b4")
    if found is None:
        raise ToolError("b4 is not installed, or not in $PATH. `pip install b4` brings it.")
    return found


def _editor() -> str:
    try:
        asked = subprocess.run(["git", "var", "GIT_EDITOR"], capture_output=True, text=True, check=False)
        named = asked.stdout.strip()
    except OSError:
        named = ""
    return named or os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"


def _run(argv: Sequence[str], directory: Path | None) -> int:
    try:
        return subprocess.run(argv, cwd=directory, check=False).returncode
    except OSError as error:
        what = str(directory) if directory is not None and not directory.is_dir() else argv[0]
        raise ToolError(f"can't start {argv[0]}: {what}: {error.strerror}") from None
