"""One finding: why it was judged so, how it came about, and the forms by which people decide about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, HTTPException, Response
from fastapi.responses import RedirectResponse
from pydantic import ValidationError

from checks.matrix import SIGNS, place_of
from duzheng.web.here import Approver, Here, Inspector, Reader
from duzheng.web.lines import decided, details, element, five, reason, words_of
from duzheng.web.pages.plan import address_of, clause_of, other_side
from flows.decided import withdrawal
from flows.deciding import possible
from flows.waiving import Application, application, applications
from schemas.china_time import today_in_china
from schemas.decision import DECISION, OUTCOME_NAMES, RESULT_NAMES, Decision
from schemas.errors import CorpusError, DuzhengError
from schemas.finding import REASON_NAMES, VERDICTS

if TYPE_CHECKING:
    from corpus.corpus import Corpus
    from corpus.history import Event

router = APIRouter(include_in_schema=False)
_FORMS = ("override", "apply", "waiver", "dispute", "ruling", "rectify", "note", "withdraw")
_LONGEST = 5_000
"""Characters of one field."""
Text = Annotated[str, Form()]


@router.get("/findings/{id}")
def finding(asked: Reader, id: str, application: str = "") -> Response:
    """The page of one finding. ``application``: the record of an application that is to be approved."""
    return _page(asked, id, entered={"application": application})


@router.get("/findings/{id}/{form}")
def form(asked: Reader, id: str, form: str) -> Response:
    """The address of a form that was not taken, typed again, or come back to after another language was chosen."""
    if form not in _FORMS:
        raise HTTPException(404)
    return RedirectResponse(f"/findings/{quote(id, safe='')}#{form}", status_code=303)


@router.post("/findings/{id}/override")
def override(
    asked: Inspector, id: str, who: Text = "", why: Text = "", verdict: Text = "", reason: Text = "",
    excerpt: Text = "", corrects: Text = "",
) -> Response:  # fmt: skip
    """The machine is wrong."""
    fields = {"who": who, "why": why, "verdict": verdict, "reason": reason, "excerpt": excerpt, "corrects": corrects}
    return _decided(asked, id, "override", fields, lambda _: _made("override", id, fields))


@router.post("/findings/{id}/apply")
def apply(asked: Inspector, id: str, who: Text = "", why: Text = "", ground: Text = "", until: Text = "") -> Response:
    """Applies for a waiver."""
    fields = {"who": who, "why": why, "ground": ground, "until": until}

    def make(_: Corpus) -> Decision:
        # The same fields as a waiver's: what is missing is told in the same way.
        trial = _made("waiver", id, fields | {"applicant": fields["who"], "approver": f"{fields['who']}?"})
        return application(id, who=trial.who, ground=ground, until=date.fromisoformat(until), why=trial.why)

    return _decided(asked, id, "apply", fields, make)


@router.post("/findings/{id}/waiver")
def waiver(
    asked: Approver, id: str, who: Text = "", why: Text = "", ground: Text = "", until: Text = "",
    applicant: Text = "", application: Text = "", corrects: Text = "",
) -> Response:  # fmt: skip
    """Approves a waiver that somebody else has applied for: who applied is taken from the application, where there is one."""
    fields = {
        "who": who, "why": why, "ground": ground, "until": until, "applicant": applicant, "application": application,
        "corrects": corrects,
    }  # fmt: skip

    def make(corpus: Corpus) -> Decision:
        given = {name: value for name, value in fields.items() if name != "application"}
        if application:
            waiting = {one.record: one for one in applications(corpus.history(id)[2])}
            if application not in waiting:
                raise CorpusError(f"{application}: 没有这份待批准的申请 / no such application is waiting")
            given["applicant"] = waiting[application].applicant
        return _made("waiver", id, given | {"approver": given["who"]})

    return _decided(asked, id, "waiver", fields, make)


@router.post("/findings/{id}/dispute")
def dispute(
    asked: Inspector, id: str, who: Text = "", why: Text = "", statement: Text = "", deadline: Text = "",
    corrects: Text = "",
) -> Response:  # fmt: skip
    """A unit objects."""
    fields = {"who": who, "why": why, "statement": statement, "deadline": deadline, "corrects": corrects}
    return _decided(asked, id, "dispute", fields, lambda _: _made("dispute", id, fields))


@router.post("/findings/{id}/ruling")
def ruling(
    asked: Inspector, id: str, who: Text = "", why: Text = "", outcome: Text = "", corrects: Text = ""
) -> Response:
    """The answer to the open dispute."""
    fields = {"who": who, "why": why, "outcome": outcome, "corrects": corrects}
    return _decided(asked, id, "ruling", fields, lambda _: _made("ruling", id, fields))


@router.post("/findings/{id}/rectify")
def rectify(
    asked: Inspector, id: str, who: Text = "", why: Text = "", step: Text = "", by: Text = "", on: Text = "",
    responsible: Text = "", person: Text = "", measures: Text = "", deadline: Text = "", result: Text = "",
    proof: Text = "", corrects: Text = "",
) -> Response:  # fmt: skip
    """A step of rectification."""
    fields = {
        "who": who, "why": why, "step": step, "by": by, "on": on, "responsible": responsible, "person": person,
        "measures": measures, "deadline": deadline, "result": result, "proof": proof, "corrects": corrects,
    }  # fmt: skip

    def make(_: Corpus) -> Decision:
        made = _made("rectification", id, fields)
        if made.kind == "rectification" and made.step == "assigned" and made.deadline is None:
            raise _Wrong("deadline", asked.word("judging.missing_deadline"))
        return made

    return _decided(asked, id, "rectify", fields, make)


@router.post("/findings/{id}/note")
def note(asked: Inspector, id: str, who: Text = "", why: Text = "", corrects: Text = "") -> Response:
    """A note."""
    fields = {"who": who, "why": why, "corrects": corrects}
    return _decided(asked, id, "note", fields, lambda _: _made("note", id, fields))


@router.post("/findings/{id}/withdraw")
def withdraw(asked: Inspector, id: str, who: Text = "", why: Text = "", record: Text = "") -> Response:
    """Takes a record back. Waivers are taken back by those who may approve them."""
    fields = {"who": who, "why": why, "record": record}

    def make(corpus: Corpus) -> Decision:
        mine = {one.id: one for one in corpus.history(id)[2]}
        if record not in mine:
            raise CorpusError(f"{record}: 这个结论没有这条记录 / this finding has no such record")
        if mine[record].kind == "waiver" and not asked.person.may("approver"):
            raise CorpusError(asked.word("forbidden"))
        _checked("note", id, fields)
        return withdrawal(corpus, record, fields["who"], why)

    return _decided(asked, id, "withdraw", fields, make)


class _Wrong(DuzhengError):
    """A field of a form that the page asks for, and that a record could do without."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def _made(kind: str, id: str, fields: Mapping[str, str]) -> Decision:
    given = {name: value.strip() for name, value in fields.items() if value.strip()}
    return DECISION.validate_python({"kind": kind, "finding": id, **given})


def _checked(kind: str, id: str, fields: Mapping[str, str]) -> None:
    _made(kind, id, {name: value for name, value in fields.items() if name in ("who", "why")})


def _decided(asked: Here, id: str, form: str, fields: dict[str, str], make: Callable[[Corpus], Decision]) -> Response:
    """Records what a form says, or shows the page again with what was entered and why it was not taken.

    Where there are accounts, who decides is the account, whatever the form says.
    """
    if asked.person.has_account:
        fields["who"] = asked.person.name
    faults = {
        name: asked.word("judging.too_long", field=asked.word(f"judging.f_{name}"), most=_LONGEST)
        for name, value in fields.items()
        if len(value) > _LONGEST
    }
    problems = list(faults.values())
    if not problems:
        try:
            with asked.writing() as corpus:
                made = corpus.decide(make(corpus))
        except ValidationError as error:
            said = [(str(one["loc"][-1]) if one["loc"] else "", _said(asked, one)) for one in error.errors()]
            problems = list(dict.fromkeys(message for _, message in said))
            faults = {name: message for name, message in said if name in _FIELDS}
        except _Wrong as error:
            problems, faults = [str(error)], {error.field: str(error)}
        except (DuzhengError, ValueError) as error:
            problems = [str(error)]
        else:
            asked.note(f"decision {made.kind}", made.finding, made.id)
            return RedirectResponse(f"/findings/{made.finding}#{made.id}", status_code=303)
    return _page(asked, id, status=422, problems=problems, faults=faults, form=form, entered=fields)


def _said(asked: Here, error: Any) -> str:
    if error["type"] == "value_error":
        return str(error["msg"]).removeprefix("Value error, ")
    name = str(error["loc"][-1]) if error["loc"] else ""
    field = asked.word(f"judging.f_{name}") if name in _FIELDS else name
    missing = error["type"] in ("missing", "string_too_short")
    return asked.word("judging.missing_field" if missing else "judging.invalid_field", field=field)


_FIELDS = frozenset(
    (
        "who", "why", "verdict", "reason", "excerpt", "ground", "until", "applicant", "approver", "statement",
        "deadline", "outcome", "step", "by", "on", "responsible", "person", "measures", "result", "proof", "corrects",
    )
)  # fmt: skip


def _page(
    asked: Here,
    id: str,
    *,
    status: int = 200,
    problems: list[str] | None = None,
    faults: Mapping[str, str] | None = None,
    form: str = "",
    entered: Mapping[str, str] | None = None,
) -> Response:
    today = today_in_china()
    with asked.reading() as corpus:
        try:
            id, events, decisions = corpus.history(id)
        except CorpusError as error:
            raise HTTPException(404, str(error)) from error
        one = corpus.present(today).of_finding(id, today)
        clause = clause_of(asked, corpus, one) if one else None
        beside = corpus.present(today).beside(id)
    last = one.finding if one else next((event.finding for event in reversed(events) if event.finding), None)
    if last is None:
        raise HTTPException(404, asked.word("not_found"))
    plan = one.plan.id if one else events[-1].run.document
    may = possible(
        last,
        one.state if one else None,
        decisions,
        who=asked.person.name if asked.person.has_account else "",
        approves=asked.person.may("approver"),
    )
    entered = dict(entered or {})
    chosen = next((each for each in may.waiting if each.record == entered.get("application")), None)
    if chosen is not None and not form:
        form = "waiver"
        entered |= _filled(chosen)
    at = next((place for place, each in enumerate(beside) if each.finding_id == id), None)
    return asked.page(
        "judging/finding.html",
        status,
        title=f"{last.requirement} {last.title}",
        id=id,
        one=one,
        finding=last,
        plan=plan,
        place_of=place_of,
        moment=datetime.fromisoformat,
        evidence=[(piece, address_of(plan, piece.span.start, piece.span.end)) for piece in last.evidence],
        elsewhere=[(piece, other_side(piece.document, piece.span.start, piece.span.end)) for piece in last.elsewhere],
        elements=[
            (element(asked, each), address_of(plan, each.evidence.span.start, each.evidence.span.end))
            for each in last.elements
        ],
        history=_history(events),
        decisions=decisions,
        corrected={each.corrects for each in decisions if each.corrects},
        clause=clause,
        lines=five(asked, last),
        observed=lambda text: words_of(asked, text),
        decided=lambda each: decided(asked, each),
        details=details,
        why=reason,
        waiting=applications(decisions),
        may=may,
        offered={"waiver": _filled(may.waiting[0])} if may.waiting else {},
        before=beside[at - 1] if at else None,
        after=beside[at + 1] if at is not None and at + 1 < len(beside) else None,
        problems=problems or [],
        faults=faults or {},
        form=form,
        entered=entered,
        verdicts=VERDICTS,
        reasons=list(REASON_NAMES),
        results=list(RESULT_NAMES),
        outcomes=list(OUTCOME_NAMES),
        signs=SIGNS,
    )


def _filled(one: Application) -> dict[str, str]:
    """An application as the form has it."""
    until = one.until.isoformat()
    return {"application": one.record, "ground": one.ground, "until": until, "applicant": one.applicant}


def _history(events: list[Event]) -> list[Event]:
    """The runs that changed something, newest first."""
    kept = [one for n, one in enumerate(events) if not n or one.change not in ("same", "fine") or one.causes]
    return kept[::-1]
