"""Form ``consistency``: the number of communities stated in the text equals the list.

1. Stated numbers are those with a verb before them and the word for a community after or before them
   (新增6对共建型教共体, 组建教共体12个), in the plan's own words, not in titles of other documents.
2. A number for one mode (共建型6对) is compared with the communities of that mode; others with all of them.
3. 对 and 组 may count communities or lead-member pairs; either is accepted. 个 counts communities.
4. What has been reached so far (先后组建14个) is not what the plan lists.
5. No number stated → not_applicable. A number and no list → not_found. A number that disagrees → conflict.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from checks.judgement import Judgement
from checks.lexicon import matching
from checks.plan import Plan
from extractors.fold import fold
from extractors.numerals import to_int
from schemas.requirement import ConsistencyParameters, ConsistencyRequirement

_PAIR_UNITS = ("对", "组")
_NUMERAL = r"(?<![第\d.])(?:\d{1,4}|[二三四五六七八九十百两][一二三四五六七八九十百]{0,4}|一(?=[十百]))"


def judge(plan: Plan, requirement: ConsistencyRequirement) -> Judgement:
    """Whether the stated number agrees with the list."""
    parameters = requirement.parameters
    stated = _stated(plan, parameters)
    terms = [*parameters.subjects, *parameters.units]
    if not stated:
        return Judgement("not_applicable", None, "方案没有写明校共体（教共体）的数量。", terms=terms)
    communities = plan.document.communities
    first = stated[0]
    if not communities:
        evidence = [plan.evidence("nearest_miss", first[3], first[4])]
        how = f"文中写明{first[0]}，但未见名单，无从核对。"
        return Judgement("not_found", f"文中{first[0]}，无名单", how, evidence, missing=True, terms=terms)
    wrong: list[str] = []
    right: list[str] = []
    evidence = []
    for number, unit, mode, start, end in stated:
        of_mode = [c for c in communities if mode and c.mode and mode in "".join(fold(c.mode).split())]
        compared = of_mode or communities
        if mode and not of_mode and any(c.mode for c in communities):
            compared = []
        listed = len(compared)
        pairs = sum(len(c.members) for c in compared)
        what = f"{mode or ''}{number}"
        if number == listed or (number == pairs and unit in _PAIR_UNITS):
            right.append(what)
            evidence.append(plan.evidence("supports", start, end))
        else:
            wrong.append(f"文中{what}，名单{listed}")
            evidence.append(plan.evidence("contradicts", start, end))
    evidence = [e for e in evidence if e.role == ("contradicts" if wrong else "supports")][:5]
    evidence.extend(plan.evidence_at("contradicts" if wrong else "supports", c.span) for c in communities[:3])
    if wrong:
        observed = "；".join(dict.fromkeys(wrong))
        return Judgement("conflict", observed, f"数量与名单不一致：{observed}。", evidence, terms=terms)
    observed = f"文中{'、'.join(dict.fromkeys(right))}，名单{len(communities)}"
    return Judgement("met", observed, f"数量与名单一致：{observed}。", evidence, terms=terms)


def _stated(plan: Plan, parameters: ConsistencyParameters) -> list[tuple[int, str, str | None, int, int]]:
    """The stated numbers: number, unit, mode, and where, in ``plan.flat``."""
    subjects = _any(parameters.subjects)
    units = _any(parameters.units)
    verbs = _any(parameters.verbs)
    modes = _any([*matching()["mode_labels"]])
    gap = r"[^,。;:!?、\d]{0,12}?"
    forms = (
        # 新增(的)6对(共建型)教共体
        re.compile(
            rf"(?:{verbs}){gap}(?P<number>{_NUMERAL})(?P<unit>{units})(?:城乡|义务教育|紧密|\"|“)*(?P<mode>{modes})?{gap}(?:{subjects})"
        ),
        # 新增(共建型)教共体(共)6对
        re.compile(
            rf"(?:{verbs}){gap}(?P<mode>{modes})?\"?{gap}(?:{subjects})(?:学校|结对学校|数量|总数|共|为|达到|达|\"){{0,3}}(?P<number>{_NUMERAL})(?P<unit>{units})(?!月|学)"
        ),
    )
    excluded = re.compile(_any(parameters.exclude)) if parameters.exclude else None
    found: dict[int, tuple[int, str, str | None, int, int]] = {}
    for form in forms:
        for match in form.finditer(plan.spoken):
            clause = plan.clause(match.start(), match.end())
            if excluded and excluded.search(plan.spoken, clause.start, clause.end):
                continue
            if any(word in plan.spoken[clause.start : match.end()] for word in matching()["histories"]):
                continue
            number = to_int(match["number"])
            if number is not None:
                found.setdefault(
                    match.start("number"), (number, match["unit"], match["mode"], clause.start, clause.end)
                )
    return [found[place] for place in sorted(found)]


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
