"""Finding statements: phrases whose terms stand close together in one sentence, and whether they are denied.

1. Titles of other documents (《…》) are no statements and are not looked at.
2. A term is found in any of its variant wordings (``extractors.variants``), in either script.
3. Where the plan says that the thing is *not* done (不再, 暂不 …) or *not there yet* (尚未, 没有 …), the statement is
   not counted as made; it is reported as ``denied`` or ``lacking``.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from checks.lexicon import matching
from checks.plan import Plan, Stretch
from extractors.fold import fold
from schemas.requirement import Element, Phrase

Polarity = Literal["said", "lacking", "denied"]
_HAN = "\u4e00-\u9fff"


@dataclass(frozen=True, slots=True)
class Match:
    """Where a phrase stands in ``Plan.flat`` (clauses included), and whether it is said or denied."""

    start: int
    end: int
    polarity: Polarity

    @property
    def stretch(self) -> Stretch:
        """The same as a stretch."""
        return Stretch(self.start, self.end)


@cache
def pattern(terms: tuple[str, ...]) -> re.Pattern[str]:
    """One of the terms, in any of its wordings; longest first, so that the longest match is taken."""
    wordings = {wording for term in terms for wording in alternatives(term)}
    return re.compile("|".join(re.escape(w) for w in sorted(wordings, key=lambda w: (-len(w), w))))


@cache
def alternatives(term: str) -> tuple[str, ...]:
    """The folded term without white space, and every wording that means the same."""
    from extractors import variants

    return tuple({"".join(fold(w).split()) for w in (term, *variants.alternatives(term))})


def terms_of(elements: Sequence[Element]) -> list[str]:
    """Every term that the elements try, in order."""
    return [term for element in elements for phrase in element.any for group in phrase.all for term in group]


def find_element(plan: Plan, element: Element, within: Sequence[Stretch] | None = None) -> Match | None:
    """The best place where the element is said: said before lacking before denied, then the earliest phrase."""
    best: Match | None = None
    for phrase in element.any:
        for match in find_phrase(plan, phrase, within):
            if match.polarity == "said":
                return match
            if best is None or (best.polarity == "denied" and match.polarity == "lacking"):
                best = match
    return best


def find_phrase(plan: Plan, phrase: Phrase, within: Sequence[Stretch] | None = None) -> Iterator[Match]:
    """Every place where the phrase's groups stand within ``near`` characters in one sentence."""
    found = [
        [(match.start(), match.end()) for match in pattern(tuple(group)).finditer(plan.spoken)] for group in phrase.all
    ]
    if not all(found):
        return
    rarest = min(found, key=len)
    done = -1
    for start, _ in rarest:
        sentence = plan.sentence_at(start)
        if sentence.start == done or not _inside(sentence, within):
            continue
        done = sentence.start
        places = [_between(group, sentence) for group in found]
        if all(places):
            yield from _windows(plan, phrase, places)


def _inside(sentence: Stretch, within: Sequence[Stretch] | None) -> bool:
    return within is None or any(s.start <= sentence.start < s.end for s in within)


def _between(group: list[tuple[int, int]], sentence: Stretch) -> list[tuple[int, int]]:
    first = bisect_left(group, (sentence.start, 0))
    last = bisect_left(group, (sentence.end, 0))
    return group[first:last]


def _windows(plan: Plan, phrase: Phrase, places: list[list[tuple[int, int]]]) -> Iterator[Match]:
    """The tightest windows that hold a term of each group, in reading order."""
    marks = sorted((start, end, group) for group, found in enumerate(places) for start, end in found)
    latest: dict[int, tuple[tuple[int, int], ...]] = {}
    excluded = pattern(tuple(phrase.exclude)) if phrase.exclude else None
    for start, end, group in marks:
        chain = _chained(latest, group, (start, end), len(places), phrase.ordered)
        if chain is None:
            continue
        first = min(begin for begin, _ in chain)
        last = max(finish for _, finish in chain)
        if last - first > phrase.near:
            continue
        clause = plan.clause(first, last)
        if excluded and excluded.search(plan.spoken, clause.start, clause.end):
            continue
        if phrase.person and not _names_person(plan.flat, chain[-1], clause):
            continue
        yield Match(clause.start, clause.end, _polarity(plan.spoken, first, last, clause))


def _chained(
    latest: dict[int, tuple[tuple[int, int], ...]], group: int, place: tuple[int, int], groups: int, ordered: bool
) -> tuple[tuple[int, int], ...] | None:
    """One place of each group, the nearest before and including this one; None where a group is still lacking.

    ``latest`` is carried along: each group's last place, or, when ordered, the chain of places that ends with it.
    """
    if ordered:
        before = latest.get(group - 1) if group else ()
        if before is None or (before and before[-1][1] > place[0]):
            return None
        latest[group] = (*before, place)
        return latest[group] if group == groups - 1 else None
    latest[group] = (place,)
    return tuple(latest[number][0] for number in range(groups)) if len(latest) == groups else None


def _polarity(text: str, first: int, last: int, clause: Stretch) -> Polarity:
    """Whether a statement is made, said to be lacking, or refused.

    A denial counts within six characters before the statement; a lack within eight; either counts inside it.
    """
    words = matching()
    for kind, reach in (("denials", 6), ("lacks", 8)):
        begin = max(clause.start, first - reach)
        for match in _negation(kind).finditer(text, begin, last):
            if not any(
                text.startswith(word, at)
                for word in words["not_negations"]
                for at in range(max(match.start() - 2, 0), match.start() + 1)
                if at + len(word) > match.start()
            ):
                return "denied" if kind == "denials" else "lacking"
    return "said"


@cache
def _negation(kind: str) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(matching()[kind], key=len, reverse=True)))


def _names_person(text: str, term: tuple[int, int], clause: Stretch) -> bool:
    """Whether a person's name follows the term (为X, ：某科X, 由某中心X担任) or leads to it (由X担任…, 确定X为…)."""
    after = re.compile(rf"(?:姓名)?(?:由|为|:|是|\()([{_HAN}]{{2,16}})").match(text, term[1])
    if after:
        words = re.split(r"同志|担任|兼任|负责", after[1])[0]
        if any(_is_name(part) for part in (words[:2], words[:3], words[-2:], words[-3:])):
            return True
    before = re.compile(rf"(?:由|确定|指定|明确|安排|委派)([{_HAN}]{{2,16}}?)(?:同志)?(?:担任|兼任|任|作为|为)").search(
        text, clause.start, term[0]
    )
    return bool(before and any(_is_name(part) for part in (before[1][-2:], before[1][-3:])))


def _is_name(text: str) -> bool:
    words = matching()
    return len(text) >= 2 and text[0] in words["surnames"] and not any(word in text for word in words["not_names"])
