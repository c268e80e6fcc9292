"""How documents stand to each other: what they are known by, sketches of their words, pairs, citations, own force.

All of it is made from the documents by ``corpus.relations``; a corpus that had none is caught up with when it is written.
"""

from __future__ import annotations

from alembic import op
from sqlalchemy import BigInteger, Column, Float, ForeignKey, Integer

from corpus.dialects import string, text

revision = "3"
down_revision = "2"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "relation_keys",
        Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
        Column("words_sha", string(16), nullable=False, comment="of its words, folded: equal for exact copies"),
        Column("words", Integer, nullable=False, comment="how many characters those are"),
        Column("parts", Integer, nullable=False, comment="how many rows it has in relation_sketches"),
        Column("place", text(), nullable=False, comment="province, city and county between bars; empty if not known"),
        Column("title_key", text()),
        Column("number_key", text()),
        Column("issuers", text(), nullable=False, comment="folded, one a line"),
        Column("document_number", text()),
        Column("uri", text(), nullable=False, comment="the name it was read under, inside an archive too"),
        Column("bundle", string(64), comment="the archive, mail or page it came in"),
        Column("bundle_index", Integer),
        Column("remove", Integer, nullable=False, comment="0 the issuer's own site, then how far from it"),
    )
    op.create_index("relation_keys_words", "relation_keys", ["words_sha"])
    op.create_index("relation_keys_number", "relation_keys", ["number_key"])
    op.create_index("relation_keys_bundle", "relation_keys", ["bundle"])
    op.create_table(
        "relation_titles",
        Column("key", text(), primary_key=True),
        Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
    )
    op.create_index("relation_titles_document", "relation_titles", ["document_id"])
    op.create_table(
        "relation_sketches",
        Column("hash", BigInteger, primary_key=True, autoincrement=False),
        Column("place", text(), primary_key=True),
        Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
        sqlite_with_rowid=False,
    )
    op.create_index("relation_sketches_document", "relation_sketches", ["document_id"])
    op.create_table(
        "relation_pairs",
        Column("document_id", string(), ForeignKey("documents.id"), primary_key=True, comment="the lesser of the two"),
        Column("other_id", string(), ForeignKey("documents.id"), primary_key=True),
        Column("kind", string(), nullable=False, comment="copy or version"),
        Column("likeness", Float, nullable=False),
    )
    op.create_index("relation_pairs_other", "relation_pairs", ["other_id"])
    op.create_table(
        "relation_citations",
        Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("title", text(), nullable=False, comment="JSON: as written"),
        Column("title_key", text(), nullable=False),
        Column("issuer", text(), nullable=False, comment="what stands before 关于 in the title, folded"),
        Column("document_number", text()),
        Column("number_key", text()),
        Column("capacity", string(), nullable=False),
        Column("span_start", Integer, nullable=False),
        Column("span_end", Integer, nullable=False),
        Column("quote", text(), nullable=False, comment="JSON: as written"),
        Column("quote_start", Integer, nullable=False),
    )
    op.create_index("relation_citations_number", "relation_citations", ["number_key"])
    op.create_index("relation_citations_title", "relation_citations", ["title_key"])
    op.create_table(
        "relation_statements",
        Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("kind", string(), nullable=False),
        Column("day", string(10)),
        Column("quote", text(), nullable=False, comment="JSON: as written"),
        Column("quote_start", Integer, nullable=False),
    )
    op.create_table(
        "relation_attachments",
        Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
        Column("position", Integer, primary_key=True),
        Column("title_key", text(), nullable=False),
    )
    op.create_index("relation_attachments_title", "relation_attachments", ["title_key"])
