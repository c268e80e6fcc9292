"""Text in a font that is neither in the PDF nor on the machine is drawn blank: what recognition could not see is said."""

from __future__ import annotations

from typing import Any

import pasted
import pytest

from extractors.readers import ocr, pdf
from extractors.readers.pages.assemble import Page, page_of
from extractors.readers.pages.glyphs import Glyph
from schemas.reading import Note, Reading

GARBLED = "锘挎睗婧勭闅跺爆椹婚┈搴楀競锛岀幇鏈変箟鍔℃暀"


def read(monkeypatch: pytest.MonkeyPatch, seen: int) -> Reading:
    """A page of two hundred wrong characters, in whose picture recognition finds ``seen`` right ones."""

    def recognise(image: Any, number: int, width: float, height: float, notes: list[Note]) -> Page:
        places = [(80 + 16 * (i % 25), 100 + 28 * (i // 25)) for i in range(seen)]
        glyphs = [Glyph("校", x, y, x + 16, y + 16, confidence=0.9) for x, y in places]
        notes.append(Note("ocr_text", "recognised", number, 0.9))
        return page_of(number, width, height, glyphs, [], notes)

    monkeypatch.setattr(ocr, "recognise", recognise)
    return pdf.read(pasted.pdf([([GARBLED] * 10, [])]), "a.pdf")


def test_a_page_of_which_most_is_drawn_blank_is_noted_as_unread(monkeypatch: pytest.MonkeyPatch) -> None:
    reading = read(monkeypatch, seen=12)
    assert [(note.kind, note.page) for note in reading.notes] == [("ocr_text", 1), ("unreadable_page", 1)]
    assert "字体" in reading.notes[1].message


def test_a_page_that_was_seen_whole_is_not_complained_of(monkeypatch: pytest.MonkeyPatch) -> None:
    # The wrong characters are three for two right ones.
    assert [note.kind for note in read(monkeypatch, seen=140).notes] == ["ocr_text"]
