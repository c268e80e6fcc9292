"""Workbooks (XLSX, XLS, XLSB, ODS): every sheet as its titles and one table, each cell with its own reference.

A formula is read as the value that was last calculated. A hidden sheet is not what the sender shows, so it is left out
and noted.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Sequence

from extractors.readers import limits
from extractors.readers.number_formats import shown
from extractors.readers.ooxml import OLE, Package, damaged, encrypted, is_encrypted, no_text, over_limit
from extractors.readers.sheet_parts import Place, SheetParts, of_ods, of_xlsx
from schemas.errors import NotRead
from schemas.reading import Block, Cell, Note, Paragraph, Reading, Table

MEDIA_TYPES = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "application/vnd.ms-excel",
    "application/vnd.ms-excel.sheet.binary.macroenabled.12",
    "application/vnd.oasis.opendocument.spreadsheet",
)
"""What this reader takes: XLSX, XLS, XLSB, ODS."""

# How far beyond the filled cells a merged cell is followed, at most.
_REACH = 200
_DEFAULT_NAME = re.compile(r"(?:sheet|工作表|表格?|工作簿)\s*\d*\s*(?:\(\d+\))?", re.IGNORECASE)


def read(data: bytes, uri: str) -> Reading:
    """Reads a workbook.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Returns:
        For every visible sheet: its name as a heading unless it is a default one, the title lines above the table, the
        table (``caption`` is the sheet's name, ``Cell.reference`` such as ``一览表!B3``), the remarks below it.

    Raises:
        NotRead: ``damaged``, ``encrypted``, ``over_limit``, or ``no_text`` when no visible cell is filled.
    """
    if is_encrypted(data):
        raise encrypted(uri)
    package = None if data.startswith(OLE) else Package(data, uri)
    media_type, parts = _describe(package, uri)
    for name, sheet in parts.items():
        if sheet.area > limits.MAX_CELLS:
            raise over_limit(
                uri,
                f"工作表“{name}”的数据区有 {sheet.area} 格，上限 {limits.MAX_CELLS} / "
                f"sheet {name} spans {sheet.area} cells, the limit is {limits.MAX_CELLS}",
            )
    reading = Reading(media_type=media_type, meta=package.properties() if package else {})
    try:
        _fill(reading, data, uri, parts)
    except NotRead:
        raise
    except BaseException as error:
        # calamine is Rust: a broken file can end in a panic, which is no Exception.
        if isinstance(error, KeyboardInterrupt | SystemExit | MemoryError):
            raise
        if "password" in f"{type(error).__name__} {error}".lower():
            raise encrypted(uri) from error
        raise damaged(uri, f"无法解析工作簿 / the workbook cannot be parsed: {error}") from error
    if not any(isinstance(block, Table) or block.style == "body" for block in reading.blocks):
        raise no_text(uri, "工作簿中没有可见的内容 / no visible cell is filled", "请确认是否为空表或内容在隐藏工作表中")
    return reading


def _describe(package: Package | None, uri: str) -> tuple[str, dict[str, SheetParts]]:
    if package is None:
        return MEDIA_TYPES[1], {}
    if "xl/workbook.bin" in package:
        return MEDIA_TYPES[2], {}
    if "content.xml" in package:
        return MEDIA_TYPES[3], of_ods(package)
    return MEDIA_TYPES[0], of_xlsx(package)


def _fill(reading: Reading, data: bytes, uri: str, parts: dict[str, SheetParts]) -> None:
    from python_calamine import SheetTypeEnum, SheetVisibleEnum, load_workbook

    workbook = load_workbook(io.BytesIO(data))
    unformatted = reading.media_type in MEDIA_TYPES[1:3]
    total = 0
    for metadata in workbook.sheets_metadata:
        if metadata.typ != SheetTypeEnum.WorkSheet:
            continue
        name = metadata.name
        if metadata.visible != SheetVisibleEnum.Visible:
            reading.notes.append(Note("hidden_sheet", f"隐藏的工作表“{name}”未读取 / hidden sheet {name} not read"))
            continue
        sheet = workbook.get_sheet_by_name(name)
        if sheet.start is None or not sheet.width:
            continue
        total += sheet.height * sheet.width
        if total > limits.MAX_CELLS:
            raise over_limit(uri, f"单元格超过 {limits.MAX_CELLS} 个 / more than {limits.MAX_CELLS} cells")
        known = parts.get(name) or SheetParts()
        if known.uncalculated:
            reading.notes.append(
                Note(
                    "formula_without_value",
                    f"工作表“{name}”的公式没有计算结果 / sheet {name} has formulas without values",
                )
            )
        top, left = sheet.start
        values = sheet.to_python(skip_empty_area=True)
        if unformatted and any(_may_be_share(value) for row in values for value in row):
            reading.notes.append(
                Note(
                    "number_formats_not_read",
                    f"工作表“{name}”的小数可能是百分数（旧格式的显示格式未读取） / "
                    f"fractions in sheet {name} may be percentages: display formats of the old format are not read",
                )
            )
        rows = [
            [
                _clean(known.texts.get((top + r, left + c)) or shown(value, known.formats.get((top + r, left + c))))
                for c, value in enumerate(row)
            ]
            for r, row in enumerate(values)
        ]
        merged = known.merged or list(sheet.merged_cell_ranges or [])
        reading.blocks += sheet_blocks(name, rows, (top, left), merged)


def _may_be_share(value: object) -> bool:
    return isinstance(value, float) and 0 < value < 1


def sheet_blocks(
    name: str, rows: Sequence[Sequence[str]], origin: Place, merged: Sequence[tuple[Place, Place]]
) -> list[Block]:
    """One sheet as blocks.

    Args:
        name: the sheet's name.
        rows: the texts of the used range, row by row.
        origin: the (row, column) of the first of them on the sheet, counted from 0.
        merged: the merged ranges of the sheet as ((first row, first column), (last row, last column)).

    Returns:
        A heading unless the name is a default one, title lines, the table, remarks; nothing for a blank sheet.
    """
    top, left = origin
    filled = [(r, c) for r, row in enumerate(rows) for c, text in enumerate(row) if text]
    if not filled:
        return []
    first, last = filled[0][0], filled[-1][0]
    start, end = min(c for _, c in filled), max(c for _, c in filled)
    spans = {}
    counts = Counter(r for r, _ in filled)
    for (r0, c0), (r1, c1) in merged:
        r0, c0, r1, c1 = r0 - top, c0 - left, r1 - top, c1 - left
        if first <= r0 <= r1 and start <= c0 <= c1:
            spans[r0, c0] = (min(r1 - r0, _REACH) + 1, min(c1 - c0, _REACH) + 1)
    # A merged cell at the edge is part of the table as far as it reaches; a title may reach wherever it likes.
    inner = [(r, c, *spans.get((r, c), (1, 1))) for r, c in filled if counts[r] > 1]
    reach = max([-1, *(r + height - 1 for r, _, height, _ in inner)])
    last = max(last, reach)
    end = max([end, *(c + width - 1 for _, c, _, width in inner)])
    blocks: list[Block] = []
    if not _DEFAULT_NAME.fullmatch(name.strip()):
        blocks.append(Paragraph(name.strip(), style="heading", level=1))

    def lone(r: int) -> str | None:
        """The text of a row that is a line over the table rather than a row of it."""
        texts = [(c, text) for c, text in enumerate(rows[r]) if text] if r < len(rows) else []
        if len(texts) > 1:
            return None
        if not texts:
            return ""
        height, _ = spans.get((r, texts[0][0]), (1, 1))
        return texts[0][1] if height == 1 else None

    above: list[str] = []
    while first <= last and (text := lone(first)) is not None:
        above.append(text)
        first += 1
    below: list[str] = []
    while last >= first and (text := lone(last)) is not None:
        # Only a remark over the whole width, or one set off as a note, is not a row with blanks.
        across = spans.get((last, start), (1, 1))[1]
        remark = across >= end - start + 1 or re.match(r"[备備]?[注註]|说明|說明|填表", text)
        if last <= reach or (text and not remark):
            break
        below.insert(0, text)
        last -= 1
    blocks += [Paragraph(line) for text in above for line in text.split("\n") if line]
    if first <= last:
        blocks.append(_table(name, rows, (first, start, last, end), origin, spans))
    blocks += [Paragraph(line) for text in below for line in text.split("\n") if line]
    return blocks


def _table(
    name: str,
    rows: Sequence[Sequence[str]],
    area: tuple[int, int, int, int],
    origin: Place,
    spans: dict[Place, Place],
) -> Table:
    first, start, last, end = area
    covered: set[Place] = set()
    cells: list[Cell] = []
    for r in range(first, last + 1):
        for c in range(start, end + 1):
            if (r, c) in covered:
                continue
            height, width = spans.get((r, c), (1, 1))
            height, width = min(height, last - r + 1), min(width, end - c + 1)
            if height > 1 or width > 1:
                places = [(i, j) for i in range(r, r + height) for j in range(c, c + width)]
                if covered.isdisjoint(places):
                    covered.update(places)
                else:
                    # Ranges that overlap are not merged cells that a spreadsheet program could have made.
                    height = width = 1
            text = rows[r][c] if r < len(rows) and c < len(rows[r]) else ""
            reference = f"{name}!{column_letters(origin[1] + c)}{origin[0] + r + 1}"
            cells.append(Cell(text, r - first, c - start, height, width, reference))
    return Table(tuple(cells), caption=name)


def column_letters(index: int) -> str:
    """The letters of a column counted from 0: 0 is A, 26 is AA."""
    letters = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _clean(text: str) -> str:
    # Alt+Enter is a line break in the cell; _x000D_ is how old writers escape the carriage return before it.
    text = text.replace("_x000D_", "").replace("\r\n", "\n").replace("\r", "\n")
    return "\n".join(line.strip() for line in text.strip().split("\n"))
