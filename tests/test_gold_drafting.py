"""The bar on drafting from the real notice, where the folder with it stands beside the checkout; said when it does not.

The facts are those of the built-in pack for the same text: the clause, a word or two that its quote must hold, and the
numbers. A draft counts for one requirement only.
"""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[1]
GOLD = Path(os.environ.get("DUZHENG_GOLD", ROOT.parent / "shared" / "gold"))

pytestmark = pytest.mark.skipif(not GOLD.is_dir(), reason="the real documents (gold/) are not beside the checkout")

PARTS = "四（一）2"
FACTS: dict[str, dict[str, Any]] = {
    "R01": {"clause": [PARTS], "title": "基本情况"},
    "R02": {"clause": [PARTS], "title": "名单", "form": "list"},
    "R03": {"clause": [PARTS, "三"], "title": "模式"},
    "R04": {"clause": [PARTS], "title": "措施", "form": "section"},
    "R05": {"clause": ["二（三）"], "words": ["3年", "计划"]},
    "R06": {"clause": ["一"], "value": 70, "due": date(2025, 12, 31)},
    "R07": {"clause": ["一"], "value": 85, "due": date(2026, 12, 31)},
    "R08": {"clause": ["一"], "value": 100, "due": date(2027, 12, 31)},
    "R09": {"clause": ["四（一）1"], "words": ["备选台账", "优先帮扶"]},
    "R10": {"clause": ["五（一）"], "words": ["组建并公布"]},
    "R11": {"clause": ["三（一）", "四（二）"], "words": ["人事", "财务", "管理"]},
    "R12": {"clause": ["五（四）"], "value": 10, "per": "year"},
    "R13": {"clause": ["四（二）"], "value": 1, "per": "month", "measures": 2},
    "R14": {"clause": ["四（三）2"], "value": 1, "per": "semester", "words": ["培训"]},
    "R15": {"clause": ["四（三）4"], "value": 1, "per": "semester", "words": ["督导"]},
    "R16": {"clause": ["四（三）4"], "form": "roles", "words": ["教育管理", "人事", "教研", "财务"]},
    "R17": {"clause": ["四（三）2"], "words": ["数据库"]},
    "R18": {"clause": ["三（三）"], "words": ["协议"]},
    "R19": {"clause": ["四（二）"], "form": "deadline_relative", "words": ["权责", "预期成效"]},
    "R20": {"clause": ["五（三）"], "words": ["拨款", "捐赠", "自筹"], "severity": "advice"},
}  # fmt: skip


def answers(drafted: Any, quote: str, fact: dict[str, Any]) -> bool:
    measures = drafted.parameters.get("any", [{}]) if drafted.form == "threshold" else [{}]
    return (
        bool(set(drafted.numbers) & set(fact["clause"]))
        and all(word in quote for word in fact.get("words", ()))
        and fact.get("title", "") in drafted.title
        and all(fact[field] == measures[0].get(field) for field in ("value", "due", "per") if field in fact)
        and len(measures) == fact.get("measures", len(measures))
        and fact.get("form", drafted.form) == drafted.form
        and fact.get("severity", drafted.severity) == drafted.severity
    )


def test_a_draft_from_the_real_notice_finds_its_requirements_and_little_else() -> None:
    from checks.drafting.draft import draft
    from extractors.parse import parse
    from schemas.outcome import SourceFile

    [path] = (GOLD / "documents").glob("henan-*-notice.txt")
    [document] = parse(SourceFile(uri=str(path), data=path.read_bytes())).documents
    made = draft(document)
    used: set[int] = set()
    missed = []
    for name, fact in FACTS.items():
        for number, drafted in enumerate(made.requirements):
            quote = "".join(made.plan.flat[start:end] for start, end in drafted.stretches)
            if number not in used and answers(drafted, quote, fact):
                used.add(number)
                break
        else:
            missed.append(name)
    assert len(FACTS) - len(missed) >= 16, missed
    others = [drafted.text for number, drafted in enumerate(made.requirements) if number not in used]
    assert len(others) <= len(used), others
