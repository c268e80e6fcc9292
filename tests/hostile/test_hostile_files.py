"""Files made to hurt: each ends in a record, within the limits, and the file beside it is read all the same."""

from __future__ import annotations

import base64
import io
import json
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest
from heavy_files import MEGABYTE, SIDE, heavy_files
from seeds import MAKERS, seed

CAUSES = {
    "empty", "unsupported_format", "wrong_extension", "encrypted", "damaged", "no_pages", "no_text", "unknown_encoding",
    "over_limit", "unreadable", "missing_program",
}  # fmt: skip
"""What a hostile file may be refused for. ``reader_failed`` is not among them: it means that nobody had thought of it."""

BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(9)
) + "]>"  # fmt: skip
SECRET = "机密内容不得外泄"


def packed(members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, compress_type=method)
    return out.getvalue()


def bomb(name: str, megabytes: int, byte: bytes) -> bytes:
    """A package with one member that is a byte over and over, as ``packed`` makes it, but packed once only."""
    block = byte * MEGABYTE
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    content = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    content += (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)) * (megabytes - 1) + packer.flush()
    sum = 0
    for _ in range(megabytes):
        sum = zlib.crc32(block, sum)
    info = zipfile.ZipInfo(name)
    info.compress_type, info.file_size, info.CRC = zipfile.ZIP_DEFLATED, len(block) * megabytes, sum
    info.compress_size, info.flag_bits = len(content), 0x800
    head = info.FileHeader()
    raw = info.filename.encode()
    listed = struct.pack(
        "<4s4B4HL2L5H2L", b"PK\x01\x02", 20, 3, 20, 0, 0x800, zipfile.ZIP_DEFLATED, 0, 33, sum, len(content),
        info.file_size, len(raw), 0, 0, 0, 0, 0, 0,
    ) + raw  # fmt: skip
    at = len(head) + len(content)
    return head + content + listed + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 1, 1, len(listed), at, 0)


def with_member(data: bytes, name: str, change: Callable[[bytes], bytes]) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = {info.filename: archive.read(info) for info in archive.infolist()}
    return packed({member: change(content) if member == name else content for member, content in members.items()})


def with_entities(data: bytes, name: str, doctype: str, entity: str, before: bytes) -> bytes:
    """A package whose part declares entities and uses one in front of ``before``."""

    def change(content: bytes) -> bytes:
        assert before in content
        head, _, rest = content.partition(b"?>")
        assert rest
        return head + b"?>" + doctype.encode() + rest.replace(before, entity.encode() + before, 1)

    return with_member(data, name, change)


def ofd_page(data: bytes) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return next(n for n in archive.namelist() if n.endswith("Content.xml") and "Page" in n)


def chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int) -> bytes:
    head = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(bytes(1000))) + chunk(b"IEND", b"")
    )


def pdf_of(objects: list[str]) -> bytes:
    out = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(out))
        out += f"{number} 0 obj\n{content}\nendobj\n".encode()
    start = len(out)
    out += f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n".encode()
    out += b"".join(f"{place:010} 00000 n \n".encode() for place in places)
    out += f"trailer\n<< /Size {len(objects) + 1} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n".encode()
    return out


def nested_zip(depth: int, inner: bytes) -> bytes:
    for level in range(depth):
        inner = packed({f"{level}.zip" if level else "方案.txt": inner})
    return inner


def spreadsheet(*cells: str, dimension: str = "A1:C3") -> bytes:
    """A workbook whose one row holds these cells, in a sheet that claims to be of this size."""
    sheet = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f'<dimension ref="{dimension}"/><sheetData><row r="1">{"".join(cells)}</row></sheetData></worksheet>'
    )
    return with_member(seed("xlsx")[1], "xl/worksheets/sheet1.xml", lambda _: sheet.encode())


def cell(place: str, text: str, formula: str = "") -> str:
    inner = f"<f>{formula}</f>" if formula else ""
    return f'<c r="{place}" t="str">{inner}<v>{text}</v></c>'


CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
PAGE = "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 {0} {0}] {1} >>"
ITSELF = "/Resources << /XObject << /X 5 0 R >> >>"
DRAWS = "/Length 5 >>\nstream\n/X Do\nendstream"


def pages(kids: str, count: int) -> str:
    return f"<< /Type /Pages /Kids [{kids}] /Count {count} >>"


def nested(document: bytes) -> bytes:
    """A document part with its first paragraph a hundred thousand containers deep."""
    return document.replace(b"<w:p>", b"<w:sdt><w:sdtContent>" * 100_000 + b"<w:p>", 1)


def svg(doctype: str, entity: str) -> bytes:
    head = f'<?xml version="1.0"?>{doctype}'
    return f'{head}<svg xmlns="http://www.w3.org/2000/svg"><text>{entity}</text></svg>'.encode()


def mail(header: str, body: bytes) -> bytes:
    return f"MIME-Version: 1.0\nSubject: x\nDate: x\n{header}\n\n".encode() + body


def encrypted_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(100, 700, "x")
    canvas.save()
    return out.getvalue()


def files(secret: Path) -> dict[str, tuple[bytes, str | None]]:
    """Name → the file and the cause it must be refused for; None where reading or refusing are both right."""
    docx, ofd = seed("docx")[1], seed("ofd")[1]
    external = f'<!DOCTYPE x [<!ENTITY a SYSTEM "{secret.as_uri()}">]>'
    page = ofd_page(ofd)
    gigabyte = bomb("方案.txt", 1024, b"\0")
    script = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    plan = seed("text")[1].decode()
    found: dict[str, tuple[bytes, str | None]] = {
        "空.docx": (b"", "empty"),
        "空白.txt": (b" \n\t\x00" * 100, "empty"),
        "炸弹.zip": (gigabyte, "over_limit"),
        "炸弹.docx": (packed({"[Content_Types].xml": b"<x/>", "word/document.xml": b" " * 700_000_000}), None),
        "套娃.zip": (nested_zip(30, seed("text")[1]), "over_limit"),
        "套娃炸弹.zip": (packed({f"{n}.zip": gigabyte for n in range(5)}), "over_limit"),
        "出逃.zip": (packed({f"../../{secret.name}": b"x", "/etc/passwd": b"y", "C:\\a.txt": b"z"}), None),
        "实体.docx": (with_entities(docx, "word/document.xml", BOMB, "&j;", b"<w:p>"), "damaged"),
        "外部实体.docx": (with_entities(docx, "word/document.xml", external, "&a;", b"<w:p>"), "damaged"),
        "实体.ofd": (with_entities(ofd, page, BOMB, "&j;", b"</ofd:Content>"), None),
        "外部实体.ofd": (with_entities(ofd, page, external, "&a;", b"</ofd:Content>"), None),
        "实体.svg": (svg(BOMB, "&j;"), None),
        "外部实体.svg": (svg(external, "&a;"), None),
        "实体.html": ((f"{BOMB}<html><body><p>{plan}</p>&j;</body></html>").encode(), None),
        "外部实体.html": ((f"{external}<html><body><p>{plan}</p>&a;</body></html>").encode(), None),
        "深.html": (b"<html><body>" + b"<div>" * 1_000_000 + plan.encode() + b"</div>" * 1_000_000, None),
        "深表.html": (b"<table><tr><td>" * 100_000 + plan.encode(), None),
        "深.rtf": (b"{\\rtf1 " + b"{" * 1_000_000 + b"x" + b"}" * 1_000_001, None),
        "深.docx": (with_member(docx, "word/document.xml", nested), "damaged"),
        "巨.txt": (plan.encode() * (200 * 1024**2 // len(plan.encode())), "over_limit"),
        "一行.txt": (("各校要加强管理" * 300_000).encode(), None),
        "万列.xlsx": (spreadsheet(cell("A1", "学校"), cell("XFD1", "远"), dimension="A1:XFD1048576"), None),
        "百万列.xlsx": (spreadsheet(cell("BDWGN1", "远"), dimension="A1:BDWGN1"), None),
        "公式.xlsx": (spreadsheet(cell("A1", "=cmd|' /C calc'!A0", 'HYPERLINK("http://x")'), cell("B1", "学校")), None),
        "巨图.png": (png(100_000, 100_000), "over_limit"),
        "谎图.png": (png(9_000, 9_000), None),
        "百万页.pdf": (pdf_of([CATALOG, pages("3 0 R", 1_000_000), PAGE.format(595, "")]), "over_limit"),
        "循环.pdf": (
            pdf_of(
                [
                    CATALOG,
                    pages("2 0 R 3 0 R", 2),
                    PAGE.format(9, f"/Contents 4 0 R {ITSELF}"),
                    f"<< {DRAWS}",
                    f"<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] {ITSELF} {DRAWS}",
                ]
            ),
            None,
        ),
        "巨页.pdf": (pdf_of([CATALOG, pages("3 0 R", 1), PAGE.format(99_999_999, "")]), None),
        "加密.pdf": (encrypted_pdf(), "encrypted"),
        "脚本.html": (f"<html><body><h1>{script}</h1><p>{plan}</p></body></html>".encode(), None),
        "控制字符.txt": (("城乡\x00\x1b[31m学校\x07\u202e共同体\u2066" + plan).encode(), None),
        "垃圾.pdf": (b"%PDF-1.7\n" + os.urandom(20_000), "damaged"),
        "图片.docx": (seed("png")[1], None),
        "程序.doc": (b"MZ" + bytes(2000), None),
        "邮件炸弹.eml": (mail("Content-Type: multipart/mixed; boundary=b", b"--b\n\n" * 300_000), None),
        "base64.eml": (mail("Content-Transfer-Encoding: base64", base64.b64encode(plan.encode())), None),
    }
    for name in MAKERS:
        file_name, data = seed(name)
        found[f"截断 {name}{Path(file_name).suffix}"] = (data[: len(data) * 2 // 3], None)
        found[f"改名 {name}.pdf"] = (data, None)
    return found


@dataclass(frozen=True)
class Hostile:
    """The files with the causes they must be refused for, and beside ``folder`` the file that none of them may look into."""

    folder: Path
    secret: Path
    made: dict[str, tuple[bytes, str | None]]


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Hostile:
    place = tmp_path_factory.mktemp("hostile")
    secret = place / "secret.txt"
    secret.write_text(SECRET, encoding="utf-8")
    (place / "in").mkdir()
    return Hostile(place / "in", secret, files(secret))


def assert_nothing_was_written(hostile: Hostile, *names: str) -> None:
    assert hostile.secret.read_text(encoding="utf-8") == SECRET
    assert sorted(path.name for path in hostile.folder.parent.iterdir()) == ["in", hostile.secret.name]
    assert {path.name for path in hostile.folder.iterdir()} == set(names)


FOR_THE_COMMAND = [
    "空.docx", "炸弹.zip", "套娃炸弹.zip", "出逃.zip", "实体.docx", "外部实体.docx", "外部实体.html", "外部实体.svg", "深.docx",
    "公式.xlsx", "巨图.png", "循环.pdf", "加密.pdf", "脚本.html", "控制字符.txt", "垃圾.pdf", "程序.doc", "base64.eml",
]  # fmt: skip
"""One of every kind: what becomes of the others is what becomes of them in the pool, which the command reads with."""


@pytest.mark.slow
def test_the_command_says_what_became_of_every_hostile_file_and_reads_its_neighbour(hostile: Hostile) -> None:
    chosen = {name: hostile.made[name] for name in FOR_THE_COMMAND}
    for name, (data, _) in chosen.items():
        (hostile.folder / name).write_bytes(data)
    (hostile.folder / "好.txt").write_bytes(seed("text")[1])
    run = subprocess.run(
        [sys.executable, "-m", "duzheng", "parse", str(hostile.folder), "--format", "json"],
        capture_output=True,
        check=False,
        timeout=560,
        cwd=Path(__file__).parents[2],
    )
    output = run.stdout.decode()
    read = {Path(d["source"]["uri"].split("!/")[0]).name for d in json.loads(output)}
    told = run.stderr.decode()
    problems = []
    for name, (_, cause) in chosen.items():
        lines = [line for line in told.splitlines() if f"/{name}" in line]
        if name not in read and not lines:
            problems.append(f"{name}: neither read nor refused")
        if cause is not None and name in read:
            problems.append(f"{name}: read, though it must be refused ({cause})")
    assert not problems
    assert "好.txt" in read
    assert "Traceback" not in told
    assert "please report it" not in told, [line for line in told.splitlines() if "please report it" in line]
    assert SECRET not in output + told
    assert_nothing_was_written(hostile, *chosen, "好.txt")
    for path in hostile.folder.iterdir():
        path.unlink()


@pytest.mark.slow
def test_every_hostile_file_ends_in_a_record_for_the_right_reason_and_its_neighbour_is_read(hostile: Hostile) -> None:
    from flows.pool import Limits, Pool, Work
    from schemas.outcome import SourceFile

    good = seed("text")[1]
    made = hostile.made | heavy_files(png(SIDE, SIDE))
    works = [Work(SourceFile(str(hostile.folder / name), data)) for name, (data, _) in made.items()]
    wrong = []
    with Pool(Limits()) as pool:
        outcomes = list(pool.read([*works, Work(SourceFile("好.txt", good))]))
    assert outcomes.pop().documents, "what comes after them is read"
    for outcome, (name, (_, cause)) in zip(outcomes, made.items(), strict=True):
        failure, failures = (
            outcome.failure,
            [*([outcome.failure] if outcome.failure else []), *outcome.attachment_failures],
        )
        if not outcome.documents and not failures:
            wrong.append(f"{name}: neither read nor refused")
        for one in failures:
            if one.cause not in CAUSES or not one.message or "\n" in str(one) or SECRET in str(one):
                wrong.append(f"{name}: {one.cause}: {one.message}")
        if cause and (failure is None or failure.cause != cause):
            wrong.append(f"{name}: {failure.cause + ': ' + failure.message if failure else 'read'}, expected {cause}")
        for document in outcome.documents:
            if SECRET in document.model_dump_json():
                wrong.append(f"{name}: holds what another file says")
            if len(document.text) > 15_000_000:
                wrong.append(f"{name}: {len(document.text)} characters")
    assert not wrong, "\n".join(wrong)
    assert_nothing_was_written(hostile)
