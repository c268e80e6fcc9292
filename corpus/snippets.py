"""Snippets: the places of a text that a query has found, with the matched characters marked.

The places are found in the text itself (``corpus.units.pattern``), so every mark is exact and the quote the original.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from corpus.kept import Kept
from corpus.units import pattern, plain
from schemas.document import Span
from schemas.search import Snippet

_MOST_MATCHES = 500
_REACH = 45
"""How many characters of context stand on either side of a match at most."""

_FOLDED_CHARACTERS = 6_000_000
"""How many characters of texts are kept with their folded forms: some 25 MB."""

_Window = tuple[int, int, list[tuple[int, int, int]]]
"""Start and end of a stretch of text, and the matches in it: start, end and the number of the wording."""

_ENDS = frozenset("。!?;\n\t")


@dataclass(frozen=True, slots=True)
class Passages:
    """What a hit shows of its text: the best snippets, and in how many paragraphs (lines) any of the wordings begins."""

    snippets: list[Snippet]
    paragraphs: int


_folded: Kept[str, str] = Kept(_FOLDED_CHARACTERS, len, _FOLDED_CHARACTERS // 20)
"""The last texts that were looked at, as ``plain`` makes them: to fold them takes longer than to find them."""


def snippets(text: str, sought: Sequence[Sequence[tuple[str, ...]]], limit: int = 3) -> list[Snippet]:
    """The snippets of ``passages``."""
    return passages(text, sought, limit).snippets


def passages(text: str, sought: Sequence[Sequence[tuple[str, ...]]], limit: int = 3) -> Passages:
    """At most ``limit`` snippets of ``text``, in its order, chosen so that they show as many of the wordings as possible,
    from the paragraphs that hold most of them.

    ``sought`` holds for each wording of the query its units and those of the wordings that mean the same. Without a
    match the beginning of the text comes back, without marks; an empty text gives none.
    """
    folded = _folded.get(text, lambda: plain(text))
    lines = _Lines(text)
    matches, found = _matches(folded, sought, lines)
    if not matches:
        end = _forward(folded, 0, 2 * _REACH)
        shown = Snippet(quote=text[:end], span=Span(start=0, end=end), paragraph=_paragraph(text, 0))
        return Passages([shown] if text[:end].strip() else [], 0)
    best = sorted(_best(_windows(folded, matches), limit, lines))
    return Passages([_snippet(text, *window) for window in best], len(found))


def marks(text: str, sought: Sequence[Sequence[tuple[str, ...]]]) -> list[tuple[int, int]]:
    """Where the wordings stand in ``text``: ``[start, end)`` pairs, ascending, overlapping ones joined."""
    return _joined([(start, end) for start, end, _ in _matches(plain(text), sought)[0]])


def _matches(
    folded: str, sought: Sequence[Sequence[tuple[str, ...]]], lines: _Lines | None = None
) -> tuple[list[tuple[int, int, int]], set[int]]:
    """The first matches of every wording: start, end and its number; and the numbers of all lines that hold one."""
    found = []
    inside: set[int] = set()
    for number, wordings in enumerate(sought):
        for wording in wordings:
            for count, match in enumerate(pattern(wording).finditer(folded)):
                if count < _MOST_MATCHES:
                    found.append((*match.span(), number))
                elif lines is None:
                    break
                if lines is not None:
                    inside.add(lines.of(match.start()))
    return sorted(found), inside


def _windows(folded: str, matches: list[tuple[int, int, int]]) -> list[_Window]:
    """The matches with their surroundings; windows touch but do not overlap, and none ends inside a match."""
    windows: list[_Window] = []
    covered = 0
    for match in matches:
        start, end, _ = match
        if windows and start < windows[-1][1]:
            begin, edge, inside = windows[-1]
            if end <= edge or start < covered:
                inside.append(match)
                windows[-1] = (begin, max(edge, end), inside)
                covered = max(covered, end)
                continue
            windows[-1] = (begin, start, inside)
        begin = max(_backward(folded, start), windows[-1][1] if windows else 0)
        windows.append((begin, _forward(folded, end, _REACH), [match]))
        covered = end
    return windows


class _Lines:
    """The lines of a text, by number."""

    def __init__(self, text: str) -> None:
        self._ends = [match.start() for match in re.finditer("\n", text)]

    def of(self, position: int) -> int:
        return bisect_left(self._ends, position)


def _best(windows: list[_Window], limit: int, lines: _Lines) -> list[_Window]:
    """Each time the window that shows most wordings not shown yet; then the one of the paragraph with most wordings; then
    the one with most; the earlier first."""
    left = [(window, {number for _, _, number in window[2]}) for window in windows]
    held: dict[int, set[int]] = {}
    for window, wordings in left:
        held.setdefault(lines.of(window[0]), set()).update(wordings)

    def worth(one: tuple[_Window, set[int]]) -> tuple[int, int, int, int]:
        return len(one[1] - shown), len(held[lines.of(one[0][0])]), len(one[1]), -one[0][0]

    chosen: list[_Window] = []
    shown: set[int] = set()
    while left and len(chosen) < limit:
        window, wordings = max(left, key=worth)
        left.remove((window, wordings))
        chosen.append(window)
        shown |= wordings
    return chosen


def _snippet(text: str, start: int, end: int, matches: list[tuple[int, int, int]]) -> Snippet:
    while start < matches[0][0] and text[start].isspace():
        start += 1
    while end > matches[-1][1] and text[end - 1].isspace():
        end -= 1
    inside = _joined([(a - start, b - start) for a, b, _ in matches])
    span = Span(start=start, end=end)
    return Snippet(quote=text[start:end], span=span, marks=inside, paragraph=_paragraph(text, start))


def _paragraph(text: str, position: int) -> Span:
    """The line of the text that holds ``position``."""
    end = text.find("\n", position)
    return Span(start=text.rfind("\n", 0, position) + 1, end=len(text) if end == -1 else end)


def _joined(pairs: list[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(pairs):
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _backward(folded: str, start: int) -> int:
    """The beginning of the sentence before ``start``, or as far back as a snippet reaches."""
    limit = max(0, start - _REACH)
    for i in range(start - 1, limit - 1, -1):
        if folded[i] in _ENDS:
            return i + 1
    return limit


def _forward(folded: str, end: int, reach: int) -> int:
    """The end of the sentence after ``end``, its mark included, or as far as a snippet reaches."""
    limit = min(len(folded), end + reach)
    for i in range(end, limit):
        if folded[i] in _ENDS:
            return i if folded[i] in "\n\t" else i + 1
    return limit
