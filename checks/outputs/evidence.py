"""The evidence book: from each finding to its words on the image of the page, and an index that leads there.

1. Where the plan has pages (PDF, OFD, pictures) every page on which evidence stands is drawn once, each box labelled with the
   requirement's id in the colour of its verdict.
2. Where it has none, the index shows the paragraph with the quote marked; so does it for words of an attachment, whose pages
   are those of another file.
3. Where a corpus knows what people decided, each finding has its four axes and the records beside it.
4. The index escapes everything that comes from documents, works offline and runs no script. Names of files in the book are made
   here, never taken from a document.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from typing import Any

from checks.axes import Axes, time_of
from checks.explain import place, told, what_was_read
from checks.matrix import place_of
from checks.report import upright
from extractors.page_images import Label, labelled_page, write_labelled_pages
from extractors.placing import Places
from schemas.document import Document, PageBox
from schemas.finding import REASON_NAMES, VERDICT_NAMES, Evidence, Finding, PlanCheck, Verdict, identified

COLOURS: dict[Verdict, tuple[int, int, int]] = {
    "met": (30, 120, 60),
    "partial": (176, 124, 0),
    "not_met": (190, 30, 30),
    "not_found": (190, 90, 20),
    "conflict": (125, 50, 150),
    "not_applicable": (110, 110, 110),
    "undetermined": (30, 90, 165),
}
_GRAVEST: tuple[Verdict, ...] = (
    "not_met", "conflict", "not_found", "partial", "undetermined", "met", "not_applicable"
)  # fmt: skip
_AROUND = 300
"""Characters of a paragraph shown at most before and after a quote."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of drawing one plan: its images by page, below the book's folder, the pages of each piece of evidence (by finding
    and place in it), and what the images do not show."""

    images: dict[int, str] = field(default_factory=dict)
    pages: dict[tuple[int, int], tuple[int, ...]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()


def draw(data: bytes, check: PlanCheck, document: Document, folder: Path, below: str) -> Drawn:
    """Read a plan's own file again and write the pages on which evidence stands, with labelled boxes.

    This reads a file that came from outside: call it in a worker process (``flows.evidence``).

    Args:
        data: the document's own file.
        check: what was checked.
        document: the plan.
        folder: the book's.
        below: the name of the plan's folder in it.

    Raises:
        NotRead: the file cannot be read or drawn.
        OSError: an image cannot be written.
    """
    remarks: list[str] = []
    places = Places(document, data)
    if not places.own:
        remarks.append("在原件中找不到方案的文字，没有标注 / the plan's words are not in its file")
    written = write_labelled_pages(data, document.source.uri, _labels(check, places), folder / below, remarks.append)
    pages: dict[tuple[int, int], tuple[int, ...]] = {}
    for row, finding in enumerate(check.findings):
        for column, evidence in enumerate(finding.evidence):
            span = places.span(evidence.span)
            found = dict.fromkeys([span.page, *(box.page for box in span.boxes)]) if span else {}
            pages[row, column] = tuple(page for page in found if page is not None and page in written)
    images = {page: f"{below}/{path.name}" for page, path in sorted(written.items())}
    return Drawn(images, pages, tuple(remarks))


def draw_page(
    data: bytes, checks: Sequence[PlanCheck], document: Document, number: int, only: tuple[int, int] | None = None
) -> bytes:
    """One page of a plan as PNG with the boxes of the evidence that stands on it; to be called in a worker process, too.

    Args:
        data: the document's own file.
        checks: what was checked; each finding's boxes bear its requirement.
        document: the plan.
        number: of the page, from 1.
        only: start and end of the one piece of evidence whose boxes are drawn.

    Raises:
        NotRead: the file cannot be read or drawn, or has no such page.
    """
    places = Places(document, data)
    labels = [label for check in checks for label in _labels(check, places, only).get(number, [])]
    return labelled_page(data, document.source.uri, number, labels)


def write_evidence(
    checks: Sequence[PlanCheck],
    documents: Mapping[str, Document],
    folder: Path,
    drawn: Mapping[int, Drawn],
    axes: Mapping[str, Axes] | None = None,
) -> Path:
    """Write the index of the book, beside the pages that were drawn.

    Args:
        checks: what was checked.
        documents: the plans, and what they were held against, by their id; one that is missing is shown with its quotes alone.
        folder: where the book goes; made if it is not there.
        drawn: what came of drawing each check's plan, by the check's place from 0.
        axes: how findings stand, by their id, where a corpus knows it.

    Returns:
        The index, ``index.html``.

    Raises:
        OSError: it cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plans = [
        _plan(f"plan-{number + 1}", check, documents, drawn.get(number) or Drawn(), axes or {})
        for number, check in enumerate(identified(one) for one in checks)
    ]
    path = folder / "index.html"
    path.write_text(_render(plans), encoding="utf-8", newline="\n")
    return path


def _labels(check: PlanCheck, places: Places, only: tuple[int, int] | None = None) -> dict[int, list[Label]]:
    """The boxes of each page. Findings that rest on the same box share it: each verdict has a sign in its colour, the frame is in the
    gravest of them."""
    boxes: dict[tuple[int, float, float, float, float], list[tuple[Finding, bool]]] = {}
    pages: dict[int, list[Label]] = {}
    for finding in check.findings:
        for evidence in finding.evidence:
            if only is not None and (evidence.span.start, evidence.span.end) != only:
                continue
            span = places.span(evidence.span)
            if span is None:
                continue
            if span.page:
                pages.setdefault(span.page, [])
            for number, box in enumerate(span.boxes):
                key = (box.page, box.x0, box.top, box.x1, box.bottom)
                boxes.setdefault(key, []).append((finding, number == 0))
    for (page, x0, top, x1, bottom), findings in boxes.items():
        box = PageBox(page=page, x0=x0, top=top, x1=x1, bottom=bottom)
        verdicts = sorted({finding.verdict for finding, _ in findings}, key=_GRAVEST.index)
        signs = []
        for verdict in verdicts:
            # A line that findings of several verdicts share names all of them; else only the first line of a quote does.
            shown = [one for one, first in findings if one.verdict == verdict and (first or len(verdicts) > 1)]
            names = " ".join(dict.fromkeys(one.requirement for one in shown))
            signs.append(Label(names, COLOURS[verdict], box))
        pages.setdefault(page, []).extend(reversed(signs))  # the gravest frame is drawn last, on top
    return pages


def _plan(
    key: str, check: PlanCheck, documents: Mapping[str, Document], drawn: Drawn, axes: Mapping[str, Axes]
) -> dict[str, Any]:
    document = documents.get(check.plan.id)
    findings = []
    for row, finding in enumerate(check.findings):
        quotes = [
            {**_in_paragraph(evidence, document), "pages": drawn.pages.get((row, column), ()), "role": evidence.role}
            for column, evidence in enumerate(finding.evidence)
        ]
        known = axes.get(finding.id or "")
        findings.append(
            {
                "finding": finding,
                "quotes": quotes,
                "elsewhere": [
                    {**_in_paragraph(piece, documents.get(piece.document)), "role": piece.role}
                    for piece in finding.elsewhere
                ],
                "elements": [told(element) for element in finding.elements],
                "searched": what_was_read(finding.searched),
                "axes": known,
                "time": time_of(finding, known),
            }
        )
    return {
        "key": key,
        "place": place_of(check.plan),
        "title": check.plan.title or "（无标题）",
        "uri": check.plan.uri,
        "sha256": document.source.sha256 if document else "",
        "language": document.variant if document else "zh",
        "pack": f"{check.pack.id} {check.pack.version}",
        "summary": check.summary,
        "findings": findings,
        "images": drawn.images,
        "remarks": drawn.remarks,
    }


def _in_paragraph(evidence: Evidence, document: Document | None) -> dict[str, str]:
    """A quote in its paragraph, both as in the original."""
    before = after = ""
    if document is not None and document.quote(evidence.span) == evidence.quote:
        text, start, end = document.text, evidence.span.start, evidence.span.end
        first = max(text.rfind("\n", max(start - _AROUND, 0), start) + 1, start - _AROUND, 0)
        found = text.find("\n", end, end + _AROUND)
        last = found if found >= 0 else min(end + _AROUND, len(text))
        before, after = text[first:start], text[end:last]
    return {"before": before, "text": evidence.quote, "after": after, "place": place(evidence)}


def _render(plans: Sequence[Mapping[str, Any]]) -> str:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True, finalize=upright)
    template = files("checks").joinpath("templates", "evidence.html").read_text(encoding="utf-8")
    return environment.from_string(template).render(plans=plans, names=VERDICT_NAMES, reasons=REASON_NAMES)
