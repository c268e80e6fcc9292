"""Recognises the site around an article (navigation, counters, copyright lines) in the text of a page, line by line.

The patterns are data (``lexicons/furniture.yaml``) and written against folded text. They are conservative: a missed
line is noise, a line taken wrongly is a fact lost.
"""

from __future__ import annotations

import re
from functools import cache

from extractors.fold import fold
from extractors.lexicon import load

_MAX_LINE = 240
"""Longer lines are running text, whatever they begin with."""

_DIVIDERS = re.compile(r"[|/>·丨>»\s]+")


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in load("furniture")[kind])


@cache
def _whole() -> re.Pattern[str]:
    return re.compile("|".join(f"(?:{p})" for p in load("furniture")["whole_lines"]), re.IGNORECASE)


@cache
def _glued(kind: str) -> re.Pattern[str]:
    joined = "|".join(f"(?:{p})" for p in load("furniture")[kind])
    return re.compile(rf"(?:{joined})+" + ("$" if kind == "suffixes" else ""), re.IGNORECASE)


def is_furniture(line: str) -> bool:
    """Whether a line belongs to the site and not to the document; blank lines do not."""
    text = line.strip()
    if not text or len(text) > _MAX_LINE:
        return False
    folded = fold(text).strip()
    if _whole().fullmatch(folded):
        return True
    return _is_navigation(folded)


def strip_prefix(line: str) -> int:
    """Where the real text of a line starts behind furniture glued in front of it; 0 where there is none.

    A line that is furniture to its end gives 0 too: that is ``is_furniture``'s to say.
    """
    match = _glued("prefixes").match(fold(line[:_MAX_LINE]))
    if match is None or not line[match.end() :].strip():
        return 0
    return match.end()


def strip_suffix(line: str) -> int:
    """Where the real text of a line ends before furniture glued behind it; ``len(line)`` where there is none."""
    tail_start = max(len(line) - _MAX_LINE // 2, 0)
    match = _glued("suffixes").search(fold(line[tail_start:]))
    if match is None or not line[: tail_start + match.start()].strip():
        return len(line)
    return tail_start + match.start()


def _is_short(part: str) -> bool:
    """Whether a part of a bar is a word of a menu, whatever it says."""
    return re.fullmatch(r"[\u3400-\u9fff]{2,6}", part) is not None


def _is_navigation(folded: str) -> bool:
    """Whether a line is nothing but words of a navigation bar, one of them unmistakable."""
    text = folded.casefold()
    if text in _words("navigation_words"):
        return True
    parts = [p.strip("[]():") for p in _DIVIDERS.split(text)]
    parts = [p for p in parts if p]
    if len(parts) >= 3 and parts[0] in _words("navigation_starts") and all(map(_is_short, parts)):
        return True
    known = sum(p in _words("navigation_words") for p in parts)
    return known > 0 and all(p in _words("navigation_words") or p in _words("navigation_fillers") for p in parts)
