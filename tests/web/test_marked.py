"""The text of a plan is set as what it is, marks and all, and not a character of it is lost."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from duzheng.web.grids import grid
from duzheng.web.marked import Frame, Place, frames_of, pieces

_CELL = st.text("甲乙丙一二", min_size=1, max_size=4)
_TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.tuples(_CELL, st.booleans()), min_size=width, max_size=width), min_size=2, max_size=5
    )
)


@given(_TABLES)
def test_the_cells_of_a_table_follow_one_another_and_cover_all_of_it(table: list[list[tuple[str, bool]]]) -> None:
    rows: list[list[str]] = []
    lines: list[list[str]] = []
    for number, row in enumerate(table):
        # What is merged with the cell above has its text and is not written again; numbers tell what is not.
        texts = [f"{word}{number}-{column}" for column, (word, _) in enumerate(row)]
        merged = [number > 0 and up and any(not one for _, one in row) for _, up in row]
        rows.append([rows[-1][c] if merged[c] else texts[c] for c in range(len(row))])
        lines.append([texts[c] for c in range(len(row)) if not merged[c]])
    text = "前面\n" + "\n".join("\t".join(line) for line in lines)
    found = grid(text + "\n后面", 3, len(text), rows)
    assert found is not None
    cells = [one for one in frames_of(found) if one.kind == "cell"]
    assert [text[one.start : one.end].strip("\t\n") for one in cells] == [word for line in lines for word in line]
    assert (cells[0].start, cells[-1].end) == (3, len(text))
    assert all(a.end == b.start for a, b in pairwise(cells))
    assert sum(one.rows * one.columns for one in cells) == sum(map(len, rows))


_SPANS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(sorted)


@given(
    st.lists(_SPANS, max_size=6),
    st.lists(st.tuples(_SPANS, st.sampled_from(["head", "table", "row", "cell"])), max_size=8),
)
def test_whatever_crosses_what_is_opened_is_closed_in_order(
    marks: list[list[int]], frames: list[tuple[list[int], str]]
) -> None:
    text = "".join(chr(0x4E00 + number) for number in range(40))
    places = [Place(start, end, "R01", "R01", "supports") for start, end in marks]
    made = pieces(text, places, frames=[Frame(start, end, kind) for (start, end), kind in frames])  # type: ignore[arg-type]
    assert "".join(one.text for one in made) == text
    opened: list[Frame] = []
    for one in made:
        opened += one.opens
        kinds = [frame.kind for frame in opened]
        assert kinds in ([], ["head"], ["table"], ["table", "row"], ["table", "row", "cell"])
        for frame in one.closes:
            assert opened.pop() == frame
    assert not opened


def test_a_mark_across_cells_is_inside_of_each() -> None:
    text = "一、名单\n序号\t学校\n1\t实验小学\n以上"
    start, end = text.index("序"), text.index("\n以上")
    table = grid(text, start, end, [["序号", "学校"], ["1", "实验小学"]])
    assert table is not None
    mark = Place(text.index("1"), end, "R01", "R01", "supports")
    made = pieces(text, [mark], frames=[Frame(0, 4, "head"), *frames_of(table)])
    depth: list[str] = []
    for one in made:
        depth += [frame.kind for frame in one.opens]
        if one.over:
            assert depth == ["table", "row", "cell"]
        del depth[len(depth) - len(one.closes) :]
