"""OFD (GB/T 33190-2016): a layout of pages written as a package, and recipes set on such pages.

``Sheet`` collects what is drawn, in millimetres from the top left; ``package`` writes the sheets as one file. The text of
a line is cut into runs as different programs cut it (one run, several, one object a character), with the steps written
out or as ``g n v``. Output is the same bytes on every run.
"""

from __future__ import annotations

import io
import random
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from xml.sax.saxutils import escape, quoteattr

from .recipe import Recipe, spans

NAMESPACE = "http://www.ofdspec.org/2016"
WIDTH, HEIGHT = 210.0, 297.0
LEFT, RIGHT, TOP, BOTTOM = 28.0, 184.0, 34.0, 265.0
POINT = 25.4 / 72
Cut = Literal["line", "runs", "characters", "shuffled"]
"""How a line is written: one TextCode, several in one object or in several, an object a character, and those mixed up."""


def width(text: str, size: float) -> float:
    """How wide a text is set, in the unit of ``size``: a Chinese character takes one em, a Latin one half."""
    return sum(size * (1.0 if ord(c) > 0x2E7F or c in "—“”‘’…·" else 0.5) for c in text)


def steps(text: str, size: float, spread: float = 0.0) -> list[float]:
    """How far each character but the last moves the next one."""
    return [round(width(c, size) + spread, 4) for c in text[:-1]]


def delta(values: Sequence[float], *, short: bool = True) -> str:
    """The value of DeltaX: equal steps in a row as ``g n v`` when ``short``."""
    parts: list[str] = []
    index = 0
    while index < len(values):
        run = 1
        while index + run < len(values) and values[index + run] == values[index]:
            run += 1
        parts += [f"g {run} {values[index]:g}"] if short and run > 2 else [f"{values[index]:g}"] * run
        index += run
    return " ".join(parts)


@dataclass
class Sheet:
    """One page: its objects as XML, in drawing order.

    ``chance`` decides where lines are cut, so that a seed gives the same file.
    """

    cut: Cut = "runs"
    chance: random.Random = field(default_factory=lambda: random.Random(0))
    size: tuple[float, float] = (WIDTH, HEIGHT)
    objects: list[str] = field(default_factory=list)
    template: str | None = None

    def text(self, text: str, x: float, y: float, size: float, *, spread: float = 0.0) -> None:
        """A line of text from ``x``, its baseline at ``y``."""
        if not text:
            return
        if self.cut == "line":
            self.objects.append(text_object([(text, 0.0)], x, y, size, spread))
            return
        if self.cut in ("characters", "shuffled"):
            pieces = list(text)
        else:
            pieces = self._pieces(text)
        placed: list[tuple[str, float]] = []
        at = 0.0
        for piece in pieces:
            placed.append((piece, at))
            at += width(piece, size) + spread * len(piece)
        if self.cut == "shuffled":
            self.chance.shuffle(placed)
        while placed:
            # Some programs put several runs into one object, others one into each.
            take = self.chance.randint(1, 3) if self.cut == "runs" else 1
            self.objects.append(text_object(placed[:take], x, y, size, spread))
            placed = placed[take:]

    def _pieces(self, text: str) -> list[str]:
        pieces = []
        while text:
            length = self.chance.choice((1, 2, 5, 12, 40))
            pieces.append(text[:length])
            text = text[length:]
        return pieces

    def line(self, x0: float, y0: float, x1: float, y1: float, *, thickness: float = 0.2) -> None:
        """A straight line, drawn as a path or, as Word's converters do, as a thin filled rectangle."""
        if self.chance.random() < 0.5:
            box = f"{min(x0, x1):g} {min(y0, y1):g} {abs(x1 - x0) or thickness:g} {abs(y1 - y0) or thickness:g}"
            data = f"M 0 0 L {x1 - x0:g} {y1 - y0:g}"
            self.objects.append(path_object(box, data, f'LineWidth="{thickness:g}"'))
        else:
            w, h = (x1 - x0) or thickness, (y1 - y0) or thickness
            data = f"M 0 0 L {w:g} 0 L {w:g} {h:g} L 0 {h:g} C"
            self.objects.append(path_object(f"{x0:g} {y0:g} {w:g} {h:g}", data, 'Fill="true" Stroke="false"'))

    def table(
        self, cells: Sequence[tuple[int, int, int, int, str]], xs: Sequence[float], ys: Sequence[float], size: float
    ) -> None:
        """A ruled table: each cell's frame, and its text in lines."""
        for row, column, height, span, text in cells:
            x0, x1, top, bottom = xs[column], xs[column + span], ys[row], ys[row + height]
            for ends in ((x0, top, x1, top), (x0, bottom, x1, bottom), (x0, top, x0, bottom), (x1, top, x1, bottom)):
                self.line(*ends)
            content = wrapped(text, x1 - x0 - 2, size)
            y = (top + bottom) / 2 - (len(content) - 1) * size * 0.7 + size * 0.35
            for number, line in enumerate(content):
                self.text(line, x0 + 1, y + number * size * 1.4, size)


def text_object(runs: Sequence[tuple[str, float]], x: float, y: float, size: float, spread: float = 0.0) -> str:
    """One TextObject whose runs begin at distances from ``x``; its Boundary stands at the ascent of the line."""
    long = max(at + width(text, size) + spread * len(text) for text, at in runs)
    codes = ""
    for text, at in runs:
        moved = f" DeltaX={quoteattr(delta(steps(text, size, spread)))}" if len(text) > 1 else ""
        codes += f'<ofd:TextCode X="{at:g}" Y="{size:g}"{moved}>{escape(text)}</ofd:TextCode>'
    box = f"{x:g} {y - size:g} {long:g} {size * 1.2:g}"
    return f'<ofd:TextObject ID="0" Boundary="{box}" Font="1" Size="{size:g}">{codes}</ofd:TextObject>'


def path_object(boundary: str, data: str, attributes: str = "") -> str:
    """One PathObject."""
    return (
        f'<ofd:PathObject ID="0" Boundary="{boundary}" {attributes}>'
        f"<ofd:AbbreviatedData>{data}</ofd:AbbreviatedData></ofd:PathObject>"
    )


def image_object(resource: int, x: float, y: float, w: float, h: float) -> str:
    """One ImageObject that fills a rectangle."""
    return f'<ofd:ImageObject ID="0" Boundary="{x:g} {y:g} {w:g} {h:g}" CTM="{w:g} 0 0 {h:g} 0 0" ResourceID="{resource}"/>'


def wrapped(text: str, room: float, size: float) -> list[str]:
    """A text in lines no wider than ``room``; a line break in it begins a new one."""
    found: list[str] = []
    for part in text.split("\n"):
        line = ""
        for character in part:
            if line and width(line + character, size) > room + 1e-6 and character not in "，。；：、！？）》”":
                found.append(line)
                line = ""
            line += character
        found.append(line)
    return found


def page_xml(objects: str, *, size: tuple[float, float] = (WIDTH, HEIGHT), head: str = "") -> str:
    """The Content.xml of a page from its objects; ``head`` stands before its Content (Template, PageRes)."""
    return (
        f'<ofd:Page xmlns:ofd="{NAMESPACE}"><ofd:Area><ofd:PhysicalBox>0 0 {size[0]:g} {size[1]:g}</ofd:PhysicalBox>'
        f'</ofd:Area>{head}<ofd:Content><ofd:Layer ID="2" Type="Body">{objects}</ofd:Layer></ofd:Content></ofd:Page>'
    )


def parts(
    pages: Sequence[str],
    *,
    info: Mapping[str, str] | None = None,
    templates: Mapping[str, str] | None = None,
    images: Mapping[int, tuple[str, bytes]] | None = None,
    common: str = "",
    more: str = "",
    body: str = "",
) -> dict[str, bytes]:
    """The parts of a package, in the folders that most producers use.

    Args:
        pages: the Content.xml of each page.
        info: DocInfo.
        templates: number → Content.xml of a template page.
        images: number → file name and bytes.
        common: more elements of CommonData.
        more: more elements of Document.xml, after Pages.
        body: more elements of DocBody, after DocRoot.
    """
    filled = "".join(f"<ofd:{name}>{escape(value)}</ofd:{name}>" for name, value in (info or {}).items())
    listed = "".join(
        f'<ofd:Page ID="{100 + number}" BaseLoc="Pages/Page_{number}/Content.xml"/>' for number in range(len(pages))
    )
    shared = "".join(f'<ofd:TemplatePage ID="{key}" BaseLoc="Tpls/Tpl_{key}/Content.xml"/>' for key in templates or {})
    media = "".join(
        f'<ofd:MultiMedia ID="{key}" Type="Image"><ofd:MediaFile>{escape(name)}</ofd:MediaFile></ofd:MultiMedia>'
        for key, (name, _) in (images or {}).items()
    )
    resources = (
        f'<ofd:Res xmlns:ofd="{NAMESPACE}" BaseLoc="Res"><ofd:Fonts><ofd:Font ID="1" FontName="宋体"/></ofd:Fonts>'
        f"<ofd:MultiMedias>{media}</ofd:MultiMedias></ofd:Res>"
    )
    document = (
        f'<ofd:Document xmlns:ofd="{NAMESPACE}"><ofd:CommonData><ofd:MaxUnitID>9999</ofd:MaxUnitID><ofd:PageArea>'
        f"<ofd:PhysicalBox>0 0 {WIDTH:g} {HEIGHT:g}</ofd:PhysicalBox></ofd:PageArea>"
        f"<ofd:DocumentRes>DocumentRes.xml</ofd:DocumentRes>{shared}{common}</ofd:CommonData>"
        f"<ofd:Pages>{listed}</ofd:Pages>{more}</ofd:Document>"
    )
    root = (
        f'<ofd:OFD xmlns:ofd="{NAMESPACE}" Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo>{filled}</ofd:DocInfo>'
        f"<ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot>{body}</ofd:DocBody></ofd:OFD>"
    )
    texts = {"OFD.xml": root, "Doc_0/Document.xml": document, "Doc_0/DocumentRes.xml": resources}
    texts |= {f"Doc_0/Pages/Page_{number}/Content.xml": page for number, page in enumerate(pages)}
    texts |= {f"Doc_0/Tpls/Tpl_{key}/Content.xml": page for key, page in (templates or {}).items()}
    found = {name: ('<?xml version="1.0" encoding="UTF-8"?>\n' + text).encode() for name, text in texts.items()}
    return found | {f"Doc_0/Res/{name}": data for name, data in (images or {}).values()}


def package(content: Mapping[str, bytes]) -> bytes:
    """The parts as one file, with one fixed date in the directory of the ZIP."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(zipfile.ZipInfo(name, (2020, 1, 1, 0, 0, 0)), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def sheets(pages: Sequence[Sheet], **more: Any) -> bytes:
    """Pages as an OFD file; ``more`` as in ``parts``."""
    written = [
        page_xml(
            "".join(page.objects),
            size=page.size,
            head=f'<ofd:Template TemplateID="{page.template}" ZOrder="Background"/>' if page.template else "",
        )
        for page in pages
    ]
    return package(parts(written, **more))


class Typesetter:
    """Sets the blocks of official documents one under the other, over as many pages as they need (GB/T 9704-2012)."""

    def __init__(self, *, cut: Cut = "runs", seed: int = 0, header: str = "", page_numbers: bool = True) -> None:
        self._cut: Cut = cut
        self._chance = random.Random(seed)
        self._header, self._page_numbers = header, page_numbers
        self.pages: list[Sheet] = []
        self.next_page()

    def next_page(self) -> None:
        """Begins a page."""
        self.pages.append(Sheet(self._cut, self._chance))
        self.y = TOP

    def finish(self, **more: Any) -> bytes:
        """The OFD file, each page with its header and number; ``more`` as in ``parts``."""
        for number, page in enumerate(self.pages, 1):
            if self._header:
                page.text(self._header, (WIDTH - width(self._header, 3.2)) / 2, 20, 3.2)
            if self._page_numbers:
                text = f"— {number} —"
                page.text(text, (WIDTH - width(text, 4.2)) / 2, 280, 4.2)
        return sheets(self.pages, **more)

    def paragraph(
        self, text: str, *, size: float = 14 * POINT, leading: float = 25 * POINT, indent: float = 2.0, align: str = ""
    ) -> None:
        """Running text, its first line ``indent`` characters in; ``align`` is "", "centre" or "right"."""
        first = True
        # The blanks of a first line are set as such: the room they take is the indent.
        rest = "　" * int(indent) + text
        for line in wrapped(rest, RIGHT - LEFT, size):
            if self.y + leading > BOTTOM:
                self.next_page()
            shown = line.lstrip("　") if first else line
            x = LEFT + (indent * size if first else 0.0)
            if align:
                room = RIGHT - LEFT - width(shown, size)
                x = LEFT + (room / 2 if align == "centre" else room)
            self.pages[-1].text(shown, x, self.y + size, size)
            self.y += leading
            first = False

    def rule(self) -> None:
        """A red line from edge to edge, as under the document number."""
        self.pages[-1].line(LEFT, self.y + 2, RIGHT, self.y + 2, thickness=0.7)
        self.y += 8

    def table(self, rows: Sequence[Sequence[str]], size: float = 10.5 * POINT) -> None:
        """A ruled table of recipe rows (``^`` joins the cell above, ``<`` the one to the left), over pages if need be."""
        longest = [max(5, *(min(len(row[c]), 20) for row in rows)) for c in range(len(rows[0]))]
        xs = [LEFT]
        for n in longest:
            xs.append(xs[-1] + (RIGHT - LEFT) * n / sum(longest))
        cells = spans([list(row) for row in rows])
        heights = [size * 2.0] * len(rows)
        for row, column, height, span, text in cells:
            need = (
                len(wrapped(text.replace("\\n", "\n"), xs[column + span] - xs[column] - 2, size)) * 1.4 + 0.6
            ) * size
            lack = need - sum(heights[row : row + height])
            heights[row + height - 1] += max(lack, 0.0)
        start = 0
        self.y += 2
        while start < len(rows):
            end = self._fits(cells, heights, start)
            if end == start:
                self.next_page()
                end = max(self._fits(cells, heights, start), start + 1)
            ys = [self.y]
            for height in heights[start:end]:
                ys.append(ys[-1] + height)
            part = [
                (row - start, column, min(height, end - row), span, text.replace("\\n", "\n"))
                for row, column, height, span, text in cells
                if start <= row < end
            ]
            self.pages[-1].table(part, xs, ys, size)
            self.y = ys[-1] + 3
            start = end
            if start < len(rows):
                self.next_page()

    def _fits(self, cells: Sequence[tuple[int, int, int, int, str]], heights: Sequence[float], start: int) -> int:
        """The row before which the page ends: none that a merged cell reaches over."""
        end, y = start, self.y
        while end < len(heights) and y + heights[end] <= BOTTOM:
            y += heights[end]
            end += 1
        while start < end < len(heights) and any(row < end < row + height for row, _, height, _, _ in cells):
            end -= 1
        return end


def ofd(recipe: Recipe, font: Path | None = None, *, cut: Cut = "runs", seed: int = 0) -> bytes:
    """The recipe as OFD. ``font`` is taken for likeness with the PDF writer only: OFD names its fonts."""
    page = Typesetter(cut=cut, seed=seed)
    for block in recipe.blocks:
        if block.kind == "break":
            page.next_page()
        elif block.kind == "table":
            page.table(block.rows)
        elif block.kind == "head":
            page.paragraph(block.text, size=32 * POINT, leading=52 * POINT, indent=0, align="centre")
        elif block.kind == "document_number":
            page.paragraph(block.text, indent=0, align="centre")
            page.rule()
        elif block.kind == "title":
            page.paragraph(block.text, size=20 * POINT, leading=32 * POINT, indent=0, align="centre")
            page.y += 10 * POINT
        elif block.kind == "signature":
            page.paragraph(block.text, indent=0, align="right")
        elif block.kind == "addressees":
            page.paragraph(block.text, indent=0)
        else:
            page.paragraph(block.text)
    return page.finish(info={"DocID": recipe.name, "CreationDate": "2020-01-01"})
