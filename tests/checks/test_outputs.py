"""What a check hands to other programs and to the counties."""

from __future__ import annotations

import csv
import io
import json
from datetime import date
from pathlib import Path
from xml.etree import ElementTree

import pytest
from made_plans import make_document, make_pack

from checks.engine import check
from checks.outputs.csv import inert, write_csv
from checks.outputs.junit import write_junit
from checks.outputs.notice import write_notices
from checks.outputs.sarif import sarif
from schemas.document import Jurisdiction
from schemas.finding import PlanCheck

SAYS = {"form": "statement", "parameters": {"elements": [{"name": "协议", "any": [{"all": [["协议"]]}]}]}}
LACKS = {"form": "statement", "parameters": {"elements": [{"name": "台账", "any": [{"all": [["台账"]]}]}]}}
HOSTILE = '=HYPERLINK("http://x")\u202e<script>alert(1)</script>\x00'


def checked(text: str = "一、各校签订协议。", county: str = "青岚县", **facts: object) -> PlanCheck:
    place = Jurisdiction(province="河南省", city="洛阳市", county=county)
    document = make_document(text, jurisdiction=place, **facts)
    return check(document, make_pack(SAYS, LACKS), today=date(2025, 10, 1))


def test_csv_has_a_line_for_every_finding_and_opens_in_excel(tmp_path: Path) -> None:
    write_csv([checked(), checked(county="白芷县")], tmp_path / "x.csv")
    data = (tmp_path / "x.csv").read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))
    assert [row["verdict_name"] for row in rows] == ["符合", "未见"] * 2
    assert rows[0]["quotes"] in "一、各校签订协议。"
    assert rows[2]["unit"] == "洛阳市白芷县"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_no_text_in_csv_is_a_formula(text: str) -> None:
    assert inert(text) == "'" + text
    assert inert("一、" + text) == "一、" + text


def test_sarif_has_rules_results_and_places_in_the_text() -> None:
    first = checked()
    log = json.loads(json.dumps(sarif([first, checked(county="白芷县")], "0.1.0")))
    (run,) = log["runs"]
    assert log["version"] == "2.1.0"
    assert len(run["tool"]["driver"]["rules"]) == 2
    kinds = [(result["kind"], result["level"]) for result in run["results"]]
    assert kinds == [("pass", "none"), ("fail", "error")] * 2
    region = run["results"][0]["locations"][0]["physicalLocation"]["region"]
    text = "一、各校签订协议。"
    assert text[region["charOffset"] : region["charOffset"] + region["charLength"]] == region["snippet"]["text"]
    identities = [result["partialFingerprints"]["finding/v1"] for result in run["results"]]
    assert len(set(identities)) == 4
    assert identities[0] == first.findings[0].id


def test_junit_counts_as_the_findings_do_and_an_error_is_no_pass(tmp_path: Path) -> None:
    lacking = check(make_document("一、无。"), make_pack(SAYS, LACKS))
    write_junit([checked(), lacking], tmp_path / "x.xml")
    suites = ElementTree.parse(tmp_path / "x.xml").getroot()
    assert [suite.get("failures") for suite in suites] == ["1", "2"]
    assert [len(suite.findall("testcase/failure")) for suite in suites] == [1, 2]
    rule_error = checked()
    finding = rule_error.findings[0].model_copy(update={"verdict": "undetermined", "reason": "rule_error"})
    write_junit([rule_error.model_copy(update={"findings": [finding]})], tmp_path / "e.xml")
    (suite,) = ElementTree.parse(tmp_path / "e.xml").getroot()
    assert suite.get("errors") == "1"
    assert suite.find("testcase/error") is not None


def words(path: Path) -> list[str]:
    from docx import Document

    return [paragraph.text for paragraph in Document(str(path)).paragraphs]


def test_each_county_with_something_to_put_right_gets_one_notice(tmp_path: Path) -> None:
    complete = checked("一、各校签订协议，建立台账。", county="澄泉县")
    written = write_notices([checked(), checked(county="白芷县"), complete], tmp_path)
    assert [path.name for path in written] == ["整改通知_洛阳市青岚县.docx", "整改通知_洛阳市白芷县.docx"]
    lines = words(written[0])
    assert lines[0] == "关于洛阳市青岚县有关方案问题整改的通知"
    assert any(line.startswith("1.") and "未见" in line for line in lines)
    assert any(line.startswith("整改：") for line in lines)
    assert not any("签订协议" in line and line.startswith("方案原文") for line in lines), (
        "what is met is no matter here"
    )


def test_a_hostile_title_stays_text_and_cannot_leave_the_folder(tmp_path: Path) -> None:
    place = Jurisdiction(province="河南省", county="../../青岚县")
    document = make_document("一、无。", jurisdiction=place, title=HOSTILE)
    result = check(document, make_pack(SAYS, LACKS))
    (path,) = write_notices([result], tmp_path)
    assert path.parent == tmp_path
    assert any("<script>" in line and "\u202e" not in line and "\x00" not in line for line in words(path))
    write_junit([result], tmp_path / "x.xml")
    assert "&lt;script&gt;" in (tmp_path / "x.xml").read_text(encoding="utf-8")
    write_csv([result], tmp_path / "x.csv")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "x.csv").read_text(encoding="utf-8-sig"))))
    assert all(not value.startswith(("=", "+", "-", "@")) for row in rows for value in row.values())
