"""Tables of the corpus as files people open: XLSX and CSV for Excel, JSON Lines for programs.

Texts of documents are data, never formulas: in a workbook each is written as an inert string; a CSV has no such thing, so
a text that a spreadsheet would calculate gets an apostrophe in front, as Excel itself shows such texts.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schemas.errors import CorpusError

if TYPE_CHECKING:
    import pandas as pd

FORMATS = (".xlsx", ".csv", ".jsonl")
_CALCULATED = ("=", "+", "-", "@", "\t", "\r")
_ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_LONGEST = 32_000  # a cell of a workbook holds 32,767 characters


def write(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write tables to one file, whole or not at all.

    Args:
        tables: by name; a CSV or JSON Lines file holds exactly one, a workbook one a sheet.
        path: where; its ending decides the form. An existing file is replaced.

    Raises:
        CorpusError: the ending is none of ``FORMATS``, there are several tables for a form that holds one, or the file
            cannot be written.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise CorpusError(f"{path}: 请以 {'、'.join(FORMATS)} 结尾 / the name must end in one of {', '.join(FORMATS)}")
    if ending != ".xlsx" and len(tables) != 1:
        raise CorpusError(
            f"{path}: {ending} 只能存一张表，请用 .xlsx / {ending} holds one table, use .xlsx for several"
        )
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, suffix=ending)
        os.close(handle)
        temporary = Path(name)
        try:
            _write(tables, temporary, ending)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise CorpusError(f"{path}: 无法写入 / cannot be written: {error.strerror or error}") from error


def _write(tables: Mapping[str, pd.DataFrame], path: Path, ending: str) -> None:
    if ending == ".xlsx":
        _write_workbook(tables, path)
        return
    (table,) = tables.values()
    if ending == ".csv":
        # The byte order mark lets Excel see that it is UTF-8.
        table.map(_inert).to_csv(path, index=False, encoding="utf-8-sig")
    else:
        table.to_json(path, orient="records", lines=True, force_ascii=False, date_format="iso")


def _write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    import pandas as pd

    writer: pd.ExcelWriter[Any]
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for name, table in tables.items():
            table.map(_fitting).to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
            sheet = writer.sheets[name]
            sheet.auto_filter.ref = sheet.dimensions
            for row in sheet.iter_rows(min_row=2):
                for cell in row:
                    if isinstance(cell.value, str):
                        cell.data_type = "s"
                        if cell.value.startswith(_CALCULATED):
                            cell.quotePrefix = True


def _fitting(value: object) -> object:
    return _ILLEGAL.sub("", value)[:_LONGEST] if isinstance(value, str) else value


def _inert(value: object) -> object:
    # A lone = (a comparison) is nothing that a spreadsheet could calculate.
    return f"'{value}" if isinstance(value, str) and value.startswith(_CALCULATED) and len(value) > 1 else value
