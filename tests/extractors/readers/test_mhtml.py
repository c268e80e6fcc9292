"""A saved page reads as the page it was saved from."""

from __future__ import annotations

from email.message import EmailMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.policy import SMTP

import pytest
from readings import texts

from extractors.readers import formats, read
from schemas.errors import NotRead
from schemas.reading import Table

BODY = "为推进教共体建设，现就有关事项通知如下。请各学校于六月底前报送工作方案，并做好师资交流和同步课堂的安排。"
PAGE = (
    "<html><head><meta charset='gb2312'><title>通知</title></head><body><h1>关于教共体建设的通知</h1>"
    f"<p>{BODY}</p><p>{BODY}</p><table><tr><td>学校</td><td>次数</td></tr><tr><td>县实验小学</td><td>2</td></tr></table>"
    "<p>附件：<a href='../files/a.docx'>1.名单.docx</a></p></body></html>"
)


def saved(
    page: str = PAGE, charset: str = "gb2312", encoding: str = "quoted-printable", newline: str = "\r\n"
) -> bytes:
    message = MIMEMultipart("related", type="text/html")
    message["From"] = "<Saved by Blink>"
    message["Snapshot-Content-Location"] = "https://example.org/art/2025/1.html"
    message["Subject"] = "通知"
    part = EmailMessage(policy=SMTP)
    part.set_content(page, subtype="html", charset=charset, cte=encoding)
    part["Content-Location"] = "https://example.org/art/2025/1.html"
    message.attach(part)
    picture = MIMEText("no picture", "plain")
    picture["Content-Location"] = "https://example.org/logo.png"
    message.attach(picture)
    return message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", newline.encode())


@pytest.mark.parametrize("charset", ["gb2312", "utf-8"])
@pytest.mark.parametrize("encoding", ["quoted-printable", "base64"])
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
def test_a_saved_page_reads_as_the_page(charset: str, encoding: str, newline: str) -> None:
    page = read(PAGE.encode("gb2312"), "页.html")
    data = saved(charset=charset, encoding=encoding, newline=newline)
    assert formats.recognise(data, "页").key == "mhtml"
    reading = read(data, "页.mht")
    assert texts(reading) == texts(page)
    assert [b.cells for b in reading.blocks if isinstance(b, Table)] == [
        b.cells for b in page.blocks if isinstance(b, Table)
    ]
    assert reading.media_type == "multipart/related"
    assert [link.href for link in reading.links] == ["https://example.org/art/files/a.docx"]


def test_the_start_of_a_related_message_is_the_page() -> None:
    message = MIMEMultipart("related", start="<main>", type="text/html")
    for cid, text in (("<other>", "广告"), ("<main>", BODY)):
        part = MIMEText(f"<html><body><p>{text}</p></body></html>", "html", "utf-8")
        part["Content-ID"] = cid
        message.attach(part)
    assert texts(read(message.as_bytes(), "页.mht")) == [BODY]


def test_a_workbook_saved_as_a_page_gives_its_sheets() -> None:
    message = MIMEMultipart("related")
    sheet = "<table><tr><td>学校</td><td>{}</td></tr><tr><td>次数</td><td>2</td></tr></table>"
    for page in ("<html><frameset><frame src='1.htm'></frameset></html>", sheet.format("一"), sheet.format("二")):
        message.attach(MIMEText(page, "html", "utf-8"))
    reading = read(message.as_bytes(), "表.mht")
    assert [b.cells[1].text for b in reading.blocks if isinstance(b, Table)] == ["一", "二"]


def test_a_mail_with_pictures_in_its_text_is_no_saved_page() -> None:
    data = b'From: a@b\r\nTo: c@d\r\nSubject: x\r\nContent-Type: multipart/related; boundary="b"\r\n\r\n--b\r\n'
    assert formats.recognise(data, "x").key == "eml"
    assert formats.recognise(b"\xef\xbb\xbf\r\n" + data, "x").key == "eml"


@pytest.mark.parametrize(
    "text",
    [
        "From: 教体局\nTo: 各校\n",
        "主题: 通知\n日期: 今天\n正文\n",
        "Note: a\nWarning: b\nc\n",
        "From here on\n\nit goes\n",
    ],
)
def test_a_text_with_colons_is_a_text(text: str) -> None:
    assert formats.recognise(text.encode(), "x").key == "text"


@pytest.mark.parametrize("size", range(100, len(saved()), 150))
def test_a_cut_page_is_read_or_refused(size: int) -> None:
    whole = texts(read(saved(), "页.mht"))
    try:
        reading = read(saved()[:size], "页.mht")
        assert "truncated" in [note.kind for note in reading.notes]
        found = texts(reading)
    except NotRead:
        found = []
    assert all(any(text[:3] in one for one in whole) for text in found)


def test_an_archive_without_a_page_is_said() -> None:
    message = MIMEMultipart("related")
    message.attach(MIMEText("x", "css"))
    with pytest.raises(NotRead) as caught:
        read(message.as_bytes(), "页.mht")
    assert caught.value.cause == "no_text"
