"""Recognize lines that a program printed and somebody pasted: compiler errors, kernel logs, traces, test results.

They are no sentences, whatever words they have; but people who show them to an author mostly want something changed.
"""

from __future__ import annotations

from patchwatch.pattern import Pattern

_PRINTED = Pattern(
    r"""(?x)
    (?:<\d+>|kern\s*:\w+\s*:)?\s*\[\ *\d+\.\d{4,}\]  # dmesg
  | \[<[0-9a-f]{8,}>\]
  | [\w./+-]+\.(?:[chSsoa]|cc|cpp|rs|py|sh|pl|dts[io]?|dtso|ya?ml|rst|k?o|lds|example)
      :(?:\d+(?::\d+)?:|\([\w.+]+\):|\ (?:fatal\ )?(?:error|warning|note|in\ function):?\ )
  | (?:g?make(?:\[\d+\])?|\S{0,60}\b(?:ld|gcc|clang|collect2|cc1|as|modpost|objtool|depmod|sparse|smatch)(?:-\d+)?)
      :\s(?=\*\*\*|\S+:|[Ee]rror|[Ww]arning|Entering|Leaving|undefined|cannot\ find|relocation|/)
  | In\ file\ included\ from\ \S+ | from\ \S+:\d+[,:]
  | \d+\ \|\s | \|\s+[~^]
  | (?:BUG|WARNING|ERROR|CHECK|Oops|Kernel\ BUG):\s | Kernel\ panic\ -\ not\ syncing | Unable\ to\ handle\ kernel\ \w+\b
  | Call\ [Tt]race:\s*$ | CPU:\ \d+\ | Hardware\ name:\s | Modules\ linked\ in: | -{2,}\[\ (?:cut\ here|end)\b
  | (?:[RE][A-Z0-9]{2}|CR\d|[FGC]S|[DE]S|pc|lr|sp|[xra]\d{1,2}|ra|gp|tp|epc|psw)\s?:\s+(?:0x)?[0-9a-f]{4,16}\b
  | (?:pc|lr)\ :\ | (?:RIP|Code|PSW|Krnl\ (?:PSW|GPRS|Code)|Comm|PID|pstate|Process|Stack):\s+[0-9a-f#\[(<]
  | (?:\?\s)?[\w.$]{2,80}\+0x[0-9a-f]+(?:/0x[0-9a-f]+)?
  | (?:[0-9a-f]{8}\s+){3} | [0-9a-f]{8,16}:\s[0-9a-f]{2,}
  | TAP\ version\ \d | not\ ok\ \d+\b | ok\ \d+\ (?:-\ |\#|\S+$)
  | \#\ (?:FAIL(?:ED)?|PASS(?:ED)?|SKIP|RUN|OK|not\ ok|ok|good|bad|first\ bad|Totals)\b
  | git\ bisect\ (?:good|bad|start|skip)\b
  | [$]\s\S | [\w.-]+@[\w.-]+[:\s][~/\w.-]*\]?[#$]\s
    """
)
_SOONEST = 3  # characters: shorter lines are words
_NEEDS = (":", "+0x", "[", "|", "$", "ok ", "bisect", "from ", "panic", "Unable", "# ", "TAP ")


def is_printed(line: str) -> bool:
    """True if a program printed a line, which has no blanks at its ends."""
    if len(line) < _SOONEST:
        return False
    for needed in _NEEDS:
        if needed in line:
            return _PRINTED.match(line) is not None
    return False
