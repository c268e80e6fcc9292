"""The entries of a TAR, read as a stream (POSIX.1-2017 ``pax``: ustar and extended headers; GNU long names and sizes).

Not the standard library's reader: it recurses for each long name, and its expressions cost the square of an extended
header that is made for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Protocol

BLOCK = 512
_STEP = 2**18
_MAX_HEADER = 2**16
"""Bytes of a long name or of an extended header."""

Kind = Literal["file", "folder", "link", "device", "sparse"]
_KINDS: dict[bytes, Kind] = {
    **dict.fromkeys((b"1", b"2"), "link"),
    **dict.fromkeys((b"3", b"4", b"6"), "device"),
    b"5": "folder",
    b"S": "sparse",
}


class Readable(Protocol):
    """What the entries are read from."""

    def read(self, size: int = -1, /) -> bytes:
        """Up to ``size`` bytes."""


@dataclass(slots=True)
class Entry:
    """One entry: its name and link target as bytes, and its content, which must be taken before the next entry."""

    name: bytes
    link: bytes
    size: int
    kind: Kind
    _from: Readable
    _taken: bool = False

    def content(self) -> bytes:
        """The content; shorter than ``size`` where the file ends in the middle."""
        self._taken = True
        data = self._from.read(self.size)
        self._from.read(-self.size % BLOCK)
        return data

    def pass_over(self) -> None:
        """Go to the end of the content where it was not taken.

        Raises:
            EOFError: the file ends before.
        """
        left = 0 if self._taken else self.size + -self.size % BLOCK
        while left:
            chunk = self._from.read(min(left, _STEP))
            if not chunk:
                raise EOFError("文件不完整 / the file ends in the middle")
            left -= len(chunk)


def entries(stream: Readable) -> Iterator[Entry]:
    """The entries in their order.

    Raises:
        ValueError: a header is damaged.
        EOFError: the file ends in the middle.
    """
    long_name, long_link, extended = b"", b"", dict[bytes, bytes]()
    while True:
        block = stream.read(BLOCK)
        if block and not any(block):
            return  # two blocks of zeros stand at the end
        size = _checked(block)
        flag = block[156:157]
        if flag in (b"L", b"K", b"x", b"g", b"X"):
            payload = _payload(stream, size)
            if flag == b"L":
                long_name = payload.rstrip(b"\x00")
            elif flag == b"K":
                long_link = payload.rstrip(b"\x00")
            elif flag in (b"x", b"X"):
                extended = _records(payload)
            continue
        name = long_name or extended.get(b"path") or _name(block)
        link = long_link or extended.get(b"linkpath") or _text(block[157:257])
        size = int(extended.get(b"size", size))
        kind = _KINDS.get(flag, "file")
        if kind == "file" and any(key.startswith(b"GNU.sparse.") for key in extended):
            kind = "sparse"
        elif kind == "file" and flag in (b"\x00", b"0") and name.endswith(b"/"):
            kind = "folder"
        # 1 to 6 have no content, whatever their size says.
        entry = Entry(name, link, size if kind in ("file", "sparse") else 0, kind, stream)
        yield entry
        entry.pass_over()
        long_name, long_link, extended = b"", b"", {}


def _checked(block: bytes) -> int:
    """The size that a header states, its checksum proved (signed sums of old systems too)."""
    if len(block) < BLOCK:
        raise EOFError("文件不完整 / the file ends in the middle")
    stated = _number(block[148:156])
    rest = block[:148] + block[156:]
    unsigned = sum(rest) + 8 * 32
    if stated not in (unsigned, unsigned - 256 * sum(byte > 127 for byte in rest)):
        raise ValueError("文件头损坏 / a damaged header")
    return _number(block[124:136])


def _number(field: bytes) -> int:
    """Octal digits, or, with the highest bit set, bytes of a large number (GNU)."""
    if field[0] == 0x80:
        return int.from_bytes(field[1:], "big")
    digits = field.strip(b" \x00")
    if digits.strip(b"01234567"):
        raise ValueError("文件头损坏 / a damaged header")
    return int(digits or b"0", 8)


def _name(block: bytes) -> bytes:
    name, prefix = _text(block[:100]), _text(block[345:500])
    return prefix + b"/" + name if prefix and block[257:263] == b"ustar\x00" else name


def _text(field: bytes) -> bytes:
    return field.partition(b"\x00")[0]


def _payload(stream: Readable, size: int) -> bytes:
    if size > _MAX_HEADER:
        raise ValueError("文件头过大 / a header is too large")
    data = stream.read(size + -size % BLOCK)
    if len(data) < size:
        raise EOFError("文件不完整 / the file ends in the middle")
    return data[:size]


def _records(payload: bytes) -> dict[bytes, bytes]:
    """The records of an extended header: ``18 path=方案.txt`` and a line break, the number counting all of it."""
    found: dict[bytes, bytes] = {}
    at = 0
    while at < len(payload):
        space = payload.find(b" ", at, at + 12)
        length = payload[at:space] if space > 0 else b""
        if not length.isdigit() or int(length) <= space - at:
            raise ValueError("文件头损坏 / a damaged header")
        key, _, value = payload[space + 1 : at + int(length)].removesuffix(b"\n").partition(b"=")
        found[key] = value
        at += int(length)
    return found
