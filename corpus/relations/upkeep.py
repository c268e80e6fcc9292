"""Keeps the relations up to date: derived after the documents, with a watermark.

Not in the transaction of the documents: that one holds what was read and must be short, and what is derived can be made
again. Instead each portion of changed documents is one transaction that writes its rows together with the number of the last
change they stand for (``relations_seq`` in ``meta``). A writer killed in between leaves whole portions; the next one goes
on behind them. With other rules (``relations_version``) everything is made anew, also in a corpus that had none.

What is stored is made from one document alone (keys, sketch, citations, statements) or is true of two documents whatever
else there is (pairs). Which document a citation means, groups and families are asked for when somebody wants to know, so that
a document that arrives later resolves what was open, and the order of arrival plays no part.

Which pairs are compared is decided by ``corpus.relations.candidates``: few for each document, however many are alike.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import Batch, chunks
from corpus.prepared import NOTHING, Prepared, key_of
from corpus.relations.alone import Alone, alone
from corpus.relations.candidates import candidates
from corpus.relations.likeness import Comparison
from corpus.version import relations_version
from extractors.plain_words import PlainWords
from schemas.document import Document

if TYPE_CHECKING:
    from corpus.store import Store

_PORTION = 100
_ALIKE = 0.4
"""Of the numbers of the lesser sketch, how many two texts share that may say the same (see docs/relations.md)."""
_VERSION_SHARE = 0.6
_WORDS_HELD = 4_000_000
"""Characters of texts that are held for the next comparison, some 50 MB."""


@dataclass(frozen=True, slots=True)
class _Key:
    """A row of ``relation_keys`` as pairs are judged by."""

    id: str
    words_sha: str
    words: int
    parts: int
    place: str
    title_key: str | None
    number_key: str | None
    issuers: frozenset[str]
    script: str

    def same_document(self, other: _Key) -> bool:
        """Whether number, title, issuers and place allow that the two are versions of one document."""
        if self.place and other.place and self.place != other.place:
            return False
        if self.number_key and other.number_key:
            return self.number_key == other.number_key
        if not self.title_key or self.title_key != other.title_key:
            return False
        return not self.issuers or not other.issuers or bool(self.issuers & other.issuers)


class Upkeep:
    """Brings the relations of a store up to its documents.

    Whoever records batch after batch keeps one: it holds the words of those that stand for many, for as long as nobody
    else writes.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._words: dict[str, PlainWords] = {}
        self._held = 0
        self._left: int | None = None

    def behind(self) -> int:
        """How many changes of documents the relations have still to take in."""
        with self._store.snapshot() as connection:
            return _seq(connection) - _watermark(connection)

    def catch_up(self, prepared: Mapping[str, Prepared] = NOTHING) -> None:
        """Takes in every change; needs the writer's lock. ``prepared``: by ``key_of`` a body, what was made of it already."""
        while True:
            with self._store.transaction() as connection:
                after = _watermark(connection)
                if after != self._left:  # somebody else was here: the same document may have other words now
                    self._words, self._held = {}, 0
                query = sa.select(t.documents.c.seq, t.documents.c.id, t.documents.c.body)
                rows = connection.execute(
                    query.where(t.documents.c.seq > after).order_by(t.documents.c.seq).limit(_PORTION)
                ).all()
                last = self._left = rows[-1].seq if rows else _seq(connection)
                if last == after:
                    return
                documents = [(Document.model_validate_json(row.body), prepared.get(key_of(row.body))) for row in rows]
                if not after:  # what other rules made goes with the first portion
                    for table in t.DERIVED:
                        connection.execute(table.delete())
                self._take_in(connection, documents)
                Batch(connection).put_meta(relations_seq=last, relations_version=relations_version())

    def _take_in(self, connection: sa.Connection, documents: Sequence[tuple[Document, Prepared | None]]) -> None:
        ids = [document.id for document, _ in documents]
        _forget(connection, ids)
        rows: dict[sa.Table, list[dict[str, Any]]] = {table: [] for table in t.DERIVED}
        for document, made_before in documents:
            self._let_go(document.id)
            if made_before is None:
                words = PlainWords.of(document.text)
                self._keep(document.id, words)
                said = alone(document, words)
            else:
                said = made_before.alone
            for table, made in _rows(document, said).items():
                rows[table] += made
        for table, made in rows.items():
            if made:
                connection.execute(table.insert(), made)
        self._pair(connection, ids)

    # Pairs

    def _pair(self, connection: sa.Connection, ids: Sequence[str]) -> None:
        """Judges the pairs of a new document with others that may be its copy or version."""
        found = candidates(connection, ids)
        if found.void:
            p = t.relation_pairs.c
            this = (p.document_id == sa.bindparam("one"), p.other_id == sa.bindparam("other"))
            rows = [{"one": id, "other": other_id} for id, other_id in sorted(found.void)]
            connection.execute(t.relation_pairs.delete().where(*this), rows)
        keys = _keys(connection, {id for pair in found.pairs for id in pair})
        made: list[dict[str, Any]] = []
        for pair, shared in found.pairs.items():
            one, two = keys[pair[0]], keys[pair[1]]
            if one.words_sha == two.words_sha:
                continue  # copies by their words; nothing to be stored
            kind, likeness = self._judge(connection, one, two, shared)
            if kind:
                made.append({"document_id": one.id, "other_id": two.id, "kind": kind, "likeness": likeness})
        if made:
            connection.execute(t.relation_pairs.insert(), made)

    def _judge(self, connection: sa.Connection, one: _Key, two: _Key, count: int) -> tuple[str | None, float]:
        share = count / max(min(one.parts, two.parts), 1)
        versions = one.same_document(two)
        if not versions and (share < _ALIKE or min(one.words, two.words) < 0.6 * max(one.words, two.words)):
            return None, 0.0
        if one.words_sha > two.words_sha:
            one, two = two, one  # always compared in the same direction
        comparison = Comparison(
            self._words_of(connection, one.id), self._words_of(connection, two.id), {one.script, two.script} == _SCRIPTS
        )
        if share >= _ALIKE and comparison.same:
            return "copy", round(comparison.share, 4)
        if versions and comparison.share >= _VERSION_SHARE:
            return "version", round(comparison.share, 4)
        return None, 0.0

    def _words_of(self, connection: sa.Connection, id: str) -> PlainWords:
        words = self._words.get(id)
        if words is None:
            body = connection.scalar(sa.select(t.documents.c.body).where(t.documents.c.id == id))
            words = PlainWords.of(json.loads(str(body))["text"])
        self._keep(id, words)
        return words

    def _keep(self, id: str, words: PlainWords) -> None:
        """Holds the words, as the last that are let go."""
        self._let_go(id)
        self._words[id] = words
        self._held += len(words.text)
        while self._held > _WORDS_HELD and len(self._words) > 1:
            self._held -= len(self._words.pop(next(iter(self._words))).text)

    def _let_go(self, id: str) -> None:
        former = self._words.pop(id, None)
        self._held -= len(former.text) if former else 0


_SCRIPTS = {"Hans", "Hant"}


def _keys(connection: sa.Connection, ids: Iterable[str]) -> dict[str, _Key]:
    k = t.relation_keys.c
    found = {}
    for chunk in chunks(sorted(ids)):
        query = sa.select(t.relation_keys, t.documents.c.script).join(t.documents, t.documents.c.id == k.document_id)
        for row in connection.execute(query.where(k.document_id.in_(chunk))):
            found[row.document_id] = _Key(
                row.document_id,
                row.words_sha,
                row.words,
                row.parts,
                row.place,
                row.title_key,
                row.number_key,
                frozenset(filter(None, row.issuers.split("\n"))),
                row.script,
            )
    return found


def _forget(connection: sa.Connection, ids: Sequence[str]) -> None:
    for chunk in chunks(ids):
        for table in t.DERIVED:
            connection.execute(table.delete().where(table.c.document_id.in_(chunk)))
        connection.execute(t.relation_pairs.delete().where(t.relation_pairs.c.other_id.in_(chunk)))


def _rows(document: Document, alone: Alone) -> dict[sa.Table, list[dict[str, Any]]]:
    """What one document alone says, as rows.

    Wording goes in as JSON strings: PostgreSQL takes no text with U+0000 in it, and a quote is kept to the character.
    """
    place, own = alone.place, {"document_id": document.id}
    return {
        t.relation_keys: [
            own
            | {
                # A text without words is like no other, itself excepted.
                "words_sha": alone.words_sha if alone.sketch else f"-{document.id}"[:16],
                "words": alone.words,
                "parts": len(alone.sketch),
                "place": place,
                "title_key": alone.titles[0] if alone.titles else None,
                "number_key": alone.number,
                "issuers": "\n".join(alone.issuers),
                "document_number": document.document_number,
                "uri": document.source.uri,
                "bundle": document.source.parent,
                "bundle_index": document.source.index,
                "remove": alone.remove,
            }
        ],
        t.relation_titles: [own | {"key": key} for key in alone.titles],
        t.relation_sketches: [own | {"hash": number, "place": place} for number in alone.sketch],
        t.relation_citations: [
            own
            | {
                "position": position,
                "title": json.dumps(one.cited.title, ensure_ascii=False),
                "title_key": one.title.key,
                "issuer": one.title.issuer,
                "document_number": one.cited.document_number,
                "number_key": one.number,
                "capacity": one.cited.capacity,
                "span_start": one.cited.start,
                "span_end": one.cited.end,
                "quote": json.dumps(
                    document.text[one.cited.evidence_start : one.cited.evidence_end], ensure_ascii=False
                ),
                "quote_start": one.cited.evidence_start,
            }
            for position, one in enumerate(alone.cited)
        ],
        t.relation_statements: [
            own
            | {
                "position": position,
                "kind": one.kind,
                "day": one.day.isoformat() if one.day else None,
                "quote": json.dumps(document.text[one.start : one.end], ensure_ascii=False),
                "quote_start": one.start,
            }
            for position, one in enumerate(alone.statements)
        ],
        t.relation_attachments: [
            own | {"position": position, "title_key": key} for position, key in enumerate(alone.attachments)
        ],
    }


def _seq(connection: sa.Connection) -> int:
    return int(connection.scalar(sa.select(t.meta.c.value).where(t.meta.c.key == "seq")) or 0)


def _watermark(connection: sa.Connection) -> int:
    """The last change that the relations stand for; 0 where other rules made them, or nobody has, or the store was put back."""
    rows = connection.execute(sa.select(t.meta).where(t.meta.c.key.in_(("relations_seq", "relations_version"))))
    known = {row.key: row.value for row in rows}
    seq = int(known.get("relations_seq", 0))
    return seq if known.get("relations_version") == relations_version() and seq <= _seq(connection) else 0
