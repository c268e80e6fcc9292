"""What the program says is in the reader's language; what documents and packs say is marked as Chinese (WCAG 3.1.2)."""

from __future__ import annotations

import re
import time
from html.parser import HTMLParser

import pytest
from starlette.testclient import TestClient

from duzheng.web.language import half

_HAN = re.compile(r"[\u3400-\u9fff：；，。（）]")
_EMPTY = {"br", "img", "input", "meta", "link", "hr", "wbr"}
_READ_ALOUD = ("title", "aria-label", "alt", "placeholder")


class _Unmarked(HTMLParser):
    """Chinese outside of what is marked as such. The title of a page may name a document: no part of it can be marked."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._open: list[tuple[str, bool]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        above = bool(self._open) and self._open[-1][1]
        marked = above or (given.get("lang") or "").startswith("zh") or tag in ("title", "script")
        if not marked:
            self.found += [f"{name}={given[name]}" for name in _READ_ALOUD if _HAN.search(given.get(name) or "")]
        if tag not in _EMPTY:
            self._open.append((tag, marked))

    def handle_endtag(self, tag: str) -> None:
        while self._open and self._open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if _HAN.search(data) and not self._open[-1][1]:
            self.found.append(data.strip())


def _unmarked(client: TestClient, path: str) -> list[str]:
    for _ in range(40):
        answer = client.get(path)
        if answer.status_code != 202:
            break
        time.sleep(0.25)  # it is being computed
    assert answer.status_code == 200, path
    parser = _Unmarked()
    parser.feed(answer.text)
    return parser.found


def test_english_pages_have_chinese_only_where_a_document_or_a_pack_speaks(client: TestClient) -> None:
    client.cookies.set("duzheng_language", "en")
    listed = client.get("/findings?verdict=not_met").text
    plan = re.search(r'href="/plans/([^"#]+)#', listed)
    finding = re.search(r'href="(/findings/[RZ][^"]+)"', listed)
    assert plan
    assert finding
    document = f"/documents/{plan[1]}"
    paths = (
        "/", "/matrix", "/findings", f"/plans/{plan[1]}", finding[1], "/search?q=共同体", "/search?q=沒有這個詞呀", "/searches",
        document, f"{document}/similar", f"{document}/lineage", f"{document}/facts/targets", "/missing?state=all", "/pairing",
        "/trends?t=共同体", "/compare", "/sources", "/upload", "/api",
    )  # fmt: skip
    found = {path: some[:5] for path in paths if (some := _unmarked(client, path))}
    assert not found


def test_the_five_lines_are_told_in_each_language_with_the_plans_words_as_written(client: TestClient) -> None:
    target = re.search(r'href="(/findings/R[^"]+)"', client.get("/findings?verdict=not_met").text)
    assert target
    said = {}
    for language in ("Hans", "Hant", "en"):
        client.cookies.set("duzheng_language", language)
        lines = re.search(r'<ol class="lines">(.*?)</ol>', client.get(target[1]).text, re.DOTALL)
        assert lines
        said[language] = re.sub(r"<[^>]+>", "", lines[1])
    assert said["Hans"].startswith("要求：")
    assert "怎樣判定：不符合" in said["Hant"]
    assert "How it was judged: not met. " in said["en"]
    quotes = re.findall(r"“([^“”]{4,50})”", said["Hans"])
    assert quotes
    assert all(quotes[0] in text for text in said.values())


@pytest.mark.parametrize(
    ("text", "zh", "en"),
    [
        ("没有这个页面 / no such page", "没有这个页面", "no such page"),
        ("a.pdf: 没有第 9 页 / there is no page 9", "a.pdf: 没有第 9 页", "a.pdf: there is no page 9"),
        ("没有这个页面", "没有这个页面", "没有这个页面"),
        (
            "sources/a.yaml: line 4: kind: 没有这个字段 / unknown field (请删去 / remove it)",
            "sources/a.yaml: 第 4 行: kind: 没有这个字段（请删去）",
            "sources/a.yaml: line 4: kind: unknown field (remove it)",
        ),
        (
            "来源.yaml: line 4, column 2: 不是合格的 YAML / not valid YAML",
            "来源.yaml: 第 4 行第 2 列: 不是合格的 YAML",
            "来源.yaml: line 4, column 2: not valid YAML",
        ),
        ("only English / and more", "only English / and more", "only English / and more"),
    ],
    ids=["both", "named", "chinese", "placed", "chinese_file", "english"],
)
def test_of_a_message_in_both_languages_one_reads_ones_own(text: str, zh: str, en: str) -> None:
    assert half("Hans", text) == zh
    assert half("en", text) == en


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh-CN", "page：应为整数"), ("zh-TW", "page：應為整數"), ("en", "page: Input should be a valid integer")],
)
def test_a_wrong_value_in_an_address_is_said_in_the_language_of_its_reader(
    client: TestClient, language: str, said: str
) -> None:
    answer = client.get("/findings?page=x", headers={"Accept-Language": language})
    assert answer.status_code == 422
    assert said in answer.text
    assert " / " not in answer.text[answer.text.index(said) :]
    over_json = client.get("/api/v1/findings?limit=x", headers={"Accept-Language": language}).json()
    assert "/query/limit：应为整数 / " in over_json["detail"]
