"""A page as the reader saw it: its image with a box around everything that was extracted.

For the person who defends a finding: not where the program says a fact stands, but where on the county's own page.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any

from schemas.document import (
    Attachment,
    Citation,
    Community,
    Document,
    Leader,
    PageBox,
    ScoringItem,
    Span,
    TableRows,
    Target,
    Task,
)
from schemas.errors import NotRead

RESOLUTION = 110
"""Dots an inch: small enough for a hundred pages on a disk, large enough to read."""

_MOST_PIXELS = 12_000
"""Long side of an image: paper of nearly three metres."""

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


def can_be_drawn(media_type: str) -> bool:
    """Whether documents of this media type have pages that ``write_page_images`` draws."""
    return media_type in ("application/pdf", "application/ofd") or media_type in _pictures()


def no_pages(uri: str, media_type: str) -> NotRead:
    """Why a file of a format without pages is not drawn, and how to come to pages all the same."""
    cure = "请用 Word 或 WPS 另存为 PDF 再试 / save it as PDF with Word or WPS and try again"
    if "sheet" in media_type or "excel" in media_type or media_type.endswith("csv"):
        cure = (
            "表格的依据以工作表和单元格标明，不带 --boxes 即可看到；需要页面时请另存为 PDF / "
            "evidence names sheet and cell, seen without --boxes; for pages save it as PDF"
        )
    elif media_type.startswith("text/"):
        cure = (
            "不带 --boxes 即可看到所在的行；需要页面时请用浏览器打印为 PDF / "
            "the lines are shown without --boxes; for pages print it to PDF from a browser"
        )
    return NotRead(
        uri, "unsupported_format", "该格式的文件没有固定的页面，无法标注 / the format has no fixed pages", cure
    )


def _pictures() -> frozenset[str]:
    from extractors.readers.formats import FORMATS

    return frozenset(FORMATS[key].media_type for key in ("png", "jpeg", "gif", "bmp", "tiff", "webp"))


def write_page_images(
    data: bytes, uri: str, documents: Iterable[Document], folder: Path, say: Callable[[str], None] = lambda _: None
) -> list[Path]:
    """Write one PNG a page with the boxes of what was extracted.

    Args:
        data: a PDF, an OFD, or a picture of a document.
        uri: the file as the user named it, for messages.
        documents: what was read from it.
        folder: where the images go; made if it is not there.
        say: told what the images do not show.

    Returns:
        The images, in the order of the pages; a page that cannot be read has none.

    Raises:
        NotRead: the file cannot be drawn, or its format has no pages.
        OSError: an image cannot be written.
    """
    by_page: dict[int, list[Marked]] = {}
    for document in documents:
        for mark in marks(document):
            by_page.setdefault(mark.box.page, []).append(mark)
    written: list[Path] = []
    for number, image, scale in _pages(data, uri, say):
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"page-{number:03d}.png"
        _marked(image, by_page.get(number, []), scale).save(path)
        written.append(path)
    return written


def page_image(data: bytes, uri: str, document: Document, number: int, only: tuple[int, int] | None = None) -> bytes:
    """One page as PNG with the boxes of what was extracted from it.

    Args:
        data: a PDF, an OFD, or a picture of a document.
        uri: the file as the user named it, for messages.
        document: what was read from it.
        number: of the page, from 1.
        only: start and end of a fact's span; where a fact has just that span, its boxes alone are drawn.

    Raises:
        NotRead: the file cannot be drawn, its format has no pages, or it has no such page.
    """
    found = [mark for mark in marks(document) if mark.box.page == number]
    if only is not None and (boxes := _boxes_of(document, only)):
        found = [Marked("target", box) for box in boxes if box.page == number]
    for at, image, scale in _pages(data, uri, lambda _: None, frozenset({number})):
        if at == number:
            out = BytesIO()
            _marked(image, found, scale).save(out, "PNG")
            return out.getvalue()
    raise no_such_page(uri, number)


def _boxes_of(document: Document, place: tuple[int, int]) -> list[PageBox]:
    """The boxes of the facts that have exactly that span."""
    facts: list[Community | Target | Task | Leader | ScoringItem | Citation | Attachment | TableRows] = [
        *document.communities,
        *document.targets,
        *document.tasks,
        *document.leaders,
        *document.scoring,
        *document.citations,
        *document.attachments,
        *document.tables,
    ]
    spans = [*document.spans.values(), *(fact.span for fact in facts)]
    return [box for span in spans if (span.start, span.end) == place for box in span.boxes]


@dataclass(frozen=True, slots=True)
class Label:
    """A box to draw with a few letters on it; no letters, no sign."""

    text: str
    colour: tuple[int, int, int]
    box: PageBox


def write_labelled_pages(
    data: bytes,
    uri: str,
    pages: Mapping[int, Sequence[Label]],
    folder: Path,
    say: Callable[[str], None] = lambda _: None,
) -> dict[int, Path]:
    """Write one PNG for each page that is named, with labelled boxes.

    Args:
        data: a PDF, an OFD, or a picture of a document.
        uri: the file as the user named it, for messages.
        pages: the boxes of each page, by its number; no others are drawn.
        folder: where the images go; made if it is not there.
        say: told what the images do not show.

    Returns:
        The images by page; a page that cannot be read has none.

    Raises:
        NotRead: the file cannot be drawn, or its format has no pages.
        OSError: an image cannot be written.
    """
    written: dict[int, Path] = {}
    for number, image, scale in _pages(data, uri, say, frozenset(pages)):
        if number not in pages:
            continue
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"page-{number:03d}.png"
        _labelled(image, pages[number], scale).save(path)
        written[number] = path
    return written


def labelled_page(data: bytes, uri: str, number: int, labels: Sequence[Label]) -> bytes:
    """One page as PNG with labelled boxes.

    Raises:
        NotRead: the file cannot be drawn, its format has no pages, or it has no such page.
    """
    for at, image, scale in _pages(data, uri, lambda _: None, frozenset({number})):
        if at == number:
            out = BytesIO()
            _labelled(image, labels, scale).save(out, "PNG")
            return out.getvalue()
    raise no_such_page(uri, number)


def no_such_page(uri: str, number: int) -> NotRead:
    """Why a page that a file does not have is not drawn."""
    return NotRead(uri, "damaged", f"没有第 {number} 页 / there is no page {number}", "请核对页码 / check the number")


def _pages(
    data: bytes, uri: str, say: Callable[[str], None], wanted: frozenset[int] | None = None
) -> Iterator[tuple[int, Any, tuple[float, float]]]:
    """Each page as number, Pillow image, and pixels per point across and down; ``wanted``: the rest need not come."""
    from extractors.readers import formats

    found = formats.recognise(data, uri)
    usual = RESOLUTION / 72
    if found.media_type == "application/pdf":
        for number, image in _of_pdf(data, uri, usual, wanted):
            yield number, image, (usual, usual)
    elif found.media_type == "application/ofd":
        from extractors.readers.ofd.drawing import drawn

        for number, image in drawn(data, uri, usual, say):
            yield number, image, (usual, usual)
    elif found.media_type in _pictures():
        from PIL import Image

        from extractors.readers.image import pages

        for number, array, width, height in pages(data, uri):
            yield number, Image.fromarray(array), (array.shape[1] / width, array.shape[0] / height)
    else:
        raise no_pages(uri, found.media_type)


def _of_pdf(data: bytes, uri: str, scale: float, wanted: frozenset[int] | None) -> Iterator[tuple[int, Any]]:
    import pypdfium2

    try:
        document = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        raise NotRead(
            uri, "damaged", "无法绘制页面 / the pages cannot be drawn", "请另存为 PDF 再试 / save it as PDF again"
        ) from error
    try:
        for index in range(len(document)):
            if wanted is not None and index + 1 not in wanted:
                continue
            try:
                page = document[index]
            except pypdfium2.PdfiumError:
                continue  # a damaged page, which the reader has noted
            long = max(*page.get_size(), 1.0)
            if long * scale > _MOST_PIXELS:
                raise NotRead(
                    uri,
                    "over_limit",
                    f"第 {index + 1} 页过大，无法绘制 / page {index + 1} is too large to be drawn",
                    "请另存为常用纸张大小 / save it with pages of a usual size",
                )
            yield index + 1, page.render(scale=scale).to_pil().convert("RGB")
            page.close()
    finally:
        document.close()


def _marked(image: Any, found: Sequence[Marked], scale: tuple[float, float]) -> Any:
    """A page with a frame in the colour of its kind, lightly filled, around each fact."""
    return _labelled(image, [Label("", COLOURS[mark.kind], mark.box) for mark in found], scale)


def _labelled(image: Any, found: Sequence[Label], scale: tuple[float, float]) -> Any:
    """A page with a frame, lightly filled, around each box, and its letters on a sign at the upper left corner."""
    from PIL import Image, ImageDraw, ImageFont

    page = image.convert("RGB")
    tint = Image.new("RGBA", page.size, (0, 0, 0, 0))
    shade, frame = ImageDraw.Draw(tint), ImageDraw.Draw(page)
    rectangles = []
    for mark in found:
        b, (across, down) = mark.box, scale
        x0, x1 = max(b.x0 * across, 0), min(b.x1 * across, page.width - 1)
        top, bottom = max(b.top * down, 0), min(b.bottom * down, page.height - 1)
        if x0 < x1 and top < bottom:
            rectangles.append(((x0, top, x1, bottom), mark.colour, mark.text))
    for rectangle, colour, _ in rectangles:
        shade.rectangle(rectangle, fill=(*colour, 30))
    page.paste(tint, mask=tint.getchannel("A"))
    width = max(round(min(scale) * 72 / RESOLUTION), 1)
    for rectangle, colour, _ in rectangles:
        frame.rectangle(rectangle, outline=colour, width=width)
    font: Any = None
    beside: dict[tuple[float, ...], float] = {}  # where the next sign of the same box begins
    for rectangle, colour, text in rectangles:
        if not text:
            continue
        x0, top = beside.get(rectangle, rectangle[0]), rectangle[1]
        font = font or ImageFont.load_default(size=max(min(scale) * 8, 10))
        text = text.encode("ascii", "replace").decode()  # the font that comes with Pillow has no Chinese
        left, upper, right, lower = frame.textbbox((0, 0), text, font=font)
        x, y = min(x0, max(page.width - (right - left) - 4, 0)), max(top - (lower - upper) - 4, 0)
        frame.rectangle((x, y, x + right - left + 4, y + lower - upper + 4), fill=colour)
        beside[rectangle] = x + right - left + 5
        frame.text((x + 2 - left, y + 2 - upper), text, fill=(255, 255, 255), font=font)
    return page
