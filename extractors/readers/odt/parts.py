"""The parts of an OpenDocument text: from a package, or from one flat XML file (ODF 1.3 part 2, part 3, 3.1)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from extractors.readers.odt.names import DC, META, OFFICE, STYLE
from extractors.readers.word.ooxml import Package, damaged, encrypted, xml_root
from schemas.errors import NotRead


class Parts:
    """The parts of one file.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Attributes:
        content: the root that holds the body and its automatic styles.
        text: the body.
        styles: the root that holds the common styles and the page masters, None without one.

    Raises:
        NotRead: ``damaged``, ``encrypted`` or ``over_limit``.
    """

    def __init__(self, data: bytes, uri: str) -> None:
        self._package: Package | None = None
        if data[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
            self.content = self.styles = self._meta = xml_root(data, uri, "office:document")
        else:
            self._package = Package(data, uri)
            manifest = self._package.bytes_of("META-INF/manifest.xml") or b""
            # ODF 1.3 part 2, 3.4; LibreOffice 24 puts the whole package into one encrypted member instead.
            if b"encryption-data" in manifest or "encrypted-package" in self._package:
                raise encrypted(uri)
            self.content, self.styles = self._package.xml("content.xml"), self._package.xml("styles.xml")
            self._meta = self.optional("meta.xml")
        text = self.content.find(f"{OFFICE}body/{OFFICE}text") if self.content is not None else None
        if text is None:
            raise damaged(uri, "没有正文 office:text / no text body")
        self.text: Any = text

    def optional(self, name: str) -> Any | None:
        """The root of a part whose loss is no loss of text; None when it is not there or broken."""
        try:
            return self._package.xml(name) if self._package is not None else None
        except NotRead:
            return None

    def __contains__(self, name: str) -> bool:
        return self._package is not None and name in self._package

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a part such as a picture; None when there is none of that name or it is broken."""
        try:
            return self._package.bytes_of(name) if self._package is not None else None
        except NotRead:
            return None

    def properties(self) -> dict[str, str]:
        """The properties that are filled in: title, creator, creation-date …; user-defined ones under their names."""
        found: dict[str, str] = {}
        for item in self._meta.iterfind(f"{OFFICE}meta/*") if self._meta is not None else ():
            if not isinstance(item.tag, str) or not item.tag.startswith((DC, META)):
                continue
            name = item.get(f"{META}name") or item.tag.rpartition("}")[2]
            if value := re.sub(r"\s+", " ", item.text or "").strip():
                found[name] = f"{found[name]}, {value}" if name in found else value
        return found

    def masters(self, named: Iterable[str]) -> list[Any]:
        """The page masters in use: the first, those that styles of the body name, and those that follow them."""
        root = self.styles
        masters = list(root.iterfind(f"{OFFICE}master-styles/{STYLE}master-page")) if root is not None else []
        by_name = {master.get(f"{STYLE}name", ""): master for master in masters}
        wanted = [*list(by_name)[:1], "Standard", *named]
        used: dict[str, Any] = {}
        for name in wanted:  # grows while it is walked
            if name in by_name and name not in used:
                used[name] = by_name[name]
                wanted.append(by_name[name].get(f"{STYLE}next-style-name", ""))
        return list(used.values())
