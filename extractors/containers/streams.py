"""Compressed streams (gzip, bzip2, xz), unpacked no further than asked for."""

from __future__ import annotations

import bz2
import lzma
import zlib
from typing import Protocol

_STEP = 2**18
_XZ_MEMORY = 256 * 2**20
"""Bytes an xz decoder may use: ``xz -9`` asks for 65 MB; a header may claim four gigabytes."""
_MAX_STREAMS = 20_000
"""Streams behind each other; each costs a step of its own."""


class _Decoder(Protocol):
    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class TooMuch(Exception):
    """The stream unpacks to more than ``limit`` bytes."""


class Stream:
    """The content of a compressed file as a file to be read from its start, several streams behind each other joined.

    Args:
        data: the compressed file.
        key: ``gzip``, ``bzip2`` or ``xz``.
        limit: how many bytes may come out; reading on raises ``TooMuch``.
    """

    def __init__(self, data: bytes, key: str, limit: int) -> None:
        self._data = memoryview(data)
        self._key = key
        self._left = limit
        self._at = 0
        self._decoder = self._new()
        self._kept = b""
        self._streams = 1

    def read(self, size: int = -1) -> bytes:
        """Up to ``size`` bytes (all without one); fewer only at the end.

        Raises:
            TooMuch: see above.
            EOFError: the file ends in the middle.
            zlib.error, lzma.LZMAError, OSError, ValueError: it is damaged.
        """
        chunks: list[bytes] = []
        wanted = size
        while wanted != 0:
            chunk = self._next(min(wanted, _STEP) if wanted > 0 else _STEP)
            if not chunk:
                break
            chunks.append(chunk)
            wanted -= len(chunk) if wanted > 0 else 0
        return b"".join(chunks)

    def _next(self, most: int) -> bytes:
        while True:
            if self._decoder.eof:
                rest = self._decoder.unused_data
                self._at -= len(rest)
                # Behind a stream stands another one, or what is no part of the file (padding, a signature).
                if not bytes(self._data[self._at : self._at + 6]).startswith(_MAGIC[self._key]):
                    return b""
                self._streams += 1
                if self._streams > _MAX_STREAMS:
                    raise TooMuch
                self._decoder = self._new()
                self._kept = b""
            if self._kept or not self._needs_input():
                fed = self._kept
            else:
                fed = bytes(self._data[self._at : self._at + _STEP])
                self._at += len(fed)
            before = bool(fed) or not self._needs_input()
            out = self._decoder.decompress(fed, most)  # without input: what the decoder still holds
            if not (out or before or self._decoder.eof):
                raise EOFError("the file ends in the middle / 文件不完整")
            self._kept = getattr(self._decoder, "unconsumed_tail", b"")
            if out:
                self._left -= len(out)
                if self._left < 0:
                    raise TooMuch
                return out

    def _needs_input(self) -> bool:
        return bool(getattr(self._decoder, "needs_input", True))

    def _new(self) -> _Decoder:
        if self._key == "gzip":
            return zlib.decompressobj(wbits=31)
        if self._key == "bzip2":
            return bz2.BZ2Decompressor()
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_XZ_MEMORY)


_MAGIC = {"gzip": b"\x1f\x8b", "bzip2": b"BZh", "xz": b"\xfd7zXZ\x00"}
BROKEN = (zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, MemoryError)
"""What reading a damaged stream raises."""
