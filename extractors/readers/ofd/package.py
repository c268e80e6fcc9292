"""The parts of an OFD package: a ZIP whose XML parts name each other by absolute or relative paths.

Producers differ in how they write the paths (backslashes, another case than the member has, relative to the wrong
folder, a whole package inside of a folder); what leads out of the package is never followed.
"""

from __future__ import annotations

import posixpath
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Any

from extractors.readers import limits
from extractors.readers.word.ooxml import Package, over_limit
from schemas.errors import NotRead


def local(element: Any) -> str:
    """The name of an element without its namespace: there are two in use, ``http://www.ofdspec.org/2016`` and
    ``http://www.ofdspec.org``, and some files bind neither. Empty for comments."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def children(element: Any, name: str) -> Iterator[Any]:
    """The children of that name; none of None."""
    return (child for child in element if local(child) == name) if element is not None else iter(())


def child(element: Any, *path: str) -> Any | None:
    """The first child of that name, and its first child of the next name, …; None where there is none."""
    for name in path:
        element = next(children(element, name), None)
    return element


def text_of(element: Any) -> str:
    """The text of an element on one line; empty for None."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""


class OfdPackage(Package):
    """The parts of one OFD file.

    ``escapes`` lists the paths that would have led out of the package.

    Raises:
        NotRead: as ``Package`` does.
    """

    # A blank page as an uncompressed picture shrinks a thousandfold; parts that are parsed have a limit of their own,
    # and the pixels of pictures are limited before they are decoded.
    shrinking = (".bmp", ".tif", ".tiff")

    def __init__(self, data: bytes, uri: str) -> None:
        super().__init__(data, uri)
        self._data = data
        self._names = {_plain(name): member for name, member in self._all().items()}
        self.escapes: list[str] = []
        self._parsed = 0
        starts = [name for name in self._names if posixpath.basename(name) == "ofd.xml"]
        self.start = min(starts, key=lambda name: (name.count("/"), name), default="ofd.xml")
        self._root = posixpath.dirname(self.start)

    def _all(self) -> dict[str, zipfile.ZipInfo]:
        members = {}
        for member in self._zip.infolist():
            name = member.filename
            if not member.flag_bits & 0x800:
                # Without the flag the names are in the system's code page, which for Chinese producers is GBK;
                # zipfile reads code page 437.
                for encoding in ("utf-8", "gb18030"):
                    try:
                        name = member.filename.encode("cp437").decode(encoding)
                        break
                    except (UnicodeEncodeError, UnicodeDecodeError):
                        continue
            members[name] = member
        return members

    def find(self, location: str | None, *folders: str) -> str | None:
        """The part that a path means, looked for from each folder in turn, then from the root; None without one.

        Args:
            location: the path as written: absolute (``/Doc_0/Document.xml``) or relative.
            folders: folders of the package, the one the standard means first.
        """
        path = (location or "").strip().replace("\\", "/")
        if not path:
            return None
        bases = [self._root] if path.startswith("/") else [*folders, self._root]
        escaped = False
        for base in bases:
            name = posixpath.normpath(posixpath.join(base, path.lstrip("/"))).lower()
            if name.startswith("../") or name == "..":
                escaped = True
            elif name in self._names:
                return name
        if escaped and len(self.escapes) < 20:
            self.escapes.append(path[:200])
        return None

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a part, as ``Package`` gives them, also from the loose ZIP files that some producers write."""
        try:
            return super().bytes_of(name)
        except NotRead as error:
            content = self._loosely(self._names[name.lower()]) if error.cause == "damaged" else None
            if content is None:
                raise
            return content

    def _loosely(self, member: zipfile.ZipInfo) -> bytes | None:
        """A part whose local header has another name or checksum than the directory; None when it is broken.

        Some versions of Suwell's converter write such headers. What was unpacked must have the length that the
        directory says, and one of the two checksums must agree or the directory have none.
        """
        start = member.header_offset
        header = self._data[start : start + 30]
        if len(header) < 30 or header[:4] != b"PK\x03\x04":
            return None
        checksum, name_length, extra_length = struct.unpack("<I8xHH", header[14:])
        start += 30 + name_length + extra_length
        content = self._data[start : start + member.compress_size]
        if member.compress_type == zipfile.ZIP_DEFLATED:
            try:
                content = zlib.decompressobj(-15).decompress(content, member.file_size + 1)
            except zlib.error:
                return None
        elif member.compress_type != zipfile.ZIP_STORED:
            return None
        if len(content) != member.file_size:
            return None
        return content if member.CRC == 0 or zlib.crc32(content) in (checksum, member.CRC) else None

    def xml(self, name: str) -> Any | None:
        """The root of an XML part, as ``Package`` gives it, within the limits of one part and of one file."""
        member = self._names.get(name.lower())
        if member is not None:
            self._parsed += member.file_size
            if member.file_size > limits.MAX_XML_PART_BYTES or self._parsed > limits.MAX_UNPACKED_BYTES:
                raise over_limit(self.uri, f"XML 部件过大 / too much XML: {name} ({member.file_size} bytes)")
        return super().xml(name)


def _plain(name: str) -> str:
    return posixpath.normpath(name.replace("\\", "/").lstrip("/")).lower()
