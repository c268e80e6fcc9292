"""The PDF reader beside pdfplumber: the same text, and how much faster, in rounds that take turns in one process.

What is timed of ours is the whole reader (characters to paragraphs and tables); of pdfplumber ``extract_text`` and
``extract_tables``, which join no lines. Times are processor time: both work in one thread.
"""

from __future__ import annotations

import io
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from benchmarks.inputs import samples
from benchmarks.made import table_pdf, text_pdf
from extractors.readers.pdf import read
from schemas.reading import Reading, Table

PAGES, TABLE_PAGES = 30, 10
_ROUNDS, _SECONDS = 25, 20.0


@dataclass(slots=True)
class Comparison:
    """One kind of pages. ``differing`` says where the texts first differ, white space aside; empty where they do not."""

    name: str
    pages: int
    differing: str
    ours: list[float] = field(default_factory=list)
    text: list[float] = field(default_factory=list)
    tables: list[float] = field(default_factory=list)

    def ratio(self, theirs: list[float]) -> tuple[float, float]:
        """How many times as fast we are: by the least times, and by the medians."""
        return min(theirs) / min(self.ours), median(theirs) / median(self.ours)


def measure(
    folder: Path, pages: int = PAGES, table_pages: int = TABLE_PAGES, rounds: int = _ROUNDS
) -> Iterator[Comparison]:
    """The samples' PDF files, then pages of text and pages of ruled tables."""
    cases = [
        ("the samples", [path for path in samples() if path.suffix == ".pdf"]),
        ("text pages", [text_pdf(folder / "text.pdf", pages)]),
        ("table pages", [table_pdf(folder / "tables.pdf", table_pages)]),
    ]
    for name, paths in cases:
        files = [path.read_bytes() for path in paths if path is not None]
        if files:
            yield _compare(name, files, rounds)


def _compare(name: str, files: list[bytes], rounds: int) -> Comparison:
    readings = [read(data, f"{name}.pdf") for data in files]
    differing = next((d for data, r in zip(files, readings, strict=True) if (d := _difference(data, r))), "")
    result = Comparison(name, sum(reading.pages or 0 for reading in readings), differing)
    started = time.perf_counter()
    for _ in range(rounds):
        # Ours is short: as often as it takes to be timed as well as theirs.
        for _ in range(3):
            _time(result.ours, lambda: [read(data, f"{name}.pdf") for data in files])
        _time(result.text, lambda: [_plumbed(data) for data in files])
        _time(result.tables, lambda: [_plumbed_tables(data) for data in files])
        if time.perf_counter() - started > _SECONDS:
            break
    return result


def _time(into: list[float], work: Callable[[], object]) -> None:
    started = time.process_time()
    work()
    into.append(time.process_time() - started)


def _plumbed(data: bytes) -> list[str]:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as document:
        return [page.extract_text() for page in document.pages]


def _plumbed_tables(data: bytes) -> list[object]:
    import pdfplumber

    with pdfplumber.open(io.BytesIO(data)) as document:
        return [page.extract_tables() for page in document.pages]


def _difference(data: bytes, reading: Reading) -> str:
    """The first difference of the two texts, white space aside; empty where there is none.

    Both must have the same characters, and each paragraph must stand whole on its page, after the one before. Cells are
    left out of the second: pdfplumber writes a table by lines across the page. So are paragraphs that go on over a page.
    """
    pages = [_squeezed(text) for text in _plumbed(data)]
    theirs: Counter[str] = Counter("".join(pages))
    ours: Counter[str] = Counter()
    for block in reading.blocks:
        for text in [cell.text for cell in block.cells] if isinstance(block, Table) else [block.text]:
            ours.update(_squeezed(text))
        if isinstance(block, Table):
            # The heading of a table that goes on is repeated on each page; we read it once.
            heading = Counter(_squeezed("".join(cell.text for cell in block.cells if cell.row == 0)))
            for _ in block.boxes[1:]:
                ours += heading if heading <= theirs - ours else Counter()
    if theirs != ours:
        return f"ours more: {''.join(ours - theirs)[:20]!r}, pdfplumber more: {''.join(theirs - ours)[:20]!r}"
    places = [0] * len(pages)
    for block in reading.blocks:
        if isinstance(block, Table) or block.role != "body" or len({box.page for box in block.boxes}) != 1:
            continue
        index, text = block.boxes[0].page - 1, _squeezed(block.text)
        at = pages[index].find(text, places[index])
        if at < 0:
            return f"page {index + 1}: not in this place with pdfplumber: {text[:20]!r}"
        places[index] = at + len(text)
    return ""


def _squeezed(text: str) -> str:
    return "".join(text.split())
