"""Views over the documents and findings, for Datasette. SQLite only: other databases have readers of their own."""

from __future__ import annotations

from alembic import op

from corpus.migrations.views4 import statements

revision = "4"
down_revision = "3"


def upgrade() -> None:
    """Makes the views."""
    if op.get_bind().dialect.name == "sqlite":
        for statement in statements():
            op.execute(statement)
