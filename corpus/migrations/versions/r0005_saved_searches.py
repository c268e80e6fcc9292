"""Saved searches, and what each had found when it was last run: what it finds beyond that is new."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey

from corpus.dialects import string, text

revision = "5"
down_revision = "4"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "saved_searches",
        Column("name", string(), primary_key=True),
        Column("query", text(), nullable=False),
        Column("filters", text(), nullable=False, comment="JSON: value by field"),
        Column("strict", Boolean, nullable=False),
        Column("saved_on", string(), nullable=False),
        Column("run_on", string(), nullable=False, comment="what is new is new since then"),
    )
    op.create_table(
        "saved_found",
        Column("name", string(), ForeignKey("saved_searches.name"), primary_key=True),
        Column("document_id", string(), primary_key=True),
    )
