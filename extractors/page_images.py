"""A page as the reader saw it: its image with a box around everything that was extracted, as pdfplumber's debugging does.

For the person who defends a finding: not where the program says a fact stands, but where on the county's own page.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from schemas.document import Document, PageBox, Span
from schemas.errors import NotRead

RESOLUTION = 110
"""Dots an inch: small enough for a hundred pages on a disk, large enough to read."""

COLOURS = {
    "header": (31, 119, 180),
    "section": (150, 150, 150),
    "citation": (148, 103, 189),
    "attachment": (140, 86, 75),
    "community": (44, 160, 44),
    "target": (214, 39, 40),
    "task": (255, 127, 14),
    "leader": (23, 190, 207),
    "scoring": (188, 189, 34),
}
"""Red, green and blue of the box of each kind of fact."""


@dataclass(frozen=True, slots=True)
class Marked:
    """A fact with a place on a page."""

    kind: str
    box: PageBox


def marks(document: Document) -> Iterator[Marked]:
    """Every fact of a document that has boxes, by kind (a key of ``COLOURS``)."""
    groups: dict[str, Iterable[Span]] = {
        "header": document.spans.values(),
        "section": _heads(document),
        "citation": (c.span for c in document.citations),
        "attachment": (a.span for a in document.attachments),
        "community": (c.span for c in document.communities),
        "target": (t.span for t in document.targets),
        "task": (t.span for t in document.tasks),
        "leader": (x.span for x in document.leaders),
        "scoring": (s.span for s in document.scoring),
    }
    for kind, spans in groups.items():
        for box in dict.fromkeys((b.page, b.x0, b.top, b.x1, b.bottom) for span in spans for b in span.boxes):
            page, x0, top, x1, bottom = box
            yield Marked(kind, PageBox(page=page, x0=x0, top=top, x1=x1, bottom=bottom))


def _heads(document: Document) -> Iterator[Span]:
    """Of a section only the line its number stands on: its span covers everything below it."""
    stack = list(document.sections)
    while stack:
        section = stack.pop()
        stack += section.sections
        if section.span.boxes:
            yield section.span.model_copy(update={"boxes": section.span.boxes[:1]})


def write_page_images(data: bytes, uri: str, documents: Iterable[Document], folder: Path) -> list[Path]:
    """Write one PNG a page with the boxes of what was extracted.

    Args:
        data: the PDF.
        uri: the file as the user named it, for messages.
        documents: what was read from it.
        folder: where the images go; made if it is not there.

    Returns:
        The images, in the order of the pages.

    Raises:
        NotRead: the file is no PDF that can be drawn.
        OSError: an image cannot be written.
    """
    import pdfplumber

    by_page: dict[int, list[Marked]] = {}
    for document in documents:
        for mark in marks(document):
            by_page.setdefault(mark.box.page, []).append(mark)
    written: list[Path] = []
    try:
        pdf = pdfplumber.open(io.BytesIO(data))
    except Exception as error:  # pdfminer raises many kinds for damaged files
        raise NotRead(
            uri, "damaged", "无法绘制页面 / the pages cannot be drawn", "请另存为 PDF 再试 / save it as PDF again"
        ) from error
    with pdf:
        folder.mkdir(parents=True, exist_ok=True)
        for page in pdf.pages:
            image = page.to_image(resolution=RESOLUTION)
            left, top, right, bottom = page.bbox
            for mark in by_page.get(page.page_number, []):
                b = mark.box
                x0, x1 = max(b.x0, left), min(b.x1, right)
                y0, y1 = max(b.top, top), min(b.bottom, bottom)
                if x0 < x1 and y0 < y1:
                    colour = COLOURS[mark.kind]
                    image.draw_rect((x0, y0, x1, y1), fill=(*colour, 30), stroke=colour)
            path = folder / f"page-{page.page_number:03d}.png"
            image.save(path)
            written.append(path)
    return written
