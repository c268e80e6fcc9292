"""The number in front of a heading is read, however thin its strokes: 一、 二、 三、."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont

from extractors.readers.ocr import recognise
from extractors.readers.ofd.drawing import chinese_font

FONT = chinese_font()
pytestmark = pytest.mark.skipif(FONT is None, reason="no Chinese font on this machine")
DOTS = 150 / 72


def page(lines: list[tuple[str, float, float]], points: float, table: tuple[float, float, int] | None = None) -> Any:
    """Lines at places, in points, on A4; under them or above a table of full-width rows: top, height of a row, rows."""
    image = Image.new("RGB", (round(595 * DOTS), round(842 * DOTS)), "white")
    draw = ImageDraw.Draw(image)
    font = ImageFont.truetype(str(FONT), round(points * DOTS))
    for text, x, y in lines:
        draw.text((x * DOTS, y * DOTS), text, font=font, fill="black")
    if table is not None:
        top, height, rows = table
        bottom = top + height * rows
        for row in range(rows + 1):
            draw.line([80 * DOTS, (top + row * height) * DOTS, 500 * DOTS, (top + row * height) * DOTS], fill="black")
        for x in (80, 290, 500):
            draw.line([x * DOTS, top * DOTS, x * DOTS, bottom * DOTS], fill="black")
    return np.asarray(image)


def read(image: Any) -> list[str]:
    found = recognise(image, 1, 595, 842, [])
    return [line.text for line in found.lines] + [cell.text for table in found.tables for cell in table.cells]


@pytest.mark.parametrize("number", ["一", "二", "三"])
def test_the_number_of_a_large_heading_close_under_a_table_is_read(number: str) -> None:
    cells = [("校共体", 84.0, 101.0 + 26.4 * row) for row in range(8)] + [
        ("核心校", 294.0, 101.0 + 26.4 * r) for r in range(8)
    ]
    image = page([*cells, (f"{number}、保障措施", 124.0, 321.0)], 22, (100, 26.4, 8))
    assert f"{number}、保障措施" in read(image)


def test_single_characters_of_few_strokes_in_cells_are_not_taken_for_rules() -> None:
    words = ["王小二", "工业区", "三年级", "土门镇"]
    cells = [(word, 90.0, 107.0 + 32 * row) for row, word in enumerate(words)]
    cells += [("完全小学", 300.0, 107.0 + 32 * row) for row in range(4)]
    assert {*words, "完全小学"} <= set(read(page(cells, 18, (100, 32, 4))))


def test_ink_in_front_of_a_line_that_reads_as_nothing_changes_nothing() -> None:
    image = page([("保障措施落实到位", 200.0, 200.0)], 18).copy()
    image[round(205 * DOTS) : round(212 * DOTS), round(170 * DOTS) : round(186 * DOTS)] = 60
    assert any("保障措施落实到位" in line for line in read(image))


def test_a_neighbour_in_front_of_a_line_keeps_its_own_text() -> None:
    image = page([("甲校", 90.0, 200.0), ("保障措施", 180.0, 200.0)], 18)
    assert "".join(read(image)).count("甲校") == 1
