"""The bytes of an answer: what was sent, complete, within its bound, however it is packed and cut into pieces."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sources.fetch.bodies import body
from sources.fetch.hosts import Refused

MOST = 1 << 24


def _bare(data: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(data) + packer.flush()


PACKERS = {"gzip": gzip.compress, "x-gzip": gzip.compress, "deflate": zlib.compress, " GZIP ": gzip.compress}


def _cut(data: bytes, size: int) -> Iterator[bytes]:
    return (data[at : at + size] for at in range(0, len(data), size))


@given(st.binary(max_size=3000), st.integers(1, 500), st.sampled_from([*PACKERS, "bare", "", "utf-8", "identity"]))
def test_what_was_packed_is_what_comes_out(data: bytes, size: int, coding: str) -> None:
    if coding == "bare":
        # RFC 9110, 8.4.1.2: some servers send deflate without zlib's frame.
        assert body(_cut(_bare(data), size), "deflate", None, MOST) == data
        return
    packed = PACKERS[coding](data) if coding in PACKERS else data
    assert body(_cut(packed, size), coding, str(len(packed)), MOST) == data


@given(st.binary(min_size=1, max_size=3000), st.integers(1, 100))
def test_a_packed_answer_that_is_cut_off_is_damaged(data: bytes, lost: int) -> None:
    packed = gzip.compress(data)
    with pytest.raises(Refused) as refused:
        body([packed[: max(1, len(packed) - lost)]], "gzip", None, MOST)
    assert (refused.value.cause, refused.value.again) == ("no_connection", True)


def test_a_bomb_is_not_unpacked_beyond_its_bound() -> None:
    """A thousandfold in one piece: what is unpacked at a time is bounded too, not only looked at afterwards."""
    import tracemalloc

    packed = gzip.compress(b"\0" * 100_000_000, mtime=0)
    tracemalloc.start()
    try:
        with pytest.raises(Refused) as refused:
            body([packed], "gzip", str(len(packed)), 1_000_000)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert refused.value.cause == "too_large"
    assert peak < 10_000_000


def test_what_says_that_it_is_too_large_is_not_even_begun() -> None:
    def never() -> Iterator[bytes]:
        raise AssertionError("the body was read")
        yield b""

    with pytest.raises(Refused) as refused:
        body(never(), None, "2000", 1000)
    assert refused.value.cause == "too_large"


def test_the_bound_itself_is_allowed() -> None:
    assert len(body([b"x" * 1000], None, "1000", 1000)) == 1000
    assert len(body([gzip.compress(b"x" * 1000)], "gzip", None, 1000)) == 1000


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, gzip"])
def test_a_packing_that_was_not_asked_for_is_a_failure_and_no_document(coding: str) -> None:
    with pytest.raises(Refused):
        body([gzip.compress(b"x")], coding, None, MOST)
