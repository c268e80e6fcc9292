"""The OFD writer of the samples, for the tests of the OFD reader, and short ways to look at what was read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "samples"))

from formats import ofd as write  # type: ignore[import-not-found]

from extractors.readers import ofd
from schemas.reading import Note, Paragraph, Reading, Table

__all__ = ["changed", "note", "of_objects", "paragraphs", "tables", "text", "write"]


def text(content: str, x: float = 30, y: float = 60, size: float = 5, more: str = "", **attributes: str) -> str:
    """A text object of one run at a place, with the steps of its characters; ``more`` stands before its TextCode."""
    extra = "".join(f' {name}="{value}"' for name, value in attributes.items())
    moved = f' DeltaX="{write.delta(write.steps(content, size))}"' if len(content) > 1 else ""
    return (
        f'<ofd:TextObject ID="9" Boundary="{x} {y - size} 150 {size * 1.2}" Font="1" Size="{size}"{extra}>{more}'
        f'<ofd:TextCode X="0" Y="{size}"{moved}>{content}</ofd:TextCode></ofd:TextObject>'
    )


def of_objects(*pages: str, edit: Callable[[dict[str, bytes]], object] | None = None, **more: object) -> Reading:
    """Reads a file whose pages hold these objects; ``edit`` changes its parts, ``more`` goes to the writer."""
    parts = write.parts(
        [page if page.startswith("<ofd:Page xmlns") else write.page_xml(page) for page in pages], **more
    )
    if edit is not None:
        edit(parts)
    return ofd.read(write.package(parts), "通知.ofd")


def changed(parts: Mapping[str, bytes], old: str, new: str) -> dict[str, bytes]:
    """Parts with a string replaced in every XML part."""
    return {
        name: data.replace(old.encode(), new.encode()) if name.endswith(".xml") else data
        for name, data in parts.items()
    }


def paragraphs(reading: Reading, role: str = "body") -> list[str]:
    """The texts of the paragraphs of one role."""
    return [block.text for block in reading.blocks if isinstance(block, Paragraph) and block.role == role]


def tables(reading: Reading) -> list[Table]:
    """The tables."""
    return [block for block in reading.blocks if isinstance(block, Table)]


def note(reading: Reading, kind: str) -> Note:
    """The one note of a kind."""
    (found,) = [note for note in reading.notes if note.kind == kind]
    return found
