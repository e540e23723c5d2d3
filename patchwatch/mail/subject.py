"""Parse subject lines such as `[PATCH net-next,v2 3/4] net: fix it`.

Handles the forms seen on kernel lists: `[PATCHv2]`, `[RFC v6 1/3]`, `[PATCH v3,4/5]`, `[PATCH 5.10 01/20]`,
`[PATCH][next]`, `[PATCH -v2 next 1/9]`, `[2 of 5]`, `[RFC/PATCH]`, `(v2)` after the title, `v2.1`, reply prefixes in
several languages.  Versions are kept as stated; `5.10`, `for-6.9` and `v6.1-stable` name trees, not versions.
"""

from __future__ import annotations

import functools
import re
import unicodedata

from patchwatch.mail.message import Subject

# liblore's reply prefixes, and the Chinese, Japanese and Cyrillic ones that Outlook and QQ mail write.
_REPLY = re.compile(
    r"^\s*(?:(?:re|aw|fwd?|sv|vs|antw|wg|tr|odp|ref|rif|回复|答复|回覆|转发|返信|ответ)"
    r"\s*(?:\[\d+\]|\(\d+\))?\s*[:\uff1a]\s*)+",
    re.IGNORECASE,
)
_GROUP = re.compile(r"\s*\[([^\[\]]*)\]\s*:?\s*")
_MAX_GROUPS = 10
_VERSION = re.compile(r"-?[vV](\d{1,3})(?:\.(\d{1,2}))?[:.]?")
_COUNTER = re.compile(r"#?(\d{1,4})/(\d{1,4})")
_GLUED = re.compile(
    r"(?:\b|(?<=patch))(patch(?:set)?|patches|rfc|resend|repost|series|v\d+)[-_/]?(?=v\d|rfc\b|patch\b|resend\b|repost\b)",
    re.IGNORECASE,
)
_N_OF_M = re.compile(r"\b(\d{1,4})\s+of\s+(\d{1,4})\b", re.IGNORECASE)
_PATCH = re.compile(r"(?:patch(?:e?s|set)?|pathc|pacth|ptach)(?:-\S*)?", re.IGNORECASE)
_BARE_PREFIX = re.compile(r"^\s*(?:rfc\s+)?patch(?:\s+v(\d{1,2}))?\s*:\s+", re.IGNORECASE)
_PULL_WORDS = frozenset({"pull", "git-pull", "gitpull", "git_pull", "pull-request", "pull_request", "pullrequest"})
# "GIT PULL: foo updates", "pull-request: can 2024-06-01"
_BARE_PULL = re.compile(
    r"^\s*(?:git[ -_]?pull(?:[ -]request)?|pull[ -_]?request)(?:\s+v(\d{1,2}))?\s*(?::|-\s)\s*", re.IGNORECASE
)
_VERSION_AFTER_TITLE = re.compile(
    r"\s*[(\[]\s*(?:(?:series|patch)\s+)?(?:take\s*|version\s*|v|#)\s*(\d{1,2})(?:\.(\d{1,2}))?\s*[)\]]\s*$",
    re.IGNORECASE,
)
# Cover letters without any prefix (Christoph Hellwig's): "add a helper, v2".  In "cgroup v2" it is not the patch's.
_BARE_VERSION_AFTER_TITLE = re.compile(
    r"(?:,\s*|(?<!cgroup)(?<!cgroups)(?<!memcg)(?<!nfs)(?<!gic)(?<!api)(?<!abi)(?<!version)\s+)v(\d{1,2})()\s*$",
    re.IGNORECASE,
)


def parse_subject(subject: str) -> Subject:
    """Parse a decoded subject line; never raises."""
    rest, replies = _REPLY.subn("", subject)
    tokens, rest = _split_prefix(rest)
    prefixes: list[str] = []
    version, minor, stated = 1, 0, False
    counter = expected = None
    patch = rfc = resend = pull = False
    for token in tokens:
        lowered = token.lower()
        if (found := _VERSION.fullmatch(token)) and not _names_a_tree(found):
            version, minor, stated = int(found[1]), int(found[2] or 0), True
        elif found := _COUNTER.fullmatch(token):
            counter, expected = int(found[1]), int(found[2])
        elif _PATCH.fullmatch(token):
            patch = True
            if "-" in token:
                prefixes.append(token.split("-", 1)[1])  # "[PATCH-cgroup v2]"
        elif lowered == "rfc":
            rfc = True
        elif lowered in ("resend", "repost", "re-send", "resent"):
            resend = True
            prefixes.append(token)
        elif lowered in _PULL_WORDS:
            pull = True
        elif lowered not in ("git", "request", "req"):
            prefixes.append(token)
    title = rest.strip()
    after_title = _VERSION_AFTER_TITLE.search(title)
    if after_title is None and not tokens and not replies:
        after_title = _BARE_VERSION_AFTER_TITLE.search(title)
    if after_title is not None:
        title = title[: after_title.start()].strip()
        # "[PATCH 5/7] ttm: use it (v4)": the fourth version of this patch, in a series with its own version.
        if not stated and (not counter or expected == 1):
            version, minor, stated = int(after_title[1]), int(after_title[2] or 0), True
    if counter is not None and expected is not None and counter > expected:
        counter = expected = None  # a typo: "5/3" cannot number a series
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
        reply=bool(replies),
    )


def reply_subject(subject: str) -> str:
    """The subject of a reply: `Re: ` once, in place of any reply prefixes."""
    return f"Re: {_REPLY.sub('', subject).strip()}".rstrip()


def _split_prefix(subject: str) -> tuple[list[str], str]:
    """The words of the prefix (`[PATCH v2 1/3]`, or `PATCH v2:`), and the rest of the subject."""
    tokens: list[str] = []
    groups = 0
    while groups < _MAX_GROUPS and (match := _GROUP.match(subject)):
        if groups and not _looks_like_prefix(match[1]):
            break  # "[PATCH] [a longer remark] title": part of the title
        tokens += _tokens(match[1])
        subject = subject[match.end() :]
        groups += 1
    if not groups and (bare := _BARE_PREFIX.match(subject)):
        tokens = ["PATCH", *(["v" + bare[1]] if bare[1] else [])]
        subject = subject[bare.end() :]
    if (bare := _BARE_PULL.match(subject)) and len(bare[0]) < len(subject):
        tokens += ["pull", *(["v" + bare[1]] if bare[1] else [])]
        subject = subject[bare.end() :]
    return tokens, subject


def _tokens(group: str) -> list[str]:
    """The words in one pair of brackets; `RFC/PATCH`, `PATCHv3` and `v3,4/5` are two words each."""
    group = _GLUED.sub(r"\1 ", group)
    group = _N_OF_M.sub(r"\1/\2", group)
    group = re.sub(r"(\d)\s*/\s*(\d)", r"\1/\2", group)
    return [token for token in re.split(r"[\s,;:|]+", group) if token]


def _names_a_tree(version: re.Match[str]) -> bool:
    """True if `v6.1` is a kernel version: people fix v5 with v5.1 or v5.2, long-term trees mostly end in 4 and more."""
    return version[2] is not None and (int(version[2]) >= 4 or (version[1], version[2]) == ("6", "1"))


def _looks_like_prefix(group: str) -> bool:
    tokens = _tokens(group)
    short = len(tokens) <= 2 and len(group) <= 16
    return short or any(
        _VERSION.fullmatch(t) or _COUNTER.fullmatch(t) or _PATCH.fullmatch(t) or t.lower() in ("rfc", "resend")
        for t in tokens
    )


def title_key(title: str) -> str:
    """A title for comparison: without case, extra white space and closing punctuation."""
    return " ".join(title.lower().split()).strip(" .,:;'\"`!?")


_SUBSYSTEM = re.compile(r"^(?:[\w/.,&+*\[\]{}() -]{1,40}: )+")
_STOP_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a an and are as at be by for from in into is it its of on or the to use using via when with add make remove "
        "fix update support new",
    )
)


def title_words(title: str) -> frozenset[str]:
    """The significant words of a title, in lower case: without punctuation, stop words and accents.

    A mail program or a maintainer may have dropped or restored accents.
    """
    if not title.isascii():
        title = "".join(c for c in unicodedata.normalize("NFKD", title) if not unicodedata.combining(c))
    words = re.findall(r"[a-z0-9_]+", title.lower())
    return frozenset(word for word in words if len(word) > 1 and word not in _STOP_WORDS)


@functools.lru_cache(maxsize=8192)  # a posting's title is compared with dozens of others
def gist_words(title: str) -> frozenset[str]:
    """The significant words of a title without the subsystem prefix, if two or more are left.

    "mm: memcg: " is part of every title there, so sharing it does not make two titles similar.
    """
    words = title_words(_SUBSYSTEM.sub("", title))
    return words if len(words) > 1 else title_words(title)
