"""The ledger comes back from people: what they changed is told from what they did not, in whatever program they did it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_plans import make_document, make_pack

from checks.engine import check
from checks.ledger import Entry, write_ledger
from checks.ledger.changes import Changes, changes
from checks.ledger.columns import COLUMNS, EDITABLE
from checks.ledger.read import read_ledger
from checks.ledger.values import day, filled
from schemas.decision import Decision, Rectification
from schemas.errors import InvalidLedger
from schemas.finding import FAULTS, identified
from schemas.standing import state_of

TODAY = date(2025, 12, 1)
NOTHING = {"form": "statement", "parameters": {"elements": [{"name": "章程", "any": [{"all": [["章程"]]}]}]}}


class Office:
    """A ledger of two findings with the corpus behind it, without a corpus."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "台账.xlsx"
        self.check = identified(check(make_document("=1+1 一些文字。\n"), make_pack(NOTHING, {**NOTHING}), today=TODAY))
        self.records: dict[str, list[Decision]] = {}
        self.ids = [str(finding.id) for finding in self.check.findings if finding.verdict in FAULTS]
        self.export()

    @property
    def entries(self) -> dict[str, Entry]:
        return {
            str(finding.id): Entry(
                finding,
                self.check.plan,
                self.check.pack,
                state_of(finding, self.records.get(str(finding.id), []), TODAY),
                self.records.get(str(finding.id), []),
                1,
            )
            for finding in self.check.findings
        }

    def export(self) -> None:
        write_ledger([self.check], self.path, {}, list(self.entries.values()))

    def edit(self, change: Callable[[Any, dict[str, int]], None]) -> None:
        book = openpyxl.load_workbook(self.path)
        sheet = book["问题台账"]
        change(sheet, {cell.value: cell.column for cell in sheet[1]})
        book.save(self.path)

    def fill(self, row: int, **cells: object) -> None:
        def change(sheet: Any, places: dict[str, int]) -> None:
            for key, value in cells.items():
                heading = next(column.heading for column in COLUMNS if column.key == key)
                sheet.cell(row, places[heading]).value = value

        self.edit(change)

    def read(self, who: str = "录入员") -> Changes:
        return changes(read_ledger(self.path.read_bytes(), "台账.xlsx"), self.entries, who, TODAY)

    def take(self) -> Changes:
        result = self.read()
        for one in result.taken:
            self.record(*one.decisions)
        return result

    def record(self, *decisions: Decision) -> None:
        for decision in decisions:
            number = sum(map(len, self.records.values())) + 1
            made = decision.model_copy(update={"number": number, "id": f"D{number:04d}"})
            self.records.setdefault(decision.finding, []).append(made)

    def kinds(self) -> list[str]:
        result = self.read()
        assert not result.taken
        return [one.kind for one in result.conflicts]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    made = Office(tmp_path)
    assert len(made.ids) == 2
    return made


ALL_DONE: dict[str, object] = {
    "responsible": "甲子县教育局", "person": "王改", "measures": "补写", "deadline": date(2025, 11, 30), "progress": "已完成",
    "proof": "修订稿", "opinion": "已补齐", "reviewer": "孙核", "closed_on": "2025年11月28日", "status": "已销号", "note": "第一批",
}  # fmt: skip


def test_an_untouched_ledger_changes_nothing(office: Office) -> None:
    result = office.read()
    assert (result.taken, result.conflicts, result.unchanged) == ([], [], 2)


def test_a_row_filled_in_to_its_closing_becomes_every_step_and_comes_out_as_filled_in(office: Office) -> None:
    office.fill(2, **ALL_DONE)
    (taken,) = office.take().taken
    steps = [one.step if isinstance(one, Rectification) else one.kind for one in taken.decisions]
    assert steps == ["assigned", "done", "reviewed", "closed", "note"]
    assert {one.who for one in taken.decisions} == {"录入员"}
    state = office.entries[office.ids[0]].state
    assert state
    assert (state.rectification.done_by, state.rectification.reviewed_by) == ("王改", "孙核")
    assert state.rectification.closed_on == date(2025, 11, 28)
    assert not state.open
    again = office.read()
    assert (again.taken, again.conflicts) == ([], [])
    office.export()
    row = next(openpyxl.load_workbook(office.path)["问题台账"].iter_rows(min_row=2, values_only=True))
    wanted = {**ALL_DONE, "deadline": datetime(2025, 11, 30), "closed_on": datetime(2025, 11, 28)}
    assert {c.key: value for c, value in zip(COLUMNS, row, strict=False) if c.editable} == wanted


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        ({"status": "已销号", "closed_on": "2025-11-28"}, "impossible_step"),
        ({"status": "已销号", "progress": "已完成", "person": "王改", "closed_on": "2025-11-28"}, "impossible_step"),
        ({**ALL_DONE, "reviewer": " 王 改"}, "impossible_step"),
        ({**ALL_DONE, "closed_on": None}, "impossible_step"),
        ({**ALL_DONE, "progress": "整改中"}, "impossible_step"),
        ({**ALL_DONE, "closed_on": "2026-01-01"}, "invalid_value"),
        ({"status": "反弹"}, "impossible_step"),
        ({"opinion": "好", "reviewer": "孙核"}, "impossible_step"),
        ({"progress": "已完成"}, "impossible_step"),
        ({"deadline": "2025-02-30"}, "invalid_value"),
        ({"deadline": "年底"}, "invalid_value"),
        ({"status": "差不多"}, "invalid_value"),
        ({"note": "=HYPERLINK(A1)"}, "invalid_value"),
        ({"status": None}, "cleared"),
        ({"verdict": "符合"}, "machine_cell"),
        ({"evidence": "改写的证据", "note": "记"}, "machine_cell"),
    ],
)
def test_what_may_not_be_taken_is_listed_and_nothing_of_its_row_is(
    office: Office, cells: dict[str, object], kind: str
) -> None:
    office.fill(2, **cells)
    assert office.kinds() == [kind]


def test_a_conflict_names_row_and_column_and_leaves_other_rows_alone(office: Office) -> None:
    office.fill(2, verdict="符合")
    office.fill(3, note="第二行")
    result = office.read()
    (conflict,) = result.conflicts
    assert (conflict.row, conflict.finding, conflict.column) == (2, office.ids[0], "判定")
    assert [one.row for one in result.taken] == [3]


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(office: Office) -> None:
    office.fill(2, deadline="2025-12-20", person="王改")
    office.record(
        Rectification.model_validate(
            {"finding": office.ids[0], "who": "李", "why": "议定", "step": "assigned", "deadline": "2025-12-10"}
        )
    )
    (conflict,) = office.read().conflicts
    assert (conflict.kind, conflict.column) == ("changed_elsewhere", "整改时限")
    assert "2025-12-10" in conflict.message


def test_the_same_value_set_by_a_colleague_is_no_conflict(office: Office) -> None:
    office.fill(2, deadline="2025/12/10")
    office.record(
        Rectification.model_validate(
            {"finding": office.ids[0], "who": "李", "why": "议定", "step": "assigned", "deadline": "2025-12-10"}
        )
    )
    result = office.read()
    assert (result.taken, result.conflicts) == ([], [])


def test_a_finding_that_changed_since_is_a_conflict_only_where_something_was_filled_in(office: Office) -> None:
    office.fill(2, note="已看")
    for finding in office.check.findings:
        finding.observed = "另一说法"
    assert office.kinds() == ["finding_changed"]
    assert office.read().unchanged == 1


def test_a_finding_that_the_corpus_does_not_know_is_a_conflict(office: Office) -> None:
    office.fill(2, note="已看")
    sheet = read_ledger(office.path.read_bytes(), "台账.xlsx")
    assert [one.kind for one in changes(sheet, {}, "录入员", TODAY).conflicts] == ["unknown_finding"]


def test_rows_sorted_deleted_copied_and_added(office: Office) -> None:
    office.fill(3, note="第二条")

    def shuffle(sheet: Any, places: dict[str, int]) -> None:
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        sheet.delete_rows(2, 2)
        sheet.insert_rows(1)
        sheet.cell(1, 1).value = "某市问题台账"
        for number, row in enumerate([rows[1], rows[1]], start=4):
            for place, value in enumerate(row, start=1):
                sheet.cell(number, place).value = value
        sheet.cell(9, 3).value = "自己加的一行"

    office.edit(shuffle)
    result = office.read()
    assert [(one.finding, one.columns) for one in result.taken] == [(office.ids[1], ("备注",))]
    assert result.missing == [office.ids[0]]
    assert [(one.row, one.kind) for one in result.conflicts] == [(9, "unknown_finding")]


def test_copies_of_a_row_that_differ_are_a_conflict_and_one_edited_copy_counts(office: Office) -> None:
    def copy(sheet: Any, places: dict[str, int]) -> None:
        for number in (4, 5):
            for cell in sheet[2]:
                sheet.cell(number, cell.column).value = cell.value
        sheet.cell(4, places["备注"]).value = "甲"

    office.edit(copy)
    assert [one.row for one in office.read().taken] == [4]
    office.fill(5, note="乙")
    result = office.read()
    assert (result.taken, [(one.row, one.kind) for one in result.conflicts]) == (
        [],
        [(4, "duplicate_row"), (5, "duplicate_row")],
    )


def test_columns_in_another_order_or_gone_say_nothing_wrong(office: Office) -> None:
    office.fill(2, note="记")

    def change(sheet: Any, places: dict[str, int]) -> None:
        sheet.delete_cols(places["整改措施"])
        sheet.insert_cols(1)
        sheet.cell(1, 1).value = "自编号"

    office.edit(change)
    sheet = read_ledger(office.path.read_bytes(), "台账.xlsx")
    assert sheet.absent == ["整改措施"]
    result = office.read()
    assert ([one.columns for one in result.taken], result.conflicts) == ([("备注",)], [])


@pytest.mark.parametrize(
    ("cell", "read"),
    [
        ("2025-12-01", "2025-12-01"), ("2025/12/1", "2025-12-01"), ("2025.12.1", "2025-12-01"),
        ("2025年12月1日", "2025-12-01"), (" 2025-12-01 00:00:00 ", "2025-12-01"), (45992, "2025-12-01"),
        ("45992", "2025-12-01"), (45992.0, "2025-12-01"), (datetime(2025, 12, 1, 8), "2025-12-01"), (None, ""), ("", ""),
        ("2025-13-01", None), ("2025", None), ("12-01", None), (3, None), (True, None), (float("inf"), None),
    ],
)  # fmt: skip
def test_a_day_is_read_however_a_program_saved_it(cell: object, read: str | None) -> None:
    assert day(cell) == read


def test_locked_and_unlocked_cells_lists_and_printing(office: Office) -> None:
    book = openpyxl.load_workbook(office.path)
    sheet = book["问题台账"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    for place, column in enumerate(COLUMNS, start=1):
        assert sheet.cell(2, place).protection.locked is not column.editable, column.heading
    assert sheet.column_dimensions["AF"].hidden
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert "已销号" in rules["R2:R3"].formula1
    assert "已完成" in rules["M2:M3"].formula1
    assert sheet.print_area.endswith("$A$1:$S$3")
    assert sheet.print_title_rows == "$1:$1"
    assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
    assert "&P" in sheet.oddFooter.center.text
    for one in book:
        assert all(cell.data_type != "f" for row in one.iter_rows() for cell in row)


@pytest.mark.parametrize("data", [b"", b"PK\x03\x04", b"<html></html>"])
def test_what_is_no_workbook_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidLedger, match="台账"):
        read_ledger(data, "台账.xlsx")


def test_a_workbook_without_the_hidden_parts_is_refused(office: Office) -> None:
    book = openpyxl.load_workbook(office.path)
    del book["_duzheng"]
    book.save(office.path)
    with pytest.raises(InvalidLedger, match="隐藏"):
        office.read()
    office.export()
    office.edit(lambda sheet, places: sheet.delete_cols(places["结论编号"]))
    with pytest.raises(InvalidLedger, match="结论编号"):
        office.read()


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("soffice") is None, reason="LibreOffice is not installed")
def test_a_ledger_saved_by_libreoffice_says_the_same(office: Office, tmp_path: Path) -> None:
    office.fill(2, **ALL_DONE)
    before = office.read()
    profile = f"-env:UserInstallation=file://{tmp_path}/profile"
    subprocess.run(
        ["soffice", profile, "--headless", "--convert-to", "xlsx", "--outdir", tmp_path / "out", office.path],
        check=True,
        capture_output=True,
        timeout=180,
    )
    office.path = tmp_path / "out" / "台账.xlsx"
    after = office.read()
    assert before.taken
    assert (after.taken, after.conflicts, after.unchanged) == (before.taken, before.conflicts, before.unchanged)


def test_a_cell_a_million_rows_below_costs_nothing_and_says_nothing(office: Office) -> None:
    office.fill(1_048_576, note="很远")
    result = office.read()
    assert (result.taken, result.conflicts, result.unchanged) == ([], [], 2)


TEXTS = st.text(st.characters(codec="utf-8"), max_size=30)
DAYS = st.dates(date(2025, 1, 1), TODAY)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    edits=st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "responsible": TEXTS, "person": TEXTS, "measures": TEXTS, "proof": TEXTS, "opinion": TEXTS, "note": TEXTS,
                "reviewer": st.sampled_from(["孙核", "王改"]), "deadline": DAYS, "closed_on": DAYS,
                "progress": st.sampled_from(["整改中", "已完成"]),
                "status": st.sampled_from([*dict.fromkeys(c for col in EDITABLE if col.key == "status" for c in col.choices)]),
            },
        ),
        max_size=4,
    )
)  # fmt: skip
def test_whatever_is_filled_in_comes_out_as_filled_in_or_is_a_conflict(tmp_path: Path, edits: list[Any]) -> None:
    office = Office(tmp_path)
    for cells in edits:
        office.export()
        before = [filled(entry.state, entry.decisions) for entry in office.entries.values()]
        try:
            office.fill(2, **cells)
        except openpyxl.utils.exceptions.IllegalCharacterError:
            continue  # the workbook cannot hold it
        row = read_ledger(office.path.read_bytes(), "台账.xlsx").rows[0]
        result = office.take()
        after = [filled(entry.state, entry.decisions) for entry in office.entries.values()]
        assert after[1] == before[1]
        if result.conflicts:
            assert after == before
        else:
            for key in cells:
                if row.values[key] != before[0][key]:
                    assert after[0][key] == row.values[key]
        again = office.read()
        assert again.taken == []
        assert bool(again.conflicts) == bool(result.conflicts)
