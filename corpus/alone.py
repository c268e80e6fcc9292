"""The right to do one thing of a corpus alone: to run a source, to tell somebody.

A lock file keeps other processes of this machine out, a lock of the database those of other machines that share it. A
process that is killed gives both back.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from corpus.lock import WriterLock, unwritable
from corpus.opening import failing
from schemas.bilingual import Both
from schemas.errors import DuzhengError

if TYPE_CHECKING:
    from corpus.store import Store


@contextmanager
def alone(store: Store, folder: Path, kind: str, name: str, doing: Both, busy: type[DuzhengError]) -> Iterator[None]:
    """Holds the right as long as the context lasts.

    Args:
        store: of the corpus; its database may be shared.
        folder: where the lock file is; made where it is not there.
        kind: of thing, for the database's lock: ``source``, ``digest``.
        name: which one.
        doing: what is said to others who try.
        busy: raised when somebody else has the right.

    Raises:
        DuzhengError: of type ``busy``: another process, or another machine of this database, has the right.
        CorpusError: the folder cannot be written.
    """
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise unwritable(folder, error) from error
    lock = WriterLock(folder, f"{name}.lock", doing, busy)
    shared = store.right(f"duzheng {kind} {name}", doing, busy)
    lock.acquire()
    try:
        if shared is not None:
            with failing(store.database):
                shared.connection()
        yield
    finally:
        if shared is not None:
            shared.release()
        lock.release()
