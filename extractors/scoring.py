"""评分细则: the scoring tables of assessment schemes, one item a row, with points, standards and deductions.

The points stand in a column of their own (分值, 权重) or in the item's cell (活动方案与总结（10分）).
"""

from __future__ import annotations

import re

from extractors.layout import LaidCell, LaidTable, Layout, squeeze
from extractors.lexicon import load
from schemas.document import ScoringItem

_POINTS = re.compile(r"\(?(?P<points>\d{1,3}(?:\.\d)?)\s*分?\)?")
_IN_ITEM = re.compile(r"(?:[(\[]\s*)?(?:(?:共|计|满分)\s*)?(?P<points>\d{1,3}(?:\.\d)?)\s*分(?:\s*[)\]])?")
_SERIAL = re.compile(r"^(?:\(?[\d一二三四五六七八九十]{1,3}[).、．]|[①-⑳])\s*")


def find_scoring(layout: Layout) -> list[ScoringItem]:
    """The items of every scoring table of a document."""
    return [item for table in layout.tables for item in _from_table(layout, table)]


def _from_table(layout: Layout, table: LaidTable) -> list[ScoringItem]:
    grid = table.grid()
    words = load("scoring")
    for depth in range(min(3, len(grid) - 1)):
        header = [_text(layout, cell) for cell in grid[depth]]
        if any("姓名" in text for text in header):
            return []  # marks that people got, no scheme
        items = [i for i, text in enumerate(header) if _bare(text) in words["item_columns"]]
        points = next((i for i, text in enumerate(header) if _bare(text) in words["points_columns"]), None)
        deductions = next((i for i, text in enumerate(header) if _bare(text) in words["deduction_columns"]), None)
        standards = next(
            (
                i
                for i, text in enumerate(header)
                if _bare(text) in words["standard_columns"] and i != (items or [-1])[0]
            ),
            None,
        )
        if items and (points is not None or deductions is not None or any("分" in header[i] for i in items)):
            return _rows(layout, grid[depth + 1 :], items, points, standards, deductions)
    return []


def _bare(header: str) -> str:
    return re.sub(r"\((?:分|%|分值|权重|及分值|标准分|\d{2,3}分?|满分\d{2,3}分?)\)$", "", header)


def _text(layout: Layout, cell: LaidCell | None) -> str:
    return squeeze(layout.folded[cell.start : cell.end]) if cell else ""


def _original(layout: Layout, cell: LaidCell | None) -> str | None:
    text = layout.text[cell.start : cell.end].strip() if cell else ""
    return text or None


def _rows(
    layout: Layout,
    rows: list[list[LaidCell | None]],
    items: list[int],
    points: int | None,
    standards: int | None,
    deductions: int | None,
) -> list[ScoringItem]:
    found: list[ScoringItem] = []
    done: set[int] = set()
    for row in rows:
        value, owner = _points(layout, row, items, points)
        if value is None or owner is None or owner.start in done:
            continue
        # The finest item column whose cell reaches as far as the points do.
        done.add(owner.start)
        cell = _item_cell(row, items, owner)
        if cell is None or not re.search(r"[\u3400-\u9fff]", _text(layout, cell)):
            continue
        if re.fullmatch(r"合计|总计|总分|小计|总得分|得分|共计|合计得分", _text(layout, cell)):
            continue
        cells = [c for c in row if c is not None]
        found.append(
            ScoringItem(
                item=_item_name(layout, cell),
                points=value,
                standards=_original(layout, row[standards]) if standards is not None else None,
                deductions=_original(layout, row[deductions]) if deductions is not None else None,
                span=layout.span(min(c.start for c in cells), max(c.end for c in cells)),
            )
        )
    return found


def _points(
    layout: Layout, row: list[LaidCell | None], items: list[int], points: int | None
) -> tuple[float | None, LaidCell | None]:
    """The points of a row and the cell they stand in."""
    if points is not None and points < len(row):
        match = _POINTS.fullmatch(_text(layout, row[points]).rstrip("%"))
        if match:
            return float(match["points"]), row[points]
    for i in reversed(items):  # the finest item that carries points; a long text that mentions some does not
        text = _text(layout, row[i])
        match = _IN_ITEM.search(text) or re.search(r"\((?P<points>\d{1,3}(?:\.\d)?)\)$", text)
        if match and (len(text) <= 30 or match.end() == len(text)):
            return float(match["points"]), row[i]
    return None, None


def _item_cell(row: list[LaidCell | None], items: list[int], owner: LaidCell) -> LaidCell | None:
    candidates = [row[i] for i in items if row[i] is not None]
    if owner in candidates:
        return owner
    fitting = [c for c in candidates if c is not None and c.cell.row_span <= owner.cell.row_span]
    return fitting[0] if fitting else (candidates[-1] if candidates else None)


def _item_name(layout: Layout, cell: LaidCell) -> str:
    folded = layout.folded[cell.start : cell.end]
    match = _IN_ITEM.search(folded) or re.search(r"\(\s*\d{1,3}(?:\.\d)?\s*\)\s*$", folded)
    text = layout.text[cell.start : cell.end]
    if match:
        text = text[: match.start()] + text[match.end() :]
    return _SERIAL.sub("", squeeze(text)).strip("：:")
