"""What documents are called on pages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from corpus.corpus import Corpus
from duzheng.web.names import file_name
from extractors.parse import parse
from schemas.outcome import SourceFile


@pytest.mark.parametrize(
    ("uri", "name"),
    [
        ("notices/甲县方案.docx", "甲县方案.docx"),
        (r"D:\材料\甲县方案.docx", "甲县方案.docx"),
        ("all.zip!/a/b.zip!/附件1.xlsx", "附件1.xlsx"),
        ("https://example.org/art/2025/t1.html?id=3#x", "t1.html"),
        ("https://example.org/%E6%96%B9%E6%A1%88.pdf", "方案.pdf"),
        ("https://example.org/", ""),
        ("", ""),
    ],
)
def test_a_file_is_called_by_the_end_of_where_it_was(uri: str, name: str) -> None:
    assert file_name(uri) == name


def test_documents_without_a_title_are_told_apart_by_their_files(own_client: TestClient, own_home: Path) -> None:
    text = "紫藤乡各校结对情况如下，请核对。\n一、紫藤乡中心小学。"
    outcomes = [
        parse(SourceFile(uri=name, data=(text + "。" * number).encode()))
        for number, name in enumerate(("甲.txt", "乙.txt"))
    ]
    assert all(one.documents and one.documents[0].title is None for one in outcomes)
    with Corpus.open(own_home) as corpus:
        corpus.record(outcomes)
    page = own_client.get("/search", params={"q": "紫藤乡"}).text
    assert {"（无标题） 甲.txt", "（无标题） 乙.txt"} <= set(re.findall(r"<h3><a [^>]*>([^<]*)</a>", page))
    assert ">（无标题） 甲.txt</h1>" in own_client.get(f"/documents/{outcomes[0].documents[0].id}").text


def test_the_number_of_an_item_stands_once_in_the_outline(client: TestClient) -> None:
    found = client.get("/api/v1/documents", params={"limit": 50}).json()["items"]
    lines = [
        line
        for one in found
        for line in re.findall(r'<a href="[^"]*#p\d+">([^<]+)</a></li>', client.get(f"/documents/{one['id']}").text)
    ]
    assert [line for line in lines if re.match(r"(\S{1,6}) \1", line)] == []
    assert len(lines) > 100
