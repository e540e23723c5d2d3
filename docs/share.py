"""Write share/, what an installation brings: man pages and completion scripts.  `make share`, after a help changed."""

from __future__ import annotations

from pathlib import Path

from patchwatch.cli.completion import shared_files

SHARE = Path(__file__).resolve().parent.parent / "share"


def main() -> None:
    """Write all files, and delete those of commands that are gone."""
    files = {SHARE / path: text for path, text in shared_files()}
    for old in SHARE.rglob("*"):
        if old.is_file() and old not in files:
            old.unlink()
    for path, text in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
