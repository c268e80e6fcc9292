"""The notice to a county (整改通知) as DOCX: what its plan must put right, each point with its ground and its evidence.

Set as an official document (GB/T 9704-2012): A4 with the margins of 5.2, title in 22 point, text in 16 point type with 28 point lines,
first lines two characters in, numbers 一、 （一） 1. A draft: number, day and signature are left open for the office that sends it.

It goes to a county, so it says what the county must know and may hold against the office: the verdict that counts, and of what
people decided the reason why they judge otherwise, why a review failed or a fault is back, the answer to a dispute, the ground of
a waiver. It names nobody who decided, no record and no remark (备注), and no reason that was written for the office's own file.
What was overridden, waived or closed is not asked for again but named at the end.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

from checks.axes import Axes, time_of
from checks.explain import place, told
from checks.ledger import ISSUES, clean
from checks.matrix import place_of
from schemas.decision import OUTCOME_NAMES, DecisionBase, Override, Rectification, Ruling, Waiver
from schemas.finding import REASON_NAMES, SEVERITY_NAMES, VERDICT_NAMES, Finding, PlanCheck, Verdict
from schemas.standing import effective_decisions, rectification_words

_FONTS = {"title": "方正小标宋简体", "body": "仿宋_GB2312", "head": "黑体"}
_NUMERALS = "零一二三四五六七八九十"
_Kind = TypeVar("_Kind", bound=DecisionBase)
_UNSAFE = re.compile(r'[\\/:*?"<>|\s]+')


def write_notices(
    checks: Sequence[PlanCheck], folder: Path, advice: bool = True, axes: Mapping[str, Axes] | None = None
) -> list[Path]:
    """Write one notice for each unit whose plans leave something to put right; the folder must exist.

    Args:
        checks: what was checked; the plans of one unit share a notice.
        folder: where the files go, ``整改通知_<unit>.docx``.
        advice: also name what is only encouraged (鼓励).
        axes: how findings stand, by their id, where a corpus knows it.

    Returns:
        The files, in the order of the units.

    Raises:
        OSError: a file cannot be written.
    """
    known = axes or {}
    by_unit: dict[str, list[PlanCheck]] = defaultdict(list)
    for check in checks:
        if any(_counts(finding, advice, known) for finding in check.findings):
            by_unit[place_of(check.plan)].append(check)
    written: list[Path] = []
    for unit, of_unit in by_unit.items():
        name = _UNSAFE.sub("_", clean(unit))[:60] or "未知单位"
        path = folder / f"整改通知_{name}.docx"
        if path in written:
            path = folder / f"整改通知_{name}_{len(written)}.docx"
        _notice(unit, of_unit, advice, known).save(str(path))
        written.append(path)
    return written


def _final(finding: Finding, known: Mapping[str, Axes]) -> Verdict:
    """The verdict that counts: an override's where one stands."""
    axes = known.get(finding.id or "")
    return axes.state.verdict if axes else finding.verdict


def _settled(finding: Finding, known: Mapping[str, Axes]) -> str:
    """Why the county need not act on a fault of the machine any more; empty where it must, or it was none."""
    axes = known.get(finding.id or "")
    if axes is None or not axes.settled:
        return ""
    state = axes.state
    if state.disposition.kind == "waived":
        waiver = _last(axes, Waiver)
        return f"豁免至{state.disposition.until}" + (f"，依据：{waiver.ground}" if waiver else "")
    if state.rectification.stage == "closed" and not state.rectification.suspected:
        return f"已销号（{state.rectification.closed_on}）"
    override = _last(axes, Override)
    shown = f"，方案原文：“{' '.join(override.excerpt.split())}”" if override and override.excerpt else ""
    return f"经核定为{VERDICT_NAMES[state.verdict]}{shown}"


def _last(axes: Axes, kind: type[_Kind]) -> _Kind | None:
    """The last record of a kind that counts."""
    return next((one for one in reversed(effective_decisions(axes.decisions)) if isinstance(one, kind)), None)


def _counts(finding: Finding, advice: bool, known: Mapping[str, Axes]) -> bool:
    """Whether somebody must still act on it."""
    wanted = _final(finding, known) in ISSUES and not _settled(finding, known)
    return wanted and (advice or finding.severity != "advice")


def _notice(unit: str, checks: Sequence[PlanCheck], advice: bool, known: Mapping[str, Axes]) -> Any:
    document = _blank()
    _paragraph(document, f"关于{unit}有关方案问题整改的通知", "title", size=22, centred=True)
    _paragraph(document, "（草稿，文号、日期和署名由印发单位填写）", "body", centred=True)
    _paragraph(document, f"{unit}：", "body", indent=False)
    plans = "、".join(f"《{check.plan.title or check.plan.uri}》" for check in checks)
    packs = "、".join(dict.fromkeys(f"《{check.pack.title}》" for check in checks))
    _paragraph(document, f"对你单位{plans}，依照{packs}进行了核查。现将需要整改和核实的问题通知如下。", "body")
    number = 0
    sections: Mapping[str, Sequence[str]] = {
        "需要整改的问题": ("not_met", "not_found", "conflict", "partial"),
        "需要核实的事项": ("undetermined",),
    }
    for title, verdicts in sections.items():
        found = [
            (check, finding)
            for check in checks
            for finding in check.findings
            if _final(finding, known) in verdicts and _counts(finding, advice, known)
        ]
        if not found:
            continue
        number += 1
        _paragraph(document, f"{_NUMERALS[number]}、{title}", "head")
        for index, (check, finding) in enumerate(found, start=1):
            _point(document, index, finding, check if len(checks) > 1 else None, known.get(finding.id or ""))
    settled = [(f, why) for check in checks for f in check.findings if (why := _settled(f, known))]
    if settled:
        number += 1
        _paragraph(document, f"{_NUMERALS[number]}、已有处置的事项", "head")
        for index, (finding, why) in enumerate(settled, start=1):
            _paragraph(document, f"{index}.{finding.title}：{why}。", "body")
    number += 1
    _paragraph(document, f"{_NUMERALS[number]}、有关要求", "head")
    for text in (
        "请对照上述问题逐条整改，明确责任单位、责任人和完成时限，形成整改报告并附佐证材料。",
        "对认定有异议的，可以提出申辩，写明方案原文的页码和段落。",
        "“未见”指方案全文和已取得的附件中没有查到；附件未取得或页面不能读取的列入需要核实的事项，请补交。",
    ):
        _paragraph(document, text, "body")
    for check in {c.pack.id: c for c in checks}.values():
        _paragraph(document, f"依据说明：{check.pack.basis_note}", "body")
    for text in ("（署名）", "    年  月  日"):
        _paragraph(document, text, "body", right=True)
    return document


def _point(document: Any, index: int, finding: Finding, check: PlanCheck | None, axes: Axes | None) -> None:
    override = _last(axes, Override) if axes is not None and axes.state.verdict != finding.verdict else None
    counts, why_open = (override.verdict, override.reason) if override else (finding.verdict, finding.reason)
    verdict = VERDICT_NAMES[counts] + (f"（{REASON_NAMES[why_open]}）" if why_open else "")
    _paragraph(document, f"{index}.{finding.title}（{SEVERITY_NAMES[finding.severity]}，{verdict}）", "head")
    if check is not None:
        _paragraph(document, f"方案：《{check.plan.title or check.plan.uri}》。", "body")
    _paragraph(document, f"要求：{finding.expected}（{finding.clause}）。", "body")
    for evidence in finding.evidence[:3]:
        quote = " ".join(evidence.quote.split())
        _paragraph(
            document, f"方案原文：“{quote[:300]}”{'…' if len(quote) > 300 else ''}（{place(evidence)}）。", "body"
        )
    for piece in finding.elsewhere[:3]:
        quote = " ".join(piece.quote.split())
        _paragraph(
            document, f"对照文件原文：“{quote[:300]}”{'…' if len(quote) > 300 else ''}（{place(piece)}）。", "body"
        )
    if finding.elements:
        _paragraph(document, f"存在问题的共{len(finding.elements)}项：", "body")
        for element in finding.elements:
            _paragraph(document, f"{told(element)}；", "body")
    if override is not None and override.excerpt:
        _paragraph(document, f"方案原文：“{' '.join(override.excerpt.split())}”。", "body")
    # The lines of the explanation carry their own labels (查了什么 …, 怎样判定 …).
    _paragraph(document, finding.explanation[1], "body")
    # How the program judged would contradict a verdict that is no longer its own.
    _paragraph(document, f"认定理由：{_sentence(override.why)}" if override else finding.explanation[3], "body")
    _paragraph(document, f"整改：{finding.advice}", "body")
    if finding.due is not None:
        time = time_of(finding, axes)
        _paragraph(document, f"要求时限：{finding.due}{f'（{time}）' if time else ''}。", "body")
    for line in _standing(axes) if axes is not None else ():
        _paragraph(document, line, "body")


def _standing(axes: Axes) -> Iterator[str]:
    """What became of a waiver or a dispute, and the rectification, as far as there are any."""
    one, disposition = axes.state.rectification, axes.state.disposition
    waiver, ruling, step = _last(axes, Waiver), _last(axes, Ruling), _last(axes, Rectification)
    if disposition.lapsed and waiver is not None:
        yield f"豁免：已于{waiver.until}到期。"
    if disposition.kind == "disputed":
        yield f"申辩：已收到，{disposition.until}前答复。"
    elif disposition.outcome and ruling is not None:
        yield f"申辩处理：{OUTCOME_NAMES[ruling.outcome]}，{_sentence(ruling.why)}"
    asked = (
        ("责任单位", one.responsible),
        ("责任人", one.person),
        ("整改措施", one.measures),
        ("整改时限", one.deadline),
    )
    if parts := [f"{label}：{value}" for label, value in asked if value]:
        yield "；".join(parts) + "。"
    if one.stage != "none":
        yield f"整改情况：{rectification_words(axes.state)}。"
    if one.stage == "review_failed" and one.opinion:
        yield f"复核意见：{_sentence(one.opinion)}"
    if one.stage == "relapsed" and step is not None:
        yield f"反弹情况：{_sentence(step.why)}"


def _sentence(words: str) -> str:
    """What somebody wrote, with a full stop at its end."""
    return words if words.endswith(("。", "！", "？", "；")) else f"{words}。"


def _blank() -> Any:
    from docx import Document
    from docx.shared import Mm

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    document.core_properties.author = "duzheng"
    return document


def _paragraph(
    document: Any,
    text: str,
    kind: str,
    *,
    size: int = 16,
    centred: bool = False,
    right: bool = False,
    indent: bool = True,
) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt

    paragraph = document.add_paragraph()
    form = paragraph.paragraph_format
    form.space_before = form.space_after = Pt(0)
    form.line_spacing = Pt(28 if size <= 16 else 36)
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif right:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    elif indent:
        form.first_line_indent = Pt(2 * size)
    run = paragraph.add_run(clean(text))
    run.font.size = Pt(size)
    run.font.name = _FONTS[kind]
    run._element.rPr.rFonts.set(qn("w:eastAsia"), _FONTS[kind])
