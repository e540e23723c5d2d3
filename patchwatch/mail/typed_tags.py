"""Bring tags in replies into the usual form, `Reviewed-by: A <a@b> # for what`, however people typed them.

`Acked-By : A <a@b>.`, `*Reviewed-by: A <a@b>*`, `Patches 1-3: Reviewed-by: A <a@b>`, a tag at the end of a sentence or
wrapped over two lines.  Within a sentence only the sender's own tag is one, unless the sentence denies it or shows an
example; "you can add my Reviewed-by to 2/3" gives one without an address.  patchwatch.mail.trailers reads the result.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from patchwatch.mail import tag_scope
from patchwatch.mail.message import Person
from patchwatch.mail.same_name import is_same_name
from patchwatch.pattern import Pattern

_USUAL = Pattern(r"\s{0,8}[A-Z][a-z]*(?:-[a-z]+)+: \S[^<>]*<[^<>\s]+>\s*")
_GIVEN = r"(?:signed-off|co-developed|reviewed|acked|nacked|tested|reported|suggested|requested|debugged)"
_TAG = Pattern(
    rf"(?<![A-Za-z0-9\"'`\u201c-])(?P<name>{_GIVEN}(?:-and-{_GIVEN})*[-_ \u2010-\u2014]by)\b[*_]{{0,2}}"
    r"(?:\s{0,3}[:\uff1a][*_]{0,2}\s*|(?<=-by)\s+)"
    r"(?P<who>[^<>@:|]{0,80}?)[\s*]*(?P<open>[<\[(]?)\s?(?P<address>[\w.+=~%/-]{1,64}@[\w.-]{0,250}\w)\s?[>\])]?[*_]{0,2}",
    re.IGNORECASE,
)
_BEGUN = Pattern(
    rf"(?<![\w\"'`-]){_GIVEN}(?:-and-{_GIVEN})*-by\s{{0,3}}:\s*[^@|]{{0,80}}(?:<[^\s<>]{{0,64}}@?)?$", re.I
)
_ADDRESS = Pattern(r"[\s\w.,'\"()-]{0,60}<[^\s<>@]+@[^\s<>@]+>|[\w.+=~%-]*@?[\w.-]+\.\w+>")
_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&nbsp;", " "), ("&amp;", "&"), ("\u00a0", " "))
_MARKS = " \t*_-\u2022"  # around a tag: emphasis, or the mark of a list
_CODE = Pattern(r"\s*(?:[+#|>]|-\S|//|/\*|@@)")
_DENIED = Pattern(
    r"(?i)\b(?:not|never|nor|neither|without|cannot|drop\w*|remov\w*|delet\w*|withdr\w*|retract\w*|revok\w*|"
    r"instead of|rather than|until|unless|before|examples?|e\.g|i\.e|such as|something like|the form(?:at)?|"
    r"looks? like|should (?:say|read|be)|means?|see|saw|wrote|said)\b|n['\u2019]t\b"
)
_CLAUSE = Pattern(r"[.!,;:](?:\s|$)|\bbut\b")
_NOT_GIVEN = Pattern(r"\s*[\"`\u201d]|\W{0,3}(?:but )?only (?:after|if|once|when)\b|.*\?")  # quoted, or asked for
_IN_CODE = Pattern(r"^\s*`{1,3}(\S[^`]*)`{1,3}\s*$")  # the whole line
_NAMELESS = Pattern(
    r"[\s*_]{0,8}(?P<name>acked|reviewed|tested)-by[\s*_]{0,3}:[\s*_]*(?P<who>[^\W\d][\w .'-]{1,60}?)[\s*_.]*",
    re.IGNORECASE,
)
# "You can add my Reviewed-by to 1-9, too."
_IN_PROSE = Pattern(
    r"(?:^|[.,;:!)–—-]\s+|\b(?:so|and)\s+)"
    r"(?:(?:please|also|then|so|just|you(?: can| may|'re welcome to| are welcome to)|feel free to|go ahead and)\s+)*"
    r"(?P<verb>add|include|have|take|use)\s+(?:in\s+)?my\s+(?P<name>reviewed|acked|tested)-by\b(?:\s+tags?)?"
    r"(?![ \t]*[:<])(?P<behind>(?:[^.!?;,]|\.(?=\w))*)(?P<end>.?)",
    re.IGNORECASE,
)
_ON_CONDITION = Pattern(r"(?i)\b(?:if|once|when|after|unless|until|assuming|provided|with(?:out)?|from|only|in v\d+)\b")
_CONDITION_NEXT = Pattern(r"(?i)\s*(?:but )?(?:only (?:if|once|when|after)|if|once|unless|until|assuming|provided)\b")
_TOO = Pattern(r"(?i)^\s*(?:tags? )?(?:back )?(?:to|for|on)\s+|\b(?:as well|too|then|also|here|now)\b")
_MAX_LINE = 600  # characters
_MAX_LINES = 4_000  # of a reply that are looked at


def in_usual_form(lines: Sequence[str], sender: Person) -> list[str]:
    """The lines of a reply, as many as before, with the tags in the usual form."""
    found = list(lines)
    for number, line in enumerate(found[:_MAX_LINES]):
        lowered = line.lower()
        if "by" not in lowered or len(line) > _MAX_LINE or _USUAL.fullmatch(line):
            continue
        if line.lstrip().startswith("`"):
            line = _IN_CODE.sub(r"\1", line)
        if "&" in line or "\u00a0" in line:
            for entity, character in _ENTITIES:
                line = line.replace(entity, character)
        tag = _TAG.search(line)
        if tag is None and number + 1 < len(found) and _BEGUN.search(line):
            following = found[number + 1].strip()
            if _ADDRESS.match(following) and not _BEGUN.search(following):
                glue = "" if "<" in line else " "  # the address itself may be wrapped
                tag = _TAG.search(f"{line.rstrip()}{glue}{following}")
                if tag is not None:
                    found[number + 1] = ""
        if tag is not None:
            usual = _usual(tag, sender)
        else:
            usual = _given_by_name(line, sender)
            if not usual and " my " in lowered:
                usual = _given_in_prose(line, found[number + 1 : number + 2], sender)
        if usual:
            found[number] = usual
    return found


def _given_by_name(line: str, sender: Person) -> str:
    """The tag in the usual form of a line that names the sender, or a part of the name, and no address; or empty."""
    given = _NAMELESS.fullmatch(line) if sender.name else None
    if given is None or not set(given["who"].lower().split()) <= set(sender.name.lower().split()):
        return ""
    return f"{given['name'].capitalize()}-by: {sender.name} <{sender.email}>"


def _given_in_prose(line: str, following: Sequence[str], sender: Person) -> str:
    """The tag that a sentence gives without an address, in the usual form; empty if it gives none, or not yet."""
    begin = line.strip()
    given = _IN_PROSE.search(" ".join((begin, *(more.strip()[:_MAX_LINE] for more in following))))
    if given is None or given.start("verb") > len(begin):  # the next line gives it, with what is behind
        return ""
    if given["end"] == "?" or _ON_CONDITION.search(given["behind"]):
        return ""
    if given["end"] == "," and _CONDITION_NEXT.match(given.string, given.end()):
        return ""
    scope = _scope_before(_TOO.sub("", given["behind"]))
    value = f"{sender.name} <{sender.email}>" if sender.name else sender.email
    return f"{given['name'].capitalize()}-by: {value}" + (f" # {scope}" if scope else "")


def _usual(tag: re.Match[str], sender: Person) -> str:
    """A tag in the usual form; empty if it is part of a sentence that does not give it."""
    who, address = tag["who"].strip(" \t*,;"), tag["address"]
    before, behind = tag.string[: tag.start()], tag.string[tag.end() :]
    if _CODE.match(before):
        return ""
    name = re.sub(r"[_ \u2010-\u2014]", "-", tag["name"]).capitalize()
    value = f"{who} <{address}>" if who or tag["open"] else address
    named = tag["open"] == "<" or not who or _is_sender(who, "", sender)  # not "Reviewed-by: tag to ann@example.org"
    words = before.strip(_MARKS)
    if not named:
        return ""
    if not words:
        kept = behind.lstrip()
        if kept.startswith(("#", "(", "[", "on ")) or tag_scope.split_scope(f"{value} {kept}")[1]:
            return f"{name}: {value} {kept}"
        return f"{name}: {value}"
    if not _is_sender(who, address, sender) or _DENIED.search(_CLAUSE.split(words)[-1]) or _NOT_GIVEN.match(behind):
        return ""
    limited = behind.lstrip(" ,").startswith(("#", "(", "for ", "except "))  # "to v3" names no patches
    scope = tag_scope.split_scope(f"{value} {behind.lstrip(' ,')}")[1] if limited else ""
    scope = scope or _scope_before(words)
    return f"{name}: {value} # {scope}" if scope else f"{name}: {value}"


def _scope_before(words: str) -> str:
    """The scope in the words before a tag on the same line: "Patches 1-3:", "For the series,"."""
    words = re.split(r"(?<=[.!])\s", words.strip(" :,;.-()[]"))[-1]
    scope = tag_scope.parse_scope(words, named=False)
    if scope is not None:
        return "" if scope.this else words
    return tag_scope.scope_in_sentence(words)


def _is_sender(who: str, address: str, sender: Person) -> bool:
    return address.lower() == sender.email or is_same_name(who.strip("\"'"), sender.name)
