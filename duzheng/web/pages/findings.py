"""The list of findings: filtered, paged, and as files."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any, get_args

from fastapi import APIRouter, Depends, Response

from checks.matrix import SIGNS
from corpus.choice import Choice
from corpus.tallied import STATES
from duzheng.web.here import Reader
from duzheng.web.lines import chosen_by, words_of
from duzheng.web.made import attached, csv_file, ledger_file, saved_as
from duzheng.web.paging import Paging
from schemas.china_time import today_in_china
from schemas.finding import VERDICTS, Severity

router = APIRouter(include_in_schema=False)
_ROWS = 100


def _choice(
    pack: str = "", unit: str = "", province: str = "", city: str = "", requirement: str = "", severity: str = "",
    verdict: str = "", state: str = "", only: str = "",
) -> Choice:  # fmt: skip
    choice = Choice(pack, unit, province, requirement, verdict, state, city, severity)
    # A verdict or a state that is asked for says itself whether what is fine is wanted.
    return replace(choice, only="faults" if only == "faults" and not (verdict or choice.known_state) else "")


Chosen = Annotated[Choice, Depends(_choice)]


@router.get("/findings")
def findings(asked: Reader, choice: Chosen, page: int = 1, only: str = "") -> Response:
    """One page of findings. ``only``: ``faults`` leaves out those that nothing is wrong with, as the menu does."""
    with asked.reading() as corpus:
        present = corpus.present(today_in_china())
        # It is the same for everybody who asks the same: the rows follow from these, and who is asking from none.
        key = ("findings", corpus.state(), present.mark, choice)

        def narrowing() -> dict[str, Any]:
            return {
                "packs": list(present.by("pack_id", Choice())),
                "provinces": list(present.by("province", Choice())),
                "cities": present.cities(Choice(pack=choice.pack, province=choice.province)),
                "requirements": present.requirements(Choice(pack=choice.pack)) if choice.pack else [],
            }

        total = asked.made(key, lambda: present.count(choice))
        wrong = replace(choice, only="faults")
        faults = total if choice.only else asked.made((*key[:3], wrong), lambda: present.count(wrong))
        # What can be chosen follows from two fields alone, whatever else is asked for.
        narrowed = asked.made(("findings among", *key[1:3], choice.pack, choice.province), narrowing)
        paging = Paging.of(asked.request, page, total, _ROWS)

        def make() -> dict[str, Any]:
            rows = present.page(choice, limit=_ROWS, offset=paging.offset)
            return {
                "rows": rows,
                "outdated": present.outdated({row.document_id for row in rows}),
                "signs": SIGNS,
                "observed": lambda text: words_of(asked, text),
            }

        return asked.page(
            "judging/findings.html",
            title=asked.word("findings"),
            choice=choice,
            kept="faults" if only == "faults" else "",
            faults=faults,
            table=asked.part((*key, paging.page), "judging/findings_table.html", make),
            paging=paging,
            severities=list(get_args(Severity)),
            chosen=list(chosen_by(asked, choice)),
            verdicts=VERDICTS,
            states=list(STATES),
            **narrowed,
        )


@router.get("/findings.xlsx")
def findings_ledger(asked: Reader, choice: Chosen) -> Response:
    """The ledger of what is chosen."""
    with asked.reading() as corpus:
        data = ledger_file(corpus, choice, today_in_china())
    return attached(data, saved_as("问题台账", choice.pack, "xlsx"))


@router.get("/findings.csv")
def findings_csv(asked: Reader, choice: Chosen) -> Response:
    """What is chosen as CSV."""
    with asked.reading() as corpus:
        data = csv_file(corpus, choice, today_in_china())
    return attached(data, saved_as("结论", choice.pack, "csv"))
