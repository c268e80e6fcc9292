"""The evidence book: from each finding to its words on the image of the page, and an index that leads there.

1. Where the plan has pages (PDF, OFD, pictures) every page on which evidence stands is drawn once, each box labelled with the
   requirement's id in the colour of its verdict.
2. Where it has none, the index shows the paragraph with the quote marked; so does it for words of an attachment, whose pages
   are those of another file.
3. The index escapes everything that comes from documents, works offline and runs no script. Names of files in the book are made
   here, never taken from a document.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from importlib.resources import files
from pathlib import Path
from typing import Any

from checks.explain import place, what_was_read
from checks.matrix import place_of
from checks.report import upright
from extractors.page_images import Label, can_be_drawn, write_labelled_pages
from extractors.placing import Places
from schemas.document import Document, PageBox
from schemas.errors import DuzhengError
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


def write_evidence(
    checks: Sequence[PlanCheck],
    documents: Mapping[str, Document],
    folder: Path,
    file_of: Callable[[Document], bytes],
) -> Path:
    """Write the book.

    Args:
        checks: what was checked.
        documents: the plans by their id; one that is missing is shown with its quotes alone.
        folder: where the book goes; made if it is not there.
        file_of: the bytes of the file a document was read from; may raise a DuzhengError, which is then shown in the index.

    Returns:
        The index, ``index.html``.

    Raises:
        OSError: something cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    plans = []
    for number, check in enumerate((identified(one) for one in checks), start=1):
        document = documents.get(check.plan.id)
        remarks: list[str] = []
        images: dict[int, str] = {}
        places: Places | None = None
        if document is not None and can_be_drawn(document.source.media_type):
            below = f"plan-{number:03d}"
            try:
                data = file_of(document)
                places = Places(document, data)
                written = write_labelled_pages(
                    data, document.source.uri, _labels(check, places), folder / below, remarks.append
                )
                images = {page: f"{below}/{path.name}" for page, path in sorted(written.items())}
            except DuzhengError as error:
                remarks.append(str(error))
        plans.append(_plan(f"plan-{number}", check, document, images, places, remarks))
    path = folder / "index.html"
    path.write_text(_render(plans), encoding="utf-8", newline="\n")
    return path


def _labels(check: PlanCheck, places: Places) -> dict[int, list[Label]]:
    """The boxes of each page. Findings that rest on the same box share it: each verdict has a sign in its colour, the frame is in the
    gravest of them."""
    boxes: dict[tuple[int, float, float, float, float], list[tuple[Finding, bool]]] = {}
    pages: dict[int, list[Label]] = {}
    for finding in check.findings:
        for evidence in finding.evidence:
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
    key: str,
    check: PlanCheck,
    document: Document | None,
    images: Mapping[int, str],
    places: Places | None,
    remarks: list[str],
) -> dict[str, Any]:
    findings = []
    for finding in check.findings:
        quotes = []
        for evidence in finding.evidence:
            span = places.span(evidence.span) if places else None
            pages = dict.fromkeys([span.page, *(box.page for box in span.boxes)]) if span else {}
            drawn = [page for page in pages if page in images]
            quotes.append({**_in_paragraph(evidence, document), "pages": drawn, "role": evidence.role})
        findings.append({"finding": finding, "quotes": quotes, "searched": what_was_read(finding.searched)})
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
        "images": images,
        "remarks": remarks,
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
