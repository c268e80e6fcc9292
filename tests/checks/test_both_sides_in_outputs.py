"""Whatever shows a finding shows both sides of a contradiction, and each of many that is at fault."""

from __future__ import annotations

import csv
import json
import re
from datetime import date
from html import unescape
from pathlib import Path

import openpyxl
import pytest
from docx import Document as Word
from made_plans import community, make_document, make_pack, task

from checks.engine import check
from checks.ledger import Entry, write_ledger
from checks.ledger.changes import changes
from checks.ledger.read import read_ledger
from checks.ledger.values import fingerprint
from checks.outputs.csv import write_csv
from checks.outputs.evidence import write_evidence
from checks.outputs.notice import write_notices
from checks.outputs.sarif import sarif
from checks.report import render
from schemas.document import Document, Jurisdiction
from schemas.finding import Finding, PlanCheck, identified
from schemas.standing import state_of

TODAY = date(2025, 10, 1)
PLACE = Jurisdiction(province="河南省", city="南阳市", county="青禾县")
TASKS = {"form": "every_task", "parameters": {}}
AGAINST = {
    "form": "consistency",
    "parameters": {"subjects": ["校共体"], "units": ["个"], "verbs": ["组建"], "against": ["plans"]},
}
HERE, THERE = "青禾县第一小学——柳溪小学", "青禾县第三小学——柳溪小学<b>"
TITLE = "青禾县第三小学<i>实施方案"


def plan(line: str, tasks: int, **facts: object) -> Document:
    jobs = [f"{n}.任务{n}做好第{n}项工作。" for n in range(1, tasks + 1)]
    text = "\n".join([line, *jobs])
    lead = line.partition("——")[0]
    return make_document(
        text,
        jurisdiction=PLACE,
        communities=[community(text, line, lead, "柳溪小学")],
        tasks=[task(text, job, ["普教科"], None) for job in jobs],
        **facts,
    )


@pytest.fixture
def other() -> Document:
    return plan(THERE, 0, id="other", role="submission", level="school", title=TITLE)


@pytest.fixture
def one(other: Document) -> tuple[PlanCheck, Document]:
    ours = plan(HERE, 8, id="ours", title="青禾县工作方案")
    made = identified(check(ours, make_pack(AGAINST, TASKS), others=[ours, other], today=TODAY, ignore_scope=True))
    conflict, jobs = made.findings
    assert (conflict.verdict, jobs.verdict) == ("conflict", "not_met")
    assert [piece.quote for piece in conflict.elsewhere] == [THERE]
    assert len(jobs.elements) == 8
    return made, ours


def shown(text: str, finding: Finding) -> None:
    """Every element is in the text, with its fault; there are more than quotes are shown."""
    for element in finding.elements:
        assert f"{element.element}：{element.fault}" in text


def test_the_report_and_the_evidence_book_show_both_sides(
    one: tuple[PlanCheck, Document], other: Document, tmp_path: Path
) -> None:
    made, ours = one
    known = {document.id: document for document in (ours, other)}
    book = write_evidence([made], known, tmp_path, {}).read_text("utf-8")
    for page in (render([made], known), book, render([made], {})):
        assert "<b>" not in page.replace("</b>", "")
        assert "&lt;b&gt;</mark>" in page
        words = unescape(re.sub(r"<[^>]+>", "", page))
        assert f"对照 《{TITLE}》，第1—" in words
        assert HERE in words
        shown(words, made.findings[1])


def test_the_ledger_shows_both_sides_and_its_round_trip_changes_nothing(
    one: tuple[PlanCheck, Document], tmp_path: Path
) -> None:
    made, _ = one
    path = tmp_path / "台账.xlsx"
    write_ledger([made], path)
    book = openpyxl.load_workbook(path)
    for name in ("问题台账", "全部结论"):
        rows = list(book[name].iter_rows(values_only=True))
        conflict, jobs = (dict(zip(rows[0], row, strict=True)) for row in rows[1:])
        assert f"《{TITLE}》：{THERE}" in conflict["证据" if name == "问题台账" else "原文引用"]
        assert HERE in conflict["证据" if name == "问题台账" else "原文引用"]
        assert f"《{TITLE}》，第1—" in conflict["位置（页/字符）"]
        shown(jobs["逐项问题"], made.findings[1])
        assert not conflict["逐项问题"]
    book.save(path)
    entries = {
        str(finding.id): Entry(finding, made.plan, made.pack, state_of(finding, [], TODAY)) for finding in made.findings
    }
    result = changes(read_ledger(path.read_bytes(), path.name), entries, "录入员", TODAY)
    assert (result.taken, result.conflicts, result.unchanged) == ([], [], 2)


def test_a_row_filled_in_for_another_contradiction_is_not_taken_for_this_one(one: tuple[PlanCheck, Document]) -> None:
    conflict, jobs = one[0].findings
    other_side = conflict.elsewhere[0].model_copy(update={"quote": "另一处"})
    assert fingerprint(conflict) != fingerprint(conflict.model_copy(update={"elsewhere": [other_side]}))
    assert fingerprint(jobs) != fingerprint(jobs.model_copy(update={"elements": jobs.elements[1:]}))


def test_csv_and_sarif_show_both_sides(one: tuple[PlanCheck, Document], tmp_path: Path) -> None:
    made, _ = one
    write_csv([made], tmp_path / "x.csv")
    with (tmp_path / "x.csv").open(encoding="utf-8-sig", newline="") as file:
        conflict, jobs = csv.DictReader(file)
    assert (conflict["elsewhere"], conflict["elsewhere_documents"]) == (THERE, f"《{TITLE}》")
    shown(jobs["elements"], made.findings[1])
    conflict, jobs = json.loads(json.dumps(sarif([made], "1")))["runs"][0]["results"]
    (location,) = conflict["relatedLocations"]
    assert location["physicalLocation"]["region"]["snippet"]["text"] == THERE
    assert location["message"]["text"] == f"《{TITLE}》"
    assert [named["id"] for named in jobs["properties"]["elements"]] == [e.id for e in made.findings[1].elements]
    assert [location["id"] for location in jobs["relatedLocations"]] == list(range(1, 9))


def test_the_notice_to_the_county_shows_both_sides(one: tuple[PlanCheck, Document], tmp_path: Path) -> None:
    (path,) = write_notices([one[0]], tmp_path)
    words = "\n".join(paragraph.text for paragraph in Word(str(path)).paragraphs)
    assert f"对照文件原文：“{THERE}”（《{TITLE}》，第1—" in words
    shown(words, one[0].findings[1])


def test_a_finding_without_them_is_shown_as_ever(tmp_path: Path) -> None:
    lacking = {"form": "statement", "parameters": {"elements": [{"name": "台账", "any": [{"all": [["台账"]]}]}]}}
    made = check(make_document("一、无。"), make_pack(lacking), today=TODAY)
    assert "relatedLocations" not in sarif([made], "1")["runs"][0]["results"][0]
    assert "逐项问题" not in render([made], {})
    assert "对照" not in render([made], {})
