"""Plain text: paragraphs as the author meant them, wherever the lines were broken."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.readers import read
from extractors.readers.text import blocks_of, join_wrapped
from schemas.errors import NotRead
from schemas.reading import Paragraph, Table

SENTENCE = (
    "各地要充分认识城乡学校共同体建设的重要意义，加强组织领导，完善工作机制，"
    "落实经费保障，确保各项任务按期完成，取得实效。"
)


def texts(text: str) -> list[str]:
    return [b.text for b in blocks_of(text) if isinstance(b, Paragraph)]


def wrapped(paragraphs: list[str], width: int) -> str:
    """Paragraphs broken at a width as mail programs and terminals do, no closing mark at a line's start."""
    lines = []
    for paragraph in paragraphs:
        rest = "　　" + paragraph
        while len(rest) > width:
            cut = width - 1 if rest[width] in "，。、；：）" else width
            lines.append(rest[:cut])
            rest = rest[cut:]
        lines.append(rest)
    return "\n".join(lines)


def test_each_line_is_a_paragraph_without_its_indentation() -> None:
    assert texts("　　一、总体要求\r\n\r\n  到2025年底覆盖率达到70%以上。\r　二、其他　\n") == [
        "一、总体要求",
        "到2025年底覆盖率达到70%以上。",
        "二、其他",
    ]


@given(st.integers(28, 50), st.integers(3, 6))
def test_hard_wrapped_text_is_joined_to_its_paragraphs(width: int, count: int) -> None:
    paragraphs = [SENTENCE * 2, *[f"{i}.{SENTENCE * 3}" for i in range(1, count)]]
    assert texts(wrapped(paragraphs, width)) == paragraphs


def test_long_lines_of_a_list_are_not_joined() -> None:
    lines = [
        f"青石县{a}镇中心学校——青石县{a}镇{b}九年一贯制寄宿学校"
        for a in ("白果", "红岩", "绿水")
        for b in ("大坪", "长岭")
    ]
    assert join_wrapped(lines) == lines


def test_headings_and_short_lines_stay_apart() -> None:
    text = wrapped([SENTENCE * 3, SENTENCE * 2], 32) + "\n二、工作目标\n组长：王明\n副组长：李华"
    assert texts(text)[-3:] == ["二、工作目标", "组长：王明", "副组长：李华"]


def test_the_site_around_a_copied_page_is_set_apart_line_by_line() -> None:
    blocks = blocks_of(
        "欢迎光临青石县教育局!今天是:\n| 繁体 | 网站已支持ipv6各中小学：\n"
        "正文在这里。\n版权所有：青石县教育局\n最近访问"
    )
    assert [(b.role, b.text) for b in blocks if isinstance(b, Paragraph)] == [
        ("furniture", "欢迎光临青石县教育局!今天是:"),
        ("furniture", "| 繁体 | 网站已支持ipv6"),
        ("body", "各中小学："),
        ("body", "正文在这里。"),
        ("furniture", "版权所有：青石县教育局"),
        ("furniture", "最近访问"),
    ]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le"])
def test_the_same_text_in_any_encoding_gives_the_same_blocks(codec: str) -> None:
    text = "关于开展工作的通知\n\n" + SENTENCE + "\n\n序号\t学校\n1\t青石小学\n"
    assert read(text.encode(codec), "a.txt").blocks == blocks_of(text)


def test_a_big5_text_gives_the_same_blocks() -> None:
    text = "關於開展工作的通知\n\n各地要充分認識城鄉學校共同體建設的重要意義，加強組織領導。\n"
    assert read(text.encode("big5"), "a.txt").blocks == blocks_of(text)


def test_a_comma_separated_file_is_one_table() -> None:
    blocks = read('牵头校,成员校\n青石小学,"白果小学,红岩小学"\n'.encode("gbk"), "结对.csv").blocks
    assert len(blocks) == 1
    assert isinstance(blocks[0], Table)
    assert [c.text for c in blocks[0].cells] == ["牵头校", "成员校", "青石小学", "白果小学,红岩小学"]


def test_a_huge_line_is_read_in_time() -> None:
    blocks = blocks_of(SENTENCE * 50_000)
    assert len(blocks) == 1
    assert isinstance(blocks[0], Paragraph)
    assert len(blocks[0].text) == len(SENTENCE) * 50_000


@given(st.text(max_size=400))
def test_no_text_is_lost(text: str) -> None:
    """Whatever the input, every character that shows is in the blocks (frames of pipe tables aside)."""
    drop = set("|｜-—=:\\ \t\n\r\x0b\x0c\x1c\x1d\x1e\x1f\x85\xa0\u2028\u2029")
    parts = []
    for block in blocks_of(text):
        parts += [block.text] if isinstance(block, Paragraph) else [c.text for c in block.cells]
    shown = [c for c in text if c not in drop and not c.isspace()]
    assert [c for c in "".join(parts) if c not in drop and not c.isspace()] == shown


def test_text_files_over_the_limit_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("extractors.readers.limits.MAX_TEXT_BYTES", 10)
    with pytest.raises(NotRead) as refusal:
        read("一二三四五六七八九十".encode(), "a.txt")
    assert refusal.value.cause == "over_limit"
