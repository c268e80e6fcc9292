"""More like this: the words that make a document what it is, and the documents that hold most of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from typing import TYPE_CHECKING

from corpus.query import Wording
from corpus.synonyms import load
from corpus.units import is_han_word, plain

if TYPE_CHECKING:
    import tantivy

    from corpus.index import SearchIndex

_WORDS = 30
"""So many words stand for a document."""
_TITLE = 3
"""So many times a word of the title counts."""


def characteristic(index: SearchIndex, title: str, text: str, most: int = _WORDS) -> list[tuple[str, float]]:
    """The words of a document (original text) by which it differs from the rest of the corpus, with weights, heaviest first.

    TF-IDF over the words of the index: (1 + ln tf) · ln(N / df). Words that no other document has lead nowhere and are
    left out, those that every document has weigh nothing.
    """
    from extractors.words import segment

    counted: Counter[str] = Counter()
    for part, times in ((title, _TITLE), (text, 1)):
        for word, _, _ in segment(plain(part), subwords=True):
            if is_han_word(word):
                counted[word] += times
    idle = frozenset(load("questions")["words"])
    documents = max(index.count(), 1)
    weighed = {}
    for word, times in counted.items():
        frequency = index.searcher.doc_freq("body_words", word)
        if word not in idle and 1 < frequency < documents:
            weighed[word] = (1 + math.log(times)) * math.log(documents / frequency)
    return sorted(weighed.items(), key=lambda one: (-one[1], one[0]))[:most]


def query(index: SearchIndex, words: Collection[tuple[str, float]], without: Collection[str]) -> tantivy.Query:
    """The documents that hold any of the words, but not those of the identifiers ``without``."""
    import tantivy

    q, occur = tantivy.Query, tantivy.Occur
    held = [
        (occur.Should, q.boost_query(q.term_query(index.schema, "body_words", word), weight)) for word, weight in words
    ]
    if not held:
        return q.empty_query()
    return q.boolean_query(
        [(occur.Must, q.boolean_query(held)), (occur.MustNot, q.term_set_query(index.schema, "id", sorted(without)))]
    )


def marked(words: Collection[tuple[str, float]]) -> list[list[tuple[str, ...]]]:
    """The words as what a snippet marks."""
    return [[Wording(tuple(word)).units] for word, _ in words]
