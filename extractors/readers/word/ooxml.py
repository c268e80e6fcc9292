"""Opening the zip of an office file (DOCX, XLSX, ODT) without trusting it.

The parts are parsed without a DTD, without entities and without network; sizes are checked before and while reading,
because the directory of a zip may lie about them.
"""

from __future__ import annotations

import io
import posixpath
import re
import struct
import zipfile
import zlib
from typing import Any

import lxml.etree as etree

from extractors.readers import limits
from schemas.errors import NotRead

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
"""How an OLE2 file begins: the old binary formats, and the container of a password-protected OOXML file."""

_NO_PASSWORD = "请取消密码后另存 / remove the password and save it again"

_ZIP_ERRORS = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    NotImplementedError,
    OSError,
    ValueError,
    IndexError,
    OverflowError,
)

# ISO/IEC 29500 Strict files use their own namespaces for the same vocabulary.
_STRICT = (
    (b"http://purl.oclc.org/ooxml/wordprocessingml/", b"http://schemas.openxmlformats.org/wordprocessingml/2006/"),
    (b"http://purl.oclc.org/ooxml/spreadsheetml/", b"http://schemas.openxmlformats.org/spreadsheetml/2006/"),
    (b"http://purl.oclc.org/ooxml/drawingml/", b"http://schemas.openxmlformats.org/drawingml/2006/"),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
    ),
    (
        b"http://purl.oclc.org/ooxml/officeDocument/math",
        b"http://schemas.openxmlformats.org/officeDocument/2006/math",
    ),
)


class Package:
    """The parts of one office file.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Raises:
        NotRead: ``damaged`` when it is no zip or a part is broken, ``encrypted`` when it needs a password,
            ``over_limit`` when it would unpack to too much.
    """

    shrinking: tuple[str, ...] = ()
    """Ends of the names of parts that honestly shrink more than a bomb is suspected of."""

    def __init__(self, data: bytes, uri: str) -> None:
        self.uri = uri
        if data.startswith(OLE):
            if is_encrypted(data):
                raise encrypted(uri)
            raise damaged(uri, "内容是旧版二进制 Office 格式 / the content is an old binary Office format")
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
            members = self._zip.infolist()
        except _ZIP_ERRORS as error:
            raise damaged(uri, f"压缩包不完整 / broken ZIP container: {error}") from error
        unpacked = sum(member.file_size for member in members)
        if len(members) > limits.MAX_MEMBERS or unpacked > limits.MAX_UNPACKED_BYTES:
            raise over_limit(uri, f"解压后过大 / unpacks to {len(members)} parts of {unpacked} bytes")
        for member in members:
            if member.filename.lower().endswith(self.shrinking):
                continue
            if member.file_size > 2**20 and member.file_size > limits.MAX_MEMBER_RATIO * max(member.compress_size, 1):
                raise over_limit(uri, f"{member.filename} 的压缩比异常 / the part is packed like a zip bomb")
        # Some programs write the names with the separator of Windows.
        self._names = {m.filename.replace("\\", "/").lstrip("/").lower(): m for m in members}

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._names

    def names(self) -> list[str]:
        """The names of all parts, as written in the file."""
        return [member.filename.lstrip("/") for member in self._names.values()]

    def bytes_of(self, name: str) -> bytes | None:
        """The bytes of a part; None when the file has no such part."""
        member = self._names.get(name.lower())
        if member is None:
            return None
        if member.flag_bits & 0x1:
            raise encrypted(self.uri)
        try:
            with self._zip.open(member) as stream:
                content = stream.read(member.file_size + 1)
        except RuntimeError as error:
            raise encrypted(self.uri) from error
        except _ZIP_ERRORS as error:
            raise damaged(self.uri, f"部件 {name} 损坏 / broken part: {error}") from error
        if len(content) > member.file_size:
            raise damaged(self.uri, f"部件 {name} 比其目录所记的大 / the part is larger than declared")
        return content

    def xml(self, name: str) -> Any | None:
        """The root element of an XML part (lxml); None when the file has no such part.

        Raises:
            NotRead: ``damaged`` when the part is not well-formed or declares a DTD.
        """
        content = self.bytes_of(name)
        if content is None:
            return None
        return parsed(content, self.uri, name)

    def relations(self, name: str) -> dict[str, tuple[str, str, bool]]:
        """What a part refers to: relationship id → (type's last word, target, is the target outside the file).

        Targets inside the file are part names, from the root of the zip.
        """
        folder, base = posixpath.split(name)
        root = self.xml(posixpath.join(folder, "_rels", base + ".rels"))
        found: dict[str, tuple[str, str, bool]] = {}
        for relation in root if root is not None else ():
            if not isinstance(relation.tag, str):
                continue
            target, external = relation.get("Target", ""), relation.get("TargetMode") == "External"
            if not external:
                target = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))
            found[relation.get("Id", "")] = (relation.get("Type", "").rsplit("/", 1)[-1], target, external)
        return found

    def main_part(self, usual: str) -> str:
        """The part that ``_rels/.rels`` names as the document, else the usual one."""
        for kind, target, external in self.relations("").values():
            if kind == "officeDocument" and not external and target in self:
                return target
        return usual

    def properties(self) -> dict[str, str]:
        """The core properties (docProps/core.xml) that are filled in: title, creator, created, …"""
        try:
            root = self.xml("docProps/core.xml")
        except NotRead:
            # Properties are extra: a document whose text is whole is not given up for them.
            return {}
        found = {}
        for item in root if root is not None else ():
            if isinstance(item.tag, str) and (value := re.sub(r"\s+", " ", item.text or "").strip()):
                found[etree.QName(item).localname] = value
        return found


def xml_root(content: bytes, uri: str, name: str) -> Any:
    """The root element (lxml) of XML from outside: no DTD, no entities, no network, no huge trees.

    Args:
        content: the bytes of the part.
        uri: the file as the user named it, for messages.
        name: the part's name, for messages.

    Raises:
        NotRead: ``damaged`` when the part is not well-formed or declares a DTD.
    """
    # Looked for before parsing: attribute values would be expanded whatever the parser is told about entities.
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise damaged(uri, f"部件 {name} 含有不允许的 DTD / the part declares a DTD")
    parser = etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False)
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise damaged(uri, f"部件 {name} 不是合法的 XML / not well-formed: {error}") from error
    if root.getroottree().docinfo.doctype:
        raise damaged(uri, f"部件 {name} 含有不允许的 DTD / the part declares a DTD")
    return root


def parsed(content: bytes, uri: str, name: str) -> Any:
    """The root element of an XML part (lxml), Strict namespaces made the usual ones.

    Args:
        content: the bytes of the part.
        uri: the file, for messages.
        name: the part, for messages.

    Raises:
        NotRead: ``damaged`` when the part is not well-formed or declares a DTD.
    """
    if b"purl.oclc.org/ooxml" in content:
        for strict, transitional in _STRICT:
            content = content.replace(strict, transitional)
    return xml_root(content, uri, name)


def is_encrypted(data: bytes) -> bool:
    """Whether an OLE2 file is an OOXML file behind a password: [MS-OFFCRYPTO] 2.3.1, the stream EncryptedPackage."""
    return data.startswith(OLE) and "EncryptedPackage".encode("utf-16-le") in data


def damaged(uri: str, what: str) -> NotRead:
    """The error for a file whose bytes are broken."""
    return NotRead(uri, "damaged", f"文件损坏：{_one_line(what)}", "请重新取得该文件 / obtain the file again")


def encrypted(uri: str) -> NotRead:
    """The error for a file that needs a password."""
    return NotRead(uri, "encrypted", "文件有密码 / the file is protected by a password", _NO_PASSWORD)


def over_limit(uri: str, what: str) -> NotRead:
    """The error for a file that is larger than is read."""
    return NotRead(uri, "over_limit", f"超出读取上限：{_one_line(what)}", "请拆分后再读 / split it")


def no_text(uri: str, what: str, cure: str) -> NotRead:
    """The error for a file that was read and holds no text."""
    return NotRead(uri, "no_text", _one_line(what), cure)


def _one_line(text: str) -> str:
    return re.sub(r"\s+", " ", text)[:300]
