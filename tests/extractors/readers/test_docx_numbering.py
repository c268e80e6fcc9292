"""Automatic numbers of Word are read as the text that Word shows."""

from __future__ import annotations

import docx_writer as word
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.readers import docx
from extractors.readers.word.numerals import render
from schemas.reading import Paragraph

OFFICIAL = [("chineseCounting", "%1、"), ("chineseCounting", "（%2）"), ("decimal", "%3."), ("decimal", "（%4）")]


def texts(document: word.Document) -> list[str]:
    return [b.text for b in docx.read(word.saved(document), "x.docx").blocks if isinstance(b, Paragraph)]


def numbered(levels: list[word.Level], items: list[int], extra: dict[int, str] | None = None) -> list[str]:
    """The paragraphs of a document whose items stand at these levels; each item's text is 甲."""
    document = word.blank()
    word.add_list(document, 7, levels, extra=extra)
    for level in items:
        word.add_item(document, "甲", 7, level)
    return texts(document)


def test_the_four_levels_of_official_documents() -> None:
    assert numbered(OFFICIAL, [0, 1, 1, 2, 2, 3, 0, 1, 2]) == [
        "一、甲", "（一）甲", "（二）甲", "1.甲", "2.甲", "（1）甲", "二、甲", "（一）甲", "1.甲",
    ]  # fmt: skip


def test_chapters_and_decimal_outlines_keep_a_space_before_their_text() -> None:
    assert numbered([("chineseCountingThousand", "第%1章"), ("decimal", "%1.%2")], [0, 1, 1, 0, 1]) == [
        "第一章 甲", "一.1 甲", "一.2 甲", "第二章 甲", "二.1 甲",
    ]  # fmt: skip


def test_legal_numbering_shows_higher_levels_in_arabic_digits() -> None:
    levels = [("chineseCounting", "第%1章"), ("decimal", "%1.%2")]
    assert numbered(levels, [0, 1], {1: "<w:isLgl/>"}) == ["第一章 甲", "1.1 甲"]


def test_a_number_is_kept_apart_from_digits_that_follow() -> None:
    document = word.blank()
    word.add_list(document, 1, [("decimal", "%1.")])
    word.add_item(document, "3所学校", 1)
    word.add_item(document, "学校", 1)
    assert texts(document) == ["1. 3所学校", "2.学校"]


def test_start_and_restart() -> None:
    assert numbered([("decimal", "%1.")], [0, 0], {0: '<w:start w:val="5"/>'}) == ["5.甲", "6.甲"]
    never = {1: '<w:lvlRestart w:val="0"/>'}
    assert numbered(OFFICIAL, [0, 1, 0, 1], never) == ["一、甲", "（一）甲", "二、甲", "（二）甲"]
    after_first = {2: '<w:lvlRestart w:val="1"/>'}
    assert numbered(OFFICIAL, [0, 1, 2, 1, 2, 0, 1, 2], after_first) == [
        "一、甲", "（一）甲", "1.甲", "（二）甲", "2.甲", "二、甲", "（一）甲", "1.甲",
    ]  # fmt: skip


def test_lists_over_one_definition_go_on_unless_they_start_anew() -> None:
    document = word.blank()
    word.add_list(document, 1, OFFICIAL)
    word.add_num(document, 2, 1)
    word.add_num(document, 3, 1, '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>')
    for list_id in (1, 1, 2, 3, 3):
        word.add_item(document, "甲", list_id)
    assert texts(document) == ["一、甲", "二、甲", "三、甲", "一、甲", "二、甲"]


def test_an_override_may_bring_another_form() -> None:
    document = word.blank()
    word.add_list(document, 1, OFFICIAL)
    word.add_num(
        document, 2, 1,
        '<w:lvlOverride w:ilvl="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="upperLetter"/>'
        '<w:lvlText w:val="%1)"/></w:lvl></w:lvlOverride>',
    )  # fmt: skip
    word.add_item(document, "甲", 2)
    assert texts(document) == ["A)甲"]


def test_numbers_come_through_styles_and_what_they_are_based_on() -> None:
    document = word.blank()
    word.add_list(document, 4, OFFICIAL, extra={1: '<w:pStyle w:val="ItemTwo"/>'})
    styles = document.styles.element
    for xml in (
        '<w:style {ns} w:type="paragraph" w:styleId="ItemOne"><w:name w:val="条目一"/><w:pPr><w:numPr>'
        '<w:numId w:val="4"/></w:numPr></w:pPr></w:style>',
        '<w:style {ns} w:type="paragraph" w:styleId="ItemTwo"><w:name w:val="条目二"/><w:basedOn w:val="ItemOne"/>'
        "</w:style>",
        '<w:style {ns} w:type="paragraph" w:styleId="ItemNone"><w:name w:val="无"/><w:basedOn w:val="ItemOne"/>'
        '<w:pPr><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr></w:style>',
    ):
        styles.append(word.parse_xml(xml.format(ns=word.NS)))
    for style in ("ItemOne", "ItemTwo", "ItemTwo", "ItemNone", "ItemOne"):
        word.add_xml(document, word.paragraph(f'<w:pPr><w:pStyle w:val="{style}"/></w:pPr>{word.run("甲")}'))
    word.add_xml(
        document,
        word.paragraph(
            '<w:pPr><w:pStyle w:val="ItemOne"/><w:numPr><w:numId w:val="0"/></w:numPr></w:pPr>' + word.run("甲")
        ),
    )
    assert texts(document) == ["一、甲", "（一）甲", "（二）甲", "甲", "二、甲", "甲"]


def test_bullets_are_no_numbers_and_a_column_of_numbers_in_a_table_is_read() -> None:
    document = word.blank()
    word.add_list(document, 1, [("bullet", "●")])
    word.add_list(document, 2, [("decimal", "%1")])
    word.add_item(document, "甲", 1)
    cells = "".join(
        '<w:tr><w:tc><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="2"/></w:numPr></w:pPr></w:p></w:tc>'
        f"<w:tc><w:p>{word.run(name)}</w:p></w:tc></w:tr>"
        for name in ("青禾小学", "柳溪小学")
    )
    word.add_xml(document, f"<w:tbl {word.NS}>{cells}</w:tbl>")
    paragraph, table = docx.read(word.saved(document), "x.docx").blocks
    assert paragraph.text == "甲"
    assert [cell.text for cell in table.cells] == ["1", "青禾小学", "2", "柳溪小学"]


@pytest.mark.parametrize(
    ("form", "expected"),
    [
        ("chineseCounting", {1: "一", 10: "十", 11: "十一", 20: "二十", 99: "九十九", 100: "一○○"}),
        ("chineseCountingThousand", {10: "十", 21: "二十一", 100: "一百", 101: "一百零一", 1010: "一千零一十"}),
        ("japaneseCounting", {10: "十", 19: "十九", 100: "百", 123: "百二十三"}),
        ("ideographTraditional", {1: "甲", 10: "癸", 11: "11"}),
        ("ideographZodiac", {1: "子", 12: "亥"}),
        ("ideographDigital", {10: "一〇", 25: "二五"}),
        ("chineseLegalSimplified", {1: "壹", 10: "壹拾", 12: "壹拾贰", 105: "壹佰零伍"}),
        ("ideographLegalTraditional", {2: "貳", 20: "貳拾"}),
        ("decimalEnclosedCircle", {1: "①", 20: "⑳", 21: "㉑", 50: "㊿", 51: "51"}),
        ("decimalEnclosedCircleChinese", {3: "③"}),
        ("decimalEnclosedParen", {1: "⑴", 20: "⒇", 21: "21"}),
        ("decimalEnclosedFullstop", {1: "⒈", 20: "⒛"}),
        ("decimalFullWidth", {12: "１２"}),
        ("decimalZero", {7: "07", 12: "12"}),
        ("upperLetter", {1: "A", 26: "Z", 27: "AA", 28: "BB"}),
        ("lowerLetter", {2: "b"}),
        ("upperRoman", {4: "IV", 9: "IX", 40: "XL", 1994: "MCMXCIV"}),
        ("lowerRoman", {3: "iii"}),
        ("ordinal", {1: "1st", 2: "2nd", 11: "11th", 23: "23rd"}),
        ("unknownForm", {5: "5"}),
        ("none", {5: ""}),
    ],
)  # fmt: skip
def test_every_form_of_number_is_shown_as_word_shows_it(form: str, expected: dict[int, str]) -> None:
    assert {number: render(number, form) for number in expected} == expected


@st.composite
def outlines(draw: st.DrawFn) -> list[int]:
    """Levels of the items of an outline, none skipped."""
    levels = [0]
    for _ in range(draw(st.integers(0, 25))):
        levels.append(draw(st.integers(0, min(levels[-1] + 1, len(OFFICIAL) - 1))))
    return levels


@settings(max_examples=40, deadline=None)
@given(outlines())
def test_any_outline_reads_back_with_its_numbers(levels: list[int]) -> None:
    expected, path = [], [0] * len(OFFICIAL)
    for level in levels:
        path = [*path[:level], path[level] + 1, *[0] * (len(OFFICIAL) - level - 1)]
        number = str(path[level]) if level > 1 else "零一二三四五六七八九十"[path[level]] if path[level] <= 10 else None
        if number is None:
            tens, ones = divmod(path[level], 10)
            number = ("" if tens == 1 else "一二"[tens - 1]) + "十" + ("零一二三四五六七八九"[ones] if ones else "")
        expected.append(OFFICIAL[level][1].replace(f"%{level + 1}", number) + "甲")
    assert numbered(OFFICIAL, levels) == expected
