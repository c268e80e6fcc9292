"""Government-style pages (with the site around the article) and plain text."""

from __future__ import annotations

from html import escape
from typing import Any

from .recipe import Block, Recipe, spans

_META = (
    "SiteName", "SiteDomain", "SiteIDCode", "ColumnName", "ColumnType", "ArticleTitle", "PubDate", "ContentSource",
    "Keywords", "Author", "Description", "Url",
)  # fmt: skip


def _table(rows: list[list[str]]) -> str:
    lines = ['<table border="1" cellspacing="0" cellpadding="4" align="center">']
    cells = spans(rows)
    for r in range(len(rows)):
        lines.append("<tr>")
        for row, _, height, width, text in cells:
            if row == r:
                span = (f' rowspan="{height}"' if height > 1 else "") + (f' colspan="{width}"' if width > 1 else "")
                lines.append(f"<td{span}><p>{escape(text, quote=False)}</p></td>".replace("\\n", "<br/>"))
        lines.append("</tr>")
    return "\n".join([*lines, "</table>"])


def _block(block: Block) -> str:
    text = escape(block.text, quote=False)
    match block.kind:
        case "break":
            return "<p>&nbsp;</p>"
        case "table":
            return _table(block.rows)
        case "title":
            return f'<p style="text-align:center"><span style="font-size:22pt">{text}</span></p>'
        case "head" | "document_number":
            return f'<p style="text-align:center">{text}</p>'
        case "signature":
            return f'<p style="text-align:right">{text}&nbsp;&nbsp;</p>'
        case "addressees":
            return f"<p>{text}</p>"
        case "heading":
            cut = len(block.text) - len(block.run_in)
            bold, rest = escape(block.text[:cut], quote=False), escape(block.run_in, quote=False)
            return f'<p style="text-indent:2em"><strong>{bold}</strong>{rest}</p>'
        case _:
            return f'<p style="text-indent:2em">{text}</p>'


def page(recipe: Recipe, charset: str) -> bytes:
    """A page of a county site; ``html`` in the recipe's head gives the site, the metadata table, the links."""
    facts: dict[str, Any] = recipe.facts["html"]
    meta = "\n".join(
        f'<meta name="{name}" content="{escape(str(facts["meta"][name]))}"/>'
        for name in _META
        if name in facts.get("meta", {})
    )
    table = ""
    if facts.get("table"):
        items = list(facts["table"].items())
        rows = "\n".join(
            "<tr>"
            + "".join(f'<td class="bt">{escape(k)}：</td><td>{escape(str(v))}</td>' for k, v in items[i : i + 2])
            + "</tr>"
            for i in range(0, len(items), 2)
        )
        table = f'<table class="xxgk_table" width="100%" cellspacing="0">\n{rows}\n</table>'
    body = "\n".join(_block(b) for b in recipe.blocks)
    nav = "".join(f'<li><a href="/{i}/index.html">{escape(n)}</a></li>' for i, n in enumerate(facts["nav"]))
    links = "\n".join(f'<li><a href="/art/{i}.html">{escape(n)}</a></li>' for i, n in enumerate(facts["related"]))
    files = "\n".join(
        f'<p><a href="{escape(f["href"])}" title="{escape(f["text"])}">{escape(f["text"])}</a></p>'
        for f in facts.get("files", [])
    )
    site = escape(facts["site"])
    declared = (
        f'<meta http-equiv="Content-Type" content="text/html; charset={charset}"/>'
        if charset == "gbk"
        else f'<meta charset="{charset}"/>'
    )
    html = f"""<!DOCTYPE html>
<html lang="zh-CN">
<head>
{declared}
<title>{escape(facts["heading"])}_{site}</title>
{meta}
<style type="text/css">.nav li{{float:left;list-style:none}} .content{{line-height:2}}</style>
<script type="text/javascript">function doPrint(){{window.print();}}</script>
</head>
<body>
<div class="header"><div class="top">欢迎光临{site}！
<a href="#" onclick="setHome(this)">设为首页</a> | <a href="#">加入收藏</a> | <a href="/big5/">繁體</a> |
<a href="#">无障碍阅读</a></div>
<div class="logo">{site}</div>
<ul class="nav">{nav}</ul></div>
<div class="position">当前位置：<a href="/">首页</a> &gt; <a href="/xxgk/">{escape(facts["column"])}</a> &gt; 正文</div>
<div class="main">
{table}
<h1 class="article-title">{escape(facts["heading"])}</h1>
<div class="article-info">发布时间：{escape(str(facts["published"]))}　来源：{escape(facts["from"])}
浏览次数：<span id="hits">0</span>　字体：【<a href="#">大</a> <a href="#">中</a> <a href="#">小</a>】</div>
<div class="content" id="zoom">
{body}
{files}
</div>
<div class="tool"><a href="javascript:doPrint()">【打印本页】</a>
<a href="javascript:window.close()">【关闭窗口】</a></div>
<div class="related"><h3>相关链接</h3><ul>
{links}
</ul></div>
</div>
<div class="footer"><p>主办：{escape(facts["from"])}　网站标识码：{escape(facts["code"])}</p>
<p>{escape(facts["icp"])}　本站为软件演示样本，并非真实网站</p></div>
</body>
</html>
"""
    return html.encode(charset)


def text(recipe: Recipe, encoding: str, newline: str = "\r\n") -> bytes:
    """Plain text as copied out of a page: two ideographic spaces before a paragraph, tables as tabbed lines."""
    lines: list[str] = []
    for block in recipe.blocks:
        if block.kind == "break":
            lines.append("")
        elif block.kind == "table":
            lines += ["\t".join("" if c in ("^", "<") else c for c in row) for row in block.rows]
        elif block.kind in ("title", "head", "document_number"):
            lines += [block.text, ""]
        elif block.kind == "signature":
            lines.append("　" * 20 + block.text)
        elif block.kind == "addressees":
            lines.append(block.text)
        else:
            lines.append("　　" + block.text)
    return newline.join([*lines, ""]).encode(encoding)
