"""`demo`."""

from __future__ import annotations

from pathlib import Path

from tests.support.command_line import Run


def test_the_demo_prints_a_list_a_series_and_a_digest(run: Run) -> None:
    for arguments in (("demo", "--print"), ("demo",)):  # without a terminal it prints, too
        done = run(*arguments)
        assert (done.returncode, done.stderr) == (0, "")
        assert "Refault distance update with MGLRU support" in done.stdout
        assert "“This series was applied to bpf/bpf-next.git (master)”" in done.stdout
        assert "Subject: [patchwatch]" in done.stdout


def test_the_demo_leaves_no_files(run: Run, tmp_path: Path) -> None:
    (tmp_path / "tmp").mkdir()
    run("demo", "--print", TMPDIR=str(tmp_path / "tmp"))
    assert list((tmp_path / "tmp").iterdir()) == []
    assert not (tmp_path / "data").exists()
