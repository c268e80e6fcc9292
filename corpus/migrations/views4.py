"""The views of schema 4: documents, their facts and what was found and decided, as rows, for Datasette and other readers
of the SQLite file. Read-only by nature: a view has no rows of its own.

Columns are named as in ``corpus.columns`` and hold the same. A later schema that changes them leaves this file as it is.
"""

from __future__ import annotations

_ABOUT = "d.id AS document, d.title, d.province, d.city, d.county, d.role, d.year"


def _words(span: str) -> str:
    """The original words at a span, an SQL expression, and where they stand."""
    start, end = f"json_extract({span}, '$.start')", f"json_extract({span}, '$.end')"
    text = f"substr(json_extract(d.body, '$.text'), {start} + 1, {end} - {start})"
    return f"nullif({text}, '') AS quote, {start} AS start, {end} AS \"end\", json_extract({span}, '$.page') AS page"


def _facts(place: str, columns: str, members: str = "") -> str:
    """A row for each element of a list in the document."""
    return (
        f"SELECT {_ABOUT}, {columns}, {_words(_SPAN)} FROM documents AS d "
        f"JOIN json_each(d.body, '$.{place}') AS f {members} WHERE d.current"
    )


_SPAN = "json_extract(f.value, '$.span')"


def _of(*names: str, **renamed: str) -> str:
    """Fields of the element, under their own names or others."""
    given = dict(zip(names, names, strict=True)) | renamed
    return ", ".join(f"json_extract(f.value, '$.{field}') AS {name}" for name, field in given.items())


def _joined(place: str, source: str = "d.body") -> str:
    return f"(SELECT group_concat(value, '、') FROM json_each({source}, '$.{place}'))"


def _from_body(*names: str) -> str:
    return ", ".join(f"json_extract(d.body, '$.{name}') AS {name.rpartition('.')[2]}" for name in names)


VIEWS: dict[str, str] = {
    "v_documents": (
        f"SELECT {_ABOUT}, d.adcode, {_from_body('document_number', 'index_number')}, d.issuer AS issuers, "
        f"{_joined('addressees')} AS addressees, d.signed_on, d.published_on, d.genre, d.level, d.script, "
        f"{_from_body('variant')}, d.on_topic, {_joined('topics')} AS topics, "
        "length(json_extract(d.body, '$.text')) AS characters, "
        + ", ".join(
            f"json_array_length(d.body, '$.{name}') AS {name}"
            for name in ("communities", "targets", "tasks", "attachments")
        )
        + ", (SELECT count(*) FROM json_each(d.body, '$.attachments') WHERE NOT json_extract(value, '$.included')) "
        "AS attachments_not_obtained, "
        "(SELECT group_concat(json_extract(value, '$.message'), '; ') FROM json_each(d.body, '$.quality')) AS notes, "
        f"{_from_body('source.uri', 'source.media_type', 'source.sha256')}, "
        + _words("json_extract(d.body, '$.spans.title')")
        + " FROM documents AS d WHERE d.current"
    ),
    "v_communities": _facts(
        "communities",
        f"f.key AS community, {_of('name', 'mode', 'legal_person', 'stage', 'lead')}, m.value AS member",
        "LEFT JOIN json_each(f.value, '$.members') AS m",
    ),
    "v_targets": _facts("targets", _of("about", "comparator", "value", "upper", "unit", "base", "per", "due")),
    "v_tasks": _facts(
        "tasks", f"{_of('text')}, {_joined('responsible', 'f.value')} AS responsible, {_of('due', 'due_text')}"
    ),
    "v_leaders": _facts("leaders", f"{_of(leader_role='role')}, {_of('name', 'post', 'organisation')}"),
    "v_citations": _facts("citations", _of(cited_title="title", cited_number="document_number")),
    "v_attachments": _facts(
        "attachments",
        f"{_of('number', attachment_title='title')}, {_of('included')}, "
        f"{_of(content_start='content.start', content_end='content.end')}",
    ),
    "v_scoring": _facts("scoring", _of("item", "points", "standards", "deductions")),
    "v_findings": (
        f"SELECT {_ABOUT}, {_of(finding='id')}, c.pack_id AS pack, "
        f"json_extract(c.body, '$.pack.version') AS pack_version, {_of('requirement', name='title')}, "
        f"{_of('severity', 'verdict', 'reason', 'expected', 'observed', 'due', 'advice')}, "
        "json_extract(f.value, '$.evidence[0].quote') AS quote, json_extract(f.value, '$.evidence[0].span.start') AS start, "
        "json_extract(f.value, '$.evidence[0].span.end') AS \"end\", json_extract(f.value, '$.evidence[0].span.page') AS page "
        "FROM checks AS c JOIN documents AS d ON d.id = c.document_id JOIN json_each(c.body, '$.findings') AS f "
        "WHERE d.current AND c.made_at = (SELECT max(o.made_at) FROM checks AS o "
        "WHERE o.document_id = c.document_id AND o.pack_id = c.pack_id)"
    ),
    "v_decisions": (
        "SELECT r.number, r.id AS decision, r.finding_id AS finding, "
        "json_extract(r.body, '$.basis.document') AS document, json_extract(r.body, '$.basis.pack') AS pack, "
        "json_extract(r.body, '$.basis.requirement') AS requirement, r.kind, r.who, "
        "json_extract(r.body, '$.why') AS why, r.made_at, r.corrects, "
        "EXISTS (SELECT 1 FROM decisions AS o WHERE o.corrects = r.id) AS corrected, "
        + ", ".join(
            f"json_extract(r.body, '$.{name}') AS {name}"
            for name in ("verdict", "outcome", "step", "result", "until", "deadline", "responsible")
        )
        + " FROM decisions AS r"
    ),
    "v_files": (
        "SELECT s.sha256, s.uri, s.media_type, s.bytes, s.status, s.cause, s.message, s.cure, s.first_seen, s.last_seen "
        "FROM sources AS s"
    ),
}


def statements() -> list[str]:
    """What makes the views."""
    return [f"CREATE VIEW {name} AS {select}" for name, select in VIEWS.items()]
