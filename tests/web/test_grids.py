"""A table of a plan is shown as a table wherever its text is one, and as its lines where it is not."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from duzheng.web.grids import grid
from duzheng.web.marked import Frame, Place, pieces

_CELL = st.text("甲乙丙一二", min_size=1, max_size=4)
_TABLES = st.integers(1, 4).flatmap(
    lambda width: st.lists(
        st.lists(st.tuples(_CELL, st.booleans()), min_size=width, max_size=width), min_size=2, max_size=5
    )
)


@given(_TABLES)
def test_each_cell_is_found_once_and_a_merged_one_covers_its_places(table: list[list[tuple[str, bool]]]) -> None:
    rows: list[list[str]] = []
    lines: list[list[str]] = []
    for number, row in enumerate(table):
        # A cell that is merged with the one above has its text, and is not written again. What is next must be told
        # from it, so cells are numbered.
        texts = [f"{word}{number}-{column}" for column, (word, _) in enumerate(row)]
        merged = [number > 0 and up and any(not one for _, one in row) for _, up in row]
        rows.append([rows[-1][c] if merged[c] else texts[c] for c in range(len(row))])
        lines.append([texts[c] for c in range(len(row)) if not merged[c]])
    text = "前面\n" + "\n".join("\t".join(line) for line in lines)
    end = len(text)
    frames = grid(text + "\n后面", 3, end, rows)
    if sum(map(len, lines)) < 2:
        assert frames == []
        return
    cells = [one for one in frames if one.kind == "cell"]
    assert [text[one.start : one.end].strip("\t\n") for one in cells] == [word for line in lines for word in line]
    assert sum(one.rows * one.columns for one in cells) == sum(map(len, rows))
    assert all(a.end == b.start for a, b in pairwise(cells))


def test_a_text_that_is_no_such_table_stays_as_it_is() -> None:
    text = "序号\t学校\n1\t实验小学"
    assert grid(text, 0, len(text), [["序号", "学校"], ["1", "中心小学"]]) == []
    assert grid(text, 0, len(text) - 2, [["序号", "学校"], ["1", "实验小学"]]) == []
    assert grid(text, 0, len(text), [["序号", "学校"], ["1", "实验小学"]])


def test_marks_and_frames_cut_the_text_and_lose_none_of_it() -> None:
    text = "一、名单\n序号\t学校\n1\t实验小学\n以上"
    start, end = text.index("序"), text.index("\n以上")
    frames = [Frame(0, 4, "head"), *grid(text, start, end, [["序号", "学校"], ["1", "实验小学"]])]
    mark = Place(text.index("1"), text.index("小学") + 2, "R01", "R01", "supports")
    made = pieces(text, [mark], frames=frames)
    assert "".join(one.text for one in made) == text
    depth: list[str] = []
    for one in made:
        depth += [frame.kind for frame in one.opens]
        if one.over:
            assert depth == ["table", "row", "cell"], "a mark is inside of each cell, not around them"
        for frame in one.closes:
            assert depth.pop() == frame.kind
    assert not depth


def test_a_table_that_the_end_of_a_page_cuts_is_shown_as_lines() -> None:
    text = "甲\t乙\n丙\t丁"
    frames = grid(text, 0, len(text), [["甲", "乙"], ["丙", "丁"]])
    crossing = [Frame(4, 12, "table"), Frame(2, 9, "head"), *frames]
    made = pieces(text + "续" * 10, [], frames=crossing)
    assert [frame.kind for one in made for frame in one.opens].count("table") == 1
    assert sum(len(one.opens) for one in made) == sum(len(one.closes) for one in made)
