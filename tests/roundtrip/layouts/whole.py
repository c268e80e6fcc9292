"""A whole document as blocks: head, outline with communities, leaders, tasks and targets in it, attachments, signature."""

from __future__ import annotations

from dataclasses import dataclass

from hypothesis import strategies as st

from roundtrip import vocabulary as words
from roundtrip.layouts import assignments, groups, people
from roundtrip.layouts.heads import HEADS, SIGNATURES, signed
from roundtrip.model import (
    Block,
    Community,
    Header,
    Para,
    Person,
    Promise,
    Work,
    communities,
    headers,
    leaders,
    works,
)
from roundtrip.promises import promises

_ATTACHMENTS = (
    "城乡学校共同体组建情况一览表",
    "城乡学校共同体建设任务清单",
    "校共体合作协议书（样本）",
    "校共体考核评价表",
)
_CITED = (
    ("关于新时代城乡义务教育共同体建设的指导意见", "某教基〔2020〕70号"),
    ("教育强国建设规划纲要（2024—2035年）", None),
    ("中共某省委办公厅 某省人民政府办公厅关于构建优质均衡的基本公共教育服务体系的实施意见", None),
)


@dataclass(frozen=True)
class Whole:
    """Everything that one document says."""

    header: Header
    cited: tuple[tuple[str, str | None], ...]
    promises: tuple[Promise, ...]
    leaders: tuple[Person, ...]
    communities: tuple[Community, ...]
    works: tuple[Work, ...]
    attachments: tuple[str, ...]
    lasting: str


def wholes() -> st.SearchStrategy[Whole]:
    """A document with everything in it."""
    return st.builds(
        Whole,
        headers(),
        st.lists(st.sampled_from(_CITED), min_size=1, max_size=2, unique=True).map(tuple),
        st.lists(promises(), min_size=1, max_size=3).map(tuple),
        leaders().map(tuple),
        communities(most=3).map(tuple),
        works().map(tuple),
        st.lists(st.sampled_from(_ATTACHMENTS), max_size=3, unique=True).map(tuple),
        words.paragraphs(counts=False),
    )


def opening(whole: Whole) -> Para:
    """The first paragraph, with the documents it rests on."""
    cited = "和".join(f"《{title}》{f'（{number}）' if number else ''}" for title, number in whole.cited)
    return Para(f"根据{cited}精神，结合我县实际，现就推进城乡学校共同体建设有关事项通知如下。")


def blocks(whole: Whole, head: str, group: str, staff: str, task: str, signature: str, choice: int) -> list[Block]:
    """The document in one choice of renderings."""
    shape = {**groups.TABLES, **groups.TEXTS}[group]
    out: list[Block] = [*HEADS[head](whole.header), opening(whole)]
    out.append(Para("一、总体要求", "item", 1, "一、"))
    out.append(Para("坚持以城带乡、优势互补。" + "".join(p.sentence for p in whole.promises)))
    out.append(Para("二、组织领导", "item", 1, "二、"))
    out += people.LAYOUTS[staff](list(whole.leaders))
    out.append(Para("三、组建安排", "item", 1, "三、"))
    out.append(Para("经研究，全县城乡学校共同体组建如下："))
    out += shape(list(whole.communities), choice)
    out.append(Para("四、重点任务", "item", 1, "四、"))
    out += assignments.LAYOUTS[task](list(whole.works), choice)
    out.append(Para("五、工作要求", "item", 1, "五、"))
    out.append(Para(whole.lasting))
    if len(whole.attachments) == 1:
        out.append(Para(f"附件：{whole.attachments[0]}"))
    for i, title in enumerate(whole.attachments if len(whole.attachments) > 1 else (), 1):
        out.append(Para(f"附件：{i}.{title}" if i == 1 else f"　　　{i}.{title}"))
    return out + signed(whole.header, signature)


HEAD_NAMES = tuple(HEADS)
SIGNATURE_NAMES = tuple(SIGNATURES)
