"""From when and until when a document says that it is in force."""

from __future__ import annotations

from datetime import date

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.parse import parse
from extractors.validity import find_statements
from schemas.document import Document
from schemas.outcome import SourceFile

_TO_TRADITIONAL = opencc.OpenCC("s2t").convert


def _read(sentence: str) -> Document:
    text = f"白芷县教育局关于印发《白芷县教师交流办法》的通知\n各学校：\n{sentence}\n白芷县教育局\n2024年2月1日\n"
    [document] = parse(SourceFile("通知.txt", text.encode())).documents
    assert document.signed_on == date(2024, 2, 1)
    return document


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("本办法自2024年3月1日起施行。", [("effective", date(2024, 3, 1))]),
        ("本办法自印发之日起执行。", [("effective", date(2024, 2, 1))]),
        ("本办法自二〇二四年三月一日起施行。", [("effective", date(2024, 3, 1))]),
        (
            "本办法自2024年3月1日起施行，有效期3年。",
            [("effective", date(2024, 3, 1)), ("expires", date(2027, 2, 28))],
        ),
        (
            "本办法自2024年2月29日起施行，有效期一年。",
            [("effective", date(2024, 2, 29)), ("expires", date(2025, 2, 28))],
        ),
        ("本办法自发布之日起试行，试行期两年。", [("effective", date(2024, 2, 1)), ("expires", date(2026, 1, 31))]),
        ("本办法有效期至2026年12月31日。", [("expires", date(2026, 12, 31))]),
        ("本办法有效期至2026年底。", [("expires", date(2026, 12, 31))]),
        (
            "本方案由县教育局负责解释，有效期为5年，自公布之日起施行。",
            [("effective", date(2024, 2, 1)), ("expires", date(2029, 1, 31))],
        ),
        ("教师资格证书有效期三年。", []),
        ("健康证明有效期至2026年12月31日。", []),
        ("文件状态：已废止", [("withdrawn", None)]),
        ("有效性：有效", []),
    ],
)
def test_what_a_document_says_of_its_own_force(sentence: str, said: list[tuple[str, date | None]]) -> None:
    for text in (sentence, _TO_TRADITIONAL(sentence)):
        document = _read(text)
        found = find_statements(document)
        assert [(one.kind, one.day) for one in found] == said
        assert all(document.text[one.start : one.end] in text for one in found)


_WORDS = [
    "本办法",
    "自",
    "2024年3月1日",
    "起施行",
    "有效期",
    "至",
    "三年",
    "。",
    "印发之日",
    "起",
    "：",
    "失效",
    "有效性",
    "99年",
    "〇年",
]


@given(st.lists(st.sampled_from(_WORDS), max_size=30).map("".join))
def test_statements_stand_in_the_text_in_order(body: str) -> None:
    document = _read(body + "完")
    found = find_statements(document)
    assert [one.start for one in found] == sorted(one.start for one in found)
    for one in found:
        assert 0 <= one.start < one.end <= len(document.text)
        assert one.kind == "withdrawn" or one.day is None or 1900 <= one.day.year <= 2200
