"""One character where it is drawn, one line of text, and the rule for the spaces inside of it.

All coordinates are points (1/72 inch) with the origin at the top left of the page as it is shown.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from operator import eq, sub
from typing import NamedTuple

from schemas.reading import Box


class Glyph(NamedTuple):
    """One character where it is drawn.

    ``spaced`` says that the file has a space character in front of it; ``confidence`` how sure text recognition is of it
    (0 to 1), None where the file itself says the character.
    """

    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    spaced: bool = False
    confidence: float | None = None


@dataclass(slots=True)
class Line:
    """One line of text; ``em`` is the width of a Chinese character in it, in points."""

    page: int
    text: str
    x0: float
    top: float
    x1: float
    bottom: float
    em: float
    confidence: float | None = None

    @property
    def box(self) -> Box:
        return Box(self.page, round(self.x0, 2), round(self.top, 2), round(self.x1, 2), round(self.bottom, 2))

    @property
    def centre(self) -> float:
        return (self.x0 + self.x1) / 2


class _Widths(dict[str, bool]):
    """Which characters take a whole em, each looked at once."""

    def __missing__(self, character: str) -> bool:
        wide = unicodedata.east_asian_width(character) in "WF" or character in "“”‘’…—·①②③④⑤⑥⑦⑧⑨⑩"
        self[character] = wide
        return wide


is_wide = _Widths().__getitem__
"""Whether a character takes a whole em: Chinese characters and full-width forms."""


def line_of(page: int, members: Sequence[Glyph]) -> Line:
    """One line of text from its glyphs, from left to right; spaces where the gap between two is one."""
    texts, x0s, tops, x1s, bottoms, spaced, confidences = zip(*members, strict=True)
    wide = list(map(is_wide, texts))
    # One in three is enough to know the size, and a line can be a whole page wide.
    widths = sorted([x1 - x0 for x0, x1, full in zip(x0s, x1s, wide, strict=True) if full])
    em = type_size(widths, tops, bottoms)
    parts = list(texts)
    set_spaces(parts, wide, list(map(sub, x0s[1:], x1s)), spaced, em)
    drop_doubles(parts, texts, wide, x0s, em)
    sure = _mean([c for c in confidences if c is not None])
    return Line(page, "".join(parts).strip(), x0s[0], min(tops), max(x1s), max(bottoms), em, sure)


def type_size(widths: Sequence[float], tops: Sequence[float], bottoms: Sequence[float]) -> float:
    """The width of a Chinese character of a line; guessed from the height of its type where it has none.

    Args:
        widths: those of its Chinese characters, in ascending order.
        tops, bottoms: of all its characters.
    """
    if not widths:
        widths = sorted([(bottom - top) / 1.15 for top, bottom in zip(tops, bottoms, strict=True)])
    middle = len(widths) // 2
    return (widths[middle] if len(widths) % 2 else (widths[middle - 1] + widths[middle]) / 2) or 1.0


CLOSE = 0.08
"""The widest gap, in characters, that no rule about spaces looks at."""


def set_spaces(
    parts: list[str], wide: Sequence[bool], gaps: Sequence[float], spaced: Sequence[bool], em: float
) -> None:
    """Puts a space before each part that stands apart from the one before.

    Args:
        parts: the characters of a line.
        wide: which of them take a whole em.
        gaps: the gap before each but the first.
        spaced: before which of them the file has a space.
        em: the width of a Chinese character.
    """
    close = CLOSE * em
    # Most glyphs follow close on one another; the few others are looked at closely.
    for at, gap in enumerate(gaps, 1):
        if gap > close:
            if wide[at] or wide[at - 1]:
                # Justified type widens every gap a little; what a typed space opens is at least half an em.
                apart = gap > 0.42 * em
            else:
                apart = gap > 0.3 * em or spaced[at]
            if apart:
                parts[at] = " " + parts[at]


def drop_doubles(parts: list[str], texts: Sequence[str], wide: Sequence[bool], x0s: Sequence[float], em: float) -> None:
    """Empties each part that is the same Chinese character as the one before, drawn nearly in its place."""
    for at, same in enumerate(map(eq, texts[1:], texts), 1):
        if same and wide[at] and x0s[at] - x0s[at - 1] < DOUBLE * em:
            parts[at] = ""


DOUBLE = 0.25
"""Two of the same character that begin closer than this, in characters, are one that is drawn twice."""


def _mean(values: Sequence[float]) -> float | None:
    return sum(values) / len(values) if values else None


def confidence(content: Iterable[Line]) -> float | None:
    """How sure text recognition is of lines together, each weighted by its length; None where nothing was recognised."""
    recognised = [(line.confidence, len(line.text)) for line in content if line.confidence is not None]
    total = sum(length for _, length in recognised)
    return round(sum(c * length for c, length in recognised) / total, 3) if total else None
