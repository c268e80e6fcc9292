"""Small files that would cost much: bombs within PDF streams, loops, absurd sizes, countless parts, two files in one."""

from __future__ import annotations

import io
import zipfile
import zlib

from seeds import docx_writer, ods_writer, seed

CATALOG = "<< /Type /Catalog /Pages 2 0 R >>"
PAGES = "<< /Type /Pages /Kids [3 0 R] /Count 1 >>"
FONT = "/Resources << /Font << /F << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >> >>"
DRAWS = "/Contents 4 0 R /Resources << /XObject << /X 5 0 R >> /Pattern << /P 5 0 R >> /Font << /F 5 0 R >> >>"
MEGABYTE = 1 << 20
SIDE = 60_000


def pdf(*objects: bytes | str, root: str = "/Root 1 0 R") -> bytes:
    """A PDF of these objects, numbered from 1, with a table that says where each is."""
    out = io.BytesIO()
    out.write(b"%PDF-1.7\n")
    places = []
    for number, content in enumerate(objects, 1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%b\nendobj\n" % (number, content.encode() if isinstance(content, str) else content))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size %d %b >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, root.encode(), start))
    return out.getvalue()


def stream(content: bytes, entries: str = "") -> bytes:
    return b"<< /Length %d %b >>\nstream\n%b\nendstream" % (len(content), entries.encode(), content)


def page(entries: str, box: str = "0 0 595 842") -> str:
    return f"<< /Type /Page /Parent 2 0 R /MediaBox [{box}] {entries} >>"


TEXT = stream(b"BT /F 12 Tf 50 700 Td (Notice of 2025) Tj ET")
READABLE = (CATALOG, PAGES, page(f"/Contents 4 0 R {FONT}"), TEXT)


def deflated(megabytes: int, block: bytes = bytes(MEGABYTE)) -> bytes:
    """So many times a block: every piece of it is packed alike, so that it is packed once only."""
    packer = zlib.compressobj(9)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + (packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)) * (megabytes - 1) + packer.flush()


def drawn(content: bytes, fifth: bytes | str) -> bytes:
    """A page that draws with the fifth object: a picture or pattern ``X``/``P``, or a font ``F``."""
    return pdf(CATALOG, PAGES, page(DRAWS), stream(content), fifth)


def picture(entries: str, data: bytes) -> bytes:
    head = f"/Type /XObject /Subtype /Image /Width {SIDE} /Height {SIDE} /BitsPerComponent 8 /ColorSpace /DeviceRGB"
    return drawn(b"q 595 0 0 842 0 0 cm /X Do Q", stream(data, f"{head} {entries}"))


def loop_of_tables() -> bytes:
    good = pdf(*READABLE)
    start = good.rpartition(b"startxref\n")[2].split()[0]
    return good.replace(b"/Root 1 0 R >>", b"/Root 1 0 R /Prev %b >>" % start)


def characters_without_end() -> bytes:
    ranges = b"100 beginbfrange\n" + b"<0000> <ffffffff> <0041>\n" * 100 + b"endbfrange\n"
    mapping = stream(b"begincmap 1 begincodespacerange <0000> <ffff> endcodespacerange\n" + ranges * 300 + b"endcmap")
    font = "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /ToUnicode 6 0 R >>"
    return pdf(CATALOG, PAGES, page(DRAWS), TEXT, font, mapping)


def broken_font() -> bytes:
    font = "<< /Type /Font /Subtype /TrueType /BaseFont /A+Song /FirstChar 0 /LastChar 0 /Widths [9] /FontDescriptor 6 0 R >>"
    descriptor = "<< /Type /FontDescriptor /FontName /A+Song /Flags 4 /FontFile2 7 0 R /FontBBox [0 0 1e30 -1e30] >>"
    program = stream(b"\x00\x01\x00\x00\xff\xff" + bytes(range(256)) * 100)
    return pdf(CATALOG, PAGES, page(DRAWS), TEXT, font, descriptor, program)


def actions() -> bytes:
    script = "<< /S /JavaScript /JS (while\\(1\\){}) >>"
    catalog = f"<< /Type /Catalog /Pages 2 0 R /OpenAction {script} /AA << /WC << /S /Launch /F (/bin/false) >> >> >>"
    link = "/Annots [<< /Type /Annot /Subtype /Link /Rect [0 0 9 9] /A << /S /Launch /F (/bin/false) >> >>]"
    return pdf(catalog, PAGES, page(f"/Contents 4 0 R {FONT} {link}"), TEXT)


def nested_page_tree() -> bytes:
    levels = [f"<< /Type /Pages /Kids [{n + 1} 0 R] /Count 1 >>" for n in range(2, 5_000)]
    return pdf(CATALOG, *levels, page(f"/Contents 4 0 R {FONT}"))


def packed_with(data: bytes, changes: dict[str, bytes]) -> bytes:
    """A package with these members in the place of its own."""
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for info in old.infolist():
            new.writestr(info.filename, changes.get(info.filename) or old.read(info))
        for name in changes.keys() - set(old.namelist()):
            new.writestr(name, changes[name])
    return out.getvalue()


def word(body: bytes) -> bytes:
    names = b'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    document = b'<?xml version="1.0"?><w:document %b><w:body>%b</w:body></w:document>' % (names, body)
    return packed_with(seed("docx")[1], {"word/document.xml": document})


def word_with_picture(claims: bytes) -> bytes:
    document = docx_writer.blank()
    document.add_paragraph("青岚县实施方案")
    document.add_picture(io.BytesIO(seed("png")[1]))
    return packed_with(docx_writer.saved(document), {"word/media/image1.png": claims})


def shared_strings(size: int) -> bytes:
    one = "<si><t>青禾小学</t></si>".encode()
    space = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    return packed_with(seed("xlsx")[1], {"xl/sharedStrings.xml": space + one * (size // len(one)) + b"</sst>"})


def repeated_cells() -> bytes:
    row = ods_writer.row(ods_writer.cell("青禾小学"))
    row = row.replace("<table:table-cell", '<table:table-cell table:number-columns-repeated="16384"', 1)
    row = row.replace("<table:table-row", '<table:table-row table:number-rows-repeated="1048576"', 1)
    return ods_writer.ods(ods_writer.sheet("一览表", row))


def page_of_objects(size: int) -> bytes:
    data = seed("ofd")[1]
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        name = next(n for n in archive.namelist() if n.endswith("Content.xml") and "Page" in n)
        before, end, after = archive.read(name).partition(b"</ofd:Layer>")
    one = b'<ofd:PathObject ID="9" Boundary="0 0 1 1"><ofd:AbbreviatedData>M 0 0</ofd:AbbreviatedData></ofd:PathObject>'
    return packed_with(data, {name: before + one * (size // len(one)) + end + after})


def mail_of_parts(count: int) -> bytes:
    head = b"MIME-Version: 1.0\nSubject: x\nDate: x\nContent-Type: multipart/mixed; boundary=b\n\n"
    return head + b"--b\nContent-Type: text/plain\n\nx\n" * count + b"--b--\n"


def heavy_files(huge_png: bytes) -> dict[str, tuple[bytes, str | None]]:
    """Name → the file and the cause it must be refused for; None where reading or refusing are both right.

    Args:
        huge_png: a picture that claims ``SIDE`` × ``SIDE`` pixels.
    """
    flate = "/Filter /FlateDecode"
    fax = f"/Filter /CCITTFaxDecode /DecodeParms << /K -1 /Columns {SIDE} /Rows {SIDE} >>"
    tile = "/Type /Pattern /PatternType 1 /PaintType 1 /TilingType 1 /BBox [0 0 1 1] /XStep 0.0001 /YStep 0.0001"
    note = "<< /Type /Annot /Subtype /FreeText /Rect [9 9 99 99] /Contents (x) /DA (/F 9 Tf) >>"
    operators = b"q 1 0 0 1 0 0 cm BT ET Q\n" * 40_000
    bomb = deflated(2_048)
    return {
        "流炸弹.pdf": (pdf(*READABLE[:3], stream(bomb, flate)), "over_limit"),
        "双层流炸弹.pdf": (
            pdf(*READABLE[:3], stream(zlib.compress(bomb, 9), "/Filter [/FlateDecode /FlateDecode]")),
            "over_limit",
        ),
        "图像流炸弹.pdf": (picture(flate, bomb), "over_limit"),
        "对象流炸弹.pdf": (pdf(*READABLE, stream(bomb, f"/Type /ObjStm /N 1000000 /First 10 {flate}")), "over_limit"),
        "百万操作.pdf": (pdf(*READABLE[:3], stream(deflated(20, operators), flate)), None),
        "循环的表.pdf": (loop_of_tables(), None),
        "谎报尺寸.pdf": (picture(flate, zlib.compress(bytes(1_000))), None),
        "谎报尺寸的传真.pdf": (picture(fax, bytes(1_000)), None),
        "谎报尺寸的照片.pdf": (picture("/Filter /DCTDecode", seed("jpeg")[1]), None),
        "深数组.pdf": (pdf(*READABLE, "[" * 300_000 + "]" * 300_000), None),
        "深页树.pdf": (nested_page_tree(), None),
        "动作.pdf": (actions(), None),
        "十万批注.pdf": (pdf(CATALOG, PAGES, page(f"/Contents 4 0 R {FONT} /Annots [{note * 100_000}]"), TEXT), None),
        "坏字体.pdf": (broken_font(), None),
        "字符无尽.pdf": (characters_without_end(), None),
        "密铺.pdf": (drawn(b"/Pattern cs /P scn 0 0 595 842 re f", stream(b"0 0 1 1 re f", tile)), None),
        "巨元数据.pdf": (pdf(*READABLE, f"<< /Title ({'a' * 5_000_000}) >>", root="/Root 1 0 R /Info 5 0 R"), None),
        "页面无边.pdf": (pdf(CATALOG, PAGES, page(f"/Contents 4 0 R {FONT}", "-1e38 -1e38 1e38 1e38"), TEXT), None),
        "页面无形.pdf": (pdf(CATALOG, PAGES, page(f"/Contents 4 0 R {FONT}", "0 0 1e-9 1e-9"), TEXT), None),
        "空段.docx": (word(b"<w:p/>" * 300_000 + "<w:p><w:r><w:t>青岚县</w:t></w:r></w:p>".encode()), None),
        "巨图.docx": (word_with_picture(huge_png), None),
        "巨字符串表.xlsx": (shared_strings(100_000_000), None),
        "重复.ods": (repeated_cells(), "over_limit"),
        "百万对象.ofd": (page_of_objects(60_000_000), "over_limit"),
        "百万分段.eml": (mail_of_parts(1_000_000), "over_limit"),
        "压缩包又是文件.pdf": (seed("zip")[1] + seed("pdf")[1], None),
        "文件又是压缩包.pdf": (seed("pdf")[1] + seed("zip")[1], None),
        "图片又是网页.gif": (b"GIF89a" + seed("html")[1], "damaged"),
    }
