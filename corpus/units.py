"""What counts as the same place in two texts: the units that the index stores and that marks are found by.

A unit is one Chinese character, one number (``2025``), one Latin word, or one sign that carries meaning (``%``).
Spaces, brackets, quotation marks and dashes carry none for a search and are passed over, so that 校共体建设 finds
“校共体”建设, 2025年 finds ``2025 年``, and 余教2020155号 is not needed to find 云教〔2021〕155号. Every other mark and
every line or cell border is a *break*, a unit of its own: words on both sides of it are not neighbours.

The index holds the units with their positions, so that a wording of n units is a phrase of n terms, found however a
segmenter cuts the text around it. Single characters stand in most documents, and looking for such a phrase in all of
them takes long; so the index also holds which words (``corpus.index``) and which other *pairs* of neighbouring units a
document has. ``pattern`` finds the same places in the text itself. Both sides work on ``plain`` text, which has the
length of the original.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from operator import add
from zlib import crc32

BREAK = "|"
JOINER = "_"

_SKIPPED = (
    r" \u00a0\u00ad\u2000-\u200f\u202f\u2060\u3000\ufeff'\"`“”‘’‟„「」『』()（）〔〕【】\[\]［］{}《》〈〉<>＜＞"
    r"·•‧・\-‐-―－~～_＿"
)
_LATIN = r"a-zµß-öø-ɏ"
_HAN = r"々〇〻㐀-䶿一-鿿豈-﫿\U00020000-\U000323af"
_SIGNS = r"%‰℃℉°№"
_NUMBER = r"[0-9]+"
_OTHER = rf"[^\W0-9_{_LATIN}{_HAN}]"
_UNIT = rf"[{_HAN}]|{_NUMBER}|[{_LATIN}]+|[{_SIGNS}]|{_OTHER}"
# A break is what is neither a unit nor skipped; the underscore, which \w holds, is among the skipped.
_BREAK_CHARACTER = rf"[^\w{_SKIPPED}{_SIGNS}]"
_BREAKS = re.compile(rf"{_BREAK_CHARACTER}(?:[{_SKIPPED}]*{_BREAK_CHARACTER})*")
_UNITS = re.compile(rf"{_UNIT}|\|")
_HAN_WORDS = re.compile(rf"^[{_HAN}]{{2,}}$", re.MULTILINE)
_CLASSES = 128


def plain(text: str) -> str:
    """``text`` folded to simplified characters and lower case, of the same length: offsets are valid in both.

    著 becomes 着 throughout: the fold decides between the two by the text around them, which a query has not got.
    """
    from extractors.fold import fold

    folded = fold(text).replace("著", "着")
    lowered = folded.lower()
    # A few letters (İ) grow when lowered; such a text keeps its capitals rather than its offsets' meaning.
    return lowered if len(lowered) == len(folded) else "".join(c if len(c.lower()) != 1 else c.lower() for c in folded)


def units(plain_text: str) -> list[str]:
    """The units of a ``plain`` text in order, breaks included, those at both ends left out."""
    found = _UNITS.findall(_BREAKS.sub(BREAK, plain_text))
    start, end = 0, len(found)
    while start < end and found[start] == BREAK:
        start += 1
    while end > start and found[end - 1] == BREAK:
        end -= 1
    return found[start:end]


def grams(sequence: Sequence[str]) -> list[str]:
    """Each unit joined with the one after it; the last stands alone before an empty one, so that none is lost."""
    return [JOINER.join(pair) for pair in zip(sequence, [*sequence, ""][1:], strict=True)]


def is_han_word(word: str) -> bool:
    """Whether ``word`` is two or more Chinese characters: then its characters are units, side by side wherever it stands."""
    return han_words([word]) == {word}


def han_words(words: Iterable[str]) -> set[str]:
    """Those of ``words`` that are two or more Chinese characters, each once."""
    return set(_HAN_WORDS.findall("\n".join(set(words))))


def pairs(sequence: Sequence[str], besides: Iterable[str] = ()) -> set[str]:
    """The classes of the pairs of neighbouring units, breaks and the two-character words ``besides`` left out.

    Of 16,384 classes a document of twenty paragraphs has a twenty-fifth, which costs less than a byte each: the pairs
    themselves, most of them in few documents, cost more than the text. What has the class of a pair *may* have the pair;
    whether it has, the positions tell.
    """
    single = [unit if len(unit) == 1 else _stand_in(unit) for unit in sequence]
    found = set(map(add, single, single[1:]))
    found.difference_update(besides)
    return set(_PAIR.findall(" ".join(found).translate(_classes)))


def _stand_in(unit: str) -> str:
    """A character for a number or a Latin word, from the private area: no unit is one."""
    return chr(0xE000 + crc32(unit.encode()) % 4096)


class _Classes(dict[int, int]):
    """For each character one of 128 that stands for all of its class; neighbours in Unicode fall into different ones."""

    def __missing__(self, character: int) -> int:
        self[character] = made = 0x100 + (character * 2_654_435_761 >> 12) % _CLASSES
        return made


_classes = _Classes({ord(" "): ord(" "), ord(BREAK): ord(" ")})
_PAIR = re.compile(r"\S\S")
"""Of a pair with a break one character is left, and none of a pair of breaks."""


@lru_cache(maxsize=1024)
def pattern(sequence: tuple[str, ...]) -> re.Pattern[str]:
    """A regular expression that finds the units of ``sequence`` in a ``plain`` text, exactly where the index does.

    The match runs from the first unit to the last; what is skipped between them is inside it. Numbers and Latin words
    match whole only. Its cost is linear: what may repeat never overlaps what follows.
    """
    skipped = rf"[{_SKIPPED}]*"
    return re.compile(skipped.join(_unit_pattern(unit) for unit in sequence))


def _unit_pattern(unit: str) -> str:
    if unit == BREAK:
        return rf"{_BREAK_CHARACTER}(?:[{_SKIPPED}]*{_BREAK_CHARACTER})*"
    if unit[0].isdigit() and unit[0].isascii():
        return rf"(?<![0-9]){unit}(?![0-9])"
    if re.fullmatch(rf"[{_LATIN}]+", unit):
        return rf"(?<![{_LATIN}]){re.escape(unit)}(?![{_LATIN}])"
    return re.escape(unit)
