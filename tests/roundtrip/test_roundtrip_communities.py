"""Communities come back from tables of every shape in every kind of file, from lists of lines and from prose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.layouts import files
from roundtrip.layouts.groups import TABLES, TEXTS, WITH_STAGE
from roundtrip.layouts.scripts import written
from roundtrip.model import Block, Community, Para, communities
from roundtrip.profile import examples
from roundtrip.reading_back import plain, read
from schemas.document import Document

HEAD: list[Block] = [
    Para("岚溪县城乡学校共同体建设实施方案", "title"),
    Para("为加快推进城乡教育一体化，现就校共体组建有关事项安排如下。"),
    Para("一、工作目标", "item", 1, "一、"),
    Para("健全城乡学校共同体运行机制，促进义务教育优质均衡发展。"),
    Para("二、组建名单", "item", 1, "二、"),
    Para("全县城乡学校共同体组建情况如下："),
]
TAIL: list[Block] = [
    Para("三、工作要求", "item", 1, "三、"),
    Para("各校共体要制定工作计划，抓好各项任务落实。"),
]
MODES = ("紧密型", "融合型", "共建型", "协作型", "托管型")


def found_in(document: Document, stage: bool, mode: bool) -> list[tuple[object, ...]]:
    rows = []
    for one in document.communities:
        rows.append(
            (
                one.stage if stage else None,
                one.mode if mode else None,
                plain(one.lead),
                tuple(sorted(map(plain, one.members))),
            )
        )
    return sorted(rows, key=str)


def expected(groups: list[Community], stage: bool, mode: bool, script: str = "Hans") -> list[tuple[object, ...]]:
    rows = []
    for g in groups:
        lead, members = written(g.lead, script), [written(m, script) for m in g.members]
        rows.append(
            (
                g.stage if stage else None,
                g.mode if mode else None,
                plain(lead),
                tuple(sorted(plain(m) for m in members)),
            )
        )
    return sorted(rows, key=str)


FORMS = ("html", "gbk", "docx", "xlsx")


def as_file(blocks: list[Block], form: str) -> tuple[bytes, str]:
    if form == "html":
        return files.page(blocks), "page.html"
    if form == "gbk":
        return files.page(blocks, encoding="gbk"), "page.html"
    if form == "pdf":
        return files.pdf(blocks), "plan.pdf"
    if form == "docx":
        return files.word(blocks), "plan.docx"
    return files.plain_text(blocks, form).encode(), "plan.txt"


@pytest.mark.parametrize("shape", TABLES)
@examples(20)
@given(groups=communities(), choice=st.integers(0, 5), form=st.sampled_from(("html", "gbk", "docx")))
def test_communities_come_back_from_each_table(shape: str, groups: list[Community], choice: int, form: str) -> None:
    stage, mode = shape in WITH_STAGE, shape == "mode column"
    if mode:
        groups = [replace(g, mode=MODES[i % len(MODES)]) for i, g in enumerate(groups)]
    document = read(*as_file([*HEAD, *TABLES[shape](groups, choice), *TAIL], form))
    assert found_in(document, stage, mode) == expected(groups, stage, mode)


@pytest.mark.parametrize("shape", ["row a group", "row a member", "members in columns"])
@examples(15)
@given(groups=communities(), choice=st.integers(0, 5), form=st.sampled_from(("tabs", "bars")))
def test_communities_come_back_from_tables_in_plain_text(
    shape: str, groups: list[Community], choice: int, form: str
) -> None:
    document = read(*as_file([*HEAD, *TABLES[shape](groups, choice), *TAIL], form))
    assert found_in(document, False, False) == expected(groups, False, False)


@pytest.mark.slow
@pytest.mark.parametrize("shape", TABLES)
@examples(6)
@given(groups=communities(), choice=st.integers(0, 5))
def test_communities_come_back_from_tables_in_a_pdf(shape: str, groups: list[Community], choice: int) -> None:
    stage, mode = shape in WITH_STAGE, shape == "mode column"
    if mode:
        groups = [replace(g, mode=MODES[i % len(MODES)]) for i, g in enumerate(groups)]
    document = read(*as_file([*HEAD, *TABLES[shape](groups, choice), *TAIL], "pdf"))
    assert found_in(document, stage, mode) == expected(groups, stage, mode)


@pytest.mark.parametrize("shape", [s for s in TABLES if s != "several tables"])
@examples(8)
@given(groups=communities(), choice=st.integers(0, 5))
def test_communities_come_back_from_a_workbook_that_is_an_attachment(
    shape: str, groups: list[Community], choice: int
) -> None:
    stage, mode = shape in WITH_STAGE, shape == "mode column"
    if mode:
        groups = [replace(g, mode=MODES[i % len(MODES)]) for i, g in enumerate(groups)]
    (grid,) = TABLES[shape](groups, choice)
    name = "城乡学校共同体组建情况一览表"
    text = files.plain_text([*HEAD, *TAIL, Para(f"附件：1.{name}")]).encode()
    document = read(text, "方案.txt", [(f"附件1 {name}.xlsx", files.sheet(name, grid))])
    assert found_in(document, stage, mode) == expected(groups, stage, mode)
    (attachment,) = document.attachments
    assert (attachment.number, attachment.title, attachment.included) == (1, name, True)


@pytest.mark.parametrize("shape", TEXTS)
@examples(40)
@given(groups=communities(), choice=st.integers(0, 59))
def test_communities_come_back_from_lines_and_prose(shape: str, groups: list[Community], choice: int) -> None:
    blocks = [*HEAD, *TEXTS[shape](groups, choice), *TAIL]
    document = read(files.plain_text(blocks).encode(), "方案.txt")
    assert found_in(document, False, False) == expected(groups, False, False)


@pytest.mark.parametrize("script", ["s2t", "s2twp"])
@examples(40)
@given(groups=communities(), choice=st.integers(0, 59), shape=st.sampled_from(sorted(TEXTS)))
def test_communities_come_back_in_traditional_script(
    script: str, groups: list[Community], choice: int, shape: str
) -> None:
    blocks = [*HEAD, *TEXTS[shape](groups, choice), *TAIL]
    document = read(written(files.plain_text(blocks), script).encode(), "方案.txt")
    assert found_in(document, False, False) == expected(groups, False, False, script)


@examples(30)
@given(groups=communities(most=2), shape=st.sampled_from(("dashes", "sentences")), choice=st.integers(0, 59))
def test_a_list_takes_its_mode_from_the_heading_it_stands_under(
    groups: list[Community], shape: str, choice: int
) -> None:
    blocks = list(HEAD[:5])
    made: list[Community] = []
    for i, mode in enumerate(MODES[: 1 + len(groups) % 3]):
        blocks.append(Para(f"（{'一二三'[i]}）“{mode}”校共体", "item", 2))
        own = [replace(g, mode=mode) for g in groups[i :: 1 + len(groups) % 3]]
        blocks += TEXTS[shape](own, choice)
        made += own
    document = read(files.plain_text([*blocks, *TAIL]).encode(), "方案.txt")
    assert found_in(document, False, True) == expected(made, False, True)
