"""format=flowed (RFC 3676): join the lines that a mail program broke for transport, and break lines so.

Only for text that is declared as flowed: elsewhere a trailing space means nothing.
"""

from __future__ import annotations

from email.message import Message as EmailMessage

from patchwatch.text_width import cell_len

_SIGNATURE = "-- "


def is_flowed(part: EmailMessage) -> bool:
    """True if the headers of a part declare format=flowed."""
    return str(part.get_param("format") or "").lower() == "flowed"


def unflow(text: str, *, delsp: bool = False) -> str:
    """Join the lines of each paragraph; `delsp` is the parameter of the Content-Type (RFC 3676, 4).

    Quoted paragraphs keep their depth, written `>> `.
    """
    lines: list[str] = []
    flowing: int | None = None  # the quote depth of the paragraph that the last line leaves open
    for line in text.split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")  # space-stuffing, or the space after the quote marks
        # Strictly, an empty line would only end the paragraph; people use it to separate two.
        if flowing == depth and content not in ("", _SIGNATURE):
            lines[-1] += content
        else:
            lines.append(f"{'>' * depth} {content}" if depth else content)
        flowing = depth if content.endswith(" ") and content != _SIGNATURE else None
        if flowing is not None and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(line if line.endswith(_SIGNATURE) else line.rstrip(" ") for line in lines)


def flow(paragraph: str, columns: int) -> list[str]:
    """The lines of a paragraph, of at most `columns` unless a word is longer; `unflow` joins them again.

    A line that would have a meaning is preceded by a space, which does not count.  "-- " on a line of its own begins a
    signature with and without that space (RFC 3676, 4.3), so it stays with the next word.
    """
    lines = [""]
    for word in paragraph.rstrip(" ").split(" "):
        if lines[-1] not in ("", _SIGNATURE) and cell_len(lines[-1]) + cell_len(word) >= columns:
            lines.append("")
        lines[-1] += f"{word} "
    lines[-1] = lines[-1][:-1]
    return [f" {line}" if line.startswith((" ", ">", "From ")) else line for line in lines]
