"""The files read beside a document, every check as a run, every finding, every decision; the last three sealed.

The history of a corpus that had none begins with its last checks, which ``corpus.opening`` takes over.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer

from corpus.dialects import seal, string, text

revision = "2"
down_revision = "1"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "companions",
        Column("source_sha256", string(64), ForeignKey("sources.sha256"), primary_key=True),
        Column("position", Integer, primary_key=True, comment="from 0, in the order in which the reader got them"),
        Column("sha256", string(64), nullable=False),
        Column("uri", text(), nullable=False, comment="its name becomes the heading of its content"),
    )
    op.create_table(
        "findings",
        Column("id", string(), primary_key=True),
        Column("pack_id", string(), nullable=False),
        Column("requirement", string(), nullable=False),
        Column("unit", string(), nullable=False),
        Column("element", string()),
    )
    op.create_index("findings_unit", "findings", ["unit", "pack_id"])
    op.create_table(
        "runs",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("document_id", string(), nullable=False),
        Column("unit", string(), nullable=False),
        Column("pack_id", string(), nullable=False),
        Column("pack_version", string(), nullable=False),
        Column("pack_sha256", string(64), nullable=False),
        Column("engine", string(), nullable=False, comment="hash of the rules of checking; empty where not known"),
        Column(
            "extraction", string(), nullable=False, comment="hash of the rules of extraction; empty where not known"
        ),
        Column("source_sha256", string(64), nullable=False),
        Column("text_sha256", string(64), nullable=False),
        Column("attachments", text(), nullable=False, comment="JSON: the SHA-256 of the attachments that were read"),
        Column("dated_on", string(10), comment="the plan's own date"),
        Column("leading", Boolean, nullable=False, comment="whether the plan spoke for its unit when it was checked"),
        Column(
            "origin", string(), nullable=False, comment="check, verify, or upgrade: taken over from an older corpus"
        ),
        Column("made_at", string(), nullable=False),
        Column("body_sha256", string(64), nullable=False),
        Column("same_as", Integer, comment="the earlier run that holds the same body; null where body is given"),
        Column("body", text(), comment="the PlanCheck as JSON"),
        sqlite_autoincrement=True,
    )
    op.create_index("runs_unit", "runs", ["unit", "pack_id"])
    op.create_index("runs_document", "runs", ["document_id", "pack_id"])
    op.create_table(
        "decisions",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("id", string(), nullable=False, unique=True),
        Column("finding_id", string(), ForeignKey("findings.id"), nullable=False),
        Column("kind", string(), nullable=False),
        Column("who", text(), nullable=False),
        Column("made_at", string(), nullable=False),
        Column(
            "corrects", string(), ForeignKey("decisions.id"), unique=True, comment="the record it takes the place of"
        ),
        Column("body", text(), nullable=False, comment="the Decision as JSON"),
        Column("chain", string(64), nullable=False, comment="SHA-256 over this body and the chain of the one before"),
        sqlite_autoincrement=True,
    )
    op.create_index("decisions_finding", "decisions", ["finding_id"])
    for table, key in (("findings", "id"), ("runs", "number"), ("decisions", "number")):
        for statement in seal(table, key, op.get_bind().dialect.name):
            op.get_bind().exec_driver_sql(statement)
