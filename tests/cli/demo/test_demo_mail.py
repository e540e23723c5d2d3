"""The mail of `patchwatch demo`: well-formed, consistent, and in our own words."""

from __future__ import annotations

import email
import re
from email.message import Message
from pathlib import Path

import pygit2
import pytest

from tests.support.paths import CORPUS, DEMO

COUNTS = {"tcp": 35, "mglru": 10, "xdp": 13}
BOXES = sorted(COUNTS)
SEPARATOR = b"From mboxrd@z Thu Jan  1 00:00:00 1970\n"

# a reply to a mail that the author sent off-list; no archive has that mail
KNOWN_ABSENT = {"8d25f9e8-9653-4e9b-b88b-c5434ce8aabf@app.fastmail.com"}

# suggestions for checkpatch.pl: diffs inside replies
DIFF_IN_REPLY = {
    "20230812210140.117da558@rorschach.local.home",
    "a587dac9e02cfde669743fd54ab41a3c6014c5e9.camel@perches.com",
}
TCP_V3 = "20230812201249.62237-1-me@manjusaka.me"
TCP_V4 = "20230825133246.344364-1-me@manjusaka.me"
BOT = "169101242321.7476.5572550064226640292.git-patchwork-notify@kernel.org"

KEPT_HEADERS = {
    "from",
    "to",
    "cc",
    "subject",
    "date",
    "message-id",
    "in-reply-to",
    "references",
    "reply-to",
    "list-id",
    "mime-version",
    "content-type",
    "content-transfer-encoding",
    "x-reconstructed",
    "x-patchwatch-demo",
}


def read_box(path: Path) -> list[bytes]:
    raw = path.read_bytes()
    assert raw.startswith(SEPARATOR)
    mails = re.split(rb"(?m)^" + re.escape(SEPARATOR), raw)[1:]
    return [re.sub(rb"(?m)^>(>*From )", rb"\1", mail) for mail in mails]


def parse_box(path: Path) -> list[Message]:
    return [email.message_from_bytes(mail) for mail in read_box(path)]


def header(mail: Message, name: str) -> str:
    return " ".join(str(mail[name] or "").split())


def bare_id(value: str) -> str:
    return value.strip().strip("<>")


def message_id(mail: Message) -> str:
    return bare_id(header(mail, "Message-ID"))


def body(mail: Message) -> str:
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode(mail.get_content_charset() or "ascii")


def diff_of(text: str) -> str:
    found = re.search(r"(?m)^diff --git ", text)
    if not found:
        return ""
    diff = text[found.start() :]
    return re.split(r"(?m)^-- $", diff)[0].rstrip("\n") + "\n"


def is_reply(mail: Message) -> bool:
    return header(mail, "Subject").startswith("Re: ")


def changes(diff: str) -> dict[str, tuple[int, int]]:
    """Return the lines added and removed per file; fail if a hunk does not match its header."""
    counted: dict[str, tuple[int, int]] = {}
    path, lines, at = "", diff.splitlines(), 0
    while at < len(lines):
        if named := re.match(r"diff --git a/(\S+) b/(\S+)$", lines[at]):
            path = named[2]
            counted[path] = (0, 0)
        hunk = re.match(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@", lines[at])
        at += 1
        if not hunk:
            continue
        old, new = (int(count or 1) for count in hunk.groups())
        plus = minus = 0
        while old > 0 or new > 0:
            mark = lines[at][0]  # IndexError if an empty line lost its leading space
            assert mark in " +-", lines[at]
            old, new = old - (mark != "+"), new - (mark != "-")
            plus, minus = plus + (mark == "+"), minus + (mark == "-")
            at += 1
        assert (old, new) == (0, 0)
        assert at == len(lines) or re.match(r"@@ |diff --git |$", lines[at]), lines[at]
        counted[path] = (counted[path][0] + plus, counted[path][1] + minus)
    return counted


def diffstat(text: str) -> tuple[dict[str, int], tuple[int, int, int]]:
    files = {name: int(count) for name, count in re.findall(r"(?m)^ (\S+) +\| +(\d+) [+-]+$", text)}
    total = re.search(r"(?m)^ (\d+) files? changed(?:, (\d+) insertions?\(\+\))?(?:, (\d+) deletions?\(-\))?$", text)
    assert total
    return files, (int(total[1]), int(total[2] or 0), int(total[3] or 0))


def assert_stat_agrees(text: str, counted: dict[str, tuple[int, int]]) -> None:
    files, total = diffstat(text)
    assert len(files) == len(counted)
    for shown, count in files.items():  # long paths are shown as .../the/end/of/it
        (path,) = (path for path in counted if path.endswith(shown.removeprefix("...")))
        assert count == sum(counted[path])
    assert total == (len(counted), sum(p for p, _ in counted.values()), sum(m for _, m in counted.values()))


@pytest.fixture(scope="module", params=BOXES)
def box(request: pytest.FixtureRequest) -> tuple[str, list[Message]]:
    return request.param, parse_box(DEMO / f"{request.param}.mbox")


@pytest.fixture(scope="module")
def everything() -> dict[str, Message]:
    return {message_id(mail): mail for name in BOXES for mail in parse_box(DEMO / f"{name}.mbox")}


def test_every_mail_parses_cleanly(box: tuple[str, list[Message]]) -> None:
    name, mails = box
    assert len(mails) == COUNTS[name]
    for mail in mails:
        assert not mail.defects
        assert not mail.is_multipart()
        assert body(mail).strip()  # decodes with the charset it declares
        assert {key.lower() for key in mail} <= KEPT_HEADERS
        for needed in ("From", "To", "Subject", "Date", "Message-ID", "List-Id", "X-Patchwatch-Demo"):
            assert header(mail, needed), needed
        if header(mail, "Content-Transfer-Encoding").lower() == "7bit":
            assert body(mail).isascii()


def test_message_ids_are_unique(everything: dict[str, Message]) -> None:
    assert len(everything) == sum(COUNTS.values())


def test_parents_come_first(box: tuple[str, list[Message]]) -> None:
    _, mails = box
    seen: set[str] = set()
    for mail in mails:
        if parent := bare_id(header(mail, "In-Reply-To")):
            assert parent in seen | KNOWN_ABSENT
            assert parent in header(mail, "References")
        seen.add(message_id(mail))


def test_diffs_are_well_formed(box: tuple[str, list[Message]]) -> None:
    _, mails = box
    for mail in mails:
        text = body(mail)
        diff = diff_of(text)
        subject = header(mail, "Subject")
        is_patch = bool(re.match(r"\[.*PATCH", subject)) and not re.search(r" 0/\d+\]", subject)
        assert bool(diff) == (is_patch or message_id(mail) in DIFF_IN_REPLY), subject
        if not diff:
            continue
        counted = changes(diff)
        parsed = pygit2.Diff.parse_diff(diff)
        assert len(parsed) == len(counted)
        assert (parsed.stats.files_changed, parsed.stats.insertions, parsed.stats.deletions) == (
            len(counted),
            sum(plus for plus, _ in counted.values()),
            sum(minus for _, minus in counted.values()),
        )
        if message_id(mail) != "20230812210140.117da558@rorschach.local.home":  # has none, like the real one
            assert_stat_agrees(text, counted)
        if is_patch:
            assert re.search(r"(?m)^Signed-off-by: .+ <.+>\n---\n", text)
            assert re.search(r"(?m)^-- \n2\.\d+\.\d\n+\Z", text)


@pytest.mark.parametrize(
    "cover",
    [
        "20230725185733.43929-1-ryncsn@gmail.com",
        "20230730114951.74067-1-hffilwlqm@gmail.com",
        "20230801142621.7925-1-hffilwlqm@gmail.com",
    ],
)
def test_covers_summarize_their_patches(everything: dict[str, Message], cover: str) -> None:
    total: dict[str, tuple[int, int]] = {}
    titles = []
    for mail in everything.values():
        if header(mail, "In-Reply-To") == f"<{cover}>" and not is_reply(mail):
            titles.append(re.sub(r"^\[.*?\] ", "", header(mail, "Subject")))
            for path, (plus, minus) in changes(diff_of(body(mail))).items():
                before = total.get(path, (0, 0))
                total[path] = (before[0] + plus, before[1] + minus)
    text = body(everything[cover])
    assert_stat_agrees(text, total)
    shortlog = re.search(r"(?m)^\S.* \((\d+)\):\n((?:  .+\n)+)", text)
    assert shortlog
    assert int(shortlog[1]) == len(titles)
    assert [line.strip().lower() for line in shortlog[2].splitlines()] == [title.lower() for title in titles]


def test_quoted_lines_are_in_the_parent(everything: dict[str, Message]) -> None:
    def squeezed(line: str) -> str:
        return re.sub(r"\s", "", line)

    checked = 0
    for mail in everything.values():
        parent = everything.get(bare_id(header(mail, "In-Reply-To")))
        if parent is None or not is_reply(mail):
            continue
        known = {squeezed(line) for line in body(parent).splitlines()}
        for line in body(mail).splitlines():
            if line.startswith(">") and squeezed(line[1:]) != "[...]":
                assert squeezed(line[1:]) in known, f"{message_id(mail)}: {line}"
                checked += 1
    assert checked > 500


def test_tags_and_signals_are_there(everything: dict[str, Message]) -> None:
    own = {
        key: [line for line in body(mail).splitlines() if not line.startswith(">")] for key, mail in everything.items()
    }
    given = {
        (key, line)
        for key, lines in own.items()
        for line in lines
        if re.match(r"[A-Z][a-z]+(-[a-z]+)*-by: ", line) and not line.startswith("Signed-off-by")
    }
    assert given == {("20230801150826.6f617919@kernel.org", "Whatevered-by: Jakub Kicinski <kuba@kernel.org> ?")}
    assert [key for key, lines in own.items() if "pw-bot: defer" in lines] == ["20230828124557.0cc70e58@kernel.org"]
    assert "This series was applied to bpf/bpf-next.git (master)" in own[BOT]
    for line in ("bf4ea1d0b2cb", "7fedbf32fcc7"):
        assert f"    https://git.kernel.org/bpf/bpf-next/c/{line}" in own[BOT]
    assert "v4 -> v5:" in own["20230801142621.7925-1-hffilwlqm@gmail.com"]
    for cover in ("20230730114951.74067-1-hffilwlqm@gmail.com", "20230801142621.7925-1-hffilwlqm@gmail.com"):
        assert {"v3 -> v4:", "base-commit: a33d978500acd8fb67efac9773ba0a8502c1ff06"} <= set(own[cover])
    earlier = "https://lore.kernel.org/linux-trace-kernel/20230807183308.9015-1-me@manjusaka.me/"
    assert earlier in own[TCP_V4]
    assert diff_of(body(everything[TCP_V3])) == diff_of(body(everything[TCP_V4]))


def test_all_encodings_occur(everything: dict[str, Message]) -> None:
    kinds = {header(mail, "Content-Transfer-Encoding").lower() for mail in everything.values()}
    assert kinds == {"7bit", "8bit", "quoted-printable", "base64"}
    assert any(key == "Message-Id" for mail in everything.values() for key in mail)
    raw = b"".join((DEMO / f"{name}.mbox").read_bytes() for name in BOXES)
    raw.decode("utf-8")
    assert b"\n>From " in raw  # mboxrd has something to undo
    assert b"\r" not in raw


def test_report_links_the_three_threads() -> None:
    text = (DEMO / "report.md").read_text(encoding="utf-8")
    links = re.findall(r"\]\((https?://[^)]+)\)", text)
    assert [link for link in links if "lore.kernel.org" in link] == [
        "https://lore.kernel.org/linux-trace-kernel/60474508-419e-2070-2cfc-35196cb74964@manjusaka.me/",
        "https://lore.kernel.org/linux-mm/20230725185733.43929-1-ryncsn@gmail.com/T/#t",
        "https://lore.kernel.org/bpf/20230730114951.74067-1-hffilwlqm@gmail.com/",
    ]
    assert len(links) > 3


# --- against the real mail


def real_box(name: str) -> list[Message]:
    path = CORPUS / "mission" / f"{name}.mbox"
    if not path.exists():
        pytest.skip(f"no real mail: {path}")
    return parse_box(path)


@pytest.mark.corpus
def test_headers_are_the_real_ones(box: tuple[str, list[Message]]) -> None:
    name, mails = box
    real = real_box(name)
    assert [message_id(mail) for mail in mails] == [message_id(mail) for mail in real]
    for ours, theirs in zip(mails, real, strict=True):
        for key in ("Date", "From", "Subject", "To", "Cc", "In-Reply-To", "References", "Reply-To", "List-Id"):
            assert header(ours, key) == header(theirs, key), (message_id(ours), key)


FORMAT = re.compile(
    r"""
      [A-Z][A-Za-z-]*-by:\s               # a trailer
    | (base-commit|change-id):\s
    | (diff\ --git|index|---|\+\+\+|create\ mode)\s
    | On\ .*(wrote:|[+-]\d{4})$ | .*<\S+@\S+>\ wrote:$ | .*<\S+@\S+>\ 于.*写道：$
    | From:\ .*<\S+@\S+>$                 # the author in the body
    | (\[\d\]\ )?https://lore\.kernel\.org/\S+$
    """,
    re.VERBOSE,
)


def bare_line(line: str) -> str:
    """Return a line without quote and diff markers, with white space normalized."""
    line = re.sub(r"^(> ?)+", "", line)
    return " ".join(re.sub(r"^[ +-]", "", line).split())


@pytest.mark.corpus
def test_bodies_are_in_our_own_words() -> None:
    real = [mail for name in BOXES for mail in real_box(name)]
    theirs = "\n".join(bare_line(line) for mail in real for line in body(mail).splitlines())
    titles = "\n".join(header(mail, "Subject").lower() for mail in real)
    copied = []
    for name in BOXES:
        for mail in parse_box(DEMO / f"{name}.mbox"):
            from_bot = message_id(mail) == BOT
            for line in body(mail).splitlines():
                unquoted, bare = re.sub(r"^(> ?)+", "", line).strip(), bare_line(line)
                is_format = FORMAT.match(unquoted) or bare.lower() in titles
                if from_bot and not line.startswith(">"):
                    is_format = True
                if len(bare) >= 25 and not is_format and bare in theirs:
                    copied.append((message_id(mail), line))
    assert not copied


@pytest.mark.corpus
def test_report_is_in_our_own_words() -> None:
    path = CORPUS / "report.md"
    if not path.exists():
        pytest.skip(f"no real report: {path}")
    # links and their titles are facts; the text between them is prose
    prose = [
        piece
        for piece in re.split(r"\[.*\]\([^)]*\)|[,。:;、,()(）]", (DEMO / "report.md").read_text(encoding="utf-8"))
        if len(piece.strip()) >= 10
    ]
    theirs = path.read_text(encoding="utf-8")
    assert prose
    assert not [piece for piece in prose if piece.strip() in theirs]
