"""How far an upgrade is: what an earlier program, or other rules, stored is read again in the background."""

from __future__ import annotations

from msgspec import Struct


class Left(Struct, frozen=True):
    """How much is to be read or derived again, because the program or its rules changed."""

    mails: int  # stored; 0 if nothing is outdated
    outdated: int

    @property
    def done(self) -> int:
        """How many mails are up to date."""
        return self.mails - self.outdated

    @property
    def text(self) -> str:
        """`1,200 of 114,000 mails are up to date`."""
        return f"{self.done:,} of {self.mails:,} mails are up to date"

    @property
    def notice(self) -> str:
        """That, and what the others are."""
        return f"{self.text}; the others are shown as an earlier patchwatch, or other rules, read them"
