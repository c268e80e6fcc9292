"""From a query to a result: tantivy finds and counts, the text itself says where.

A wording matches where its units stand one after the other, in the text or the title. It is widened by variants and
synonyms (``corpus.synonyms``), whole or in part: 互联网 finds 網際網路, 校联体 finds 教共体. A query that nothing
matches literally is tried again more loosely (``corpus.loosening``): 教共体教师交流 then finds documents that hold
教共体, 教师 and 交流, and the result says so. One that finds nothing even then is explained (``corpus.nearby``).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, get_args

from corpus.entry import day
from corpus.facets import FACETS, facets, facets_of
from corpus.finding import Finder
from corpus.index import SearchIndex
from corpus.loosening import sentence, steps
from corpus.query import (
    NAMED,
    All,
    Any_,
    Dates,
    Node,
    Not,
    Ranked,
    Values,
    Wording,
    Years,
    field,
    is_number,
    parse,
    wordings,
)  # fmt: skip
from corpus.ranking import ranking
from corpus.snippets import marks, passages
from corpus.synonyms import Wide, added, widened
from schemas.errors import InvalidQuery
from schemas.search import Hit, SearchResult

if TYPE_CHECKING:
    import tantivy

_LAST_HIT = 100_000
_TITLE = 3.0
_OWN = 20.0
"""Who looks for a document number wants the document of that number, however often others cite it."""
_WHOLE = 1000.0
"""Above any score by words: who holds the sentence itself comes first."""
_FEW = 10
"""With fewer documents than this that hold a sentence as it stands, the others follow."""


Sort = Literal["relevance", "date"]
Texts = Callable[[Sequence[str]], Mapping[str, str]]
"""Gives the texts of documents by their identifiers; one that is gone is left out."""


def search(
    index: SearchIndex,
    texts: Texts,
    query: str,
    *,
    limit: int = 10,
    offset: int = 0,
    strict: bool = False,
    sort: Sort = "relevance",
    counted: Collection[str] = FACETS,
    filters: Mapping[str, str | int] | None = None,
) -> SearchResult:
    """The documents that match ``query`` and ``filters`` (field names of ``corpus.query`` and their values).

    An empty query with filters lists what the filters leave. ``strict`` finds what is written and nothing else: no
    variants, no synonyms, no looser reading; either script still finds both. ``sort`` by ``date``: the newest first,
    those without a date last, at no score. ``counted``: the facets to count.

    Raises:
        InvalidQuery: the query, a filter, ``limit`` or ``offset`` is not possible.
        DamagedIndex: the index cannot be read.
    """
    if not 0 <= limit <= 1000 or not 0 <= offset <= _LAST_HIT:
        raise InvalidQuery(
            f"limit 从 0 到 1000，offset 至 {_LAST_HIT}；请用条件缩小范围 / "
            f"limit goes from 0 to 1000 and offset to {_LAST_HIT}; narrow the search with a filter instead"
        )
    if sort not in get_args(Sort):
        raise InvalidQuery(
            f"不能按 {sort} 排序，可用 {'、'.join(get_args(Sort))} / "
            f"sort by {sort!r} is not possible; choose {' or '.join(get_args(Sort))}"
        )
    if unknown := sorted(set(counted) - set(FACETS)):
        raise InvalidQuery(
            f"没有分类 {unknown[0]}，可用 {'、'.join(FACETS)} / "
            f"there is no facet {unknown[0]!r}; facets are {', '.join(FACETS)}"
        )
    page = _Page(limit, offset, sort, frozenset(counted))
    node = asked(query, filters or {})
    result = _run(index, texts, node, page, strict)
    if result.total == 0 and not strict:
        for step in steps(node):
            looser = _run(index, texts, step.node, page, strict)
            if looser.total:
                result = looser.model_copy(update={"note": step.note + _alike(index, step.node)})
                break
    elif result.total < _FEW and not strict and (whole := sentence(node, result.total)) is not None:
        result = _run(index, texts, whole.node, page, strict).model_copy(update={"note": whole.note})
    if result.total == 0:
        from corpus.nearby import explain

        nothing = explain(index, node, lambda one: count(index, one, strict))
        return result.model_copy(update={"nothing": nothing})
    return result


def _alike(index: SearchIndex, loose: Node) -> str:
    """What to say of words near to a wording of which only pairs of characters were found; empty if there were words."""
    from corpus.nearby import alike

    parts = loose.parts if isinstance(loose, All) else (loose,)
    pieces = [part.whole[0].text for part in parts if isinstance(part, Ranked) and not part.words and part.whole]
    near = [word for piece in pieces for word in alike(index, piece, 3)]
    return f"；相近的词 near words: {'、'.join(near)}" if near else ""


def asked(query: str, filters: Mapping[str, str | int]) -> Node:
    """The tree of a query and filters together; an empty query with filters asks for what the filters leave.

    Raises:
        InvalidQuery: the query or a filter is not possible.
    """
    conditions: list[Node] = [field(name, value) for name, value in filters.items()]
    if query.strip() or not conditions:
        conditions.insert(0, parse(query))
    return conditions[0] if len(conditions) == 1 else All(tuple(conditions))


def matching(index: SearchIndex, node: Node, strict: bool = False) -> list[str]:
    """The identifiers of all documents that match a query, read literally."""
    searcher = index.searcher
    found: Any = searcher.search(_Builder(index, strict)(node), limit=max(1, searcher.num_docs), count=False)
    return [str(searcher.doc(address).get_first("id")) for _, address in found.hits]


def among(index: SearchIndex, texts: Texts, node: Node, ids: Collection[str], limit: int, strict: bool) -> list[Hit]:
    """Those documents of ``ids`` that match a query, read literally, best first and at most ``limit``."""
    both = All((node, Values("id", tuple(sorted(ids)))))
    return _run(index, texts, both, _Page(limit, 0, "relevance", frozenset()), strict).hits


def similar(
    index: SearchIndex, texts: Texts, title: str, text: str, without: Collection[str], limit: int
) -> SearchResult:
    """The documents nearest to one of that title and text (original), but for those of the identifiers ``without``."""
    from corpus.similar import characteristic, marked, query

    words = characteristic(index, title, text)
    page = _Page(limit, 0, "relevance", frozenset())
    result = _shown(index, texts, query(index, words, without), marked(words), page, None)
    note = f"据特征词查找 / found by the words characteristic of it: {' '.join(word for word, _ in words)}"
    return result.model_copy(update={"note": note if words else None})


def count(index: SearchIndex, node: Node, strict: bool = False) -> int:
    """How many documents match a query, read literally."""
    found: Any = index.searcher.search(_Builder(index, strict)(node), limit=1, count=True)
    return found.count or 0


def counted(index: SearchIndex, node: Node, names: Collection[str], strict: bool = False) -> dict[str, dict[str, int]]:
    """How many documents match a query, read literally, by the values of the facets ``names``."""
    return facets(index, _Builder(index, strict)(node), names)


@dataclass(frozen=True, slots=True)
class _Page:
    """Which hits are wanted, and what beside them."""

    limit: int
    offset: int
    sort: Sort
    facets: frozenset[str]


def _run(index: SearchIndex, texts: Texts, node: Node, page: _Page, strict: bool) -> SearchResult:
    looked_for = [wording for wording in wordings(node) if wording.field is None]
    sought = [[wide.units for wide in widened(wording, strict)] for wording in looked_for]
    beside = {wording.text: others for wording in looked_for if (others := added(wording, strict))}
    return _shown(index, texts, _Builder(index, strict)(node), sought, page, (node, strict)).model_copy(
        update={"widened": beside}
    )


def _shown(
    index: SearchIndex,
    texts: Texts,
    query: tantivy.Query,
    sought: list[list[tuple[str, ...]]],
    page: _Page,
    asked: Hashable,
) -> SearchResult:
    """One page of what a query finds; ``asked`` is what the query was made from."""
    searcher: Any = index.searcher
    order = None if page.sort == "relevance" else "day"
    found: Any = searcher.search(query, limit=max(1, page.limit), offset=page.offset, count=True, order_by_field=order)
    stored: list[tuple[float, Any]] = [(score, searcher.doc(address)) for score, address in found.hits[: page.limit]]
    originals = texts([one.get_first("id") for _, one in stored])
    hits = [
        _hit(one, originals.get(one.get_first("id"), ""), score if page.sort == "relevance" else 0.0, sought)
        for score, one in stored
    ]
    return SearchResult(total=found.count or 0, hits=hits, facets=facets_of(index, query, page.facets, asked))


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
        self.finder = Finder(index.schema)

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
            case Dates(first, last):
                edges = (day(first) if first else 1, day(last) if last else 99_999_999)
                return self._silent(self.q.range_query(self.schema, "day", self.integer, *edges))
            case Ranked():
                return self._ranked(node)
            case Any_(parts):
                return self.q.boolean_query([(self.occur.Should, self(part)) for part in parts])
            case All(parts):
                clauses = [
                    (self.occur.MustNot, self(part.part)) if isinstance(part, Not) else (self.occur.Must, self(part))
                    for part in parts
                ]
                if all(isinstance(part, Not) for part in parts):
                    clauses.append((self.occur.Must, self.documents()))
                return self.q.boolean_query(clauses)
            case Not(part):
                return self.q.boolean_query([(self.occur.Must, self.documents()), (self.occur.MustNot, self(part))])

    def documents(self) -> tantivy.Query:
        """Every document, at no score; the watermark is none."""
        return self._silent(self.q.term_query(self.schema, "kind", "document"))

    def _silent(self, query: tantivy.Query) -> tantivy.Query:
        return self.q.const_score_query(query, 0.0)

    def _wording(self, wording: Wording) -> tantivy.Query:
        if wording.field is not None:
            return self.finder.sequence(wording.field, wording.units)
        found = [self._stands(wide) for wide in widened(wording, self.strict)]
        # The best of them and not their sum: a word of many synonyms is not worth more than one of none.
        return found[0] if len(found) == 1 else self.q.disjunction_max_query(found, 0.0)

    def _stands(self, wide: Wide) -> tantivy.Query:
        """A wording in text or title, and one that may be a document's own number there, too."""
        places = [("body", wide.weight), ("title", wide.weight * _TITLE)]
        if is_number(wide.units):
            places.append(("number", wide.weight * _OWN))
        return self.q.boolean_query(
            [
                (self.occur.Should, self.q.boost_query(self.finder.sequence(name, wide.units), boost))
                for name, boost in places
            ]
        )

    def _ranked(self, ranked: Ranked) -> tantivy.Query:
        by_words = ranking(self.schema, self.finder, ranked, self.strict)
        if ranked.least:
            words = [(self.occur.Should, self._wording(word)) for word in ranked.words]
            least = self.q.boolean_query(words, minimum_number_should_match=ranked.least)
            return self.q.boolean_query([(self.occur.Must, self._silent(least)), (self.occur.Should, by_words)])
        whole = [self.q.const_score_query(self._wording(wording), _WHOLE) for wording in ranked.whole]
        return self.q.boolean_query([(self.occur.Should, query) for query in (by_words, *whole)])

    def _terms(self, name: str, values: tuple[str, ...]) -> list[str]:
        """The values of a field that are meant: 浙江 means 浙江省. One character alone must be the whole name."""
        if name not in NAMED:
            return list(values)
        found: list[str] = []
        for value in values:
            found.append(value)
            if len(value) > 1:
                found += [term for term, _ in self.index.searcher.terms_with_prefix(name, value)]
        return found


def _hit(stored: Any, text: str, score: float, sought: list[list[tuple[str, ...]]]) -> Hit:
    shown: dict[str, Any] = json.loads(stored.get_first("shown"))
    seen = passages(text, sought)
    return Hit(
        document=stored.get_first("id"),
        score=round(score, 4),
        snippets=seen.snippets,
        paragraphs=seen.paragraphs,
        title_marks=marks(shown["title"] or "", sought),
        **shown,
    )
