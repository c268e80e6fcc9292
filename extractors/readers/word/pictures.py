"""Pictures in word processor files that may hold text: scanned pages are recognised, others are said."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extractors.readers.docx.pictures import Picture, Store, recognised
from extractors.readers.word.grid import has_text
from schemas.reading import Block, Note

CENTIMETRE = 72 / 2.54
"""Points of a centimetre."""

# A picture of at least 6 × 3 cm can hold text that matters; a seal or a logo is smaller.
_LARGE = (6 * CENTIMETRE, 3 * CENTIMETRE)


class Held:
    """Pictures that were taken out of a file, by a name each."""

    def __init__(self, pictures: Mapping[str, bytes]) -> None:
        self._pictures = pictures

    def __contains__(self, name: str) -> bool:
        return name in self._pictures

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a picture; None when there is none of that name."""
        return self._pictures.get(name)


def is_large(width: float, height: float) -> bool:
    """Whether a picture of this size in points may hold text that matters."""
    return width >= _LARGE[0] and height >= _LARGE[1]


def text_of(pictures: Sequence[Picture], store: Store, found: Sequence[Block]) -> tuple[list[Block], list[Note]]:
    """The text of the pictures that are as large as a page, and of every large one where there is no other text.

    Args:
        pictures: the large pictures of the body.
        store: where their bytes are.
        found: the blocks of the file.

    Returns:
        Their blocks, and what text recognition has to say and how many were not read.
    """
    bare = not any(has_text(block) for block in found if block.role == "body")
    wanted = [picture for picture in pictures if bare or picture.is_page]
    notes: list[Note] = []
    blocks, unread = recognised(store, wanted, notes) if wanted else ([], 0)
    rest = len(pictures) - len(wanted) + unread
    if rest:
        message = f"有{rest}张较大的图片，图中文字未读取 / text in {rest} pictures was not read"
        notes.append(Note("picture_not_read", message))
    return blocks, notes
