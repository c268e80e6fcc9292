"""Pages are drawn with a box around what was extracted, at the place the reader found it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from extractors.page_images import COLOURS, marks, write_page_images
from extractors.parse import parse
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
