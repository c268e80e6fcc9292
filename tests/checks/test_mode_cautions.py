"""融合型 is one legal person in Zhejiang and several in Henan: whoever reads a finding about it is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from made_plans import community, make_document

from checks.engine import check
from checks.pack import load
from schemas.document import Jurisdiction
from schemas.finding import Finding

BOTH = "浙江省指一个法人，河南省指法人独立、工作统整"
ONE = "融合型校共体各校区合为一个法人单位，实行一套领导班子，人事、财务、管理统一。"
SEPARATE = "融合型校共体各校法人独立，师资、教学统一管理。"
BARE = "全县建设3个融合型校共体。"
Judged = Callable[..., Finding]


def how(pack: str, requirement: str, text: str, **facts: Any) -> str:
    findings = check(make_document(text, **facts), load(pack), ignore_scope=True).findings
    (finding,) = [one for one in findings if one.requirement == requirement]
    return finding.explanation[3]


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        (ONE, "按方案写明的特征，属一个法人"),
        (SEPARATE, "按方案写明的特征，属法人独立、工作统整"),
        (BARE, "方案未写明特征，按本省叫法，属法人独立、工作统整"),
    ],
)
@pytest.mark.parametrize("requirement", ["R11", "R12", "R13"])
def test_a_henan_finding_on_a_融合型_plan_tells_both_meanings(requirement: str, text: str, judged: str) -> None:
    told = how("henan-2025", requirement, text)
    assert BOTH in told
    assert judged in told


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        (ONE, "按方案写明的特征，属一个法人"),
        (SEPARATE, "按方案写明的特征，属"),
        (BARE, "方案未写明特征，按本省叫法，属一个法人"),
    ],
)
def test_a_zhejiang_finding_tells_both_meanings(text: str, judged: str) -> None:
    whole = f"{text}\n甲小学——乙小学"
    pair = community(whole, "甲小学——乙小学", "甲小学", "乙小学", mode="融合型")
    place = Jurisdiction(province="浙江省", city="丽水市", county="青禾县")
    told = how("zhejiang-2021", "Z02", whole, communities=[pair], jurisdiction=place)
    assert BOTH in told
    assert judged in told


def test_features_against_the_provinces_own_label_are_told() -> None:
    told = how("henan-2025", "R11", "紧密型校共体各校法人独立，管理教学统一。")
    assert "注意“紧密型”在本省指一个法人：按方案写明的特征，属法人独立、工作统整" in told


def test_a_label_that_misleads_nobody_carries_no_warning() -> None:
    for text in ("紧密型校共体合为一个法人单位，实行一套领导班子。", "全县校共体均为结对型。", "各校一对一结对帮扶。"):
        for requirement in ("R11", "R13", "R18"):
            assert "注意" not in how("henan-2025", requirement, text)


def test_the_warning_reaches_traditional_plans() -> None:
    assert BOTH in how(
        "henan-2025", "R11", "融合型校共體各校法人獨立，師資、教學統一管理。", script="Hant", variant="zh-Hant-TW"
    )
