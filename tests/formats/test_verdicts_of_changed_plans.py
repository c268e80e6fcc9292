"""A complete plan with one passage taken out or one figure lowered: that requirement falls, the others stand.

What is changed and how it is counted is said in ``changed_plans``, which also prints the figures.
"""

from __future__ import annotations

from dataclasses import replace

import pytest
from changed_plans import (
    BAR,
    CASES,
    COMPLETE,
    FIGURES,
    RENDERINGS,
    SCRIPTS,
    TEXT,
    complete,
    evidence,
    judge_recipe,
    lowering,
    measure,
    measures,
    removal,
    unrelated,
    untouched,
    without,
)


def test_every_requirement_of_the_packs_is_tried() -> None:
    assert [(name, requirement) for name in COMPLETE for requirement in complete(name)[1].findings] == CASES


@pytest.mark.parametrize(("name", "requirement"), CASES)
def test_a_requirement_falls_when_what_it_rests_on_is_taken_out(name: str, requirement: str) -> None:
    assert complete(name)[1].findings[requirement].verdict == "met", "the sample is no longer complete"
    judged = removal(name, requirement).judged
    assert judged.findings[requirement].verdict != "met", evidence(judged, requirement)


@pytest.mark.parametrize(("name", "requirement"), CASES)
def test_all_others_stand_when_it_falls(name: str, requirement: str) -> None:
    verdicts = judge_recipe(removal(name, requirement).first, COMPLETE[name]).verdicts()
    assert {o: verdicts[o] for o in untouched(name, requirement) if verdicts[o] != "met"} == {}


@pytest.mark.parametrize(("name", "requirement"), FIGURES)
def test_a_lowered_figure_is_seen(name: str, requirement: str) -> None:
    low = lowering(name, requirement)
    assert low.changes, "no figure in the evidence"
    verdicts = judge_recipe(low.item, COMPLETE[name]).verdicts()
    assert verdicts[requirement] in ("not_met", "partial", "not_found"), low.changes
    if dict(measures(name))[requirement].comparator == ">=":
        assert {o: verdicts[o] for o in low.others if verdicts[o] != "met"} == {}


@pytest.mark.slow
@pytest.mark.parametrize("rendering", SCRIPTS)
@pytest.mark.parametrize("pack", dict.fromkeys(COMPLETE.values()))
def test_sensitivity_and_specificity_are_above_the_bar(pack: str, rendering: str) -> None:
    figures = measure(pack, rendering)
    print(f"{pack} {rendering} {figures}")
    assert figures.sensitivity >= BAR, figures
    assert figures.specificity >= BAR, figures
    assert figures.removals >= 20, "too few changes to speak of shares"


OTHERS = [name for name in RENDERINGS if name != TEXT]


@pytest.mark.slow
@pytest.mark.parametrize("rendering", OTHERS)
@pytest.mark.parametrize("name", COMPLETE)
def test_verdicts_do_not_depend_on_format_or_script(name: str, rendering: str) -> None:
    """Every requirement falls in one of the renderings, two or three or four of them in each."""
    item, judged = complete(name)
    variants = [item] + [
        without(item, evidence(judged, r)) for r in list(judged.findings)[OTHERS.index(rendering) :: len(OTHERS)]
    ]
    for variant in variants:
        expected = judge_recipe(variant, COMPLETE[name]).verdicts()
        assert judge_recipe(variant, COMPLETE[name], rendering).verdicts() == expected


@pytest.mark.parametrize("name", COMPLETE)
def test_an_unrelated_paragraph_changes_no_verdict(name: str) -> None:
    _, judged = complete(name)
    for item in unrelated(name):
        assert judge_recipe(item, COMPLETE[name]).verdicts() == judged.verdicts()


@pytest.mark.parametrize("name", COMPLETE)
def test_a_plan_without_its_text_meets_nothing(name: str) -> None:
    item, _ = complete(name)
    head = [block for block in item.blocks if block.kind in ("title", "head", "document_number", "signature")]
    verdicts = judge_recipe(replace(item, blocks=head), COMPLETE[name]).verdicts()
    assert "met" not in verdicts.values(), verdicts
