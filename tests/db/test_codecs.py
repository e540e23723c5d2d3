"""The stored form of parsed mail: fixed text, so that a change of it is noticed and FACTS_VERSION incremented."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import asdict
from sqlalchemy import insert, select

from patchwatch.db import event_queue, schema
from patchwatch.db.claims_codec import decode_claims, encode_claims
from patchwatch.db.database import Database
from patchwatch.db.message_codec import decode_message, decode_subject, encode_message
from patchwatch.db.messages import set_setting, setting
from patchwatch.db.posting_codec import decode_posting, encode_posting
from patchwatch.db.revision_codec import (
    decode_evidence,
    decode_link,
    decode_state,
    decode_summary,
    decode_version,
    encode,
    encode_evidence,
)
from patchwatch.db.rule_codec import decode_rules, encode_rules
from patchwatch.db.versions import FACTS_VERSION, OLDEST_READABLE
from patchwatch.mail.message import (
    Acceptance,
    Ask,
    CitedCommit,
    EarlierLink,
    Finding,
    ListedPatch,
    Message,
    NamedPosting,
    Person,
    PullRequest,
    Relation,
    Remark,
    Signal,
    Subject,
    Trailer,
)
from patchwatch.series.follow_rules import Rule
from patchwatch.series.posting import PostingFacts
from patchwatch.series.state.types import Reason
from tests.daemon.sample_event import EVENT
from tests.db.old_forms import OLD_FORMS

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
    prose="c2tldGNo",
    relations=(Relation("depends", "m:base@x", "Based-on: <base@x>"),),
    pull=PullRequest("https://example.org/frob.git", "frob-6.12", "f" * 12, "0" * 12, 3, Person("Lin", "l@x")),
    accepted=Acceptance("b4", (ListedPatch(1, 2, "mm: frob"),), committer=Person("Max", "max@x")),
    cited=(CitedCommit("mm: frob", "0123456789ab", "max", "tag", "p@x", "frob.git (next)"),),
    tested=NamedPosting(("m@x",), "mm: frob", 2),
    findings=(Finding("The lock leaks.", "high", True, "mm/frob.c", "frob", "+ lock();", 2),),
    answers_robot=True,
    remarks=(
        Remark(
            "Why?",
            "question",
            True,
            True,
            "+ lock();",
            (7, 8),
            (9,),
            ("question",),
            1,
            96,
            "acts",
            True,
            True,
            "a.c",
            "I will rename it.",
        ),
    ),
    added=(b"\0\1\2", b""),
    changes=("- take the lock",),
    outlook=(250, -40),
    asks=(Ask("lin@x", "test", "Lin, could you test it?", True),),
    blobs="11111112222222",
)
MESSAGE_TEXT = (
    '["m@x","[PATCH v2 1/2] mm: frob",["Ann Author","ann@example.org"],1700000000,1700000060,"cover@x",["cover@x"],'
    '["linux-mm@kvack.org"],"patch",["mm: frob",2,0,true,1,2,["net-next"],true,false,false,false,false,0],'
    '["Ben","ben@example.org"],"0000000000000000000000000000000000000000",["mm/frob.c"],'
    '[["Reviewed-by","Rita <r@x>",true,""],["Acked-by","Al <a@x>",false,"mm bits"]],"change","base",'
    '[["v1@x",1],["v0@x",null]],["about@x"],[["nak","No.",""],["applied","Applied, thanks.","1-2"]],false,7,'
    '"Why.\\nHow.",[["Ann Author","mm: frob"]],"ffffffffffffffffffffffffffffffffffffffff","","c2tldGNo",'
    '[["depends","m:base@x","Based-on: <base@x>"]],'
    '["https://example.org/frob.git","frob-6.12","ffffffffffff","000000000000",3,["Lin","l@x"]],'
    '["b4",[[1,2,"mm: frob"]],false,["Max","max@x"]],[["mm: frob","0123456789ab","max","tag","p@x","frob.git (next)"]],'
    '[["m@x"],"mm: frob",2],'
    '[["The lock leaks.","high",true,"mm/frob.c","frob","+ lock();",2]],true,'
    '[["Why?","question",true,true,"+ lock();",[7,8],[9],["question"],1,96,"acts",true,true,"a.c",'
    '"I will rename it."]],[250,-40],'
    '["AAEC",""],["- take the lock"],[["lin@x","test","Lin, could you test it?",true]],"11111112222222"]'
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
    prose="c2tldGNo",
    applied=1_700_000_300,
    depends_on=("m:base@x",),
    supersedes=(("m:old@x", "Supersedes: <old@x>"),),
    superseded_by=(("m:new@x", "Superseded by v3"),),
    ref="frob-6.12",
    relayed=("ben builder",),
    lines="AQIDBA==",
)
POSTING_TEXT = (
    '["m@x",["Ann Author","ann@example.org"],["ann@example.org"],1700000000,2,0,true,false,false,"patch","mm: frob",'
    '["mm frob"],["p1"],["mm/frob.c"],["6.1"],"change",[["v1@x",1],["v0@x",null]],["v1@x"],["m@x"],'
    '["linux-mm@kvack.org"],["ann author"],true,[["ann author","mm frob"]],[["m@x","f"]],"c2tldGNo",1700000300,'
    '["m:base@x"],[["m:old@x","Supersedes: <old@x>"]],[["m:new@x","Superseded by v3"]],"frob-6.12",["ben builder"],'
    '"AQIDBA=="]'
)


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    database = Database(f"sqlite:///{tmp_path}/pw.db")
    yield database
    database.close()


def test_the_stored_form_of_a_message_is_fixed() -> None:
    assert encode_message(MESSAGE) == MESSAGE_TEXT
    assert decode_message(MESSAGE_TEXT) == MESSAGE


def test_the_subject_of_a_message_is_read_without_the_rest() -> None:
    assert decode_subject(encode_message(MESSAGE)) == "[PATCH v2 1/2] mm: frob"


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


SUMMARY_TEXT = (
    '{"asks":[["lin@x","answer",["Rita","r@x"],1700000260,"n@x","Lin?"]],'
    '"author":["Ann Author","ann@example.org"],"backport":false,'
    '"checks":[["syzbot ci","failure","KASAN: bad","c@x",1700000300,1,"",false,"","",""],'
    '["q-bot","finding","The lock leaks.","d@x",1700000310,1,"high",true,"mm/frob.c","frob","+ lock();"]],'
    '"commits":true,'
    '"depends_on":[["m:base@x","Based-on: <base@x>","m@x"]],"dropped":["I dropped Al\'s tag."],'
    '"expected":2,"follow_ups":1,"has_cover":true,"kind":"cover","message_ids":["m@x","1@x"],"minor":0,"missing":[2],'
    '"not_for_merging":[1],'
    '"patch_facts":[[1,"mm: frob","p1",["I dropped it."]]],"patch_message_ids":["1@x"],"patches":1,'
    '"pull":["https://example.org/frob.git","frob-6.12","ffff","0000",3,["Lin","l@x"]],'
    '"recipients":["linux-mm@kvack.org"],"reviewed":1,"rfc":false,"senders":["ann@example.org"],'
    '"sendings":["m0@x","m@x"],"subject":"[PATCH v2 0/2] mm: frob","taken":[[2,"2@x",1,"v1@x"]],"title":"mm: frob",'
    '"trailers":[["Reviewed-by","Rita <r@x>","r@x",1,true,1700000200,"mm bits"]],"unreadable":0,"version":2,'
    '"voices":[["Rita","r@x",1700000200,true,"a@x",1700000250]],"writers":["ann@example.org"]}'
)
STATE_TEXT = (
    '{"likely":true,"owed":[["q@x","Why?",1700000100,false,"question",["Rita","r@x"]]],"partly":"1",'
    '"partly_reason":["p@x","Applied 1.",1700000400,false,"applied",["Max","max@x"]],'
    '"points":[["q@x",1,["Rita","r@x"],1700000100,1,"question","Why?",true,false,"+ lock();","answered","a@x",'
    '1700000250,"José: done.",["Ann","ann@x"],90,"a.c",[7],1702000000,true]],'
    '"reason":["r@x","Reviewed-by: Rita <r@x>",1700000200,false,"tagged",["Rita","r@x"]],"reviewed":1,'
    '"state":"under-review","steps":[[["m@x","mm: frob",1700000000],"new","reviewers"]],"turn":"reviewers",'
    '"turn_reason":["a@x","José: done.",1700000250,false,"answered",["Ann","ann@x"]],"turn_since":1700000250}'
)
LINK_TEXT = '{"by_hand":false,"evidence":["same-title"],"resend":false,"score":6.5}'
EVIDENCE_TEXT = (
    '{"by":["Max","max@x"],"by_hand":false,"commit":"f00d","date":1700000500,"kind":"applied","message_id":"",'
    '"text":"mm: frob"}'
)


def test_the_stored_form_of_a_revision_is_fixed() -> None:
    summary = decode_summary(SUMMARY_TEXT)
    assert summary.patch_facts[0].dropped == ("I dropped it.",)
    assert summary.reviewers[0].answer == "a@x"
    assert encode(summary) == SUMMARY_TEXT
    assert (decode_version(SUMMARY_TEXT).version, decode_version(SUMMARY_TEXT).minor) == (2, 0)
    state = decode_state(STATE_TEXT)
    assert (state.state, state.turn, state.steps[0].reason.message_id) == ("under-review", "reviewers", "m@x")
    assert (state.points[0].fate, state.points[0].key) == ("answered", "q@x#1")
    assert encode(state) == STATE_TEXT
    link = decode_link(LINK_TEXT)
    assert link is not None
    assert encode(link) == LINK_TEXT


def test_the_stored_form_of_evidence_is_fixed() -> None:
    evidence = decode_evidence(EVIDENCE_TEXT)
    assert evidence is not None
    reason = Reason("", "mm: frob", 1_700_000_500, commit="f00d", kind="applied", by=Person("Max", "max@x"))
    assert encode_evidence(reason) == encode(evidence) == EVIDENCE_TEXT


CODECS: dict[str, tuple[Callable[[str], Any], Callable[[Any], str]]] = {
    "message": (decode_message, encode_message),
    "posting": (decode_posting, encode_posting),
    "summary": (decode_summary, encode),
    "state": (decode_state, encode),
    "link": (decode_link, encode),
    "evidence": (decode_evidence, encode),
    "claims": (decode_claims, encode_claims),
}


@pytest.mark.parametrize(("form", "name"), [(form, name) for form in OLD_FORMS for name in CODECS])
def test_values_of_earlier_forms_are_read_until_they_are_brought_up_to_date(form: int, name: str) -> None:
    assert form >= OLDEST_READABLE, "remove the values of forms that are no longer read"
    decode, encode_again = CODECS[name]
    text = OLD_FORMS[form][name]
    assert extends(json.loads(encode_again(decode(text))), json.loads(text))


def test_the_oldest_form_that_is_read_has_a_sample() -> None:
    assert OLDEST_READABLE in OLD_FORMS
    assert max(OLD_FORMS) <= FACTS_VERSION


def extends(new: Any, old: Any) -> bool:
    """True if `new` only has further fields: at the end of arrays, and with other keys."""
    if isinstance(old, list):
        return isinstance(new, list) and len(new) >= len(old) and all(map(extends, new, old))
    if isinstance(old, dict):
        return isinstance(new, dict) and all(key in new and extends(new[key], old[key]) for key in old)
    return bool(new == old)


def test_a_field_in_the_middle_is_noticed() -> None:
    assert extends([1, {"a": [2], "b": 3}, 4], [1, {"a": []}])
    assert not extends([1, 7, 2], [1, 2])
    assert not extends({"a": 1}, {"a": 1, "b": 2})


def test_rules_stored_before_are_read() -> None:
    rules = (Rule(author="kairui"), Rule("", "mm/", "frob"))
    assert encode_rules(rules) == '[["kairui","",""],["","mm/","frob"]]'
    assert decode_rules('[["kairui", "", ""], ["", "mm/", "frob"]]') == rules
    assert encode_rules(()) is None
    assert decode_rules(None) == ()


def test_events_and_cursors_stored_before_are_read(database: Database) -> None:
    cursor = '[7,1700000000,8,3,"ann@x"]'
    snapshot = {"person": 1, "series_id": 12, "snapshot": '["new","reviewers","",{"ann@x":"apply m@x"}]', "until": 9}
    with database.write() as connection:
        connection.execute(
            insert(schema.notification).values(id=1, listener="hook a", event_id="e1", event=json.dumps(asdict(EVENT)))
        )
        set_setting(connection, "events", cursor)
        (queued,) = event_queue.queued_events(connection)
        assert (queued.subscriber, queued.event) == ("hook a", EVENT)
        found = event_queue.event_cursor(connection)
        assert found is not None
        assert (found.generation, found.rules, found.parser_changed) == (3, "ann@x", True)
        event_queue.set_event_cursor(connection, found)
        assert setting(connection, "events") == cursor
        connection.execute(insert(schema.scanned).values(snapshot))
        seen = event_queue.snapshots(connection, [11, 12])
        assert {number: one.actions for number, one in seen.items()} == {12: {"ann@x": "apply m@x"}}
        event_queue.set_snapshots(connection, [12], {12: (seen[12], 9)})
        assert connection.execute(select(schema.scanned)).mappings().all() == [snapshot]
