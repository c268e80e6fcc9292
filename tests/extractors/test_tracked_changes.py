"""What tracked changes did to a document is told with its place, and the document itself is the accepted state."""

from __future__ import annotations

import io
import zipfile

from extractors.parse import parse
from schemas.outcome import SourceFile

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"


def word(body: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as package:
        package.writestr("word/document.xml", f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>')
    return buffer.getvalue()


def paragraph(text: str, more: str = "") -> str:
    return f"<w:p><w:r><w:t>{text}</w:t></w:r>{more}</w:p>"


def changed(old: str, new: str) -> str:
    return (
        f'<w:del w:id="1"><w:r><w:delText>{old}</w:delText></w:r></w:del>'
        f'<w:ins w:id="2"><w:r><w:t>{new}</w:t></w:r></w:ins>'
    )


def test_a_changed_number_is_read_as_changed_and_told_with_the_old_wording() -> None:
    body = paragraph("汝溪县教育局实施方案") + paragraph("一、到2025年底覆盖率达到", changed("60%", "90%以上"))
    body += f"<w:tbl><w:tr><w:tc>{paragraph('校长')}</w:tc><w:tc>{paragraph('任期', changed('三年', '五年'))}</w:tc></w:tr></w:tbl>"
    (document,) = parse(SourceFile("方案.docx", word(body))).documents
    assert "覆盖率达到90%以上" in document.text
    assert "60%" not in document.text
    told = [q for q in document.quality if q.kind == "tracked_changes" and q.span]
    assert [document.text[q.span.start : q.span.end] for q in told if q.span] == [
        "一、到2025年底覆盖率达到90%以上",
        "任期五年",
    ]
    assert ["修订前为“一、到2025年底覆盖率达到60%”" in told[0].message, "任期三年" in told[1].message] == [True, True]


def test_a_deleted_paragraph_is_told_and_an_untouched_document_says_nothing() -> None:
    gone = (
        '<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>'
        '<w:del w:id="2"><w:r><w:delText>取消的任务</w:delText></w:r></w:del></w:p>'
    )
    (document,) = parse(SourceFile("方案.docx", word(paragraph("正文") + gone + paragraph("后文")))).documents
    assert any("取消的任务" in q.message for q in document.quality if q.kind == "tracked_changes")
    (document,) = parse(SourceFile("方案.docx", word(paragraph("正文")))).documents
    assert not [q for q in document.quality if q.kind == "tracked_changes"]
