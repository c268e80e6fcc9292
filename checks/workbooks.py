"""Opening a workbook that came from outside: bounded when unpacked, no document type declared, read row by row."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

MAX_PARTS = 1_000
_BEGINNING = 4_096
_SHOWN = 120
Why = Literal["too_large", "document_type", "damaged"]


class Unopened(Exception):
    """Why a workbook is not opened; ``detail``: the part that declares a document type, or what is wrong with the file."""

    def __init__(self, why: Why, detail: str = "") -> None:
        super().__init__(why, detail)
        self.why: Why = why
        self.detail = detail


def open_workbook(data: bytes, most: int) -> Workbook:
    """The workbook, to be read row by row and closed by the caller; formulas stay formulas.

    Args:
        data: the file.
        most: bytes of all its parts unpacked.

    Raises:
        Unopened: it is none, damaged, larger than that, or declares a document type (by which XML can be made to explode).
    """
    from openpyxl.reader.excel import load_workbook

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            if sum(member.file_size for member in members) > most or len(members) > MAX_PARTS:
                raise Unopened("too_large")
            for member in members:
                with archive.open(member) as opened:
                    if b"<!DOCTYPE" in opened.read(_BEGINNING):
                        raise Unopened("document_type", member.filename)
        return load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    except Unopened:
        raise
    except Exception as error:  # openpyxl raises whatever its parsers raise on a damaged file
        raise Unopened("damaged", said(error)) from error


def said(error: Exception) -> str:
    """An error of the libraries in one short line."""
    return f"{type(error).__name__} {' '.join(str(error).split())[:_SHOWN]}"
