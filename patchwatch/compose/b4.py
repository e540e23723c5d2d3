"""Run b4 on a series.

b4 gets the stored mails as a maildir, so it applies what the user read, without the network.  What else it needs (late
tags, attestation) it fetches itself.
"""

from __future__ import annotations

import mailbox
import shlex
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from patchwatch.compose.programs import run_here
from patchwatch.config import DEFAULT_LORE_URL, Tree
from patchwatch.errors import ToolError

Task = Literal["am", "shazam", "track"]
"""What b4 can do here.

am      write an mbox for `git am` into the directory
shazam  apply the patches to the tree in the directory
track   add the series to `b4 review` in the (enrolled) tree in the directory
"""


def b4_command(
    task: Task, message_id: str, maildir: str, server: str = DEFAULT_LORE_URL, program: str = "b4"
) -> tuple[str, ...]:
    """The command for a task.  `maildir` holds the series; `track` can't read it.  Pure."""
    # For anything that is not in the maildir, b4 should use the configured archive.
    masks = {"b4.midmask": f"{server}/all/%s", "b4.searchmask": f"{server}/all/?x=m&q=%s"}
    settings = [] if server == DEFAULT_LORE_URL else [w for n, mask in masks.items() for w in ("-c", f"{n}={mask}")]
    # A message-id may begin with a dash: a stranger chose it.
    if task == "track":
        return (program, *settings, "review", "track", "--", message_id)
    where = ("-o", ".") if task == "am" else ()
    return (program, *settings, task, "-m", maildir, *where, "--", message_id)


def run_b4(
    task: Task,
    message_id: str,
    mails: Iterable[bytes],
    directory: Path,
    server: str = DEFAULT_LORE_URL,
    progress: Callable[[str], None] = lambda _: None,
) -> int:
    """Run b4 in a directory, in this terminal; returns its exit status.  `progress` gets the command first.

    Raises:
        ToolError: b4 or the directory is missing.
    """
    with _maildir(mails) as maildir:
        argv = b4_command(task, message_id, str(maildir), server, _b4())
        progress(shlex.join(argv))
        return run_here(argv, directory)


def work_trees(trees: Iterable[Tree]) -> tuple[Path, ...]:
    """The directories of the configured trees that have a work tree to apply patches in, each once."""
    paths = (Path(tree.path).expanduser() for tree in trees)
    return tuple(dict.fromkeys(path for path in paths if (path / ".git").exists()))


@contextmanager
def _maildir(mails: Iterable[bytes]) -> Iterator[Path]:
    """A maildir with these mails: in an mbox, a line of a patch could be mistaken for the start of the next mail."""
    with tempfile.TemporaryDirectory(prefix="patchwatch-") as directory:
        path = Path(directory) / "series"
        maildir = mailbox.Maildir(path, create=True)
        for raw in mails:
            maildir.add(raw)
        yield path


def _b4() -> str:
    """The b4 that was installed with patchwatch, or the user's."""
    bundled = Path(sys.executable).with_name("b4")
    program = str(bundled) if bundled.exists() else shutil.which("b4")
    if program is None:
        raise ToolError("b4 is not installed, or not in $PATH. Install it: `pip install b4`.")
    return program
