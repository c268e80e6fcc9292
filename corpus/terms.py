"""What the index holds of one text: its units, its words, and the classes of the pairs of neighbours that are no words.

A corpus is made of millions of paragraphs, and the index is to be built in a fraction of the time that cutting them into
words takes in Python: so the units of a text are one string, a character each, and its pairs one array.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from corpus.units import BREAK, CLASS, CLASSES, FACTOR, is_han_word, joined, one_character_each, pair_class

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_SHORT = 100
"""An array is worth its making for longer texts only."""
_COMMON = re.compile("[\u4e00-\u9fff]*")
_MIXED = 0x9E37_79B9_7F4A_7C15
"""An odd number that spreads what it multiplies over the upper bits."""


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
    import numpy as np

    single, longer = one_character_each(plain_text)
    words = _words(plain_text)
    units = np.frombuffer(single.encode("utf-32-le"), np.uint32)
    apart = np.full((len(units), 2), ord(" "), np.uint32)
    apart[:, 0] = units
    pairs = _pairs(units.astype(np.uint64), [word for word in words if len(word) == 2])
    return Terms(joined(_text(apart), longer), " ".join(words), pairs)


@lru_cache(maxsize=4096)
def _short(plain_text: str) -> Terms:
    """Titles and issuers, many of which come again."""
    single, longer = one_character_each(plain_text)
    words = _words(plain_text)
    known = set(words)
    pairs = {
        pair_class(first, second)
        for first, second in pairwise(single)
        if BREAK not in (first, second) and first + second not in known
    }
    return Terms(joined(" ".join(single), longer), " ".join(words), " ".join(sorted(pairs)))


def _words(plain_text: str) -> list[str]:
    from extractors.words import cut

    # Nearly all words are of the common characters, which is seen at once; the expression for all of them takes longer.
    words = [word for word in cut(plain_text, subwords=True) if len(word) > 1 and not word.isascii() and word.isalnum()]
    return words if _COMMON.fullmatch("".join(words)) else [word for word in words if is_han_word(word)]


def _pairs(units: NDArray[np.uint64], words: list[str]) -> str:
    import numpy as np

    pairs = units[:-1] << 32 | units[1:]
    apart = units == ord(BREAK)
    kept = ~(apart[:-1] | apart[1:])
    # Each word has a slot, where a pair finds it. Two words of one slot: the pair of one of them is kept for nothing.
    bits = max(10, (8 * len(words)).bit_length())
    slots = np.zeros(1 << bits, np.uint64)
    both = np.frombuffer("".join(words).encode("utf-32-be"), ">u8").astype(np.uint64)
    shift = 64 - bits
    slots[(both * _MIXED) >> shift] = both
    kept &= slots[(pairs * _MIXED) >> shift] != pairs
    classes = (units * FACTOR >> 12) % CLASSES
    found = np.zeros(CLASSES * CLASSES, np.bool_)
    found[(classes[:-1] * CLASSES + classes[1:])[kept]] = True
    (numbers,) = np.nonzero(found)
    written = np.full((len(numbers), 3), ord(" "), np.uint32)
    written[:, 0], written[:, 1] = CLASS + numbers // CLASSES, CLASS + numbers % CLASSES
    return _text(written)


def _text(characters: NDArray[np.uint32]) -> str:
    return characters.tobytes().decode("utf-32-le").rstrip(" ")
