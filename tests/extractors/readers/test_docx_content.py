"""What Word shows but does not store as plain text, and what else a Word file can hold beside its paragraphs."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from typing import Any

import docx_writer as word
import openpyxl
import pasted
import pytest
import scanner
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.shared import Cm
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from merged_tables import Spec, expected_grid, merged_tables, text_grid
from PIL import Image
from readings import texts

from extractors.readers import docx, formats, limits
from extractors.readers.pages.assemble import Page, page_of
from extractors.readers.pages.glyphs import Glyph
from extractors.readers.word import fields as docx_fields
from schemas.reading import Note, Paragraph, Reading, Table

RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
VML = 'xmlns:v="urn:schemas-microsoft-com:vml"'


def of(*blocks: str) -> Reading:
    """A document of raw blocks; a run is put into a paragraph of its own."""
    document = word.blank()
    for xml in blocks:
        word.add_xml(document, xml if xml.startswith(("<w:p ", "<w:tbl")) else word.paragraph(xml))
    return docx.read(word.saved(document), "x.docx")


def grids(reading: Reading) -> list[list[list[str]]]:
    return [text_grid(block) for block in reading.blocks if isinstance(block, Table)]


def char(kind: str, inner: str = "") -> str:
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{inner}</w:fldChar></w:r>'


def code(text: str) -> str:
    return f'<w:r><w:instrText xml:space="preserve"> {text} </w:instrText></w:r>'


def cell(text: str, width: int = 0, more: str = "") -> str:
    size = f'<w:tcW w:w="{width}" w:type="dxa"/>' if width else ""
    return f"<w:tc><w:tcPr>{size}{more}</w:tcPr><w:p>{word.run(text)}</w:p></w:tc>"


def table(*rows: str) -> str:
    return f"<w:tbl {word.NS}>{''.join(f'<w:tr>{row}</w:tr>' for row in rows)}</w:tbl>"


def test_form_fields_show_their_state() -> None:
    box = "<w:ffData><w:checkBox><w:default w:val='0'/>{}</w:checkBox></w:ffData>"
    chosen = "<w:ffData><w:ddList><w:result w:val='1'/><w:listEntry w:val='甲'/><w:listEntry w:val='乙'/></w:ddList></w:ffData>"
    shown = "".join(
        char("begin", form) + code(kind) + char("separate") + char("end")
        for kind, form in [
            ("FORMCHECKBOX", box.format("<w:checked/>")),
            ("FORMCHECKBOX", box.format("")),
            ("FORMDROPDOWN", chosen),
        ]
    )
    assert texts(of(shown)) == ["☑☐乙"]


@pytest.mark.parametrize(
    ("field", "shown"),
    [
        (r"EQ \o\ac(○,3)", "③"),
        (r"eq \o\ac(□,√)", "☑"),
        (r'EQ \* jc2 \* "Font:宋体" \* hps10 \o\ad(\s\up 9(hàn),汉)', "汉"),
        (r"EQ \o(\s\up 5(县教),\s\do 2(育局))", "县教育局"),
        (r"EQ \f(1,2)", "1/2"),
        (r"SYMBOL 254 \f Wingdings", "☑"),
        (r"AUTONUM \* CHINESENUM3 \s 、", "一、"),
        ("LISTNUM", "1)"),
        ("DATE", ""),
    ],
)
def test_fields_without_a_stored_result_are_shown_as_word_shows_them(field: str, shown: str) -> None:
    assert texts(of(word.run("始") + char("begin") + code(field) + char("end") + word.run("终"))) == [f"始{shown}终"]


@given(st.text(alphabet='EQq \\oacfsup(),，()○□√1汉*"', max_size=60))
def test_any_field_code_is_read_to_its_end(text: str) -> None:
    assert isinstance(docx_fields.shown("EQ " + text, None, docx_fields.Counters()), str)


def test_a_field_within_one_run_is_read_as_one_over_several() -> None:
    marks = "<w:fldChar w:fldCharType='{}'/>"
    run = f"<w:r>{marks.format('begin')}<w:instrText> REF x </w:instrText>{marks.format('separate')}<w:t>第一章</w:t>{marks.format('end')}</w:r>"
    assert texts(of(run)) == ["第一章"]


def test_letters_in_symbol_fonts_are_the_signs_they_show() -> None:
    def set_in(font: str, text: str) -> str:
        return f'<w:r><w:rPr><w:rFonts w:ascii="{font}"/></w:rPr><w:t>{text}</w:t></w:r>'

    assert texts(
        of(set_in("Wingdings 2", "R") + word.run("同意") + set_in("Wingdings", "\uf0a8") + word.run("不同意"))
    ) == ["☑同意☐不同意"]


def test_a_title_drawn_as_wordart_and_boxes_in_a_group_are_read() -> None:
    red_head = f'<w:r><w:pict><v:shape {VML}><v:textpath string="青岚县教育局文件"/></v:shape></w:pict></w:r>'
    box = "<v:rect><v:textbox><w:txbxContent><w:p>{}</w:p></w:txbxContent></v:textbox></v:rect>"
    group = (
        f"<w:r><w:pict><v:group {VML}>{box.format(word.run('甲'))}{box.format(word.run('乙'))}</v:group></w:pict></w:r>"
    )
    assert texts(of(red_head, group)) == ["青岚县教育局文件", "甲", "乙"]


def contents_line(text: str, before: str = "") -> str:
    number = char("begin") + code("PAGEREF _Toc1") + char("separate") + word.run("1") + char("end")
    return word.paragraph(
        f'{before}<w:hyperlink w:anchor="_Toc1">{word.run(text)}<w:r><w:tab/></w:r>{number}</w:hyperlink>'
    )


def test_a_table_of_contents_made_by_a_field_is_no_text_and_swallows_none() -> None:
    begin = char("begin") + code(r"TOC \o 1-3") + char("separate")
    for end in (char("end"), ""):
        reading = of(
            contents_line("一、总则", begin), contents_line("二、目标"), word.paragraph(end), word.run("一、总则")
        )
        assert texts(reading) == ["一、总则"]
        assert texts(reading, "furniture") == ["一、总则\t1", "二、目标\t1"]


def test_crossed_out_text_stays_and_is_noted() -> None:
    reading = of("<w:r><w:rPr><w:strike/></w:rPr><w:t>作废条款</w:t></w:r>" + word.run("正文"))
    assert texts(reading) == ["作废条款正文"]
    (note,) = reading.notes
    assert (note.kind, "作废条款" in note.message) == ("struck_text", True)


def test_comments_are_counted_and_kept_out_of_the_text() -> None:
    document = word.blank()
    document.add_paragraph("正文")
    comments = (
        f"<w:comments {word.NS}>{'<w:comment><w:p><w:r><w:t>请核实</w:t></w:r></w:p></w:comment>' * 2}</w:comments>"
    )
    part = Part(PackURI("/word/comments9.xml"), "application/xml", comments.encode(), document.part.package)
    document.part.relate_to(part, RELATION + "comments")
    reading = docx.read(word.saved(document), "x.docx")
    assert texts(reading) == ["正文"]
    assert [(n.kind, "2条批注" in n.message) for n in reading.notes] == [("comments", True)]


def test_text_of_a_hidden_style_is_not_read() -> None:
    document = word.blank()
    document.styles.element.append(
        word.parse_xml(
            f'<w:style {word.NS} w:type="character" w:styleId="h"><w:name w:val="h"/><w:rPr><w:vanish/></w:rPr></w:style>'
        )
    )
    styled = '<w:r><w:rPr><w:rStyle w:val="h"/>{}</w:rPr><w:t>{}</w:t></w:r>'
    shown = styled.format('<w:vanish w:val="0"/>', "可见")
    word.add_xml(document, word.paragraph(styled.format("", "看不见") + shown))
    assert texts(docx.read(word.saved(document), "x.docx")) == ["可见"]


def test_a_page_break_inside_a_paragraph_parts_it() -> None:
    assert texts(of('<w:r><w:t>第一页</w:t><w:br w:type="page"/><w:t>第二页</w:t></w:r>')) == ["第一页", "第二页"]


# Tables


def test_an_unfilled_cell_keeps_its_place() -> None:
    prompt = f"<w:sdt><w:sdtPr><w:showingPlcHdr/></w:sdtPr><w:sdtContent>{cell('单击此处')}</w:sdtContent></w:sdt>"
    assert grids(of(table(cell("甲") + cell("乙") + cell("丙"), cell("丁") + prompt + cell("戊")))) == [
        [["甲", "乙", "丙"], ["丁", "", "戊"]]
    ]


def test_cells_stand_by_their_widths_where_the_spans_do_not_add_up() -> None:
    rows = (cell("宽", 4000) + cell("窄", 2000), cell("一", 2010) + cell("二", 1990) + cell("三", 2000))
    assert grids(of(table(*rows))) == [[["宽", "宽", "窄"], ["一", "二", "三"]]]
    older = cell("宽", 0, '<w:hMerge w:val="restart"/>') + cell("", 0, "<w:hMerge/>") + cell("窄")
    assert grids(of(table(older, cell("一") + cell("二") + cell("三")))) == [[["宽", "宽", "窄"], ["一", "二", "三"]]]


@settings(max_examples=40, deadline=None)
@given(merged_tables(blanks=False), st.lists(st.integers(600, 3000), min_size=5, max_size=5))
def test_any_table_reads_back_from_its_widths_alone(cells: list[Spec], widths: list[int]) -> None:
    columns = sorted({c for _, c, *_ in cells} | {c + w for _, c, _, w, _ in cells})
    assume(len(columns) > 2)
    height = max(r + h for r, _, h, _, _ in cells)
    rows = []
    for row in range(height):
        own = sorted((c for c in cells if c[0] <= row < c[0] + c[2]), key=lambda c: c[1])
        merge = [
            "" if h == 1 else '<w:vMerge w:val="restart"/>' if r == row else "<w:vMerge/>" for r, _, h, _, _ in own
        ]
        rows.append("".join(cell(t, sum(widths[c : c + w]), m) for (_, c, _, w, t), m in zip(own, merge, strict=True)))
    # Where the rows have as many cells each, nothing contradicts the reading cell by cell.
    assume(len({row.count("<w:tc>") for row in rows}) > 1)
    at = columns.index
    expected = expected_grid([(r, at(c), h, at(c + w) - at(c), t) for r, c, h, w, t in cells])
    assert grids(of(table(*rows))) == [expected]


def test_tables_that_touch_are_one_and_a_paragraph_parts_them() -> None:
    one, other = table(cell("甲") + cell("乙")), table(cell("丙") + cell("丁"))
    assert grids(of(one, other)) == [[["甲", "乙"], ["丙", "丁"]]]
    assert grids(of(one, word.paragraph(""), other)) == [[["甲", "乙"]], [["丙", "丁"]]]


def test_a_single_column_and_signatures_side_by_side_are_running_text() -> None:
    two = f"<w:tc><w:p>{word.run('甲方：青岚县教育局')}</w:p><w:p>{word.run('代表：')}</w:p></w:tc>"
    assert texts(of(table(cell("文件"), cell("正文")), word.run("——"), table(two + cell("乙方：白果小学")))) == [
        "文件", "正文", "——", "甲方：青岚县教育局", "代表：", "乙方：白果小学"
    ]  # fmt: skip


# Files and parts


def embedded(name: str, kind: str, data: bytes, xml: str) -> Reading:
    document = word.blank()
    document.add_paragraph("见下")
    part = Part(PackURI(f"/word/{name}"), "application/octet-stream", data, document.part.package)
    word.add_xml(document, xml.format(id=document.part.relate_to(part, RELATION + kind)))
    return docx.read(word.saved(document), "x.docx")


def test_an_embedded_worksheet_is_read_where_it_stands() -> None:
    book, buffer = openpyxl.Workbook(), io.BytesIO()
    for row in (["学校", "人数"], ["白果小学", 3]):
        book.active.append(row)  # type: ignore[union-attr]
    book.save(buffer)
    shown = '<w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" ProgID="Excel.Sheet.12" r:id="{id}"/></w:object></w:r>'
    reading = embedded("embeddings/a.xlsx", "package", buffer.getvalue(), word.paragraph(shown))
    assert grids(reading) == [[["学校", "人数"], ["白果小学", "3"]]]


def test_chunks_of_other_formats_are_read_in_place() -> None:
    inner = word.blank()
    inner.add_paragraph("内层文档")
    chunk = f'<w:altChunk {word.NS} r:id="{{id}}"/>'
    assert texts(embedded("a.docx", "aFChunk", word.saved(inner), chunk)) == ["见下", "内层文档"]
    page = "<html><body><p>网页里的段落</p></body></html>".encode()
    assert texts(embedded("a.htm", "aFChunk", page, chunk)) == ["见下", "网页里的段落"]


def test_a_chunk_that_holds_itself_ends() -> None:
    data = b"x"
    chunk = f'<w:altChunk {word.NS} r:id="{{id}}"/>'
    for _ in range(limits.MAX_ARCHIVE_DEPTH + 3):
        document = word.blank()
        document.add_paragraph("层")
        part = Part(PackURI("/word/a.docx"), "application/octet-stream", data, document.part.package)
        word.add_xml(document, chunk.format(id=document.part.relate_to(part, RELATION + "aFChunk")))
        data = word.saved(document)
    reading = docx.read(data, "x.docx")
    assert len(texts(reading)) == limits.MAX_ARCHIVE_DEPTH + 1
    assert [note.kind for note in reading.notes] == ["embedded_object"]


def plain() -> bytes:
    document = word.blank()
    document.add_paragraph("正文")
    word.add_table(document, [(0, 0, 1, 1, "甲"), (0, 1, 1, 1, "乙")])
    document.sections[0].header.paragraphs[0].text = "页眉"
    return word.saved(document)


def test_a_document_as_one_xml_file_is_the_same_document() -> None:
    parts = ""
    with zipfile.ZipFile(io.BytesIO(plain())) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels")) and name != "[Content_Types].xml":
                xml = re.sub(r"^<\?xml.*?\?>", "", package.read(name).decode())
                parts += f'<pkg:part pkg:name="/{name}"><pkg:xmlData>{xml}</pkg:xmlData></pkg:part>'
    flat = (
        '<?xml version="1.0" encoding="UTF-8"?><?mso-application progid="Word.Document"?>'
        f'<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage">{parts}</pkg:package>'
    ).encode()
    assert formats.recognise(flat, "x.xml").key == "docx"
    assert docx.read(flat, "x.xml").blocks == docx.read(plain(), "x.docx").blocks


@pytest.mark.parametrize("name", ["word/styles.xml", "word/numbering.xml", "word/header1.xml"])
def test_a_broken_part_beside_the_text_costs_only_itself(name: str) -> None:
    reading = docx.read(word.with_part(plain(), name, b"<broken"), "x.docx")
    assert texts(reading) == ["正文"]
    assert [note.kind for note in reading.notes] == ["part_not_read"]


def test_a_photograph_beside_text_is_no_unread_text() -> None:
    picture = io.BytesIO()
    Image.fromarray(pasted.photograph()).save(picture, "PNG")
    document = word.blank()
    document.add_paragraph("正文")
    document.add_picture(picture, width=Cm(8))
    assert docx.read(word.saved(document), "x.docx").notes == []


def scanned(document: word.Document, pages: int, width: float) -> bytes:
    page = scanner.page(scanner.BAIZHI, 3, 60).copy()
    for number in range(pages):
        page[:3] = number
        picture = io.BytesIO()
        Image.fromarray(page).save(picture, "PNG")
        document.add_picture(picture, width=Cm(width))
    return word.saved(document)


def fake_recognition(image: Any, number: int, width: float, height: float, notes: list[Note]) -> Page:
    glyphs = [Glyph(c, 80 + 16 * i, 100, 96 + 16 * i, 116, confidence=0.9) for i, c in enumerate(f"第{number}张的文字")]
    notes.append(Note("ocr_text", "识别", number, 0.9))
    return page_of(number, width, height, glyphs, [], notes)


def test_a_document_of_scanned_pages_is_recognised_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.readers.ocr.recognise", fake_recognition)
    reading = docx.read(scanned(word.blank(), 2, 8), "x.docx")
    assert "".join(texts(reading)) == "第1张的文字第2张的文字"
    assert [note.kind for note in reading.notes] == ["ocr_text", "ocr_text"]


def test_a_scanned_page_within_a_text_is_recognised_without_a_page_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.readers.ocr.recognise", fake_recognition)
    document = word.blank()
    document.add_paragraph("附件：扫描件")
    reading = docx.read(scanned(document, 1, 16), "x.docx")
    assert texts(reading) == ["附件：扫描件", "第1张的文字"]
    last = reading.blocks[-1]
    assert isinstance(last, Paragraph)
    assert (last.page, last.boxes, last.confidence) == (None, (), 0.9)


@pytest.mark.parametrize(
    "part",
    [
        '<w:p><w:pPr><w:rPr><w:ins w:id="1"/></w:rPr></w:pPr><w:ins w:id="2"><w:r><w:t>甲</w:t></w:r></w:ins></w:p>',
        '<w:p><w:pPr><w:rPr><w:ins w:id="1"/></w:rPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>',
        '<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t>甲</w:t></w:r></w:p>',
        "<w:tbl><w:tr><w:tc><w:p/></w:tc><w:tc><w:p><w:r><w:t>甲</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
        '<w:p><w:r><w:fldChar w:fldCharType="begin"/><w:instrText>TOC</w:instrText><w:fldChar w:fldCharType="separate"/><w:t>甲</w:t></w:r></w:p>',
    ],
    ids=["new paragraphs", "split paragraphs", "joined paragraphs", "touching tables", "open contents"],
)
def test_the_cost_of_many_of_a_kind_grows_with_their_number(
    part: str, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    head, tail = f"<w:document {word.NS}><w:body>", "<w:p><w:r><w:t>终</w:t></w:r></w:p></w:body></w:document>"
    base = plain()
    linear(lambda n: docx.read(word.with_part(base, "word/document.xml", (head + part * n + tail).encode()), "x"), 300)
