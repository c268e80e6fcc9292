"""Streams of a PDF that unpack to more than any page needs, found before pdfium unpacks them.

pdfium unpacks a stream as a whole, up to a gigabyte and with copies of it; a file of two megabytes then takes three
gigabytes. Deflated data (ISO 32000-1, 7.4.4) is found by its header behind each ``stream`` and unpacked here in pieces
that are thrown away, so that the check costs time but no memory. Only what could exceed the limit is unpacked at all:
deflate makes at most 1,032 bytes of one.
"""

from __future__ import annotations

import re
import zlib

from extractors.readers import limits

_STREAM = re.compile(rb"stream\r?\n")
_PICTURE = re.compile(rb"/Subtype\s{0,9}/Image")
_RATIO = 1_032
_LAYERS = 4
_PIECE = 1 << 20
_DICTIONARY = 2_000
"""Bytes before a stream in which its dictionary is looked for."""


def oversized(data: bytes) -> bool:
    """Whether a stream of the file, or all that are no pictures together, unpack to more than the limits.

    Args:
        data: the whole file. Streams behind a password are not seen through.
    """
    total = 0
    for match in _STREAM.finditer(data):
        start = match.end()
        if not _deflated(data[start : start + 2]):
            continue
        end = data.find(b"endstream", start)
        if end < 0:
            end = len(data)
        size = _size(memoryview(data)[start:end])
        if size > limits.MAX_STREAM_BYTES:
            return True
        if size > _PIECE and not _PICTURE.search(data, max(0, start - _DICTIONARY), start):
            total += size
            if total > limits.MAX_UNPACKED_BYTES:
                return True
    return False


def _deflated(head: bytes) -> bool:
    """RFC 1950, 2.2: method 8, and the two bytes as a number are a multiple of 31."""
    return len(head) == 2 and head[0] & 0x0F == 8 and (head[0] << 8 | head[1]) % 31 == 0


def _size(packed: memoryview) -> int:
    """Bytes of a stream unpacked, as far as the limit, in the layer that has most; 0 where it cannot be too many."""
    layers = [zlib.decompressobj()]
    try:
        head = layers[0].decompress(packed[:1_024], 2)
        while _deflated(head) and len(layers) < _LAYERS:
            layers.append(zlib.decompressobj())
            head = layers[-1].decompress(_first(packed, len(layers) - 1), 2)
    except zlib.error:
        pass
    if len(packed) * _RATIO ** len(layers) <= limits.MAX_STREAM_BYTES // 4:
        return 0
    return _unpacked(packed, len(layers))


def _first(packed: memoryview, layers: int) -> bytes:
    """Some bytes from the beginning of what lies so many layers deep."""
    head = bytes(packed[:4_096])
    for _ in range(layers):
        head = zlib.decompressobj().decompress(head, 4_096)
    return head


def _unpacked(packed: memoryview, layers: int) -> int:
    sizes = [0] * layers
    openers = [zlib.decompressobj() for _ in range(layers)]

    def feed(piece: bytes, layer: int) -> bool:
        """Whether the limit is exceeded."""
        opener = openers[layer]
        while piece:
            out = opener.decompress(piece, _PIECE)
            sizes[layer] += len(out)
            if sizes[layer] > limits.MAX_STREAM_BYTES or (layer + 1 < layers and feed(out, layer + 1)):
                return True
            piece = opener.unconsumed_tail
            if opener.eof:
                break
        return False

    try:
        for at in range(0, len(packed), _PIECE):
            if feed(bytes(packed[at : at + _PIECE]), 0):
                return limits.MAX_STREAM_BYTES + 1
    except zlib.error:
        pass
    return max(sizes)
