"""A brake on guessing passwords: after a few wrong ones, a name and an address have to wait.

The tries are in the file of the accounts, so that all processes of a server count the same ones.
"""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
import threading
import time
from collections.abc import Callable
from pathlib import Path

from accounts.writing import writing

MOST, WITHIN = 6, 300.0
"""Wrong passwords for a name, and the seconds in which they count."""
MOST_FROM_ADDRESS = 30
"""An office shares an address, so that its typing errors add up; a guesser of one password for many names has it, too."""
REMEMBERED = 10_000
_SCHEMA = (
    "CREATE TABLE IF NOT EXISTS tries (kind TEXT NOT NULL, key TEXT NOT NULL, at REAL NOT NULL)",
    "CREATE INDEX IF NOT EXISTS tries_of ON tries (kind, key, at)",
    "CREATE INDEX IF NOT EXISTS tries_at ON tries (at)",
)


class Attempts:
    """Tries of the last minutes, by key (a name, or an address).

    Args:
        most: how many are let through within the time.
        clock: the time in seconds.
        path: of the file that they are kept in; in memory where there is none.
        kind: what the keys are: those of another kind are others.
        secret: of this server. What was typed as a name may be a password, so keys are kept under this secret alone; another
            start of the server, with another secret, does not know them.
    """

    def __init__(
        self,
        most: int = MOST,
        clock: Callable[[], float] = time.time,
        *,
        path: Path | None = None,
        kind: str = "name",
        secret: bytes = b"",
    ) -> None:
        self._most = most
        self._clock = clock
        self._kind = kind
        self._secret = secret
        self._lock = threading.Lock()
        self._connection = sqlite3.connect(
            path or ":memory:", timeout=10, check_same_thread=False, isolation_level=None
        )
        self._connection.execute("PRAGMA synchronous=NORMAL")  # what a power cut forgets here is no loss
        with writing(self._connection, self._lock) as connection:
            for statement in _SCHEMA:
                connection.execute(statement)

    def wait(self, key: str) -> int:
        """How many seconds it must wait before another try; 0 when it need not, and then this is a try.

        A try counts before its password is looked at: many at once are no way around.
        """
        now, own = self._clock(), self._key(key)
        with writing(self._connection, self._lock) as connection:
            # A clock that was set back makes no try last for ever.
            connection.execute("DELETE FROM tries WHERE at<? OR at>?", (now - WITHIN, now + WITHIN))
            count, first = connection.execute(
                "SELECT count(*), min(at) FROM tries WHERE kind=? AND key=?", (self._kind, own)
            ).fetchone()
            if count >= self._most:
                return -int(-(WITHIN - (now - first)) // 1) or 1
            connection.execute("INSERT INTO tries VALUES (?,?,?)", (self._kind, own, now))
            left = self._count(connection) - REMEMBERED
            if left > 0:
                oldest = "SELECT rowid FROM tries WHERE kind=? ORDER BY at, rowid LIMIT ?"
                connection.execute(f"DELETE FROM tries WHERE rowid IN ({oldest})", (self._kind, left))
        return 0

    def forgive(self, key: str) -> None:
        """Takes the last try back: it was no wrong one."""
        with writing(self._connection, self._lock) as connection:
            last = "SELECT rowid FROM tries WHERE kind=? AND key=? ORDER BY at DESC, rowid DESC LIMIT 1"
            connection.execute(f"DELETE FROM tries WHERE rowid IN ({last})", (self._kind, self._key(key)))

    def forget(self, key: str) -> None:
        """Forgets all tries of whoever has signed in."""
        with writing(self._connection, self._lock) as connection:
            connection.execute("DELETE FROM tries WHERE kind=? AND key=?", (self._kind, self._key(key)))

    def remembered(self) -> int:
        """How many tries are kept."""
        with self._lock:
            return self._count(self._connection)

    def close(self) -> None:
        """Closes the file."""
        self._connection.close()

    def _count(self, connection: sqlite3.Connection) -> int:
        count: int = connection.execute("SELECT count(*) FROM tries WHERE kind=?", (self._kind,)).fetchone()[0]
        return count

    def _key(self, key: str) -> str:
        return hmac.new(self._secret, key.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()
