"""Word documents as one XML file instead of a ZIP (Flat OPC, ``pkg:package``), as Word and document systems save them."""

from __future__ import annotations

import base64
import binascii
import copy
from typing import Any

import lxml.etree as etree

from extractors.readers import limits
from extractors.readers.word.ooxml import Package, damaged, over_limit, parsed

_PKG = "{http://schemas.microsoft.com/office/2006/xmlPackage}"
MARK = b"http://schemas.microsoft.com/office/2006/xmlPackage"
"""What such a file holds near its beginning."""


class FlatPackage(Package):
    """The parts of a Flat OPC file; asked for as those of a ZIP.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Raises:
        NotRead: ``damaged`` when it is not well-formed or declares a DTD, ``over_limit`` when it is too large.
    """

    def __init__(self, data: bytes, uri: str) -> None:
        self.uri = uri
        if len(data) > limits.MAX_TEXT_BYTES:
            raise over_limit(uri, f"XML 有 {len(data)} 字节 / an XML file of {len(data)} bytes")
        root = parsed(data, uri, "")
        self._parts: dict[str, Any] = {}
        for part in root.iterchildren(f"{_PKG}part"):
            if len(self._parts) >= limits.MAX_MEMBERS:
                raise over_limit(uri, f"部件超过 {limits.MAX_MEMBERS} 个 / more parts than the limit")
            self._parts[part.get(f"{_PKG}name", "").lstrip("/").lower()] = part

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._parts

    def names(self) -> list[str]:
        """The names of all parts, in lower case."""
        return list(self._parts)

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a part; None when the file has no such part."""
        part = self._parts.get(name.lower())
        if part is None:
            return None
        binary = part.find(f"{_PKG}binaryData")
        if binary is None:
            root = self.xml(name)
            return etree.tostring(root) if root is not None else b""
        try:
            return base64.b64decode(binary.text or "")
        except (binascii.Error, ValueError) as error:
            raise damaged(self.uri, f"部件 {name} 损坏 / broken part: {error}") from error

    def xml(self, name: str) -> Any | None:
        """The root element of an XML part (lxml); None when the file has no such part."""
        part = self._parts.get(name.lower())
        if part is None:
            return None
        holder = part.find(f"{_PKG}xmlData")
        if holder is None:
            return parsed(self.bytes_of(name) or b"", self.uri, name)
        root = next((child for child in holder if isinstance(child.tag, str)), None)
        # A tree of its own, so that nothing looks beyond the part.
        return copy.deepcopy(root) if root is not None else None
