"""What is suspicious in a pack, each with its place in the file, the rule's name and the way out.

``error``: the pack breaks its schema or a requirement cannot do what it says (it can never be met, a term can never
match). ``warning``: it works but probably not as meant. ``note``: worth knowing.

The rules, by name:

==========================  ======================================================================================
schema, severity-wording,   the file breaks the schema; the severity is graver than the clause's own wording allows; an
empty-term                  alias, a term or a passage is empty
text-wording                no ``wording`` is given, but the text says 鼓励, 原则上 and the severity is graver than that
no-examples, few-examples   a requirement without passages, or without one that meets it and one that does not
impossible-example          an advice requirement is never ``not_met``; one passage under two verdicts
traditional-term            a term is not written as matching writes it: folded to simplified characters, no spaces
duplicate-term              one term twice in a list
term-inside-term            a term holds a shorter one of its list, which finds every place of it already
overlapping-groups          one term in two groups that must both occur: a single word satisfies both. Only a note where a form
                            knows no alternative phrases: there it is how one says that a word suffices alone
never-matches               an element, measure or group that no plan can satisfy
unknown-unit                a unit that the extractors do not know: no quantity in it is ever found
due-out-of-scope            a day outside the time that the pack speaks about
id-gap                      ids that skip a number or change their letters
missing-clause              a clause or source that only holds its place (无, 待补, TODO)
primary-not-obtained        said to be in the provincial text itself, which was not obtained
place-term                  a term is the name of a county or city: a pack must hold for plans nobody has seen
repeated-requirement        two requirements with the same title, or with the same form and parameters
alias-repeated              an alias that is the title or stands there twice
==========================  ======================================================================================
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import combinations
from typing import Literal

from pydantic import ValidationError

from checks.pack import SEE, Location, Written
from checks.pack_walk import Terms, models, terms
from schemas.document import Model
from schemas.finding import SEVERITY_NAMES, VERDICT_NAMES, Verdict
from schemas.invalid_values import told
from schemas.requirement import (
    SEVERITIES,
    WORDING_CAPS,
    CountsRequirement,
    DateParameters,
    DeadlineParameters,
    Measure,
    Pack,
    Phrase,
    Requirement,
    StatementParameters,
    Wording,
)

Level = Literal["error", "warning", "note"]


class Problem(Model):
    """One thing that is suspicious. ``place`` is the file with the line, or with the sheet and cell."""

    place: str
    requirement: str | None
    rule: str
    level: Level
    message: str
    cure: str

    def __str__(self) -> str:
        of = f" {self.requirement}" if self.requirement else ""
        return f"{self.place}: {self.level} [{self.rule}]{of}: {self.message} ({self.cure})"


Found = tuple[Location, str, Level, str, str]
"""Place, rule, level, message, cure; the place is relative to the requirement where a rule looks at one."""


def lint(written: Written) -> list[Problem]:
    """Every problem of a pack, in the order of the file's requirements; of an invalid one those of its schema."""
    try:
        pack = Pack.model_validate(written.content)
    except ValidationError as error:
        return [_schema_problem(written, problem["loc"], problem) for problem in error.errors()]
    problems = [_problem(written, None, found) for found in _of_pack(pack)]
    for number, requirement in enumerate(pack.requirements):
        for rule in _RULES:
            for location, *rest in rule(pack, requirement):
                found: Found = (("requirements", number, *location), *rest)  # type: ignore[assignment]
                problems.append(_problem(written, requirement.id, found))
    return problems


def _problem(written: Written, requirement: str | None, found: Found) -> Problem:
    location, rule, level, message, cure = found
    return Problem(
        place=_place(written, location),
        requirement=requirement,
        rule=rule,
        level=level,
        message=message,
        cure=cure,
    )


def _place(written: Written, location: Location) -> str:
    place, _ = written.places.where(location)
    return f"{written.name}:{place.removeprefix('line ')}"


def _schema_problem(written: Written, location: Location, problem: object) -> Problem:
    from typing import cast

    from pydantic_core import ErrorDetails

    details = cast(ErrorDetails, problem)
    _, path = written.places.where(location)
    if details["type"] == "string_too_short":
        rule, words, cure = "empty-term", f"{path}: 空的 / empty", "写上内容或删去 / write it or remove it"
    elif "wording" in details["msg"] and location[-1] == "severity":
        rule, words = "severity-wording", details["msg"].removeprefix("Value error, ")
        cure = "降低等级，或核对条款的用语 / lower the severity, or check the clause's wording"
    else:
        message, cure = told(details, SEE)
        rule, words = "schema", f"{path or 'pack'}: {message}"
    requirement = re.search(r"\(([A-Z][A-Z0-9]*\d\d)\)", path)
    return Problem(
        place=_place(written, location),
        requirement=requirement[1] if requirement else None,
        rule=rule,
        level="error",
        message=words,
        cure=cure,
    )


# -- rules about the whole pack


def _of_pack(pack: Pack) -> Iterator[Found]:
    yield from _ids(pack)
    yield from _repeated(pack)


def _ids(pack: Pack) -> Iterator[Found]:
    previous: tuple[str, int] | None = None
    for place, requirement in enumerate(pack.requirements):
        letters, number = requirement.id[:-2], int(requirement.id[-2:])
        if previous and (letters, number) != (previous[0], previous[1] + 1):
            before = f"{previous[0]}{previous[1]:02d}"
            message = f"{requirement.id} 紧接 {before}，有缺号或换了字母 / {requirement.id} follows {before}, a gap or a change of letters"
            cure = "连续编号；已废止的编号不再使用的，可不理会 / number them one by one, unless an id was given up"
            yield ("requirements", place, "id"), "id-gap", "warning", message, cure
        previous = (letters, number)


def _repeated(pack: Pack) -> Iterator[Found]:
    titles: dict[str, str] = {}
    bodies: dict[str, str] = {}
    for place, requirement in enumerate(pack.requirements):
        other = titles.setdefault(requirement.title, requirement.id)
        cure = "合并，或写出区别 / merge them, or say what differs"
        if other != requirement.id:
            message = f"标题与{other}相同 / same title as {other}"
            yield ("requirements", place, "title"), "repeated-requirement", "warning", message, cure
        if not list(terms(requirement)):
            continue
        body = f"{requirement.form}{requirement.parameters.model_dump_json()}"
        other = bodies.setdefault(body, requirement.id)
        if other != requirement.id:
            message = f"形式和参数与{other}相同 / same form and parameters as {other}"
            yield ("requirements", place, "parameters"), "repeated-requirement", "warning", message, cure


# -- rules about one requirement: Rule(pack, requirement) -> what was found

Rule = Callable[[Pack, Requirement], Iterable[Found]]
_TEXT_WORDINGS: tuple[Wording, ...] = ("原则上", "鼓励", "支持")
_FAILING: tuple[Verdict, ...] = ("not_met", "not_found", "partial")
_PLACEHOLDER = re.compile(r"[-—–?？…./、\s]*|无|待补|待定|待填|未知|暂无|略|同上|TODO|TBD|N/?A|xx+", re.IGNORECASE)


def _wording(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    if requirement.wording:
        return
    for word in _TEXT_WORDINGS:
        cap = WORDING_CAPS[word]
        if word in requirement.text and SEVERITIES.index(requirement.severity) < SEVERITIES.index(cap):
            message = (
                f"文字写“{word}”，等级却是{SEVERITY_NAMES[requirement.severity]} / "
                f"the text says “{word}”, the severity is {requirement.severity}"
            )
            cure = f"至多为{SEVERITY_NAMES[cap]}；按条款原文填写用语 / at most {cap}; give the clause's `wording`"
            yield ("severity",), "text-wording", "warning", message, cure


def _examples(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    each = list(requirement.examples.each())
    failing = [verdict for verdict, _, _ in each if verdict not in ("met", "not_applicable")]
    if not each:
        level: Level = "warning" if pack.status == "draft" else "error"
        cure = "至少写一段应符合的、一段不应符合的 / give at least one passage that meets it and one that does not"
        yield (), "no-examples", level, "没有示例 / no examples", cure
    elif not requirement.examples.met or not failing:
        lacking: tuple[Verdict, ...] = _FAILING if requirement.examples.met else ("met",)
        chinese, english = "、".join(VERDICT_NAMES[one] for one in lacking), " or ".join(lacking)
        cure = f"补一段“{chinese}”的示例 / add one under {english}"
        yield ("examples",), "few-examples", "warning", f"缺少“{chinese}”的示例 / no example under {english}", cure
    if requirement.severity == "advice" and requirement.examples.not_met:
        cure = "改放在“部分符合”或“未见”下 / put it under partial or not_found"
        message = "鼓励性要求不判不符合 / an advice requirement is never not_met"
        yield ("examples", "not_met"), "impossible-example", "error", message, cure
    seen: dict[str, Verdict] = {}
    for verdict, place, passage in each:
        other = seen.setdefault("".join(passage.split()), verdict)
        location = ("examples", verdict, place)
        if other != verdict:
            message = f"同一示例又在“{VERDICT_NAMES[other]}”之下 / the same passage stands under {other}"
            yield location, "impossible-example", "error", message, "删去其一 / remove one"


def _clause(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    for name, chinese in (("clause", "条款"), ("source", "出处")):
        if _PLACEHOLDER.fullmatch(getattr(requirement, name).strip()):
            message = f"{chinese}没有写明 / {name} is only a placeholder"
            yield (name,), "missing-clause", "warning", message, "写出条款号和文件 / name the clause and the document"
    if requirement.provenance == "primary" and not pack.basis_obtained:
        message = "注明出自省级原文，而原文未取得 / said to be primary, but the basis was not obtained"
        cure = "取得原文，或改为转述并写明转述的文件 / obtain it, or say restated and by which document"
        yield ("provenance",), "primary-not-obtained", "warning", message, cure


def _aliases(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    known = {requirement.title}
    for place, alias in enumerate(requirement.aliases):
        if alias in known:
            message = f"别名“{alias}”重复 / the alias repeats the title or another"
            yield ("aliases", place), "alias-repeated", "warning", message, "删去 / remove it"
        known.add(alias)


def _single_terms(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    from extractors.fold import fold

    for found in terms(requirement):
        counts = Counter(found.terms)
        for place, term in enumerate(found.terms):
            location = (*found.location, place)
            folded = "".join(fold(term).split())
            if folded != term:
                message = f"“{term}”不能匹配：匹配时用简体、无空格的文字 / “{term}” is matched against folded text without spaces"
                cure = f"写作“{folded}” / write it “{folded}”"
                yield location, "traditional-term", "error", message, cure
            if counts[term] > 1:
                counts[term] = 0  # told once
                yield (
                    location,
                    "duplicate-term",
                    "warning",
                    f"“{term}”重复 / “{term}” stands there twice",
                    "删去其一 / remove one",
                )
            if _is_place(folded):
                message = f"“{term}”是地名 / “{term}” is the name of a place"
                yield location, "place-term", "warning", message, "改用行文惯用语 / use wording that any plan may use"


def _is_place(term: str) -> bool:
    if len(term) < 3 or term[-1] not in "县市区省":
        return False
    from extractors.gazetteer import named

    return bool(named(term))


_POSITIONAL = frozenset({"kinds", "lesser", "units", "roles", "any", "verbs", "subjects", "labels"})
"""Fields where a longer term finds what a shorter one does not: a number must stand right beside it."""


def _inside(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    for found in terms(requirement):
        if found.field in _POSITIONAL or isinstance(requirement, CountsRequirement):
            continue
        pairs = [(a, b) for a in found.terms for b in found.terms if a != b and b in a]
        longer = list(dict.fromkeys(a for a, _ in pairs))
        if longer:
            shorter = next(b for a, b in pairs if a == longer[0])
            many, more = (f"等 {len(longer)} 个", f", and {len(longer) - 1} more") if len(longer) > 1 else ("", "")
            message = f"“{longer[0]}”{many}含有同组的“{shorter}” / “{longer[0]}” holds a shorter term of its list, “{shorter}”{more}"
            cure = "删去较长的，或把较短的写得更准 / remove the longer one, or make the shorter one more exact"
            yield found.location, "term-inside-term", "note", message, cure


def _groups(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    by_field: dict[Location, list[Terms]] = {}
    for found in terms(requirement):
        if found.grouped and found.field in ("all", "about", "context"):
            by_field.setdefault(found.location[:-1], []).append(found)
    for field, groups in by_field.items():
        for one, other in combinations(groups, 2):
            shared = [term for term in other.terms if term in one.terms]
            if shared:
                words = "、".join(shared[:3])
                message = f"“{words}”又在另一组 / “{words}” stands in another group that must occur too"
                cure = "同一个词会同时满足两组：分开写 / one word satisfies both: keep them apart"
                level: Level = "warning"
                if _without_alternatives(requirement, field):
                    level, cure = (
                        "note",
                        "此词一个就够；不是此意的，分开写 / this word suffices alone: if not meant, keep them apart",
                    )
                yield other.location, "overlapping-groups", level, message, cure


def _without_alternatives(requirement: Requirement, field: Location) -> bool:
    """Whether the groups are those of a deadline or day, which have no ``any`` of several phrases or measures."""
    holders = dict(models(requirement))
    return isinstance(holders.get(field[:-1]), DeadlineParameters | DateParameters)


_ENDS = re.compile(r"[。！？；!?;\n\r]")


def _impossible(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    cure = "改到有方案能够满足 / change it so that some plan can satisfy it"
    for location, model in models(requirement):
        if isinstance(model, Phrase):
            for why in _phrase_faults(model):
                yield location, "never-matches", "error", why, cure
        elif isinstance(model, Measure):
            for group in model.about:
                if model.exclude and all(any(bad in term for bad in model.exclude) for term in group):
                    why = f"“{group[0]}”等都含有排除的词 / every term of a group is excluded"
                    yield (*location, "exclude"), "never-matches", "error", why, cure
            if "%" in model.units and model.value > 100 and model.comparator in (">=", "="):
                yield (
                    (*location, "value"),
                    "never-matches",
                    "error",
                    f"{model.value:g}%大于100% / {model.value:g} % is over 100 %",
                    cure,
                )
        elif isinstance(model, StatementParameters) and model.at_least and model.at_least > len(model.elements):
            many = len(model.elements)
            why = f"至少 {model.at_least} 项，而要素只有 {many} 项 / at_least {model.at_least} is more than there are elements ({many})"
            yield (*location, "at_least"), "never-matches", "error", why, cure
    counts = requirement.parameters if isinstance(requirement, CountsRequirement) else None
    if counts is not None and counts.at_least > len(counts.kinds):
        least, kinds = counts.at_least, counts.kinds
        why = f"至少 {least} 种，而种类只有 {len(kinds)} 种 / at_least {least} is more than there are kinds ({len(kinds)})"
        yield ("parameters", "at_least"), "never-matches", "error", why, cure
    for found in terms(requirement):
        for place, term in enumerate(found.terms):
            if _ENDS.search(term) or "《" in term or "》" in term:
                why = f"“{term}”跨句或在书名号中，不会找到 / “{term}” runs over a sentence end, or into a cited title, which are not searched"
                yield (*found.location, place), "never-matches", "error", why, cure


def _phrase_faults(phrase: Phrase) -> Iterator[str]:
    shortest = [min(len(term) for term in group) for group in phrase.all]
    needed = sum(shortest) if phrase.ordered else max(shortest)
    if needed > phrase.near:
        yield f"{phrase.near} 字以内放不下各组的词（须 {needed} 字） / near {phrase.near} is too small for the terms ({needed})"
    for group in phrase.all:
        if phrase.exclude and all(any(bad in term for bad in phrase.exclude) for term in group):
            yield f"“{group[0]}”等都含有排除的词 / every term of a group is excluded"


def _units(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    from extractors.lexicon import load

    known = tuple(load("quantities")["units"])
    for location, model in models(requirement):
        if isinstance(model, Measure):
            for place, unit in enumerate(model.units):
                if not unit.startswith(known):
                    message = f"提取器不认识单位“{unit}” / the extractors do not know the unit “{unit}”"
                    cure = f"用其中之一：{'、'.join(known[:20])} 等 / use one of “{' '.join(known[:20])}” …"
                    yield (*location, "units", place), "unknown-unit", "error", message, cure


def _days(pack: Pack, requirement: Requirement) -> Iterator[Found]:
    since, until = pack.applies.since, pack.applies.until
    for location, model in models(requirement):
        due = getattr(model, "due", None)
        if due is None or not hasattr(due, "isoformat"):
            continue
        if (since and due < since) or (until and due > until):
            message = f"{due}不在适用时间{since or ''}–{until or ''}内 / {due} is outside the pack's scope"
            cure = "核对日期或适用范围 / check the day or `applies`"
            yield (*location, "due"), "due-out-of-scope", "warning", message, cure


_RULES: tuple[Rule, ...] = (
    _wording, _examples, _clause, _aliases, _single_terms, _inside, _groups, _impossible, _units, _days,
)  # fmt: skip
