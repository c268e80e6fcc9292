"""Pages are drawn with a box around what was extracted, at the place the reader found it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from extractors.page_images import COLOURS, Marked, marks, write_page_images
from extractors.parse import parse
from schemas.document import Document, PageBox
from schemas.errors import NotRead
from schemas.outcome import SourceFile

PLAN = next((Path(__file__).parents[2] / "samples" / "henan" / "plans").rglob("*.pdf"))


def test_every_page_is_drawn_and_each_kind_of_fact_has_its_colour(tmp_path: Path) -> None:
    data = PLAN.read_bytes()
    documents = parse(SourceFile(uri=PLAN.name, data=data)).documents
    images = write_page_images(data, PLAN.name, documents, tmp_path / "pages")
    assert [path.name for path in images] == [f"page-{n:03d}.png" for n in range(1, len(images) + 1)]
    kinds = {mark.kind for mark in marks(documents[0])}
    assert {"header", "section", "community", "target"} <= kinds
    marked = {mark.box.page for mark in marks(documents[0]) if mark.kind == "community"}
    for number, path in enumerate(images, 1):
        with Image.open(path) as image:
            drawn = COLOURS["community"] in {colour for _, colour in image.convert("RGB").getcolors(1 << 24)}
        assert drawn == (number in marked)


def test_a_file_that_cannot_be_drawn_says_so(tmp_path: Path) -> None:
    with pytest.raises(NotRead, match=r"坏\.pdf"):
        write_page_images(b"not a pdf", "坏.pdf", [], tmp_path)


def scan(number: int, dpi: int = 110) -> Any:
    """A page of the plan as a picture."""
    return pypdfium2.PdfDocument(PLAN)[number - 1].render(scale=dpi / 72).to_pil().convert("RGB")


def mark_one(monkeypatch: pytest.MonkeyPatch, *boxes: PageBox) -> None:
    """Every document has these boxes of communities and no others."""
    found = [Marked("community", box) for box in boxes]
    monkeypatch.setattr("extractors.page_images.marks", lambda document: iter(found))


def frame(path: Path) -> tuple[float, float, float, float]:
    """Where the frames of communities reach, as shares of the image."""
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGB"))
    rows, columns = np.nonzero((pixels == COLOURS["community"]).all(axis=2))
    height, width = pixels.shape[:2]
    return columns.min() / width, rows.min() / height, columns.max() / width, rows.max() / height


BOX = (119.0, 168.4, 476.0, 336.8)  # a fifth and four fifths of A4 across, a fifth and two fifths down
DOCUMENT: list[Document] = [None]  # type: ignore[list-item]


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF"])
def test_a_picture_is_marked_itself_whatever_its_resolution(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark_one(monkeypatch, PageBox(page=1, x0=BOX[0], top=BOX[1], x1=BOX[2], bottom=BOX[3]))
    out = io.BytesIO()
    scan(1, 150).save(out, kind, dpi=(150, 150))
    (path,) = write_page_images(out.getvalue(), "a", DOCUMENT, tmp_path)
    assert frame(path) == pytest.approx((0.2, 0.2, 0.8, 0.4), abs=0.01)


def test_every_page_of_a_tiff_is_drawn(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark_one(monkeypatch, PageBox(page=2, x0=BOX[0], top=BOX[1], x1=BOX[2], bottom=BOX[3]))
    out = io.BytesIO()
    scan(1).save(out, "TIFF", save_all=True, append_images=[scan(2)], dpi=(110, 110))
    first, second = write_page_images(out.getvalue(), "a.tif", DOCUMENT, tmp_path)
    with Image.open(first) as image:
        assert COLOURS["community"] not in {colour for _, colour in image.convert("RGB").getcolors(1 << 24) or ()}
    assert frame(second) == pytest.approx((0.2, 0.2, 0.8, 0.4), abs=0.01)


@pytest.mark.parametrize(
    ("uri", "way_out"), [("a.docx", "PDF"), ("a.xlsx", "单元格"), ("a.html", "行"), ("a.txt", "行")]
)
def test_a_format_without_pages_says_the_way_out(uri: str, way_out: str, tmp_path: Path) -> None:
    samples = Path(__file__).parents[2] / "samples"
    data = next(samples.rglob(f"*{Path(uri).suffix}")).read_bytes()
    with pytest.raises(NotRead) as refused:
        write_page_images(data, uri, [], tmp_path / "pages")
    assert refused.value.cause == "unsupported_format"
    assert way_out in refused.value.cure
    assert not (tmp_path / "pages").exists()
