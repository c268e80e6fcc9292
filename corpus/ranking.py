"""The tantivy query that ranks documents by the words of a sentence: what is left when nothing holds it whole.

BM25 over words, as a rival would have it, with four things beside: a word counts where it stands in the title or in the text,
whichever says more, not twice; a wording of the same meaning counts in place of the word, not beside it; the words inside
a word count too; and so do pairs of characters, which find what no dictionary has (names, misspelt words).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from corpus.query import Ranked, Wording
from corpus.synonyms import widened
from corpus.units import JOINER, is_han_word

if TYPE_CHECKING:
    import tantivy

    from corpus.finding import Finder

# Chosen on the judged questions and sentences of benchmarks/relevance.py; none is sharp.
_TITLE = 1.2
_PAIR = 0.5
_NAME = 1.5
"""A pair of characters of which neither is part of a word: mostly a name."""
_NAME_IN_TEXT = 0.5
"""A name that the titles have is seldom repeated in the texts, and weighs more there for being rare: that has to be made up."""
_MOST_PAIRS = 48


def ranking(schema: tantivy.Schema, finder: Finder, ranked: Ranked, strict: bool) -> tantivy.Query:
    """Documents with at least one of the words or pairs, scored by all of them."""
    import tantivy

    query, should = tantivy.Query, tantivy.Occur.Should

    def best(queries: Sequence[tantivy.Query]) -> tantivy.Query:
        return query.disjunction_max_query(list(queries), 0.0)

    def in_either(title: tantivy.Query, body: tantivy.Query, weight: float, in_text: float = 1.0) -> tantivy.Query:
        return best([query.boost_query(title, weight * _TITLE), query.boost_query(body, weight * in_text)])

    def term(word: str, weight: float) -> tantivy.Query:
        suffix = "_words" if is_han_word(word) else ""
        title, body = (query.term_query(schema, f"{name}{suffix}", word) for name in ("title", "body"))
        return in_either(title, body, weight)

    def pair(units: tuple[str, ...], name: bool) -> tantivy.Query:
        title, body = (finder.sequence(field, units) for field in ("title", "body"))
        return in_either(title, body, _NAME, _NAME_IN_TEXT) if name else in_either(title, body, _PAIR)

    clauses = []
    for word in ranked.words:
        clauses.append(best([term("".join(wide.units), wide.weight) for wide in widened(word, strict)]))
    clauses += [term(inner, 1.0) for inner in _inside(ranked.words)]
    known = "|".join(word.text for word in ranked.words)
    for units in ranked.pairs[:_MOST_PAIRS]:
        two = tuple(units.split(JOINER))
        clauses.append(pair(two, name=not any(unit in known for unit in two)))
    return query.boolean_query([(should, clause) for clause in clauses])


def _inside(words: Sequence[Wording]) -> Iterator[str]:
    """The words inside the words, each once."""
    from extractors.words import segment

    whole = ["".join(word.units) for word in words]
    inner = dict.fromkeys(inner for word in whole for inner, _, _ in segment(word, subwords=True))
    return (one for one in inner if one not in whole and is_han_word(one))
