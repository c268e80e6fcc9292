"""From a query to a result: tantivy finds and counts, the text itself says where.

A wording matches where its units stand one after the other, in the text or the title. It is widened by the variant
lexicon, whole or in part: 互联网 finds 網際網路, 项目建设 finds 專案建設. A query that nothing matches literally is
tried once more by its words: 教共体教师交流 then finds documents that hold 教共体, 教师 and 交流, and the result
says so.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from corpus.index import FACETS, SearchIndex
from corpus.query import All, Any_, Node, Not, Values, Wording, Years, field, parse, wordings
from corpus.snippets import marks, snippets
from corpus.units import BREAK, JOINER, grams, plain, units
from schemas.errors import InvalidQuery
from schemas.search import Hit, SearchResult

if TYPE_CHECKING:
    import tantivy

_MOST_WORDINGS = 24
_LAST_HIT = 100_000
_TITLE = 3.0
_SYNONYM = 0.7
_WHOLE_WORD = 0.5


def search(
    index: SearchIndex, query: str, *, limit: int = 10, offset: int = 0, filters: Mapping[str, str | int] | None = None
) -> SearchResult:
    """The documents that match ``query`` and ``filters`` (field names of ``corpus.query`` and their values).

    An empty query with filters lists what the filters leave.

    Raises:
        InvalidQuery: the query, a filter, ``limit`` or ``offset`` is not possible.
        DamagedIndex: the index cannot be read.
    """
    if not 0 <= limit <= 1000 or not 0 <= offset <= _LAST_HIT:
        raise InvalidQuery(
            f"limit goes from 0 to 1000 and offset to {_LAST_HIT}; narrow the search with a filter instead"
        )
    conditions: list[Node] = [field(name, value) for name, value in (filters or {}).items()]
    if query.strip() or not conditions:
        conditions.insert(0, parse(query))
    node: Node = conditions[0] if len(conditions) == 1 else All(tuple(conditions))
    result = _run(index, node, limit, offset)
    if result.total == 0 and (loose := _loosened(node)) != node:
        loosened = _run(index, loose, limit, offset)
        if loosened.total:
            words = " ".join(wording.text for wording in wordings(loose))
            note = f"没有完全一致的词句，已按词查找 / nothing matches literally, searched for the words: {words}"
            return loosened.model_copy(update={"note": note})
    return result


def widened(wording: Wording) -> list[tuple[str, ...]]:
    """The units of a wording and of every wording that the variant lexicon treats as the same, itself first."""
    if wording.exact:
        return [wording.units]
    from extractors.variants import alternatives

    found = dict.fromkeys([wording.units, *(tuple(units(plain(other))) for other in alternatives(wording.text))])
    return [sequence for sequence in found if sequence][:_MOST_WORDINGS]


def _run(index: SearchIndex, node: Node, limit: int, offset: int) -> SearchResult:
    import tantivy

    build = _Builder(index)
    query = tantivy.Query.boolean_query([(tantivy.Occur.Must, build.documents()), (tantivy.Occur.Must, build(node))])
    searcher = index.searcher
    found: Any = searcher.search(query, limit=max(1, limit), offset=offset, count=True)
    sought = [widened(wording) for wording in wordings(node) if wording.field is None]
    hits = [_hit(searcher.doc(address), score, sought) for score, address in found.hits[:limit]]
    return SearchResult(total=found.count or 0, hits=hits, facets=_facets(searcher, query))


class _Builder:
    """Makes tantivy queries of the nodes of a query."""

    def __init__(self, index: SearchIndex) -> None:
        import tantivy

        self.index = index
        self.schema = index.schema
        self.q = tantivy.Query
        self.occur = tantivy.Occur
        self.integer = tantivy.FieldType.Integer

    def __call__(self, node: Node) -> tantivy.Query:
        match node:
            case Wording():
                return self._wording(node)
            case Values(name, values):
                return self._silent(self.q.term_set_query(self.schema, name, self._terms(name, values)))
            case Years(first, last):
                return self._silent(
                    self.q.range_query(self.schema, "year", self.integer, first or 0, 9999 if last is None else last)
                )
            case Any_(parts):
                return self.q.boolean_query([(self.occur.Should, self(part)) for part in parts])
            case All(parts):
                clauses = [
                    (self.occur.MustNot, self(part.part)) if isinstance(part, Not) else (self.occur.Must, self(part))
                    for part in parts
                ]
                return self.q.boolean_query([(self.occur.Must, self.documents()), *clauses])
            case Not(part):
                return self.q.boolean_query([(self.occur.Must, self.documents()), (self.occur.MustNot, self(part))])

    def documents(self) -> tantivy.Query:
        """Every document, at no score; the watermark is none."""
        return self._silent(self.q.term_query(self.schema, "kind", "document"))

    def _silent(self, query: tantivy.Query) -> tantivy.Query:
        return self.q.const_score_query(query, 0.0)

    def _wording(self, wording: Wording) -> tantivy.Query:
        if wording.field is not None:
            return self._sequence(f"{wording.field}_grams", wording.units)
        matches, words = [], []
        for number, sequence in enumerate(widened(wording)):
            weight = _SYNONYM if number else 1.0
            for name, boost in (("body", weight), ("title", weight * _TITLE)):
                query = self._sequence(f"{name}_grams", sequence)
                matches.append((self.occur.Should, self.q.boost_query(query, boost)))
                if len(sequence) > 1 and BREAK not in sequence:
                    term = self.q.term_query(self.schema, f"{name}_words", "".join(sequence))
                    words.append((self.occur.Should, self.q.boost_query(term, boost * _WHOLE_WORD)))
        return self.q.boolean_query([(self.occur.Must, self.q.boolean_query(matches)), *words])

    def _sequence(self, name: str, sequence: tuple[str, ...]) -> tantivy.Query:
        """The places where the units stand one after the other; see ``corpus.units``."""
        if len(sequence) == 1:
            return self.q.regex_query(self.schema, name, f"{re.escape(sequence[0])}{JOINER}.*")
        terms = grams(sequence)[:-1]
        if len(terms) == 1:  # a phrase of one term is a panic in tantivy
            return self.q.term_query(self.schema, name, terms[0])
        return self.q.phrase_query(self.schema, name, list(terms))

    def _terms(self, name: str, values: tuple[str, ...]) -> list[str]:
        """The values of a field that are meant: 浙江 means 浙江省. One character alone must be the whole name."""
        if name not in ("province", "city", "county"):
            return list(values)
        found: list[str] = []
        for value in values:
            found.append(value)
            if len(value) > 1:
                found += [term for term, _ in self.index.searcher.terms_with_prefix(name, value)]
        return found


def _loosened(node: Node) -> Node:
    """The query with every unquoted wording of several words taken apart into them."""
    match node:
        case Wording(exact=False):
            from extractors.words import segment

            parts = [tuple(units(word)) for word, _, _ in segment(node.text.replace(BREAK, "\n"))]
            # Single characters (的, 和) say little; they count only when there is nothing else.
            kept = [part for part in parts if len(part) > 1 or (part and part[0].isascii())] or [p for p in parts if p]
            found: list[Node] = [Wording(part) for part in dict.fromkeys(kept)]
            return node if not found else found[0] if len(found) == 1 else All(tuple(found))
        case All(parts):
            return All(tuple(_loosened(part) for part in parts))
        case Any_(parts):
            return Any_(tuple(_loosened(part) for part in parts))
        case _:
            return node


def _hit(stored: Any, score: float, sought: list[list[tuple[str, ...]]]) -> Hit:
    shown: dict[str, Any] = json.loads(stored.get_first("shown"))
    text: str = stored.get_first("text").decode()
    return Hit(
        document=stored.get_first("id"),
        score=round(score, 4),
        snippets=snippets(text, sought),
        title_marks=marks(shown["title"] or "", sought),
        **shown,
    )


def _facets(searcher: tantivy.Searcher, query: tantivy.Query) -> dict[str, dict[str, int]]:
    asked = {name: {"terms": {"field": name, "size": 200}} for name in (*FACETS, "year")}
    counted = searcher.aggregate(query, asked)
    facets = {
        name: {str(bucket["key"]): int(bucket["doc_count"]) for bucket in counted[name]["buckets"]} for name in asked
    }
    facets["year"] = dict(sorted(facets["year"].items()))
    return facets
