"""What an RTF document is promised to become, and that a hostile one does no harm."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import rtf_writer as rtf
from hypothesis import given, settings
from hypothesis import strategies as st
from merged_tables import Spec, expected_grid, merged_tables, read_spans, spans, text_grid, without_unused_edges
from readings import kinds, refused_or_read, tables, texts

from extractors.readers import limits, read
from extractors.readers import rtf as reader
from extractors.readers.word.pictures import Shown
from schemas.errors import NotRead
from schemas.reading import Block, Link, Note, Paragraph, Reading


def of(body: bytes, header: bytes = rtf.HEADER) -> Reading:
    return reader.read(rtf.document(body, header), "x.rtf")


def cause(data: bytes) -> str:
    with pytest.raises(NotRead) as caught:
        reader.read(data, "上报材料.rtf")
    assert "\n" not in str(caught.value)
    return caught.value.cause


SENTENCE = "乡镇中心校（含教学点）12所，{许}\\功盖；覆盖率达到95.5%。"


# Characters ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", rtf.GBK_WAYS)
def test_chinese_text_is_read_however_it_is_written(way: str) -> None:
    assert texts(of(rtf.GBK_WAYS[way](SENTENCE) + b"\\par")) == [SENTENCE]


# Every character of two bytes in GBK, those whose second byte is a sign of RTF among them.
GBK = [
    c
    for lead in range(0xB0, 0xF8)
    for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF))
    if (c := bytes([lead, trail]).decode("gbk", "ignore")) and "\u4e00" <= c <= "\u9fff"
]


@settings(max_examples=80, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(rtf.GBK_WAYS)),
            st.text(st.one_of(st.sampled_from(GBK), st.sampled_from("。，（1a%\\{}")), min_size=1, max_size=8),
        ),
        min_size=1,
        max_size=6,
    )
)
def test_any_mixture_of_ways_gives_the_text_back(pieces: list[tuple[str, str]]) -> None:
    body = b"".join(rtf.GBK_WAYS[way](text) for way, text in pieces)
    assert texts(of(body + b"\\par")) == ["".join(text for _, text in pieces)]


def test_traditional_text_in_big5_is_read_by_font_and_by_document() -> None:
    text = "城鄉學校共同體許功蓋育閱"
    for write in (rtf.escaped, rtf.fully_escaped, rtf.raw):
        assert texts(of(b"{\\f2 " + write(text, "big5") + b"}\\par")) == [text]
    taiwan = b"{\\rtf1\\ansi\\ansicpg950{\\fonttbl{\\f0\\fcharset0 A;}}"
    assert texts(of(b"\\f0 " + rtf.fully_escaped(text, "big5") + b"\\par", taiwan)) == [text]


@pytest.mark.parametrize("declared", [b"", b"\\ansicpg1252"])
@pytest.mark.parametrize("codec", ["gbk", "big5", "utf-8"])
def test_a_file_that_does_not_declare_its_chinese_is_recognised(declared: bytes, codec: str) -> None:
    text = (
        "各县區教育局應當建立城乡學校共同體工作方案"
        if codec != "big5"
        else "各縣區教育局應當建立城鄉學校共同體工作方案"
    )
    header = b"{\\rtf1\\ansi" + declared + b"{\\fonttbl{\\f0\\fcharset0 Arial;}}\\f0 "
    assert texts(of(rtf.fully_escaped(text, codec) + b"\\par", header)) == [text]


def test_latin_text_stays_latin() -> None:
    word = rtf.HEADER.replace(b"\\ansicpg936", b"\\ansicpg1252")
    assert texts(of(rtf.GBK_WAYS["escapes"]("教育局") + b"{\\f1 \\'93\\'94\\'93}\\par", word)) == ["教育局“”“"]
    header = b"{\\rtf1\\ansi\\ansicpg1252{\\fonttbl{\\f0\\fcharset0 Arial;}}\\f0 "
    assert texts(of(b"caf\\'e9 na\\'efve\\par", header)) == ["café naïve"]
    assert texts(of(b"{\\f1 A\\'b7B}\\par")) == ["A·B"]


def test_characters_outside_of_the_plane_and_halves_of_them() -> None:
    assert texts(of(b"\\uc1\\u-10176?\\u-9216?\\u40857?\\par")) == ["\U00020000龙"]
    assert texts(of(b"\\uc1\\u-10176?\\u-9216?\\u40857?\\par")) == ["\U00020000龙"]


def test_named_characters_and_signs() -> None:
    body = b"\\ldblquote a\\rdblquote\\emdash b\\_c\\-d\\~e\\{\\}\\\\\\lquote f\\rquote\\endash\\bullet\\par"
    assert texts(of(body)) == ["“a”—b-cd\u00a0e{}\\‘f’–•"]


def test_the_fallback_of_a_unit_is_skipped_whatever_it_is() -> None:
    assert texts(of(b"\\uc1\\u20013\\'d6\\u25991\\emdash \\uc3\\u23383abc\\uc0\\u31532\\par")) == ["中文字第"]
    # A group or a word of layout ends the fallback: what follows is text.
    assert texts(of(b"\\uc2\\u20013{ab}\\u25991\\b cd\\par")) == ["中ab文cd"]


def test_check_boxes_drawn_by_fonts_are_read() -> None:
    assert texts(of(b"{\\f3 \\'fe}{\\f0 a}{\\f3\\'a8}{\\f0 b}{\\f4\\'b3}5\\par")) == ["☑a☐b≥5"]
    field = b"{\\field{\\*\\fldinst FORMCHECKBOX {\\*\\formfield{\\fftype1\\ffres%d\\ffdefres1}}}{\\fldrslt}}"
    assert texts(of(field % 1 + field % 0 + field % 25 + b"x\\par")) == ["☑☐☑x"]


# Paragraphs ----------------------------------------------------------------------------------------------------------


def test_headings_and_the_title_are_known_by_outline_level_and_style() -> None:
    body = b"".join((
        rtf.par("标题文字", b"\\s3"), rtf.par("总则", b"\\s1"), rtf.par("承自", b"\\s2"), rtf.par("按名", b"\\s4"),
        rtf.par("自己的级别", b"\\outlinelevel1"), rtf.par("正文级别", b"\\s1\\outlinelevel9"), rtf.par("正文"),
    ))  # fmt: skip
    found = [(b.style, b.level) for b in of(body).blocks if isinstance(b, Paragraph)]
    assert found == [
        ("title", None), ("heading", 1), ("heading", 1), ("heading", 3), ("heading", 2), ("body", None), ("body", None),
    ]  # fmt: skip


def test_automatic_numbers_are_text_and_bullets_are_not() -> None:
    lists = (
        b"{\\*\\listtable{\\list{\\listlevel\\levelnfc39{\\leveltext\\'02\\'00;}}\\listid7}"
        b"{\\list{\\listlevel\\levelnfc23{\\leveltext\\'01-;}}\\listid8}}"
        b"{\\*\\listoverridetable{\\listoverride\\listid7\\ls1}{\\listoverride\\listid8\\ls2}}"
    )

    def item(label: bytes, text: str, number: int) -> bytes:
        return (
            b"{\\listtext\\pard\\plain\\f0 "
            + label
            + b"\\tab}"
            + rtf.par(text, b"").replace(b"\\plain ", b"\\plain\\ls%d\\ilvl0 " % number, 1)
        )

    body = lists + b"".join((
        item(rtf.escaped("一、"), "总体要求", 1), item(rtf.escaped("第一章"), "总则", 1), item(b"1.", "3所学校", 1),
        item(b"-", "要点", 2), item(b"{\\f4\\'b7}", "黑点", 1),
    ))  # fmt: skip
    assert texts(of(body)) == ["一、总体要求", "第一章 总则", "1. 3所学校", "要点", "黑点"]


NUMBERS = st.sampled_from(["", "一、", "（一）", "1.", "①", "第一章"])


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(NUMBERS, st.text("教育局学校共同体工作方案", min_size=1, max_size=9), st.integers(0, 9)),
        min_size=1,
        max_size=8,
    )
)
def test_a_document_of_headings_and_numbers_comes_back(model: list[tuple[str, str, int]]) -> None:
    body = b"".join(
        (b"{\\listtext\\f0 " + rtf.escaped(label) + b"\\tab}" if label else b"")
        + rtf.par(text, b"\\outlinelevel%d" % (level - 1) if level else b"").replace(b"\\pard", b"", 1)
        + b"\\pard "
        for label, text, level in model
    )
    found = [(b.text.replace(" ", ""), b.level) for b in of(body).blocks if isinstance(b, Paragraph)]
    assert found == [(label + text, level or None) for label, text, level in model]


def test_a_line_break_parts_running_text_but_not_a_heading() -> None:
    body = b"\\pard a\\line b\\tab c\\par\\pard\\s1 d\\line e\\par\\pard f\\page g\\sect h"
    assert texts(of(body)) == ["a", "b\tc", "de", "f", "g", "h"]


def test_headers_footers_page_numbers_and_notes_stand_apart() -> None:
    page = b"{\\field{\\*\\fldinst { PAGE  \\\\* MERGEFORMAT }}{\\fldrslt 3}}"
    reading = of(
        b"{\\header " + rtf.par("某县教育局文件") + b"}{\\headerf " + rtf.par("某县教育局文件") + b"}"
        b"{\\footer\\pard\\qc " + page + b"\\par}{\\footerl\\chpgn\\par}"
        b"a{\\super\\chftn{\\footnote\\pard\\plain{\\chftn}" + rtf.escaped("脚注文字") + b"}}b\\par"
        b"{\\*\\ftnsep\\chftnsep}c\\par"
    )
    assert texts(reading, "header") == ["某县教育局文件"]
    assert texts(reading) == ["ab", "c"]
    assert texts(reading, "footer") == ["脚注文字"]
    assert texts(reading, "page_number") == ["3"]
    roles = [block.role for block in reading.blocks]
    assert roles == ["header", "body", "body", "footer", "page_number"]


def test_fields_show_their_result_and_links_keep_their_target() -> None:
    reading = of(
        b'{\\field{\\*\\fldinst HYPERLINK "http://example.org/f.pdf"{\\field{\\*\\fldinst X}{\\fldrslt inner}}}'
        b"{\\fldrslt{\\ul " + rtf.escaped("附件") + b"}}}" + rtf.escaped("下载") + b"\\par"
    )
    assert texts(reading) == ["附件下载"]
    assert reading.links == [Link("附件", "http://example.org/f.pdf")]
    assert texts(of(b"{\\field{\\*\\fldinst EQ \\\\o\\\\ac(\\'a1\\'f0,1)}{\\fldrslt}}x\\par")) == ["①x"]


def test_a_table_of_contents_is_furniture() -> None:
    toc = b"{\\field{\\*\\fldinst TOC \\\\o}{\\fldrslt " + rtf.par("总则1") + rtf.par("附则2") + b"}}"
    reading = of(toc + rtf.par("样式目录", b"\\s5") + rtf.par("正文"))
    assert texts(reading, "furniture") == ["总则1", "附则2", "样式目录"]
    assert texts(reading) == ["正文"]


def test_what_is_not_text_is_left_out_and_said() -> None:
    reading = of(
        b"{\\info{\\title " + rtf.escaped("某方案") + b"}{\\author A}{\\creatim\\yr2025\\mo3\\dy7\\hr9}}"
        b"{\\*\\generator Riched20;}{\\*\\unknown{\\b text}}{\\*\\bkmkstart b}a{\\v hidden}"
        b"{\\*\\shppict{\\pict\\picwgoal8000\\pichgoal4000 89504e47}}{\\nonshppict{\\pict 00}}"
        b"{\\object\\objemb{\\*\\objclass Excel.Sheet.8}{\\*\\objdata 0105}{\\result r}}"
        b"{\\*\\annotation comment}{\\object\\objemb{\\*\\objclass Equation.3}{\\result{\\pict\\picwgoal9\\pichgoal9 1}}}\\par"
    )
    assert texts(reading) == ["ar"]
    assert sorted(kinds(reading)) == ["comments", "embedded_object", "hidden_text", "picture_not_read"]
    assert reading.meta == {"title": "某方案", "author": "A", "created": "2025-03-07T09:00:00"}


def test_large_pictures_go_to_text_recognition_with_their_own_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bytes | None, float, float]] = []

    def recognised(found: list[Block], store: Any, notes: list[Note]) -> list[Block]:
        shown = [b.picture for b in found if isinstance(b, Shown)]
        seen.extend((store.bytes_of(p.part), p.width, p.height) for p in shown)
        return [Paragraph("扫描的文字") if isinstance(b, Shown) else b for b in found]

    monkeypatch.setattr("extractors.readers.rtf.parser.placed", recognised)
    page = b"\\picwgoal11906\\pichgoal16838"
    floating = b"{\\shp{\\*\\shpinst{\\sp{\\sn pib}{\\sv {\\pict\\pngblip" + page + b"\\bin4 {}\\}}}}}}"
    body = (
        b"a\\par{\\pict\\jpegblip"
        + page
        + b" ffd8\r\nFFE0}"
        + floating
        + b"{\\pict\\pngblip\\picwgoal500\\pichgoal500 00}"
    )
    reading = of(body + b"{\\header{\\pict\\pngblip" + page + b" 11}}b\\par")
    assert seen == [(b"\xff\xd8\xff\xe0", 595.3, 841.9), (b"{}\\}", 595.3, 841.9)]
    assert texts(reading) == ["a", "b", "扫描的文字", "扫描的文字"]
    assert kinds(reading) == []


def test_text_boxes_follow_their_paragraph_and_are_read_once() -> None:
    box = (
        b"{\\shp{\\*\\shpinst\\shpleft0{\\sp{\\sn wzName}{\\sv Box}}{\\shptxt " + rtf.par("框内") + b"}}"
        b"{\\shprslt{\\*\\do{\\dptxbxtext " + rtf.par("框内") + b"}}}}"
    )
    assert texts(of(b"a" + box + b"b\\par c\\par")) == ["ab", "框内", "c"]
    watermark = b"{\\header{\\shp{\\*\\shpinst{\\sp{\\sn gtextUNICODE}{\\sv secret}}}}\\pard h\\par}"
    assert texts(of(watermark + b"a\\par"), "header") == ["h"]


def test_tracked_changes_give_the_new_wording_and_keep_the_old() -> None:
    reading = of(
        b"a{\\deleted\\revauthdel1 60%}{\\revised\\revauth1 70%}b\\par{\\deleted gone\\par}{\\revised new\\par}c\\par"
    )
    found = [(b.text, b.before) for b in reading.blocks if isinstance(b, Paragraph)]
    assert found[0] == ("a70%b", "a60%b")
    assert [text for text, _ in found] == ["a70%b", "new", "c"]
    assert "gone" in " ".join(note.message for note in reading.notes)
    assert set(kinds(reading)) == {"tracked_changes"}
    assert texts(of(b"{\\deleted a\\par}b\\par{\\plain c\\par}")) == ["b", "c"]


# Tables --------------------------------------------------------------------------------------------------------------


@settings(max_examples=80, deadline=None)
@given(merged_tables(), st.booleans(), st.lists(st.integers(-15, 15), min_size=1, max_size=4))
def test_merged_cells_come_back_as_one(cells: list[Spec], wide: bool, jitter: list[int]) -> None:
    reading = of(b"x\\par" + rtf.table(cells, wide=wide, jitter=jitter) + b"\\pard y\\par")
    wanted = without_unused_edges(cells, rows=False)
    if max(c + w for _, c, _, w, _ in wanted) == 1:
        return
    (table,) = tables(reading)
    assert read_spans(table) == spans(wanted)
    assert text_grid(table) == expected_grid(wanted)
    assert [type(b).__name__ for b in reading.blocks] == ["Paragraph", "Table", "Paragraph"]


@settings(max_examples=30, deadline=None)
@given(merged_tables(max_rows=3, max_columns=3, blanks=False))
def test_a_nested_table_follows_the_one_it_stands_in(cells: list[Spec]) -> None:
    wanted = without_unused_edges(cells, rows=False)
    if max(c + w for _, c, _, w, _ in wanted) == 1:
        return
    body = (
        b"\\trowd\\cellx2000\\cellx4000\\pard\\intbl a\\cell\\pard\\intbl b\\par "
        + rtf.table(cells, depth=2)
        + b"\\pard\\intbl c\\cell\\trowd\\cellx2000\\cellx4000\\row\\pard z\\par"
    )
    outer, inner = tables(of(body))
    assert text_grid(outer) == [["a", "b\nc"]]
    assert text_grid(inner) == expected_grid(wanted)


def test_rows_that_word_wps_and_generators_write_are_read() -> None:
    after = b"\\pard\\intbl a\\cell b\\cell\\trowd\\cellx1000\\cellx2000\\row"
    reused = b"\\trowd\\cellx1000\\cellx2000\\intbl a\\cell b\\cell\\row\\intbl c\\cell d\\cell\\row"
    without_intbl = b"\\trowd\\cellx1000\\cellx2000\\pard a\\cell\\pard b\\cell\\row"
    unfinished = b"\\trowd\\cellx1000\\cellx2000\\pard\\intbl a\\cell b\\cell\\pard\\par"
    assert text_grid(tables(of(after + b"\\pard"))[0]) == [["a", "b"]]
    assert text_grid(tables(of(reused))[0]) == [["a", "b"], ["c", "d"]]
    assert text_grid(tables(of(without_intbl))[0]) == [["a", "b"]]
    assert text_grid(tables(of(unfinished))[0]) == [["a", "b"]]


def test_two_tables_with_a_line_between_are_two() -> None:
    row = b"\\trowd\\cellx1000\\cellx2000\\pard\\intbl a\\cell b\\cell\\row"
    assert len(tables(of(row + b"\\pard\\par" + row))) == 2


def test_numbers_alone_in_cells_and_a_frame_around_text_are_kept() -> None:
    row = b"\\trowd\\cellx1000\\cellx2000\\pard\\intbl{\\listtext %d.\\tab}\\cell\\pard\\intbl x\\cell\\row"
    assert text_grid(tables(of(row % 1 + row % 2))[0]) == [["1.", "x"], ["2.", "x"]]
    frame = of(b"\\trowd\\cellx9000\\pard\\intbl a\\par b\\cell\\row\\pard c\\par")
    assert (texts(frame), tables(frame)) == (["a", "b", "c"], [])


# Hostile files -------------------------------------------------------------------------------------------------------

GOOD = rtf.document(
    b"{\\header h\\par}"
    + rtf.par("总体要求", b"\\s1")
    + rtf.table([(0, 0, 1, 1, "甲"), (0, 1, 2, 1, "乙"), (1, 0, 1, 1, "丙")])
    + b"{\\pict\\picwgoal9\\pichgoal9\\bin5 }}}}}}"
    + rtf.par("保障措施")
)


def test_the_door_recognises_it() -> None:
    assert read(GOOD, "某县方案.rtf").media_type == "application/rtf"
    assert "wrong_extension" in kinds(read(GOOD, "某县方案.doc"))


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_file_that_was_cut_off_is_damaged_and_never_half_a_document(cut: int) -> None:
    assert cause(GOOD[: -cut * (len(GOOD) // 40)]) == "damaged"
    assert cause(GOOD[:-1]) == "damaged"


def test_what_follows_the_document_is_said() -> None:
    assert kinds(reader.read(GOOD + b"\r\n\x00}}\x00", "x.rtf")) == []
    assert kinds(reader.read(GOOD + b"{\\rtf1 another}", "x.rtf")) == ["trailing_data"]


def test_groups_hundreds_of_thousands_deep_are_read() -> None:
    deep = 200_000
    assert texts(of(b"a\\par" + b"{" * deep + b"b" + b"}" * deep + b"\\par")) == ["a", "b"]
    assert texts(of(b"a\\par{\\pict " + b"{" * deep + b"}" * deep + b"}")) == ["a"]
    assert cause(rtf.document(b"{" * deep)) == "damaged"


def test_lying_lengths_and_numbers_do_no_harm() -> None:
    assert cause(rtf.document(b"a\\par{\\pict\\bin2000000000 x}")) == "damaged"
    assert cause(rtf.document(b"a\\par\\bin999999999 x")) == "damaged"
    assert texts(of(b"a\\bin-5 b\\uc99999 \\u20013 c\\par d\\u999999999 \\f99999 e\\s-7\\outlinelevel-9\\par")) == [
        "ab中",
        "d",
    ]
    row = b"\\trowd\\cellx5000\\cellx-10\\cellx5000\\cellx2147483647\\pard\\intbl\\itap999999999 a\\cell b\\cell\\row"
    assert "".join(c.text for c in tables(of(row + b"\\pard\\par"))[0].cells) in ("ab", "b")


def test_more_than_the_limits_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MAX_CELLS", 500)
    monkeypatch.setattr(limits, "MAX_CHARACTERS", 5_000)
    monkeypatch.setattr(limits, "MAX_SPAN", 100)
    assert cause(rtf.document(b"\\trowd\\cellx9 " + b"\\cell" * 501 + b"\\row")) == "over_limit"
    assert cause(rtf.document(b"\\trowd" + b"".join(b"\\cellx%d" % n for n in range(101)) + b"\\row")) == "over_limit"
    assert (
        cause(rtf.document(b"\\trowd" + b"".join(b"\\cellx%d" % n for n in range(90)) + b"\\cell\\row" * 10))
        == "over_limit"
    )
    staircase = b"".join(b"\\trowd\\cellx%d\\cellx9999\\cell\\cell\\row" % (n * 200) for n in range(1, 40))
    assert cause(rtf.document(staircase)) == "over_limit"
    assert cause(rtf.document(b"\\u20013 " * 5_001 + b"\\par")) == "over_limit"
    monkeypatch.setattr(limits, "MAX_CONTROLS", 1_000)
    assert cause(rtf.document(b"a\\b\\b0 " * 1_000)) == "over_limit"
    assert cause(rtf.document(b"{\\pict" + b"{\\x}" * 1_000 + b"}a")) == "over_limit"


def test_nothing_and_pictures_alone_are_no_text() -> None:
    assert cause(rtf.document(b"\\par\\par")) == "no_text"
    assert cause(rtf.document(b"{\\pict\\picwgoal9000\\pichgoal9000 ffd8}\\par")) == "no_text"
    assert cause(b"{\\rtf1}") == "no_text"
    assert cause(b"{\\rtf") == "damaged"


@settings(max_examples=200, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.integers(0, 6), st.sampled_from([
    b"", b"{", b"}", b"\\", b"\\*", b"\\'", b"\\u", b"\\bin9", b"\\row", b"\\cell", b"\\itap9 ", b"\\nestrow", b"\xff\xfe",
    b"\\deleted", b"\\trowd", b"\\fldrslt", b"\\upr", b"\\par", b"9" * 30, b"\x00", b"\\shptxt", b"\\footnote", b"\\fonttbl",
]))  # fmt: skip
def test_any_damage_ends_in_a_refusal_or_a_reading(offset: int, length: int, junk: bytes) -> None:
    refused_or_read(reader.read, GOOD[:offset] + junk + GOOD[offset + length :], "x.rtf")


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from([
    b"{", b"}", b"\\par ", b"\\cell ", b"\\row ", b"\\trowd ", b"\\cellx100 ", b"\\nestcell ", b"{\\*\\nesttableprops ", b"\\nestrow ",
    b"\\intbl ", b"\\itap2 ", b"\\pard ", b"\\deleted ", b"\\revised ", b"{\\footnote ", b"{\\header ", b"{\\shptxt ", b"{\\field ",
    b"{\\fldinst PAGE", b"{\\fldrslt ", b"{\\upr", b"{\\*\\ud ", b"{\\listtext 1.", b"\\'d6\\'d0", b"\\'d6", b"\\u20013?", b"text",
    b"\\clvmgf ", b"\\clvmrg ", b"\\clmrg ", b"\\line ", b"{\\info{\\title t}}", b"{\\pict 00}", b"\\cldel ",
]), max_size=60))  # fmt: skip
def test_control_words_in_any_order_never_break_the_reader(words: list[bytes]) -> None:
    body = b"".join(words)
    depth = body.count(b"{") - body.count(b"}")
    try:
        outcome = of(body + b"}" * max(depth, 0)).media_type
    except NotRead as error:
        outcome = error.cause
    assert outcome in ("application/rtf", "damaged", "no_text")


@pytest.mark.parametrize(
    "flood",
    [
        lambda n: b"\\u20013?" * n,
        lambda n: b"\\trowd\\cellx1000\\cellx2000\\intbl a\\cell b\\cell\\row" * (n // 4),
        lambda n: b"{\\header h\\par}{\\footnote f}" * (n // 8),
        lambda n: b'{\\field{\\*\\fldinst HYPERLINK "u"}{\\fldrslt t}}' * (n // 8),
        lambda n: b"{\\deleted a\\par}" * (n // 2),
        lambda n: b"\\'d6 " * n,
        lambda n: b"{\\f0 \xd6\\par}" * (n // 4),
        lambda n: (
            b"{\\fonttbl"
            + b"\\b a" * n
            + b"}{\\listtext"
            + b"\\b a" * n
            + b"}{\\field{\\fldinst"
            + b"\\b a" * n
            + b"}}"
        ),
        lambda n: b"\\f0" + b"\\'d6\\\\" * n,
        lambda n: b"".join(b"{\\header h%d\\par}" % i for i in range(n // 4)),
    ],
)
def test_the_cost_grows_with_the_file(
    flood: Callable[[int], bytes], linear: Callable[[Callable[[int], object], int], None]
) -> None:
    linear(lambda n: of(b"x\\par" + flood(n) + b"\\par"), 3_000)
