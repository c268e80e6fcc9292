"""What an opened corpus answers from its index: searches, how often terms occur, what is like a document, and what saved searches find anew."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from corpus.held import Held
from schemas.errors import CorpusError

if TYPE_CHECKING:
    from corpus.search import Sort
    from schemas.search import News, SavedSearch, SearchResult
    from schemas.trend import Trend


def search(
    held: Held,
    query: str,
    filters: Mapping[str, str | int | None],
    *,
    limit: int,
    offset: int,
    strict: bool,
    sort: Sort,
    facets: Collection[str] | None,
) -> SearchResult:
    """The documents that match ``query``, best first; see ``Corpus.search``. An index that is damaged is built anew."""
    from corpus.facets import FACETS
    from corpus.index import DamagedIndex
    from corpus.search import search

    wanted = {name: value for name, value in filters.items() if value is not None}
    how: dict[str, Any] = {"limit": limit, "offset": offset, "strict": strict, "sort": sort}
    how["counted"] = FACETS if facets is None else facets
    try:
        return _marked(held, search(held.index.fresh(), held.texts, query, filters=wanted, **how))
    except DamagedIndex:
        held.index.drop()
        return _marked(held, search(held.index.fresh(), held.texts, query, filters=wanted, **how))


def trend(held: Held, terms: Sequence[str], strict: bool, most: int | None) -> Trend:
    """How often terms occur in the current documents; see ``Corpus.trend``. An index that is damaged is built anew."""
    from corpus.index import DamagedIndex
    from corpus.trend import indexed

    try:
        return indexed(held.index.fresh(), held.store().documents.texts, terms, strict=strict, most=most)
    except DamagedIndex:
        held.index.drop()
        return indexed(held.index.fresh(), held.store().documents.texts, terms, strict=strict, most=most)


def similar(held: Held, id: str, limit: int) -> SearchResult:
    """The documents most like the one with that identifier, without itself, its copies and its versions.

    Raises:
        CorpusError: there is no such document.
    """
    from corpus.relations.families import families
    from corpus.search import similar

    document = held.store().documents.get(id)
    if document is None:
        raise CorpusError(f"{id}: 语料库中没有这份文件 / there is no such document in the corpus")
    held.relations()
    with held.snapshot() as connection:
        itself = families(connection, [id]).get(id, frozenset()) | {id}
    return _marked(held, similar(held.index.fresh(), held.texts, document.title or "", document.text, itself, limit))


def _marked(held: Held, found: SearchResult) -> SearchResult:
    """The result with what is no longer where it was published told."""
    gone = held.shown().withdrawn(sorted(hit.document for hit in found.hits)) if found.hits else {}
    for hit in found.hits:
        hit.gone_since = gone.get(hit.document)
    return found


def save(
    held: Held, name: str, query: str, filters: Mapping[str, str | int | None], strict: bool, owner: str | None
) -> SavedSearch:
    """Keeps a search by name, with what it finds now; see ``Corpus.save_search``."""
    from corpus.saved import SavedSearches
    from corpus.search import asked, matching

    wanted = {field: str(value) for field, value in filters.items() if value is not None}
    found = matching(held.index.fresh(), asked(query, wanted), strict)
    with held.transaction() as connection:
        return SavedSearches(connection).add(name, query, wanted, strict, found, owner)


def news(held: Held, name: str, limit: int) -> News:
    """Runs a saved search: what it finds that it had not found before; see ``Corpus.news``."""
    from corpus.saved import SavedSearches
    from corpus.search import among, asked, matching
    from schemas.search import News

    held.claim()
    index = held.index.fresh()
    with held.transaction() as connection:
        searches = SavedSearches(connection)
        saved = searches.get(name)
        node = asked(saved.query, saved.filters)
        found, before = matching(index, node, saved.strict), searches.found(name)
        new, gone = [id for id in found if id not in before], sorted(before.difference(found))
        hits = among(index, held.texts, node, new, limit, saved.strict) if new and limit else []
        names = set(searches.names_of(gone).values())
        searches.ran(name, gone, new)
    changed = [hit.document for hit in hits if hit.uri in names]
    return News(search=saved, total=len(found), new=len(new), hits=hits, changed=changed)
