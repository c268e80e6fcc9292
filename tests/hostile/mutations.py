"""Broken files from good ones: what a bad disk, a cut download, a careless program or an attacker makes of them."""

from __future__ import annotations

import io
import random
import zipfile

INTERESTING = (
    b"\x00", b"\xff", b"\xff\xff\xff\xff", b"\x7f\xff\xff\xff", b"\x80\x00\x00\x00", b"-1", b"0", b"99999999999999999999",
    b"<", b">", b"&", b"]]>", b"<!--", b"<![CDATA[", b'"', b"{", b"}", b"\\", b"(", b")", b"<<", b">>", b"%",
    b"\xef\xbb\xbf", b"\xff\xfe", "城乡".encode(), "〇".encode("gb18030"), b"\n", b"\r\n\r\n", b"..", b"/", b"NaN", b"1e400",
)  # fmt: skip
MAX_SIZE = 4_000_000


def mutate(data: bytes, chance: random.Random) -> bytes:
    """A broken file made from a good one.

    Args:
        data: the good file. In a ZIP container a member is broken half of the time, so that what is behind the container
            is reached too.
        chance: where the randomness comes from; the same state gives the same file.
    """
    if data[:2] == b"PK" and chance.random() < 0.6:
        broken = _member(data, chance)
        if broken is not None:
            return broken
    for _ in range(chance.choice([1, 1, 1, 2, 3, 8])):
        data = _step(data, chance)
    return data[:MAX_SIZE]


def _step(data: bytes, chance: random.Random) -> bytes:
    if not data:
        return bytes(chance.randrange(256) for _ in range(20))
    at = chance.randrange(len(data))
    length = min(chance.choice([1, 2, 4, 16, 64, 400, 4000]), len(data) - at)
    kind = chance.randrange(9)
    if kind == 0:
        return data[:at]
    if kind == 1:
        return data[:at] + bytes([data[at] ^ (1 << chance.randrange(8))]) + data[at + 1 :]
    if kind == 2:
        return data[:at] + data[at + length :]
    if kind == 3:
        return data[:at] + data[at : at + length] * chance.choice([2, 2, 10, 300]) + data[at + length :]
    if kind == 4:
        return data[:at] + chance.choice(INTERESTING) + data[at:]
    if kind == 5:
        piece = chance.choice(INTERESTING)
        return data[:at] + piece + data[at + len(piece) :]
    if kind == 6:
        return data[:at] + bytes(chance.randrange(256) for _ in range(length)) + data[at + length :]
    if kind == 7:
        other = chance.randrange(len(data))
        return data[:at] + data[other : other + length] + data[at:]
    return _number(data, at, chance)


def _number(data: bytes, at: int, chance: random.Random) -> bytes:
    """Another number in the place of the next one."""
    start = at
    while start < len(data) and not 48 <= data[start] <= 57:
        start += 1
    end = start
    while end < len(data) and 48 <= data[end] <= 57:
        end += 1
    number = chance.choice([b"0", b"1", b"65535", b"2147483648", b"1000000", b"99999999999999999999", b"-5", b""])
    return data[:start] + number + data[end:]


def _member(data: bytes, chance: random.Random) -> bytes | None:
    """The container with one member broken, or without it."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            members = [(info.filename, packed.read(info)) for info in packed.infolist()]
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError, RuntimeError, EOFError):
        return None
    if not members:
        return None
    victim = chance.randrange(len(members))
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for index, (name, content) in enumerate(members):
            if index == victim:
                if chance.random() < 0.1:
                    continue
                for _ in range(chance.choice([1, 2, 4])):
                    content = _step(content, chance)[:MAX_SIZE]
            packed.writestr(zipfile.ZipInfo(name), content)
    return out.getvalue()
