"""The county × requirement matrix in the terminal: one table a pack, one row a plan, one sign a requirement."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from duzheng import console
from duzheng.output import VERDICT_MARKS, VERDICT_STYLES, place, shorten
from schemas.finding import VERDICT_NAMES, VERDICTS, PlanCheck

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_NAME_WIDTH = 24
_ID_WIDTH = 3


def print_matrix(checks: Sequence[PlanCheck]) -> None:
    """Print the matrix of each pack that occurs, and the legend."""
    out = console.stdout()
    if not checks:
        print("没有可检查的方案 no plans to check")
        return
    for pack in dict.fromkeys(check.pack.id for check in checks):
        of_pack = [check for check in checks if check.pack.id == pack]
        head = of_pack[0].pack
        out.print(f"\n{head.id} {head.version}  {head.title}", style="bold", markup=False)
        for table in _tables(of_pack, out.width):
            out.print(table)
    out.print(_legend())


def _tables(checks: Sequence[PlanCheck], width: int) -> Iterable[Table]:
    """The matrix as tables that fit: the requirements go on in a further table where the terminal is too narrow."""
    names = [_name(check) for check in checks]
    requirements = list(dict.fromkeys(finding.requirement for check in checks for finding in check.findings))
    name_width = min(max(_width(name) for name in names), max(_NAME_WIDTH, width // 3))
    each = max(_ID_WIDTH, *(len(requirement) for requirement in requirements)) + 1
    room = max(1, (width - name_width - 12) // each)
    for start in range(0, len(requirements), room):
        yield _table(checks, names, requirements[start : start + room], name_width)


def _table(checks: Sequence[PlanCheck], names: Sequence[str], requirements: Sequence[str], name_width: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=True, header_style="dim")
    table.add_column("方案 plan", width=name_width, overflow="fold")
    for requirement in requirements:
        table.add_column(requirement, justify="center", no_wrap=True, min_width=_ID_WIDTH)
    table.add_column("符合", justify="right", no_wrap=True)
    for check, name in zip(checks, names, strict=True):
        verdicts = {finding.requirement: finding.verdict for finding in check.findings}
        cells = [
            Text(VERDICT_MARKS[verdicts[r]], VERDICT_STYLES[verdicts[r]]) if r in verdicts else Text("")
            for r in requirements
        ]
        asked = sum(verdict != "not_applicable" for verdict in verdicts.values())
        met = sum(verdict == "met" for verdict in verdicts.values())
        table.add_row(Text(name), *cells, f"{met}/{asked}")
    return table


def _name(check: PlanCheck) -> str:
    where = check.plan.jurisdiction
    short = "".join(part for part in (where.city, where.county) if part) or place(where)
    return shorten(short or check.plan.title or check.plan.uri, 40)


def _width(text: str) -> int:
    from rich.cells import cell_len

    return cell_len(text)


def _legend() -> Text:
    from rich.text import Text

    legend = Text()
    for verdict in VERDICTS:
        legend.append(f"{VERDICT_MARKS[verdict]} ", VERDICT_STYLES[verdict])
        legend.append(f"{VERDICT_NAMES[verdict]}   ")
    return legend
