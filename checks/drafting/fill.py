"""The form of each drafted requirement and its parameters, as far as the notice's words give them.

What the words do not give is left open and said so (``Drafted.open``): a person decides it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from checks.drafting.duties import Duty
from checks.drafting.lexicon import beginning, one_of, pattern, severity_pattern, words
from checks.drafting.quantities import Asked
from checks.drafting.terms import enumeration, group, keywords, products
from extractors.dates import find_deadlines
from extractors.fold import fold
from schemas.document import Citation, Target
from schemas.finding import Severity

_PERIODS = {"week": "每周", "month": "每月", "semester": "每学期", "school_year": "每学年", "year": "每年"}
_LABEL = re.compile(r"([\u4e00-\u9fff]{2,4}型)")


@dataclass(slots=True)
class Drafted:
    """One requirement of the draft; ``stretches`` say where in ``Plan.flat`` it stands, the first one first."""

    numbers: list[str]
    stretches: list[tuple[int, int]]
    severity: Severity
    title: str
    text: str
    expected: str
    form: str
    parameters: dict[str, Any]
    actor: str | None = None
    kind: str = "modal"
    key: frozenset[str] = frozenset()
    open: list[str] = field(default_factory=list)


def from_quantities(duty: Duty, asked: Sequence[Asked]) -> Drafted:
    """A threshold, or a relative deadline."""
    first = asked[0].target
    about = [keywords(_about(one.target), 3) for one in asked]
    if asked[0].is_deadline:
        return _deadline(duty, asked[0])
    measures = [_measure(one.target, words_, duty) for one, words_ in zip(asked, about, strict=True)]
    statements = [e for clause in duty.details for e in _elements(clause.text)]
    parameters: dict[str, Any] = {"any": measures}
    if statements:
        parameters["statements"] = statements
    name = ("".join(about[0]) or _about(first)) + (f"（{first.due}）" if first.due else "")
    expected = "，或".join(_expected(one.target) for one in asked)
    drafted = _drafted(duty, name, expected, "threshold", parameters)
    drafted.kind = "quantity"
    drafted.key = frozenset(word for found in about for word in found)
    return drafted


def from_part(duty: Duty, item: str, container: str) -> Drafted:
    """A part that a plan must hold."""
    forms = words()["part_forms"]
    if any(term in item for term in forms["counts"]) and "学校" in item + duty.text:
        kinds = words()["counts_kinds"]
        parameters: dict[str, Any] = {
            "kinds": kinds,
            "lesser": words()["counts_lesser"],
            "units": ["所", "个", "处"],
            "at_least": 2,
        }
        form = "counts"
    elif any(term in item for term in forms["list"]) and re.search(r"校|结对|共同体|集团|名单$", item):
        form, parameters = "list", {}
    elif any(term in item for term in forms["section"]):
        more = [term for word, terms in words()["section_more"].items() if word in item for term in terms]
        form, parameters = "section", {"headings": list(dict.fromkeys([item, *more])), "items": 3}
    else:
        form, parameters = "statement", {"elements": _elements(item)}
    drafted = _drafted(duty, item, f"{container}写明{item}", form, parameters)
    drafted.kind = "part"
    drafted.key = frozenset(keywords(item, 4))
    return drafted


def from_statement(duty: Duty, citations: Sequence[Citation] = ()) -> Drafted:
    """Anything else: what must be said, made or handed in; ``citations`` are those a basis may be among."""
    text = duty.text
    data = words()
    first = duty.clauses[0].text
    if pattern("each").search(text) and pattern("every_task").search(text) and pattern("every_task_due").search(text):
        return _drafted(duty, "任务分工与时限", "每项任务有责任单位和完成时限", "every_task", {})
    if pattern("consistent").search(text):
        return _drafted(duty, "数量与名单一致", "文中数量＝名单数量", "consistency", dict(data["consistency"]))
    if pattern("basis").search(text) and len(citations) == 1 and citations[0].document_number:
        cited = {"document_number": citations[0].document_number, "title": [_name(citations[0].title)]}
        return _drafted(duty, "引用依据", f"引用{cited['document_number']}", "citation", cited)
    roles = _roles(text)
    if roles:
        name = roles["group"][0]
        drafted = _drafted(duty, name, f"{name}（{'、'.join(r['name'] for r in roles['roles'])}）", "roles", roles)
        drafted.kind, drafted.key = "product", frozenset(keywords(first, 4))
        return drafted
    elements = [element for clause in (*duty.clauses, *duty.details) for element in _elements(clause.text)]
    parameters: dict[str, Any] = {"elements": _distinct(elements)}
    if duty.severity == "advice" and len(parameters["elements"]) > 2:
        parameters["at_least"] = 2
    due = deadline_of(text)
    name = _name(_demanded(first))[:36]
    expected = name + (f"（{due.removesuffix('前')}前）" if due else "")
    drafted = _drafted(duty, name, expected, "statement", parameters)
    drafted.kind = "submit" if duty.kind == "submit" else "product" if duty.kind == "product" else "modal"
    drafted.key = frozenset(word for word in keywords(first, 8))
    if pattern("forbids").search(first):
        drafted.open.append(
            "禁止性要求：方案写“不得……”会读作否定，请改写词组或改为人工核对 / "
            "it forbids: where a plan says 不得…… that reads as a denial; put the terms otherwise, or have people check it"
        )
    if duty.kind == "submit":
        chinese, english = (f"；报送时限 {due}", f"; it is due by {due}") if due else ("", "")
        drafted.open.append(
            f"报送材料不在方案正文中：改为附件或名单要求，或删去{chinese} / "
            f"what is handed in is not in the plan's text: ask for an attachment or a list, or remove it{english}"
        )
    return drafted


def deadline_of(text: str) -> str | None:
    """The last day that the folded words name, as an ISO date where the year is given, else as written."""
    for deadline in find_deadlines(text):
        return deadline.due.isoformat() if deadline.due else text[deadline.start : deadline.end]
    return None


def _deadline(duty: Duty, asked: Asked) -> Drafted:
    target = asked.target
    upper = target.upper or target.value
    unit = target.unit or "月"
    months = upper if "月" in unit else upper * 7 / 30 if "周" in unit else upper / 30
    made = pattern("make").search(duty.clauses[0].text)
    about = [*keywords(duty.clauses[0].text, 6)[:1], *([made[0]] if made else keywords(_about(target), 1))]
    parameters: dict[str, Any] = {"about": _groups(about[-2:]), "months": round(months, 2)}
    statements = [e for clause in duty.details for e in _elements(clause.text)]
    if statements:
        parameters["statements"] = statements
    shown = f"{upper:g}{'个' if unit == '月' else ''}{unit}"
    drafted = _drafted(duty, "".join(about), f"{shown}内：{''.join(about)}", "deadline_relative", parameters)
    drafted.kind, drafted.key = "quantity", frozenset(about)
    return drafted


def _about(target: Target) -> str:
    return re.sub(r"[\s“”‘’「」]", "", fold(target.about or ""))


def _measure(target: Target, about: list[str], duty: Duty) -> dict[str, Any]:
    share = target.unit == "%"
    named = keywords(fold(target.base or ""), 2) if share else []
    context = [word for word in about if word not in named[-1:]]
    head = named[-1:] or about[-1:]
    measure: dict[str, Any] = {}
    if head:
        measure["about"] = [group(head[-1])]
    more = context[-1:] if share else about[:1]
    if more and not (head and more[0] in group(head[-1])):
        measure["context"] = [group(more[0])]
    measure["comparator"] = "<=" if target.comparator == "<=" else ">="
    measure["value"] = int(target.value) if target.value == int(target.value) else target.value
    measure["units"] = [target.unit]
    if target.per:
        measure["per"] = target.per
    if target.due:
        measure["due"] = target.due
    return measure


def _expected(target: Target) -> str:
    due = f"到{target.due}，" if target.due else ""
    per = _PERIODS.get(target.per or "", "")
    sign = {"<=": "≤", "=": "＝"}.get(target.comparator, "≥")
    return f"{due}{_about(target)}{per}{sign}{target.value:g}{target.unit}"


def _roles(text: str) -> dict[str, Any] | None:
    data = words()["roles"]
    found = re.search(one_of(data["group"]), text)
    if not found or not re.search(r"成立|设立|组建|组成", text):
        return None
    people = list(dict.fromkeys(re.findall(one_of(data["people"]), text)))
    if len(people) < 2:
        return None
    names = [found[0], *(g for g in data["group"] if g != found[0] and g in found[0])]
    return {"group": names, "roles": [{"name": person, "any": group(person)} for person in people]}


def _elements(phrase: str) -> list[dict[str, Any]]:
    """The elements of a clause: one for each thing enumerated."""
    bare = _object(phrase)
    items = [item for item in enumeration(bare) if keywords(item, 1)]
    if len(items) > 1 and not all(2 <= len(item) <= 24 for item in items):
        items = [bare]
    made = []
    for item in items or [bare]:
        telling = keywords(item, 3)
        thing = products().search(item)
        if not telling:
            continue
        name = _name(item) if len(item) <= 20 else "".join(telling)
        if thing and thing[0] not in "".join(telling):
            telling = [*telling[-2:], thing[0]]
        made.append({"name": name[:30], "any": [{"all": _groups(telling), "near": 60}]})
    return made or [{"name": phrase[:20], "any": [{"all": [[phrase[:20]]]}]}]


def _object(phrase: str) -> str:
    """What the clause's verb of making, writing or doing is about; the clause itself where there is no such verb."""
    verb = beginning("{0}|{1}", "make", "write").search(phrase)
    return phrase[verb.end() :] if verb and len(phrase) - verb.end() >= 2 else _demanded(phrase)


def _demanded(phrase: str) -> str:
    """The clause after its word of demand; from that word on where it forbids something."""
    demands = [m for s in ("critical", "major", "minor", "advice") if (m := severity_pattern(s).search(phrase))]
    if not demands:
        return phrase
    first = min(demands, key=lambda match: match.start())
    if pattern("forbids").match(first[0]):
        return phrase[first.start() :]
    return phrase[first.end() :] if len(phrase) - first.end() >= 4 else phrase


def _name(phrase: str) -> str:
    return re.sub(r"[“”‘’「」\ufffc]|^[的和及]", "", phrase)


def _groups(terms: Sequence[str]) -> list[list[str]]:
    """A group for each term; a term that an earlier group holds adds nothing."""
    found: list[list[str]] = []
    for term in terms:
        if not any(term in other for other in found):
            found.append(group(term))
    return found


def _distinct(elements: list[dict[str, Any]]) -> list[dict[str, Any]]:
    seen: dict[str, dict[str, Any]] = {}
    for element in elements:
        seen.setdefault(element["name"], element)
    return list(seen.values())[:8]


def _drafted(duty: Duty, title: str, expected: str, form: str, parameters: dict[str, Any]) -> Drafted:
    note: list[str] = []
    label = _LABEL.search(duty.clauses[0].text) or _LABEL.search(
        duty.sentence.headings[-1] if duty.sentence.headings else ""
    )
    if label:
        note.append(
            f"似只适用于“{label[1]}”：请按法人、人事、财务等特征填“适用模式”（condition） / "
            f"it seems to be asked of “{label[1]}” alone: by legal person, staff and finance, fill in “only for the modes” "
            "(condition)"
        )
    if duty.actor == "city":
        note.append(
            "对象是市级部门：县级方案中没有，删去或改写 / "
            "it is asked of the city: plans of counties do not have it; remove or rewrite it"
        )
    return Drafted(
        numbers=[duty.sentence.number],
        stretches=[(duty.start, duty.end)],
        severity=duty.severity,
        title=title[:40] or "要求",
        text=duty.text,
        expected=expected[:120] or title[:40] or "见原文",
        form=form,
        parameters=parameters,
        actor=duty.actor,
        kind=duty.kind,
        key=frozenset(keywords(duty.text, 8)),
        open=note,
    )
