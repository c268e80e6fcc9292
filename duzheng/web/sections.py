"""The items of a document's outline, and where the number and heading of one stand in its text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.document import Section

_BETWEEN = 8
"""Characters that may stand before the number of an item, and between it and the heading."""


def nested(sections: Sequence[Section]) -> Iterator[tuple[int, Section]]:
    """All items with their depth, from 1, in the order of the text."""
    stack = [(1, one) for one in reversed(sections)]
    while stack:
        depth, one = stack.pop()
        yield depth, one
        stack += [(depth + 1, below) for below in reversed(one.sections)]


def head_end(section: Section, text: str) -> int:
    """The offset in ``text`` at which number and heading of an item end; its beginning where neither stands there.

    Args:
        section: of the document.
        text: of the document, as written.
    """
    end = section.span.start
    for part in (section.number, section.heading):
        near = text.find(part, end, end + len(part) + _BETWEEN) if part else -1
        end = near + len(part) if part and near >= 0 else end
    return end
