"""Recognises what a file is by its content; the extension is a hint only where the content leaves it open (text).

A reader that trusts extensions reads a picture named ``.txt`` as rubbish and refuses a readable page named ``.xls``
(government systems export HTML tables under that name), so the signature decides and a wrong extension is only noted.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Literal
from urllib.parse import unquote, urlsplit

from extractors.readers import limits

Module = Literal["text", "html", "docx", "pdf", "sheets", "ofd", "image", "odt", "rtf", "office", "mhtml"]


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


_IMAGE_CURE = "请先做文字识别，或取得 DOCX、PDF 原件 / run text recognition first, or obtain the DOCX or PDF"
_ARCHIVE_CURE = "请先解压 / unpack it first"
_MAIL_CURE = "请把正文和附件单独存出 / save its text and attachments as files"
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
        "sheets",
    ),
    Format(
        "xls",
        "application/vnd.ms-excel",
        (".xls", ".et", ".xlt"),
        "Excel 97-2003 工作簿（XLS）",
        "XLS",
        "sheets",
    ),
    Format(
        "xlsb",
        "application/vnd.ms-excel.sheet.binary.macroenabled.12",
        (".xlsb",),
        "Excel 二进制工作簿（XLSB）",
        "XLSB",
        "sheets",
    ),
    Format(
        "ods",
        "application/vnd.oasis.opendocument.spreadsheet",
        (".ods", ".ots"),
        "ODS 表格",
        "OpenDocument spreadsheet (ODS)",
        "sheets",
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
    Format("eml", "message/rfc822", (".eml",), "电子邮件", "e-mail message", cure=_MAIL_CURE),
    Format("mbox", "application/mbox", (".mbox",), "邮箱文件", "mailbox", cure=_MAIL_CURE),
    Format(
        "msg",
        "application/vnd.ms-outlook",
        (".msg",),
        "Outlook 邮件（MSG）",
        "Outlook message (MSG)",
        cure="请在 Outlook 中另存为 EML，或把附件单独存出 / save it as EML in Outlook, or save its attachments",
    ),
    Format("xml", "application/xml", (".xml",), "XML 文件", "XML"),
    Format("svg", "image/svg+xml", (".svg",), "SVG 矢量图", "SVG drawing", cure=_IMAGE_CURE),
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
    Format(
        "bzip2", "application/x-bzip2", (".bz2", ".tbz2", ".tbz"), "BZIP2 压缩包", "bzip2 archive", cure=_ARCHIVE_CURE
    ),
    Format("xz", "application/x-xz", (".xz", ".txz"), "XZ 压缩包", "xz archive", cure=_ARCHIVE_CURE),
    Format("zstd", "application/zstd", (".zst", ".tzst"), "ZSTD 压缩包", "Zstandard file", cure=_ARCHIVE_CURE),
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
    (b"Rar!\x1a\x07\x00", "rar"),
    (b"Rar!\x1a\x07\x01\x00", "rar"),
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"\xfd7zXZ\x00", "xz"),
    (b"\x7fELF", "program"),
    (b"SQLite format 3\x00", "sqlite"),
)
# bzip2 of any block size (BZh1 to BZh9), with a first block or empty.
_BZIP2 = re.compile(rb"BZh[1-9](?:1AY&SY|\x17rE8P\x90)")
# The signature of 7z with its version 0.x, of RAR 4 and 5, behind the program of a self-extracting archive.
_SELF_EXTRACTING = re.compile(rb"7z\xbc\xaf\x27\x1c\x00[\x00-\x09]|Rar!\x1a\x07(?:\x00|\x01\x00)")
_PROGRAM_BYTES = 2**20
"""How large the program in front of a self-extracting archive may be."""
_PDF = re.compile(rb"%PDF-\d")
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")

_TAG = re.compile(
    rb"<(?:!doctype\s+html|html|head|body|meta|title|div|table|p|br|span|script|style|link|h[1-6]|font|center|section|article)"
    rb"(?=[\s/>])",
    re.IGNORECASE,
)
# Atomic: what stands in front of the drawing is passed over once.
_SVG = re.compile(
    rb"(?>\s+|<\?[^<>]*+>|<!--(?:[^-]++|-(?!->))*+-->|<!DOCTYPE[^\[>]*+(?:\[[^\]]*+\]\s*+)?>)*+<svg(?=[\s/>])",
    re.IGNORECASE,
)
_XML = re.compile(rb"\s*<\?xml\b", re.IGNORECASE)
_HEADER_LINE = re.compile(rb"([!-9;-~]{1,70})[ \t]*:")
_MAIL_NAMES = frozenset(
    b"return-path received delivered-to from to cc bcc subject date message-id mime-version reply-to sender content-type "
    b"content-transfer-encoding content-language content-disposition in-reply-to references dkim-signature "
    b"authentication-results thread-index thread-topic snapshot-content-location content-location".split()
)
_MAILED = frozenset(
    b"to received message-id delivered-to return-path cc bcc reply-to in-reply-to dkim-signature".split()
)
# The line in front of each mail of a mailbox (RFC 4155): From, an address, a date as of C's asctime.
_MAILBOX = re.compile(rb"From \S+[^\n]{0,60}\d\d:\d\d[^\n]{0,40}\d{4}[^\n]{0,20}\n")


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
    if _BZIP2.match(head):
        return FORMATS["bzip2"]
    if head.startswith(b"MZ") and b"\x00" in head:
        return _program(data)
    if head[257:262] == b"ustar" or is_tar(head):
        return FORMATS["tar"]
    return _textual(head, uri)


def directory_bytes(data: bytes) -> int:
    """How large a ZIP says its central directory is, read from its end (APPNOTE 4.3.14, 4.3.16); 0 where none is found.

    The standard library builds an object for each entry before anything can be counted, so this is looked at first.
    """
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 65_557))
    if at < 0 or at + 16 > len(data):
        return 0
    size = int.from_bytes(data[at + 12 : at + 16], "little")
    if size == 0xFFFFFFFF:
        at = data.rfind(b"PK\x06\x06", 0, at)
        return int.from_bytes(data[at + 40 : at + 48], "little") if at >= 0 else 0
    return size


def _program(data: bytes) -> Format:
    """A program, or the archive that stands behind the program of a self-extracting one."""
    if directory_bytes(data) and zipfile.is_zipfile(io.BytesIO(data)):
        return FORMATS["zip"]
    found = _SELF_EXTRACTING.search(data, 0, _PROGRAM_BYTES)
    if found:
        return FORMATS["7z" if found[0].startswith(b"7z") else "rar"]
    return FORMATS["program"]


def is_tar(head: bytes) -> bool:
    """Whether a file begins with the header block of a TAR, in an old one without ``ustar`` too: its checksum tells."""
    block = head[:512]
    stated = block[148:156].strip(b" \x00")
    if len(block) < 512 or not stated.isdigit() or b"8" in stated or b"9" in stated:
        return False
    return int(stated, 8) == sum(block) - sum(block[148:156]) + 8 * 32


def _textual(head: bytes, uri: str) -> Format:
    """HTML, XML, MHTML, mail or plain text; the zero bytes of UTF-16 are taken out to see the markup."""
    plain = head.removeprefix(b"\xef\xbb\xbf").removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").replace(b"\x00", b"")
    start = plain.lstrip()
    if _MAILBOX.match(start) and _headers(start[start.index(b"\n") + 1 :]):
        return FORMATS["mbox"]
    headers = _headers(start, extension(uri) in (*FORMATS["eml"].extensions, *FORMATS["mhtml"].extensions))
    if headers:
        return FORMATS["mhtml" if _is_web_archive(headers, uri) else "eml"]
    named_html = by_extension(uri) is FORMATS["html"]
    if _SVG.match(start):
        return FORMATS["svg"]
    if start.startswith(b"<") and _TAG.search(plain):
        return FORMATS["html"]
    if _XML.match(plain) and b"http://schemas.microsoft.com/office/2006/xmlPackage" in plain and b"Word." in plain:
        return FORMATS["docx"]  # Flat OPC: a Word document as one XML file
    if _XML.match(plain):
        return FORMATS["html"] if named_html else FORMATS["xml"]
    if named_html or re.search(rb"<(?:html|body)\b[^<>]*>", plain, re.IGNORECASE):
        return FORMATS["html"]
    return FORMATS["text"]


def _headers(start: bytes, named: bool = False) -> dict[bytes, bytes]:
    """The header of a mail or saved page by lower-case name; empty when the text does not begin with one.

    Every line up to the first empty one must be a header or the continuation of one, one damaged line excepted; and at
    least three must have names that mail and saved pages use, two where one is MIME-Version, one where the file is
    ``named`` like a mail.
    """
    found: dict[bytes, bytes] = {}
    name = b""
    odd = 0
    for line in start.splitlines()[:400]:
        if not line.strip():
            break
        match = _HEADER_LINE.match(line)
        if line[:1] in (b" ", b"\t") and name:
            found[name] += b" " + line.strip()
        elif match:
            name = match[1].lower()
            found.setdefault(name, line[match.end() :].strip())
        else:
            odd += 1
            if odd > 1 or not name:
                return {}
    known = _MAIL_NAMES & found.keys()
    enough = len(known) >= (1 if named else 2 if b"mime-version" in known else 3)
    return found if enough else {}


def _is_web_archive(headers: dict[bytes, bytes], uri: str) -> bool:
    """Whether a MIME message is a saved page (RFC 2557) and not a mail: it was never sent to anybody."""
    if extension(uri) in FORMATS["mhtml"].extensions or b"snapshot-content-location" in headers:
        return True
    kind = headers.get(b"content-type", b"").lower()
    if headers.get(b"from", b"").lower().startswith((b"<saved by", b'"saved by', b"saved by")):
        return True
    sent = _MAILED & headers.keys()
    return not sent and (kind.startswith(b"multipart/related") or b"content-location" in headers)


def _zip(data: bytes, uri: str) -> Format:
    """What a ZIP container holds, by its members; a damaged one by the names that stand in its bytes."""
    names: list[str]
    mimetype = b""
    if directory_bytes(data) > limits.MAX_ZIP_DIRECTORY_BYTES:
        return FORMATS["zip"]
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            names = archive.namelist()[: limits.MAX_MEMBERS]
            mimetype = _mimetype(archive, uri) if "mimetype" in names else b""
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


def _mimetype(archive: zipfile.ZipFile, uri: str) -> bytes:
    """What the member ``mimetype`` of an OpenDocument or EPUB file says; what the extension says where it is broken."""
    try:
        if archive.getinfo("mimetype").file_size < 200:
            return archive.read("mimetype").strip()
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        promised = by_extension(uri)
        if promised and promised.key in ("ods", "odt") and "content.xml" in archive.namelist():
            return promised.media_type.encode()
    return b""


def _ole(data: bytes, uri: str) -> Format:
    """What an OLE2 file holds, by the names of its streams ([MS-CFB] 2.6.1: directory names are UTF-16LE)."""

    def has(name: str) -> bool:
        return name.encode("utf-16-le") + b"\x00\x00" in data

    if has("EncryptedPackage"):
        return ENCRYPTED_OFFICE
    promised = by_extension(uri)
    if has("__properties_version1.0"):  # [MS-OXMSG] 2.4
        return FORMATS["msg"]
    if has("Workbook") or has("Book"):
        return FORMATS["xls"]
    if has("PowerPoint Document"):
        return FORMATS["ppt"]
    if has("WordDocument"):
        return FORMATS["wps"] if promised is FORMATS["wps"] else FORMATS["doc"]
    return promised if promised and promised.key in ("doc", "wps", "xls", "ppt", "msg") else FORMATS["ole"]
