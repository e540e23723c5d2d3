"""Quick tests before patterns: none of them rules out what its pattern matches."""

from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patchwatch.mail import asks, remarks, robot
from patchwatch.mail.sentences import (
    addressee,
    breakages,
    concessions,
    cues,
    elsewhere,
    objections,
    printed,
    rejections,
    signals,
    split,
)
from patchwatch.mail.sentences.phrase import Phrase
from patchwatch.pattern import Pattern

_ASCII = "".join(map(chr, range(32, 127)))
_SOME = "i'll you please drop this patch v2 isn't can not in the my a fix, ok. thanks - Jane why?"
_PROSE = st.lists(
    st.sampled_from(_SOME.split()),
    max_size=6,
).map(" ".join)


def matched_by(pattern: Pattern[str]) -> st.SearchStrategy[str]:
    """Sentences that a pattern matches, also with words around what it needs."""
    core = st.from_regex(re.compile(pattern.text, pattern.flags), fullmatch=False, alphabet=_ASCII)
    return st.tuples(_PROSE, core, _PROSE).map(lambda parts: " ".join(parts).strip()) | core


PHRASES = [
    *(p for group in (objections._WISHES, objections._DOUBTS) for p in group if p.words),
    *(addressee._AFTERWARDS, breakages._BREAKAGE, breakages._WITH_IT),
]


@pytest.mark.parametrize("phrase", PHRASES, ids=lambda phrase: phrase.pattern.text[:40])
@settings(max_examples=20)
@given(data=st.data())
def test_a_phrase_occurs_wherever_its_pattern_matches(phrase: Phrase, data: st.DataObject) -> None:
    sentence = data.draw(matched_by(phrase.pattern))
    assert phrase.occurs(sentence, sentence.lower()) == bool(phrase.pattern.search(sentence))


@pytest.mark.parametrize("rule", signals._RULES, ids=lambda rule: f"{rule.kind} {rule.detail}")
@settings(max_examples=20)
@given(data=st.data())
def test_a_rule_fits_wherever_its_pattern_alone_matches(rule: signals._Rule, data: st.DataObject) -> None:
    sentence = data.draw(matched_by(rule.pattern))
    expected = rule.pattern.search(sentence) is not None and rule.unless.search(sentence) is None
    assert rule.fits(sentence, sentence.lower()) == expected


@pytest.mark.parametrize(
    "pattern", [elsewhere._NOTHING_WRONG, elsewhere._TAKEN_INSTEAD, elsewhere._ELSEWHERE], ids=lambda p: p.text[:30]
)
@settings(max_examples=40)
@given(data=st.data())
def test_what_is_done_elsewhere_has_a_cue(pattern: Pattern[str], data: st.DataObject) -> None:
    sentence = data.draw(matched_by(pattern))
    if pattern.search(sentence):
        assert elsewhere._DONE.occur(sentence.lower())


@settings(max_examples=40)
@given(matched_by(elsewhere._TWIN))
def test_another_patch_is_recognized_by_its_words(sentence: str) -> None:
    expected = bool(elsewhere._TWIN.search(sentence)) and not elsewhere._NO_TWIN.search(sentence)
    assert elsewhere._names_twin(sentence, sentence.lower()) == expected


@pytest.mark.parametrize("pattern", [rejections._REFUSED, rejections._DROPPED], ids=["refused", "dropped"])
@settings(max_examples=40)
@given(data=st.data())
def test_a_refusal_has_a_cue(pattern: Pattern[str], data: st.DataObject) -> None:
    sentence = data.draw(matched_by(pattern))
    if pattern.search(sentence):
        assert rejections._REFUSING.occur(sentence.lower())
        assert rejections._DENYING.occur(sentence.lower())


@settings(max_examples=100)
@given(matched_by(robot._SAYS_SO))
def test_what_a_robot_says_of_itself_passes_the_quick_test(text: str) -> None:
    if robot._SAYS_SO.search(text):
        assert robot._MAY_SAY_SO.search(text.lower())


@settings(max_examples=100)
@given(matched_by(asks._TEST) | matched_by(asks._REQUEST))
def test_a_request_is_recognized_by_its_words(sentence: str) -> None:
    lowered = sentence.lower()
    test = bool(asks._TEST.search(sentence))
    assert asks._asks_for_test(sentence, lowered) == test
    may = any(word in lowered for word in asks._FOR_WHAT)
    assert asks._mentions_request(sentence) == (may and (test or bool(asks._REQUEST.search(sentence))))


@settings(max_examples=40)
@given(matched_by(remarks._ASKING))
def test_a_sentence_that_asks_is_recognized_by_its_words(sentence: str) -> None:
    assert remarks._asks(sentence) == bool(remarks._ASKING.search(sentence))


@settings(max_examples=40)
@given(matched_by(concessions._HOLDS_BACK))
def test_a_sentence_that_holds_back_is_recognized_by_its_words(sentence: str) -> None:
    found = concessions._holds_back(sentence, sentence.lower())
    assert found == bool(concessions._HOLDS_BACK.search(sentence))


@settings(max_examples=40)
@given(st.from_regex(re.compile(split._COURTESY.text, split._COURTESY.flags), fullmatch=True, alphabet=_ASCII) | _PROSE)
def test_courtesy_is_recognized_by_how_it_begins(sentence: str) -> None:
    if split._COURTESY.fullmatch(sentence):
        assert split._may_be_courtesy(sentence)


_LINES = (
    "Hi Ann,|hello all|Jane,|Dear Bob:|GOOD MORNING!|1. first|- a list|https://example.org x|Reviewed-by: A <a@b.org>|"
    "Note: this|pw-bot: cr|Applied, thanks|plain text|Plain Text|hm|@@|[12.3456] log|ends here.|why?||étude|Ärger: x|"
    "+ added|Thanks|#define X|frob.c:1:2: error: no|make[1]: *** x|RAX: 0000000000000000|not ok 1 frob"
)
LINES = st.sampled_from(_LINES.split("|"))


@given(st.lists(LINES, max_size=8))
def test_lines_are_joined_as_the_patterns_alone_decide(lines: list[str]) -> None:
    def expected(text: str) -> list[str]:
        found: list[str] = []
        paragraph: list[str] = []
        for line in [*map(str.strip, text.split("\n")), ""]:
            if not line or printed._PRINTED.match(line):
                found += split._split_paragraph(paragraph)
                paragraph = []
            elif not paragraph and len(line) < 60 and split._GREETING.fullmatch(line):
                pass
            elif paragraph and (
                paragraph[-1][-1] in ".!?:" or split._STARTS_ALONE.match(line) or split._TAG.match(paragraph[0])
            ):
                found += split._split_paragraph(paragraph)
                paragraph = [line]
            else:
                paragraph.append(line)
        return found

    text = "\n".join(lines)
    assert list(split.sentences(text)) == expected(text)


CUES = st.sampled_from(
    ["appl", " drop", "n't ", "on top of", "?", " is ", "+1", "s/", "i'm ", "-next", " r-b", "going to", "put "]
)
SENTENCES = st.lists(
    st.sampled_from(
        ["applied", "it", "isn't", "don't,", "on", "top", "of", "I'm", "linux-next", "R-b", "+1", "s/a/b/", "is"]
    )
    | st.text(max_size=5),
    max_size=8,
).map(" ".join)


@given(CUES, SENTENCES)
def test_a_list_of_cues_is_found_wherever_one_of_them_is(cue: str, sentence: str) -> None:
    lowered = sentence.lower()
    assert _cues(cue).occur(lowered) == (cue in lowered)


def _cues(cue: str) -> cues.Cues:
    if cue not in _MADE:
        _MADE[cue] = cues.Cues(cue)
        cues.lists_in.cache_clear()
    return _MADE[cue]


_MADE: dict[str, cues.Cues] = {}
