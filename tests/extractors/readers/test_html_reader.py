"""Web pages: the article is kept whole, the site around it is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from readings import tables

from extractors.readers import read
from schemas.errors import NotRead
from schemas.reading import Link, Paragraph, Reading

TITLE = "关于推进城乡学校共同体建设的通知"
BODY = [
    "各县（市、区）教育局：",
    "为贯彻落实省教育厅要求，现就城乡学校共同体建设有关事项通知如下。",
    "一、总体要求",
    "到2025年底，不少于70%的乡村学校纳入共同体；到2026年底不少于85%。",
    "二、保障措施",
    "各地要加强组织领导，落实经费保障，于2025年9月30日前报送工作方案。",
    "青石市教育局",
    "2025年9月1日",
]


def page(article: str, charset: str = "utf-8", head: str = "", around: bool = True) -> str:
    before = (
        '<div class="header"><h1>青石市教育局</h1><ul class="nav"><li><a href="/">首页</a></li>'
        '<li><a href="/gk">政务公开</a></li></ul></div><div class="crumb">当前位置：<a href="/">首页</a></div>'
    )
    after = (
        '<div class="prevnext">上一篇：<a href="1.html">关于放假安排的通知</a></div><div class="footer">'
        "<p>版权所有：青石市教育局</p><p>某ICP备05000000号</p></div><script>var nav='脚本里的字';</script>"
    )
    return (
        f'<!DOCTYPE html><html><head><meta charset="{charset}"><title>{TITLE}_青石市教育局</title>{head}</head><body>'
        f"{before if around else ''}{article}{after if around else ''}</body></html>"
    )


def html(text: str, codec: str = "utf-8") -> Reading:
    return read(text.encode(codec), "https://example.gov.cn/a.html")


def body_texts(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "body" and b.style != "title"]


PARAGRAPHS = "".join(f"<p>　　{text}</p>" for text in BODY)
ARTICLES = {
    "TRS": f'<h2 class="title">{TITLE}</h2><div class="TRS_Editor">{PARAGRAPHS}</div>',
    "UCAP": f'<div class="article-title">{TITLE}</div><div id="UCAP-CONTENT">{PARAGRAPHS}</div>',
    "zoom": f"<h1>{TITLE}</h1><div id=zoom>{PARAGRAPHS}</div>",
    "weak name": f'<div class="main"><h1>{TITLE}</h1><div class="content">{PARAGRAPHS}</div></div>',
    "no name": f"<h1>{TITLE}</h1><div><div>{PARAGRAPHS}</div></div>",
    "single breaks": f'<h1>{TITLE}</h1><div class="TRS_Editor">' + "<br>\n".join("　　" + t for t in BODY) + "</div>",
    "double breaks": f'<h1>{TITLE}</h1><div class="TRS_Editor">' + "<br/><br/>".join(BODY) + "</div>",
    "divisions": f"<h1>{TITLE}</h1><div id=zoom>" + "".join(f"<div><span>{t}</span></div>" for t in BODY) + "</div>",
    "layout table": f"<table width=980><tr><td><a href=x>栏目</a></td><td><h1>{TITLE}</h1>{PARAGRAPHS}</td></tr>"
    "</table>",
    "nested layout tables": f"<table><tr><td><table><tr><td><h1>{TITLE}</h1></td></tr><tr><td id=zoom>{PARAGRAPHS}"
    "</td></tr></table></td></tr></table>",
    "split words": f"<h1>{TITLE}</h1><div id=zoom>" + "".join(
        f"<p><span>{t[:3]}</span><font><b>{t[3:]}</b></font></p>" for t in BODY
    ) + "</div>",
    "unclosed paragraphs": f"<h1>{TITLE}</h1><div id=zoom>" + "".join(f"<p>{t}" for t in BODY) + "</div>",
    "two containers": f"<h1>{TITLE}</h1><div class=TRS_Editor>" + "".join(f"<p>{t}</p>" for t in BODY[:3])
    + "</div><div class=TRS_Editor>" + "".join(f"<p>{t}</p>" for t in BODY[3:]) + "</div>",
}  # fmt: skip


@pytest.mark.parametrize("article", ARTICLES.values(), ids=ARTICLES)
def test_the_article_is_kept_to_the_last_sentence_and_the_site_is_not(article: str) -> None:
    reading = html(page(article))
    assert body_texts(reading) == BODY
    title = [b for b in reading.blocks if isinstance(b, Paragraph) and b.style == "title"]
    assert [b.text for b in title] == [TITLE]
    everything = "".join(b.text for b in reading.blocks if isinstance(b, Paragraph))
    assert "政务公开" not in everything
    assert "放假" not in everything
    assert "脚本" not in everything
    assert [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "furniture"] == [
        "版权所有：青石市教育局",
        "某ICP备05000000号",
    ]


@pytest.mark.parametrize(
    ("codec", "declared"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("gb18030", "gb2312"),
        ("gb18030", "gbk"),
        ("gb18030", "utf-8"),
        ("utf-8", "gb2312"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-8"),
        ("gb18030", "iso-8859-1"),
        ("gb18030", "x-unknown"),
    ],
)
def test_a_page_gives_the_same_text_in_any_encoding_whatever_it_declares(codec: str, declared: str) -> None:
    reading = html(page(ARTICLES["TRS"], declared), codec)
    assert body_texts(reading) == BODY


@pytest.mark.parametrize("declared", ["big5", "utf-8", "gb2312"])
def test_a_traditional_page_in_big5_is_read_whatever_it_declares(declared: str) -> None:
    article = "<div id=zoom><p>為推進城鄉學校共同體建設，現將有關事項通知如下。</p><p>一、總體要求</p></div>"
    markup = page(article, declared, around=False).replace(TITLE, "通知").replace("青石市教育局", "")
    reading = html(markup, "big5hkscs")
    assert body_texts(reading) == ["為推進城鄉學校共同體建設，現將有關事項通知如下。", "一、總體要求"]


def test_meta_tags_are_kept_as_written_and_the_first_of_two_spellings_counts() -> None:
    head = (
        f'<meta name="ArticleTitle" content="{TITLE}"><meta name="PubDate" content="2025-09-01 10:00">'
        '<meta name="pubdate" content="1999-01-01"><meta name="ContentSource" content="">'
        '<meta http-equiv="x" content="y">'
        '<meta property="og:site" content="青石">'
    )
    meta = html(page(ARTICLES["TRS"], head=head)).meta
    assert meta == {
        "ArticleTitle": TITLE,
        "PubDate": "2025-09-01 10:00",
        "og:site": "青石",
        "title": TITLE + "_青石市教育局",
    }


@pytest.mark.parametrize(
    "markup",
    [
        "<table><tr><td>索 引 号：</td><td>001/2025-1</td><td>发文字号：</td><td>青教〔2025〕1号</td></tr>"
        "<tr><td>发布机构：</td><td>青石市教育局</td><td>成文日期：</td><td>2025-09-01</td></tr></table>",
        "<dl><dt>索引号</dt><dd>001/2025-1</dd><dt>发文字号</dt><dd>青教〔2025〕1号</dd></dl>",
    ],
)
def test_the_metadata_of_a_page_is_kept_apart_from_its_tables(markup: str) -> None:
    reading = html(page(markup + ARTICLES["TRS"]))
    assert [t.role for t in tables(reading)] == ["metadata"]
    assert "青教〔2025〕1号" in [c.text for c in tables(reading)[0].cells]
    assert body_texts(reading) == BODY


def test_metadata_lines_outside_the_article_are_kept_as_metadata() -> None:
    line = "发布时间：2025-09-01　来源：青石市教育局　浏览次数：12"
    above = f'<h2 class="title">{TITLE}</h2><div class="info">{line}</div>'
    reading = html(page(f"{above}<div id=zoom>{PARAGRAPHS}</div>"))
    assert [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "metadata"] == [line]


def test_attachments_outside_the_article_keep_their_links_and_text() -> None:
    links = (
        '<div class="fj">附件：<a href="/a/P0201.docx">1.结对学校名单</a>'
        '<a href="/down/download.jsp?id=3">2.协议.pdf</a></div>'
    )
    reading = html(page(ARTICLES["TRS"] + links + '<a href="/other.html">别的</a>'))
    assert reading.links == [Link("1.结对学校名单", "/a/P0201.docx"), Link("2.协议.pdf", "/down/download.jsp?id=3")]
    assert body_texts(reading)[-1] == "附件：1.结对学校名单2.协议.pdf"


def test_headings_have_levels_and_lists_their_numbers() -> None:
    article = (
        f"<div id=zoom><h2>一、总体要求</h2><ol start=3><li>加强领导，落实责任。</li>"
        "<li>（二）狠抓落实，务求实效。</li></ol>"
        f"<ul><li>不编号的一项，同样保留。</li></ul><ol type=a><li>小项</li></ol>{PARAGRAPHS}</div>"
    )
    reading = html(page(article))
    heading = next(b for b in reading.blocks if isinstance(b, Paragraph) and b.text == "一、总体要求")
    assert (heading.style, heading.level) == ("heading", 2)
    items = ["3.加强领导，落实责任。", "（二）狠抓落实，务求实效。", "不编号的一项，同样保留。", "a.小项"]
    assert body_texts(reading)[1:5] == items


def test_a_source_line_break_inside_a_chinese_sentence_is_no_space() -> None:
    source = "为贯彻落实\n      省教育厅要求，现将 PDF\n 文件印发给你们，请认真\r\n执行。"
    reading = html(page(f"<div id=zoom><p>{source}</p></div>"))
    assert body_texts(reading) == ["为贯彻落实省教育厅要求，现将 PDF 文件印发给你们，请认真执行。"]


@pytest.mark.parametrize("gap", ["\n", "", " "])
def test_the_fields_of_a_byline_stay_apart(gap: str) -> None:
    line = f"<span>发布时间：2025-09-01</span>{gap}<span>来源：青石市教育局</span>{gap}<span>浏览次数：1</span>"
    reading = html(page(f"<p>{line}</p><div id=zoom>{PARAGRAPHS}</div>"))
    shown = [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "metadata"]
    assert shown == ["发布时间：2025-09-01 来源：青石市教育局 浏览次数：1"]


def test_preformatted_text_keeps_its_lines_and_tables() -> None:
    reading = html(
        page("<pre>关于工作的通知\n牵头校\t成员校\n青石小学\t白果小学\n</pre>", around=False).replace(TITLE, "x")
    )
    assert body_texts(reading) == ["关于工作的通知"]
    assert [c.text for c in tables(reading)[0].cells] == ["牵头校", "成员校", "青石小学", "白果小学"]


@st.composite
def merged_tables(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """A table with random merged cells, as markup and as the grid that it shows."""
    height, width = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    grid: list[list[str]] = [[""] * width for _ in range(height)]
    markup = ""
    for r in range(height):
        markup += "<tr>"
        for c in range(width):
            if grid[r][c]:
                continue
            across = 1
            limit = draw(st.integers(1, 2))
            while across < limit and c + across < width and not grid[r][c + across]:
                across += 1
            down = draw(st.integers(1, min(3, height - r)))
            text = f"甲{r}乙{c}"
            for i in range(down):
                for k in range(across):
                    grid[r + i][c + k] = text
            markup += f'<td rowspan="{down}" colspan={across}><p>{text}</p></td>'
        markup += "</tr>"
    return f"<table border=1><tbody>{markup}</tbody></table>", grid


def distinct_columns(rows: list[list[str]]) -> list[tuple[str, ...]]:
    """The columns of a grid without those that only repeat their neighbour: no cell begins in them."""
    columns = list(zip(*rows, strict=True))
    return [c for i, c in enumerate(columns) if i == 0 or c != columns[i - 1]]


@given(merged_tables())
def test_merged_cells_of_a_table_stand_in_every_place_they_cover(case: tuple[str, list[list[str]]]) -> None:
    markup, grid = case
    assume(any(row.count("<td") > 1 for row in markup.split("<tr>")))
    (table,) = tables(html(page(f"<div id=zoom>{PARAGRAPHS}{markup}</div>")))
    shown = [[cell.text if cell else "" for cell in row] for row in table.grid()]
    assert distinct_columns(shown) == distinct_columns(grid)


def test_a_data_table_inside_a_layout_table_stays_a_table_with_its_cells() -> None:
    data = (
        "<table><tr><th>学段</th><th>牵头校</th></tr>"
        "<tr><td>小<br>学</td><td><p>青石小学</p><p>白果小学</p></td></tr></table>"
    )
    reading = html(page(f"<table><tr><td>{PARAGRAPHS}{data}</td></tr></table>"))
    assert [c.text for c in tables(reading)[0].cells] == ["学段", "牵头校", "小\n学", "青石小学\n白果小学"]
    assert body_texts(reading) == BODY


def test_a_long_scoring_table_is_a_table_and_no_layout() -> None:
    standards, deductions = "<p>制度健全，落实到位。</p>" * 8, "<p>每缺一项扣5分。</p>" * 8
    row = f"<tr><td>1.学校管理（25分）</td><td>{standards}</td><td>{deductions}</td></tr>"
    table = f"<table><tr><td>项目</td><td>标准</td><td>细则</td></tr>{row * 5}</table>"
    reading = html(page(f"<div id=zoom>{PARAGRAPHS}{table}</div>"))
    assert (tables(reading)[0].height, tables(reading)[0].width) == (6, 3)


def test_body_text_that_stands_outside_the_known_container_is_kept() -> None:
    stray = "各校要在2025年10月底前签订帮扶协议，并报市教育局备案。"
    reading = html(page(ARTICLES["TRS"] + f"<div><p>{stray}</p></div>"))
    assert body_texts(reading)[-1] == stray


def test_a_small_container_does_not_swallow_the_page() -> None:
    article = f"<div class=TRS_Editor><p>附：联系方式</p></div><div>{PARAGRAPHS}</div>"
    assert set(BODY[1:2] + BODY[3:4] + BODY[5:6]) <= set(body_texts(html(page(article))))


def test_a_short_notice_on_a_page_with_a_login_box_is_read() -> None:
    notice = "<div id=zoom><p>请各校于6月30日前登录系统填报共同体建设情况，逾期不再受理。</p><p>青石市教育局</p></div>"
    login = "<form>用户名：<input> 密码：<input type=password></form><noscript>请启用JavaScript</noscript>"
    assert body_texts(html(page(login + notice)))[0].startswith("请各校于6月30日前登录系统")


@pytest.mark.parametrize(
    "tag", ["div", "span", "b", "table><tr><td", "ul><li", "blockquote", "font", "a href=x", "em><div"]
)
def test_very_deep_nesting_neither_crashes_nor_loses_the_text(
    tag: str, on_a_small_stack: Callable[[Callable[[], object]], None]
) -> None:
    # What recurses in Python ends at a thousand; in C ten thousand levels of a hundred bytes end this stack.
    deep = f"<{tag}>" * 15_000 + "深处的一句话。"

    def look() -> None:
        reading = html(f"<html><body><p>开头的一句话。</p>{deep}<p>最后的一句话。</p></body></html>")
        text = "".join(b.text for b in reading.blocks if isinstance(b, Paragraph))
        assert "开头的一句话。" in text
        assert "深处的一句话。" in text
        assert "最后的一句话。" in text

    on_a_small_stack(look)


def test_the_cost_of_nesting_grows_with_its_depth_and_no_faster(
    linear: Callable[[Callable[[int], object], int], None],
) -> None:
    linear(lambda n: html("<html><body>" + "<div>" * n + "深处的一句话。"), 3_000)


def test_entities_of_a_dtd_are_never_expanded() -> None:
    bomb = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
    dtd = f'<!DOCTYPE html [<!ENTITY l0 "哈"><!ENTITY f SYSTEM "file:///etc/passwd">{bomb}]>'
    markup = f"{dtd}<html><body><p>正文。&l9;&f;</p></body></html>"
    text = "".join(b.text for b in html(markup).blocks if isinstance(b, Paragraph))
    assert text == "正文。&l9;&f;"


def test_scripts_styles_and_hidden_boxes_are_no_text() -> None:
    silent = '<script>alert("甲")</script><style>p{}乙</style><!-- 丙 --><p style="display:none">丁</p>'
    article = f"<div id=zoom>{PARAGRAPHS}{silent}</div>"
    assert body_texts(html(page(article))) == BODY


def test_zero_bytes_and_control_characters_do_not_break_a_page() -> None:
    text = page("<div id=zoom><p>正文在\x07这里，\x1b请查收。</p></div>")
    assert body_texts(html(text)) == ["正文在这里，请查收。"]


@pytest.mark.parametrize("span", ["999999999", "-3", "abc", "0", "1e9", ""])
def test_absurd_spans_are_cut_to_the_table(span: str) -> None:
    markup = (
        f'<table><tr><td rowspan="{span}" colspan="{span}">甲</td><td>乙</td></tr>'
        "<tr><td>丙</td><td>丁</td></tr></table>"
    )
    table = tables(html(page(f"<div id=zoom>{PARAGRAPHS}{markup}</div>")))[0]
    assert [c.text for c in table.cells] == ["甲", "乙", "丙", "丁"]
    assert table.height * table.width < 50_000


def test_a_page_of_nothing_but_tags_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.readers.limits.MAX_TAGS", 10)
    with pytest.raises(NotRead) as refusal:
        html(page(ARTICLES["TRS"]))
    assert refusal.value.cause == "over_limit"


def test_a_huge_paragraph_is_read_whole() -> None:
    sentence = "各地要加强组织领导。"
    reading = html(page("<div id=zoom><p>" + sentence * 400_000 + "</p></div>", around=False))
    assert len("".join(body_texts(reading))) == len(sentence) * 400_000


@settings(deadline=None)  # the first call loads dictionaries
@given(st.text(alphabet="<>/=\"' &;#divtablerspanolx甲乙丙，。\n!-[]", max_size=300))
def test_any_markup_is_either_read_or_refused(markup: str) -> None:
    outcome = ""
    try:
        reading = html("<html><body>" + markup)
    except NotRead as refusal:
        outcome = refusal.cause
    else:
        assert reading.blocks
    assert outcome in ("", "no_text", "script_only", "elsewhere")


def test_a_wrapper_with_a_container_s_name_gives_way_to_the_container_inside() -> None:
    side = '<div class="sidebar"><ul><li><a href=1>栏目一</a></li><li><a href=2>栏目二</a></li></ul></div>'
    article = f'<div class="maincontent">{side}<h1>{TITLE}</h1><div class="TRS_Editor">{PARAGRAPHS}</div></div>'
    assert body_texts(html(page(article))) == BODY


def test_related_links_with_document_numbers_are_not_the_document_s() -> None:
    related = '<div class="related"><a href=1>青政〔2019〕9号 关于学前教育的意见</a></div>'
    inner = "<p><a href=2>某局关于放假的通知</a></p><p><a href=3>某局关于开学的通知</a></p>"
    reading = html(page(f"<h1>{TITLE}</h1><div class=TRS_Editor>{PARAGRAPHS}{inner}</div>{related}"))
    assert body_texts(reading) == BODY


def test_a_list_page_of_links_alone_keeps_its_links_as_text() -> None:
    reading = html(
        "<html><body><ul><li><a href=1>甲县工作方案</a></li><li><a href=2>乙县工作方案</a></li></ul></body></html>"
    )
    assert body_texts(reading) == ["甲县工作方案", "乙县工作方案"]


def test_the_fields_of_a_byline_on_lines_of_the_source_stay_apart() -> None:
    line = "发布时间：2025-09-01　来源：青石市教育局\n浏览次数：<span>0</span>"
    reading = html(page(f"<div class=info>{line}</div><div id=zoom>{PARAGRAPHS}</div>"))
    shown = [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "metadata"]
    assert shown == ["发布时间：2025-09-01　来源：青石市教育局 浏览次数：0"]
