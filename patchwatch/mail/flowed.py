"""format=flowed (RFC 3676): lines that a mail program broke for the wire are put together again.

Only what says that it is flowed is: elsewhere a blank at the end of a line means nothing.
"""

from __future__ import annotations

from email.message import Message as EmailMessage

_SIGNATURE = "-- "


def is_flowed(part: EmailMessage) -> bool:
    """Whether the headers of a text say that it is flowed."""
    return str(part.get_param("format") or "").lower() == "flowed"


def unflow(text: str, *, delsp: bool = False) -> str:
    """The paragraphs of a flowed text, a line each; `delsp` as its Content-Type says (RFC 3676, 4).

    Quoted paragraphs are put together at their own depth, which is written `>> `.
    """
    lines: list[str] = []
    flowing: int | None = None  # the quote depth of the paragraph that the last line leaves open
    for one in text.split("\n"):
        content = one.lstrip(">")
        depth = len(one) - len(content)
        content = content.removeprefix(" ")  # stuffed, or parting the quote marks from the text
        # By the letter an empty line would only end the paragraph; people mean it to part two.
        if flowing == depth and content not in ("", _SIGNATURE):
            lines[-1] += content
        else:
            lines.append(f"{'>' * depth} {content}" if depth else content)
        flowing = depth if content.endswith(" ") and content != _SIGNATURE else None
        if flowing is not None and delsp:
            lines[-1] = lines[-1][:-1]
    return "\n".join(line if line.endswith(_SIGNATURE) else line.rstrip(" ") for line in lines)
