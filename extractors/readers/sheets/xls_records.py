"""An old workbook (XLS, ET) rewritten with only those records that calamine needs, in the order it expects.

calamine believes the numbers of a file: it sets memory aside for as many cells, strings and sectors as are claimed, and
takes the first and last cell of a sheet for its first and last row. A broken number then asks for gigabytes, which ends
the process, and cells out of order are lost without a word. So it is given a new compound file whose one stream holds,
of what is there, the strings, formats and cells ([MS-XLS] 2.4), sheet by sheet, sorted by row, and whose claims are true.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from extractors.readers.office.compound import BrokenCompound, Compound
from extractors.readers.sheets.layout import TooManyCells
from extractors.readers.word.ooxml import OLE, damaged, encrypted

_BOF, _EOF, _CONTINUE, _FILEPASS, _BOUNDSHEET, _SST = 0x809, 0x0A, 0x3C, 0x2F, 0x85, 0xFC
_FORMULA, _STRING, _MULRK, _MERGED, _XF, _FORMAT = 0x06, 0x207, 0xBD, 0xE5, 0xE0, 0x41E
_BEGINS = (_BOF, 0x409, 0x209)
_GLOBAL = {_BOF, _SST, _XF, _FORMAT, 0x42, 0x22}
"""Kept of the workbook's own records: also CodePage and Date1904."""
_LEAST = {_FORMULA: 20, 0x203: 14, 0x204: 8, 0x205: 8, 0x27E: 10, _MULRK: 12, 0xFD: 10}
"""The records that hold cells and their least length: Formula, Number, Label, BoolErr, RK, MulRk, LabelSst."""
_WORKSHEET = 0
_PLACES = 65_536 * 256
"""One whole sheet of an old workbook: such a file may have a cell in each corner, and many of these sheets are an attack."""
_SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD

Record = tuple[int, bytes]


def plain(data: bytes, uri: str) -> bytes:
    """The workbook with only its strings, formats and cells.

    Args:
        data: the bytes of the file.
        uri: the file as the user named it, for messages.

    Returns:
        A compound file with the stream ``Workbook``; formulas are there with their values only.

    Raises:
        NotRead: ``damaged`` where a part of it is missing or contradicts another; ``encrypted``.
        TooManyCells: the sheets claim more places than one whole sheet has.
    """
    try:
        file = Compound(data)
        stream = file.stream("Workbook" if "Workbook" in file else "Book")
        return _compound(_rewritten(stream, uri))
    except BrokenCompound as error:
        raise damaged(uri, f"复合文件不完整 / the compound file is not whole: {error}") from error


def _rewritten(stream: bytes, uri: str) -> bytes:
    # Every part is passed over once; sheets that all point at the same records would take their square.
    budget = [2 * len(stream) + 1_000_000]
    head: list[Record] = []
    sheets: list[tuple[int, bytes]] = []
    follows = False
    for kind, body in _records(stream, 0, budget, uri):
        if kind == _FILEPASS:
            raise encrypted(uri)
        if kind == _BOUNDSHEET:
            if len(body) < 8:
                raise _broken(uri)
            if body[5] == _WORKSHEET:
                sheets.append((int.from_bytes(body[:4], "little"), body))
        elif kind in _GLOBAL or (kind == _CONTINUE and follows):
            if kind == _SST and (len(body) < 8 or int.from_bytes(body[4:8], "little") > len(stream)):
                raise damaged(uri, "字符串表的数目有误 / the number of its strings is wrong")
            head.append((kind, body))
        if kind != _CONTINUE:
            follows = kind == _SST
    if len({body[4:] for _, body in sheets}) < len(sheets):
        raise damaged(uri, "有同名的工作表 / two sheets have one name")
    parts, area = [], 0
    for start, _ in sheets:
        if start + 4 > len(stream):
            raise damaged(uri, "文件不完整，缺少工作表 / it is cut off: a sheet is missing")
        part, places = _sheet(_records(stream, start, budget, uri), uri)
        area += places
        if area > _PLACES:
            raise TooManyCells
        parts.append(part)
    front = b"".join(_packed(kind, body) for kind, body in head)
    at = len(front) + sum(4 + len(body) for _, body in sheets) + 4
    entries = []
    for (_, body), part in zip(sheets, parts, strict=True):
        entries.append(_packed(_BOUNDSHEET, struct.pack("<I", at) + body[4:]))
        at += len(part)
    return b"".join([front, *entries, _packed(_EOF, b""), *parts])


def _records(stream: bytes, start: int, budget: list[int], uri: str) -> Iterator[Record]:
    """The records of one part of the stream, from its BOF to its EOF; charts inside it are passed over."""
    depth = 0
    while start + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, start)
        if start + 4 + length > len(stream):
            raise damaged(uri, "文件不完整，结尾缺失 / it is cut off: its end is missing")
        body = stream[start + 4 : start + 4 + length]
        if kind in _BEGINS:
            depth += 1
            if depth == 1:
                yield kind, body
        elif kind == _EOF:
            depth -= 1
            if depth <= 0:
                return
        elif depth == 1:
            yield kind, body
        start += 4 + length
        budget[0] -= 4 + length
        if budget[0] < 0:
            raise damaged(uri, "工作表互相重叠 / its sheets lie in one another")


def _sheet(records: Iterator[Record], uri: str) -> tuple[bytes, int]:
    """The records of a sheet that are kept, packed, and how many places its cells span."""
    begin, merged = b"", []
    rows: list[tuple[int, bytes]] = []
    top = left = 1 << 16
    bottom = right = -1
    last = 0
    for kind, body in records:
        if kind in _LEAST:
            if len(body) < _LEAST[kind]:
                raise _broken(uri)
            row, column = struct.unpack_from("<HH", body)
            # The formula itself is not read, and calamine trusts what it points at.
            kept = body[:20] + b"\x00\x00" if kind == _FORMULA else body
            rows.append((row, _packed(kind, kept)))
            far = column + (len(body) - 6) // 6 - 1 if kind == _MULRK else column
            top, left, bottom, right = min(top, row), min(left, column), max(bottom, row), max(right, far)
        elif (rows and kind == _STRING) or (rows and kind == _CONTINUE and last in (_STRING, 0x204)):
            rows[-1] = (rows[-1][0], rows[-1][1] + _packed(kind, body))
        elif kind in _BEGINS:
            begin = _packed(kind, body)
        elif kind == _MERGED:
            if len(body) < 2 or 2 + 8 * int.from_bytes(body[:2], "little") > len(body):
                raise _broken(uri)
            merged.append(_packed(kind, body))
        if kind != _CONTINUE:
            last = kind
    rows.sort(key=lambda entry: entry[0])
    places = max(0, bottom - top + 1) * max(0, right - left + 1)
    return b"".join([begin, *(record for _, record in rows), *merged, _packed(_EOF, b"")]), places


def _packed(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _compound(stream: bytes) -> bytes:
    """A compound file of one stream ([MS-CFB] 2.2 to 2.6): header, stream, directory, allocation table and its list."""
    # Shorter streams would have to go into the mini stream (2.4).
    stream = stream.ljust(4096, b"\x00")
    count = -(-len(stream) // _SECTOR)
    per = _SECTOR // 4
    tables = lists = 0
    while True:
        needed = -(-(count + 1 + tables + lists) // per)
        more = -(-max(0, needed - 109) // (per - 1))
        if (needed, more) == (tables, lists):
            break
        tables, lists = needed, more
    directory, first_table = count, count + 1
    first_list = first_table + tables
    chain = [*range(1, count), _END, _END, *[_TABLE] * tables, *[_TABLE - 1] * lists]
    chain += [_FREE] * (tables * per - len(chain))
    numbers = list(range(first_table, first_list))
    header = OLE + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9I", 0, tables, directory, 0, 4096, _END, 0, first_list if lists else _END, lists)
    header += struct.pack("<109I", *numbers[:109], *[_FREE] * (109 - len(numbers[:109])))
    rest = numbers[109:]
    blocks = []
    for index in range(lists):
        part = rest[index * (per - 1) : (index + 1) * (per - 1)]
        part += [_FREE] * (per - 1 - len(part))
        blocks.append(struct.pack(f"<{per}I", *part, first_list + index + 1 if index + 1 < lists else _END))
    entries = _entry("Root Entry", 5, _END, 0, 1) + _entry("Workbook", 2, 0, len(stream), _FREE) + 2 * bytes(128)
    return b"".join(
        [header, stream.ljust(count * _SECTOR, b"\x00"), entries, struct.pack(f"<{len(chain)}I", *chain), *blocks]
    )


def _entry(name: str, kind: int, start: int, size: int, child: int) -> bytes:
    coded = name.encode("utf-16-le") + b"\x00\x00"
    links = struct.pack("<III", _FREE, _FREE, child)
    return (
        coded.ljust(64, b"\x00")
        + struct.pack("<HBB", len(coded), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<IQ", start, size)
    )


def _broken(uri: str) -> Exception:
    return damaged(uri, "单元格记录不完整 / a record of a cell is not whole")
