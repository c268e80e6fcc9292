"""What stands on one OFD page: its objects, those of its templates and of composite units, gone through in order.

Layers and page blocks only group; composite objects draw a unit of the resources through their own matrix.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

from extractors.readers import limits
from extractors.readers.ofd.document import Resources
from extractors.readers.ofd.geometry import Matrix, bounds, number, numbers, placed, times
from extractors.readers.ofd.package import child, local
from extractors.readers.ofd.paths import is_filled, strokes_of
from extractors.readers.ofd.text import text_run
from extractors.readers.pages.glyphs import Glyph
from extractors.readers.pages.rules import MAX_SEGMENTS, Stroke

MAX_NESTING = 12
"""Composite units within composite units; real files nest one or two deep."""

_ASLANT = 5.0


class TooMuch(Exception):
    """The page has more objects or characters than are read."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One image on a page: the part that holds it (None when missing) and the matrix from the unit square to points.

    ``over`` is how many characters were drawn before it: those are covered by it where it covers the page. ``mask`` is
    the part that holds its mask.
    """

    part: str | None
    matrix: Matrix
    over: int = 0
    mask: str | None = None

    @property
    def area(self) -> float:
        x0, top, x1, bottom = bounds(self.matrix, 0.0, 0.0, 1.0, 1.0)
        return (x1 - x0) * (bottom - top)


@dataclass(slots=True)
class Content:
    """What is drawn, in points: glyphs by the quarter turn of their text, straight lines, pictures.

    ``shapes`` are the filled paths with their matrices: text may be drawn as such. ``watermark`` is text at an angle or
    hardly visible; ``hidden`` counts characters that are not drawn (the text layer over a scan), ``unknown`` those that
    mean nothing, ``characters`` all; ``left_out`` the text objects that are switched off; ``objects`` all objects gone
    through; ``repeated`` the units left out because they hold themselves.
    """

    glyphs: dict[int, list[Glyph]] = field(default_factory=dict)
    strokes: list[Stroke] = field(default_factory=list)
    pictures: list[Picture] = field(default_factory=list)
    shapes: list[tuple[Any, Matrix]] = field(default_factory=list)
    watermark: list[str] = field(default_factory=list)
    hidden: int = 0
    unknown: int = 0
    left_out: int = 0
    objects: int = 0
    characters: int = 0
    repeated: int = 0

    def add(self, other: Content) -> None:
        """Draws another content (a template) over this one."""
        for quarter, glyphs in other.glyphs.items():
            self.glyphs.setdefault(quarter, []).extend(glyphs)
        self.strokes += other.strokes
        self.pictures += [replace(picture, over=picture.over + self.characters) for picture in other.pictures]
        self.shapes += other.shapes
        self.watermark += other.watermark
        self.hidden += other.hidden
        self.unknown += other.unknown
        self.left_out += other.left_out
        self.objects += other.objects
        self.characters += other.characters
        self.repeated += other.repeated


def content_of(element: Any, matrix: Matrix, resources: Resources) -> Content:
    """Everything that an element (Content, Layer, Appearance, …) holds.

    Args:
        element: its children are objects, layers or page blocks.
        matrix: from its coordinates to points.
        resources: what its objects refer to.

    Raises:
        TooMuch: with more objects than ``limits.MAX_PAGE_OBJECTS`` or characters than ``limits.MAX_CHARACTERS``.
    """
    content = Content()
    _walk(element, matrix, resources, content, ())
    return content


def _walk(element: Any, matrix: Matrix, resources: Resources, content: Content, units: tuple[str, ...]) -> None:
    # XML deeper than 256 elements is refused by the parser, so nested page blocks cannot exhaust the stack; a stack of
    # iterators keeps their order without recursion all the same.
    stack = [iter(element)]
    while stack:
        item = next(stack[-1], None)
        if item is None:
            stack.pop()
            continue
        name = local(item)
        if name in ("Layer", "PageBlock", "Content"):
            stack.append(iter(item))
            continue
        if not name.endswith("Object"):
            continue
        content.objects += 1
        if content.objects > limits.MAX_PAGE_OBJECTS:
            raise TooMuch
        if (item.get("Visible") or "").strip().lower() in ("false", "0"):
            content.left_out += name == "TextObject"
        elif name == "TextObject":
            content.characters += _add_text(item, matrix, resources, content)
            if content.characters > limits.MAX_CHARACTERS:
                raise TooMuch
        elif name == "PathObject":
            # One more than is looked at for tables, so that the page is known to hold too many.
            if is_filled(item):
                content.shapes.append((item, matrix))
            content.strokes += islice(strokes_of(item, matrix), max(MAX_SEGMENTS + 1 - len(content.strokes), 0))
        elif name == "ImageObject":
            _add_picture(item, matrix, resources, content)
        elif name == "CompositeObject":
            identifier = (item.get("ResourceID") or "").strip()
            unit = resources.units.get(identifier)
            if unit is None:
                continue
            if identifier in units or len(units) >= MAX_NESTING:
                content.repeated += 1
                continue
            inner = placed(item.get("Boundary"), item.get("CTM"), matrix)
            _walk(unit, inner, resources, content, (*units, identifier))


def _add_text(item: Any, matrix: Matrix, resources: Resources, content: Content) -> int:
    run = text_run(item, matrix, resources.symbols.get((item.get("Font") or "").strip()))
    content.unknown += run.unknown
    if not run.glyphs:
        return run.unknown
    off = (run.degrees + 45) % 90 - 45
    if run.faint or abs(off) > _ASLANT:
        content.watermark.append("".join(glyph.text for glyph in run.glyphs))
    else:
        content.hidden += len(run.glyphs) if run.hidden else 0
        content.glyphs.setdefault(round(run.degrees / 90) * 90 % 360, []).extend(run.glyphs)
    return len(run.glyphs)


def _add_picture(item: Any, matrix: Matrix, resources: Resources, content: Content) -> None:
    if number(item.get("Alpha")) == 0.0:
        return
    own = placed(item.get("Boundary"), item.get("CTM"), matrix)
    if numbers(item.get("CTM"), 6) is None:
        box = numbers(item.get("Boundary"), 4) or (0.0, 0.0, 0.0, 0.0)
        own = times((box[2], 0.0, 0.0, box[3], 0.0, 0.0), own)
    part = resources.pictures.get((item.get("ResourceID") or "").strip())
    x0, top, x1, bottom = bounds(own, 0.0, 0.0, 1.0, 1.0)
    if min(x1 - x0, bottom - top) <= 3.0 < max(x1 - x0, bottom - top):
        # Converters from PDF keep ruling lines that were drawn as pictures.
        content.strokes.append((x0, top, x1, bottom))
    else:
        mask = resources.pictures.get((item.get("ImageMask") or "").strip())
        content.pictures.append(Picture(part, own, content.characters, mask))


def body_of(page: Any) -> Any | None:
    """The Content element of a page or template; None where it has none."""
    return child(page, "Content")
