"""Pages in columns, tables without ruling lines, and rows that a page break cuts."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from pdf_typesetter import LEFT, Sheet, Spec, Typesetter, wrap
from readings import tables

from extractors.readers import pdf
from extractors.readers.pages.columns import MIN_SHORTER
from schemas.reading import Paragraph, Reading, Table

SENTENCE = (
    "为加快推动义务教育优质均衡发展，各校要健全结对帮扶机制，每学期开展联合教研不少于4次，骨干教师交流比例不低于10%。"
)
COLUMN = 210.0


def body(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "body"]


def grid(table: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in table.grid()]


def in_two_columns(sheet: Typesetter, texts: Sequence[str], rows: int, offset: float = 0.0) -> int:
    """Sets paragraphs in two columns of ``rows`` lines a page, the right one ``offset`` points lower.

    Returns how many lines stand in the right column of the last page.
    """
    lines = [
        (24.0 if number == 0 else 0.0, line) for text in texts for number, line in enumerate(wrap(text, COLUMN, 12, 24))
    ]
    top = sheet.y
    for index, (indent, line) in enumerate(lines):
        on_page = index % (2 * rows)
        if index and on_page == 0:
            sheet.end_page()
            top = sheet.y
        column, row = divmod(on_page, rows)
        sheet.put(line, LEFT + column * (COLUMN + 28) + indent, top + row * 20 + column * offset, 12)
    return max((len(lines) - 1) % (2 * rows) + 1 - rows, 0)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    repeats=st.lists(st.integers(1, 3), min_size=6, max_size=14),
    rows=st.integers(12, 28),
    offset=st.sampled_from([0.0, 3.0, 7.0, 10.0]),
)
def test_two_columns_are_read_one_after_the_other(repeats: list[int], rows: int, offset: float) -> None:
    sheet = Typesetter()
    sheet.title("关于推进城乡学校共同体建设的意见")
    texts = [f"第{number}条要求。" + SENTENCE * times for number, times in enumerate(repeats)]
    beside = in_two_columns(sheet, texts, rows, offset)
    # A line or two beside a full column may as well be a caption or a signature (MIN_SHORTER).
    assume(beside >= MIN_SHORTER)
    assert body(pdf.read(sheet.finish(), "x.pdf")) == ["关于推进城乡学校共同体建设的意见", *texts]


@pytest.mark.xfail(
    strict=True, reason="lines of half the width of the only other line, a title, look as if each stopped short"
)
def test_a_column_with_nothing_beside_it_is_joined_to_paragraphs() -> None:
    sheet = Typesetter()
    sheet.title("关于推进城乡学校共同体建设的意见")
    texts = [f"第{number}条要求。" + SENTENCE for number in range(6)]
    assert in_two_columns(sheet, texts, 24, 0.0) == 0
    assert body(pdf.read(sheet.finish(), "x.pdf")) == ["关于推进城乡学校共同体建设的意见", *texts]


def test_a_block_of_names_and_a_signature_are_no_columns() -> None:
    sheet = Typesetter()
    sheet.paragraph("一、成立领导小组")
    lines = ["组　长：张三　　县政府副县长", "副组长：李四　　县教育局局长", "成　员：王五　　县财政局副局长"] * 3
    for line in lines:
        sheet.line(line, LEFT + 32, 16, 28)
    sheet.signature("云岭县教育局")
    sheet.signature("2025年9月1日")
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert tables(reading) == []
    texts = body(reading)
    assert [text.replace(" ", "") for text in texts[1:-2]] == [line.replace("　", "") for line in lines]


ROWS = [
    ["序号", "牵头学校", "成员学校", "负责人"],
    ["1", "青禾小学", "柳溪小学、明德小学", "张三"],
    ["2", "枫林小学", "槐荫小学", "欧阳四"],
    ["3", "望河中学", "临江中学", "王五"],
]
WIDTHS = [60.0, 120.0, 160.0, 80.0]


def unruled(sheet: Typesetter, rows: Sequence[Sequence[str]], widths: Sequence[float], pitch: float = 22.0) -> None:
    for row in rows:
        x = LEFT
        for text, width in zip(row, widths, strict=True):
            if text:
                sheet.put(text, x, sheet.y, 12)
            x += width
        sheet.y += pitch


def test_a_table_without_lines_is_a_table() -> None:
    sheet = Typesetter()
    sheet.paragraph("结对情况如下：")
    unruled(sheet, ROWS, WIDTHS)
    sheet.paragraph("以上各校要认真落实。" + SENTENCE)
    reading = pdf.read(sheet.finish(), "x.pdf")
    (table,) = tables(reading)
    assert grid(table) == ROWS
    assert body(reading) == ["结对情况如下：", "以上各校要认真落实。" + SENTENCE]
    kinds = [type(block).__name__ for block in reading.blocks if block.role == "body"]
    assert kinds == ["Paragraph", "Table", "Paragraph"]
    place = next(cell for cell in table.cells if cell.text == "槐荫小学").box
    assert place is not None
    assert place.x0 < 261 < place.x1


def test_a_cell_of_several_lines_in_a_table_without_lines_is_one_cell() -> None:
    sheet = Typesetter()
    rows = [[*row] for row in ROWS]
    rows.insert(2, ["", "", "石桥小学", ""])
    unruled(sheet, rows, WIDTHS)
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert grid(table) == [ROWS[0], ["1", "青禾小学", "柳溪小学、明德小学\n石桥小学", "张三"], *ROWS[2:]]


_NAMES = ["青禾小学", "柳溪中心学校", "明德中学", "枫林教学点", "槐荫九年一贯制学校"]


@settings(max_examples=30, deadline=None)
@given(
    cells=st.lists(st.lists(st.sampled_from(_NAMES), min_size=3, max_size=3), min_size=3, max_size=12),
    pitch=st.sampled_from([18.0, 22.0, 30.0]),
)
def test_any_table_of_names_without_lines_reads_back(cells: list[list[str]], pitch: float) -> None:
    sheet = Typesetter()
    rows = [["序号", "城区学校", "乡村学校", "片区"], *([str(n), *row] for n, row in enumerate(cells, 1))]
    unruled(sheet, rows, [50.0, 140.0, 140.0, 110.0], pitch)
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert grid(table) == rows


@pytest.mark.parametrize("times", [1, 4, 9])
def test_running_text_is_never_taken_for_a_table(times: int) -> None:
    sheet = Typesetter()
    texts = [f"（{number}）" + SENTENCE * times for number in "一二三四五"]
    for text in texts:
        sheet.paragraph(text)
    reading = pdf.read(sheet.finish(), "x.pdf")
    assert tables(reading) == []
    assert body(reading) == texts


def test_a_row_that_the_page_cuts_is_one_row() -> None:
    sheet = Typesetter()
    head: list[Spec] = [(0, 0, 1, 1, "序号"), (0, 1, 1, 1, "任务"), (0, 2, 1, 1, "责任单位")]
    first = [(r, 0, 1, 1, str(r)) for r in range(1, 4)] + [(r, 1, 1, 1, f"任务{r}") for r in range(1, 4)]
    first += [(r, 2, 1, 1, "基教科") for r in range(1, 3)] + [(3, 2, 1, 1, "基教科、人事科、")]
    sheet.table(Sheet([*head, *first], [60, 200, 120]))
    sheet.end_page()
    rest: list[Spec] = [(0, 0, 1, 1, ""), (0, 1, 1, 1, "的后一半"), (0, 2, 1, 1, "财务科")]
    rest += [(1, 0, 1, 1, "4"), (1, 1, 1, 1, "任务4"), (1, 2, 1, 1, "督导室")]
    sheet.table(Sheet(rest, [60, 200, 120]))
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert grid(table)[3:] == [["3", "任务3的后一半", "基教科、人事科、财务科"], ["4", "任务4", "督导室"]]


def test_an_empty_first_cell_is_no_cut_row_where_rows_have_none() -> None:
    sheet = Typesetter()
    cells: list[Spec] = [(0, 0, 1, 1, "学段"), (0, 1, 1, 1, "学校"), (1, 0, 1, 1, "小学"), (1, 1, 1, 1, "甲小学")]
    cells += [(2, 0, 1, 1, ""), (2, 1, 1, 1, "乙小学")]
    sheet.table(Sheet(cells, [80, 200]))
    sheet.end_page()
    sheet.table(
        Sheet([(0, 0, 1, 1, ""), (0, 1, 1, 1, "丙小学"), (1, 0, 1, 1, "初中"), (1, 1, 1, 1, "丁中学")], [80, 200])
    )
    (table,) = tables(pdf.read(sheet.finish(), "x.pdf"))
    assert [row[1] for row in grid(table)] == ["学校", "甲小学", "乙小学", "丙小学", "丁中学"]
