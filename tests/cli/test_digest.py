"""`digest` on stdout."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import Run
from tests.support.paths import DEMO


def test_the_digest_starts_with_what_is_asked_of_me(with_question: Run, tmp_path: Path) -> None:
    with_question("watch", tmp_path / "0.eml")
    text = with_question("digest", "--now", "2023-07-07T10:00Z").stdout
    assert text.startswith("Subject: [patchwatch] 1 now, 1 to review, 0 new\n\nNow (1)\n")
    assert "  answer Rita's question from 3 days ago\n  Rita Reviewer, 4 Jul: “Why is the lock taken?”\n" in text
    assert "\n--\n#1 https://lore.kernel.org/r/q@x/\n" in text


def test_the_digest_of_a_past_day_uses_only_what_was_known_then(with_question: Run, tmp_path: Path) -> None:
    with_question("watch", tmp_path / "0.eml")
    before = with_question("digest", "--date", "2023-07-04").stdout  # at seven; the question came at ten
    assert "question" not in before
    assert "Changes since 2023-07-03 07:00 UTC." in before
    after = with_question("digest", "--date", "2023-07-05", "--since", "2023-07-04T07:00Z").stdout
    assert after.startswith("Subject: [patchwatch] 1 now, 0 to review, 0 new\n\nNow (1)\n-------\n")
    assert "NEW #1 " in after


def test_digest_lines_fit_72_columns_except_urls(with_xdp: Run) -> None:
    with_xdp("watch", "-", stdin=(DEMO / "xdp.mbox").read_bytes())
    text = with_xdp("digest", "--now", "2023-08-03").stdout
    assert "  accepted, 2 Aug: " in text
    assert [line for line in text.splitlines()[2:] if len(line) > 72 and " https://" not in line] == []
