"""Any bytes, parsed, grouped, judged and drawn: nothing raises, and only printable text comes out."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patchwatch.db.message_codec import decode_message, encode_message
from patchwatch.db.records import homes, revision_record
from patchwatch.mail import display
from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.mail.patch import read_patch
from patchwatch.mail.unreadable import unreadable
from patchwatch.series.revision import find_revisions
from patchwatch.tui.render.code import code_of
from patchwatch.tui.render.mail_lines import styled_row
from patchwatch.tui.render.page import lay_out, mail_page
from tests.hostile import zoo
from tests.hostile.test_zoo import UNSAFE

NOW = 1_690_000_000
PIECES = [
    *(piece for raw in zoo.ALL for piece in raw[:3000].split(b"\n") if len(piece) < 200),
    *(b"\n", b"\n\n", b"\r\n", b"\0", b"\xff", b"\xe2\x80\xae", b"\x1b[31m", b"9" * 5000, b"=?utf-7?q?+2AA-?=", b"--b"),
    *(
        b"Subject: [PATCH v2 1/2] x",
        b"Subject: Re: x",
        b"Content-Type: text/html",
        b"---",
        b"@@ -1 +1 @@",
        b"> On x wrote:",
    ),
]
SETTINGS = settings(
    max_examples=150, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)

any_mail = st.one_of(
    st.binary(max_size=2000),
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=40).map(b"\n".join),
    st.tuples(st.sampled_from(zoo.ALL), st.integers(0, 2000), st.binary(max_size=20), st.integers(0, 50)).map(
        lambda change: change[0][: change[1]] + change[2] + change[0][change[1] + change[3] :]
    ),
)


def judged(messages: list[Message]) -> None:
    revisions = [(1, revision) for revision in find_revisions(messages)]
    for number, (_, revision) in enumerate(revisions):
        revision_record(number, 1, revision, homes(revisions)[1])


@SETTINGS
@given(st.lists(any_mail, min_size=1, max_size=4), st.randoms())
def test_any_mails_are_parsed_grouped_and_judged(raws: list[bytes], random: object) -> None:
    messages = [parse(raw, NOW) for raw in raws]
    for message in messages:
        assert decode_message(encode_message(message)) == message
        assert 631_152_000 <= message.date <= NOW + 2 * 86_400
        assert len(message.message_id) <= 500
        assert (message.parts.expected or 0) <= 9_999
        assert message.parts.version <= 999
    unread = [unreadable(raw, ValueError("x"), NOW) for raw in raws]
    judged(messages)
    judged([parse(raw, NOW) for raw in (zoo.GOOD["v2"], zoo.GOOD["review"])] + messages)
    judged(messages[:1] + unread[1:])
    assert [message.message_id for message in unread] == [message.message_id for message in messages]


@SETTINGS
@given(any_mail)
def test_any_mail_is_drawn_printably(raw: bytes) -> None:
    page = mail_page(display._decoded("x@example.org", raw, ()))
    assert page.lines == mail_page(display.read_for_display("x@example.org", raw, ())).lines
    assert [line.text for line in page.lines if UNSAFE.search(line.text)] == []
    code_of([(line.text, line.kind == "diff") for line in page.lines])
    for row in lay_out(page, 60).rows:
        pieces = styled_row(page, row, (), None, "")
        assert UNSAFE.search("".join(text for text, _ in pieces)) is None
    as_arrived = mail_page(display.as_arrived("x@example.org", raw, (), "ValueError: x"))
    assert [line.text for line in as_arrived.lines if UNSAFE.search(line.text)] == []
    read_patch(raw)
