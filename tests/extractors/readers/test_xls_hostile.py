"""Old workbooks with wrong numbers: what they claim asks for no memory, and what can be read of them is read whole."""

from __future__ import annotations

import resource
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest
from biff_writer import Sheet, workbook
from compound_writer import compound

from extractors.readers import read
from extractors.readers.office.compound import Compound
from extractors.readers.sheets import xls_records
from schemas.errors import NotRead
from schemas.reading import Table

VALUES: dict[tuple[int, int], str | float | bool] = {(0, 0): "学校", (0, 1): "班数", (1, 0): "青禾小学", (1, 1): 12.0}


@pytest.fixture(autouse=True)
def little_memory() -> Iterator[None]:
    """Two gigabytes above what is there: an allocation that believes the file ends in an error instead of the machine."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    resource.setrlimit(resource.RLIMIT_AS, (used + 2 * 1024**3, before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_AS, before)


def record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def stream_of(data: bytes) -> bytes:
    return Compound(data).stream("Workbook")


def texts(data: bytes) -> list[str]:
    return [c.text for b in read(data, "表.xls").blocks if isinstance(b, Table) for c in b.cells if c.text]


@pytest.mark.parametrize(
    "claim",
    [
        struct.pack("<IIHHH", 0, 0xFFFFFFFF, 0, 0xFFFF, 0),
        struct.pack("<IIHHH", 9, 1, 9, 1, 0),
        struct.pack("<HHHHH", 0, 0xFFFF, 0, 0xFFFF, 0),
        b"",
    ],
)
def test_the_size_that_a_sheet_claims_is_not_believed(claim: bytes) -> None:
    stream = stream_of(workbook([Sheet("表", VALUES)]))
    honest = record(0x200, struct.pack("<IIHHH", 0, 65_536, 0, 256, 0))
    assert honest in stream
    assert texts(compound({"Workbook": stream.replace(honest, record(0x200, claim))})) == [
        "学校",
        "班数",
        "青禾小学",
        "12",
    ]


def test_more_strings_than_the_file_has_bytes_are_damage() -> None:
    stream = stream_of(workbook([Sheet("表", VALUES)]))
    head = 4 + struct.unpack_from("<H", stream, 2)[0]
    # The strings come behind the sheets' positions, so nothing else moves when they replace the code page and a format.
    table = record(0xFC, struct.pack("<II", 1, 0x7FFFFFFF))
    end = stream.index(record(0x85, b"")[:2], head)
    assert end - head > len(table) + 4
    filler = record(0x1234, bytes(end - head - len(table) - 4))
    with pytest.raises(NotRead) as refused:
        read(compound({"Workbook": stream[:head] + table + filler + stream[end:]}), "表.xls")
    assert refused.value.cause == "damaged"


def test_rows_out_of_order_are_all_read() -> None:
    stream = stream_of(workbook([Sheet("表", VALUES)]))
    marks = [struct.pack("<HHHHH", 0x204, 6 + 3 + 2 * len("学校"), 0, 0, 0), struct.pack("<HHHHH", 0x204, 17, 1, 0, 0)]
    first, second = (stream.index(mark) for mark in marks)
    last = stream.index(record(0x0A, b""), second)
    mixed = stream[:first] + stream[second:last] + stream[first:second] + stream[last:]
    assert texts(compound({"Workbook": mixed})) == ["学校", "班数", "青禾小学", "12"]


def test_a_cell_in_the_farthest_place_of_all_is_refused_or_read_but_does_not_fill_the_memory() -> None:
    with pytest.raises(NotRead) as refused:
        read(workbook([Sheet("表", {(0, 0): "学校", (65_535, 65_535): "远"})]), "表.xls")
    assert refused.value.cause == "over_limit"


@pytest.mark.parametrize("place", [0x28, 0x2C, 0x40, 0x48])
def test_the_sectors_that_the_header_claims_are_not_believed(place: int) -> None:
    data = bytearray(workbook([Sheet("表", VALUES)]))
    struct.pack_into("<I", data, place, 0x7FFFFFFF)
    assert texts(bytes(data)) == ["学校", "班数", "青禾小学", "12"]


def test_a_sheet_cut_in_the_middle_is_damaged_not_shorter() -> None:
    stream = stream_of(workbook([Sheet("表", VALUES)]))
    cell = stream.index(struct.pack("<HHHHH", 0x204, 17, 1, 0, 0))
    with pytest.raises(NotRead) as refused:
        # Compound files are filled up to whole sectors, so the record's length is what leaves the stream.
        read(compound({"Workbook": stream[:cell] + struct.pack("<HHHHH", 0x204, 0xFFF0, 1, 0, 0)}), "表.xls")
    assert refused.value.cause == "damaged"


@pytest.mark.parametrize("size", [1, 4096, 7_000_000, 7_200_000])
def test_the_file_that_is_made_of_it_holds_the_whole_stream(size: int) -> None:
    stream = (bytes(range(251)) * (size // 251 + 1))[:size]
    assert Compound(xls_records._compound(stream)).stream("Workbook")[:size] == stream
