"""The same document in every format: the recipes of the samples, rendered."""

from __future__ import annotations

import io
import os
import sys
import zipfile
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "samples"))

from formats import ofd, office, pdf, recipe, web  # noqa: E402, F401

from extractors.fold import fold  # noqa: E402
from extractors.parse import parse  # noqa: E402
from schemas.document import Document, Section  # noqa: E402
from schemas.outcome import SourceFile  # noqa: E402

RECIPES = ROOT / "samples" / "recipes"
NAME = "城乡学校共同体建设方案"
FONTS = (
    os.environ.get("DUZHENG_SAMPLE_FONT", ""),
    "/usr/share/fonts/truetype/wqy/wqy-microhei.ttc",
)


def font() -> Path:
    """A Chinese font that can be embedded; the test is skipped where there is none."""
    found = next((Path(name) for name in FONTS if name and Path(name).is_file()), None)
    if found is None:
        pytest.skip("no Chinese font to render with: apt-get install fonts-wqy-microhei, or set DUZHENG_SAMPLE_FONT")
    return found


def read_recipe(name: str) -> recipe.Recipe:
    """A recipe of the samples by its name."""
    return recipe.read(RECIPES / f"{name}.md")


@cache
def _to_traditional() -> Callable[[str], str]:
    from opencc import OpenCC

    # A plan with one passage taken out is converted again but for that passage.
    return cache(OpenCC("s2t").convert)


def traditional(item: recipe.Recipe) -> recipe.Recipe:
    """The recipe in traditional characters, for what only they can be written in (Big5)."""
    convert = _to_traditional()

    def block(b: recipe.Block) -> recipe.Block:
        heading = None if b.heading is None else convert(b.heading)
        return replace(b, text=convert(b.text), heading=heading, rows=[[convert(c) for c in row] for row in b.rows])

    return replace(item, blocks=[block(b) for b in item.blocks])


def page(item: recipe.Recipe, encoding: str) -> bytes:
    """A page with the document and nothing else, in an encoding that it declares."""
    body = "\n".join(web._block(b) for b in item.blocks)
    head = f'<meta http-equiv="Content-Type" content="text/html; charset={encoding}"><title></title>'
    html = f'<html><head>{head}</head><body><div class="content">{body}</div></body></html>'
    return html.encode(encoding, errors="xmlcharrefreplace")


def archive(item: recipe.Recipe) -> bytes:
    """A ZIP whose member has its name in GBK, as old Chinese archivers write it, without saying so."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        info = zipfile.ZipInfo(f"{NAME}.docx")
        packed.writestr(info, office.word(item, automatic=False))
    data = bytearray(out.getvalue())
    # zipfile writes UTF-8 and flags it; the same number of bytes in GBK is put there by writing the name again.
    return _renamed(bytes(data), f"{NAME}.docx")


def _renamed(data: bytes, name: str) -> bytes:
    plain = io.BytesIO()
    marker = "x" * len(name.encode("gbk"))
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(plain, "w") as new:
        new.writestr(zipfile.ZipInfo(marker), old.read(name))
    return plain.getvalue().replace(marker.encode(), name.encode("gbk"))


def documents(data: bytes, name: str) -> list[Document]:
    """What the file is read as."""
    outcome = parse(SourceFile(name, data))
    assert outcome.failure is None, str(outcome.failure)
    return outcome.documents


def facts(document: Document) -> dict[str, Any]:
    """What must be the same in every format: header, outline, communities and targets, each as a list of its items."""

    def clean(text: str | None) -> str:
        return "".join(fold(text or "").split())

    outline: list[tuple[int, str, str]] = []

    def walk(sections: list[Section], depth: int) -> None:
        for section in sections:
            outline.append((depth, section.number or "", clean(section.heading)))
            walk(section.sections, depth + 1)

    walk(document.sections, 1)
    return {
        "header": [
            ("title", clean(document.title)),
            ("document_number", clean(document.document_number)),
            ("signed_on", str(document.signed_on)),
            *(("issuer", clean(name)) for name in document.issuers),
            *(("addressee", clean(name)) for name in document.addressees),
            ("genre", document.genre),
        ],
        "outline": outline,
        "communities": [
            (clean(c.lead), tuple(sorted(clean(m) for m in c.members)), clean(c.mode)) for c in document.communities
        ],
        "targets": [(t.value, t.upper, t.unit, t.per, str(t.due)) for t in document.targets],
    }


def text(item: recipe.Recipe) -> bytes:
    """Plain text, tables as tabbed lines."""
    return web.text(item, "utf-8")
