"""A PDF of some kilobytes that unpacks to gigabytes is refused before it is unpacked; large ordinary ones are not."""

from __future__ import annotations

import zlib

import pytest

from extractors.readers import limits, read
from extractors.readers.pdf.bombs import oversized
from schemas.errors import NotRead

MEGABYTE = 1 << 20


def stream(packed: bytes, entries: bytes = b"") -> bytes:
    return b"5 0 obj\n<< /Length %d %b >>\nstream\n%b\nendstream\nendobj\n" % (len(packed), entries, packed)


def zeros(megabytes: int) -> bytes:
    packer = zlib.compressobj(9)
    return b"".join(packer.compress(bytes(MEGABYTE)) for _ in range(megabytes)) + packer.flush()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_STREAM_BYTES", 4 * MEGABYTE)
    monkeypatch.setattr(limits, "MAX_UNPACKED_BYTES", 10 * MEGABYTE)


@pytest.mark.usefixtures("small")
def test_a_stream_that_unpacks_to_too_much_is_found_however_often_it_was_packed() -> None:
    packed = zeros(8)
    for _ in range(3):
        assert oversized(b"%PDF-1.7\n" + stream(packed))
        packed = zlib.compress(packed, 9)


@pytest.mark.usefixtures("small")
def test_streams_within_the_limit_are_no_bomb_but_too_many_of_them_are() -> None:
    assert not oversized(b"%PDF-1.7\n" + stream(zeros(3)) * 3)
    assert oversized(b"%PDF-1.7\n" + stream(zeros(3)) * 4)


@pytest.mark.usefixtures("small")
def test_a_scan_of_many_pages_is_no_bomb() -> None:
    assert not oversized(b"%PDF-1.7\n" + stream(zeros(3), b"/Subtype /Image") * 20)


@pytest.mark.usefixtures("small")
def test_broken_and_foreign_streams_are_left_to_the_reader() -> None:
    broken = zeros(3)
    assert not oversized(stream(broken[:50] + b"\xff" * 50 + broken[100:]) + stream(b"\xff\xd8\xff" * 9) + b"stream\n")


def test_it_is_refused_with_the_limit() -> None:
    with pytest.raises(NotRead) as refused:
        read(b"%PDF-1.7\n" + stream(zlib.compress(zeros(420), 9)) + b"trailer\n%%EOF\n", "通知.pdf")
    assert refused.value.cause == "over_limit"
    assert str(limits.MAX_STREAM_BYTES) in refused.value.message
