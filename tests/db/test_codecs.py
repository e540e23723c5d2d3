"""The stored form of parsed mail: fixed text, so that a change of it is noticed and FACTS_VERSION incremented."""

from __future__ import annotations

import json

import pytest

from patchwatch.db.message_codec import decode_message, encode_message
from patchwatch.db.posting_codec import decode_posting, encode_posting
from patchwatch.mail.message import EarlierLink, Message, Person, Signal, Subject, Trailer
from patchwatch.series.posting import PostingFacts

MESSAGE = Message(
    message_id="m@x",
    subject="[PATCH v2 1/2] mm: frob",
    author=Person("Ann Author", "ann@example.org"),
    date=1_700_000_000,
    arrived=1_700_000_060,
    parent="cover@x",
    references=("cover@x",),
    recipients=("linux-mm@kvack.org",),
    kind="patch",
    parts=Subject("mm: frob", 2, stated_version=True, counter=1, expected=2, prefixes=("net-next",), patch=True),
    patch_author=Person("Ben", "ben@example.org"),
    patch_id="0" * 40,
    files=("mm/frob.c",),
    trailers=(Trailer("Reviewed-by", "Rita <r@x>"), Trailer("Acked-by", "Al <a@x>", False, "mm bits")),
    change_id="change",
    base_commit="base",
    earlier=(EarlierLink("v1@x", 1), EarlierLink("v0@x", None)),
    about=("about@x",),
    signals=(Signal("nak", "No."), Signal("applied", "Applied, thanks.", "1-2")),
    bot=False,
    word_count=7,
    excerpt="Why.\nHow.",
    listed=(("Ann Author", "mm: frob"),),
    upstream="f" * 40,
)
MESSAGE_TEXT = (
    '["m@x","[PATCH v2 1/2] mm: frob",["Ann Author","ann@example.org"],1700000000,1700000060,"cover@x",["cover@x"],'
    '["linux-mm@kvack.org"],"patch",["mm: frob",2,0,true,1,2,["net-next"],true,false,false,false,false],'
    '["Ben","ben@example.org"],"0000000000000000000000000000000000000000",["mm/frob.c"],'
    '[["Reviewed-by","Rita <r@x>",true,""],["Acked-by","Al <a@x>",false,"mm bits"]],"change","base",'
    '[["v1@x",1],["v0@x",null]],["about@x"],[["nak","No.",""],["applied","Applied, thanks.","1-2"]],false,7,'
    '"Why.\\nHow.",[["Ann Author","mm: frob"]],"ffffffffffffffffffffffffffffffffffffffff"]'
)
POSTING = PostingFacts(
    root="m@x",
    author=Person("Ann Author", "ann@example.org"),
    people=("ann@example.org",),
    date=1_700_000_000,
    version=2,
    minor=0,
    stated=True,
    rfc=False,
    resend=False,
    kind="patch",
    title="mm: frob",
    titles=("mm frob",),
    patch_ids=("p1",),
    files=("mm/frob.c",),
    trees=("6.1",),
    change_id="change",
    earlier=(("v1@x", 1), ("v0@x", None)),
    answered=("v1@x",),
    message_ids=("m@x",),
    recipients=("linux-mm@kvack.org",),
    names=("ann author",),
    incomplete=True,
    listed=(("ann author", "mm frob"),),
    upstream=(("m@x", "f"),),
)
POSTING_TEXT = (
    '["m@x",["Ann Author","ann@example.org"],["ann@example.org"],1700000000,2,0,true,false,false,"patch","mm: frob",'
    '["mm frob"],["p1"],["mm/frob.c"],["6.1"],"change",[["v1@x",1],["v0@x",null]],["v1@x"],["m@x"],'
    '["linux-mm@kvack.org"],["ann author"],true,[["ann author","mm frob"]],[["m@x","f"]]]'
)


def test_the_stored_form_of_a_message_is_fixed() -> None:
    assert encode_message(MESSAGE) == MESSAGE_TEXT
    assert decode_message(MESSAGE_TEXT) == MESSAGE


def test_the_stored_form_of_a_posting_is_fixed() -> None:
    assert encode_posting(POSTING) == POSTING_TEXT
    assert decode_posting(POSTING_TEXT) == POSTING


def test_a_trailer_without_a_scope_may_be_stored_without_that_field() -> None:
    assert decode_message(MESSAGE_TEXT.replace('true,""]', "true]")) == MESSAGE


@pytest.mark.parametrize("name", ["José Müller", "王伟", "\x7f\x00\x1f\u2028", '"\\/'])
def test_text_stored_with_or_without_escapes_is_the_same(name: str) -> None:
    text = MESSAGE_TEXT.replace('"Ann Author"', json.dumps(name))
    message = decode_message(text)
    assert message.author.name == name
    assert decode_message(encode_message(message)) == message
