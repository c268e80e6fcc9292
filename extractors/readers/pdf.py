"""PDF files with a text layer: paragraphs, ruled tables and page furniture, each with its place on the page.

pdfium does the reading; it is not safe for threads, so one file is read at a time in a process.
"""

from __future__ import annotations

import ctypes
import re
import threading
from typing import Any

import pypdfium2
import pypdfium2.raw

from extractors.readers import limits
from extractors.readers.pages.assemble import Page, blocks, page_of
from extractors.readers.pdf_characters import Frame, characters
from extractors.readers.pdf_strokes import strokes
from schemas.errors import NotRead
from schemas.reading import Note, Reading

# Bound by ctypes when it is imported: no type checker sees what is in it.
pdfium: Any = pypdfium2.raw
MEDIA_TYPE = "application/pdf"
_NO_KIDS = re.compile(rb"/Kids\s{0,9}\[\s{0,9}\]")
_PAGE = re.compile(rb"/Type\s{0,9}/Page\b")
_LOCK = threading.Lock()
_DAMAGED_CURE = "请重新取得该文件 / obtain the file again"
_SCAN_CURE = "请提供可检索的 PDF 或 Word 原件 / obtain a searchable PDF or the Word original"


def read(data: bytes, uri: str) -> Reading:
    """Reads a PDF.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Returns:
        Paragraphs and tables in reading order with page and boxes (points, origin top left). A page without a text
        layer is noted as ``unreadable_page``.

    Raises:
        NotRead: ``encrypted``, ``damaged``, ``no_pages``, ``over_limit``, or ``no_text`` when no page has a text layer.
    """
    if _is_cut_off(data):
        raise NotRead(uri, "damaged", "PDF 不完整，结尾缺失 / the PDF is cut off: its end is missing", _DAMAGED_CURE)
    with _LOCK:
        document = _open(data, uri)
        try:
            return _read(document, uri)
        finally:
            document.close()


def _is_cut_off(data: bytes) -> bool:
    # ISO 32000-1, 7.5.5: a file ends with startxref and %%EOF. pdfium repairs a file without its end, silently
    # dropping the pages that are lost; what was promised there could then be called missing.
    return max(data.rfind(b"%%EOF"), data.rfind(b"startxref")) < data.rfind(b"endobj")


def _open(data: bytes, uri: str) -> pypdfium2.PdfDocument:
    try:
        document = pypdfium2.PdfDocument(data)
        count = len(document)
    except pypdfium2.PdfiumError as error:
        # pdfium keeps the code of an earlier failure when a new one has none, so the file itself must agree.
        if (
            getattr(error, "err_code", None) in (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
            and b"/Encrypt" in data
        ):
            raise NotRead(
                uri,
                "encrypted",
                "PDF 有密码 / the PDF is protected by a password",
                "请取消密码后另存 / remove the password and save it again",
            ) from error
        if _NO_KIDS.search(data) and not _PAGE.search(data):
            raise _no_pages(uri) from error
        raise NotRead(uri, "damaged", f"PDF 已损坏 / the PDF is damaged: {error}", _DAMAGED_CURE) from error
    if count == 0:
        document.close()
        raise _no_pages(uri)
    if count > limits.MAX_PAGES:
        document.close()
        raise NotRead(
            uri,
            "over_limit",
            f"PDF 有 {count} 页，上限 {limits.MAX_PAGES} / the PDF has {count} pages, the limit is {limits.MAX_PAGES}",
            "请拆分后再读 / split it",
        )
    return document


def _no_pages(uri: str) -> NotRead:
    return NotRead(uri, "no_pages", "PDF 没有任何页面 / the PDF has no pages", _DAMAGED_CURE)


def _read(document: pypdfium2.PdfDocument, uri: str) -> Reading:
    reading = Reading(MEDIA_TYPE, pages=len(document), meta=_properties(document))
    pages: list[Page] = []
    characters = scans = 0
    for index in range(len(document)):
        try:
            page, size, scanned = _page(document[index], index + 1, reading.notes)
        except (pypdfium2.PdfiumError, OSError, ValueError) as error:
            reading.notes.append(_unreadable(index + 1, f"页面损坏 / the page is damaged: {error}"))
            continue
        characters += size
        if characters > limits.MAX_CHARACTERS:
            raise NotRead(
                uri,
                "over_limit",
                f"文字超过 {limits.MAX_CHARACTERS} 个 / more than {limits.MAX_CHARACTERS} characters",
                "请拆分后再读 / split it",
            )
        if scanned:
            scans += 1
            reading.notes.append(_unreadable(index + 1, "没有文字层，可能是扫描件 / no text layer, probably a scan"))
        pages.append(page)
    if not any(page.lines or page.tables for page in pages):
        if scans:
            raise NotRead(
                uri, "no_text", "PDF 是扫描件，没有文字层 / the PDF is a scan without a text layer", _SCAN_CURE
            )
        if not pages:
            raise NotRead(uri, "damaged", "PDF 的页面均已损坏 / every page of the PDF is damaged", _DAMAGED_CURE)
        raise NotRead(uri, "no_text", "PDF 里没有文字 / the PDF holds no text", _SCAN_CURE)
    reading.blocks = blocks(pages)
    return reading


def _unreadable(page: int, message: str) -> Note:
    return Note("unreadable_page", f"第 {page} 页未读取：{message}", page)


def _properties(document: pypdfium2.PdfDocument) -> dict[str, str]:
    try:
        found = document.get_metadata_dict(skip_empty=True)
    except (pypdfium2.PdfiumError, UnicodeError):
        return {}
    return {name: " ".join(value.split()) for name, value in found.items() if value.strip()}


def _page(raw: Any, number: int, notes: list[Note]) -> tuple[Page, int, bool]:
    """Reads one page; how many characters it has, and whether it is a picture of text."""
    textpage = None
    try:
        crop = tuple(float(v) for v in raw.get_cropbox())
        frame = Frame((crop[0], crop[1], crop[2], crop[3]), raw.get_rotation())
        textpage = raw.get_textpage()
        read = characters(textpage, frame)
        found = read.glyphs
        if read.unknown > len(found) or (read.unknown > 20 and read.unknown > 0.3 * len(found)):
            notes.append(_unreadable(number, "字体没有字符映射，文字无法识别 / the fonts do not say their characters"))
        if read.watermark:
            notes.append(
                Note("watermark", f"第 {number} 页的水印未计入正文 / watermark left out: {read.watermark}", number)
            )
        pictures = _picture_share(raw)
        scanned = len(found) < 30 and pictures > (0.3 if not found else 0.6)
        if pictures > 0.8 and not scanned:
            notes.append(
                Note("ocr_text", f"第 {number} 页的文字来自扫描识别层，可能有误 / text of a scan, may be wrong", number)
            )
        page = page_of(number, frame.width, frame.height, found, strokes(raw, frame), notes)
        return page, len(found), scanned
    finally:
        if textpage is not None:
            textpage.close()
        raw.close()


def _picture_share(raw: Any) -> float:
    """How much of the page its pictures cover, from 0 to 1."""
    area = 0.0
    width, height = raw.get_size()
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for index in range(pdfium.FPDFPage_CountObjects(raw.raw)):
        item = pdfium.FPDFPage_GetObject(raw.raw, index)
        kind = pdfium.FPDFPageObj_GetType(item)
        # Scanners and converters also wrap the picture into a form.
        pictured = kind == pdfium.FPDF_PAGEOBJ_IMAGE or (kind == pdfium.FPDF_PAGEOBJ_FORM and _holds_picture(item))
        if pictured and pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            area += max(right.value - left.value, 0) * max(top.value - bottom.value, 0)
    return min(area / (width * height), 1.0) if width * height else 0.0


def _holds_picture(form: Any) -> bool:
    count = min(max(pdfium.FPDFFormObj_CountObjects(form), 0), 50)
    kinds = {pdfium.FPDFPageObj_GetType(pdfium.FPDFFormObj_GetObject(form, index)) for index in range(count)}
    return pdfium.FPDF_PAGEOBJ_IMAGE in kinds and pdfium.FPDF_PAGEOBJ_TEXT not in kinds
