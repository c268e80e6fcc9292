"""A pack goes into a workbook and comes back equal; what a person writes wrongly is named by sheet and cell."""

from __future__ import annotations

import string
import zipfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from written_packs import write

import checks.forms
from checks.pack import builtin, load
from checks.pack_excel import write_pack
from checks.pack_lint import lint
from checks.pack_yaml import write_yaml
from duzheng.cli import main
from schemas.errors import InvalidPack
from schemas.finding import VERDICTS
from schemas.requirement import SEVERITIES, WORDING_CAPS, Pack

# -- any pack

AWKWARD = [
    "=1+1",
    "+1",
    "-1",
    "@sum",
    "'quoted",
    "1",
    "2025",
    "2025-01-01",
    "TRUE",
    "是",
    "人、财、物",
    "甲，乙；丙",
    "「引」",
]
AWKWARD += [
    "a：b",
    "_x0041_",
    "x\u0007y",
    "两行\n文字",
    "两行\r\n文字",
    "\u200b",
    "、",
    "a\tb",
    "{",
    "[1]",
    "null",
    "~",
    "#N/A",
    "𠮷",
]
letters = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
texts = st.one_of(
    st.sampled_from(AWKWARD), letters, st.text("甲乙丙学校共体、，：「」 \n", min_size=1, max_size=12)
).filter(lambda t: t.strip() != "")
terms = st.lists(texts, min_size=1, max_size=3)
maybe_terms = st.lists(texts, max_size=3)
groups = st.lists(terms, min_size=1, max_size=3)
days = st.dates(date(1600, 1, 1), date(2200, 12, 31)).map(date.isoformat)
numbers = st.one_of(st.integers(0, 10**6), st.floats(0, 1e9, allow_nan=False, allow_subnormal=False))
kinds = st.sampled_from(["single_legal_person", "joint", "paired"])
phrases = st.fixed_dictionaries(
    {"all": groups},
    optional={"near": st.integers(1, 2000), "exclude": maybe_terms, "ordered": st.booleans(), "person": st.booleans()},
)
elements = st.fixed_dictionaries(
    {"name": texts, "any": st.lists(phrases, min_size=1, max_size=2)}, optional={"when": maybe_terms}
)
measures = st.fixed_dictionaries(
    {"value": numbers, "units": terms},
    optional={
        "about": st.lists(terms, max_size=2),
        "context": st.lists(terms, max_size=2),
        "exclude": maybe_terms,
        "comparator": st.sampled_from([">=", "<=", "=", "range"]),
        "per": st.sampled_from(["week", "month", "semester", "school_year", "year"]),
        "due": days,
    },
)
statements = {"statements": st.lists(elements, max_size=2)}
FORMS = {
    "statement": st.fixed_dictionaries(
        {"elements": st.lists(elements, min_size=1, max_size=3)},
        optional={
            "within": st.sampled_from(["sentence", "paragraph", "section", "document"]),
            "at_least": st.integers(1, 9),
        },
    ),
    "counts": st.fixed_dictionaries(
        {"kinds": st.dictionaries(texts, terms, min_size=1, max_size=3), "units": terms},
        optional={"at_least": st.integers(1, 9), "lesser": st.dictionaries(texts, terms, max_size=2)},
    ),
    "list": st.fixed_dictionaries(
        {},
        optional={
            "kinds": st.lists(kinds, max_size=3),
            "labels": st.dictionaries(texts, kinds, max_size=3),
            "inside_county": st.booleans(),
        },
    ),
    "section": st.fixed_dictionaries(
        {"headings": terms}, optional={"items": st.integers(1, 9), "item_characters": st.integers(1, 99)}
    ),
    "threshold": st.fixed_dictionaries({"any": st.lists(measures, min_size=1, max_size=2)}, optional=statements),
    "deadline_relative": st.fixed_dictionaries(
        {"about": groups, "months": st.floats(0.25, 99)}, optional={"exclude": maybe_terms, **statements}
    ),
    "roles": st.fixed_dictionaries(
        {
            "group": terms,
            "roles": st.lists(st.fixed_dictionaries({"name": texts, "any": terms}), min_size=1, max_size=3),
        },
        optional={"filled": st.booleans(), **statements},
    ),
    "every_task": st.fixed_dictionaries(
        {}, optional={"needs": st.lists(st.sampled_from(["responsible", "due"]), min_size=1)}
    ),
    "citation": st.fixed_dictionaries({"document_number": texts}, optional={"title": maybe_terms}),
    "consistency": st.fixed_dictionaries(
        {"subjects": terms, "units": terms, "verbs": terms},
        optional={
            "exclude": maybe_terms,
            "against": st.lists(st.sampled_from(["list", "attachment", "plans"]), min_size=1, unique=True),
        },
    ),
}
FORMS["date"] = st.fixed_dictionaries({"about": groups, "due": days}, optional={"exclude": maybe_terms})
FORMS["attachment"] = st.fixed_dictionaries({"title": groups}, optional={"obtained": st.booleans()})
FORMS["scoring"] = st.fixed_dictionaries(
    {}, optional={"total": st.floats(1, 1000), "items": st.lists(terms, max_size=2)}
)
PARTS = st.sampled_from(sorted(FORMS)).flatmap(
    lambda form: st.fixed_dictionaries({"name": texts, "form": st.just(form), "parameters": FORMS[form]})
)
part_lists = st.lists(PARTS, max_size=2)
COMBINATIONS = st.fixed_dictionaries({}, optional={"all": part_lists, "any": part_lists, "none": part_lists})
FORMS = {**FORMS, "combination": COMBINATIONS.filter(lambda given: any(given.values()))}


def test_every_form_is_among_those_tried():
    modules = {path.stem for path in Path(checks.forms.__file__).parent.glob("*.py")} - {"__init__"}
    assert set(FORMS) == modules


@st.composite
def requirements(draw, number):
    form = draw(st.sampled_from(sorted(FORMS)))
    wording = draw(st.none() | st.sampled_from(sorted(WORDING_CAPS)))
    cap = SEVERITIES.index(WORDING_CAPS[wording]) if wording else 0
    words = {name: draw(texts) for name in ("title", "text", "clause", "source", "expected", "advice")}
    optional = st.fixed_dictionaries(
        {},
        optional={
            "aliases": maybe_terms,
            "department": texts,
            "terms": maybe_terms,
            "expected_evidence": st.lists(
                st.sampled_from(["statement", "section", "list", "table", "attachment"]), max_size=3
            ),
            "condition": st.fixed_dictionaries(
                {
                    "kinds": st.lists(kinds, min_size=1, max_size=3),
                    "labels": st.dictionaries(texts, kinds, max_size=2),
                    "otherwise": texts,
                }
            ),
            "examples": st.dictionaries(st.sampled_from(VERDICTS), st.lists(texts, max_size=2), max_size=3),
        },
    )
    return {
        "id": f"A{number:02d}",
        **words,
        "provenance": draw(st.sampled_from(["primary", "restated"])),
        "wording": wording,
        "severity": draw(st.sampled_from(SEVERITIES[cap:])),
        "form": form,
        "parameters": draw(FORMS[form]),
        **draw(optional),
    }


@st.composite
def packs(draw):
    basis = st.one_of(
        texts,
        st.fixed_dictionaries({"title": texts}, optional={"number": texts, "date": days}),
        st.fixed_dictionaries({"number": texts}),
    )
    applies = {"provinces": draw(terms), "levels": draw(st.lists(st.sampled_from(["county", "city"]), min_size=1))}
    if draw(st.booleans()):
        applies |= {"since": draw(days), "masked_years": draw(st.booleans())}
    return Pack.model_validate(
        {
            "id": draw(st.text(string.ascii_lowercase + "0123456789", min_size=1, max_size=8)),
            "version": "1.0.0",
            "title": draw(texts),
            "province": draw(texts),
            "status": draw(st.sampled_from(["draft", "active", "withdrawn"])),
            "supersedes": draw(st.lists(st.sampled_from(["old-1", "old-2"]), max_size=2)),
            "basis": draw(st.lists(basis, min_size=1, max_size=2)),
            "basis_obtained": draw(st.booleans()),
            "basis_note": draw(texts),
            "applies": applies,
            "requirements": [draw(requirements(n)) for n in range(1, draw(st.integers(1, 3)) + 1)],
        }
    )


ONCE = settings(
    max_examples=40,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # shrinking workbooks takes minutes
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)


@settings(ONCE, max_examples=15)
@given(pack=packs())
def test_any_pack_comes_back_from_a_workbook_as_it_was(tmp_path, pack):
    path = tmp_path / "pack.xlsx"
    write_pack(pack, path)
    assert load(str(path)).model_dump() == pack.model_dump()
    cells = [cell for sheet in load_workbook(path) for row in sheet.iter_rows() for cell in row]
    assert not [cell.coordinate for cell in cells if cell.data_type == "f"]


@ONCE
@given(pack=packs())
def test_any_pack_comes_back_from_the_yaml_that_import_prints(tmp_path, pack):
    path = tmp_path / "pack.yaml"
    path.write_text(write_yaml(pack), "utf-8", newline="")
    assert load(str(path)).model_dump() == pack.model_dump()


@pytest.mark.parametrize("pack", builtin(), ids=lambda pack: pack.id)
def test_the_built_in_packs_need_no_json_in_their_workbooks(pack, tmp_path):
    path = tmp_path / "pack.xlsx"
    write_pack(pack, path)
    assert load(str(path)).model_dump() == pack.model_dump()
    book = load_workbook(path)
    for sheet in book.worksheets[:8]:
        assert sheet.cell(row=1, column=sheet.max_column).value == "其他（JSON）"
        assert [row[-1].value for row in sheet.iter_rows(min_row=2) if row[-1].value] == []


# -- edited by a person


@pytest.fixture
def book(tmp_path):
    """``book(change)``: the path of the example pack's workbook after ``change(workbook)``."""

    def make(change=None):
        path = tmp_path / "own.xlsx"
        write_pack(load(write(tmp_path)), path)
        if change:
            workbook = load_workbook(path)
            change(workbook)
            workbook.save(path)
        return str(path)

    return make


def at(book, sheet, heading, row=2):
    """The cell under a heading."""
    (column,) = [cell.column for cell in book[sheet][1] if cell.value == heading]
    return book[sheet].cell(row=row, column=column)


def setter(sheet, heading, value, row=2):
    return lambda book: setattr(at(book, sheet, heading, row), "value", value)


def test_what_a_person_edits_in_the_cells_arrives(book):
    def change(workbook):
        at(workbook, "要求", "等级").value = "原则上"
        at(workbook, "要求", "条款").value = 3
        at(workbook, "指标", "数值").value = 85
        at(workbook, "指标", "截止日").value = date(2027, 12, 31)
        at(workbook, "要素", "词组").value = "签订、签署、订立\n协议，责任书"
        sheet = workbook["要素"]
        sheet.append(["E02", "应写明", "期限", None, "期限、时限", 20])
        workbook["示例"].append(["E02", "部分符合", "结对学校订立帮扶协议。"])

    first, second = load(book(change)).requirements
    assert (first.severity, first.clause) == ("minor", "3")
    assert (first.parameters.any[0].value, first.parameters.any[0].due) == (85, date(2027, 12, 31))
    assert [element.name for element in second.parameters.elements] == ["签订协议", "期限"]
    assert second.parameters.elements[0].any[0].all == [["签订", "签署", "订立"], ["协议", "责任书"]]
    assert second.examples.partial == ["结对学校订立帮扶协议。"]


def test_columns_may_be_moved_and_left_out(book):
    def change(workbook):
        sheet = workbook["示例"]
        rows = [[cell.value for cell in row] for row in sheet.iter_rows()]
        sheet.delete_rows(1, sheet.max_row)
        for row in rows:
            sheet.append([row[2], row[0], row[1]])

    assert load(book(change)).model_dump() == load(book()).model_dump()


def cell_of(heading, sheet="要求", row=2):
    return lambda book: f"{sheet}!{at(book, sheet, heading, row).coordinate}"


@pytest.mark.parametrize(
    ("change", "cell", "says"),
    [
        (setter("要求", "等级", "很重"), cell_of("等级"), "severity"),
        (setter("要求", "等级", "必须"), cell_of("等级"), "wording “应当”"),
        (setter("要求", "形式", "感觉"), None, "感觉"),
        (setter("要求", "整改建议", None), cell_of("整改建议"), "missing"),
        (setter("要求", "编号", "e1"), None, "E01"),
        (setter("要求", "标题", "=A1"), cell_of("标题"), "formula"),
        (setter("指标", "数值", "很多"), cell_of("数值", "指标"), "value"),
        (setter("指标", "截止日", "月底"), cell_of("截止日", "指标"), "due"),
        (setter("指标", "单位", None), cell_of("单位", "指标"), "missing"),
        (setter("要素", "间距", 0), cell_of("间距", "要素"), "near"),
        (setter("要素", "要求编号", "E09"), cell_of("要求编号", "要素"), "no requirement E09"),
        (setter("示例", "判定", "好"), cell_of("判定", "示例"), "好"),
        (setter("示例", "判定", None), cell_of("判定", "示例"), "no verdict"),
        (setter("要求", "其他（JSON）", "{"), cell_of("其他（JSON）"), "not valid JSON"),
        (setter("要求", "其他（JSON）", "[1]"), cell_of("其他（JSON）"), "no JSON object"),
        (setter("要求", "其他（JSON）", '{"colour": 1}'), cell_of("其他（JSON）"), "unknown field"),
        (setter("要求包", "版本", "一"), cell_of("版本", "要求包"), "version"),
        (setter("要求包", "适用截止日", "2025-01-01"), None, "before since"),
        (setter("要求", "标题", "x", 9), lambda book: "要求!A9", "form"),
        (lambda book: setattr(book["要求"]["B1"], "value", "題目"), lambda book: "要求!B1", "unknown column"),
        (lambda book: setattr(book["要求"]["B1"], "value", "编号"), lambda book: "要求!B1", "twice"),
        (lambda book: book.remove(book["要求"]), None, "no sheet 要求"),
        (lambda book: book["要求包"].delete_rows(2), lambda book: "要求包!A2", "0 rows"),
    ],
)
def test_a_mistake_is_named_by_sheet_and_cell(book, change, cell, says):
    path = book(change)
    with pytest.raises(InvalidPack) as caught:
        load(path)
    message = str(caught.value)
    assert message.startswith(f"{path}: ")
    assert "\n" not in message
    assert says in message
    if cell:
        assert cell(load_workbook(path)) in message


def test_linting_a_workbook_names_the_cell(book):
    path = book(setter("要素", "词组", "签订、簽署\n协议"))
    from checks.pack import read

    (problem,) = [p for p in lint(read(path)) if p.rule == "traditional-term"]
    assert problem.place == f"{path}:{cell_of('词组', '要素')(load_workbook(path))}"


def test_lists_offer_the_forms_and_severities(book):
    sheet = load_workbook(book())["要求"]
    offered = {str(v.sqref).split(":")[0][:-1]: v.formula1 for v in sheet.data_validations.dataValidation}
    for heading in ("形式", "等级", "出处", "条款用语"):
        (column,) = [cell.column_letter for cell in sheet[1] if cell.value == heading]
        assert offered[column].startswith("'选项'!$")


def test_a_hostile_workbook_is_refused(tmp_path, book):
    path = tmp_path / "bomb.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"0" * 60_000_000)
    with pytest.raises(InvalidPack, match="unpacks to more"):
        load(str(path))
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>")
    with pytest.raises(InvalidPack, match="document type"):
        load(str(path))
    path.write_bytes(b"PK\x03\x04 no archive")
    with pytest.raises(InvalidPack, match="not an Excel workbook"):
        load(str(path))
    far = book(lambda workbook: workbook["要求"].cell(row=9000, column=1, value="E03"))
    with pytest.raises(InvalidPack, match="more than 5000 rows"):
        load(far)


def run_command(*arguments):
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return ended.value.code


def test_export_and_import_from_the_command_line(tmp_path, capsys):
    workbook, yaml_file = tmp_path / "henan.xlsx", tmp_path / "henan.yaml"
    assert run_command("packs", "export", "henan-2025", str(workbook)) == 0
    capsys.readouterr()
    assert run_command("packs", "import", str(workbook)) == 0
    yaml_file.write_text(capsys.readouterr().out, "utf-8")
    assert load(str(yaml_file)).model_dump() == load("henan-2025").model_dump()
    assert run_command("packs", "test", str(workbook)) == 0
    assert run_command("packs", "export", "henan-2025", str(tmp_path / "henan.txt")) == 2
    assert run_command("packs", "export", "henan-2025", str(tmp_path / "none" / "henan.xlsx")) == 1
