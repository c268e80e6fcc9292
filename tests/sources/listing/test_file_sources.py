"""Folders, upload folders and mailboxes as sources: real files."""

from __future__ import annotations

import datetime
import hashlib
import os
import time
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest

from schemas.fetching import FetchFailed, Listing
from schemas.source import SourceDefinition
from sources.listing import mailbox
from sources.local import read_item

Listed = Callable[..., Listing]


def put(path: Path, data: str | bytes = "内容", age: float = 3_600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    os.utime(path, (time.time() - age,) * 2)
    return path


def mail(subject: str, text: str = "现报送我县方案，请审阅。") -> bytes:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@example.cn", "b@example.cn", subject
    message["Date"] = "Fri, 28 Feb 2025 20:00:00 +0000"
    message.set_content(text)
    message.add_attachment(b"%PDF-1.4", maintype="application", subtype="pdf", filename="方案.pdf")
    message.set_boundary("=-1")
    return message.as_bytes()


def mbox(*mails: bytes) -> bytes:
    return b"".join(b"From a@example.cn Fri Feb 28 20:00:00 2025\n" + one + b"\n\n" for one in mails)


def source(kind: str, path: Path, **fields: object) -> SourceDefinition:
    return SourceDefinition.model_validate({"id": "s", "title": "来源", "kind": kind, "url": str(path)} | fields)


class TestFolders:
    """A watched folder."""

    def test_documents_come_with_the_attachments_beside_them(self, listed: Listed, tmp_path: Path) -> None:
        plan = put(tmp_path / "甲县" / "方案.txt")
        table = put(tmp_path / "甲县" / "附件1 名单.txt")
        put(tmp_path / "乙县" / "方案.txt")
        items = listed({}, kind="folder", url=str(tmp_path)).items
        assert {item.url: item.attachments for item in items} == {
            str(plan): (str(table),),
            str(tmp_path / "乙县" / "方案.txt"): (),
        }

    def test_a_file_is_known_by_its_content(self, listed: Listed, tmp_path: Path) -> None:
        plan = put(tmp_path / "方案.txt", "第一稿")
        mark = listed({}, kind="folder", url=str(tmp_path)).items[0].fingerprint
        assert mark == hashlib.sha256("第一稿".encode()).hexdigest()
        put(plan, "第一稿", age=9_999)
        assert listed({}, kind="folder", url=str(tmp_path)).items[0].fingerprint == mark
        put(plan, "第二稿")
        changed = listed({}, kind="folder", url=str(tmp_path)).items[0].fingerprint
        assert changed != mark
        put(tmp_path / "附件1 名单.txt")
        with_attachment = listed({}, kind="folder", url=str(tmp_path)).items[0].fingerprint
        assert with_attachment not in (mark, changed)

    @pytest.mark.parametrize("name", ["方案.docx.part", "方案.pdf.crdownload", "方案.tmp", "方案.FILEPART"])
    def test_a_download_that_is_not_done_waits(self, listed: Listed, tmp_path: Path, name: str) -> None:
        unfinished = put(tmp_path / name)
        listing = listed({}, kind="folder", url=str(tmp_path))
        assert (listing.items, listing.waiting) == ([], [str(unfinished)])

    def test_a_file_that_was_just_written_waits_with_what_stands_beside_it(
        self, listed: Listed, tmp_path: Path
    ) -> None:
        put(tmp_path / "甲县" / "方案.txt")
        put(tmp_path / "甲县" / "附件1 名单.txt", age=2)
        other = put(tmp_path / "乙县" / "方案.txt")
        listing = listed({}, kind="folder", url=str(tmp_path))
        assert [item.url for item in listing.items] == [str(other)]
        assert sorted(Path(path).name for path in listing.waiting) == ["方案.txt", "附件1 名单.txt"]
        assert len(listed({}, kind="folder", url=str(tmp_path), settled_seconds=1).items) == 2

    def test_a_clock_that_is_ahead_keeps_no_file_waiting_for_ever(self, listed: Listed, tmp_path: Path) -> None:
        put(tmp_path / "方案.txt", age=-100_000)
        assert len(listed({}, kind="folder", url=str(tmp_path)).items) == 1

    def test_what_programs_put_beside_files_is_no_document(self, listed: Listed, tmp_path: Path) -> None:
        for name in ("~$方案.docx", ".~lock.方案.docx#", ".DS_Store", "Thumbs.db", ".hidden/方案.txt"):
            put(tmp_path / name)
        listing = listed({}, kind="folder", url=str(tmp_path))
        assert (listing.items, listing.waiting) == ([], [])

    def test_a_folder_that_is_not_there_is_a_failure_and_not_empty(self, listed: Listed, tmp_path: Path) -> None:
        with pytest.raises(FetchFailed) as failed:
            listed({}, kind="folder", url=str(tmp_path / "share"))
        assert failed.value.field == "url"

    def test_include_and_exclude_hold_for_paths(self, listed: Listed, tmp_path: Path) -> None:
        put(tmp_path / "旧" / "方案.txt")
        put(tmp_path / "新" / "方案.txt")
        assert len(listed({}, kind="folder", url=str(tmp_path), exclude="/旧/").items) == 1


class TestUploads:
    """A folder for submissions."""

    def test_the_subfolder_says_who_submitted(self, listed: Listed, tmp_path: Path) -> None:
        put(tmp_path / "上畈小学" / "2025" / "总结.txt")
        put(tmp_path / "下畈小学" / "总结.txt")
        put(tmp_path / "无主.txt")
        items = listed({}, kind="upload", url=str(tmp_path)).items
        assert {(item.sender, item.title) for item in items} == {
            ("上畈小学", "总结"),
            ("下畈小学", "总结"),
            (None, "无主"),
        }

    def test_a_link_is_refused_and_named(self, listed: Listed, tmp_path: Path) -> None:
        secret = put(tmp_path / "secret.txt")
        folder = tmp_path / "in"
        put(folder / "甲" / "总结.txt")
        (folder / "甲" / "方案.txt").symlink_to(secret)
        (folder / "乙").symlink_to(tmp_path)
        listing = listed({}, kind="upload", url=str(folder))
        assert [item.title for item in listing.items] == ["总结"]
        assert {error.url for error in listing.failures} == {str(folder / "甲" / "方案.txt"), str(folder / "乙")}
        with pytest.raises(FetchFailed) as failed:
            read_item(source("upload", folder), str(folder / "甲" / "方案.txt"))
        assert failed.value.cause == "not_allowed"


class TestMailboxes:
    """EML files and mbox."""

    def test_each_mail_is_an_item_with_subject_and_day(self, listed: Listed, tmp_path: Path) -> None:
        box = put(tmp_path / "export.mbox", mbox(mail("关于报送方案的函"), mail("回复：名单/更正")))
        put(tmp_path / "单独.eml", mail("甲县方案"))
        items = listed({}, kind="mailbox", url=str(tmp_path)).items
        assert [item.title for item in items] == ["关于报送方案的函", "回复：名单/更正", "甲县方案"]
        assert {item.dated_on for item in items} == {datetime.date(2025, 3, 1)}
        assert [item.url.startswith(f"{box}!/") for item in items] == [True, True, False]

    @pytest.mark.parametrize("end", [b"", b"\n", b"\r\n\r\n"])
    def test_a_mail_keeps_its_address_when_others_come_and_go(self, listed: Listed, tmp_path: Path, end: bytes) -> None:
        box = tmp_path / "export.mbox"
        put(box, mbox(mail("一"), mail("二")).rstrip() + end)
        before = listed({}, kind="mailbox", url=str(box)).items[1]
        put(box, mbox(mail("二"), mail("三")))
        assert listed({}, kind="mailbox", url=str(box)).items[0] == before

    def test_a_mail_is_read_by_its_address_until_it_is_taken_out(self, listed: Listed, tmp_path: Path) -> None:
        box = put(tmp_path / "export.mbox", mbox(mail("一"), mail("二")))
        definition = source("mailbox", box)
        second = listed({}, kind="mailbox", url=str(box)).items[1]
        answer = read_item(definition, second.url)
        assert hashlib.sha256(answer.body).hexdigest() == second.fingerprint
        assert b"filename" in answer.body
        put(box, mbox(mail("一")))
        with pytest.raises(FetchFailed) as failed:
            read_item(definition, second.url)
        assert failed.value.status == 404

    def test_a_mailbox_is_opened_once_for_all_its_mails(
        self, listed: Listed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        box = put(tmp_path / "export.mbox", mbox(*(mail(f"第{n}封") for n in range(20))))
        items = listed({}, kind="mailbox", url=str(box)).items
        opened: list[Path] = []
        read = mailbox.mails
        monkeypatch.setattr(mailbox, "mails", lambda path, data: opened.append(path) or read(path, data))
        definition = source("mailbox", box)
        assert len({read_item(definition, item.url).body for item in items}) == 20
        assert opened == [box]

    def test_a_mail_that_is_in_the_box_twice_is_one_item(self, listed: Listed, tmp_path: Path) -> None:
        box = put(tmp_path / "export.mbox", mbox(mail("一"), mail("一")))
        assert len(listed({}, kind="mailbox", url=str(box)).items) == 1

    def test_a_file_that_is_no_mail_is_named_and_the_others_are_taken(self, listed: Listed, tmp_path: Path) -> None:
        put(tmp_path / "说明.txt", "导出说明")
        put(tmp_path / "甲.eml", mail("甲县方案"))
        listing = listed({}, kind="mailbox", url=str(tmp_path))
        assert [item.title for item in listing.items] == ["甲县方案"]
        assert [error.url for error in listing.failures] == [str(tmp_path / "说明.txt")]

    def test_a_mailbox_that_is_none_is_a_failure(self, listed: Listed, tmp_path: Path) -> None:
        with pytest.raises(FetchFailed) as failed:
            listed({}, kind="mailbox", url=str(put(tmp_path / "export.mbox", "不是邮箱")))
        assert failed.value.field == "url"


class TestReading:
    """What a source may read."""

    def test_a_file_is_answered_as_a_server_would(self, tmp_path: Path) -> None:
        plan = put(tmp_path / "方案.txt", "内容")
        answer = read_item(source("folder", tmp_path), str(plan))
        assert (answer.status, answer.body, answer.url) == (200, "内容".encode(), str(plan))

    @pytest.mark.parametrize("outside", ["../secret.txt", "/etc/hostname", "in/../../secret.txt"])
    def test_nothing_outside_its_folder(self, tmp_path: Path, outside: str) -> None:
        put(tmp_path / "secret.txt")
        (tmp_path / "box" / "in").mkdir(parents=True)
        with pytest.raises(FetchFailed) as failed:
            read_item(source("folder", tmp_path / "box"), str(tmp_path / "box" / outside))
        assert failed.value.cause == "not_allowed"

    def test_a_file_that_has_gone_is_gone(self, tmp_path: Path) -> None:
        with pytest.raises(FetchFailed) as failed:
            read_item(source("folder", tmp_path), str(tmp_path / "方案.txt"))
        assert failed.value.status == 404
