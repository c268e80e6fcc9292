"""A table in the text of a document is laid out cell by cell, or left as lines where its cells cannot be told apart."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from duzheng.web.grids import grid

_CELLS = st.text("甲乙丙 12", max_size=3)
_ROWS = st.integers(1, 4).flatmap(
    lambda width: st.lists(st.lists(_CELLS, min_size=width, max_size=width), min_size=1, max_size=5)
)


def _shown(
    text: str, rows: list[list[str]], start: int = 0, end: int | None = None
) -> list[list[tuple[str, int, int]]]:
    made = grid(text, start, len(text) if end is None else end, rows)
    assert made is not None
    return [[(text[cell.start : cell.end], cell.rows, cell.columns) for cell in row] for row in made.rows]


@given(_ROWS)
def test_a_table_without_merged_cells_is_laid_out_as_it_was_read(rows: list[list[str]]) -> None:
    text = "\n".join("\t".join(row) for row in rows)
    assert _shown(text, rows) == [[(cell, 1, 1) for cell in row] for row in rows]


def test_a_merged_cell_stands_once_and_covers_its_places() -> None:
    rows = [
        ["学段", "核心校", "成员校"],
        ["小学", "甲校", "乙校\n丙校"],
        ["小学", "丁校", "戊校"],
        ["合计", "合计", "5"],
    ]
    text = "学段\t核心校\t成员校\n小学\t甲校\t乙校\n丙校\n丁校\t戊校\n合计\t5"
    assert _shown(text, rows) == [
        [("学段", 1, 1), ("核心校", 1, 1), ("成员校", 1, 1)],
        [("小学", 2, 1), ("甲校", 1, 1), ("乙校\n丙校", 1, 1)],
        [("丁校", 1, 1), ("戊校", 1, 1)],
        [("合计", 1, 2), ("5", 1, 1)],
    ]


def test_lines_that_are_not_the_cells_are_left_alone() -> None:
    assert grid("甲\t乙\n丙", 0, 5, [["甲", "乙"], ["丙", "丁"]]) is None
    assert grid("前言甲\t乙", 2, 5, [["甲", "乙"]]) is None
    assert grid("甲\t乙 元", 0, 5, [["甲", "乙"]]) is None
    assert grid("甲\t乙", 0, 3, [["甲", "乙"], ["丙"]]) is None


@given(st.text("甲乙\t\n", max_size=12), _ROWS)
def test_whatever_the_text_no_character_is_lost_or_shown_twice(text: str, rows: list[list[str]]) -> None:
    made = grid(text, 0, len(text), rows)
    if made is not None:
        cells = [cell for row in made.rows for cell in row]
        told = sorted((cell.start, cell.end) for cell in cells)
        assert all(a[1] <= b[0] for a, b in pairwise(told))
        left = "".join(text[a[1] : b[0]] for a, b in zip([(0, 0), *told], [*told, (len(text), 0)], strict=True))
        assert not left.strip("\t\n")
