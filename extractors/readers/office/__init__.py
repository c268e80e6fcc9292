"""Old word processor files (DOC, and WPS of both makers), converted to DOCX by LibreOffice and read from that.

DOCX because its reader gives numbering, tables and tracked changes. What the conversion need not be asked about is
looked at first, in the bytes: whether the file is whole, and whether it has a password.
"""

from __future__ import annotations

import struct
from typing import NamedTuple

from extractors.readers import docx
from extractors.readers.formats import FORMATS, by_extension
from extractors.readers.office import soffice, word_text
from extractors.readers.office.compound import BrokenCompound, Compound
from extractors.readers.word.ooxml import damaged, encrypted
from schemas.errors import NotRead
from schemas.reading import Note, Paragraph, Reading

_DOCX = "docx:MS Word 2007 XML"

# [MS-DOC] 2.5.1 and 2.5.2: FibBase
_WORD_97, _WORD_6 = 0xA5EC, 0xA5DC
_ENCRYPTED, _TABLE_1 = 0x0100, 0x0200
_FIB_BYTES = 32

# So many Chinese characters, and such a share of them, may go without a word: a deleted phrase, a hidden mark.
_FEW, _SHARE = 20, 0.02


class _Kind(NamedTuple):
    """How LibreOffice is to take a file: by which extension and which of its filters.

    ``ideographs`` is how many Chinese characters its text has, None where that is not known.
    """

    suffix: str
    source: str
    ideographs: int | None = None


def read(data: bytes, uri: str) -> Reading:
    """Read a DOC or WPS file.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it.

    Returns:
        What the DOCX reader makes of the converted file, under the file's own media type, with a note ``converted``, and
        ``text_lost_in_conversion`` where it has clearly less text than the file.

    Raises:
        NotRead: ``damaged``, ``encrypted``, ``missing_program`` without LibreOffice, ``over_limit``, ``no_text``.
    """
    kind = _kind(data, uri)
    reading = docx.read(soffice.convert(data, uri, kind.suffix, kind.source, _DOCX), uri)
    promised = by_extension(uri)
    reading.media_type = FORMATS["wps" if promised is FORMATS["wps"] else "doc"].media_type
    reading.notes.append(
        Note("converted", "由 LibreOffice 转换为 DOCX 后读取 / read after conversion to DOCX by LibreOffice")
    )
    lost = _lost(kind.ideographs, reading)
    if lost:
        reading.notes.append(
            Note(
                "text_lost_in_conversion",
                f"转换后比原文件少 {lost} 个汉字，可能是隐藏或已删除的文字，请核对原文件 / {lost} Chinese characters of the file "
                "are not in what was read: hidden or deleted text, or lost in the conversion; compare with the original",
            )
        )
    return reading


def _lost(expected: int | None, reading: Reading) -> int:
    """How many Chinese characters of the file were not read, 0 for what tracked changes or a field may account for."""
    if expected is None:
        return 0
    texts = [
        text for block in reading.blocks
        for text in ([block.text] if isinstance(block, Paragraph) else [cell.text for cell in block.cells])
    ]  # fmt: skip
    missing = expected - sum(word_text.count(text) for text in texts)
    return missing if missing > max(_FEW, expected * _SHARE) else 0


def _kind(data: bytes, uri: str) -> _Kind:
    """What the file is, after a look at whether all of it is there.

    Raises:
        NotRead: ``damaged`` or ``encrypted``.
    """
    try:
        file = Compound(data)
        if "WordDocument" not in file:
            # Works keeps its text in CONTENTS or MatOST; no other word processor's compound file is known here.
            if "CONTENTS" in file or "MatOST" in file or "MN0" in file:
                return _Kind(".wps", "MS_Works")
            raise damaged(uri, "没有文档内容 / it holds no document")
        text = file.stream("WordDocument")
        if len(text) < _FIB_BYTES:
            raise BrokenCompound("no document header")
        identifier, version = struct.unpack_from("<HH", text)
        (flags,) = struct.unpack_from("<H", text, 10)
        if flags & _ENCRYPTED:
            raise encrypted(uri)
        if identifier == _WORD_97:
            table = file.stream("1Table" if flags & _TABLE_1 else "0Table")
            return _Kind(".doc", "MS Word 97", word_text.ideographs(text, table))
        if identifier == _WORD_6:
            return _Kind(".doc", "MS Word 95" if version > 101 else "MS WinWord 6.0")
    except BrokenCompound as error:
        raise damaged(uri, f"文件不完整 / the file is not whole: {error}") from error
    raise NotRead(
        uri,
        "unsupported_format",
        f"不认识的 Word 版本 {identifier:#x} / an unknown version of Word, {identifier:#x}",
        "请另存为 DOCX / save it as DOCX",
    )
