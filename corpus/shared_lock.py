"""The writer's lock of a database that several machines share: one of them writes, any number read.

PostgreSQL holds the lock (an advisory one of the session) and lets it go when the connection ends, however it ends. The
holder writes through that very connection: where the lock is lost, so is the transaction.
"""

from __future__ import annotations

import time
from datetime import datetime

import sqlalchemy as sa

from corpus.lock import OTHER, WRITTEN, taken
from schemas.bilingual import Both
from schemas.errors import CorpusBusy, DuzhengError

_ASKED, _PAUSE = 20, 0.02  # times and seconds between them, where the holder is gone whenever it is asked for
_KEYS = "hashtext(:right), hashtext(current_schema())"
_HOLDER = """
SELECT a.application_name, a.backend_start FROM pg_locks l JOIN pg_stat_activity a ON a.pid = l.pid
WHERE l.locktype = 'advisory' AND l.granted AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
AND l.objsubid = 2 AND l.classid = (hashtext(:right)::bigint & 4294967295)::oid
AND l.objid = (hashtext(current_schema())::bigint & 4294967295)::oid
"""


class SharedLock:
    """The right to write in the database of an engine, or another one that one machine has at a time.

    Args:
        engine: of the database.
        name: of the database, in messages.
        right: what the right is called in the database.
        doing: what its holder does, in messages.
        busy: the error that says that there is another holder.
    """

    def __init__(
        self,
        engine: sa.Engine,
        name: str,
        right: str = "duzheng writer",
        doing: Both = WRITTEN,
        busy: type[DuzhengError] = CorpusBusy,
    ) -> None:
        self._engine = engine
        self._name = name
        self._right = {"right": right}
        self._doing, self._busy = doing, busy
        self._connection: sa.Connection | None = None

    def connection(self) -> sa.Connection:
        """The connection to write through, which holds the lock; it is taken, at once or not at all.

        Raises:
            CorpusBusy: another writer has it; the message says which.
        """
        if self._connection is not None and (self._connection.invalidated or self._connection.closed):
            self.release()
        if self._connection is None:
            self._connection = self._taken()
        return self._connection

    def _taken(self) -> sa.Connection:
        connection = self._engine.connect()
        try:
            holder = None
            for _ in range(_ASKED):
                got = connection.scalar(sa.text(f"SELECT pg_try_advisory_lock({_KEYS})"), self._right)
                holder = None if got else connection.execute(sa.text(_HOLDER), self._right).first()
                connection.rollback()
                if got:
                    return connection
                if holder is not None:
                    break
                # Its holder is about to end: a session leaves the list of activity a moment before its locks are free.
                time.sleep(_PAUSE)
            raise self._busy(taken(self._name, self._doing, _who(*holder) if holder else OTHER))
        except BaseException:
            connection.close()
            raise

    def release(self) -> None:
        """Gives the lock back; without the lock this does nothing.

        Who asks for it after this has returned gets it.
        """
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            # Said, not only left to the end of the session: the server sees that a moment after the connection is gone,
            # and the next writer would be told that this one still writes.
            connection.rollback()
            connection.execute(sa.text("SELECT pg_advisory_unlock_all()"))
            connection.rollback()
        except sa.exc.DBAPIError:
            pass  # the session is lost, and the lock with it
        finally:
            # Not back into the pool, whatever state it is in.
            connection.invalidate()
            connection.close()


def _who(program: str, since: datetime) -> Both:
    at = f"{since:%Y-%m-%d %H:%M}"
    return Both(f"{program or '另一程序'}，始于 {at}", f"{program or 'another program'} since {at}")
