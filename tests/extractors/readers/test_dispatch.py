"""One door for every file: recognised by content, read or refused with the cause and the way out."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import readers
from extractors.readers import formats, read
from schemas.errors import NotRead

PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR" + bytes(40)
HTML = "<html><body><p>关于推进城乡学校共同体建设的通知，请认真贯彻执行。</p></body></html>"


def zipped(*names: str, mimetype: bytes = b"") -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        if mimetype:
            archive.writestr("mimetype", mimetype)
        for name in names:
            archive.writestr(name, "x")
    return stream.getvalue()


def ole(*streams: str) -> bytes:
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    return head + b"".join(name.encode("utf-16-le").ljust(128, b"\x00") for name in streams)


@pytest.mark.parametrize(
    ("data", "uri", "key"),
    [
        (b"%PDF-1.7\n", "a.txt", "pdf"),
        (b"\xef\xbb\xbf\n%PDF-1.4", "a.pdf", "pdf"),
        (b"HTTP/1.1 200 OK\r\n\r\n%PDF-1.4\n1 0 obj\nendobj", "a.pdf", "pdf"),
        ("文件头应为 %PDF-1.4 字样".encode(), "a.txt", "text"),
        (zipped("[Content_Types].xml", "word/document.xml"), "a.bin", "docx"),
        (zipped("[Content_Types].xml", "xl/workbook.xml"), "a.docx", "xlsx"),
        (zipped("[Content_Types].xml", "xl/workbook.bin"), "a.xlsb", "xlsb"),
        (zipped("ppt/presentation.xml"), "a.pptx", "pptx"),
        (zipped("content.xml", mimetype=b"application/vnd.oasis.opendocument.spreadsheet"), "a.ods", "ods"),
        (zipped("content.xml", mimetype=b"application/vnd.oasis.opendocument.text"), "a.odt", "odt"),
        (zipped("OFD.xml", "Doc_0/Document.xml"), "a.ofd", "ofd"),
        (zipped("方案.txt"), "a.zip", "zip"),
        (zipped("[Content_Types].xml", "word/document.xml")[:-30], "a.docx", "docx"),
        (ole("WordDocument"), "a.doc", "doc"),
        (ole("WordDocument"), "a.wps", "wps"),
        (ole("Workbook"), "a.xls", "xls"),
        (ole("EncryptionInfo", "EncryptedPackage"), "a.docx", "encrypted_office"),
        (b"{\\rtf1\\ansi}", "a.doc", "rtf"),
        (PNG, "a.txt", "png"),
        (b"\xff\xd8\xff\xe0\x00\x10JFIF", "a.jpg", "jpeg"),
        (b"7z\xbc\xaf\x27\x1c\x00\x04", "a.7z", "7z"),
        (b"Rar!\x1a\x07\x01\x00", "a.rar", "rar"),
        (gzip.compress(b"x", mtime=0), "a.gz", "gzip"),
        (HTML.encode(), "a.xls", "html"),
        (HTML.encode("utf-16"), "a.txt", "html"),
        (b"\xef\xbb\xbf  <!DOCTYPE html><p>x", "a", "html"),
        (b"From: <Saved by Blink>\r\nSubject: x\r\n", "a.mht", "mhtml"),
        (b"Received: from a\r\nFrom: b@example.org\r\nSubject: c\r\n\r\nhi", "a.eml", "eml"),
        (b'<?xml version="1.0"?><a/>', "a.xml", "xml"),
        ("一、总体要求：a < b".encode(), "a.txt", "text"),
        ("一、总体要求".encode("gbk"), "a.docx", "text"),
    ],
)
def test_a_format_is_recognised_by_content_whatever_the_name(data: bytes, uri: str, key: str) -> None:
    found = formats.recognise(data, uri)
    assert (found.key) == key


@pytest.mark.parametrize("data", [b"", b" \r\n\t ", b"\x00" * 100])
def test_an_empty_file_is_called_empty(data: bytes) -> None:
    with pytest.raises(NotRead) as refusal:
        read(data, "空.txt")
    assert refusal.value.cause == "empty"


def test_a_file_over_the_limit_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.readers.limits.MAX_BYTES", 10)
    with pytest.raises(NotRead) as refusal:
        read(b"%PDF-1.7 and more", "a.pdf")
    assert refusal.value.cause == "over_limit"


@pytest.mark.parametrize(
    ("data", "uri", "cause", "words"),
    [
        (PNG, "方案.txt", "damaged", ("图片已损坏", "重新取得")),
        (PNG, "方案.png", "damaged", ("图片已损坏", "obtain the file again")),
        (ole("WordDocument"), "方案.doc", "damaged", ("损坏", "not whole")),
        (ole("PowerPoint Document"), "方案.ppt", "unsupported_format", ("PPT", "另存为 DOCX 或 PDF", "DOCX or PDF")),
        (ole("EncryptionInfo", "EncryptedPackage"), "方案.docx", "encrypted", ("密码", "password")),
        (b"{\\rtf1\\ansi}", "方案.doc", "no_text", ("没有文字", "no text")),
        (zipped("OFD.xml"), "方案.ofd", "damaged", ("ofd.xml", "损坏")),
        (zipped("ppt/presentation.xml"), "方案.doc", "wrong_extension", ("PPTX", ".doc")),
        (zipped("a.txt"), "方案.zip", "unsupported_format", ("ZIP", "解压")),
        (zipped("a.txt"), "方案.docx", "damaged", ("DOCX", "损坏")),
        (b"\x7fELF" + bytes(60), "方案.pdf", "wrong_extension", ("程序",)),
    ],
)
def test_what_is_not_read_is_named_in_both_languages_with_the_way_out(
    data: bytes, uri: str, cause: str, words: tuple[str, ...]
) -> None:
    with pytest.raises(NotRead) as refusal:
        read(data, uri)
    message = str(refusal.value)
    assert refusal.value.cause == cause
    assert message.startswith(uri + ": ")
    assert "\n" not in message
    assert " / " in message
    for word in words:
        assert word in message


@pytest.mark.parametrize("uri", ["方案.xls", "方案.docx", "方案.pdf"])
def test_a_readable_file_with_a_wrong_extension_is_read_and_noted(uri: str) -> None:
    reading = read(HTML.encode(), uri)
    assert reading.media_type == "text/html"
    assert [note.kind for note in reading.notes] == ["wrong_extension"]


@pytest.mark.parametrize(
    "uri", ["a.html", "a", "https://example.gov.cn/art/2025/9/1/art_1.html?x=1", "C:\\文件\\a.htm"]
)
def test_a_right_or_missing_extension_is_no_matter_for_a_note(uri: str) -> None:
    assert read(HTML.encode(), uri).notes == []


def test_a_failure_inside_a_reader_becomes_a_message_and_never_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(data: bytes, uri: str) -> None:
        raise ZeroDivisionError("seven\nlines")

    monkeypatch.setattr("extractors.readers.text.read", broken)
    with pytest.raises(NotRead) as refusal:
        read("正文".encode(), "a.txt")
    assert refusal.value.cause == "reader_failed"
    assert "ZeroDivisionError: seven lines" in str(refusal.value)


@given(st.binary(max_size=400), st.sampled_from(["a.txt", "a.docx", "a.pdf", "a.html", "a.xls", "a"]))
def test_any_bytes_under_any_name_are_read_or_refused(data: bytes, uri: str) -> None:
    outcome = ""
    try:
        assert read(data, uri).blocks
    except NotRead as refusal:
        outcome = refusal.cause
    assert outcome != "reader_failed"


@given(
    st.sampled_from(
        [b"%PDF-1.7\n", b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"<html>", b"\xff\xfe", b"{\\rtf"]
    ),
    st.binary(max_size=300),
)
def test_a_right_signature_before_rubbish_is_refused_and_never_crashes(head: bytes, tail: bytes) -> None:
    outcome = "read"
    try:
        read(head + tail, "a")
    except NotRead as refusal:
        outcome = refusal.cause
    assert outcome != "reader_failed"


def test_the_doctor_hears_of_every_reader_with_versions() -> None:
    known = {info.name: info for info in readers.readers()}
    assert set(known) == {
        "text", "html", "docx", "pdf", "sheets", "ofd", "image", "odt", "rtf", "office", "mhtml",
    }  # fmt: skip
    assert known["html"].available
    assert "lxml" in (known["html"].version or "")
    assert "text/html" in known["html"].media_types
    assert ".docx" in known["docx"].extensions
    assert all(info.available or info.cure for info in known.values())


def test_marks_that_turn_the_direction_of_writing_are_left_out_of_every_format_and_said() -> None:
    import docx_writer

    document = docx_writer.blank()
    document.add_paragraph("各校\u202e要加强\u200b管理")
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "学\u2066校", "人数"
    reading = read(docx_writer.saved(document), "方案.docx")
    paragraph, grid = (block for block in reading.blocks if block.role == "body")
    assert paragraph.text == "各校要加强管理"  # type: ignore[union-attr]
    assert [cell.text for cell in grid.cells] == ["学校", "人数"]  # type: ignore[union-attr]
    assert [note.kind for note in reading.notes] == ["bidi_characters"]


@pytest.mark.parametrize("name", ["表.ods", "文.odt", "包.zip"])
def test_a_package_whose_mimetype_is_broken_is_still_recognised_or_an_archive(name: str) -> None:
    buffer = io.BytesIO()
    kind = b"application/vnd.oasis.opendocument.text"
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("mimetype", kind)
        package.writestr("content.xml", "<x/>")
    data = bytearray(buffer.getvalue())
    start = 30 + len("mimetype")
    data[start : start + 8] = b"\xff" * 8
    assert formats.recognise(bytes(data), name).key == name.rpartition(".")[2]
