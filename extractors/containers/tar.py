"""TAR, plain or compressed, and single compressed files (``方案.doc.gz`` is one member, ``方案.doc``)."""

from __future__ import annotations

import io
import re
import tarfile
from typing import IO, cast

from extractors.containers import names
from extractors.containers.collect import Collector, damaged, too_large
from extractors.containers.streams import BROKEN, Stream, TooMuch
from extractors.readers import formats, limits, short_texts
from schemas.outcome import SourceFile

_BLOCK = 512
_SUFFIX = re.compile(r"\.(?:gz|bz2|xz|zst)$", re.IGNORECASE)
_TAR_SUFFIX = re.compile(r"\.(?:tgz|tbz2?|txz|tzst)$", re.IGNORECASE)
_BROKEN = (*BROKEN, tarfile.TarError, RecursionError, OverflowError)


def unpack(file: SourceFile, into: Collector) -> None:
    """Take out the members of a TAR, or the one file of a compressed file.

    Raises:
        NotRead: nothing can be taken out of it, or too much would have to be.
    """
    key = formats.recognise(file.data, file.uri).key
    if key == "tar":
        _tar(io.BytesIO(file.data), file, into)
        return
    try:
        head = Stream(file.data, key, limits.MAX_UNPACKED_BYTES).read(_BLOCK)
    except TooMuch as error:
        raise too_large(file.uri, "太多的压缩流 / too many streams") from error
    except _BROKEN as error:
        raise damaged(file.uri, error) from error
    # Everything that stands in a TAR counts, members that are passed over too.
    limit = into.budget.bytes + limits.MAX_MEMBERS * _BLOCK
    if formats.is_tar(head):
        _tar(cast(IO[bytes], Stream(file.data, key, limit)), file, into)
    else:
        single(file, into, Stream(file.data, key, limits.MAX_BYTES))


def single(file: SourceFile, into: Collector, content: Stream) -> None:
    """Keep the one file of a compressed file.

    Raises:
        NotRead: it is damaged or too large.
    """
    uri = into.uri(inner_name(file.uri))
    into.budget.count(file.uri)
    if uri is None:
        return
    try:
        data = content.read()
    except TooMuch as error:
        raise too_large(file.uri, f"{limits.MAX_BYTES // 2**20} MB") from error
    except _BROKEN as error:
        raise damaged(file.uri, error) from error
    into.add(uri, data)


def inner_name(uri: str) -> str:
    """The name of the file inside a compressed file: ``方案.doc.gz`` → ``方案.doc``."""
    base = uri.replace("\\", "/").rpartition("/")[2]
    return _TAR_SUFFIX.sub(".tar", _SUFFIX.sub("", base)) or "unnamed"


def _tar(content: IO[bytes], file: SourceFile, into: Collector) -> None:
    taken = False
    try:
        # As a stream, so that nothing is unpacked twice and nothing is sought.
        with tarfile.open(fileobj=content, mode="r|", encoding="utf-8", errors="surrogateescape") as tar:
            for member in tar:
                into.budget.count(file.uri)
                taken = True
                _member(tar, member, into)
    except TooMuch as error:
        raise too_large(file.uri, f"{limits.MAX_UNPACKED_BYTES // 2**20} MB") from error
    except _BROKEN as error:
        if not taken:
            raise damaged(file.uri, error) from error
        # What stood before the damage is read; that something is missing must not be silent.
        into.broken(file.uri, error)


def _member(tar: tarfile.TarFile, member: tarfile.TarInfo, into: Collector) -> None:
    if member.isdir():
        return
    uri = into.uri(short_texts.decode(member.name.encode("utf-8", "surrogateescape")))
    if uri is None:
        return
    if member.issym() or member.islnk():
        into.fail(
            uri,
            "unreadable",
            f"是指向“{names.label(member.linkname)}”的链接，不跟随 / a link to another file, not followed",
            "请把文件本身放进压缩包 / put the file itself into the archive",
        )
        return
    content = tar.extractfile(member) if member.isreg() else None
    if content is None:
        into.fail(uri, "unreadable", "是设备或管道，不是文件 / a device or pipe, no file", "")
        return
    # A sparse file may claim any size: holes are not stored.
    if into.fits(uri, member.size, None):
        data = content.read(limits.MAX_BYTES + 1)
        if len(data) != member.size:
            into.broken(uri, "the file ends in the middle / 文件不完整")
        else:
            into.add(uri, data)
