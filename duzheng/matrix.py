"""The county × requirement matrix in the terminal: one table a pack, one row a plan, one sign a requirement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from duzheng import console
from duzheng.output import VERDICT_MARKS, VERDICT_STYLES, shorten
from schemas.finding import VERDICT_NAMES, VERDICTS, PlanCheck

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

    from checks.matrix import Matrix
    from schemas.standing import State

_NAME_WIDTH = 24


def print_matrix(checks: Sequence[PlanCheck], states: Mapping[str, State] | None = None) -> None:
    """Print the matrix of each pack that occurs, and the legend; with ``states`` also what is overdue, and totals."""
    from checks.matrix import matrix

    out = console.stdout()
    if not checks:
        print("没有可检查的方案 no plans to check")
        return
    for table in matrix(checks, states):
        pack = table.rows[0].check.pack
        ids = f"{table.columns[0].requirement}–{table.columns[-1].requirement}" if table.columns else ""
        out.print(f"\n{pack.id} {pack.version}  {pack.title}  {ids}", style="bold", markup=False)
        for part in _parts(table, out.width):
            out.print(part)
        if states is not None:
            met, asked, faults, overdue = table.totals
            out.print(f"合计 符合 {met}/{asked}，问题 {faults}，逾期 {overdue}", markup=False, highlight=False)
            for line in _people(table):
                out.print(line, markup=False, highlight=False)
    out.print(_legend())


def _people(table: Matrix) -> Iterator[str]:
    """What people did about the cells that are starred."""
    for row in table.rows:
        words = [f"{column.requirement} {row.people(n)}" for n, column in enumerate(table.columns) if row.people(n)]
        if words:
            yield f"* {shorten(row.place, 40)}：{'；'.join(words)}"


def _parts(matrix: Matrix, width: int) -> Iterable[Table]:
    """The matrix as tables that fit: the requirements go on in a further table where the terminal is too narrow."""
    names = [shorten(row.place, 40) for row in matrix.rows]
    name_width = min(max(_width(name) for name in names), max(_NAME_WIDTH, width // 3))
    each = max(len(heading) for heading in _headings(matrix)) + 1
    room = max(1, (width - name_width - 17) // each)
    for start in range(0, len(matrix.columns), room):
        yield _table(matrix, names, slice(start, start + room), name_width)


def _table(matrix: Matrix, names: Sequence[str], columns: slice, name_width: int) -> Table:
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), show_header=True, header_style="dim")
    table.add_column("方案", width=name_width, overflow="fold")
    for heading in _headings(matrix)[columns]:
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("符合", justify="right", no_wrap=True)
    standing = any(state is not None for row in matrix.rows for state in row.states)
    if standing:
        table.add_column("逾期", justify="right", no_wrap=True)
    for row, name in zip(matrix.rows, names, strict=True):
        cells = [
            Text(VERDICT_MARKS[cell.verdict] + ("*" if row.people(number) else ""), VERDICT_STYLES[cell.verdict])
            if cell
            else Text("")
            for number, cell in list(enumerate(row.cells))[columns]
        ]
        late = [str(row.overdue)] if standing else []
        table.add_row(Text(name), *cells, f"{row.count('met')}/{row.asked}", *late)
    if standing:
        numbers = range(len(matrix.columns))[columns]
        table.add_row("问题合计", *(str(matrix.faults(number)) for number in numbers), "", "", style="dim")
    return table


def _headings(matrix: Matrix) -> list[str]:
    """The requirements' ids, without the letter that all of them share: twenty columns must fit beside a name."""
    ids = [column.requirement for column in matrix.columns]
    letters = {id[:1] for id in ids}
    return [id[1:] for id in ids] if len(letters) == 1 and all(len(id) > 1 for id in ids) else ids


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
