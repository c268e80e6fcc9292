"""Which files belong together: attachments beside the one document they stand with."""

from __future__ import annotations

from pathlib import Path

from extractors.bundles import Group, group


def test_attachments_join_the_one_document_of_their_folder() -> None:
    files = [Path("县/附件1 名单.xlsx"), Path("县/方案.docx"), Path("县/附表2.pdf"), Path("另县/方案.docx")]
    assert group(files) == [
        Group(Path("县/方案.docx"), (Path("县/附件1 名单.xlsx"), Path("县/附表2.pdf"))),
        Group(Path("另县/方案.docx")),
    ]


def test_beside_several_documents_an_attachment_is_a_document_of_its_own() -> None:
    files = [Path("县/方案甲.docx"), Path("县/方案乙.docx"), Path("县/附件1.xlsx")]
    assert group(files) == [Group(path) for path in files]


def test_attachments_without_a_document_are_read_on_their_own() -> None:
    assert group([Path("县/附件1.xlsx"), Path("县/附件2.xlsx")]) == [
        Group(Path("县/附件1.xlsx")),
        Group(Path("县/附件2.xlsx")),
    ]


def test_nothing_is_read_that_was_not_given(tmp_path: Path) -> None:
    (tmp_path / "附件1.xlsx").touch()
    assert group([tmp_path / "方案.docx"]) == [Group(tmp_path / "方案.docx")]
