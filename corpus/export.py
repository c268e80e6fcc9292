"""Tables of the corpus as files: XLSX and CSV for Excel, Parquet and JSON Lines for programs; written and read back.

Texts of documents are data, never formulas: in a workbook each is written as an inert string; a CSV has no such thing, so
a text that a spreadsheet would calculate gets an apostrophe in front, as Excel itself shows such texts, and ``read`` takes
it away again. A workbook's cells hold neither control characters nor more than 32,000 characters; the other forms keep
every table as it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from corpus.saving import saving
from schemas.errors import CorpusError

if TYPE_CHECKING:
    import pandas as pd

    from corpus.corpus import Corpus

FORMATS = (".xlsx", ".csv", ".parquet", ".jsonl")
_CALCULATED = ("=", "+", "-", "@", "\t", "\r")
# A lone = (a comparison) is nothing that a spreadsheet could calculate. A text that begins with apostrophes and would
# be calculated without them gets one more, so that reading it back is certain.
_ESCAPED = re.compile(r"'*[=+\-@\t\r].", re.S)
_UNESCAPED = re.compile(r"''*[=+\-@\t\r].", re.S)
_ILLEGAL = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_LONGEST = 32_000  # a cell of a workbook holds 32,767 characters
_SHEET_ROWS = 1_048_575  # and a sheet that many rows below its heading


@dataclass(frozen=True, slots=True)
class Written:
    """One table that was written: where, and how many rows."""

    name: str
    path: Path
    rows: int


def export(
    corpus: Corpus, out: Path, names: Sequence[str] = (), ending: str | None = None, **filters: Any
) -> list[Written]:
    """Write tables of a corpus: to one file, or, where ``out`` is a folder or has no ending, one file a table.

    Args:
        corpus: an opened corpus.
        out: where; a file's ending decides the form.
        names: which tables; all where none is named.
        ending: the form in a folder, one of ``FORMATS`` with or without its dot; CSV where it is not given.
        filters: which documents, as ``corpus.frames.read`` has them.

    Raises:
        CorpusError: table, form and name do not go together, or something cannot be read or written.
    """
    from corpus.columns import TABLES
    from corpus.frames import read as read_tables

    in_folder = out.is_dir() or not out.suffix
    wanted = list(dict.fromkeys(names)) or list(TABLES)
    given = f".{ending.removeprefix('.')}" if ending else None
    if not in_folder and form(out, len(wanted)) != (given or out.suffix.lower()):
        raise CorpusError(f"{out}: 名称与格式不符 / the name ends otherwise than {given}")
    if in_folder:
        form(Path(f"table{given or '.csv'}"))
    made = read_tables(corpus, wanted, **filters)
    if in_folder:
        paths = write_folder(made, out, given or ".csv")
    else:
        write(made, out)
        paths = [out] * len(made)
    return [Written(name, path, len(table)) for (name, table), path in zip(made.items(), paths, strict=True)]


def write(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Write tables to one file, whole or not at all.

    Args:
        tables: by name; a CSV, Parquet or JSON Lines file holds exactly one, a workbook one a sheet.
        path: where; its ending decides the form. An existing file is replaced.

    Raises:
        CorpusError: the ending is none of ``FORMATS``, there are several tables for a form that holds one, a table has
            more rows than a sheet, or the file cannot be written.
    """
    ending = form(path, len(tables))
    if ending == ".xlsx" and (long := [name for name, table in tables.items() if len(table) > _SHEET_ROWS]):
        raise CorpusError(
            f"{path}: {long[0]} 行数超过 Excel 上限，请用 .csv / has more rows than a sheet holds; use .csv"
        )
    with saving(path) as file:
        _write(tables, file, ending)


def write_folder(tables: Mapping[str, pd.DataFrame], folder: Path, ending: str) -> list[Path]:
    """Write each table to a file of its own in a folder, ``documents.csv`` and so on; gives their paths.

    Args:
        tables: by name.
        folder: made where it is not there; other files in it stay.
        ending: one of ``FORMATS``, with or without its dot.

    Raises:
        CorpusError: as ``write``.
    """
    paths = []
    for name, table in tables.items():
        paths.append(folder / f"{name}.{ending.removeprefix('.')}")
        write({name: table}, paths[-1])
    return paths


def read(path: Path, name: str) -> pd.DataFrame:
    """A table as ``write`` wrote it, with the types of ``corpus.columns``; of a workbook the sheet ``name``.

    Raises:
        CorpusError: the file cannot be read or does not hold that table.
    """
    import pandas as pd

    from corpus.frames import typed

    ending = form(path)
    try:
        if ending == ".parquet":
            table = pd.read_parquet(path)
        elif ending == ".csv":
            table = pd.read_csv(
                path, encoding="utf-8-sig", dtype=object, keep_default_na=False, na_values=[""], lineterminator="\n"
            ).map(_out_of_csv)
        elif ending == ".xlsx":
            table = pd.read_excel(
                path, sheet_name=name, engine="openpyxl", dtype=object, keep_default_na=False, na_values=[""]
            )
        else:
            with path.open(encoding="utf-8") as lines:
                # Lines end in "\n" alone: texts may hold other line ends, which JSON writes as they are.
                rows = [json.loads(line) for line in lines.read().split("\n") if line]
            table = pd.DataFrame(rows, dtype=object) if rows else _empty(name)
    except (OSError, ValueError, KeyError) as error:
        raise CorpusError(f"{path}: 无法读取 / cannot be read: {error}") from error
    return typed(name, table)


def form(path: Path, tables: int = 1) -> str:
    """The ending that says in which form that many tables go to ``path``; one of ``FORMATS``.

    Raises:
        CorpusError: it has another ending, or there are several tables for a form that holds one.
    """
    ending = path.suffix.lower()
    if ending not in FORMATS:
        raise CorpusError(f"{path}: 请以 {'、'.join(FORMATS)} 结尾 / the name must end in one of {', '.join(FORMATS)}")
    if ending != ".xlsx" and tables != 1:
        raise CorpusError(
            f"{path}: {ending} 只能存一张表，请用 .xlsx 或文件夹 / {ending} holds one table; use .xlsx, or a folder, for "
            "several"
        )
    return ending


def _write(tables: Mapping[str, pd.DataFrame], path: Path, ending: str) -> None:
    if ending == ".xlsx":
        _write_workbook(tables, path)
        return
    (table,) = tables.values()
    if ending == ".csv":
        # The byte order mark lets Excel see that it is UTF-8.
        _days(table).map(_into_csv).to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\n")
    elif ending == ".parquet":
        table.to_parquet(path, engine="pyarrow", index=False)
    else:
        _write_lines(table, path)


def _write_lines(table: pd.DataFrame, path: Path) -> None:
    names = list(table.columns)
    columns: list[Sequence[Any]] = [_plain(_days(table[[name]])[name]) for name in names]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        for values in zip(*columns, strict=True):
            file.write(json.dumps(dict(zip(names, values, strict=True)), ensure_ascii=False) + "\n")


def _plain(column: pd.Series) -> list[Any]:
    """The values as JSON has them: what is missing is null."""
    return [None if missing else value for value, missing in zip(column.tolist(), column.isna(), strict=True)]


def _days(table: pd.DataFrame) -> pd.DataFrame:
    """Days as 2025-01-31 and moments as 2025-01-31T08:00:00.000000+00:00, whatever stands beside them."""
    import pandas as pd

    made = table.copy(deep=False)
    for name, column in table.items():
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            made[name] = [None if pd.isna(value) else value.isoformat(timespec="microseconds") for value in column]
        elif pd.api.types.is_datetime64_any_dtype(column.dtype):
            made[name] = [None if pd.isna(value) else value.date().isoformat() for value in column]
    return made


def _write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    import pandas as pd

    writer: pd.ExcelWriter[Any]
    with pd.ExcelWriter(path, engine="openpyxl") as writer:
        for name, table in tables.items():
            _in_cells(table).to_excel(writer, sheet_name=name, index=False, freeze_panes=(1, 0))
            sheet = writer.sheets[name]
            sheet.auto_filter.ref = sheet.dimensions
            for row in sheet.iter_rows(min_row=2):
                for cell in row:
                    if isinstance(cell.value, str):
                        cell.data_type = "s"
                        if cell.value.startswith(_CALCULATED):
                            cell.quotePrefix = True


def _in_cells(table: pd.DataFrame) -> pd.DataFrame:
    """Days as Excel's days; moments, which Excel has none of with a time zone, as text."""
    import pandas as pd

    made = table.astype(object).where(table.notna(), None)
    for name, column in table.items():
        if isinstance(column.dtype, pd.DatetimeTZDtype):
            made[name] = _days(table[[name]])[name].astype(object)
        elif pd.api.types.is_datetime64_any_dtype(column.dtype):
            days = [None if pd.isna(value) else value.date() for value in column]
            made[name] = pd.Series(days, dtype=object, index=table.index)
    return made.map(_fitting)


def _fitting(value: object) -> object:
    return _ILLEGAL.sub("", value)[:_LONGEST] if isinstance(value, str) else value


def _into_csv(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and _ESCAPED.match(value) else value


def _out_of_csv(value: object) -> object:
    return value[1:] if isinstance(value, str) and _UNESCAPED.match(value) else value


def _empty(name: str) -> pd.DataFrame:
    import pandas as pd

    from corpus.columns import TABLES

    return pd.DataFrame({column.name: [] for column in TABLES[name].columns}, dtype=object)
