"""What calamine does not tell about an old workbook (XLS, ET): a scan of its records ([MS-XLS] 2.4).

Only what changes what is shown: number formats, errors, hidden rows and columns, and whether a password is set. The
values themselves are calamine's.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from extractors.readers.office.compound import BrokenCompound, Compound
from extractors.readers.sheets.number_formats import BUILTIN
from extractors.readers.sheets.parts import SheetParts
from extractors.readers.word.ooxml import damaged, encrypted

_EOF, _BOF, _FILEPASS, _BOUNDSHEET, _XF, _FORMAT = 0x0A, 0x809, 0x2F, 0x85, 0xE0, 0x41E
_FORMULA, _NUMBER, _BOOLERR, _RK, _MULRK, _ROW, _COLINFO = 0x06, 0x203, 0x205, 0x27E, 0xBD, 0x208, 0x7D
_LABEL, _LABELSST, _RSTRING = 0x204, 0xFD, 0xD6
_CELLS = {_FORMULA, _NUMBER, _BOOLERR, _RK, _MULRK, _LABEL, _LABELSST, _RSTRING}
ERRORS = {0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!", 0x2A: "#N/A"}
"""BErr: 2.5.10."""
_WORKSHEET = 0


def of_xls(data: bytes, uri: str) -> dict[str, SheetParts] | None:
    """The parts of every sheet by the sheet's name.

    Returns:
        None when the records cannot be followed: then the workbook is read without them.

    Raises:
        NotRead: ``encrypted``; ``damaged`` when the sheets lie in one another.
    """
    try:
        file = Compound(data)
        new = "Workbook" in file
        stream = file.stream("Workbook" if new else "Book")
        return _Scan(stream, uri, new).run()
    except (BrokenCompound, struct.error, IndexError):
        return None


class _Scan:
    """One pass over the globals and one over each sheet."""

    def __init__(self, stream: bytes, uri: str, new: bool) -> None:
        self.stream = stream
        self.uri = uri
        self.new = new
        self.codes: list[str] = []
        # Every part is passed over once; sheets that all point at the same records would take their square.
        self.budget = 2 * len(stream) + 1_000_000

    def run(self) -> dict[str, SheetParts]:
        customs: dict[int, str] = {}
        styles: list[int] = []
        sheets: list[tuple[str, int]] = []
        for kind, body in self._records(0):
            if kind == _FILEPASS:
                raise encrypted(self.uri)
            if kind == _FORMAT:
                identifier = struct.unpack_from("<H", body)[0]
                customs[identifier] = self._string(body[2:], 2 if self.new else 1)
            elif kind == _XF:
                styles.append(struct.unpack_from("<H", body, 2)[0])
            elif kind == _BOUNDSHEET and body[5] == _WORKSHEET:
                sheets.append((self._string(body[6:], 1), struct.unpack_from("<I", body)[0]))
        self.codes = [customs.get(identifier) or BUILTIN.get(identifier, "") for identifier in styles]
        return {name: self._sheet(start) for name, start in sheets}

    def _records(self, start: int) -> Iterator[tuple[int, bytes]]:
        """The records of one part of the stream, from its BOF to its EOF; charts inside it are passed over."""
        depth = 0
        while start + 4 <= len(self.stream):
            kind, length = struct.unpack_from("<HH", self.stream, start)
            if kind in (_BOF, 0x409, 0x209):
                depth += 1
            elif kind == _EOF:
                depth -= 1
                if depth <= 0:
                    return
            elif depth == 1:
                yield kind, self.stream[start + 4 : start + 4 + length]
            start += 4 + length
            self.budget -= 4 + length
            if self.budget < 0:
                raise damaged(self.uri, "工作表互相重叠 / its sheets lie in one another")

    def _string(self, body: bytes, size: int) -> str:
        """A string behind its length in one byte or two; BIFF8 marks whether its characters have two bytes (2.5.294)."""
        count = int.from_bytes(body[:size], "little")
        if not self.new:
            return body[size : size + count].decode("gbk", "replace")
        if body[size] & 1:
            return body[size + 1 : size + 1 + 2 * count].decode("utf-16-le", "replace")
        return body[size + 1 : size + 1 + count].decode("latin-1")

    def _sheet(self, start: int) -> SheetParts:
        parts = SheetParts()
        corner: tuple[int, int] | None = None
        far = (0, 0)
        for kind, body in self._records(start):
            if kind in _CELLS:
                row, column = struct.unpack_from("<HH", body)
                last = column + (len(body) - 6) // 6 - 1 if kind == _MULRK else column
                corner = (min(row, corner[0]), min(column, corner[1])) if corner else (row, column)
                far = (max(row, far[0]), max(last, far[1]))
            if kind in (_NUMBER, _RK, _FORMULA, _BOOLERR):
                row, column, style = struct.unpack_from("<HHH", body)
                self._format(parts, row, column, style)
                if kind == _BOOLERR and body[7]:
                    parts.texts[row, column] = ERRORS.get(body[6], "#")
                elif kind == _FORMULA and body[12:14] == b"\xff\xff" and body[6] == 2:
                    parts.texts[row, column] = ERRORS.get(body[8], "#")
            elif kind == _MULRK:
                row, first = struct.unpack_from("<HH", body)
                for index in range((len(body) - 6) // 6):
                    self._format(parts, row, first + index, struct.unpack_from("<H", body, 4 + 6 * index)[0])
            elif kind == _ROW and body[12] & 0x20:
                row = struct.unpack_from("<H", body)[0]
                parts.hidden_rows.append((row, row))
            elif kind == _COLINFO and body[8] & 1:
                first, last = struct.unpack_from("<HH", body)
                parts.hidden_columns.append((first, last))
        if corner:
            parts.area = (far[0] - corner[0] + 1) * (far[1] - corner[1] + 1)
        return parts

    def _format(self, parts: SheetParts, row: int, column: int, style: int) -> None:
        code = self.codes[style] if style < len(self.codes) else ""
        if code and code != "General":
            parts.formats[row, column] = code
