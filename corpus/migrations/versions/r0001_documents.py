"""What the first corpora held: files, where they were seen, their documents, the last checks."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, ForeignKey, Integer

from corpus.dialects import string, text

revision = "1"
down_revision = None


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "meta",
        Column("key", string(), primary_key=True),
        Column("value", text(), nullable=False),
    )
    op.create_table(
        "sources",
        Column("sha256", string(64), primary_key=True),
        Column("uri", text(), nullable=False, comment="the name it was last read under"),
        Column("bytes", Integer, nullable=False),
        Column("media_type", string(), nullable=False),
        Column("first_seen", string(), nullable=False),
        Column("last_seen", string(), nullable=False),
        Column("status", string(), nullable=False, comment="read or failed"),
        Column("cause", string()),
        Column("message", text()),
        Column("cure", text()),
        Column("attempts", Integer, nullable=False, comment="how many times it was parsed"),
        Column("extraction_version", string(), nullable=False),
        Column("attachments", text(), nullable=False, comment="JSON: the SHA-256 of the files read with it"),
        Column("attachment_failures", text(), nullable=False, comment="JSON: the attachments that could not be read"),
    )
    op.create_index("sources_status", "sources", ["status"])
    op.create_table(
        "locations",
        Column("uri", text(), primary_key=True),
        Column("sha256", string(64), ForeignKey("sources.sha256"), primary_key=True),
        Column("first_seen", string(), nullable=False),
        Column("last_seen", string(), nullable=False),
        Column("current", Boolean, nullable=False),
    )
    op.create_index("locations_sha256", "locations", ["sha256"])
    op.create_table(
        "documents",
        Column("id", string(), primary_key=True),
        Column("source_sha256", string(64), ForeignKey("sources.sha256"), nullable=False),
        Column("position", Integer, nullable=False, comment="its place among the documents of its source, from 0"),
        Column("body", text(), nullable=False, comment="the Document as JSON"),
        Column("title", text()),
        Column("issuer", text()),
        Column("province", string()),
        Column("city", string()),
        Column("county", string()),
        Column("adcode", string()),
        Column("level", string()),
        Column("role", string(), nullable=False),
        Column("genre", string(), nullable=False),
        Column("signed_on", string(10)),
        Column("published_on", string(10)),
        Column("year", Integer),
        Column("script", string(4), nullable=False),
        Column("on_topic", Boolean, nullable=False),
        Column("current", Boolean, nullable=False),
        Column("seq", Integer, nullable=False),
    )
    op.create_index("documents_seq", "documents", ["seq"])
    op.create_index("documents_place", "documents", ["province", "city", "county"])
    op.create_table(
        "source_documents",
        Column("source_sha256", string(64), ForeignKey("sources.sha256"), primary_key=True),
        Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
        Column("position", Integer, nullable=False),
    )
    op.create_index("source_documents_document", "source_documents", ["document_id"])
    op.create_table(
        "checks",
        Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
        Column("pack_id", string(), primary_key=True),
        Column("pack_sha256", string(64), primary_key=True),
        Column("body", text(), nullable=False, comment="the PlanCheck as JSON"),
        Column("made_at", string(), nullable=False),
    )
