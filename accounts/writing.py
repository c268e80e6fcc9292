"""A transaction on a connection that threads share."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def writing(connection: sqlite3.Connection, lock: threading.Lock) -> Iterator[sqlite3.Connection]:
    """All or nothing of what is written inside; ``lock`` keeps the other threads of this process out meanwhile.

    The connection is in autocommit mode (``isolation_level=None``); the transaction takes the right to write at once, so
    that what is read in it still holds when it ends.
    """
    with lock:
        connection.execute("BEGIN IMMEDIATE")
        try:
            yield connection
        except BaseException:
            connection.execute("ROLLBACK")
            raise
        connection.execute("COMMIT")
