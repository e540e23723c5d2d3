"""What stands below a reply that nobody wrote for its readers."""

from __future__ import annotations

import pytest

from patchwatch.mail.body import own_text, segments
from patchwatch.mail.mail_end import end_lines
from patchwatch.mail.parse import parse
from tests.support.mails import mail

WRITTEN = "> Clamp it.\n\nLooks sane to me.\n\nBest regards,\nRex\n"


def texts(block: str) -> list[str]:
    """The texts in a block, between lines of a percent sign."""
    return [f"{text.strip()}\n" for text in block.split("%\n")]


NOTICES = texts(
    """\
CONFIDENTIAL: this e-mail is only for the person it is addressed to. If you are somebody else, please delete
it, tell nobody what it says, and drop the attachments.
%
This message and any attachment may be privileged. If you received it in error, please notify the sender, delete
it and do not copy or disclose it. Please resend it to the right address.
%
Disclaimer: the views in this mail are not necessarily those of Frob Ltd. Please remove this message if you were
not meant to get it.
%
The intended
recipient of this email alone may use it. Distribution by anybody else is prohibited, and you should
destroy all copies.
%
Frob Ltd is registered in England. You should carry out your own virus checks before opening any attachment.
%
Frob Ltd is registered in England, company number 12345. This email may be confidential; please delete it if it was
sent to you by mistake.
%
Diese E-Mail ist vertraulich und nur für den Empfänger bestimmt. Wer sie irrtümlich bekommt, möge den Absender
informieren und sie löschen.
%
Ce courriel est confidentiel et réservé à son destinataire. Si vous le recevez par erreur, merci de le supprimer.
%
Este correo es confidencial y solo para su destinatario. Si lo recibe por error, bórrelo, por favor.
%
Questo messaggio è riservato al destinatario. Se ricevuto per errore, va eliminato.
%
Ta wiadomość jest poufna i tylko dla adresata. Jeśli przyszła omyłkowo, proszę ją usunąć.
%
Это письмо конфиденциально. Если вы не его адресат, удалите сообщение.
%
本邮件及附件含有保密信息，仅限收件人使用。如误收请删除。
"""
)
FOOTERS = texts(
    """\
_______________________________________________
linux-frob mailing list
linux-frob@lists.example.org
https://lists.example.org/mailman/listinfo/linux-frob
%
______________________________________________________
Linux frob discussion mailing list
http://lists.example.org/mailman/listinfo/linux-frob/
%
-=-=-=-=-=-=-=-=-=-=-=-
Groups.io Links: You receive all messages sent to this group.
View/Reply Online (#12): https://frob.groups.io/g/main/message/12
Mute This Topic: https://groups.io/mt/1/2
-=-=-=-=-=-=-=-=-=-=-=-
%
------------------------------------
Yahoo! Groups Links

<*> To visit the group on the web, go to:
    http://groups.example.com/group/frob/

<*> To unsubscribe, send a mail to:
    frob-off@example.com
%
You received this message because you are subscribed to the group 'frob'.
To unsubscribe from it, send a mail to
frob+unsubscribe@example.com.
%
To unsubscribe from this list: send the line "unsubscribe linux-frob" in
the body of a message to majordomo@example.org
Please read the FAQ at http://www.example.org/faq/
"""
)
ADVERTS = texts(
    """\
Sent from my frobPhone
%
Sent with Frob Mail secure email.
%
Von meinem iPhone gesendet
%
发自我的手机
%
Get Outlook for Frob
%
This email has been checked for viruses by Frob antivirus software.
www.example.com
%
Diese Mail wurde von Frob auf Viren geprüft.
%
Please consider the environment before you print this mail!
"""
)


def own(text: str) -> str:
    return own_text(text, patch=False).strip()


@pytest.mark.parametrize("end", [*NOTICES, *FOOTERS, *ADVERTS])
def test_the_end_is_not_own_text(end: str) -> None:
    assert own(WRITTEN + "\n" + end) == own(WRITTEN)
    assert own(f"{WRITTEN}\n{end}\n\n") == own(WRITTEN)
    assert segments(f"{WRITTEN}\n{end}", patch=False)[-1].kind in ("signature", "prose")


@pytest.mark.parametrize("notice", NOTICES)
@pytest.mark.parametrize("footer", FOOTERS)
def test_footer_below_a_notice_and_a_notice_below_a_footer(notice: str, footer: str) -> None:
    assert own(f"{WRITTEN}\n{notice}\n{footer}") == own(WRITTEN)
    assert own(f"{WRITTEN}\n{footer}\n{notice}") == own(WRITTEN)


@pytest.mark.parametrize("notice", NOTICES)
def test_notice_decides_nothing(notice: str) -> None:
    body = f"> Clamp it.\n\nAcked-by: Rita Reviewer <rita@example.com>\n\n{notice}"
    message = parse(
        mail(subject="Re: [PATCH] frob", in_reply_to="0@x", body=body, sender="Rita Reviewer <rita@example.com>")
    )
    assert [tag.name for tag in message.trailers] == ["Acked-by"]
    assert (message.signals, message.word_count) == ((), 0)


def test_signature_above_a_notice_is_left_out() -> None:
    assert own(f"> Clamp it.\n\nFine.\n\n--\nRex\nFrob Ltd\n\n{NOTICES[0]}\n{NOTICES[1]}\n{NOTICES[2]}") == "Fine."


def test_notice_above_the_original_mail() -> None:
    original = "-----Original Message-----\nFrom: Ann Author <ann@example.org>\nSubject: [PATCH] frob\n\nClamp it.\n"
    assert own(f"Fine.\n\n{NOTICES[1]}\n{original}") == "Fine."
    assert own("Fine.\n\nSent from my frobPhone\n\n> Clamp it.\n") == "Fine."


@pytest.mark.parametrize(
    "words",
    [
        "PS: please resend it to the list.",
        "Please send a v2.",
        "Please delete the copy of the message in the error path, and notify the recipient about it.",
        "The confidential attachment is copied to the wrong recipient; frob_send() must delete it.",
        "This message is intended for userspace: please delete the copy, it is forbidden to distribute it.",
        "The attachment to the confidential key must be erased.",
        "The destination of this message is wrong, please delete it.",
        "This patch must not disclose the confidential message to another recipient, please delete the copy.",
        "Should I notify the sender of the message in error?",
        "Sent by mistake, please ignore this patch.",
        "Sent from the wrong address, please ignore.",
        "The mail was flagged by a virus scanner, please resend it as plain text.",
        "Please consider the alignment of the struct.",
        "_____________\n\nPlease use the helper instead, see https://example.org/helper",
        "----------\nI'd rather see https://lists.example.org/frob/1 fixed first.",
        "----------\nPatch 2 is wrong, see the archives at https://example.org/archives",
        "Reviewed-by: Rita Reviewer <rita@example.com>",
    ],
)
def test_what_people_write_last_is_own_text(words: str) -> None:
    assert own(f"{WRITTEN}\n{words}\n").endswith(words.split("\n")[-1])
    assert own(f"{WRITTEN}\n{NOTICES[1]}\n{words}\n").endswith(words.split("\n")[-1])


def test_notice_that_is_quoted_or_answered_is_no_end() -> None:
    text = f"{NOTICES[1]}\n> Clamp it.\n\nPlease send your mails without that.\n"
    assert "received it in error" in own(text)


@pytest.mark.parametrize(
    "unit", ["_____\n", "confidential ", "confidential mail\n\n", "sent from my ", "-=-=-=-=-=-=\n\n"]
)
def test_huge_end_is_read_quickly(unit: str) -> None:
    lines = (unit * 50_000).split("\n")
    for found in end_lines(lines, ["prose"] * len(lines)):
        assert found.start < found.stop
