"""The body of an answer: unpacked, complete, and never more than its bound."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator

from sources.fetch.hosts import Refused

ACCEPTED = "gzip, deflate"
"""What servers are told that may be packed how."""

_UNREADABLE = frozenset({"br", "zstd", "compress", "x-compress", "bzip2", "lzma", "xz", "dcb", "dcz"})

_PIECE = 1 << 20
"""Bytes that are unpacked at a time."""


def body(chunks: Iterable[bytes], encoding: str | None, length: str | None, most: int) -> bytes:
    """The bytes of an answer.

    Args:
        chunks: as sent.
        encoding: the header ``Content-Encoding``; what is no coding at all (``utf-8``) is passed over, as browsers do.
        length: the header ``Content-Length``: what is too large is not even begun.
        most: bytes at most, as sent and unpacked.

    Raises:
        Refused: it is larger (``too_large``), damaged or packed in a way that was not asked for (``no_connection``).
    """
    if length is not None and length.isascii() and length.isdigit() and int(length) > most:
        raise _too_large(most)
    codings = [name.strip().lower() for name in (encoding or "").split(",")]
    if any(name in _UNREADABLE for name in codings):
        raise Refused(
            "no_connection",
            f"服务器用了未请求的压缩方式 {encoding} / the server packed its answer in a way that was not asked for",
        )
    packed = [name.removeprefix("x-") for name in codings if name.removeprefix("x-") in ("gzip", "deflate")]
    if len(packed) > 1:
        raise Refused("no_connection", "服务器把内容压缩了几遍 / the server packed its answer more than once")
    parts = _bounded(chunks, most)
    if packed:
        parts = _bounded(_unpacked(parts, packed[0]), most)
    return b"".join(parts)


def _bounded(chunks: Iterable[bytes], most: int) -> Iterator[bytes]:
    total = 0
    for chunk in chunks:
        total += len(chunk)
        if total > most:
            raise _too_large(most)
        yield chunk


def _unpacked(chunks: Iterable[bytes], coding: str) -> Iterator[bytes]:
    """The unpacked bytes, a bounded piece at a time, however much a chunk holds."""
    unpacker = None
    try:
        for chunk in chunks:
            if unpacker is None:
                unpacker = zlib.decompressobj(_window(coding, chunk))
            while chunk and not unpacker.eof:
                yield unpacker.decompress(chunk, _PIECE)
                chunk = unpacker.unconsumed_tail
        # What is left inside the unpacker when all that was sent is used up.
        while unpacker is not None and not unpacker.eof and (more := unpacker.decompress(b"", _PIECE)):
            yield more
    except zlib.error as error:
        raise _damaged() from error
    if unpacker is not None and not unpacker.eof:
        raise _damaged()


def _window(coding: str, first: bytes) -> int:
    """zlib's window bits; ``deflate`` means zlib's format, but some servers send it bare (RFC 9110, 8.4.1.2)."""
    if coding == "gzip":
        return 31
    return 15 if first[:1] and first[0] & 0x0F == 8 else -15


def _too_large(most: int) -> Refused:
    size = f"{most / 2**20:g} MB" if most >= 2**20 else f"{most} B"
    return Refused(
        "too_large",
        f"内容超过 {size} / the answer is larger than {size}",
        "请另行下载后放入文件夹来源 / download it by hand and ingest it from a folder",
    )


def _damaged() -> Refused:
    return Refused("no_connection", "压缩的内容损坏或不完整 / the packed answer is damaged or cut off", again=True)
