"""Writes old workbooks (XLS) for the tests: the BIFF8 records that matter ([MS-XLS] 2.4) in a compound file."""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from compound_writer import compound

Value = str | float | bool
FORMATS = ("General", "0%", '0"所"', 'yyyy"年"m"月"d"日"')
"""The number formats that a cell can have, by the index that ``Sheet.formats`` takes."""


@dataclass
class Sheet:
    """One sheet: values by (row, column); formats likewise; hidden rows, columns; merged ranges (r0, r1, c0, c1)."""

    name: str
    values: dict[tuple[int, int], Value]
    formats: dict[tuple[int, int], int] = field(default_factory=dict)
    errors: dict[tuple[int, int], int] = field(default_factory=dict)
    hidden_rows: Sequence[int] = ()
    hidden_columns: Sequence[int] = ()
    merged: Sequence[tuple[int, int, int, int]] = ()
    visible: bool = True


def workbook(sheets: Sequence[Sheet], *, password: bool = False) -> bytes:
    """The workbook as a file."""
    start = _record(0x809, struct.pack("<HHHHII", 0x600, 5, 0, 0, 0, 0))
    if password:
        start += _record(0x2F, struct.pack("<H", 0) + bytes(4))
    start += _record(0x42, struct.pack("<H", 1200))
    for index, code in enumerate(FORMATS):
        start += _record(0x41E, struct.pack("<H", 164 + index) + _string(code, 2))
    for index in range(len(FORMATS)):
        start += _record(0xE0, struct.pack("<HH", 0, 164 + index) + bytes(16))
    bodies = [_sheet(sheet) for sheet in sheets]
    names = [_string(sheet.name, 1) for sheet in sheets]
    position = len(start) + sum(4 + 6 + len(name) for name in names) + 4
    for sheet, name, body in zip(sheets, names, bodies, strict=True):
        start += _record(0x85, struct.pack("<IBB", position, 0 if sheet.visible else 1, 0) + name)
        position += len(body)
    return compound({"Workbook": start + _record(0x0A, b"") + b"".join(bodies)})


def _sheet(sheet: Sheet) -> bytes:
    out = _record(0x809, struct.pack("<HHHHII", 0x600, 0x10, 0, 0, 0, 0))
    for column in sheet.hidden_columns:
        out += _record(0x7D, struct.pack("<HHHHHH", column, column, 2000, 0, 1, 0))
    # The size that it claims is the largest there is, as broken writers do.
    out += _record(0x200, struct.pack("<IIHHH", 0, 65_536, 0, 256, 0))
    for row in sheet.hidden_rows:
        out += _record(0x208, struct.pack("<HHHHHHI", row, 0, 256, 300, 0, 0, 0x20))
    for place, value in sorted(sheet.values.items()):
        head = struct.pack("<HHH", *place, sheet.formats.get(place, 0))
        if isinstance(value, bool):
            out += _record(0x205, head + struct.pack("<BB", value, 0))
        elif isinstance(value, str):
            out += _record(0x204, head + _string(value, 2))
        else:
            out += _record(0x203, head + struct.pack("<d", value))
    for place, code in sorted(sheet.errors.items()):
        out += _record(0x205, struct.pack("<HHHBB", *place, 0, code, 1))
    if sheet.merged:
        out += _record(
            0xE5, struct.pack("<H", len(sheet.merged)) + b"".join(struct.pack("<4H", *m) for m in sheet.merged)
        )
    return out + _record(0x0A, b"")


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _string(text: str, size: int) -> bytes:
    return len(text).to_bytes(size, "little") + b"\x01" + text.encode("utf-16-le")
