"""Which bindings there are, and other keys for them from the config.

The bindings are found, not listed: every class of patchwatch.tui says what it binds.
"""

from __future__ import annotations

import difflib
import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping

from textual.binding import Binding
from textual.dom import DOMNode
from textual.keys import Keys, _normalize_key_list, key_to_character

import patchwatch.tui
from patchwatch.config import Key
from patchwatch.errors import ConfigError

_MODIFIERS = ("ctrl", "alt", "shift", "super", "meta", "hyper")
_NAMES = frozenset(key.value for key in Keys)


def bindings() -> dict[str, Binding]:
    """Every binding of the screens, by its id."""
    return {name: binding for kind in _kinds() for name, binding in _bound(kind).items()}


def _kinds() -> Iterator[type]:
    """Every class of the screens that binds something."""
    for module in pkgutil.walk_packages(patchwatch.tui.__path__, "patchwatch.tui."):
        importlib.import_module(module.name)
    waiting: list[type] = [DOMNode]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("patchwatch.tui.") and "BINDINGS" in kind.__dict__:
            yield kind


def _bound(kind: type) -> dict[str, Binding]:
    """What a class binds."""
    return {one.id: one for one in kind.__dict__["BINDINGS"] if isinstance(one, Binding) and one.id}


def keymap(changed: Iterable[Key]) -> dict[str, str]:
    """Keys by the ids of their bindings, as Textual takes them.

    Raises:
        ConfigError: there is no such binding, or no such key.
    """
    changed = tuple(changed)
    if not changed:
        return {}
    known = bindings()
    for one in changed:
        if one.name not in known:
            near = difflib.get_close_matches(one.name, known, n=1, cutoff=0.4)
            also = f"did you mean {near[0]}?" if near else "config.example.toml lists what can be bound."
            raise ConfigError(f"{one.where} is nothing that a key can be bound to; {also}")
        for key in one.keys.split(","):
            if not _is_key(key.strip()):
                near = difflib.get_close_matches(key.strip(), _NAMES, n=1)
                also = f"did you mean {near[0]}?" if near else "write x, X, f5, ctrl+x, space, question_mark, …"
                raise ConfigError(f"{one.where}: {key.strip()!r} is no key; {also}")
    keys = {one.name: ",".join(key.strip() for key in one.keys.split(",")) for one in changed}
    _refuse_clashes({one.name: one.where for one in changed}, keys)
    return keys


def _refuse_clashes(where: Mapping[str, str], keys: Mapping[str, str]) -> None:
    """No key may do two things in one place, by what was changed."""
    for kind in _kinds():
        taken: dict[str, str] = {}
        for name, binding in _bound(kind).items():
            for key in _normalize_key_list(keys.get(name, binding.key)).split(","):
                other = taken.setdefault(key, name)
                if other != name and (name in keys or other in keys):
                    changed, kept = (name, other) if name in keys else (other, name)
                    raise ConfigError(f"{where[changed]}: {key!r} is {kept}'s already; give that another key, too")


def _is_key(key: str) -> bool:
    *modifiers, name = key.split("+") if len(key) > 1 else [key]
    if not all(modifier in _MODIFIERS for modifier in modifiers):
        return False
    return len(name) == 1 or name in _NAMES or key in _NAMES or key_to_character(name) is not None
