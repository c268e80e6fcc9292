"""Backups of a corpus in a folder: each one the store as it was at one moment, beside originals that all of them share.

::

    DIR/
      originals/ab/cd/abcd…     every original, by SHA-256; only ever added to
      20251122T040000Z/         one backup, named by its time (UTC)
        backup.json             what it is: form, schema, sizes and SHA-256 of its files; written last
        originals.jsonl         the originals that belong to it
        corpus.sqlite           the store, by SQLite's online backup; or
        tables/…, manifest.json the store as ``corpus.transfer`` writes it, of PostgreSQL
        settings/…              the source files, packs and ``notices.yaml`` of the corpus folder

The store is copied first and the originals second: every original is kept before the store speaks of it, so each one that the
copy speaks of is there to be copied, whoever writes meanwhile. Only ``prune`` takes originals away; it and a backup wait for
each other (``hold``).
"""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from schemas.bilingual import Both
from schemas.errors import CorpusError


@contextmanager
def hold(folder: Path, what: Both, *, shared: bool = False) -> Iterator[None]:
    """Keep others from a folder: backups of a corpus share it, ``prune`` has it alone, as has who writes a backup folder.

    Args:
        folder: the corpus, or the folder of backups.
        what: how the message calls what cannot be done now.

    Raises:
        CorpusError: somebody else holds it.
    """
    try:
        descriptor = os.open(folder / "backup.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except OSError as error:
        if shared:  # a corpus that cannot be written is not pruned either
            yield
            return
        raise CorpusError(f"{folder}: 无法写入：{error.strerror} / cannot be written: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except OSError as error:
        os.close(descriptor)
        raise CorpusError(
            f"{folder}: 另一备份或清理正在进行，请等它结束再{what.zh} / "
            f"a backup or prune is going on here; {what.en} when it has finished"
        ) from error
    try:
        yield
    finally:
        os.close(descriptor)
