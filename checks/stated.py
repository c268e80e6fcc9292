"""How many communities a plan says there are, in its own words.

1. Stated numbers are those with a verb before them and the word for a community after or before them
   (新增6对共建型教共体, 组建教共体12个), not in titles of other documents.
2. What has been reached so far (先后组建14个) is not what the plan lists.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from checks.lexicon import matching
from checks.plan import Plan
from extractors.numerals import to_int
from schemas.requirement import ConsistencyParameters

_NUMERAL = r"(?<![第\d.])(?:\d{1,4}|[二三四五六七八九十百两][一二三四五六七八九十百]{0,4}|一(?=[十百]))"


@dataclass(frozen=True, slots=True)
class Stated:
    """A stated number with its unit and the mode it is of; ``start`` and ``end`` are its clause's in ``Plan.flat``."""

    number: int
    unit: str
    mode: str | None
    start: int
    end: int

    def __str__(self) -> str:
        return f"{self.mode or ''}{self.number}"


def stated_numbers(plan: Plan, parameters: ConsistencyParameters) -> list[Stated]:
    """The stated numbers in the order of the text; the parameters say which words make one."""
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
    found: dict[int, Stated] = {}
    for form in forms:
        for match in form.finditer(plan.spoken):
            clause = plan.clause(match.start(), match.end())
            if excluded and excluded.search(plan.spoken, clause.start, clause.end):
                continue
            if any(word in plan.spoken[clause.start : match.end()] for word in matching()["histories"]):
                continue
            number = to_int(match["number"])
            if number is not None:
                one = Stated(number, match["unit"], match["mode"], clause.start, clause.end)
                found.setdefault(match.start("number"), one)
    return [found[place] for place in sorted(found)]


def _any(words: Sequence[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
