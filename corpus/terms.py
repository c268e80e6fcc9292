"""What the index holds of one text: its units, its words, and the classes of the pairs of neighbours that are no words.

A corpus is made of millions of paragraphs, and the index is to be built in a fraction of the time that cutting them into
words takes in Python: so the units of a text are one string, a character each, and its pairs one array.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from corpus.units import BREAK, CLASS, CLASSES, FACTOR, han_words, joined, one_character_each, pair_class

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SHORT = 100
"""An array is worth its making for longer texts only."""


@dataclass(frozen=True, slots=True)
class Terms:
    """Terms with a blank between two: ``units`` in their order, ``words`` (two or more Chinese characters) as often as
    they occur, ``pairs`` once each."""

    units: str
    words: str
    pairs: str


def terms(plain_text: str) -> Terms:
    """The terms of a ``plain`` text.

    Every pair of neighbouring units without a break is among the words, or its class is among the pairs. Of 16,384
    classes a document of twenty paragraphs has a twenty-fifth, which costs less than a byte each: the pairs themselves,
    most of them in few documents, cost more than the text. What has the class of a pair *may* have the pair; whether it
    has, the positions of the units tell.
    """
    return (_short if len(plain_text) < _SHORT else _terms)(plain_text)


def _terms(plain_text: str) -> Terms:
    from extractors.words import cut

    single, longer = one_character_each(plain_text)
    words = han_words(cut(plain_text, subwords=True))
    return Terms(joined(single, longer), " ".join(words), _pairs(single, [word for word in words if len(word) == 2]))


@lru_cache(maxsize=4096)
def _short(plain_text: str) -> Terms:
    """Titles and issuers, many of which come again."""
    from extractors.words import cut

    single, longer = one_character_each(plain_text)
    words = han_words(cut(plain_text, subwords=True))
    known = set(words)
    pairs = {
        pair_class(first, second)
        for first, second in pairwise(single)
        if BREAK not in (first, second) and first + second not in known
    }
    return Terms(joined(single, longer), " ".join(words), " ".join(pairs))


def _pairs(single: str, words: list[str]) -> str:
    import numpy as np

    units = np.frombuffer(single.encode("utf-32-le"), np.uint32)
    first, second = units[:-1], units[1:]
    kept = (first != ord(BREAK)) & (second != ord(BREAK))
    # Each word has a slot, where a pair finds it. Two words of one slot: the pair of one of them is kept for nothing.
    size = max(1024, 1 << (8 * len(words)).bit_length())
    slots = np.zeros(size, np.uint64)
    known = np.frombuffer("".join(words).encode("utf-32-le"), np.uint32)
    slots[_slot(known[::2], known[1::2], size)] = _both(known[::2], known[1::2])
    kept &= slots[_slot(first, second, size)] != _both(first, second)
    found = np.zeros(CLASSES * CLASSES, np.bool_)
    found[(_class(first) * CLASSES + _class(second))[kept]] = True
    (numbers,) = np.nonzero(found)
    written = np.full((len(numbers), 3), ord(" "), np.uint32)
    written[:, 0], written[:, 1] = CLASS + numbers // CLASSES, CLASS + numbers % CLASSES
    return written.tobytes().decode("utf-32-le").rstrip(" ")


def _slot(first: NDArray[np.uint32], second: NDArray[np.uint32], size: int) -> NDArray[np.integer[Any]]:
    return (first * 40_503 ^ second * 30_011) & (size - 1)


def _both(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> NDArray[np.integer[Any]]:
    return (first.astype("u8") << 32) | second


def _class(characters: NDArray[np.uint32]) -> NDArray[np.int64]:
    return ((characters.astype("i8") * FACTOR) >> 12) % CLASSES
