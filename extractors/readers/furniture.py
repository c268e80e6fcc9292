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
_FIRST_PART = re.compile(r"[|/>·丨>»\s]*([^|/>·丨>»\s]+)")


@cache
def _words(kind: str) -> frozenset[str]:
    return frozenset(word.casefold() for word in load("furniture")[kind])


@cache
def _first_words() -> frozenset[str]:
    """What a bar may begin with, words of several parts by the first."""
    several = (_FIRST_PART.match(word) for word in _words("navigation_words"))
    firsts = frozenset(match[1].strip("[]():") for match in several if match)
    return firsts | _words("navigation_words") | _words("navigation_fillers") | _words("navigation_starts")


@cache
def _marks(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, load("furniture")[kind])))


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
    return bool(text) and len(text) <= _MAX_LINE and _is_whole(fold(text).strip())


def within(text: str) -> tuple[int, int] | None:
    """Where the real text of a line starts and ends between the furniture glued to it; None where all of it is furniture.

    Args:
        text: a line that is not blank, without white space at its ends.
    """
    if len(text) > _MAX_LINE:
        return strip_prefix(text), strip_suffix(text)
    folded = fold(text)
    return None if _is_whole(folded.strip()) else (_prefix(text, folded), _suffix(text, folded))


def strip_prefix(line: str) -> int:
    """Where the real text of a line starts behind furniture glued in front of it; 0 where there is none.

    A line that is furniture to its end gives 0 too: that is ``is_furniture``'s to say.
    """
    return _prefix(line, fold(line[:_MAX_LINE]))


def strip_suffix(line: str) -> int:
    """Where the real text of a line ends before furniture glued behind it; ``len(line)`` where there is none."""
    return _suffix(line, fold(line[max(len(line) - _MAX_LINE // 2, 0) :]))


def _is_whole(folded: str) -> bool:
    if _marks("whole_marks").search(folded) and _whole().fullmatch(folded):
        return True
    return _is_navigation(folded)


def _prefix(line: str, folded: str) -> int:
    """``folded`` is the beginning of the line, or all of it."""
    match = _glued("prefixes").match(folded)
    if match is None or not line[match.end() :].strip():
        return 0
    return match.end()


def _suffix(line: str, folded: str) -> int:
    """``folded`` is the end of the line, or all of it."""
    if not _marks("suffix_marks").search(folded):
        return len(line)
    match = _glued("suffixes").search(folded, max(len(folded) - _MAX_LINE // 2, 0))
    if match is None:
        return len(line)
    end = len(line) - len(folded) + match.start()
    return end if line[:end].strip() else len(line)


def _is_short(part: str) -> bool:
    """Whether a part of a bar is a word of a menu, whatever it says."""
    return re.fullmatch(r"[\u3400-\u9fff]{2,6}", part) is not None


def _is_navigation(folded: str) -> bool:
    """Whether a line is nothing but words of a navigation bar, one of them unmistakable."""
    first = _FIRST_PART.match(folded)
    if first and (word := first[1].strip("[]():")) and word.casefold() not in _first_words():
        return False
    text = folded.casefold()
    if text in _words("navigation_words"):
        return True
    parts = [p.strip("[]():") for p in _DIVIDERS.split(text)]
    parts = [p for p in parts if p]
    if len(parts) >= 3 and parts[0] in _words("navigation_starts") and all(map(_is_short, parts)):
        return True
    known = sum(p in _words("navigation_words") for p in parts)
    return known > 0 and all(p in _words("navigation_words") or p in _words("navigation_fillers") for p in parts)
