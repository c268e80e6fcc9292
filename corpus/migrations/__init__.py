"""How the tables of the store came to be what they are: one step a schema version, by alembic.

``versions/rNNNN_what.py`` holds ``revision = "N"``, ``down_revision`` the one before, and ``upgrade()`` with alembic's
operations. The number is that of ``meta.schema_version``, which says what a corpus is at; alembic's own table of
versions is not used, so that there is one truth and programs of before alembic refuse what they cannot read.

To add tables: the next number, ``upgrade()`` in a new file, and the same in ``corpus.tables``, from which new corpora
are made; tests hold the two equal on SQLite and on PostgreSQL. A step is never changed after a release, and it builds
on nothing but ``corpus.dialects``: the tables of today are not those that it finds. Steps only go up; the way back is
the copy that is kept before.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

FOLDER = Path(__file__).parent


@cache
def latest() -> int:
    """The schema version of this program; loads neither alembic nor SQLAlchemy."""
    return max(int(path.name[1:5]) for path in (FOLDER / "versions").glob("r[0-9][0-9][0-9][0-9]_*.py"))


def migrate(connection: sa.Connection, version: int, to: int | None = None) -> None:
    """Brings the tables from ``version`` to ``to``, else the latest, inside the connection's transaction; 0: no tables.

    The caller records the new version in the same transaction.
    """
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext
    from alembic.script import ScriptDirectory

    directory = ScriptDirectory(str(FOLDER))
    steps = list(directory.iterate_revisions(str(to or latest()), str(version) if version else "base"))
    with Operations.context(MigrationContext.configure(connection)):
        for step in reversed(steps):
            step.module.upgrade()
