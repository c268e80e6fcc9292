"""What the body of a Word document is promised to become."""

from __future__ import annotations

import docx_writer as word
import pytest
from hypothesis import assume, given, settings
from merged_tables import Spec, expected_grid, merged_tables, read_spans, spans, text_grid, without_unused_edges
from readings import tables, texts

from extractors.readers import docx
from schemas.errors import NotRead
from schemas.reading import Link, Paragraph, Reading

BOX = (
    '<w:r><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
    '<mc:Choice Requires="wps"><w:drawing><wps:txbx xmlns:wps="http://schemas.microsoft.com/office/word/2010/'
    'wordprocessingShape"><w:txbxContent>{content}</w:txbxContent></wps:txbx></w:drawing></mc:Choice>'
    '<mc:Fallback><w:pict><v:textbox xmlns:v="urn:schemas-microsoft-com:vml"><w:txbxContent>{content}'
    "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
)


def read(document: word.Document) -> Reading:
    return docx.read(word.saved(document), "x.docx")


def of(inner: str) -> Reading:
    """A document of one raw paragraph."""
    document = word.blank()
    word.add_xml(document, word.paragraph(inner))
    return read(document)


def test_paragraphs_and_tables_come_in_the_order_of_the_body() -> None:
    document = word.blank()
    document.add_paragraph("前文")
    word.add_table(document, [(0, 0, 1, 1, "甲"), (0, 1, 1, 1, "乙")])
    document.add_paragraph("后文")
    assert [type(b).__name__ for b in read(document).blocks] == ["Paragraph", "Table", "Paragraph"]


def test_headings_and_the_title_are_known_by_style_name_and_outline_level() -> None:
    document = word.blank()
    document.add_paragraph("标题文字", style="Title")
    document.add_paragraph("总则", style="Heading 2")
    word.add_xml(document, word.paragraph(f'<w:pPr><w:outlineLvl w:val="0"/></w:pPr>{word.run("目标")}'))
    word.add_xml(
        document,
        word.paragraph(
            f'<w:pPr><w:pStyle w:val="Heading1"/><w:outlineLvl w:val="9"/></w:pPr>{word.run("正文级别的段落")}'
        ),
    )
    document.styles.element.append(
        word.parse_xml(f'<w:style {word.NS} w:type="paragraph" w:styleId="a3"><w:name w:val="标题 3"/></w:style>')
    )
    word.add_xml(document, word.paragraph(f'<w:pPr><w:pStyle w:val="a3"/></w:pPr>{word.run("措施")}'))
    found = [(b.style, b.level) for b in read(document).blocks if isinstance(b, Paragraph)]
    assert found == [("title", None), ("heading", 2), ("heading", 1), ("body", None), ("heading", 3)]


def test_a_line_break_parts_running_text_but_not_a_heading() -> None:
    document = word.blank()
    document.add_paragraph("组长：张三\n副组长：李四")
    document.add_paragraph("关于印发实施方案的\n通知", style="Title")
    assert texts(read(document)) == ["组长：张三", "副组长：李四", "关于印发实施方案的通知"]


def test_inserted_text_is_kept_and_deleted_text_is_gone() -> None:
    reading = of(
        word.run("到2025年底达到")
        + '<w:del w:id="1" w:author="x"><w:r><w:delText>60%</w:delText></w:r></w:del>'
        + f'<w:ins w:id="2" w:author="x">{word.run("70%")}</w:ins>'
        + f'<w:moveFrom w:id="3">{word.run("移走")}</w:moveFrom>'
    )
    assert texts(reading) == ["到2025年底达到70%"]
    assert [note.kind for note in reading.notes] == ["tracked_changes"]


def test_a_deleted_paragraph_mark_joins_two_paragraphs_and_a_deleted_row_is_gone() -> None:
    document = word.blank()
    word.add_xml(document, word.paragraph(f'<w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr>{word.run("前半")}'))
    word.add_xml(document, word.paragraph(word.run("后半")))
    word.add_xml(
        document,
        f"<w:tbl {word.NS}>"
        f'<w:tr><w:trPr><w:del w:id="2"/></w:trPr><w:tc><w:p>{word.run("删去的行")}</w:p></w:tc></w:tr>'
        f"<w:tr><w:tc><w:p>{word.run('留下')}</w:p></w:tc><w:tc><w:p>{word.run('的行')}</w:p></w:tc></w:tr></w:tbl>",
    )
    reading = read(document)
    assert texts(reading) == ["前半后半"]
    assert text_grid(tables(reading)[0]) == [["留下", "的行"]]


def test_fields_show_their_result_and_not_their_code() -> None:
    def char(kind: str) -> str:
        return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'

    code = '<w:r><w:instrText xml:space="preserve"> HYPERLINK "http://example.org/f.pdf" </w:instrText></w:r>'
    nested = char("begin") + word.run("内层代码结果") + char("end")
    reading = of(char("begin") + code + nested + char("separate") + word.run("附件") + char("end") + word.run("下载"))
    assert texts(reading) == ["附件下载"]
    assert reading.links == [Link("附件", "http://example.org/f.pdf")]
    assert texts(of(char("begin") + word.run("没有结束的域"))) == ["没有结束的域"]


def test_a_hyperlink_keeps_its_text_and_its_target() -> None:
    document = word.blank()
    target = document.part.relate_to(
        "http://example.org/", "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink", True
    )
    word.add_xml(
        document, word.paragraph(word.run("见") + f'<w:hyperlink r:id="{target}">{word.run("附件")}</w:hyperlink>')
    )
    reading = read(document)
    assert texts(reading) == ["见附件"]
    assert reading.links == [Link("附件", "http://example.org/")]


def test_content_controls_are_read_and_their_prompts_are_not() -> None:
    sdt = "<w:sdt>{}<w:sdtContent>{}</w:sdtContent></w:sdt>"
    prompt = sdt.format("<w:sdtPr><w:showingPlcHdr/></w:sdtPr>", word.run("单击此处输入文字"))
    assert texts(of(sdt.format("", word.run("县教育局")) + prompt)) == ["县教育局"]


def test_special_characters_of_runs() -> None:
    inner = (
        "<w:r><w:t>甲</w:t><w:softHyphen/><w:noBreakHyphen/><w:t>乙</w:t><w:tab/><w:t>丙</w:t>"
        '<w:sym w:font="Wingdings" w:char="F0FE"/><w:sym w:font="Symbol" w:char="F0B3"/></w:r>'
        "<w:r><w:ruby><w:rt><w:r><w:t>pin</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>拼</w:t></w:r></w:rubyBase></w:ruby></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>看不见</w:t></w:r>"
    )
    reading = of(inner)
    assert texts(reading) == ["甲-乙\t丙☑≥拼"]
    assert [note.kind for note in reading.notes] == ["hidden_text"]


def test_a_text_box_is_read_once() -> None:
    reading = of(word.run("正文") + BOX.format(content=f"<w:p>{word.run('框中文字')}</w:p>"))
    assert texts(reading) == ["正文", "框中文字"]


def test_headers_footers_footnotes_and_contents_stand_apart() -> None:
    document = word.blank()
    document.sections[0].header.paragraphs[0].text = "内部资料"
    document.sections[0].footer.paragraphs[0]._p.append(
        word.parse_xml(f'<w:fldSimple {word.NS} w:instr=" PAGE ">{word.run("1")}</w:fldSimple>')
    )
    document.add_paragraph("正文")
    word.add_xml(
        document,
        f"<w:sdt {word.NS}>"
        '<w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/></w:docPartObj></w:sdtPr>'
        f"<w:sdtContent><w:p>{word.run('一、总则')}<w:r><w:tab/></w:r>{word.run('1')}</w:p></w:sdtContent></w:sdt>",
    )
    reading = read(document)
    assert texts(reading) == ["正文"]
    assert texts(reading, "header") == ["内部资料"]
    assert texts(reading, "page_number") == ["1"]
    assert texts(reading, "furniture") == ["一、总则\t1"]


@pytest.mark.parametrize("shown", [True, False])
def test_a_header_of_the_first_or_even_pages_counts_where_the_document_shows_it(shown: bool) -> None:
    document = word.blank()
    document.add_paragraph("正文")
    section = document.sections[0]
    section.header.paragraphs[0].text = "页眉"
    section.first_page_header.paragraphs[0].text = "首页页眉"
    section.even_page_header.paragraphs[0].text = "偶数页页眉"
    section.different_first_page_header_footer = document.settings.odd_and_even_pages_header_footer = shown
    found = texts(read(document), "header")
    assert sorted(found) == sorted(["页眉", "首页页眉", "偶数页页眉"] if shown else ["页眉"])


def test_footnotes_are_read_apart_from_the_text() -> None:
    document = word.blank()
    word.add_xml(document, word.paragraph(word.run("正文") + '<w:r><w:footnoteReference w:id="2"/></w:r>'))
    data = word.saved(document)
    rels = word.part(data, "word/_rels/document.xml.rels").replace(
        b"</Relationships>",
        b'<Relationship Id="rIdF" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/footnotes" '
        b'Target="footnotes.xml"/></Relationships>',
    )
    notes = (
        f'<w:footnotes {word.NS}><w:footnote w:id="-1" w:type="separator"><w:p/></w:footnote>'
        f'<w:footnote w:id="2"><w:p>{word.run("脚注文字")}</w:p></w:footnote></w:footnotes>'
    )
    data = word.with_part(data, "word/_rels/document.xml.rels", rels)
    reading = docx.read(word.with_part(data, "word/footnotes.xml", notes.encode()), "x.docx")
    assert (texts(reading), texts(reading, "footer")) == (["正文"], ["脚注文字"])


def test_merged_cells_reach_as_far_as_word_shows() -> None:
    cells: list[Spec] = [
        (0, 0, 1, 2, "合并两列"), (0, 2, 1, 1, "丙"),
        (1, 0, 2, 1, "合并两行"), (1, 1, 1, 1, "乙"), (1, 2, 2, 1, "另两行"), (2, 1, 1, 1, "末"),
    ]  # fmt: skip
    document = word.blank()
    word.add_table(document, cells)
    (table,) = tables(read(document))
    assert text_grid(table) == expected_grid(cells)
    assert read_spans(table) == spans(cells)


def test_a_nested_table_follows_the_outer_one_and_a_lone_frame_is_no_table() -> None:
    document = word.blank()
    outer = document.add_table(1, 2)
    outer.cell(0, 0).text = "外"
    inner = outer.cell(0, 1).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "内一", "内二"
    frame = document.add_table(1, 1)
    frame.cell(0, 0).text = "通知"
    frame.cell(0, 0).add_paragraph("正文在框里")
    reading = read(document)
    assert [text_grid(table) for table in tables(reading)] == [[["外", ""]], [["内一", "内二"]]]
    assert texts(reading) == ["通知", "正文在框里"]


def test_what_could_not_be_read_is_noted() -> None:
    outside = (
        '<w:r><w:drawing><wp:inline><wp:extent cx="{0}" cy="{0}"/><a:graphic><a:graphicData><a:blip r:embed="rId99"/>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
    )
    assert [note.kind for note in of(word.run("正文") + outside.format(4_000_000)).notes] == ["picture_not_read"]
    assert of(word.run("正文") + outside.format(900_000)).notes == []


def test_properties_become_meta() -> None:
    document = word.blank()
    document.core_properties.title, document.core_properties.author = "实施方案", "县教育局"
    document.add_paragraph("正文")
    meta = read(document).meta
    assert (meta["title"], meta["creator"]) == ("实施方案", "县教育局")
    assert meta["created"].startswith("20")


def test_a_document_in_strict_namespaces_is_read() -> None:
    document = word.blank()
    document.add_paragraph("严格格式")
    data = word.saved(document)
    body = word.part(data, "word/document.xml").replace(
        b"http://schemas.openxmlformats.org/wordprocessingml/2006/main",
        b"http://purl.oclc.org/ooxml/wordprocessingml/main",
    )
    assert texts(docx.read(word.with_part(data, "word/document.xml", body), "x.docx")) == ["严格格式"]


def test_an_empty_document_has_no_text() -> None:
    with pytest.raises(NotRead) as caught:
        read(word.blank())
    assert caught.value.cause == "no_text"


@settings(max_examples=40, deadline=None)
@given(merged_tables())
def test_any_merged_table_reads_back(cells: list[Spec]) -> None:
    seen = without_unused_edges(cells, rows=False)
    assume(max(c + w for _, c, _, w, _ in seen) > 1)  # one column is a frame around running text
    document = word.blank()
    document.add_paragraph("附表")
    word.add_table(document, cells)
    (table,) = tables(read(document))
    assert text_grid(table) == expected_grid(seen)
    assert read_spans(table) == spans(seen)


def test_a_file_embedded_as_an_object_is_noted_and_a_formula_is_not() -> None:
    def embedded(program: str) -> str:
        return (
            '<w:r><w:object><o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" '
            f'ProgID="{program}"/></w:object></w:r>'
        )

    assert [note.kind for note in of(word.run("见表") + embedded("Excel.Sheet.12")).notes] == ["embedded_object"]
    assert of(word.run("公式") + embedded("Equation.DSMT4")).notes == []


def test_a_seal_in_the_old_picture_format_is_no_unread_text() -> None:
    picture = (
        '<w:r><w:pict><v:shape xmlns:v="urn:schemas-microsoft-com:vml" style="width:{}pt;height:{}pt">'
        '<v:imagedata r:id="rId99"/></v:shape></w:pict></w:r>'
    )
    assert of(word.run("正文") + picture.format(110, 110)).notes == []
    assert [n.kind for n in of(word.run("正文") + picture.format(400, 300)).notes] == ["picture_not_read"]
