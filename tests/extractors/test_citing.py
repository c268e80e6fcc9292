"""In what capacity a document names another: the words around 《…》 tell, in either script, with the sentence as evidence."""

from __future__ import annotations

from collections.abc import Callable

import opencc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.citing import Cited, find_cited
from extractors.parse import parse
from schemas.document import Document
from schemas.outcome import SourceFile
from schemas.relations import Capacity

_TO_TRADITIONAL = opencc.OpenCC("s2t").convert
_OTHER = "《白芷县城乡教育共同体管理办法》"


def _read(text: str) -> Document:
    outcome = parse(SourceFile("通知.txt", text.encode()))
    assert len(outcome.documents) == 1
    return outcome.documents[0]


def _said(sentence: str) -> list[tuple[str, Capacity]]:
    document = _read(f"白芷县教育局关于教师交流的通知\n各学校：\n{sentence}\n白芷县教育局\n2024年2月1日\n")
    return [(one.title, one.capacity) for one in find_cited(document)]


@pytest.mark.parametrize(
    ("sentence", "capacity"),
    [
        (f"根据{_OTHER}（白教〔2019〕8号）要求，结合实际，现通知如下。", "carries_out"),
        (f"为深入贯彻落实{_OTHER}精神，现就有关事项通知如下。", "carries_out"),
        (f"现将{_OTHER}转发给你们，请遵照执行。", "forwards"),
        (f"现转发{_OTHER}，请遵照执行。", "forwards"),
        (f"参照{_OTHER}，各校自行安排。", "refers"),
        (f"本通知自印发之日起施行，{_OTHER}（白教〔2019〕8号）同时废止。", "repeals"),
        (f"原{_OTHER}自2024年3月1日起停止执行。", "repeals"),
        (f"现决定废止{_OTHER}。", "repeals"),
        (f"本通知取代{_OTHER}。", "replaces"),
        (f"对{_OTHER}作如下修改：", "amends"),
        (f"{_OTHER}第五条同时废止。", "amends"),
        (f"按照{_OTHER}认定的学校名单失效。", "carries_out"),
        (f"{_OTHER}尚未废止，仍按其执行。", "refers"),
        (f"对{_OTHER}要认真学习。", "refers"),
    ],
)
def test_the_words_around_a_title_say_what_it_is_cited_for(sentence: str, capacity: Capacity) -> None:
    assert _said(sentence) == [(_OTHER.strip("《》"), capacity)]
    assert [said for _, said in _said(_TO_TRADITIONAL(sentence))] == [capacity]


def test_joined_titles_share_what_stands_before_the_first_and_behind_the_last() -> None:
    assert _said("根据《甲县管理办法》（甲教〔2020〕1号）、《乙县实施意见》和《丙县工作方案》精神，现通知如下。") == [
        ("甲县管理办法", "carries_out"),
        ("乙县实施意见", "carries_out"),
        ("丙县工作方案", "carries_out"),
    ]
    assert _said("《甲县管理办法》《乙县实施意见》同时废止。") == [
        ("甲县管理办法", "repeals"),
        ("乙县实施意见", "repeals"),
    ]


def test_a_notice_that_repeals_in_its_title_repeals_everything_it_lists() -> None:
    text = "白芷县教育局关于废止部分文件的通知\n各学校：\n下列文件不再有效。\n1.《甲校管理办法》（白教〔2011〕1号）\n2.《乙校工作方案》（白教〔2012〕2号）\n"
    assert {one.capacity for one in find_cited(_read(text))} == {"repeals"}
    kept = text.replace("下列文件不再有效", "下列第一件废止，其余继续有效")
    assert {one.capacity for one in find_cited(_read(kept))} == {"refers"}


def test_what_a_title_forwards_without_marks_is_cited() -> None:
    document = _read(
        "白芷县教育局转发南阳市教育局关于做好教师交流工作的通知\n各学校：\n请遵照执行。\n白芷县教育局\n2024年2月1日\n"
    )
    [one] = find_cited(document)
    assert (one.title, one.capacity) == ("南阳市教育局关于做好教师交流工作的通知", "forwards")
    assert document.text[one.start : one.end] == one.title


_WORDS = [
    "根据",
    "《甲县管理办法》",
    "（甲教〔2020〕1号）",
    "同时废止",
    "，",
    "。",
    "\n",
    "第三条",
    "修改",
    "转发",
    "和",
    "學校",
    "《",
    "》",
    "等文件",
]


@given(st.lists(st.sampled_from(_WORDS), max_size=40).map("".join))
def test_every_citation_stands_in_its_evidence_whatever_the_text(body: str) -> None:
    document = _read("白芷县教育局通知\n" + body + "完")
    found = find_cited(document)
    assert [one.start for one in found] == sorted({one.start for one in found})
    assert {one.span.start for one in document.citations} <= {one.start for one in found}
    for one in found:
        assert document.text[one.start] == "《"
        assert one.evidence_start <= one.start < one.end <= one.evidence_end <= len(document.text)


def test_the_cost_grows_with_the_text(linear: Callable[[Callable[[int], object], int], None]) -> None:
    def find(n: int) -> list[Cited]:
        document = _read("通知\n正文")
        text = "《甲县管理办法》等文件同时等文件、" * n + "根据《" * n
        return find_cited(document.model_copy(update={"text": text}))

    linear(find, 1500)
