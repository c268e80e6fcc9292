"""Form ``counts``: numbers of things by kind (城区学校12所、乡村学校38所).

1. A kind's number stands right after its term (within six characters), in the same row or column of a table, or right
   before it (全县有12所城区学校) where the sentence counts the county's schools; 1所城区学校联合3所乡村学校 does not.
2. Met with numbers for ``at_least`` kinds; partial with fewer, or with numbers for lesser kinds only (by school stage).
3. 每所, 一所 … of a rule is no number of schools: the numeral 1 written as 一 is not counted.
"""

from __future__ import annotations

import re

from checks.judgement import Judgement
from checks.matching import pattern
from checks.plan import Plan
from extractors.numerals import to_number
from schemas.finding import Evidence
from schemas.requirement import CountsRequirement

_NUMERAL = r"\d{1,6}|[二三四五六七八九十百两]{1,5}"
_TOTAL = re.compile(r"全县|全市|全区|我县|我市|我区|县域|辖区|现有|共有|共|其中|包括|分别|设有")
_PAIRING = re.compile(r"核心校|牵头|结对|帮扶|联合|带动|组成|支援|成员校")
_GAP = r"(?:\([^()]{0,12}\)|[共计现有约数量总为合各达设:]|分别){0,6}"


def judge(plan: Plan, requirement: CountsRequirement) -> Judgement:
    """Whether the plan gives the numbers."""
    parameters = requirement.parameters
    units = "|".join(re.escape(unit) for unit in sorted(parameters.units, key=len, reverse=True))
    found: dict[str, Evidence] = {}
    for kind, terms in parameters.kinds.items():
        evidence = _number_of(plan, tuple(terms), units)
        if evidence:
            found[kind] = evidence
    lesser: dict[str, Evidence] = {}
    for kind, terms in parameters.lesser.items():
        evidence = _number_of(plan, tuple(terms), units)
        if evidence:
            lesser[kind] = evidence
    tried = [term for group in (*parameters.kinds.values(), *parameters.lesser.values()) for term in group]
    names = "、".join(found)
    if len(found) >= parameters.at_least:
        how = f"写明了{names}学校的数量。"
        return Judgement("met", f"{names}学校数量", how, list(found.values()), terms=tried)
    if found or lesser:
        given = "、".join([*found, *lesser])
        absent = "、".join(kind for kind in parameters.kinds if kind not in found)
        how = f"只写明{given}的数量，未写明{absent}学校的数量。"
        evidence_list = [*found.values(), *lesser.values()]
        return Judgement("partial", f"{given}的数量", how, evidence_list, missing=True, terms=tried)
    how = f"全文和表格中未见{'、'.join(parameters.kinds)}学校的数量。"
    return Judgement("not_found", None, how, missing=True, terms=tried)


def _number_of(plan: Plan, terms: tuple[str, ...], units: str) -> Evidence | None:
    names = pattern(terms).pattern
    text = plan.spoken
    after = re.compile(rf"(?:{names}){_GAP}(?:{_NUMERAL})(?:余|多)?(?:{units})")
    before = re.compile(rf"(?<![第\d])(?:{_NUMERAL})(?:余|多)?(?:{units})[^,。;:!?、\d]{{0,4}}?(?:{names})")
    for match in after.finditer(text):
        return plan.evidence("supports", match.start(), match.end())
    for match in before.finditer(text):
        sentence = plan.sentence_at(match.start())
        around = text[sentence.start : sentence.end]
        if _TOTAL.search(text, sentence.start, match.start()) and not _PAIRING.search(around):
            return plan.evidence("supports", match.start(), match.end())
    return _in_tables(plan, terms)


def _in_tables(plan: Plan, terms: tuple[str, ...]) -> Evidence | None:
    """A number in the row or under the column whose first cell names the kind."""
    wanted = pattern(terms)
    from extractors.fold import fold

    for table in plan.document.tables:
        rows = [["".join(fold(cell).split()) for cell in row] for row in table.rows]
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if not cell or len(cell) > 20 or not wanted.search(cell):
                    continue
                below = [r[column] for r in rows[number + 1 :] if column < len(r)]
                beside = row[column + 1 : column + 2]
                if any(_is_count(value) for value in (*beside, *below[:1])):
                    return plan.evidence_at("supports", table.span)
    return None


def _is_count(cell: str) -> bool:
    value = to_number(cell.rstrip("所个处")) if cell else None
    return value is not None and value == int(value)
