"""Write into config.example.toml which keys can be changed: `make keys`, after a binding came, went, or moved."""

from __future__ import annotations

from pathlib import Path

from patchwatch.tui.keymap import bindings

EXAMPLE = Path(__file__).resolve().parent.parent / "config.example.toml"
BEGIN = "[keys]"
HEAD = """\
# Other keys for what the screen can do: its name, and keys with commas between them (x, X, f5, ctrl+x, space, …).
# These are the usual ones; take the # away to change one.
"""


def listed() -> str:
    """The section, every binding on a line."""
    lines = []
    for name, binding in sorted(bindings().items()):
        said = f'# "{name}" = "{binding.key}"'
        lines.append(f"{said:<51} # {binding.tooltip or binding.description}".rstrip())
    return "\n".join([BEGIN, HEAD + lines[0], *lines[1:], ""])


def main() -> None:
    """Put it in place of what is there; it is the last section."""
    text = EXAMPLE.read_text(encoding="utf-8")
    EXAMPLE.write_text(text.partition(f"{BEGIN}\n")[0].rstrip() + "\n\n" + listed(), encoding="utf-8")


if __name__ == "__main__":
    main()
