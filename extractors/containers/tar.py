"""TAR, plain or compressed, and single compressed files (``方案.doc.gz`` is one member, ``方案.doc``)."""

from __future__ import annotations

import io
import re

from extractors.containers import names
from extractors.containers.collect import Collector, damaged, too_large
from extractors.containers.streams import BROKEN, Stream, TooMuch
from extractors.containers.tar_headers import BLOCK, Entry, Readable, entries
from extractors.readers import formats, limits
from extractors.readers.encodings import short_texts
from schemas.outcome import SourceFile

_STEP = 2**18
_SUFFIX = re.compile(r"\.(?:gz|bz2|xz|zst)$", re.IGNORECASE)
_TAR_SUFFIX = re.compile(r"\.(?:tgz|tbz2?|txz|tzst)$", re.IGNORECASE)


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
        head = Stream(file.data, key, limits.MAX_UNPACKED_BYTES).read(BLOCK)
    except TooMuch as error:
        raise too_large(file.uri, "太多的压缩流 / too many streams") from error
    except BROKEN as error:
        raise damaged(file.uri, error) from error
    # Everything that stands in a TAR counts, members that are passed over too.
    limit = into.budget.bytes + limits.MAX_MEMBERS * BLOCK
    if formats.is_tar(head):
        _tar(Stream(file.data, key, limit), file, into)
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
    except BROKEN as error:
        raise damaged(file.uri, error) from error
    into.add(uri, data)


def inner_name(uri: str) -> str:
    """The name of the file inside a compressed file: ``方案.doc.gz`` → ``方案.doc``."""
    base = uri.replace("\\", "/").rpartition("/")[2]
    return _TAR_SUFFIX.sub(".tar", _SUFFIX.sub("", base)) or "unnamed"


def _tar(content: Readable, file: SourceFile, into: Collector) -> None:
    taken = False
    try:
        for entry in entries(content):
            into.budget.count(file.uri)
            taken = True
            _entry(entry, into)
        _prove(content)
    except TooMuch as error:
        raise too_large(file.uri, f"{limits.MAX_UNPACKED_BYTES // 2**20} MB") from error
    except BROKEN as error:
        if not taken or not isinstance(error, EOFError | ValueError):
            raise damaged(file.uri, error) from error  # what a compressed file gave before may be wrong
        if isinstance(error, ValueError):
            try:
                _prove(content)
            except (*BROKEN, TooMuch):
                raise damaged(file.uri, error) from error
        # What stood before the damage is read; that something is missing must not be silent.
        into.broken(file.uri, error)


def _prove(content: Readable) -> None:
    """Read to the end, where a compressed file has its checksum."""
    while content.read(_STEP):
        pass


def _entry(entry: Entry, into: Collector) -> None:
    uri = None if entry.kind == "folder" else into.uri(short_texts.decode(entry.name))
    if uri is None:
        return
    if entry.kind == "link":
        target = names.label(short_texts.decode(entry.link))
        into.fail(
            uri,
            "unreadable",
            f"是指向“{target}”的链接，不跟随 / a link to another file, not followed",
            "请把文件本身放进压缩包 / put the file itself into the archive",
        )
    elif entry.kind == "device":
        into.fail(uri, "unreadable", "是设备或管道，不是文件 / a device or pipe, no file", "")
    elif entry.kind == "sparse":
        message = "是稀疏文件，未读 / a sparse file, not read"
        into.fail(uri, "unsupported_format", message, "请用普通方式重新打包 / pack it again without --sparse")
    elif into.fits(uri, entry.size):
        data = entry.content()
        if len(data) != entry.size:
            into.broken(uri, "文件不完整 / the file ends in the middle")
        else:
            into.add(uri, data)
