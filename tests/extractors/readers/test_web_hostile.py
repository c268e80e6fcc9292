"""Pages and texts made to hurt: each is read or refused, in time that grows with its size and no faster."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import pytest

from extractors.readers import limits, read
from schemas.errors import NotRead
from schemas.reading import Paragraph

ARTICLE = "<div id=zoom><p>为推进城乡学校共同体建设，现将有关事项通知如下，请认真执行。</p>"
END = "<p>最后的一句话。</p>"


def text_of(data: str) -> str:
    reading = read(data.encode("utf-8", "surrogatepass"), "https://liuxi.example.gov.cn/a.html")
    return "".join(b.text for b in reading.blocks if isinstance(b, Paragraph))


def refused(data: bytes, uri: str) -> NotRead:
    with pytest.raises(NotRead) as caught:
        read(data, uri)
    return caught.value


BOMBS: dict[str, Callable[[int], str]] = {
    "attributes": lambda n: ARTICLE + "<p " + " ".join(f"a{i}=1" for i in range(n)) + ">" + END,
    "quoted attributes": lambda n: ARTICLE + "<p " + " ".join(f"a{i}='>'" for i in range(n)) + ">" + END,
    "attributes with tags in them": lambda n: ARTICLE + "<p " + " ".join(f"a{i}='<'" for i in range(n)) + ">" + END,
    "attributes without values": lambda n: ARTICLE + "<p " + " ".join(f"a{i}" for i in range(n)) + ">" + END,
    "attributes behind a lone quote": lambda n: ARTICLE + "<p x' " + " ".join(f"a{i}" for i in range(n)) + ">" + END,
    "classes": lambda n: ARTICLE + "<p class='" + " ".join(f"a{i}" for i in range(n)) + "'>" + END,
    "unclosed inline tags": lambda n: ARTICLE + "<p><font>甲" * (n // 4) + END,
    "unclosed lists": lambda n: ARTICLE + "<ul><li>甲" * n + END,
    "hidden in hidden": lambda n: ARTICLE + "<div style='display:none'>" * n + END,
    "containers in containers": lambda n: "<div id=zoom>" * n + END + "<script></script>",
    "empty containers": lambda n: ("<div id=zoom>" * 50 + "</div>" * 50) * (n // 400) + "<script></script>" + END,
    "one line": lambda n: ARTICLE + "各地要加强组织领导。" * n + END,
    "one word": lambda n: ARTICLE + "a" * (4 * n) + END,
    "spaces": lambda n: ARTICLE + " 甲 " * n + END,
    "direction marks": lambda n: ARTICLE + "\u202e" * n + END,
    "breaks": lambda n: ARTICLE + "<br>" * n + END,
    "links": lambda n: ARTICLE + "<a href='1.doc'>甲</a>" * (n // 4) + END,
    "entities": lambda n: ARTICLE + "&lt;" * n + END,
    "style rules": lambda n: "<style>" + ".a{" * n + "</style>" + ARTICLE + END,
    "open quotes": lambda n: ARTICLE + "<a href='" * n + "'>" + END,
    "scripts that redirect": lambda n: "<script>location='" * n + "</script>" + ARTICLE + END,
    "drawings": lambda n: ARTICLE + "<svg><g>" * n + END,
    "cells": lambda n: ARTICLE + "<table><tr><td>甲<td>乙" + "<td>丙" * (n // 4) + "</table>" + END,
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
def test_the_cost_of_a_hostile_page_grows_with_its_size(
    bomb: Callable[[int], str], linear: Callable[[Callable[[int], object], int], None]
) -> None:
    def run(n: int) -> None:
        with suppress(NotRead):
            text_of(bomb(n))

    linear(run, 3_000)


@pytest.mark.parametrize(
    "name", ["attributes", "quoted attributes", "attributes with tags in them", "classes", "breaks"]
)
def test_the_text_behind_an_absurd_tag_is_not_lost(name: str) -> None:
    text = text_of(BOMBS[name](20_000))
    assert "现将有关事项通知如下" in text
    assert "最后的一句话。" in text


def test_an_ordinary_apostrophe_costs_no_text() -> None:
    markup = ARTICLE + "<p title=it's>学校甲</p>" + "<p>one two three</p>" * 2_000 + "<p title=it's>学校乙</p>" + END
    assert text_of(markup).count("one two three") == 2_000


@pytest.mark.parametrize("extension", ["txt", "html"])
def test_two_hundred_megabytes_of_text_are_refused_with_the_limit(extension: str) -> None:
    data = (ARTICLE if extension == "html" else "").encode() + "教".encode() * (limits.MAX_BYTES // 3 - 100)
    refusal = refused(data, f"a.{extension}")
    assert refusal.cause == "over_limit"
    assert str(limits.MAX_TEXT_BYTES) in refusal.message


def test_a_million_links_are_refused_with_the_limit() -> None:
    refusal = refused((ARTICLE + "<a href=1>甲</a>" * 1_000_000).encode(), "a.html")
    assert refusal.cause == "over_limit"
    assert str(limits.MAX_TAGS) in refusal.message


def test_a_page_nested_nearly_to_the_limit_of_tags_is_read(
    monkeypatch: pytest.MonkeyPatch, on_a_small_stack: Callable[[Callable[[], object]], None]
) -> None:
    # Thirty bytes of stack for each level would end this thread; with the limit itself it takes longer, and says no more.
    monkeypatch.setattr(limits, "MAX_TAGS", 40_000)
    around = ARTICLE.count("<") + END.count("<")

    def look() -> None:
        assert "最后的一句话。" in text_of(ARTICLE + "<div>" * (limits.MAX_TAGS - around) + END)

    on_a_small_stack(look)
    over = ARTICLE + "<div>" * (limits.MAX_TAGS - around + 1) + END
    assert refused(over.encode(), "a.html").cause == "over_limit"


BOMB = "".join(f'<!ENTITY l{i} "{f"&l{i - 1};" * 10}">' for i in range(1, 10))
DTD = f'[<!ENTITY l0 "哈"><!ENTITY f SYSTEM "file:///etc/passwd">{BOMB}]'


@pytest.mark.parametrize(
    "markup",
    [
        f'<?xml version="1.0"?><!DOCTYPE html {DTD}><html xmlns="http://www.w3.org/1999/xhtml"><body>{ARTICLE}&l9;&f;{END}</body></html>',
        f"<!DOCTYPE html {DTD}><html><body>{ARTICLE}<svg><text>&l9;&f;</text></svg>{END}</body></html>",
        f"<html><body>{ARTICLE}<!DOCTYPE svg {DTD}><svg><text>&l9;</text></svg>{END}</body></html>",
        f"<html><body>{ARTICLE}<xml>{DTD}&l9;</xml>{END}</body></html>",
    ],
)
def test_no_entity_of_a_page_is_expanded_and_no_file_is_fetched(markup: str) -> None:
    text = text_of(markup)
    assert "最后的一句话。" in text
    assert "哈哈" not in text
    assert "root:" not in text


@pytest.mark.parametrize(
    "drawing",
    [
        f'<?xml version="1.0"?><!DOCTYPE svg {DTD}><svg xmlns="http://www.w3.org/2000/svg"><text>&l9;&f;</text></svg>',
        "<svg xmlns='http://www.w3.org/2000/svg'><title>图</title><style>a{}</style><text>学校分布图</text></svg>",
        "<!-- drawn -->\n<svg><text>学校分布图</text></svg>",
    ],
)
@pytest.mark.parametrize("name", ["图.svg", "图.html", "图.txt"])
def test_a_drawing_is_recognised_and_not_read(drawing: str, name: str) -> None:
    refusal = refused(drawing.encode(), name)
    assert refusal.cause in ("unsupported_format", "wrong_extension")
    assert "SVG" in refusal.message
    assert refusal.cure


@pytest.mark.parametrize("name", ["data.xml", "data.txt"])
def test_data_in_xml_is_recognised_and_not_read(name: str) -> None:
    refusal = refused(
        '<?xml version="1.0" encoding="GB18030"?><rows><row>青石小学</row></rows>'.encode("gb18030"), name
    )
    assert refusal.cause in ("unsupported_format", "wrong_extension")
    assert refusal.cure


def test_lone_surrogates_and_noncharacters_harm_nothing() -> None:
    text = text_of(ARTICLE * 20 + "<p>甲\ud800乙\ufffe丁</p>" + END)
    assert "最后的一句话。" in text
    text.encode()
