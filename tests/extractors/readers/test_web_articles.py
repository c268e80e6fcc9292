"""The article of a page as publishing systems build it: whole, without the site, with what it leaves open said."""

from __future__ import annotations

import json
from html import escape as html_escape

import pytest

from extractors.readers import read
from schemas.errors import NotRead
from schemas.reading import Link, Paragraph, Reading, Table

TITLE = "云汀县新增城乡教育共同体实施方案"
BODY = [
    "为落实省教育厅新增城乡教育共同体任务，结合我县实际，制定本方案。",
    "一、工作目标",
    "到2025年底，全县不少于70%的乡村学校纳入教共体；到2026年底不少于85%。",
    "二、保障措施",
    "各校每学期至少开展四次线下教研，所需经费由县财政统筹安排。",
    "云汀县教育局",
    "2025年9月1日",
]
PARAGRAPHS = "".join(f"<p>{text}</p>" for text in BODY)
MENU = (
    "<ul class=nav><li><a href=/>首页</a></li><li><a href=/gk>政务公开</a></li><li><a href=/hd>互动交流</a></li></ul>"
    "<div class=dqwz>当前位置：<a href=/>首页</a> &gt; <a href=/gk>政务公开</a></div>"
)
FOOT = (
    "<div class=prevnext>上一篇：<a href=1>关于放假的通知</a></div><div class=footer><p>版权所有：云汀县教育局</p>"
    "<p>网站标识码：3300000000　某ICP备05000000号</p></div>"
)


def page(article: str, head: str = "", title: str = TITLE) -> str:
    return f'<html><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>{MENU}{article}{FOOT}</body></html>'


def html(markup: str) -> Reading:
    return read(markup.encode(), "https://yunting.example.gov.cn/art/2025/9/1/art_1.html")


def body(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "body" and b.style != "title"]


def note(reading: Reading, kind: str) -> list[str]:
    return [n.message for n in reading.notes if n.kind == kind]


CONTAINERS = {
    "TRS": "<div class='view TRS_UEDITOR trs_paper_preview'>{}</div>",
    "Kaipu": "<div id='UCAP-CONTENT' class='pages_content'>{}</div>",
    "Hanweb": "<div id='barrierfree_container'><div class=main><div id='zoom'><!--ZJEG_RSS.content.begin-->"
    "<meta name='ContentStart'/>{}<meta name='ContentEnd'/></div></div></div>",
    "Hanweb without a name inside": "<div id='barrierfree_container'><div class=x>{}</div></div>",
    "VSB": "<form name=_newscontent_fromname><div id='vsb_content'><div class='v_news_content'>{}</div></div></form>",
    "WebPlus": "<div class='wp_articlecontent'>{}</div>",
    "school site": "<div class='news_content'>{}</div>",
    "Taiwan": "<main><section class='cp'><div class='area-essay page-caption-p'><div class=p>{}</div></div></section></main>",
    "Hong Kong": "<div id='content'><div class='field field--name-body'>{}</div></div>",
    "Macao": "<article class='post'><div class='entry-content'>{}</div></article>",
    "forum": "<table><tr><td class='t_f' id='postmessage_1'>{}</td></tr></table>",
    "farm": "<div class='article-detail'>{}</div>",
    "print view": "<div class='printArea'>{}</div><script>window.print()</script>",
    "own tags": "<ucapcontent>{}</ucapcontent>",
}


@pytest.mark.parametrize("container", CONTAINERS.values(), ids=CONTAINERS)
def test_the_article_of_every_family_of_sites_is_read_whole_and_alone(container: str) -> None:
    reading = html(page(f"<h1>{TITLE}</h1>" + container.format(PARAGRAPHS)))
    assert body(reading) == BODY
    assert [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.style == "title"] == [TITLE]


SOUPS = {
    "one character each": "".join(f"<p>{''.join(f'<span>{c}</span>' for c in t)}</p>" for t in BODY),
    "one character a line of the source": "".join(
        "<p>" + "\n".join(f"<font face=仿宋>{c}</font>" for c in t) + "</p>" for t in BODY
    ),
    "breaks and blanks": "<br>".join("&nbsp;&nbsp;&nbsp;&nbsp;" + t for t in BODY),
    "breaks and full-width blanks": "<br/>\n<br/>".join("　　" + t for t in BODY),
    "entities": "".join("<p>" + "".join(f"&#x{ord(c):X};" for c in t) + "</p>" for t in BODY),
    "decimal entities": "".join("<p>" + "".join(f"&#{ord(c)};" for c in t) + "</p>" for t in BODY),
    "sections": "".join(f"<section><section><span>{t}</span></section></section>" for t in BODY),
    "office markup": "".join(f"<p class=MsoNormal><o:p></o:p><span lang=EN-US>{t}<o:p>&nbsp;</o:p></span></p>" for t in BODY),
    "hidden between": "".join(f'<p>{t[:4]}<span style="display:none">云x</span>{t[4:]}</p>' for t in BODY),
    "no size": "".join(f'<p>{t[:4]}<font style="FONT-SIZE: 0px; COLOR: #fff">:a4 }}</font>{t[4:]}</p>' for t in BODY),
    "hidden by a class": "<style>.jam{display:none}</style>"
    + "".join(f"<p>{t[:3]}<span class=jam>本文来自</span>{t[3:]}</p>" for t in BODY),
    "off the screen": "".join(f'<p>{t[:4]}<i style="position:absolute;left:-9999px">丁</i>{t[4:]}</p>' for t in BODY),
}  # fmt: skip


@pytest.mark.parametrize("soup", SOUPS.values(), ids=SOUPS)
def test_however_the_text_is_scattered_it_is_the_same_text(soup: str) -> None:
    assert body(html(page(f"<h1>{TITLE}</h1><div id=zoom>{soup}</div>"))) == BODY


def test_text_hidden_against_copying_is_left_out_and_counted() -> None:
    soup = "".join(f'<p>{t}<span style="font-size:0">水印</span></p>' for t in BODY)
    assert note(html(page(f"<div id=zoom>{soup}</div>")), "hidden_text")[0].startswith(
        f"去掉页面隐藏的 {2 * len(BODY)} 字"
    )


def test_a_folded_part_of_the_text_is_kept() -> None:
    fold = f'<div class=more style="display:none">{PARAGRAPHS * 3}</div>'
    assert len(body(html(page(f"<div id=zoom>{PARAGRAPHS}{fold}</div>")))) == 4 * len(BODY)


def test_a_public_account_s_article_is_read_with_its_title_date_and_source() -> None:
    markup = page(
        f'<div id=js_article><h1 class="rich_media_title" id="activity-name">\n{TITLE}\n</h1><div id=meta_content>'
        '<a id=js_name href="javascript:void(0);"> 云汀教育 </a><em id=publish_time>2025年9月1日 10:00</em></div>'
        f'<div class="rich_media_content" id="js_content" style="visibility: hidden; opacity: 0;">{PARAGRAPHS}'
        '<p><img data-src="https://mmbiz.example.cn/1.png"></p></div></div><div class=rich_media_tool>阅读 1万 在看 赞</div>',
        f'<meta property="og:title" content="{TITLE}">',
        title="",
    )
    reading = html(markup)
    assert body(reading) == BODY
    assert (reading.meta["PubDate"], reading.meta["ContentSource"]) == ("2025年9月1日 10:00", "云汀教育")


def test_a_wrapper_that_bears_the_account_s_name_does_not_bring_the_site_in() -> None:
    markup = page(f"<div id=barrierfree_container>{MENU}<h1>{TITLE}</h1><div id=zoom>{PARAGRAPHS}</div>{FOOT}</div>")
    assert body(html(markup)) == BODY


@pytest.mark.parametrize(
    ("anchor", "href"),
    [
        ('<a href="./P020250901.docx">附件1：共同体名单.docx</a>', "./P020250901.docx"),
        ('<a href="/module/download/downfile.jsp?classid=0&amp;filename=1.pdf">附件</a>',
         "/module/download/downfile.jsp?classid=0&filename=1.pdf"),
        ('<a href="javascript:void(0)" onclick="downFile(\'/u/2025/名单.xls\')">共同体名单</a>', "/u/2025/名单.xls"),
        ("<a href=\"javascript:download('/files/a.wps','b')\">附件下载</a>", "/files/a.wps"),
        ('<a href="#" data-href="/files/c.ofd">方案文本</a>', "/files/c.ofd"),
        ('<a onclick="getFile(123)" href="javascript:;">共同体名单.xlsx</a>', "getFile(123)"),
    ],
)  # fmt: skip
@pytest.mark.parametrize("inside", [True, False])
def test_a_link_to_an_attachment_is_kept_however_it_is_fetched(anchor: str, href: str, inside: bool) -> None:
    foot = f"<p>{anchor}</p>"
    article = f"<div id=zoom>{PARAGRAPHS}{foot if inside else ''}</div>{'' if inside else foot}"
    reading = html(page(article))
    assert [link.href for link in reading.links] == [href]
    assert any(reading.links[0].text in text for text in body(reading))


def test_links_of_the_menu_are_no_attachments() -> None:
    menu = '<div class=menu><a href="javascript:void(0)" onclick="go(1)">政务</a><a href=/list.html>附近学校</a></div>'
    assert html(page(f"{menu}<div id=zoom>{PARAGRAPHS}</div>")).links == []


def test_the_base_and_the_canonical_address_are_kept() -> None:
    head = '<base href="https://yunting.example.gov.cn/art/"><link rel="canonical" href="https://yunting.example.gov.cn/a">'
    meta = html(page(f"<div id=zoom>{PARAGRAPHS}</div>", head)).meta
    assert meta["base"] == "https://yunting.example.gov.cn/art/"
    assert meta["canonical"] == "https://yunting.example.gov.cn/a"


@pytest.mark.parametrize(
    "pager",
    [
        '<div class=pagination><a href=1>1</a> <a href=2>2</a> <a href=2>下一页</a> 共3页</div>',
        "<div><a href=2>下一页</a>　第1页/共3页</div>",
        "<script>createPageHTML(3, 0, 't20250901_1', 'html');</script>",
    ],
)  # fmt: skip
def test_an_article_of_several_pages_is_noted(pager: str) -> None:
    reading = html(page(f"<div id=zoom>{PARAGRAPHS}</div>{pager}"))
    assert "3页" in note(reading, "more_pages")[0]
    assert body(reading) == BODY


@pytest.mark.parametrize(
    "nothing",
    [
        "<div class=pagination>共1页</div>",
        "<script>createPageHTML(1, 0, 'a', 'html');</script>",
        "<p>本方案共3页。</p>",
    ],
)
def test_an_article_of_one_page_is_not_noted(nothing: str) -> None:
    assert note(html(page(f"<div id=zoom>{PARAGRAPHS}{nothing}</div>")), "more_pages") == []


@pytest.mark.parametrize(
    "cut", ["展开全文", "阅读全文>>", "登录后查看全文", "剩余60%未读", "关注公众号后可继续阅读全文"]
)
def test_a_text_that_is_cut_off_is_noted(cut: str) -> None:
    assert note(html(page(f"<div id=zoom>{PARAGRAPHS}<div class=more>{cut}</div></div>")), "cut_off")


def test_a_whole_text_is_not_said_to_be_cut_off() -> None:
    related = "<div class=related><a href=2>阅读全文</a></div>"
    assert not note(html(page(f"<div id=zoom>{PARAGRAPHS}<p>请各校阅读全文，认真落实。</p></div>{related}")), "cut_off")


def test_a_file_embedded_below_the_text_is_noted_with_its_address() -> None:
    reading = html(page(f'<div id=zoom>{PARAGRAPHS}<embed src="/u/方案.pdf"></div>'))
    assert "/u/方案.pdf" in note(reading, "embedded_file")[0]
    assert reading.links == [Link("", "/u/方案.pdf")]


def test_pictures_in_a_short_notice_are_noted_and_icons_are_not() -> None:
    short = "<p>现将2025年新增教共体名单公示如下，公示期五天。</p><p><img src=/u/P0001.jpg></p><p><img src=/images/icon_doc.gif><img src=a.png width=16></p>"
    assert "1 张图片" in note(html(page(f"<h1>{TITLE}</h1><div id=zoom>{short}</div>")), "pictures")[0]


def test_the_standard_tags_and_the_metadata_table_are_kept_beside_the_article() -> None:
    head = (
        '<meta name="SiteName" content="云汀县教育局"><meta name="ArticleTitle" content="' + TITLE + '">'
        '<meta name="PubDate" content="2025-09-01 10:20"><meta name="ContentSource" content="县教育局">'
        '<meta name="ColumnName" content="政策文件">'
    )
    table = (
        "<table class=xxgk_top><tr><th>索引号</th><td>113300/2025-00001</td><th>发布日期</th><td>2025-09-01</td></tr><tr>"
        "<th>发文字号</th><td>云教〔2025〕1号</td><th>发布机构</th><td>云汀县教育局</td></tr></table>"
    )
    reading = html(page(f"{table}<h1>{TITLE}</h1><div class=TRS_Editor>{PARAGRAPHS}</div>", head))
    assert reading.meta["PubDate"] == "2025-09-01 10:20"
    assert [t.role for t in reading.blocks if isinstance(t, Table)] == ["metadata"]
    assert body(reading) == BODY


DATA = {
    "state": "<div id=app></div><script>window.__INITIAL_STATE__={};(function(){{}})()</script>",
    "next": '<div id="__next"></div><script id="__NEXT_DATA__" type="application/json">{}</script>',
    "variable": "<div id=zoom></div><script>var a = 1; var articleData = {};</script>",
}


@pytest.mark.parametrize("shell", DATA.values(), ids=DATA)
def test_an_article_that_stands_in_the_scripts_data_is_read_and_said(shell: str) -> None:
    data = json.dumps(
        {"props": {"article": {"id": 1, "title": TITLE, "content": PARAGRAPHS, "menu": [{"name": "首页"}]}}}
    )
    reading = html(page(shell.format(data)))
    assert body(reading) == BODY
    assert [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.style == "title"] == [TITLE]
    assert note(reading, "script_text")


def test_an_article_in_a_textarea_is_read_where_the_page_shows_none() -> None:
    area = f"<div id=zoom></div><textarea id=c style='display:none'>{html_escape(PARAGRAPHS)}</textarea><script>show()</script>"
    assert body(html(page(area))) == BODY


def test_an_empty_container_among_the_site_is_not_read_as_the_site() -> None:
    around = "<div class=slogan>云汀教育，为了每一个孩子的明天，欢迎关注我们的公众平台</div>"
    with pytest.raises(NotRead) as caught:
        html(page(f"{around}<div class=TRS_Editor></div><script>load(1)</script>"))
    assert caught.value.cause == "script_only"


@pytest.mark.parametrize("data", ["[" * 100_000, '{"a":' * 100_000, "{" + '"content":' * 3, "{}{}{}", '{"content": 1}'])
def test_broken_data_is_no_article(data: str) -> None:
    with pytest.raises(NotRead) as caught:
        html(page(f"<div id=app></div><script>window.__STATE__={data}</script>"))
    assert caught.value.cause == "script_only"
