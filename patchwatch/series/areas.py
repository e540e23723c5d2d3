"""The parts of the kernel that a posting is for, as the titles of its patches name them: `PCI: brcmstb: …`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from patchwatch.pattern import Pattern

_MARKS = Pattern(r"(?i)(?:(?:fixup|squash|amend)!\s*|re(?:vert|apply)\s*:?\s*[\"“])+")
_NAME = Pattern(r"[\w.,+*{}-]+(?: [\w.,+*{}-]+)?")
# What is documented, described or tested, and not whose code it is.
_ANYWHERE = frozenset(
    ("dt-bindings", "dt-binding", "bindings", "binding", "dt", "devicetree", "yaml", "documentation", "docs", "doc")
) | {"arm", "arm64", "dts", "maintainers", "selftests"}
_DIRECTORY = "drivers"  # a place for files if it comes first: `drivers/pci`; in `thermal/drivers`, a part
_DEPTH = 2  # deeper names are those of few patches
_BETWEEN = ": "


def areas_of(title: str, patches: Sequence[str]) -> tuple[str, ...]:
    """The area of a posting and the larger one around it, that first: `pci`, `pci: brcmstb`; empty if none is named.

    `title` is that of its cover letter or only patch.  Of several patches, what most name counts, and then what the
    title names.
    """
    named = _named(title)
    among = [names for names in map(_named, patches) if names]
    if not among or (named and len(patches) == 1):
        return _nested(named)
    largest = _commonest(names[0] for names in among)
    inner = [names[1] for names in among if names[0] == largest and len(names) > 1]
    if inner and 2 * inner.count(most := _commonest(inner)) >= sum(names[0] == largest for names in among):
        return _nested((largest, most))
    return _nested(named) if named[:1] == (largest,) else (largest,)


def larger(area: str) -> str:
    """The area around one that `areas_of` returned; empty if there is none."""
    return area.rpartition(_BETWEEN)[0]


def _nested(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(_BETWEEN.join(names[: depth + 1]) for depth in range(len(names)))


def _named(title: str) -> tuple[str, ...]:
    """The names in front of a title, from large to small, without those of what is not code."""
    marks = _MARKS.match(title.strip())
    *parts, _ = title.strip()[marks.end() if marks else 0 :].split(":")
    names: list[str] = []
    for part in parts:
        within = [name.strip().lower() for name in part.split("/")]
        if not all(_NAME.fullmatch(name) for name in within):
            break
        names += [name for name in within if name not in _ANYWHERE]
    begin = names[:1] == [_DIRECTORY]
    return tuple(names[begin : begin + _DEPTH])


def _commonest(names: Iterable[str]) -> str:
    """The most frequent name, the first of several."""
    return Counter(names).most_common(1)[0][0]
