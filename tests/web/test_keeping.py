"""Uploading plans, keeping packs and sources in the browser."""

from __future__ import annotations

import io
import os
import re
import time
import zipfile
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from schemas.upload import UploadedFile
from tests.web.conftest import SAMPLES

PLAN = SAMPLES / "henan" / "plans" / "禾塬县" / "禾塬县城乡学校共同体建设实施方案.txt"
NOTICE = SAMPLES / "henan" / "河南省关于推进城乡学校共同体建设的通知（示例）.html"


def _token(client: TestClient, page: str) -> str:
    found = re.search(r'name="csrf" value="([^"]+)"', client.get(page).text)
    assert found
    return found[1]


def _upload(client: TestClient, *files: tuple[str, bytes]) -> str:
    answer = client.post(
        "/upload",
        data={"csrf": _token(client, "/upload")},
        files=[("files", one) for one in files],
        follow_redirects=False,
    )
    assert answer.status_code == 303, answer.text
    place = answer.headers["location"]
    deadline = time.monotonic() + 120
    while 'http-equiv="refresh"' in client.get(place).text:
        assert time.monotonic() < deadline
        time.sleep(0.2)
    return str(place)


def test_uploaded_files_are_read_checked_and_shown_with_what_is_sent_to_the_county(own_client: TestClient) -> None:
    client = own_client
    text = PLAN.read_text(encoding="gb18030").replace("禾塬", "云岫")
    hostile = '<script>alert(1)</script>"../../etc.docx'
    elsewhere = text.replace("云岫", "石浦").replace("河南", "广东").replace("周口", "韶关")
    place = _upload(
        client,
        ("云岫县方案.txt", text.encode()),
        (hostile, b"PK\x03\x04 broken"),
        ("云岫县方案（终稿）.txt", text.encode()),
        ("石浦县方案.txt", elsewhere.encode()),
    )
    page = client.get(place).text
    assert page.count('与“<span lang="zh">云岫县方案.txt</span>”内容相同') == 2, (
        "in the sum and at its place, and its findings once"
    )
    assert page.count("R19 <span") == 1
    assert re.search("没有适用于广东省的要求包|读不出是哪个省", page), "why it was not checked"
    assert "云岫县" in page
    assert "不符合" in page or "未见" in page
    assert "未能读取" in page
    assert "<script>alert" not in page
    notice = client.get(f"{place}/notices")
    assert notice.headers["content-disposition"].startswith("attachment")
    assert "word/document.xml" in zipfile.ZipFile(io.BytesIO(notice.content)).namelist()
    ledger = client.get(f"{place}/ledger")
    assert "xl/workbook.xml" in zipfile.ZipFile(io.BytesIO(ledger.content)).namelist()
    report = client.get(f"{place}/report")
    assert report.headers["content-type"] == "application/octet-stream"
    assert "云岫县" in report.text
    matrix = client.get("/api/v1/findings", params={"pack": "henan-2025", "unit": "云岫县"}).json()["items"]
    assert matrix, "what is uploaded stands in the matrix"


def test_an_upload_that_the_server_did_not_finish_is_said_to_be_cut_off(own_client: TestClient, own_home: Path) -> None:
    from corpus import uploaded

    left, lock = uploaded.begun(own_home, "甲")
    left.stage = "reading"
    uploaded.save(own_home, left)
    assert "再次上传" not in own_client.get(f"/upload/{left.id}").text, "a process is reading it"
    lock.release()
    assert "再次上传" in own_client.get(f"/upload/{left.id}").text
    assert own_client.get("/upload/..%2Fcorpus").status_code == 404


def test_files_that_a_cut_off_upload_did_not_reach_are_not_called_unreadable(
    own_client: TestClient, own_home: Path
) -> None:
    from corpus import uploaded

    left, lock = uploaded.begun(own_home, "甲")
    left.stage = "reading"
    left.files = [UploadedFile(name="云岫县方案.txt", sha256="0" * 64, bytes=1)]
    uploaded.save(own_home, left)
    lock.release()
    page = own_client.get(f"/upload/{left.id}").text
    assert "没有读到这一份，上传在此之前中断" in page
    assert "未能读取" not in page


def test_the_result_of_an_upload_says_what_people_decided_and_what_else_the_file_is_there_as(
    own_client: TestClient,
) -> None:
    text = PLAN.read_text(encoding="gb18030").replace("禾塬", "云岫").encode()
    place = _upload(own_client, ("云岫县方案.txt", text))
    row = re.search(r"#R19.*?</tr>", own_client.get(place).text, re.DOTALL)[0]  # type: ignore[index]
    plan = re.search(r'href="(/plans/[^"#]+)"', own_client.get(place).text)[1]  # type: ignore[index]
    at = re.search(r'href="(/findings/R19-[^"]+)"', own_client.get(plan).text)[1]  # type: ignore[index]
    fields = {"csrf": _token(own_client, at), "ground": "省厅函", "until": "2099-03-01", "why": "同意"}
    given = fields | {"who": "李", "applicant": "王"}
    assert own_client.post(f"{at}/waiver", data=given, follow_redirects=False).status_code == 303
    again = _upload(own_client, ("报来.txt", text))
    page = own_client.get(again).text
    assert "已豁免" not in row
    assert "已豁免 2099-03-01" in re.search(r"#R19.*?</tr>", page, re.DOTALL)[0]  # type: ignore[index]
    revised = _upload(own_client, ("修订.txt", text.decode().replace("6个月内", "2个月内").encode()))
    newer = re.search(r'href="/documents/([^"]+)"', own_client.get(revised).text)[1]  # type: ignore[index]
    older = own_client.get(plan).text
    assert f'href="/plans/{newer}"' in older
    assert "禾塬县城乡学校共同体建设实施方案 · 修订.txt".replace("禾塬", "云岫") in older, "which plan counts instead"
    sides = own_client.get("/compare", params={"a": plan.rpartition("/")[2], "b": newer}).text
    assert '<span lang="zh">修订.txt</span>' in sides, "one title, one day: their files tell them apart"
    assert re.search(r'库中还有同一文件：<span lang="zh">upload/[^<]+/云岫县方案.txt', page)


def test_too_many_files_and_no_files_are_refused(
    own_client: TestClient, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from duzheng.web import multipart

    token = _token(own_client, "/upload")
    assert own_client.post("/upload", data={"csrf": token}, files=[("other", ("a", b""))]).status_code == 422
    monkeypatch.setattr(multipart, "LARGEST_UPLOAD", 10)
    sent = own_client.post("/upload", data={"csrf": token}, files=[("files", ("a.txt", b"x" * 11))])
    assert sent.status_code == 413
    assert own_client.post("/upload", files=[("files", ("a.txt", b"x"))]).status_code == 403
    assert not list((own_home / "uploads").glob(".files-*")), "nothing is left of what was refused"


@pytest.fixture
def inbox(own_home: Path, tmp_path: Path) -> Path:
    """A folder with one file that has been there for a while, as a source of the corpus; another source is not valid."""
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "方案.txt").write_bytes(PLAN.read_bytes() + "补充".encode("gb18030"))
    os.utime(folder / "方案.txt", (1_700_000_000, 1_700_000_000))
    sources = own_home / "sources"
    sources.mkdir(exist_ok=True)
    (sources / "inbox.yaml").write_text(f"id: inbox\ntitle: 收件夹\nkind: folder\nurl: {folder}\n", encoding="utf-8")
    (sources / "bad.yaml").write_text("id: bad\nkind: nothing\n", encoding="utf-8")
    return folder


@pytest.mark.usefixtures("inbox")
def test_sources_show_what_is_wrong_with_them_and_what_would_be_taken(own_client: TestClient) -> None:
    listed = own_client.get("/sources").text
    assert "收件夹" in listed
    assert "sources/bad.yaml: 第" in listed
    assert "请在服务器上改正" in listed
    assert "kind: folder" in own_client.get("/sources/inbox").text, "what its file says"
    token = _token(own_client, "/sources/inbox")
    tried = own_client.post("/sources/inbox/test", data={"csrf": token}).text
    assert "方案.txt" in tried
    assert own_client.get("/sources/..%2F..%2Fbad.yaml").status_code == 404
    assert own_client.post("/sources/bad/run", data={"csrf": token}).status_code == 404


@pytest.mark.slow
@pytest.mark.usefixtures("inbox", "shared_prefect")
def test_a_source_that_is_run_from_its_page_takes_what_is_new(own_client: TestClient) -> None:
    token = _token(own_client, "/sources/inbox")
    began = own_client.post("/sources/inbox/run", data={"csrf": token}, follow_redirects=False)
    assert began.status_code == 303
    assert own_client.post("/sources/inbox/run", data={"csrf": token}).status_code == 409
    deadline = time.monotonic() + 300
    while 'http-equiv="refresh"' in (page := own_client.get("/sources/inbox").text):
        assert time.monotonic() < deadline
        time.sleep(0.5)
    assert "新增 1" in page
