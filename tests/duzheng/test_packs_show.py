"""``packs show`` leaves out nothing that a pack says."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from checks.pack import load

Run = Callable[..., tuple[int, str, str]]

PACK: dict[str, Any] = {
    "id": "own-2026",
    "version": "2.0.0",
    "title": "本省要求",
    "province": "河南省",
    "status": "draft",
    "supersedes": ["own-2025"],
    "basis": [{"title": "关于建设校共体的通知", "number": "豫教〔2026〕1号", "date": "2026-01-10"}],
    "basis_obtained": True,
    "basis_note": "全文已取得。",
    "applies": {
        "provinces": ["河南省"],
        "levels": ["county"],
        "since": "2026-01-01",
        "until": "2028-12-31",
        "masked_years": True,
    },
    "requirements": [
        {
            "id": "A01",
            "title": "帮扶安排",
            "text": "结对学校原则上签协议。",
            "clause": "二（一）",
            "provenance": "primary",
            "source": "豫教〔2026〕1号",
            "wording": "原则上",
            "severity": "minor",
            "condition": {"kinds": ["paired"], "labels": {"牵手型": "paired"}, "otherwise": "没有结对协作的"},
            "advice": "补签协议。",
            "expected": "有协议或责任书",
            "terms": ["帮扶书"],
            "aliases": ["结对协议"],
            "expected_evidence": ["attachment"],
            "department": "基础教育股",
            "form": "combination",
            "parameters": {
                "all": [
                    {
                        "name": "协议",
                        "form": "statement",
                        "terms": ["协议书"],
                        "parameters": {
                            "elements": [
                                {"name": "签", "any": [{"all": [["签订"], ["协议"]], "near": 17, "exclude": ["劳动"]}]}
                            ]
                        },
                    }
                ],
                "any": [
                    {
                        "name": "次数",
                        "form": "threshold",
                        "parameters": {"any": [{"value": 4, "units": ["次"], "due": "2026-06-30"}]},
                    },
                    {
                        "name": "小组",
                        "form": "roles",
                        "parameters": {"group": ["专班"], "roles": [{"name": "班长", "any": ["组长"]}]},
                    },
                ],
                "none": [{"name": "附表", "form": "attachment", "parameters": {"title": [["收费"]]}}],
            },
            "examples": {"met": ["结对学校签订协议。"], "not_found": ["另行通知。"]},
        },
        {
            "id": "A02",
            "title": "章节",
            "text": "设专章。",
            "clause": "三",
            "provenance": "restated",
            "source": "豫教〔2026〕1号",
            "severity": "major",
            "advice": "补章节。",
            "expected": "有专章",
            "form": "section",
            "parameters": {"headings": ["主要措施"]},
        },
    ],
}
NAMED = {
    "county": "县级",
    "draft": "草稿",
    "primary": "省级原文",
    "restated": "转述",
    "minor": "原则上",
    "major": "应当",
}
NAMED |= {"paired": "结对协作", "attachment": "附件", "combination": "组合", "statement": "表述", "threshold": "数值"}
NAMED |= {"roles": "人员组成", "section": "章节", "True": "是"}


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    path = tmp_path / "own.yaml"
    path.write_text(yaml.safe_dump(PACK, allow_unicode=True), "utf-8")
    return path


def leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from [key] if key == "牵手型" else []
            yield from leaves(item)
    elif isinstance(value, list):
        for item in value:
            yield from leaves(item)
    else:
        yield NAMED.get(str(value), str(value))


def test_every_field_of_a_pack_is_printed(run: Run, pack: Path) -> None:
    status, out, err = run("packs", "show", pack)
    assert (status, err) == (0, "")
    assert [leaf for leaf in leaves(PACK) if leaf not in out] == []
    for heading in ("都要", "任一即可", "不得有", "组合的部分", "示例（符合）", "示例（未见）"):
        assert heading in out
    assert "JSON" not in out


def test_a_wording_that_is_not_known_is_said_to_be(run: Run, pack: Path) -> None:
    out = run("packs", "show", pack)[1]
    assert out.count("条款用语：原则上") == 1
    assert out.count("条款用语：未写明") == 1


def test_one_requirement_alone_and_one_row_each(run: Run, pack: Path) -> None:
    out = run("packs", "show", pack, "A02")[1]
    assert "主要措施" in out
    assert "帮扶安排" not in out
    assert "主要措施" not in run("packs", "show", pack, "--brief")[1]
    shown = json.loads(run("packs", "show", pack, "A02", "--format", "json")[1])
    assert [one["id"] for one in shown["requirements"]] == ["A02"]
    status, out, err = run("packs", "show", pack, "A09")
    assert (status, out) == (2, "")
    assert "A09" in err
    assert "A01, A02" in err


def test_the_built_in_packs_print_their_passages_and_advice(run: Run) -> None:
    for id in ("henan-2025", "zhejiang-2021"):
        out = run("packs", "show", id)[1]
        for requirement in load(id).requirements:
            assert requirement.advice in out
            for _, _, passage in requirement.examples.each():
                assert passage.splitlines()[0] in out
