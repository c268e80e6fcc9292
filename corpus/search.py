"""From a query to a result: tantivy finds and counts, the text itself says where.

A wording matches where its units stand one after the other, in the text or the title. It is widened by variants and
synonyms (``corpus.synonyms``), whole or in part: 互联网 finds 網際網路, 校联体 finds 教共体. A query that nothing
matches literally is tried again more loosely (``corpus.loosening``): 教共体教师交流 then finds documents that hold
教共体, 教师 and 交流, and the result says so. One that finds nothing even then is explained (``corpus.nearby``).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from corpus.index import FACETS, SearchIndex
from corpus.loosening import steps
from corpus.query import All, Any_, Node, Not, Ranked, Values, Wording, Years, field, parse, wordings
from corpus.snippets import marks, snippets
from corpus.synonyms import added, widened
from corpus.units import BREAK, JOINER, grams
from schemas.errors import InvalidQuery
from schemas.search import Hit, SearchResult

if TYPE_CHECKING:
    import tantivy

_LAST_HIT = 100_000
_TITLE = 3.0
_WHOLE_WORD = 0.5
_TITLE_WORD = 1.0
_PAIR = 0.25
"""What a pair of units counts beside a word when documents are ranked by the words of a sentence."""


def search(
    index: SearchIndex,
    query: str,
    *,
    limit: int = 10,
    offset: int = 0,
    strict: bool = False,
    filters: Mapping[str, str | int] | None = None,
) -> SearchResult:
    """The documents that match ``query`` and ``filters`` (field names of ``corpus.query`` and their values).

    An empty query with filters lists what the filters leave. ``strict`` finds what is written and nothing else: no
    variants, no synonyms, no looser reading; either script still finds both.

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
    result = _run(index, node, limit, offset, strict)
    if result.total == 0 and not strict:
        for step in steps(node):
            looser = _run(index, step.node, limit, offset, strict)
            if looser.total:
                result = looser.model_copy(update={"note": step.note})
                break
    if result.total == 0:
        from corpus.nearby import explain

        counted = {"nothing": explain(index, node, lambda one: count(index, one, strict))}
        return result.model_copy(update=counted)
    return result


def count(index: SearchIndex, node: Node, strict: bool = False) -> int:
    """How many documents match a query, read literally."""
    return _run(index, node, 0, 0, strict).total


def _run(index: SearchIndex, node: Node, limit: int, offset: int, strict: bool) -> SearchResult:
    import tantivy

    build = _Builder(index, strict)
    query = tantivy.Query.boolean_query([(tantivy.Occur.Must, build.documents()), (tantivy.Occur.Must, build(node))])
    searcher = index.searcher
    found: Any = searcher.search(query, limit=max(1, limit), offset=offset, count=True)
    looked_for = [wording for wording in wordings(node) if wording.field is None]
    sought = [[wide.units for wide in widened(wording, strict)] for wording in looked_for]
    beside = {wording.text: others for wording in looked_for if (others := added(wording, strict))}
    hits = [_hit(searcher.doc(address), score, sought) for score, address in found.hits[:limit]]
    return SearchResult(total=found.count or 0, hits=hits, facets=_facets(searcher, query), widened=beside)


class _Builder:
    """Makes tantivy queries of the nodes of a query."""

    def __init__(self, index: SearchIndex, strict: bool) -> None:
        import tantivy

        self.strict = strict
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
            case Ranked():
                return self._ranked(node)
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
        for wide in widened(wording, self.strict):
            sequence, weight = wide.units, wide.weight
            for name, boost in (("body", weight), ("title", weight * _TITLE)):
                query = self._sequence(f"{name}_grams", sequence)
                matches.append((self.occur.Should, self.q.boost_query(query, boost)))
                if len(sequence) > 1 and BREAK not in sequence:
                    term = self.q.term_query(self.schema, f"{name}_words", "".join(sequence))
                    words.append((self.occur.Should, self.q.boost_query(term, boost * _WHOLE_WORD)))
        return self.q.boolean_query([(self.occur.Must, self.q.boolean_query(matches)), *words])

    def _ranked(self, ranked: Ranked) -> tantivy.Query:
        pairs = []
        for pair in ranked.pairs:
            for name in ("title_grams", "body_grams"):
                term = self.q.term_query(self.schema, name, pair)
                pairs.append((self.occur.Should, self.q.boost_query(term, _PAIR)))
        if ranked.least:
            words = [(self.occur.Should, self._wording(word)) for word in ranked.words]
            least = self.q.boolean_query(words, minimum_number_should_match=ranked.least)
            return self.q.boolean_query([(self.occur.Must, least), *pairs])
        terms = [(self.occur.Should, term) for word in ranked.words for term in self._words(word)]
        return self.q.boolean_query([*terms, *pairs])

    def _words(self, word: Wording) -> Iterator[tantivy.Query]:
        """A word of a sentence as the segmenter cuts it, with the words inside it: what BM25 over words would count."""
        from extractors.words import segment

        for wide in widened(word, self.strict):
            for inner in dict.fromkeys(inner for inner, _, _ in segment("".join(wide.units), subwords=True)):
                for name, boost in (("body_words", wide.weight), ("title_words", wide.weight * _TITLE_WORD)):
                    yield self.q.boost_query(self.q.term_query(self.schema, name, inner), boost)

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
