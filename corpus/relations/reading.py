"""What is asked of the relations: everything about one document, the groups of copies, what is cited and not there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING

import sqlalchemy as sa

from corpus import tables as t
from corpus.batch import chunks
from corpus.relations.citations import Resolved, citations_like, citations_of, resolve
from corpus.relations.families import all_copies, copies, families
from corpus.relations.force import force
from corpus.relations.keys import number_key, title_key
from corpus.relations.likeness import Comparison
from corpus.relations.references import Known, known, latest, representative
from corpus.withdrawn import withdrawn
from extractors.alignment import compare_documents
from extractors.plain_words import PlainWords
from schemas.document import Document
from schemas.errors import CorpusError
from schemas.relations import (
    AttachmentLink,
    Capacity,
    CitationLink,
    DocumentRef,
    DuplicateGroup,
    MissingDocument,
    Relations,
    Version,
)

if TYPE_CHECKING:
    from corpus.store import Store

_CITING_SHOWN = 20


_STANDING = sa.select(t.source_documents.c.document_id)
_BUNDLE = sa.select(t.relation_keys.c.document_id).where(
    t.relation_keys.c.bundle == sa.bindparam("bundle"),
    t.relation_keys.c.document_id != sa.bindparam("own"),
    t.relation_keys.c.document_id.in_(_STANDING),
)
_ATTACHED_TO = (
    sa.select(t.relation_attachments.c.document_id)
    .where(
        t.relation_attachments.c.title_key == sa.bindparam("title"),
        t.relation_attachments.c.document_id.in_(_STANDING),
    )
    .distinct()
)


class Reader:
    """Answers from the tables of a store; whoever needs the newest documents lets ``upkeep`` catch up before."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, id: str, today: date) -> Relations:
        """Everything about the document ``id``; whether it is in force is said for the day ``today``.

        Raises:
            CorpusError: there is no such document, or the relations have not taken it in yet.
        """
        document = self._store.documents.get(id)
        if document is None:
            raise CorpusError(
                f"{id}: 语料库没有这份文件 / there is no such document in the corpus (请用 duzheng search 查找 / try: duzheng search)"
            )
        with self._store.snapshot() as connection:
            family = families(connection, [id])[id]
            members = known(connection, family)
            if id not in members:
                raise CorpusError(
                    f"{id}: 关系尚未更新，请稍后再试 / its relations are not made yet; another process is writing, try again"
                )
            own = members[id]
            group_of = copies(connection, members)
            group = group_of[id]
            cites = resolve(connection, citations_of(connection, [id]))
            others = resolve(connection, citations_like(connection, members.values()))
            citing = known(connection, {one.row.document_id for one in others})
            mine = latest(members.values()).id
            cited_by = [
                (one, citing[one.row.document_id]) for one in others if one.document and one.document.id == mine
            ]
            doubtful = [
                (one, citing[one.row.document_id])
                for one in others
                if one.document is None and mine in {candidate.id for candidate in one.candidates}
            ]
            gone = withdrawn(connection, [id]).get(id)
            in_force = force(connection, own, _by_date(cited_by), today)
            bundle = self._bundle(connection, own)
            attached_to = self._attached_to(connection, own)
            attachments = self._attachments(connection, own, document)
        return Relations(
            document=own.reference,
            family=min(family),
            versions=self._versions(members, group_of),
            duplicates=_group(members, group) if len(group) > 1 else None,
            bundle=bundle,
            attachments=attachments,
            attached_to=attached_to,
            cites=[one.link(own) for one in cites],
            cited_by=_links(cited_by),
            ambiguous_citations=_links(doubtful),
            force=in_force,
            gone_since=gone,
        )

    def named(self, name: str) -> str:
        """The identifier of the document that goes by ``name``: an identifier, or a document number (浙教基〔2020〕70号).

        Raises:
            CorpusError: there is none, or the number is that of several documents.
        """
        key = number_key(name)
        k, links = t.relation_keys.c, t.source_documents.c.document_id
        with self._store.snapshot() as connection:
            if connection.scalar(sa.select(t.documents.c.id).where(t.documents.c.id == name)):
                return name
            query = sa.select(k.document_id).where(k.number_key == key, k.document_id.in_(sa.select(links)))
            found = families(connection, connection.scalars(query).all() if key else ())
            members = known(connection, {id for family in found.values() for id in family})
        standing = sorted({latest(members[id] for id in family if id in members).id for family in found.values()})
        if not standing:
            raise CorpusError(
                f"{name}: 语料库没有这个编号或文号的文件 / no document of this id or number in the corpus (请用 duzheng search 查找 / try: duzheng search)"
            )
        if len(standing) > 1:
            raise CorpusError(
                f"{name}: 有 {len(standing)} 份文件用这个文号，请用编号 / {len(standing)} documents have this number; name one by its id: "
                + ", ".join(standing)
            )
        return standing[0]

    def groups(self, ids: Iterable[str]) -> dict[str, str]:
        """For each document the one that represents it: the most original of those that say the same, often itself.

        For lists of hits: those with the same value are one document in several copies. Unknown identifiers are left out.
        """
        with self._store.snapshot() as connection:
            found = copies(connection, ids)
            members = known(connection, {id for group in found.values() for id in group})
        chosen = {
            group: representative(members[id] for id in group if id in members).id
            for group in set(found.values())
            if any(id in members for id in group)
        }
        return {id: chosen[group] for id, group in found.items() if group in chosen and id in members}

    def duplicates(self) -> list[DuplicateGroup]:
        """Every group of documents that say the same, the largest first."""
        with self._store.snapshot() as connection:
            groups = all_copies(connection)
            members = known(connection, {id for group in groups for id in group})
        made = [_group(members, group) for group in groups]
        return sorted(made, key=lambda group: (-len(group.members), group.id))

    def missing(self) -> list[MissingDocument]:
        """What current documents cite and the corpus does not have, or has several that fit; the most cited first.

        A document that is cited with its number here and without it there is counted as one where the title goes with no
        other number. Versions and copies of one citing document count once.
        """
        with self._store.snapshot() as connection:
            current = connection.scalars(
                sa.select(t.relation_citations.c.document_id)
                .join(t.documents, t.documents.c.id == t.relation_citations.c.document_id)
                .where(t.documents.c.current)
                .distinct()
            ).all()
            open_ones: list[Resolved] = []
            for chunk in chunks(sorted(current)):
                resolved = resolve(connection, citations_of(connection, chunk))
                open_ones += [one for one in resolved if one.document is None]
            ids = {one.row.document_id for one in open_ones}
            citing = known(connection, ids)
            group_of = families(connection, ids)
        numbers: dict[tuple[str, str], set[str]] = {}
        for one in open_ones:
            if one.row.number_key:
                numbers.setdefault(_named(one), set()).add(one.row.number_key)
        gathered: dict[tuple[str, ...], list[Resolved]] = {}
        for one in open_ones:
            alone = numbers.get(_named(one), set())
            number = one.row.number_key or (next(iter(alone)) if len(alone) == 1 else None)
            gathered.setdefault((number,) if number else _named(one), []).append(one)
        made = [_missing(some, citing, group_of) for some in gathered.values()]
        return sorted(made, key=lambda one: (-one.documents, one.document_number or "", one.title))

    def _versions(self, members: dict[str, Known], group_of: dict[str, frozenset[str]]) -> list[Version]:
        """The versions in their order, each with what it changed; copies are one version."""
        by_words: dict[str, list[Known]] = {}
        for id, group in group_of.items():
            if id in members:
                by_words.setdefault(min(group), []).append(members[id])
        heads = [(min(some, key=lambda one: (one.remove, one.age)), some) for some in by_words.values()]
        heads.sort(key=lambda head: min(one.age for one in head[1]))
        newest = latest(members.values()).id
        made: list[Version] = []
        former: Document | None = None
        for head, some in heads:
            # Most documents have one version, and nothing to be compared with.
            document = self._store.documents.get(head.id) if len(heads) > 1 else None
            version = Version(
                document=head.reference,
                copies=[one.reference for one in sorted(some, key=lambda one: one.originality) if one.id != head.id],
                latest=newest in {one.id for one in some},
            )
            if former is not None and document is not None:
                compared = compare_documents(former, document)
                version.counts = compared.counts
                version.changes = [pair for pair in compared.pairs if pair.state != "same" or pair.moved]
                words = Comparison(PlainWords.of(former.text), PlainWords.of(document.text))
                version.likeness = round(words.share, 4)
            made.append(version)
            former = document
        return made

    def _bundle(self, connection: sa.Connection, own: Known) -> list[DocumentRef]:
        if own.bundle is None:
            return []
        asked = {"bundle": own.bundle, "own": own.id}
        others = known(connection, connection.scalars(_BUNDLE, asked).all())
        return [one.reference for one in sorted(others.values(), key=lambda one: (one.index or 0, one.id))]

    def _attachments(self, connection: sa.Connection, own: Known, document: Document) -> list[AttachmentLink]:
        titles = t.relation_titles.c
        wanted = {title_key(one.title).key for one in document.attachments if not one.included}
        found: dict[str, list[str]] = {}
        for chunk in chunks(sorted(wanted)):
            for row in connection.execute(sa.select(titles.key, titles.document_id).where(titles.key.in_(chunk))):
                found.setdefault(row.key, []).append(row.document_id)
        others = known(connection, {id for ids in found.values() for id in ids})
        return [
            AttachmentLink(
                number=one.number,
                title=one.title,
                included=one.included,
                span=one.span,
                documents=[
                    others[id].reference
                    for id in sorted(found.get(title_key(one.title).key, ()) if not one.included else ())
                    if id in others and _belongs(others[id], own)
                ],
            )
            for one in document.attachments
        ]

    def _attached_to(self, connection: sa.Connection, own: Known) -> list[DocumentRef]:
        if own.title_key is None:
            return []
        others = known(connection, connection.scalars(_ATTACHED_TO, {"title": own.title_key}).all())
        return [one.reference for _, one in sorted(others.items()) if _belongs(own, one)]


def _belongs(part: Known, whole: Known) -> bool:
    """Whether a document may be the attachment that another lists: of the same archive, or of the same place."""
    if part.id == whole.id:
        return False
    if part.bundle is not None and part.bundle == whole.bundle:
        return True
    return not part.place or not whole.place or part.place == whole.place


def _named(one: Resolved) -> tuple[str, str]:
    return one.row.title_key, one.row.issuer


def _by_date(some: list[tuple[Resolved, Known]]) -> list[tuple[Resolved, Known]]:
    return sorted(some, key=lambda pair: (pair[1].date or "", pair[1].id, pair[0].row.position))


def _links(some: list[tuple[Resolved, Known]]) -> list[CitationLink]:
    return [one.link(citing) for one, citing in _by_date(some)]


def _group(members: dict[str, Known], group: frozenset[str]) -> DuplicateGroup:
    some = sorted((members[id] for id in group if id in members), key=lambda one: one.originality)
    return DuplicateGroup(
        id=min(one.id for one in some),
        representative=some[0].reference,
        members=[one.reference for one in some],
        exact=len({one.words_sha for one in some}) == 1,
    )


def _missing(
    some: Sequence[Resolved], citing: dict[str, Known], group_of: dict[str, frozenset[str]]
) -> MissingDocument:
    ordered = sorted(
        some, key=lambda one: (citing[one.row.document_id].date or "", one.row.document_id, one.row.position)
    )
    first: dict[frozenset[str], Resolved] = {}
    capacities: Counter[Capacity] = Counter()
    for one in ordered:
        group = group_of[one.row.document_id]
        if group not in first:
            first[group] = one
            capacities[one.row.capacity] += 1
    titles = Counter(one.title for one in ordered)
    whole = [
        one.row.document_number for one in ordered if one.row.number_key
    ]  # a masked number only where there is no other
    numbers = Counter(whole or [one.row.document_number for one in ordered if one.row.document_number])
    candidates = {known.id: known for one in ordered for known in one.candidates}
    return MissingDocument(
        title=min(titles, key=lambda title: (-titles[title], title)),
        document_number=min(numbers, key=lambda number: (-numbers[number], number)) if numbers else None,
        documents=len(first),
        capacities=dict(sorted(capacities.items())),
        citing=[one.link(citing[one.row.document_id]) for one in list(first.values())[:_CITING_SHOWN]],
        candidates=[one.reference for _, one in sorted(candidates.items())],
    )
