"""Text of documents for pages: cut into pieces of which some are marked, and into windows of bounded length.

A template escapes each piece and puts ``<mark>`` around the marked ones; nothing of a document is ever markup.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

WINDOW = 40_000
"""Characters of text on one page; it ends with a line where a line ends soon after."""


@dataclass(frozen=True, slots=True)
class Piece:
    """Some characters of a text. ``first``: it begins what is marked, and can be gone to."""

    text: str
    mark: bool = False
    first: bool = False


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A line of a text. ``start`` is its offset in the text of the document, ``pages`` the pages that begin in it."""

    start: int
    pieces: list[Piece]
    pages: list[int]
    head: bool


def cut(text: str, marks: Sequence[tuple[int, int]]) -> list[Piece]:
    """``text`` in pieces; ``marks`` are pairs of offsets in it, ascending, without overlap."""
    found, done = [], 0
    for start, end in marks:
        found += [Piece(text[done:start]), Piece(text[start:end], True)]
        done = end
    return [piece for piece in [*found, Piece(text[done:])] if piece.text]


def windows(text: str) -> list[int]:
    """Where the windows of a text begin, and its end; at least ``[0, end]``."""
    edges = [0]
    while edges[-1] < len(text):
        begin = edges[-1]
        end = text.find("\n", begin + WINDOW, begin + 2 * WINDOW)
        edges.append(min(len(text), end + 1 if end >= 0 else begin + 2 * WINDOW))
    return edges if len(edges) > 1 else [0, len(text)]


def window_of(edges: Sequence[int], offset: int) -> int:
    """The number of the window that an offset stands in, from 0."""
    return min(max(bisect_right(edges, offset) - 1, 0), len(edges) - 2)


def paragraphs(
    text: str, begin: int, end: int, marked: tuple[int, int], pages: Sequence[tuple[int, int]], heads: frozenset[int]
) -> Iterator[Paragraph]:
    """The lines between two offsets, without empty ones.

    Args:
        text: what is shown; as long as the original.
        begin, end: of the window.
        marked: the stretch that is highlighted, empty for none.
        pages: number and start of each page.
        heads: where items of the outline begin.
    """
    at, following = begin, 0
    starts = sorted((start, number) for number, start in pages if begin <= start < end)
    told = False
    while at < end:
        stop = text.find("\n", at, end)
        stop = end if stop < 0 else stop
        line = text[at:stop]
        own: list[int] = []
        while following < len(starts) and starts[following][0] <= stop:
            own.append(starts[following][1])
            following += 1
        a, b = max(marked[0], at), min(marked[1], stop)
        pieces = cut(line, [(a - at, b - at)] if a < b else [])
        if a < b and not told:
            told = True
            pieces = [Piece(one.text, one.mark, one.mark) for one in pieces]
        if line.strip() or own:
            yield Paragraph(at, pieces, own, any(head in heads for head in range(at, min(stop, at + 8) + 1)))
        at = stop + 1
