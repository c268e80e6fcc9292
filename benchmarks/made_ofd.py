"""A plain OFD file (GB/T 33190-2016) of running text: lines of 28 characters, one text object each."""

from __future__ import annotations

import io
import zipfile
from itertools import islice
from xml.sax.saxutils import escape

_NAMESPACE = 'xmlns:ofd="http://www.ofdspec.org/2016"'
_COLUMNS, _ROWS = 28, 22
_SIZE, _LEADING = 5.6, 10.2  # millimetres: type of 16 points


def ofd(paragraphs: list[str], pages: int) -> bytes:
    """The paragraphs on exactly so many pages, from the start again where they are too short."""
    lines = _lines(paragraphs)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:

        def put(name: str, body: str) -> None:
            package.writestr(name, f'<?xml version="1.0" encoding="UTF-8"?>\n{body}')

        put(
            "OFD.xml",
            f'<ofd:OFD {_NAMESPACE} Version="1.0" DocType="OFD"><ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID>'
            "</ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot></ofd:DocBody></ofd:OFD>",
        )
        listed = "".join(f'<ofd:Page ID="{1000 + n}" BaseLoc="Pages/Page_{n}/Content.xml"/>' for n in range(pages))
        put(
            "Doc_0/Document.xml",
            f"<ofd:Document {_NAMESPACE}><ofd:CommonData><ofd:MaxUnitID>999999</ofd:MaxUnitID><ofd:PageArea>"
            "<ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes>"
            f"</ofd:CommonData><ofd:Pages>{listed}</ofd:Pages></ofd:Document>",
        )
        put(
            "Doc_0/PublicRes.xml",
            f'<ofd:Res {_NAMESPACE} BaseLoc="Res"><ofd:Fonts><ofd:Font ID="2" FontName="仿宋" FamilyName="仿宋"/>'
            "</ofd:Fonts></ofd:Res>",
        )
        for n in range(pages):
            put(f"Doc_0/Pages/Page_{n}/Content.xml", _page(n, list(islice(lines, _ROWS))))
    return out.getvalue()


def _lines(paragraphs: list[str]):  # type: ignore[no-untyped-def]
    while True:
        for paragraph in paragraphs:
            text = "　　" + paragraph
            for start in range(0, len(text), _COLUMNS):
                yield text[start : start + _COLUMNS]


def _page(number: int, lines: list[str]) -> str:
    objects = []
    for row, line in enumerate(lines):
        shift = len(line) - len(line.lstrip("　"))
        text = line[shift:]
        x, y = 28 + shift * _SIZE, 37 + row * _LEADING
        advance = f"g {len(text) - 1} {_SIZE}" if len(text) > 1 else ""
        objects.append(
            f'<ofd:TextObject ID="{number * 100 + row + 10000}" Boundary="{x:.2f} {y:.2f} {len(text) * _SIZE:.2f} {_SIZE}"'
            f' Font="2" Size="{_SIZE}"><ofd:TextCode X="0" Y="{_SIZE * 0.86:.2f}" DeltaX="{advance}">{escape(text)}'
            "</ofd:TextCode></ofd:TextObject>"
        )
    return (
        f'<ofd:Page {_NAMESPACE}><ofd:Content><ofd:Layer ID="{number * 100 + 9000000}">{"".join(objects)}</ofd:Layer>'
        "</ofd:Content></ofd:Page>"
    )
