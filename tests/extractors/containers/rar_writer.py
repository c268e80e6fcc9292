"""Writes RAR archives with the stored method, by hand: no free program packs RAR.

RAR 5: https://www.rarlab.com/technote.htm (vint, CRC32 over header size and header). RAR 4: the technote of RAR 3.93
(CRC16: the low half of CRC32 over the header from its type on).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Mapping


def rar5(members: Mapping[str, bytes], encrypted_headers: bool = False, volume: bool = False) -> bytes:
    out = b"Rar!\x1a\x07\x01\x00"
    if encrypted_headers:
        # Version 0, flags 0, KDF count 15, salt.
        return out + _block5(4, 0, _vint(0) + _vint(0) + b"\x0f" + bytes(16)) + bytes(200)
    out += _block5(1, 0, _vint(1 if volume else 0))
    for name, data in members.items():
        raw = name.encode()
        # File flags 4: CRC32 is there. Attributes, CRC, compression (stored), host Unix, name.
        fields = _vint(4) + _vint(len(data)) + _vint(0o100644) + struct.pack("<L", zlib.crc32(data))
        fields += _vint(0) + _vint(1) + _vint(len(raw)) + raw
        out += _block5(2, 2, fields, len(data), continued=volume) + data
    return out + _block5(5, 0, _vint(1 if volume else 0))


def _vint(number: int) -> bytes:
    out = bytearray()
    while True:
        number, low = number >> 7, number & 0x7F
        out.append(low | (0x80 if number else 0))
        if not number:
            return bytes(out)


def _block5(kind: int, flags: int, fields: bytes, data_size: int | None = None, continued: bool = False) -> bytes:
    flags |= 0x10 if continued else 0
    header = _vint(kind) + _vint(flags) + (b"" if data_size is None else _vint(data_size)) + fields
    sized = _vint(len(header)) + header
    return struct.pack("<L", zlib.crc32(sized)) + sized


def rar4(members: Mapping[str, bytes], encrypted: bool = False) -> bytes:
    out = b"Rar!\x1a\x07\x00" + _block4(0x73, 0, bytes(6))
    for name, data in members.items():
        # Flag 0x200: the name holds a Unicode form behind its first zero byte, or, without one, is UTF-8.
        raw = name.encode()
        flags = 0x8000 | 0x200 | (0x4 if encrypted else 0)
        fields = struct.pack(
            "<LLBLLBBHL", len(data), len(data), 3, zlib.crc32(data), 0x5A210000, 20, 0x30, len(raw), 0o100644
        )
        out += _block4(0x74, flags, fields + raw) + data
    return out + _block4(0x7B, 0x4000, b"")


def _block4(kind: int, flags: int, fields: bytes) -> bytes:
    header = struct.pack("<BHH", kind, flags, 7 + len(fields)) + fields
    return struct.pack("<H", zlib.crc32(header) & 0xFFFF) + header
