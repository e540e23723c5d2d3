"""Work with other programs: replies sent by git send-email, series applied by b4."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from patchwatch.config import data_directory
from patchwatch.db import LazyModule
from patchwatch.db.criteria import Criteria
from patchwatch.tracker.queries import Queries

if TYPE_CHECKING:
    from patchwatch.compose.b4 import Task
    from patchwatch.compose.draft import Draft
    from patchwatch.compose.draft_store import DraftStore
    from patchwatch.compose.git_send_email import DryRun, Sent
    from patchwatch.compose.hunk import DiffLine
    from patchwatch.db import series
    from patchwatch.db.execute import Execute
    from patchwatch.mail.addresses import Mailbox
else:
    series = LazyModule("patchwatch.db.series")


class Replies(Queries):
    """Drafts of replies, sending them, and running b4."""

    @property
    def dry_run(self) -> bool:
        """True if `send` only does a dry run."""
        return self.config.send.dry_run

    @cached_property
    def drafts(self) -> DraftStore:
        """The drafts of replies that have not been sent."""
        from patchwatch.compose.draft_store import DraftStore

        return DraftStore(data_directory() / "drafts")

    def reply(self, message_id: str, at: DiffLine | None = None) -> Draft:
        """Return a draft of a reply to a stored mail, or to the line `at` of its diff.

        Raises:
            NotFoundError: it is not stored.
            SendError: no sender is configured.
        """
        from patchwatch.compose.reply import reply

        raw, sender = self.raw(message_id), self._sender()
        return reply(raw, sender, self.addresses, _new_message_id(sender), at)

    def endorse(self, message_id: str, tags: Sequence[str], *, whole: bool = False) -> Draft:
        """Return a draft of a reply that gives tags to a patch or, if `whole`, to every patch of its revision.

        Tags for the whole revision go in a reply to its cover letter, or to its first patch with a note.

        Raises:
            NotFoundError: the mail is not stored, or not part of a posting.
            InvalidInputError: one of them is not a reviewer's tag.
            SendError: no sender is configured.
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
        """Return what git send-email would send, and the recipients.

        Raises:
            InvalidInputError: the draft cannot be sent as it is.
            SendError: git refuses, or would send something else.
            ToolError: git send-email is missing.
        """
        from patchwatch.compose import git_send_email
        from patchwatch.compose.draft import check

        check(draft)
        return git_send_email.rehearse(draft)

    def effect(self, draft: Draft) -> str:
        """Return what a reply changes for me: the place of its series in my queue, its points, its state.

        The draft is stored as if it had arrived, in a transaction that is undone.  Empty if it replies to no series.

        Raises:
            DatabaseError: another program is writing for too long.
        """
        from patchwatch.compose.git_send_email import as_mail
        from patchwatch.db.execute import executor
        from patchwatch.series.reply_effect import Standing, reply_effect
        from patchwatch.sync.ingest import ingest
        from patchwatch.sync.read_mail import read_mail

        def standing(execute: Execute, series_id: int) -> Standing | None:
            wanted = Criteria(everything=True, ids=frozenset({series_id}))
            row = next(iter(self._series(execute, wanted, self.addresses)), None)
            return Standing(row, self._place(execute, row)) if row else None

        read = read_mail(as_mail(draft, self.now()), self.now())
        with self.database.trial() as connection:
            execute = executor(connection)
            number = series.series_of(execute, [draft.in_reply_to]).get(draft.in_reply_to)
            if number is None or (before := standing(execute, number)) is None:
                return ""
            ingest(connection, [read])
            after = standing(execute, number)
        if after is None:
            return ""
        stranger = "" if draft.sender.key in self.addresses else "From is not one of your [me] addresses; "
        return f"{stranger}{reply_effect(before, after, self.addresses, self.now())}"

    def send(self, draft: Draft) -> Sent:
        """Send a draft, or do a dry run if the config asks for one (the default); git uses the terminal.

        Raises:
            InvalidInputError: the draft cannot be sent as it is.
            SendError: git refuses or fails.
            ToolError: git send-email is missing.
        """
        from patchwatch.compose import git_send_email
        from patchwatch.compose.draft import check

        check(draft)
        return git_send_email.send(draft, dry_run=self.dry_run)

    def b4_command(self, task: Task, message_id: str, box: str) -> str:
        """Return the command that `b4` runs, as typed, with the revision's mails in the maildir `box`.

        Raises:
            NotFoundError: the mail does not belong to a revision.
        """
        import shlex

        from patchwatch.compose.b4 import b4_command

        return shlex.join(b4_command(task, self._revision_root(message_id), box, self.config.lore.url))

    def b4(
        self, task: Task, message_id: str, directory: Path, begun: Callable[[str], None] = lambda command: None
    ) -> int:
        """Run b4 on the revision of a mail, in a directory and in this terminal; return the exit status.

        `begun` is called with the command before it runs.

        Raises:
            NotFoundError: the mail does not belong to a revision.
            ToolError: b4 or the directory is missing.
        """
        from patchwatch.compose.b4 import run_b4

        root = self._revision_root(message_id)
        mails = [self.raw(row.message_id) for row in self.thread(self.find(root)) if row.revision == root]
        return run_b4(task, root, mails, directory, self.config.lore.url, begun)

    def work_trees(self) -> tuple[Path, ...]:
        """Return the work trees of the config in which a series can be applied."""
        from patchwatch.compose.b4 import work_trees

        return work_trees(self.config.tree)

    def _sender(self) -> Mailbox:
        from patchwatch.sources.git.identity import sender

        return sender(self.config.send.sender)


def _new_message_id(sender: Mailbox) -> str:
    import email.utils

    return email.utils.make_msgid("patchwatch", sender.address.rpartition("@")[2]).strip("<>")
