"""An archive is its members: names in GBK, folders with attachments, archives within archives, and none that hurts."""

from __future__ import annotations

import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from extractors.parse import parse
from extractors.readers import limits
from schemas.outcome import Outcome, SourceFile

PLAN = "青岚县教共体建设方案\n为推进教共体建设，制定本方案。\n一、名单\n名单见附件1。\n附件：1.结对名单\n".encode()
LIST = "核心校\t成员校\n县实验小学\t河东小学".encode()


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def gbk_zip(members: dict[str, bytes]) -> bytes:
    """As old Chinese archivers write it: names in GBK, and no flag that says so."""

    class Info(zipfile.ZipInfo):
        def _encodeFilenameFlags(self) -> tuple[bytes, int]:
            return self.filename.encode("gbk"), self.flag_bits & ~0x800

    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in members.items():
            archive.writestr(Info(name), data)
    return out.getvalue()


def tarred(members: dict[str, bytes], mode: str) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode=mode) as archive:  # type: ignore[call-overload]
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def read(data: bytes, name: str = "县.zip") -> Outcome:
    return parse(SourceFile(uri=name, data=data))


def test_a_plan_with_its_attachment_is_one_document() -> None:
    outcome = read(zipped({"青岚县/方案.txt": PLAN, "青岚县/附件1 结对名单.txt": LIST}))
    (document,) = outcome.documents
    assert document.source.uri == "县.zip!/青岚县/方案.txt"
    assert (document.source.parent, document.source.index) == (outcome.sha256, 0)
    assert [(a.number, a.included) for a in document.attachments] == [(1, True)]
    assert [c.lead for c in document.communities] == ["县实验小学"]
    # They lie inside: nothing beside the archive was read, and it is known again by itself.
    assert outcome.attachments == []


@pytest.mark.parametrize(
    "make", [gbk_zip, lambda m: tarred(m, "w"), lambda m: tarred(m, "w:gz"), lambda m: tarred(m, "w:bz2")]
)
def test_names_in_gbk_and_other_archives_are_read_alike(make) -> None:  # type: ignore[no-untyped-def]
    outcome = read(make({"青岚县/方案.txt": PLAN, "云汀县/方案.txt": PLAN + "一".encode()}), "plans.bin")
    assert [d.source.uri for d in outcome.documents] == ["plans.bin!/云汀县/方案.txt", "plans.bin!/青岚县/方案.txt"]


def test_a_document_has_the_same_identifier_inside_and_outside() -> None:
    (inside,) = read(zipped({"方案.txt": PLAN})).documents
    (outside,) = read(PLAN, "方案.txt").documents
    assert inside.id == outside.id


def test_archives_within_archives_are_opened_but_not_without_end() -> None:
    data = PLAN
    name = "方案.txt"
    for _ in range(limits.MAX_ARCHIVE_DEPTH):
        data, name = zipped({name: data}), "层.zip"
    assert len(read(data).documents) == 1
    deeper = read(zipped({"层.zip": data, "另.txt": PLAN}))
    assert len(deeper.documents) == 1
    assert [f.cause for f in deeper.attachment_failures] == ["over_limit"]


def test_a_bad_member_costs_itself_only() -> None:
    outcome = read(
        zipped({"方案.txt": PLAN, "空.txt": b"", "旧.msg": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)})
    )
    assert len(outcome.documents) == 1
    assert outcome.failure is None
    assert {f.uri: f.cause for f in outcome.attachment_failures} == {
        "县.zip!/空.txt": "empty",
        "县.zip!/旧.msg": "unsupported_format",
    }


def test_names_that_lead_out_are_labels_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = read(
        zipped({"../../etc/方案.txt": PLAN, "/tmp/方案.txt": PLAN, "C:\\方案.txt": PLAN, "c:/../方案.txt": PLAN})
    )
    assert sorted(d.source.uri for d in outcome.documents) == [
        "县.zip!/etc/方案.txt",
        "县.zip!/tmp/方案.txt",
        "县.zip!/方案 (2).txt",
        "县.zip!/方案.txt",
    ]
    assert list(tmp_path.iterdir()) == []


def test_a_bomb_costs_itself_only() -> None:
    outcome = read(zipped({"方案.txt": PLAN, "0.txt": bytes(300 * 2**20), "1.txt": bytes(20 * 2**20)}))
    assert [d.source.uri for d in outcome.documents] == ["县.zip!/方案.txt"]
    assert {f.uri: f.cause for f in outcome.attachment_failures} == {
        "县.zip!/0.txt": "over_limit",
        "县.zip!/1.txt": "over_limit",
    }


def test_attachments_beside_an_archive_belong_to_the_one_document_in_it() -> None:
    beside = [SourceFile("附件1 结对名单.txt", LIST)]
    outcome = parse(SourceFile("县.zip", zipped({"方案.txt": PLAN})), beside)
    (document,) = outcome.documents
    assert [(a.number, a.included) for a in document.attachments] == [(1, True)]
    outcome = parse(SourceFile("县.zip", zipped({"甲.txt": PLAN, "乙.txt": PLAN + b"1"})), beside)
    assert [d.source.uri for d in outcome.documents] == ["县.zip!/乙.txt", "县.zip!/甲.txt", "附件1 结对名单.txt"]
    assert outcome.attachments


def test_an_archive_beside_a_plan_is_its_attachments() -> None:
    archive = zipped({"名单.txt": LIST, "空.txt": b""})
    outcome = parse(SourceFile("方案.txt", PLAN), [SourceFile("附件1 结对名单.zip", archive)])
    (document,) = outcome.documents
    assert [(a.number, a.included) for a in document.attachments] == [(1, True)]
    assert [f.uri for f in outcome.attachment_failures] == ["附件1 结对名单.zip!/空.txt"]


def test_an_encrypted_member_is_named(tmp_path: Path) -> None:
    data = bytearray(zipped({"方案.txt": PLAN}))
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        data[data.index(signature) + offset] |= 1
    outcome = read(bytes(data))
    assert outcome.failure is not None
    assert outcome.failure.cause == "encrypted"


@pytest.mark.parametrize(
    "data", [zipped({}), zipped({"方案.txt": PLAN})[:60], zipped({"__MACOSX/._方案.txt": b"x", ".DS_Store": b"x"})]
)
def test_an_empty_or_broken_archive_is_said(data: bytes) -> None:
    outcome = read(data)
    assert outcome.documents == []
    assert outcome.failure is not None
    assert outcome.failure.cause in ("empty", "damaged")
