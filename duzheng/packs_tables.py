"""What ``packs diff`` and ``packs impact`` print for people."""

from __future__ import annotations

from typing import TYPE_CHECKING

from duzheng import console
from schemas.finding import VERDICT_NAMES

if TYPE_CHECKING:
    from checks.pack_diff import Change, PackDiff
    from flows.impact import Impact

_STYLES = {"new": "cyan", "dropped": "dim", "tighter": "red", "looser": "green", "mixed": "yellow", "wording": ""}
_MARKS = {"tighter": "↑", "looser": "↓", "mixed": "↕", "wording": "="}
_LONGEST = 60


def diff_table(diff: PackDiff) -> None:
    """Each requirement that changed, with what changed and which way."""
    from checks.pack_diff import KIND_NAMES

    out = console.stdout()
    out.print(f"{diff.old} → {diff.new}", style="bold", markup=False)
    for change in diff.pack:
        out.print(f"  {_line(change)}", markup=False)
    for one in diff.requirements:
        number = f"{one.before} → {one.requirement}" if one.before else one.requirement
        out.print(f"{number} {KIND_NAMES[one.kind]} {one.kind}: {one.title}", style=_STYLES[one.kind], markup=False)
        for change in one.changes:
            out.print(f"  {_MARKS[change.direction]} {_line(change)}", markup=False)
    counts = "，".join(f"{KIND_NAMES[kind]} {kind} {count}" for kind, count in diff.summary.items())
    out.print(counts or "没有变化 no requirement changed", style="bold", markup=False)


def _line(change: Change) -> str:
    from duzheng.output import shorten

    before, after = (shorten(text or "—", _LONGEST) for text in (change.before, change.after))
    return f"{change.field}: {before} → {after}"


def impact_table(impact: Impact) -> None:
    """How many verdicts flip at each requirement, then each of them."""
    from rich.table import Table
    from rich.text import Text

    from duzheng.output import shorten

    out = console.stdout()
    out.print(f"{impact.old} → {impact.new}: {impact.plans} 份方案 plans", style="bold", markup=False)
    for what, ids in (
        ("新增的要求 new requirements", impact.new_requirements),
        ("删去的要求 dropped requirements", impact.dropped_requirements),
        ("新纳入的方案 plans now in scope", impact.entering),
        ("不再适用的方案 plans no longer in scope", impact.leaving),
    ):
        if ids:
            out.print(f"{what}: {len(ids)} ({shorten('、'.join(ids), 80)})", markup=False)
    for count in impact.counts:
        verdicts = f"{VERDICT_NAMES[count.before]} → {VERDICT_NAMES[count.after]}"
        out.print(f"{count.requirement} {verdicts}: {count.plans}", markup=False)
    for first in impact.firsts:
        out.print(f"{first.requirement} 新增 new → {VERDICT_NAMES[first.verdict]}: {first.plans}", markup=False)
    if impact.flips:
        table = Table(show_edge=False, pad_edge=False)
        for heading in ("方案 plan", "要求", "原判 before", "新判 after", "原因 why"):
            table.add_column(heading, overflow="fold")
        for flip in impact.flips:
            cells = (
                flip.county or shorten(flip.title or flip.uri, 30),
                flip.requirement,
                VERDICT_NAMES[flip.before],
                VERDICT_NAMES[flip.after],
                shorten(flip.why, 80),
            )
            table.add_row(*(Text(cell) for cell in cells))
        out.print(table)
    changed = f"{len(impact.flips)} 项改判 verdicts flip，涉及 {impact.plans_changed} 份方案 plans"
    out.print(changed, style="bold", markup=False)
