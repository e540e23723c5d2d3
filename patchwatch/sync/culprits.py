"""Derive past a mail that makes deriving fail: find it, store it as unreadable, and continue.

The conversations of a transaction are derived together.  Only if that fails is each derived by itself, and in one that
fails the mail is found by bisection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TypeAlias, TypeVar

import msgspec
from sqlalchemy import Connection, exc

from patchwatch.db import derived
from patchwatch.db import messages as mails
from patchwatch.db.message_codec import decode_message, encode_message
from patchwatch.errors import PatchwatchError
from patchwatch.mail.message import Message

_Result = TypeVar("_Result")
Replacements: TypeAlias = Mapping[int, Message]
"""Messages to use in place of the stored ones, by primary key."""

_NOT_BY_A_MAIL = (exc.DBAPIError, PatchwatchError, MemoryError, msgspec.DecodeError)  # the last: stored data is damaged
_MAX_SEARCHED = 16  # mails to find in one conversation; after that, all newer ones are stored as unreadable


def attempt(connection: Connection, derive: Callable[[], _Result], *, keep: bool = True) -> _Result | Exception:
    """Call `derive` in a savepoint; return its result, or what it raised, with its changes undone.

    `keep` false: undo its changes in any case.
    """
    savepoint = connection.begin_nested()
    try:
        result = derive()
    except _NOT_BY_A_MAIL:
        raise
    except Exception as error:  # noqa: BLE001 (whatever a mail made it raise)
        savepoint.rollback()
        return error
    if keep:
        savepoint.commit()
    else:
        savepoint.rollback()
    return result


def derive_without_culprits(
    connection: Connection, conversation: int, derive: Callable[[Replacements], _Result]
) -> _Result:
    """Derive a conversation; store the mails that make it fail as unreadable.

    `derive` uses the given messages in place of the stored ones.  Mails are trusted in the order of their dates: a mail
    is unreadable if deriving fails with it and succeeds with the older ones alone.
    """
    from patchwatch.mail.unreadable import as_unreadable  # brings the parser, which deriving does not need otherwise

    pks = [row.id for row in derived.messages_in(connection, [conversation])]
    stored = {pk: decode_message(facts) for pk, facts in mails.facts_of(connection, pks).items()}
    order = sorted(
        (pk for pk, message in stored.items() if not message.unreadable),
        key=lambda pk: (stored[pk].date, stored[pk].message_id),
    )
    replaced: dict[int, Message] = {}
    while isinstance(outcome := attempt(connection, partial(derive, replaced)), Exception):
        order = [pk for pk in order if pk not in replaced]
        if not order:
            raise outcome  # not because of a mail
        error = outcome
        works, fails = 0, len(order)  # with so many of the oldest mails
        while fails - works > 1:
            middle = (works + fails) // 2
            trial = replaced | {pk: as_unreadable(stored[pk], error) for pk in order[middle:]}
            trial_outcome = attempt(connection, partial(derive, trial), keep=False)
            if isinstance(trial_outcome, Exception):
                fails, error = middle, trial_outcome
            else:
                works = middle
        found = order[fails - 1 :] if len(replaced) >= _MAX_SEARCHED else [order[fails - 1]]
        replaced = replaced | {pk: as_unreadable(stored[pk], error) for pk in found}
    mails.change_facts(
        connection,
        [{"id": pk, "kind": message.kind, "facts": encode_message(message)} for pk, message in replaced.items()],
    )
    return outcome
