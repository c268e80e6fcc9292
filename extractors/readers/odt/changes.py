"""The tracked changes of OpenDocument text (ODF 1.3 part 3, 5.5): what was inserted where, what was deleted there.

The body holds the accepted state; a deletion is a point in it, its text stands apart in ``text:tracked-changes``.
"""

from __future__ import annotations

from typing import Any

from extractors.readers.odt.names import OFFICE, TEXT, XML, whole_number

_ENDS = (f"{TEXT}p", f"{TEXT}h")


class Changes:
    """The changes of one story, and which insertions are open at the place that is read.

    Attributes:
        met: whether any was met in the text.
    """

    def __init__(self) -> None:
        self.met = False
        self._deleted: dict[str, list[str]] = {}
        self._inserted: set[str] = set()
        self._open: set[str] = set()

    def add(self, element: Any) -> None:
        """Reads a ``text:tracked-changes``."""
        for region in element.iterfind(f"{TEXT}changed-region"):
            identifier = region.get(f"{XML}id") or region.get(f"{TEXT}id", "")
            inserted, deleted = region.find(f"{TEXT}insertion"), region.find(f"{TEXT}deletion")
            if inserted is not None:
                # What was inserted and deleted again is in neither state.
                self._inserted.add(identifier)
            elif deleted is not None:
                self._deleted[identifier] = _paragraphs(deleted)

    def start(self, element: Any) -> None:
        """``text:change-start``."""
        if (identifier := element.get(f"{TEXT}change-id", "")) in self._inserted:
            self._open.add(identifier)
            self.met = True

    def end(self, element: Any) -> None:
        """``text:change-end``."""
        self._open.discard(element.get(f"{TEXT}change-id", ""))

    def deleted(self, element: Any) -> list[str]:
        """The text deleted at a ``text:change``, split where paragraphs ended in it; each deletion is told once."""
        found = self._deleted.pop(element.get(f"{TEXT}change-id", ""), [])
        self.met = self.met or bool(found)
        return found

    @property
    def inserting(self) -> bool:
        """Whether the place that is read was inserted."""
        return bool(self._open)


def _paragraphs(deletion: Any) -> list[str]:
    found: list[str] = []
    for element in deletion.iter(*_ENDS):
        found.append(_text(element))
    return found


def _text(element: Any) -> str:
    parts: list[str] = [element.text or ""]
    for child in element:
        if child.tag == f"{TEXT}s":
            parts.append(" " * min(max(whole_number(child, f"{TEXT}c", 1), 0), 200))
        elif child.tag in (f"{TEXT}tab", f"{TEXT}line-break"):
            parts.append("\t" if child.tag == f"{TEXT}tab" else "\n")
        elif isinstance(child.tag, str) and child.tag not in (
            f"{OFFICE}annotation", f"{TEXT}note", f"{TEXT}ruby-text", *_ENDS,
        ):  # fmt: skip
            parts.append(_text(child))
        parts.append(child.tail or "")
    return "".join(parts)
