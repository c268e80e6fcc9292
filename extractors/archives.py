"""Archives: a ZIP or TAR file is its members, each a file of its own.

Names are labels, never paths on the disk: nothing is unpacked anywhere. Old Chinese archivers wrote names in GBK without
saying so; such names are told by what they decode to. Sizes are checked before and while a member is unpacked, since the
directory of an archive may lie about them.
"""

from __future__ import annotations

import io
import posixpath
import tarfile
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

from extractors.readers import formats, limits
from schemas.errors import NotRead
from schemas.outcome import Failure, SourceFile

SEPARATOR = "!/"
"""Between the archive's name and the member's: ``方案.zip!/附件/名单.xlsx``."""

_BROKEN = (
    zipfile.BadZipFile,
    tarfile.TarError,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    IndexError,
)
_UTF8_NAME = 0x800
_ENCRYPTED = 0x1
_JUNK = ("__MACOSX/", ".DS_Store", "Thumbs.db", "desktop.ini")


@dataclass(slots=True)
class Members:
    """The files of an archive, and those of its members that could not be taken out."""

    files: list[SourceFile] = field(default_factory=list)
    failures: list[Failure] = field(default_factory=list)


def is_archive(data: bytes, uri: str) -> bool:
    """Whether a file is an archive that ``members`` opens: ZIP, TAR, or a TAR that is compressed."""
    key = formats.recognise(data, uri).key if data else ""
    return key in ("zip", "tar") or (key in ("gzip", "bzip2") and _holds_tar(data))


def members(file: SourceFile) -> Members:
    """The files of an archive, in the order of their names; folders and what a system adds by itself left out.

    Raises:
        NotRead: the archive is damaged or empty, or would unpack to more than ``limits`` allow.
    """
    out = Members()
    found: list[tuple[str, bytes]] = []
    try:
        for name, size, packed, content in _entries(file, out):
            _check(file.uri, name, size, packed, sum(len(data) for _, data in found), len(found))
            data = content.read(limits.MAX_BYTES + 1)
            _check(file.uri, name, len(data), packed, sum(len(data) for _, data in found), len(found))
            found.append((name, data))
    except _BROKEN as error:
        raise NotRead(
            file.uri,
            "damaged",
            f"压缩包损坏 / the archive is damaged: {error}",
            "请重新取得该文件 / obtain the file again",
        ) from error
    if not found and not out.failures:
        raise NotRead(
            file.uri, "empty", "压缩包里没有文件 / the archive holds no files", "请重新取得该文件 / obtain it again"
        )
    out.files = [SourceFile(f"{file.uri}{SEPARATOR}{name}", data, file.fetched_at) for name, data in sorted(found)]
    return out


def _entries(file: SourceFile, out: Members) -> Iterator[tuple[str, int, int, IO[bytes]]]:
    """Name, stated size, packed size and content of each member; encrypted ones go to the failures."""
    if formats.recognise(file.data, file.uri).key != "zip":
        with tarfile.open(fileobj=io.BytesIO(file.data), mode="r:*") as tar:
            for member in tar:
                content = tar.extractfile(member) if member.isreg() else None
                if content is not None and not _is_junk(member.name):
                    yield _label(member.name), member.size, max(len(file.data), 1), content
        return
    with zipfile.ZipFile(io.BytesIO(file.data)) as archive:
        if len(archive.infolist()) > limits.MAX_MEMBERS:
            raise _too_large(file.uri, f"{len(archive.infolist())} 个文件 / members")
        for info in archive.infolist():
            name = _label(_name(info))
            if info.is_dir() or _is_junk(name):
                continue
            if info.flag_bits & _ENCRYPTED:
                out.failures.append(
                    Failure(
                        uri=f"{file.uri}{SEPARATOR}{name}",
                        cause="encrypted",
                        message="压缩包有密码 / the archive is protected by a password",
                        cure="请解压后再交 / unpack it with the password first",
                    )
                )
                continue
            with archive.open(info) as content:
                yield name, info.file_size, info.compress_size, content


def _check(uri: str, name: str, size: int, packed: int, so_far: int, count: int) -> None:
    if count >= limits.MAX_MEMBERS or so_far + size > limits.MAX_UNPACKED_BYTES or size > limits.MAX_BYTES:
        raise _too_large(uri, name)
    if size > 2**20 and size > limits.MAX_MEMBER_RATIO * max(packed, 1):
        raise _too_large(uri, name)


def _too_large(uri: str, what: str) -> NotRead:
    return NotRead(
        uri, "over_limit", f"解压后过大（{what}） / unpacks to more than the limits allow", "请拆分后再交 / split it"
    )


def _name(info: zipfile.ZipInfo) -> str:
    """The name of a ZIP member; one that does not say it is UTF-8 was read as cp437 and is decoded anew."""
    if info.flag_bits & _UTF8_NAME:
        return info.filename
    try:
        raw = info.filename.encode("cp437")
    except UnicodeEncodeError:
        return info.filename
    for encoding in ("utf-8", "gb18030", "big5"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return info.filename


def _label(name: str) -> str:
    """A name without ways out of the archive: no drive, no leading slash, no ``..``."""
    parts = [part for part in name.replace("\\", "/").split("/") if part not in ("", ".", "..")]
    return posixpath.join(*parts) if parts else "unnamed"


def _is_junk(name: str) -> bool:
    base = name.rstrip("/").rsplit("/", 1)[-1]
    return name.startswith(_JUNK[0]) or base in _JUNK or base.startswith(("._", "~$"))


def _holds_tar(data: bytes) -> bool:
    try:
        with tarfile.open(fileobj=io.BytesIO(data), mode="r:*") as tar:
            return tar.next() is not None
    except _BROKEN:
        return False
