"""How every finding stands today, as rows that can be counted, filtered and paged without reading the checks themselves."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Integer

from corpus.dialects import string, text

revision = "10"
down_revision = "9"


def upgrade() -> None:
    """Makes the table; the first to ask fills it."""
    op.create_table(
        "present",
        Column("finding_id", string(), primary_key=True),
        Column("pack_id", string(), nullable=False),
        Column("unit", string(), nullable=False),
        Column("position", Integer, nullable=False, comment="its place among the findings of its check, from 0"),
        Column("document_id", string(), nullable=False, comment="the leading plan"),
        Column("place", text(), nullable=False, comment="what the unit is called"),
        Column("province", string()),
        Column("city", string()),
        Column("county", string()),
        Column("requirement", string(), nullable=False),
        Column("title", text(), nullable=False),
        Column("severity", string(), nullable=False),
        Column("machine", string(), nullable=False, comment="the verdict of the check"),
        Column("verdict", string(), nullable=False, comment="the one that counts"),
        Column("reason", string()),
        Column("observed", text()),
        Column("due", string(10)),
        Column("time", string(), comment="how the requirement's own day stands"),
        Column("open", Boolean, nullable=False),
        Column("overdue", Boolean, nullable=False),
        Column("disposition", string(), nullable=False),
        Column("stage", string(), nullable=False, comment="of rectification"),
        Column(
            "stale",
            Boolean,
            nullable=False,
            comment="an override to be looked at again, or a waiver that has run out",
        ),
        Column("relapsed", Boolean, nullable=False),
        Column("said", text(), nullable=False, comment="what people decided, in a few words"),
        Column("change", string(), nullable=False, comment="what the last run made of it"),
        Column("since", string(), nullable=False),
        Column("next_day", string(10), comment="the nearest day that is still to come or has just passed"),
        Column("next_kind", string(), comment="what it is the day of"),
        Column("turns_on", string(10), comment="the day on which the row may become another without anybody's doing"),
    )
    op.create_index("present_unit", "present", ["pack_id", "unit", "position"])
    op.create_index("present_document", "present", ["document_id"])
    op.create_index("present_turns", "present", ["turns_on"])
    # What is counted over all rows is read from the index alone.
    narrow = ["pack_id", "requirement", "unit", "machine", "open", "overdue", "province", "position"]
    op.create_index("present_narrow", "present", narrow)
    op.create_index("present_due", "present", ["overdue", "next_day"])
    op.create_index("present_next", "present", ["next_day"])
    op.create_index("present_change", "present", ["change", "since", "finding_id"])
    # Otherwise whoever counts current documents reads the bodies, which stand before this column.
    op.create_index("documents_current", "documents", ["current", "id"])
