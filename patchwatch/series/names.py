"""What people are called in a sentence to the user: `you`, `Jun`, or the whole name where two have the same first one.

Pure.
"""

from __future__ import annotations

from collections.abc import Set

from msgspec import Struct

from patchwatch.mail.message import Person
from patchwatch.mail.short_name import short_name
from patchwatch.sanitize import line

YOU = "you"
"""How the user is named to themselves."""


class Names(Struct, frozen=True):
    """How people are named to the user with the addresses `me` (lower case); `people` are all who are spoken of."""

    me: Set[str]
    people: frozenset[str] = frozenset()

    def is_me(self, person: Person) -> bool:
        """True if the sentence is about the user."""
        return person.email.lower() in self.me

    def name(self, person: Person) -> str:
        """`Jun`, or `you`."""
        return YOU if self.is_me(person) else short_name(person.name, person.email, self.people)

    def whole(self, person: Person) -> str:
        """`Jun Harada`, or `you`; the address if there is no name."""
        return YOU if self.is_me(person) else line(person.name or person.email)

    def possessive(self, person: Person) -> str:
        """`Jun's`, or `your`."""
        return "your" if self.is_me(person) else f"{self.name(person)}'s"

    def turn(self, person: Person) -> str:
        """`Jun’s turn`, or `your turn`."""
        return "your turn" if self.is_me(person) else f"{self.name(person)}’s turn"
