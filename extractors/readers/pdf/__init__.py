"""PDF files: paragraphs, ruled tables and page furniture, each with its place on the page.

The text layer is read where there is one that can be trusted; other pages are drawn and go to text recognition.
pdfium does the reading; it is not safe for threads, so one file is read at a time in a process.
"""

from __future__ import annotations

import ctypes
import re
import threading
from collections.abc import Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw

from extractors.readers import limits
from extractors.readers.ocr.insets import Insets
from extractors.readers.pages.assemble import Page, blocks, page_of
from extractors.readers.pdf.bombs import oversized
from extractors.readers.pdf.characters import Frame, characters
from extractors.readers.pdf.objects import objects
from extractors.readers.pdf.pictures import insets
from extractors.readers.pdf.recognition import doubt, is_blank, recognised, unreadable, with_layer
from extractors.readers.pdf.strokes import strokes
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
        layer, or with one that says wrong characters, is recognised from its picture (note ``ocr_text``); where that
        fails it is noted as ``unreadable_page``.

    Raises:
        NotRead: ``encrypted``, ``damaged``, ``no_pages``, ``over_limit``, or ``no_text`` when no page holds text.
    """
    if _is_cut_off(data):
        raise NotRead(uri, "damaged", "PDF 不完整，结尾缺失 / the PDF is cut off: its end is missing", _DAMAGED_CURE)
    if oversized(data):
        raise NotRead(
            uri,
            "over_limit",
            f"PDF 的数据流解压后超过 {limits.MAX_STREAM_BYTES} 字节 / a stream of the PDF unpacks to more than "
            f"{limits.MAX_STREAM_BYTES} bytes",
            "请另存为较小的 PDF 后再读 / save it again as a smaller PDF",
        )
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
    pictures = Insets(reading.notes)
    characters = failed = 0
    for index in range(len(document)):
        try:
            page, size = _page(document[index], index + 1, reading.notes, pictures)
        except (pypdfium2.PdfiumError, OSError, ValueError) as error:
            reading.notes.append(unreadable(index + 1, f"页面损坏 / the page is damaged: {error}"))
            continue
        characters += size
        if characters > limits.MAX_CHARACTERS:
            raise NotRead(
                uri,
                "over_limit",
                f"文字超过 {limits.MAX_CHARACTERS} 个 / more than {limits.MAX_CHARACTERS} characters",
                "请拆分后再读 / split it",
            )
        if page is None:
            failed += 1
        else:
            pages.append(page)
    if not any(page.lines or page.tables or page.insets for page in pages):
        if failed:
            reasons = "; ".join(dict.fromkeys(n.message.partition("：")[2] for n in reading.notes if n.page))[:300]
            raise NotRead(uri, "no_text", f"PDF 是扫描件，{reasons} / the PDF is a scan and was not read", _SCAN_CURE)
        if not pages:
            raise NotRead(uri, "damaged", "PDF 的页面均已损坏 / every page of the PDF is damaged", _DAMAGED_CURE)
        raise NotRead(uri, "no_text", "PDF 里没有文字 / the PDF holds no text", _SCAN_CURE)
    reading.blocks = blocks(pages)
    return reading


def _properties(document: pypdfium2.PdfDocument) -> dict[str, str]:
    try:
        found = document.get_metadata_dict(skip_empty=True)
    except (pypdfium2.PdfiumError, UnicodeError):
        return {}
    return {name: " ".join(value.split()) for name, value in found.items() if value.strip()}


def _page(raw: Any, number: int, notes: list[Note], reader: Insets) -> tuple[Page | None, int]:
    """Reads one page and counts its characters; None for a page that is a picture and was not recognised."""
    textpage = None
    try:
        crop = tuple(float(v) for v in raw.get_cropbox())
        frame = Frame((crop[0], crop[1], crop[2], crop[3]), raw.get_rotation())
        textpage = raw.get_textpage()
        read = characters(textpage, frame)
        found = read.glyphs
        drawings = objects(raw)
        pictures = _picture_share(raw, drawings)
        if reason := doubt(raw, found.text, read.unknown, pictures):
            before = len(notes)
            page = recognised(raw, number, frame.width, frame.height, notes)
            if reason in ("scan", "outlines"):
                return (with_layer(page, found) if page is not None else None), limits.CHARACTERS_OF_A_SCAN
            if page is not None and (page.lines or page.tables):
                if is_blank(page, reason, len(found) + read.unknown):
                    what = "部分文字的字体既不在文件里也不在本机，无法识别 / in part: a font is neither in it nor installed"
                    notes.append(unreadable(number, what))
                return page, limits.CHARACTERS_OF_A_SCAN
            del notes[before:]
            what = "字体没有字符映射 / the fonts do not say their characters"
            if reason == "garbled":
                what = "文字层是乱码 / the text layer says wrong characters"
            notes.append(unreadable(number, f"{what}，图像识别也未成功 / and recognition found no text"))
        if read.watermark:
            notes.append(
                Note("watermark", f"第 {number} 页的水印未计入正文 / watermark left out: {read.watermark}", number)
            )
        if pictures > 0.8:
            notes.append(
                Note("ocr_text", f"第 {number} 页的文字来自扫描识别层，可能有误 / text of a scan, may be wrong", number)
            )
        page = page_of(number, frame.width, frame.height, found, strokes(drawings, frame), notes)
        page.insets = insets(raw, frame, drawings, found, number, reader)
        return page, len(found) + limits.CHARACTERS_OF_A_SCAN * len(page.insets)
    finally:
        if textpage is not None:
            textpage.close()
        raw.close()


def _picture_share(raw: Any, drawings: Sequence[tuple[int, Any]]) -> float:
    """How much of the page its pictures cover, from 0 to 1."""
    area = 0.0
    width, height = raw.get_size()
    left, bottom, right, top = (ctypes.c_float() for _ in range(4))
    for kind, item in drawings:
        # Scanners and converters also wrap the picture into a form.
        pictured = kind == pdfium.FPDF_PAGEOBJ_IMAGE or (kind == pdfium.FPDF_PAGEOBJ_FORM and _holds_picture(item))
        if pictured and pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            area += max(right.value - left.value, 0) * max(top.value - bottom.value, 0)
    return min(area / (width * height), 1.0) if width * height else 0.0


def _holds_picture(form: Any) -> bool:
    count = min(max(pdfium.FPDFFormObj_CountObjects(form), 0), 50)
    kinds = {pdfium.FPDFPageObj_GetType(pdfium.FPDFFormObj_GetObject(form, index)) for index in range(count)}
    return pdfium.FPDF_PAGEOBJ_IMAGE in kinds and pdfium.FPDF_PAGEOBJ_TEXT not in kinds
