"""Writes spreadsheets of OpenDocument (ODS) for the tests: the XML by hand, as no library of ours writes it."""

from __future__ import annotations

import io
import zipfile

NAMES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (("office", "office"), ("table", "table"), ("text", "text"), ("style", "style"))
)


def cell(text: str = "", kind: str = "string", value: str = "", more: str = "") -> str:
    """One cell as shown, with its value and further attributes."""
    if not text and not value:
        return f"<table:table-cell {more}/>"
    name = {"date": "date-value", "time": "time-value", "string": "string-value"}.get(kind, "value")
    stored = f' office:{name}="{value}"' if value else ""
    return f'<table:table-cell office:value-type="{kind}"{stored} {more}><text:p>{text}</text:p></table:table-cell>'


def row(*cells: str, more: str = "") -> str:
    """One row."""
    return f"<table:table-row {more}>{''.join(cells)}</table:table-row>"


def sheet(name: str, *rows: str, style: str = "shown", columns: str = "") -> str:
    """One sheet; the style ``unseen`` hides it."""
    return f'<table:table table:name="{name}" table:style-name="{style}">{columns}{"".join(rows)}</table:table>'


def ods(*sheets: str, manifest: str = "<manifest/>", doctype: str = "") -> bytes:
    """The file."""
    styles = "".join(
        f'<style:style style:name="{name}" style:family="table"><style:table-properties table:display="{shown}"/>'
        "</style:style>"
        for name, shown in (("shown", "true"), ("unseen", "false"))
    )
    content = (
        f"{doctype}<office:document-content {NAMES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{''.join(sheets)}</office:spreadsheet></office:body></office:document-content>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return buffer.getvalue()
