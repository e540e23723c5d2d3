"""Write the configurable keys into config.example.toml: `make keys`, after a binding was added, removed or changed."""

from __future__ import annotations

from pathlib import Path

from patchwatch.tui.keymap import bindings

EXAMPLE = Path(__file__).resolve().parent.parent / "config.example.toml"
BEGIN = "[keys]"
HEAD = """\
# Key bindings of the TUI: "action" = "keys", with the keys separated by commas and named as in Textual
# (x, X, f5, ctrl+x, space, full_stop, …).  The defaults are shown; to change one, uncomment its line and edit it.
"""


def keys_section() -> str:
    """Return the section, with one binding per line."""
    lines = []
    for name, binding in sorted(bindings().items()):
        setting = f'# "{name}" = "{binding.key}"'
        lines.append(f"{setting:<51} # {binding.tooltip or binding.description}".rstrip())
    return "\n".join([BEGIN, HEAD + lines[0], *lines[1:], ""])


def main() -> None:
    """Replace the section, which is the last one."""
    text = EXAMPLE.read_text(encoding="utf-8")
    EXAMPLE.write_text(text.partition(f"{BEGIN}\n")[0].rstrip() + "\n\n" + keys_section(), encoding="utf-8")


if __name__ == "__main__":
    main()
