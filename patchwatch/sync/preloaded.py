"""What all processes that parse mail need: the fork server imports it before it forks them, so that they share it."""

from __future__ import annotations

import gc

from patchwatch.libgit2 import pygit2 as pygit2
from patchwatch.pattern import compile_all
from patchwatch.sync import read_mail as read_mail

compile_all()
gc.freeze()
