"""The numbers of the findings as they stand today, so that no page counts all of them."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer

from corpus.dialects import string, text

revision = "12"
down_revision = "11"


def upgrade() -> None:
    """Makes the tables; the first to ask fills them, with the rows that they count, anew."""
    op.create_table(
        "present_sums",
        Column("pack_id", string(), primary_key=True),
        Column("province", string(), primary_key=True, comment="empty where it is not known"),
        Column("requirement", string(), primary_key=True),
        Column("verdict", string(), primary_key=True, comment="the one that counts"),
        Column("findings", Integer, nullable=False),
        Column("positions", Integer, nullable=False, comment="the sum of their places in their checks"),
        Column("met", Integer, nullable=False),
        Column("asked", Integer, nullable=False),
        Column("faults", Integer, nullable=False),
        Column("open", Integer, nullable=False),
        Column("overdue", Integer, nullable=False),
        Column("overridden", Integer, nullable=False),
        Column("waived", Integer, nullable=False),
        Column("disputed", Integer, nullable=False),
        Column("stale", Integer, nullable=False),
        Column("rectifying", Integer, nullable=False),
        Column("closed", Integer, nullable=False),
        Column("relapsed", Integer, nullable=False),
        Column("new", Integer, nullable=False),
        Column("changed", Integer, nullable=False),
        Column("gone", Integer, nullable=False),
        Column("back", Integer, nullable=False),
    )
    op.create_table(
        "present_units",
        Column("pack_id", string(), primary_key=True),
        Column("unit", string(), primary_key=True),
        Column("document_id", string(), nullable=False, comment="the leading plan"),
        Column("place", text(), nullable=False, comment="what the unit is called"),
        Column("province", string()),
        Column("city", string()),
        Column("county", string()),
        Column("met", Integer, nullable=False),
        Column("asked", Integer, nullable=False),
        Column("overdue", Integer, nullable=False),
    )
    op.execute("DELETE FROM meta WHERE key = 'present'")
