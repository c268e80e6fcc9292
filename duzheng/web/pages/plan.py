"""A plan beside its findings: its text or its pages with the evidence marked, each finding with its source clause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from fastapi import APIRouter, HTTPException, Response
from starlette.concurrency import run_in_threadpool

from checks import pack_shelf
from checks.matrix import SIGNS, place_of
from duzheng.web.computed import drawn
from duzheng.web.grids import grid
from duzheng.web.here import Here, Reader
from duzheng.web.lines import asks, five
from duzheng.web.made import attached, written
from duzheng.web.marked import Place, anchor, frames_of, part_of, parts, pieces
from duzheng.web.names import file_name
from duzheng.web.outlined import outline
from duzheng.web.pages.documents import pages_of, picture
from schemas.china_time import today_in_china
from schemas.errors import InvalidPack
from schemas.finding import FAULTS, PackReference

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.standing import Standing
    from flows.source_clause import SourceClause
    from schemas.document import Document, Span
    from schemas.outcome import SourceFile
    from schemas.requirement import Pack

router = APIRouter(include_in_schema=False)
_TABLES = 200
"""Tables that are set as such; those after them stay lines of text."""
_CLAUSE = 800
"""Characters of a source clause beside a finding; the rest is behind its link."""


@dataclass(frozen=True, slots=True)
class Quote:
    """A piece of evidence and where a click on it leads: its words, and the image of its page where it has one."""

    role: str
    quote: str
    href: str
    title: str = ""
    page: int | None = None
    image: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """The clause that a requirement rests on: the notice's own words with where they stand, else what the pack says.

    ``cut``: ``text`` is only the beginning of it.
    """

    own: bool
    text: str
    href: str = ""
    title: str = ""
    source: str = ""
    note: str = ""
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Shown:
    """One finding; ``target`` is its anchor, ``also`` another name of it that links from outside use."""

    standing: Standing
    target: str
    also: str
    evidence: Sequence[Quote]
    elsewhere: Sequence[Quote]
    clause: Clause


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one pack, and those of them that are shown."""

    pack: PackReference
    findings: Sequence[Shown]
    shown: Sequence[Shown]


@dataclass(frozen=True, slots=True)
class Kept:
    """What the links of a plan's page keep: the script, and whether faults alone are shown."""

    script: str = ""
    only: str = ""


@router.get("/plans/{document}")
def plan(
    asked: Reader,
    document: str,
    part: int = 1,
    script: str = "",
    view: str = "",
    page: int = 0,
    start: int = -1,
    end: int = -1,
    of: str = "",
    only: str = "",
) -> Response:
    """The two sides. ``script``: ``folded`` shows the text in simplified characters; all offsets are the same. ``only``:
    ``faults`` leaves out the findings that nothing is to be done about, and their marks.

    ``view``: ``pages`` shows the image of ``page`` instead of the text, with the boxes of all evidence on it, or of the one
    piece from ``start`` to ``end``; ``of`` is the finding that it belongs to.
    """
    folded = script == "folded"
    kept = Kept("folded" if folded else "", "faults" if only == "faults" else "")
    with asked.reading() as corpus:
        found, standings, leading = _stored(asked, corpus, document)
        clauses = _clauses(asked, corpus, standings)
        others = [(id, _named(corpus, id)) for id in sorted({other for one in standings for other in one.others})]
        instead = [(pack, other, _named(corpus, other)) for pack, other in leading] if not standings else []
    part = min(max(part, 1), parts(len(found.text)))
    pages = pages_of(found)
    groups = _groups(found, standings, kept, clauses, frozenset(pages))
    image = _image(found, pages, page, (start, end)) if view == "pages" and pages else None
    places = [
        Place(piece.span.start, piece.span.end, one.standing.finding.requirement, one.target, piece.role)
        for group in groups
        for one in group.shown
        for piece in one.standing.finding.evidence
    ]
    lines = outline(found.sections, found.text, places)
    tables = [grid(found.text, one.span.start, one.span.end, one.rows) for one in found.tables[:_TABLES]]
    text = _folded(found.text) if folded else found.text
    return asked.page(
        "judging/plan.html",
        title=found.title or found.id,
        document=found,
        pieces=pieces(
            text,
            places,
            (one.start for one in lines),
            ((p.page, p.start) for p in found.pages),
            part,
            [
                *(one.frame for one in lines if one.frame),
                *(frame for table in tables if table for frame in frames_of(table)),
            ],
        ),
        image=image,
        pages=pages,
        page_at=lambda number: pages_address(found.id, number, kept=kept),
        chosen=of,
        lines=lambda finding: five(asked, finding),
        groups=groups,
        outline=lines,
        part=part,
        parts=parts(len(found.text)),
        part_of=part_of,
        folded=folded,
        kept=kept,
        faults=sum(one.state.verdict in FAULTS for one in standings),
        here_at=lambda number, **other: _address(found.id, number, replace(kept, **other)),
        leading=instead,
        others=others,
        signs=SIGNS,
    )


@router.get("/plans/{document}/pages/{number}.png")
async def page_image(asked: Reader, document: str, number: int, start: int = -1, end: int = -1) -> Response:
    """One page of the plan with boxes around its evidence, drawn in a worker process."""
    from duzheng.handover import stored
    from duzheng.reading import bounds
    from flows import ledger
    from flows.drawing import evidence_page

    def wanted() -> tuple[Document, list[Standing], SourceFile, tuple[int, int]]:
        with asked.reading() as corpus:
            found, standings, _ = _stored(asked, corpus, document)
            if number not in pages_of(found):
                raise HTTPException(404)
            return found, standings, stored(corpus, found), corpus.state()

    found, standings, file, state = await run_in_threadpool(wanted)
    only = (start, end) if 0 <= start < end else None
    made = await drawn(asked).waited(
        ("evidence page", state, found.id, number, only),
        lambda: evidence_page(file, ledger.checks(standings), found, number, only=only, limits=bounds()),
    )
    return picture(asked, made)


@router.get("/plans/{document}/notice.docx")
def notice(asked: Reader, document: str) -> Response:
    """The notice of what the unit is to put right."""
    from checks.outputs.notice import write_notices
    from flows import ledger

    with asked.reading() as corpus:
        _, standings, _ = _stored(asked, corpus, document)
    if not standings:
        raise HTTPException(404, asked.word("judging.not_checked"))

    name = ""

    def write(path: Path) -> None:
        nonlocal name
        made = write_notices(ledger.checks(standings), path.parent, axes=ledger.axes(standings))
        if not made:
            raise HTTPException(404, asked.word("judging.no_faults"))
        name = made[0].name
        made[0].rename(path)

    return attached(written(write, "notice.docx"), name)


@router.get("/plans/{document}/report.html")
def report(asked: Reader, document: str) -> Response:
    """The report on the plan, as a page to be saved."""
    from checks.report import render
    from flows import ledger

    with asked.reading() as corpus:
        found, standings, _ = _stored(asked, corpus, document)
    text = render(ledger.checks(standings), {found.id: found}, ledger.axes(standings))
    # A folder of a hundred reports: each is named after its county.
    return attached(text.encode(), f"核查报告_{place_of(standings[0].plan) if standings else found.id}.html")


def address_of(document: str, start: int, end: int, kept: Kept = Kept()) -> str:
    """Where a stretch of a plan is shown, marked."""
    return f"{_address(document, part_of(start), kept)}#{anchor(start, end)}"


def pages_address(document: str, page: int, span: Span | None = None, of: str = "", *, kept: Kept = Kept()) -> str:
    """Where the image of a page of a plan is shown, with the boxes of one piece of evidence or of all."""
    given: dict[str, object] = {"view": "pages", "page": page} | ({"only": kept.only} if kept.only else {})
    if span is not None:
        given |= {"start": span.start, "end": span.end, "of": of}
    return f"/plans/{quote(document, safe='')}?{urlencode(given)}#sheet"


def other_side(document: str, start: int, end: int) -> str:
    """Where a stretch of any document is shown."""
    return f"/documents/{quote(document, safe='')}?{urlencode({'start': start, 'end': end})}"


def _stored(asked: Here, corpus: Corpus, id: str) -> tuple[Document, list[Standing], list[tuple[str, str]]]:
    found = corpus.document(id)
    if found is None:
        raise HTTPException(404, asked.word("not_found"))
    present = corpus.present(today_in_china())
    return found, present.of_plan(id, today_in_china()), present.leading(id)


def _named(corpus: Corpus, id: str) -> str:
    """What another plan of the unit is called: a revision has the title of what it revises, so its file is named as well."""
    found = corpus.document(id)
    if found is None:
        return id
    return " · ".join(part for part in (found.title, file_name(found.source.uri)) if part)


def _image(document: Document, pages: Sequence[int], page: int, place: tuple[int, int]) -> dict[str, Any]:
    """What the page image side shows."""
    number = page if page in pages else pages[0]
    at = pages.index(number)
    one = 0 <= place[0] < place[1]
    own = f"/plans/{quote(document.id, safe='')}/pages/{number}.png"
    return {
        "number": number,
        "src": own + (f"?start={place[0]}&end={place[1]}" if one else ""),
        "one": one,
        "previous": pages[at - 1] if at else None,
        "next": pages[at + 1] if at + 1 < len(pages) else None,
    }


def _clauses(asked: Here, corpus: Corpus, standings: Sequence[Standing]) -> dict[tuple[str, str], Clause]:
    """The source clause of each finding, by pack and requirement."""
    from flows.source_clause import source_clauses

    try:
        packs = {(pack.id, pack.sha256): pack for pack in pack_shelf.known(asked.corpora.home)}
    except InvalidPack:  # somebody is mending a file of a pack: findings say themselves what was asked
        packs = {}
    found: dict[tuple[str, str], Clause] = {}
    own: dict[str, dict[str, SourceClause]] = {}
    for one in standings:
        pack = packs.get((one.pack.id, one.pack.sha256))
        if pack is not None and pack.id not in own:
            own[pack.id] = source_clauses(corpus, pack)
        found[one.pack.id, one.finding.requirement] = _clause(one, pack, own.get(one.pack.id, {}))
    return found


def clause_of(asked: Here, corpus: Corpus, one: Standing) -> Clause:
    """The source clause of one finding."""
    return _clauses(asked, corpus, [one])[one.pack.id, one.finding.requirement]


def _clause(one: Standing, pack: Pack | None, own: Mapping[str, SourceClause]) -> Clause:
    there = own.get(one.finding.requirement)
    if there is not None:
        href = other_side(there.document.id, there.span.start, there.span.end) + "#at"
        title = there.document.title or there.document.source.uri
        return Clause(True, there.quote[:_CLAUSE], href, title, cut=len(there.quote) > _CLAUSE)
    asked = next((each for each in pack.requirements if each.id == one.finding.requirement), None) if pack else None
    return Clause(
        False,
        asks(one.finding),
        source=asked.source if asked else "",
        note="" if one.pack.basis_obtained else one.pack.basis_note,
    )


def _groups(
    document: Document,
    standings: Sequence[Standing],
    kept: Kept,
    clauses: Mapping[tuple[str, str], Clause],
    pages: frozenset[int],
) -> list[Group]:
    by_pack: dict[str, list[Standing]] = {}
    for one in standings:
        by_pack.setdefault(one.pack.id, []).append(one)
    alone = len(by_pack) == 1
    named: set[str] = set()
    groups = []
    for pack, several in by_pack.items():
        shown = []
        for one in several:
            finding = one.finding
            target = finding.requirement if alone else f"{pack}-{finding.requirement}"
            # Two packs may both have an R01: the link that names no pack leads to the first.
            also = "" if alone or finding.requirement in named else finding.requirement
            named.add(finding.requirement)
            here = [
                Quote(
                    piece.role,
                    piece.quote,
                    address_of(document.id, piece.span.start, piece.span.end, kept),
                    page=piece.span.page,
                    image=pages_address(document.id, piece.span.page, piece.span, target, kept=kept)
                    if piece.span.page in pages and piece.span.page is not None
                    else "",
                )
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
            shown.append(Shown(one, target, also, here, there, clauses[pack, finding.requirement]))
        faults = [one for one in shown if not kept.only or one.standing.state.verdict in FAULTS]
        groups.append(Group(several[0].pack, shown, faults))
    return groups


def _folded(text: str) -> str:
    from extractors.fold import fold

    return fold(text)


def _address(document: str, part: int, kept: Kept) -> str:
    asked = {"part": str(part)} if part > 1 else {}
    asked |= {name: value for name, value in (("script", kept.script), ("only", kept.only)) if value}
    return f"/plans/{quote(document, safe='')}" + (f"?{urlencode(asked)}" if asked else "")
