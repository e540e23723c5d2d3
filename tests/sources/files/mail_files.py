"""Mail in every kind of file, for the tests of sources."""

from __future__ import annotations

import gzip
import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from patchwatch.sources.files.open import Source

AUTHOR = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_AUTHOR_DATE": "1700000000 +0000"}


GIT_ENVIRONMENT = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    **AUTHOR,
    **{name.replace("AUTHOR", "COMMITTER"): value for name, value in AUTHOR.items()},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


Tree = Mapping[str, bytes | None]  # what one commit writes, None for what it deletes


def mail(number: int, body: str = "Works here.") -> bytes:
    return (
        f"From: Ada Example <ada@example.org>\nMessage-ID: <{number}@example.org>\nSubject: note {number}\n\n{body}\n"
    ).encode()


def mails(*numbers: int) -> list[bytes]:
    return [mail(number) for number in numbers]


def git(repository: Path, *arguments: str, given: bytes = b"") -> str:
    command = ["git", f"--git-dir={repository}", *arguments]
    done = subprocess.run(command, input=given, env=GIT_ENVIRONMENT, check=True, stdout=subprocess.PIPE)
    return done.stdout.decode().strip()


def commit(repository: Path, *trees: Tree, branch: str = "master", parent: str | None = None) -> Path:
    """Add a commit for each of `trees` to a branch of a bare repository, which is created if necessary."""
    if not repository.exists():
        repository.mkdir(parents=True)
        git(repository, "init", "--quiet", "--bare", "--initial-branch=master")
    here = git(repository, "for-each-ref", "--format=%(objectname)", f"refs/heads/{branch}")
    feed = bytearray()
    for number, tree in enumerate(trees):
        feed += b"commit refs/heads/%s\ncommitter a <a@example.org> 1700000000 +0000\ndata 0\n" % branch.encode()
        begin = parent or here
        if number == 0 and begin:
            feed += b"from %s\n" % begin.encode()
        for name, content in tree.items():
            if content is None:
                feed += b"D %s\n" % name.encode()
            else:
                feed += b"M 100644 inline %s\ndata %d\n%s\n" % (name.encode(), len(content), content)
    git(repository, "fast-import", "--quiet", "--force", given=bytes(feed))
    return repository


def epoch(repository: Path, *contents: bytes) -> Path:
    """Add mails to an epoch as public-inbox does: one commit per mail, with one file `m`."""
    return commit(repository, *({"m": content, "d": None} for content in contents))


def mboxrd(*contents: bytes, sender: str = "mboxrd@z") -> bytes:
    return b"".join(b"From %s Thu Jan  1 00:00:00 1970\n%s\n" % (sender.encode(), content) for content in contents)


def read(source: Source, position: str | None = None) -> tuple[list[bytes], str | None]:
    """Everything after `position`, and the position after that."""
    found: list[bytes] = []
    for batch in source.read(position):
        assert batch.mails or batch.unread
        found += batch.mails
        position = batch.position
    return found, position


def again(source: Source, position: str | None) -> list[bytes]:
    return read(source, position)[0]


def make_epoch(place: Path, contents: Sequence[bytes]) -> Path:
    return epoch(place / "0.git", *contents)


def make_archive(place: Path, contents: Sequence[bytes]) -> Path:
    half = len(contents) // 2
    epoch(place / "list" / "git" / "0.git", *contents[:half])
    epoch(place / "list" / "git" / "1.git", *contents[half:])
    return place / "list"


def make_bundle(place: Path, contents: Sequence[bytes]) -> Path:
    git(epoch(place / "0.git", *contents), "bundle", "create", "--quiet", str(place / "list.bundle"), "master")
    return place / "list.bundle"


def make_mbox(place: Path, contents: Sequence[bytes]) -> Path:
    (place / "list.mbox").write_bytes(mboxrd(*contents))
    return place / "list.mbox"


def make_gzipped_mbox(place: Path, contents: Sequence[bytes]) -> Path:
    (place / "list.mbox.gz").write_bytes(gzip.compress(mboxrd(*contents)))
    return place / "list.mbox.gz"


def make_maildir(place: Path, contents: Sequence[bytes]) -> Path:
    for name in ("cur", "new", "tmp"):
        (place / "box" / name).mkdir(parents=True)
    for number, content in enumerate(contents):
        in_cur = number % 2
        name = f"170000{number:04}.M1P1.host" + (":2,S" if in_cur else "")
        (place / "box" / ("cur" if in_cur else "new") / name).write_bytes(content)
    return place / "box"


def make_eml_folder(place: Path, contents: Sequence[bytes]) -> Path:
    (place / "mails").mkdir()
    for number, content in enumerate(contents):
        (place / "mails" / f"{number:04}.eml").write_bytes(content)
    return place / "mails"


def object_file(repository: Path, name: str) -> Path:
    identifier = git(repository, "rev-parse", name)
    return repository / "objects" / identifier[:2] / identifier[2:]


def loose(repository: Path) -> None:
    """Unpack the objects into one file each."""
    for pack in (repository / "objects" / "pack").glob("*.pack"):
        content = pack.read_bytes()
        for part in pack.parent.glob(f"{pack.stem}.*"):
            part.unlink()
        git(repository, "unpack-objects", "-q", given=content)
