"""Where a requirement judges each of many, every one at fault is named, quoted and followed under an id of its own."""

from __future__ import annotations

from typing import Any

from made_plans import community, make_document, make_pack, task

from checks.engine import check
from schemas.document import Document
from schemas.finding import Finding, FindingElement

TASKS = {"form": "every_task", "parameters": {}}
LIST = {"form": "list", "parameters": {}}


def judged(requirement: dict[str, Any], document: Document) -> Finding:
    return check(document, make_pack(requirement)).findings[0]


def tasks(done: dict[int, bool], count: int = 9, id: str = "plan", before: str = "") -> Document:
    """A plan of so many tasks; those of ``done`` name an office, and a deadline where it is true."""
    lines = [f"{n}.任务{n}做好第{n}项工作。" for n in range(1, count + 1)]
    text = before + "\n".join(lines)
    found = [
        task(text, line, ["普教科"] if n in done else [], "6月底前" if done.get(n) else None)
        for n, line in enumerate(lines, start=1)
    ]
    return make_document(text, id=id, tasks=found)


def by_name(finding: Finding) -> dict[str, FindingElement]:
    return {element.element: element for element in finding.elements}


def test_every_incomplete_task_is_named_with_what_it_lacks_not_only_the_first_few() -> None:
    document = tasks({1: True, 2: False})
    finding = judged(TASKS, document)
    assert finding.verdict == "partial"
    assert [element.fault for element in finding.elements] == ["缺完成时限", *["缺责任单位和完成时限"] * 7]
    assert [element.element[:5] for element in finding.elements] == [f"{n}.任务{n}" for n in range(2, 10)]
    for element in finding.elements:
        assert element.evidence.quote == document.quote(element.evidence.span)


def test_a_complete_plan_has_no_element_at_fault() -> None:
    assert judged(TASKS, tasks(dict.fromkeys(range(1, 10), True))).elements == []


def test_an_element_keeps_its_id_in_a_corrected_plan_and_leaves_when_put_right() -> None:
    first = by_name(judged(TASKS, tasks({1: True, 2: False})))
    later = by_name(judged(TASKS, tasks({1: True, 2: True, 3: False}, id="later", before="（修订）\n")))
    assert len({element.id for element in first.values()}) == 8
    assert set(first) - set(later) == {next(name for name in first if name.startswith("2."))}
    assert all(first[name].id == later[name].id for name in later)
    finding = judged(TASKS, tasks({1: True}))
    assert finding.id not in {element.id for element in finding.elements}


def test_tasks_in_the_same_words_are_told_apart() -> None:
    text = "抓教研。\n抓教研。"
    found = [task(text, "抓教研。", [], None), task(text, "抓教研。", [], None)]
    finding = judged(TASKS, make_document(text, tasks=found))
    assert [element.element for element in finding.elements] == ["抓教研。", "抓教研。（2）"]
    assert len({element.id for element in finding.elements}) == 2


def test_every_incomplete_community_is_named() -> None:
    text = "甲校——乙校\n丙校——\n——丁校\n"
    communities = [
        community(text, "甲校——乙校", "甲校", "乙校"),
        community(text, "丙校——", "丙校"),
        community(text, "——丁校", None, "丁校"),
    ]
    finding = judged(LIST, make_document(text, communities=communities))
    assert {element.element: element.fault for element in finding.elements} == {"丙校": "缺成员校", "丁校": "缺核心校"}


def test_every_community_that_does_not_count_says_why() -> None:
    text = "结对型。\n甲校——乙校\n丙校——丁校\n"
    communities = [
        community(text, "甲校——乙校", "甲校", "乙校", mode="紧密型", legal_person="single"),
        community(text, "丙校——丁校", "丙校", "丁校", mode="结对型"),
    ]
    labels = {"紧密型": "single_legal_person", "结对型": "paired"}
    kinds = {"form": "list", "parameters": {"kinds": ["single_legal_person"], "labels": labels}}
    finding = judged(kinds, make_document(text, communities=communities))
    assert {element.element: element.fault for element in finding.elements} == {"丙校": "属结对协作"}


def test_the_parts_of_a_combination_bring_their_elements() -> None:
    combined = {"form": "combination", "parameters": {"all": [{"name": "任务", **TASKS}]}}
    assert len(judged(combined, tasks({1: True})).elements) == 8


def test_a_finding_stored_by_an_earlier_version_is_read() -> None:
    finding = judged(TASKS, tasks({1: True}))
    stored = finding.model_dump(mode="json") | {"element": None}
    del stored["elements"], stored["elsewhere"]
    assert Finding.model_validate(stored).id == finding.id
