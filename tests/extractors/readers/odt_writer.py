"""Writes OpenDocument texts for the tests: raw XML in a real package, as LibreOffice lays it out."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping, Sequence

from merged_tables import Spec

_NAMES = {
    **{
        name: f"urn:oasis:names:tc:opendocument:xmlns:{uri}:1.0"
        for name, uri in {
            "office": "office", "text": "text", "table": "table", "style": "style", "draw": "drawing", "meta": "meta",
            "svg": "svg-compatible", "fo": "xsl-fo-compatible", "manifest": "manifest",
        }.items()
    },
    "xlink": "http://www.w3.org/1999/xlink", "dc": "http://purl.org/dc/elements/1.1/",
    "math": "http://www.w3.org/1998/Math/MathML",
    "loext": "urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0",
}  # fmt: skip
NS = " ".join(f'xmlns:{name}="{uri}"' for name, uri in _NAMES.items())

STYLES = (
    '<style:style style:name="Standard" style:family="paragraph"/>'
    '<style:style style:name="Title" style:family="paragraph" style:parent-style-name="Standard"/>'
    '<style:style style:name="Heading_20_1" style:display-name="Heading 1" style:family="paragraph"'
    ' style:default-outline-level="1"/>'
    '<style:style style:name="标题_20_2" style:family="paragraph"/>'
    '<style:style style:name="Contents_20_1" style:family="paragraph"/>'
)


def content(body: str, automatic: str = "") -> bytes:
    """``content.xml``."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {NS} office:version="1.3">'
        f"<office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    ).encode()


def styles(common: str = "", masters: str = "", automatic: str = "") -> bytes:
    """``styles.xml``."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-styles {NS}><office:styles>{STYLES}{common}'
        f"</office:styles><office:automatic-styles>{automatic}</office:automatic-styles>"
        f"<office:master-styles>{masters}</office:master-styles></office:document-styles>"
    ).encode()


def package(parts: Mapping[str, bytes]) -> bytes:
    """The file: the media type first and stored, as ODF 1.3 part 2, 3.3 wants it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.text", zipfile.ZIP_STORED)
        for name, data in parts.items():
            archive.writestr(name, data)
        if "META-INF/manifest.xml" not in parts:
            archive.writestr("META-INF/manifest.xml", f"<manifest:manifest {NS}/>")
    return buffer.getvalue()


def odt(
    body: str, automatic: str = "", *, common: str = "", masters: str = "", margins: str = "",
    extra: Mapping[str, bytes] | None = None,
) -> bytes:  # fmt: skip
    """A document of a body; ``automatic`` are its automatic styles, ``margins`` those of headers and footers."""
    return package(
        {"content.xml": content(body, automatic), "styles.xml": styles(common, masters, margins), **(extra or {})}
    )


def p(inner: str, style: str = "Standard") -> str:
    """A paragraph."""
    return f'<text:p text:style-name="{style}">{inner}</text:p>'


def list_style(name: str, levels: Sequence[Mapping[str, str]], element: str = "list") -> str:
    """A list style (or ``outline``): for every level its attributes, their prefixes left out; ``bullet`` is one."""
    prefixed = {"num-format": "style", "num-prefix": "style", "num-suffix": "style", "num-letter-sync": "style",
                "display-levels": "text", "start-value": "text", "num-list-format": "loext"}  # fmt: skip
    inner = ""
    for index, level in enumerate(levels):
        kind = "outline-level-style" if element == "outline" else "list-level-style-number"
        if "bullet" in level:
            kind = "list-level-style-bullet"
        attributes = "".join(f' {prefixed[key]}:{key}="{value}"' for key, value in level.items() if key != "bullet")
        inner += f'<text:{kind} text:level="{index + 1}"{attributes}/>'
    return f'<text:{element}-style style:name="{name}">{inner}</text:{element}-style>'


def item(text: str, level: int, style: str = "L1", attributes: str = 'text:continue-numbering="true"') -> str:
    """A list of one item at a level, as LibreOffice writes each item that stands between other paragraphs."""
    inner = p(text)
    for _ in range(level):
        inner = f"<text:list><text:list-item>{inner}</text:list-item></text:list>"
    return f'<text:list text:style-name="{style}" {attributes}><text:list-item>{inner}</text:list-item></text:list>'


def table(
    cells: Sequence[Spec], *, covered: bool = True, repeat: bool = False, inner: Mapping[str, str] | None = None
) -> str:
    """A table with merged cells.

    ``covered``: with the covered cells that the standard wants; without them, as sloppy generators write it.
    ``repeat``: runs of equal cells and rows are written once with a number. ``inner`` is XML for cells of a text.
    """
    height = max(r + h for r, _, h, _, _ in cells)
    width = max(c + w for _, c, _, w, _ in cells)
    starts = {(r, c): (h, w, text) for r, c, h, w, text in cells}
    rows: list[str] = []
    for row in range(height):
        parts: list[str] = []
        for column in range(width):
            if (row, column) in starts:
                h, w, text = starts[row, column]
                spans = f' table:number-rows-spanned="{h}"' if h > 1 else ""
                spans += f' table:number-columns-spanned="{w}"' if w > 1 else ""
                shown = (inner or {}).get(text) or (p(text) if text else "<text:p/>")
                parts.append(f"<table:table-cell{spans}>{shown}</table:table-cell>")
            elif covered:
                parts.append("<table:covered-table-cell/>")
        rows.append("".join(_folded(parts, "columns") if repeat else parts))
    wrapped = [f"<table:table-row>{row}</table:table-row>" for row in rows]
    if repeat:
        wrapped = _folded(wrapped, "rows")
    head, *rest = wrapped
    return (
        f'<table:table><table:table-column table:number-columns-repeated="{width}"/>'
        f"<table:table-header-rows>{head}</table:table-header-rows>{''.join(rest)}</table:table>"
    )


def _folded(elements: Sequence[str], kind: str) -> list[str]:
    """Runs of equal elements once, with the number of them."""
    folded: list[tuple[str, int]] = []
    for element in elements:
        if folded and folded[-1][0] == element:
            folded[-1] = (element, folded[-1][1] + 1)
        else:
            folded.append((element, 1))
    return [
        re.sub(r"^<[\w:-]+", rf'\g<0> table:number-{kind}-repeated="{n}"', element) if n > 1 else element
        for element, n in folded
    ]
