"""Where a stretch of a document's text stands on the pages of its own file: read again when somebody wants to see it.

A stored document keeps the boxes of its facts, not those of every character.
"""

from __future__ import annotations

from extractors.layout import Layout, lay
from extractors.readers import read
from extractors.splitting import split
from schemas.document import Document, Span


class Places:
    """The pages and boxes of stretches of a document's text.

    ``own`` counts the characters that come from the document's own file: what follows was read from files beside it, whose
    pages are not the document's.
    """

    def __init__(self, document: Document, data: bytes) -> None:
        """Read the file again, alone.

        Args:
            document: as it was read.
            data: the bytes of its own file.

        Raises:
            NotRead: the file cannot be read.
        """
        parts = split(read(data, document.source.uri).blocks)
        index = document.source.index or 0
        self._layout: Layout | None = lay(parts[index].blocks) if index < len(parts) else None
        self.own = _common(self._layout.text, document.text) if self._layout else 0

    def span(self, span: Span) -> Span | None:
        """The span with its page and boxes; None where it does not stand in the document's own file."""
        if self._layout is None or span.end > self.own:
            return None
        return self._layout.span(span.start, span.end)


def _common(one: str, other: str) -> int:
    """How many characters two texts begin with in common."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[:middle] == other[:middle]:
            low = middle
        else:
            high = middle - 1
    return low
