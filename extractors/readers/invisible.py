"""What nobody sees on a page: control characters and marks that turn the direction of writing are left out and noted.

With such marks a text shows otherwise than it reads (``cod.exe`` for ``exe.doc``), and a number can be made to look like
another. Text files and pages are cleaned while they are decoded; this does the same for every other format.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from extractors.readers.encodings import cleaned, holds_invisible
from schemas.reading import Block, Paragraph, Reading

_CLEANED = ("text/plain", "text/csv")
"""What holds nothing but the characters of its file, which were cleaned while they were decoded."""


def leave_out(reading: Reading) -> None:
    """Take invisible characters out of the blocks of a reading; notes say how many of which kind there were."""
    if reading.media_type in _CLEANED:
        return
    # One look at all of it: nearly every file is clean, and a big sheet has a hundred thousand cells.
    if not holds_invisible("".join(_texts(reading))):
        return
    dirty: list[str] = []

    def clean(text: str) -> str:
        kept, notes = cleaned(text)
        if notes:
            dirty.append(text)
        return kept

    def of(block: Block) -> Block:
        if isinstance(block, Paragraph):
            text = clean(block.text)
            return block if text == block.text else replace(block, text=text)
        texts = [clean(cell.text) for cell in block.cells]
        if all(text == cell.text for text, cell in zip(texts, block.cells, strict=True)):
            return block
        cells = (replace(cell, text=text) for text, cell in zip(texts, block.cells, strict=True))
        return replace(block, cells=tuple(cells))

    reading.blocks = [of(block) for block in reading.blocks]
    if dirty:
        reading.notes += cleaned("".join(dirty))[1]


def _texts(reading: Reading) -> Iterator[str]:
    for block in reading.blocks:
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from [cell.text for cell in block.cells]
