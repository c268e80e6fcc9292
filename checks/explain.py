"""The five lines of a finding, for the inspector who must defend it.

要求 → 查了什么 → 找到什么 → 怎样判定 → 建议整改.
"""

from __future__ import annotations

from collections.abc import Sequence

from checks.judgement import quoted
from schemas.finding import (
    REASON_NAMES,
    VERDICT_NAMES,
    Evidence,
    EvidenceElsewhere,
    FindingElement,
    Reason,
    Searched,
    Verdict,
)
from schemas.requirement import RequirementBase

_SECTIONS_NAMED = 8
_TERMS_NAMED = 8
_QUOTES_NAMED = 3
_ROLE_NAMES = {"supports": "", "contradicts": "（相反）", "nearest_miss": "（最接近）"}
_NO_ADVICE: frozenset[Verdict] = frozenset({"met", "not_applicable"})


def explain(
    requirement: RequirementBase,
    searched: Searched,
    evidence: Sequence[Evidence],
    verdict: Verdict,
    reason: Reason | None,
    how: str,
) -> list[str]:
    """The five lines, each with its label."""
    judged = VERDICT_NAMES[verdict] + (f"（{REASON_NAMES[reason]}）" if reason else "")
    return [
        f"要求：{requirement.text}（{requirement.clause}）",
        f"查了什么：{what_was_read(searched)}",
        f"找到什么：{_found(evidence)}",
        f"怎样判定：{judged}。{how}",
        f"建议整改：{_advice(requirement, verdict)}",
    ]


def what_was_read(searched: Searched) -> str:
    """Pages, sections and attachments read, and the terms tried, in one line."""
    parts = [f"全文{searched.characters}字" + (f"共{searched.pages}页" if searched.pages else "")]
    if searched.unreadable_pages:
        parts.append(f"第{'、'.join(map(str, searched.unreadable_pages))}页未能读取")
    names = [section_name(section.number, section.heading) for section in searched.sections]
    if names:
        shown = "、".join(names[:_SECTIONS_NAMED])
        parts.append(f"章节{len(names)}个（{shown}{'等' if len(names) > _SECTIONS_NAMED else ''}）")
    if searched.attachments.read:
        parts.append(f"附件已读：{'、'.join(searched.attachments.read)}")
    if searched.attachments.not_obtained:
        parts.append(f"附件未取得：{'、'.join(searched.attachments.not_obtained)}")
    if searched.terms:
        shown = "、".join(searched.terms[:_TERMS_NAMED])
        parts.append(f"检索词：{shown}{f'等{len(searched.terms)}个' if len(searched.terms) > _TERMS_NAMED else ''}")
    return "；".join(parts) + "。"


def section_name(number: str | None, heading: str | None) -> str:
    """A section as it is written: 一、指导思想; （一）融合型; 1.师资同盘."""
    number = number or ""
    stop = "" if not number or number[-1] in ")）、.．" or not heading else "." if number.isdigit() else "、"
    return f"{number}{stop}{heading or ''}"


def place(evidence: Evidence) -> str:
    """Where the evidence stands: 第2页，第120—145字 (characters counted from 1, in the original text); elsewhere, with the
    document's title."""
    page = f"第{evidence.span.page}页，" if evidence.span.page else ""
    if isinstance(evidence, EvidenceElsewhere):
        page = f"{named(evidence)}，{page}"
    return f"{page}第{evidence.span.start + 1}—{evidence.span.end}字"


def named(piece: EvidenceElsewhere) -> str:
    """What the other document is called: 《its title》, else its file."""
    return f"《{piece.title}》" if piece.title else piece.uri


def told(element: FindingElement) -> str:
    """One of the many at fault in a line: what it is called, its fault, its place."""
    return f"{element.element}：{element.fault}（{place(element.evidence)}）"


def _found(evidence: Sequence[Evidence]) -> str:
    if not evidence:
        return "未见相关表述。"
    here = [e for e in evidence if not isinstance(e, EvidenceElsewhere)]
    there = [e for e in evidence if isinstance(e, EvidenceElsewhere)]
    # Of a contradiction between two documents both sides are shown.
    named = [*here[:_QUOTES_NAMED], *there[:_QUOTES_NAMED]]
    shown = [f"{quoted(e.quote)}（{place(e)}）{_ROLE_NAMES[e.role]}" for e in named]
    more = f"等{len(evidence)}处" if len(evidence) > len(named) else ""
    return "；".join(shown) + more + "。"


def _advice(requirement: RequirementBase, verdict: Verdict) -> str:
    if verdict == "undetermined":
        return f"先取得未读到的内容后复核；如确无此项：{requirement.advice}"
    return "无需整改。" if verdict in _NO_ADVICE else requirement.advice
