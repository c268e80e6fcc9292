"""Compound files (OLE2), the container of DOC, XLS and WPS: the streams by name, every one checked to be whole.

[MS-CFB] 2.2 (header), 2.3 (FAT), 2.4 (mini FAT), 2.5 (DIFAT), 2.6 (directory). Every chain is followed for at most as
many steps as the file has sectors, so a chain in a circle ends too.
"""

from __future__ import annotations

import struct

from extractors.readers.word.ooxml import OLE

_HEADER_BYTES = 512
_LAST = 0xFFFFFFFA
"""Sector numbers above it are marks (end of chain, free), not sectors: [MS-CFB] 2.1."""
_ENTRY_BYTES = 128
_STREAM, _ROOT = 2, 5


class BrokenCompound(ValueError):
    """The file is no compound file, or what was asked of it is not there completely."""


class Compound:
    """The streams of one compound file.

    Args:
        data: the whole file.

    Raises:
        BrokenCompound: the header, the allocation table or the directory is not whole.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        if len(data) < _HEADER_BYTES or not data.startswith(OLE):
            raise BrokenCompound("its header is missing")
        sector_shift, mini_shift = struct.unpack_from("<HH", data, 0x1E)
        if sector_shift not in (9, 12) or mini_shift != 6:
            raise BrokenCompound("its header is not valid")
        self._size = 1 << sector_shift
        self._count = max(0, -(-(len(data) - self._size) // self._size))
        (directory,) = struct.unpack_from("<I", data, 0x30)
        self._cutoff, mini_fat, _, difat, _ = struct.unpack_from("<5I", data, 0x38)
        self._fat = self._table(difat)
        self._sizes: dict[str, tuple[int, int]] = {}
        mini_start = mini_size = 0
        entries = self._chained(directory, None)
        for offset in range(0, len(entries) - _ENTRY_BYTES + 1, _ENTRY_BYTES):
            entry = entries[offset : offset + _ENTRY_BYTES]
            (length,) = struct.unpack_from("<H", entry, 0x40)
            start, size = struct.unpack_from("<IQ", entry, 0x74)
            # Version 3 leaves rubbish in the upper half of the size (2.6.1).
            size = size & 0xFFFFFFFF if sector_shift == 9 else size
            if entry[0x42] == _ROOT:
                mini_start, mini_size = start, size
            elif entry[0x42] == _STREAM and 2 <= length <= 64:
                name = entry[: length - 2].decode("utf-16-le", "replace")
                # A stream of an embedded object may have the name of one of the document's: the first is its own.
                self._sizes.setdefault(name.lower(), (start, size))
        self._mini = self._chained(mini_start, mini_size) if mini_size else b""
        table = self._chained(mini_fat, None) if self._mini else b""
        self._mini_fat = struct.unpack(f"<{len(table) // 4}I", table)

    def __contains__(self, name: str) -> bool:
        return name.lower() in self._sizes

    def stream(self, name: str) -> bytes:
        """The bytes of a stream.

        Raises:
            BrokenCompound: there is no such stream, or a part of it is missing.
        """
        if name.lower() not in self._sizes:
            raise BrokenCompound(f"no stream {name}")
        start, size = self._sizes[name.lower()]
        if size >= self._cutoff:
            return self._chained(start, size)
        pieces, sector = [], start
        for _ in range(-(-size // 64)):
            piece = self._mini[sector * 64 : sector * 64 + 64] if sector < len(self._mini_fat) else b""
            if not piece:
                raise BrokenCompound(f"stream {name} is cut off")
            pieces.append(piece)
            sector = self._mini_fat[sector]
        content = b"".join(pieces)[:size]
        if len(content) < size:
            raise BrokenCompound(f"stream {name} is cut off")
        return content

    def _sector(self, number: int) -> bytes:
        if number >= self._count:
            raise BrokenCompound(f"sector {number} of {self._count}")
        return self._data[(number + 1) * self._size : (number + 2) * self._size]

    def _table(self, difat: int) -> tuple[int, ...]:
        """The allocation table: which sector follows each."""
        sectors = list(struct.unpack_from("<109I", self._data, 0x4C))
        per_sector = self._size // 4
        # One entry for each sector of the file; a table that goes on behind that, or in a circle, says nothing more.
        enough = self._count // per_sector + 1
        while difat < _LAST and len(sectors) < enough:
            block = self._sector(difat)
            if len(block) < self._size:
                raise BrokenCompound("the allocation table is cut off")
            *more, difat = struct.unpack(f"<{per_sector}I", block)
            sectors += more
        table: list[int] = []
        for number in sectors[:enough]:
            if number < _LAST:
                block = self._sector(number)
                table += struct.unpack(f"<{len(block) // 4}I", block[: len(block) // 4 * 4])
        return tuple(table)

    def _chained(self, start: int, size: int | None) -> bytes:
        """The bytes of a chain of sectors, all of it or the first ``size``."""
        pieces, sector, got = [], start, 0
        for _ in range(self._count + 1):
            if sector >= _LAST or (size is not None and got >= size):
                break
            piece = self._sector(sector)
            pieces.append(piece)
            got += len(piece)
            if sector >= len(self._fat):
                raise BrokenCompound("a chain leaves the allocation table")
            sector = self._fat[sector]
        else:
            raise BrokenCompound("a chain runs in a circle")
        if size is not None and got < size:
            raise BrokenCompound("a stream is cut off")
        return b"".join(pieces)[:size]
