"""Whether a document is in force on a day, as far as the corpus tells, with the quotes that say so."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

import sqlalchemy as sa

from corpus import tables as t
from corpus.relations.citations import Resolved
from corpus.relations.references import Known
from schemas.document import Span
from schemas.relations import Force, ForceState, Statement

_SAID = (
    sa.select(t.relation_statements)
    .where(t.relation_statements.c.document_id == sa.bindparam("id"))
    .order_by(t.relation_statements.c.position)
)


def force(connection: sa.Connection, own: Known, cited_by: Sequence[tuple[Resolved, Known]], today: date) -> Force:
    """The state of a document on the day ``today``.

    What others say weighs more than the document itself: repealed, then what its page says, then its own dates. A repeal counts
    from the day on which the repealing document takes effect (else from its date; without either at once).
    """
    rows = connection.execute(_SAID, {"id": own.id}).all()
    statements = [
        Statement(
            kind=row.kind,
            day=date.fromisoformat(row.day) if row.day else None,
            quote=quote,
            span=Span(start=row.quote_start, end=row.quote_start + len(quote)),
        )
        for row in rows
        for quote in [json.loads(row.quote)]
    ]
    ending = [(one, citing) for one, citing in cited_by if one.row.capacity in ("repeals", "replaces")]
    effective = next((one.day for one in statements if one.kind == "effective" and one.day), None)
    expires = next((one.day for one in reversed(statements) if one.kind == "expires" and one.day), None)
    days = [_takes_effect(connection, citing) for _, citing in ending]
    state: ForceState = "no_sign"
    if any(day is None or day <= today for day in days):
        state = "repealed"
    elif any(one.kind == "withdrawn" for one in statements):
        state = "withdrawn"
    elif expires and expires < today:
        state = "expired"
    elif effective and effective > today:
        state = "not_yet"
    return Force(
        state=state,
        on=today,
        effective_on=effective,
        expires_on=expires,
        statements=statements,
        ended_by=[one.link(citing) for one, citing in ending],
    )


def _takes_effect(connection: sa.Connection, citing: Known) -> date | None:
    s = t.relation_statements.c
    query = sa.select(s.day).where(s.document_id == citing.id, s.kind == "effective", s.day.is_not(None))
    day = connection.scalars(query.order_by(s.position).limit(1)).first() or citing.date
    return date.fromisoformat(day) if day else None
