"""Which documents of the corpus a citation means: by its number, else by its title. Never a guess.

1. The number decides where a document has it; of several documents with that number the ones with the cited title. Where the titles
   have next to nothing in common the number may be a slip: the document is then a candidate only.
2. Else the title, folded, without what stands before 关于. A document with another number, with issuers that are not those the citation
   names, or signed after the citing one is out; so is one of another place (neither that of the citing document nor what it lies in),
   unless issuers or title say that place.
3. The versions and copies of one document count as one, of which the latest stands for all. One left: it is meant. Several: they
   are candidates. None: the corpus does not have it.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks
from corpus.relations.families import families
from corpus.relations.keys import is_issued_by
from corpus.relations.references import Known, known, latest
from schemas.document import Span
from schemas.relations import Basis, CitationLink

_SHORT_NAME = 8
_LIKE_TITLES = 60.0
"""0 to 100; of the titles cited in the samples three quarters of all pairs of different ones stay below 56."""


@dataclass(frozen=True, slots=True)
class Resolved:
    """One citation, a row of ``relation_citations``, and what it may mean."""

    row: sa.Row[Any]
    basis: Basis | None
    candidates: tuple[Known, ...]
    """The latest version of each document that fits, in a fixed order."""
    sure: bool = True

    @property
    def document(self) -> Known | None:
        """What it means, where there is no doubt."""
        return self.candidates[0] if self.sure and len(self.candidates) == 1 else None

    @property
    def title(self) -> str:
        """The title as the citing document writes it."""
        return str(json.loads(self.row.title))

    def link(self, citing: Known) -> CitationLink:
        """As it is printed."""
        row, quote = self.row, json.loads(self.row.quote)
        return CitationLink(
            citing=citing.reference,
            title=self.title,
            document_number=row.document_number,
            span=Span(start=row.span_start, end=row.span_end),
            capacity=row.capacity,
            quote=quote,
            quote_span=Span(start=row.quote_start, end=row.quote_start + len(quote)),
            resolved=self.document.reference if self.document else None,
            basis=self.basis,
            candidates=[] if self.document else [one.reference for one in self.candidates],
        )


# Put together once: every page of a document asks them.
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_C = t.relation_citations.c
_MADE = sa.select(t.relation_citations).where(_C.document_id.in_(_IDS)).order_by(_C.document_id, _C.position)
_TITLES = sa.select(t.relation_titles.c.key).where(t.relation_titles.c.document_id.in_(_IDS))
_BY_NUMBER, _BY_TITLE = (sa.select(t.relation_citations).where(one.in_(_IDS)) for one in (_C.number_key, _C.title_key))


def citations_of(connection: sa.Connection, ids: Iterable[str]) -> list[sa.Row[Any]]:
    """The citations that documents make, in their order."""
    rows: list[sa.Row[Any]] = []
    for chunk in chunks(sorted(set(ids))):
        rows += connection.execute(_MADE, {"ids": chunk}).all()
    return rows


def citations_like(connection: sa.Connection, members: Iterable[Known]) -> list[sa.Row[Any]]:
    """The citations by others that may mean one of these documents: with their numbers or titles."""
    some = list(members)
    found: dict[tuple[str, int], sa.Row[Any]] = {}
    keys: set[str] = set()
    for chunk in chunks([one.id for one in some]):
        keys.update(connection.scalars(_TITLES, {"ids": chunk}))
    for query, values in ((_BY_NUMBER, {one.number_key for one in some if one.number_key}), (_BY_TITLE, keys)):
        for chunk in chunks(sorted(values)):
            for row in connection.execute(query, {"ids": chunk}):
                found[(row.document_id, row.position)] = row
    own = {one.id for one in some}
    return [row for _, row in sorted(found.items()) if row.document_id not in own]


def resolve(connection: sa.Connection, rows: Sequence[sa.Row[Any]]) -> list[Resolved]:
    """What each citation means; a fixed number of look-ups, however many there are."""
    by_number = _by_key(
        connection, t.relation_keys.c.number_key, t.relation_keys.c.document_id, {row.number_key for row in rows}
    )
    by_title = _by_key(
        connection, t.relation_titles.c.key, t.relation_titles.c.document_id, {row.title_key for row in rows}
    )
    fitting = {id for found in (*by_number.values(), *by_title.values()) for id in found}
    in_family = families(connection, fitting)
    # Who cites what nobody has need not be known: most citations are of that kind.
    citing = {row.document_id for row in rows if row.number_key in by_number or row.title_key in by_title}
    documents = known(connection, {*citing, *(id for one in in_family.values() for id in one)})
    chosen: dict[frozenset[str], Known] = {}
    for family in set(in_family.values()):
        members = [documents[id] for id in family if id in documents]
        if members:
            chosen[family] = latest(members)
    return [_resolved(row, by_number, by_title, in_family, documents, chosen) for row in rows]


def _by_key(
    connection: sa.Connection, key: sa.ColumnElement[Any], id: sa.ColumnElement[str], values: set[str | None]
) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    links = t.source_documents.c.document_id
    for chunk in chunks(sorted(value for value in values if value)):
        # Only what is still read from a file: a document that an older extraction made is none.
        query = sa.select(key.label("key"), id.label("id")).where(key.in_(chunk), id.in_(sa.select(links)))
        for row in connection.execute(query):
            found.setdefault(row.key, []).append(row.id)
    return found


def _resolved(
    row: sa.Row[Any],
    by_number: Mapping[str, list[str]],
    by_title: Mapping[str, list[str]],
    in_family: Mapping[str, frozenset[str]],
    documents: Mapping[str, Known],
    chosen: Mapping[frozenset[str], Known],
) -> Resolved:
    citing = documents.get(row.document_id)
    titled = [documents[id] for id in by_title.get(row.title_key, ()) if id in documents]
    numbered = [documents[id] for id in by_number.get(row.number_key or "", ()) if id in documents]

    def standing(fits: Iterable[Known]) -> tuple[Known, ...]:
        found = {in_family[one.id] for one in fits}
        if citing is not None:
            found = {family for family in found if citing.id not in family}
        return tuple(sorted((chosen[family] for family in found), key=lambda one: (one.date or "", one.id)))

    if numbered:
        both = {one.id for one in titled}
        fits = standing(numbered)
        if len(fits) > 1 and (with_title := standing(one for one in numbered if one.id in both)):
            fits = with_title
        if fits:
            return Resolved(row, "number", fits, any(_titles_agree(row.title_key, one.title_key) for one in numbered))
    fits = standing(one for one in titled if citing is None or _may_be_meant(row, citing, one))
    return Resolved(row, "title" if fits else None, fits)


def _titles_agree(cited: str, key: str | None) -> bool:
    """Whether two titles may be those of one document: short names and documents without a title agree with everything."""
    from rapidfuzz.fuzz import partial_ratio

    return key is None or min(len(cited), len(key)) <= _SHORT_NAME or partial_ratio(cited, key) >= _LIKE_TITLES


def _may_be_meant(row: sa.Row[Any], citing: Known, one: Known) -> bool:
    if row.number_key and one.number_key and row.number_key != one.number_key:
        return False
    if one.signed_on and citing.date and one.signed_on > citing.date:
        return False
    if row.issuer and one.issuer_keys:
        return is_issued_by(row.issuer, one.issuer_keys)
    if one.place and one.place in row.title_key:
        return True
    for mine, theirs in ((citing.province, one.province), (citing.city, one.city), (citing.county, one.county)):
        if theirs and mine and theirs != mine:
            return False
    # What lies below the citing document's own place, or beside it, does not bind it.
    return not (one.county and citing.province and not citing.county) and not (
        one.city and citing.province and not citing.city and not citing.county
    )
