"""The matrix: units × requirements of one pack, with totals, and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Response
from markupsafe import Markup

from checks.matrix import SIGNS
from corpus.choice import HAVING, Choice
from duzheng.web.here import Here, Reader
from duzheng.web.lines import chosen_by, stands
from duzheng.web.made import attached, ledger_file, saved_as
from duzheng.web.paging import Paging
from schemas.china_time import today_in_china
from schemas.finding import VERDICTS, Severity

if TYPE_CHECKING:
    from sqlalchemy import Row

    from corpus.present import Present

router = APIRouter(include_in_schema=False)
_UNITS = 50
_FIELDS = ("pack", "province", "city", "unit", "severity", "having")
# The words stand in attributes: what is copied into a table calculation is the sign alone.
_PLAIN = Markup(' title="{said}" aria-label="{said}">{sign}')


def _choice(
    pack: str = "", province: str = "", city: str = "", unit: str = "", severity: str = "", having: str = ""
) -> Choice:
    """What is asked for, of which nothing is taken that there is not."""
    return Choice(
        pack=pack, province=province, city=city, unit=unit,
        severity=severity if severity in get_args(Severity) else "", having=having if having in HAVING else "",
    )  # fmt: skip


Chosen = Annotated[Choice, Depends(_choice)]


@router.get("/matrix")
def matrix(asked: Reader, choice: Chosen, page: int = 1) -> Response:
    """One page of units; the totals are over all that are chosen."""
    with asked.reading() as corpus:
        present = corpus.present(today_in_china())
        key = (corpus.state(), present.mark)
        packs, provinces, cities, of_pack = asked.made(
            ("matrix", *key, choice.pack, choice.province), lambda: _there(present, choice)
        )
        given = replace(choice, pack=choice.pack if choice.pack in packs else next(iter(packs), ""))
        among = replace(given, requirements=_of_severity(of_pack, given.severity), severity="")
        counts = asked.made(("matrix counts", *key, among), lambda: present.counts(among))
        paging = Paging.of(asked.request, page, counts.units, _UNITS)

        def make() -> dict[str, Any]:
            columns = present.requirements(among) if counts.units else []
            return _table(asked, present, among, columns, paging) | {
                "choice": given,
                "counts": counts,
                "chosen": list(chosen_by(asked, replace(given, pack=""))),
            }

        return asked.page(
            "judging/matrix.html",
            title=asked.word("matrix"),
            packs=packs,
            provinces=provinces,
            cities=cities,
            severities=list(get_args(Severity)),
            kinds=[one for one in HAVING if one not in VERDICTS],
            choice=given,
            counts=counts,
            table=asked.part((*key, given, paging.page), "judging/matrix_table.html", make) if packs else "",
            file=f"/matrix.xlsx?{urlencode(_given(given))}",
            narrowed=len(_given(given)) > 1,
            paging=paging,
            signs=SIGNS,
            verdicts=VERDICTS,
        )


@router.get("/matrix.xlsx")
def matrix_file(asked: Reader, choice: Chosen) -> Response:
    """The ledger of what is chosen, which has the matrix as its sheet."""
    with asked.reading() as corpus:
        columns = corpus.present(today_in_china()).requirements(Choice(pack=choice.pack)) if choice.severity else []
        among = replace(choice, requirements=_of_severity(columns, choice.severity), severity="")
        data = ledger_file(corpus, among, today_in_china())
    return attached(data, saved_as("总览矩阵", choice.pack, "xlsx"))


def _there(present: Present, choice: Choice) -> tuple[list[str], list[str], list[str], Sequence[Row[Any]]]:
    """What can be chosen: packs, and of one of them provinces, cities and requirements."""
    packs = list(present.by("pack_id", Choice()))
    pack = Choice(pack=choice.pack if choice.pack in packs else next(iter(packs), ""))
    cities = present.cities(replace(pack, province=choice.province))
    return packs, list(present.by("province", pack)), cities, present.requirements(pack)


def _of_severity(columns: Sequence[Row[Any]], severity: str) -> tuple[str, ...]:
    """The columns of a severity; none where it is not asked for, and one that there is not where none is so."""
    return tuple(one.requirement for one in columns if one.severity == severity) or ("-",) if severity else ()


def _given(choice: Choice) -> dict[str, str]:
    return {name: value for name in _FIELDS if (value := getattr(choice, name))}


def _table(
    asked: Here, present: Present, choice: Choice, columns: Sequence[Row[Any]], paging: Paging
) -> dict[str, Any]:
    rows = present.units(choice, limit=_UNITS, offset=paging.offset)
    names = {one: asked.word(f"judging.verdict_{one}") for one in VERDICTS}
    # What the pack says is Chinese, which an attribute in an English page could not be marked as.
    named = {one.requirement: "" if asked.language == "en" else f" {one.title}" for one in columns}
    titles = {number: f"{number}{name}{asked.word('judging.colon')}" for number, name in named.items()}

    def told(cell: Row[Any]) -> str:
        return titles[cell.requirement] + asked.word("judging.semicolon").join(_said(asked, cell))

    return {
        "columns": columns,
        "rows": rows,
        "outdated": present.outdated({row.document for row in rows}),
        "signs": SIGNS,
        "told": told,
        # Most cells say no more than their requirement and verdict: that is put together once.
        "plain": {
            (one.requirement, verdict): _PLAIN.format(said=titles[one.requirement] + name, sign=SIGNS[verdict])
            for one in columns
            for verdict, name in names.items()
        },
        "totals": _totals(columns),
    }


def _said(asked: Here, cell: Row[Any]) -> Sequence[str]:
    """A cell in words: its verdict, what people decided, whether it is late."""
    return [asked.word(f"judging.verdict_{cell.machine}"), *stands(asked, cell)]


def _totals(columns: Sequence[Row[Any]]) -> dict[str, int]:
    return {name: sum(getattr(one, name) for one in columns) for name in ("met", "asked", "faults", "overdue")}
