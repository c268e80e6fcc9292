"""Which pages of a PDF go to text recognition, and what comes back."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas
from scanner import BAIZHI, LIUXI, SAMPLES, TRADITIONAL, page, scanned_pdf, worn

from extractors.parse import parse
from extractors.readers import limits, pdf, read
from extractors.readers.pages.garbled import is_garbled
from extractors.readers.pdf import recognition as pdf_recognition
from schemas.document import Document, Section
from schemas.outcome import SourceFile
from schemas.reading import Paragraph, Reading

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
HEAD = "汝溪縣隸屬駐馬店市"
GARBLED = "锘挎睗婧勭闅跺爆椹婚┈搴楀競锛岀幇鏈変箟鍔℃暀鑲插鏍63鎵锛屽叾涓煄鍖哄鏍10鎵銆侀晣鍖哄鏍"


def picture() -> Image.Image:
    return Image.open(TRADITIONAL).convert("RGB").crop((0, 0, 1000, 190))


def text(reading: Reading) -> str:
    return "".join(b.text for b in reading.blocks if isinstance(b, Paragraph))


def layered(words: str) -> bytes:
    """A page that is a picture, with an invisible text layer under it."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(500, 95))
    canvas.drawImage(ImageReader(picture()), 0, 0, 500, 95)
    lines = canvas.beginText(30, 80)
    lines.setFont("STSong-Light", 10, 20)
    lines.setTextRenderMode(3)
    for start in range(0, len(words), 40):
        lines.textLine(words[start : start + 40])
    canvas.drawText(lines)
    canvas.showPage()
    canvas.save()
    return out.getvalue()


def test_a_page_with_text_and_a_scanned_one_are_both_read() -> None:
    sheets = pypdfium2.PdfDocument(scanned_pdf([np.asarray(picture())]))
    mixed = pypdfium2.PdfDocument.new()
    mixed.import_pages(pypdfium2.PdfDocument(BAIZHI), [1])
    mixed.import_pages(sheets)
    out = io.BytesIO()
    mixed.save(out)
    found = pdf.read(out.getvalue(), "x.pdf")
    assert [(n.kind, n.page) for n in found.notes] == [("ocr_text", 2)]
    assert "一、现状分析" in text(found)
    assert HEAD in text(found)
    assert {b.confidence is None for b in found.blocks if isinstance(b, Paragraph) and b.page == 1} == {True}
    assert {b.confidence is None for b in found.blocks if isinstance(b, Paragraph) and b.page == 2} == {False}


def test_a_text_layer_of_wrong_characters_is_not_believed() -> None:
    found = pdf.read(layered(GARBLED * 3), "x.pdf")
    assert HEAD in text(found)
    assert "锘" not in text(found)
    assert [n.kind for n in found.notes] == ["ocr_text"]
    assert found.notes[0].confidence is not None


def test_a_scan_whose_layer_was_recognised_as_another_language_is_read_again() -> None:
    found = pdf.read(layered("i5!.iJ~ttJI~~r\"i ffi'l\\ JI!fl'liXliJ9?JE.I lllEIJ:lt~ " * 4), "x.pdf")
    assert HEAD in text(found)


def test_a_good_text_layer_of_a_scan_is_kept() -> None:
    words = "各校要健全结对帮扶机制，每学期开展联合教研不少于4次。" * 3
    found = pdf.read(layered(words), "x.pdf")
    assert "健全结对帮扶机制" in text(found)
    assert [(n.kind, n.confidence) for n in found.notes] == [("ocr_text", None)]


def _texts() -> list[Path]:
    return sorted(p for p in SAMPLES.rglob("*") if p.suffix in (".txt", ".docx", ".html") and "plans" in p.parts)


@pytest.mark.parametrize("path", _texts(), ids=lambda p: p.parent.name)
def test_no_sample_in_either_script_is_taken_for_a_garbled_layer_and_its_mojibake_is(path: Path) -> None:
    words = text(read(path.read_bytes(), path.name))
    assert not is_garbled(words, of_scan=False)
    assert not is_garbled(words, of_scan=True)
    raw = words.encode()
    assert is_garbled(raw.decode("gb18030", "ignore"), of_scan=False)
    assert is_garbled(raw.decode("latin-1"), of_scan=False)


@pytest.mark.parametrize("size", [(200, 200), (14_400, 14_400), (400_000, 3), (2, 2)])
def test_a_page_is_drawn_within_limits_whatever_size_it_claims(size: tuple[float, float]) -> None:
    document = pypdfium2.PdfDocument.new()
    image = pdf_recognition.drawn(document.new_page(*size), *size)
    assert image.dtype == np.uint8
    assert image.shape[2] == 3
    assert max(image.shape) <= limits.MAX_OCR_SIDE + 1


def _numbers(sections: Sequence[Section]) -> list[tuple[str | None, str | None]]:
    return [x for s in sections for x in [(s.number, s.heading), *_numbers(s.sections)]]


def _facts(document: Document) -> dict[str, list[Any]]:
    whole = document.model_dump(mode="json")
    header = (
        "title",
        "document_number",
        "issuers",
        "addressees",
        "signed_on",
        "genre",
        "role",
        "level",
        "jurisdiction",
    )
    targets = ("about", "comparator", "value", "upper", "unit", "base", "per", "due")
    return {
        "header": [(name, whole[name]) for name in header],
        "outline": _numbers(document.sections),
        "communities": [{k: v for k, v in c.items() if k in ("name", "mode", "stage")} for c in whole["communities"]],
        "members": [(str(_name(c["lead"])), [_name(m) for m in c["members"]]) for c in whole["communities"]],
        "targets": [[t[name] for name in targets] for t in whole["targets"]],
        "tasks": [(t["text"], t["due"]) for t in whole["tasks"]],
        "leaders": [(p["role"], p["name"]) for p in whole["leaders"]],
    }


def _name(school: Any) -> Any:
    return school.get("name") if isinstance(school, dict) else school


def _f1(wanted: list[Any], got: list[Any]) -> float:
    rest = list(got)
    hits = 0
    for one in wanted:
        if one in rest:
            rest.remove(one)
            hits += 1
    return 2 * hits / (len(wanted) + len(got)) if wanted or got else 1.0


@pytest.mark.slow
@pytest.mark.parametrize("path", [BAIZHI, LIUXI], ids=["白芷县", "柳溪县"])
def test_a_scanned_plan_gives_the_facts_of_the_plan_with_text(path: Path) -> None:
    count = len(pypdfium2.PdfDocument(path))
    data = scanned_pdf([worn(page(path, number)) for number in range(1, count + 1)])
    (expected,) = parse(SourceFile(uri="x.pdf", data=path.read_bytes())).documents
    outcome = parse(SourceFile(uri="x.pdf", data=data))
    assert outcome.failure is None
    (found,) = outcome.documents
    wanted, got = _facts(expected), _facts(found)
    assert {kind: f1 for kind in wanted if (f1 := _f1(wanted[kind], got[kind])) < 0.95} == {}
    notes = [note for note in found.quality if note.kind == "ocr_text"]
    assert sorted(note.page or 0 for note in notes) == list(range(1, count + 1))
    assert all(note.confidence and note.confidence > 0.9 for note in notes)
    assert all(community.span.page and community.span.boxes for community in found.communities)
    starts = [one.start for one in found.pages]
    assert starts
    assert all(a < b for a, b in pairwise(starts)), "the pages follow each other in the text"
