"""Documents in short, and their order: which copy represents the others, which version is the latest."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks
from schemas.relations import DocumentRef

_LATEST = "9999-99-99"


@dataclass(frozen=True, slots=True)
class Known:
    """What the tables say of a document, without its text."""

    id: str
    title: str | None
    document_number: str | None
    issuers: str | None
    issuer_keys: str
    date: str | None
    signed_on: str | None
    province: str | None
    city: str | None
    county: str | None
    place: str
    uri: str
    index: int | None
    current: bool
    title_key: str | None
    number_key: str | None
    words_sha: str
    bundle: str | None
    remove: int
    first_seen: str
    """When it was first seen under any name; empty where it never was."""

    @property
    def reference(self) -> DocumentRef:
        """As it is printed."""
        return DocumentRef(
            id=self.id,
            title=self.title,
            document_number=self.document_number,
            issuers=self.issuers,
            date=self.date,
            uri=self.uri,
            index=self.index,
            current=self.current,
        )

    @property
    def originality(self) -> tuple[bool, int, str, str]:
        """The least is the most original copy: not replaced since, on the issuer's own site, the earliest."""
        return not self.current, self.remove, self.date or _LATEST, self.id

    @property
    def age(self) -> tuple[str, bool, str, str]:
        """The greatest is the latest version: by its date, then the one that has not been replaced, then as it was first seen."""
        return self.date or "", self.current, self.first_seen, self.id


# Put together once: every page of a document asks them.
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_FIRST_SEEN = (
    sa.select(t.source_documents.c.document_id, sa.func.min(t.locations.c.first_seen).label("first"))
    .join(t.locations, t.locations.c.sha256 == t.source_documents.c.source_sha256)
    .where(t.source_documents.c.document_id.in_(_IDS))
    .group_by(t.source_documents.c.document_id)
)
_SHORT = ("title", "issuer", "signed_on", "published_on", "province", "city", "county", "current")
_KNOWN = (
    sa.select(t.relation_keys, *(t.documents.c[name] for name in _SHORT))
    .join(t.documents, t.documents.c.id == t.relation_keys.c.document_id)
    .where(t.relation_keys.c.document_id.in_(_IDS))
)


def known(connection: sa.Connection, ids: Iterable[str]) -> dict[str, Known]:
    """The documents in short, by identifier; those that the relations have not taken in yet are left out."""
    found: dict[str, Known] = {}
    for chunk in chunks(sorted(set(ids))):
        seen = {row.document_id: row.first for row in connection.execute(_FIRST_SEEN, {"ids": chunk})}
        for row in connection.execute(_KNOWN, {"ids": chunk}):
            found[row.document_id] = Known(
                id=row.document_id,
                title=row.title,
                document_number=row.document_number,
                issuers=row.issuer,
                issuer_keys=row.issuers,
                date=row.signed_on or row.published_on,
                signed_on=row.signed_on,
                province=row.province,
                city=row.city,
                county=row.county,
                place=row.place,
                uri=row.uri,
                index=row.bundle_index,
                current=row.current,
                title_key=row.title_key,
                number_key=row.number_key,
                words_sha=row.words_sha,
                bundle=row.bundle,
                remove=row.remove,
                first_seen=seen.get(row.document_id, ""),
            )
    return found


def representative(group: Iterable[Known]) -> Known:
    """The most original of copies."""
    return min(group, key=lambda one: one.originality)


def latest(family: Iterable[Known]) -> Known:
    """What stands for a document with all its versions: the most original copy of the latest that has not been replaced."""
    members = list(family)
    standing = [one for one in members if one.current] or members
    last = max(standing, key=lambda one: one.age)
    return representative(one for one in standing if one.words_sha == last.words_sha)
