"""What every plan was last checked with, so that a nightly check leaves alone what would come out the same."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column

from corpus.dialects import string

revision = "8"
down_revision = "7"


def upgrade() -> None:
    """Makes the table, empty: everything is checked once more."""
    op.create_table(
        "checked_with",
        Column("document_id", string(), primary_key=True),
        Column("pack_id", string(), primary_key=True),
        Column("inputs", string(64), nullable=False, comment="hash over all that decides what a check finds"),
    )
