"""What people changed in a ledger, as decisions, and what may not be taken of it.

1. A row is taken whole or not at all.
2. A cell counts as changed when it is neither what stood there when the ledger was written nor what the corpus says now. So
   the same file taken twice changes nothing, and a cell nobody touched never overwrites a colleague's.
3. Steps are those of ``duzheng decide rectify``, in their order. A row may go several steps at once where it says what each needs:
   整改进展 已完成 with who is responsible, 复核意见 with 复核人, 销号日期.
4. Nothing is taken back through a ledger: an emptied cell, or a stage before the present one, is a conflict.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from checks.ledger.columns import BY_KEY, EDITABLE, progress_of, stage_named
from checks.ledger.read import Before, Row, Sheet
from checks.ledger.values import Entry, filled, fingerprint
from schemas.decision import Decision, Rectification, Remark, Step
from schemas.standing import STAGE_NAMES, RectificationState, Stage, objection, state_of

ConflictKind = Literal[
    "unknown_finding", "duplicate_row", "machine_cell", "finding_changed", "changed_elsewhere", "invalid_value",
    "cleared", "impossible_step",
]  # fmt: skip
_ASSIGN = ("responsible", "person", "measures", "deadline")
_STEPS: dict[Stage, tuple[Step, ...]] = {
    "done": ("done",),
    "review_passed": ("done", "reviewed"),
    "review_failed": ("done", "reviewed"),
    "closed": ("done", "reviewed", "closed"),
}
_PASSED: dict[Stage, int] = {"done": 1, "review_passed": 2, "closed": 3}
"""How many of these steps lie behind a stage."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """What was not taken, and why. ``row`` as the program shows it; ``column`` is a heading."""

    row: int
    finding: str
    kind: ConflictKind
    message: str
    column: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What a row comes to: its decisions in their order."""

    row: int
    finding: str
    columns: tuple[str, ...]
    decisions: tuple[Decision, ...]


@dataclass(slots=True)
class Changes:
    """What a ledger comes to. ``unchanged`` counts the rows in which there was nothing to take, ``missing`` names the findings
    whose rows were deleted: that changes nothing."""

    taken: list[Taken] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    unchanged: int = 0
    missing: list[str] = field(default_factory=list)


class _Refused(Exception):
    """Why a row is not taken."""

    def __init__(self, kind: ConflictKind, message: str, key: str | None = None) -> None:
        super().__init__(kind, message, key)
        self.kind, self.message = kind, message
        self.column = BY_KEY[key].heading if key else None


def changes(sheet: Sheet, entries: Mapping[str, Entry], who: str, today: date) -> Changes:
    """Compare a ledger with the corpus.

    Args:
        sheet: the ledger as people left it.
        entries: every finding of the corpus as it stands, by id.
        who: who hands the ledger in; the decisions are recorded under this name.
        today: no day of closing lies after it.
    """
    result = Changes(missing=sheet.missing)
    by_id: dict[str, list[Row]] = {}
    for row in sheet.rows:
        by_id.setdefault(row.id, []).append(row)
    for id, rows in by_id.items():
        before = sheet.before.get(id)
        for row in rows if before is None or not id else ():
            result.conflicts.append(
                Conflict(row.number, id, "unknown_finding", "本台账没有这个结论编号 / no finding of this ledger")
            )
        if before is None or not id:
            continue
        wanted = {tuple(row.values[column.key] for column in EDITABLE): row for row in reversed(rows)}
        own = tuple(before.values[column.key] for column in EDITABLE)
        edited = [row for values, row in wanted.items() if values != own] or [rows[0]]
        if len(edited) > 1:
            numbers = "、".join(str(row.number) for row in sorted(edited, key=lambda one: one.number))
            message = f"同一结论有几行（{numbers}），填写不同 / several rows of one finding differ"
            result.conflicts += [Conflict(row.number, id, "duplicate_row", message) for row in edited]
            continue
        _of_row(edited[0], before, entries.get(id), sheet.name, who, today, result)
    result.conflicts.sort(key=lambda one: one.row)
    result.taken.sort(key=lambda one: one.row)
    return result


def _of_row(row: Row, before: Before, entry: Entry | None, name: str, who: str, today: date, result: Changes) -> None:
    refused: list[_Refused] = [
        _Refused("machine_cell", "此列由程序写入，不能改 / written by the program, not to be changed", key)
        for key in row.touched
    ]
    theirs = filled(entry.state, entry.decisions) if entry else dict(before.values)
    edited: dict[str, str] = {}
    for column in EDITABLE:
        key, value = column.key, row.values[column.key]
        if value is None:
            what = "不是日期 / is no day" if column.kind == "date" else "是公式或错误值 / is a formula or an error"
            refused.append(_Refused("invalid_value", f"“{row.raw[key][:40]}”{what}", key))
        elif value not in (before.values[key], theirs[key]):
            edited[key] = value
            if theirs[key] != before.values[key]:
                message = f"语料库中已改为“{theirs[key][:40]}” / was changed in the corpus meanwhile"
                refused.append(_Refused("changed_elsewhere", message, key))
            elif not value:
                message = "不能清空已记录的内容，请用 duzheng decide withdraw / what was recorded is not emptied"
                refused.append(_Refused("cleared", message, key))
            elif column.choices and value not in column.choices:
                message = f"“{value[:40]}”不在列表中 / is none of {'、'.join(column.choices)}"
                refused.append(_Refused("invalid_value", message, key))
    if edited and not refused:
        if entry is None:
            refused.append(_Refused("unknown_finding", "语料库没有这个结论 / no such finding in the corpus"))
        elif fingerprint(entry.finding) != before.fingerprint:
            message = "台账导出后结论有变化，请重新导出 / the finding has changed since, export the ledger again"
            refused.append(_Refused("finding_changed", message))
    decisions: list[Decision] = []
    if edited and entry and not refused:
        try:
            values = {key: value or "" for key, value in row.values.items()}
            decisions = _decisions(entry, edited, {**theirs, **{k: values[k] for k in edited}}, row, name, who, today)
        except _Refused as why:
            refused.append(why)
    for one in refused:
        result.conflicts.append(Conflict(row.number, row.id, one.kind, one.message, one.column))
    if decisions:
        result.taken.append(Taken(row.number, row.id, tuple(BY_KEY[key].heading for key in edited), tuple(decisions)))
    elif not refused:
        result.unchanged += 1


def _decisions(
    entry: Entry, edited: Mapping[str, str], values: Mapping[str, str], row: Row, name: str, who: str, today: date
) -> list[Decision]:
    """The records that bring a finding to what its row says.

    Raises:
        _Refused: there is no way from here to there.
    """
    one = entry.state.rectification if entry.state else RectificationState()
    target = _target(one.stage, edited)
    steps = _steps(one.stage, target, edited)
    if "proof" in edited and not steps:
        if one.stage in ("review_passed", "closed"):
            raise _Refused("impossible_step", "复核之后不能再补佐证材料 / the review is over", "proof")
        steps = ["done"] if one.stage == "done" else ["assigned"]
    _needs(one, target, steps, edited, values, today)
    why = f"问题台账《{name}》第{row.number}行 / ledger, row {row.number}"
    proof_with = "done" if "done" in steps else steps[0] if steps else None
    made: list[Decision] = []
    for step in steps:
        fields: dict[str, object] = {"finding": row.id, "who": who, "why": why, "step": step}
        if step == proof_with and "proof" in edited:
            fields["proof"] = edited["proof"]
        if step in ("assigned", "relapsed"):
            fields |= {key: edited[key] for key in _ASSIGN if key in edited}
        elif step == "done":
            again = one.stage == "done" and one.done_by
            fields["by"] = one.done_by if again else values["person"] or values["responsible"]
        else:
            fields["by"] = values["reviewer"]
            fields["why"] = values["opinion"]
            if step == "reviewed":
                fields["result"] = "failed" if target == "review_failed" else "passed"
            else:
                fields["on"] = values["closed_on"]
        made.append(Rectification.model_validate(fields))
    if "note" in edited:
        made.append(Remark(finding=row.id, who=who, why=edited["note"]))
    return _tried(entry, made, edited, today)


def _target(stage: Stage, edited: Mapping[str, str]) -> Stage:
    """The stage that 状态, or else 整改进展, asks for."""
    target = stage
    if "status" in edited:
        target = stage_named(edited["status"]) or stage
    elif "progress" in edited:
        wanted: dict[str, Stage] = {"已完成": "done", "整改中": "assigned", "未整改": "none"}
        target = wanted[edited["progress"]]
    if target == "none" and stage != "none":
        raise _Refused(
            "impossible_step", "不能改回未整改，请用 duzheng decide withdraw / nothing is taken back here", "status"
        )
    if "status" in edited and "progress" in edited and edited["progress"] != progress_of(target):
        message = f"状态“{edited['status']}”与整改进展“{edited['progress']}”不一致 / status and progress do not agree"
        raise _Refused("impossible_step", message, "status")
    return target


def _steps(stage: Stage, target: Stage, edited: Mapping[str, str]) -> list[Step]:
    assigns = any(key in edited for key in _ASSIGN)
    if target == "relapsed" and stage != "relapsed":
        return ["relapsed"]
    steps: list[Step] = []
    moves = target != stage
    if assigns or (target == "assigned" and stage != "assigned"):
        steps.append("assigned")
        stage = stage if stage in _PASSED else "assigned"
    if moves and target in _STEPS:
        further = _STEPS[target][_PASSED.get(stage, 0) :]
        if not further:
            message = f"现为“{STAGE_NAMES[stage]}”，不能改为“{STAGE_NAMES[target]}” / {target} cannot follow {stage}"
            raise _Refused("impossible_step", message, "status")
        steps += further
    return steps


def _needs(
    one: RectificationState,
    target: Stage,
    steps: Sequence[Step],
    edited: Mapping[str, str],
    values: Mapping[str, str],
    today: date,
) -> None:
    """That the row says what its steps need, and nothing that belongs to none of them."""
    if "done" in steps:
        if target in ("review_passed", "closed") and values["progress"] != "已完成":
            raise _Refused("impossible_step", "整改进展不是已完成，不能复核或销号 / not rectified yet", "progress")
        if not (values["person"] or values["responsible"]):
            raise _Refused("impossible_step", "整改完成须写责任人或责任单位 / who rectified is not named", "person")
    if "reviewed" in steps:
        for key in ("opinion", "reviewer"):
            if not values[key] or (key == "opinion" and one.opinion and key not in edited):
                raise _Refused(
                    "impossible_step", "未经复核：须写复核意见和复核人 / opinion and reviewer are needed", key
                )
    if "closed" in steps and not values["closed_on"]:
        raise _Refused("impossible_step", "销号须写销号日期 / the day of closing is needed", "closed_on")
    if values["closed_on"] > today.isoformat() and "closed_on" in edited:
        raise _Refused("invalid_value", "销号日期在今天之后 / the day of closing lies ahead", "closed_on")
    belongs = {"opinion": "reviewed", "reviewer": "reviewed", "closed_on": "closed"}
    for key, step in belongs.items():
        if key in edited and step not in steps:
            message = f"状态没有相应改变，{BY_KEY[key].heading}不能单独填写 / needs the status that goes with it"
            raise _Refused("impossible_step", message, key)


def _tried(entry: Entry, made: Sequence[Decision], edited: Mapping[str, str], today: date) -> list[Decision]:
    """The records after a trial on those that are there: each may follow, and together they say what the row says."""
    chain = list(entry.decisions)
    number = max((decision.number for decision in chain), default=0)
    for decision in made:
        if why := objection(chain, decision):
            raise _Refused("impossible_step", why, None)
        number += 1
        chain.append(decision.model_copy(update={"number": number, "id": f"new-{number}"}))
    after = filled(state_of(entry.finding, chain, today), chain)
    for key, value in edited.items():
        if after[key] != value:
            message = f"填写后仍为“{after[key][:40]}”，与所填“{value[:40]}”不符 / would not come out as filled in"
            raise _Refused("impossible_step", message, key)
    return list(made)
