"""Recognised lines as characters with their places, as a text layer would give them.

The model says where the middle of a character is, to about a fifth of its width, and not how wide it is. Chinese type
stands on a grid: every character of a line is as wide as the next, half-width ones half of it. So the width comes from
the whole line, and a gap counts only where the picture has none but paper in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median
from typing import Any

from extractors.readers.ocr.engine import Character
from extractors.readers.ocr.punctuation import corrected
from extractors.readers.pages.glyphs import Glyph, is_wide

_CLOSING = frozenset("，。、；：！？）」』”’》〕】…")
_OPENING = frozenset("（「『“‘《〔【")
_USUAL_HEIGHT = 0.93
"""Height of the ink of a line of Chinese characters, in widths of a character: Song, Hei, Kai and Fangsong alike."""


@dataclass(slots=True)
class Recognised:
    """One line: its characters, where it is in the upright picture (pixels), and which columns of it hold ink."""

    characters: list[Character]
    left: float
    middle: float
    width: float
    ink_height: float
    inked: Any
    em: float = 0.0
    text: str = field(default="")


def recognised(characters: Sequence[Character], quad: Any, picture: Any) -> Recognised:
    """A line as the model read it, with what its picture says of its ink.

    Args:
        characters: what stands in the line, at least one character.
        quad: its corners in the upright picture, in pixels.
        picture: the line alone, uint8 RGB.
    """
    import cv2
    import numpy as np

    grey = cv2.GaussianBlur(cv2.cvtColor(picture, cv2.COLOR_RGB2GRAY), (3, 3), 0)
    _, ink = cv2.threshold(grey, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    if ink.mean() > 0.5:  # light type on a dark ground
        ink = 1 - ink
    rows = np.flatnonzero(ink.mean(axis=1) > 0.03)
    first, last = (int(rows[0]), int(rows[-1]) + 1) if len(rows) else (0, ink.shape[0])
    columns = ink[first:last].sum(axis=0) > max(0.04 * (last - first), 1)
    left = float((quad[0][0] + quad[3][0]) / 2)
    width = float((quad[1][0] + quad[2][0]) / 2) - left
    top, bottom = float((quad[0][1] + quad[1][1]) / 2), float((quad[3][1] + quad[2][1]) / 2)
    scale = (bottom - top) / ink.shape[0]
    middle = top + (first + last) / 2 * scale if len(characters) > 1 else (top + bottom) / 2
    text = corrected("".join(c.text for c in characters))
    kept = [Character(t, c.at, c.confidence, c.spaced) for t, c in zip(text, characters, strict=True)]
    return Recognised(kept, left, middle, width, (last - first) * scale, columns, text=text)


def measure(lines: Sequence[Recognised]) -> None:
    """Sets the width of a character of each line: from its own spacing where it is long enough, else from the height
    of its ink as the long lines of the page have it."""
    for line in lines:
        line.em = _pitch(line)
    ratios = [line.em / line.ink_height for line in lines if line.em and line.ink_height > 0]
    ratio = median(ratios) if len(ratios) >= 3 else 1 / _USUAL_HEIGHT
    known = sorted(line.em for line in lines if line.em)
    for line in lines:
        if line.em:
            continue
        flat = not any(is_wide(c.text) and c.text not in "一二三—，。、…" for c in line.characters)
        # Digits and letters are three quarters as high as Chinese characters of their size.
        guess = line.ink_height * ratio * (1.3 if flat else 1.0)
        near = min(known, key=lambda em: abs(em - guess), default=0.0)
        line.em = near if near and abs(near - guess) < 0.16 * guess else guess or 1.0


def _pitch(line: Recognised) -> float:
    """The distance of neighbouring Chinese characters, 0 where too few stand together."""
    steps = [
        (b.at - a.at) * line.width
        for a, b in pairwise(line.characters)
        if not b.spaced and _whole(a.text) and _whole(b.text)
    ]
    if len(steps) < 4:
        return 0.0
    usual = median(steps)
    even = [step for step in steps if abs(step - usual) < 0.35 * usual]
    return sum(even) / len(even) if even else 0.0


def _whole(text: str) -> bool:
    return is_wide(text) and text not in _CLOSING and text not in _OPENING


def glyphs(line: Recognised, across: float, down: float) -> list[Glyph]:
    """The characters of a line with their places.

    Args:
        line: the line, measured.
        across, down: points per pixel.
    """
    em = line.em
    spans: list[tuple[float, float]] = []
    found = line.characters
    for index, character in enumerate(found):
        centre = character.at * line.width
        half = em / 2 if is_wide(character.text) else em / 4
        x0 = centre - half
        if index:
            last = spans[-1][1]
            if character.text in _CLOSING and is_wide(character.text):
                # The ink of a closing mark is in the left half of its place, and that is what the model points at.
                x0 = last if centre - last < 0.9 * em else centre - 0.3 * em
            elif x0 - last > 0.3 * em and not _open(line, found[index - 1].at, character.at):
                x0 = last
            elif x0 < last and not is_wide(character.text):
                x0 = min(last, centre)
        elif character.text in _OPENING and is_wide(character.text):
            x0 = centre - 0.7 * em
        elif (ink := _first_ink(line)) is not None and abs(ink - x0) < 0.4 * em:
            # Where a line begins decides about paragraphs, and there the picture is more exact than the model.
            x0 = min(max(x0, ink - 0.12 * em), ink)
        spans.append((x0, x0 + 2 * half))
    top, bottom = line.middle - 0.52 * em * across / down, line.middle + 0.52 * em * across / down
    return [
        Glyph(
            c.text,
            (line.left + x0) * across,
            top * down,
            (line.left + x1) * across,
            bottom * down,
            c.spaced,
            round(c.confidence, 4),
        )
        for c, (x0, x1) in zip(found, spans, strict=True)
    ]


def _first_ink(line: Recognised) -> float | None:
    """Where the ink of a line begins, in pixels from its left edge."""
    import numpy as np

    inked = np.flatnonzero(line.inked)
    return float(inked[0]) / len(line.inked) * line.width if len(inked) else None


def _open(line: Recognised, start: float, end: float) -> bool:
    """Whether there is more than half a character of bare paper between two points of the line."""
    columns = line.inked[int(start * len(line.inked)) : int(end * len(line.inked))]
    limit = 0.6 * line.em / line.width * len(line.inked)
    run = longest = 0
    for inked in columns:
        run = 0 if inked else run + 1
        longest = max(longest, run)
    return longest > limit
