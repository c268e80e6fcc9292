"""What the site's pages look like: the lists of two designs, notices, feeds, and pages that stand in for a document."""

from __future__ import annotations

import json
from html import escape
from urllib.parse import quote

from tests.sources.site.faults import Fault, FaultKind
from tests.sources.site.model import Content, Notice

LIST = "/zwgk/tzgg/"
"""The path of the HTML list; its pages are index.html, index_1.html, …"""


def page_count(content: Content) -> int:
    """How many pages the lists have."""
    return max(1, -(-len(content.listed()) // content.per_page))


def _on_page(content: Content, page: int) -> list[Notice]:
    return content.listed()[page * content.per_page : (page + 1) * content.per_page]


def html_list(content: Content, page: int) -> str | None:
    """Page ``page`` (from 0) of the HTML list, None where there is none."""
    count = page_count(content)
    if not 0 <= page < count:
        return None
    shown = _on_page(content, page)
    if content.design == 1:
        rows = "\n".join(
            f'<li><span class="date">{n.dated_on:%Y-%m-%d}</span>'
            f'<a href="../..{n.address}" target="_blank" title="{escape(n.title)}">{escape(n.title[:20])}…</a></li>'
            for n in shown
        )
        body = f'<div class="list"><ul class="news_list">\n{rows}\n</ul></div>'
    else:
        cards = "\n".join(
            f'<div class="card" data-v-7ba5bd90=""><h3><a href="{n.address}">{escape(n.title)}</a></h3>'
            f"<em>{n.dated_on.year}年{n.dated_on.month}月{n.dated_on.day}日</em></div>"
            for n in shown
        )
        body = f'<section class="cards">\n{cards}\n</section>'
    following = f'<a class="next" href="index_{page + 1}.html">下一页</a>' if page + 1 < count else ""
    paging = (
        f'<div class="page"><script>createPageHTML({count}, {page}, "index", "html");</script>{following}'
        f"<span>共{count}页</span></div>"
    )
    return _frame(content, "通知公告", body + paging)


def json_list(content: Content, page: int) -> str:
    """Page ``page`` (from 1) of the JSON list; empty beyond the last one, as content systems answer."""
    rows = [
        {"id": n.number, "title": n.title, "url": n.address, "publishDate": f"{n.dated_on:%Y-%m-%d} 09:00:00"}
        for n in _on_page(content, page - 1)
    ]
    data = {"total": len(content.listed()), "pages": page_count(content), "list": rows}
    return json.dumps({"code": 200, "msg": "操作成功", "data": data}, ensure_ascii=False)


def sitemap(content: Content, base: str) -> str:
    """The sitemap of all notices that are listed."""
    rows = "".join(
        f"<url><loc>{escape(base + n.address)}</loc><lastmod>{n.modified:%Y-%m-%dT%H:%M:%S+00:00}</lastmod></url>\n"
        for n in content.listed()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{rows}</urlset>\n'
    )


def sitemap_index(base: str) -> str:
    """An index of sitemaps with the one of ``sitemap``."""
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">'
        f"<sitemap><loc>{base}/sitemap.xml</loc></sitemap></sitemapindex>\n"
    )


def rss(content: Content, base: str) -> str:
    """An RSS 2.0 feed of the newest notices."""
    rows = "".join(
        f"<item><title>{escape(n.title)}</title><link>{escape(base + n.address)}</link>"
        f"<pubDate>{n.dated_on:%a, %d %b %Y} 09:00:00 +0800</pubDate></item>\n"
        for n in _on_page(content, 0)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<rss version="2.0"><channel><title>云汀县教育局</title>\n{rows}</channel></rss>\n'


def atom(content: Content, base: str) -> str:
    """The same as Atom (RFC 4287)."""
    rows = "".join(
        f'<entry><title>{escape(n.title)}</title><link href="{escape(base + n.address)}"/><id>{escape(base + n.address)}</id>'
        f"<updated>{n.dated_on:%Y-%m-%d}T09:00:00+08:00</updated></entry>\n"
        for n in _on_page(content, 0)
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom"><title>云汀县教育局</title>\n{rows}</feed>\n'


def article(content: Content, notice: Notice) -> str:
    """The page of one notice with its metadata, its text and the links of its files."""
    text = "\n".join(f'<p style="text-indent:2em">{escape(p)}</p>' for p in notice.paragraphs)
    files = "\n".join(
        f'<p><a href="{quote(notice.file_address(f))}" title="{escape(f.name)}">{escape(f.name)}</a></p>'
        for f in notice.files
    )
    body = (
        f'<h1 class="article-title">{escape(notice.title)}</h1>\n<div class="article-info">发布时间：'
        f'{notice.dated_on:%Y-%m-%d}　来源：云汀县教育局 浏览次数：<span id="hits">0</span></div>\n'
        f'<div class="content" id="zoom">\n{text}\n{files}\n</div>\n'
        '<div class="tool"><a href="javascript:window.print()">【打印本页】</a></div>'
    )
    meta = (
        f'<meta name="ArticleTitle" content="{escape(notice.title)}"/>'
        f'<meta name="PubDate" content="{notice.dated_on:%Y-%m-%d} 09:00"/>'
        '<meta name="ContentSource" content="云汀县教育局"/>'
    )
    return _frame(content, notice.title, body, meta)


def leading(content: Content, fault: Fault) -> str:
    """A page without content that leads elsewhere after some seconds."""
    return (
        f'<html><head><meta charset="{content.charset}"><title>页面跳转</title>'
        f'<META HTTP-EQUIV="Refresh" content="{fault.seconds:g};URL={fault.location}"></head>'
        f'<body><p>页面正在跳转，请稍候</p><a href="{fault.location}">点此进入</a></body></html>'
    )


def stand_in(content: Content, kind: FaultKind) -> str:
    """A page that is answered with status 200 where a document should be."""
    return {
        "block": (
            f'<html><head><meta charset="{content.charset}"><title>访问被拦截</title></head><body><h1>访问被拦截</h1>'
            "<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p><p>可能原因：您提交的内容包含危险的攻击请求</p>"
            "<p>事件ID：8f2a-77</p></body></html>"
        ),
        "login": (
            f'<html><head><meta charset="{content.charset}"><title>统一身份认证平台</title></head><body>'
            '<form action="/login" method="post"><p>用户登录</p><p>用户名<input name="u"></p>'
            '<p>密码<input type="password" name="p"></p><button>登录</button></form></body></html>'
        ),
        "error": (
            f'<html><head><meta charset="{content.charset}"><title>404 页面不存在</title></head><body>'
            "<h1>404</h1><p>抱歉，您访问的页面不存在或已被删除。</p><p>返回首页</p></body></html>"
        ),
        "script": (
            f'<html><head><meta charset="{content.charset}"><title></title></head><body><div id="app"></div>'
            "<script>var _0x1f=['c'];document.cookie='k='+_0x1f[0];</script></body></html>"
        ),
    }[kind]


def _frame(content: Content, title: str, body: str, meta: str = "") -> str:
    return f"""<!DOCTYPE html>
<html><head><meta http-equiv="Content-Type" content="text/html; charset={content.charset}"/>
<title>{escape(title)}_云汀县教育局</title>{meta}</head>
<body>
<div class="header"><ul class="nav"><li><a href="/">首页</a></li><li><a href="{LIST}">通知公告</a></li></ul></div>
<div class="main">
{body}
</div>
<div class="footer"><p>主办：云汀县教育局　本站为软件测试，并非真实网站</p></div>
</body></html>
"""
