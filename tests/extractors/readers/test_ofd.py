"""What an OFD file is promised to become, however its producer cuts and places the text."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from merged_tables import Spec, expected_grid, merged_tables, read_spans, spans, text_grid, without_unused_edges
from ofd_writer import changed, note, of_objects, paragraphs, tables, text, write

from extractors.readers import ofd
from schemas.errors import NotRead
from schemas.reading import Paragraph

SENTENCE = "各县（市、区）要组建不少于12个城乡学校共同体，2025年9月底前完成结对，覆盖80%以上的乡村学校，由县教育局负责组织实施。"
CUTS = ["line", "runs", "characters", "shuffled"]
PAIRS: list[Spec] = [
    (0, 0, 1, 1, "学段"), (0, 1, 1, 1, "牵头学校"), (0, 2, 1, 1, "成员学校"), (0, 3, 1, 1, "负责人"),
    (1, 0, 2, 1, "小学"), (1, 1, 1, 1, "青禾小学"), (1, 2, 1, 1, "柳溪小学"), (1, 3, 2, 1, "张三"),
    (2, 1, 1, 1, "明德小学"), (2, 2, 1, 1, "枫林小学"),
    (3, 0, 1, 2, "合计"), (3, 2, 1, 1, "2所"), (3, 3, 1, 1, ""),
]  # fmt: skip
CHINESE = st.sampled_from("青禾小学柳溪中心校共同体结对帮扶教师交流轮岗县教育局组织实施，、年月第工作方案")


# Text


@pytest.mark.parametrize("cut", CUTS)
def test_a_sentence_is_whole_however_it_is_cut_into_runs(cut: str) -> None:
    page = write.Typesetter(cut=cut, seed=3)
    page.paragraph(SENTENCE)
    page.paragraph("各学校要按照本方案制定实施细则。")
    reading = ofd.read(page.finish(), "通知.ofd")
    assert paragraphs(reading) == [SENTENCE, "各学校要按照本方案制定实施细则。"]
    assert paragraphs(reading, "page_number") == ["— 1 —"]
    assert reading.media_type == "application/ofd"
    assert reading.pages == 1


def test_a_paragraph_goes_on_over_the_page_and_headers_and_page_numbers_are_no_part_of_it() -> None:
    page = write.Typesetter(header="结对工作文件汇编")
    for number in range(1, 12):
        page.paragraph(f"{number}.{SENTENCE}{SENTENCE}")
    reading = ofd.read(page.finish(), "通知.ofd")
    assert reading.pages == 2
    assert paragraphs(reading) == [f"{number}.{SENTENCE}{SENTENCE}" for number in range(1, 12)]
    assert paragraphs(reading, "header") == ["结对工作文件汇编"] * 2
    assert paragraphs(reading, "page_number") == ["— 1 —", "— 2 —"]
    over = next(b for b in reading.blocks if isinstance(b, Paragraph) and {box.page for box in b.boxes} == {1, 2})
    assert over.page == 1


def test_boxes_are_points_from_the_top_left_of_the_page() -> None:
    (block,) = of_objects(text("汉字", x=25.4, y=50.8, size=10)).blocks
    assert isinstance(block, Paragraph)
    (box,) = block.boxes
    assert (box.x0, box.x1) == (pytest.approx(72), pytest.approx(72 + 2 * 10 * 72 / 25.4, abs=0.1))
    assert box.top < 144 < box.bottom
    assert box.bottom - box.top < 40


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ('DeltaX="g 6 5"', "城乡学校共同体"),
        ('DeltaX="5 5 5 g 3 5"', "城乡学校共同体"),
        ('DeltaX="g6 5"', "城乡学校共同体"),
        ('DeltaX="g 2 5"', "城乡学校共同体"),
        ('DeltaX="5.0E0 5e0 .5E+1 g 3 50e-1"', "城乡学校共同体"),
        ('DeltaX="5,5,5,5,5,5"', "城乡学校共同体"),
        ("", "城乡学校共同体"),
        ('DeltaX="g 6 0"', "城乡学校共同体"),
        ('DeltaX="g 99 5"', "城乡学校共同体"),
        ('DeltaX="五 五"', "城乡学校共同体"),
    ],
)
def test_steps_are_read_in_every_way_they_are_written(steps: str, expected: str) -> None:
    run = (
        '<ofd:TextObject ID="9" Boundary="30 50 60 6" Size="5"><ofd:TextCode X="0" Y="5" '
        f"{steps}>{expected}</ofd:TextCode></ofd:TextObject>"
    )
    # What follows on the line shows whether the run ends where it should.
    reading = of_objects(run + text("建设", x=30 + 5 * len(expected), y=55))
    assert paragraphs(reading) == [expected + "建设"]


def test_one_run_may_go_on_in_the_next_lines() -> None:
    run = (
        '<ofd:TextObject ID="9" Boundary="30 50 60 20" Size="4"><ofd:TextCode X="0" Y="4" '
        'DeltaX="g 2 4 -8 g 2 4 -8 4" DeltaY="g 2 0 7 g 2 0 7 0">第一行第二行终了</ofd:TextCode></ofd:TextObject>'
    )
    reading = of_objects(run)
    assert paragraphs(reading) == ["第一行", "第二行", "终了"]


def test_a_run_without_a_place_of_its_own_follows_the_one_before() -> None:
    run = (
        '<ofd:TextObject ID="9" Boundary="30 50 90 6" Size="5"><ofd:TextCode X="0" Y="5" DeltaX="5">共同</ofd:TextCode>'
        '<ofd:TextCode>体</ofd:TextCode><ofd:TextCode X="15">建设</ofd:TextCode></ofd:TextObject>'
    )
    assert paragraphs(of_objects(run)) == ["共同体建设"]


def test_blanks_that_are_runs_of_their_own_part_words_and_do_not_break_chinese() -> None:
    page = write.Sheet(cut="characters")
    page.text("关于AB school plan的通知", 30, 60, 5)
    assert paragraphs(ofd.read(write.sheets([page]), "x.ofd")) == ["关于AB school plan的通知"]
    page = write.Sheet(cut="runs")
    page.text("推进城乡学校共同体建设", 30, 60, 5, spread=1.0)
    assert paragraphs(ofd.read(write.sheets([page]), "x.ofd")) == ["推进城乡学校共同体建设"]


def test_latin_words_are_parted_by_gaps_alone_too() -> None:
    def word(content: str, x: float) -> str:
        steps = " ".join(["2.4"] * (len(content) - 1))
        code = f'<ofd:TextCode X="0" Y="5" DeltaX="{steps}">{content}</ofd:TextCode>'
        return f'<ofd:TextObject ID="9" Boundary="{x} 50 90 6" Size="5">{code}</ofd:TextObject>'

    assert paragraphs(of_objects(word("Hello", 30) + word("world", 30 + 12 + 2))) == ["Hello world"]
    assert paragraphs(of_objects(word("Hello", 30) + word("world", 30 + 12))) == ["Helloworld"]


def test_the_matrix_of_a_text_object_works_inside_of_its_boundary() -> None:
    foxit = (
        '<ofd:TextObject ID="9" CTM="0.3528 0 0 0.3528 0 -10" Boundary="100 40 64 20" Font="3" Size="14">'
        '<ofd:TextCode X="0" Y="60" DeltaX="g 3 14">学校共同</ofd:TextCode></ofd:TextObject>'
    )
    following = text("体", x=100 + 4 * 14 * 0.3528, y=40 - 10 + 60 * 0.3528, size=14 * 0.3528)
    reading = of_objects(following + foxit)
    assert paragraphs(reading) == ["学校共同体"]


def test_narrow_type_is_not_taken_for_overprinted_type() -> None:
    run = (
        '<ofd:TextObject ID="9" Boundary="30 50 90 6" Size="5" HScale="0.5">'
        '<ofd:TextCode X="0" Y="5" DeltaX="g 5 2.5">城乡学校人人</ofd:TextCode></ofd:TextObject>'
    )
    assert paragraphs(of_objects(run + text("体", x=45, y=55))) == ["城乡学校人人体"]


def test_characters_drawn_as_fewer_glyphs_keep_their_places() -> None:
    run = (
        '<ofd:TextObject ID="9" Boundary="30 50 90 6" Size="5">'
        '<ofd:CGTransform CodePosition="1" CodeCount="2" GlyphCount="1"><ofd:Glyphs>812</ofd:Glyphs></ofd:CGTransform>'
        '<ofd:TextCode X="0" Y="5" DeltaX="2.5 3 2.5 2.5">office</ofd:TextCode></ofd:TextObject>'
    )
    assert paragraphs(of_objects(run + text("办", x=30 + 13, y=55))) == ["office办"]


def test_characters_that_xml_cannot_hold_are_unescaped() -> None:
    run = '<ofd:TextObject ID="9" Boundary="30 50 90 6" Size="5"><ofd:TextCode X="0" Y="5">\\5171\\540c体C:\\\\</ofd:TextCode></ofd:TextObject>'
    assert paragraphs(of_objects(run)) == ["共同体C:\\"]


@pytest.mark.parametrize("name", ["Wingdings", "ABCDEF+Wingdings-Regular"])
@pytest.mark.parametrize("code", ["\u00fe", "\uf0fe"])
def test_a_ticked_box_of_a_symbol_font_is_a_ticked_box(name: str, code: str) -> None:
    def fonts(parts: dict[str, bytes]) -> None:
        listed = parts["Doc_0/DocumentRes.xml"]
        parts["Doc_0/DocumentRes.xml"] = listed.replace(
            b"</ofd:Fonts>", f'<ofd:Font ID="3" FontName="{name}"/></ofd:Fonts>'.encode()
        )

    box = text(code).replace('Font="1"', 'Font="3"')
    assert paragraphs(of_objects(box + text("已完成", x=35), edit=fonts)) == ["☑已完成"]


def test_indented_xml_adds_no_blanks() -> None:
    run = '<ofd:TextObject ID="9" Boundary="30 50 90 6" Size="5">\n <ofd:TextCode X="0" Y="5">\n   共同体\n </ofd:TextCode>\n</ofd:TextObject>'
    assert paragraphs(of_objects(run)) == ["共同体"]


def test_bold_type_made_by_printing_twice_is_read_once() -> None:
    reading = of_objects(text("关于组建的通知", x=30, y=60) + text("关于组建的通知", x=30.15, y=60))
    assert paragraphs(reading) == ["关于组建的通知"]


@pytest.mark.parametrize("quarter", [90, 180, 270])
def test_a_page_set_sideways_is_read_upright(quarter: int) -> None:
    ctm = {90: "0 1 -1 0 200 0", 180: "-1 0 0 -1 200 280", 270: "0 -1 1 0 0 280"}[quarter]
    lines = [SENTENCE[:24], SENTENCE[24:48], SENTENCE[48:]]
    objects = "".join(
        f'<ofd:TextObject ID="9" Boundary="5 5 200 280" CTM="{ctm}" Size="5"><ofd:TextCode X="40" Y="{60 + 9 * n}" '
        f'DeltaX="{write.delta(write.steps(line, 5))}">{line}</ofd:TextCode></ofd:TextObject>'
        for n, line in enumerate(lines)
    )
    reading = of_objects(objects)
    assert "".join(paragraphs(reading)) == SENTENCE
    # The boxes stand where the text is on the paper as it is.
    first = next(b for b in reading.blocks if isinstance(b, Paragraph)).boxes[0]
    x, y = {90: (5 + 200 - 60, 5 + 40), 180: (5 + 200 - 40, 5 + 280 - 60), 270: (5 + 60, 5 + 280 - 40)}[quarter]
    assert first.x0 - 1 <= x * 72 / 25.4 <= first.x1 + 1
    assert first.top - 1 <= y * 72 / 25.4 <= first.bottom + 1


def test_a_mark_along_the_edge_is_said_and_not_mixed_in() -> None:
    edge = (
        '<ofd:TextObject Boundary="207.50 30 20 60" CTM="0 1 -1 0 0.50 -2" Font="5" Size="3.175" ID="7">'
        '<ofd:TextCode DeltaX="g 5 3.18" X="1.50" Y="0">下载次数：1</ofd:TextCode></ofd:TextObject>'
    )
    reading = of_objects(edge + text("各学校要按照本方案制定实施细则。", y=40))
    assert paragraphs(reading) == ["各学校要按照本方案制定实施细则。"]
    assert "下载次数：1" in note(reading, "rotated_text").message


@pytest.mark.parametrize(
    "mark", [text("内部资料", CTM="0.7 0.7 -0.7 0.7 0 0"), text("内部资料", y=200, Alpha="40"),
             text("内部资料", y=200, more='<ofd:FillColor Value="0 0 0" Alpha="30"/>')]
)  # fmt: skip
def test_a_watermark_is_said_and_not_mixed_in(mark: str) -> None:
    reading = of_objects(mark + text("各学校要按照本方案制定实施细则。", y=40))
    assert paragraphs(reading) == ["各学校要按照本方案制定实施细则。"]
    assert "内部资料" in note(reading, "watermark").message


def test_text_that_is_switched_off_is_left_out_and_said() -> None:
    reading = of_objects(text("旧的数字", Visible="false") + text("新的数字", y=80))
    assert paragraphs(reading) == ["新的数字"]
    assert note(reading, "hidden_text").page == 1


# Tables


@pytest.mark.parametrize("cut", CUTS)
def test_merged_cells_are_read_with_their_reach(cut: str) -> None:
    page = write.Sheet(cut=cut)
    page.text("附件1：结对情况一览表", 28, 40, 5)
    page.table(PAIRS, [28, 58, 98, 138, 178], [50, 60, 70, 80, 90], 4)
    page.text("注：本表由各校填写。", 38, 100, 5)
    reading = ofd.read(write.sheets([page]), "x.ofd")
    (table,) = tables(reading)
    assert text_grid(table) == expected_grid(PAIRS)
    assert read_spans(table) == spans(PAIRS)
    assert paragraphs(reading) == ["附件1：结对情况一览表", "注：本表由各校填写。"]
    cell = next(c for c in table.cells if c.text == "柳溪小学")
    assert cell.box is not None
    assert cell.box.x0 == pytest.approx(98 * 72 / 25.4, abs=1)
    assert cell.box.bottom == pytest.approx(70 * 72 / 25.4, abs=1)


def test_a_table_goes_on_over_the_page_as_one() -> None:
    page = write.Typesetter()
    page.table([["序号", "牵头学校", "成员学校"], *([str(n), f"第{n}小学", f"村小{n}"] for n in range(1, 60))])
    (table,) = tables(ofd.read(page.finish(), "x.ofd"))
    assert table.height == 60
    assert text_grid(table)[59] == ["59", "第59小学", "村小59"]


def test_a_table_drawn_as_one_path_with_all_its_lines_is_found() -> None:
    data = "M 0 0 L 80 0 L 80 20 L 0 20 C M 0 10 L 80 10 S 40 0 L 40 20"
    cells = text("甲校", 32, 57, 4) + text("乙校", 72, 57, 4) + text("丙校", 32, 67, 4) + text("丁校", 72, 67, 4)
    (table,) = tables(of_objects(write.path_object("30 50 80 20", data) + cells))
    assert text_grid(table) == [["甲校", "乙校"], ["丙校", "丁校"]]


def test_lines_of_a_path_that_is_not_drawn_make_no_table() -> None:
    data = "M 0 0 L 80 0 L 80 20 L 0 20 C M 0 10 L 80 10 M 40 0 L 40 20"
    cells = text("甲校", 32, 57, 4) + text("乙校", 72, 57, 4)
    reading = of_objects(write.path_object("30 50 80 20", data, 'Stroke="false"') + cells)
    assert tables(reading) == []


def test_a_side_heading_set_sideways_belongs_to_its_cell() -> None:
    page = write.Sheet()
    page.table([(0, 0, 2, 1, ""), (0, 1, 1, 1, "青禾小学"), (1, 1, 1, 1, "柳溪小学")], [28, 40, 100], [50, 70, 90], 4)
    side = (
        '<ofd:TextObject ID="9" Boundary="32 56 10 30" CTM="0 1 -1 0 4 0" Size="4"><ofd:TextCode X="0" Y="3" '
        'DeltaX="g 2 6">学校名</ofd:TextCode></ofd:TextObject>'
    )
    page.objects.append(side)
    (table,) = tables(ofd.read(write.sheets([page]), "x.ofd"))
    assert text_grid(table)[0][0].replace("\n", "") == "学校名"


# The package


def test_the_older_namespace_and_none_are_read_alike() -> None:
    parts = write.parts([write.page_xml(text("共同体"))])
    older = changed(parts, write.NAMESPACE, "http://www.ofdspec.org")
    none = changed(changed(parts, f' xmlns:ofd="{write.NAMESPACE}"', ""), "ofd:", "")
    for variant in (parts, older, none):
        assert paragraphs(ofd.read(write.package(variant), "x.ofd")) == ["共同体"]


@pytest.mark.parametrize("loose", ["name", "no checksum", "directory's checksum"])
def test_the_loose_zip_files_of_some_converters_are_read(loose: str) -> None:
    parts = write.parts([write.page_xml(text("共同体"))])
    data = bytearray(write.package(parts))
    name = b"Doc_0/Pages/Page_0/Content.xml"
    local, directory = data.find(name) - 30, data.rfind(name) - 46
    if loose == "name":
        data[local + 30 : local + 30 + len(name)] = name.replace(b"/", b"\\")
    elif loose == "no checksum":
        data[local + 14 : local + 18] = data[directory + 16 : directory + 20] = bytes(4)
    else:
        data[directory + 16 : directory + 20] = b"\x01\x02\x03\x04"
    assert paragraphs(ofd.read(bytes(data), "x.ofd")) == ["共同体"]
    # Where neither agrees the page is broken.
    data[local + 14 : local + 18] = data[directory + 16 : directory + 20] = b"\x05\x02\x03\x04"
    with pytest.raises(NotRead):
        ofd.read(bytes(data), "x.ofd")


def test_parts_in_the_national_encoding_and_names_are_read() -> None:
    parts = changed(write.parts([write.page_xml(text("共同體與鎮"))]), "Pages/Page_0/", "页面/第一页/")
    page = parts.pop("Doc_0/Pages/Page_0/Content.xml").decode().replace("UTF-8", "GB18030", 1)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
        archive.writestr("Doc_0/@@@@/@@@@@@/Content.xml", page.encode("gb18030"))
    # zipfile marks Chinese names as UTF-8; older producers write them in GBK without a mark.
    data = out.getvalue().replace(b"@@@@/@@@@@@", "页面/第一页".encode("gbk"))
    assert paragraphs(ofd.read(data, "x.ofd")) == ["共同體與鎮"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<ofd:DocRoot>Doc_0/", "<ofd:DocRoot>/Doc_0/"),
        ("<ofd:DocRoot>Doc_0/", "<ofd:DocRoot>\\Doc_0\\"),
        ('BaseLoc="Pages/', 'BaseLoc="/Doc_0/Pages/'),
        ('BaseLoc="Pages/', 'BaseLoc="Doc_0/Pages/'),
        ('BaseLoc="Pages/', 'BaseLoc="pages/'),
        ('BaseLoc="Pages/', 'BaseLoc="./Pages/../Pages/'),
        ("/Content.xml", "\\Content.xml"),
    ],
)
def test_paths_are_found_as_producers_write_them(old: str, new: str) -> None:
    parts = changed(write.parts([write.page_xml(text("共同体"))]), old, new)
    assert paragraphs(ofd.read(write.package(parts), "x.ofd")) == ["共同体"]


def test_members_with_backslashes_or_in_a_folder_are_found() -> None:
    parts = write.parts([write.page_xml(text("共同体"))])
    for renamed in (
        {name.replace("/", "\\"): data for name, data in parts.items()},
        {"通知/" + name: data for name, data in parts.items()},
    ):
        assert paragraphs(ofd.read(write.package(renamed), "x.ofd")) == ["共同体"]


def test_pages_come_in_the_order_of_the_document() -> None:
    def swap(parts: dict[str, bytes]) -> None:
        listed = parts["Doc_0/Document.xml"]
        first, second = b'<ofd:Page ID="100" BaseLoc="Pages/Page_0', b'<ofd:Page ID="101" BaseLoc="Pages/Page_1'
        parts["Doc_0/Document.xml"] = listed.replace(first, b"@").replace(second, first).replace(b"@", second)

    reading = of_objects(text("第一部分。"), text("第二部分。"), edit=swap)
    assert paragraphs(reading) == ["第二部分。", "第一部分。"]


def test_the_documents_of_a_package_are_read_one_after_the_other() -> None:
    def second(parts: dict[str, bytes]) -> None:
        other = write.parts([write.page_xml(text("第二个文件。"))], info={"Title": "乙"})
        parts |= {name.replace("Doc_0", "Doc_1"): data for name, data in other.items() if name != "OFD.xml"}
        body = parts["OFD.xml"].partition(b"<ofd:DocBody>")[2].partition(b"</ofd:OFD>")[0].replace(b"Doc_0", b"Doc_1")
        parts["OFD.xml"] = parts["OFD.xml"].replace(b"</ofd:OFD>", b"<ofd:DocBody>" + body + b"</ofd:OFD>")

    reading = of_objects(text("第一个文件。"), text("续页。"), edit=second, info={"Title": "甲"})
    assert paragraphs(reading) == ["第一个文件。", "续页。", "第二个文件。"]
    assert [block.page for block in reading.blocks if isinstance(block, Paragraph)] == [1, 2, 3]
    assert reading.pages == 3
    assert reading.meta["Title"] == "甲"


def test_of_several_versions_the_current_is_read_and_said() -> None:
    versions = (
        '<ofd:Versions><ofd:Version ID="1" Index="1" Current="false" BaseLoc="Doc_0/Versions/V1.xml"/>'
        '<ofd:Version ID="2" Index="2" Current="true" BaseLoc="Doc_0/Versions/V2.xml"/></ofd:Versions>'
    )

    def second(parts: dict[str, bytes]) -> None:
        version = (
            '<ofd:DocVersion xmlns:ofd="{}" ID="2"><ofd:DocRoot>/Doc_0/Document_{}.xml</ofd:DocRoot></ofd:DocVersion>'
        )
        for number in (1, 2):
            parts[f"Doc_0/Versions/V{number}.xml"] = version.format(write.NAMESPACE, number).encode()
        parts["Doc_0/Document_1.xml"] = parts["Doc_0/Document.xml"]
        parts["Doc_0/Document_2.xml"] = parts["Doc_0/Document.xml"].replace(b"Page_0", b"Page_9")
        parts["Doc_0/Pages/Page_9/Content.xml"] = write.page_xml(text("修订后的正文。")).encode()

    reading = of_objects(text("原来的正文。"), edit=second, body=versions)
    assert paragraphs(reading) == ["修订后的正文。"]
    assert "2" in note(reading, "version").message


def test_properties_are_the_meta_of_the_reading() -> None:
    def custom(parts: dict[str, bytes]) -> None:
        datas = '<ofd:CustomDatas><ofd:CustomData Name="发文机关">青禾县教育局</ofd:CustomData></ofd:CustomDatas></ofd:DocInfo>'
        parts["OFD.xml"] = parts["OFD.xml"].replace(b"</ofd:DocInfo>", datas.encode())

    reading = of_objects(
        text("正文。"), edit=custom, info={"Title": "关于组建的通知", "Author": "张三", "CreationDate": "2025-09-01"}
    )
    assert reading.meta == {
        "Title": "关于组建的通知", "Author": "张三", "CreationDate": "2025-09-01", "发文机关": "青禾县教育局",
    }  # fmt: skip


def test_the_letterhead_of_a_template_is_part_of_every_page_that_uses_it() -> None:
    template = write.page_xml(
        text("青禾县教育局文件", x=60, y=50, size=10) + write.path_object("28 70 156 1", "M 0 0 L 156 0")
    )
    page = write.page_xml(text("各中小学：", y=90), head='<ofd:Template TemplateID="5"/>')
    reading = of_objects(page, write.page_xml(text("附件", y=90)), templates={"5": template})
    assert paragraphs(reading) == ["青禾县教育局文件", "各中小学：", "附件"]


def test_the_grid_of_a_template_holds_the_text_of_the_page() -> None:
    grid = write.Sheet()
    grid.table(
        [(0, 0, 1, 1, "项目"), (0, 1, 1, 1, "内容"), (1, 0, 1, 1, "学校"), (1, 1, 1, 1, "")],
        [28, 68, 108],
        [50, 60, 70],
        4,
    )
    page = write.page_xml(text("柳溪小学", 70, 66, 4), head='<ofd:Template TemplateID="5" ZOrder="Foreground"/>')
    (table,) = tables(of_objects(page, templates={"5": write.page_xml("".join(grid.objects))}))
    assert text_grid(table) == [["项目", "内容"], ["学校", "柳溪小学"]]


def test_page_blocks_and_composite_units_are_opened() -> None:
    unit = (
        '<ofd:CompositeGraphicUnits><ofd:CompositeGraphicUnit ID="77" Width="100" Height="20"><ofd:Content>'
        f"{text('共同体', x=0, y=10)}</ofd:Content></ofd:CompositeGraphicUnit></ofd:CompositeGraphicUnits></ofd:Res>"
    )

    def add(parts: dict[str, bytes]) -> None:
        parts["Doc_0/DocumentRes.xml"] = parts["Doc_0/DocumentRes.xml"].replace(b"</ofd:Res>", unit.encode())

    use = '<ofd:CompositeObject ID="8" ResourceID="77" Boundary="40 50 100 20" CTM="1 0 0 1 0 0"/>'
    block = f"<ofd:PageBlock><ofd:PageBlock>{text('组建', 30, 60)}</ofd:PageBlock>{use}</ofd:PageBlock>"
    assert paragraphs(of_objects(block, edit=add)) == ["组建共同体"]


def test_annotations_stamps_files_inside_and_signatures_are_said_and_not_mixed_in() -> None:
    ns = f'xmlns:ofd="{write.NAMESPACE}"'

    def add(parts: dict[str, bytes]) -> None:
        parts["Doc_0/Annots/Annotations.xml"] = (
            f'<ofd:Annotations {ns}><ofd:Page PageID="101"><ofd:FileLoc>Page_1/Annotation.xml</ofd:FileLoc></ofd:Page>'
            "</ofd:Annotations>"
        ).encode()
        parts["Doc_0/Annots/Page_1/Annotation.xml"] = (
            f'<ofd:PageAnnot {ns}><ofd:Annot ID="1" Type="Stamp"><ofd:Appearance Boundary="10 10 40 40"/></ofd:Annot>'
            f'<ofd:Annot ID="2" Type="Watermark"><ofd:Appearance Boundary="0 0 210 297">{text("仅供审阅")}'
            '</ofd:Appearance></ofd:Annot><ofd:Annot ID="3" Type="Highlight"><ofd:Remark>请核对数字</ofd:Remark>'
            "</ofd:Annot></ofd:PageAnnot>"
        ).encode()
        parts["Doc_0/Attachs/Attachments.xml"] = (
            f'<ofd:Attachments {ns}><ofd:Attachment ID="1" Name="一览表.xlsx"><ofd:FileLoc>a.xlsx</ofd:FileLoc>'
            "</ofd:Attachment></ofd:Attachments>"
        ).encode()
        parts["Doc_0/Signs/Signatures.xml"] = (
            f'<ofd:Signatures {ns}><ofd:Signature ID="1" Type="Seal" BaseLoc="Sign_0/Signature.xml"/></ofd:Signatures>'
        ).encode()

    reading = of_objects(
        text("第一页。"),
        text("第二页。"),
        edit=add,
        more="<ofd:Annotations>Annots/Annotations.xml</ofd:Annotations>"
        "<ofd:Attachments>Attachs/Attachments.xml</ofd:Attachments>",
        body="<ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures>",
    )
    assert paragraphs(reading) == ["第一页。", "第二页。"]
    assert note(reading, "stamp").page == 2
    assert "仅供审阅" in note(reading, "watermark").message
    assert "请核对数字" in note(reading, "annotation").message
    assert "一览表.xlsx" in note(reading, "embedded_files").message
    assert "1" in note(reading, "signed").message


def test_the_page_size_is_that_of_the_page_and_in_points() -> None:
    wide = write.Sheet(size=(420.0, 297.0))
    wide.text("右端", 400, 100, 5)
    (block,) = ofd.read(write.sheets([wide]), "x.ofd").blocks
    assert isinstance(block, Paragraph)
    assert block.boxes[0].x0 == pytest.approx(400 * 72 / 25.4, abs=0.1)


# Round trips


@given(
    contents=st.lists(st.text(CHINESE, min_size=4, max_size=90), min_size=1, max_size=6),
    cells=merged_tables(max_rows=4, max_columns=4),
    cut=st.sampled_from(CUTS),
    seed=st.integers(0, 9),
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_paragraphs_and_merged_tables_come_back_as_they_were_written(
    contents: list[str], cells: list[Spec], cut: str, seed: int
) -> None:
    cells = without_unused_edges(cells)
    # A frame around a single text, or around none, is a frame and no table.
    assume(len(cells) > 3 or sum(bool(text) for *_, text in cells) > 1)
    assume(any(text for *_, text in cells))
    page = write.Typesetter(cut=cut, seed=seed)
    written = [f"（{'一二三四五六'[n]}）{content}。" for n, content in enumerate(contents)]
    for content in written:
        page.paragraph(content)
    wide = max(c + w for _, c, _, w, _ in cells)
    deep = max(r + h for r, _, h, _, _ in cells)
    page.next_page()
    page.pages[-1].table(cells, [28 + 36 * n for n in range(wide + 1)], [40 + 12 * n for n in range(deep + 1)], 4.0)
    reading = ofd.read(page.finish(), "x.ofd")
    assert paragraphs(reading) == written
    (table,) = tables(reading)
    assert text_grid(table) == expected_grid(cells)
    assert read_spans(table) == spans(cells)


def test_the_writer_gives_the_same_bytes_every_time() -> None:
    def make() -> bytes:
        page = write.Typesetter(seed=5)
        page.paragraph(SENTENCE)
        page.table([["甲", "乙"], ["丙", "^"]])
        return bytes(page.finish())

    assert make() == make()
    (table,) = tables(ofd.read(make(), "x.ofd"))
    assert text_grid(table) == [["甲", "乙"], ["丙", "乙"]]
