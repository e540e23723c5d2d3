"""How mails, and the long texts kept beside them, are compressed: Zstandard, with dictionaries of the database's own.

Mails of a list resemble each other, but each is too short to show it.  A dictionary trained on some hundred of them
brings a mail from 0.44 of its size (zlib) to 0.32, in half the time, and the parsed fields of a mail from 1 to 0.32
(`make bench-ingest` prints the database's size beside git's).  What was stored before there was a dictionary, by zlib
or without compression, stays readable.

The dictionaries that this process knows are kept here by their id, which each compressed value names; so only what
reads them from a database has to know about them.  Nothing here imports SQLAlchemy: processes that parse mail, and the
fast path, use it.
"""

from __future__ import annotations

import contextlib
import threading
import weakref
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

import zstandard
from zstandard import ZstdCompressionDict, ZstdCompressor, ZstdDecompressor

from patchwatch.errors import DamagedError

if TYPE_CHECKING:
    from patchwatch.db.execute import Execute

_LEVEL = 3  # 6 takes twice the time for a tenth less
_ZSTD = b"\x28\xb5\x2f\xfd"  # RFC 8878, 3.1.1
_SIZE = 110 << 10  # bytes of a dictionary
_SEGMENT = 512  # bytes: the parameter k of zdict.h's COVER; letting it search for the best one takes ten times as long
LARGE, LONG = 300 << 10, 1024
"""Size and segment of the dictionary for mails: with the two above, they are 4 % larger and take as long."""
_SAMPLE = 16 << 10  # bytes of a mail that are looked at: the rest is the patch, in which no two are similar
_SHORT = 100  # characters; nothing is gained below

STORED = "SELECT id, digest, content FROM dictionary"
"""Selects the stored copies of the dictionaries."""

_known: dict[int, ZstdCompressionDict] = {}
_prepared: set[int] = set()  # those of them that something was compressed with
_preparing = threading.Lock()
_sources: list[weakref.WeakMethod[Callable[[], Iterable[Any]]]] = []  # they hold no database open


def learn(content: bytes) -> int:
    """Make a dictionary known to this process; return its id, which is never 0."""
    dictionary = ZstdCompressionDict(content)
    _known.setdefault(dictionary.dict_id(), dictionary)
    return dictionary.dict_id()


def digest_of(stored: bytes) -> bytes:
    """Return a digest of a stored dictionary; those that an earlier patchwatch stored have no checksum."""
    import hashlib  # slow to import, and dictionaries are rarely learned

    return hashlib.sha1(stored, usedforsecurity=False).digest()


def is_intact(stored: bytes, digest: bytes) -> bool:
    """True if a stored dictionary is what was stored."""
    return digest_of(stored) == digest


def learn_intact(rows: Iterable[Any]) -> None:
    """Make the dictionaries in rows of `STORED` known, except damaged copies."""
    for number, digest, stored in rows:
        if number not in _known and (content := _content(stored, digest)) is not None:
            learn(content)


def _content(stored: bytes, digest: bytes) -> bytes | None:
    """Return a stored dictionary; None if it is damaged."""
    if not stored.startswith(_ZSTD):  # an earlier patchwatch did not compress it
        return stored if is_intact(stored, digest) else None
    with contextlib.suppress(DamagedError, zstandard.ZstdError):
        if zstandard.get_frame_parameters(stored).has_checksum or is_intact(stored, digest):
            return unpack(stored)
    return None


def is_known(dictionary: int) -> bool:
    """True if this process knows a dictionary."""
    return dictionary in _known


def content_of(dictionary: int) -> bytes:
    """Return a dictionary that this process knows.

    Raises:
        KeyError: it does not know it.
    """
    return _known[dictionary].as_bytes()


def add_source(source: Callable[[], Iterable[Any]]) -> None:
    """Ask `source`, a method, for rows of `STORED` when a value names an unknown one: others may train one, too."""
    _sources.append(weakref.WeakMethod(source, _sources.remove))


def remove_source(source: Callable[[], Iterable[Any]]) -> None:
    """Undo `add_source`."""
    with contextlib.suppress(ValueError):
        _sources.remove(weakref.WeakMethod(source))


def train(samples: Sequence[bytes], size: int = _SIZE, segment: int = _SEGMENT) -> bytes | None:
    """Return a dictionary of what these have in common; None if it is too little."""
    try:
        return zstandard.train_dictionary(size, [s[:_SAMPLE] for s in samples], k=segment, d=8).as_bytes()
    except (zstandard.ZstdError, ValueError):
        return None


def pack(raw: bytes, dictionary: int = 0) -> bytes:
    """Compress with a dictionary that this process knows; 0: without one."""
    return _mine.compressor(dictionary).compress(raw)


def unpack(packed: bytes) -> bytes:
    """Decompress what `pack`, or an earlier patchwatch, compressed.

    Raises:
        DamagedError: it does not decompress.
    """
    try:
        if not packed.startswith(_ZSTD):
            return zlib.decompress(packed)
        return _mine.decompressor(_find(dictionary_of(packed))).decompress(packed)
    except (zlib.error, zstandard.ZstdError):
        raise DamagedError(
            "a stored mail can't be decompressed: the database is damaged. `patchwatch doctor --check` names the mail, "
            "and how to fetch it again."
        ) from None


def dictionary_of(packed: bytes) -> int:
    """Return the id of the dictionary that a value was compressed with; 0 if without one, or if it is damaged."""
    try:
        return zstandard.get_frame_parameters(packed).dict_id
    except zstandard.ZstdError:
        return 0


def pack_text(value: str, dictionary: int) -> str | bytes:
    """Compress a text; without a dictionary, or if it is short, it stays as it is."""
    return pack(value.encode(), dictionary) if dictionary and len(value) >= _SHORT else value


def unpack_text(value: str | bytes) -> str:
    """Return a text that was stored by `pack_text`; an empty one, which no decoder accepts, if it is damaged."""
    if isinstance(value, str):
        return value
    try:
        return unpack(value).decode()
    except (DamagedError, UnicodeDecodeError):
        return ""


def text_reader(execute: Execute) -> Callable[[str | bytes], str]:
    """Return `unpack_text` for values that `execute` selects; it selects the dictionaries, too, if they are unknown."""

    def read(value: str | bytes) -> str:
        if isinstance(value, bytes) and not is_known(dictionary_of(value)):
            learn_intact(execute(STORED, {}))
        return unpack_text(value)

    return read


def _find(dictionary: int) -> int:
    """Ask the sources for a dictionary that this process does not know."""
    unknown = dictionary and dictionary not in _known
    for source in [reference() for reference in _sources] if unknown else []:
        if source is not None:
            learn_intact(source())
    return dictionary


def _prepare(number: int, dictionary: ZstdCompressionDict) -> None:
    """Prepare a dictionary for compressing, once; most commands only decompress."""
    with _preparing:
        if number not in _prepared:
            dictionary.precompute_compress(level=_LEVEL)
            _prepared.add(number)


class _Contexts(threading.local):
    """What compresses and decompresses, by dictionary: none may be used by two threads, and making one is slow."""

    def __init__(self) -> None:
        self._compressors: dict[int, ZstdCompressor] = {}
        self._decompressors: dict[int, ZstdDecompressor] = {}

    def compressor(self, dictionary: int) -> ZstdCompressor:
        if dictionary not in self._compressors:
            data = _known[dictionary] if dictionary else None
            if data:
                _prepare(dictionary, data)
            self._compressors[dictionary] = ZstdCompressor(level=_LEVEL, dict_data=data, write_checksum=True)
        return self._compressors[dictionary]

    def decompressor(self, dictionary: int) -> ZstdDecompressor:
        """Without an unknown dictionary: decompressing fails then."""
        if dictionary not in self._decompressors:
            if dictionary and dictionary not in _known:
                return ZstdDecompressor()
            self._decompressors[dictionary] = ZstdDecompressor(dict_data=_known[dictionary] if dictionary else None)
        return self._decompressors[dictionary]


_mine = _Contexts()
