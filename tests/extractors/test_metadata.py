"""The tags and tables of government pages, with the misspellings met in the field."""

from __future__ import annotations

from datetime import date

import pytest

from extractors.parse import parse
from schemas.document import Document
from schemas.outcome import SourceFile


def read(tags: dict[str, str], body: str = "<p>各学校：</p><p>请抓好教共体工作落实。</p>") -> Document:
    meta = "".join(f'<meta name="{name}" content="{value}">' for name, value in tags.items())
    page = f'<html><head><meta charset="utf-8">{meta}</head><body><div class="article">{body}</div></body></html>'
    (document,) = parse(SourceFile(uri="a.html", data=page.encode())).documents
    return document


@pytest.mark.parametrize(
    ("title", "day", "source", "site"),
    [
        ("ArticleTitle", "PubDate", "ContentSource", "SiteName"),
        ("articletitle", "pubdate", "contentsource", "sitename"),
        ("ArticeTitle", "PubDdate", "ContentSourse", "SiteNane"),
        ("Article_Title", "Pub-Date", "Content Source", "Site_Name"),
    ],
)
def test_tags_are_read_however_they_are_spelt(title: str, day: str, source: str, site: str) -> None:
    document = read({
        title: "关于做好教共体工作的通知", day: "2025-09-03 10:00", source: "青岚县教育局", site: "洛阳市人民政府", "SiteIDCode": "4103000001",
    })  # fmt: skip
    assert document.title == "关于做好教共体工作的通知"
    assert document.published_on == date(2025, 9, 3)
    assert document.issuers == ["青岚县教育局"]


def test_a_tag_that_is_something_else_is_not_taken() -> None:
    document = read(
        {"SiteDomain": "x.gov.cn", "ColumnName": "通知公告", "Keywords": "教共体", "Description": "青岚县教育局"}
    )
    assert document.title is None
    assert document.issuers == []


def test_the_body_is_preferred_and_the_difference_is_said() -> None:
    body = "<h1>青岚县教育局关于做好校共体工作的通知</h1><p>各学校：</p><p>请抓好落实。</p><p>青岚县教育局</p><p>2025年9月1日</p>"
    document = read({"ArticleTitle": "关于转发文件的通知", "PubDate": "2025-09-03"}, body)
    assert document.title == "青岚县教育局关于做好校共体工作的通知"
    assert (document.signed_on, document.published_on) == (date(2025, 9, 1), date(2025, 9, 3))
    assert "关于转发文件的通知" in next(n.message for n in document.quality if n.kind == "conflicting_sources")
