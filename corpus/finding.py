"""Where a wording stands, as a tantivy query: exact, and fast for the words that everybody looks for.

A wording of n units is a phrase of n terms. Characters stand in most documents, so a phrase of them alone would read the
positions of nearly all (6 ms in 50,000 documents for one word of two characters, 0.2 ms as below). Two more fields say
which documents are worth that:

- ``<field>_words`` has the words that the segmenter cut, and the words inside them. Where one of these is the wording,
  nothing more has to be looked at.
- ``<field>_pairs`` has the class (``corpus.units.pair_class``) of every pair of neighbouring units that is none of those words.
  So every pair of a wording must be found in the one field or the other.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.units import BREAK, is_han_word, pair_class

if TYPE_CHECKING:
    import tantivy

_MOST_PAIRS = 16
"""More narrow nothing down any more."""


class Finder:
    """Makes queries for one schema."""

    def __init__(self, schema: tantivy.Schema) -> None:
        import tantivy

        self._schema = schema
        self._q = tantivy.Query
        self._occur = tantivy.Occur

    def sequence(self, name: str, units: tuple[str, ...]) -> tantivy.Query:
        """The documents in whose field ``name`` the units stand one after the other; the score is BM25."""
        if len(units) == 1:
            return self._term(name, units[0])
        phrase = self._q.phrase_query(self._schema, name, list(units))
        if name == "number":  # short, and different in every document
            return phrase
        must, should = self._occur.Must, self._occur.Should
        whole = "".join(units)
        if not is_han_word(whole):
            return self._q.boolean_query([*((must, one) for one in self._narrowing(name, units)), (must, phrase)])
        word = self._term(f"{name}_words", whole)
        if len(units) == 2:
            narrow = [(must, self._pair(name, (units[0], units[1])))]
        else:
            # What has it as a word is found already; a clause of its own, so that it is left out before the positions are.
            inside = [(must, one) for one in self._narrowing(name, units)]
            narrow = [(must, self._q.boolean_query([*inside, (self._occur.MustNot, word)]))]
        elsewhere = self._q.boolean_query([*narrow, (must, phrase)])
        return self._q.boolean_query([(should, word), (should, elsewhere)])

    def _narrowing(self, name: str, units: tuple[str, ...]) -> list[tantivy.Query]:
        """What a document must have, for each pair of the units."""
        found = dict.fromkeys(pair for pair in pairwise(units) if BREAK not in pair)
        return [self._either(name, pair) for pair in list(found)[:_MOST_PAIRS]]

    def _either(self, name: str, pair: tuple[str, str]) -> tantivy.Query:
        word = "".join(pair)
        if not is_han_word(word):
            return self._pair(name, pair)
        should = self._occur.Should
        either = [(should, self._term(f"{name}_words", word)), (should, self._pair(name, pair))]
        return self._q.const_score_query(self._q.boolean_query(either), 0.0)

    def _pair(self, name: str, pair: tuple[str, str]) -> tantivy.Query:
        return self._q.const_score_query(self._term(f"{name}_pairs", pair_class(*pair)), 0.0)

    def _term(self, name: str, term: str) -> tantivy.Query:
        return self._q.term_query(self._schema, name, term)
