"""What leaves by other programs: answers by git send-email, series by b4."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from patchwatch.config import data_directory
from patchwatch.db import LazyModule
from patchwatch.tracker.base import Progress, no_progress
from patchwatch.tracker.queries import Queries

if TYPE_CHECKING:
    from patchwatch.compose.b4 import Task
    from patchwatch.compose.draft import Draft
    from patchwatch.compose.draft_store import DraftStore
    from patchwatch.compose.git_send_email import DryRun, Sent
    from patchwatch.mail.addresses import Mailbox
else:
    messages = LazyModule("patchwatch.db.messages")


class Replies(Queries):
    """Drafts, and those who send or apply them."""

    @property
    def dry_run(self) -> bool:
        """Whether `send` only tries to."""
        return self.config.send.dry_run

    @cached_property
    def drafts(self) -> DraftStore:
        """Answers that were not sent yet."""
        from patchwatch.compose.draft_store import DraftStore

        return DraftStore(data_directory() / "drafts")

    def reply(self, message_id: str) -> Draft:
        """An answer to a stored mail, to be edited.

        Raises:
            NotFoundError: it is not stored.
            SendError: nobody says who I am.
        """
        from patchwatch.compose.reply import reply

        raw, sender = self.raw(message_id), self._sender()
        return reply(raw, sender, self.addresses, _new_message_id(sender))

    def endorse(self, message_id: str, tags: Sequence[str], *, whole: bool = False) -> Draft:
        """An answer that gives tags to a patch, or, `whole`, to every patch of its revision.

        The whole is answered at its cover letter, or at its first patch, saying so.

        Raises:
            NotFoundError: it is not stored, or (part of) no posting.
            InvalidInputError: one of them is no tag of a reviewer.
            SendError: nobody says who I am.
        """
        from patchwatch.compose.reply import endorse

        if whole:
            root = self._revision_root(message_id)
            revision = next(r for r in self.one(self.find(root)).revisions if root in r.postings)
            message_id = root if revision.has_cover else next(iter(revision.patch_message_ids), root)
            whole = revision.patches > 1
        raw, sender = self.raw(message_id), self._sender()
        return endorse(raw, sender, self.addresses, _new_message_id(sender), tags, whole=whole)

    def rehearse(self, draft: Draft) -> DryRun:
        """What git send-email would send to whom.

        Raises:
            InvalidInputError: something stands in the way of sending it.
            SendError: git refuses, or would send something else.
            ToolError: git send-email is missing.
        """
        from patchwatch.compose import git_send_email
        from patchwatch.compose.draft import check

        check(draft)
        return git_send_email.rehearse(draft)

    def send(self, draft: Draft) -> Sent:
        """Send a draft, or as long as the config does not say otherwise only try to; the terminal is git's meanwhile.

        Raises:
            InvalidInputError: something stands in the way of sending it.
            SendError: git refuses or fails.
            ToolError: git send-email is missing.
        """
        from patchwatch.compose import git_send_email
        from patchwatch.compose.draft import check

        check(draft)
        return git_send_email.send(draft, dry_run=self.dry_run)

    def b4_command(self, task: Task, message_id: str, box: str) -> str:
        """What `b4` will run, as one would type it, with the revision's mails in the maildir `box`.

        Raises:
            NotFoundError: the mail belongs to no revision.
        """
        import shlex

        from patchwatch.compose.b4 import b4_command

        return shlex.join(b4_command(task, self._revision_root(message_id), box, self.config.lore.url))

    def b4(self, task: Task, message_id: str, directory: Path, progress: Progress = no_progress) -> int:
        """Hand the revision that a mail belongs to over to b4, in a directory and in this terminal; its exit status.

        `progress` hears of the command before it runs.

        Raises:
            NotFoundError: it belongs to none.
            ToolError: b4 or the directory is missing.
        """
        from patchwatch.compose.b4 import run_b4

        root = self._revision_root(message_id)
        mails = [self.raw(row.message_id) for row in self.thread(self.find(root)) if row.revision == root]
        return run_b4(task, root, mails, directory, self.config.lore.url, progress)

    def work_trees(self) -> tuple[Path, ...]:
        """The directories of the config's trees in which a series can be applied."""
        from patchwatch.compose.b4 import work_trees

        return work_trees(self.config.tree)

    def _sender(self) -> Mailbox:
        from patchwatch.sources.git.identity import sender

        return sender(self.config.send.sender)


def _new_message_id(sender: Mailbox) -> str:
    import email.utils

    return email.utils.make_msgid("patchwatch", sender.address.rpartition("@")[2]).strip("<>")
