"""The tables of the store, for SQLite and PostgreSQL alike.

A *source* is content, whatever it is called: one row for every SHA-256. A *location* is a name under which that content
was seen; the same file in two folders is one source with two locations, and a file whose content changed is one name
with two locations, of which the newest successfully read is current. A *document* came out of one source or of several
with the same content; it is current while one of its sources stands at a current location. ``seq`` grows with every
change of a document and is what the search index is brought up to date by.

New corpora are made from here; older ones come here by the steps of ``corpus.migrations``, which says how to add to it.

Three tables are only ever added to, which triggers enforce: ``runs``, every check of a plan with what was found;
``findings``, every finding that ever occurred, by its identifier; ``decisions``, what people decided about them.
"""

from __future__ import annotations

from sqlalchemy import DDL, BigInteger, Boolean, Column, Float, ForeignKey, Index, Integer, MetaData, Table, event

from corpus.dialects import seal, string, text
from corpus.migrations.views4 import statements

metadata = MetaData()

meta = Table("meta", metadata, Column("key", string(), primary_key=True), Column("value", text(), nullable=False))

sources = Table(
    "sources",
    metadata,
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
    Index("sources_status", "status"),
)

locations = Table(
    "locations",
    metadata,
    Column("uri", text(), primary_key=True),
    Column("sha256", string(64), ForeignKey("sources.sha256"), primary_key=True),
    Column("first_seen", string(), nullable=False),
    Column("last_seen", string(), nullable=False),
    Column("current", Boolean, nullable=False),
    Index("locations_sha256", "sha256"),
)

documents = Table(
    "documents",
    metadata,
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
    Index("documents_seq", "seq"),
    Index("documents_place", "province", "city", "county"),
    Index("documents_current", "current", "id"),
)

source_documents = Table(
    "source_documents",
    metadata,
    Column("source_sha256", string(64), ForeignKey("sources.sha256"), primary_key=True),
    Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, nullable=False),
    Index("source_documents_document", "document_id"),
)

checks = Table(
    "checks",
    metadata,
    Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
    Column("pack_id", string(), primary_key=True),
    Column("pack_sha256", string(64), primary_key=True),
    Column("body", text(), nullable=False, comment="the PlanCheck as JSON"),
    Column("made_at", string(), nullable=False),
)

companions = Table(
    "companions",
    metadata,
    Column("source_sha256", string(64), ForeignKey("sources.sha256"), primary_key=True),
    Column("position", Integer, primary_key=True, comment="from 0, in the order in which the reader got them"),
    Column("sha256", string(64), nullable=False),
    Column("uri", text(), nullable=False, comment="its name becomes the heading of its content"),
)

findings = Table(
    "findings",
    metadata,
    Column("id", string(), primary_key=True),
    Column("pack_id", string(), nullable=False),
    Column("requirement", string(), nullable=False),
    Column("unit", string(), nullable=False),
    Index("findings_unit", "unit", "pack_id"),
)

runs = Table(
    "runs",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("document_id", string(), nullable=False),
    Column("unit", string(), nullable=False),
    Column("pack_id", string(), nullable=False),
    Column("pack_version", string(), nullable=False),
    Column("pack_sha256", string(64), nullable=False),
    Column("engine", string(), nullable=False, comment="hash of the rules of checking; empty where not known"),
    Column("extraction", string(), nullable=False, comment="hash of the rules of extraction; empty where not known"),
    Column("source_sha256", string(64), nullable=False),
    Column("text_sha256", string(64), nullable=False),
    Column("attachments", text(), nullable=False, comment="JSON: the SHA-256 of the attachments that were read"),
    Column("dated_on", string(10), comment="the plan's own date"),
    Column("leading", Boolean, nullable=False, comment="whether the plan spoke for its unit when it was checked"),
    Column("origin", string(), nullable=False, comment="check, verify, or upgrade: taken over from an older corpus"),
    Column("made_at", string(), nullable=False),
    Column("body_sha256", string(64), nullable=False),
    Column("same_as", Integer, comment="the earlier run that holds the same body; null where body is given"),
    Column("body", text(), comment="the PlanCheck as JSON"),
    Column("notices", string(64), comment="hash of the notices read beside it; null: not known"),
    Column("others", string(64), comment="hash of the other plans; null: not known"),
    Index("runs_unit", "unit", "pack_id"),
    Index("runs_document", "document_id", "pack_id"),
    sqlite_autoincrement=True,
)

decisions = Table(
    "decisions",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("id", string(), nullable=False, unique=True),
    Column("finding_id", string(), ForeignKey("findings.id"), nullable=False),
    Column("kind", string(), nullable=False),
    Column("who", text(), nullable=False),
    Column("made_at", string(), nullable=False),
    Column("corrects", string(), ForeignKey("decisions.id"), unique=True, comment="the record it takes the place of"),
    Column("body", text(), nullable=False, comment="the Decision as JSON"),
    Column("chain", string(64), nullable=False, comment="SHA-256 over this body and the chain of the one before"),
    Index("decisions_finding", "finding_id"),
    sqlite_autoincrement=True,
)

relation_keys = Table(
    "relation_keys",
    metadata,
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
    Index("relation_keys_words", "words_sha"),
    Index("relation_keys_number", "number_key"),
    Index("relation_keys_bundle", "bundle"),
)

relation_titles = Table(
    "relation_titles",
    metadata,
    Column("key", text(), primary_key=True),
    Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
    Index("relation_titles_document", "document_id"),
)

relation_sketches = Table(
    "relation_sketches",
    metadata,
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
    Column("place", text(), primary_key=True),
    Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
    Index("relation_sketches_document", "document_id"),
    sqlite_with_rowid=False,
)

relation_pairs = Table(
    "relation_pairs",
    metadata,
    Column("document_id", string(), ForeignKey("documents.id"), primary_key=True, comment="the lesser of the two"),
    Column("other_id", string(), ForeignKey("documents.id"), primary_key=True),
    Column("kind", string(), nullable=False, comment="copy or version"),
    Column("likeness", Float, nullable=False),
    Index("relation_pairs_other", "other_id"),
)

relation_citations = Table(
    "relation_citations",
    metadata,
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
    Index("relation_citations_number", "number_key"),
    Index("relation_citations_title", "title_key"),
)

relation_statements = Table(
    "relation_statements",
    metadata,
    Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("kind", string(), nullable=False),
    Column("day", string(10)),
    Column("quote", text(), nullable=False, comment="JSON: as written"),
    Column("quote_start", Integer, nullable=False),
)

relation_attachments = Table(
    "relation_attachments",
    metadata,
    Column("document_id", string(), ForeignKey("documents.id"), primary_key=True),
    Column("position", Integer, primary_key=True),
    Column("title_key", text(), nullable=False),
    Index("relation_attachments_title", "title_key"),
)

saved_searches = Table(
    "saved_searches",
    metadata,
    Column("name", string(), primary_key=True),
    Column("query", text(), nullable=False),
    Column("filters", text(), nullable=False, comment="JSON: value by field"),
    Column("strict", Boolean, nullable=False),
    Column("saved_on", string(), nullable=False),
    Column("run_on", string(), nullable=False, comment="what is new is new since then"),
    Column("owner", string(), comment="whose account saved it; null: nobody's"),
)

saved_found = Table(
    "saved_found",
    metadata,
    Column("name", string(), ForeignKey("saved_searches.name"), primary_key=True),
    Column("document_id", string(), primary_key=True),
)

source_runs = Table(
    "source_runs",
    metadata,
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
    Index("source_runs_source", "source", "number"),
    sqlite_autoincrement=True,
)

source_items = Table(
    "source_items",
    metadata,
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
    Index("source_items_sha256", "sha256"),
)

source_files = Table(
    "source_files",
    metadata,
    Column("source", string(), primary_key=True),
    Column("item", text(), primary_key=True, comment="the address of the item"),
    Column("position", Integer, primary_key=True, comment="0 the item itself, then its attachments"),
    Column("url", text(), nullable=False),
    Column("name", text(), nullable=False, comment="what the reader was told it is called"),
    Column("sha256", string(64), nullable=False),
    Column("etag", text()),
    Column("last_modified", text()),
)

source_answers = Table(
    "source_answers",
    metadata,
    Column("sha256", string(64), primary_key=True, comment="the original that the answer brought"),
    Column("url", text(), primary_key=True, comment="what was asked for"),
    Column("source", string(), nullable=False),
    Column("final_url", text(), nullable=False, comment="where the redirects led"),
    Column("status", Integer, nullable=False),
    Column("headers", text(), nullable=False, comment="JSON: pairs, as the server sent them"),
    Column("fetched_at", string(), nullable=False),
)

digest_arrivals = Table(
    "digest_arrivals",
    metadata,
    Column("kind", string(), primary_key=True, comment="document or failure"),
    Column("key", string(), primary_key=True, comment="the document's identifier, or the SHA-256 of a file not read"),
    Column("source_sha256", string(64), nullable=False),
    Column("number", Integer, nullable=False, comment="in the order of arrival, from 1; 0 is no news"),
    Column("seq", Integer, nullable=False, comment="the change of the document it was noted at"),
    Index("digest_arrivals_number", "number"),
    Index("digest_arrivals_source", "source_sha256"),
)

digest_targets = Table(
    "digest_targets",
    metadata,
    Column("target", string(), primary_key=True),
    Column("watermark", text(), nullable=False, comment="JSON: how far it was told"),
    Column("told_at", string(), nullable=False),
)

digest_deliveries = Table(
    "digest_deliveries",
    metadata,
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
    Index("digest_deliveries_target", "target"),
)

checked_with = Table(
    "checked_with",
    metadata,
    Column("document_id", string(), primary_key=True),
    Column("pack_id", string(), primary_key=True),
    Column("inputs", string(64), nullable=False, comment="hash over all that decides what a check finds"),
)

present = Table(
    "present",
    metadata,
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
    Column("stale", Boolean, nullable=False, comment="an override to be looked at again, or a waiver that has run out"),
    Column("relapsed", Boolean, nullable=False),
    Column("said", text(), nullable=False, comment="what people decided, in a few words"),
    Column("change", string(), nullable=False, comment="what the last run made of it"),
    Column("since", string(), nullable=False),
    Column("next_day", string(10), comment="the nearest day that is still to come or has just passed"),
    Column("next_kind", string(), comment="what it is the day of"),
    Column("turns_on", string(10), comment="the day on which the row may become another without anybody's doing"),
    Index("present_unit", "pack_id", "unit", "position"),
    Index("present_document", "document_id"),
    Index("present_turns", "turns_on"),
    Index("present_narrow", "pack_id", "requirement", "unit", "machine", "open", "overdue", "province", "position"),
    Index("present_due", "overdue", "next_day"),
    Index("present_next", "next_day"),
    Index("present_change", "change", "since", "finding_id"),
)

present_sums = Table(
    "present_sums",
    metadata,
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

present_units = Table(
    "present_units",
    metadata,
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

FOLLOWING = (present, present_sums, present_units)
"""Made from runs and decisions by ``corpus.present_rows``, and made anew where it is missing: nothing to carry over."""

DERIVED = (
    relation_keys,
    relation_titles,
    relation_sketches,
    relation_pairs,
    relation_citations,
    relation_statements,
    relation_attachments,
)
"""Made from the documents by ``corpus.relations``, and made anew where they are missing: nothing to carry over."""

ADDED_TO_ONLY = (findings, runs, decisions)
"""The tables in which nothing is ever changed or deleted."""


def _seal(table: Table) -> None:
    key = next(iter(table.primary_key)).name
    for dialect in ("sqlite", "postgresql"):
        for statement in seal(table.name, key, dialect):
            event.listen(table, "after_create", DDL(statement).execute_if(dialect=dialect))


for _table in ADDED_TO_ONLY:
    _seal(_table)

for _view in statements():
    event.listen(metadata, "after_create", DDL(_view).execute_if(dialect="sqlite"))
