"""The words of a text without script, Taiwan wording, marks and lines of the web page."""

from __future__ import annotations

import opencc
from hypothesis import given
from hypothesis import strategies as st

from extractors.plain_words import PARTS, PlainWords, plain

_TO_TRADITIONAL = opencc.OpenCC("s2t").convert
_TEXT = "城区学校每学期派出骨干教师到乡村学校任教，乡村学校教师到城区学校跟岗学习。\n参与率达到85%。\n"


def test_script_marks_and_lines_of_the_page_make_no_difference() -> None:
    page = f"来源：某某网　浏览次数：12\n{_TEXT}【打印】【关闭】\n版权所有 某某网\n"
    words = PlainWords.of(_TEXT).text
    assert words == "城区学校每学期派出骨干教师到乡村学校任教乡村学校教师到城区学校跟岗学习参与率达到85"
    assert PlainWords.of(_TO_TRADITIONAL(page)).text == words
    assert PlainWords.of(_TEXT.replace("，", " , ")).text == words
    assert plain("資訊") == plain("信息")


def test_a_sentence_that_begins_like_a_label_stays() -> None:
    assert plain("审核工作由县教育局负责") == "审核工作由县教育局负责"


def test_names_and_figures_stay() -> None:
    assert plain("青岚县2024年第3号") != plain("白芷县2024年第3号")
    assert plain("85%") != plain("80%")


@given(st.text(alphabet="教育学校共同体建設專案，。\n 《》x1一\x00\ud800", max_size=300))
def test_every_character_has_its_line_and_a_sketch_is_small_and_the_same_again(text: str) -> None:
    words = PlainWords.of(text)
    assert len(words.lines) == len(words.text)
    assert list(words.lines) == sorted(words.lines)
    sketch = words.sketch()
    assert len(sketch) == len(set(sketch)) <= PARTS
    assert sketch == PlainWords.of(text).sketch()
    assert all(-(2**63) <= number < 2**63 for number in sketch)
    assert bool(sketch) == (len(words.text) >= 6)
