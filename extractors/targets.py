"""Targets: the quantities a document promises or demands, each with what it is about, its base, period and deadline.

A quantity is a target when the wording binds somebody: a comparison (不少于, 以上, 至少), a period (每学期), a promise of
everything (全部纳入, 全覆盖), or a verb of doing with a count (新增6对, 选派骨干教师20人). Mere descriptions (现有学校12所) are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from itertools import pairwise

from extractors.dates import find_deadlines
from extractors.layout import Layout, squeeze
from extractors.lexicon import load
from extractors.quantities import Quantity, find_quantities, period_before
from schemas.document import Comparator, Period, Target

_SENTENCE = re.compile(r"[^。;\n]+[。;]?")
_CLAUSE = re.compile(r"[,。;:!?\n]")
_MAX_SENTENCE = 1000
_ABOUT_MAX = 28
_HEAD_MAX = 20
_DUE_REACH = 160
"""So far in front of a quantity the deadline that opens its sentence is looked for."""
_COUNTED = frozenset("次节门对个人所场篇项学时课时组轮批册%元月户台套份件期")


def find_targets(layout: Layout) -> list[Target]:
    """Every target of the running text and of the tables' cells, in reading order."""
    targets: list[Target] = []
    for line in layout.body:
        targets += _from_stretch(layout, line.start, line.end)
    for table in layout.tables:
        if table.table.role != "metadata":
            for cell in table.cells:
                targets += _from_stretch(layout, cell.start, cell.end, strict=True)
    return sorted(targets, key=lambda t: t.span.start)


def _from_stretch(layout: Layout, start: int, end: int, strict: bool = False) -> Iterator[Target]:
    about = ""
    head_end = start
    for first, last in _sentences(layout.folded, start, end):
        if first == start and last - first <= _HEAD_MAX:
            head_end = last
        for target in _from_sentence(layout, first, last, strict):
            if not target.about and (about or head_end > start):
                # 2023年新增教育集团2个;2024年不少于3个 / 送教下乡。每学期不少于4节
                about = about or _tidy(_strip(layout, start, head_end))
                target = target.model_copy(update={"about": about})
            about = target.about
            yield target
        if layout.folded[last - 1] != ";":
            about = ""


def _sentences(folded: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Sentences; one beyond all measure is cut at a comma, since within a sentence each quantity looks at all of it."""
    for match in _SENTENCE.finditer(folded, start, end):
        first, last = match.span()
        while last - first > _MAX_SENTENCE:
            comma = folded.rfind(",", first, first + _MAX_SENTENCE)
            stop = comma + 1 if comma > first else first + _MAX_SENTENCE
            yield first, stop
            first = stop
        yield first, last


def _from_sentence(layout: Layout, start: int, end: int, strict: bool) -> Iterator[Target]:
    previous: Quantity | None = None
    carried: Comparator | None = None
    respective = _respective_dues(layout.folded, start, end)
    taken: list[tuple[int, int]] = []
    for quantity in find_quantities(layout.folded, start, end):
        comparator = quantity.comparator
        if comparator is None and previous and _continues(layout.folded, previous, quantity):
            comparator = previous.comparator  # 每月至少1次线下指导或2次线上教研
        if comparator is None and quantity.number_start in respective:
            comparator = carried or "="  # 分别达到50%、70%、90%
        comparator = comparator or _bound_by_words(layout.folded, quantity, start, strict)
        if comparator is None:
            continue
        previous, carried = quantity, comparator
        if quantity.unit == "%" and quantity.value == 100 and comparator != "<=":
            comparator = "="
        taken.append((quantity.start, quantity.end))
        target = _target(layout, quantity, comparator, start, end)
        if quantity.number_start in respective:
            target = target.model_copy(update={"due": respective[quantity.number_start]})
        yield target
    if any(layout.folded.find(mark, start, end) >= 0 for mark in _everything_marks()):
        for match in _everything().finditer(layout.folded, start, end):
            if not any(a <= match.start() < b + 6 for a, b in taken):
                yield _whole(layout, match, start, end)


_RESPECTIVELY = re.compile(r"分别(?:要?(?:达到?|不低于|不少于|超过|为|完成|实现|提高到|提升到)?)")
_DATES_BEFORE = 100


def _respective_dues(folded: str, start: int, end: int) -> dict[int, date | None]:
    """The deadline of each number of a row: 2026年、2027年，覆盖率分别达到50%、80%, by where the number stands."""
    found: dict[int, date | None] = {}
    at = folded.find("分别", start, end)
    while at >= 0:
        match = _RESPECTIVELY.match(folded, at, end)
        dues = list(find_deadlines(folded, max(start, at - _DATES_BEFORE), at))
        if len(dues) < 2:
            at = folded.find("分别", at + 1, end)
            continue
        values = list(find_quantities(folded, match.end() if match else at, min(end, at + _DATES_BEFORE)))
        row = values[: len(dues)]
        apart = all(re.fullmatch(r"[、,和及\s以上]*", folded[a.end : b.number_start]) for a, b in pairwise(row))
        if len(row) == len(dues) and apart:
            found |= {value.number_start: deadline.due for value, deadline in zip(row, dues, strict=True)}
        at = folded.find("分别", at + 1, end)
    return found


def _continues(folded: str, previous: Quantity, quantity: Quantity) -> bool:
    if previous.comparator is None or quantity.number_start - previous.end > 24:
        return False
    between = folded[previous.end : quantity.number_start]
    return bool(re.search(r"(?:或者?|和|及|、|,)\s*$|或", between)) and not _CLAUSE.search(between.replace(",", ""))


@cache
def _doing() -> re.Pattern[str]:
    words = "|".join(sorted(map(re.escape, load("quantities")["exactly"]), key=len, reverse=True))
    return re.compile(rf"(?:{words})[^,。;:\d]{{0,16}}$")


@cache
def _described() -> re.Pattern[str]:
    words = load("quantities")
    anywhere = "|".join(map(re.escape, words["described"]))
    return re.compile(rf"{anywhere}|(?:{'|'.join(map(re.escape, words['described_before']))})$")


def _bound_by_words(folded: str, quantity: Quantity, start: int, strict: bool) -> Comparator | None:
    """The comparison of a quantity that has none of its own: a period binds it, so does a verb of doing before a count."""
    if not _COUNTED.issuperset(quantity.unit):
        return None
    before = folded[max(start, quantity.start - 24) : quantity.start]
    if _described().search(before):
        return None
    if quantity.per is not None and quantity.unit != "%":
        return ">="
    if strict:
        return None
    if quantity.unit == "%" and quantity.value == 100:
        return "="
    if (
        quantity.unit == "%"
        and _JOINING.match(folded, quantity.end)
        and _due(folded, quantity.number_start, start, True)
    ):
        return "="  # 2025年12月底前,72%的乡村学校加入
    return "=" if _doing().search(before) else None


_JOINING = re.compile(r"的?[^,。;:\d\n]{2,20}?(?:加入|纳入|参加|参与|组建|达标)(?!的|率|情况)")


@cache
def _everything_marks() -> tuple[str, ...]:
    """What a stretch must hold for ``_everything`` to match: a plain search is much cheaper than the pattern."""
    words = load("quantities")["everything"]
    return tuple(
        dict.fromkeys(["全", "所有", "应纳尽纳", "应建尽建", "百分之百", *(w for w in words if "全" not in w)])
    )


@cache
def _everything() -> re.Pattern[str]:
    words = load("quantities")
    every = "|".join(sorted(map(re.escape, words["everything"]), key=len, reverse=True))
    verbs = "|".join(map(re.escape, words["everything_verbs"]))
    return re.compile(
        rf"(?P<whole>全覆盖|全面覆盖|应纳尽纳|应建尽建|百分之百|全部(?:实现)?(?:{verbs}))|(?P<verb>{verbs})(?P<all>全部|所有)(?=[\u3400-\u9fff])|(?P<every>{every})(?=(?:{verbs}))"
    )


def _whole(layout: Layout, match: re.Match[str], start: int, end: int) -> Target:
    """全部纳入, 全覆盖: = 100 %."""
    about = _clause_before(layout, match.start(), start)
    return Target(
        about=_tidy(about + squeeze(layout.text[match.start() : match.end()])),
        comparator="=",
        value=100,
        unit="%",
        base=_tidy(about) or None,
        per=None,
        due=_due(layout.folded, match.start(), start, share=True),
        span=layout.span(
            _clause_start(layout.folded, match.start(), start), _clause_end(layout.folded, match.end(), end)
        ),
    )


def _target(layout: Layout, quantity: Quantity, comparator: Comparator, start: int, end: int) -> Target:
    after_end = _about_end(layout.folded, quantity.end, end)
    after = squeeze(layout.text[quantity.end : after_end])
    before = _clause_before(layout, quantity.start, start)
    base = _base(layout, quantity, after) if quantity.unit == "%" else None
    about = after if len(after) >= 3 else _tidy(before + after)
    if quantity.unit == "%" and before:
        about = _tidy(before + after)
    span_start = min(_clause_start(layout.folded, quantity.start, start), quantity.start)
    return Target(
        about=(about or before)[: _ABOUT_MAX * 2],
        comparator=comparator,
        value=quantity.value,
        upper=quantity.upper,
        unit=quantity.unit,
        base=base,
        per=_per_of(layout.folded, quantity, start),
        due=_due(layout.folded, quantity.number_start, start, share=quantity.unit == "%"),
        span=layout.span(span_start, max(after_end, quantity.end)),
    )


_RATE = re.compile(r"[\u3400-\u9fff](?<![效频])率[^,、。;]{0,6}$")


def _per_of(folded: str, quantity: Quantity, start: int) -> Period | None:
    """The period of a quantity; a rate (参训率达100%) behind a comma states a condition, not what a period asks for."""
    clause = _clause_start(folded, quantity.number_start, start)
    if quantity.unit == "%" and _RATE.search(folded, max(clause, quantity.start - 12), quantity.start):
        return period_before(folded, quantity.number_start, clause)
    return quantity.per or period_before(folded, quantity.number_start, start, quantity.unit == "%")


_NORM = re.compile(r"一般|原则上|每(?:个|所|名|校|对)")
"""A clause that says how a thing is to be, not by when: it has no share in the deadline of the work before it."""


def _due(folded: str, at: int, start: int, share: bool) -> date | None:
    """The nearest deadline before the quantity in its sentence."""
    due = None
    clause = _clause_start(folded, at, start)
    if _NORM.search(folded, clause, at):
        start = clause
    for deadline in find_deadlines(folded, max(start, at - _DUE_REACH), at):
        # A bare year (2022年新增8个) says when a count was or is reached, and is a limit only for a share.
        bare_year = folded[deadline.start : deadline.end].rstrip().endswith("年")
        if deadline.explicit or (deadline.due and (share or not bare_year)):
            due = deadline.due
    return due


def _clause_start(folded: str, at: int, floor: int) -> int:
    cut = floor
    for match in _CLAUSE.finditer(folded, floor, at):
        cut = match.end()
    return cut


def _clause_end(folded: str, at: int, limit: int) -> int:
    match = _CLAUSE.search(folded, at, limit)
    return match.start() if match else limit


def _about_end(folded: str, at: int, limit: int) -> int:
    """Where the words after a quantity stop saying what it is about."""
    stop = _clause_end(folded, at, limit)
    for match in re.finditer(r"或者?(?=\s*[\d一二两三四五六七八九十])|以及|、(?=\s*\d)|\(", folded[at:stop]):
        return at + match.start()
    return stop


_LEADING = re.compile(r"^(?:[的在到于为]|以上|以内|以下)+")
_CLAUSE_NOISE = re.compile(
    r"^(?:[①-⑳]|\(?[\d一二三四五六七八九十]+[).、．]\s*)|(?:每(?:个)?(?:学期|学年|年|月|周))|(?:至少|不少于|不低于|原则上|力争|确保|年内|累计)"
)


def _clause_before(layout: Layout, at: int, floor: int) -> str:
    """The words of the clause before an offset; of the clause before that, when they are too few to say anything."""
    start = _clause_start(layout.folded, at, floor)
    words = _tidy(_strip(layout, start, at))
    if len(words) < 3 and start > floor:
        earlier = _clause_start(layout.folded, start - 1, floor)
        words = _tidy(_strip(layout, earlier, start - 1)) + words
    return words[-_ABOUT_MAX:]


def _strip(layout: Layout, start: int, end: int) -> str:
    """The original words without dates, periods and comparison words."""
    folded = layout.folded[start:end]
    drop = [m.span() for m in _CLAUSE_NOISE.finditer(folded)]
    drop += [(d.start, d.end) for d in find_deadlines(folded)]
    kept, at = [], start
    for a, b in sorted(drop):
        kept.append(layout.text[at : start + a])
        at = max(at, start + b)
    return squeeze("".join([*kept, layout.text[at:end]]))


def _tidy(words: str) -> str:
    return _LEADING.sub("", words.strip("“”\"'、,，:：；;。()（） "))


def _base(layout: Layout, quantity: Quantity, after: str) -> str | None:
    """What a percentage is taken of: 10%的教师 → 教师; 占应交流教师的10% → 应交流教师."""
    folded = layout.folded
    window = folded[max(quantity.start - 24, 0) : quantity.start]
    match = re.search(r"(?:.*[占按为达]|^)到?(?P<base>[\u3400-\u9fff]{2,16}?)(?:总数|人数)?的\s*$", window)
    if match:
        end = quantity.start - (len(window) - match.end("base"))
        return squeeze(layout.text[end - len(match["base"]) : end])
    match = re.match(r"(?:以上)?的?(?P<base>[\u3400-\u9fff]{2,12}?)(?=到|纳入|参|加入|组|实现|进|覆盖|$|[“\"])", after)
    return match["base"] if match else None
