"""Leaders, tasks and targets come back from every way of stating them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from roundtrip.layouts import assignments, files, people
from roundtrip.layouts.scripts import written
from roundtrip.layouts.wraps import spaced as wrapped
from roundtrip.model import Block, Para, Person, Promise, Work, leaders, works
from roundtrip.profile import examples
from roundtrip.promises import promises
from roundtrip.reading_back import plain, read
from schemas.document import Document

HEAD: list[Block] = [
    Para("岚溪县城乡学校共同体建设实施方案", "title"),
    Para("为加快推进城乡教育一体化，现就有关事项安排如下。"),
    Para("一、总体要求", "item", 1, "一、"),
    Para("健全城乡学校共同体运行机制，促进义务教育优质均衡发展。"),
]


def roles(document: Document) -> list[tuple[str, str]]:
    return sorted((plain(p.role), plain(p.name)) for p in document.leaders)


@pytest.mark.parametrize("layout", people.LAYOUTS)
@examples(30)
@given(group=leaders(posts=True), form=st.sampled_from(("text", "page", "word")))
def test_a_leading_group_comes_back(layout: str, group: list[Person], form: str) -> None:
    made = people.LAYOUTS[layout](group)
    blocks = [*HEAD, Para("二、组织领导", "item", 1), Para("成立工作领导小组，人员如下："), *made]
    if layout == "table" and form == "text":
        form = "page"
    data = {
        "text": lambda: (files.plain_text(blocks).encode(), "方案.txt"),
        "page": lambda: (files.page(blocks), "方案.html"),
        "word": lambda: (files.word(blocks), "方案.docx"),
    }[form]()
    assert roles(read(*data)) == sorted((plain(p.role), plain(p.name)) for p in group)


@pytest.mark.parametrize("script", ["s2t", "s2twp"])
@examples(25)
@given(group=leaders(), layout=st.sampled_from([n for n in people.LAYOUTS if n != "table"]))
def test_a_leading_group_in_traditional_script(script: str, group: list[Person], layout: str) -> None:
    blocks = [*HEAD, Para("二、组织领导", "item", 1), *people.LAYOUTS[layout](group)]
    document = read(written(files.plain_text(blocks), script).encode(), "方案.txt")
    # Only the script is undone here: 蕭 and 萧 are one name.
    assert roles(document) == sorted((plain(written(p.role, "s2t")), plain(written(p.name, script))) for p in group)


def assigned(document: Document) -> list[tuple[str, tuple[str, ...], str, str]]:
    return [
        (plain(t.text).rstrip("。"), tuple(map(plain, t.responsible)), plain(t.due_text), str(t.due))
        for t in document.tasks
    ]


def set_tasks(made: list[Work]) -> list[tuple[str, tuple[str, ...], str, str]]:
    return [(plain(w.text), tuple(w.responsible), w.due_text, str(w.due)) for w in made]


@pytest.mark.parametrize("layout", assignments.LAYOUTS)
@examples(40)
@given(made=works(), choice=st.integers(0, 47), form=st.sampled_from(("text", "page", "word")))
def test_tasks_come_back(layout: str, made: list[Work], choice: int, form: str) -> None:
    blocks = [*HEAD, Para("二、重点任务", "item", 1), *assignments.LAYOUTS[layout](made, choice)]
    if layout == "table" and form == "text":
        form = "page"
    data = {
        "text": lambda: (files.plain_text(blocks).encode(), "方案.txt"),
        "page": lambda: (files.page(blocks), "方案.html"),
        "word": lambda: (files.word(blocks), "方案.docx"),
    }[form]()
    assert assigned(read(*data)) == set_tasks(made)


@examples(30)
@given(made=works(), choice=st.integers(0, 47))
def test_tasks_in_one_unbroken_paragraph(made: list[Work], choice: int) -> None:
    whole = " ".join(b.text for b in assignments.tail(made, choice) if isinstance(b, Para))
    blocks = [HEAD[0], Para(f"一、总体要求 健全运行机制，促进优质均衡。 二、重点任务 {whole}")]
    assert assigned(read(files.plain_text(blocks).encode(), "方案.txt")) == set_tasks(made)


def found_targets(document: Document) -> list[tuple[object, ...]]:
    return [(t.comparator, t.value, t.upper, t.unit, t.per, t.due) for t in document.targets]


def set_targets(made: list[Promise]) -> list[tuple[object, ...]]:
    return [(p.comparator, p.value, p.upper, p.unit, p.per, p.due) for p in made]


@pytest.mark.parametrize("form", ["items", "one paragraph", "wrapped", "traditional"])
@examples(60)
@given(made=st.lists(promises(), min_size=1, max_size=5), width=st.integers(26, 40))
def test_targets_come_back(form: str, made: list[Promise], width: int) -> None:
    if form == "one paragraph":
        blocks: list[Block] = [HEAD[0], Para("一、工作目标 " + "".join(p.sentence for p in made))]
    else:
        paras = [Para(f"{i}.{p.sentence}") for i, p in enumerate(made, 1)]
        blocks = [*HEAD, Para("二、工作目标"), *(wrapped(paras, width) if form == "wrapped" else paras)]
    text = files.plain_text(blocks)
    document = read((written(text, "s2t") if form == "traditional" else text).encode(), "方案.txt")
    found = [(c, v, u, plain(unit), per, due) for c, v, u, unit, per, due in found_targets(document)]  # type: ignore[arg-type]
    assert found == set_targets(made)
