"""The matrix: units × requirements of one pack, with totals, and as a workbook."""

from __future__ import annotations

from datetime import date
from typing import Any

from fastapi import APIRouter, Response
from markupsafe import Markup

from checks.matrix import SIGNS
from corpus.present import Choice
from duzheng.web.here import Reader
from duzheng.web.made import attached, ledger_file
from duzheng.web.paging import Paging
from schemas.finding import VERDICTS

router = APIRouter(include_in_schema=False)
_UNITS = 50
_PLAIN = Markup(' title="{}"><span aria-hidden="true">{}</span><span class="spoken"> {}</span>')


@router.get("/matrix")
def matrix(asked: Reader, pack: str = "", unit: str = "", province: str = "", page: int = 1) -> Response:
    """One page of units; the totals are over all that are chosen."""
    with asked.reading() as corpus:
        present = corpus.present(date.today())
        packs = present.by("pack_id", Choice())
        pack = pack if pack in packs else next(iter(packs), "")
        choice = Choice(pack=pack, unit=unit, province=province)
        counts = present.counts(choice)
        paging = Paging.of(asked.request, page, counts.units, _UNITS)

        def make() -> dict[str, Any]:
            rows = present.units(choice, limit=_UNITS, offset=paging.offset)
            names = {one: asked.word(f"judging.verdict_{one}") for one in VERDICTS}
            columns = present.requirements(choice)
            return {
                "choice": choice,
                "counts": counts,
                "columns": columns,
                "rows": rows,
                "outdated": present.outdated({row.document for row in rows}),
                "signs": SIGNS,
                "names": names,
                # Most cells say no more than their requirement and verdict: that is put together once.
                "here_zh": asked.language != "en",
                "plain": {
                    (one.requirement, verdict): _PLAIN.format(name, SIGNS[verdict], name)
                    for one in columns
                    for verdict, name in names.items()
                },
            }

        return asked.page(
            "judging/matrix.html",
            title=asked.word("matrix"),
            packs=list(packs),
            provinces=list(present.by("province", Choice(pack=pack))),
            choice=choice,
            counts=counts,
            table=asked.part((corpus.state(), present.mark, choice, paging.page), "judging/matrix_table.html", make)
            if packs
            else "",
            paging=paging,
            signs=SIGNS,
            verdicts=VERDICTS,
        )


@router.get("/matrix.xlsx")
def matrix_file(asked: Reader, pack: str = "", unit: str = "", province: str = "") -> Response:
    """The ledger of what is chosen, which has the matrix as its sheet."""
    with asked.reading() as corpus:
        data = ledger_file(corpus, Choice(pack=pack, unit=unit, province=province), date.today())
    return attached(data, "matrix.xlsx")
