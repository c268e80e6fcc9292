"""A complete plan with one passage taken out or one figure lowered: that requirement falls, the others stand.

The complete plans are our own samples. What is taken out are the sentences that the finding itself names as its evidence, so a
verdict that rested on something else shows by standing still.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import pytest
from renderings import NAME, documents, font, ofd, office, page, pdf, read_recipe, recipe, text, traditional

from checks.engine import check
from checks.pack import load
from schemas.document import Document
from schemas.finding import Finding
from schemas.requirement import Measure, ThresholdRequirement

TODAY = date(2025, 10, 1)
COMPLETE = {"henan-qinglan": "henan-2025", "zhejiang-yunting": "zhejiang-2021", "zhejiang-zhangwu": "zhejiang-2021"}
_END = re.compile(r"[。；\n]")
ROUNDS = 3
"""A plan may say a thing up to three times (in its aims, in its measures, in its table)."""


@dataclass(frozen=True)
class Judged:
    document: Document
    findings: dict[str, Finding]

    def verdicts(self) -> dict[str, str]:
        return {name: finding.verdict for name, finding in self.findings.items()}


def judge(document: Document, pack: str) -> Judged:
    findings = check(document, load(pack), today=TODAY).findings
    return Judged(document, {finding.requirement: finding for finding in findings})


def judge_recipe(item: recipe.Recipe, pack: str) -> Judged:
    (document,) = documents(text(item), f"{NAME}.txt")
    return judge(document, pack)


@cache
def complete(name: str) -> tuple[recipe.Recipe, Judged]:
    item = read_recipe(name)
    return item, judge_recipe(item, COMPLETE[name])


def sentence(whole: str, start: int, end: int) -> str:
    """The sentence, or the cell, around a span."""
    first = max(whole.rfind(mark, 0, start) for mark in "。；\n\t") + 1
    match = _END.search(whole, max(end - 1, start))
    last = match.end() if match and match[0] != "\n" else (match.start() if match else len(whole))
    return whole[first:last].strip()


def evidence(judged: Judged, requirement: str) -> list[str]:
    spans = [e.span for e in judged.findings[requirement].evidence if e.role == "supports"]
    found: list[str] = []
    for span in spans:
        stretch = judged.document.text[span.start : span.end]
        # Evidence over several lines is a list or a section: all its lines.
        if "\n" in stretch or "\t" in stretch:
            found += [piece.strip() for piece in re.split(r"[\n\t]", stretch)]
        else:
            found.append(sentence(judged.document.text, span.start, span.end))
    return [piece for piece in dict.fromkeys(found) if piece]


def without(item: recipe.Recipe, pieces: list[str]) -> recipe.Recipe:
    """The recipe without these words; a table that holds one of them as a cell goes whole."""
    blocks = []
    for block in item.blocks:
        if block.rows and any(cell and cell in pieces for row in block.rows for cell in row):
            continue
        changed = block.text
        for piece in sorted(pieces, key=len, reverse=True):
            changed = changed.replace(piece, "")
        if changed == block.text:
            blocks.append(block)
        elif changed.strip():
            head = block.heading if block.heading and block.heading in changed else None
            blocks.append(replace(block, text=changed, heading=head, kind=block.kind if head else "paragraph"))
    return replace(item, blocks=blocks)


CASES = [(name, requirement) for name in COMPLETE for requirement in complete(name)[1].findings]


@pytest.mark.parametrize(("name", "requirement"), CASES)
def test_a_requirement_falls_when_what_it_rests_on_is_taken_out(name: str, requirement: str) -> None:
    item, judged = complete(name)
    assert judged.findings[requirement].verdict == "met", "the sample is no longer complete"
    taken: list[str] = []
    for _ in range(ROUNDS):
        taken += evidence(judged, requirement)
        item = without(item, taken)
        judged = judge_recipe(item, COMPLETE[name])
        if judged.findings[requirement].verdict != "met":
            break
    assert judged.findings[requirement].verdict != "met", evidence(judged, requirement)


def untouched(name: str, requirement: str) -> tuple[Judged, list[str]]:
    """The plan without one requirement's evidence, and the requirements that share no sentence with it."""
    item, judged = complete(name)
    taken = evidence(judged, requirement)
    shared = {
        other
        for other in judged.findings
        if any(a in b or b in a for a in taken for b in evidence(judged, other)) or not evidence(judged, other)
    }
    return judge_recipe(without(item, taken), COMPLETE[name]), sorted(set(judged.findings) - shared - {requirement})


SUMMARIES = {"Z09", "Z14", "R02", "Z01", "Z02", "Z03"}
"""What speaks of all tasks or all communities changes with any of them."""


@pytest.mark.parametrize(("name", "requirement"), CASES)
def test_all_others_stand_when_it_falls(name: str, requirement: str) -> None:
    judged, others = untouched(name, requirement)
    fallen = {o: judged.findings[o].verdict for o in others if judged.findings[o].verdict != "met"}
    assert not {o for o in fallen if o not in SUMMARIES}, fallen


def measures(name: str) -> Iterator[tuple[str, Measure]]:
    for requirement in load(COMPLETE[name]).requirements:
        if isinstance(requirement, ThresholdRequirement) and len(requirement.parameters.any) == 1:
            yield requirement.id, requirement.parameters.any[0]


def lowered(quoted: str, measure: Measure) -> str:
    """The sentence with the figures that reach the value brought below it, by as little as counts."""

    def lower(match: re.Match[str]) -> str:
        value = float(match[1])
        if not measure.value <= value <= 10 * measure.value:
            return match[0]
        below = measure.value - (1 if measure.value < 20 else 5)
        return f"{below:g}{match[2]}"

    units = "|".join(re.escape(unit) for unit in measure.units)
    return re.sub(rf"(\d+(?:\.\d+)?)({units})", lower, quoted)


IN_WORDS = {("henan-qinglan", "R08")}
"""The plan says 全部, which is no figure that could be lowered."""
FIGURES = [(name, r) for name in COMPLETE for r, _ in measures(name) if (name, r) not in IN_WORDS]


@pytest.mark.parametrize(("name", "requirement"), FIGURES)
def test_a_lowered_figure_is_seen(name: str, requirement: str) -> None:
    item, judged = complete(name)
    measure = dict(measures(name))[requirement]
    changes = {piece: lowered(piece, measure) for piece in evidence(judged, requirement)}
    assert any(old != new for old, new in changes.items()), "no figure in the evidence"
    blocks = []
    for block in item.blocks:
        changed = block.text
        for old, new in changes.items():
            changed = changed.replace(old, new)
        blocks.append(replace(block, text=changed))
    found = judge_recipe(replace(item, blocks=blocks), COMPLETE[name])
    assert found.findings[requirement].verdict in ("not_met", "partial", "not_found"), changes
    if measure.comparator == ">=":
        others = {n: f.verdict for n, f in found.findings.items() if f.verdict != "met" and n != requirement}
        shared = {n for n in others if set(evidence(judged, n)) & {o for o, c in changes.items() if o != c}}
        assert not set(others) - shared - SUMMARIES, others


RENDERINGS = {
    "DOCX": ("docx", lambda item: office.word(item, automatic=True)),
    "PDF": ("pdf", lambda item: pdf.pdf(item, font())),
    "OFD": ("ofd", lambda item: ofd.ofd(item, None)),
    "HTML in GBK": ("html", lambda item: page(item, "gbk")),
    "traditional text": ("txt", lambda item: text(traditional(item))),
    "traditional page in Big5": ("html", lambda item: page(traditional(item), "big5")),
}


@pytest.mark.slow
@pytest.mark.parametrize("rendering", RENDERINGS)
@pytest.mark.parametrize("name", COMPLETE)
def test_verdicts_do_not_depend_on_format_or_script(name: str, rendering: str) -> None:
    extension, render = RENDERINGS[rendering]
    item, judged = complete(name)
    variants = [item] + [
        without(item, evidence(judged, r)) for r in list(judged.findings)[:: 3 if name == "henan-qinglan" else 2]
    ]
    for variant in variants:
        expected = judge_recipe(variant, COMPLETE[name]).verdicts()
        (document,) = documents(render(variant), f"{NAME}.{extension}")
        assert judge(document, COMPLETE[name]).verdicts() == expected


UNRELATED = "全县各学校要做好秋冬季防火、防汛和食堂食品安全管理，按时开展消防演练，保障师生安全。"


@pytest.mark.parametrize("name", COMPLETE)
def test_an_unrelated_paragraph_changes_no_verdict(name: str) -> None:
    item, judged = complete(name)
    for place in (len(item.blocks) // 3, 2 * len(item.blocks) // 3):
        blocks = [*item.blocks[:place], recipe.Block("paragraph", UNRELATED), *item.blocks[place:]]
        assert judge_recipe(replace(item, blocks=blocks), COMPLETE[name]).verdicts() == judged.verdicts()


@pytest.mark.parametrize("name", COMPLETE)
def test_a_plan_without_its_text_meets_nothing(name: str) -> None:
    item, _ = complete(name)
    head = [block for block in item.blocks if block.kind in ("title", "head", "document_number", "signature")]
    verdicts = judge_recipe(replace(item, blocks=head), COMPLETE[name]).verdicts()
    assert "met" not in verdicts.values(), verdicts
