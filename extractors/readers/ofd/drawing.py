"""Pages of an OFD drawn from what the reader knows of them: pictures, straight lines and characters.

No renderer of the format exists that could be used; for showing where a fact stands this is enough. Characters are drawn
in one Chinese font of the machine, each at its place and in its size, not in the file's own fonts.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

from extractors.readers.ofd import pages
from extractors.readers.ofd.images import NoPicture, page_image
from extractors.readers.ofd.package import OfdPackage
from extractors.readers.ofd.turning import Shown
from schemas.reading import Box

_FONTS = (
    "simsun", "simfang", "msyh", "simhei", "notoserifcjk", "notosanscjk", "sourcehan", "notosanssc", "fandol", "pingfang",
    "songti", "stheiti", "hiragino sans gb", "wqy-", "droidsansfallback", "uming", "ukai", "arphic",
)  # fmt: skip
"""How the files of fonts with Chinese characters begin, the most usual of official documents first."""
_MOST_FILES = 20_000


def drawn(data: bytes, uri: str, scale: float, say: Callable[[str], None]) -> Iterator[tuple[int, Any]]:
    """Every page that can be read, as its number and a Pillow image of the paper as it is.

    Args:
        data: the bytes of the file.
        uri: its name, for messages.
        scale: pixels per point.
        say: told when the characters cannot be drawn because the machine has no Chinese font.
    """
    font = chinese_font()
    if font is None:
        say("没有中文字体，只画出线框 / no Chinese font is installed: only the boxes are drawn, without the text")
    for number, page, package in pages(data, uri):
        yield number, _page(page, package, scale, font)


def _page(page: Shown, package: OfdPackage, scale: float, font: str | None) -> Any:
    from PIL import Image, ImageDraw, ImageFont

    size = max(round(page.width * scale), 1), max(round(page.height * scale), 1)
    try:
        image = Image.fromarray(page_image(package, page.pictures, page.width, page.height)).resize(size)
    except NoPicture:
        image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for x0, top, x1, bottom in page.strokes:
        draw.line([x0 * scale, top * scale, x1 * scale, bottom * scale], fill="black", width=max(round(scale / 2), 1))
    if font is not None:
        sizes: dict[int, Any] = {}
        for glyph in page.glyphs:
            height = min(max(round((glyph.bottom - glyph.top) * scale * 0.9), 4), 400)
            if height not in sizes:
                sizes[height] = ImageFont.truetype(font, height)
            middle = (glyph.x0 + glyph.x1) / 2 * scale, (glyph.top + glyph.bottom) / 2 * scale
            draw.text(middle, glyph.text, fill="black", font=sizes[height], anchor="mm")
    return image if page.back is None else _as_paper(image, page.back)


def _as_paper(image: Any, back: Callable[[Box], Box]) -> Any:
    """A page that was turned upright to be read, as it lies in the file."""
    from PIL import Image

    start, right = back(Box(1, 0, 0, 0, 0)), back(Box(1, 10, 0, 10, 0))
    across, down = right.x0 - start.x0, right.top - start.top
    if abs(across) >= abs(down):
        return image if across > 0 else image.transpose(Image.Transpose.ROTATE_180)
    return image.transpose(Image.Transpose.ROTATE_270 if down > 0 else Image.Transpose.ROTATE_90)


@cache
def chinese_font() -> str | None:
    """The file of a font with Chinese characters on this machine, None where there is none."""
    home = Path.home()
    folders = [home / ".fonts", home / ".local/share/fonts", Path("/usr/share/fonts"), Path("/usr/local/share/fonts")]
    if sys.platform == "darwin":
        folders = [home / "Library/Fonts", Path("/Library/Fonts"), Path("/System/Library/Fonts")]
    elif sys.platform == "win32":
        folders = [Path(os.environ.get("WINDIR", "C:\\Windows")) / "Fonts"]
    found: dict[int, str] = {}
    seen = 0
    for folder in folders:
        for parent, _, names in os.walk(folder):
            for name in names:
                seen += 1
                lower = name.lower()
                if lower.endswith((".ttf", ".ttc", ".otf")) and seen < _MOST_FILES:
                    rank = next((i for i, start in enumerate(_FONTS) if lower.startswith(start)), None)
                    if rank is not None:
                        found.setdefault(rank, str(Path(parent) / name))
    return found[min(found)] if found else None
