"""What a run has to show, as Markdown that an inspector reads in Prefect's pages: a head, a table of numbers, what failed.

What comes from outside (addresses, titles, messages of servers) is escaped: it must neither break a table nor become a
link, a picture or HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from flows.planned import TIMEZONE

if TYPE_CHECKING:
    from datetime import datetime

    from flows.digest import Told
    from schemas.fetching import SourceRun

FAILURES_SHOWN = 100
CELL = 300
"""Characters of a cell at most."""

_STATUS = {"ok": "成功 ok", "failed": "失败 FAILED", "interrupted": "中断 interrupted", "running": "进行中 running"}
_CHANGE = {
    "new": "新增 new",
    "changed": "有变化 changed",
    "unchanged": "未变 unchanged",
    "gone": "已撤下 gone",
    "failed": "失败 failed",
}
_TOLD = {
    "delivered": "已送达 delivered",
    "failed": "失败 FAILED",
    "quiet": "无新内容 nothing new",
    "busy": "正由另一进程发送 being sent by another process",
    "shown": "仅显示 shown only",
}
_SPECIAL = re.compile(r"([\\`*_{}\[\]()#+!|<>~&$:])")


def escaped(text: str) -> str:
    """Text as one line of Markdown that shows these very characters, cut at ``CELL``."""
    line = " ".join(text.split())
    if len(line) > CELL:
        line = line[: CELL - 1] + "…"
    return _SPECIAL.sub(lambda match: f"&#{ord(match.group())};", line)


def key(*parts: str) -> str:
    """A key as Prefect demands it: lower case letters, digits and dashes. Parts that differ give keys that differ."""
    return "-".join(part.lower().replace("-", "--").replace("_", "-u-") for part in parts)


def table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A Markdown table; the head is ours, the cells are escaped."""
    lines = ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head)]
    lines += ["| " + " | ".join(escaped(str(cell)) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def of_run(title: str, run: SourceRun) -> str:
    """A run of a source."""
    times = f"{local(run.started_at)} — {local(run.finished_at) if run.finished_at else '…'}"
    parts = [f"# {escaped(title)}", f"**{_STATUS[run.status]}** · {times}"]
    if run.reason:
        parts.append(f"原因 reason: **{escaped(run.reason)}**")
    rows: list[tuple[object, ...]] = [("列出 listed", run.listed)]
    rows += [(_CHANGE[change], number) for change, number in run.changes.items()]
    rows.append(("入库文件 documents", run.documents))
    parts.append(table(("", "数量 number"), rows))
    if run.failures:
        shown = run.failures[:FAILURES_SHOWN]
        parts.append("## 未能取得 What was not fetched")
        parts.append(
            table(
                ("地址 address", "原因 cause", "说明 message", "办法 way out"),
                ((one.url, one.cause, one.message, one.cure) for one in shown),
            )
        )
        if len(run.failures) > len(shown):
            parts.append(f"另有 {len(run.failures) - len(shown)} 项 more")
    return "\n\n".join(parts)


def of_digest(told: Sequence[Told]) -> str:
    """What became of a digest."""
    rows = ((one.target, _TOLD[one.state], one.reason or "") for one in told)
    return "# 摘要通知 digest\n\n" + table(("对象 target", "结果 result", "原因 reason"), rows)


def local(moment: datetime) -> str:
    """A moment in the time zone of the schedules."""
    return moment.astimezone(ZoneInfo(TIMEZONE)).strftime("%Y-%m-%d %H:%M:%S")
