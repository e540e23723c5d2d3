"""Find the end of a reply that nobody wrote for its readers: company notices, list footers, advertisements.

Gateways and list servers append them without the `-- ` of a signature.  Only what stands last is looked at, below all
that is quoted, or right above a mail that is quoted whole; and only paragraphs of these shapes are the end, so that a
"PS: please resend" below a name or a notice is still part of the mail.  Text with a tag is never the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from patchwatch.mail.sentences.split import has_any
from patchwatch.pattern import Pattern

_MOST_LINES = 150  # that are looked at
_LAST_LINES = 9  # that must have a word of a notice or footer
_MOST_CHARACTERS = 4_000  # of a paragraph


def _pattern(lines: str) -> Pattern[str]:
    """A pattern whose lines are joined without their indentation."""
    return Pattern("".join(line.strip() for line in lines.splitlines()), re.IGNORECASE | re.DOTALL)


# Words of company notices, by subject, in the languages that are common on the lists.
_SECRET = _pattern(r"""confiden[tc]i|privileged|proprietary|vertraulich|riservat|poufn|конфиденциал|gizli|vertrouwelijk|
    机密|保密|機密|秘密|기밀""")
_ADDRESSEE = _pattern(r"""intended (?:recipient|addressee)|intended (?:only|solely|exclusively)|
    intended for (?:the )?(?:sole |exclusive )?(?:use|addressee|named|person|individual|recipient)\b|
    (?:not|only|solely) (?:meant|addressed)|addressee|recipients? (?:only|named)|named recipient|
    (?:person|entity|individual|company) (?:or \w+ )?(?:to whom|named|listed|it is)|adressat|empfänger|destinat[aá]|
    получател|адресат|adresat|alıcı|geadresseerde|收件人|收信人|受信者|수신""")
_BY_MISTAKE = _pattern(r"""\b(?:in|by) (?:error|mistake)\b|mistakenly|erroneous|irrtüm|versehentlich|par erreur|
    por error|por engano|per errore|omyłk|ошибоч|по ошибке|yanlış|误|誤|잘못""")
_DISCLAIMED = _pattern(r"""\bliab(?:le|ility)\b|registered (?:office|in|number)|company (?:no|number|registration)|
    legal(?:ly)? (?:notice|binding|privilege)|\bviews?\b.{0,40}\bnecessarily\b|registergericht|amtsgericht|
    geschäftsführ|handelsregister|\bhrb \d|siret|\bR\.?C\.?S\.?\b|responsabilit|免责|免責""")
# A mail that speaks of itself, unlike "the message is printed twice".
_THIS_MAIL = _pattern(r"""\bthis (?:e-?mail|mail|message|communication|transmission)|
    \b(?:any|all|its|their|the) attachments\b|\bany attachment\b|
    \bdiese[rsn]? (?:e-?mail|mail|nachricht)|\bc(?:e|et) (?:courriel|message|mail|e-?mail)|
    \b(?:este|esta|ese) (?:correo|mensaje|mensagem|e-?mail)|\bquest[oa] (?:messaggio|e-?mail|mail)|\bta wiadomo|
    (?:это|данное) (?:электронное )?(?:письмо|сообщени)|[本此该該](?:邮件|郵件|电子邮件|電子郵件)|このメール|이 메일|
    \bbu (?:e-?posta|ileti)|\bdit? (?:bericht|e-?mail)|\bdeze e-?mail""")
_TO_DO = _pattern(r"""\b(?:notify|inform|alert|advise|contact)\b.{0,40}\b(?:sender|us|me|originator)\b|
    \b(?:delet|destroy|eras)\w*\b|lösch|vernicht|informieren|détruire|supprim|prévenir|borr|elimin|distrugg|cancell|
    usun|удал|уничтож|siliniz|verwijder|删除|刪除|削除|삭제""")
_FORBIDDEN = _pattern(r"""disclos|\bcop(?:y|ies|ying)\b|distribut|dissemin|unauthori[sz]ed|prohibit|forbidden|unlawful|
    unbefugt|nicht gestattet|interdit|prohib|proibi|vietat|zabron|запрещ|禁止|严禁|嚴禁|금지""")
_VIRUSES = _pattern(r"""\bvirus(?:es)? checks?\b|\bcheck(?:ed)? for (?:the presence of )?virus|before opening""")
_HEADING = Pattern(
    r"\W*(?:\w+ ){0,3}(?:notice|disclaimer|confidentiality|\w*hinweis|aviso|avis|avvertenz\w+|uwaga|внимание|warning|"
    r"声明|聲明)\b[^.]{0,40}:|\W*(?:免责声明|免責聲明|保密声明)",
    re.IGNORECASE,
)
# Footers of lists and groups, one of which is enough.
_FOOTER = Pattern(
    r"\bunsubscrib|\bmailing list\n\S+@\S+|\bmailing list\n.*https?://|mailman/listinfo|"
    r"you received this (?:message|e-?mail) because|groups\.io links|yahoo!? groups|mute this topic|"
    r"more majordomo info",
    re.IGNORECASE,
)
_ADVERT = _pattern(r"""\W*(?:(?:sent (?:from (?:my|mail|outlook|yahoo|proton\w*|a|the)\b|with\b|via\b|using\b)|
    get outlook\b|composed (?:with|on)\b|von mein\w+ \S+ gesendet|gesendet (?:von|mit)|envoyé (?:de|depuis)|
    enviado (?:de|desde)|inviato d|skickat från|verzonden (?:vanaf|met)|wysłan[eo] z|отправлено (?:с|из)|(?:发|發)自|
    iPhone(?:から|에서))[^.,?!\n]{0,60}\.?\W*|
    (?:(?!\b(?:please|you|your|patch)\b).){0,120}(?:virus-?free|virenfrei|
    (?:checked|scanned|certified|protected|verified|geprüft|analizado|vérifié)\b.{0,60}(?:virus|viren|malware)|
    (?:virus|viren|malware)\w*\b.{0,40}(?:geprüft|checked|scanned|found|detected))(?:(?!\bplease\b).){0,120}|
    (?:please )?(?:consider|think (?:of|about)) (?:the|our) (?:environment|planet)\b.{0,120}|
    (?:please )?think before (?:you|printing)\b.{0,120})""")
_RULER = Pattern(r"\s*(?:([_=*~#-])\1{4,}|(?:-=){5,}-?|_\._,_\.___)\s*")
_LIST = Pattern(
    r"mailing list|listinfo|\blists?[./@-]|@lists?\.|groups?\b|subscri|archives?\b|listserv|majordomo|sympa",
    re.IGNORECASE,
)
_LINK = Pattern(r"https?://|\bwww\.|[\w.+-]+@[\w-]+\.\w|\bmailing list\b|\[\d+\]:", re.IGNORECASE)
_TALK = Pattern(
    r"\bI(?:'\w+)?\b|\?|\w\(\)|\w_\w|->|(?i:\bpatch(?:es)?\b|\b(?:this|the|your) (?:series|code|function|driver)\b)"
)
_ASKS = Pattern(r"(?i)\bplease\b")
_MAX_FOOTER = 20  # lines below a ruler
_SIGNED = Pattern(r"\s?(?:--|\u2014|\u2013)\s*")
_MAX_SIGNATURE = 10  # lines above a notice
# One of these is in the last lines of every end; looking for them is much faster than the patterns.
_HINTS = (
    *("confid", "privileg", "vertrau", "riserv", "poufn", "intended re", "intended fo", "intended on", "intended so"),
    *("recipient", "addressee", "meant ", "addressed to", "empf", "destinat", "by mistake", "in error", "irrt"),
    *("erreur", "per errore", "por er", "engano", "liab", "registered in", "registered off", "unsubs", "mailing list"),
    *("majordomo", "received this", "groups.io", "yahoo", "virus", "viren", "malware", "the environment", "planet"),
    *("before you print", "sent from", "sent via", "sent with", "outlook", "gesendet", "inviat", "enviad", "skickat"),
    *("verzond", "iphone", "composed", "disclaim", "notice:", "_____", "-=-="),
)
_FOREIGN_HINTS = (
    *("конфид", "gizli", "机密", "保密", "機密", "기밀", "秘密", "адрес", "收件人", "omył", "ошиб", "envoyé", "wysłan"),
    *("отправ", "发自", "發自"),
)


def end_lines(lines: Sequence[str], kinds: Sequence[str]) -> Iterator[range]:
    """The runs of lines that are the end of a reply; `kinds` are those of patchwatch.mail.body."""
    last = len(lines)
    while last and (kinds[last - 1] != "prose" or not lines[last - 1].strip()):
        last -= 1  # the original mail, quoted below a top-posted reply
    text = "\n".join(lines[max(0, last - _LAST_LINES) : last]).lower()
    if not has_any(_HINTS, text) and (text.isascii() or not has_any(_FOREIGN_HINTS, text)):
        return
    first = last
    while first > 0 and last - first < _MOST_LINES and kinds[first - 1] == "prose":
        first -= 1
    end = last  # of what is not known to be a footer
    for start, stop in reversed(list(_paragraphs(lines, first, last))):
        if _RULER.fullmatch(lines[start]) and _is_footer(lines[start + 1 : end]):
            yield range(start, end)
            end = start
        elif _is_end("\n".join(lines[start:stop])[:_MOST_CHARACTERS]):
            yield range(start, stop)
            if not any(line.strip() for line in lines[stop:end]):
                end = start
    if end < last:
        yield from _signature(lines, first, end)


def _signature(lines: Sequence[str], first: int, end: int) -> Iterator[range]:
    """The signature above a notice, which no longer ends the mail."""
    for number in range(end - 1, max(first, end - _MAX_SIGNATURE) - 1, -1):
        if _SIGNED.fullmatch(lines[number]):
            yield range(number, end)
            return


def _paragraphs(lines: Sequence[str], first: int, last: int) -> Iterator[tuple[int, int]]:
    """The paragraphs in a range of lines; a ruler begins one."""
    start = first
    for number in range(first, last):
        blank = not lines[number].strip()
        if blank or _RULER.fullmatch(lines[number]):
            if start < number:
                yield start, number
            start = number + 1 if blank else number
    if start < last:
        yield start, last


def _is_footer(lines: Sequence[str]) -> bool:
    """True if the lines below a ruler are a list's footer: few, with links, and no talk about a patch."""
    written = [line for line in lines if line.strip() and not _RULER.fullmatch(line)]
    if not 0 < len(written) <= _MAX_FOOTER or any(_TALK.search(line) for line in written):
        return False
    text = "\n".join(written)
    if not _LIST.search(text) or (_ASKS.search(text) and not _FOOTER.search(text)):
        return False
    return 3 * sum(1 for line in written if _LINK.search(line)) >= len(written)


def _is_end(paragraph: str) -> bool:
    """True if a paragraph is a company's notice, a list's footer, or an advertisement."""
    if _TALK.search(paragraph) and not _FOOTER.search(paragraph):
        return False
    if _FOOTER.search(paragraph) and _LINK.search(paragraph):
        return True
    paragraph = " ".join(paragraph.split())
    if _ADVERT.fullmatch(paragraph):
        return True
    if not _THIS_MAIL.search(paragraph):
        return False  # "Please delete the copy of the message" has words of a notice, too
    telling = [p.search(paragraph) is not None for p in (_SECRET, _ADDRESSEE, _BY_MISTAKE, _DISCLAIMED)]
    others = [p.search(paragraph) is not None for p in (_TO_DO, _FORBIDDEN, _VIRUSES)]
    return any(telling) and sum(telling) + sum(others) >= (1 if _HEADING.match(paragraph) else 2)
