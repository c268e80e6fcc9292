"""One duty that a notice says twice becomes one requirement, with both clauses named.

1. Two numbers are the same demand when value, unit, period and form agree, no day contradicts, and they are about the
   same thing; the day that one of them lacks is taken over.
2. Two other demands are the same when they ask for the same product, or when nearly all their telling words agree.
"""

from __future__ import annotations

from collections.abc import Sequence

from checks.drafting.fill import Drafted

_ALIKE = 0.75
_ALIKE_NUMBERS = 0.5


def merged(drafts: Sequence[Drafted]) -> list[Drafted]:
    """The drafts without repetitions, in the order of their first mention."""
    kept: list[Drafted] = []
    for draft in drafts:
        other = next((k for k in kept if _same(k, draft)), None)
        if other is None:
            kept.append(draft)
            continue
        other.numbers.extend(n for n in draft.numbers if n not in other.numbers)
        other.stretches.extend(draft.stretches)
        if other.form == "threshold":
            for mine, its in zip(other.parameters["any"], draft.parameters["any"], strict=False):
                if "due" not in mine and "due" in its:
                    mine["due"] = its["due"]
                    other.expected = draft.expected
    return kept


def _same(a: Drafted, b: Drafted) -> bool:
    if a.form == "threshold" and b.form == "threshold":
        return _same_numbers(a, b)
    if a.form != b.form and {"threshold", "deadline_relative"} & {a.form, b.form}:
        return False
    if not a.key or not b.key:
        return False
    shared = len(a.key & b.key)
    return shared >= 2 and shared / max(len(a.key), len(b.key)) >= _ALIKE


def _same_numbers(a: Drafted, b: Drafted) -> bool:
    mine, its = a.parameters["any"], b.parameters["any"]
    if len(mine) != len(its):
        return False
    for one, other in zip(mine, its, strict=True):
        if any(one.get(f) != other.get(f) for f in ("value", "units", "comparator", "per")):
            return False
        if one.get("due") and other.get("due") and one["due"] != other["due"]:
            return False
    smaller = min(len(a.key), len(b.key))
    return bool(smaller) and len(a.key & b.key) / smaller >= _ALIKE_NUMBERS
