"""The matrix, the ledger and the report: complete, inert, offline, true to the original."""

from __future__ import annotations

from datetime import date
from html.parser import HTMLParser

import openpyxl
import pytest
from made_plans import make_document, make_pack

from checks.engine import check
from checks.ledger import write_ledger
from checks.matrix import matrix
from checks.pack import load
from checks.report import render, write_report
from schemas.document import Jurisdiction, Source

HOSTILE = "=SUM(1+1)签订协议<script>alert('x')</script>\x07&\"'"
TEXT = f"{HOSTILE}。\n到2025年底，60%乡村学校纳入校共体。\n"
SAYS = {"form": "statement", "parameters": {"elements": [{"name": "协议", "any": [{"all": [["协议"]]}]}]}}
DENIES = {"form": "statement", "parameters": {"elements": [{"name": "章程", "any": [{"all": [["章程"]]}]}]}}


@pytest.fixture
def made():
    document = make_document(TEXT, title="+cmd|' /C calc'!A0方案")
    return document, check(document, make_pack(SAYS, DENIES), today=date(2025, 10, 1))


def test_the_matrix_has_a_row_a_plan_and_a_column_a_requirement(made):
    _, first = made
    other = make_document(
        "签订协议。", id="b", jurisdiction=Jurisdiction(province="河南省", city="信阳市", county="白水县")
    )
    second = check(other, make_pack(SAYS, DENIES))
    (table,) = matrix([first, second])
    assert [c.requirement for c in table.columns] == ["T01", "T02"]
    assert [row.place for row in table.rows] == ["南阳市青禾县", "信阳市白水县"]
    assert [[cell.verdict for cell in row.cells] for row in table.rows] == [["met", "not_found"], ["met", "not_found"]]


def test_plans_of_two_packs_come_in_two_tables(made):
    document, first = made
    tables = matrix([first, check(document, load("henan-2025"))])
    assert [len(t.columns) for t in tables] == [2, 20]


class TestLedger:
    @pytest.fixture
    def book(self, made, tmp_path):
        write_ledger([made[1]], tmp_path / "台账.xlsx")
        return openpyxl.load_workbook(tmp_path / "台账.xlsx")

    def test_sheets_and_columns(self, book):
        assert book.sheetnames == ["总览矩阵", "问题台账", "全部结论", "说明", "_duzheng"]
        assert book["_duzheng"].sheet_state == "hidden"
        assert [cell.value for cell in book["问题台账"][1]] == [
            "序号", "县区", "单位", "问题表述", "依据条款", "证据", "严重程度", "发现环节", "责任单位", "责任人", "整改措施",
            "整改时限", "整改进展", "佐证材料", "复核意见", "复核人", "销号日期", "状态", "备注", "要求编号", "要求", "判定", "要求值",
            "计划值", "逐项问题", "位置（页/字符）", "查阅范围", "计划标题", "处置", "逾期", "建议整改", "结论编号",
        ]  # fmt: skip

    def test_only_issues_stand_in_the_ledger_and_all_findings_in_the_other_sheet(self, book):
        issues = list(book["问题台账"].iter_rows(min_row=2, values_only=True))
        assert [(row[0], row[19], row[21]) for row in issues] == [(1, "T02", "未见")]
        assert [row[8:19] for row in issues] == [(*(None,) * 4, "未整改", *(None,) * 4, "未整改", None)]
        assert len(list(book["全部结论"].iter_rows(min_row=2))) == 2

    def test_nothing_from_a_plan_becomes_a_formula(self, book):
        texts = 0
        for sheet in book:
            for row in sheet.iter_rows():
                for cell in row:
                    assert cell.data_type != "f", cell.value
                    if isinstance(cell.value, str):
                        assert cell.quotePrefix
                        texts += 1
        assert texts > 40
        assert any(str(cell.value).startswith("=SUM(1+1)") for cell in book["全部结论"]["J"])

    def test_control_characters_are_removed(self, book):
        assert all("\x07" not in str(cell.value) for row in book["全部结论"].iter_rows() for cell in row)

    def test_it_prints_and_filters(self, book):
        sheet = book["问题台账"]
        assert sheet.freeze_panes == "D2"
        assert sheet.auto_filter.ref == "A1:AF2"
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet["V2"].fill.start_color.rgb.endswith("F9D3B4")

    def test_no_plans_still_make_a_workbook(self, tmp_path):
        write_ledger([], tmp_path / "empty.xlsx")
        assert openpyxl.load_workbook(tmp_path / "empty.xlsx").sheetnames[0] == "总览矩阵"

    def test_a_very_long_quote_fits_its_cell(self, tmp_path):
        long = make_document("协议" + "甲" * 40_000 + "。")
        write_ledger([check(long, make_pack(SAYS))], tmp_path / "long.xlsx")
        sheet = openpyxl.load_workbook(tmp_path / "long.xlsx")["全部结论"]
        assert len(sheet["J2"].value) <= 32_767


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.marked: list[str] = []
        self._in_mark = False

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        given = dict(attrs)
        self.ids += [given["id"]] if given.get("id") else []
        self.links += [v for k, v in attrs if k in ("href", "src") and v]
        if tag == "mark":
            self._in_mark = True
            self.marked.append("")

    def handle_endtag(self, tag):
        if tag == "mark":
            self._in_mark = False

    def handle_data(self, data):
        if self._in_mark:
            self.marked[-1] += data


class TestReport:
    def test_no_script_of_a_document_reaches_the_page(self, made):
        document, result = made
        page = _Page()
        text = render([result], {document.id: document})
        page.feed(text)
        assert "script" not in page.tags
        assert "&lt;script&gt;" in text

    def test_it_needs_nothing_from_elsewhere_and_every_link_arrives(self, made):
        document, result = made
        page = _Page()
        page.feed(render([result, result], {document.id: document}))
        assert all(link.startswith("#") for link in page.links)
        assert {link[1:] for link in page.links} <= set(page.ids)
        assert len(page.ids) == len(set(page.ids))
        assert not {"script", "link", "img", "iframe"} & set(page.tags)

    def test_quotes_are_marked_in_their_original_context(self, made):
        document, result = made
        page = _Page()
        page.feed(render([result], {document.id: document}))
        assert page.marked == [e.quote for f in result.findings for e in f.evidence]

    def test_five_lines_of_every_finding_are_shown(self, made):
        document, result = made
        text = render([result], {document.id: document})
        for label in ("要求：", "查了什么：", "找到什么：", "怎样判定：", "建议整改："):
            assert text.count(f"<li>{label}") == 2

    def test_it_is_written_even_without_the_document_at_hand(self, made, tmp_path):
        write_report([made[1]], {}, tmp_path / "报告.html")
        text = (tmp_path / "报告.html").read_text(encoding="utf-8")
        assert text.startswith("<!DOCTYPE html>")
        assert 'lang="zh-CN"' in text

    def test_the_language_of_a_traditional_plan_is_named(self):
        document = make_document("簽訂協議。", script="Hant", variant="zh-Hant-TW")
        text = render([check(document, make_pack(SAYS))], {document.id: document})
        assert 'lang="zh-Hant-TW"' in text
        assert "簽訂協議" in text

    def test_two_plans_of_one_page_keep_apart(self):
        source = Source(uri="page.html", media_type="text/html", sha256="0" * 64, bytes=1, index=0, parent="p")
        one = make_document("签订协议。", id="one", source=source)
        two = make_document("不签。", id="two", source=source.model_copy(update={"index": 1}))
        page = _Page()
        page.feed(render([check(d, make_pack(SAYS)) for d in (one, two)], {"one": one, "two": two}))
        assert [i for i in page.ids if i.endswith("T01")] == ["plan-1-T01", "plan-2-T01"]
