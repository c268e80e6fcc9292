"""Sources that are looked at again and again: their runs, their items with the files of each, and the servers' answers."""

from __future__ import annotations

from alembic import op
from sqlalchemy import Boolean, Column, Integer

from corpus.dialects import string, text

revision = "6"
down_revision = "5"


def upgrade() -> None:
    """Makes the tables."""
    op.create_table(
        "source_runs",
        Column("number", Integer, primary_key=True, autoincrement=True),
        Column("source", string(), nullable=False),
        Column("started_at", string(), nullable=False),
        Column("finished_at", string()),
        Column("status", string(), nullable=False, comment="running, ok, failed or interrupted"),
        Column("reason", text(), comment="why it failed"),
        Column("listed", Integer, nullable=False),
        Column("complete", Boolean, nullable=False, comment="whether the whole list was read"),
        Column("documents", Integer, nullable=False),
        Column("changes", text(), nullable=False, comment="JSON: how many items by what became of them"),
        Column("failures", text(), nullable=False, comment="JSON: everything that went wrong"),
        sqlite_autoincrement=True,
    )
    op.create_index("source_runs_source", "source_runs", ["source", "number"])
    op.create_table(
        "source_items",
        Column("source", string(), primary_key=True),
        Column("url", text(), primary_key=True),
        Column("title", text(), comment="as the list has it"),
        Column("dated_on", string(10), comment="as the list has it"),
        Column("sender", text(), comment="who submitted it"),
        Column("sha256", string(64), comment="the content that stands in the corpus; null before there is any"),
        Column("text_key", string(64), comment="of the documents' words, without what changes with every visit"),
        Column("digest", string(64), comment="of the files as they were last seen"),
        Column("fingerprint", string(), comment="of files: as they were last seen"),
        Column("first_seen", string(), nullable=False),
        Column("last_seen", string(), nullable=False, comment="last listed"),
        Column("checked_at", string(), comment="last looked at with success"),
        Column("changed_at", string()),
        Column("gone_since", string(), comment="since when a complete list does not name it"),
        Column("cause", string(), comment="why the last look at it, or at an attachment of it, failed"),
        Column("message", text()),
        Column("cure", text()),
        Column("attempts", Integer, nullable=False, comment="looks that failed since the last that did not"),
    )
    op.create_index("source_items_sha256", "source_items", ["sha256"])
    op.create_table(
        "source_files",
        Column("source", string(), primary_key=True),
        Column("item", text(), primary_key=True, comment="the address of the item"),
        Column("position", Integer, primary_key=True, comment="0 the item itself, then its attachments"),
        Column("url", text(), nullable=False),
        Column("name", text(), nullable=False, comment="what the reader was told it is called"),
        Column("sha256", string(64), nullable=False),
        Column("etag", text()),
        Column("last_modified", text()),
    )
    op.create_table(
        "source_answers",
        Column("sha256", string(64), primary_key=True, comment="the original that the answer brought"),
        Column("url", text(), primary_key=True, comment="what was asked for"),
        Column("source", string(), nullable=False),
        Column("final_url", text(), nullable=False, comment="where the redirects led"),
        Column("status", Integer, nullable=False),
        Column("headers", text(), nullable=False, comment="JSON: pairs, as the server sent them"),
        Column("fetched_at", string(), nullable=False),
    )
