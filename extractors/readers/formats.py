"""Recognises what a file is by its content; the extension is a hint only where the content leaves it open (text).

A reader that trusts extensions reads a picture named ``.txt`` as rubbish and refuses a readable page named ``.xls``
(government systems export HTML tables under that name), so the signature decides and a wrong extension is only noted.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from extractors.readers import limits

Module = Literal["text", "html", "docx", "pdf", "xlsx", "ofd", "image", "odt", "rtf", "office", "mhtml"]


@dataclass(frozen=True, slots=True)
class Format:
    """One file format.

    ``module`` names the reader in this package, None where there is none; ``chinese`` and ``english`` name the format
    for people; ``cure`` says what to do with a file that is not read.
    """

    key: str
    media_type: str
    extensions: tuple[str, ...]
    chinese: str
    english: str
    module: Module | None = None
    cure: str = "请另存为 DOCX 或 PDF / convert it to DOCX or PDF"


_SHEET_CURE = "请另存为 XLSX / save it as XLSX"
_IMAGE_CURE = "请先做文字识别，或取得 DOCX、PDF 原件 / run text recognition first, or obtain the DOCX or PDF"
_ARCHIVE_CURE = "请先解压 / unpack it first"
_OPENXML = "application/vnd.openxmlformats-officedocument."

_FORMATS = (
    Format("text", "text/plain", (".txt", ".text", ".md", ".csv", ".tsv", ".log"), "纯文本", "plain text", "text"),
    Format("html", "text/html", (".html", ".htm", ".xhtml", ".shtml", ".jsp", ".aspx", ".php"), "网页", "HTML", "html"),
    Format("pdf", "application/pdf", (".pdf",), "PDF 文件", "PDF", "pdf"),
    Format(
        "docx",
        _OPENXML + "wordprocessingml.document",
        (".docx", ".docm", ".dotx", ".dotm"),
        "Word 文档（DOCX）",
        "DOCX",
        "docx",
    ),
    Format(
        "xlsx",
        _OPENXML + "spreadsheetml.sheet",
        (".xlsx", ".xlsm", ".xltx", ".xltm"),
        "Excel 工作簿（XLSX）",
        "XLSX",
        "xlsx",
    ),
    Format(
        "xls",
        "application/vnd.ms-excel",
        (".xls", ".et", ".xlt"),
        "Excel 97-2003 工作簿（XLS）",
        "XLS",
        cure=_SHEET_CURE,
    ),
    Format(
        "xlsb",
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        (".xlsb",),
        "Excel 二进制工作簿（XLSB）",
        "XLSB",
        cure=_SHEET_CURE,
    ),
    Format(
        "ods",
        "application/vnd.oasis.opendocument.spreadsheet",
        (".ods", ".ots"),
        "ODS 表格",
        "OpenDocument spreadsheet (ODS)",
        cure=_SHEET_CURE,
    ),
    Format(
        "odt", "application/vnd.oasis.opendocument.text", (".odt", ".ott"), "ODT 文档", "OpenDocument text (ODT)", "odt"
    ),
    Format("odf", "application/vnd.oasis.opendocument", (".odp", ".odg"), "OpenDocument 文件", "OpenDocument file"),
    Format("pptx", _OPENXML + "presentationml.presentation", (".pptx", ".pptm"), "演示文稿（PPTX）", "PPTX"),
    Format("ofd", "application/ofd", (".ofd",), "OFD 版式文件", "OFD", "ofd"),
    Format("epub", "application/epub+zip", (".epub",), "EPUB 电子书", "EPUB"),
    Format("doc", "application/msword", (".doc", ".dot"), "Word 97-2003 文档（DOC）", "DOC", "office"),
    Format("wps", "application/vnd.ms-works", (".wps", ".wpt"), "WPS 文档", "WPS", "office"),
    Format("ppt", "application/vnd.ms-powerpoint", (".ppt", ".pps", ".dps"), "演示文稿（PPT）", "PPT"),
    Format("ole", "application/x-ole-storage", (), "OLE 复合文件", "OLE2 compound file"),
    Format("rtf", "application/rtf", (".rtf",), "RTF 文档", "RTF", "rtf"),
    Format("mhtml", "multipart/related", (".mht", ".mhtml"), "网页归档（MHTML）", "MHTML", "mhtml"),
    Format("eml", "message/rfc822", (".eml",), "电子邮件", "e-mail message"),
    Format("xml", "application/xml", (".xml",), "XML 文件", "XML"),
    Format("png", "image/png", (".png",), "PNG 图片", "PNG image", "image"),
    Format("jpeg", "image/jpeg", (".jpg", ".jpeg", ".jpe"), "JPEG 图片", "JPEG image", "image"),
    Format("gif", "image/gif", (".gif",), "GIF 图片", "GIF image", "image"),
    Format("bmp", "image/bmp", (".bmp",), "BMP 图片", "BMP image", "image"),
    Format("tiff", "image/tiff", (".tif", ".tiff"), "TIFF 图片", "TIFF image", "image"),
    Format("webp", "image/webp", (".webp",), "WebP 图片", "WebP image", "image"),
    Format("zip", "application/zip", (".zip",), "ZIP 压缩包", "ZIP archive", cure=_ARCHIVE_CURE),
    Format("rar", "application/vnd.rar", (".rar",), "RAR 压缩包", "RAR archive", cure=_ARCHIVE_CURE),
    Format("7z", "application/x-7z-compressed", (".7z",), "7z 压缩包", "7z archive", cure=_ARCHIVE_CURE),
    Format("gzip", "application/gzip", (".gz", ".tgz"), "GZIP 压缩包", "gzip archive", cure=_ARCHIVE_CURE),
    Format("bzip2", "application/x-bzip2", (".bz2",), "BZIP2 压缩包", "bzip2 archive", cure=_ARCHIVE_CURE),
    Format("xz", "application/x-xz", (".xz",), "XZ 压缩包", "xz archive", cure=_ARCHIVE_CURE),
    Format("tar", "application/x-tar", (".tar",), "TAR 归档", "tar archive", cure=_ARCHIVE_CURE),
    Format("program", "application/octet-stream", (".exe", ".dll", ".so"), "可执行程序", "executable program", cure=""),
    Format("sqlite", "application/vnd.sqlite3", (".db", ".sqlite"), "SQLite 数据库", "SQLite database", cure=""),
)
FORMATS: dict[str, Format] = {f.key: f for f in _FORMATS}
"""Every format that is told apart, by its key."""

ENCRYPTED_OFFICE = Format(
    "encrypted_office",
    "application/x-ole-storage",
    (".docx", ".xlsx", ".pptx", ".docm", ".xlsm"),
    "加密的 Office 文件",
    "password-protected Office file",
    cure="请取消密码后另存 / remove the password and save it again",
)
"""An Office Open XML file behind a password: [MS-OFFCRYPTO] 2.3.1 wraps it in an OLE2 file, stream EncryptedPackage."""

_BY_EXTENSION: dict[str, Format] = {e: f for f in _FORMATS for e in f.extensions}

_SIGNATURES: tuple[tuple[bytes, str], ...] = (
    (b"{\\rtf", "rtf"),
    (b"\x89PNG\r\n\x1a\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF87a", "gif"),
    (b"GIF89a", "gif"),
    (b"II*\x00", "tiff"),
    (b"MM\x00*", "tiff"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"BZh91AY&SY", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "sqlite"),
)
_PDF = re.compile(rb"%PDF-\d")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|br|span|script|style|link|h[1-6]|font|center|section|article)"
    rb"(?=[\s/>])",
    re.IGNORECASE,
)
_XML = re.compile(rb"\s*<\?xml\b", re.IGNORECASE)
_MAIL = re.compile(
    rb"\A(?:(?:Return-Path|Received|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version|X-[\w-]+|Content-[\w-]+):"
    rb"[^\n]*\r?\n(?:[ \t][^\n]*\r?\n)*){3}",
    re.IGNORECASE,
)


def extension(uri: str) -> str:
    """The lower-case extension of a path or address with its dot, '' where there is none."""
    path = unquote(urlsplit(uri).path) if "://" in uri else uri.replace("\\", "/")
    return PurePosixPath(path).suffix.lower()


def by_extension(uri: str) -> Format | None:
    """The format that the name of a file promises, None for unknown extensions."""
    return _BY_EXTENSION.get(extension(uri))


def recognise(data: bytes, uri: str) -> Format:
    """The format of a file by its content.

    Args:
        data: the whole file, not empty.
        uri: its name or address; only its extension is looked at, and only to tell kinds of text and WPS apart.

    Returns:
        A format of ``FORMATS`` or ``ENCRYPTED_OFFICE``; ``text`` for everything without a signature (whether it *is*
        text shows when it is decoded).
    """
    head = data[: limits.SNIFF_BYTES]
    # ISO 32000-1 annex H.3.4.1: readers accept the header within the first 1024 bytes.
    # Where something stands in front of it, a second mark tells a PDF from a text that speaks of one.
    header = _PDF.search(head, 0, 1024)
    if header and (not head[: header.start()].strip(b"\xef\xbb\xbf \t\r\n\x00") or b"endobj" in data):
        return FORMATS["pdf"]
    if head.startswith(_ZIP):
        return _zip(data, uri)
    if head.startswith(_OLE):
        return _ole(data, uri)
    for signature, key in _SIGNATURES:
        if head.startswith(signature):
            return FORMATS[key]
    if head.startswith(b"RIFF") and head[8:12] == b"WEBP":
        return FORMATS["webp"]
    if head.startswith(b"BM") and len(data) > 26 and int.from_bytes(head[2:6], "little") == len(data):
        return FORMATS["bmp"]
    if head.startswith(b"MZ") and b"\x00" in head:
        return FORMATS["program"]
    if head[257:262] == b"ustar":
        return FORMATS["tar"]
    return _textual(head, uri)


def _textual(head: bytes, uri: str) -> Format:
    """HTML, XML, MHTML, mail or plain text; the zero bytes of UTF-16 are taken out to see the markup."""
    plain = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\x00", b"")
    start = plain.lstrip()
    if _MAIL.match(start) or start[:200].lower().startswith((b"mime-version:", b"from: <saved by")):
        web_archive = b"multipart/related" in plain.lower() or extension(uri) in FORMATS["mhtml"].extensions
        return FORMATS["mhtml" if web_archive else "eml"]
    named_html = by_extension(uri) is FORMATS["html"]
    if start.startswith(b"<") and _TAG.search(plain):
        return FORMATS["html"]
    if _XML.match(plain):
        return FORMATS["html"] if named_html else FORMATS["xml"]
    if named_html or re.search(rb"<(?:html|body)\b[^<>]*>", plain, re.IGNORECASE):
        return FORMATS["html"]
    return FORMATS["text"]


def _zip(data: bytes, uri: str) -> Format:
    """What a ZIP container holds, by its members; a damaged one by the names that stand in its bytes."""
    names: list[str]
    mimetype = b""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()[: limits.MAX_MEMBERS]
            if "mimetype" in names and archive.getinfo("mimetype").file_size < 200:
                mimetype = archive.read("mimetype").strip()
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        marks = ("word/", "xl/", "ppt/", "OFD.xml", "[Content_Types].xml")
        names = [mark for mark in marks if mark.encode() in data]
        if names == ["[Content_Types].xml"]:
            promised = by_extension(uri)
            return promised if promised and promised.key in ("docx", "xlsx", "pptx") else FORMATS["zip"]
    if mimetype.startswith(b"application/vnd.oasis.opendocument."):
        kind = mimetype.rpartition(b".")[2]
        return FORMATS["ods" if kind.startswith(b"spreadsheet") else "odt" if kind.startswith(b"text") else "odf"]
    if mimetype == b"application/epub+zip":
        return FORMATS["epub"]
    if any(n.rpartition("/")[2] == "OFD.xml" for n in names):
        return FORMATS["ofd"]
    for folder, key in (("word/", "docx"), ("xl/", "xlsx"), ("ppt/", "pptx")):
        if any(n.replace("\\", "/").startswith(folder) for n in names):
            if key == "xlsx" and "xl/workbook.bin" in names:
                return FORMATS["xlsb"]
            return FORMATS[key]
    return FORMATS["zip"]


def _ole(data: bytes, uri: str) -> Format:
    """What an OLE2 file holds, by the names of its streams ([MS-CFB] 2.6.1: directory names are UTF-16LE)."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") + b"\x00\x00" in data

    if has("EncryptedPackage"):
        return ENCRYPTED_OFFICE
    promised = by_extension(uri)
    if has("Workbook") or has("Book"):
        return FORMATS["xls"]
    if has("PowerPoint Document"):
        return FORMATS["ppt"]
    if has("WordDocument"):
        return FORMATS["wps"] if promised is FORMATS["wps"] else FORMATS["doc"]
    return promised if promised and promised.key in ("doc", "wps", "xls", "ppt") else FORMATS["ole"]
