"""What an OFD package is made of: documents with their pages, templates and resources (GB/T 33190-2016, clauses 7, 9)."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from extractors.readers import limits
from extractors.readers.ofd.geometry import MM, number, numbers
from extractors.readers.ofd.package import OfdPackage, child, children, local, text_of
from extractors.readers.word.ooxml import damaged, over_limit
from extractors.readers.word.symbols import FONTS
from schemas.errors import NotRead
from schemas.reading import Note

A4 = (210.0 * MM, 297.0 * MM)
_FORMATS = ("PhysicalBox", "ApplicationBox", "CropBox", "ContentBox")


@dataclass(slots=True)
class Resources:
    """What pages refer to by number: pictures (part names), composite graphic units (elements), and those fonts whose
    letters are signs (Wingdings), by the names that ``symbols`` knows them by."""

    pictures: dict[str, str] = field(default_factory=dict)
    units: dict[str, Any] = field(default_factory=dict)
    symbols: dict[str, str] = field(default_factory=dict)

    def with_more(self, other: Resources) -> Resources:
        """These and a page's own, which go before."""
        return Resources(self.pictures | other.pictures, self.units | other.units, self.symbols | other.symbols)


@dataclass(slots=True)
class Leaf:
    """One page as the document lists it; ``part`` is None when the package does not hold it."""

    identifier: str
    part: str | None


@dataclass(slots=True)
class Body:
    """One document of the package (DocBody): its pages in order and what they share.

    ``size`` is the page size in points where the page says none; ``templates`` maps the number of a template to its
    part and default z-order.
    """

    folder: str
    root: Any
    size: tuple[float, float]
    leaves: list[Leaf]
    resources: Resources
    templates: dict[str, tuple[str | None, str]]
    info: dict[str, str]
    signatures: str | None


def bodies(package: OfdPackage, notes: list[Note]) -> Iterator[Body]:
    """The documents of a package, in its order; of several versions of one the current.

    Raises:
        NotRead: ``encrypted``, ``damaged`` when OFD.xml or a document's root is missing or broken, ``over_limit`` when
            there are too many pages.
    """
    root = package.xml(package.start)
    if root is None:
        raise damaged(package.uri, "缺少 OFD.xml / OFD.xml is missing")
    _refuse_encrypted(package, root)
    folder = posixpath.dirname(package.start)
    pages = 0
    for element in children(root, "DocBody"):
        location = text_of(child(element, "DocRoot"))
        part = _current(package, element, folder, notes) or package.find(location, folder)
        document = package.xml(part) if part is not None else None
        if part is None or document is None:
            raise damaged(package.uri, f"缺少文档根节点 / the document's root is missing: {location[:100]}")
        body = _body(package, part, document, element, notes)
        pages += len(body.leaves)
        if pages > limits.MAX_PAGES:
            raise over_limit(package.uri, f"超过 {limits.MAX_PAGES} 页 / more than {limits.MAX_PAGES} pages")
        yield body


def _refuse_encrypted(package: OfdPackage, root: Any) -> None:
    # GM/T 0099-2020: an encrypted package lists in Encryptions.xml which of its files are cipher text.
    part = package.find("Encryptions.xml") or package.find(text_of(child(root, "Encryptions")))
    if part is None:
        return
    try:
        listed = package.xml(part)
    except NotRead as error:
        if error.cause != "damaged":
            raise
        listed = root
    if listed is not None and len(listed):
        raise NotRead(
            package.uri,
            "encrypted",
            "OFD 已加密 / the OFD is encrypted",
            "请用阅读软件解密后另存 / decrypt it in its reader and save it again",
        )


def _current(package: OfdPackage, body: Any, folder: str, notes: list[Note]) -> str | None:
    """The root part of the version in force, where the document keeps several (GB/T 33190-2016, clause 19)."""
    versions = list(children(child(body, "Versions"), "Version"))
    if not versions:
        return None
    current = [v for v in versions if (v.get("Current") or "").strip().lower() in ("true", "1")]
    chosen = current[-1] if current else max(versions, key=lambda v: number(v.get("Index")) or 0.0)
    part = package.find(chosen.get("BaseLoc"), folder)
    version = package.xml(part) if part is not None else None
    if part is None or version is None:
        notes.append(
            Note("version", "未找到当前版本，读取原始版本 / the current version is missing, read the original")
        )
        return None
    if len(versions) > 1:
        notes.append(
            Note("version", f"文件有 {len(versions)} 个版本，已读取当前版本 / read the current of {len(versions)}")
        )
    return package.find(text_of(child(version, "DocRoot")), posixpath.dirname(part), folder)


def _body(package: OfdPackage, part: str, document: Any, element: Any, notes: list[Note]) -> Body:
    folder = posixpath.dirname(part)
    common = child(document, "CommonData")
    resources = Resources()
    for kind in ("PublicRes", "DocumentRes"):
        for item in children(common, kind):
            resources = resources.with_more(read_resources(package, text_of(item), folder, notes))
    templates = {
        item.get("ID") or "": (package.find(item.get("BaseLoc"), folder), item.get("ZOrder") or "Background")
        for item in children(common, "TemplatePage")
    }
    listed = list(children(child(document, "Pages"), "Page"))
    if len(listed) > limits.MAX_PAGES:
        raise over_limit(package.uri, f"有 {len(listed)} 页，上限 {limits.MAX_PAGES} / {len(listed)} pages")
    leaves = [Leaf(item.get("ID") or "", package.find(item.get("BaseLoc"), folder)) for item in listed]
    return Body(
        folder,
        document,
        page_size(child(common, "PageArea")) or A4,
        leaves,
        resources,
        templates,
        _info(child(element, "DocInfo")),
        package.find(text_of(child(element, "Signatures")), posixpath.dirname(package.start), folder),
    )


def page_size(area: Any | None) -> tuple[float, float] | None:
    """Width and height of a page in points, from the first of its boxes that says them."""
    for name in _FORMATS:
        box = numbers(text_of(child(area, name)), 4)
        if box is not None and box[2] > 0 and box[3] > 0:
            return box[2] * MM, box[3] * MM
    return None


def read_resources(package: OfdPackage, location: str, folder: str, notes: list[Note]) -> Resources:
    """The resources that a part lists; none, with a note, when it is missing or broken.

    Args:
        location: the part as the document or page names it.
        folder: where that document or page is.
    """
    found = Resources()
    part = package.find(location, folder)
    try:
        root = package.xml(part) if part is not None else None
    except NotRead as error:
        if error.cause != "damaged":
            raise
        root = None
    if part is None or root is None:
        notes.append(Note("resource_missing", f"资源文件缺失或损坏 / resources missing or broken: {location[:100]}"))
        return found
    own = posixpath.dirname(part)
    base = posixpath.normpath(posixpath.join(own, (root.get("BaseLoc") or "").replace("\\", "/").lstrip("/")))
    absolute = (root.get("BaseLoc") or "").startswith(("/", "\\"))
    base = (root.get("BaseLoc") or "").strip("/\\") if absolute else base
    for group in root:
        for item in group:
            identifier, kind = item.get("ID") or "", local(item)
            if kind == "MultiMedia":
                file = package.find(text_of(child(item, "MediaFile")), base, own, posixpath.join(own, "Res"), folder)
                if file is not None:
                    found.pictures[identifier] = file
            elif kind == "CompositeGraphicUnit":
                found.units[identifier] = item
            elif kind == "Font":
                # Subsets are named ABCDEF+Wingdings-Regular.
                name = (item.get("FontName") or "").rpartition("+")[2].lower().removesuffix("-regular")
                if name in FONTS:
                    found.symbols[identifier] = name
    return found


def _info(element: Any | None) -> dict[str, str]:
    """DocInfo as names and values; custom data under its own names, key words after each other."""
    found: dict[str, str] = {}
    for item in element if element is not None else ():
        name = local(item)
        if name == "CustomDatas":
            pairs = [((data.get("Name") or "").strip(), text_of(data)) for data in children(item, "CustomData")]
        elif name == "Keywords":
            pairs = [(name, "；".join(filter(None, (text_of(word) for word in item))) or text_of(item))]
        else:
            pairs = [(name, text_of(item))]
        for key, value in pairs:
            if key and value:
                found.setdefault(key[:200], value[:10_000])
    return found
