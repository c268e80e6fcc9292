"""Findings as they stand, their history and the records of decisions, as tables and as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from checks.axes import said_of
from duzheng import console
from duzheng.output import VERDICT_STYLES, place, shorten
from schemas.decision import KIND_NAMES
from schemas.finding import DUE_STATE_NAMES, REASON_NAMES, SEVERITY_NAMES, VERDICT_NAMES
from schemas.standing import disposition_words, rectification_words

if TYPE_CHECKING:
    from rich.text import Text

    from corpus.history import Event
    from corpus.standing import Standing
    from schemas.decision import Decision
    from schemas.standing import State


def standings_table(standings: Sequence[Standing]) -> None:
    """One row a finding: where, what, and the four axes side by side."""
    from rich.table import Table

    from corpus.history import CHANGE_NAMES

    table = Table(show_edge=False, pad_edge=False)
    table.add_column("编号 id", no_wrap=True)
    for heading, ratio in (("单位 unit", 3), ("要求 requirement", 4)):
        table.add_column(heading, overflow="fold", ratio=ratio)
    for heading in ("机器判定", "到期", "处置", "整改", "变化"):
        table.add_column(heading, overflow="fold", ratio=2)
    for one in standings:
        table.add_row(
            str(one.finding.id),
            _plain(place(one.plan.jurisdiction) or (one.plan.issuers or [one.plan.uri])[0]),
            _plain(f"{one.finding.title}（{SEVERITY_NAMES[one.finding.severity]}）"),
            _verdict(one.state),
            DUE_STATE_NAMES[one.state.time] if one.state.time else "",
            _plain(disposition_words(one.state)),
            _plain(rectification_words(one.state)),
            CHANGE_NAMES[one.event.change] + ("（方案已更新，尚未检查）" if one.outdated else ""),
        )
    console.stdout().print(table)
    waiting = sum(one.state.open for one in standings)
    late = sum(one.state.overdue for one in standings)
    print(f"{len(standings)} 条结论 findings; 待处理 open {waiting}; 逾期 overdue {late}")
    several = {one.unit for one in standings if one.others}
    if several:
        print(f"{len(several)} 个单位有几份方案，以最新一份为准 units with several plans: the latest speaks for them")


def standings_json(standings: Sequence[Standing]) -> None:
    """A JSON array: each finding with its plan, pack, state, last change and records."""
    print(json.dumps([as_dict(one) for one in standings], ensure_ascii=False, indent=None))


def as_dict(one: Standing) -> dict[str, Any]:
    """One finding as it stands, for programs."""
    return {
        "id": one.finding.id,
        "unit": one.unit,
        "plan": one.plan.model_dump(mode="json"),
        "pack": {"id": one.pack.id, "version": one.pack.version, "sha256": one.pack.sha256},
        "finding": one.finding.model_dump(mode="json"),
        "state": one.state.model_dump(mode="json"),
        "change": one.event.change,
        "causes": list(one.event.causes),
        "since": one.since,
        "run": one.event.run.number,
        "other_plans": one.others,
        "outdated": one.outdated,
        "decisions": [decision.model_dump(mode="json") for decision in one.decisions],
    }


def history_json(id: str, events: Sequence[Event], decisions: Sequence[Decision]) -> None:
    """The history of one finding: runs and decisions, oldest first."""
    print(
        json.dumps(
            {
                "id": id,
                "runs": [
                    {
                        "run": event.run.number,
                        "made_at": event.run.made_at,
                        "origin": event.run.origin,
                        "document": event.run.document,
                        "pack_version": event.run.pack_version,
                        "pack_sha256": event.run.pack_sha256,
                        "engine": event.run.engine,
                        "change": event.change,
                        "causes": list(event.causes),
                        "verdict": event.finding.verdict if event.finding else None,
                        "reason": event.finding.reason if event.finding else None,
                        "observed": event.finding.observed if event.finding else None,
                    }
                    for event in events
                ],
                "decisions": [decision.model_dump(mode="json") for decision in decisions],
            },
            ensure_ascii=False,
        )
    )


def history_table(id: str, events: Sequence[Event], decisions: Sequence[Decision]) -> None:
    """Runs that changed something and decisions, in the order of time."""
    from rich.table import Table

    from corpus.history import CAUSE_NAMES, CHANGE_NAMES

    rows: list[tuple[str, Text, Text, Text]] = []
    for number, event in enumerate(events):
        if number and event.change in ("same", "fine") and not event.causes:
            continue
        verdict = VERDICT_NAMES[event.finding.verdict] if event.finding else "要求已撤销"
        said = f"{verdict}：{shorten(event.finding.observed or '', 60)}" if event.finding else verdict
        why = "、".join(CAUSE_NAMES[cause] for cause in event.causes)
        rows.append(
            (event.run.made_at, _plain(CHANGE_NAMES[event.change]), _plain(said), _plain(why or event.run.origin))
        )
    for decision in decisions:
        when = decision.made_at.isoformat() if decision.made_at else ""
        what = _plain(f"{KIND_NAMES[decision.kind]} {said_of(decision)}".strip())
        rows.append((when, _plain(decision.id), what, _plain(f"{decision.who}：{shorten(decision.why, 80)}")))
    table = Table(title=id, title_justify="left", show_edge=False, pad_edge=False)
    for heading in ("时间 time", "变化 change", "结论 / 处置", "原因 why"):
        table.add_column(heading, overflow="fold")
    for when, change, said_text, cause in sorted(rows, key=lambda row: row[0]):
        table.add_row(when[:19].replace("T", " "), change, said_text, cause)
    console.stdout().print(table)


def records_json(records: Sequence[Decision]) -> None:
    """The records as a JSON array."""
    print(json.dumps([record.model_dump(mode="json") for record in records], ensure_ascii=False))


def records_table(records: Sequence[Decision], standings: Mapping[str, Standing]) -> None:
    """One row a record, with the finding's state today."""
    from rich.table import Table

    corrected = {record.corrects for record in records if record.corrects}
    table = Table(show_edge=False, pad_edge=False)
    for heading in ("记录", "时间", "结论 finding", "处置", "谁 who", "理由 why", "现状 state"):
        table.add_column(heading, overflow="fold")
    for record in records:
        one = standings.get(record.finding)
        now = f"{disposition_words(one.state)} {rectification_words(one.state)}".strip() if one else ""
        table.add_row(
            _plain(record.id + ("（已更正）" if record.id in corrected else "")),
            record.made_at.astimezone().strftime("%Y-%m-%d %H:%M") if record.made_at else "",
            record.finding,
            _plain(f"{KIND_NAMES[record.kind]} {said_of(record)}".strip()),
            _plain(record.who),
            _plain(shorten(record.why, 80)),
            _plain(now),
        )
    console.stdout().print(table)
    print(f"{len(records)} 条记录 records")


def recorded(decision: Decision) -> None:
    """One line that says what was recorded."""
    what = f"{KIND_NAMES[decision.kind]} {said_of(decision)}".strip()
    print(f"{decision.id} {decision.finding} {what} ({decision.who})")


def _verdict(state: State) -> Text:
    from rich.text import Text

    reason = f"（{REASON_NAMES[state.reason]}）" if state.reason else ""
    return Text(VERDICT_NAMES[state.machine] + reason, VERDICT_STYLES[state.machine])


def _plain(text: str) -> Text:
    from rich.text import Text

    return Text("".join(c if c.isprintable() else " " for c in text))
