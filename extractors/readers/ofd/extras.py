"""What an OFD holds beside its pages: annotations, attached files, signatures. They are named, never mixed in."""

from __future__ import annotations

import posixpath
from typing import Any

from extractors.readers import limits
from extractors.readers.ofd.content import TooMuch, content_of
from extractors.readers.ofd.document import Body, Resources
from extractors.readers.ofd.geometry import PAGE, placed
from extractors.readers.ofd.package import OfdPackage, child, children, text_of
from schemas.errors import NotRead
from schemas.reading import Note

_SHOWN = 200
_LISTED = 20


def note_annotations(package: OfdPackage, body: Body, first: int, notes: list[Note]) -> None:
    """Notes on the annotations of each page: watermarks and stamps by name, others with what they say.

    Args:
        body: the document.
        first: the number of its first page in the file.
        notes: gets ``watermark``, ``stamp`` and ``annotation``.
    """
    part = package.find(text_of(child(body.root, "Annotations")), body.folder)
    root = _xml(package, part)
    if part is None or root is None:
        return
    numbers = {leaf.identifier: first + index for index, leaf in enumerate(body.leaves)}
    for page in list(children(root, "Page"))[: limits.MAX_PAGES]:
        number = numbers.get(page.get("PageID") or "")
        location = text_of(child(page, "FileLoc"))
        listed = _xml(package, package.find(location, posixpath.dirname(part), body.folder))
        if listed is not None:
            _of_page(listed, number, body.resources, notes)


def _of_page(root: Any, number: int | None, resources: Resources, notes: list[Note]) -> None:
    found: dict[str, list[str]] = {}
    for annotation in children(root, "Annot"):
        kind = (annotation.get("Type") or "").strip()
        text = _says(annotation, resources)
        if kind in ("Stamp", "Watermark") or text:
            found.setdefault(kind, []).append(text)
    place = f"第 {number} 页" if number is not None else "某页"
    for kind, texts in found.items():
        said = "；".join(dict.fromkeys(filter(None, texts)))[:_SHOWN]
        if kind == "Watermark":
            notes.append(Note("watermark", f"{place}的水印未计入正文 / watermark left out: {said}", number))
        elif kind == "Stamp":
            notes.append(Note("stamp", f"{place}有 {len(texts)} 个印章 / the page bears a stamp: {said}", number))
        else:
            notes.append(Note("annotation", f"{place}的批注未计入正文 / annotation left out: {said}", number))


def _says(annotation: Any, resources: Resources) -> str:
    """The words of an annotation: its remark, and the text it draws."""
    said = text_of(child(annotation, "Remark"))
    appearance = child(annotation, "Appearance")
    if appearance is not None:
        try:
            drawn = content_of(appearance, placed(appearance.get("Boundary"), None, PAGE), resources)
        except TooMuch:
            return said
        glyphs = [glyph for some in drawn.glyphs.values() for glyph in some]
        said = " ".join(filter(None, [said, "".join(g.text for g in glyphs), *drawn.watermark]))
    return said


def note_attachments(package: OfdPackage, body: Body, notes: list[Note]) -> None:
    """Notes which files the document carries inside (``embedded_files``); they are not read with it."""
    part = package.find(text_of(child(body.root, "Attachments")), body.folder)
    root = _xml(package, part)
    names = [
        (item.get("Name") or posixpath.basename(text_of(child(item, "FileLoc")).replace("\\", "/"))).strip()
        for item in children(root, "Attachment")
    ]
    if names:
        shown = "、".join(name[:100] for name in names[:_LISTED]) + ("…" if len(names) > _LISTED else "")
        notes.append(
            Note(
                "embedded_files", f"文件内嵌 {len(names)} 个附件，未一并读取 / files inside, not read with it: {shown}"
            )
        )


def note_signatures(package: OfdPackage, body: Body, notes: list[Note]) -> None:
    """Notes that the document carries electronic signatures or seals (``signed``); they are not verified."""
    listed = list(children(_xml(package, body.signatures), "Signature"))
    if listed:
        seals = sum((item.get("Type") or "Seal") == "Seal" for item in listed)
        notes.append(
            Note(
                "signed",
                f"有 {len(listed)} 个电子签名（其中印章 {seals} 个），未验证 / {len(listed)} signatures, {seals} of them "
                "seals, not verified",
            )
        )


def _xml(package: OfdPackage, part: str | None) -> Any | None:
    """A part that the text does not need: None when it is missing or broken."""
    try:
        return package.xml(part) if part is not None else None
    except NotRead as error:
        if error.cause != "damaged":
            raise
        return None
