"""A made-up series with points of several fates: Jun posts, Ines and Petra review, Lea helps."""

from __future__ import annotations

from tests.support.mails import mail

JUN = "Jun Harada <jun@example.com>"
INES = "Ines Varga <ines@example.org>"
PETRA = "Petra Nowicki <petra@example.net>"
LEA = "Lea Brandt <lea@example.edu>"
NOW = "2023-07-13T08:00Z"


def _diff(name: str, *added: str) -> str:
    lines = "".join(f"+\t{line}\n" for line in added)
    return (
        f"---\n quill/{name}.c | {len(added)} +\n\ndiff --git a/quill/{name}.c b/quill/{name}.c\n"
        f"--- a/quill/{name}.c\n+++ b/quill/{name}.c\n"
        f"@@ -10,2 +10,{len(added) + 2} @@ int quill_{name}(struct quill *quill)\n {{\n{lines} \treturn 0;\n"
    )


TABLE = ("table = kzalloc(sizeof(*table), GFP_KERNEL);", "quill->table = table;", "quill->size = 16;")
BETTER_TABLE = (*TABLE[:2], "quill->size = QUILL_SIZE;")
LOOKUP = ("entry = quill_find(table, index);", "mutex_lock(&table->lock);", "quill_use(entry);")
PIN = ("struct folio **held;", "held = kcalloc(n, sizeof(*held), GFP_KERNEL);", "quill_pin(held, offset);")
_REST = (("lookup", "look up under the lock", LOOKUP), ("pin", "pin pages", PIN))
_PATCHES = (
    (("table", "add a buffer table", TABLE), *_REST),
    (("table", "add a buffer table", BETTER_TABLE), *_REST),
    (("table", "add a buffer table", BETTER_TABLE), _REST[0], ("pin", "pin pages", (*PIN[1:], "quill_check(offset);"))),
)


def _posting(version: int, day: int) -> list[bytes]:
    mark = "" if version == 1 else f" v{version}"
    cover = mail(
        message_id=f"{version}-0@quill",
        subject=f"[PATCH{mark} 0/3] quill: register buffers from a memfd",
        sender=JUN,
        date=f"{day} Jul 2023 10:00:00 +0000",
        body="Buffers can come from a memfd.\n",
        cc=INES,
    )
    return [
        cover,
        *(
            mail(
                message_id=f"{version}-{number}@quill",
                subject=f"[PATCH{mark} {number}/3] quill: {title}",
                sender=JUN,
                date=f"{day} Jul 2023 10:0{number}:00 +0000",
                in_reply_to=f"{version}-0@quill",
                body=f"Needed by the next patch.\n\nSigned-off-by: {JUN}\n{_diff(name, *code)}",
                cc=INES,
            )
            for number, (name, title, code) in enumerate(_PATCHES[version - 1], 1)
        ),
    ]


def _reply(message_id: str, sender: str, day: int, to: str, body: str) -> bytes:
    return mail(
        message_id=message_id,
        subject="Re: [PATCH] quill",
        sender=sender,
        date=f"{day} Jul 2023 12:00:00 +0000",
        in_reply_to=to,
        body=body,
    )


def _quoted(*code: str, depth: int = 1) -> str:
    return "".join(f"{'> ' * depth}+\t{line}\n" for line in code)


def series_with_points() -> list[bytes]:
    """Version 2, on which points are open, promised, answered, settled and taken over; one is from version 1."""
    return [
        *_posting(1, 1),
        _reply("r0@quill", INES, 2, "1-1@quill", f"{_quoted(*TABLE)}\nPlease use a define for the size.\n"),
        *_posting(2, 5),
        _reply(
            "r1@quill",
            INES,
            6,
            "2-2@quill",
            f"{_quoted(LOOKUP[0])}\nThe lock must cover the lookup too, please move it up.\n\n"
            f"{_quoted(*LOOKUP[1:])}\nPlease use the guard macro here.\n",
        ),
        _reply("r2@quill", INES, 6, "2-3@quill", f"{_quoted(*PIN[:2])}\nWhy do we need the second array at all?\n"),
        _reply("r3@quill", PETRA, 7, "2-3@quill", f"{_quoted(*PIN)}\nWhat about an offset in the last page?\n"),
        _reply("r4@quill", PETRA, 7, "2-1@quill", f"{_quoted(*BETTER_TABLE)}\nPlease check for NULL first.\n"),
        _reply(
            "a1@quill",
            JUN,
            8,
            "r1@quill",
            f"{_quoted(*LOOKUP[1:], depth=2)}> \n> Please use the guard macro here.\n\nWill do in v3.\n",
        ),
        _reply(
            "a2@quill",
            JUN,
            8,
            "r2@quill",
            "> Why do we need the second array at all?\n\nIt holds the folios until the last request is gone.\n",
        ),
        _reply(
            "a3@quill",
            JUN,
            8,
            "r3@quill",
            "> What about an offset in the last page?\n\n"
            "It is rejected with -EINVAL, see the first patch of this series.\n",
        ),
        _reply("t1@quill", PETRA, 9, "2-1@quill", f"Reviewed-by: {PETRA}\n"),
    ]


def series_with_untouched_points() -> list[bytes]:
    """The same with version 3, which leaves alone what Ines wanted of patch 2, and what Petra asked about is done."""
    return [*series_with_points(), *_posting(3, 12)]
