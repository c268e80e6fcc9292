"""ZIP archives (APPNOTE.TXT 6.3.10): names in any encoding, sizes checked before and while a member is unpacked.

The standard library unpacks what is stored, deflated or in bzip2; other methods (deflate64, LZMA, PPMd, Zstandard) go to
the 7-Zip program as a small ZIP of their own.
"""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Sequence

from extractors.containers import parts, seven_zip
from extractors.containers.collect import Collector, damaged, too_large
from extractors.readers import formats, limits
from extractors.readers.encodings import short_texts
from schemas.errors import NotRead
from schemas.outcome import SourceFile

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    IndexError,
    OverflowError,
    struct.error,
    RuntimeError,
    MemoryError,
)
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1 | 0x40 | 0x2000
"""4.4.4: bit 0 encrypted, bit 6 strongly encrypted, bit 13 with an encrypted directory."""
_AES = 99
_UNICODE_PATH = 0x7075
_OWN_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2)
_LINK = 0o120000
_LOCAL_HEADER = 30


def unpack(file: SourceFile, into: Collector) -> None:
    """Take out the members of a ZIP.

    Raises:
        NotRead: it cannot be opened, or too much would have to be unpacked.
    """
    if formats.directory_bytes(file.data) > limits.MAX_ZIP_DIRECTORY_BYTES:
        raise too_large(file.uri, f"超过 {limits.MAX_MEMBERS} 个文件 / more than {limits.MAX_MEMBERS} members")
    try:
        archive = zipfile.ZipFile(io.BytesIO(file.data))
    except _BROKEN as error:
        if "multiple disks" in str(error) or parts.is_named_part(file.uri):
            raise parts.missing(file.uri) from error
        raise damaged(file.uri, error) from error
    others: list[tuple[str, zipfile.ZipInfo]] = []
    with archive:
        infos = archive.infolist()
        into.budget.count(file.uri, len(infos))
        _refuse_overlaps(file, infos)
        for info in infos:
            uri = None if info.is_dir() else into.uri(_name(info))
            if uri is None:
                continue
            if info.flag_bits & _ENCRYPTED or info.compress_type == _AES:
                into.encrypted(uri)
            elif info.external_attr >> 16 & 0o170000 == _LINK:
                into.fail(
                    uri,
                    "unreadable",
                    "是指向别处的链接，不跟随 / a link to another file, not followed",
                    "请把文件本身放进压缩包 / put the file itself into the archive",
                )
            elif into.fits(uri, info.file_size, info.compress_size) and not _take(archive, info, uri, into):
                # Tried once more: some archivers write a name twice in two encodings, and the standard library refuses
                # such a member.
                others.append((uri, info))
    if others:
        _by_program(file, others, into)


def _take(archive: zipfile.ZipFile, info: zipfile.ZipInfo, uri: str, into: Collector) -> bool:
    """Unpack a member; whether its method is an own one and it could be."""
    if info.compress_type not in _OWN_METHODS:
        return False
    try:
        with archive.open(info) as content:
            data = content.read(info.file_size + 1)
            if len(data) != info.file_size:
                return False
    except _BROKEN:
        return False
    into.add(uri, data)
    return True


def _refuse_overlaps(file: SourceFile, infos: Sequence[zipfile.ZipInfo]) -> None:
    """Members that share bytes make a bomb whose every member looks harmless (Fifield, WOOT 2019)."""
    if sum(info.compress_size for info in infos) > len(file.data):
        raise NotRead(
            file.uri,
            "over_limit",
            "压缩包的成员互相重叠，疑为压缩炸弹 / members of the archive overlap, as in a decompression bomb",
            "请重新取得该文件 / obtain the file again",
        )


def _body(data: bytes, info: zipfile.ZipInfo) -> int:
    """Where a member's content begins, behind its local header, name and extra field (4.3.7)."""
    sizes = data[info.header_offset + 26 : info.header_offset + _LOCAL_HEADER]
    name, extra = struct.unpack("<HH", sizes) if len(sizes) == 4 else (0, 0)
    return int(info.header_offset + _LOCAL_HEADER + name + extra)


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a member; one that does not say it is UTF-8 was read as cp437 and is decoded anew."""
    if info.flag_bits & _UTF8_NAME:
        return info.orig_filename
    try:
        raw = info.orig_filename.encode("cp437")
    except UnicodeEncodeError:
        return info.orig_filename
    return _unicode_path(info.extra, raw) or short_texts.decode(raw)


def _unicode_path(extra: bytes, raw: bytes) -> str | None:
    """The name of the Info-ZIP Unicode Path Extra Field (4.6.9), where its checksum says it is of this name."""
    at = 0
    while at + 4 <= len(extra):
        kind, size = struct.unpack_from("<HH", extra, at)
        body = extra[at + 4 : at + 4 + size]
        at += 4 + size
        of_this_name = len(body) > 5 and struct.unpack_from("<BL", body) == (1, zlib.crc32(raw))
        if kind == _UNICODE_PATH and of_this_name:
            return body[5:].decode("utf-8", "replace")
    return None


def _by_program(file: SourceFile, others: Sequence[tuple[str, zipfile.ZipInfo]], into: Collector) -> None:
    """Unpack members of other methods by 7-Zip, from a ZIP made of them alone with their number as the name."""
    small = bytearray()
    directory = bytearray()
    for number, (_, info) in enumerate(others):
        start = info.header_offset
        if file.data[start : start + 4] != b"PK\x03\x04":
            into.broken(others[number][0], "no local header")
            continue
        body = _body(file.data, info)
        name = str(number).encode()
        common = struct.pack(
            "<HHHHHLLLHH",
            info.extract_version,
            info.flag_bits & 0x6,  # what tells the LZMA end mark and the like; sizes stand in the header now
            info.compress_type,
            0,
            33,
            info.CRC,
            info.compress_size,
            info.file_size,
            len(name),
            0,
        )
        directory += b"PK\x01\x02" + struct.pack("<H", 20) + common
        directory += struct.pack("<HHHLL", 0, 0, 0, 0, len(small)) + name
        small += b"PK\x03\x04" + common + name + file.data[body : body + info.compress_size]
    count = directory.count(b"PK\x01\x02")
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(small), 0)
    if not count:
        return
    try:
        found = seven_zip.extract(bytes(small + directory) + end, "zip", file.uri, into.budget.bytes)
    except NotRead as error:
        for uri, _ in others:
            into.fail(uri, error.cause, error.message, error.cure)
        return
    by_number = {item.name: item for item in found}
    for number, (uri, _) in enumerate(others):
        item = by_number.get(str(number))
        if item is not None and item.data is not None:
            into.add(uri, item.data)
        elif item is not None:
            seven_zip.unread(uri, item.error, into)
