"""Recognize the mail of a robot by its form: who says they sent it, with what, and what it says of itself.

patchwatch.mail.bots knows the robots that have a format of their own.  Others come every year; no single mark is proof,
because people have robots' words in their names, sign with templates, and forward what robots wrote.  So marks are
weighed, and those of a person count against.  How a sender behaves over many mails, patchwatch.series.robot_senders
judges.
"""

from __future__ import annotations

import functools
import re

from patchwatch.mail import bots, robot_results
from patchwatch.mail.headers import Headers, person
from patchwatch.mail.message import Person
from patchwatch.mail.sentences.split import has_any
from patchwatch.pattern import Pattern

_ENOUGH = 3
_MAX_TEXT = 60_000  # characters that are searched for marks
_EDGE = 12  # lines at the beginning and the end in which a robot says what it is

_TOOLS = (
    r"review|test|build|patch|kernel|check|checks|lint|fuzz|merge|pull|static|doc|docs|ci|ai|qa|kbuild|dt|sparse|"
    r"smatch"
)
_ROBOT_ADDRESS = Pattern(
    rf"(?:^|[.+_-])(?:ro)?bots?(?:$|[.+_-])|^(?:\w++[.+-])*(?:\w+_)?(?:{_TOOLS})(?:ro)?bot\d*(?:$|[.+_-])|"
    r"^(?:\w+[.+_-])?(?:ci|cd|autotest|auto-?build(?:er)?|buildd?|buildbot|jenkins|zuul|automation|daemon|autobot)"
    r"(?:$|[.+_-](?:ci|results?|reports?|noreply|notify|service|runner|reviews?)$)|"
    r"(?:^|[.+_-])(?:ai|llm|auto(?:mated|matic)?|machine|static)[._-]?(?:review(?:er)?|analy[sz](?:er|is)|"
    r"check(?:er)?|"
    r"test(?:er)?|lint(?:er)?|triage)(?:$|[.+_-])"
)
_NO_REPLY = Pattern(r"^(?:[\w.]+[.+_-])?(?:no-?_?reply|do-?_?not-?_?reply|noresponse|devnull-reports)(?:$|[.+_-])")
_ROBOT_NAME = Pattern(
    r"(?i)\[bot\]|\b(?:ro)?bots?\b|\b(?:(?-i:CI|AI|LLM)|autobuilder|buildbot|autotest|daemon)(?:[ -](?:bot|robot|"
    r"review(?:er|s)?|"
    rf"check(?:er|s)?|results?|reports?|system|service|runner|agent|tests?))?$|\b(?:{_TOOLS})bot\b|"
    r"\b(?:automated|automatic|AI|LLM|static) (?:patch |code |kernel )?(?:review|test|build|analy|check|triage)"
)
_SAYS_SO = Pattern(
    r"(?im)^\W{0,4}(?:AI|LLM|automated|automatic)(?:[ -]\w+)? (?:review|analysis|report|test results?)\W{0,4}$|"
    r"^\W{0,4}(?:generated|created|produced|reported|reviewed) by (?:the )?[\w-]*bot\b|"
    r"\b(?:this (?:is an?|was an?|message is an?|mail is an?|e-?mail is an?) (?:auto(?:mated|matic|-generated)|"
    r"machine[- ]generated|AI[- ]generated|bot)\b|"
    r"(?:this|the above) (?:e-?mail|mail|message|report|review|reply|result|comment)s? (?:was|is|has been|were) "
    r"(?:\w+ ){0,2}(?:automatically |machine[- ]|auto-?)?(?:generated|sent|produced|created|posted|written) "
    r"(?:automatically|by (?:an? |the |our )?(?:\w+[ -]){0,3}(?:bot|robot|CI|AI|LLM|script|tool|service|pipeline|"
    r"agent))|"
    r"(?:automatically |auto-?|machine[- ])generated (?:by|report|review|mail|message)|"
    r"i(?:'m| am) (?:just )?an? (?:\w+ )?(?:bot|robot)\b|"
    r"(?:AI|LLM|bot|CI|robot|our tooling|machine) (?:has )?(?:reviewed|checked|tested|analy[sz]ed) (?:your|this|the) "
    r"(?:patch|series|change|submission)|"
    r"\b(?:AI|LLM|automated|automatic)(?:[ -]\w+){0,2} (?:review|analysis|check|report|test(?:ing)?)s? "
    r"(?:found|completed|result|of your|finished|summary|report|·|for)|"
    r"\b(?:AI|LLM|automated|automatic)(?:[ -]\w+){0,2} (?:review|analysis|report)s?\b\W{1,4}https?://|"
    r"(?:your|this) (?:patch|series|submission|change) (?:was|has been) (?:automatically )?(?:tested|checked|built|"
    r"reviewed|analy[sz]ed) (?:automatically|by (?:our|the|an?) (?:\w+[ -]){0,3}(?:bot|robot|CI|AI|system|service|"
    r"pipeline|infrastructure|tool)))"
)
# Matches wherever that matches, in lower case; re finds at once where it can begin.
_MAY_SAY_SO = Pattern(
    r"bot\b|auto(?:mat|-?gen)|machine|llm|ai(?<!\wai)\b|ci(?<!\wci)\b|tooling|"
    r"by (?:\w+[ -]){0,4}(?:bot|robot|ci|ai|script|tool|service|pipeline|agent|system|infrastructure)"
)
_PERSONS_PROGRAM = Pattern(
    r"(?i)mutt|thunderbird|evolution|gnus|notmuch|k-?mail|claws|apple mail|outlook|webmail|alot|aerc|gmail|alpine|"
    r"pine|"
    r"k-9|roundcube|messagingengine|sup|mh-e|nmh|wanderlust|emacs"
)
_PERSONS_ID = Pattern(r"@(?:mail\.gmail\.com|[\w.-]*prod\.outlook\.com|app\.fastmail\.com)>?\s*$")
_NESTED_QUOTE = Pattern(r"(?m)^ ?>[ ]?>")
_ATTRIBUTION = Pattern(r"(?i)\b(?:wrote|writes|said|schrieb|a écrit)\s*:?\s*$")
_VERBS = ("wrote", "writes", "said", "schrieb", "écrit")  # of an attribution
_FORWARDED = Pattern(r"(?im)^.{0,60}\b(?:forward(?:ing|ed)?|fwd|pasting|here is what|quoting|copying)\b.{0,60}$")
_BEGINS = Pattern(r"(?i)(?:on|am|le|el|il|op|at) .*\d")
_DATE = Pattern(r",|\d|\b[AP]M\b|\bUTC\b")
_FIRST_PERSON = Pattern(r"\bI(?:'(?:ve|d|ll)\b|'m (?!an? \w*\s?(?:bot|robot))|\b(?!'| am an? \w*\s?(?:bot|robot)))")
_ACCEPTS = Pattern(r"^(?:patchwork-bot|pr-tracker-bot|tip-bot)")  # what people answer to them is about the patch
_NAMED = Pattern(r"[\w.+-]+@[\w.-]+")


def is_robot(head: Headers, author: Person, text: str, *, submits: bool) -> bool:
    """True if a mail is a robot's; one that `submits` a patch is only if the robot is known."""
    family_name = _has_family_name(author)
    if bots.is_forwarded_report(text) or (bots.is_bot(author) and not family_name):
        return True
    if submits:
        return False
    automatic = head.get("auto-submitted").lower()
    if automatic.startswith("auto-replied"):
        return True  # somebody is away, or the mail was not delivered
    identity = identity_marks(author)
    if automatic.startswith("auto-generated"):
        identity += 3
    text = text[:_MAX_TEXT]
    if not identity and not _says_so(text):
        return False
    return identity + _body_marks(text) - _persons_marks(head, author, text) >= _ENOUGH


@functools.lru_cache(maxsize=4096)
def identity_marks(author: Person) -> int:
    """How much name and address say that they are a robot's: 0 nothing, 2 a word, 3 so much that it is enough."""
    local = author.email.split("@", maxsplit=1)[0]
    marks = 0
    if _NO_REPLY.search(local) or "[bot]" in author.name:
        marks += 3
    if _ROBOT_ADDRESS.search(local):
        marks += 2
    if _ROBOT_NAME.search(author.name if author.name.upper() != author.name else author.name.title()):
        marks += 2
    return min(marks, 1 if _has_family_name(author) else _ENOUGH)


def _has_family_name(author: Person) -> bool:
    """True for "Jan Bot <jan.bot@example.org>"."""
    words = author.name.lower().split()
    local = author.email.split("@", maxsplit=1)[0]
    return len(words) == 2 and words[1] == "bot" and local in (f"{words[0]}.bot", f"{words[0][0]}.bot")


def answers_robot(head: Headers, text: str) -> bool:
    """True if a reply quotes a robot, or is addressed to one without saying whom it quotes."""
    quoted = _attribution(text)
    if quoted:
        named = _NAMED.search(quoted)
        name = _DATE.split(_ATTRIBUTION.sub("", re.sub(r"<[^>]*>?", "", quoted)))[-1].strip("\"' ")
        who = Person("" if "@" in name else name[-80:], named[0].lower() if named else "")
    else:
        who = person(head.get("to"))
    return (bots.is_bot(who) or identity_marks(who) >= 2) and not _ACCEPTS.search(who.email)


def is_personal_name(name: str) -> bool:
    """True if a display name can be a person's: two words or more without a robot's."""
    return len(name.split()) >= 2 and not _ROBOT_NAME.search(name)


def _body_marks(text: str) -> int:
    return 2 * _says_so(text) + robot_results.has_result(text)


def _says_so(text: str) -> bool:
    edges = _edges(text)
    return _MAY_SAY_SO.search(edges.lower()) is not None and _SAYS_SO.search(edges) is not None


def _persons_marks(head: Headers, author: Person, text: str) -> int:
    marks = 0
    program = head.get("user-agent") or head.get("x-mailer")
    if _PERSONS_PROGRAM.search(program) or _PERSONS_ID.search(head.get("message-id")):
        marks += 2
    if _NESTED_QUOTE.search(text):
        marks += 1
    if is_personal_name(author.name):
        if _FIRST_PERSON.search(_edges(text)):
            marks += 1
        if _FORWARDED.search(text[:600]):
            marks += 2
        if _signs_as(author.name, text):
            marks += 2
    return marks


def _signs_as(name: str, text: str) -> bool:
    """True if a mail ends with a word of the sender's name, as people sign."""
    lines = [line.strip(" ,-–—/") for line in text.rstrip().split("\n")[-8:] if line.strip()]
    words = {word.lower() for word in re.findall(r"\w{2,}", name)}
    return any(0 < len(signed := set(re.findall(r"\w+", line.lower()))) <= 3 and signed <= words for line in lines)


def _edges(text: str) -> str:
    """The first and last lines that are not quoted."""
    lines = [line for line in text.split("\n") if line[:1] != ">" and line.strip()]
    return "\n".join(lines if len(lines) <= 2 * _EDGE else [*lines[:_EDGE], *lines[-_EDGE:]])


def _attribution(text: str) -> str:
    """The line above the first quote that says who wrote it, joined if it is folded; empty without one."""
    text = text[:6000]
    quote = 0 if text[:1] == ">" else text.find("\n>")
    lines = (text if quote < 0 else text[:quote]).split("\n")
    above = [line.strip() for line in lines[-5:] if line.strip()]
    if not above or not (has_any(_VERBS, above[-1].lower()) and _ATTRIBUTION.search(above[-1])):
        return ""
    begin = next((n for n in range(1, min(3, len(above)) + 1) if _BEGINS.match(above[-n])), 1)
    return " ".join(above[-begin:])
