"""Digests: what has arrived, how far each target was told, and what became of every delivery."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Column, Integer

from corpus.dialects import string, text

revision = "7"
down_revision = "6"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "digest_arrivals",
        Column("kind", string(), primary_key=True, comment="document or failure"),
        Column(
            "key", string(), primary_key=True, comment="the document's identifier, or the SHA-256 of a file not read"
        ),
        Column("source_sha256", string(64), nullable=False),
        Column("number", Integer, nullable=False, comment="in the order of arrival, from 1; 0 is no news"),
        Column("seq", Integer, nullable=False, comment="the change of the document it was noted at"),
    )
    op.create_index("digest_arrivals_number", "digest_arrivals", ["number"])
    op.create_index("digest_arrivals_source", "digest_arrivals", ["source_sha256"])
    op.create_table(
        "digest_targets",
        Column("target", string(), primary_key=True),
        Column("watermark", text(), nullable=False, comment="JSON: how far it was told"),
        Column("told_at", string(), nullable=False),
    )
    op.create_table(
        "digest_deliveries",
        Column("number", Integer, primary_key=True, autoincrement=False),
        Column("target", string(), nullable=False),
        Column("digest", string(), nullable=False, comment="the digest's identifier, which the message carries"),
        Column("state", string(), nullable=False, comment="sending, delivered or failed"),
        Column("attempt", Integer, nullable=False, comment="the how manieth since it was last told"),
        Column("items", Integer, nullable=False),
        Column("started_at", string(), nullable=False),
        Column("finished_at", string()),
        Column("reason", text(), comment="why it failed, without secrets"),
        Column("body", text(), comment="JSON: the digest, of a delivered one"),
    )
    op.create_index("digest_deliveries_target", "digest_deliveries", ["target"])
