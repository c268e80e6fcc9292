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
from collections.abc import Sequence
from functools import lru_cache
from itertools import chain
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
_LONGER = re.compile(rf"[0-9]{{2,}}|[{_LATIN}]{{2,}}")
_SKIPS = re.compile(rf"[{_SKIPPED}]+")
_HAN_WORD = re.compile(rf"[{_HAN}]{{2,}}")

CLASSES = 128
CLASS = 0x100
FACTOR = 2_654_435_761
"""What the classes of pairs are reckoned by: how many characters of different class there are, and the first of them."""
_PRIVATE, _STAND_INS = 0xE000, 4096
_PRIVATE_CHARACTER = re.compile("[\ue000-\uefff]")


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


def one_character_each(plain_text: str) -> tuple[str, list[str]]:
    """The units of ``units``, each as its ``stand_in``; and those that have one from the private area, in order."""
    longer: list[str] = []

    def replaced(match: re.Match[str]) -> str:
        longer.append(match.group())
        return stand_in(match.group())

    text = _LONGER.sub(replaced, _BREAKS.sub(BREAK, plain_text))
    return _SKIPS.sub("", text).strip(BREAK), longer


def joined(apart: str, longer: list[str]) -> str:
    """The units of ``one_character_each``, given with blanks between them, written out again."""
    if not longer:
        return apart
    between = _PRIVATE_CHARACTER.split(apart)
    return "".join(chain.from_iterable(zip(between, [*longer, ""], strict=True)))


def is_han_word(word: str) -> bool:
    """Whether ``word`` is two or more Chinese characters: then its characters are units, side by side wherever it stands."""
    return _HAN_WORD.fullmatch(word) is not None


def stand_in(unit: str) -> str:
    """One character for a unit: itself, or for a number or a Latin word one from the private area, which no unit is."""
    return unit if len(unit) == 1 else chr(_PRIVATE + crc32(unit.encode()) % _STAND_INS)


def pair_class(first: str, second: str) -> str:
    """The class, one of 16,384, of the pair that two units make side by side; neither is a break."""
    return _class(stand_in(first)) + _class(stand_in(second))


def _class(character: str) -> str:
    # Neighbours in Unicode fall into different classes. corpus.terms reckons the same for whole texts.
    return chr(CLASS + (ord(character) * FACTOR >> 12) % CLASSES)


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
