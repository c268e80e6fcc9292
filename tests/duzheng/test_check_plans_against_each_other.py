"""``duzheng check`` with several plans holds them against each other where a pack asks for it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]

PACK = """\
id: own
version: 1.0.0
title: 方案之间一致
province: 河南省
basis: [关于建设校共体的通知]
basis_obtained: true
basis_note: 全文已取得。
applies: {provinces: [河南省], levels: [county]}
requirements:
  - id: A01
    title: 方案之间一致
    text: 县方案与学校方案应当一致。
    clause: 一
    provenance: primary
    source: 通知
    severity: major
    expected: 牵头校、成员校一致
    advice: 核对两份方案。
    form: consistency
    parameters: {subjects: [校共体], units: [个], verbs: [组建], against: [plans]}
"""
COUNTY = """青禾县教育局关于印发城乡学校共同体建设工作方案的通知
各中小学：
全县组建2个城乡学校共同体（校共体）。
校共体结对名单
1.核心校：青禾县第一小学；成员校：柳溪小学、石桥小学。
2.核心校：青禾县第二初级中学；成员校：杏林初级中学。
青禾县教育局
2025年10月20日
"""
SCHOOL = """青禾县第三小学城乡学校共同体建设实施方案
根据青禾县教育局的部署，制定本方案。
校共体结对名单
1.核心校：青禾县第三小学；成员校：柳溪小学。
青禾县第三小学
2025年11月5日
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in (("own.yaml", PACK), ("县方案.txt", COUNTY), ("学校方案.txt", SCHOOL)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def test_a_school_that_two_plans_claim_is_a_conflict_with_both_quoted(run: Run, folder: Path) -> None:
    plans = [folder / "县方案.txt", folder / "学校方案.txt"]
    status, out, _ = run("check", *plans, "--requirements", folder / "own.yaml", "--format", "json")
    finding = json.loads(out)[0]["findings"][0]
    assert (status, finding["verdict"]) == (0, "conflict"), finding["explanation"]
    (piece,) = finding["elsewhere"]
    assert piece["quote"] == SCHOOL[piece["span"]["start"] : piece["span"]["end"]]
    assert piece["uri"].endswith("学校方案.txt")
    assert "柳溪小学" in piece["quote"]
    assert "柳溪小学" in finding["evidence"][0]["quote"]
    assert "《青禾县第三小学城乡学校共同体建设实施方案》" in finding["explanation"][2]


def test_a_plan_alone_is_undetermined_for_want_of_the_other(run: Run, folder: Path) -> None:
    arguments = ("--requirements", folder / "own.yaml", "--format", "json")
    finding = json.loads(run("check", folder / "县方案.txt", *arguments)[1])[0]["findings"][0]
    assert (finding["verdict"], finding["reason"]) == ("undetermined", "document_not_obtained")
