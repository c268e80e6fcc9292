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
    place = _upload(client, ("云岫县方案.txt", text.encode()), (hostile, b"PK\x03\x04 broken"))
    page = client.get(place).text
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

    left = uploaded.begun(own_home, "甲")
    left.stage = "reading"
    uploaded.save(own_home, left)
    assert "再次上传" in own_client.get(f"/upload/{left.id}").text
    assert own_client.get("/upload/..%2Fcorpus").status_code == 404


def test_too_many_files_and_no_files_are_refused(own_client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from duzheng.web import multipart

    token = _token(own_client, "/upload")
    assert own_client.post("/upload", data={"csrf": token}, files=[("other", ("a", b""))]).status_code == 422
    monkeypatch.setattr(multipart, "LARGEST_UPLOAD", 10)
    sent = own_client.post("/upload", data={"csrf": token}, files=[("files", ("a.txt", b"x" * 11))])
    assert sent.status_code == 413
    assert own_client.post("/upload", files=[("files", ("a.txt", b"x"))]).status_code == 403


def _text(page: str) -> str:
    found = re.search(r"<textarea[^>]*>\n(.*?)</textarea>", page, re.DOTALL)
    assert found
    import html

    return html.unescape(found[1])


def test_a_pack_is_shown_with_every_field_and_its_file_can_be_saved(client: TestClient) -> None:
    page = client.get("/packs/henan-2025").text
    pack = client.get("/api/v1/packs/henan-2025").json()
    assert all(one["id"] in page for one in pack["requirements"])
    saved = client.get("/packs/henan-2025/yaml")
    assert saved.content.decode() == _text(client.get("/packs/henan-2025/edit").text).rstrip("\n") + "\n"
    assert client.get("/packs/..%2Fhenan-2025").status_code == 404


def test_a_pack_is_drafted_from_a_notice_and_edited_with_messages_by_line(own_client: TestClient) -> None:
    token = _token(own_client, "/packs")
    files = [("notice", (NOTICE.name, NOTICE.read_bytes()))]
    drafted = own_client.post("/packs/draft", data={"csrf": token}, files=files)
    text = _text(drafted.text)
    assert text.count("form:") > 3
    wrong = text.replace("version:", "versoin:", 1)
    number = wrong[: wrong.index("versoin:")].count("\n") + 1
    said = own_client.post("/packs/try", data={"csrf": token, "text": wrong, "action": "check"}).text
    assert f"pack:{number}" in said
    assert "versoin" in said
    broken = own_client.post("/packs/try", data={"csrf": token, "text": "a: [", "action": "test"})
    assert broken.status_code == 200
    assert "line 1" in broken.text


def test_a_pack_is_tried_published_and_then_applied_and_the_earlier_one_kept(
    own_client: TestClient, own_home: Path
) -> None:
    from checks.pack_shelf import applied, earlier

    token = _token(own_client, "/packs")
    text = _text(own_client.get("/packs/henan-2025/edit").text)
    version = re.search(r"^version: (\S+)$", text, re.MULTILINE)
    assert version
    changed = text.replace(version[0], "version: 9.0.0", 1)
    impact = own_client.post("/packs/try", data={"csrf": token, "text": changed, "action": "impact"})
    assert "henan-2025 9.0.0" in impact.text
    publish = own_client.post("/packs/publish", data={"csrf": token, "text": changed}, follow_redirects=False)
    assert publish.status_code == 303, publish.text
    assert {pack.id: pack.version for pack in applied(own_home)}["henan-2025"] == "9.0.0"
    assert own_client.get("/api/v1/packs/henan-2025").json()["version"] == "9.0.0"
    other = changed.replace("title:", "title: 改 #", 1)
    again = own_client.post("/packs/publish", data={"csrf": token, "text": other}, follow_redirects=False)
    assert again.status_code == 422
    later = changed.replace("9.0.0", "9.1.0", 1)
    own_client.post("/packs/publish", data={"csrf": token, "text": later})
    assert [name.split("_")[1] for name in earlier(own_home, "henan-2025")] == ["9.0.0"]
    broken = own_client.post("/packs/publish", data={"csrf": token, "text": "id: x"}, follow_redirects=False)
    assert broken.status_code == 422


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
    assert "bad.yaml: line" in listed
    token = _token(own_client, "/sources/inbox")
    tried = own_client.post("/sources/inbox/test", data={"csrf": token}).text
    assert "方案.txt" in tried
    assert own_client.get("/sources/..%2F..%2Fbad.yaml").status_code == 404
    assert own_client.post("/sources/bad/run", data={"csrf": token}).status_code == 404


@pytest.mark.slow
@pytest.mark.usefixtures("inbox")
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
