"""A plan beside its findings: the text with the evidence marked, each finding with its source clause."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from fastapi import APIRouter, HTTPException, Response

from checks.explain import section_name
from checks.matrix import SIGNS
from duzheng.web.here import Here, Reader
from duzheng.web.made import attached, written
from duzheng.web.marked import Place, anchor, part_of, parts, pieces
from schemas.document import Section
from schemas.finding import PackReference

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.standing import Standing
    from schemas.document import Document

router = APIRouter(include_in_schema=False)
_DEEPEST = 3


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of evidence and where a click on it leads."""

    role: str
    quote: str
    href: str
    title: str = ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding; ``target`` is its anchor."""

    standing: Standing
    target: str
    evidence: Sequence[Quote]
    elsewhere: Sequence[Quote]


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one pack."""

    pack: PackReference
    findings: Sequence[Shown]


@router.get("/plans/{document}")
def plan(asked: Reader, document: str, part: int = 1, script: str = "") -> Response:
    """The two sides. ``script``: ``folded`` shows the text in simplified characters; all offsets are the same."""
    folded = script == "folded"
    with asked.reading() as corpus:
        found, standings, leading = _stored(asked, corpus, document)
    part = min(max(part, 1), parts(len(found.text)))
    groups = _groups(found, standings, "folded" if folded else "")
    places = [
        Place(piece.span.start, piece.span.end, one.standing.finding.requirement, one.target, piece.role)
        for group in groups
        for one in group.findings
        for piece in one.standing.finding.evidence
    ]
    outline = list(_outline(found.sections))
    text = _folded(found.text) if folded else found.text
    return asked.page(
        "judging/plan.html",
        title=found.title or found.id,
        document=found,
        pieces=pieces(text, places, (start for _, start, _ in outline), ((p.page, p.start) for p in found.pages), part),
        groups=groups,
        outline=outline,
        part=part,
        parts=parts(len(found.text)),
        part_of=part_of,
        folded=folded,
        script="folded" if folded else "",
        here_at=lambda number, how: _address(found.id, number, how),
        leading=leading if not standings else [],
        others=sorted({other for one in standings for other in one.others}),
        signs=SIGNS,
    )


@router.get("/plans/{document}/notice.docx")
def notice(asked: Reader, document: str) -> Response:
    """The notice of what the unit is to put right."""
    from checks.outputs.notice import write_notices
    from flows import ledger

    with asked.reading() as corpus:
        _, standings, _ = _stored(asked, corpus, document)
    if not standings:
        raise HTTPException(404, asked.word("judging.not_checked"))

    def write(path: Path) -> None:
        made = write_notices(ledger.checks(standings), path.parent, axes=ledger.axes(standings))
        if not made:
            raise HTTPException(404, asked.word("judging.no_faults"))
        made[0].rename(path)

    return attached(written(write, "notice.docx"), "notice.docx")


@router.get("/plans/{document}/report.html")
def report(asked: Reader, document: str) -> Response:
    """The report on the plan, as a page to be saved."""
    from checks.report import render
    from flows import ledger

    with asked.reading() as corpus:
        found, standings, _ = _stored(asked, corpus, document)
    text = render(ledger.checks(standings), {found.id: found}, ledger.axes(standings))
    return attached(text.encode(), "report.html")


def address_of(document: str, start: int, end: int, script: str = "") -> str:
    """Where a stretch of a plan is shown, marked."""
    return f"{_address(document, part_of(start), script)}#{anchor(start, end)}"


def other_side(document: str, start: int, end: int) -> str:
    """Where a stretch of any document is shown."""
    return f"/documents/{quote(document, safe='')}?{urlencode({'start': start, 'end': end})}"


def _stored(asked: Here, corpus: Corpus, id: str) -> tuple[Document, list[Standing], list[tuple[str, str]]]:
    found = corpus.document(id)
    if found is None:
        raise HTTPException(404, asked.word("not_found"))
    present = corpus.present(date.today())
    return found, present.of_plan(id, date.today()), present.leading(id)


def _groups(document: Document, standings: Sequence[Standing], script: str) -> list[Group]:
    by_pack: dict[str, list[Standing]] = {}
    for one in standings:
        by_pack.setdefault(one.pack.id, []).append(one)
    alone = len(by_pack) == 1
    groups = []
    for pack, several in by_pack.items():
        shown = []
        for one in several:
            finding = one.finding
            target = finding.requirement if alone else f"{pack}-{finding.requirement}"
            here = [
                Quote(piece.role, piece.quote, address_of(document.id, piece.span.start, piece.span.end, script))
                for piece in finding.evidence
            ]
            there = [
                Quote(
                    piece.role,
                    piece.quote,
                    other_side(piece.document, piece.span.start, piece.span.end),
                    piece.title or piece.uri,
                )
                for piece in finding.elsewhere
            ]
            shown.append(Shown(one, target, here, there))
        groups.append(Group(several[0].pack, shown))
    return groups


def _outline(sections: Sequence[Section], depth: int = 0) -> Iterator[tuple[int, int, str]]:
    for one in sections:
        name = section_name(one.number, one.heading)
        if name:
            yield min(depth, _DEEPEST), one.span.start, name
        yield from _outline(one.sections, depth + 1)


def _folded(text: str) -> str:
    from extractors.fold import fold

    return fold(text)


def _address(document: str, part: int, script: str) -> str:
    asked = {"part": str(part)} if part > 1 else {}
    if script:
        asked["script"] = script
    return f"/plans/{quote(document, safe='')}" + (f"?{urlencode(asked)}" if asked else "")
