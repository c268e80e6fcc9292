"""The evidence book: every quote is there, on its page where the plan has pages, and nothing of a document runs."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from made_plans import make_document, make_pack
from PIL import Image

from checks.engine import check
from checks.outputs.evidence import COLOURS, Drawn, draw, write_evidence
from checks.pack import load
from extractors.parse import parse
from extractors.placing import Places
from schemas.document import Document, Span
from schemas.finding import Evidence, PlanCheck
from schemas.outcome import SourceFile

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
PDF = next(path for path in sorted((SAMPLES / "henan" / "plans").rglob("*.pdf")))
SAYS = {"form": "statement", "parameters": {"elements": [{"name": "协议", "any": [{"all": [["协议"]]}]}]}}


class Page(HTMLParser):
    def __init__(self, path: Path) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: set[str] = set()
        self.links: list[str] = []
        self.images: list[str] = []
        self.marked: list[str] = []
        self._in_mark = False
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        given = {name: value or "" for name, value in attrs}
        self.ids |= {given["id"]} if "id" in given else set()
        self.links += [given["href"]] if "href" in given else []
        self.images += [given["src"]] if "src" in given else []
        if tag == "mark":
            self._in_mark = True
            self.marked.append("")

    def handle_endtag(self, tag: str) -> None:
        self._in_mark = self._in_mark and tag != "mark"

    def handle_data(self, data: str) -> None:
        if self._in_mark:
            self.marked[-1] += data


def book(result: PlanCheck, document: Document, folder: Path, data: bytes) -> Path:
    drawn = {0: draw(data, result, document, folder, "plan-001")}
    return write_evidence([result], {document.id: document}, folder, drawn)


def test_each_page_with_evidence_is_drawn_once_and_every_link_arrives(tmp_path: Path) -> None:
    data = PDF.read_bytes()
    (document,) = parse(SourceFile(PDF.name, data)).documents
    result = check(document, load("henan-2025"))
    page = Page(book(result, document, tmp_path / "册", data))
    evidence = [piece for finding in result.findings for piece in finding.evidence]
    assert page.marked == [piece.quote for piece in evidence]
    wanted = {piece.span.page for piece in evidence}
    assert len(page.images) >= len(wanted) > 1
    assert all((tmp_path / "册" / image).is_file() for image in page.images)
    assert {link.removeprefix("#") for link in page.links} <= page.ids
    assert all(any(f"-page-{number}" in link for link in page.links) for number in wanted)


def test_boxes_have_the_colour_of_the_verdict(tmp_path: Path) -> None:
    data = PDF.read_bytes()
    (document,) = parse(SourceFile(PDF.name, data)).documents
    result = check(document, load("henan-2025"))
    (finding,) = [one for one in result.findings if one.verdict == "not_met"][:1]
    result.findings = [finding]
    book(result, document, tmp_path, data)
    span = Places(document, data).span(finding.evidence[0].span)
    assert span
    box = span.boxes[0]
    with Image.open(tmp_path / "plan-001" / f"page-{box.page:03d}.png") as image:
        scale = 110 / 72
        assert image.getpixel((round((box.x0 + box.x1) / 2 * scale), int(box.top * scale))) == COLOURS["not_met"]
        colours = {colour for _, colour in image.getcolors(10**6) or []}
    assert COLOURS["met"] not in colours


def test_a_plan_without_pages_shows_the_paragraph_and_runs_nothing(tmp_path: Path) -> None:
    text = "第一段。\n<script>alert(1)</script>应签订协议，\u202e并执行。\n第三段。\n"
    document = make_document(text)
    result = check(document, make_pack(SAYS))
    path = write_evidence([result], {document.id: document}, tmp_path, {})
    page = Page(path)
    assert "script" not in page.tags
    assert "\u202e" not in path.read_text(encoding="utf-8")
    assert page.images == []
    assert page.marked == [piece.quote for piece in result.findings[0].evidence]
    shown = path.read_text(encoding="utf-8")
    assert "第一段" not in shown
    assert "&lt;script&gt;" in shown


def test_a_file_that_is_gone_is_said_in_the_index_and_the_quotes_stay(tmp_path: Path) -> None:
    data = PDF.read_bytes()
    (document,) = parse(SourceFile(PDF.name, data)).documents
    result = check(document, load("henan-2025"))
    gone = {0: Drawn(remarks=("原件不见了 <b>",))}
    path = write_evidence([result], {document.id: document}, tmp_path, gone)
    page = Page(path)
    assert "原件不见了 &lt;b&gt;" in path.read_text(encoding="utf-8")
    assert (page.images, len(page.marked) > 5) == ([], True)


@pytest.mark.parametrize("documents", [{}, None])
def test_no_plans_and_plans_without_their_document_still_make_an_index(
    tmp_path: Path, documents: dict[str, object] | None
) -> None:
    checks = [] if documents is None else [check(make_document("签订协议。"), make_pack(SAYS))]
    path = write_evidence(checks, {}, tmp_path / "a" / "b", {})
    assert len(Page(path).marked) == sum(len(f.evidence) for one in checks for f in one.findings)


def test_words_of_an_attachment_are_not_drawn_on_the_pages_of_the_plan(tmp_path: Path) -> None:
    data = PDF.read_bytes()
    (alone,) = parse(SourceFile(PDF.name, data)).documents
    beside = SourceFile("附件9 协议.txt", "各校应签订协议，协议期三年。\n".encode())
    (joined,) = parse(SourceFile(PDF.name, data), [beside]).documents
    assert len(joined.text) > len(alone.text)
    result = check(joined, make_pack(SAYS), ignore_scope=True)
    (finding,) = result.findings
    start = joined.text.index("各校应签订协议")
    here = joined.text.index("协议")
    inside = Evidence(role="supports", span=Span(start=start, end=start + 7), quote="各校应签订协议")
    outside = Evidence(role="supports", span=Span(start=here, end=here + 2), quote="协议")
    finding.evidence = [inside]
    page = Page(book(result, joined, tmp_path / "一", data))
    assert (page.marked, page.images) == (["各校应签订协议"], [])
    finding.evidence = [inside, outside]
    assert len(Page(book(result, joined, tmp_path / "二", data)).images) == 1
