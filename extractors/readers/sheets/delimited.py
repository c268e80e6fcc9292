"""Tables as delimited text (CSV, TSV): RFC 4180 with the delimiters, quotes and title lines that real exports have."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator

from extractors.readers import formats, limits, plain_tables
from extractors.readers.sheets import collector
from extractors.readers.sheets.layout import TooManyCells, row_blocks
from schemas.errors import NotRead
from schemas.reading import Block, Table

MEDIA_TYPE = "text/csv"

_EXTENSIONS = (".csv", ".tsv")
_DELIMITERS = (",", "\t", ";", "|")
_SAMPLE = 65_536
# In a file that no extension calls a table, a cell is short and no sentence.
_MAX_PLAIN_CELL = 40
_SENTENCE = "。；！？"

Rows = list[list[str]]


def read(text: str, uri: str) -> list[Block] | None:
    """The blocks of a delimited text.

    Args:
        text: the whole text, decoded.
        uri: the file as the user named it: its extension says how sure the form must be.

    Returns:
        Title lines, one table (``Cell.reference`` such as ``B3``: the row counts the records of the file), remarks;
        None when the text is no such table.

    Raises:
        NotRead: ``over_limit`` above ``limits.MAX_CELLS``.
    """
    named = formats.extension(uri) in _EXTENSIONS
    text, declared = _declared(text) if named else (text, None)
    delimiter = declared or (_delimiter(text, formats.extension(uri)) if named else _plain_delimiter(text))
    if delimiter is None:
        return None
    try:
        with collector.at_rest():
            blocks = row_blocks(_filled(text, delimiter), _table)
    except csv.Error:
        return None
    except TooManyCells:
        raise NotRead(
            uri,
            "over_limit",
            f"表格超过 {limits.MAX_CELLS} 格 / the table has more than {limits.MAX_CELLS} cells",
            "请拆分后再读 / split it",
        ) from None
    if not any(isinstance(block, Table) and any(cell.column for cell in block.cells) for block in blocks):
        return None
    return blocks


def _filled(text: str, delimiter: str) -> list[tuple[int, list[str]]]:
    """The records that are not blank, with their numbers.

    Raises:
        TooManyCells: more filled cells than are read.
    """
    found: list[tuple[int, list[str]]] = []
    count = 0
    # Only quotes keep a line break inside a cell.
    returns = '"' in text and "\r" in text
    for number, record in enumerate(_parsed(text, delimiter)):
        row = list(map(str.strip, record))
        while row and not row[-1]:
            row.pop()
        if not row:
            continue
        if returns:
            row = [cell.replace("\r\n", "\n").replace("\r", "\n") for cell in row]
        found.append((number, row))
        count += len(row) - row.count("")
        if count > limits.MAX_CELLS:
            raise TooManyCells
    return found


def _table(rows: Rows, references: Iterator[list[str]]) -> Table:
    """The table with the blanks that stand for a merged cell told from empty ones, as in any plain text."""
    return plain_tables.table_of(rows, references)


def _declared(text: str) -> tuple[str, str | None]:
    """The first line ``sep=;`` by which Excel is told the delimiter, taken off."""
    head, _, rest = text[:20].partition("\n")
    if head.rstrip("\r").lower().startswith("sep=") and len(head.rstrip("\r")) == 5:
        return rest + text[20:], head[4]
    return text, None


def _delimiter(text: str, extension: str) -> str | None:
    """The delimiter by which most rows have the same number of cells, at least two; None when there is none."""
    order = sorted(_DELIMITERS, key=lambda mark: mark != "\t") if extension == ".tsv" else _DELIMITERS
    best, found = 0.0, None
    for mark in order:
        if mark not in text[:_SAMPLE]:
            continue
        widths = Counter(len(row) for row in _sample(text, mark) if any(cell.strip() for cell in row))
        usual, times = widths.most_common(1)[0] if widths else (0, 0)
        share = times / widths.total() if usual > 1 else 0.0
        # A mark that also stands inside the cells divides less evenly; the first of equals is the usual one.
        if share > best and share >= 0.5 and widths.total() > 1:
            best, found = share, mark
    return found


def _plain_delimiter(text: str) -> str | None:
    """The delimiter of a text without such an extension: every row divided alike, three times or more."""
    head = text[:_SAMPLE]
    for mark in (",", ";"):
        lines = [line for line in head.splitlines()[:50] if line.strip()]
        if len(lines) < 3 or any(line.count(mark) < 2 for line in lines[:3]):
            continue
        rows = [row for row in _sample(text, mark) if any(row)]
        alike = len({len(row) for row in rows}) == 1
        if alike and all(
            len(cell) <= _MAX_PLAIN_CELL and not set(cell) & set(_SENTENCE) for row in rows for cell in row
        ):
            return mark
    return None


def _sample(text: str, delimiter: str) -> Rows:
    """The rows of the beginning; the last one may be cut off, so it is left out of a long text."""
    head = text[:_SAMPLE]
    try:
        rows = list(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter))
    except csv.Error:
        return []
    return rows[:-1] if len(text) > _SAMPLE else rows


def _parsed(text: str, delimiter: str) -> Iterator[list[str]]:
    """The records of the text; where quotes do not pair up they are taken as they stand."""
    try:
        if '"' not in text:
            return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
        for _ in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True):
            pass
    except csv.Error:
        return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, quoting=csv.QUOTE_NONE)
    return csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
