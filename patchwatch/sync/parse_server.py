"""Processes that parse mail: the first imports what all need, and forks the others, so that they share it.

It is the command that patchwatch.sync.parse_processes runs; nothing else imports this module.
"""

from __future__ import annotations

import contextlib
import gc
import os
import threading
from collections.abc import Sequence
from multiprocessing.connection import Connection

from patchwatch.db import packing
from patchwatch.libgit2 import pygit2 as pygit2
from patchwatch.mail import same_name
from patchwatch.pattern import compile_all
from patchwatch.sync import large_blocks
from patchwatch.sync.read_mail import OBJECTS, read_mails

large_blocks.give_back()
same_name.load()
compile_all()
gc.freeze()


def serve(life: int, connections: Sequence[int]) -> None:
    """Parse what comes from one of these connections, and fork a process for each of the others."""
    own, *others = connections
    for other in others:
        with contextlib.suppress(OSError):  # too many processes: the one that stores parses these mails itself
            if os.fork() == 0:
                own = other
                break
    for connection in connections:
        if connection != own:
            os.close(connection)
    threading.Thread(target=_exit_after, args=(life,), daemon=True).start()
    with Connection(own) as connected:
        _parse(connected)


def _parse(connection: Connection) -> None:
    """Parse pieces, and compress them with the dictionary that came last, until the process that sends both ends."""
    gc.set_threshold(OBJECTS)
    with contextlib.suppress(Exception):  # it parses what we fail on itself
        dictionary = 0
        while True:
            received = connection.recv()
            if isinstance(received, bytes):
                dictionary = packing.learn(received)
            else:
                connection.send(read_mails(received, dictionary=dictionary))


def _exit_after(life: int) -> None:
    """End this process, also while it parses, when the one that started it has ended: no other has the other end."""
    os.read(life, 1)
    os._exit(1)
