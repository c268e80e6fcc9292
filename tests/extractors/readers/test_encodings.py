"""Bytes to text: every encoding that notices and plans arrive in, declared rightly, wrongly or not at all."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.readers import encodings
from schemas.errors import NotRead

HANS = [
    "各县（市、区）教育局、财政局：",
    "为推进城乡学校共同体建设，现将有关事项通知如下。",
    "一、总体要求",
    "到2025年底，覆盖率达到70%以上。",
    "（一）坚持县域为主，分类实施。",
    "核心校每学期开展教研活动不少于2次。",
    "成立工作领导小组，由教育局局长任组长。",
    "附件：1.结对学校名单",
    "2025年9月1日",
]
HANT = [
    "各縣（市、區）教育局、財政局：",
    "為推進城鄉學校共同體建設，現將有關事項通知如下。",
    "一、總體要求",
    "到2025年底，覆蓋率達到70%以上。",
    "（一）堅持縣域為主，分類實施。",
    "核心校每學期開展教研活動不少於2次。",
    "成立工作領導小組，由教育局局長任組長。",
    "附件：1.結對學校名單",
    "2025年9月1日",
]

hans_texts = st.lists(st.sampled_from(HANS), min_size=3, max_size=12).map("\n".join)
hant_texts = st.lists(st.sampled_from(HANT), min_size=3, max_size=12).map("\n".join)


@given(
    hans_texts,
    st.sampled_from(
        ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le"]
    ),
)
def test_simplified_text_in_any_encoding_decodes_to_itself(text: str, codec: str) -> None:
    assert encodings.decode(text.encode(codec), "a.txt").text == text


@given(
    hant_texts, st.sampled_from(["utf-8", "utf-8-sig", "big5", "cp950", "big5hkscs", "gb18030", "utf-16", "utf-16-be"])
)
def test_traditional_text_in_any_encoding_decodes_to_itself(text: str, codec: str) -> None:
    assert encodings.decode(text.encode(codec), "a.txt").text == text


@given(hans_texts, st.sampled_from(["big5", "utf-8", "utf-16", "shift_jis", "iso-8859-1", "no-such-codec"]))
def test_a_wrong_declaration_does_not_spoil_the_text(text: str, declared: str) -> None:
    decoded = encodings.decode(text.encode("gb18030"), "a.html", declared)
    assert (decoded.text, decoded.encoding) == (text, "gb18030")


@given(st.one_of(hans_texts, hant_texts), st.sampled_from(["gb2312", "big5", "shift_jis"]))
def test_utf8_declared_as_something_else_is_read_as_utf8_and_noted(text: str, declared: str) -> None:
    decoded = encodings.decode(text.encode("utf-8"), "a.html", declared)
    assert (decoded.text, decoded.encoding) == (text, "utf-8")
    assert [note.kind for note in decoded.notes] == ["encoding"]


def test_a_page_that_says_gb2312_and_holds_gbk_is_read() -> None:
    text = "朱镕基、喆、堃：关于校共体的通知"
    assert encodings.decode(text.encode("gbk"), "a.html", "gb2312").text == text


@pytest.mark.parametrize("short", ["通知", "教育局", "第一小学", "学校名单"])
def test_short_gbk_texts_are_read(short: str) -> None:
    assert encodings.decode(short.encode("gbk"), "a.txt").text == short


@pytest.mark.parametrize("text", ["1,1\n1,。丙", "戊", "丙,戊\n", "甪直,澉浦"])
def test_a_few_rare_characters_in_utf8_are_not_taken_for_gbk(text: str) -> None:
    assert encodings.decode(text.encode(), "a.csv").text == text


@pytest.mark.parametrize("codec", ["gb18030", "big5", "utf-8"])
def test_a_file_cut_off_inside_a_character_is_read_with_a_note(codec: str) -> None:
    text = "\n".join(HANT) * 3 + "縣"
    decoded = encodings.decode(text.encode(codec)[:-1], "a.txt")
    assert decoded.text.startswith(text[:-1])
    assert [note.kind for note in decoded.notes] == ["encoding"]


def test_random_bytes_are_refused_with_what_was_tried_and_the_cure() -> None:
    data = bytes(random.Random(7).choices(range(128, 256), k=400))
    with pytest.raises(NotRead) as refusal:
        encodings.decode(data, "x.txt")
    assert refusal.value.cause == "unknown_encoding"
    assert "gb18030" in refusal.value.message
    assert "UTF-8" in refusal.value.cure


@pytest.mark.parametrize(
    "data", [b"abc\x00\x01\x02\xff\xfe\x00" * 40, bytes(range(256)) * 8, b"\x01\x02\x03\x04abc" * 50]
)
def test_binary_data_is_no_text(data: bytes) -> None:
    with pytest.raises(NotRead) as refusal:
        encodings.decode(data, "x.txt")
    assert refusal.value.cause == "unsupported_format"


@given(st.binary(min_size=1, max_size=300))
def test_any_bytes_are_either_read_or_refused(data: bytes) -> None:
    outcome: str
    try:
        outcome = encodings.decode(data, "x.txt").encoding
    except NotRead as refusal:
        outcome = str(refusal)
    assert "\n" not in outcome


def test_japanese_text_is_read_as_such() -> None:
    text = "これは日本語の文章です。学校の先生が教室で子どもたちに話をしています。" * 6
    assert encodings.decode(text.encode("shift_jis"), "a.txt").text == text


@pytest.mark.parametrize(
    ("markup", "name"),
    [
        (b'<meta charset="gbk">', "gbk"),
        (b"<META http-equiv='Content-Type' content='text/html; charset=gb2312'>", "gb2312"),
        (b'<?xml version="1.0" encoding="Big5"?><html>', "Big5"),
        (b"<html><body>charset=gbk</body>", None),
    ],
)
def test_the_declared_charset_is_found(markup: bytes, name: str | None) -> None:
    assert encodings.declared_charset(markup) == name


def test_invisible_characters_are_taken_out_and_counted() -> None:
    text, notes = encodings.cleaned("校\u200b共\ufeff体\u202e\x07 \t\n")
    assert text == "校共体 \t\n"
    assert [(note.kind, note.message.split()[1]) for note in notes] == [
        ("bidi_characters", "1"),
        ("control_characters", "1"),
        ("invisible_characters", "2"),
    ]
