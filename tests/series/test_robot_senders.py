"""Robots are noticed by how a sender behaves; a person with a template is none."""

from __future__ import annotations

import random

from patchwatch.mail.bots import FORMATS
from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from patchwatch.series.robot_senders import RobotSender, SentMail, robot_senders
from tests.support.mails import mail

PATCH = parse(mail(message_id="1@x", body="Why.\n\nSigned-off-by: A <a@x>\n---\n"))
SENTINEL = "Patch Sentinel <sentinel@corp.example>"


def reply(number: int, sender: str, body: str, to: str = "1@x") -> Message:
    return parse(
        mail(
            message_id=f"{sender[:3]}{number}@x",
            subject="Re: [PATCH] frob",
            sender=sender,
            in_reply_to=to,
            body=body,
            date=f"Mon, 3 Jul 2023 {11 + number % 3}:00:00 +0000",
        )
    )


def found(*mails: SentMail) -> tuple[RobotSender, ...]:
    shuffled = list(mails)
    random.Random(7).shuffle(shuffled)
    result = robot_senders(mails, FORMATS)
    assert result == robot_senders(shuffled, FORMATS)
    return result


def to_patch(message: Message) -> SentMail:
    return SentMail(message, PATCH)


def test_who_begins_every_mail_with_the_same_words_and_answers_nobody_behaves_like_a_robot() -> None:
    body = "The nightly sweep looked at frob_{}() and has {} remarks on it.\n\nThe lock at line {} is not released.\n"
    (robot,) = found(*(to_patch(reply(n, SENTINEL, body.format(n, n + 2, n))) for n in range(6)))
    assert (robot.address, robot.mails, robot.recognized) == ("sentinel@corp.example", 6, False)
    assert "6 of 6 mails begin" in robot.why
    assert "within 2 h" in robot.why


def test_a_robot_that_is_recognized_by_form_is_named_with_its_results() -> None:
    mails = [to_patch(reply(n, "Quokka <quokka-bot@q.example>", "- [High] the lock leaks\n")) for n in range(2)]
    mails += [to_patch(reply(9, "Quokka <quokka-bot@q.example>", "Words that no rule knows.\n"))]
    (robot,) = found(*mails)
    assert (robot.name, robot.mails, robot.results, robot.recognized) == ("Quokka", 3, 2, True)


def test_a_person_with_a_template_who_answers_people_is_no_robot() -> None:
    body = "Thank you for this patch, it was read with great care.\n\nPoint {}.\n\nBest regards,\nRita Reviewer\n"
    mails = [to_patch(reply(n, "Rita Reviewer <rita@example.org>", body.format(n))) for n in range(8)]
    answer = SentMail(reply(8, "Rita Reviewer <rita@example.org>", body.format(8), "ann@x"), mails[0].message)
    assert found(*mails, answer) == ()


def test_a_person_who_writes_something_else_each_time_is_no_robot() -> None:
    words = ["The lock is not released here.", "Why is this a macro at all?", "This belongs into the driver.", "No."]
    assert found(*(to_patch(reply(n, SENTINEL, f"{words[n % 4]}\n\nBest,\nPat\n")) for n in range(12))) == ()


def test_short_praise_is_no_template() -> None:
    assert found(*(to_patch(reply(n, SENTINEL, "Looks good.\n\nReviewed-by: P <p@x>\n")) for n in range(9))) == ()


def test_robots_with_a_format_of_their_own_are_not_named() -> None:
    broken = "kernel test robot noticed the following build errors:\n"
    assert found(to_patch(reply(1, "kernel test robot <lkp@intel.com>", broken))) == ()
