"""Findings over JSON: listed, one, its history, and decisions about it; and the matrix."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar

from fastapi import APIRouter, HTTPException, Query
from pydantic import ValidationError

from corpus.choice import Choice
from corpus.corpus import Corpus
from corpus.tallied import STATES
from duzheng.web.api.documents import Cursor, Limit, Name
from duzheng.web.cursors import cursor as cursor_of
from duzheng.web.cursors import place as place_of
from duzheng.web.cursors import unmoved
from duzheng.web.here import Here, Inspector, Reader
from duzheng.web.problem import COMMON
from schemas.china_time import today_in_china
from schemas.decision import DECISION, Decision
from schemas.errors import CorpusBusy, CorpusError
from schemas.finding import Verdict
from schemas.interface import (
    DecisionOrder,
    FindingLine,
    FindingView,
    History,
    HistoryStep,
    MatrixCell,
    MatrixRow,
    Page,
    WaiverOrder,
)

router = APIRouter(prefix="/api/v1", tags=["findings"], responses=COMMON)
T = TypeVar("T")


@router.get("/findings")
def findings(
    here: Reader,
    pack: Name = None,
    unit: Name = None,
    province: Name = None,
    requirement: Name = None,
    verdict: Verdict | None = None,
    state: Annotated[str | None, Query(description="one of: " + ", ".join(STATES), max_length=20)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[FindingLine]:
    """The findings of the last checks as they stand today, by pack and unit."""
    if state is not None and state not in STATES:
        raise HTTPException(422, f"state: 没有这种状态 / no such state; use {', '.join(STATES)}")
    choice = Choice(pack or "", unit or "", province or "", requirement or "", verdict or "", state or "")
    start = place_of(cursor)
    with here.reading() as corpus:
        # From the one before on: by it one sees that nothing has shifted meanwhile.
        rows = corpus.present(today_in_china()).page(choice, limit=limit + 2, offset=max(start - 1, 0))
    rows, following = _paged(rows, cursor, start, limit, lambda row: str(row.finding_id))
    return Page(items=[_line(row) for row in rows], next=following)


@router.get("/findings/{finding}")
def finding(here: Reader, finding: str) -> FindingView:
    """One finding as it stands today, by its id or its unique beginning."""
    with here.reading() as corpus:
        id = _history(corpus, finding)[0]
        one = corpus.present(today_in_china()).of_finding(id, today_in_china())
    if one is None:
        raise HTTPException(
            404, "最近一次检查已没有这一条，见其沿革 / the last check no longer has it; see its history"
        )
    return FindingView(
        finding=one.finding,
        plan=one.plan,
        pack=one.pack,
        unit=one.unit,
        since=one.since,
        state=one.state,
        decisions=one.decisions,
        others=one.others,
        outdated=one.outdated,
    )


@router.get("/findings/{finding}/history")
def history(here: Reader, finding: str) -> History:
    """What each check made of a finding, and what people decided about it."""
    with here.reading() as corpus:
        id, events, decisions = _history(corpus, finding)
    steps = [
        HistoryStep(
            run=event.run.number,
            made_at=event.run.made_at,
            document=event.run.document,
            pack_version=event.run.pack_version,
            change=event.change,
            causes=list(event.causes),
            verdict=event.finding.verdict if event.finding else None,
            observed=event.finding.observed if event.finding else None,
        )
        for event in events
    ]
    return History(id=id, steps=steps, decisions=list(decisions))


@router.get("/findings/{finding}/decisions")
def decisions(here: Reader, finding: str) -> list[Decision]:
    """What people decided about a finding, oldest first."""
    with here.reading() as corpus:
        return list(_history(corpus, finding)[2])


@router.post("/findings/{finding}/decisions", status_code=201)
def decide(here: Inspector, finding: str, order: DecisionOrder) -> Decision:
    """Records a decision. It adds to what was decided before and changes none of it; a waiver needs an approver."""
    fields = order.model_dump(exclude_none=True)
    fields["who"] = _who(here, order.who)
    if isinstance(order, WaiverOrder):
        here.require("approver")
        fields["approver"] = here.person.name or order.approver
    with here.reading() as corpus:
        id, _, made = _history(corpus, finding)
    if order.kind == "withdrawal" and order.corrects not in {one.id for one in made}:
        raise HTTPException(422, "corrects: 这一条没有这个记录 / this finding has no such record")
    try:
        decision = DECISION.validate_python(fields | {"finding": id})
    except ValidationError as error:
        raise HTTPException(422, "; ".join(" ".join(one["msg"].split()) for one in error.errors())) from error
    with here.writing() as corpus:
        recorded = corpus.decide(decision)
    here.note(f"decision {order.kind}", id, recorded.id)
    return recorded


@router.get("/matrix/{pack}")
def matrix(
    here: Reader,
    pack: str,
    unit: Name = None,
    province: Name = None,
    state: Annotated[str | None, Query(max_length=20)] = None,
    limit: Limit = 100,
    cursor: Cursor = None,
) -> Page[MatrixRow]:
    """Unit × requirement of a pack: the units in the order of their division codes."""
    start = place_of(cursor)
    if state is not None and state not in STATES:
        raise HTTPException(422, f"state: 没有这种状态 / no such state; use {', '.join(STATES)}")
    choice = Choice(pack, unit or "", province or "", state=state or "")
    with here.reading() as corpus:
        rows = corpus.present(today_in_china()).units(choice, limit=limit + 2, offset=max(start - 1, 0))
    rows, following = _paged(rows, cursor, start, limit, lambda row: str(row.unit))
    items = [
        MatrixRow(
            unit=row.unit,
            place=row.place,
            document=row.document,
            cells={
                name: MatrixCell(
                    finding=cell.finding_id,
                    machine=cell.machine,
                    verdict=cell.verdict,
                    open=cell.open,
                    overdue=cell.overdue,
                )
                for name, cell in row.cells.items()
            },
        )
        for row in rows
    ]
    return Page(items=items, next=following)


def _paged(
    rows: list[T], cursor: str | None, start: int, limit: int, name: Callable[[T], str]
) -> tuple[list[T], str | None]:
    """Of the rows from the one before ``start`` on those of the page, and the cursor of the next one."""
    if start:
        unmoved(cursor, name(rows[0]) if rows else "")
        rows = rows[1:]
    page = rows[:limit]
    return page, cursor_of(start + limit, name(page[-1])) if len(rows) > limit else None


def _who(here: Here, given: str | None) -> str:
    if here.person.name:
        return here.person.name
    if not given:
        raise HTTPException(422, "who: 没有账号时须写明是谁 / without accounts, say who decides")
    return given


def _history(corpus: Corpus, finding: str) -> tuple[str, Any, Any]:
    try:
        if "\x00" in finding:
            raise CorpusError(finding)
        return corpus.history(finding)
    except CorpusBusy:
        raise
    except CorpusError as error:
        raise HTTPException(404, str(error)) from error


def _line(row: Any) -> FindingLine:
    return FindingLine(
        id=row.finding_id,
        pack=row.pack_id,
        unit=row.unit,
        place=row.place,
        document=row.document_id,
        **{name: getattr(row, name) for name in FindingLine.model_fields if name in _SAME},
    )


_SAME = frozenset(FindingLine.model_fields) - {"id", "pack", "unit", "place", "document"}
