"""What a plan must hold: 方案应包括A、B、C, 方案（包括…）, 方案须写明下列内容：…

1. A container (方案, 计划 …) followed within a few characters by 包括, 写明 … and at least two items, or by 下列内容 and the
   items below it (sentences or items of the outline).
2. Each part of a plan is a requirement of its own. What a report, an agreement or a ledger must hold is one
   requirement with several elements, since its content is another document's.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from checks.drafting.lexicon import beginning, one_of, words
from checks.drafting.source import Sentence
from checks.drafting.terms import enumeration

_LONGEST = 40


@dataclass(frozen=True, slots=True)
class Parts:
    """The parts of a container: where they are said (offsets in ``Plan.flat``) and their names."""

    container: str
    of_plan: bool
    start: int
    end: int
    items: tuple[str, ...]
    open: bool
    """The items follow in the outline below."""


def parts_in(sentence: Sentence, rest: Sequence[Sentence] = ()) -> Parts | None:
    """The parts that the sentence demands of a container, if it does.

    ``rest`` are the sentences after it; those joined to it by semicolons belong to an enumeration that it opens.
    """
    match = _parts().search(sentence.text)
    if not match:
        return None
    tail = sentence.text[match.end() :]
    inside = match["open"] == "("
    stop = _closing(tail) if inside else len(tail)
    tail = re.split(r"。", tail[:stop])[0].rstrip("。;")
    following = bool(match["following"])
    items = [_bare(item) for item in enumeration(tail.lstrip(":"))]
    items = [item for item in items if 2 <= len(item) <= _LONGEST]
    if following:
        joined = [other for other in rest if other.statement == sentence.statement]
        items += [item for other in joined for item in map(_bare, enumeration(other.text)) if len(item) <= _LONGEST]
        if joined and len(items) >= 2:
            first, _ = _place(sentence, match, stop)
            return Parts(match["container"], _of_plan(match["container"]), first, joined[-1].end, tuple(items), False)
    if following and len(items) < 2:
        return Parts(match["container"], _of_plan(match["container"]), *_place(sentence, match, stop), (), True)
    if len(items) < 2:
        return None
    return Parts(match["container"], _of_plan(match["container"]), *_place(sentence, match, stop), tuple(items), False)


def _place(sentence: Sentence, match: re.Match[str], stop: int) -> tuple[int, int]:
    first = sentence.start
    for clause in sentence.clauses:
        if clause.start <= sentence.start + match.start():
            first = clause.start
    return first, min(sentence.start + match.end() + stop, sentence.end)


def _of_plan(container: str) -> bool:
    return container in words()["plan_containers"]


def _bare(item: str) -> str:
    return beginning(r"^(?:\(?[一二三四五六七八九十\d]+[).、]|[①-⑳]|(?:{0}))+", "write").sub("", item)


def _closing(tail: str) -> int:
    depth = 1
    for i, character in enumerate(tail):
        depth += (character == "(") - (character == ")")
        if not depth:
            return i
    return len(tail)


@cache
def _parts() -> re.Pattern[str]:
    data = words()
    return re.compile(
        rf"(?P<container>{one_of(data['containers'])})(?:(?P<open>\()|[^。;,()]{{0,6}}?|,?(?:内容)?)"
        rf"(?:{data['contains']}|内容为|主要内容:)(?P<following>{data['following']})?:?"
    )
