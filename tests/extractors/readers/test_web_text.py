"""Plain text as it arrives: pages by form feed, tables drawn with characters, Markdown."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from extractors.readers import read
from schemas.reading import Link, Paragraph, Reading, Table

SENTENCE = "为推进城乡学校共同体建设，各乡镇中心学校要认真贯彻落实县教育局的工作部署，加强组织领导，落实经费保障，确保各项任务按期完成。"


def text(content: str, name: str = "a.txt") -> Reading:
    return read(content.encode(), name)


def body(reading: Reading) -> list[str]:
    return [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.role == "body"]


def table(reading: Reading) -> Table:
    (found,) = [b for b in reading.blocks if isinstance(b, Table)]
    return found


def shown(found: Table) -> list[list[str]]:
    return [[cell.text if cell else "" for cell in row] for row in found.grid()]


@pytest.mark.parametrize("number", ["- {} -", "— {} —", "{}", "第{}页", "第 {} 页 共 3 页", "{}/3"])
@pytest.mark.parametrize("end", ["{}\n\f", "\n\n{}\n\f\n", "{}\f"])
def test_paragraphs_go_on_over_pages_and_page_numbers_stand_apart(number: str, end: str) -> None:
    lines = [SENTENCE[i : i + 30] for i in range(0, len(SENTENCE), 30)]
    first = "一、总体要求\n" + "\n".join(lines) + "\n" + "\n".join(lines[:1]) + "\n" + end.format(number.format(1))
    second = "\n".join(lines[1:]) + "\n二、保障措施\n" + "\n".join(lines) + "\n" + end.format(number.format(2))
    reading = text(first + second + "青岚县教育局\n")
    assert body(reading) == ["一、总体要求", SENTENCE, SENTENCE, "二、保障措施", SENTENCE, "青岚县教育局"]
    assert [b.page for b in reading.blocks if isinstance(b, Paragraph) and b.role == "body"] == [1, 1, 1, 2, 2, 3]
    assert [(b.text, b.page) for b in reading.blocks if isinstance(b, Paragraph) and b.role == "page_number"] == [
        (number.format(1), 1),
        (number.format(2), 2),
    ]
    assert reading.pages == 3


def test_a_text_without_form_feeds_has_no_pages() -> None:
    reading = text("一、总体要求\n" + SENTENCE + "\n\f")
    assert reading.pages is None
    assert body(reading) == ["一、总体要求", SENTENCE]


@st.composite
def drawings(draw: st.DrawFn) -> tuple[str, list[list[str]]]:
    """A table of one character set and frame width, its rows one line or several high, and its grid."""
    width, height = draw(st.integers(2, 5)), draw(st.integers(2, 5))
    words = st.text(alphabet="学校青石白果河口", min_size=1, max_size=6)
    grid = [[draw(words) for _ in range(width)] for _ in range(height)]
    frame = draw(st.sampled_from(["thin", "double", "ascii", "old"]))
    columns = [draw(st.integers(3, 6)) for _ in range(width)]  # full-width characters a line
    if frame == "old":  # the frame's own characters are two columns wide
        rule = {"top": "┌┬┐", "mid": "├┼┤", "end": "└┴┘", "bar": "│", "line": "─"}
    elif frame == "thin":
        rule = {"top": "┌┬┐", "mid": "├┼┤", "end": "└┴┘", "bar": "│", "line": "──"}
    elif frame == "double":
        rule = {"top": "╔╦╗", "mid": "╠╬╣", "end": "╚╩╝", "bar": "║", "line": "══"}
    else:
        rule = {"top": "+++", "mid": "+++", "end": "+++", "bar": "|", "line": "--"}

    def across(kind: str) -> str:
        a, b, c = rule[kind]
        return a + b.join(rule["line"] * n for n in columns) + c

    out = [across("top")]
    for r, row in enumerate(grid):
        high = max(-(-len(t) // n) for t, n in zip(row, columns, strict=True))
        for k in range(high):
            parts = [t[k * n : (k + 1) * n] for t, n in zip(row, columns, strict=True)]
            filled = [p + "　" * (n - len(p)) for p, n in zip(parts, columns, strict=True)]
            out.append(rule["bar"] + rule["bar"].join(filled) + rule["bar"])
        out.append(across("end" if r == height - 1 else "mid"))
    return "\n".join(out), grid


@settings(deadline=None)
@given(drawings())
def test_a_drawn_table_reads_back(case: tuple[str, list[list[str]]]) -> None:
    drawn, grid = case
    reading = text(f"一览表\n{drawn}\n青岚县教育局\n")
    assert [[t.replace("\n", "") for t in row] for row in shown(table(reading))] == grid
    assert body(reading) == ["一览表", "青岚县教育局"]


def test_merged_cells_of_a_drawn_table_are_one_cell() -> None:
    drawn = (
        "┌──┬────┬────┐\n│学│牵头│成员│\n│段│学校│学校│\n├──┼────┼────┤\n│小│青石│白果│\n"
        "│  ├────┼────┤\n│学│河口│柳溪│\n├──┴────┼────┤\n│合计   │二个│\n└───────┴────┘"
    )
    assert shown(table(text(drawn))) == [
        ["学\n段", "牵头\n学校", "成员\n学校"],
        ["小\n学", "青石", "白果"],
        ["小\n学", "河口", "柳溪"],
        ["合计", "合计", "二个"],
    ]


def test_a_drawn_table_with_a_rule_below_its_head_only_has_a_row_a_line() -> None:
    drawn = "+------+--------+\n| 学段 | 牵头校 |\n+======+========+\n| 小学 | 青石   |\n| 初中 | 一中   |\n+------+--------+"
    assert shown(table(text(drawn))) == [["学段", "牵头校"], ["小学", "青石"], ["初中", "一中"]]


@pytest.mark.parametrize("line", ["+---+---+", "┌──┬──┐", "|", "│ │ │"])
def test_the_cost_of_broken_drawings_grows_with_their_size(
    line: str, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    linear(lambda n: text("通知\n" + (line + "\n") * n + "青岚县教育局"), 1_000)


MARKDOWN = f"""# 青岚县共同体建设方案

发文机关：**青岚县教育局**

一、总体要求
------------

{SENTENCE}

### （一）工作目标 ###

1. 到2025年底，不少于**70%**的乡村学校纳入`共同体`；
2. 到2026年底不少于85%。

- 核心校每学期选派教师\\*；
* 成员校[名单](./a_(1).docx "附件")见附件。

> 引用的一句话，同样是正文。

| 学段 | 牵头校 | 成员校 |
|:-----|:------:|-------:|
| 小学 | 青石小学 | 白果小学 |
| 初中 | 一中 | 二中 |

***

```
学校代码 001
```
![公章](seal.png)

青岚县教育局
"""


def test_markdown_is_read_as_what_it_means() -> None:
    reading = text(MARKDOWN, "方案.md")
    headings = [(b.text, b.level) for b in reading.blocks if isinstance(b, Paragraph) and b.style == "heading"]
    assert headings == [("青岚县共同体建设方案", 1), ("一、总体要求", 2), ("（一）工作目标", 3)]
    plain = [b.text for b in reading.blocks if isinstance(b, Paragraph) and b.style == "body"]
    assert plain == [
        "发文机关：青岚县教育局",
        SENTENCE,
        "1. 到2025年底，不少于70%的乡村学校纳入共同体；",
        "2. 到2026年底不少于85%。",
        "核心校每学期选派教师*；",
        "成员校名单见附件。",
        "引用的一句话，同样是正文。",
        "学校代码 001",
        "青岚县教育局",
    ]
    assert shown(table(reading)) == [
        ["学段", "牵头校", "成员校"],
        ["小学", "青石小学", "白果小学"],
        ["初中", "一中", "二中"],
    ]
    assert reading.links == [Link("名单", "./a_(1).docx")]
    assert reading.media_type == "text/markdown"


@pytest.mark.parametrize(
    "line", ["2 * 3 * 4 = 24", "字段 a_b_c 与 __init__", "#不是标题", "比例 1:1 | 2:1 不等", "C:\\学校\\名单"]
)
def test_what_only_looks_like_markdown_is_kept(line: str) -> None:
    expected = line.replace("__init__", "init")
    assert body(text(f"通知\n\n{line}\n", "a.md")) == ["通知", expected]


@settings(deadline=None)
@given(st.text(alphabet="#*_`[]()!>-+=|~\\ \n\f学校。1.", max_size=200))
def test_no_word_of_any_markdown_or_text_is_lost(content: str) -> None:
    for name in ("a.md", "a.txt"):
        source = "开头。\n\n" + content + "\n\n结尾。"
        reading = text(source, name)
        found = "".join(
            b.text if isinstance(b, Paragraph) else "".join(c.text for c in b.cells) for b in reading.blocks
        )
        if "(" not in content:  # addresses of links and pictures are no text
            assert found.count("学") == source.count("学")
        assert found.startswith("开头。")


@pytest.mark.parametrize(
    "part", ["**", "*a ", "[](", "![a](b", "`", "***a *", "[", "\\", "> ", "# ", "<http://", "~~a "]
)
def test_the_cost_of_hostile_markdown_grows_with_its_size(
    part: str, linear: Callable[[Callable[[int], object], int], None]
) -> None:
    linear(lambda n: text("通知\n\n" + part * n + "\n\n结尾。", "a.md"), 8_000)
