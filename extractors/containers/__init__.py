"""Containers: files that are other files. Archives (ZIP, TAR, 7z, RAR), single compressed files, and mail.

Names of members are labels, never paths on the disk: nothing is unpacked anywhere. What a container may unpack to is one
``Budget``, handed down to the containers inside it, so that an archive of archives cannot multiply.
"""

from __future__ import annotations

from importlib import import_module

from extractors.containers import parts
from extractors.containers.collect import SEPARATOR, Budget, Collector, Members
from extractors.readers import formats, limits
from schemas.errors import NotRead
from schemas.outcome import SourceFile

__all__ = ["SEPARATOR", "Budget", "Members", "is_container", "member", "members"]

_MODULES = {
    "zip": "zip",
    "tar": "tar",
    "gzip": "tar",
    "bzip2": "tar",
    "xz": "tar",
    "zstd": "seven_zip",
    "7z": "seven_zip",
    "rar": "seven_zip",
    "eml": "mail",
    "mbox": "mailbox",
}
"""Format -> the module of this package whose ``unpack(file, into)`` opens it."""


def is_container(data: bytes, uri: str) -> bool:
    """Whether a file is one that ``members`` opens: an archive, a compressed file, a mail or a mailbox.

    A volume of an archive in several parts counts too: ``members`` says that the others are missing.
    """
    return bool(data) and (formats.recognise(data, uri).key in _MODULES or parts.is_later_part(data, uri))


def members(file: SourceFile, budget: Budget | None = None) -> Members:
    """The files of a container, in the order of their names; folders and what a system adds by itself left out.

    Args:
        file: the container.
        budget: what may still be unpacked; a container inside another is given what the outer one left. None begins
            a new one with the limits of ``extractors.readers.limits``.

    Returns:
        The files, and one failure for each member that could not be taken out (damaged, encrypted, too large).

    Raises:
        NotRead: the file is no container, or it is damaged, encrypted or empty as a whole, parts of it are missing, or its members
            together are more than the budget.
    """
    if parts.is_later_part(file.data, file.uri):
        raise parts.missing(file.uri)
    found = formats.recognise(file.data, file.uri)
    name = _MODULES.get(found.key)
    if name is None:
        message = f"{found.chinese}不是压缩包或邮件 / {found.english} is neither archive nor mail"
        raise NotRead(file.uri, "unsupported_format", message, found.cure)
    into = Collector(file, budget or Budget())
    import_module(f"{__name__}.{name}").unpack(file, into)
    return into.done()


def member(data: bytes, uri: str, path: str) -> SourceFile:
    """One member of a container, by the name under which ``members`` listed it.

    Args:
        data: the outermost container.
        uri: its name.
        path: the member's name with or without the container's: ``附件/名单.xlsx`` or ``方案.zip!/附件/名单.xlsx``;
            containers inside are named on the way (``内.zip!/名单.xlsx``).

    Raises:
        NotRead: there is no such member, or it cannot be taken out.
    """
    steps = path.removeprefix(uri + SEPARATOR).split(SEPARATOR)
    file, budget = SourceFile(uri, data), Budget()
    for step in steps[: limits.MAX_ARCHIVE_DEPTH]:
        found = members(file, budget) if is_container(file.data, file.uri) else Members()
        wanted = f"{file.uri}{SEPARATOR}{step}"
        file_or_none = next((one for one in found.files if one.uri == wanted), None)
        if file_or_none is None:
            raise NotRead(wanted, "unreadable", "压缩包或邮件里没有这个文件 / the container holds no such member", "")
        file = file_or_none
    return file
