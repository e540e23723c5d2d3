"""Mails of robots that do not exist, each with a format of its own, and of people who look like robots."""

from __future__ import annotations

from textwrap import dedent

from patchwatch.mail.message import Message
from patchwatch.mail.parse import parse
from tests.support.mails import mail

HUNK = """\
> diff --git a/drivers/frob/core.c b/drivers/frob/core.c
> --- a/drivers/frob/core.c
> +++ b/drivers/frob/core.c
> @@ -10,6 +10,9 @@ static int frob_probe(struct device *dev)
>  	struct frob *f = dev_get_drvdata(dev);
> +	mutex_lock(&f->lock);
> +	if (!f->ready)
> +		return -EBUSY;
"""

SUMMARY_AND_COMMENTS = f"""\
Thanks for the patch! The Quokka AI review found 3 possible issues:

New issues:
- [Critical] frob_probe() returns with the lock held if the device
  is not ready.
- [Low] The comment names a function that was renamed.

Pre-existing issues:
- [High] frob_remove() frees the ring while its interrupt can still fire.
--

commit 0123456789abcdef0123456789abcdef01234567
Author: Ann Author <ann@example.org>

frob: take the lock

{HUNK}
[Severity: Critical]
Is the mutex released before this return?

When f->ready is false, the function leaves without mutex_unlock().

[ ... ]

> @@ -90,3 +93,3 @@ static void frob_remove(struct device *dev)
>  	kfree(f->ring);

[Severity: High]
This isn't a bug introduced by this patch, but can the interrupt still fire
here and use the freed ring?

--{" "}
Quokka AI review · https://quokka.example/r/17
"""

COMMENTS_ONLY = f"""\
{HUNK}
Can frob_probe() return here without releasing the lock it took two lines
above?

[ ... ]

> +	f->count++;

Does this need to be atomic? frob_irq() increments it without the lock.


---
LLM reviewed your patch. Fix it, or answer why it is fine.
See: https://ci.example.net/frob/README
"""

NUMBERED_BLOCKS = """\
This is an automated message from the wombat analysis service.

Issue 1: lock leaked on error
  Severity: high
  File: drivers/frob/core.c:14
  Function: frob_probe
  Description: the error path leaves with the mutex locked

Issue 2: stale kerneldoc
  Severity: minor
  Location: include/linux/frob.h
  Description: @count is not documented

Wombat 2.3, contact wombat-admins@example.com
"""

TABLE = """\
Hello,

I'm a bot. These are the results for your series:

| Severity | Place | Message |
|----------|-------|---------|
| Major | drivers/frob/irq.c | the return value of request_irq() is ignored |
| Nit | drivers/frob/core.c | two blanks before the closing brace |
"""

COMPILER_LIKE = """\
Static check results for patch 2/3:

drivers/frob/core.c:41:9: warning: variable 'ret' is used uninitialized
drivers/frob/core.c:77:2: error: implicit declaration of function 'frob_put'
"""

NUMBERED_LIST = """\
Your series was automatically reviewed by the numbat CI. We found the following problems:

1. The new sysfs file is not documented in Documentation/ABI.
2. frob_show() formats with sprintf() instead of sysfs_emit().

This report was generated automatically.
"""

EMOJI = """\
🔴 Blocker: `frob_ioctl()` copies more than the user's buffer holds
🟡 Warning: the ioctl number is taken
"""

FAILED = """\
Tested-on: rk3399-frob
Kernel: 6.19-rc3

frob-selftest: PASS
frob-stress ......... FAIL
Result: FAILED
"""

PASSED = """\
Status of [PATCH 1/3] on 14 boards:
All 42 tests passed.
"""

NO_ISSUES = f"""\
{HUNK}

Quokka has reviewed this patch and found no issues.

--{" "}
Quokka AI review · https://quokka.example/r/18
"""


def reply(body: str, sender: str, **headers: str) -> Message:
    """A robot's, or a person's, reply to a patch."""
    subject = "Re: [PATCH 2/3] frob: take the lock"
    return parse(
        mail(message_id="r@x", subject=subject, sender=sender, in_reply_to="2@x", body=dedent(body), headers=headers)
    )
