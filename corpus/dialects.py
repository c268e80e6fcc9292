"""What has to be said differently to SQLite and to PostgreSQL, so that both hold and order the same.

Text is compared by its code points in both: PostgreSQL would follow the language of its database, in which 教 stands
elsewhere and ``a-b`` before ``a b`` or after it. ``tables.py`` and the migrations make their text columns here.
"""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeEngine

_SAYS = "nothing is changed or deleted here"
_FUNCTION = "duzheng_sealed"


def string(length: int | None = None) -> TypeEngine[str]:
    """A short text."""
    return String(length).with_variant(postgresql.VARCHAR(length, collation="C"), "postgresql")


def text() -> TypeEngine[str]:
    """A text of any length."""
    return Text().with_variant(postgresql.TEXT(collation="C"), "postgresql")


def seal(table: str, key: str, dialect: str) -> list[str]:
    """The statements after which the database itself refuses to change or delete rows of a table, whoever asks.

    Args:
        table: its name.
        key: its primary key, one column.
        dialect: ``sqlite`` or ``postgresql``.
    """
    if dialect == "postgresql":
        body = f"BEGIN RAISE EXCEPTION USING MESSAGE = TG_TABLE_NAME || ': {_SAYS}'; END"
        name = f"{table}_sealed"
        return [
            f"CREATE OR REPLACE FUNCTION {_FUNCTION}() RETURNS trigger LANGUAGE plpgsql AS $${body}$$",
            f"CREATE TRIGGER {name} BEFORE UPDATE OR DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION {_FUNCTION}()",
            f"CREATE TRIGGER {name}_whole BEFORE TRUNCATE ON {table} EXECUTE FUNCTION {_FUNCTION}()",
        ]
    guards = {
        "update": f"BEFORE UPDATE ON {table}",
        "delete": f"BEFORE DELETE ON {table}",
        # REPLACE deletes without asking the trigger for deletions.
        "replace": f"BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})",
    }
    return [
        f"CREATE TRIGGER {table}_no_{what} {when} BEGIN SELECT RAISE(ABORT, '{table}: {_SAYS}'); END"
        for what, when in guards.items()
    ]
