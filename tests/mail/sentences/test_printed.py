"""Lines that a program printed, and prose that resembles them."""

from __future__ import annotations

import pytest

from patchwatch.mail.sentences.printed import is_printed


@pytest.mark.parametrize(
    "line",
    [
        "[  123.456789] BUG: frob",
        "<4>[ 12.3456] frob: probe failed",
        "[<c0001234>] (frob_probe) from [<c0005678>] (really_probe)",
        "drivers/frob/core.c:12:5: error: 'ret' undeclared (first use in this function)",
        "drivers/frob/core.c: warning: nobody includes frob.h",
        "../frob.h:7: note: previous definition is here",
        "frob.c:(.text+0x1c): undefined reference to `frob_now'",
        "make[2]: *** [scripts/Makefile.build:1: drivers/frob] Error 2",
        "aarch64-linux-gnu-ld: drivers/frob/core.o: in function `frob_probe':",
        "In file included from include/linux/frob.h:5,",
        "from drivers/frob/core.c:3:",
        "12 | \treturn frob(dev);",
        "|        ~~~~^~~~",
        "WARNING: line over 100 columns",
        "Kernel panic - not syncing: Fatal exception",
        "Unable to handle kernel paging request at virtual address 0badc0de",
        "Call Trace:",
        "? frob_probe+0x12/0x340 [frob]",
        "frob_probe+0x12/0x340 drivers/frob/core.c:12",
        "RAX: 0000000000000000 RBX: 0000000000000001 RCX: 0000000000000002",
        "pc : frob_probe+0x12/0x340",
        "---[ end trace 0123456789abcdef ]---",
        "not ok 3 frob_selftest",
        "# FAILED: 3 / 4 tests passed.",
        "TAP version 13",
        "git bisect bad 0123456789abcdef0123456789abcdef01234567",
        "$ make drivers/frob/",
        "rex@board:~# modprobe frob",
    ],
)
def test_what_a_program_printed(line: str) -> None:
    assert is_printed(line)


@pytest.mark.parametrize(
    "line",
    [
        "",
        "ok",
        "OK, 1 remark: please sort them.",
        "ok 2 remarks below.",
        "Error: I meant patch 3.",
        "Please make it static: nobody else calls it.",
        "from here on, the lock is held",
        "From: Ann Author <ann@example.org>",
        "In frob.c: why is this unsigned?",
        "[1] https://lore.kernel.org/r/frob@example.org",
        "- [ ] 12 items are left",
        "Pass it by value: it has 8 bytes.",
        "# This comment is wrong.",
        "Costs $ 5.",
        "The trace shows frob_probe+0x12, which is the second read.",
        "Reported-by: Rex Robot <rex@example.org>",
        "It panics: I do not know why.",
        "Warning: the second patch breaks this.",
    ],
)
def test_what_people_write(line: str) -> None:
    assert not is_printed(line)
