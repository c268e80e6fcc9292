"""What changed from one pack to another, requirement by requirement, and which way: tighter, looser, wording only.

1. Requirements are paired by id; those left over by equal title or alias, so that renumbering is not dropping.
2. A change is *tighter* when some plan that met the old requirement may fail the new one and none the other way round,
   *looser* in the opposite case, *mixed* when neither can be said. Words for people (text, clause, advice ...) are
   *wording*; so are passages that show what meets it, which the new pack's own test judges.
3. A term added to a group is one more way of saying it (looser), a group added one more thing to be said (tighter), a
   word added to ``exclude`` rules something out (tighter). An alternative (measure, phrase) added is looser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

from pydantic import Field

from schemas.document import Model
from schemas.finding import SEVERITY_NAMES
from schemas.requirement import SEVERITIES, Pack, Requirement

Direction = Literal["tighter", "looser", "mixed", "wording"]
Kind = Literal["new", "dropped", "tighter", "looser", "mixed", "wording"]
KIND_NAMES: dict[Kind, str] = {
    "new": "新增",
    "dropped": "删去",
    "tighter": "收紧",
    "looser": "放宽",
    "mixed": "有紧有松",
    "wording": "仅文字",
}


class Change(Model):
    """One field that changed; ``before`` and ``after`` are in words."""

    field: str
    before: str | None
    after: str | None
    direction: Direction


class RequirementChange(Model):
    """One requirement that changed. ``before`` is its old id where it was renumbered."""

    requirement: str
    before: str | None
    title: str
    kind: Kind
    changes: list[Change] = Field(default_factory=list)


class PackDiff(Model):
    """What changed from ``old`` to ``new`` (id and version); ``pack`` are the changes of the pack as a whole."""

    old: str
    new: str
    pack: list[Change]
    requirements: list[RequirementChange]
    summary: dict[Kind, int]


_WORDS = frozenset(
    {"title", "text", "clause", "provenance", "source", "wording", "expected", "advice", "terms", "aliases",
     "expected_evidence", "department", "examples"}
)  # fmt: skip
_PACK_WORDS = ("title", "version", "province", "status", "basis", "basis_obtained", "basis_note", "supersedes")
_WINDOWS = ("sentence", "paragraph", "section", "document")
_PERIODS = ("year", "school_year", "semester", "month", "week")
_ALTERNATIVES = frozenset({"any"})
"""Lists of measures and phrases of which one suffices: more of them is looser; of all others each is asked for."""
_RAISED = frozenset(
    {"at_least", "items", "item_characters", "filled", "inside_county", "ordered", "person", "obtained"}
)
"""Fields that ask for more as they grow."""
_INSIDE_NONE = re.compile(r"\.none\[[^\]]*\]\.")
_LOWERED = frozenset({"months", "near"})
"""Fields that allow more as they grow."""


def diff(old: Pack, new: Pack) -> PackDiff:
    """What changed from one pack to the other."""
    found: list[RequirementChange] = []
    pairs, dropped = _pairs(old, new)
    for requirement in new.requirements:
        before = pairs.get(requirement.id)
        if before is None:
            found.append(_whole(requirement, "new"))
            continue
        changes = list(_of_requirement(before, requirement))
        renumbered = before.id if before.id != requirement.id else None
        if changes or renumbered:
            found.append(
                RequirementChange(
                    requirement=requirement.id,
                    before=renumbered,
                    title=requirement.title,
                    kind=_kind(changes),
                    changes=changes,
                )
            )
    found += [_whole(requirement, "dropped") for requirement in dropped]
    summary: dict[Kind, int] = {kind: sum(c.kind == kind for c in found) for kind in KIND_NAMES}
    return PackDiff(
        old=f"{old.id} {old.version}",
        new=f"{new.id} {new.version}",
        pack=list(_of_pack(old, new)),
        requirements=found,
        summary={kind: count for kind, count in summary.items() if count},
    )


def pairs(old: Pack, new: Pack) -> dict[str, str]:
    """For each requirement of the new pack its id in the old one, where it was there."""
    return {id: before.id for id, before in _pairs(old, new)[0].items()}


def _pairs(old: Pack, new: Pack) -> tuple[dict[str, Requirement], list[Requirement]]:
    """Point 1 of the module: the old requirement for each new id, and the old ones left over."""
    left = {requirement.id: requirement for requirement in old.requirements}
    found: dict[str, Requirement] = {}
    for requirement in new.requirements:
        if requirement.id in left:
            found[requirement.id] = left.pop(requirement.id)
    for requirement in new.requirements:
        if requirement.id in found:
            continue
        names = {requirement.title, *requirement.aliases}
        same = next((o for o in left.values() if names & {o.title, *o.aliases}), None)
        if same:
            found[requirement.id] = left.pop(same.id)
    return found, list(left.values())


def _whole(requirement: Requirement, kind: Kind) -> RequirementChange:
    return RequirementChange(requirement=requirement.id, before=None, title=requirement.title, kind=kind)


def _kind(changes: Sequence[Change]) -> Kind:
    directions = {change.direction for change in changes} - {"wording"}
    if not directions:
        return "wording"
    return directions.pop() if len(directions) == 1 else "mixed"


def _of_pack(old: Pack, new: Pack) -> Iterator[Change]:
    for name in _PACK_WORDS:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            yield Change(field=name, before=_words(before), after=_words(after), direction="wording")
    for name in type(old.applies).model_fields:
        before, after = getattr(old.applies, name), getattr(new.applies, name)
        if before != after:
            yield Change(field=f"applies.{name}", before=_words(before), after=_words(after), direction="mixed")


def _of_requirement(old: Requirement, new: Requirement) -> Iterator[Change]:
    before, after = old.model_dump(), new.model_dump()
    for name in before:
        if name in _WORDS and before[name] != after[name]:
            if name == "examples":
                counts = [sum(1 for _ in r.examples.each()) for r in (old, new)]
                yield Change(field=name, before=f"{counts[0]}段", after=f"{counts[1]}段", direction="wording")
            else:
                yield Change(field=name, before=_words(before[name]), after=_words(after[name]), direction="wording")
    if old.severity != new.severity:
        graver = SEVERITIES.index(new.severity) < SEVERITIES.index(old.severity)
        yield Change(
            field="severity",
            before=SEVERITY_NAMES[old.severity],
            after=SEVERITY_NAMES[new.severity],
            direction="tighter" if graver else "looser",
        )
    yield from _condition(before["condition"], after["condition"])
    if old.form != new.form:
        yield Change(field="form", before=old.form, after=new.form, direction="mixed")
    else:
        for change in _compare(before["parameters"], after["parameters"], ("parameters",), after["parameters"]):
            yield _reversed(change) if _INSIDE_NONE.search(change.field) else change
    other = before.keys() - _WORDS - {"id", "severity", "condition", "form", "parameters"}
    for name in sorted(other & after.keys()):
        if before[name] != after[name]:
            yield Change(field=name, before=_words(before[name]), after=_words(after[name]), direction="mixed")


def _reversed(change: Change) -> Change:
    """Inside what must not be said (``none``) a demand that is easier to meet is the tighter one."""
    if change.direction not in ("tighter", "looser"):
        return change
    return change.model_copy(update={"direction": _opposite(change.direction)})


def _condition(old: Mapping[str, Any] | None, new: Mapping[str, Any] | None) -> Iterator[Change]:
    """A condition makes a requirement apply to fewer plans."""
    if old is None or new is None:
        if old is not new:
            direction: Direction = "looser" if old is None else "tighter"
            yield Change(field="condition", before=_words(old), after=_words(new), direction=direction)
        return
    for name in sorted(old.keys() | new.keys()):
        before, after = old.get(name), new.get(name)
        if before == after:
            continue
        direction = "wording" if name == "otherwise" else "mixed"
        if name == "kinds" and before and after and (set(before) < set(after) or set(after) < set(before)):
            direction = "tighter" if set(before) < set(after) else "looser"
        yield Change(field=f"condition.{name}", before=_words(before), after=_words(after), direction=direction)


def _compare(old: Any, new: Any, path: tuple[str, ...], around: Mapping[str, Any]) -> Iterator[Change]:
    """The changes of one value; ``around`` are the fields beside it (a value is judged by its comparator)."""
    if old == new:
        return
    name = next((step for step in reversed(path) if not step.startswith("[")), "")
    if isinstance(old, dict) and isinstance(new, dict):
        for key in [*old, *(k for k in new if k not in old)]:
            if key not in old or key not in new:
                # One kind more is one more way of reaching the number of kinds asked for.
                direction: Direction = "mixed" if name != "kinds" else "looser" if key in new else "tighter"
                yield _change((*path, key), old.get(key), new.get(key), direction)
            else:
                yield from _compare(old[key], new[key], (*path, key), new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _lists(old, new, path, name, around)
    else:
        yield _change(path, old, new, _direction(name, old, new, around))


def _lists(
    old: list[Any], new: list[Any], path: tuple[str, ...], name: str, around: Mapping[str, Any]
) -> Iterator[Change]:
    if _plain(old) and _plain(new):
        added, removed = [v for v in new if v not in old], [v for v in old if v not in new]
        if not added and not removed:
            yield _change(path, old, new, "wording")
        if_added, if_removed = _of_terms(path[-1], bool(old), bool(new))
        if added:
            yield Change(field=_name(path), before=None, after=f"+ {_words(added)}", direction=if_added)
        if removed:
            yield Change(field=_name(path), before=f"- {_words(removed)}", after=None, direction=if_removed)
        return
    keyed = all(isinstance(item, dict) and "name" in item for item in (*old, *new))
    if keyed and len({i["name"] for i in old}) == len(old) and len({i["name"] for i in new}) == len(new):
        pairs = [(i["name"], next((o for o in old if o["name"] == i["name"]), None), i) for i in new]
        pairs += [(o["name"], o, None) for o in old if all(i["name"] != o["name"] for i in new)]
    else:
        kept = [item for item in old if item in new]
        olds, news = [i for i in old if i not in kept], [i for i in new if i not in kept]
        paired = min(len(olds), len(news))
        pairs = [(str(old.index(a) + 1), a, b) for a, b in zip(olds, news, strict=False)]
        pairs += [(str(old.index(a) + 1), a, None) for a in olds[paired:]]
        pairs += [(str(new.index(b) + 1), None, b) for b in news[paired:]]
    at_least = around.get("at_least") if name == "elements" else None
    more: Direction = "looser" if name in _ALTERNATIVES or at_least else "tighter"
    for label, before, after in pairs:
        if before is not None and after is not None:
            yield from _compare(before, after, (*path, f"[{label}]"), around)
        else:
            grown = before is None
            yield _change((*path, f"[{label}]"), before, after, more if grown else _opposite(more))


def _of_terms(field: str, had: bool, has: bool) -> tuple[Direction, Direction]:
    """What it means that entries were added to a list of plain values, and that entries were removed.

    ``kinds`` and ``when`` restrict only where they are given: none at all means no restriction. Of the kinds that count
    each more is looser; each more word of ``when`` asks for the element in more plans.
    """
    if field in ("exclude", "needs", "against"):
        return "tighter", "looser"
    if field == "kinds":
        return ("looser" if had else "tighter"), ("tighter" if has else "looser")
    if field == "when":
        return ("tighter" if had else "looser"), ("looser" if has else "tighter")
    return "looser", "tighter"


def _opposite(direction: Direction) -> Direction:
    return "tighter" if direction == "looser" else "looser"


def _direction(name: str, old: Any, new: Any, around: Mapping[str, Any]) -> Direction:
    if name == "due":
        if old is None or new is None:
            return "tighter" if old is None else "looser"
        return "tighter" if new < old else "looser"
    if name == "value":
        comparator = around.get("comparator", ">=")
        if comparator not in (">=", "<="):
            return "mixed"
        return "tighter" if (new > old) == (comparator == ">=") else "looser"
    if name == "within":
        return "tighter" if _WINDOWS.index(new) < _WINDOWS.index(old) else "looser"
    if name == "per":
        if old is None or new is None:
            return "tighter" if old is None else "looser"
        return "tighter" if _PERIODS.index(new) > _PERIODS.index(old) else "looser"
    if name == "at_least" and (old is None or new is None):
        return "tighter" if new is None else "looser"
    if name in _RAISED:
        return "tighter" if new > old else "looser"
    if name in _LOWERED:
        return "tighter" if new < old else "looser"
    return "mixed"


def _change(path: tuple[str, ...], old: Any, new: Any, direction: Direction) -> Change:
    return Change(field=_name(path), before=_words(old), after=_words(new), direction=direction)


def _name(path: tuple[str, ...]) -> str:
    return ".".join(path).replace(".[", "[")


def _plain(values: Sequence[Any]) -> bool:
    return all(not isinstance(value, dict | list) for value in values)


def _words(value: Any) -> str | None:
    """A value in words, for people."""
    if value is None or value == [] or value == "":
        return None
    if isinstance(value, Mapping):
        return "；".join(f"{key}：{_words(item)}" for key, item in value.items() if _words(item))
    if isinstance(value, list):
        return "、".join(_words(item) or "" for item in value)
    if isinstance(value, bool):
        return "是" if value else "否"
    return f"{value:g}" if isinstance(value, float) else str(value)
