"""Which documents are one: groups of copies, and families of versions with their copies.

Two documents are **copies** when their plain words are the same or ``likeness`` says that they say the same; they are **versions** of
one document when ``upkeep`` found so (number, or title with issuers, and most of the text), or when one replaced the other under
the same name (uri) and nothing speaks against it. Groups and families are what hangs together by that, so the order in which the
documents came makes no difference. Documents that are no longer read from any file do not count.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks

_SAME_FILE = 0.4
"""Of the sketch of the lesser: so much is left of a document that was rewritten under the same name."""
_Edges = set[tuple[str, str]]

_COMPARED = ("document_id", "title_key", "number_key", "bundle", "parts")


def _beside() -> sa.Select[Any]:
    """Documents and those that stood under the same name at another time."""
    links, others = t.source_documents.alias(), t.source_documents.alias()
    here, there = t.locations.alias(), t.locations.alias()
    mine, theirs = t.relation_keys.alias(), t.relation_keys.alias()
    return (
        sa.select(*(mine.c[name] for name in _COMPARED), *(theirs.c[name].label(f"other_{name}") for name in _COMPARED))
        .join(links, links.c.document_id == mine.c.document_id)
        .join(here, here.c.sha256 == links.c.source_sha256)
        .join(there, sa.and_(there.c.uri == here.c.uri, there.c.sha256 != here.c.sha256))
        .join(others, others.c.source_sha256 == there.c.sha256)
        .join(theirs, theirs.c.document_id == others.c.document_id)
        .where(mine.c.document_id.in_(_IDS), theirs.c.document_id != mine.c.document_id)
        .distinct()
    )


# Every page of a document asks these: putting them together takes longer than what they ask.
_K, _P, _L = t.relation_keys.c, t.relation_pairs.c, t.source_documents.c
_IDS: sa.BindParameter[Any] = sa.bindparam("ids", expanding=True)
_ALIVE = sa.select(_L.document_id).where(_L.document_id.in_(_IDS)).distinct()
_WORDS = sa.select(_K.words_sha).where(_K.document_id.in_(_IDS))
_SAME_WORDS = sa.select(_K.words_sha, _K.document_id).where(_K.words_sha.in_(_IDS))
_PAIRS = [
    sa.select(_P.document_id, _P.other_id).where(_P.kind == sa.bindparam("kind"), column.in_(_IDS))
    for column in (_P.document_id, _P.other_id)
]
_REPLACED = _beside()


def copies(connection: sa.Connection, ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each document the group of those that say the same, itself included."""
    return _joined(connection, ids, _copies)


def families(connection: sa.Connection, ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """For each document the versions of it and their copies, itself included."""
    return _joined(connection, ids, lambda c, some: _copies(c, some) | _versions(c, some) | _replaced(c, some))


def all_copies(connection: sa.Connection) -> list[frozenset[str]]:
    """Every group of two or more of the whole corpus, in the order of their least identifiers; one pass."""
    k, p = t.relation_keys.c, t.relation_pairs.c
    edges: _Edges = set()
    repeated = sa.select(k.words_sha).group_by(k.words_sha).having(sa.func.count() > 1)
    first: dict[str, str] = {}
    for row in connection.execute(sa.select(k.words_sha, k.document_id).where(k.words_sha.in_(repeated))):
        edges.add((first.setdefault(row.words_sha, row.document_id), row.document_id))
    edges |= {
        (row.document_id, row.other_id)
        for row in connection.execute(sa.select(p.document_id, p.other_id).where(p.kind == "copy"))
    }
    alive = _alive(connection, {id for edge in edges for id in edge})
    groups = {frozenset(group) for group in _union(alive, _direct(edges, alive)).values()}
    return sorted((group for group in groups if len(group) > 1), key=min)


def _joined(
    connection: sa.Connection, ids: Iterable[str], step: Callable[[sa.Connection, list[str]], _Edges]
) -> dict[str, frozenset[str]]:
    wanted = set(ids)
    seen = set(wanted)
    frontier, edges = sorted(wanted), _Edges()
    while frontier:
        found = step(connection, frontier)
        edges |= found
        new = _alive(connection, {id for edge in found for id in edge} - seen)
        seen |= new
        frontier = sorted(new)
    groups = _union(seen, _direct(edges, seen))
    return {id: frozenset(groups[id]) for id in wanted}


def _direct(edges: _Edges, known: set[str]) -> _Edges:
    return {(one, other) for one, other in edges if one in known and other in known}


def _union(ids: set[str], edges: _Edges) -> dict[str, set[str]]:
    """The sets that edges join, by member."""
    sets = {id: {id} for id in ids}
    for one, other in edges:
        if sets[one] is not sets[other]:
            small, large = sorted((sets[one], sets[other]), key=len)
            large |= small
            for id in small:
                sets[id] = large
    return sets


def _alive(connection: sa.Connection, ids: set[str]) -> set[str]:
    """Those of the documents that are still read from a file, superseded ones included."""
    alive: set[str] = set()
    for chunk in chunks(sorted(ids)):
        alive.update(connection.scalars(_ALIVE, {"ids": chunk}))
    return alive


def _copies(connection: sa.Connection, ids: list[str]) -> _Edges:
    words: set[str] = set()
    for chunk in chunks(ids):
        words.update(connection.scalars(_WORDS, {"ids": chunk}))
    edges: _Edges = set()
    first: dict[str, str] = {}
    for chunk in chunks(sorted(words)):
        for row in connection.execute(_SAME_WORDS, {"ids": chunk}):
            edges.add((first.setdefault(row.words_sha, row.document_id), row.document_id))
    return edges | _pairs(connection, ids, "copy")


def _versions(connection: sa.Connection, ids: list[str]) -> _Edges:
    return _pairs(connection, ids, "version")


def _pairs(connection: sa.Connection, ids: list[str], kind: str) -> _Edges:
    edges: _Edges = set()
    for chunk in chunks(ids):
        for query in _PAIRS:
            rows = connection.execute(query, {"kind": kind, "ids": chunk})
            edges.update((row.document_id, row.other_id) for row in rows)
    return edges


def _replaced(connection: sa.Connection, ids: list[str]) -> _Edges:
    """Documents that stood under the same name at another time."""
    edges: _Edges = set()
    doubtful: list[tuple[str, str, int]] = []
    for chunk in chunks(ids):
        for row in connection.execute(_REPLACED, {"ids": chunk}):
            pair = (row.document_id, row.other_document_id)
            titles = {row.title_key, row.other_title_key}
            numbers = {row.number_key, row.other_number_key}
            if (len(titles) == 1 and None not in titles) or (len(numbers) == 1 and None not in numbers):
                edges.add(pair)
            elif row.bundle is None and row.other_bundle is None and None in titles and None in numbers:
                edges.add(pair)  # one document in the file before and after, and nothing that tells them apart
            else:
                doubtful.append((*pair, min(row.parts, row.other_parts)))
    return edges | {
        (one, other)
        for one, other, parts in doubtful
        if parts and _shared(connection, one, other) >= _SAME_FILE * parts
    }


def _shared(connection: sa.Connection, one: str, other: str) -> int:
    s, o = t.relation_sketches.alias(), t.relation_sketches.alias()
    query = sa.select(sa.func.count()).select_from(s.join(o, s.c.hash == o.c.hash))
    return connection.scalar(query.where(s.c.document_id == one, o.c.document_id == other)) or 0
