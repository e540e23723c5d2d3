"""What a person did with series such as one that was sent to them, and whether they are expected to review it."""

from __future__ import annotations

from msgspec import Struct

from patchwatch.counts import plural


class ReviewRecord(Struct, frozen=True):
    """What I did with such series in two years; patchwatch.db.who_reviews finds it."""

    expected: bool | None  # I am expected to review this one; False: perhaps; None: no
    area: str = ""  # of those series, as titles name it; empty: any
    sent: int = 0  # of them to me
    replied: int = 0  # I
    again: bool = False  # it counts later versions of what I replied to without a tag
    passed_over: int = 0  # versions of this one between the last that I replied to and the newest

    @property
    def text(self) -> str:
        """`you replied to 3 of 20 series of pci: brcmstb`; empty if none was sent to me."""
        if self.again:
            others = f"of {plural(self.sent, 'series', 'series')}, you came back to {self.replied}"
            this = f"you did not reply to {plural(self.passed_over, 'version')} of this one"
            return "; ".join([*([others] if self.sent else []), *([this] if self.passed_over else [])])
        if not self.sent:
            return ""
        what = f" of {self.area}" if self.area else ""
        return f"you replied to {self.replied} of {plural(self.sent, 'series', 'series')}{what}"
