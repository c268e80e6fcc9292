"""Archives that lie: about sizes, names, places and each other. Each ends in a record, within limits."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from extractors import containers
from extractors.containers import SEPARATOR, names
from extractors.parse import parse
from extractors.readers import formats, limits
from extractors.readers.encodings import short_texts
from schemas.errors import NotRead
from schemas.outcome import Failure, Outcome, SourceFile

PLAN = "青岚县教共体建设方案\n为推进教共体建设，制定本方案。\n一、名单\n".encode()


def zipped(members: list[tuple[str | zipfile.ZipInfo, bytes]], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return out.getvalue()


def read(data: bytes, name: str = "县.zip") -> Outcome:
    return parse(SourceFile(uri=name, data=data))


def opened(data: bytes, name: str = "县.zip") -> tuple[dict[str, bytes], dict[str, str]]:
    found = containers.members(SourceFile(name, data))
    short = f"{name}{SEPARATOR}"
    return (
        {file.uri.removeprefix(short): file.data for file in found.files},
        {failure.uri.removeprefix(short): failure.cause for failure in found.failures},
    )


def refused(data: bytes, name: str = "县.zip") -> Failure:
    with pytest.raises(NotRead) as caught:
        containers.members(SourceFile(name, data))
    return Failure.of(caught.value)


def overlapping(copies: int) -> bytes:
    """One body of data under many entries, as in the better zip bomb."""
    body = zlib.compress(bytes(2**20), 9)[2:-4]
    local = struct.pack(
        "<4sHHHHHLLLHH", b"PK\x03\x04", 20, 0, 8, 0, 33, zlib.crc32(bytes(2**20)), len(body), 2**20, 1, 0
    )
    data = local + b"a" + body
    directory = b"".join(
        struct.pack(
            "<4sHHHHHHLLLHHHHHLL",
            *(b"PK\x01\x02", 20, 20, 0, 8, 0, 33, zlib.crc32(bytes(2**20)), len(body), 2**20),
            *(1, 0, 0, 0, 0, 0, 0),
        )
        + b"a"
        for _ in range(copies)
    )
    end = struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, copies, copies, len(directory), len(data), 0)
    return data + directory + end


def test_members_that_share_bytes_are_refused() -> None:
    assert list(opened(overlapping(1))[0]) == ["a"]
    assert refused(overlapping(500)).cause == "over_limit"


def test_a_name_written_in_two_encodings_is_no_damage() -> None:
    data = bytearray(zipped([("方案.txt", PLAN)], zipfile.ZIP_DEFLATED))
    data[30 : 30 + len("方案.txt".encode())] = "方案ab.txt".encode("gbk")
    assert opened(bytes(data)) == ({"方案.txt": PLAN}, {})


def test_an_archive_of_archives_does_not_multiply() -> None:
    inner = zipped([(f"{i}.txt", PLAN + bytes([65 + i])) for i in range(5)])
    outer = zipped([(f"{i}.zip", inner) for i in range(5)])
    assert len(read(outer).documents) == 25
    budget = containers.Budget(members=12)
    containers.members(SourceFile("县.zip", outer), budget)
    containers.members(SourceFile("内.zip", inner), budget)
    with pytest.raises(NotRead, match="members"):
        containers.members(SourceFile("内.zip", inner), budget)
    budget = containers.Budget(bytes=len(inner) * 5 + len(PLAN) * 6)
    containers.members(SourceFile("县.zip", outer), budget)
    containers.members(SourceFile("内.zip", inner), budget)
    with pytest.raises(NotRead, match="more than"):
        containers.members(SourceFile("内.zip", inner), budget)


def test_parse_hands_one_budget_down(monkeypatch: pytest.MonkeyPatch) -> None:
    inner = zipped([(f"{i}.txt", PLAN + bytes([65 + i])) for i in range(5)])
    outer = zipped([(f"{i}.zip", inner) for i in range(5)])
    made: list[containers.Budget] = []

    class Small(containers.Budget):
        def __init__(self) -> None:
            super().__init__(members=5 + 5 + 5)
            made.append(self)

    monkeypatch.setattr(containers, "Budget", Small)
    outcome = read(outer)
    assert len(made) == 1
    assert len(outcome.documents) == 10
    assert [f.cause for f in outcome.attachment_failures] == ["over_limit"] * 3


def test_an_archive_that_holds_itself_ends() -> None:
    data = PLAN
    for _ in range(limits.MAX_ARCHIVE_DEPTH + 3):
        data = zipped([("r.zip", data)])
    failure = read(data).failure
    assert failure is not None
    assert failure.cause == "over_limit"


def test_too_many_members_are_refused_before_they_are_listed() -> None:
    data = zipped([("a", b"")] * 1)
    end = len(data) - 22
    lying = data[:end] + struct.pack("<4sHHHHLLH", b"PK\x05\x06", 0, 0, 1, 1, 500_000_000, 0, 0)
    assert formats.directory_bytes(lying) == 500_000_000
    assert formats.recognise(lying, "a.zip").key == "zip"
    assert refused(lying).cause == "over_limit"


def test_a_member_larger_than_it_says_is_damaged_and_the_rest_is_read() -> None:
    data = bytearray(zipped([("方案.txt", PLAN), ("大.txt", PLAN * 100)]))
    at = data.rindex(b"PK\x01\x02")
    struct.pack_into("<L", data, at + 24, 100)
    files, failures = opened(bytes(data))
    assert files == {"方案.txt": PLAN}
    assert failures == {"大.txt": "damaged"}


def test_a_damaged_member_costs_itself_only() -> None:
    data = bytearray(zipped([("方案.txt", PLAN), ("坏.txt", bytes(range(200)) * 9)]))
    data[data.index("坏.txt".encode()) + 30] ^= 0xFF
    files, failures = opened(bytes(data))
    assert files == {"方案.txt": PLAN}
    assert failures == {"坏.txt": "damaged"}


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_two_members_of_one_name_are_both_kept() -> None:
    files, _ = opened(
        zipped([("县/方案.txt", b"1"), ("县/方案.txt", b"2"), ("./县//方案.txt", b"3"), ("县/方案 (2).txt", b"4")])
    )
    assert sorted(files.values()) == [b"1", b"2", b"3", b"4"]
    assert len(files) == 4


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("../../etc/passwd", "etc/passwd"),
        ("/etc/passwd", "etc/passwd"),
        ("C:\\Windows\\方案.txt", "Windows/方案.txt"),
        ("c:方案.txt", "c:方案.txt"),
        ("\\\\server\\share\\a.txt", "server/share/a.txt"),
        ("a\x00b.txt", "ab.txt"),
        ("a\u202efdp.exe", "afdp.exe"),
        ("方\u200b案.txt", "方案.txt"),
        ("a!/b.txt", "a！/b.txt"),
        ("a\nb.txt", "a b.txt"),
        ("..", "unnamed"),
        ("", "unnamed"),
        (" . /a.txt", "a.txt"),
        ("\ud800.txt", ".txt"),
    ],
)
def test_a_name_becomes_a_harmless_label(name: str, label: str) -> None:
    assert names.label(name) == label


def test_a_long_name_keeps_its_ends() -> None:
    label = names.label("a/" * 500 + "方案" * 1000 + ".docx")
    assert len(label) < 300
    assert label.endswith(".docx")


@pytest.mark.parametrize("name", ["青岚县方案.txt", "附件1：结对名单（定稿）.xlsx", "幼儿园", "a方.txt"])
@pytest.mark.parametrize("encoding", ["utf-8", "gbk"])
def test_names_in_simplified_characters_are_told(name: str, encoding: str) -> None:
    assert short_texts.decode(name.encode(encoding)) == name


@pytest.mark.parametrize("name", ["縣實驗小學名單.txt", "教育共同體建設方案.doc", "關於報送情況的通知"])
def test_names_in_big5_are_told(name: str) -> None:
    assert short_texts.decode(name.encode("big5")) == name


def test_a_name_in_the_unicode_extra_field_counts_where_it_is_of_this_name() -> None:
    for crc, expected in ((zlib.crc32(b"fang.txt"), "方案.txt"), (0, "fang.txt")):
        info = zipfile.ZipInfo("fang.txt")
        body = b"\x01" + struct.pack("<L", crc) + "方案.txt".encode()
        info.extra = struct.pack("<HH", 0x7075, len(body)) + body
        assert list(opened(zipped([(info, PLAN)]))[0]) == [expected]


def test_a_large_archive_and_one_behind_a_program_are_read() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive, archive.open("方案.txt", "w", force_zip64=True) as member:
        member.write(PLAN)
    assert opened(out.getvalue())[0] == {"方案.txt": PLAN}
    program = b"MZ\x90\x00" + bytes(5000) + zipped([("方案.txt", PLAN)])
    assert [d.source.uri for d in read(program, "方案.exe").documents] == ["方案.exe!/方案.txt"]


def test_links_in_a_zip_are_recorded() -> None:
    info = zipfile.ZipInfo("密.txt")
    info.external_attr = 0o120777 << 16
    assert opened(zipped([(info, b"/etc/passwd"), ("方案.txt", PLAN)])) == (
        {"方案.txt": PLAN},
        {"密.txt": "unreadable"},
    )


def tarred(members: list[tuple[tarfile.TarInfo, bytes]], format: int = tarfile.PAX_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=format, encoding="utf-8") as archive:
        for info, data in members:
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def entry(name: str, kind: bytes = tarfile.REGTYPE, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def test_links_and_devices_in_a_tar_are_recorded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    data = tarred(
        [
            (entry("../方案.txt"), PLAN),
            (entry("密.txt", tarfile.SYMTYPE, "/etc/passwd"), b""),
            (entry("硬.txt", tarfile.LNKTYPE, "../方案.txt"), b""),
            (entry("设备", tarfile.CHRTYPE), b""),
            (entry("夹", tarfile.DIRTYPE), b""),
        ]
    )
    files, failures = opened(data, "a.tar")
    assert files == {"方案.txt": PLAN}
    assert failures == {"密.txt": "unreadable", "硬.txt": "unreadable", "设备": "unreadable"}
    assert list(tmp_path.iterdir()) == []


def test_a_tar_cut_in_the_middle_gives_what_stood_before_and_says_so() -> None:
    data = tarred([(entry("方案.txt"), PLAN), (entry("大.txt"), PLAN * 200)])
    whole = len(data.rstrip(b"\x00")) // 512 * 512 + 512
    assert read(
        data[:whole], "a.tar"
    ).attachment_failures  # the end of the archive is missing, if nothing of its members
    assert read(data[: whole + 512], "a.tar").attachment_failures == []
    outcome = read(data[:4000], "a.tar")
    assert [d.source.uri for d in outcome.documents] == ["a.tar!/方案.txt"]
    assert {f.uri: f.cause for f in outcome.attachment_failures} == {"a.tar!/大.txt": "damaged", "a.tar": "damaged"}


def test_a_compressed_tar_with_a_wrong_checksum_is_not_trusted() -> None:
    data = bytearray(gzip.compress(tarred([(entry("方案.txt"), PLAN)])))
    data[-6] ^= 1
    assert refused(bytes(data), "a.tar.gz").cause == "damaged"


def test_sparse_files_and_impossible_sizes_are_recorded() -> None:
    sparse = entry("稀.txt")
    sparse.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(2**50)}
    files, failures = opened(tarred([(entry("方案.txt"), PLAN), (sparse, b"0\n" + bytes(510))]), "a.tar")
    assert files == {"方案.txt": PLAN}
    assert failures == {"稀.txt": "unsupported_format"}
    huge = entry("大.txt")
    huge.size = 2**60
    files, failures = opened(tarred([(entry("方案.txt"), PLAN)])[:2048] + huge.tobuf(tarfile.GNU_FORMAT), "a.tar")
    assert files == {"方案.txt": PLAN}
    assert failures == {"大.txt": "over_limit", "a.tar": "damaged"}


def test_an_extended_header_made_to_cost_much_costs_little(
    linear: Callable[[Callable[[int], object], int], None],
) -> None:
    def run(size: int) -> None:
        header = entry("x", tarfile.XHDTYPE)
        header.size = size
        data = header.tobuf(tarfile.USTAR_FORMAT) + b"1" * (size + -size % 512)
        assert refused(data, "a.tar").cause == "damaged"

    linear(run, 15_000)


def test_a_chain_of_long_names_does_not_overflow() -> None:
    block = entry("././@LongLink", tarfile.GNUTYPE_LONGNAME)
    block.size = 1
    link = block.tobuf(tarfile.GNU_FORMAT) + b"x" + bytes(511)
    outcome = read(link * 5000, "a.tar")
    assert outcome.failure is not None
    assert outcome.failure.cause in ("damaged", "empty")


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_file_is_the_file_inside(pack: Callable[[bytes], bytes]) -> None:
    suffix = {"gzip": ".gz", "bz2": ".bz2", "_lzma": ".xz", "lzma": ".xz"}[pack.__module__]
    uri = f"/某处/方案.txt{suffix}"
    data = pack(PLAN)
    assert [d.source.uri for d in read(data, uri).documents] == [f"{uri}!/方案.txt"]
    assert opened(data + data + b"\x00" * 20, uri)[0] == {"方案.txt": PLAN + PLAN}
    assert opened(pack(tarred([(entry("方案.txt"), PLAN)])), f"a.tar{suffix}")[0] == {"方案.txt": PLAN}
    for cut in range(12, len(data) - 1, 9):
        failure = read(data[:cut], uri).failure
        assert failure is not None
        assert failure.cause == "damaged"


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_bomb_is_refused(pack: Callable[[bytes], bytes], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_BYTES", 2**20)
    assert refused(pack(bytes(2**21)), "a.txt.gz").cause == "over_limit"
    with pytest.raises(NotRead, match="more than"):
        containers.members(
            SourceFile("a.tgz", pack(tarred([(entry(f"{i}"), bytes(2**19)) for i in range(9)]))),
            containers.Budget(bytes=2**21),
        )


def test_an_xz_file_that_asks_for_gigabytes_is_refused() -> None:
    filters = [{"id": lzma.FILTER_LZMA2, "dict_size": 2**20}]
    data = bytearray(lzma.compress(PLAN, filters=filters))
    # The dictionary size of the block header (xz-file-format 5.3.1): 40 stands for 4 GiB.
    at = data.index(b"\x21\x01", 12) + 2
    data[at] = 40
    header = 12 + (data[12] + 1) * 4
    data[header - 4 : header] = struct.pack("<L", zlib.crc32(data[12 : header - 4]))
    assert refused(bytes(data), "a.xz").cause == "damaged"


def test_many_small_streams_behind_each_other_end() -> None:
    assert refused(gzip.compress(b"") * 200_000, "a.gz").cause == "over_limit"


def test_a_method_that_nobody_knows_is_said() -> None:
    data = bytearray(zipped([("方案.txt", PLAN), ("密.txt", PLAN)], zipfile.ZIP_STORED))
    for mark, offset in ((b"PK\x03\x04", 8), (b"PK\x01\x02", 10)):
        struct.pack_into("<H", data, data.rindex(mark) + offset, 77)
    assert opened(bytes(data)) == ({"方案.txt": PLAN}, {"密.txt": "unsupported_format"})


def test_a_file_that_holds_none_is_no_container() -> None:
    assert not containers.is_container(PLAN, "方案.txt")
    assert not containers.is_container(b"", "方案.zip")
    assert refused(PLAN, "方案.txt").cause == "unsupported_format"
