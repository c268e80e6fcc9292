"""The tables of the store, for SQLite and PostgreSQL alike.

A *source* is content, whatever it is called: one row for every SHA-256. A *location* is a name under which that content
was seen; the same file in two folders is one source with two locations, and a file whose content changed is one name
with two locations, of which the newest successfully read is current. A *document* came out of one source or of several
with the same content; it is current while one of its sources stands at a current location. ``seq`` grows with every
change of a document and is what the search index is brought up to date by.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, MetaData, String, Table, Text

SCHEMA_VERSION = 1

metadata = MetaData()

meta = Table("meta", metadata, Column("key", String, primary_key=True), Column("value", Text, nullable=False))

sources = Table(
    "sources",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("uri", Text, nullable=False, comment="the name it was last read under"),
    Column("bytes", Integer, nullable=False),
    Column("media_type", String, nullable=False),
    Column("first_seen", String, nullable=False),
    Column("last_seen", String, nullable=False),
    Column("status", String, nullable=False, comment="read or failed"),
    Column("cause", String),
    Column("message", Text),
    Column("cure", Text),
    Column("attempts", Integer, nullable=False, comment="how many times it was parsed"),
    Column("extraction_version", String, nullable=False),
    Column("attachments", Text, nullable=False, comment="JSON: the SHA-256 of the files read with it"),
    Column("attachment_failures", Text, nullable=False, comment="JSON: the attachments that could not be read"),
    Index("sources_status", "status"),
)

locations = Table(
    "locations",
    metadata,
    Column("uri", Text, primary_key=True),
    Column("sha256", String(64), ForeignKey("sources.sha256"), primary_key=True),
    Column("first_seen", String, nullable=False),
    Column("last_seen", String, nullable=False),
    Column("current", Boolean, nullable=False),
    Index("locations_sha256", "sha256"),
)

documents = Table(
    "documents",
    metadata,
    Column("id", String, primary_key=True),
    Column("source_sha256", String(64), ForeignKey("sources.sha256"), nullable=False),
    Column("position", Integer, nullable=False, comment="its place among the documents of its source, from 0"),
    Column("body", Text, nullable=False, comment="the Document as JSON"),
    Column("title", Text),
    Column("issuer", Text),
    Column("province", String),
    Column("city", String),
    Column("county", String),
    Column("adcode", String),
    Column("level", String),
    Column("role", String, nullable=False),
    Column("genre", String, nullable=False),
    Column("signed_on", String(10)),
    Column("published_on", String(10)),
    Column("year", Integer),
    Column("script", String(4), nullable=False),
    Column("on_topic", Boolean, nullable=False),
    Column("current", Boolean, nullable=False),
    Column("seq", Integer, nullable=False),
    Index("documents_seq", "seq"),
    Index("documents_place", "province", "city", "county"),
)

source_documents = Table(
    "source_documents",
    metadata,
    Column("source_sha256", String(64), ForeignKey("sources.sha256"), primary_key=True),
    Column("document_id", String, ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Index("source_documents_document", "document_id"),
)

checks = Table(
    "checks",
    metadata,
    Column("document_id", String, ForeignKey("documents.id"), primary_key=True),
    Column("pack_id", String, primary_key=True),
    Column("pack_sha256", String(64), primary_key=True),
    Column("body", Text, nullable=False, comment="the PlanCheck as JSON"),
    Column("made_at", String, nullable=False),
)
