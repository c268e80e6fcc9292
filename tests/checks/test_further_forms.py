"""What the forms ``date``, ``attachment``, ``scoring`` and ``combination`` promise."""

from __future__ import annotations

from datetime import date

import pytest
from made_plans import span_of

from schemas.document import Attachment, ScoringItem

PUBLISHED = {"form": "date", "parameters": {"about": [["方案"], ["印发", "公布"]], "due": "2025-10-31"}}
LISTED = {"form": "attachment", "parameters": {"title": [["结对"], ["名单", "一览表"]]}}
SCORED = {"form": "scoring", "parameters": {"items": [["教研"], ["师资", "教师"]]}}
STATEMENT = {
    "form": "statement",
    "parameters": {"elements": [{"name": "协议", "any": [{"all": [["签订"], ["协议"]]}]}]},
}
THRESHOLD = {
    "form": "threshold",
    "parameters": {"any": [{"context": [["教研"]], "value": 4, "units": ["次"], "per": "semester"}]},
}


@pytest.mark.parametrize(
    ("text", "verdict"),
    [
        ("县级方案于2025年10月15日前印发。", "met"),
        ("县级方案于2025年10月31日前公布。", "met"),
        ("10月底前，县级方案印发各校。", "met"),
        ("县级方案于2025年11月15日前印发。", "not_met"),
        ("县级方案于2025年10月15日前印发。\n三、各镇方案于2025年12月15日前印发。", "conflict"),
        ("及时印发县级方案。", "partial"),
        ("2025年10月15日前召开部署会。", "not_found"),
    ],
)
def test_a_day_is_held_against_the_day_asked_for(judged, text: str, verdict: str) -> None:
    finding = judged(PUBLISHED, text, signed_on=date(2025, 9, 20))
    assert finding.verdict == verdict
    assert bool(finding.evidence) == (verdict != "not_found")


def attached(text: str, title: str, included: bool) -> Attachment:
    return Attachment(number=1, title=title, included=included, span=span_of(text, title))


@pytest.mark.parametrize(
    ("title", "included", "verdict"),
    [
        ("结对学校名单", True, "met"),
        ("结对学校名单", False, "undetermined"),
        ("经费预算表", True, "not_found"),
    ],
)
def test_an_attachment_is_listed_and_there(judged, title: str, included: bool, verdict: str) -> None:
    text = f"附件：1.{title}"
    finding = judged(LISTED, text, attachments=[attached(text, title, included)])
    assert finding.verdict == verdict
    assert finding.reason == ("attachment_not_obtained" if verdict == "undetermined" else None)


def test_a_plan_without_attachments_lacks_it(judged) -> None:
    assert judged(LISTED, "以上要求认真落实。").verdict == "not_found"


@pytest.mark.parametrize(
    ("points", "verdict"),
    [((40, 60), "met"), ((40, 50), "not_met"), ((100,), "partial"), ((), "not_found")],
)
def test_points_add_up_and_name_what_must_be_scored(judged, points: tuple[int, ...], verdict: str) -> None:
    text = "教研联动 教师流动"
    names = ("教研联动", "教师流动")
    items = [ScoringItem(item=n, points=p, span=span_of(text, n)) for n, p in zip(names, points, strict=False)]
    assert judged(SCORED, text, scoring=items).verdict == verdict


SIGNED, STUDIED = "双方签订协议。", "每学期开展联合教研不少于4次。"


@pytest.mark.parametrize(
    ("combination", "text", "verdict"),
    [
        ({"all": ["s", "t"]}, SIGNED + STUDIED, "met"),
        ({"all": ["s", "t"]}, SIGNED, "partial"),
        ({"all": ["s", "t"]}, "每学期开展联合教研2次。", "not_met"),
        ({"all": ["s", "t"]}, "认真组织实施。", "not_found"),
        ({"any": ["s", "t"]}, SIGNED, "met"),
        ({"any": ["s", "t"]}, "每学期开展联合教研2次。", "not_met"),
        ({"none": ["s"]}, STUDIED, "met"),
        ({"none": ["s"]}, SIGNED, "not_met"),
        ({"all": ["t"], "none": ["s"]}, SIGNED + STUDIED, "not_met"),
        ({"all": ["t"], "any": ["s", "t"]}, STUDIED, "met"),
    ],
)
def test_demands_are_joined_by_all_any_and_none(judged, combination: dict, text: str, verdict: str) -> None:
    parts = {"s": {"name": "签订协议", **STATEMENT}, "t": {"name": "联合教研", **THRESHOLD}}
    parameters = {kind: [parts[name] for name in names] for kind, names in combination.items()}
    finding = judged({"form": "combination", "parameters": parameters}, text)
    assert finding.verdict == verdict, finding.explanation
    if verdict == "not_met":
        assert any(piece.role == "contradicts" for piece in finding.evidence)
