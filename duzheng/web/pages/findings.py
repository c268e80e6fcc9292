"""The list of findings: filtered, paged, and as files."""

from __future__ import annotations

from datetime import date
from typing import Annotated, get_args

from fastapi import APIRouter, Depends, Response

from checks.matrix import SIGNS
from corpus.present import Choice
from corpus.tallied import STATES
from duzheng.web.here import Reader
from duzheng.web.lines import chosen_by, words_of
from duzheng.web.made import attached, csv_file, ledger_file
from duzheng.web.paging import Paging
from schemas.finding import VERDICTS, Severity

router = APIRouter(include_in_schema=False)
_ROWS = 100


def _choice(
    pack: str = "", unit: str = "", province: str = "", city: str = "", requirement: str = "", severity: str = "",
    verdict: str = "", state: str = "",
) -> Choice:  # fmt: skip
    return Choice(pack, unit, province, requirement, verdict, state, city, severity)


Chosen = Annotated[Choice, Depends(_choice)]


@router.get("/findings")
def findings(asked: Reader, choice: Chosen, page: int = 1) -> Response:
    """One page of findings."""
    with asked.reading() as corpus:
        present = corpus.present(date.today())
        paging = Paging.of(asked.request, page, present.count(choice), _ROWS)
        rows = present.page(choice, limit=_ROWS, offset=paging.offset)
        return asked.page(
            "judging/findings.html",
            title=asked.word("findings"),
            choice=choice,
            rows=rows,
            outdated=present.outdated({row.document_id for row in rows}),
            paging=paging,
            packs=list(present.by("pack_id", Choice())),
            provinces=list(present.by("province", Choice())),
            cities=present.cities(Choice(pack=choice.pack, province=choice.province)),
            severities=list(get_args(Severity)),
            chosen=list(chosen_by(asked, choice)),
            requirements=present.requirements(Choice(pack=choice.pack)) if choice.pack else [],
            verdicts=VERDICTS,
            states=list(STATES),
            signs=SIGNS,
            observed=lambda text: words_of(asked, text),
        )


@router.get("/findings.xlsx")
def findings_ledger(asked: Reader, choice: Chosen) -> Response:
    """The ledger of what is chosen."""
    with asked.reading() as corpus:
        data = ledger_file(corpus, choice, date.today())
    return attached(data, "ledger.xlsx")


@router.get("/findings.csv")
def findings_csv(asked: Reader, choice: Chosen) -> Response:
    """What is chosen as CSV."""
    with asked.reading() as corpus:
        data = csv_file(corpus, choice, date.today())
    return attached(data, "findings.csv")
