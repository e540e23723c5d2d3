"""The bindings of the TUI, and other keys for them from the config.

Bindings are not listed here: they are collected from the classes of patchwatch.tui.
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
    """Every binding of the TUI, by its id."""
    return {name: binding for cls in _classes() for name, binding in _bindings_of(cls).items()}


def _classes() -> Iterator[type]:
    """Every class of the TUI that has bindings."""
    for module in pkgutil.walk_packages(patchwatch.tui.__path__, "patchwatch.tui."):
        importlib.import_module(module.name)
    waiting: list[type] = [DOMNode]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        if cls.__module__.startswith("patchwatch.tui.") and "BINDINGS" in cls.__dict__:
            yield cls


def _bindings_of(cls: type) -> dict[str, Binding]:
    """The bindings of a class, by id."""
    return {binding.id: binding for binding in cls.__dict__["BINDINGS"] if isinstance(binding, Binding) and binding.id}


def keymap(changed: Iterable[Key]) -> dict[str, str]:
    """The configured keys by the ids of their bindings, as Textual takes them.

    Raises:
        ConfigError: there is no such binding or key, or a key would have two meanings.
    """
    changed = tuple(changed)
    if not changed:
        return {}
    known = bindings()
    for entry in changed:
        if entry.name not in known:
            near = difflib.get_close_matches(entry.name, known, n=1, cutoff=0.4)
            hint = f"did you mean {near[0]}?" if near else "config.example.toml lists the actions."
            raise ConfigError(f"{entry.where} is not an action; {hint}")
        for key in entry.keys.split(","):
            if not _is_key(key.strip()):
                near = difflib.get_close_matches(key.strip(), _NAMES, n=1)
                hint = f"did you mean {near[0]}?" if near else "use x, X, f5, ctrl+x, space, question_mark, …"
                raise ConfigError(f"{entry.where}: {key.strip()!r} is not a key; {hint}")
    keys = {entry.name: ",".join(key.strip() for key in entry.keys.split(",")) for entry in changed}
    _refuse_clashes({entry.name: entry.where for entry in changed}, keys)
    return keys


def _refuse_clashes(where: Mapping[str, str], keys: Mapping[str, str]) -> None:
    """Check that no changed key has two meanings in one class."""
    for cls in _classes():
        taken: dict[str, str] = {}
        for name, binding in _bindings_of(cls).items():
            for key in _normalize_key_list(keys.get(name, binding.key)).split(","):
                other = taken.setdefault(key, name)
                if other != name and (name in keys or other in keys):
                    changed, rival = (name, other) if name in keys else (other, name)
                    raise ConfigError(f"{where[changed]}: {key!r} is the key of {rival}; change that key, too")


def _is_key(key: str) -> bool:
    *modifiers, name = key.split("+") if len(key) > 1 else [key]
    if not all(modifier in _MODIFIERS for modifier in modifiers):
        return False
    return len(name) == 1 or name in _NAMES or key in _NAMES or key_to_character(name) is not None
