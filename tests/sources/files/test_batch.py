"""Batches and the identity of a source."""

from __future__ import annotations

import os

from patchwatch.sources.files.batch import BATCH_MAILS
from patchwatch.sources.files.open import open_source
from tests.sources.files.mail_files import epoch, mail, mails, mboxrd


def test_identity_is_text_even_if_the_path_is_not_utf8(tmp_path):
    path = tmp_path / os.fsdecode(b"caf\xe9.mbox")
    path.write_bytes(mboxrd(mail(1)))
    assert open_source(path).identity == f"mbox:{tmp_path}/caf\\xe9.mbox"


def test_batch_size_is_limited_in_mails_and_bytes(tmp_path):
    large = [mail(number, "x" * (3 << 20)) for number in range(4)]
    small = mails(*range(4, 4 + BATCH_MAILS + 1))
    sizes = [len(batch.mails) for batch in open_source(epoch(tmp_path / "0.git", *large, *small)).read(None)]
    assert sizes == [3, BATCH_MAILS, 2]
