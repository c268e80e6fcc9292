"""Random tables with merged cells, for the tests that write one into a real file and read it back."""

from __future__ import annotations

from hypothesis import strategies as st

from schemas.reading import Table

# (row, column, row span, column span, text)
Spec = tuple[int, int, int, int, str]
WORDS = st.text(alphabet="甲乙丙丁校小学中心幼儿园年级组负责人", min_size=1, max_size=6)


@st.composite
def merged_tables(draw: st.DrawFn, *, max_rows: int = 6, max_columns: int = 5, blanks: bool = True) -> list[Spec]:
    """The cells of a table, row by row: rectangles that fill a grid of at least two rows and two columns."""
    rows = draw(st.integers(2, max_rows))
    columns = draw(st.integers(2, max_columns))
    taken: set[tuple[int, int]] = set()
    cells: list[Spec] = []
    for row in range(rows):
        for column in range(columns):
            if (row, column) in taken:
                continue
            across = draw(st.sampled_from([1, 1, 1, 2, 3]))
            down = draw(st.sampled_from([1, 1, 1, 2, 3]))
            across = min(across, columns - column)
            while any((row, column + i) in taken for i in range(across)):
                across -= 1
            down = min(down, rows - row)
            taken |= {(row + i, column + j) for i in range(down) for j in range(across)}
            text = draw(st.one_of(WORDS, st.just(""))) if blanks else draw(WORDS)
            cells.append((row, column, down, across, text))
    return cells


def without_unused_edges(cells: list[Spec], *, rows: bool = True) -> list[Spec]:
    """The same table on the grid that can be seen: an edge at which no cell begins or ends is not drawn."""
    ys = sorted({r for r, *_ in cells} | {r + h for r, _, h, _, _ in cells})
    xs = sorted({c for _, c, *_ in cells} | {c + w for _, c, _, w, _ in cells})
    y = ys.index if rows else int
    return [(y(r), xs.index(c), y(r + h) - y(r), xs.index(c + w) - xs.index(c), t) for r, c, h, w, t in cells]


def expected_grid(cells: list[Spec]) -> list[list[str]]:
    """The texts at every place, a merged cell's text at each place it covers."""
    height = max(r + h for r, _, h, _, _ in cells)
    width = max(c + w for _, c, _, w, _ in cells)
    grid = [[""] * width for _ in range(height)]
    for row, column, down, across, text in cells:
        for i in range(row, row + down):
            for j in range(column, column + across):
                grid[i][j] = text
    return grid


def text_grid(table: Table) -> list[list[str]]:
    """The same of a table that was read; a place without a cell is a mistake and shows as ``?``."""
    return [[cell.text if cell is not None else "?" for cell in row] for row in table.grid()]


def spans(cells: list[Spec]) -> set[tuple[int, int, int, int]]:
    """Where each cell is and how far it reaches."""
    return {(r, c, h, w) for r, c, h, w, _ in cells}


def read_spans(table: Table) -> set[tuple[int, int, int, int]]:
    """The same of a table that was read."""
    return {(c.row, c.column, c.row_span, c.column_span) for c in table.cells}
