"""Parse subject lines such as `[PATCH net-next,v2 3/4] net: fix it`.

Handles the forms seen on kernel lists: `[PATCHv2]`, `[RFC v6 1/3]`, `[PATCH v3,4/5]`, `[PATCH 5.10 01/20]`,
`[PATCH][next]`, `[PATCH -v2 next 1/9]`, `[2 of 5]`, `[RFC/PATCH]`, `(v2)` after the title, `v2.1`, `rev 2`, `take 2`,
patches numbered `2.5/3` or `4/3`, reply prefixes in several languages.  Versions are kept as stated; `5.10`, `for-6.9`
and `v6.1-stable` name trees, not versions.  patchwatch.mail.subject_prefix finds the prefix and its words.
"""

from __future__ import annotations

import functools
import re

from patchwatch.mail.accents import without_accents
from patchwatch.mail.message import Subject
from patchwatch.mail.sentences.words import word_set
from patchwatch.mail.subject_prefix import split_prefix, version_words, without_reply_prefix
from patchwatch.pattern import Pattern

_VERSION = Pattern(r"-*v(\d{1,3})(?:[.-](\d{1,2})|([a-d]))?", re.IGNORECASE)
_NO_KERNEL = 10  # the first number that no kernel begins with
_NUMBERED_VERSION = Pattern(r"#(\d{1,2})()()")  # "[PATCH #2]"
# "2/5", "#2/5", "2.5/3", "2a/3", and "v2/3" with a stray letter
_COUNTER = Pattern(r"#?v?(\d{1,4})(?:\.(\d{1,2})|([a-d])|(\+))?/(\d{1,4})", re.IGNORECASE)
_PATCH = Pattern(r"(?:patch(?:e?s|set)?|pathc|pacth|ptach)(?:\d{1,2}|-\S*)?", re.IGNORECASE)
_RESEND = Pattern(r"re-?send|repost|resent|(?:resend|repost)[#-]?\d{1,2}")
_AROUND = "()<>{}'\"`*!?.:=~"  # what may stand around a word
_MOST_BEHIND = 9  # patches that are numbered above the total, as in 4/3
_PULL_WORDS = frozenset({"pull", "git-pull", "gitpull", "git_pull", "pull-request", "pull_request", "pullrequest"})
_VERSION_AFTER_TITLE = Pattern(
    r"\s*(?:[(\[]\s*(?:(?:series|patch)\s+)?(?P<remark>(?:take|try|v(?:er(?:s(?:ion)?)?)?|rev(?:ision)?|#|\d(?:nd|rd|th)|"
    r"second|third|fourth)[^()\[\]]{0,14})[)\]]|\s(?:--?|\u2013|\u2014)\s+(?P<dash>(?:take|v|version|rev)\s?\d{1,2}))\s*$",
    re.IGNORECASE,
)
# Cover letters without any prefix (Christoph Hellwig's): "add a helper, v2".  In "cgroup v2" it is not the patch's.
_BARE_VERSION_AFTER_TITLE = Pattern(
    r"(?:,\s*|(?<!cgroup)(?<!cgroups)(?<!memcg)(?<!nfs)(?<!gic)(?<!api)(?<!abi)(?<!version)\s+)(?P<remark>v\d{1,2})\s*$",
    re.IGNORECASE,
)


@functools.lru_cache(maxsize=512)  # those who reply keep it
def parse_subject(subject: str) -> Subject:
    """Parse a decoded subject line; never raises."""
    prefix = split_prefix(subject)
    prefixes: list[str] = []
    version, minor, stated = 1, 0, False
    counter = expected = None
    inserted = 0
    patch = rfc = resend = pull = False
    for word in prefix.words:
        lowered = word.strip(_AROUND).lower()
        if (number := _version(lowered)) is not None:
            (version, minor), stated = number, True
        elif numbered := _number(lowered):
            counter, expected, inserted = numbered
        elif _PATCH.fullmatch(lowered):
            if patch and counter is not None:
                break  # "[PATCH 1/5] [PATCH v3] frob": a maintainer passes on a patch with the subject that it had
            patch = True
            if "-" in word:
                prefixes.append(word.split("-", 1)[1])  # "[PATCH-cgroup v2]"
        elif lowered == "rfc":
            rfc = True
        elif _RESEND.fullmatch(lowered):
            resend = True
            prefixes.append(word)
        elif lowered in _PULL_WORDS:
            pull = True
        elif lowered not in ("git", "request", "req") and ("." in lowered or not _COUNTER.fullmatch(lowered)):
            prefixes.append(word)
    title = prefix.title
    after_title = _VERSION_AFTER_TITLE.search(title)
    if after_title is None and not prefix.words and not prefix.reply:
        after_title = _BARE_VERSION_AFTER_TITLE.search(title)
    if after_title is not None and (number := _version_behind(after_title, pull=pull)):
        title = title[: after_title.start()].strip()
        # "[PATCH 5/7] ttm: use it (v4)": the fourth version of this patch, in a series with its own version.
        if not stated and (not counter or expected == 1):
            (version, minor), stated = number, True
    return Subject(
        title=title,
        version=version,
        minor=minor,
        stated_version=stated,
        counter=counter,
        expected=expected,
        prefixes=tuple(prefixes),
        patch=patch,
        rfc=rfc,
        resend=resend,
        pull=pull,
        reply=prefix.reply,
        inserted=inserted,
    )


def reply_subject(subject: str) -> str:
    """The subject of a reply: `Re: ` once, in place of any reply prefixes."""
    return f"Re: {without_reply_prefix(subject)}".rstrip()


def _version(word: str) -> tuple[int, int] | None:
    """A version and its minor (`v3.1`, `v3-1`, `v3a`); None for `v6.1`, a kernel.

    People fix v5 with v5.1 or v5.2; long-term trees mostly end in 4 and more.  `v29.4` is no kernel.
    """
    found = _VERSION.fullmatch(word) or _NUMBERED_VERSION.fullmatch(word)
    if found is None:
        return None
    if found[2] and int(found[1]) < _NO_KERNEL and (int(found[2]) >= 4 or (found[1], found[2]) == ("6", "1")):
        return None
    return int(found[1]), int(found[2]) if found[2] else _letter(found[3])


def _version_behind(remark: re.Match[str], *, pull: bool) -> tuple[int, int] | None:
    """The version in a remark behind the title; "(take 2)" of a pull request is another request."""
    text = next(text for text in remark.groups() if text)
    if pull and text[:1] not in "vV":
        return None
    words = version_words(text)
    return _version(words[0].strip(_AROUND)) if len(words) == 1 else None


def _letter(letter: str | None) -> int:
    return ord(letter.lower()) - ord("a") + 1 if letter else 0


def _number(word: str) -> tuple[int, int, int] | None:
    """The counter, the total, and what `Subject.inserted` adds; None if this numbers no patch, such as `6.1/2`."""
    found = _COUNTER.fullmatch(word)
    if found is None:
        return None
    counter, expected = int(found[1]), int(found[5])
    inserted = int(found[2].ljust(3, "0")) if found[2] else _letter(found[3]) or (1 if found[4] else 0)
    if counter <= expected:
        return counter, expected, inserted
    if expected == 0 or found[2] or counter > expected + _MOST_BEHIND:
        return None  # a typo, or a tree
    return expected, expected, 1000 * (counter - expected) + inserted


# "[DO NOT APPLY PATCH 3/3]", "[PATCH 3/3 not for merging]", "[DNM]"; in a title only in brackets or capitals.
_UNWANTED = Pattern(
    r"(?i)(?<!\w)(?:(?:do[ _-]?no?['’]?t|not)[ _-]?(?:to[ _-]be[ _-]?|for[ _-]?)?"
    r"(?:merg(?:ed?|ing)|appl(?:y|ied|ication)|upstream(?:ing)?|submission|inclusion)|dnm|dni|hack|wip)(?!\w)"
)
_IN_BRACKETS = Pattern(r"\[[^\]]*\]")
_CAPITALS = Pattern(r"[A-Z][A-Z _'’-]{1,30}(?=[:\s])")


def is_not_for_merging(parts: Subject) -> bool:
    """True if a patch is marked as one that nobody should apply: DO NOT APPLY, not for merging, HACK."""
    if _UNWANTED.search(" ".join(parts.prefixes)):
        return True
    capitals = _CAPITALS.match(parts.title)
    marks = _IN_BRACKETS.findall(parts.title) if "[" in parts.title else []
    return any(_UNWANTED.search(mark) for mark in (*marks, *([capitals[0]] if capitals else [])))


def title_key(title: str) -> str:
    """A title for comparison: without case, extra white space and closing punctuation."""
    return " ".join(title.lower().split()).strip(" .,:;'\"`!?")


_SUBSYSTEM = Pattern(r"^(?:[\w/.,&+*\[\]{}() -]{1,40}: )+")
_STOP_WORDS = word_set(
    "a an and are as at be by for from in into is it its of on or the to use using via when with add make remove "
    "fix update support new"
)


@functools.lru_cache(maxsize=2048)  # a pull request's titles are compared with those of every patch of their authors
def title_words(title: str) -> frozenset[str]:
    """The significant words of a title, in lower case: without punctuation, stop words and accents.

    A mail program or a maintainer may have dropped or restored accents.
    """
    words = re.findall(r"[a-z0-9_]+", without_accents(title).lower())
    return frozenset(word for word in words if len(word) > 1 and word not in _STOP_WORDS)


@functools.lru_cache(maxsize=2048)  # a posting's title is compared with dozens of others
def gist_words(title: str) -> frozenset[str]:
    """The significant words of a title without the subsystem prefix, if two or more are left.

    "mm: memcg: " is part of every title there, so sharing it does not make two titles similar.
    """
    words = title_words(_SUBSYSTEM.sub("", title))
    return words if len(words) > 1 else title_words(title)
