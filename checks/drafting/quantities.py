"""Numbers that a notice asks for: which of the document's quantities bind somebody, and how they go together.

1. A quantity binds when it has a bound, a period, a day or a word of demand; who may apply (交流一年以上的教师), money that
   is paid and numbers inside a name (一对一) do not.
2. Numbers of months or days within which something is finished are a relative deadline, no threshold.
3. Quantities joined by 或 are one demand that either satisfies; others are demands of their own.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from checks.drafting.lexicon import words as lexicon
from checks.plan import Plan
from schemas.document import Target

_TIME_UNITS = {"月", "个月", "天", "日", "周", "工作日", "个工作日"}
_WITHIN = re.compile(r"(?:[个]?月|日|天|周|工作日)之?(?:内|以内)")
_DOING = re.compile(r"应|须|要|需|必|确定|配备|指定|至|开展|组织|举办|提交|选派")
_OVERLAP = 6
"""How many demands before a stretch may reach into it (the parts of one sentence)."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A quantity asked for, with its place in ``Plan.flat``."""

    start: int
    end: int
    target: Target

    @property
    def is_deadline(self) -> bool:
        """Whether it is a time within which something is finished."""
        return self.target.unit in _TIME_UNITS


def asked(plan: Plan) -> list[Asked]:
    """The quantities of the notice that bind somebody (point 1 of the module)."""
    found: list[Asked] = []
    for target in plan.document.targets:
        stretch = plan.stretch(target.span)
        words = plan.flat[stretch.start : stretch.end]
        after = plan.flat[stretch.end : stretch.end + 1]
        if re.search(rf"[由从]{target.value:g}{re.escape(target.unit or '')}", words):
            continue
        if target.unit in _TIME_UNITS:
            if not _WITHIN.search(plan.flat, stretch.start, stretch.end + 6):
                continue
        elif (
            target.unit not in lexicon()["counted"]
            or re.search(r"(?:年|次|人|名|个)及?以上的", words + after)
            or (
                target.comparator == "="
                and not (target.per or target.due or target.unit == "%" or _DOING.search(words))
            )
        ):
            continue
        found.append(Asked(stretch.start, stretch.end, target))
    return found


def groups(plan: Plan, quantities: Sequence[Asked]) -> list[list[Asked]]:
    """The quantities as demands: those joined by 或 together (point 3 of the module)."""
    found: list[list[Asked]] = []
    for quantity in quantities:
        if found:
            last = found[-1][-1]
            overlap = quantity.start < last.end
            between = plan.flat[min(last.start, quantity.start) : quantity.end]
            near = quantity.start - last.end < 24
            if (
                near
                and re.search(r"或者?(?!以上)[^。;]{0,24}$", between[: len(between)])
                and (overlap or re.search(r"或", plan.flat[last.end : quantity.end]))
            ):
                found[-1].append(quantity)
                continue
        found.append([quantity])
    return found


class Overlaps:
    """Which demands stand in a stretch; each is handed out once. Demands are in reading order and rarely overlap."""

    def __init__(self, demands: Sequence[list[Asked]]) -> None:
        self._demands = sorted(demands, key=lambda demand: demand[0].start)
        self._starts = [demand[0].start for demand in self._demands]
        self._taken: set[int] = set()

    def any(self, start: int, end: int) -> bool:
        """Whether a quantity asked for touches the stretch."""
        return any(True for _ in self._touching(start, end))

    def take(self, start: int, end: int) -> list[list[Asked]]:
        """The demands that touch the stretch and were not taken before."""
        found = [index for index in self._touching(start, end) if index not in self._taken]
        self._taken.update(found)
        return [self._demands[index] for index in found]

    def _touching(self, start: int, end: int) -> Iterator[int]:
        stop = bisect_left(self._starts, end)
        for index in range(max(bisect_left(self._starts, start) - _OVERLAP, 0), stop):
            if any(one.start < end and one.end > start for one in self._demands[index]):
                yield index
