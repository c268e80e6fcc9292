"""Writes compound files (OLE2) for the tests: [MS-CFB] version 3, every stream in sectors of its own."""

from __future__ import annotations

import struct
from collections.abc import Mapping

SECTOR = 512
_END, _FREE, _TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD


def compound(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams in its root; each is filled up to 4,096 bytes, where the mini stream ends."""
    contents = {name: content + bytes(max(0, 4096 - len(content))) for name, content in streams.items()}
    directory_sectors = -(-(len(contents) + 1) // 4)
    needed = directory_sectors + sum(-(-len(content) // SECTOR) for content in contents.values())
    tables = 1
    while tables * (SECTOR // 4) < needed + tables:
        tables += 1
    follows = [_TABLE] * tables
    body = b""

    def put(content: bytes) -> int:
        nonlocal body
        start, count = len(follows), -(-len(content) // SECTOR)
        follows.extend([*range(start + 1, start + count), _END])
        body += content.ljust(count * SECTOR, b"\x00")
        return start

    def entry(name: str, kind: int, start: int, size: int, child: int, right: int) -> bytes:
        encoded = name.encode("utf-16-le")
        return struct.pack(
            "<64sHBBIII16sIQQIQ",
            encoded, len(encoded) + 2, kind, 1, _FREE, right, child, b"", 0, 0, 0, start, size,
        )  # fmt: skip

    places = {name: put(content) for name, content in contents.items()}
    last = len(contents)
    entries = entry("Root Entry", 5, _END, 0, 1, _FREE)
    for index, (name, content) in enumerate(contents.items(), start=1):
        entries += entry(name, 2, places[name], len(content), _FREE, index + 1 if index < last else _FREE)
    directory = put(entries.ljust(directory_sectors * SECTOR, b"\x00"))
    table = struct.pack(f"<{len(follows)}I", *follows).ljust(tables * SECTOR, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + struct.pack(
        "<16sHHHHH6sIIIIIIIII", b"", 0x3E, 3, 0xFFFE, 9, 6, b"", 0, tables, directory, 0, 4096, _END, 0, _END, 0
    )
    header += struct.pack(f"<{tables}I", *range(tables)).ljust(109 * 4, b"\xff")
    return header + table + body
