"""What an OpenDocument text is promised to become, and that a hostile one does no harm."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import odt_writer as w
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from merged_tables import Spec, expected_grid, merged_tables, read_spans, spans, text_grid, without_unused_edges
from readings import kinds, refused_or_read, tables, texts

from extractors.readers import limits, odt, read
from extractors.readers.word.pictures import Shown
from schemas.errors import NotRead
from schemas.reading import Block, Link, Note, Paragraph, Reading


def of(body: str, automatic: str = "", **parts: str) -> Reading:
    return odt.read(w.odt(body, automatic, **parts), "x.odt")  # type: ignore[arg-type]


def cause(data: bytes) -> str:
    with pytest.raises(NotRead) as caught:
        odt.read(data, "上报材料.odt")
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("上报材料.odt: ")
    return caught.value.cause


# Paragraphs ----------------------------------------------------------------------------------------------------------


def test_headings_and_the_title_are_known_by_element_and_style_name() -> None:
    reading = of(
        w.p("标题文字", "P1")
        + '<text:h text:outline-level="2">总则</text:h>'
        + w.p("按名", "标题_20_2")
        + w.p("降为正文", "Heading_20_1")
        + w.p("正文"),
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Title"/>',
    )
    found = [(b.style, b.level) for b in reading.blocks if isinstance(b, Paragraph)]
    assert found == [("title", None), ("heading", 2), ("heading", 2), ("body", None), ("body", None)]


def test_white_space_is_read_as_the_standard_says() -> None:
    inner = "\n   甲 <text:s text:c='3'/>b<text:tab/>c<text:line-break/>d\n  e <text:span> f</text:span><text:s/>"
    assert texts(of(w.p(inner))) == ["甲    b\tc", "d e f"]
    title = '<text:h text:outline-level="1">关于印发实施方案的<text:line-break/>通知</text:h>'
    assert texts(of(title)) == ["关于印发实施方案的通知"]


def test_spans_fields_phonetic_guides_and_links_give_what_is_shown() -> None:
    reading = of(
        w.p(
            "a<text:span>b<text:ruby><text:ruby-base>拼</text:ruby-base><text:ruby-text>pin</text:ruby-text></text:ruby></text:span>"
            '<text:date>2025年3月</text:date><text:bookmark text:name="x"/><text:soft-page-break/>'
            '<text:a xlink:href="http://example.org/f.pdf">附件</text:a><text:a xlink:href="#here">上</text:a>'
            "<office:annotation><text:p>批注</text:p></office:annotation><text:placeholder>提示</text:placeholder>完"
        )
    )
    assert texts(reading) == ["ab拼2025年3月附件上完"]
    assert reading.links == [Link("附件", "http://example.org/f.pdf")]


def test_hidden_text_is_left_out_and_said() -> None:
    reading = of(
        w.p('a<text:span text:style-name="T1">藏</text:span>b')
        + w.p("藏段", "P9")
        + w.p('<text:hidden-text text:is-hidden="true" text:string-value="藏">藏</text:hidden-text>c')
        + '<text:section text:display="none"><text:p>藏节</text:p></text:section>'
        + "<text:section><text:p>显节</text:p></text:section>",
        '<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style>'
        '<style:style style:name="P9" style:family="paragraph"><style:text-properties text:display="none"/></style:style>',
    )
    assert texts(reading) == ["ab", "c", "显节"]
    assert kinds(reading) == ["hidden_text"]


def test_headers_footers_page_numbers_and_notes_stand_apart() -> None:
    note = '<text:note text:note-class="{}"><text:note-citation>1</text:note-citation><text:note-body>{}</text:note-body></text:note>'
    body = w.p("甲" + note.format("endnote", w.p("尾注")) + "乙" + note.format("footnote", w.p("脚注"))) + w.p(
        "次页", "P1"
    )
    reading = of(
        body,
        '<style:style style:name="P1" style:family="paragraph" style:master-page-name="Second"/>',
        masters='<style:master-page style:name="Standard"><style:header>' + w.p("某县教育局文件")
        + "</style:header><style:footer>" + w.p("- <text:page-number>1</text:page-number> -")
        + '</style:footer><style:footer-left style:display="false">' + w.p("不显示") + "</style:footer-left></style:master-page>"
        + '<style:master-page style:name="Second"><style:header>' + w.p("某县教育局文件") + w.p("附件页眉")
        + '</style:header></style:master-page><style:master-page style:name="Unused"><style:header>' + w.p("未用")
        + "</style:header></style:master-page>",
    )  # fmt: skip
    assert texts(reading) == ["甲乙", "次页"]
    assert texts(reading, "header") == ["某县教育局文件", "附件页眉"]
    assert texts(reading, "footer") == ["脚注", "尾注"]
    assert texts(reading, "page_number") == ["- 1 -"]


def test_automatic_styles_of_margins_and_body_do_not_mix() -> None:
    hidden = '<style:style style:name="P1" style:family="paragraph"><style:text-properties text:display="none"/></style:style>'
    reading = of(
        w.p("正文", "P1"),
        '<style:style style:name="P1" style:family="paragraph"/>',
        masters='<style:master-page style:name="Standard"><style:header>'
        + w.p("藏", "P1")
        + "</style:header></style:master-page>",
        margins=hidden,
    )
    assert (texts(reading), texts(reading, "header")) == (["正文"], [])


def test_text_boxes_and_shapes_follow_their_paragraph_and_watermarks_are_left_out() -> None:
    frame = "<draw:frame><draw:text-box>" + w.p("框内") + "</draw:text-box></draw:frame>"
    fallback = "<draw:frame><draw:text-box>" + w.p("框") + "</draw:text-box><draw:image/></draw:frame>"
    shape = "<draw:g><draw:custom-shape>" + w.p("形内") + "</draw:custom-shape></draw:g>"
    reading = of(
        w.p("甲" + frame + "乙" + shape) + fallback + w.p("丙"),
        masters='<style:master-page style:name="Standard"><style:header><text:p>眉<draw:custom-shape '
        'draw:name="PowerPlusWaterMarkObject357"><text:p>机密</text:p></draw:custom-shape></text:p></style:header></style:master-page>',
    )
    assert texts(reading) == ["甲乙", "框内", "形内", "框", "丙"]
    assert texts(reading, "header") == ["眉"]
    assert kinds(reading) == []


def test_pictures_and_embedded_files_are_noted_and_formulas_read() -> None:
    picture = '<draw:frame svg:width="{}" svg:height="8cm"><draw:image/></draw:frame>'
    assert kinds(of(w.p("a" + picture.format("12cm")))) == ["picture_not_read"]
    assert kinds(of(w.p("a" + picture.format("0.5in")))) == []
    embedded = w.p('a<draw:frame><draw:object xlink:href="./Object 1"/><draw:image/></draw:frame>')
    for root, expected in (("office:document-content", ["embedded_object"]), ("math:math", [])):
        inner = f"<{root} {w.NS}><math:mi>x</math:mi></{root}>".encode()
        reading = odt.read(w.odt(embedded, extra={"Object 1/content.xml": inner}), "x.odt")
        assert kinds(reading) == expected
    assert texts(reading) == ["a", "x"]


def test_a_scanned_page_goes_to_text_recognition_with_its_own_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes | None] = []

    def recognised(found: list[Block], store: Any, notes: list[Note]) -> list[Block]:
        seen.extend(store.bytes_of(b.picture.part) for b in found if isinstance(b, Shown))
        return [Paragraph("扫描的文字") if isinstance(b, Shown) else b for b in found]

    monkeypatch.setattr(odt, "placed", recognised)
    page = '<draw:frame svg:width="21cm" svg:height="29.7cm"><draw:image xlink:href="Pictures/1.png"/></draw:frame>'
    reading = odt.read(w.odt(w.p("a" + page), extra={"Pictures/1.png": b"PNG"}), "x.odt")
    assert (seen, texts(reading), kinds(reading)) == ([b"PNG"], ["a", "扫描的文字"], [])


def test_a_table_of_contents_is_furniture() -> None:
    toc = (
        "<text:table-of-content><text:table-of-content-source><text:index-title-template>目</text:index-title-template>"
        "</text:table-of-content-source><text:index-body><text:index-title><text:p>目录</text:p></text:index-title>"
        "<text:p>总则 1</text:p></text:index-body></text:table-of-content>"
    )
    reading = of(toc + w.p("附则 2", "Contents_20_1") + w.p("正文"))
    assert texts(reading, "furniture") == ["目录", "总则 1", "附则 2"]
    assert texts(reading) == ["正文"]


def test_the_properties_are_kept() -> None:
    meta = (
        f"<office:document-meta {w.NS}><office:meta><dc:title>某 方案</dc:title><meta:keyword>甲</meta:keyword>"
        '<meta:keyword>乙</meta:keyword><meta:user-defined meta:name="文号">某教〔2025〕1号</meta:user-defined><dc:subject/>'
        "</office:meta></office:document-meta>"
    ).encode()
    assert odt.read(w.odt(w.p("a"), extra={"meta.xml": meta}), "x.odt").meta == {
        "title": "某 方案",
        "keyword": "甲, 乙",
        "文号": "某教〔2025〕1号",
    }
    assert odt.read(w.odt(w.p("a"), extra={"meta.xml": b"<broken"}), "x.odt").meta == {}


# Tracked changes -----------------------------------------------------------------------------------------------------


def changes(*regions: str) -> str:
    return "<text:tracked-changes>" + "".join(regions) + "</text:tracked-changes>"


def deletion(identifier: str, *paragraphs: str) -> str:
    inner = "".join(w.p(text) for text in paragraphs)
    return f'<text:changed-region text:id="{identifier}"><text:deletion>{inner}</text:deletion></text:changed-region>'


def insertion(identifier: str) -> str:
    return f'<text:changed-region text:id="{identifier}"><text:insertion/></text:changed-region>'


def test_tracked_changes_give_the_new_wording_and_keep_the_old() -> None:
    reading = of(
        changes(deletion("d1", "60%"), insertion("i1"), deletion("d2", "整段删去。", ""), insertion("i2"))
        + w.p(
            '达到<text:change text:change-id="d1"/><text:change-start text:change-id="i1"/>70%<text:change-end text:change-id="i1"/>。'
        )
        + w.p('<text:change text:change-id="d2"/>不变。')
        + w.p('<text:change-start text:change-id="i2"/>整段新增。')
        + w.p('<text:change-end text:change-id="i2"/>末段。')
    )
    found = [(b.text, b.before) for b in reading.blocks if isinstance(b, Paragraph)]
    assert found == [("达到70%。", "达到60%。"), ("不变。", None), ("整段新增。", ""), ("末段。", None)]
    assert set(kinds(reading)) == {"tracked_changes"}
    assert any("整段删去。" in note.message for note in reading.notes)


def test_a_change_of_format_is_no_change_of_text() -> None:
    region = '<text:changed-region text:id="f"><text:format-change/></text:changed-region>'
    reading = of(
        changes(region) + w.p('<text:change-start text:change-id="f"/>甲<text:change-end text:change-id="f"/>乙')
    )
    assert [(b.text, b.before) for b in reading.blocks if isinstance(b, Paragraph)] == [("甲乙", None)]
    assert kinds(reading) == []


# Lists ---------------------------------------------------------------------------------------------------------------

CHINESE = [
    {"num-format": "一, 二, 三, ...", "num-suffix": "、"},
    {"num-format": "一, 二, 三, ...", "num-prefix": "（", "num-suffix": "）"},
    {"num-format": "1", "num-suffix": "."},
    {"num-format": "①, ②, ③, ..."},
]


def test_the_numbers_of_lists_are_text() -> None:
    body = "".join((
        w.item("总体要求", 0), w.item("目标", 1), w.p("正文"), w.item("任务", 1), w.item("措施", 2), w.item("细项", 3),
        w.item("保障", 0), w.item("组织", 1),
    ))  # fmt: skip
    assert texts(of(body, w.list_style("L1", CHINESE))) == [
        "一、总体要求", "（一）目标", "正文", "（二）任务", "1.措施", "①细项", "二、保障", "（一）组织",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("level", "third"),
    [
        ({"num-format": "A", "num-suffix": ")"}, "C）"), ({"num-format": "a"}, "c"), ({"num-format": "I"}, "III"),
        ({"num-format": "i"}, "iii"), ({"num-format": "甲, 乙, 丙, ..."}, "丙"), ({"num-format": "子, 丑, 寅, ..."}, "寅"),
        ({"num-format": "壹, 贰, 叁, ..."}, "叁"), ({"num-format": "壹, 貳, 參, ..."}, "參"),
        ({"num-format": "01, 02, 03, ..."}, "03"), ({"num-format": "001, 002, 003, ..."}, "003"),
        ({"num-format": "１, ２, ３, ..."}, "３"), ({"num-format": "ア, イ, ウ, ..."}, "3"), ({"num-format": ""}, ""),
        ({"num-format": "1", "num-list-format": "第%1%条"}, "第3条"), ({"num-format": "1", "start-value": "8"}, "10"),
        ({"num-format": "1", "num-prefix": "第", "num-suffix": "条"}, "第3条"), ({"bullet": ""}, ""),
    ],
)  # fmt: skip
def test_every_form_of_numeral_is_shown(level: dict[str, str], third: str) -> None:
    body = "".join(w.item("内容", 0) for _ in range(3))
    assert texts(of(body, w.list_style("L1", [level])))[2].replace(" ", "") == third.replace("）", ")") + "内容"


def test_letters_after_z_go_on_as_the_style_says() -> None:
    body = w.item("甲", 0, attributes="").replace("<text:list-item>", '<text:list-item text:start-value="28">')
    assert texts(of(body, w.list_style("L1", [{"num-format": "A"}]))) == ["AB 甲"]
    assert texts(of(body, w.list_style("L1", [{"num-format": "A", "num-letter-sync": "true"}]))) == ["BB 甲"]


def test_lists_begin_anew_continue_and_are_overridden() -> None:
    style = w.list_style("L1", [{"num-format": "1", "num-suffix": "."}]) + w.list_style("L2", [{"num-format": "A"}])
    body = (
        w.item("甲", 0, attributes='xml:id="one"') + w.item("乙", 0, attributes="") + w.item("丙", 0)
        + w.item("丁", 0, attributes='text:continue-list="one"') + w.item("戊", 0, "L2")
        + '<text:list text:style-name="L1"><text:list-header><text:p>无号</text:p></text:list-header>'
        '<text:list-item text:start-value="7"><text:p>己</text:p><text:p>同项</text:p></text:list-item>'
        '<text:list-item text:style-override="L2"><text:p>庚</text:p></text:list-item></text:list>'
    )  # fmt: skip
    assert texts(of(body, style)) == ["1.甲", "1.乙", "2.丙", "2.丁", "A 戊", "无号", "7.己", "同项", "H 庚"]


def test_display_levels_outline_numbering_and_numbered_paragraphs() -> None:
    levels = [
        {"num-format": "1"},
        {"num-format": "1", "display-levels": "2"},
        {"num-format": "a", "display-levels": "3"},
    ]
    body = "".join(w.item("甲", level) for level in (0, 1, 2, 2, 0, 1))
    shown = ["1 甲", "1.1 甲", "1.1.a 甲", "1.1.b 甲", "2 甲", "2.1 甲"]
    assert texts(of(body, w.list_style("L1", levels))) == shown
    headings = "".join(f'<text:h text:outline-level="{level + 1}">甲</text:h>' for level in (0, 1, 2, 2, 0, 1))
    assert texts(of(headings, common=w.list_style("Outline", levels, "outline"))) == shown
    plain = '<text:h text:outline-level="1" text:is-list-header="true">甲</text:h>'
    assert texts(of(plain, common=w.list_style("Outline", levels, "outline"))) == ["甲"]
    numbered = "".join(
        f'<text:numbered-paragraph text:list-id="n" text:style-name="L1" text:level="{level + 1}">{w.p("甲")}</text:numbered-paragraph>'
        for level in (0, 1, 2, 2, 0, 1)
    )
    assert texts(of(numbered, w.list_style("L1", levels))) == shown


def model_numbers(levels: list[int]) -> list[str]:
    """The numbers by a plain reckoning of the rules."""
    counters = [0, 0, 0]
    found = []
    for level in levels:
        for above in range(level):
            counters[above] = counters[above] or 1
        counters[level] += 1
        counters[level + 1 :] = [0] * (2 - level)
        found.append(".".join(str(n) for n in counters[: level + 1]))
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 2), st.booleans()), min_size=1, max_size=15))
def test_any_run_of_levels_is_numbered(model: list[tuple[int, bool]]) -> None:
    style = w.list_style("L1", [{"num-format": "1", "display-levels": str(n + 1)} for n in range(3)])
    body = "".join(w.item("校", level) + (w.p("文") if between else "") for level, between in model)
    found = [text for text in texts(of(body, style)) if text != "文"]
    assert found == [f"{number} 校" for number in model_numbers([level for level, _ in model])]


# Tables --------------------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(merged_tables(), st.booleans(), st.booleans())
def test_merged_cells_come_back_as_one(cells: list[Spec], covered: bool, repeat: bool) -> None:
    wanted = without_unused_edges(cells, rows=False)
    if max(c + width for _, c, _, width, _ in wanted) == 1:
        return
    reading = of(w.p("前") + w.table(cells, covered=covered, repeat=repeat and covered) + w.p("后"))
    (table,) = tables(reading)
    assert read_spans(table) == spans(wanted)
    assert text_grid(table) == expected_grid(wanted)
    assert [type(b).__name__ for b in reading.blocks] == ["Paragraph", "Table", "Paragraph"]


def test_nested_tables_frames_and_numbers_in_cells() -> None:
    inner = w.table([(0, 0, 1, 1, "内甲"), (0, 1, 1, 1, "内乙")])
    outer = w.table(
        [(0, 0, 1, 1, "X"), (0, 1, 1, 1, "Y")],
        inner={
            "X": w.p("外前") + inner + w.p("外后"),
            "Y": '<text:list text:style-name="L1"><text:list-item><text:p/></text:list-item></text:list>',
        },
    )
    first, second = tables(of(outer, w.list_style("L1", [{"num-format": "1"}])))
    assert text_grid(first) == [["外前\n外后", "1"]]
    assert text_grid(second) == [["内甲", "内乙"]]
    frame = of(w.table([(0, 0, 1, 1, "X")], inner={"X": w.p("框一") + w.p("框二")}))
    assert (texts(frame), tables(frame)) == (["框一", "框二"], [])


def test_the_unused_rest_of_a_converted_sheet_is_no_table() -> None:
    row = "<table:table-row>{}</table:table-row>"
    cell = "<table:table-cell>{}</table:table-cell>"
    rest = '<table:table-cell table:number-columns-repeated="16382"/>'
    body = (
        "<table:table>" + row.format(cell.format(w.p("甲")) + cell.format(w.p("乙")) + rest)
        + f'<table:table-row table:number-rows-repeated="1048574">{cell.format("")}{rest}</table:table-row></table:table>'
    )  # fmt: skip
    (table,) = tables(of(body))
    assert text_grid(table)[0] == ["甲", "乙", ""]
    assert (table.height, table.width) == (2, 3)


# Hostile files -------------------------------------------------------------------------------------------------------

GOOD = w.odt(
    w.item("总体要求", 0) + w.p("正文") + w.table([(0, 0, 1, 1, "甲"), (0, 1, 2, 1, "乙"), (1, 0, 1, 1, "丙")]),
    w.list_style("L1", CHINESE),
    masters='<style:master-page style:name="Standard"><style:header><text:p>眉</text:p></style:header></style:master-page>',
)


def part(name: str) -> bytes:
    with zipfile.ZipFile(io.BytesIO(GOOD)) as archive:
        return archive.read(name)


def with_part(name: str, data: bytes) -> bytes:
    names = ("content.xml", "styles.xml", "META-INF/manifest.xml")
    return w.package({**{n: part(n) for n in names}, name: data})


def test_the_door_recognises_it() -> None:
    assert read(GOOD, "某县方案.odt").media_type == "application/vnd.oasis.opendocument.text"
    assert "wrong_extension" in kinds(read(GOOD, "某县方案.docx"))


def test_a_flat_file_is_read_as_the_package() -> None:
    inner = (
        part("content.xml").decode().split("<office:automatic-styles>", 1)[1].removesuffix("</office:document-content>")
    )
    common = f"<office:styles>{w.STYLES}</office:styles><office:automatic-styles>{inner}"
    flat = f'<?xml version="1.0"?>\n<office:document {w.NS}>{common}</office:document>'.encode()
    assert [b.text for b in odt.read(flat, "x.fodt").blocks if isinstance(b, Paragraph)] == ["一、总体要求", "正文"]


@pytest.mark.parametrize("share", [0.01, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99])
def test_a_truncated_file_is_damaged(share: float) -> None:
    assert cause(GOOD[: int(len(GOOD) * share)]) == "damaged"


def test_broken_missing_and_foreign_parts_are_damaged() -> None:
    assert cause(with_part("content.xml", b"<office:document-content>")) == "damaged"
    assert cause(with_part("content.xml", b"<html/>")) == "damaged"
    assert cause(w.package({"styles.xml": w.styles()})) == "damaged"
    assert cause(b"<a/>") == "damaged"


def test_a_document_behind_a_password_says_so() -> None:
    entry = '<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data/></manifest:file-entry>'
    manifest = f"<manifest:manifest {w.NS}>{entry}</manifest:manifest>"
    assert cause(with_part("META-INF/manifest.xml", manifest.encode())) == "encrypted"
    assert cause(w.package({"encrypted-package": b"\x00" * 100})) == "encrypted"


def test_entities_are_neither_fetched_nor_expanded() -> None:
    bomb = b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>'
    text = part("content.xml").replace("正文".encode(), b"&b;&f;")
    head, rest = text.split(b"?>", 1)
    assert cause(with_part("content.xml", head + b"?>" + bomb + rest)) == "damaged"
    assert cause(bomb + rest) == "damaged"
    assert (
        cause(
            with_part("content.xml", (head + b"?>" + bomb + rest).decode().replace("UTF-8", "UTF-16").encode("utf-16"))
        )
        == "damaged"
    )


def test_a_zip_bomb_is_refused_before_it_unpacks() -> None:
    assert cause(with_part("Pictures/1.png", bytes(40_000_000))) == "over_limit"


def test_endless_nesting_is_refused() -> None:
    for opened, closed in (
        ("<text:section>", "</text:section>"), ("<text:span>", "</text:span>"),
        ("<table:table><table:table-row><table:table-cell>", "</table:table-cell></table:table-row></table:table>"),
        ("<text:list><text:list-item>", "</text:list-item></text:list>"), ("<draw:g>", "</draw:g>"),
    ):  # fmt: skip
        assert cause(w.odt(f"<text:p>{opened * 5000}{closed * 5000}</text:p>")) == "damaged"
        shallow = opened * 60 + w.p("甲") + closed * 60
        assert of(shallow if "span" not in opened else w.p(opened * 60 + "甲" + closed * 60)).blocks


def test_absurd_numbers_do_no_harm(monkeypatch: pytest.MonkeyPatch) -> None:
    row = '<table:table-row><table:table-cell table:number-columns-spanned="{0}" table:number-rows-spanned="{0}">{1}</table:table-cell>{2}</table:table-row>'
    second = "<table:table-cell><text:p>乙</text:p></table:table-cell>"
    for number in ("999999999", "-5", "9" * 5000, "x"):
        body = "<table:table>" + row.format(number, w.p("甲"), second) + "</table:table>"
        assert text_grid(tables(of(body))[0]) == [["甲", "乙"]]
    assert texts(of(w.p(f'a<text:s text:c="{"9" * 9}"/>b')))[0].startswith("a ")
    start = w.item("甲", 0).replace("<text:list-item>", f'<text:list-item text:start-value="{"9" * 4000}">')
    assert texts(of(start + w.item("乙", 99), w.list_style("L1", CHINESE)))[0] == "一、甲"
    cell = '<table:table-cell table:number-columns-repeated="{}"><text:p>a</text:p></table:table-cell>'
    repeated = f'<table:table><table:table-row table:number-rows-repeated="{{}}">{cell}</table:table-row></table:table>'
    monkeypatch.setattr(limits, "MAX_CELLS", 5_000)
    assert cause(w.odt(repeated.format(999999999, 2))) == "over_limit"
    assert cause(w.odt(repeated.format(2, 999999999))) == "over_limit"
    monkeypatch.setattr(limits, "MAX_CHARACTERS", 100)
    assert cause(w.odt(w.p("甲" * 101))) == "over_limit"


def test_nothing_and_pictures_alone_are_no_text() -> None:
    assert cause(w.odt("<text:p/>")) == "no_text"
    assert cause(w.odt("<text:p><draw:frame><draw:image/></draw:frame></text:p>")) == "no_text"


@settings(max_examples=120, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=40))
def test_any_damage_ends_in_a_refusal_or_a_reading(offset: int, junk: bytes) -> None:
    refused_or_read(odt.read, GOOD[:offset] + junk + GOOD[offset + len(junk) :], "x.odt")


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_any_damage_inside_the_parts_ends_in_a_refusal_or_a_reading(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(["content.xml", "styles.xml", "META-INF/manifest.xml"]))
    xml = part(name)
    offset = data.draw(st.integers(0, len(xml) - 1))
    junk = data.draw(st.sampled_from([b"", b'"', b"<", b"999999999999", b"-1", b"x", b"/>", b"text:p", b"\xff"]))
    length = data.draw(st.integers(0, 12))
    refused_or_read(odt.read, with_part(name, xml[:offset] + junk + xml[offset + length :]), "x.odt")
